"""How the worlds end, and how soon something is signed, as tables."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.prose import percent, span_words
from sim.report.tables import Table
from sim.results.dataset import date_of
from sim.views.outcome import OutcomeView
from sim.views.run_data import day_text


def odds_table(run: Run, view: OutcomeView) -> Table:
    """Odds by kind of outcome."""
    rows = [[one.line, percent(one.share), one.span] for one in view.possible]
    return Table("How the worlds end", ["Outcome", "Share of worlds", run.summary.span_means], rows)


def days_table(run: Run, view: OutcomeView) -> Table:
    """Chances by the days people ask about."""
    known = [day for day, share in view.signings[0].shares.items() if share is not None]
    head = ["Signed by", *(f"day {d}, {day_text(date_of(run.scenario, int(d)))}" for d in known)]
    rows = []
    for one in [*view.signings, *view.limited]:
        spans = {day: one.intervals[day] for day in known}
        cells = (f"{percent(one.shares[d], spans[d])} ({span_words(spans[d])})" for d in known)
        rows.append([one.phrase, *cells])
    title = f"Share of worlds in which it is signed by a day ({run.summary.span_means})"
    return Table(title, head, rows)
