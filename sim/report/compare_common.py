"""What charts of several scenarios share: rows, heat maps, colours."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.analysis.words import label
from sim.comparison import Comparison
from sim.plots.comparison.common import palette
from sim.report.chart import DARK, figure, lines
from sim.runner import Run

ROW = 40
"""Height of a scenario's row in pixels."""
NAMES = {"tickfont": {"size": 12, "color": DARK}, "ticklabelstandoff": 4, "showgrid": False}


def scenario_rows(runs: list[Run]) -> dict[str, Any]:
    """Axis with a scenario in each row, from the top."""
    return {
        "range": [len(runs) - 0.5, -0.5],
        "tickvals": list(range(len(runs))),
        "ticktext": [lines(label(r.scenario.name), 16, most=2) for r in runs],
        **NAMES,
    }


def scenario_key(comparison: Comparison, runs: list[Run]) -> list[tuple[str, str, str]]:
    """Colours of the scenarios."""
    colors = palette(comparison)
    return [("line", colors[r.scenario.name], label(r.scenario.name)) for r in runs]


def issue_title(runs: list[Run], issue: str) -> str:
    """An issue's title in the first scenario that has it."""
    return next((r.scenario.issues[issue].title for r in runs if issue in r.scenario.issues), issue)


def heat_map(traces: list[Any], runs: list[Run], rows: list[str]) -> go.Figure:
    """A heat map of scenarios (columns) by issues or reasons (rows)."""
    names = [lines(label(r.scenario.name), 18, most=2) for r in runs]
    tilted = len(runs) > 3
    return figure(
        traces,
        36 * len(rows) + (112 if tilted else 58),
        xaxis={
            "range": [-0.5, len(runs) - 0.5],
            "tickvals": list(range(len(runs))),
            "ticktext": names,
            "side": "top",
            "tickangle": -50 if tilted else 0,
            **NAMES,
        },
        yaxis={
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": list(range(len(rows))),
            "ticktext": [lines(r, 15, most=3) for r in rows],
            **NAMES,
        },
        margin={"l": 126, "r": 34 if tilted else 10, "t": 96 if tilted else 42, "b": 12},
        hoverdistance=10,
        # seen in the gaps between fields, and where a scenario has nothing
        plot_bgcolor="#d9dfe3",
    )
