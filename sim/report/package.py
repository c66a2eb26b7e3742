"""What is agreed, between whose wishes; and the plan as published."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from sim.plots.data import counted, listing, red_lines, short, signatories
from sim.plots.package import deals_on
from sim.plots.package import headline as package_headline
from sim.plots.sheet import spread
from sim.plots.style import actor_colors
from sim.report.chart import DARK, GREY, Chart, figure, hover, lines, numbers
from sim.report.tables import Cell, Table
from sim.runner import Run
from sim.story import percent, span_words
from sim.summary import nearest_text

ROW = 58
PLAN = "#7a3db8"
Entry = dict[str, Any]


def package_chart(run: Run) -> Chart:
    """One row per issue over its scale: ideals, red lines, no deal, the plan, what was agreed."""
    issues = list(run.scenario.issues)
    traces: list[Any] = []
    for row, issue in enumerate(issues):
        traces += _row(run, issue, row)
    traces += _plan_marks(run)
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
            "ticktext": [lines(run.scenario.issues[i].title, 15, most=3) for i in issues],
            "tickfont": {"size": 12, "color": DARK},
            "ticklabelstandoff": 4,
        },
        margin={"l": 108, "r": 14, "t": 10, "b": 36},
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
    if plan_points(run):
        marks.append(("square", PLAN, "the plan as published"))
    if any(len(deals_on(run, i)) for i in run.scenario.issues):
        marks.append(("diamond", DARK, "agreed (median), with 10–90 % of the worlds that agree"))
    return marks


def _row(run: Run, issue: str, row: int) -> list[Any]:
    spec, colors = run.scenario.issues[issue], actor_colors(run.scenario)
    points = list(spec.scale)
    traces: list[Any] = [
        go.Scatter(x=[0, 1], y=[row, row], mode="lines", hoverinfo="skip",
                   line={"color": "#d3d9dd", "width": 5}),
        go.Scatter(x=points, y=[row] * len(points), mode="markers", hoverinfo="text",
                   marker={"symbol": "line-ns", "size": 7, "line": {"color": GREY, "width": 1.2}},
                   hovertext=[hover(spec.title, f"{p:g}: {t}") for p, t in spec.scale.items()]),
    ]  # fmt: skip
    for actor in signatories(run):
        for line, above in red_lines(run, actor, issue):
            value = float(line[-1])
            says = hover(
                f"{short(run, actor)}’s red line: {spec.title}",
                f"signs nothing {'above' if above else 'below'} {value:.2f}",
                f"nearest text: “{nearest_text(spec, value)}”",
            )
            marker = {"symbol": "line-ns", "size": 13, "line": {"color": colors[actor], "width": 3}}
            traces.append(_mark(value, row, says, marker))
    holders = [a for a in signatories(run) if issue in run.scenario.actors[a].positions]
    ideals = [run.scenario.actors[a].positions[issue].ideal.median for a in holders]
    for actor, ideal, place in zip(holders, ideals, spread(ideals, 0.03, 0, 1), strict=True):
        says = hover(
            f"{short(run, actor)}’s ideal: {spec.title}",
            f"{ideal:.2f}, near “{nearest_text(spec, ideal)}”",
        )
        marker = {"symbol": "triangle-down", "size": 11, "color": colors[actor],
                  "line": {"color": "#fff", "width": 0.8}}  # fmt: skip
        traces.append(_mark(place, row - 0.27, says, marker))
    start = spec.no_deal.median
    says = hover(f"{spec.title} without a deal", f"{start:.2f}, near “{nearest_text(spec, start)}”")
    marker = {"symbol": "circle", "size": 10, "color": "#fff", "line": {"color": DARK, "width": 1.6}}
    traces.append(_mark(start, row, says, marker))
    return traces + _agreed(run, issue, row)


def _mark(x: float, y: float, says: str, marker: dict[str, Any]) -> Any:
    return go.Scatter(
        x=[round(x, 4)], y=[round(y, 4)], mode="markers", marker=marker, hovertext=[says],
        hoverinfo="text", cliponaxis=False,
    )  # fmt: skip


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
        go.Scatter(x=numbers([low, high]), y=[place, place], mode="lines", hoverinfo="skip",
                   line={"color": DARK, "width": 3}),
        _mark(median, place, says, marker),
    ]  # fmt: skip


def _plan_marks(run: Run) -> list[Any]:
    marker = {"symbol": "square", "size": 9, "color": PLAN, "line": {"color": "#fff", "width": 1}}
    traces = []
    for row, issue in enumerate(run.scenario.issues):
        if issue in plan_points(run):
            spec, point = run.scenario.issues[issue], plan_points(run)[issue]
            text = f"{point:.2f}, near “{nearest_text(spec, point)}”"
            traces.append(_mark(point, row, hover(f"The plan on {spec.title}", text), marker))
    return traces


def _words(run: Run, issue: str) -> str:
    spec = run.scenario.issues[issue]
    holders = [a for a in signatories(run) if issue in run.scenario.actors[a].positions]
    wants = [
        f"{short(run, a)} “{nearest_text(spec, run.scenario.actors[a].positions[issue].ideal.median)}”"
        for a in holders
    ]
    text = f"{spec.title}: nearest to their ideals, {listing(wants)}" if wants else spec.title
    values = deals_on(run, issue)
    if len(values):
        agreed = nearest_text(spec, float(np.median(values)))
        text += f"; agreed, where something is, “{agreed}” (median of {counted(len(values), 'world')})"
    else:
        text += "; agreed in no world"
    return text + "."


# --- the plan as published ------------------------------------------------------------------


def plan_points(run: Run) -> dict[str, float]:
    """The plan as published, issue → point at the median: the scenario's, or the envoy's text."""
    plan = run.scenario.plan
    if not plan:
        envoys = [a for a in run.scenario.actors.values() if a.role == "formulator"]
        plan = envoys[0].mediation.text if envoys else {}
    return {i: plan[i].median for i in run.scenario.issues if i in plan}


def plan_table(run: Run, plan: Entry | None) -> Table:
    """The plan's words, and whose red lines it crosses how often."""
    points = plan_points(run)
    crosses = plan["crosses"] if plan else {}
    rows: list[list[str | Cell]] = []
    for issue, point in points.items():
        spec = run.scenario.issues[issue]
        row: list[str | Cell] = [
            spec.title, Cell(nearest_text(spec, point), (f"{point:.2f} on the scale",)),
        ]  # fmt: skip
        if plan:
            found = sorted(
                ((by[issue], a) for a, by in crosses.items() if by.get(issue)), reverse=True
            )
            row.append(
                listing([f"{short(run, a)} in {percent(s)} of worlds" for s, a in found])
                or "nobody’s"
            )
        rows.append(row)
    head = ["Issue", "The plan says", *(["Red lines crossed"] if plan else [])]
    return Table("The plan as published", head, rows)


