"""Cost per world by number of worlds, and what the largest run takes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import xarray as xr

from benchmarks.commands import with_charts
from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import SEED, Setting
from benchmarks.timing import MEGABYTE, in_turn, ratios, seconds
from sim.ensemble.chunks import CENTRAL, Call, Failure, chunk_tasks, run_chunk, run_tasks
from sim.ensemble.executors import Executor, InProcess
from sim.ensemble.runner import Job, run_job
from sim.results.dataset import ChunkResult, build_dataset
from sim.scenario import Loaded, Scenario

SEVERAL = 10_000
"""Up to so many worlds are measured several times, more only once."""
MILLION = 1_000_000
DEARER, MEMORY = 1.3, 1500.0
"""A world among a million against one of 10,000, at most; megabytes for a million, at most."""


def ensemble(scenario: Scenario, worlds: int, like: xr.Dataset) -> xr.Dataset:
    """Outcomes of an ensemble, chunk by chunk in this process, without rounds or files.

    ``like`` says what they look like (:func:`sim.results.dataset.template`), known to all from
    its central world.
    """
    results: dict[int, ChunkResult] = {}
    for task, found in run_tasks([scenario], SEED, chunk_tasks(worlds), InProcess()):
        if isinstance(found, Failure):
            raise RuntimeError(str(found))
        results[task.chunk] = found
    return build_dataset(results, like, {})


def look(scenario: Scenario) -> xr.Dataset:
    """What outcomes of a scenario look like."""
    found = run_chunk(Call(scenario, SEED, CENTRAL))
    if isinstance(found, Failure) or found.central is None:
        raise RuntimeError(str(found))
    return found.central.template()


def stored(loaded: Loaded, worlds: int, store: Path, executor: Executor | None = None) -> None:
    """A run as the command does it, streamed to a store, without charts."""
    run_job(Job(loaded, worlds, SEED, traced=0, store=store), executor)


def measure(setting: Setting, findings: Findings) -> None:
    """By number of worlds, in this process."""
    scenario, work, say = setting.loaded.scenario, setting.work, setting.say
    like = look(scenario)

    def side(worlds: int) -> Callable[[], float]:
        return lambda: 1e3 * seconds(lambda: ensemble(scenario, worlds, like)) / worlds

    def add(worlds: int, values: tuple[float, ...]) -> None:
        label = f"{worlds:,} world{'s' if worlds > 1 else ''}"
        findings.figures.append(Figure(label, values, "ms/world"))

    sizes = [n for n in work.by_worlds if n < work.most]
    several = [n for n in sizes if n <= SEVERAL]
    found = in_turn([side(n) for n in several], work.repeats, say)
    for worlds, values in zip(several, found, strict=True):
        add(worlds, values)
    for worlds in sizes[len(several) :]:
        say(f"{worlds:,} worlds")
        add(worlds, (side(worlds)(),))


def largest(setting: Setting, findings: Findings) -> None:
    """The whole command with the most worlds, between runs of fewer that also write a store.

    All with one process, so that nothing of the time and the memory is elsewhere.
    """
    worlds, fewer = setting.work.most, setting.work.ensemble

    def few() -> float:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "few.zarr"
            return 1e3 * seconds(lambda: stored(setting.loaded, fewer, store)) / fewer

    before = [few(), few()]
    setting.say(f"{worlds:,} worlds with the whole command")
    taken = with_charts(worlds, "--workers", "1")
    around = (*before, few(), few())
    each = 1e3 * taken.seconds / worlds
    label, complete = f"{worlds:,} worlds, whole command, one worker", worlds >= MILLION
    findings.figures += [
        Figure(label, (each,), "ms/world"),
        Figure(f"{fewer:,} worlds with a store, before and after", around, "ms/world"),
        Figure(
            "the one against the other",
            ratios([each] * len(around), around),
            "×",
            Requirement("at most", DEARER, applies=complete and fewer >= SEVERAL),
        ),
        Figure(f"{label}: time", (taken.seconds / 60,), "min"),
        Figure(
            f"{label}: peak memory",
            (taken.peak / MEGABYTE,),
            "MB",
            Requirement("at most", MEMORY, applies=complete),
        ),
    ]
