"""How the worlds of several scenarios end, and how soon something is signed."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from sim.ensemble.runner import Run
from sim.plots.comparison.common import palette
from sim.plots.comparison.odds import headline
from sim.plots.comparison.time import signed_day
from sim.plots.outcome import BAR_COLORS, WORDS
from sim.plots.style import GREY
from sim.report.chart import Chart, faded, figure, hover, numbers, scatter, shaded
from sim.report.compare_common import ROW, scenario_rows
from sim.results.outcomes import OUTCOMES
from sim.studies.compare.comparison import Comparison
from sim.views.layout import nice_top
from sim.views.run_data import band_of_shares
from sim.words.story import percent, span_words


def odds_chart(comparison: Comparison) -> Chart:
    """How the worlds of each scenario end, as stacked bars."""
    runs = comparison.ranked
    kinds = [k for k in OUTCOMES if any(r.summary["outcomes"][k] for r in runs)]
    places = list(range(len(runs)))
    bars = [
        go.Bar(
            y=places, x=numbers([r.summary["outcomes"][kind] for r in runs]), orientation="h",
            marker={"color": BAR_COLORS[kind], "line": {"color": "#fff", "width": 1}}, width=0.56,
            hoverinfo="text",
            hovertext=[
                hover(f"{r.scenario.title}: {WORDS[kind]}",
                      f"{percent(r.summary['outcomes'][kind])} of worlds",
                      f"95 % interval {span_words(r.summary['outcomes_interval'][kind])}")
                for r in runs
            ],
        )
        for kind in kinds
    ]  # fmt: skip
    drawn = figure(
        bars,
        ROW * len(runs) + 50,
        barmode="stack",
        xaxis={
            "range": [0, 1],
            "tickvals": [0, 0.5, 1],
            "ticktext": ["0", "50 %", "100 %"],
        },
        yaxis=scenario_rows(runs),
        margin={"l": 116, "r": 26, "b": 30},
    )
    words = [
        f"{r.scenario.title}: "
        + "; ".join(f"{WORDS[k].lower()} {percent(r.summary['outcomes'][k])}" for k in kinds)
        + "."
        for r in runs
    ]
    return Chart("odds", "How the worlds end", " ".join(words), drawn, headline(comparison), words)


def odds_key(comparison: Comparison) -> list[tuple[str, str, str]]:
    """The kinds of outcome that occur."""
    runs = comparison.runs
    return [
        ("block", BAR_COLORS[k], WORDS[k])
        for k in OUTCOMES
        if any(r.summary["outcomes"][k] for r in runs)
    ]


def time_charts(comparison: Comparison) -> list[Chart]:
    """Share of worlds with a settlement, and with a first stage, by day."""
    staged = [run for run in comparison.ranked if len(run.scenario.stages) > 1]
    charts = [_time(comparison, "settlement", "A settlement", comparison.ranked)]
    if staged:
        title = "A first stage, where the agenda has several"
        charts.append(_time(comparison, "first_stage", title, staged))
    return charts


def _time(comparison: Comparison, name: str, title: str, runs: list[Run]) -> Chart:
    colors = palette(comparison)
    traces: list[Any] = []
    words = []
    highest, end = 0.0, 1.0
    for run in runs:
        days = np.arange(run.scenario.rounds + 1, dtype=np.float64) * run.scenario.war.round_days
        share, low, high = band_of_shares(signed_day(run, name), days)
        color = colors[run.scenario.name]
        highest, end = max(highest, float(high.max())), max(end, float(days[-1]))
        x = numbers(days)
        if color != GREY:
            traces += shaded(x, low, high, faded(color, 0.1), shape="hv")
        says = [
            hover(f"{run.scenario.title}, by day {d:.0f}", f"{percent(float(s))} of worlds",
                  f"95 % interval {span_words([float(a), float(b)])}")
            for d, s, a, b in zip(days, share, low, high, strict=True)
        ]  # fmt: skip
        traces.append(
            scatter(x=x, y=numbers(share), mode="lines", hovertext=says, hoverinfo="text",
                    line={"color": color, "width": 2.2, "shape": "hv"}, cliponaxis=False)
        )  # fmt: skip
        words.append(f"{run.scenario.title}: {percent(float(share[-1]))} by day {days[-1]:.0f}.")
    top = nice_top(highest)
    ticks = [top * n / 4 for n in range(5)]
    drawn = figure(
        traces,
        310,
        xaxis={
            "range": [0, end],
            "nticks": 6,
            "showgrid": False,
            "title": {"text": "days since the start", "font": {"size": 12}},
        },
        yaxis={
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [f"{100 * t:.4g} %" if t else "0" for t in ticks],
        },
        margin={"l": 52, "r": 18, "t": 12, "b": 48},
    )
    return Chart(f"time-{name}", title, " ".join(words), drawn, details=words)
