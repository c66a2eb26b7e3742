"""What stands in the way of a deal, and the cheapest changes, searched in failed worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from sim.ensemble.beside import Beside
from sim.ensemble.runner import Progress
from sim.formulas.statistics import Interval, wilson
from sim.results.outcomes import ends_in
from sim.scenario.loading import Loaded, load_variant
from sim.studies.explain.field import Field, Shares
from sim.studies.explain.findings import Change
from sim.studies.explain.moves import Move
from sim.studies.explain.reasons import Lattice, Set, bundles, lattice, obstacles, reasons
from sim.studies.explain.search import Smallest, smallest, trimmed, tuned
from sim.studies.explain.trials import SETTLES
from sim.studies.explain.words import bundle_words, move_words
from sim.studies.sweep.vary import flow

FEW, SOME, MANY = 24, 40, 120
"""Failed worlds in which sets of obstacles are tried, lines are trimmed, the last step is set."""
PROMISE = 500
"""Worlds of all sorts, in none of which anything was searched, that say what a change brings."""
SURE = 100
"""Other failed worlds in which what was found is counted; the same ones where few are left."""
UNSEEN = 6101
"""Added to the seed for the worlds of the promise."""
STEPS = 6
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
) -> tuple[list[Loaded], Callable[[], dict[str, Any]]]:
    """Obstacles and cheapest changes: of all, or of one actor's own.

    Parameters
    ----------
    data : Dataset
        The run's worlds.

    Returns
    -------
    changed : list of Loaded
        The scenario with each of the changes.
    told : callable
        Waits for what is counted in other worlds: fields of an
        :class:`~.findings.Explanation`, its changes not yet confirmed.
    """
    if actor is not None:
        moves = [move for move in moves if move.actor == actor]
    settled = ends_in("settlement")(data)
    numbers = np.asarray(data["world"].values if "world" in data.coords else range(len(settled)))
    failed = [int(w) for w, s in zip(numbers, settled, strict=True) if not s and w < 2000]
    if not failed or not moves:
        return [], dict
    scenario, whole = loaded.scenario, bundles(moves)

    def field(of: dict[str, Move], worlds: list[int], plus: int = 0) -> Field:
        return Field(loaded, of, seed + plus, tuple(worlds), executor)

    few = field(whole, failed[:FEW])
    progress("what stands in the way", 1, STEPS)
    found = lattice(few)
    rest = beyond(failed, FEW)
    sure = field(whole, rest[:SURE])
    owners = {key: move.actor for key, move in whole.items()}
    able = [keys for keys in most_alone(found, owners).values() if found.settled[keys].any()]
    standing = obstacles(found, sure, scenario, able)
    progress("the cheapest change", 2, STEPS)
    # where stages go levers may go with them, which is more than a change of the order
    may = [key for key, move in whole.items() if len(move.structure) <= 1]
    least, changes, changed = smallest(few, found, may, goal), [], []
    if least.shares:
        singles = {move.key: move for move in moves}
        parts = {key: [m.key for m in moves if key in bundles([m])] for key in whole}
        least = trimmed(field(singles, rest[:SOME]), least, parts)
        least = tuned(field(singles, beyond(rest, SOME)[:MANY]), least)
        others = field(singles, list(range(PROMISE)), UNSEEN)
        progress("what it promises", 3, STEPS)
        changes.append(promised(loaded, others, least, actor or "", goal))
        changed.append(load_variant(loaded, set_arguments(others, least.shares)))

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
            "changes": [one() for one in changes],
            "alone": {k: again.odds(most[k]) if k in most else 0.0 for k in owners.values()},
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


def most_alone(found: Lattice, owners: Mapping[str, str]) -> dict[str, Set]:
    """What of its own brings most for each owner; of two that bring as much the shorter."""
    out: dict[str, Set] = {}
    for keys in sorted(found.settled, key=len):
        who = {owners[key] for key in keys}
        if len(who) == 1:
            (owner,) = who
            if owner not in out or found.odds(keys) > found.odds(out[owner]):
                out[owner] = keys
    return out


def promised(
    loaded: Loaded, field: Field, least: Smallest, owner: str, asked: float
) -> Callable[[], Change]:
    """What was found, told, with what it brings in the worlds of a field: waits for these."""
    shares = {k: least.shares[k] for k in field.moves if k in least.shares}
    ends = field.later([shares])

    def told() -> Change:
        hits = float((ends() == SETTLES).sum())
        return Change(
            owner,
            [
                words
                for key, part in shares.items()
                for words in move_words(field.moves[key], part, loaded.scenario)
            ],
            set_arguments(field, shares),
            prices(field, shares),
            asked,
            least.goal,
            least.most,
            hits / len(field.worlds),
            wilson(hits, len(field.worlds)),
            float("nan"),
            Interval(0.0, 1.0),
            float("nan"),
            0,
        )

    return told


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
