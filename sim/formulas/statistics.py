"""Intervals for what an ensemble says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.arrays import Array

Z80, Z95 = 1.2815515655446004, 1.959963984540054


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def negligible(sampling: Sequence[float], other: Sequence[float]) -> bool:
    """Whether the sampling error is negligible beside another range of the same share.

    Less than a third as wide: independent of each other, both together are then wider than the
    other alone by less than 6 per cent, √(1 + 1/9) = 1.054.
    """
    return 3.0 * (sampling[1] - sampling[0]) < other[1] - other[0]


def wilson(successes: float, trials: float, z: float = Z95) -> Interval:
    """Wilson's score interval for a share (Wilson 1927, *JASA* 22, doi:10.2307/2276774).

    Trials may be an effective number, which is not whole.

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
    # exact at the ends, where rounding would leave a last digit
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return Interval(low, 1.0 if successes == trials else min(1.0, centre + half))


def difference_of_shares(successes: tuple[int, int], trials: tuple[int, int]) -> Interval:
    """Newcombe's hybrid score interval for the difference of two independent shares.

    Method 10 of Newcombe (1998), *Statistics in Medicine* 17:873–890: distances from both shares to
    their Wilson limits, squared and added.

    Examples
    --------
    >>> low, high = difference_of_shares((56, 48), (70, 80))
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    return _square_and_add(successes, trials, 0.0, Z95)


def paired_difference_of_shares(
    both: int, first: int, second: int, neither: int, z: float = Z95
) -> Interval:
    """Newcombe's score interval for the difference of two shares of the same units.

    Method 10 of Newcombe (1998), *Statistics in Medicine* 17:2635–2650: as for independent shares,
    less twice the product of the distances times the correlation of the two outcomes, which is
    moved towards 0 by a continuity correction where it is positive.

    Parameters
    ----------
    both, first, second, neither : int
        Units with the event in both, only in the first, only in the second, and in neither.

    Returns
    -------
    Interval
        For the share in the first minus the share in the second.

    Examples
    --------
    >>> low, high = paired_difference_of_shares(36, 12, 2, 0)
    >>> round(low, 4), round(high, 4)
    (0.0569, 0.3404)
    """
    units = both + first + second + neither
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    cross = float(both * neither - first * second)
    if cross > 0:
        cross = max(cross - units / 2, 0.0)
    correlation = cross / math.sqrt(margins) if margins else 0.0
    return _square_and_add((both + first, both + second), (units, units), correlation, z)


def _square_and_add(
    successes: tuple[int, int], trials: tuple[int, int], correlation: float, z: float
) -> Interval:
    if min(trials) <= 0:
        return Interval(-1.0, 1.0)
    shares = [s / n for s, n in zip(successes, trials, strict=True)]
    one, two = (wilson(s, n, z) for s, n in zip(successes, trials, strict=True))
    return _from_two(shares[0], one, shares[1], two, correlation)


def _from_two(p1: float, one: Interval, p2: float, two: Interval, correlation: float) -> Interval:
    """Interval of a difference of shares from those of the two, by variance estimates recovery."""
    below, above = (p1 - one.low, two.high - p2), (one.high - p1, p2 - two.low)
    reach = [
        math.sqrt(max(a * a + b * b - 2.0 * correlation * a * b, 0.0)) for a, b in (below, above)
    ]
    return Interval(max(p1 - p2 - reach[0], -1.0), min(p1 - p2 + reach[1], 1.0))


def paired_difference_of_means(differences: NDArray[np.floating], level: float = 0.95) -> Interval:
    """Student's interval for the mean of differences within pairs (Student 1908).

    Parameters
    ----------
    differences : ndarray, shape (pairs,)
        At least two, no NaN.
    level : float
        Coverage.
    """
    n = len(differences)
    error = float(np.std(differences, ddof=1)) / math.sqrt(n)
    half = error * float(stdtrit(n - 1, 0.5 + level / 2))
    mean = float(np.mean(differences))
    return Interval(mean - half, mean + half)


def difference_of_means(first: NDArray[np.floating], second: NDArray[np.floating]) -> Interval:
    """Welch's interval for the difference of the means of independent samples (Welch 1947).

    Parameters
    ----------
    first, second : ndarray, shape (n,) and (m,)
        At least two each, no NaN.
    """
    error = [float(np.var(x, ddof=1)) / len(x) for x in (first, second)]
    mean = float(np.mean(first) - np.mean(second))
    total = sum(error)
    if total == 0.0:
        return Interval(mean, mean)
    freedom = total**2 / sum(
        e**2 / (len(x) - 1) for e, x in zip(error, (first, second), strict=True)
    )
    half = math.sqrt(total) * float(stdtrit(freedom, 0.975))
    return Interval(mean - half, mean + half)


@dataclass(frozen=True)
class Clustered:
    """A mean over several values of each world, such as those of several cells of a sweep.

    The worlds are the sample; values of one world are alike, so that they do not count as so many
    draws. The mean is a ratio estimate, its error that of linearisation over the worlds (Cochran
    1977, *Sampling Techniques*, §§ 6.3, 11.8).

    Attributes
    ----------
    mean : float
        Over all values.
    residuals : ndarray, shape (worlds,)
        What each world adds to the error of the mean: (sum − mean · number) / all values.
    values, worlds : int
        Number of values, and of worlds that have any.
    between : float
        Variance added because the cells are themselves a sample.
    """

    mean: float
    residuals: Array
    values: int
    worlds: int
    between: float = 0.0

    @classmethod
    def of(cls, rows: NDArray[np.floating], sampled: bool = False) -> Clustered | None:
        """Of values by cell and world, NaN where there is none; None where there is none at all.

        Parameters
        ----------
        rows : ndarray, shape (cells, worlds)
        sampled : bool
            Whether the cells are points of a random design and not all that there are.
        """
        known = ~np.isnan(rows)
        total = int(known.sum())
        if not total:
            return None
        filled = np.where(known, rows, 0.0).astype(np.float64)
        mean = float(filled.sum()) / total
        residuals = (filled.sum(axis=0) - mean * known.sum(axis=0)) / total
        between = 0.0
        numbers = known.sum(axis=1)
        if sampled and (numbers > 0).sum() > 1:
            means = filled.sum(axis=1)[numbers > 0] / numbers[numbers > 0]
            between = float(np.var(means, ddof=1)) / len(means)
        return cls(mean, residuals, total, int(known.any(axis=0).sum()), between)

    @property
    def variance(self) -> float:
        """Of the mean."""
        return float(np.sum(self.residuals**2)) + self.between

    def share_interval(self, z: float = Z95) -> Interval:
        """Wilson's interval with the effective number of draws (Korn & Graubard 1998).

        *Survey Methodology* 24:193–201. With one cell it is Wilson's own; where nothing or
        everything happens, the worlds are counted once.
        """
        spread = self.mean * (1.0 - self.mean)
        if spread <= 0.0:
            trials = float(self.worlds)
        else:
            trials = min(spread / max(self.variance, 1e-300), float(self.values))
        return wilson(self.mean * trials, trials, z)

    def mean_interval(self, level: float = 0.95) -> Interval:
        """Student's interval over the worlds."""
        if self.worlds < 2:
            return Interval(-math.inf, math.inf)
        return _student(self.mean, self.variance, self.worlds, level)


