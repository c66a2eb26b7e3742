"""What a run has found as tables: odds, gates, levers, and the plan as published."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import counted, listing, percent, span_words
from sim.report.tables import Cell, Rows, Table, filled
from sim.results.aftermath import Plan
from sim.results.allowed import SAMPLING, WIDER
from sim.results.dataset import date_of
from sim.views.colours import actor_colors
from sim.views.outcome import OutcomeView
from sim.views.run_data import day_text, short
from sim.words.shares import odds_words


def odds_table(run: Run, view: OutcomeView) -> Table:
    """Odds by kind of outcome."""
    rows = [[one.line, one.text, one.span] for one in view.possible]
    return Table("How the worlds end", ["Outcome", "Share of worlds", run.summary.span_means], rows)


def days_table(run: Run, view: OutcomeView) -> Table:
    """Chances by the days people ask about."""
    known = [day for day, share in view.signings[0].shares.items() if share is not None]
    head = ["Signed by", *(f"day {d}, {day_text(date_of(run.scenario, int(d)))}" for d in known)]
    rows = []
    for one in [*view.signings, *view.limited]:
        spans = {day: one.intervals[day] for day in known}
        told = (odds_words(one.shares[d], one.worlds, spans[d]) for d in known)
        cells = (text.removesuffix(" worlds") for text in told)
        rows.append([one.phrase, *cells])
    title = f"Share of worlds in which it is signed by a day ({run.summary.span_means})"
    return Table(title, head, rows)


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


def levers_table(run: Run) -> Table | None:
    """Who presses or rewards whom, how often it takes effect, and when."""
    rows: Rows = []
    for key, entry in run.summary.levers.items():
        owner, _, name = key.partition(".")
        lever = run.scenario.actors[owner].levers[name]
        median, to = entry.median_day, listing([short(run, o) for o in lever.on])
        rows.append(
            [
                Cell(lever.title, color=actor_colors(run.scenario)[owner]),
                f"{short(run, owner)}: {lever.kind} to {to}",
                percent(entry.pulled),
                percent(entry.in_effect),
                "never" if median is None else f"day {median:.0f}",
            ]
        )
    head = ["Lever", "Whose, and to whom", "Pulled", "In effect", "Typically from"]
    worlds = counted(run.summary.worlds, "world")
    return filled(f"Levers: share of {worlds} in which each is pulled and takes effect", head, rows)


def plan_table(run: Run, plan: Plan) -> Table:
    """The plan's words, and whose red lines it crosses how often."""
    rows: Rows = []
    for issue, spec in run.scenario.issues.items():
        entry = plan.points.get(issue)
        if entry is None:
            cell = Cell("nothing: as it stands without a deal", ())
        else:
            cell = Cell(entry.text, (f"{entry.point:.2f} on the scale",))
        found = sorted(((by[issue], a) for a, by in plan.crosses.items() if by.get(issue)),
                       reverse=True)  # fmt: skip
        crossed = [f"{short(run, a)} in {percent(s)} of worlds" for s, a in found]
        rows.append(
            [
                spec.title,
                cell,
                listing(crossed) or "nobody’s",
            ]
        )
    return Table(
        "The plan as published, and red lines that it crosses on day 0",
        ["Issue", "The plan says", "Red lines crossed"],
        rows,
    )
