"""What all charts of a report share: the chart with its text equivalent, layout, safe text."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from sim.ensemble.runner import Run
from sim.results.dataset import date_of
from sim.scenario.schema import Issue
from sim.views.layout import labelled_points
from sim.views.run_data import signed_days

DARK, GREY, RULE = "#1d252c", "#5b6670", "#e3e7ea"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SMALL = 11.5
"""Size of tick and direct labels in pixels."""
QUARTERS = {
    "tickvals": [0, 0.25, 0.5, 0.75, 1],
    "ticktext": ["0", "25 %", "50 %", "75 %", "100 %"],
}
"""Ticks of an axis of shares."""
HOVER_WIDTH = 38
"""Characters in a line of a hover label, so that it fits on a phone."""


@dataclass(frozen=True)
class Chart:
    """A Plotly figure and what it says in words.

    Attributes
    ----------
    key : str
        Identifies it on the page; letters, digits, ``-`` and ``_``.
    title, status : str
        Heading, and the finding in one line.
    summary : str
        The chart in words, for those who cannot see it.
    details : list of str
        More words, folded away under the chart.
    least_width : int
        On a narrower screen the chart scrolls in a box of its own; in pixels, 0 for never.
    """

    key: str
    title: str
    summary: str
    figure: go.Figure
    status: str = ""
    details: list[str] = field(default_factory=list)
    least_width: int = 0

    @property
    def height(self) -> int:
        """Height in pixels, kept free before the chart is drawn."""
        return int(self.figure.layout.height)

    @property
    def data(self) -> str:
        """Traces and layout as JSON that can stand in a ``<script>`` element."""
        spec = self.figure.to_plotly_json()
        # the default theme is 5 KB a chart and hidden by the settings below anyway
        spec["layout"].pop("template", None)
        return script_json({"data": spec["data"], "layout": spec["layout"]})


def script_json(value: Any) -> str:
    """JSON without a character that could end a script element or begin another."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def plain(text: str) -> str:
    """Text for a chart, where Plotly would otherwise read some HTML tags and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=8192)
def lines(text: str, width: int, most: int = 9) -> str:
    """Text for a chart, broken into lines of so many characters."""
    rows = textwrap.wrap(" ".join(text.split()), width) or [""]
    if len(rows) > most:
        rows = [*rows[: most - 1], rows[most - 1].rstrip(" ,;:–-(") + "…"]
    return "<br>".join(plain(row) for row in rows)


def hover(*parts: str) -> str:
    """A hover label: the first part in bold, each part on lines of its own."""
    head, *rest = (lines(part, HOVER_WIDTH) for part in parts if part)
    return "<br>".join([f"<b>{head}</b>", *rest])


def numbers(values: ArrayLike, digits: int = 4) -> list[float | None]:
    """Rounded numbers for JSON; NaN as null."""
    array = np.asarray(values, dtype=float).ravel()
    return [None if math.isnan(v) else round(float(v), digits) + 0.0 for v in array]


def faded(color: str, alpha: float) -> str:
    """``#rrggbb`` with an opacity, as Plotly writes it."""
    red, green, blue = (int(color[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def dates(run: Run, days: Iterable[float]) -> list[str]:
    """Calendar dates of days of the run, as a date axis wants them."""
    return [date_of(run.scenario, float(day)).isoformat() for day in days]


def figure(traces: Sequence[Any], height: int, **layout: Any) -> go.Figure:
    """A figure in the report's style: no zoom, no legend, quiet axes."""
    x = axis(**layout.pop("xaxis", {}))
    y = axis(**layout.pop("yaxis", {}))
    margin = {"l": 44, "r": 16, "t": 8, "b": 36} | layout.pop("margin", {})
    base: dict[str, Any] = {
        "height": height,
        "autosize": True,
        "margin": margin,
        "font": {"family": FONT, "size": SMALL, "color": GREY},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 40,
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": "#ffffff",
            "bordercolor": GREY,
            "font": {"family": FONT, "size": 12.5, "color": DARK},
            "align": "left",
        },
    }
    return go.Figure(data=list(traces), layout={**base, "xaxis": x, "yaxis": y, **layout})


def scatter(**trace: Any) -> dict[str, Any]:
    """A trace of lines or markers; the figure checks it, once."""
    return {"type": "scatter", **trace}


def axis(**more: Any) -> dict[str, Any]:
    """An axis that cannot be zoomed, with hairlines."""
    return {
        "fixedrange": True,
        "showgrid": True,
        "gridcolor": RULE,
        "zeroline": False,
        "automargin": False,
        "tickfont": {"size": SMALL, "color": GREY},
        **more,
    }


def date_axis(run: Run, end: float, **more: Any) -> dict[str, Any]:
    """Axis of calendar dates from the start to a day of the run."""
    first, last = dates(run, (0, max(end, 1)))
    short = end < 150
    return {
        "type": "date",
        "range": [first, last],
        "showgrid": False,
        "tickformat": "%-d %b\n%Y" if short else "%b\n%Y",
        "nticks": 6,
        "showline": True,
        "linecolor": "#b8c0c6",
        "ticks": "outside",
        "tickcolor": "#b8c0c6",
        "ticklen": 4,
        **more,
    }


def scale_axis(
    issue: Issue, height: float, low: float = -0.04, high: float = 1.04, width: int = 20
) -> dict[str, Any]:
    """Axis on an issue's scale, with the texts of as many points as have room.

    Parameters
    ----------
    height : float
        Of the panel inside its margins, in pixels.
    width : int
        Characters in a line of the texts.
    """
    points = [p for p in issue.scale if low <= p <= high] or list(issue.scale)
    texts = {p: lines(issue.scale[p], width, most=4) for p in points}
    half = {
        p: (0.5 * 14 * (1 + texts[p].count("<br>")) + 2) * (high - low) / height for p in points
    }
    kept = labelled_points(points, half)
    return {
        "range": [low, high],
        "tickvals": points,
        "ticktext": [texts[p] if p in kept else "" for p in points],
        "ticklabelstandoff": 4,
    }


def stage_lines(run: Run) -> list[dict[str, Any]]:
    """Dotted vertical lines on the days on which the central world signed a stage."""
    return [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": day,
            "x1": day,
            "y0": 0,
            "y1": 1,
            "line": {"color": DARK, "width": 1, "dash": "dot"},
        }
        for day in dates(run, sorted(set(signed_days(run).values())))
    ]


def shaded(x: list[Any], low: ArrayLike, high: ArrayLike, color: str, **more: Any) -> list[Any]:
    """A band as two lines of which the second fills down to the first; no hover."""
    line = {"width": 0, "color": color, "shape": more.pop("shape", "linear")}
    edge = {"mode": "lines", "line": line, "hoverinfo": "skip", "x": x}
    return [
        scatter(y=numbers(low), **edge),
        scatter(y=numbers(high), fill="tonexty", fillcolor=color, **edge, **more),
    ]
