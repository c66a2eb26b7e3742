"""NSGA-II over the plans of a :class:`~.space.Space`: vary, try, keep the better half."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.formulas.pareto import best, crowding, fronts
from sim.scenario.loading import Loaded
from sim.studies.advise.space import Decision, Plan, Space

Try = Callable[[Sequence[Loaded]], Array]
"""From plans to their measures, (plans, measures); more is better."""
CROSSED = 0.9
"""Probability that a child has two parents (Deb et al. 2002, section V)."""
CHANGES = 2.0
"""Decisions that a child takes anew on average; one in NSGA-II, of which with silence and small
steps too many would change next to nothing."""
NEAR = 3
"""Steps on a scale by which half of the changed points move at the most."""


def search(
    space: Space,
    tried: Try,
    first: Sequence[Plan],
    size: int,
    generations: int,
    seed: int,
    goes_on: Callable[[], bool] = lambda: True,
) -> tuple[list[Plan], Array]:
    """All plans that were tried, and their measures.

    Parameters
    ----------
    space : Space
    tried : callable
        Runs plans.
    first : sequence of plan
        To begin with, such as published ones; filled up with changes of these.
    size : int
        Plans of a generation.
    generations : int
    seed : int
        Of the choice of plans; not of the worlds.
    goes_on : callable, optional
        Asked before each further generation.
    """
    rng = np.random.default_rng([seed, 1402])
    every: dict[Plan, Array] = {}
    batch = [plan for plan in dict.fromkeys(first) if space.valid(plan)]
    while True:
        batch += fresh(space, batch or [space.own], size - len(batch), {*every, *batch}, rng)
        if batch:
            found = tried([space.built(plan) for plan in batch])
            every |= dict(zip(batch, found, strict=True))
        generations -= 1
        if generations < 0 or not batch or not goes_on():
            return list(every), np.array(list(every.values()))
        plans, values = list(every), np.array(list(every.values()))
        kept = best(values, size)
        ranks = fronts(values[kept])
        crowded = np.zeros(len(kept))
        for level in set(ranks):
            crowded[ranks == level] = crowding(values[kept][ranks == level])
        parents = [plans[n] for n in kept]
        wins = np.lexsort((-crowded, ranks))
        place = np.empty(len(wins), dtype=int)
        place[wins] = np.arange(len(wins))
        batch = children(space, parents, place, size, set(every), rng)


def children(
    space: Space,
    parents: list[Plan],
    place: NDArray[np.int_],
    size: int,
    known: set[Plan],
    rng: np.random.Generator,
) -> list[Plan]:
    """New plans from the winners of tournaments of two; ``place``: 0 is the best parent."""
    out: list[Plan] = []

    def winner() -> Plan:
        pair = rng.integers(len(parents), size=2)
        return parents[int(min(pair, key=lambda n: place[n]))]

    for _ in range(20 * size):
        if len(out) == size:
            break
        one, two = winner(), winner()
        if rng.random() < CROSSED:
            from_two = rng.random(len(one)) < 0.5
            one = tuple(b if x else a for a, b, x in zip(one, two, from_two, strict=True))
        plan = changed(space.decisions, one, rng)
        if plan not in known and plan not in out and space.valid(plan):
            out.append(plan)
    return out


def fresh(
    space: Space, of: list[Plan], wanted: int, known: set[Plan], rng: np.random.Generator
) -> list[Plan]:
    """Changes of some plans, to fill a generation up; fewer where there are no more."""
    out: list[Plan] = []
    for _ in range(20 * max(wanted, 0)):
        if len(out) >= wanted:
            break
        plan = changed(space.decisions, of[int(rng.integers(len(of)))], rng)
        if plan not in known and plan not in out and space.valid(plan):
            out.append(plan)
    return out


def changed(decisions: Sequence[Decision], plan: Plan, rng: np.random.Generator) -> Plan:
    """A plan with each decision taken anew with the same probability."""
    if not plan:
        return plan
    out = list(plan)
    for n in map(int, np.flatnonzero(rng.random(len(plan)) < CHANGES / len(plan))):
        count, one = len(decisions[n].options), decisions[n]
        if one.ordered and rng.random() < 0.5:
            step = int(rng.integers(1, NEAR + 1)) * (1 if rng.random() < 0.5 else -1)
            out[n] = min(max(out[n] + step, 0), count - 1)
        else:
            out[n] = int(rng.integers(count))
    return tuple(out)
