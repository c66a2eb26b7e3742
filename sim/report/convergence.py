"""Who moves on what, when: one interactive panel per issue."""

from __future__ import annotations

import math
from typing import Any

from sim.ensemble.runner import Run
from sim.prose import listing
from sim.report.chart import (
    DARK,
    GREY,
    SMALL,
    Chart,
    date_axis,
    dates,
    faded,
    figure,
    hover,
    numbers,
    plain,
    scale_axis,
    scatter,
    shaded,
    stage_lines,
)
from sim.report.convergence_words import column, course, status, tabled_words
from sim.results.dataset import date_of
from sim.results.summary import nearest_text
from sim.views.colours import actor_colors, ink
from sim.views.convergence import SHADE
from sim.views.layout import spread
from sim.views.run_data import (
    agreed_day,
    band,
    concerned,
    conditional_lines,
    consents,
    day_text,
    days,
    last_day,
    red_lines,
    short,
    signatories,
    signed_days,
)

HEIGHT, TOP, BOTTOM, LEFT = 330, 10, 40, 128
LOW, HIGH = -0.05, 1.05


def convergence_charts(run: Run) -> list[Chart]:
    """One chart per issue, in the scenario's order."""
    return [_chart(run, issue) for issue in run.scenario.issues]


def key(run: Run) -> list[tuple[str, str, str]]:
    """What the panels show: kind of mark, colour, meaning."""
    colors = actor_colors(run.scenario)
    marks = [("line", colors[a], short(run, a)) for a in signatories(run)]
    marks.append(("band", "#cfd6da", "10–90 % of worlds"))
    issues = run.scenario.issues
    if any(red_lines(run, a, i) for i in issues for a in concerned(run, i)):
        marks.append(("dash", GREY, "red line, hatched on the side it bars"))
    if any(conditional_lines(run, a, i) for i in issues for a in concerned(run, i)):
        marks.append(("dot", GREY, "red line if other terms suit"))
    if run.central.sizes["text_number"]:
        marks.append(("ring", DARK, "mediator’s text"))
    if signed_days(run):
        marks.append(("diamond", DARK, "agreed"))
    return marks


def _chart(run: Run, issue: str) -> Chart:
    spec = run.scenario.issues[issue]
    inner = HEIGHT - TOP - BOTTOM
    actors = concerned(run, issue)
    traces: list[Any] = []
    for actor in actors:
        traces += _surroundings(run, issue, actor)
    for order, actor in enumerate(actors):
        # lines that coincide run side by side, a stroke apart
        shift = (order - (len(actors) - 1) / 2) * 2.2 * (HIGH - LOW) / inner
        traces.append(_line(run, issue, actor, shift))
    traces += _texts(run, issue) + _deal(run, issue)
    drawn = figure(
        traces,
        HEIGHT,
        xaxis=date_axis(run, last_day(run), nticks=4),
        yaxis=scale_axis(spec, inner, LOW, HIGH, width=18),
        margin={
            "l": LEFT,
            "r": min(100, 16 + 7 * max((len(short(run, a)) for a in actors), default=0)),
            "t": TOP,
            "b": BOTTOM,
        },
        shapes=stage_lines(run),
        annotations=_names(run, issue, actors, inner),
    )
    words = [course(run, issue, actor) for actor in actors]
    found = status(run, issue)
    summary = f"{spec.title}, positions over time in the central world. {found}. "
    return Chart(
        f"convergence-{issue}",
        spec.title,
        summary + " ".join(words),
        drawn,
        status=found,
        details=[*words, *tabled_words(run, issue)],
    )


def _surroundings(run: Run, issue: str, actor: str) -> list[Any]:
    """An actor's band over the worlds and its red lines."""
    color = actor_colors(run.scenario)[actor]
    a, i = signatories(run).index(actor), column(run, issue)
    x = dates(run, days(run))
    low, _, high = band(run.ensemble, "offer")
    traces = shaded(x, low[:, a, i], high[:, a, i], faded(color, 0.13))
    spec = run.scenario.issues[issue]
    for line, above in red_lines(run, actor, issue):
        side = "above" if above else "below"
        says = [
            hover(
                f"{short(run, actor)}’s red line",
                f"signs nothing {side} {value:.2f}",
                f"nearest text: “{nearest_text(spec, float(value))}”",
            )
            for value in line
        ]
        traces.append(
            scatter(x=x, y=numbers(line), mode="lines", hovertext=says, hoverinfo="text",
                       line={"color": color, "width": 1.2, "dash": "dash"})
        )  # fmt: skip
        traces.append(
            scatter(x=x, y=numbers(line + (SHADE if above else -SHADE)), mode="lines",
                       line={"width": 0, "color": color}, hoverinfo="skip", fill="tonexty",
                       fillpattern={"shape": "/", "size": 5, "solidity": 0.18, "fgcolor": color,
                                    "bgcolor": "rgba(0,0,0,0)"})
        )  # fmt: skip
    for value in conditional_lines(run, actor, issue):
        says = [
            hover(f"{short(run, actor)}’s red line if other terms suit",
                  f"{value:.2f}, near “{nearest_text(spec, value)}”")
        ] * 2  # fmt: skip
        ends = [x[0], dates(run, [last_day(run)])[0]]
        traces.append(
            scatter(x=ends, y=numbers([value, value]), mode="lines", hovertext=says,
                       hoverinfo="text", line={"color": color, "width": 1.3, "dash": "dot"})
        )  # fmt: skip
    return traces


