"""A session of stacked alternating offers: who offers whom how much, round by round."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import Sheet, dot, end_labels, even_columns, grid, mark, panel_names
from sim.plots.style import DARK, GREY, styled
from sim.views.colours import ink
from sim.views.offers import OffersView, SidePanel

GUTTER, HEAD, UNDER, TICKS, RIGHT = 0.35, 0.38, 0.62, 0.42, 1.2
OWN: dict[str, Any] = {"linewidth": 2.2, "drawstyle": "steps-post"}
NONE: dict[str, Any] = {"color": GREY, "linewidth": 1.4, "linestyle": ":"}


@styled
def offers(view: OffersView) -> Figure:
    """One panel per actor: what every offer is worth to it, by round."""
    cell, places = grid(len(view.panels), even_columns(len(view.panels)), GUTTER)
    rows = places[-1][1] + 1
    height = 3.4 if rows == 1 else 2.5
    marks = [
        mark("own offers", color=GREY, **OWN),
        mark("others' offers", color=GREY, marker=".", markersize=6),
        mark("no agreement", **NONE),
    ]
    if any(panel.agreed is not None for panel in view.panels):
        marks.append(mark("agreement", marker="D", markersize=6, color=DARK))
    names, second = panel_names([panel.label for panel in view.panels], cell)
    pitch = HEAD + second + height + UNDER
    sheet = Sheet(view, rows * pitch, marks)
    lows, highs = zip(*(panel.reach for panel in view.panels), strict=True)
    every = (min(lows), max(highs))
    for panel, name, (left, row) in zip(view.panels, names, places, strict=True):
        sheet.heading(left, row * pitch + 0.06, name, 11, color=ink(panel.color))
        axes = sheet.axes(left + TICKS, row * pitch + HEAD + second, cell - TICKS - RIGHT, height,
                          gid=panel.key)  # fmt: skip
        _panel(axes, panel, view.rounds, height, every if view.common else panel.reach)
    return sheet.figure


def _panel(
    axes: Axes, panel: SidePanel, rounds: int, height: float, reach: tuple[float, float]
) -> None:
    for one in panel.courses:
        style: dict[str, Any] = {"linestyle": "", "marker": ".", "markersize": 4, "alpha": 0.75}
        if one.own:
            style = {**OWN, "zorder": 3}
        axes.plot(one.rounds, one.worth, color=one.color, gid=one.key, **style)
    axes.axhline(panel.reserve, zorder=1, gid="reservation", **NONE)
    if panel.agreed is not None:
        dot(axes, rounds, panel.agreed, marker="D", markersize=7, color=DARK,
            markeredgecolor="white", zorder=5, gid="agreement")  # fmt: skip
    low, high = reach
    pad = 0.05 * max(high - low, 1.0)
    axes.set_ylim(low - pad, high + pad)
    axes.set_xlim(0.7, max(rounds, 2))  # the first offer is shown whole
    axes.grid(axis="y")
    axes.set_xlabel("round")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ends = [(float(one.worth[-1]), one.label, one.color) for one in panel.courses]
    end_labels(axes, ends, height, RIGHT)
