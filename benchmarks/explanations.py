"""``python -m benchmarks.explanations [NAME…]``: explanations beside brute force, as a table.

Brute force runs the changed scenario itself, as a user would with ``--set``: every bundle of
changes alone and every pair, in the same worlds; the best of each is put beside what ``explain``
names as binding. Promised and confirmed odds, and processor time, are of ``explain`` with 2,000
worlds.
"""

from __future__ import annotations

import sys
import time
from itertools import combinations

import numpy as np

from sim.ensemble.executors import InProcess
from sim.ensemble.runner import run_scenario
from sim.prose import listing, percent, span_words
from sim.scenario import Loaded, load_scenario
from sim.studies.explain.explanation import explain
from sim.studies.explain.moves import Move, all_moves
from sim.studies.explain.reasons import bundles
from sim.studies.explain.words import bundle_words

NAMES = ("kellogg", "witkoff", "points_20", "camp_david", "dayton")
WORLDS, FORCED = 2000, 100
HEAD = (
    "| scenario | best alone by brute force | best pair | what `explain` names first "
    "| promised | confirmed | beyond the run |\n|---|---|---|---|---|---|---|"
)


def forced(loaded: Loaded, moves: dict[str, Move], seed: int) -> dict[tuple[str, ...], float]:
    """Share of worlds that settle under every change alone and every pair that is worth it."""

    def share(keys: tuple[str, ...]) -> float:
        changes = {k: v for key in keys for k, v in moves[key].changes(1.0).items()}
        run = run_scenario(loaded.with_(changes), FORCED, seed, traced=0)
        return float(np.mean(run.ensemble.outcome.values == 0))

    found = {(): share(())} | {(key,): share((key,)) for key in moves}
    # pairs within what sides hold: lines, patience, leaving
    held = [k for k in moves if k.partition(":")[0] in ("lines", "patience", "stay")]
    return found | {pair: share(pair) for pair in combinations(held, 2)}


def row(name: str) -> str:
    """One line of the table."""
    loaded = load_scenario(name)
    run = run_scenario(loaded, WORLDS, 1, traced=0)
    before = time.process_time()
    found = explain(loaded, run, InProcess())
    spent = time.process_time() - before
    moves = bundles(all_moves(loaded))
    shares = forced(loaded, moves, 99)

    def best(size: int) -> str:
        keys = max((k for k in shares if len(k) == size), key=lambda k: shares[k])
        words = listing(bundle_words(moves[k], loaded.scenario) for k in keys)
        return f"{words}: {percent(shares[keys])}"

    names = [
        f"{listing(one.what)}: {percent(one.settle)}"
        for one in sorted([*found.obstacles, *found.together], key=lambda one: -one.needed)[:2]
    ]
    promised = confirmed = "none found"
    if found.changes:
        one = found.changes[0]
        promised = f"{percent(one.promised)} ({span_words(one.promised_interval)})"
        confirmed = f"{percent(one.confirmed)} ({span_words(one.confirmed_interval)})"
    return (
        f"| {name} | {best(1)} | {best(2)} | {'; '.join(names) or 'nothing'} | {promised} "
        f"| {confirmed} | {spent:.0f} s |"
    )


def main() -> None:
    print(HEAD)
    for name in sys.argv[1:] or NAMES:
        print(row(name), flush=True)


if __name__ == "__main__":
    main()
