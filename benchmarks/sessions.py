"""Discrete sessions per second on the work of ``../shared/bench``.

Run as ``python benchmarks/sessions.py``.

A session is what it is there: listing and ranking the packages and bargaining until agreement or
deadline; the tables of utilities are built outside the clock. Where NegMAS can be imported (in an
environment of its own: it needs only numpy besides), ``--negmas`` plays the same scenarios with it,
in turn with ours because machines drift, and compares every agreement and every round.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import statistics
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.discrete.scenario import DiscreteScenario, stacked_tables  # noqa: E402
from sim.discrete.stacked import Sessions, play_tables  # noqa: E402

CONFIGS = {"a": (2, [5] * 3), "b": (4, [5] * 6), "c": (2, [5] * 6)}
SESSIONS = {"a": 400, "b": 20, "c": 40}
TACTICS = ("boulware", "conceder", "linear", "boulware")
RESERVE, STEPS, SEED = 0.4, 100, 1000


def generator(shared: Path) -> ModuleType:
    """The module that makes the scenarios."""
    path = shared / "bench" / "scen.py"
    if not path.is_file():
        raise SystemExit(f"{path}: not there; name the folder of validation data with --shared")
    spec = importlib.util.spec_from_file_location("scen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(tables: list[Any], reservation: Any, tactics: list[str]) -> tuple[float, Sessions]:
    """Seconds, and how the sessions went."""
    start = time.perf_counter()
    sessions = play_tables(tables, reservation, tactics, STEPS)
    return time.perf_counter() - start, sessions


def theirs(loaded: list[Any], tactics: list[str]) -> tuple[float, list[Any]]:
    """The same with NegMAS: seconds, and (agreement, rounds) per session."""
    from negmas import SAOMechanism
    from negmas.sao.negotiators import (
        BoulwareTBNegotiator,
        ConcederTBNegotiator,
        LinearTBNegotiator,
    )

    classes = {
        "boulware": BoulwareTBNegotiator,
        "conceder": ConcederTBNegotiator,
        "linear": LinearTBNegotiator,
    }
    random.seed(0)
    out = []
    start = time.perf_counter()
    for issues, functions in loaded:
        mechanism = SAOMechanism(issues=issues, n_steps=STEPS, extra_callbacks=True)
        for k, function in enumerate(functions):
            mechanism.add(classes[tactics[k]](name=f"n{k}", id=f"n{k}"), ufun=function)
        state = mechanism.run()
        out.append((state.agreement, state.step))
    return time.perf_counter() - start, out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", nargs="+", default=list(CONFIGS), choices=list(CONFIGS))
    parser.add_argument("--sessions", type=int, help="per configuration")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--negmas", action="store_true", help="compare with NegMAS")
    arguments = parser.parse_args()
    module = generator(arguments.shared)
    for config in arguments.config:
        negotiators, sizes = CONFIGS[config]
        tactics = [TACTICS[k % 4] for k in range(negotiators)]
        count = arguments.sessions or SESSIONS[config]
        plain = [
            module.gen(f"{config}{s}", SEED + s, negotiators, sizes, RESERVE, STEPS)
            for s in range(count)
        ]
        scenarios = [DiscreteScenario.from_plain(p) for p in plain]
        tables, reservation = (
            stacked_tables(scenarios),
            np.stack([s.reservation for s in scenarios]),
        )
        ours(tables, reservation, tactics)  # warm up
        times = []
        for _ in range(arguments.repeats):
            taken, sessions = ours(tables, reservation, tactics)
            times.append(taken / count)
        each = statistics.median(times)
        print(
            f"{config}: {negotiators} negotiators, {int(np.prod(sizes)):,} packages, "
            f"{count} sessions: "
            f"{1e3 * each:.3f} ms a session ({1e3 * min(times):.3f} to {1e3 * max(times):.3f}), "
            f"{1 / each:,.0f} sessions a second, {np.mean(sessions.agreement >= 0):.0%} agree, "
            f"after {np.mean(sessions.steps):.1f} rounds"
        )
        if arguments.negmas:
            seconds, found = theirs([module.load_negmas(p) for p in plain], tactics)
            own, sessions = ours(tables, reservation, tactics)
            same = sum(
                (tuple(s.options(int(p))) if p >= 0 else None) == agreement and int(n) == rounds
                for s, p, n, (agreement, rounds) in zip(
                    scenarios, sessions.agreement, sessions.steps, found, strict=True
                )
            )
            print(
                f"   NegMAS: {1e3 * seconds / count:.1f} ms a session; ours is "
                f"{seconds / own:.0f} times as fast; {same} of {count} sessions have the same "
                "agreement in the same round"
            )


if __name__ == "__main__":
    main()
