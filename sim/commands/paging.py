"""The runs behind a what-if page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.errors import fail
from sim.commands.progress import progress_bar

if TYPE_CHECKING:
    from sim.page import Plan


def finished_plans(
    files: Sequence[str],
    worlds: int,
    seed: int,
    overrides: tuple[str, ...],
    workers: int | None,
    show_progress: bool,
) -> list[Plan]:
    """Scenarios with their runs, or a clear error and exit code 2."""
    from sim.ensemble.executors import ExecutorError
    from sim.ensemble.opening import open_executor
    from sim.ensemble.runner import Job, RunError, run_jobs
    from sim.page import Plan, prepared
    from sim.scenario import ScenarioError, load_scenario

    try:
        loaded = [prepared(load_scenario(file, overrides)) for file in files]
    except ScenarioError as error:
        fail(str(error))
    names = [one.scenario.name for one in loaded]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        fail(f"{twice}: given twice; give each scenario once, under a name of its own.")
    jobs = [Job(one, worlds, seed, overrides, traced=1) for one in loaded]
    runs = {}
    try:
        with (
            progress_bar(show_progress) as progress,
            open_executor(workers, None, sum(len(job.tasks) for job in jobs)) as executor,
        ):
            for place, run in run_jobs(jobs, executor, progress):
                if isinstance(run, RunError) or run.failures:
                    failures = run.failures
                    fail(f"{names[place]}: not all worlds could be run; {failures[0]}")
                runs[place] = run
    except ExecutorError as error:
        fail(str(error))
    return [Plan(one, runs[place]) for place, one in enumerate(loaded)]


def size_words(path: Path) -> str:
    """``1.9 MB``."""
    return f"{path.stat().st_size / 1e6:.1f} MB"
