"""Intervals for what an ensemble says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def wilson(successes: int, trials: int, z: float = Z95) -> Interval:
    """Wilson's score interval for a share (Wilson 1927, *JASA* 22, doi:10.2307/2276774).

    Examples
    --------
    >>> low, high = wilson(0, 10)
    >>> round(low, 4), round(high, 4)
    (0.0, 0.2775)
    """
    if trials <= 0:
        return Interval(0.0, 1.0)
    p, z2 = successes / trials, z * z
    centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = z / (1 + z2 / trials) * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials**2))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def quantiles(values: NDArray[np.floating], probabilities: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles over the first axis (linear interpolation, Hyndman & Fan 1996, type 7).

    Sorts contiguous rows once, which is several times faster than :func:`numpy.quantile` on the
    traces of an ensemble.

    Parameters
    ----------
    values : ndarray, shape (worlds, ...)
        No NaN.
    probabilities : sequence of float
        In [0, 1].

    Returns
    -------
    ndarray, shape (len(probabilities), ...)
    """
    rows = np.array(np.moveaxis(values, 0, -1), order="C")
    rows.sort(axis=-1)
    last = rows.shape[-1] - 1
    out = []
    for p in probabilities:
        low = int(p * last)
        share = p * last - low
        upper = rows[..., min(low + 1, last)].astype(np.float64)
        out.append((1.0 - share) * rows[..., low].astype(np.float64) + share * upper)
    return np.stack(out)
