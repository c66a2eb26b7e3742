"""Analysis of a problem whose packages can all be listed: exact."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.arrays import Array, Index, Mask
from sim.formulas.solutions.analysis import Analysis, Pair, Point, Status, widest_pairs
from sim.formulas.solutions.enumeration import additive_utilities, combinations_where, options_of
from sim.formulas.solutions.frontier import pareto_frontier
from sim.formulas.solutions.points import RULES, Problem, argmax
from sim.formulas.solutions.space import AT_ONCE, Space

DIGITS = 12
"""Gains are rounded to so many digits, so that the last bit of a sum makes no package efficient."""
CLOUD = 4000
EQUALS = 10
"""So many packages at most are told that bring everybody the same."""


def enumerated(space: Space) -> Analysis:
    """Analysis of a space all of whose issues have listed options."""
    sizes = space.sizes
    if sizes is None:
        raise ValueError("packages can be listed only where every issue has listed options")
    listed = [points for points in space.options if points is not None]

    def packages(numbers: Index) -> Array:
        chosen = options_of(numbers, sizes)
        return np.stack([points[chosen[:, i]] for i, points in enumerate(listed)], axis=1)

    gain = space.top - space.reservation - additive_utilities(space.loss_tables())
    return finite_analysis(
        (space.parties, space.issues, space.reservation),
        gain,
        packages,
        _inside(space, packages, len(gain)),
        space.overshoot,
    )


def _inside(space: Space, packages: Callable[[Index], Array], count: int) -> Mask:
    if space.linkages:
        starts = range(0, count, AT_ONCE)
        parts = [
            space.inside(packages(np.arange(start, min(start + AT_ONCE, count))))
            for start in starts
        ]
        return np.concatenate(parts)
    # without linkages the red lines of each issue can be looked at by themselves
    masks = []
    for i, points in enumerate(space.options):
        assert points is not None
        at_point = np.zeros((len(points), len(space.issues)))
        at_point[:, i] = points
        masks.append(np.asarray((space.overshoot(at_point)[:, :, i] <= 1e-9).all(axis=1)))
    return combinations_where(masks)


def finite_analysis(
    names: tuple[tuple[str, ...], tuple[str, ...], Array],
    gain: Array,
    packages: Callable[[Index], Array],
    inside: Mask,
    overshoot: Callable[[Array], Array],
    disagreement: Array | None = None,
) -> Analysis:
    """Analysis of a list of packages.

    Parameters
    ----------
    names : tuple
        Parties, issues, and the reservation values (parties,).
    gain : ndarray, shape (packages, parties)
        What every package brings over no deal.
    packages : callable
        From numbers of packages to their terms (packages, issues).
    inside : ndarray of bool, shape (packages,)
        Which keep to all red lines.
    overshoot : callable
        From terms to scale units beyond red lines (packages, parties + 1, issues).
    disagreement : ndarray, shape (parties,), optional
        The disagreement point of the rules, as a gain over no deal; by default no deal itself.
    """
    parties, issues, reservation = names
    scale = np.abs(gain).max(axis=0, initial=0.0)
    scale[scale == 0.0] = 1.0  # each party's gains by the largest, so that no unit decides a tie
    gain = np.round(gain / scale, DIGITS) * scale
    allowed = np.flatnonzero(inside)
    zone = allowed[(gain[allowed] >= 0.0).all(axis=1)]
    status: Status = "zone" if len(zone) else "no_gain" if len(allowed) else "no_ground"
    counting = {"zone": zone, "no_gain": allowed, "no_ground": np.arange(len(gain))}[status]
    frontier = counting[pareto_frontier(gain[counting])]

    def points(numbers: Index) -> list[Point]:
        return [Point(p, g) for p, g in zip(packages(numbers), gain[numbers], strict=True)]

    found: dict[str, list[Point]] = {}
    if status == "zone":
        of_all = gain[allowed]
        base = np.zeros(len(parties)) if disagreement is None else disagreement
        problem = Problem(gain[frontier], base, of_all.max(axis=0), of_all.min(axis=0))
        found = {
            name: points(_with_equals(frontier[argmax(score(problem))], zone, gain))
            for name, score in RULES.items()
        }
    unknown = np.full(len(parties), np.nan)
    least_bad = None if status == "zone" else _least_bad(gain, packages, allowed, overshoot)
    step = max(1, len(counting) // CLOUD)
    return Analysis(
        parties=parties,
        issues=issues,
        reservation=reservation,
        method="enumeration",
        packages=len(gain),
        status=status,
        share_inside=len(allowed) / len(gain),
        share=len(zone) / len(gain),
        sampled=0,
        largest_gain=gain[zone].max(axis=0) if len(zone) else unknown,
        most_inside=gain[allowed].max(axis=0) if len(zone) else unknown,
        points=found,
        frontier=points(frontier),
        least_bad=None if least_bad is None else points(np.array([least_bad]))[0],
        beyond=np.zeros((len(parties) + 1, len(issues)))
        if least_bad is None
        else overshoot(packages(np.array([least_bad])))[0],
        pairs=[
            Pair(pair, _between(gain[counting], pair), _between(gain, pair))
            for pair in widest_pairs(_best(gain[counting]))
        ],
        cloud=gain[counting[::step]],
    )


def _with_equals(best: Index, zone: Index, gain: Array) -> Index:
    """Packages that bring everybody exactly what one of these brings; the frontier has one each."""
    equal = [zone[(gain[zone] == gain[number]).all(axis=1)][:EQUALS] for number in best]
    return np.concatenate(equal) if equal else best


def _best(gain: Array) -> Array:
    """What each party gains at most where one of them gains most, (parties, parties)."""
    return np.stack([gain[own == own.max()].max(axis=0) for own in gain.T])


def _between(gain: Array, pair: tuple[int, int]) -> Array:
    """Gains of two parties along their frontier, by rising gain of the first."""
    two = gain[:, pair]
    edge = two[pareto_frontier(two)]
    return np.asarray(edge[np.argsort(edge[:, 0])])


def _least_bad(
    gain: Array,
    packages: Callable[[Index], Array],
    allowed: Index,
    overshoot: Callable[[Array], Array],
) -> int:
    """Number of the package beyond red lines by the least; then of the largest smallest gain."""
    candidates = allowed
    if not len(allowed):
        total = np.empty(len(gain))
        for start in range(0, len(gain), AT_ONCE):
            numbers = np.arange(start, min(start + AT_ONCE, len(gain)))
            total[numbers] = overshoot(packages(numbers)).sum(axis=(1, 2))
        candidates = np.flatnonzero(total <= total.min() + 1e-9)
    return int(candidates[gain[candidates].min(axis=1).argmax()])
