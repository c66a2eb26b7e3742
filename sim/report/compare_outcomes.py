"""How the worlds of several scenarios end, and how soon something is signed."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.prose import percent, span_words
from sim.report.chart import Chart, faded, figure, hover, numbers, scatter, shaded
from sim.report.compare_common import ROW, scenario_rows
from sim.views.compare.odds import OddsView, OutcomeColumn
from sim.views.compare.time import Curve, TimePanel, TimeView
from sim.views.layout import share_tick


def odds_chart(view: OddsView) -> Chart:
    """How the worlds of each scenario end, as stacked bars."""
    places = list(range(len(view.rows)))
    bars = [
        go.Bar(
            y=places, x=numbers(column.shares), orientation="h",
            marker={"color": column.color, "line": {"color": "#fff", "width": 1}}, width=0.56,
            hoverinfo="text", hovertext=_odds_hovers(view, column),
        )
        for column in view.occurring
    ]  # fmt: skip
    drawn = figure(
        bars,
        ROW * len(view.rows) + 50,
        barmode="stack",
        xaxis={
            "range": [0, 1],
            "tickvals": [0, 0.5, 1],
            "ticktext": ["0", "50 %", "100 %"],
        },
        yaxis=scenario_rows(view.rows),
        margin={"l": 116, "r": 26, "b": 30},
    )
    words = view.words
    return Chart("odds", "How the worlds end", " ".join(words), drawn, view.headline, words)


def _odds_hovers(view: OddsView, column: OutcomeColumn) -> list[str]:
    return [
        hover(f"{row.title}: {column.title}", f"{percent(share)} of worlds",
              f"95 % interval {span_words(span)}")
        for row, share, span in zip(view.rows, column.shares, column.spans, strict=True)
    ]  # fmt: skip


def odds_key(view: OddsView) -> list[tuple[str, str, str]]:
    """The kinds of outcome that occur."""
    return [("block", column.color, column.title) for column in view.occurring]


def time_charts(view: TimeView) -> list[Chart]:
    """Share of worlds with a settlement, and with a first stage, by day."""
    return [_time(panel) for panel in view.panels]


def _time(panel: TimePanel) -> Chart:
    traces = [trace for curve in panel.curves for trace in _curve(curve)]
    ticks = [panel.top * n / 4 for n in range(5)]
    drawn = figure(
        traces,
        310,
        xaxis={
            "range": [0, max(1.0, *(float(curve.days[-1]) for curve in panel.curves))],
            "nticks": 6,
            "showgrid": False,
            "title": {"text": "days since the start", "font": {"size": 12}},
        },
        yaxis={
            "range": [0, panel.top],
            "tickvals": ticks,
            "ticktext": [share_tick(t) for t in ticks],
        },
        margin={"l": 52, "r": 18, "t": 12, "b": 48},
    )
    words = [curve.words for curve in panel.curves]
    return Chart(f"time-{panel.name}", panel.short_title, " ".join(words), drawn, details=words)


def _curve(curve: Curve) -> list[Any]:
    x, every = numbers(curve.days), (curve.days, curve.share, curve.low, curve.high)
    band = []
    if curve.named:
        band = shaded(x, curve.low, curve.high, faded(curve.color, 0.1), shape="hv")
    says = [
        hover(f"{curve.row.title}, by day {d:.0f}", f"{percent(float(s))} of worlds",
              f"95 % interval {span_words([float(a), float(b)])}")
        for d, s, a, b in zip(*every, strict=True)
    ]  # fmt: skip
    line = {"color": curve.color, "width": 2.2, "shape": "hv"}
    return [*band, scatter(x=x, y=numbers(curve.share), mode="lines", hovertext=says,
                           hoverinfo="text", line=line, cliponaxis=False)]  # fmt: skip
