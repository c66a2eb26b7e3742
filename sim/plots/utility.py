"""What each signatory's position is worth to it, what it aims for, and what refusing is worth."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import (
    MARGIN,
    WIDTH,
    Mark,
    Sheet,
    date_axis,
    end_labels,
    panel_names,
    signed_marks,
)
from sim.plots.style import DARK, GREY, SMALL, line_height, styled, wrapped
from sim.views.colours import ink
from sim.views.utility import UtilityPanel, UtilityView

GUTTER, HEAD, UNDER = 0.35, 0.38, 0.5
STYLES: dict[str, dict[str, Any]] = {
    "value": {"linewidth": 2.4},
    "target": {"linewidth": 1.4, "linestyle": (0, (4, 1.5))},
    "reservation": {"linewidth": 1.6, "linestyle": (0, (1, 1.2))},
}


@styled
def utility(view: UtilityView) -> Figure:
    """One panel per signatory: position, target and reservation value by date, in points.

    Returns
    -------
    Figure
        Panels in the view's order; lines carry the variable's name as their gid.
    """
    columns = 2 if len(view.panels) in (2, 4) else min(3, len(view.panels))
    rows = math.ceil(len(view.panels) / columns)
    height = 3.3 if rows == 1 else 2.5
    notes = wrapped(" ".join(view.notes), WIDTH - 2 * MARGIN, lines=4) if view.notes else []
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    names, second = panel_names([panel.name for panel in view.panels], cell)
    pitch = HEAD + second + height + UNDER
    body = rows * pitch + len(notes) * line_height()
    sheet = Sheet(view.foot, view.headline, view.subtitle, body, _key(view))
    for number, (panel, name) in enumerate(zip(view.panels, names, strict=True)):
        row, column = divmod(number, columns)
        left, top = MARGIN + column * (cell + GUTTER), row * pitch
        sheet.text(left, top + 0.06, name, size=11, weight="bold", color=ink(panel.color))
        _panel(sheet, view, panel, (left, top + HEAD + second), cell, height)
    if notes:
        sheet.text(MARGIN, rows * pitch, "\n".join(notes), color="#444444", gid="notes")
    return sheet.figure


def _key(view: UtilityView) -> list[Mark]:
    marks = [
        Mark("own position: worth of its present offers on all issues", "line",
             {"color": GREY, **STYLES["value"]}),
        Mark("aims for: least that it asks of a whole settlement", "line",
             {"color": GREY, **STYLES["target"]}),
        Mark("without a deal: reservation value", "line", {"color": GREY, **STYLES["reservation"]}),
        *signed_marks(list(view.signed.values())),
    ]  # fmt: skip
    if view.settled is not None:
        marks.append(Mark("worth of the deal", "point", {"marker": "D", "markersize": 6,
                                                         "color": DARK}))  # fmt: skip
    return marks


def _panel(
    sheet: Sheet, view: UtilityView, panel: UtilityPanel, place: tuple[float, float], cell: float,
    height: float,
) -> None:  # fmt: skip
    left, top = place
    right, ticks = 1.18, 0.5
    width = cell - ticks - right
    axes = sheet.axes(left + ticks, top, width, height, gid=panel.actor)
    axes.set_ylim(0, view.top + 3)
    axes.set_yticks([0, 20, 40, 60, 80, 100])
    axes.grid(axis="y")
    axes.set_ylabel("points of utility", size=SMALL, labelpad=2)
    date_axis(axes, view.start, view.end, width, most=7)
    _draw(axes, view, panel)
    stop = int((view.days <= view.end).sum()) - 1
    ends = [(float(one.values[stop]), one.label, panel.color) for one in panel.lines.values()]
    end_labels(axes, ends, height, right)


def _draw(axes: Axes, view: UtilityView, panel: UtilityPanel) -> None:
    x, color = view.days, panel.color
    for line in panel.lines.values():
        axes.fill_between(x, line.low, line.high, color=GREY, alpha=0.13, zorder=1)
    target, reservation = panel.lines["target"].values, panel.lines["reservation"].values
    axes.fill_between(x, reservation, target, where=target >= reservation, color=color, alpha=0.13,
                      zorder=1.5, gid="hope")  # fmt: skip
    for name, line in panel.lines.items():
        axes.plot(x, line.values, color=color, zorder=3, gid=name, **STYLES[name])
    for day in view.signed:
        axes.axvline(day, color=DARK, linewidth=1, linestyle=":", zorder=2, gid="stage")
    if view.settled is not None and panel.worth is not None:
        axes.plot([view.settled], [panel.worth], linestyle="", marker="D", markersize=7,
                  color=DARK, markeredgecolor="white", markeredgewidth=1, zorder=4, clip_on=False,
                  gid="deal")  # fmt: skip
