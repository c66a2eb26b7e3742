"""After the signatures: gates of ratification, and how long a settlement holds."""

from __future__ import annotations

from typing import Any

from sim.plots.data import counted, short
from sim.report.chart import Chart, faded, figure, hover, numbers, scatter, shaded
from sim.report.tables import Cell, Table
from sim.runner import Run
from sim.story import percent, span_words

HELD = "#00695c"
Entry = dict[str, Any]


def gates_table(run: Run) -> Table | None:
    """Who must approve, how often it came to a vote, and how often it passed."""
    rows: list[list[str | Cell]] = []
    for key, entry in run.summary["ratification"].items():
        again = run.scenario.ratification[key].on_failure == "back_to_table"
        row: list[str | Cell] = [
            Cell(entry["title"], (f"for {short(run, entry['of'])}",)),
            f"{percent(entry['voted'])} of worlds" if entry["voted"] else "in no world",
            _passes(entry["passed"], entry["interval"], "never voted on"),
        ]
        if run.scenario.has_plan:
            row.append(_passes(entry["plan_passed"], entry["plan_interval"], "not concerned"))
        row.append("back to the table" if again else "end of the talks")
        rows.append(row)
    if not rows:
        return None
    head = ["Gate", "Votes", "Passes, where it votes"]
    head += [*(["The plan would pass"] if run.scenario.has_plan else []), "A failure means"]
    return Table("Ratification: shares of worlds, with 95 % intervals", head, rows)


def _passes(share: float | None, interval: list[float] | None, never: str) -> str:
    return never if share is None else f"{percent(share)} ({span_words(interval)})"


def durability_chart(run: Run) -> Chart | None:
    """Share of settlements that still hold, by year after signing."""
    found = run.summary["durability"]
    if found is None or not found["worlds"]:
        return None
    years = sorted(int(y) for y in found["held"])
    held = [found["held"][str(y)] for y in years]
    spans = [found["interval"][str(y)] for y in years]
    x = [str(y) for y in [0, *years]]
    says = [
        hover(
            f"{counted(y, 'year')} after signing",
            f"{percent(h)} of the settlements still hold",
            f"95 % interval {span_words(s)}",
        )
        for y, h, s in zip(years, held, spans, strict=True)
    ]
    line: Any = scatter(
        x=[0, *years], y=numbers([1.0, *held]), mode="lines+markers", hoverinfo="text",
        hovertext=[hover("Signed"), *says], line={"color": HELD, "width": 2.6},
        marker={"size": 7, "color": HELD}, cliponaxis=False,
    )  # fmt: skip
    lows, highs = [1.0, *(s[0] for s in spans)], [1.0, *(s[1] for s in spans)]
    drawn = figure(
        [*shaded(x, lows, highs, faded(HELD, 0.16)), line],
        280,
        xaxis={
            "range": [0, years[-1]],
            "nticks": 7,
            "title": {"text": "years after signing", "font": {"size": 12}},
        },
        yaxis={
            "range": [0, 1.02],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "ticktext": ["0", "25 %", "50 %", "75 %", "100 %"],
        },
        margin={"l": 52, "r": 18, "b": 48},
    )
    words = [
        f"{counted(y, 'year')} after signing {percent(h)} still hold ({span_words(s)})."
        for y, h, s in zip(years, held, spans, strict=True)
    ]
    return Chart(
        "durability", "How long a settlement holds", " ".join(words), drawn,
        status=f"Of the settlements in {counted(found['worlds'], 'world')}", details=words,
    )  # fmt: skip
