"""One explanation from the command line: run, explain, write the files."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sim.commands.errors import fail
from sim.commands.running import REPORT
from sim.commands.work import Work, at_work
from sim.ensemble.runner import Job, Run, run_job
from sim.files import csv_text, json_text
from sim.studies.explain.explanation import explain
from sim.studies.explain.findings import Explanation
from sim.studies.explain.sobol import GroupIndex, group_indices
from sim.studies.explain.words import full_words


class ExplainJob(Work):
    """Runs a scenario, explains it, and writes the files to ``out/<scenario>``.

    Attributes
    ----------
    sobol : list of GroupIndex
        Where a design was asked for.
    full : list of (str, bool)
        All that is told: lines, and whether each is a heading.
    """

    def __init__(
        self,
        file: str,
        job: Job,
        actor: str | None,
        odds: float,
        base: int,
        out: Path,
        chart_format: str | None,
    ) -> None:
        super().__init__(out / job.loaded.scenario.name)
        self.file, self.job, self.actor, self.odds, self.base = file, job, actor, odds, base
        self.chart_format = chart_format
        self.sobol: list[GroupIndex] = []
        self.full: list[tuple[str, bool]] = []

    def run(self, workers: int | None, cluster: str | None, show_progress: bool) -> Explanation:
        """All of it; what goes wrong is raised."""
        job = self.job
        from sim.report.explained import file_of, put_into_report  # drawing is slow to import

        with at_work(workers, cluster, show_progress) as (executor, progress):
            run = run_job(job, executor, progress)
            found = explain(job.loaded, run, executor, job.seed, self.actor, progress, self.odds)
            if self.base:
                progress("Sobol' indices", 0, 1)
                self.sobol = group_indices(job.loaded.scenario, run.ensemble, job.seed, self.base)
        mine, changed = f"_{self.actor}" if self.actor else "", job.overrides
        self.full = full_words(found, job.loaded.scenario, self.file, changed, self.sobol)
        self.write(file_of(self.actor), self.text(found))
        self.write(f"explain{mine}.txt", "".join(f"{line}\n" for line, _ in self.full))
        self.write(f"reasons{mine}.csv", csv_text(_reasons(found), "\r\n"))
        if self.chart_format is not None:
            self.write(f"explain{mine}.{self.chart_format}", partial(_draw, run, found))
        if put_into_report(run, self.folder / REPORT):
            self.written.append(REPORT)
        return found

    def text(self, found: Explanation) -> str:
        """``explain.json``."""
        content = found.rounded().to_json()
        if self.sobol:
            content["sobol"] = [one.to_json() for one in self.sobol]
        return json_text(content)


def base_worlds(design: str) -> int:
    """The number in ``sobol:N``; the library that works the indices out has to be there."""
    name, _, number = design.partition(":")
    if name != "sobol" or not number.isdecimal() or not 16 <= int(number) <= 100_000:
        fail(f"--design {design}: is written sobol:N with N from 16, for example sobol:256")
    if importlib.util.find_spec("SALib") is None:
        fail("--design: needs SALib, which is not installed: pip install SALib")
    return int(number)


def _reasons(found: Explanation) -> Iterator[list[Any]]:
    """One row per failed world and set: what would have to go for a deal, least first."""
    yield ["world", "rank", "things", "without"]
    for one in found.reasons:
        for rank, words in enumerate(one.sets, 1):
            yield [one.world, rank, len(words), " + ".join(words)]
        if not one.sets:
            yield [one.world, 1, "", "more than three things"]


def _draw(run: Run, found: Explanation, path: Path) -> None:
    from sim.plots import save
    from sim.plots.explain import explained
    from sim.views.explain import explain_view

    save(explained(explain_view(run, found)), path)
