"""Many worlds: fixed chunks that any executor may run, in any order, with the same results."""

from __future__ import annotations

import itertools
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sim.engine.draws import CHUNK, Draws
from sim.ensemble.executors import Executor, Lost
from sim.results.dataset import ChunkResult
from sim.scenario.schema import Scenario

Progress = Callable[[float, float], None]
"""Called with (worlds done, worlds in all); a world under way counts by its share of rounds."""


class Task(NamedTuple):
    """One chunk of one cell; a cell is a variant of the scenario, and a plain run is cell 0.

    Or a part of a chunk, that begins at its world ``first``. With ``central`` the cell's central
    world is run before them, and not counted among the worlds.
    """

    cell: int
    chunk: int
    worlds: int
    trace: bool
    first: int = 0
    central: bool = False

    @property
    def start(self) -> int:
        """Number of its first world in the ensemble."""
        return self.chunk * CHUNK + self.first

    def cut(self, *places: int) -> list[Task]:
        """In parts that begin at these of its worlds, which together have the same results."""
        ends = [0, *places, self.worlds]
        return [
            self._replace(
                worlds=end - start,
                first=self.first + start,
                central=self.central and not start,
            )
            for start, end in itertools.pairwise(ends)
        ]


class Failure(NamedTuple):
    """A chunk that has no result, with what is needed to run it again."""

    task: Task
    seed: int
    scenario: str
    error: str
    message: str
    traceback: str

    def __str__(self) -> str:
        task = self.task
        worlds = f"worlds {task.start:,}–{task.start + task.worlds - 1:,}"
        which = (
            f"cell {task.cell}, chunk {task.chunk} ({worlds})" if task.worlds else "central world"
        )
        return f"{self.scenario}, seed {self.seed}, {which}: {self.error}: {self.message}"


CENTRAL = Task(0, 0, 0, False, central=True)
"""The central world alone.

The world in which every uncertain number is at its median and no shock occurs. It carries the
story; it is one world of its own, not an average of the others.
"""


def chunk_tasks(worlds: int, traced: int = 0, cell: int = 0) -> list[Task]:
    """The chunks of one cell; those that begin before world ``traced`` keep every round."""
    starts = range(0, worlds, CHUNK)
    return [Task(cell, n, min(CHUNK, worlds - s), s < traced) for n, s in enumerate(starts)]


def run_tasks(
    cells: Sequence[Scenario] | Callable[[int], Scenario],
    seed: int,
    tasks: Iterable[Task],
    executor: Executor,
    keep: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[Task, ChunkResult | Failure]]:
    """Run chunks, and yield each as soon as it is finished, in no particular order.

    Chunk ``c`` uses the c-th spawn of the seed, and within a chunk draws are prefix-invariant: the
    first worlds of a longer run are those of a shorter one, and a result depends on nothing but
    its scenario, seed and task.

    Parameters
    ----------
    cells : sequence of Scenario, or callable
        The scenario of each cell; a callable is asked when a cell's first chunk is due.
    seed : int
        The run's seed.
    tasks : iterable of Task
        What is to be run; begun in this order.
    executor : Executor
        Where: see :mod:`sim.ensemble.executors`.
    keep : sequence of str, optional
        Names of the outcomes wanted; by default all.
    progress : callable, optional
        Told how far the work is.

    Yields
    ------
    (Task, ChunkResult or Failure)
        A chunk that raises, or whose worker is killed again and again, is a failure of its own.
    """
    scenario_of = lru_cache(maxsize=1)(cells if callable(cells) else cells.__getitem__)
    tasks = list(tasks)
    total, done = sum(task.worlds for task in tasks), 0
    names = None if keep is None else tuple(keep)

    def report(worlds: float) -> None:
        if progress is not None:
            progress(done + worlds, total)

    calls = (Call(scenario_of(task.cell), seed, task, names) for task in tasks)
    for call, found in executor.run(run_chunk, calls, report):
        if isinstance(found, Lost):
            found = call.failed("WorkerLost", found.reason)
        done += call.task.worlds
        report(0)
        yield call.task, found


@dataclass(frozen=True)
class Call:
    """All that a worker needs to run one chunk."""

    scenario: Scenario
    seed: int
    task: Task
    keep: tuple[str, ...] | None = None

    def failed(self, error: str, message: str, trace: str = "") -> Failure:
        """The failure of this chunk."""
        return Failure(self.task, self.seed, self.scenario.name, error, message, trace)


def run_chunk(
    call: Call, report: Callable[[float], None] = lambda worlds: None
) -> ChunkResult | Failure:
    """Run one chunk; what it raises is returned as a failure, since the others go on.

    Parameters
    ----------
    call : Call
        What to run.
    report : callable, optional
        Told after each round how many worlds that makes.
    """
    try:
        return _finished_chunk(call, report)
    except Exception as error:
        return call.failed(type(error).__name__, str(error), traceback.format_exc())


def _finished_chunk(call: Call, report: Callable[[float], None]) -> ChunkResult:
    from sim.engine.model import PeaceTalks  # with Mesa, which who sends chunks to others spares

    scenario, task = call.scenario, call.task
    worlds = task.worlds + task.central
    draws = Draws(call.seed, worlds, task.chunk, task.central, task.first)
    model = PeaceTalks(scenario, draws, task.trace, task.central)
    for _ in range(scenario.rounds):
        if not model.goes_on:
            break
        model.step()
        report(task.worlds * model.talks.round / scenario.rounds)
    model.finish()
    result = ChunkResult.of(model, task.trace, call.keep)
    model.release()
    return result
