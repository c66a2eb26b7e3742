"""The one runner: scenarios × executor × store; and the files of a run."""

from __future__ import annotations

import csv
import itertools
import json
import platform
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim import __version__
from sim.engine.draws import CHUNK
from sim.engine.recorder import IN_FORCE
from sim.ensemble.aside import aside, may_fork
from sim.ensemble.chunks import CENTRAL, Call, Failure, Task, chunk_tasks, run_chunk, run_tasks
from sim.ensemble.executors import Executor, InProcess
from sim.ensemble.store import ChunkStore
from sim.files import json_text, write_text, written_whole
from sim.formulas.statistics import quantiles
from sim.prose import SaidError
from sim.results.dataset import CentralWorld, ChunkResult, build_dataset, save_results
from sim.results.summary import Summary, summarise
from sim.scenario import Loaded, Scenario

IN_MEMORY = 20_000
"""Worlds up to which outcomes are kept in memory; they take some 2 KB each. More go to a store."""
WORTH = 200
"""Worlds that are worth a process of their own: a few take nearly as long as one."""

Progress = Callable[[str, float, float], None]
"""Called with (what is being done, how much is done, how much there is)."""


@dataclass
class Run:
    """A finished run: the scenario, its datasets and its summary.

    Attributes
    ----------
    store : Path or None
        Where the outcomes of single worlds are, if not in memory.
    failures : list of Failure
        Chunks that have no result; their worlds are in none of the numbers.
    """

    scenario: Scenario
    ensemble: xr.Dataset
    central: xr.Dataset
    summary: Summary
    store: Path | None = None
    failures: list[Failure] = field(default_factory=list)
    #: what has been seen in it so far: see :func:`sim.views.run_data.once`
    seen: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def traced(self) -> xr.Dataset:
        """The dataset with every round of some worlds; :class:`SaidError` where none is kept."""
        if "traced" in self.ensemble.dims:
            return self.ensemble
        summary = self.summary
        raise SaidError(
            f"{self.scenario.name}: a comparison keeps how its worlds end, not their rounds (run "
            f"it by itself: .scenario.run(worlds={summary.worlds}, seed={summary.seed}))"
        )


class RunError(SaidError):
    """Nothing, or too little, came of a run: one sentence, and every failure."""

    def __init__(self, failures: list[Failure], what: str = "No world") -> None:
        super().__init__(f"{what} could be run; the first failure: {failures[0]}")
        self.failures = failures
        self.add_note(failures[0].traceback)


