"""The plan as published in words, and what it or a settlement is worth to each side."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ensemble.runner import Run
from sim.prose import listing, percent
from sim.report.chart import DARK, Chart, figure, hover, lines, numbers, scatter
from sim.report.tables import Cell, Table
from sim.results.aftermath import Plan, PlanGain
from sim.views.colours import actor_colors
from sim.views.run_data import short, signatories


def plan_says(run: Run) -> list[str]:
    """Issues on which the plan as published says something; others stay as without a deal."""
    return run.scenario.plan_issues


def plan_table(run: Run, plan: Plan) -> Table:
    """The plan's words, and whose red lines it crosses how often."""
    rows: list[list[str | Cell]] = []
    for issue, spec in run.scenario.issues.items():
        entry = plan.points.get(issue)
        if entry is None:
            cell = Cell("nothing: as it stands without a deal", ())
        else:
            cell = Cell(entry.text, (f"{entry.point:.2f} on the scale",))
        found = sorted(((by[issue], a) for a, by in plan.crosses.items() if by.get(issue)),
                       reverse=True)  # fmt: skip
        crossed = [f"{short(run, a)} in {percent(s)} of worlds" for s, a in found]
        rows.append(
            [
                spec.title,
                cell,
                listing(crossed) or "nobody’s",
            ]
        )
    return Table(
        "The plan as published, and red lines that it crosses on day 0",
        ["Issue", "The plan says (nearest text of the scale)", "Red lines crossed"],
        rows,
    )


def gain_chart(
    run: Run, gains: dict[str, PlanGain], key: str, title: str, what: str, beats: str
) -> Chart:
    """Gain over no deal by party: median and 10–90 %.

    Parameters
    ----------
    gains : dict
        Actor → gain.
    what : str
        What is gained from, in the hover labels.
    beats : str
        What ``better`` counts.
    """
    colors = actor_colors(run.scenario)
    shown = list(gains)
    traces: list[Any] = []
    words = []
    for row, actor in enumerate(shown):
        entry = gains[actor]
        low, middle, high = (100 * v for v in (entry.p10, entry.median, entry.p90))
        text = f"{middle:+.0f} points ({low:+.0f} to {high:+.0f})".replace("-", "−")
        more = f"{beats} in {percent(entry.better)} of worlds"
        traces.append(
            scatter(x=numbers([low, high]), y=[row, row], mode="lines", hoverinfo="skip",
                       line={"color": colors[actor], "width": 4})
        )  # fmt: skip
        marker = {"symbol": "circle", "size": 13, "color": colors[actor],
                  "line": {"color": "#fff", "width": 1.5}}  # fmt: skip
        says = hover(f"{short(run, actor)}: {what}", text, more)
        traces.append(
            scatter(x=numbers([middle], 2), y=[row], mode="markers", marker=marker,
                    hovertext=[says], hoverinfo="text")
        )  # fmt: skip
        words.append(f"{short(run, actor)}: {text}{'; ' + more if more else ''}.")
    drawn = figure(
        traces,
        44 * len(shown) + 66,
        xaxis={
            "range": _around_zero([v for g in gains.values() for v in (g.p10, g.p90)]),
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


def _around_zero(values: list[float]) -> list[float]:
    """A range in points with 0 and all values in it, and a little room."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.06 * max(high - low, 0.01)
    return [100 * (low - room), 100 * (high + room)]


def settled_gains(run: Run) -> dict[str, PlanGain]:
    """Gain from settling over what refusing was worth, over the worlds with a settlement."""
    data = run.ensemble
    settled = data.outcome.values == 0
    if not settled.any():
        return {}
    gain = data.gain.values
    found: dict[str, PlanGain] = {}
    for n, actor in enumerate(signatories(run)):
        values = gain[settled, n]
        values = values[~np.isnan(values)]
        if len(values):
            low, middle, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
            found[actor] = PlanGain(middle, low, high, float((values > 0).mean()))
    return found
