"""After the signatures: gates of ratification, and how long a settlement holds."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import counted, listing, percent, span_words
from sim.report.chart import (
    DARK,
    QUARTERS,
    Chart,
    faded,
    figure,
    hover,
    lines,
    numbers,
    scatter,
    shaded,
)
from sim.report.tables import Cell, Table
from sim.views.colours import PLAN, SETTLED
from sim.views.run_data import short


def gates_table(run: Run) -> Table | None:
    """Who must approve, how often it came to a vote, and how often it passed."""
    rows: list[list[str | Cell]] = []
    for key, entry in run.summary.ratification.items():
        again = run.scenario.ratification[key].on_failure == "back_to_table"
        row: list[str | Cell] = [
            Cell(entry.title, (f"for {short(run, entry.of)}",)),
            f"{percent(entry.voted)} of worlds" if entry.voted else "in no world",
            _passes(entry.passed, entry.interval, "never voted on"),
        ]
        if run.scenario.has_plan:
            row.append(_passes(entry.plan_passed, entry.plan_interval, "not concerned"))
        row.append("back to the table" if again else "end of the talks")
        rows.append(row)
    if not rows:
        return None
    head = ["Gate", "Votes", "Passes, where it votes"]
    head += [*(["The plan would pass"] if run.scenario.has_plan else []), "A failure means"]
    return Table("Ratification: shares of worlds, with 95 % intervals", head, rows)


def _passes(share: float | None, interval: Interval | None, never: str) -> str:
    return never if share is None else f"{percent(share, interval)} ({span_words(interval)})"


def durability_chart(run: Run) -> Chart | None:
    """Share still holding by year: of the settlements, and of worlds with the plan in force."""
    found, plan = run.summary.durability, run.summary.plan
    if found is None:
        return None
    traces: list[Any] = []
    words = []
    if found.worlds:
        spans = found.spans
        lows, highs = ([1.0, *(s[n] for s in spans)] for n in (0, 1))
        traces += shaded(list(range(len(lows))), lows, highs, faded(SETTLED, 0.16))
        what = f"of {counted(found.worlds, 'settlement')}"
        traces.append(_curve(found.shares, spans, SETTLED, "solid", what))
        words += _years_words(found.shares, what)
    if plan and plan.held:
        what = "of all worlds, if the plan as published were in force"
        traces.append(_curve(list(plan.held.values()), None, PLAN, "dash", what))
        words += _years_words(list(plan.held.values()), what)
    if not traces:
        return None
    drawn = figure(
        traces,
        290,
        xaxis={
            "range": [0, found.years],
            "nticks": 7,
            "title": {"text": "years after signing", "font": {"size": 12}},
        },
        yaxis={"range": [-0.02, 1.04], **QUARTERS},
        margin={"l": 52, "r": 18, "b": 48},
    )
    return Chart("durability", "How long it holds", " ".join(words), drawn, details=words)


def durability_key(run: Run) -> list[tuple[str, str, str]]:
    """What the curves are."""
    found, plan = run.summary.durability, run.summary.plan
    marks = []
    if found and found.worlds:
        marks.append(("line", SETTLED, "settlements reached"))
        marks.append(("band", "#cfd6da", "95 % interval"))
    if plan and plan.held:
        marks.append(("dash", PLAN, "the plan as published, whether or not anybody would sign it"))
    return marks


def _curve(
    held: list[float], spans: list[Interval] | None, color: str, dash: str, what: str
) -> dict[str, Any]:
    says = [
        hover(
            f"{counted(year, 'year')} after signing",
            f"{percent(share)} {what} hold",
            f"95 % interval {span_words(spans[year - 1])}" if spans else "",
        )
        for year, share in enumerate(held, start=1)
    ]
    return scatter(
        x=list(range(len(held) + 1)), y=numbers([1.0, *held]), mode="lines+markers",
        hovertext=[hover("Signed"), *says], hoverinfo="text", cliponaxis=False,
        line={"color": color, "width": 2.6, "dash": dash}, marker={"size": 6, "color": color},
    )  # fmt: skip


def _years_words(held: list[float], what: str) -> list[str]:
    marks = sorted({1, 5, len(held)} & set(range(1, len(held) + 1)))
    shares = [f"{percent(held[y - 1])} after {counted(y, 'year')}" for y in marks]
    return [f"Still hold, {what}: {listing(shares)}."]


def terms_chart(run: Run) -> Chart | None:
    """Share that would hold to the end if a term counted for nothing: which terms carry it."""
    found = run.summary.durability
    if found is None or not found.worlds or not found.without:
        return None
    terms = found.by_term
    names = ["With all terms", *(f"Without {run.scenario.issues[t].title}" for t, _ in terms)]
    shares = [found.shares[-1], *(share for _, share in terms)]
    says = [hover(n, f"{percent(s)} hold all years") for n, s in zip(names, shares, strict=True)]
    bars = go.Bar(
        y=[lines(n, 19, most=3) for n in names], x=numbers(shares), orientation="h", width=0.55,
        marker={"color": [SETTLED, *(["#b9c7ce"] * len(terms))]}, hovertext=says, hoverinfo="text",
        text=[percent(s) for s in shares], textposition="outside", cliponaxis=False,
        textfont={"size": 12, "color": DARK},
    )  # fmt: skip
    drawn = figure(
        [bars],
        44 * len(names) + 46,
        xaxis={
            "range": [0, 1.18],
            "tickvals": [0, 0.5, 1],
            "ticktext": ["0", "50 %", "100 %"],
        },
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "tickfont": {"size": 12, "color": DARK},
            "ticklabelstandoff": 4,
        },
        margin={"l": 142, "r": 14},
    )
    words = [f"{n}: {percent(s)}." for n, s in zip(names, shares, strict=True)]
    return Chart(
        "terms", "Which terms hold it", " ".join(words), drawn,
        status=f"Share that holds {counted(found.years, 'year')} if a term counted for nothing",
    )  # fmt: skip
