"""What charts of several scenarios share: rows, heat maps, colours."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.ensemble.runner import Run
from sim.plots.comparison.common import palette
from sim.report.chart import DARK, figure, lines
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import label

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


def heat_width(runs: list[Run]) -> int:
    """Least width of a heat map of scenarios that can be read, in pixels; 0 for any."""
    return 140 + 30 * len(runs) if len(runs) > 6 else 0


def heat_map(traces: list[Any], runs: list[Run], rows: list[str]) -> go.Figure:
    """A heat map of scenarios (columns) by issues or reasons (rows)."""
    upright = len(runs) > 3
    width, most = (24, 1) if upright else (18, 2)
    names = [lines(label(r.scenario.name), width, most) for r in runs]
    longest = max(len(name) for name in names)
    top = 16 + 8 * longest if upright else 42
    return figure(
        traces,
        36 * len(rows) + top + 12,
        xaxis={
            "range": [-0.5, len(runs) - 0.5],
            "tickvals": list(range(len(runs))),
            "ticktext": names,
            "side": "top",
            "tickangle": -90 if upright else 0,
            **NAMES,
        },
        yaxis={
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": list(range(len(rows))),
            "ticktext": [lines(r, 15, most=3) for r in rows],
            **NAMES,
        },
        margin={"l": 126, "r": 10, "t": top, "b": 12},
        hoverdistance=10,
        # seen in the gaps between fields, and where a scenario has nothing
        plot_bgcolor="#d9dfe3",
    )
