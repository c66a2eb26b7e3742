"""How soon a deal is signed, a small panel for each scenario."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import sheet_of
from sim.plots.sheet import MARGIN, WIDTH, Mark, end_labels
from sim.plots.style import GREY, PALE, line_height, shortened, styled, wrapped
from sim.views.colours import FIRST, SETTLED
from sim.views.compare.time import TimeView
from sim.views.layout import TOPS, nice_top, share_tick

COLUMNS, HEIGHT, HEAD, AXIS, LEFT, RIGHT, GUTTER = 4, 1.35, 0.24, 0.42, 0.45, 0.78, 0.15
"""Panels side by side; heights of a panel, its title and axis; room beside it; all in inches."""
DAYS = (0, 30, 100, 180, 365, 730, 1095, 1825, 3650)


@styled
def time(view: TimeView) -> Figure:
    """Share of worlds with a settlement and with a first stage by day.

    Returns
    -------
    Figure
        Panels have the scenario's name as gid, curves ``settlement`` and ``first_stage``.
    """
    never = wrapped(view.never, WIDTH - 2 * MARGIN, lines=4) if view.never else []
    pitch = HEAD + HEIGHT + AXIS
    rows = -(-len(view.panels) // COLUMNS)
    body = pitch * rows + len(never) * line_height()
    sheet = sheet_of(view, body, _key(view))
    cell = (WIDTH - 2 * MARGIN - GUTTER * (COLUMNS - 1)) / COLUMNS
    for n, panel in enumerate(view.panels):
        left = MARGIN + (n % COLUMNS) * (cell + GUTTER)
        top = (n // COLUMNS) * pitch
        sheet.text(left, top, shortened(panel.row.heading, cell, 9.5, True), size=9.5,
                   weight="bold", gid="scenario")  # fmt: skip
        width = cell - LEFT - RIGHT
        axes = sheet.axes(left + LEFT, top + HEAD, width, HEIGHT, gid=panel.row.name)
        _frame(axes, view)
        for other in view.curves:
            if other.name == "settlement":
                axes.step(other.days, other.share, where="post", color=PALE, linewidth=0.8)
        for one in panel.curves:
            if one.banded:
                axes.fill_between(one.days, one.low, one.high, step="post", color=one.color,
                                  alpha=0.16, linewidth=0)  # fmt: skip
            axes.step(one.days, one.share, where="post", color=one.color, linewidth=2.0,
                      clip_on=False, gid=one.name)  # fmt: skip
        ends = [(one.end, one.short, one.color) for one in panel.curves]
        end_labels(axes, ends, HEIGHT, RIGHT, lines=1)
    if never:
        sheet.text(MARGIN, body - len(never) * line_height(), "\n".join(never), color=GREY,
                   gid="never")  # fmt: skip
    return sheet.figure


def _key(view: TimeView) -> list[Mark]:
    names = {one.name for one in view.curves}
    known = (("settlement", "a settlement", SETTLED), ("first_stage", "a first stage", FIRST))
    return [
        Mark(text, "line", {"color": color, "linewidth": 2.4})
        for name, text, color in known
        if name in names
    ]


def _frame(axes: Axes, view: TimeView) -> None:
    """The same axes in all panels."""
    end = max(float(one.days[-1]) for one in view.curves)
    top = nice_top(max(float(one.high.max()) if one.banded else one.end for one in view.curves))
    axes.set_ylim(0, top)
    ticks = np.linspace(0, top, TOPS[top] + 1)
    axes.set_yticks(ticks, [share_tick(t) for t in ticks])
    axes.set_xlim(0, end)
    # as many days as fit, from the last one back
    shown = [end]
    for day in reversed(DAYS):
        if day <= shown[-1] - 0.28 * end:
            shown.append(day)
    axes.set_xticks(shown[::-1], [f"day {d:.0f}" if d == end else f"{d:.0f}" for d in shown[::-1]])
    axes.grid(axis="y")
