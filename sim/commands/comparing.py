"""A comparison from the command line: the runs, the files, and what is missing if it stops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.errors import FORMATS
from sim.commands.work import Work, charts_of, progress_bar
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.tables import compare_csv, compare_json, differences_csv

if TYPE_CHECKING:
    from sim.plots import Drawing

CHARTS = ("odds", "time", "packages", "gains", "durability", "stuck", "differences")
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
    ) -> None:
        super().__init__(folder)
        self.chart_format, self.report = chart_format, report
        self.comparison: Comparison | None = None
        self._compared = compared

    def run(self, show_progress: bool) -> Comparison:
        """All steps; raises what goes wrong after leaving the finished files in place.

        After an interrupt among the runs the tables hold what was finished, and charts are left
        out; :attr:`Comparison.missing` then names what is not there.
        """
        with progress_bar(show_progress) as progress:
            self.comparison = comparison = self._compared(progress=progress)
            drawn: dict[str, Drawing] = {}
            for name, text in TABLES.items():
                self.write(name, text(comparison))
            if self.chart_format is not None and not comparison.missing:
                from sim.plots.comparison import FIGURES

                for number, chart in enumerate(CHARTS):
                    progress(f"drawing {chart}", number, len(CHARTS))
                    name, drawing = f"{chart}.{self.chart_format}", FIGURES[chart].drawn(comparison)
                    if drawing is not None:
                        drawing.save(self.folder / name)
                        self.written.append(name)
                        drawn[chart] = drawing
            if self.report:
                from sim.report import compare_report

                progress(f"writing {REPORT}", 0, 1)
                compare_report(comparison, self.folder / REPORT, drawn)
                self.written.append(REPORT)
        for old in self.left_over([*TABLES, *charts_of(CHARTS, *FORMATS), REPORT]):
            old.unlink()
        return comparison

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
