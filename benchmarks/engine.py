"""Cost per world by number of worlds."""

from __future__ import annotations

from collections.abc import Callable

import xarray as xr

from benchmarks.figures import Figure, Findings
from benchmarks.setting import SEED, Setting
from benchmarks.timing import in_turn, seconds
from sim.ensemble import run_chunks
from sim.results import build_dataset
from sim.scenario import Scenario

SEVERAL = 10_000
"""Up to so many worlds are measured several times, more only once."""


def ensemble(scenario: Scenario, worlds: int) -> xr.Dataset:
    """Outcomes of an ensemble, chunk by chunk in this process, without rounds or files."""
    return build_dataset(run_chunks(scenario, worlds, SEED, traced=0), {})


def measure(setting: Setting, findings: Findings) -> None:
    """In this process, and the largest number with the whole command and its store."""
    scenario, work = setting.loaded.scenario, setting.work

    def side(worlds: int) -> Callable[[], float]:
        return lambda: 1e3 * seconds(lambda: ensemble(scenario, worlds)) / worlds

    def add(worlds: int, values: tuple[float, ...]) -> None:
        findings.figures.append(
            Figure(f"{worlds:,} world{'s' if worlds > 1 else ''}", values, "ms/world")
        )

    several = [n for n in work.by_worlds if n <= SEVERAL]
    say = setting.say
    found = in_turn(
        [side(n) for n in several],
        work.repeats,
        lambda repeat: say(f"up to {several[-1]:,} worlds, {repeat} of {work.repeats}"),
    )
    for worlds, values in zip(several, found, strict=True):
        add(worlds, values)
    for worlds in work.by_worlds[len(several) :]:
        say(f"{worlds:,} worlds")
        add(worlds, (side(worlds)(),))
