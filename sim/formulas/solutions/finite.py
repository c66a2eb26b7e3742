"""The whole analysis of a finite bargaining problem: rational set, frontier, named points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Index
from sim.formulas.solutions.frontier import pareto_frontier, rational
from sim.formulas.solutions.points import RULES, Problem, argmax


@dataclass(frozen=True)
class Zone:
    """The zone of possible agreement.

    Attributes
    ----------
    packages : int
        How many packages give every party its reservation value.
    share : float
        Their share of all packages.
    low, high : ndarray, shape (parties,)
        What each party gets at least and at most within it; NaN where it is empty.
    """

    packages: int
    share: float
    low: Array
    high: Array


@dataclass(frozen=True)
class Solution:
    """What :func:`solve` found; packages are row numbers of the utilities.

    Attributes
    ----------
    zone : Zone
        The zone of possible agreement.
    frontier : ndarray of int
        Efficient and individually rational packages, by descending sum of utilities.
    frontier_of_all : ndarray of int
        Efficient packages, reservation values aside.
    points : dict of str to ndarray of int
        Name of a solution → the package, or several that tie; empty where the zone is.
    """

    zone: Zone
    frontier: Index
    frontier_of_all: Index
    points: dict[str, Index]


def zone_of_agreement(utilities: Array, members: Index, packages: int) -> Zone:
    """The zone made of some members (row numbers) among so many packages in all."""
    parties = utilities.shape[1]
    inside = utilities[members]
    none = np.full(parties, np.nan)
    return Zone(
        len(members),
        len(members) / packages if packages else 0.0,
        inside.min(axis=0) if len(members) else none,
        inside.max(axis=0) if len(members) else none,
    )


def problem_of(utilities: Array, chosen: Index, reservation: Array) -> Problem:
    """The bargaining problem over some packages, measured on all of them.

    The disagreement point is the reservation value, or the worst package where that is better.
    """
    worst, best = utilities.min(axis=0), utilities.max(axis=0)
    return Problem(utilities[chosen], np.maximum(reservation, worst), best, worst)


def solve(utilities: Array, reservation: Array) -> Solution:
    """Frontier, zone of possible agreement and named solutions.

    Parameters
    ----------
    utilities : ndarray, shape (packages, parties)
        At least one package.
    reservation : ndarray, shape (parties,)
        What each party has without agreement.
    """
    members = np.flatnonzero(rational(utilities, reservation))
    frontier = members[pareto_frontier(utilities[members])]
    problem = problem_of(utilities, frontier, reservation)
    points = {name: frontier[argmax(score(problem))] for name, score in RULES.items()}
    zone = zone_of_agreement(utilities, members, len(utilities))
    return Solution(zone, frontier, pareto_frontier(utilities), points)
