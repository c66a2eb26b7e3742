"""Predictions that are distributions: weighted points, their quantiles and their scores."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.formulas.groups.averages import weighted_mean
from sim.formulas.groups.group import Group

RESAMPLES = 1000


@dataclass(frozen=True)
class Distribution:
    """Points on an issue's scale with their probabilities.

    Attributes
    ----------
    points : ndarray, shape (points,)
        In ascending order.
    chances : ndarray, shape (points,)
        Probabilities; they add up to 1.
    """

    points: Array
    chances: Array

    @classmethod
    def of(cls, points: Array, weights: Array) -> Distribution:
        """A distribution from points in any order and weights in any unit."""
        order = np.argsort(points, kind="stable")
        return cls(points[order], weights[order] / weights.sum())

    def quantile(self, probability: float) -> float:
        """The lowest point at which the probability is reached."""
        reached = np.cumsum(self.chances)
        # a hair less, so that rounding in the sum does not skip a point
        first = np.searchsorted(reached, probability * (1.0 - 1e-12))
        return float(self.points[min(int(first), len(self.points) - 1)])

    def covers(self, outcome: float, share: float) -> bool:
        """Whether the central interval with this probability holds the outcome, ends included."""
        tail = (1.0 - share) / 2.0
        return self.quantile(tail) <= outcome <= self.quantile(1.0 - tail)

    def crps(self, outcome: float) -> float:
        """Continuous ranked probability score, in units of the scale; 0 is perfect.

        E|X − y| − ½ E|X − X'|; for a single point it is the absolute error (Gneiting & Raftery
        2007, *Journal of the American Statistical Association* 102(477),
        doi:10.1198/016214506000001437).
        """
        miss = np.sum(self.chances * np.abs(self.points - outcome))
        below = np.cumsum(self.chances)[:-1]
        return float(miss - np.sum(below * (1.0 - below) * np.diff(self.points)))


def positions_held(group: Group) -> Distribution:
    """The outcome is the position of one of the actors, by salience × power."""
    return Distribution.of(group.positions, group.weights)


def resampled_mean(group: Group, seed: int = 1, resamples: int = RESAMPLES) -> Distribution:
    """The compromise mean when the actors are drawn anew with replacement.

    How far the mean rests on who happens to sit at the table (Efron 1979, *Annals of Statistics*
    7(1), doi:10.1214/aos/1176344552). The draws belong to seed and issue, so the order of issues
    means nothing.
    """
    rng = np.random.default_rng([seed, zlib.crc32(group.issue.encode())])
    size = len(group.positions)
    drawn = rng.integers(0, size, (resamples, size))
    means = weighted_mean(group.positions[drawn], group.weights[drawn])
    means = means[~np.isnan(means)]
    return Distribution.of(means, np.ones_like(means))


def residual_mean(group: Group, residuals: Array) -> Distribution:
    """The compromise mean with the errors that it made elsewhere, cut off at the ends of the scale.

    Parameters
    ----------
    group : Group
    residuals : ndarray
        Outcome less mean of other decided issues, as shares of their scales (Davison & Hinkley
        1997, *Bootstrap Methods and their Application*, ch. 6.3).
    """
    mean = float(weighted_mean(group.positions, group.weights))
    points = np.clip(mean + residuals * group.width, group.low, group.high)
    return Distribution.of(points, np.ones_like(points))
