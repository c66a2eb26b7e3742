"""Learning what the others care about, and what the front does."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, total


def learnt_saliences(conceded: Array, strength: float, familiar: float) -> Array:
    """Weights that a party's concessions so far suggest: who gives way on an issue cares less.

    ``ŵ_i ∝ exp(−s f (n c_i − 1)/(n − 1))`` with c_i the share of all concessions made on issue i,
    n the number of issues, and f = Σ/(Σ + m) rising with how much has been conceded in all. The
    idea (concede first where it costs least) is that of Bayesian opponent models such as Hindriks &
    Tykhonov (2008, AAMAS); the form is ours and starts from equal weights.

    Parameters
    ----------
    conceded : ndarray, shape (worlds, issues)
        Scale units moved from the opening position, in absolute value.
    strength : float
        s, how far a concession on one issue only lowers its believed log-weight.
    familiar : float
        m, scale units conceded after which half of that is believed.

    Returns
    -------
    ndarray, shape (worlds, issues)
        Weights that sum to 1.

    Examples
    --------
    >>> learnt_saliences(np.array([[0.0, 0.0]]), 2.0, 0.25)
    array([[0.5, 0.5]])
    """
    count = conceded.shape[1]
    if count == 1:
        return np.ones_like(conceded)
    moved = total(conceded)[:, None]
    share = conceded / np.where(moved > 0.0, moved, 1.0)
    confidence = moved / (moved + familiar)
    weights = np.exp(-strength * confidence * (count * share - 1.0) / (count - 1.0))
    return weights / total(weights)[:, None]


def kalman_update(
    mean: Array, variance: Array, observed: Array, noise: Array
) -> tuple[Array, Array]:
    """Belief about a constant after one noisy observation of it (Kalman 1960, scalar, static).

    Mutual optimism is corrected by events in this way in Slantchev (2003), The principle of
    convergence in wartime negotiations, *APSR* 97(4), doi:10.1017/S0003055403000911.

    Parameters
    ----------
    mean, variance : ndarray
        The belief.
    observed : ndarray
        The observation, in the unit of the mean.
    noise : ndarray
        Variance of the observation; infinite for one that says nothing.

    Returns
    -------
    mean, variance : ndarray
        After n observations with the same noise s²: variance 1/(1/v + n/s²), the normal posterior.
    """
    total = variance + noise
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = np.where(total > 0.0, np.where(np.isinf(total), 0.0, variance / total), 0.0)
    return mean + gain * (observed - mean), (1.0 - gain) * variance
