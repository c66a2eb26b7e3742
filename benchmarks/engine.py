"""What a run costs, measured side by side: ``python benchmarks/engine.py``.

Prints three things for a scenario (default ``scenarios/kellogg.yaml``):

* the engine's time per world by number of worlds, against one ordinary Mesa model per world, which
  is the same model with one world, in a loop;
* the whole command with 1,000 worlds and all charts, in a process of its own;
* the peak memory of the whole command with 10,000 worlds, in a process of its own.

Ratios come from the same run, alternating between the two sides, because machines drift.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sim.model import PeaceTalks
from sim.scenario import Draws, Scenario, load_scenario

ROOT = Path(__file__).resolve().parent.parent


def seconds(scenario: Scenario, worlds: int, repeats: int = 1) -> float:
    """Mean time of building and running ``repeats`` models of ``worlds`` worlds."""
    start = time.perf_counter()
    for chunk in range(repeats):
        PeaceTalks(scenario, Draws(1, worlds, chunk)).run()
    return (time.perf_counter() - start) / repeats


def engine(scenario: Scenario) -> None:
    """Cost per world, and the ratio to one model per world."""
    seconds(scenario, 10)  # warm up
    print(f"{'worlds':>8} {'ms per world':>14} {'times cheaper than one model per world':>40}")
    alone = []
    rows: dict[int, list[float]] = {1: [], 10: [], 100: [], 1000: []}
    for _ in range(3):
        for worlds, times in rows.items():
            repeats = 12 if worlds == 1 else 1
            times.append(seconds(scenario, worlds, repeats) / worlds)
        alone.append(rows[1][-1])
    one = statistics.median(alone)
    for worlds, times in rows.items():
        each = statistics.median(times)
        print(f"{worlds:>8,} {1000 * each:>14.3f} {one / each:>40.0f}")


def command(scenario: Path, worlds: int) -> tuple[float, float]:
    """Wall seconds and peak memory (MB) of the whole command in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "sim", str(scenario), "--worlds", str(worlds)]
        start = time.perf_counter()
        process = subprocess.Popen(
            [*words, "--out", folder, "--quiet"], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"the command ended with {process.returncode}")
    return wall, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", default=str(ROOT / "scenarios" / "kellogg.yaml"))
    arguments = parser.parse_args()
    loaded = load_scenario(arguments.scenario)
    print(f"{loaded.scenario.name}, {os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    engine(loaded.scenario)
    walls = sorted(command(Path(arguments.scenario), 1000)[0] for _ in range(3))
    print(f"\nwhole command, 1,000 worlds, all charts: {walls[1]:.1f} s (median of 3)")
    wall, memory = command(Path(arguments.scenario), 10_000)
    print(f"whole command, 10,000 worlds, all charts: {wall:.1f} s, peak memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
