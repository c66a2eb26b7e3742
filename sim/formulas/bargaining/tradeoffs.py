"""Packages of equal worth, one after the other: which of the others' interests to try next."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import ndtri

from sim.arrays import Array


@cache
def _steps(count: int) -> Array:
    """Steps of the additive recurrence in so many dimensions, shape (count,)."""
    root = 2.0
    for _ in range(64):  # the root of x^(count + 1) = x + 1, by fixed-point iteration
        root = (1.0 + root) ** (1.0 / (count + 1))
    return np.asarray(root ** -np.arange(1.0, count + 1.0))


def trial_weights(attempt: Array, issues: int) -> Array:
    """Saliences to suppose of the others in the n-th attempt at a trade-off.

    A side that can give no more tries packages that are worth the same to itself (the trade-off
    search of Faratin, Sierra & Jennings 2002, *Artificial Intelligence* 142(2),
    doi:10.1016/S0004-3702(02)00290-4). Which of them is good for the others hangs on what they care
    for; where the side's guess has led nowhere it goes through other guesses. These follow an
    additive recurrence that fills the cube evenly (Roberts 2018, The unreasonable effectiveness of
    quasirandom sequences), so that every order of the issues comes up soon, and the same ones in
    every world.

    Parameters
    ----------
    attempt : ndarray, shape (worlds,)
        Number of the attempt, from 1.
    issues : int

    Returns
    -------
    ndarray, shape (worlds, issues)
        Log-normal weights, all above 0.

    Examples
    --------
    >>> first, second = trial_weights(np.array([1.0, 2.0]), 2)
    >>> bool(first[0] > first[1]), bool(second[0] > second[1])
    (True, False)
    """
    even = np.mod(0.5 + attempt * _steps(issues)[:, None], 1.0).T
    return np.asarray(np.exp(ndtri(np.clip(even, 1e-6, 1.0 - 1e-6))))
