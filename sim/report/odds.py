"""How the worlds end, and how soon something is signed."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.ensemble.runner import Run
from sim.prose import percent, span_words
from sim.report.chart import (
    DARK,
    GREY,
    Chart,
    date_axis,
    dates,
    faded,
    figure,
    hover,
    lines,
    numbers,
    scatter,
    shaded,
)
from sim.report.tables import Table
from sim.results.dataset import date_of
from sim.views.layout import nice_top, share_tick
from sim.views.outcome import Band, OutcomeView
from sim.views.run_data import day_text


def odds_chart(view: OutcomeView) -> Chart:
    """Share of worlds by kind of outcome, with 95 % intervals."""
    odds = view.possible
    end = nice_top(max(one.interval.high for one in odds))
    says = [
        hover(one.label, f"{percent(one.share)} of worlds", f"95 % interval {one.span}")
        for one in odds
    ]
    bars = go.Bar(
        y=[lines(one.label, 16) for one in odds], x=numbers([one.share for one in odds]),
        orientation="h", width=0.5, marker={"color": [one.color for one in odds]},
        hovertext=says, hoverinfo="text",
        error_x={
            "type": "data", "symmetric": False, "color": DARK, "thickness": 1.2, "width": 4,
            "array": numbers([one.interval.high - one.share for one in odds]),
            "arrayminus": numbers([one.share - one.interval.low for one in odds]),
        },
    )  # fmt: skip
    labels = [
        {
            "x": one.interval.high, "y": n, "xanchor": "left", "xshift": 8, "showarrow": False,
            "text": f"<b>{one.text}</b><br>{one.span}",
            "align": "left",
            "font": {"color": DARK, "size": 12},
        }
        for n, one in enumerate(odds)
    ]  # fmt: skip
    drawn = figure(
        [bars],
        62 * len(odds) + 60,
        xaxis={
            "range": [0, 1.5 * end],
            "tickvals": [0, end / 2, end],
            "ticktext": [share_tick(t) for t in (0, end / 2, end)],
        },
        yaxis={"autorange": "reversed", "showgrid": False, "tickfont": {"color": DARK}},
        margin={"l": 112},
        annotations=labels,
    )
    words = [f"{one.label}: {one.text} of worlds ({one.span})." for one in odds]
    return Chart("odds", "How the worlds end", " ".join(words), drawn)


def odds_table(view: OutcomeView) -> Table:
    """Odds by kind of outcome."""
    rows = [[one.line, percent(one.share), one.span] for one in view.possible]
    return Table("How the worlds end", ["Outcome", "Share of worlds", "95 % interval"], rows)


def time_chart(run: Run, view: OutcomeView) -> Chart:
    """Share of worlds in which something has been signed by each day."""
    traces: list[Any] = []
    for one in view.signings:
        color, curve, asked = one.color, one.curve, one.asked
        x = dates(run, curve.days)
        traces += shaded(x, curve.low, curve.high, faded(color, 0.16), shape="hv")
        dated = [f"{day_text(date_of(run.scenario, float(d)))} (day {d:.0f})" for d in curve.days]
        says = _says(curve, [f"{one.phrase} by {day}" for day in dated])
        traces.append(
            scatter(x=x, y=numbers(curve.shares), mode="lines", hovertext=says, hoverinfo="text",
                       line={"color": color, "width": 2.6, "shape": "hv"}, cliponaxis=False)
        )  # fmt: skip
        says = _says(asked, [f"{one.phrase} within {day:.0f} days" for day in asked.days])
        traces.append(
            scatter(x=dates(run, asked.days), y=numbers(asked.shares), mode="markers",
                       hoverinfo="text", hovertext=says, cliponaxis=False,
                       marker={"color": color, "size": 8, "line": {"color": "#fff", "width": 1.5}})
        )  # fmt: skip
    top = nice_top(view.highest)
    ticks = [top * n / 4 for n in range(5)]
    drawn = figure(
        traces,
        310,
        xaxis=date_axis(run, view.end),
        yaxis={
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [share_tick(t) for t in ticks],
        },
        margin={"l": 52, "r": 18, "t": 12},
    )
    words = " ".join(one.words for one in view.signings)
    return Chart("time", "How soon something is signed", words, drawn)


def _says(band: Band, heads: list[str]) -> list[str]:
    """What a curve says at each of its points."""
    return [
        hover(
            head,
            f"{percent(float(share))} of worlds",
            f"95 % interval {span_words([float(low), float(high)])}",
        )
        for head, share, low, high in zip(heads, band.shares, band.low, band.high, strict=True)
    ]


def time_key(view: OutcomeView) -> list[tuple[str, str, str]]:
    """What the lines of the time chart are."""
    marks = [("line", one.color, one.phrase) for one in view.signings]
    return [*marks, ("band", "#cfd6da", "95 % interval"), ("ring", GREY, "days asked about")]


def days_table(run: Run, view: OutcomeView) -> Table:
    """Chances by the days people ask about."""
    known = [day for day, share in view.signings[0].shares.items() if share is not None]
    head = ["Signed by", *(f"day {d}, {day_text(date_of(run.scenario, int(d)))}" for d in known)]
    rows = []
    for one in [*view.signings, *view.limited]:
        spans = {day: one.intervals[day] for day in known}
        cells = (f"{percent(one.shares[d], spans[d])} ({span_words(spans[d])})" for d in known)
        rows.append([one.phrase, *cells])
    return Table("Share of worlds in which it is signed by a day, with 95 % intervals", head, rows)
