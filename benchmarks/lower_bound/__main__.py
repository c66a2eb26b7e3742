"""How far the engine is from compiled scalar code: ``python -m benchmarks.lower_bound``.

Plays a scenario (default ``scenarios/kellogg.yaml``, 10,000 worlds) with the engine and with the
same arithmetic as one Numba loop over worlds on one core, checks that every outcome is the same,
there and in an eventful variant in which many worlds sign and settle, and prints both times. One
core for the engine's linear algebra too: set ``OPENBLAS_NUM_THREADS=1``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.lower_bound import Comparison, NotCovered, Unavailable, eventful, measure
from sim.scenario import Scenario, load_scenario

ROOT = Path(__file__).resolve().parent.parent.parent
VARIANT_WORLDS = 1000


def told(what: str, result: Comparison) -> None:
    """Print one comparison."""
    print(f"\n{what}: {result.worlds:,} worlds, {result.rounds} rounds")
    print(f"  worlds with equal outcomes: {result.equal:,} of {result.compared:,}")
    for outcome, worlds in result.differing.items():
        print(f"    {outcome} differs in world {', '.join(map(str, worlds))}")
    print(f"  {'processor ms per world':<28} {'engine':>10} {'bound':>10}")
    rows = (
        ("rounds", result.numpy_rounds, result.numba_rounds),
        ("measured at the end", result.numpy_finish, result.numba_finish),
        ("together", result.numpy, result.numba),
        ("with the set-up they share", result.setup + result.numpy, result.setup + result.numba),
    )
    for name, engine, bound in rows:
        print(f"  {name:<28} {1000 * engine:>10.3f} {1000 * bound:>10.3f}")
    if result.ratio is None or result.ratio_with_setup is None:
        print("  no ratio: outcomes differ, so the two have not done the same work")
    else:
        print(f"  engine / bound: {result.ratio:.2f}, with set-up {result.ratio_with_setup:.2f}")
    print(f"  the engine used {result.numpy_cores:.2f} cores")
    print(f"  compiling, not counted: {result.compile_seconds:.0f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", default=str(ROOT / "scenarios" / "kellogg.yaml"))
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument(
        "--may-differ", type=int, default=0, help="worlds, for a ratio all the same"
    )
    arguments = parser.parse_args()
    worlds, may_differ = arguments.worlds, arguments.may_differ
    loaded = load_scenario(arguments.scenario)
    try:
        result = measure(loaded.scenario, worlds, arguments.repeats, may_differ=may_differ)
        told(loaded.scenario.name, result)
        variant = Scenario.model_validate(eventful(loaded.raw))
        told("eventful variant", measure(variant, min(VARIANT_WORLDS, worlds)))
    except (NotCovered, Unavailable) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