def plan_words(run: Run, plan: Entry) -> list[str]:
    """What the plan as published would do, in sentences."""
    words = [
        f"As it stands it crosses nobody’s red line and beats no deal for all who must sign in "
        f"{percent(plan['acceptable'])} of the worlds ({span_words(plan.get('interval'))})."
    ]
    crossed = sorted(((s, a) for a, s in plan["crosses_any"].items() if s > 0), reverse=True)
    if crossed:
        found = [f"{short(run, a)} ({percent(s)} of worlds)" for s, a in crossed]
        words.append(f"It lies beyond a red line of {listing(found)}.")
    if run.scenario.ratification and plan.get("passed") is not None:
        words.append(f"It would pass every gate concerned in {percent(plan['passed'])} of the worlds.")
    held = plan.get("held") or {}
    if held:
        first, last = list(held)[0], list(held)[-1]
        years = "year" if last == "1" else "years"
        words.append(
            f"Signed as it is, it would hold {counted(int(first), 'year')} in {percent(held[first])} "
            f"and {last} {years} in {percent(held[last])} of the worlds."
        )
    return words


def gain_chart(
    run: Run, gains: dict[str, Entry], key: str, title: str, what: str, beats: str = ""
) -> Chart:
    """Gain over no deal by party: median and 10–90 %.

    Parameters
    ----------
    gains : dict
        Actor → ``median``, ``p10``, ``p90`` and, where known, ``better``: share of worlds above 0.
    what : str
        What is gained from, in the hover labels.
    beats : str
        What ``better`` counts.
    """
    colors = actor_colors(run.scenario)
    shown = [a for a, g in gains.items() if g.get("median") is not None]
    traces: list[Any] = []
    words = []
    for row, actor in enumerate(shown):
        entry = gains[actor]
        low, middle, high = (100 * float(entry[k]) for k in ("p10", "median", "p90"))
        text = f"{middle:+.0f} points ({low:+.0f} to {high:+.0f})".replace("-", "−")
        more = f"{beats} in {percent(entry['better'])} of worlds" if "better" in entry else ""
        traces.append(
            go.Scatter(x=numbers([low, high]), y=[row, row], mode="lines", hoverinfo="skip",
                       line={"color": colors[actor], "width": 4})
        )  # fmt: skip
        marker = {"symbol": "circle", "size": 13, "color": colors[actor],
                  "line": {"color": "#fff", "width": 1.5}}  # fmt: skip
        traces.append(
            _mark(middle, row, hover(f"{short(run, actor)}: {what}", text, more), marker)
        )
        words.append(f"{short(run, actor)}: {text}{'; ' + more if more else ''}.")
    drawn = figure(
        traces,
        44 * len(shown) + 66,
        xaxis={
            "zeroline": True, "zerolinecolor": DARK, "zerolinewidth": 1.2, "nticks": 6,
            "title": {"text": "points of utility (0–100) against no deal", "font": {"size": 12}},
        },
        yaxis={
            "range": [len(shown) - 0.5, -0.5], "tickvals": list(range(len(shown))),
            "ticktext": [lines(short(run, a), 12, most=2) for a in shown],
            "tickfont": {"size": 12, "color": DARK}, "ticklabelstandoff": 4,
        },
        margin={"l": 92, "r": 18, "b": 46},
    )  # fmt: skip
    return Chart(key, title, " ".join(words), drawn, details=words)


def settled_gains(run: Run) -> dict[str, Entry]:
    """Gain from settling over what refusing was worth, over the worlds with a settlement."""
    data = run.ensemble
    settled = data.outcome.values == 0
    if not settled.any():
        return {}
    gain = data.gain.values if "gain" in data else (data.utility - data.reservation_end).values
    found = {}
    for n, actor in enumerate(signatories(run)):
        values = gain[settled, n]
        values = values[~np.isnan(values)]
        if len(values):
            low, middle, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
            found[actor] = {"p10": low, "median": middle, "p90": high,
                            "better": float((values > 0).mean())}  # fmt: skip
    return found
