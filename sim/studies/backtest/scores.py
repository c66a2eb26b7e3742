"""How good predictions were, and how sure one can be that one is better than another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from sim.arrays import Array
from sim.formulas.statistics import Interval, quantiles

LEAST_UNITS = 5
"""With fewer dossiers a bootstrap says nothing."""
WITHIN = 10.0
"""Points of 100 that count as a hit."""


class PointScores(NamedTuple):
    """Scores of single numbers, in points of 100."""

    mean: float
    median: float
    within: float


def point_scores(errors: Array) -> PointScores:
    """Mean and median absolute error and the share of errors of at most :data:`WITHIN` points.

    Parameters
    ----------
    errors : ndarray, shape (issues,)
        Absolute errors; not empty.
    """
    # a forecast of 33.333 for 43.333 is 10 points off, whatever the last bit says
    hits = errors <= WITHIN + 1e-9
    return PointScores(float(errors.mean()), float(np.median(errors)), float(hits.mean()))


def mean_interval(
    values: Array, units: Sequence[str], resamples: int, seed: int
) -> Interval | None:
    """95 % percentile interval of a mean when whole units are drawn anew with replacement.

    Values of a unit (a dossier) stay together, because they are no independent draws (cluster
    bootstrap; Davison & Hinkley 1997, *Bootstrap Methods and their Application*, ch. 3.8). For
    paired differences of two predictors the same issues are drawn for both.

    Parameters
    ----------
    values : ndarray, shape (issues,)
    units : sequence of str
        Unit of each value.
    resamples, seed : int

    Returns
    -------
    Interval or None
        None with fewer than :data:`LEAST_UNITS` units.
    """
    names, member = np.unique(np.asarray(units), return_inverse=True)
    if len(names) < LEAST_UNITS:
        return None
    sums = np.bincount(member, weights=values)
    sizes = np.bincount(member).astype(float)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), resamples)
    low, high = quantiles((drawn @ sums) / (drawn @ sizes), (0.025, 0.975))
    return Interval(float(low), float(high))


def mean_p_value(values: Array, units: Sequence[str]) -> float | None:
    """Two-sided p-value of a mean of 0 where values of a unit are no independent draws.

    Student's t of the cluster-robust standard error (Liang & Zeger 1986, *Biometrika* 73(1),
    doi:10.1093/biomet/73.1.13) with one degree of freedom less than there are units. Nothing is
    drawn, so no seed can change it.

    Returns
    -------
    float or None
        None with fewer than :data:`LEAST_UNITS` units.
    """
    names, member = np.unique(np.asarray(units), return_inverse=True)
    count = len(names)
    if count < LEAST_UNITS:
        return None
    mean = float(values.mean())
    residual = np.bincount(member, weights=values - mean)
    error = float(np.sqrt(count / (count - 1) * np.sum(residual**2)) / len(values))
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return float(2.0 * stdtr(count - 1, -abs(mean) / error))


def holm(p_values: Sequence[float], level: float = 0.05) -> list[bool]:
    """Which hypotheses fall, with at most ``level`` chance of a false one among all.

    Holm (1979), *Scandinavian Journal of Statistics* 6(2).

    Examples
    --------
    >>> holm([0.04, 0.01, 0.03])
    [False, True, False]
    """
    falls = [False] * len(p_values)
    for rank, number in enumerate(sorted(range(len(p_values)), key=lambda n: p_values[n])):
        if p_values[number] > level / (len(p_values) - rank):
            break
        falls[number] = True
    return falls
