"""What presses the sides: what moves without a deal, costs of war, levers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sim.ensemble.runner import Run
from sim.prose import counted, listing, percent
from sim.report.chart import (
    DARK,
    Chart,
    date_axis,
    dates,
    faded,
    figure,
    hover,
    lines,
    numbers,
    scale_axis,
    scatter,
    shaded,
    stage_lines,
)
from sim.report.tables import Cell, Table
from sim.results.dataset import date_of
from sim.results.summary import nearest_text
from sim.views.colours import actor_colors
from sim.views.layout import window
from sim.views.pressure import DRIFT, drifting
from sim.views.run_data import band, day_text, days, last_day, short, signatories

HEIGHT = 290


def pressure_charts(run: Run) -> list[Chart]:
    """Issues that move without a deal, and the cost of war."""
    return [*(_no_deal(run, issue) for issue in drifting(run)[0]), _cost(run)]


def _no_deal(run: Run, issue: str) -> Chart:
    spec, n = run.scenario.issues[issue], list(run.scenario.issues).index(issue)
    low, _, high = band(run.ensemble, "no_deal")[:, :, n]
    line, every = run.central.no_deal.values[:, n], days(run)
    x, shown = dates(run, every), every <= last_day(run)
    bottom, top = window(list(spec.scale), float(min(low[shown].min(), line[shown].min())),
                         float(max(high[shown].max(), line[shown].max())))  # fmt: skip
    says = [
        hover(
            f"{spec.title}, {day_text(date_of(run.scenario, float(day)))}",
            f"{line[t]:.3f}, near “{nearest_text(spec, float(line[t]))}”",
            f"10–90 % of worlds: {low[t]:.3f} to {high[t]:.3f}",
        )
        for t, day in enumerate(every)
    ]
    drawn = figure(
        [
            *shaded(x, low, high, faded(DRIFT, 0.18)),
            scatter(x=x, y=numbers(line), mode="lines", hovertext=says, hoverinfo="text",
                       line={"color": DRIFT, "width": 2.4}),
        ],
        HEIGHT,
        xaxis=date_axis(run, last_day(run), nticks=5),
        yaxis=scale_axis(spec, HEIGHT - 50, bottom, top, width=18),
        margin={"l": 128, "t": 10, "b": 40},
        shapes=stage_lines(run),
    )  # fmt: skip
    stop = int(shown.sum()) - 1
    words = (
        f"{spec.title}, as it stands without a deal: {line[0]:.2f} at the start, {line[stop]:.2f} "
        f"at the end of the central world (“{nearest_text(spec, float(line[stop]))}”), "
        f"{low[stop]:.2f} to {high[stop]:.2f} in 10–90 % of the worlds."
    )
    return Chart(f"no-deal-{issue}", f"{spec.title}, as it stands", words, drawn, details=[words])


def _cost(run: Run) -> Chart:
    colors, every = actor_colors(run.scenario), days(run)
    x = dates(run, every)
    low, _, high = 100 * band(run.ensemble, "cost")
    cost = 100 * run.central.cost.values
    traces: list[Any] = []
    words = []
    stop = int((every <= last_day(run)).sum()) - 1
    for a, actor in enumerate(signatories(run)):
        traces += shaded(x, low[:, a], high[:, a], faded(colors[actor], 0.13))
        who = short(run, actor)
        says = [
            hover(
                f"{who}, {day_text(date_of(run.scenario, float(day)))}",
                f"cost of war: {cost[t, a]:.2f} points a month",
                f"10–90 % of worlds: {low[t, a]:.2f} to {high[t, a]:.2f}",
            )
            for t, day in enumerate(every)
        ]
        traces.append(
            scatter(x=x, y=numbers(cost[:, a]), mode="lines", hovertext=says, hoverinfo="text",
                       line={"color": colors[actor], "width": 2.4})
        )  # fmt: skip
        words.append(
            f"{who}: {cost[0, a]:.1f} points a month at the start, {cost[stop, a]:.1f} at the end, "
            f"{low[stop, a]:.1f} to {high[stop, a]:.1f} in 10–90 % of the worlds."
        )
    drawn = figure(
        traces,
        HEIGHT,
        xaxis=date_axis(run, last_day(run), nticks=5),
        yaxis={"nticks": 6, "rangemode": "tozero"},
        margin={"l": 40, "t": 10, "b": 40},
        shapes=stage_lines(run),
    )
    return Chart(
        "cost", "Cost of the war", "Cost of war. " + " ".join(words), drawn,
        status="Points of utility (0–100) a month", details=words,
    )  # fmt: skip


def levers_chart(run: Run) -> Chart | None:
    """Share of worlds in which each lever is in effect, by date, as a heat map."""
    keys = [str(v) for v in run.central.lever.values]
    if not keys:
        return None
    end = last_day(run)
    every = days(run)[days(run) <= end]
    worlds = run.summary.worlds
    titles = [_title(run, key) for key in keys]
    effect_days = run.ensemble.lever_effect_day.values
    shares = [
        np.searchsorted(np.sort(effect_days[:, n]), every, side="right") / worlds
        for n in range(len(keys))
    ]
    says = [
        [
            hover(
                title,
                day_text(date_of(run.scenario, float(day))),
                f"in effect in {percent(float(s))} of worlds",
            )
            for day, s in zip(every, share, strict=True)
        ]
        for title, share in zip(titles, shares, strict=True)
    ]  # fmt: skip
    heat = go.Heatmap(
        x=dates(run, every), y=list(range(len(keys))), z=[numbers(s) for s in shares], zmin=0,
        zmax=max(0.01, float(np.max(shares))), hovertext=says, hoverinfo="text", ygap=3,
        colorscale=[[0, "#f2f5f6"], [0.5, "#8fb0bf"], [1, "#1f5a73"]], showscale=False,
    )  # fmt: skip
    drawn = figure(
        [heat, *_central_days(run, keys, end)],
        42 * len(keys) + 54,
        xaxis=date_axis(run, end),
        yaxis={
            "range": [len(keys) - 0.5, -0.5], "tickvals": list(range(len(keys))),
            "ticktext": [lines(t, 25, most=3) for t in titles], "showgrid": False,
            "tickfont": {"size": 11, "color": DARK}, "ticklabelstandoff": 4,
        },
        margin={"l": 158, "r": 14, "b": 42},
        hoverdistance=10,
    )  # fmt: skip
    top = max(range(len(keys)), key=lambda n: float(shares[n][-1]))
    status = (
        f"Darker: in effect in more worlds; the most at the end is "
        f"{percent(float(shares[top][-1]))}, “{titles[top]}”."
    )
    words = [
        f"{t}: in effect in {percent(float(s[-1]))} of worlds at the end."
        for t, s in zip(titles, shares, strict=True)
    ]
    return Chart("levers", "Levers over time", " ".join(words), drawn, status=status)


def _title(run: Run, key: str) -> str:
    owner, _, name = key.partition(".")
    return f"{short(run, owner)}: {run.scenario.actors[owner].levers[name].title}"


def _central_days(run: Run, keys: list[str], end: float) -> list[Any]:
    """When the central world pulls each lever, and when it takes effect."""
    marks: list[Any] = []
    kinds = (
        ("lever_pulled_day", "circle", "pulled", "#ffffff"),
        ("lever_effect_day", "triangle-right", "in effect", DARK),
    )
    for variable, symbol, word, fill in kinds:
        values = run.central[variable].values
        rows = [n for n, v in enumerate(values) if not math.isnan(v) and v <= end]
        if not rows:
            continue
        marks.append(
            scatter(
                x=dates(run, [float(values[n]) for n in rows]), y=rows, mode="markers",
                marker={"symbol": symbol, "size": 10, "color": fill,
                        "line": {"color": DARK, "width": 1.4}},
                hoverinfo="text", cliponaxis=False,
                hovertext=[
                    hover(_title(run, keys[n]), f"central world: {word} on "
                          f"{day_text(date_of(run.scenario, float(values[n])))}")
                    for n in rows
                ],
            )
        )  # fmt: skip
    return marks


def levers_table(run: Run) -> Table | None:
    """Who presses or rewards whom, how often it takes effect, and when."""
    rows: list[list[str | Cell]] = []
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
    if not rows:
        return None
    head = ["Lever", "Whose, and to whom", "Pulled", "In effect", "Typically from"]
    worlds = counted(run.summary.worlds, "world")
    return Table(f"Levers: share of {worlds} in which each is pulled and takes effect", head, rows)
