"""After the signatures: gates of ratification, and how long a settlement holds."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.plots.data import counted, short
from sim.report.chart import Chart, faded, figure, hover, numbers, shaded
from sim.report.tables import Cell, Table
from sim.runner import Run
from sim.story import percent, span_words

HELD = "#00695c"
Entry = dict[str, Any]


def gates_table(run: Run) -> Table | None:
    """Who must approve, how often it came to a vote, and how often it passed."""
    rows: list[list[str | Cell]] = []
    for key, entry in (run.summary.get("ratification") or {}).items():
        passed = entry.get("passed")
        voted = entry.get("voted") or 0
        row: list[str | Cell] = [
            Cell(entry["title"], (f"of {short(run, entry['of'])}",)),
            percent(voted),
            f"{percent(passed)} ({span_words(entry.get('interval'))})"
            if voted and passed is not None
            else "never voted on",
        ]
        plan = entry.get("plan_passed")
        row.append(
            "—" if plan is None else f"{percent(plan)} ({span_words(entry.get('plan_interval'))})"
        )
        gate = run.scenario.ratification.get(key)
        again = gate is not None and gate.on_failure == "back_to_table"
        row.append("back to the table" if again else "end of the talks")
        rows.append(row)
    if not rows:
        return None
    head = ["Gate", "Votes in", "Passes, where it votes", "The plan would pass in", "A failure means"]
    return Table("Ratification: shares of worlds, with 95 % intervals", head, rows)


def durability_chart(run: Run) -> Chart | None:
    """Share of settlements that still hold, by year after signing."""
    found = run.summary.get("durability")
    if not found or not found.get("worlds"):
        return None
    years = sorted(int(y) for y in found["held"])
    held = [found["held"][str(y)] for y in years]
    spans = [found["interval"].get(str(y), [h, h]) for y, h in zip(years, held, strict=True)]
    x = [str(y) for y in [0, *years]]
    says = [
        hover(
            f"{counted(y, 'year')} after signing",
            f"{percent(h)} of the settlements still hold",
            f"95 % interval {span_words(s)}",
        )
        for y, h, s in zip(years, held, spans, strict=True)
    ]
    line: Any = go.Scatter(
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


def durability_words(run: Run) -> list[str]:
    """Who breaks a settlement, and which terms hold it."""
    found = run.summary.get("durability")
    if not found or not found.get("worlds"):
        return []
    years = found["years"]
    final = found["held"].get(str(years))
    words = []
    if final is not None:
        words.append(f"{percent(final)} of the settlements hold all {counted(years, 'year')}.")
    breakers = sorted(((s, a) for a, s in found["broken_by"].items() if s > 0), reverse=True)
    words += [f"{short(run, a)} breaks it first in {percent(s)} of them." for s, a in breakers]
    for term, share in found["without"].items():
        title = run.scenario.issues[term].title if term in run.scenario.issues else term
        text = f"If the terms on {title} did not count, {percent(share)} would hold"
        if final is not None:
            difference = 100 * (final - share)
            text += (
                f": these terms carry {difference:.0f} points"
                if difference >= 0.5
                else ": these terms carry nothing"
                if difference > -0.5
                else f", {-difference:.0f} points more"
            )
        words.append(text + ".")
    return words
