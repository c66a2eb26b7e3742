"""The smallest change that brings a deal, searched on the simulator itself.

Of every set of up to three bundles (one side's red lines, its patience, …) that brings deals in
enough of the worlds, all combinations of quarters of the way that could be the cheapest are tried,
the largest first; in the best, lines that are not needed are left as they are. All trials are in
the same failed worlds (common random numbers), each only where earlier ones leave open whether it
settles, and none longer than it may still reach the goal. The last, in more of them, says how far
everything has to go.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from sim.studies.explain.field import SLACK, Field, Shares
from sim.studies.explain.reasons import Lattice

STEPS = 4
"""So many steps lead from nothing changed to a change as far as it goes."""
FIRST, BATCH = 12, 120
"""Sets that are looked at first, the cheapest as they are; combinations that are tried at once."""
LEAST, PART = 0.05, 0.8
"""Below the first nothing counts as reached; of what is below the goal, so much is sought."""


class Smallest(NamedTuple):
    """What a search found.

    Attributes
    ----------
    shares : dict
        The changes; empty where none brings enough.
    odds : float
        Share of the failed worlds searched on that settle with them.
    price : float
    most : float
        The largest such share that any set reaches.
    goal : float
        The share that was sought.
    """

    shares: Shares
    odds: float
    price: float
    most: float
    goal: float


def smallest(field: Field, found: Lattice, keys: Sequence[str], goal: float = 0.5) -> Smallest:
    """The cheapest bundles among ``keys`` with which a share ``goal`` of the failed worlds settle.

    Where no set of up to three brings as many, four fifths of the most that one brings are sought.
    """
    sets = [one for one in found.settled if set(one) <= set(keys)]
    most = max((found.odds(one) for one in sets), default=0.0)
    if most < LEAST:
        return Smallest({}, 0.0, 0.0, most, goal)
    goal = min(goal, PART * most)
    sets = [one for one in sets if found.odds(one) >= goal - SLACK]
    sets.sort(key=lambda one: field.weighed(dict.fromkeys(one, 1.0)))
    # all steps at once first, of the cheapest: they say which of the others can be cheaper
    first, steps = [one for one in sets if found.odds(one) >= goal][:FIRST], range(1, STEPS + 1)
    diagonal = [_cell(field, one, [step] * len(one)) for one in first for step in steps]
    best = _cheapest(field, diagonal, field.odds(diagonal, goal), goal)
    open_ = {
        keys: [_cell(field, keys, cell) for cell in product(steps, repeat=len(keys))]
        for keys in sets
    }
    while True:
        # the largest that would still be cheaper: where they fail, all smaller ones do
        price = field.weighed(best) - 1e-9
        open_ = {k: [c for c in cells if field.weighed(c) < price] for k, cells in open_.items()}
        largest = [
            cell
            for cells in open_.values()
            for cell in cells
            if not any(_within(cell, other) for other in cells if other != cell)
        ]
        if not largest:
            break
        batch = sorted(largest, key=field.weighed)[:BATCH]
        reached = field.odds([best, *batch], goal)
        best = _cheapest(field, [best, *batch], reached, goal)
        for cell, share in zip(batch, reached[1:], strict=True):
            short = share < goal - SLACK - 1e-12
            out = [c for c in open_[tuple(cell)] if _within(c, cell)] if short else [cell]
            open_[tuple(cell)] = [c for c in open_[tuple(cell)] if c not in out]
    odds = float(field.odds([best])[0])
    return Smallest(best, odds, field.price(best), most, goal)


def _cell(field: Field, keys: Sequence[str], steps: Sequence[int]) -> Shares:
    """A combination of steps; a change of the structure is made whole."""
    pairs = zip(keys, steps, strict=True)
    return {k: 1.0 if field.moves[k].structure else step / STEPS for k, step in pairs}


def _within(one: Shares, other: Shares) -> bool:
    """Whether nothing in one combination goes further than in another of the same things."""
    return all(share <= other[key] for key, share in one.items())


def _cheapest(field: Field, tried: Sequence[Shares], odds: np.ndarray, goal: float) -> Shares:
    """The cheapest of those that reach the goal."""
    able = [one for one, share in zip(tried, odds, strict=True) if share >= goal]
    return min(able, key=field.weighed)


def trimmed(field: Field, found: Smallest, parts: dict[str, list[str]]) -> Smallest:
    """A find taken apart into single changes, each only as far as is needed.

    All begin a step larger than they were found, so that some can be spared for others, unless
    that does harm.

    Parameters
    ----------
    field : Field
        With the single changes.
    parts : dict
        Key of a bundle → keys of its changes.
    """
    if not found.shares or sum(len(parts[key]) for key in found.shares) == 1:
        return found._replace(shares={parts[key][0]: share for key, share in found.shares.items()})
    begin = [
        {part: min(s + more, 1.0) for key, s in found.shares.items() for part in parts[key]}
        for more in (1 / STEPS, 0.0)
    ]
    reached = field.settled(begin).mean(axis=1)
    shares, odds = begin[int(reached.argmax())], float(reached.max())
    # in other worlds than it was found in it may fall short: as much is kept as it brings here
    shares, odds = _reduced(field, shares, odds, min(found.goal, odds))
    return found._replace(shares=shares, odds=odds, price=field.price(shares))


def tuned(field: Field, found: Smallest) -> Smallest:
    """All changes of a find made smaller or larger together until they just do, in more worlds."""
    if not found.shares:
        return found
    tried = [
        {
            key: share if field.moves[key].structure else round(min(factor * share, 1.0), 3)
            for key, share in found.shares.items()
        }
        for factor in (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
    ]
    reached = field.odds(tried)
    enough = np.flatnonzero(reached >= found.goal)
    best = int(enough[0]) if len(enough) else int(reached.argmax())
    shares = tried[best]
    return found._replace(shares=shares, odds=float(reached[best]), price=field.price(shares))


def _smaller(shares: Shares, key: str, share: float) -> Shares:
    """With one change made smaller, or without it."""
    rest = {k: s for k, s in shares.items() if k != key}
    return rest | {key: share} if share > 1e-9 else rest


def _reduced(field: Field, shares: Shares, odds: float, goal: float) -> tuple[Shares, float]:
    """Everything taken back that the goal can do without."""
    while shares:
        options = [(key, 0.0) for key in shares]
        options += [
            (key, share - 1 / STEPS)
            for key, share in shares.items()
            if share > 1 / STEPS + 1e-9 and not field.moves[key].structure
        ]
        tried = [_smaller(shares, *option) for option in options]
        reached = field.odds(tried, goal)
        now = field.weighed(shares)
        saved = np.array([max(now - field.weighed(one), 1e-9) for one in tried])
        lost = np.maximum(odds - reached, 0.0)
        enough = [n for n in np.lexsort((-saved, lost / saved)) if reached[n] >= goal]
        # as many of them at once as the goal allows, one option for each change
        steps: list[Shares] = []
        done: set[str] = set()
        for n in enough:
            key, share = options[n]
            if key not in done:
                done.add(key)
                steps.append(_smaller(steps[-1] if steps else shares, key, share))
        if not steps:
            break
        together = field.odds(steps)
        short = np.flatnonzero(together < goal)
        upto = int(short[0]) if len(short) else len(steps)
        shares, odds = steps[upto - 1], float(together[upto - 1])
    return shares, odds
