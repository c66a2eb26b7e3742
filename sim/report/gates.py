"""Gates of ratification as a table."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import percent, span_words
from sim.report.tables import Cell, Rows, Table, filled
from sim.results.allowed import SAMPLING, WIDER
from sim.views.run_data import short


def gates_table(run: Run) -> Table | None:
    """Who must approve, how often it came to a vote, and how often it passed."""
    rows: Rows = []
    for key, entry in run.summary.ratification.items():
        again = run.scenario.ratification[key].on_failure == "back_to_table"
        row: list[str | Cell] = [
            Cell(entry.title, (f"for {short(run, entry.of)}",)),
            f"{percent(entry.voted)} of worlds" if entry.voted else "in no world",
            _passes(entry.passed, entry.span, "never voted on"),
        ]
        if run.scenario.has_plan:
            row.append(_passes(entry.plan_passed, entry.plan_span, "not concerned"))
        row.append("back to the table" if again else "end of the talks")
        rows.append(row)
    means = WIDER if run.summary.allowed else SAMPLING
    head = ["Gate", "Votes", "Passes, where it votes"]
    head += [*(["The plan would pass"] if run.scenario.has_plan else []), "A failure means"]
    return filled(f"Ratification: shares of worlds ({means})", head, rows)


def _passes(share: float | None, interval: Interval | None, never: str) -> str:
    return never if share is None else f"{percent(share, interval)} ({span_words(interval)})"
