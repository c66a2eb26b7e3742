"""Named solutions of a bargaining problem with finitely many packages.

Every rule takes a :class:`Problem` and scores its packages; the solution is the package of the
highest score. Rules are applied to the efficient and individually rational packages, which the
caller selects. On a finite set the axioms of the continuous problems hold only approximately
(Mariotti 1998, Nash bargaining theory when the number of alternatives can be finite,
*Social Choice and Welfare* 15(3), doi:10.1007/s003550050114).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Index

TIE = 1e-12
"""Scores nearer than this (relative to the best) tie."""


@dataclass(frozen=True)
class Problem:
    """A bargaining problem.

    Attributes
    ----------
    utilities : ndarray, shape (packages, parties)
        The packages among which to choose.
    disagreement : ndarray, shape (parties,)
        What each party has if they do not agree.
    best, worst : ndarray, shape (parties,)
        The most and the least that each party could get from any package, chosen or not.
    """

    utilities: Array
    disagreement: Array
    best: Array
    worst: Array

    @property
    def surplus(self) -> Array:
        """Gain over no agreement, shape (packages, parties)."""
        return self.utilities - self.disagreement

    @property
    def relative_gains(self) -> Array:
        """Gain as a share of the party's largest possible gain; 1 where nothing can be gained."""
        return _shares(self.surplus, self.best - self.disagreement)


def _shares(gain: Array, largest: Array) -> Array:
    possible = largest > 0
    return np.where(possible, gain / np.where(possible, largest, 1.0), 1.0)


Score = Callable[[Problem], Array]


def nash(problem: Problem) -> Array:
    """Product of the surpluses: Nash (1950), *Econometrica* 18(2), doi:10.2307/1907266."""
    return np.asarray(np.prod(np.maximum(problem.surplus, 0.0), axis=1))


def kalai_smorodinsky(problem: Problem) -> Array:
    """Smallest relative gain: Kalai & Smorodinsky (1975), *Econometrica* 43(3), doi:10.2307/1914280.

    On a convex set it is the point of equal relative gains; on a finite one the usual reading is
    the largest minimum.
    """  # noqa: E501 - a DOI is not broken
    return np.asarray(problem.relative_gains.min(axis=1))


def least_spread(problem: Problem) -> Array:
    """Minus the spread of relative gains: what NegMAS calls Kalai–Smorodinsky.

    It wants gains to be equal, also where everybody could have more, and picks another package
    than the usual rule in a good part of the cases.
    """
    gains = problem.relative_gains
    return np.asarray(gains.min(axis=1) - gains.max(axis=1))


def egalitarian(problem: Problem) -> Array:
    """Smallest surplus: Kalai (1977), *Econometrica* 45(7), doi:10.2307/1913954."""
    return np.asarray(problem.surplus.min(axis=1))


def utilitarian(problem: Problem) -> Array:
    """Sum of the utilities: Harsanyi (1955), *J. Political Economy* 63(4), doi:10.1086/257678."""
    return np.asarray(problem.utilities.sum(axis=1))


def relative_welfare(problem: Problem) -> Array:
    """Sum of ``(U − worst) / (best − disagreement)``, as NegMAS defines relative welfare."""
    gain = problem.utilities - problem.worst
    return np.asarray(_shares(gain, problem.best - problem.disagreement).sum(axis=1))


RULES: dict[str, Score] = {
    "nash": nash,
    "kalai_smorodinsky": kalai_smorodinsky,
    "kalai_smorodinsky_least_spread": least_spread,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
    "relative_welfare": relative_welfare,
}
"""Name of a solution → its score."""


def argmax(scores: Array) -> Index:
    """Numbers of the packages with the highest score; several where they tie."""
    if len(scores) == 0:
        return np.zeros(0, dtype=np.intp)
    best = scores.max()
    return np.flatnonzero(scores >= best - TIE * max(1.0, abs(best)))
