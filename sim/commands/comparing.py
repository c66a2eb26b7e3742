"""A comparison from the command line: the runs, the files, and what is missing if it stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from sim.commands.errors import FORMATS
from sim.commands.work import Step, Work, charts_of, progress_bar
from sim.files import write_text
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.tables import compare_csv, compare_json, differences_csv

if TYPE_CHECKING:
    from sim.ensemble.runner import Progress

CHARTS = ("odds", "time", "packages", "gains", "durability", "stuck", "differences")
BESIDE = ("odds", "time", "durability")
"""Drawn by another process, where there is another core: half of the work after the worlds."""
REPORT = "report.html"
TABLES: dict[str, Callable[[Comparison], str]] = {
    "compare.json": compare_json,
    "compare.csv": compare_csv,
    "differences.csv": differences_csv,
}


class CompareJob(Work):
    """Compares scenarios and writes the files, each whole or not at all.

    Parameters
    ----------
    compared : callable
        Runs and compares the scenarios, and says how far it is.
    folder : Path
        Where to.
    chart_format : str, optional
        ``png``, ``svg`` or ``pdf``; None draws no chart.
    report : bool
        Whether to write the page, too.
    workers : int, optional
        With 1, all is done in this process.

    Attributes
    ----------
    comparison : Comparison or None
        What has been compared, once it has.
    """

    def __init__(
        self,
        compared: Callable[..., Comparison],
        folder: Path,
        chart_format: str | None,
        report: bool = False,
        workers: int | None = None,
    ) -> None:
        super().__init__(folder)
        self.chart_format, self.report, self.workers = chart_format, report, workers
        self.comparison: Comparison | None = None
        self._compared = compared

    def run(self, show_progress: bool) -> Comparison:
        """All steps; raises what goes wrong after leaving the finished files in place.

        After an interrupt among the runs the tables hold what was finished, and charts are left
        out; :attr:`Comparison.missing` then names what is not there.
        """
        with progress_bar(show_progress) as progress:
            with self._charts_loading(progress) as heard:
                self.comparison = comparison = self._compared(progress=heard)
            may = self.workers != 1 and not self.report
            beside = charts_of(BESIDE, self.chart_format) if may else []
            self.carry_out(self._steps(comparison), beside, progress)
        for old in self.left_over([*TABLES, *charts_of(CHARTS, *FORMATS), REPORT]):
            old.unlink()
        return comparison

    @contextmanager
    def _charts_loading(self, progress: Progress) -> Iterator[Progress]:
        """How far it is; what draws is imported from the first word on, as others run worlds."""
        if self.workers == 1 or self.chart_format is None:
            yield progress
            return
        loading = Thread(target=import_module, args=("sim.plots.comparison",))

        def heard(what: str, done: float, total: float) -> None:
            if loading.ident is None:
                loading.start()
            progress(what, done, total)

        try:
            yield heard
        finally:
            if loading.ident is not None:
                loading.join()  # so that this process may fork

    def _steps(self, comparison: Comparison) -> dict[str, Step]:
        """Files to write and how."""
        steps: dict[str, Step] = {
            name: partial(self._tell, comparison, text) for name, text in TABLES.items()
        }
        if not comparison.missing:
            for chart, name in zip(CHARTS, charts_of(CHARTS, self.chart_format), strict=False):
                steps[name] = partial(self._draw, comparison, chart)
        if self.report:
            steps[REPORT] = partial(self._report, comparison)
        return steps

    def _tell(self, comparison: Comparison, text: Callable[[Comparison], str], path: Path) -> None:
        write_text(path, text(comparison))

    def _draw(self, comparison: Comparison, chart: str, path: Path) -> bool:
        from sim.plots.comparison import FIGURES  # not needed without charts

        return self.save_drawing(FIGURES[chart].drawn(comparison), chart, path)

    def _report(self, comparison: Comparison, path: Path) -> None:
        from sim.report import compare_report

        compare_report(comparison, path, self.drawn)

    def names(self) -> list[str]:
        """Files that a complete comparison can write."""
        return [*TABLES, *charts_of(CHARTS, self.chart_format), *([REPORT] if self.report else [])]

    def what_is_missing(self) -> str:
        """What was finished and what was not, in one sentence."""
        if self.comparison is None:
            return "No scenario was finished; nothing was written."
        text = super().what_is_missing()
        if self.comparison.missing:
            text += f" Scenarios not finished: {', '.join(self.comparison.missing)}."
        return text
