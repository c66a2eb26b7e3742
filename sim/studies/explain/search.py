"""The cheapest change that brings a deal, searched on the simulator itself.

Of every set of up to three bundles (one side's red lines, its patience, …) that brings deals in
enough of the worlds, all combinations of quarters of the way that could be the cheapest are tried,
the largest first; in the best, lines that are not needed are left as they are. Who stays does so to
the end. All trials are in the same failed worlds (common random numbers), each only where earlier
ones leave open whether it settles, and none longer than it may still reach the goal. The last, in
more of them, says how far everything has to go.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from sim.studies.explain.field import SLACK, Field, Shares, within
from sim.studies.explain.reasons import Lattice

STEPS = 4
"""So many steps lead from nothing changed to a change as far as it goes."""
ROWS, AT_ONCE = 300, 12
"""Worlds of combinations that are run at once, where so many combinations are no more: they take as
long again as a model with few does."""
LEAST, PART, KEPT = 0.05, 0.8, 0.9
"""Below the first nothing counts as reached; of the most that anything brings so much is sought, of
what was found so much is kept, where that is below the goal."""


class Smallest(NamedTuple):
    """What a search found.

    Attributes
    ----------
    shares : dict
        The changes; empty where none brings enough.
    most : float
        The largest share of the failed worlds searched on that settle with any set. The largest of
        many shares of a few worlds is more than any brings in others.
    goal : float
        The share that was sought.
    worlds : int
        So many worlds were searched on.
    """

    shares: Shares
    most: float
    goal: float
    worlds: int


def most_of(found: Lattice, keys: Sequence[str]) -> float:
    """The largest share of the worlds that settle without any set of some bundles."""
    return max((found.odds(one) for one in found.settled if set(one) <= set(keys)), default=0.0)


def seldom(found: Lattice, keys: Sequence[str], goal: float) -> bool:
    """Whether so few of the worlds settle with any set that what is to be sought hangs on it."""
    return most_of(found, keys) < max(goal, LEAST)


def smallest(field: Field, found: Lattice, keys: Sequence[str], goal: float = 0.5) -> Smallest:
    """The cheapest bundles among ``keys`` with which a share ``goal`` of the failed worlds settle.

    Where no set of up to three brings as many, four fifths of the most that one brings are sought.
    """
    most, many = most_of(found, keys), len(field.worlds)
    if most < LEAST:
        return Smallest({}, most, goal, many)
    goal = goal if most >= goal else PART * most
    slack = min(SLACK, goal / 4)
    sets = [k for k in found.settled if set(k) <= set(keys) and found.odds(k) >= goal - slack]
    whole = {key for key in keys if field.moves[key].whole}
    steps = {k: (STEPS,) if k in whole else range(1, STEPS + 1) for k in keys}
    cells = [
        {k: step / STEPS for k, step in zip(one, cell, strict=True)}
        for one in sets
        for cell in product(*(steps[k] for k in one))
    ]
    best = min(
        (dict.fromkeys(one, 1.0) for one in sets if found.odds(one) >= goal), key=field.weighed
    )
    by_largest = False
    while True:
        share, wanted = field.open(cells, goal, slack)
        price = np.array([field.weighed(cell) for cell in cells])
        reached, left = share >= goal - 1e-12, wanted.any(axis=1)
        able = [cell for cell, yes in zip(cells, reached & ~left, strict=True) if yes]
        best = min([best, *able], key=field.weighed)
        left &= price < field.weighed(best) - 1e-9
        if not left.any():
            break
        cells = [cell for cell, yes in zip(cells, left, strict=True) if yes]
        price, reached, wanted = price[left], reached[left], wanted[left]
        if by_largest:  # where a combination fails all smaller ones do
            rank = within(field.points(cells), field.points(cells)).sum(axis=1)
        else:  # all steps alike, of the cheapest: they say which of the others can be cheaper
            rank = np.array([len({s for k, s in c.items() if k not in whole}) for c in cells])
        # what is dearer than one that seems to reach the goal waits for it
        rank[price > min(price[reached], default=np.inf)] += len(cells)
        order = np.lexsort((price, rank))
        rows = max(ROWS, AT_ONCE * many)
        some = order[: max(int((wanted[order].sum(axis=1).cumsum() <= rows).sum()), 1)]
        field.run([cells[n] for n in some], wanted[some])
        by_largest = True
    return Smallest(best, most, goal, many)


def trimmed(field: Field, found: Smallest, parts: dict[str, list[str]]) -> Smallest:
    """A find taken apart into single changes, each only as far as is needed.

    All begin a step larger than they were found, so that some can be spared for others, unless
    that does harm. Where none of these worlds settles they are left as they were found.

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
        {
            part: 1.0 if field.moves[part].whole else min(share + more, 1.0)
            for key, share in found.shares.items()
            for part in parts[key]
        }
        for more in (1 / STEPS, 0.0)
    ]
    reached = field.settled(begin).mean(axis=1)
    if not reached.any():
        return found._replace(shares=begin[1])
    # in other worlds than it was found in it may fall short: most of what it brings here is kept
    goal = min(found.goal, KEPT * float(reached.max()))
    return found._replace(shares=_reduced(field, begin[int(reached.argmax())], goal))


def tuned(field: Field, found: Smallest) -> Smallest:
    """All changes of a find made smaller or larger together until they just do, in more worlds."""
    if not found.shares:
        return found
    tried = [
        {
            key: share if field.moves[key].whole else round(min(factor * share, 1.0), 3)
            for key, share in found.shares.items()
        }
        for factor in (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
    ]
    # some in all worlds, then those between of which it is open
    reached = field.settled(tried[1::2]).mean(axis=1)
    if not reached.any():
        return found
    field.run(tried, field.open(tried, found.goal, 0.0)[1])
    share = field.open(tried, found.goal, 0.0)[0]
    enough = np.flatnonzero(share >= found.goal - 1e-12)
    best = int(enough[0] if len(enough) else 1 + 2 * reached.argmax())
    return found._replace(shares=tried[best])


def _reduced(field: Field, shares: Shares, goal: float) -> Shares:
    """Everything taken back that the goal can do without."""
    while True:
        options = [
            {key: less}
            for key, share in shares.items()
            for less in dict.fromkeys((0.0, max(share - 1 / STEPS, 0.0)))
            if less == 0.0 or not field.moves[key].whole
        ]
        tried = [_with(shares, option) for option in options]
        (odds, *reached), wanted = field.open([shares, *tried], goal, 0.0)
        saved = [max(field.weighed(shares) - field.weighed(one), 1e-9) for one in tried]
        lost = [max(odds - one, 0.0) / less for one, less in zip(reached, saved, strict=True)]
        # as many of them at once as the goal allows, one for each change
        steps, done = [shares], Shares()
        for n in sorted(range(len(tried)), key=lambda n: (lost[n], -saved[n])):
            if reached[n] >= goal - 1e-12 and not options[n].keys() <= done.keys():
                done |= options[n]
                steps.append(_with(shares, done))
        together, more = field.open(steps, goal, 0.0)
        if len(steps) > 1 and not more.any():
            short = np.flatnonzero(together < goal - 1e-12)
            shares = steps[short[0] - 1 if len(short) else -1]
            continue
        tried, wanted = [*tried, *steps], np.concatenate([wanted[1:], more])
        if not wanted.any():
            return shares
        field.run(tried, wanted)


def _with(shares: Shares, changes: Shares) -> Shares:
    """With some of them changed; what goes no part of the way is left out."""
    return {key: share for key, share in (shares | changes).items() if share > 1e-9}
