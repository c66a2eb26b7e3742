"""What each signatory's position is worth to it, what it aims for, and what refusing is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import (
    Mark,
    Sheet,
    date_axis,
    dot,
    end_labels,
    even_columns,
    grid,
    mark,
    panel_names,
    signed_marks,
    stages,
)
from sim.plots.style import DARK, GREY, SMALL, styled
from sim.views.colours import ink
from sim.views.utility import UtilityPanel, UtilityView, band_of

GUTTER, HEAD, UNDER = 0.35, 0.38, 0.5
STYLES: dict[str, dict[str, Any]] = {
    "value": {"linewidth": 2.4},
    "target": {"linewidth": 1.4, "linestyle": (0, (4, 1.5))},
    "reservation": {"linewidth": 1.6, "linestyle": (0, (1, 1.2))},
}

LESS = "; a mediator's text may be accepted for less"
KEY = {
    "value": "own position: worth of its present offers on all issues",
    "target": "aims for: what it asks for in its own proposals",
    "reservation": "without a deal: reservation value",
}


@styled
def utility(view: UtilityView) -> Figure:
    """One panel per signatory: position, target and reservation value by date, in points.

    Returns
    -------
    Figure
        Panels in the view's order; lines carry the variable's name as their gid.
    """
    columns = even_columns(len(view.panels))
    cell, places = grid(len(view.panels), columns, GUTTER)
    rows = places[-1][1] + 1
    height = 3.3 if rows == 1 else 2.5
    names, second = panel_names([panel.name for panel in view.panels], cell)
    pitch = HEAD + second + height + UNDER
    sheet = Sheet(view, rows * pitch, _key(view), view.notes)
    for panel, name, (left, row) in zip(view.panels, names, places, strict=True):
        top = row * pitch
        sheet.heading(left, top + 0.06, name, 11, color=ink(panel.color))
        _panel(sheet, view, panel, (left, top + HEAD + second), cell, height)
    return sheet.figure


def _key(view: UtilityView) -> list[Mark]:
    shown = view.panels[0].lines
    key = KEY | {"target": KEY["target"] + LESS * view.mediated}
    marks = [mark(text, color=GREY, **STYLES[name]) for name, text in key.items() if name in shown]
    marks += signed_marks(view.signed)
    if view.settled is not None:
        what = "worth of what is decided" if view.calendar.in_rounds else "worth of the deal"
        marks.append(mark(what, marker="D", markersize=6, color=DARK))
    return marks


def _panel(
    sheet: Sheet, view: UtilityView, panel: UtilityPanel, place: tuple[float, float], cell: float,
    height: float,
) -> None:  # fmt: skip
    left, top = place
    right, ticks = 1.18, 0.5
    width = cell - ticks - right
    axes = sheet.axes(left + ticks, top, width, height, gid=panel.actor)
    least = min(0.0, *(float(np.nanmin(one.central)) for one in panel.lines.values()))
    axes.set_ylim(least - 3 * (least < 0), view.top + 3)
    axes.set_yticks(np.arange(20 * (least // 20), 101, 20))
    axes.grid(axis="y")
    axes.set_ylabel("points of utility", size=SMALL, labelpad=2)
    date_axis(axes, view.calendar, view.end, width, most=7)
    _draw(axes, view, panel)
    stop = int((view.days <= view.end).sum()) - 1
    last = {one.name: float(one.central[stop]) for one in panel.lines.values()}
    ends = [(at, name, panel.color) for name, at in last.items() if np.isfinite(at)]
    end_labels(axes, ends, height, right)


def _draw(axes: Axes, view: UtilityView, panel: UtilityPanel) -> None:
    x, color, lines = view.days, panel.color, panel.lines
    band = band_of(panel)
    axes.fill_between(x, band.low, band.high, color=GREY, alpha=0.22, linewidth=0, zorder=1,
                      gid="band")  # fmt: skip
    if "target" in lines:
        target, reservation = lines["target"].central, lines["reservation"].central
        axes.fill_between(x, reservation, target, where=target >= reservation, color=color,
                          alpha=0.13, zorder=1.5, gid="hope")  # fmt: skip
    for name, line in lines.items():
        axes.plot(x, line.central, color=color, zorder=3, gid=name, **STYLES[name])
    stages(axes, view.signed)
    if view.settled is not None and panel.worth is not None:
        dot(axes, view.settled, panel.worth, marker="D", markersize=7, color=DARK,
            markeredgecolor="white", markeredgewidth=1, gid="deal")  # fmt: skip
