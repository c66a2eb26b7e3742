"""A sweep from the command line: the cells, the tables, the picture."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.commands.work import Work
from sim.ensemble.chunks import Failure, run_tasks
from sim.ensemble.executors import Executor, open_executor
from sim.ensemble.runner import Progress
from sim.prose import counted
from sim.results.outcomes import Measure
from sim.studies.sweep.effects import Effect, effects, told_measures
from sim.studies.sweep.folder import KEEP, aligned, open_store
from sim.studies.sweep.plan import Plan
from sim.studies.sweep.results import STORE, SweepResults, results_of
from sim.studies.sweep.table import Row, cells_csv, rows, sweep_json

CSV, JSON = "cells.csv", "sweep.json"
EVERY = 10.0
"""Seconds between two writings of the tables while cells are being run."""


@dataclass(frozen=True)
class Swept:
    """What has come of a sweep.

    Attributes
    ----------
    effects : dict of str to list of Effect
        By the key of the measure.
    first : Measure
        The one that tells cells apart best; settlements where they do.
    text : str
        ``sweep.json``.
    """

    results: SweepResults
    failures: list[Failure]
    effects: dict[str, list[Effect]]
    first: Measure
    text: str

    @property
    def left_out(self) -> str:
        """Which cells have no result, and the first error."""
        cells = sorted({f.task.cell for f in self.failures})
        paths = [p.path for p in self.results.header.parameters]
        told = [
            ", ".join(f"{p}={v}" for p, v in zip(paths, self.results.labels[cell], strict=True))
            for cell in cells[:3]
        ]
        more = f"; and {len(cells) - 3} more" if len(cells) > 3 else ""
        be, first = "is" if len(cells) == 1 else "are", self.failures[0]
        return (
            f"{counted(len(cells), 'cell')} failed and {be} left out: {'; '.join(told)}{more} "
            f"(first error: {first.error}: {first.message})"
        )


class SweepJob(Work):
    """Runs what is missing of a sweep and writes its files, each whole or not at all.

    Attributes
    ----------
    earlier, cells : int
        Cells that were finished before, and all cells.
    """

    def __init__(
        self, plan: Plan, folder: Path, chart_format: str | None, overwrite: bool = False
    ) -> None:
        super().__init__(folder, STORE)
        self.plan, self.chart_format = plan, chart_format
        folder.mkdir(parents=True, exist_ok=True)
        self.store = open_store(plan, folder, overwrite)
        self._rows: dict[int, Row] = {}
        self.cells = len(plan.cells)
        self.earlier = self.finished

    @property
    def finished(self) -> int:
        """Cells of which all worlds have been run."""
        return int(self.store.finished().all(axis=1).sum())

    def what_is_missing(self) -> str:
        """How many cells are finished, and how to go on, in a sentence."""
        return (
            f"{self.finished:,} of {self.cells:,} cells are finished in {self.folder}; "
            "the same command goes on from there."
        )

    def executor(self, workers: int | None, cluster: str | None) -> Executor:
        """Where to run: one process per core unless told otherwise, none for nothing to do."""
        return open_executor(workers, cluster, len(self.store.missing()))

    def run(self, executor: Executor, progress: Progress) -> Swept:
        """Run all that is missing; raises what goes wrong after writing what is finished."""
        try:
            with self.store:
                self._run_cells(executor, progress)
        except BaseException:
            # on a full disk the tables fail, too; the first error says what is finished
            with suppress(OSError):
                self._write_tables()
            raise
        swept = self._write_tables()
        if self.chart_format is not None:
            from sim.plots.drawing import painted
            from sim.plots.heatmap import heatmap
            from sim.views.heatmap import heatmap_view

            progress("drawing the heatmap", 0, 1)
            drawn = painted(heatmap, heatmap_view(swept.results, swept.first.key))
            self.write(f"heatmap.{self.chart_format}", drawn.save)
        return swept

    def _run_cells(self, executor: Executor, progress: Progress) -> None:
        store, plan = self.store, self.plan
        tasks = store.missing()
        every = self.cells * plan.worlds
        before = every - sum(task.worlds for task in tasks)
        last = time.monotonic()
        for task, found in run_tasks(
            plan.scenario, plan.seed, tasks, executor, KEEP,
            lambda done, _: progress("worlds", before + done, every),
        ):  # fmt: skip
            if isinstance(found, Failure):
                store.record(found)
            else:
                store.write(task, aligned(found, plan.cells[task.cell], plan))
            if time.monotonic() - last > EVERY:
                self._write_cells(results_of(store, self.folder))
                last = time.monotonic()

    def _write_tables(self) -> Swept:
        results = results_of(self.store, self.folder)
        self._write_cells(results)
        told = told_measures(results)
        found = {m.key: list(effects(results, m)) for m in told}
        failures = sorted(self.store.failures())
        text = sweep_json(results, failures, [e for each in found.values() for e in each])
        self.write(JSON, text)
        self.written.append(STORE)
        return Swept(results, failures, found, told_first(results, found), text)

    def _write_cells(self, results: SweepResults) -> None:
        """``cells.csv``; rows of finished cells are computed once."""
        new = [n for n in range(self.cells) if n not in self._rows]
        found = self._rows | rows(results, new)
        self._rows = {n: found[n] for n in np.flatnonzero(results.complete).tolist()}
        self.write(CSV, cells_csv([found[n] for n in range(self.cells)]))


def told_first(results: SweepResults, found: Mapping[str, Sequence[Effect]]) -> Measure:
    """The first measure that some parameter visibly moves, else that moves, else settlements."""
    told = told_measures(results)
    for measure in told:
        if any(effect.visible for effect in found[measure.key]):
            return measure
    for measure in told:
        values = results.values(measure)
        known = values[~np.isnan(values)]
        if len(known) and known.min() < known.max():
            return measure
    return told[0]
