"""What is agreed, between whose wishes, issue by issue."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ensemble.runner import Run
from sim.prose import counted, listing
from sim.report.chart import DARK, GREY, Chart, figure, hover, lines, numbers, scatter
from sim.report.gains import plan_says
from sim.results.summary import nearest_text
from sim.views.colours import PLAN, actor_colors
from sim.views.layout import spread
from sim.views.package import deals_on
from sim.views.package import headline as package_headline
from sim.views.run_data import red_lines, short, signatories

ROW = 58


def package_chart(run: Run) -> Chart:
    """One row per issue over its scale: ideals, red lines, no deal, the plan, what was agreed."""
    issues = list(run.scenario.issues)
    rows = range(len(issues))
    rails: list[float | None] = [n for row in rows for n in (row, row, None)]
    traces: list[Any] = [
        scatter(x=[0, 1, None] * len(issues), y=rails, mode="lines", hoverinfo="skip",
                line={"color": "#d3d9dd", "width": 5}),
        _marks(_listed(run), {"symbol": "line-ns", "size": 7,
                              "line": {"color": GREY, "width": 1.2}}),
    ]  # fmt: skip
    for actor, color in actor_colors(run.scenario).items():
        edge = {"color": "#fff", "width": 0.8}
        traces += [
            _marks(_lines_of(run, actor),
                   {"symbol": "line-ns", "size": 13, "line": {"color": color, "width": 3}}),
            _marks(_ideals_of(run, actor),
                   {"symbol": "triangle-down", "size": 11, "color": color, "line": edge}),
        ]  # fmt: skip
    white, black = {"color": "#fff", "width": 1}, {"color": DARK, "width": 1.6}
    traces.append(
        _marks(_starts(run), {"symbol": "circle", "size": 10, "color": "#fff", "line": black})
    )
    traces.append(_marks(_plan(run), {"symbol": "square", "size": 9, "color": PLAN, "line": white}))
    for row, issue in enumerate(issues):
        traces += _agreed(run, issue, row)
    traces = [t for t in traces if t["x"]]
    drawn = figure(
        traces,
        ROW * len(issues) + 60,
        xaxis={
            "range": [-0.03, 1.03],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "ticktext": ["0", "0.25", "0.5", "0.75", "1"],
        },
        yaxis={
            "range": [len(issues) - 0.4, -0.6],
            "tickvals": list(range(len(issues))),
            "ticktext": [lines(run.scenario.issues[i].title, 14, most=3) for i in issues],
            "tickfont": {"size": 12, "color": DARK},
            "ticklabelstandoff": 4,
        },
        margin={"l": 112, "r": 14, "t": 10, "b": 36},
        hoverdistance=20,
    )
    words = [_words(run, issue) for issue in issues]
    return Chart(
        "package", "Where the sides stand and what is agreed", " ".join(words), drawn,
        status=package_headline(run), details=words,
    )  # fmt: skip


def package_key(run: Run) -> list[tuple[str, str, str]]:
    """What the marks of the chart are."""
    colors = actor_colors(run.scenario)
    marks = [
        ("triangle", colors[a], f"{short(run, a)}’s ideal")
        for a in signatories(run)
        if run.scenario.actors[a].positions
    ]
    marks.append(("tick", GREY, "red line at the end of the central world"))
    marks.append(("ring", DARK, "without a deal, at the start"))
    if run.summary.plan is not None:
        marks.append(("square", PLAN, "the plan as published"))
    if any(len(deals_on(run, i)) for i in run.scenario.issues):
        marks.append(("diamond", DARK, "agreed (median), with 10–90 % of the worlds that agree"))
    return marks


Mark = tuple[float, float, str]
"""Place on the scale, row, what it says when pointed at."""


def _marks(marks: list[Mark], marker: dict[str, Any]) -> dict[str, Any]:
    return scatter(
        x=numbers([m[0] for m in marks]), y=numbers([m[1] for m in marks]), mode="markers",
        marker=marker, hovertext=[m[2] for m in marks], hoverinfo="text", cliponaxis=False,
    )  # fmt: skip


def _listed(run: Run) -> list[Mark]:
    """The points of the scales that have a text."""
    return [
        (point, row, hover(spec.title, f"{point:g}: {text}"))
        for row, spec in enumerate(run.scenario.issues.values())
        for point, text in spec.scale.items()
    ]


def _lines_of(run: Run, actor: str) -> list[Mark]:
    """Red lines of an actor at the end of the central world."""
    if actor not in signatories(run):
        return []
    found = []
    for row, (issue, spec) in enumerate(run.scenario.issues.items()):
        for line, above in red_lines(run, actor, issue):
            value = float(line[-1])
            says = hover(
                f"{short(run, actor)}’s red line: {spec.title}",
                f"signs nothing {'above' if above else 'below'} {value:.2f}",
                f"nearest text: “{nearest_text(spec, value)}”",
            )
            found.append((value, float(row), says))
    return found


def _ideals_of(run: Run, actor: str) -> list[Mark]:
    """Ideals of an actor, beside those of others where they coincide."""
    found: list[Mark] = []
    for row, (issue, spec) in enumerate(run.scenario.issues.items()):
        holders = [a for a in signatories(run) if issue in run.scenario.actors[a].positions]
        if actor not in holders:
            continue
        ideals = [run.scenario.actors[a].positions[issue].ideal.median for a in holders]
        own = holders.index(actor)
        says = hover(
            f"{short(run, actor)}’s ideal: {spec.title}",
            f"{ideals[own]:.2f}, near “{nearest_text(spec, ideals[own])}”",
        )
        found.append((spread(ideals, 0.03, 0, 1)[own], row - 0.27, says))
    return found


def _starts(run: Run) -> list[Mark]:
    """Where issues stand without a deal at the start."""
    found: list[Mark] = []
    for row, spec in enumerate(run.scenario.issues.values()):
        start = spec.no_deal.median
        text = f"{start:.2f}, near “{nearest_text(spec, start)}”"
        found.append((start, row, hover(f"{spec.title} without a deal", text)))
    return found


def _plan(run: Run) -> list[Mark]:
    """Points of the plan as published."""
    if run.summary.plan is None:
        return []
    points, said = run.summary.plan.points, plan_says(run)
    return [
        (
            points[issue].point,
            row,
            hover(
                f"The plan on {spec.title}",
                f"{points[issue].point:.2f}, near “{points[issue].text}”",
            ),
        )
        for row, (issue, spec) in enumerate(run.scenario.issues.items())
        if issue in said
    ]


def _agreed(run: Run, issue: str, row: int) -> list[Any]:
    values, spec = deals_on(run, issue), run.scenario.issues[issue]
    if not len(values):
        return []
    low, median, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
    says = hover(
        f"{spec.title}, agreed in {counted(len(values), 'world')}",
        f"median {median:.2f}, near “{nearest_text(spec, median)}”",
        f"10–90 %: {low:.2f} to {high:.2f}",
    )
    place = row + 0.24
    marker = {"symbol": "diamond", "size": 11, "color": DARK, "line": {"color": "#fff", "width": 1}}
    return [
        scatter(x=numbers([low, high]), y=[place, place], mode="lines", hoverinfo="skip",
                line={"color": DARK, "width": 3}),
        _marks([(median, place, says)], marker),
    ]  # fmt: skip


def _words(run: Run, issue: str) -> str:
    spec = run.scenario.issues[issue]
    holders = [a for a in signatories(run) if issue in run.scenario.actors[a].positions]
    wants = [
        f"{short(run, a)} “{nearest_text(spec, ideal)}”"
        for a in holders
        for ideal in [run.scenario.actors[a].positions[issue].ideal.median]
    ]
    text = f"{spec.title}: nearest to their ideals, {listing(wants)}" if wants else spec.title
    values = deals_on(run, issue)
    if len(values):
        agreed = nearest_text(spec, float(np.median(values)))
        text += (
            f"; agreed, where something is, “{agreed}” (median of {counted(len(values), 'world')})"
        )
    else:
        text += "; agreed in no world"
    return text + "."