@dataclass(frozen=True)
class Job:
    """What is to be run.

    Attributes
    ----------
    loaded : Loaded
        A checked scenario.
    worlds, seed : int
        Size and seed of the ensemble.
    overrides : tuple of str
        What was set on the command line, for the record.
    traced : int
        Worlds whose every round is kept, in whole chunks; 0 where only outcomes are wanted.
    store : Path, optional
        Stream the worlds to a Zarr store there, or go on with the one that an interrupted run of
        the same has left; by default they are kept in memory.
    overwrite : bool
        Begin anew where the store holds another run.
    """

    loaded: Loaded
    worlds: int = 1000
    seed: int = 1
    overrides: tuple[str, ...] = ()
    traced: int = CHUNK
    store: Path | None = None
    overwrite: bool = False

    @property
    def tasks(self) -> list[Task]:
        """Its chunks."""
        return chunk_tasks(self.worlds, self.traced)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What is needed to repeat the run."""
        return provenance(self.loaded, self.seed, self.overrides)


def run_scenario(
    loaded: Loaded,
    worlds: int = 1000,
    seed: int = 1,
    overrides: tuple[str, ...] = (),
    progress: Progress = lambda what, done, total: None,
    executor: Executor | None = None,
    traced: int = CHUNK,
) -> Run:
    """Central world and ensemble of one scenario, in memory: see :class:`Job`."""
    return run_job(Job(loaded, worlds, seed, overrides, traced), executor, progress)


def run_job(
    job: Job,
    executor: Executor | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Run:
    """Run one job; raises :class:`RunError` if no chunk has a result.

    For the rest see :func:`run_jobs`.
    """
    ((_, run),) = run_jobs([job], executor or InProcess(), progress)
    if isinstance(run, RunError):
        raise run
    return run


def run_jobs(
    jobs: Sequence[Job],
    executor: Executor,
    progress: Progress = lambda what, done, total: None,
) -> Iterator[tuple[int, Run | RunError]]:
    """Run jobs of one seed, and yield each with its place as soon as it is finished.

    Parameters
    ----------
    jobs : sequence of Job
        What is to be run; each is a cell for :func:`~.chunks.run_tasks`.
    executor : Executor
        Where chunks are run; the results do not depend on it.
    progress : callable, optional
        Told how far the work is.

    Yields
    ------
    (int, Run or RunError)
        The error where no chunk of a job has a result: the others go on.

    Raises
    ------
    StoreError
        If a store holds something else or cannot be written.
    """
    with ExitStack() as opened:
        started: dict[int, _Started] = {}
        for cell, job in enumerate(jobs):
            try:
                beside = executor.aside and len(jobs) == 1
                workers = executor.workers if beside else 0
                started[cell] = opened.enter_context(_Started.of(job, workers))
            except RunError as error:
                yield cell, error
        tasks = [t._replace(cell=cell) for cell, one in started.items() for t in one.tasks]
        left = Counter(task.cell for task in tasks)
        every = sum(jobs[cell].worlds for cell in started)
        before = every - sum(task.worlds for task in tasks)
        for cell in sorted(started.keys() - left.keys()):
            yield cell, started.pop(cell).finished(progress)
        if not tasks:
            return
        for task, found in run_tasks(
            lambda cell: jobs[cell].loaded.scenario,
            jobs[0].seed,
            tasks,
            executor,
            progress=lambda done, _: progress("worlds", before + done, every),
        ):
            started[task.cell].take(task._replace(cell=0, central=False), found)
            left[task.cell] -= 1
            if not left[task.cell]:
                yield task.cell, started.pop(task.cell).finished(progress)


@dataclass
class _InMemory:
    """Worlds of a run that are kept in memory, as :class:`ChunkStore` keeps them on disk.

    Results are by the number of their first world.
    """

    job: Job
    results: dict[int, ChunkResult] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)

    def write(self, task: Task, result: ChunkResult) -> None:
        self.results[task.start] = result

    def record(self, failure: Failure) -> None:
        self.failed.append(failure)

    def failures(self) -> list[Failure]:
        return sorted(self.failed)

    def dataset(self, like: xr.Dataset) -> xr.Dataset:
        return build_dataset(self.results, like, self.job.provenance)


@dataclass
class _Started:
    """A job whose chunks are being kept.

    Attributes
    ----------
    tasks : list of Task
        What is to be run.
    part : Task or None
        Worlds that a copy of this process runs meanwhile; :attr:`aside` waits for them.
    central : CentralWorld or None
        Once it has been run: with the first chunk, or for a store before that is made.
    """

    job: Job
    tasks: list[Task]
    part: Task | None
    aside: Callable[[], ChunkResult | Failure]
    kept: _InMemory | ChunkStore
    central: CentralWorld | None = None

    @classmethod
    @contextmanager
    def of(cls, job: Job, workers: int) -> Iterator[_Started]:
        """With something for each of so many workers and, if there are any, a process aside."""
        if job.store is not None:
            central, attributes = _central(job), job.provenance
            with ChunkStore.prepare(
                job.store,
                central.template(),
                job.worlds,
                {k: attributes[k] for k in ("scenario_hash", "seed", "overrides", "versions")},
                attributes,
                traced=job.traced,
                overwrite=job.overwrite,
            ) as store:
                yield cls(job, store.missing(), None, partial(_alone, job), store, central)
            return
        first, *tasks = job.tasks
        parts, part = [first._replace(central=True)], None
        if not tasks and workers > 1 and job.worlds >= workers * WORTH:
            parts = parts[0].cut(*(job.worlds * n // workers for n in range(1, workers)))
        elif not tasks and workers == 1 and job.worlds >= 2 * WORTH and may_fork():
            *parts, part = parts[0].cut(job.worlds // 2)
        with aside(partial(_alone, job, part or CENTRAL), part is not None) as result:
            yield cls(job, [*parts, *tasks], part, result, _InMemory(job))

    def take(self, task: Task, found: ChunkResult | Failure) -> None:
        """Keep what came of a task."""
        if isinstance(found, Failure):
            self.kept.record(found._replace(task=task))
        else:
            self.kept.write(task, found)
            self.central = found.central or self.central

    def finished(self, progress: Progress) -> Run | RunError:
        if self.part is not None:
            self.take(self.part, self.aside())
        failures, tasks = self.kept.failures(), self.job.tasks
        if len(failures) >= len(tasks):
            return RunError(failures)
        if sum(f.task.trace for f in failures) >= sum(t.trace for t in tasks) > 0:
            return RunError(failures, "None of the worlds whose rounds are kept")
        progress("summarising", 0, 1)
        try:
            world = self.central or _central(self.job)
        except RunError as error:
            return error
        central = world.dataset().assign_attrs(self.job.provenance)
        kept, scenario = self.kept, self.job.loaded.scenario
        ensemble = kept.dataset(world.template()) if isinstance(kept, _InMemory) else kept.dataset()
        summary = summarise(scenario, ensemble, central)
        return Run(scenario, ensemble, central, summary, self.job.store, failures)


def _alone(job: Job, task: Task = CENTRAL) -> ChunkResult | Failure:
    return run_chunk(Call(job.loaded.scenario, job.seed, task))


def _central(job: Job) -> CentralWorld:
    """The central world by itself; :class:`RunError` where it fails: nor would the others fare."""
    found = _alone(job)
    if isinstance(found, Failure):
        raise RunError([found])
    assert found.central is not None
    return found.central


def provenance(loaded: Loaded, seed: int, overrides: tuple[str, ...]) -> dict[str, Any]:
    """What is needed to repeat a run; no clock times, so that repeats are identical."""
    scenario = loaded.scenario
    tactics = {
        key: actor.tactic.name
        for key, actor in sorted(scenario.actors.items())
        if actor.consents_to != "none"
    }
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "scenario_hash": loaded.digest,
        "scenario_json": json.dumps(loaded.raw, default=str),  # in the order of the columns
        "seed": seed,
        "protocol": scenario.protocol.name,
        "tactics": json.dumps(tactics),
        "versions": _versions(),
        "files": json.dumps([Path(f).name for f in loaded.files]),
        "overrides": json.dumps(list(overrides)),
    }


@cache
def _versions() -> str:
    libraries = {name: metadata.version(name) for name in ("mesa", "numpy", "scipy", "xarray")}
    return json.dumps({"sim": __version__, "python": platform.python_version()} | libraries)


def write_summary(run: Run, path: Path) -> None:
    """``summary.json``: the same bytes for the same scenario, seed and versions."""
    write_text(path, json_text(run.summary.to_json()))


def write_rounds(run: Run, path: Path) -> None:
    """``rounds.csv``: one row per round, actor and issue, tidy, with the ensemble's band."""
    central = run.central
    band = quantiles(run.traced.offer.values, (0.1, 0.5, 0.9))
    dates = np.datetime_as_string(central.date.values, unit="D")
    columns = [
        "round",
        "day",
        "date",
        "actor",
        "issue",
        "position",
        "red_line_low",
        "red_line_high",
        "no_deal",
        "position_p10",
        "position_p50",
        "position_p90",
        "own_utility",
        "target",
        "reservation",
    ]
    agreements, in_force = _in_force(run)
    by_issue = [central[n].values for n in ("offer", "low", "high")]
    by_actor = [central[n].values for n in ("value", "target", "reservation")]
    shape = by_issue[0].shape  # rounds, actors, issues
    table = np.stack(
        [
            *by_issue,
            np.broadcast_to(central.no_deal.values[:, None, :], shape),
            *band,
            *(np.broadcast_to(v[:, :, None], shape) for v in by_actor),
        ],
        axis=-1,
    ).reshape(-1, len(columns) - 5)
    rounds = zip(range(shape[0]), central.day.values.astype(int).tolist(), dates, strict=True)
    keys = itertools.product(rounds, central.actor.values, central.issue.values)
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow([*columns, *agreements])
        for (now, actor, issue), numbers in zip(keys, table.tolist(), strict=True):
            cells = (f"{x:.5g}" for x in (*numbers, *in_force[now[0]]))
            writer.writerow([*now, actor, issue, *cells])


