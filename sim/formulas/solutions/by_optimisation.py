"""Analysis of a problem in which what lies between the texts can be agreed, too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.stats import qmc

from sim.arrays import Array
from sim.formulas.solutions.analysis import Analysis, Pair, Point, Status, widest_pairs
from sim.formulas.solutions.frontier import pareto_frontier
from sim.formulas.solutions.points import RULES, Problem, least_spread
from sim.formulas.solutions.programme import CLOSE, Found, Programme
from sim.formulas.solutions.space import Space

SAMPLE = 2**14
CLOUD = 2000
LEVELS = 25
"""Points along the frontier between two parties."""
TINY = 1e-6
"""Weight of the others where a party's gain is maximised, so that none loses for nothing."""
DIRECTIONS = 64
"""Directions in which the frontier of more than two parties is sampled."""


def optimised(space: Space) -> Analysis:
    """Analysis of any space. Named points are optima; frontier and shares are samples.

    The least spread of relative gains is looked for among the other points and the sampled
    frontier; with two parties and nothing but continuous issues it coincides with Kalai &
    Smorodinsky's point, where gains are equal.
    """
    bound, free = Programme(space), Programme(_without_red_lines(space))
    ones = np.ones(len(space.parties))
    equal = bound.most_equal(ones)
    status: Status = "zone"
    if equal is None:
        status = "no_ground"
    elif equal.value < -CLOSE:
        status = "no_gain"
    counting = free if status == "no_ground" else bound
    base = _base(counting, status == "zone")
    ends, open_ends = _ends(counting, base), _ends(free, None)
    unknown = np.full(len(ones), np.nan)
    pairs = [
        (pair, _between(counting, pair, base, ends), _between(free, pair, None, open_ends))
        for pair in widest_pairs(np.array([unknown if f is None else f.surplus for f in ends]))
    ]
    zone = equal is not None and status == "zone"
    most = most_inside(bound) if zone else unknown
    found = named_points(bound, equal, most) if equal is not None and zone else {}
    frontier = _frontier(counting, base, [f for _, edge, _ in pairs for f in edge], found)
    if zone:
        found["kalai_smorodinsky_least_spread"] = _least_spread(frontier, most)
    least_bad = None
    if status != "zone":
        least_bad = equal or Programme(space, red_lines=False).least_beyond()
    cloud, share_inside, share = _sampled(space, status)
    nothing = np.zeros((len(space.parties) + 1, len(space.issues)))
    return Analysis(
        parties=space.parties,
        issues=space.issues,
        reservation=space.reservation,
        method="optimisation",
        packages=None,
        status=status,
        share_inside=share_inside,
        share=share,
        sampled=SAMPLE,
        largest_gain=_largest(bound) if zone else unknown,
        most_inside=most,
        points={name: [found[name]] for name in RULES if name in found},
        frontier=frontier,
        least_bad=None if least_bad is None else _point(least_bad),
        beyond=nothing if least_bad is None else space.overshoot(least_bad.package[None])[0],
        pairs=[Pair(pair, _gains(edge, pair), _gains(open_, pair)) for pair, edge, open_ in pairs],
        cloud=cloud,
    )


def _gains(edge: list[Found], pair: tuple[int, int]) -> Array:
    """Gains of two along a frontier, by rising gain of the first, those dominated left out."""
    two = np.array([found.surplus[list(pair)] for found in edge]).reshape(-1, 2)
    two = two[pareto_frontier(np.round(two, 9))]
    return np.asarray(two[np.argsort(two[:, 0])])


def _point(found: Found) -> Point:
    return Point(found.package, found.surplus)


def _without_red_lines(space: Space) -> Space:
    zeros, ones = np.zeros_like(space.low), np.ones_like(space.high)
    return replace(
        space, low=zeros, high=ones, linkages=(), floor=zeros[0].copy(), ceiling=ones[0].copy()
    )


def _base(programme: Programme, zone: bool) -> Array:
    """From where the frontier is looked at: no deal, or the worst of everyone's best packages."""
    parties = len(programme.space.parties)
    if zone:
        return np.zeros(parties)
    best = [programme.most_of(np.eye(parties)[k]) for k in range(parties)]
    return np.min([f.surplus for f in best if f is not None], axis=0)


