"""What stands in the way of a deal, and the cheapest changes, searched in failed worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import combinations
from typing import Any

import numpy as np
import xarray as xr

from sim.ensemble.beside import Beside
from sim.ensemble.runner import Progress
from sim.results.outcomes import ends_in
from sim.scenario.loading import Loaded, load_variant
from sim.studies.explain.field import Field, Shares
from sim.studies.explain.findings import Change
from sim.studies.explain.moves import Move
from sim.studies.explain.reasons import MOST, Lattice, Set, bundles, lattice, obstacles, reasons
from sim.studies.explain.search import Smallest, seldom, smallest, trimmed, tuned
from sim.studies.explain.words import bundle_words, move_words
from sim.studies.sweep.vary import flow

FEW, SOME, MANY = 24, 40, 120
"""Failed worlds in which sets of obstacles are tried, lines are trimmed, the last step is set."""
SURE = 100
"""Other failed worlds in which what was found is counted; the same ones where few are left. In
these the change is sought where in the few hardly any set brings what is asked for."""
BEST = 14
"""Sets that are counted for that, those that bring most in the few; of one owner all of its own."""
DOUBT = 0.1
"""Whoever alone settles less of the few has most of its things counted at once as well."""
STEPS = 5
"""Of which the progress of an explanation is told."""


def searched(
    loaded: Loaded,
    moves: list[Move],
    data: xr.Dataset,
    executor: Beside,
    seed: int,
    actor: str | None,
    progress: Progress,
    goal: float,
) -> tuple[list[tuple[Loaded, partial[Change]]], Callable[[], dict[str, Any]]]:
    """Obstacles and cheapest changes: of all, or of one actor's own.

    Parameters
    ----------
    data : Dataset
        The run's worlds.

    Returns
    -------
    changed : list of tuple
        The scenario with each of the changes, and the change, of which it is still to be said what
        it brings in fresh worlds.
    told : callable
        Waits for what is counted in other worlds: fields of an :class:`~.findings.Explanation`.
    """
    if actor is not None:
        moves = [move for move in moves if move.actor == actor]
    settled = ends_in("settlement")(data)
    numbers = np.asarray(data["world"].values if "world" in data.coords else range(len(settled)))
    failed = [int(w) for w, s in zip(numbers, settled, strict=True) if not s and w < 2000]
    if not failed or not moves:
        return [], dict
    scenario, whole = loaded.scenario, bundles(moves)

    def field(of: dict[str, Move], worlds: list[int]) -> Field:
        return Field(loaded, of, seed, tuple(worlds), executor)

    few = field(whole, failed[:FEW])
    progress("what stands in the way", 1, STEPS)
    found = lattice(few)
    rest = beyond(failed, FEW)
    sure = field(whole, rest[:SURE])
    owners = {key: move.actor for key, move in whole.items()}
    # where stages go levers may go with them, which is more than a change of the order
    may = [key for key, move in whole.items() if len(move.structure) <= 1]
    too_few = seldom(found, may, goal)
    usable = (keys for keys in found.settled if set(keys) <= set(may))
    best = sorted(usable, key=lambda keys: (-found.odds(keys), len(keys)))[:BEST]
    if actor is not None:  # whatever is offered elsewhere as its own is among them
        best = [keys for many in range(1, MOST + 1) for keys in combinations(whole, many)]
    own, widest = (most_alone(found, owners, of) for of in (False, True))
    doubtful = [widest[one] for one, keys in own.items() if found.odds(keys) < DOUBT]
    also = [*own.values(), *doubtful, *(best if too_few else [])]
    standing = cache(obstacles(found, sure, scenario, also))
    progress("the cheapest change", 2, STEPS)
    changed = []
    if too_few:
        least, after = smallest(sure, standing()[2], may, goal), beyond(rest, SURE)
    else:
        least, after = smallest(few, found, may, goal), rest
    if least.shares:
        singles = {move.key: move for move in moves}
        parts = {key: [m.key for m in moves if key in bundles([m])] for key in whole}
        some = SURE if too_few else SOME
        least = trimmed(field(singles, after[:some]), least, parts)
        of = field(singles, beyond(after, some)[:MANY])
        least = tuned(of, least)
        change = change_of(of, least, actor or "", goal)
        changed.append((load_variant(loaded, change.keywords["set"]), change))

    def told() -> dict[str, Any]:
        single, together, again = standing()
        most = most_alone(again, owners)
        return {
            "failed": len(few.worlds),
            "counted": len(sure.worlds),
            "everything": float(found.everything.mean()),
            "obstacles": single,
            "together": together,
            "reasons": reasons(found, few, scenario),
            "alone": {k: again.odds(most[k]) for k in dict.fromkeys(owners.values())},
            "alone_by": {
                k: [bundle_words(whole[n], scenario) for n in keys] for k, keys in most.items()
            },
        }

    return changed, told


def beyond(worlds: list[int], first: int) -> list[int]:
    """Those after the first; all of them where too few are left to say anything.

    Examples
    --------
    >>> beyond([3, 5, 8, 9], 2), beyond([3, 5, 8], 2)
    ([8, 9], [3, 5, 8])
    """
    return worlds[first:] if len(worlds) >= 2 * first else worlds


def most_alone(found: Lattice, owners: Mapping[str, str], widest: bool = False) -> dict[str, Set]:
    """What of its own brings most for each owner; of two that bring as much the shorter.

    Parameters
    ----------
    widest : bool
        Only among those of most things.
    """
    out: dict[str, Set] = {}
    rank: dict[str, tuple[float, float]] = {}
    for keys in found.settled:
        who = {owners[key] for key in keys}
        if len(who) == 1:
            (owner,) = who
            odds, many = found.odds(keys), len(keys)
            this = (many, odds) if widest else (odds, -many)
            if owner not in out or this > rank[owner]:
                out[owner], rank[owner] = keys, this
    return out


def change_of(field: Field, least: Smallest, owner: str, asked: float) -> partial[Change]:
    """What was found, told but for what it brings in fresh worlds."""
    shares = {k: least.shares[k] for k in field.moves if k in least.shares}
    return partial(
        Change,
        who=owner,
        what=[
            words
            for key, part in shares.items()
            for words in move_words(field.moves[key], part, field.loaded.scenario)
        ],
        set=set_arguments(field, shares),
        price=prices(field, shares),
        asked=asked,
        goal=least.goal,
        most=least.most,
        sought=least.worlds,
    )


def set_arguments(field: Field, shares: Shares) -> list[str]:
    """A change as a user gives it with ``--set``."""
    return [
        f"{path}={flow(value)}"
        for key, move in field.moves.items()
        if key in shares
        for path, value in move.changes(shares[key]).items()
    ]


def prices(field: Field, shares: Shares) -> dict[str, float]:
    """What each actor that changes something gives up, in its own utility."""
    out: dict[str, float] = {}
    for key, share in shares.items():
        move = field.moves[key]
        out[move.actor] = out.get(move.actor, 0.0) + move.price(share)
    return out
