"""What an analysis of a bargaining problem says, whichever way it was found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from sim.arrays import Array

Status = Literal["zone", "no_gain", "no_ground"]
"""``zone``: some package keeps to all red lines and beats no deal for all; ``no_gain``: packages
keep to all red lines, none beats no deal for all; ``no_ground``: none keeps to all red lines."""
MOST_PAIRS = 6
"""So many pairs of parties at most are looked at, those with most to divide."""


@dataclass(frozen=True)
class Point:
    """A package (issues,) and what it brings every party over no deal (parties,)."""

    package: Array
    gain: Array


@dataclass(frozen=True)
class Pair:
    """The frontier between two parties.

    Attributes
    ----------
    parties : tuple of int
        The two, as indices.
    within : ndarray, shape (points, 2)
        Their gains along the frontier of the packages that count: with a zone of possible
        agreement those in it, otherwise those inside all red lines, otherwise all.
    free : ndarray, shape (points, 2)
        The same with all red lines set aside.
    """

    parties: tuple[int, int]
    within: Array
    free: Array


@dataclass(frozen=True)
class Analysis:
    """Zone of possible agreement, frontier and named points.

    Attributes
    ----------
    parties, issues : tuple of str
        Names.
    reservation : ndarray, shape (parties,)
        Worth of no deal.
    method : str
        ``enumeration`` or ``optimisation``.
    packages : int or None
        Packages there are; None where something in between can be agreed.
    status : str
        See :data:`Status`.
    share_inside, share : float
        Share of all packages inside all red lines, and of those also no worse than no deal for all.
    sampled : int
        Random packages from which the shares were estimated; 0 where they are exact.
    largest_gain : ndarray, shape (parties,)
        The most each party can gain within the zone; NaN where there is none.
    most_inside : ndarray, shape (parties,)
        The same whether or not it suits the others, of which relative gains are shares: the most
        inside all red lines.
    points : dict of str to list of Point
        Named solutions; several where packages tie; empty where there is no zone.
    frontier : list of Point
        Efficient packages among those that count (see :class:`Pair`), by descending sum of gains:
        all of them by enumeration, a sample by optimisation.
    least_bad : Point or None
        Where there is no zone: the package that goes least beyond red lines (in sum of scale
        units), and among these, or if all red lines can be kept, the one whose worst-off party
        loses least.
    beyond : ndarray, shape (parties + 1, issues)
        Scale units by which the least bad package lies beyond each red line; the last row is what
        the stages' terms demand.
    pairs : list of Pair
        Frontiers between two parties, of those with most to divide (:func:`widest_pairs`).
    cloud : ndarray, shape (packages, parties)
        Gains of packages inside all red lines, at most some thousands of them.
    """

    parties: tuple[str, ...]
    issues: tuple[str, ...]
    reservation: Array
    method: Literal["enumeration", "optimisation"]
    packages: int | None
    status: Status
    share_inside: float
    share: float
    sampled: int
    largest_gain: Array
    most_inside: Array
    points: dict[str, list[Point]]
    frontier: list[Point]
    least_bad: Point | None
    beyond: Array
    pairs: list[Pair]
    cloud: Array


def widest_pairs(best: Array) -> list[tuple[int, int]]:
    """The pairs with most to divide: of which both together gain most from end to end.

    Parameters
    ----------
    best : ndarray, shape (parties, parties)
        What each party (columns) gains where one of them (rows) gains most; NaN where unknown.

    Examples
    --------
    >>> widest_pairs(np.array([[9.0, 0.0, 9.0], [0.0, 5.0, 5.0], [9.0, 0.0, 9.0]]))
    [(0, 1), (0, 2), (1, 2)]
    """
    own = np.diag(best)
    reach = np.nan_to_num(own - best)  # what one's best costs another
    pairs = sorted(combinations(range(len(best)), 2), key=lambda p: -(reach[p] + reach[p[::-1]]))
    return sorted(pairs[:MOST_PAIRS])
