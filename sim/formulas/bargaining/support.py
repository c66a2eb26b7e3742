"""Support for a text among those who must approve it."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array

FLATTEST = 1.0
"""Least slope of a support curve, log odds per unit of utility: nearly everybody alike."""


def support_curve(utility: Array, share: Array) -> tuple[Array, Array]:
    """Curve of support through polled texts: log odds of a yes = slope · utility + intercept.

    Voters whose thresholds of acceptance follow a logistic distribution give such a curve
    (McFadden 1974, *Frontiers in Econometrics*, ch. 4). Fitted by least squares on log odds; with
    two texts it passes through both.

    Parameters
    ----------
    utility : ndarray, shape (worlds, polls)
        What each polled text is worth to the median voter.
    share : ndarray, shape (polls,)
        Share in favour among the decided, in (0, 1).

    Returns
    -------
    slope, intercept : ndarray, shape (worlds,)
        The slope is at least :data:`FLATTEST`.

    Examples
    --------
    >>> slope, intercept = support_curve(np.array([[0.2, 0.8]]), np.array([0.2, 0.8]))
    >>> round(float(slope[0]), 4), round(float(intercept[0]), 4)
    (4.621, -2.3105)
    """
    odds = np.log(share / (1.0 - share))
    centred = utility - utility.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    slope = (centred * odds).sum(axis=1) / np.where(spread > 0.0, spread, np.inf)
    slope = np.maximum(slope, FLATTEST)
    return slope, odds.mean() - slope * utility.mean(axis=1)


def threshold_from_support(slope: Array, intercept: Array, required: Array) -> Array:
    """Utility at which the support curve reaches the required share.

    ``required`` is clipped to 0.001–0.999, so that a swing never makes a text certain.
    """
    needed = np.clip(required, 0.001, 0.999)
    return (np.log(needed / (1.0 - needed)) - intercept) / slope
