"""How soon a deal is signed, a small panel for each scenario."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import Mark, Sheet, end_labels, even_columns, grid, mark, share_axis
from sim.plots.style import PALE, shortened, styled
from sim.views.colours import FIRST, SETTLED
from sim.views.compare.time import TimeView
from sim.views.layout import TOPS, nice_top

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
    across = even_columns(len(view.panels), COLUMNS)
    cell, places = grid(len(view.panels), across, GUTTER)
    pitch, width = HEAD + HEIGHT + AXIS, cell - LEFT - RIGHT
    sheet = Sheet(view, pitch * (places[-1][1] + 1 if places else 0), _key(view), [view.never])
    for panel, (left, row) in zip(view.panels, places, strict=True):
        name = shortened(panel.row.heading, cell, 9.5, True)
        sheet.heading(left, row * pitch, name, 9.5, gid="scenario")
        axes = sheet.axes(left + LEFT, row * pitch + HEAD, width, HEIGHT, gid=panel.row.name)
        _frame(axes, view, width)
        for other in view.curves:
            if other.name == "settlement":
                axes.step(other.days, other.share, where="post", color=PALE, linewidth=0.8)
        end = axes.get_xlim()[1]
        for one in panel.curves:
            if one.banded:
                axes.fill_between(one.days, one.low, one.high, step="post", color=one.color,
                                  alpha=0.16, linewidth=0)  # fmt: skip
            axes.step(one.days, one.share, where="post", color=one.color, linewidth=2.0,
                      clip_on=False, gid=one.name)  # fmt: skip
            axes.plot([one.days[-1], end], [one.end] * 2, color=one.color, linewidth=0.7,
                      linestyle=":")  # fmt: skip
        ends = [(one.end, one.short, one.color) for one in panel.curves]
        end_labels(axes, ends, HEIGHT, RIGHT, lines=1)
    return sheet.figure


def _key(view: TimeView) -> list[Mark]:
    names = {one.name for one in view.curves}
    known = (("settlement", "a settlement", SETTLED), ("first_stage", "a first stage", FIRST))
    return [mark(text, color=color, linewidth=2.4) for name, text, color in known if name in names]


def _frame(axes: Axes, view: TimeView, width: float) -> None:
    """The same axes in all panels."""
    end = max(float(one.days[-1]) for one in view.curves)
    top = nice_top(max(float(one.high.max()) if one.banded else one.end for one in view.curves))
    axes.set_ylim(0, top)
    share_axis(axes.yaxis, top, TOPS[top])
    axes.set_xlim(0, end)
    # as many days as fit, from the last one back
    shown = [end]
    for day in reversed(DAYS):
        if day <= shown[-1] - 0.4 / width * end:
            shown.append(day)
    axes.set_xticks(shown[::-1], [f"day {d:.0f}" if d == end else f"{d:.0f}" for d in shown[::-1]])