def _largest(programme: Programme, within_zone: bool = True) -> Array:
    """The most each party can gain, in the zone or anywhere inside the red lines."""
    parties = len(programme.space.parties)
    least = np.zeros(parties) if within_zone else None
    found = [programme.most_of(np.eye(parties)[k], least) for k in range(parties)]
    return np.array([0.0 if f is None else f.surplus[k] for k, f in enumerate(found)])


def most_inside(programme: Programme) -> Array:
    """The most each party can gain inside all red lines, whether or not it suits the others."""
    return np.maximum(_largest(programme, within_zone=False), 0.0)


def named_points(programme: Programme, equal: Found, best: Array) -> dict[str, Point]:
    """The named solutions, each within the zone of possible agreement.

    ``best`` is what relative gains are shares of: :func:`most_inside`.
    """
    zero, ones = np.zeros(len(best)), np.ones(len(best))
    inverse = np.where(best > CLOSE, 1.0 / np.maximum(best, CLOSE), 0.0)
    found = {
        "nash": programme.most_product(),
        "kalai_smorodinsky": programme.most_equal(best) if best.any() else equal,
        "egalitarian": equal,
        "utilitarian": programme.most_of(ones, zero),
        "relative_welfare": programme.most_of(inverse, zero),
    }
    return {name: _point(f) for name, f in found.items() if f is not None}


def _least_spread(among: list[Point], best: Array) -> Point:
    gains = np.array([p.gain for p in among])
    problem = Problem(gains, np.zeros(len(best)), best, np.zeros(len(best)))
    return among[int(least_spread(problem).argmax())]


def _ends(programme: Programme, base: Array | None) -> list[Found | None]:
    """The best package of each party, the others at ``base`` or above."""
    parties = len(programme.space.parties)
    least = np.full(parties, -np.inf) if base is None else base
    return [programme.most_of(np.eye(parties)[k] + TINY, least) for k in range(parties)]


def _between(
    programme: Programme, pair: tuple[int, int], base: Array | None, best: list[Found | None]
) -> list[Found]:
    """The frontier between two parties, the others at ``base`` or above.

    At each level of the first party's gain the second one's is maximised (ε-constraint method,
    Haimes, Lasdon & Wismer 1971, *IEEE Trans. SMC* 1(3)), which also finds what lies in dents.
    """
    first, second = pair
    parties = len(programme.space.parties)
    least = np.full(parties, -np.inf) if base is None else base.copy()
    ends = best[second], best[first]
    if ends[0] is None or ends[1] is None:
        return []
    low, high = ends[0].surplus[first], ends[1].surplus[first]
    edge = [ends[0], ends[1]]
    for level in np.linspace(low, high, LEVELS)[1:-1]:
        at = least.copy()
        at[first] = level
        found = programme.most_of(np.eye(parties)[second] + TINY, at)
        if found is not None:
            edge.append(found)
    return edge


def _frontier(
    programme: Programme, base: Array, edges: list[Found], named: dict[str, Point]
) -> list[Point]:
    """A sample of the frontier: the named points, and the furthest ones in many directions."""
    parties = len(base)
    found = [_point(f) for f in edges] if parties == 2 else []
    if parties > 2:
        corners = np.sort(qmc.Sobol(parties - 1, seed=0).random(DIRECTIONS), axis=1)
        steps = np.diff(corners, axis=1, prepend=0.0, append=1.0)
        for direction in np.maximum(steps, 1e-3):
            further = programme.most_equal(direction, base)
            if further is not None:
                found.append(_point(further))
    found += list(named.values())
    gains = np.round(np.array([p.gain for p in found]), 7)
    return [found[n] for n in pareto_frontier(gains)]


def _sampled(space: Space, status: Status) -> tuple[Array, float, float]:
    """Gains of random packages that count, and the shares inside red lines and in the zone."""
    unit = qmc.Sobol(len(space.issues), seed=0).random(SAMPLE)
    packages = unit.copy()
    for i, points in enumerate(space.options):
        if points is not None:
            packages[:, i] = points[
                np.minimum((unit[:, i] * len(points)).astype(int), len(points) - 1)
            ]
    gain = space.utility(packages) - space.reservation
    inside = space.inside(packages)
    zone = inside & (gain >= 0.0).all(axis=1)
    counting = {"zone": zone, "no_gain": inside, "no_ground": np.ones(SAMPLE, dtype=bool)}[status]
    return gain[counting][:CLOUD], float(inside.mean()), float(zone.mean())