def _in_force(run: Run) -> tuple[list[str], list[list[float]]]:
    """Columns of limited agreements, and by round whether each is in force, and in what share.

    In the central world, and in the worlds of which every round is kept.
    """
    if IN_FORCE not in run.central:
        return [], [[]] * run.central.sizes["round"]
    now = run.central[IN_FORCE].values.astype(float)
    share = run.traced[IN_FORCE].values.mean(axis=0)
    names = [str(name) for name in run.central.limited.values]
    heads = [f"{kind}.{name}" for kind in ("in_force", "in_force_share") for name in names]
    return heads, np.concatenate([now, share], axis=1).tolist()


def write_results(run: Run, path: Path) -> None:
    """``result.nc``: ensemble (or where it is) at the root, group ``central``."""
    save_results(run.ensemble, run.central, path, run.store)


def write_failures(failures: list[Failure], about: dict[str, Any], path: Path) -> None:
    """``failures.json``: what is needed to run each again, and its traceback.

    Parameters
    ----------
    about : dict
        Attributes of the run (see :func:`provenance`).
    """
    entries = [f._asdict() | {"task": f.task._asdict()} for f in failures]
    content = {k: about[k] for k in ("scenario_hash", "overrides")}
    write_text(path, json_text(content | {"failures": entries}))
