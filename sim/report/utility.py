"""What positions are worth, what each side aims for, and what refusing is worth: over time."""

from __future__ import annotations

from typing import Any

from sim.ensemble.runner import Run
from sim.report.chart import (
    DARK,
    GREY,
    Chart,
    date_axis,
    dates,
    faded,
    figure,
    hover,
    numbers,
    scatter,
    shaded,
    stage_lines,
)
from sim.results.dataset import date_of
from sim.views.run_data import day_text
from sim.views.utility import UtilityPanel, UtilityView, points, utility_view

DASHES = {"value": "solid", "target": "dash", "reservation": "dot"}
WIDTHS = {"value": 2.6, "target": 1.7, "reservation": 2.0}


def utility_charts(run: Run) -> list[Chart]:
    """One chart per signatory."""
    view = utility_view(run)
    return [_chart(run, view, panel) for panel in view.panels]


def utility_key(run: Run) -> list[tuple[str, str, str]]:
    """What the lines are."""
    view = utility_view(run)
    marks = [
        ("line", GREY, "own position: worth of its present offers on all issues"),
        ("dash", GREY, f"aims for{view.paid}"),
        ("dot", GREY, "without a deal (reservation value)"),
        ("band", "#cfd6da", "10–90 % of worlds"),
    ]
    if view.settled is not None:
        marks.append(("diamond", DARK, "worth of the deal"))
    return marks


def _chart(run: Run, view: UtilityView, panel: UtilityPanel) -> Chart:
    x, lines = dates(run, view.days), panel.lines.values()
    traces: list[Any] = []
    for line in lines:
        traces += shaded(x, 100 * line.low, 100 * line.high, faded("#767676", 0.13))
    for line in lines:
        low, values, high = 100 * line.low, 100 * line.values, 100 * line.high
        says = [
            hover(
                f"{panel.short}, {day_text(date_of(run.scenario, float(day)))}",
                f"{line.label}: {points(values[t])}",
                f"10–90 % of worlds: {points(low[t])} to {points(high[t])}",
            )
            for t, day in enumerate(view.days)
        ]
        style = {"color": panel.color, "width": WIDTHS[line.name], "dash": DASHES[line.name]}
        traces.append(
            scatter(x=x, y=numbers(values, 2), mode="lines", hovertext=says, hoverinfo="text",
                       line=style)
        )  # fmt: skip
    if view.settled is not None and panel.worth is not None:
        worth = 100 * panel.worth
        marker = {"symbol": "diamond", "size": 11, "color": DARK,
                  "line": {"color": "#fff", "width": 1}}  # fmt: skip
        traces.append(
            scatter(x=dates(run, [view.settled]), y=numbers([worth], 2), mode="markers",
                       marker=marker, hoverinfo="text", cliponaxis=False,
                       hovertext=[hover("Worth of the deal", f"{points(worth)} points")])
        )  # fmt: skip
    drawn = figure(
        traces,
        260,
        xaxis=date_axis(run, view.end, nticks=5),
        yaxis={"nticks": 6, "range": [100 * v for v in view.limits]},
        margin={"l": 40},
        shapes=stage_lines(run),
    )
    return Chart(
        f"utility-{panel.actor}", panel.name, " ".join(panel.words), drawn, details=panel.words
    )
