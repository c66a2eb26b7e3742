"""What charts of several scenarios share: rows, heat maps, colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sim.report.chart import DARK, figure, lines
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import label
from sim.views.colours import shade
from sim.views.compare import palette
from sim.views.compare.common import Row

ROW = 40
"""Height of a scenario's row in pixels."""
NAMES = {"tickfont": {"size": 12, "color": DARK}, "ticklabelstandoff": 4, "showgrid": False}


def scenario_rows(rows: list[Row]) -> dict[str, Any]:
    """Axis with a scenario in each row, from the top."""
    return {
        "range": [len(rows) - 0.5, -0.5],
        "tickvals": list(range(len(rows))),
        "ticktext": [lines(r.label, 16, most=2) for r in rows],
        **NAMES,
    }


def scenario_key(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Colours of the scenarios."""
    colors = palette(comparison)
    return [("line", colors[r.scenario.name], label(r.scenario.name)) for r in comparison.ranked]


def heat_width(columns: list[Row]) -> int:
    """Least width of a heat map of scenarios that can be read, in pixels; 0 for any."""
    return 140 + 30 * len(columns) if len(columns) > 6 else 0


def heat(z: list[list[float | None]], says: list[list[str]], colors: Sequence[str]) -> go.Heatmap:
    """Fields coloured from 0 to 1 through these colours."""
    return go.Heatmap(
        x=list(range(len(z[0]))), y=list(range(len(z))), z=z, zmin=0, zmax=1, hovertext=says,
        hoverinfo="text", colorscale=[[n / 4, shade(colors, n / 4)] for n in range(5)],
        showscale=False, xgap=1, ygap=1,
    )  # fmt: skip


def heat_map(traces: list[Any], columns: list[Row], rows: list[str]) -> go.Figure:
    """A heat map of scenarios (columns) by issues or reasons (rows)."""
    upright = len(columns) > 3
    width, most = (24, 1) if upright else (18, 2)
    names = [lines(c.label, width, most) for c in columns]
    longest = max(len(name) for name in names)
    top = 16 + 8 * longest if upright else 42
    return figure(
        traces,
        36 * len(rows) + top + 12,
        xaxis={
            "range": [-0.5, len(columns) - 0.5],
            "tickvals": list(range(len(columns))),
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
