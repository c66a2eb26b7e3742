"""One run from the command line: the steps, their files, and what is missing if it stops."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from sim.commands.errors import FORMATS
from sim.commands.work import Step, Work, charts_of, progress_bar
from sim.ensemble.executors import open_executor
from sim.ensemble.runner import (
    IN_MEMORY,
    Job,
    Run,
    RunError,
    run_job,
    write_failures,
    write_results,
    write_rounds,
    write_summary,
)

CHARTS = ("overview", "convergence", "outcome", "package", "utility", "pressure", "afterwards")
BESIDE = ("convergence", "package", "utility", "afterwards")
"""Drawn by another process, where there is another core: half of the work after the worlds."""
TABLES = ("summary.json", "rounds.csv", "result.nc")
REPORT, FAILURES, ENSEMBLE = "report.html", "failures.json", "ensemble.zarr"


class RunJob(Work):
    """Runs a scenario and writes its files, each whole or not at all.

    Parameters
    ----------
    job : Job
        What is to be run.
    out : Path
        Folder of the results of all scenarios.
    chart_format : str, optional
        ``png``, ``svg`` or ``pdf``; None draws no chart.
    report : bool
        Whether to write the page, too.
    store : bool
        Whether to keep few worlds in a store as well.
    """

    def __init__(
        self, job: Job, out: Path, chart_format: str | None, report: bool, store: bool
    ) -> None:
        scenario = job.loaded.scenario
        super().__init__(out / scenario.name)
        self.store = self.folder / ENSEMBLE if store or job.worlds > IN_MEMORY else None
        self.job = replace(job, store=self.store)
        self.chart_format, self.report = chart_format, report
        self.failed = False
        looks_ahead = scenario.has_plan or scenario.ratification or scenario.durability
        self.charts = CHARTS if looks_ahead else CHARTS[:-1]

    def run(self, workers: int | None, cluster: str | None, show_progress: bool) -> Run:
        """All steps; raises what goes wrong after leaving the finished files in place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with progress_bar(show_progress) as progress:
            with open_executor(workers, cluster, len(self.job.tasks)) as executor:
                try:
                    run = run_job(self.job, executor, progress)
                except RunError as error:
                    about = self.job.provenance
                    write_failures(error.failures, about, self.folder / FAILURES)
                    raise
            self.failed = bool(run.failures)
            may = workers != 1 and cluster is None and not self.report
            beside = charts_of(BESIDE, self.chart_format) if may else []
            self.carry_out(self._steps(run), beside, progress)
        for old in self._of_earlier_runs():
            old.unlink()
        return run

    def _of_earlier_runs(self) -> list[Path]:
        """Files in the folder that a run writes and this one did not (yet)."""
        return self.left_over([*TABLES, *charts_of(CHARTS, *FORMATS), REPORT, FAILURES])

    def _steps(self, run: Run) -> dict[str, Step]:
        """Files to write and how."""
        writers = (write_summary, write_rounds, write_results)
        steps: dict[str, Step] = {
            name: partial(write, run) for name, write in zip(TABLES, writers, strict=True)
        }
        if self.chart_format is not None:
            steps |= {f"{c}.{self.chart_format}": partial(self._draw, run, c) for c in self.charts}
        if self.report:
            steps[REPORT] = partial(self._report, run)
        if run.failures:
            steps[FAILURES] = partial(write_failures, run.failures, run.ensemble.attrs)
        return steps

    def _draw(self, run: Run, chart: str, path: Path) -> bool:
        from sim.plots import FIGURES  # not needed without charts

        return self.save_drawing(FIGURES[chart].drawn(run), chart, path)

    def _report(self, run: Run, path: Path) -> None:
        from sim.report import run_report

        run_report(run, path, self.drawn)

    def names(self) -> list[str]:
        """Files that a complete run writes."""
        charts = charts_of(self.charts, self.chart_format)
        report = [REPORT] if self.report else []
        failures = [FAILURES] if self.failed else []
        return [*TABLES, *charts, *report, *failures]

    def what_is_missing(self) -> str:
        """What was finished and what was not, in one sentence."""
        text = super().what_is_missing()
        old = ", ".join(p.name for p in self._of_earlier_runs())
        text = f"{text} Of an earlier run: {old}." if old else text
        if self.store is not None and "summary.json" not in self.written and self.store.exists():
            text += (
                f" The worlds run so far are in {self.store.name}: the same command goes on there."
            )
        return text
