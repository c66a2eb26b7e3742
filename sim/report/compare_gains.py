"""Whom several scenarios suit, and how long their agreements would hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ensemble.runner import Run
from sim.plots.comparison.common import palette
from sim.plots.comparison.durability import ENOUGH, enough
from sim.plots.comparison.gains import gain_of, limits, plan_gain_of
from sim.plots.style import GREY
from sim.report.chart import DARK, QUARTERS, Chart, faded, figure, hover, numbers, scatter, shaded
from sim.report.compare_common import ROW, scenario_rows
from sim.studies.compare.comparison import Comparison
from sim.views.colours import actor_colors
from sim.views.run_data import counted
from sim.words.story import percent, span_words


def gains_charts(comparison: Comparison) -> list[Chart]:
    """Per party, a row per scenario: gain where settled, and that of the plan as published."""
    runs = [
        r
        for r in comparison.ranked
        if r.scenario.name in comparison.actor_group
        and (r.summary["plan"] or (r.ensemble.outcome.values == 0).any())
    ]
    if not runs:
        return []
    ends = limits(runs, comparison.actors)
    return [_gain(runs, actor, ends) for actor in comparison.actors]


def _gain(runs: list[Run], actor: str, ends: tuple[float, float]) -> Chart:
    owner = next(r for r in runs if actor in r.scenario.actors).scenario
    color, who = actor_colors(owner)[actor], owner.actors[actor].short
    traces: list[Any] = []
    words = []
    kinds = (
        (gain_of, "gain from settling", -0.13, "circle", color),
        (plan_gain_of, "worth of the plan as published", 0.13, "diamond", "#ffffff"),
    )
    for row, run in enumerate(runs):
        for values_of, what, offset, symbol, fill in kinds:
            values = values_of(run, actor)
            if not len(values):
                continue
            low, middle, high = (100 * float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
            text = f"{middle:+.0f} points ({low:+.0f} to {high:+.0f})".replace("-", "−")
            words.append(f"{run.scenario.title}, {what}: {text}.")
            y = row + offset
            traces.append(
                scatter(x=numbers([low, high]), y=[y, y], mode="lines", hoverinfo="skip",
                        line={"color": color, "width": 2.5})
            )  # fmt: skip
            traces.append(
                scatter(x=numbers([middle]), y=[y], mode="markers", hoverinfo="text",
                        hovertext=[hover(f"{who}, {run.scenario.title}", f"{what}: {text}")],
                        marker={"symbol": symbol, "size": 10, "color": fill,
                                "line": {"color": color, "width": 1.8}})
            )  # fmt: skip
    drawn = figure(
        traces,
        ROW * len(runs) + 62,
        xaxis={
            "range": [100 * e for e in ends],
            "zeroline": True,
            "zerolinecolor": DARK,
            "nticks": 6,
            "title": {"text": "points of utility against no deal", "font": {"size": 12}},
        },
        yaxis=scenario_rows(runs),
        margin={"l": 116, "r": 14, "b": 46},
    )
    return Chart(f"gain-{actor}", who, " ".join(words), drawn, details=words)


def durability_charts(comparison: Comparison) -> list[Chart]:
    """Share that holds by year: of settlements, and of the plans as published."""
    settled = [r for r in comparison.ranked if enough(r)]
    plans = [r for r in comparison.ranked if r.summary["plan"] and r.summary["plan"]["held"]]
    charts = []
    if settled:
        title = f"Settlements reached (at least {ENOUGH} worlds)"
        charts.append(_holds(comparison, settled, "durability", title))
    if plans:
        charts.append(_holds(comparison, plans, "plan", "The plans, if they were in force"))
    return charts


def _holds(comparison: Comparison, runs: list[Run], block: str, title: str) -> Chart:
    colors = palette(comparison)
    traces: list[Any] = []
    words = []
    longest = 1
    for run in runs:
        held = list(run.summary[block]["held"].values())
        spans = list(run.summary[block]["interval"].values()) if block == "durability" else []
        longest = max(longest, len(held))
        color = colors[run.scenario.name]
        x = list(range(len(held) + 1))
        if spans and color != GREY:
            traces += shaded(x, [1, *(s[0] for s in spans)], [1, *(s[1] for s in spans)],
                             faded(color, 0.1))  # fmt: skip
        says = [
            hover(f"{run.scenario.title}, after {counted(n + 1, 'year')}", f"{percent(h)} hold",
                  f"95 % interval {span_words(spans[n])}" if spans else "")
            for n, h in enumerate(held)
        ]  # fmt: skip
        traces.append(
            scatter(x=x, y=numbers([1, *held]), mode="lines+markers", hoverinfo="text",
                    hovertext=[hover(run.scenario.title, "signed"), *says], cliponaxis=False,
                    marker={"size": 5, "color": color},
                    line={"color": color, "width": 2.2, "dash": "solid" if spans else "dash"})
        )  # fmt: skip
        words.append(
            f"{run.scenario.title}: {percent(held[-1])} hold {counted(len(held), 'year')}."
        )
    drawn = figure(
        traces,
        290,
        xaxis={
            "range": [0, longest],
            "nticks": 7,
            "title": {"text": "years after signing", "font": {"size": 12}},
        },
        yaxis={"range": [-0.02, 1.04], **QUARTERS},
        margin={"l": 52, "r": 18, "b": 48},
    )
    return Chart(f"holds-{block}", title, " ".join(words), drawn, details=words)