def _line(run: Run, issue: str, actor: str, shift: float) -> Any:
    color = actor_colors(run.scenario)[actor]
    a, i = signatories(run).index(actor), column(run, issue)
    low, _, high = band(run.ensemble, "offer")
    offer, spec = run.central.offer.values[:, a, i], run.scenario.issues[issue]
    says = [
        hover(
            f"{short(run, actor)}, {day_text(date_of(run.scenario, float(day)))}",
            f"{offer[t]:.2f}, near “{nearest_text(spec, float(offer[t]))}”",
            f"10–90 % of worlds: {low[t, a, i]:.2f} to {high[t, a, i]:.2f}",
        )
        for t, day in enumerate(days(run))
    ]
    return scatter(
        x=dates(run, days(run)), y=numbers(offer + shift), mode="lines", hovertext=says,
        hoverinfo="text", name=plain(short(run, actor)),
        line={"color": color, "width": 2.4 if consents(run, actor, issue) else 1.5},
    )  # fmt: skip


def _texts(run: Run, issue: str) -> list[Any]:
    """The mediator's texts of the stage that holds the issue."""
    central, spec, i = run.central, run.scenario.issues[issue], column(run, issue)
    stage = next(n for n, s in enumerate(run.scenario.stages) if issue in s.issues)
    rows = [n for n in range(central.sizes["text_number"]) if central.text_stage.values[n] == stage]
    if not rows:
        return []
    when = [float(central.text_round.values[n]) * run.scenario.war.round_days for n in rows]
    points = [float(central.text.values[n, i]) for n in rows]
    says = []
    for n, day, point in zip(rows, when, points, strict=True):
        no = [
            short(run, a)
            for a, yes in zip(signatories(run), central.text_accepted.values[n], strict=True)
            if not yes
        ]
        says.append(
            hover(
                f"Mediator’s text, {day_text(date_of(run.scenario, day))}",
                f"{point:.2f}, near “{nearest_text(spec, point)}”",
                f"refused by {listing(no)}" if no else "accepted by all",
            )
        )
    marker = {
        "symbol": "circle",
        "size": 5,
        "color": "#ffffff",
        "line": {"color": DARK, "width": 1},
    }
    return [
        scatter(x=dates(run, when), y=numbers(points), mode="markers", marker=marker,
                   hovertext=says, hoverinfo="text")
    ]  # fmt: skip


def _deal(run: Run, issue: str) -> list[Any]:
    day, point = agreed_day(run, issue), float(run.central.agreed.values[column(run, issue)])
    if day is None or math.isnan(point):
        return []
    text = nearest_text(run.scenario.issues[issue], point)
    says = hover(f"Agreed, {day_text(date_of(run.scenario, day))}", f"{point:.2f}, near “{text}”")
    marker = {"symbol": "diamond", "size": 11, "color": DARK, "line": {"color": "#fff", "width": 1}}
    return [
        scatter(x=dates(run, [day]), y=[round(point, 4)], mode="markers", marker=marker,
                   hovertext=[says], hoverinfo="text", cliponaxis=False)
    ]  # fmt: skip


def _names(run: Run, issue: str, actors: list[str], inner: float) -> list[dict[str, Any]]:
    """Names at the ends of the lines, moved apart where they would collide."""
    stop = int((days(run) <= last_day(run)).sum()) - 1
    keys, i = signatories(run), column(run, issue)
    ends = [float(run.central.offer.values[stop, keys.index(a), i]) for a in actors]
    placed = spread(ends, 14 * (HIGH - LOW) / inner, LOW + 0.03, HIGH - 0.03)
    colors = actor_colors(run.scenario)
    return [
        {
            "xref": "paper", "x": 1, "xanchor": "left", "xshift": 5, "yref": "y", "y": place,
            "yanchor": "middle", "showarrow": False, "align": "left",
            "text": plain(_cut(short(run, actor))),
            "font": {"size": SMALL, "color": ink(colors[actor])},
        }
        for actor, place in zip(actors, placed, strict=True)
    ]  # fmt: skip


def _cut(name: str, most: int = 13) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
