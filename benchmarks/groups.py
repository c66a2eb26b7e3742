"""Speed of the group-decision models: ``python benchmarks/groups.py``.

Prints rounds a second of the expected-utility model for one issue by itself and for many worlds at
once, and rounds of exchange a second, with random positions.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from sim.formulas.groups.challenge import one_round
from sim.formulas.groups.exchange import exchange_round

REFERENCE = 2.7
"""Rounds a second, 10 actors, of the public Python code that reproduces the published table."""


def per_second(step: Callable[[], object], count: int, seconds: float = 1.0) -> float:
    """Median over five repeats of how often ``count`` things are done a second."""
    step()
    rates = []
    for _ in range(5):
        start, times = time.perf_counter(), 0
        while time.perf_counter() - start < seconds / 5:
            step()
            times += 1
        rates.append(times * count / (time.perf_counter() - start))
    return statistics.median(rates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--actors", type=int, default=10)
    parser.add_argument("--issues", type=int, default=10, help="of the exchange model")
    parser.add_argument("--worlds", type=int, default=1000)
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    worlds, actors = arguments.worlds, arguments.actors
    x, salience, power = rng.random((3, worlds, actors))
    rows = {
        "challenge, one issue": per_second(lambda: one_round(x[0], salience[0], power[0]), 1),
        f"challenge, {worlds:,} worlds": per_second(lambda: one_round(x, salience, power), worlds),
    }
    print(f"{'rounds a second':>40} {'times the reference':>22}")
    for name, rate in rows.items():
        print(f"{name + f', {actors} actors':<32}{rate:>8,.0f} {rate / REFERENCE:>22,.0f}")
    market = rng.random((3, actors, arguments.issues))
    rate = per_second(lambda: exchange_round(*market), 1)
    print(f"{f'exchange, {actors} actors, {arguments.issues} issues':<32}{rate:>8,.1f}")


if __name__ == "__main__":
    main()
