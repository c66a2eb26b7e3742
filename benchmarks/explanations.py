"""``python -m benchmarks.explanations [NAME…]``: explanations beside brute force, as a table.

Brute force tries what sides hold (lines, patience, leaving): all combinations of quarters of the
way of up to three of these, in the same failed worlds, nothing inferred from anything; a
combination is dropped only when it can no longer reach the goal. The cheapest that does is put
beside what the search found. So are all of them removed alone and in pairs, in other failed worlds,
beside what ``explain`` names first. Confirmed shares, and processor time, are of
``explain`` with 2,000 worlds. Some six minutes of processor time for each scenario at the most.
"""

from __future__ import annotations

import sys
import time
from itertools import combinations, product

import numpy as np

from sim.ensemble.beside import Beside
from sim.ensemble.executors import Executor, open_executor
from sim.ensemble.runner import run_scenario
from sim.prose import listing, percent, span_words
from sim.scenario import load_scenario
from sim.studies.explain.changes import FEW, SURE
from sim.studies.explain.explanation import explain
from sim.studies.explain.field import Field, Shares
from sim.studies.explain.moves import all_moves
from sim.studies.explain.reasons import bundles, lattice
from sim.studies.explain.search import STEPS, smallest
from sim.studies.explain.trials import SETTLES, run_trials
from sim.studies.explain.words import bundle_words

NAMES = ("kellogg", "witkoff", "points_20", "camp_david", "dayton")
WORLDS, ROWS = 2000, 4000
HELD = ("lines", "patience", "stay")
HEAD = (
    "| scenario | combinations | cheapest by brute force | found | ratio | taken apart "
    "| best alone, best pair by brute force | `explain` names first | as things are "
    "| confirmed | beyond the run |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def told(text: str) -> None:
    """Progress, on the other channel than the table."""
    print(text, file=sys.stderr, flush=True)


def reaching(field: Field, cells: list[Shares], goal: float) -> list[Shares]:
    """Combinations that reach the goal: run in all worlds, or until they cannot any more."""
    many = len(field.worlds)
    least = int(np.ceil(goal * many - 1e-9))
    able, begun = [], time.monotonic()
    blocks = [slice(0, many - least + 1), slice(many - least + 1, many)]
    each = max(1, ROWS // many)
    for start in range(0, len(cells), each):
        batch = cells[start : start + each]
        changed = [field.changed(cell) for cell in batch]
        hits = np.zeros(len(batch), dtype=int)
        for block in blocks:
            wanted = np.zeros((len(batch), many), dtype=bool)
            wanted[:, block] = (hits > 0)[:, None] if block.start else True
            settled = run_trials(changed, field.seed, field.worlds, field.executor, wanted)
            hits += (settled == SETTLES).sum(axis=1)
        able += [cell for cell, n in zip(batch, hits, strict=True) if n >= least]
        told(f"  {start + len(batch):,} of {len(cells):,}, {time.monotonic() - begun:.0f} s")
    return able


def combined(field: Field, dearest: float) -> list[Shares]:
    """All combinations of quarters of up to three things that cost less, the cheapest first."""
    held = [k for k, move in field.moves.items() if move.kind in HELD]
    cells = [
        dict(zip(keys, (step / STEPS for step in steps), strict=True))
        for size in (1, 2, 3)
        for keys in combinations(held, size)
        for steps in product(range(1, STEPS + 1), repeat=size)
    ]
    return sorted((c for c in cells if field.weighed(c) < dearest), key=field.weighed)


def row(name: str, executor: Executor) -> str:
    """One line of the table."""
    loaded = load_scenario(name)
    run = run_scenario(loaded, WORLDS, 1, traced=0, executor=executor)
    begun = time.monotonic(), time.process_time()
    found = explain(loaded, run, executor)
    took = f"{time.monotonic() - begun[0]:.0f} s"
    if executor.workers == 1:
        took = f"{time.process_time() - begun[1]:.0f} s of processor time"
    told(f"{name}: explained in {took}")
    moves = bundles(all_moves(loaded))
    failed = [int(w) for w in np.flatnonzero(run.ensemble.outcome.values != 0)]
    beside = Beside(executor)
    few = Field(loaded, moves, 1, tuple(failed[:FEW]), beside)
    may = [key for key, move in moves.items() if len(move.structure) <= 1]  # as `explain` has it
    least = smallest(few, lattice(few), may)
    cells = combined(few, few.weighed(least.shares)) if least.shares else []
    told(f"{name}: {len(cells):,} combinations cost less than what was found")
    cheaper = reaching(few, cells, least.goal)
    cheapest = min([*cheaper, least.shares], key=few.weighed)

    def words(shares: Shares) -> str:
        parts = [f"{bundle_words(moves[k], loaded.scenario)} {s:g}" for k, s in shares.items()]
        return f"{listing(parts)}: {100 * few.price(shares):.1f}" if shares else "none"

    other = Field(loaded, moves, 1, tuple(failed[FEW:][:SURE] or failed), beside)
    held = [k for k, move in moves.items() if move.kind in HELD]
    sets = [(k,) for k in moves if not moves[k].structure] + list(combinations(held, 2))
    shares = other.settled([dict.fromkeys(one, 1.0) for one in sets]).mean(axis=1)
    removed = []
    for size in (1, 2):
        n = max((n for n, one in enumerate(sets) if len(one) == size), key=lambda n: shares[n])
        names = listing(bundle_words(moves[k], loaded.scenario) for k in sets[n])
        removed.append(f"{names}: {percent(float(shares[n]))}")
    first = [
        f"{listing(one.what)}: {percent(one.settle)}"
        for one in sorted([*found.obstacles, *found.together], key=lambda one: -one.needed)[:2]
    ]
    change = next(iter(found.changes), None)
    ends = ["none found"] * 3
    if change is not None:
        ends = [
            f"{100 * sum(change.price.values()):.1f}",
            percent(change.before),
            f"{percent(change.confirmed)} ({span_words(change.confirmed_interval)})",
        ]
    ratio = few.price(least.shares) / few.price(cheapest) if few.price(cheapest) > 0 else 1.0
    return (
        f"| {name} | {len(cells):,} | {words(cheapest)} | {words(least.shares)} | {ratio:.3f} "
        f"| {ends[0]} | {'; '.join(removed)} | {'; '.join(first) or 'nothing'} | {ends[1]} "
        f"| {ends[2]} | {took} |"
    )


def main() -> None:
    print(HEAD)
    with open_executor() as executor:
        for name in sys.argv[1:] or NAMES:
            print(row(name, executor), flush=True)


if __name__ == "__main__":
    main()