def difference_of_clustered_shares(one: Clustered, two: Clustered, z: float = Z95) -> Interval:
    """Interval for the difference of two shares over the same worlds.

    From the intervals of both and their correlation over worlds, by the method of variance
    estimates recovery (Zou & Donner 2008, *Statistics in Medicine* 27:1693–1702). With one cell
    each it is Newcombe's method 10 without the continuity correction.
    """
    a, b = one.residuals, two.residuals
    norm = math.sqrt(one.variance * two.variance)
    correlation = float(np.sum(a * b)) / norm if norm > 0 else 0.0
    return _from_two(one.mean, one.share_interval(z), two.mean, two.share_interval(z), correlation)


def difference_of_clustered_means(one: Clustered, two: Clustered, level: float = 0.95) -> Interval:
    """Student's interval for the difference of two means over the same worlds."""
    worlds = min(one.worlds, two.worlds)
    if worlds < 2:
        return Interval(-math.inf, math.inf)
    variance = float(np.sum((one.residuals - two.residuals) ** 2)) + one.between + two.between
    return _student(one.mean - two.mean, variance, worlds, level)


def _student(mean: float, variance: float, worlds: int, level: float) -> Interval:
    error = math.sqrt(variance * worlds / (worlds - 1))
    half = error * float(stdtrit(worlds - 1, 0.5 + level / 2))
    return Interval(mean - half, mean + half)


def quantiles(values: NDArray[np.floating], probabilities: Sequence[float]) -> Array:
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


def scaled_odds(probability: Array, factor: Array) -> Array:
    """A probability whose odds, p to 1 − p, are multiplied by a factor; shapes broadcast.

    Examples
    --------
    >>> scaled_odds(np.array([0.0, 0.5, 1.0]), np.array([3.0, 3.0, 3.0]))
    array([0.  , 0.75, 1.  ])
    """
    scaled = factor * probability
    return np.where(factor == 1.0, probability, scaled / (1.0 - probability + scaled))
