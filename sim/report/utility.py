"""What positions are worth, what each side aims for, and what refusing is worth: over time."""

from __future__ import annotations

import math
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
from sim.views.colours import actor_colors
from sim.views.run_data import band, day_text, days, last_day, short, signatories
from sim.views.utility import LINES, common_range

DASHES = {"value": "solid", "target": "dash", "reservation": "dot"}
WIDTHS = {"value": 2.6, "target": 1.7, "reservation": 2.0}


def utility_charts(run: Run) -> list[Chart]:
    """One chart per signatory."""
    return [_chart(run, actor) for actor in signatories(run)]


def utility_key(run: Run) -> list[tuple[str, str, str]]:
    """What the lines are."""
    paid = any(v.effect.payment for a in run.scenario.actors.values() for v in a.levers.values())
    marks = [
        ("line", GREY, "own position: worth of its present offers on all issues"),
        ("dash", GREY, "aims for" + (", payments included" if paid else "")),
        ("dot", GREY, "without a deal (reservation value)"),
        ("band", "#cfd6da", "10–90 % of worlds"),
    ]
    if not math.isnan(float(run.central.settled_day)):
        marks.append(("diamond", DARK, "worth of the deal"))
    return marks


def _chart(run: Run, actor: str) -> Chart:
    central, color = run.central, actor_colors(run.scenario)[actor]
    a, x = signatories(run).index(actor), dates(run, days(run))
    traces: list[Any] = []
    for name in LINES:
        low, _, high = band(run.ensemble, name)
        traces += shaded(x, 100 * low[:, a], 100 * high[:, a], faded("#767676", 0.13))
    for name, meaning in LINES.items():
        low, _, high = band(run.ensemble, name)
        values = 100 * central[name].values[:, a]
        says = [
            hover(
                f"{short(run, actor)}, {day_text(date_of(run.scenario, float(day)))}",
                f"{meaning}: {_points(values[t])}",
                f"10–90 % of worlds: {_points(100 * low[t, a])} to {_points(100 * high[t, a])}",
            )
            for t, day in enumerate(days(run))
        ]
        line = {"color": color, "width": WIDTHS[name], "dash": DASHES[name]}
        traces.append(
            scatter(x=x, y=numbers(values, 2), mode="lines", hovertext=says, hoverinfo="text",
                       line=line)
        )  # fmt: skip
    settled = float(central.settled_day)
    if not math.isnan(settled):
        worth = 100 * float(central.utility.values[a])
        marker = {"symbol": "diamond", "size": 11, "color": DARK,
                  "line": {"color": "#fff", "width": 1}}  # fmt: skip
        traces.append(
            scatter(x=dates(run, [settled]), y=numbers([worth], 2), mode="markers", marker=marker,
                       hovertext=[hover("Worth of the deal", f"{_points(worth)} points")],
                       hoverinfo="text", cliponaxis=False)
        )  # fmt: skip
    drawn = figure(
        traces,
        260,
        xaxis=date_axis(run, last_day(run), nticks=5),
        yaxis={"nticks": 6, "range": [100 * v for v in common_range(run)]},
        margin={"l": 40},
        shapes=stage_lines(run),
    )
    words = _words(run, actor)
    return Chart(
        f"utility-{actor}", run.scenario.actors[actor].name, " ".join(words), drawn, details=words
    )


def _points(value: float) -> str:
    return f"{value:.0f}".replace("-", "−")


def _words(run: Run, actor: str) -> list[str]:
    a = signatories(run).index(actor)
    who = short(run, actor)
    out = []
    for name, words in LINES.items():
        line = 100 * run.central[name].values[:, a]
        out.append(
            f"{who}, {words}: {_points(line[0])} points at the start, "
            f"{_points(line[-1])} at the end."
        )
    return out
