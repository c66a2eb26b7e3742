"""A session of stacked alternating offers: who offers whom how much, round by round."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, end_labels, panel_names
from sim.plots.style import DARK, GREY, styled
from sim.views.colours import ink
from sim.views.offers import OffersView, SidePanel

GUTTER, HEAD, UNDER, TICKS, RIGHT = 0.35, 0.38, 0.62, 0.42, 1.2
OWN: dict[str, Any] = {"linewidth": 2.2, "drawstyle": "steps-post"}
NONE: dict[str, Any] = {"color": GREY, "linewidth": 1.4, "linestyle": ":"}


@styled
def offers(view: OffersView) -> Figure:
    """One panel per actor: what every offer is worth to it, by round."""
    columns = 1 if len(view.panels) == 1 else 2 if len(view.panels) in (2, 4) else 3
    rows = math.ceil(len(view.panels) / columns)
    height = 3.4 if rows == 1 else 2.5
    marks = [
        Mark("own offers", "line", {"color": GREY, **OWN}),
        Mark("others' offers", "point", {"color": GREY, "marker": ".", "markersize": 6}),
        Mark("no agreement", "line", NONE),
    ]
    if any(panel.agreed is not None for panel in view.panels):
        marks.append(Mark("agreement", "point", {"marker": "D", "markersize": 6, "color": DARK}))
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    names, second = panel_names([panel.label for panel in view.panels], cell)
    pitch = HEAD + second + height + UNDER
    sheet = Sheet(view.foot, view.headline, view.subtitle, rows * pitch, marks)
    for k, (panel, name) in enumerate(zip(view.panels, names, strict=True)):
        row, column = divmod(k, columns)
        left, top = MARGIN + column * (cell + GUTTER), row * pitch
        sheet.text(left, top + 0.06, name, size=11, weight="bold", color=ink(panel.color))
        axes = sheet.axes(left + TICKS, top + HEAD + second, cell - TICKS - RIGHT, height,
                          gid=panel.key)  # fmt: skip
        _panel(axes, panel, view.rounds, height)
    return sheet.figure


def _panel(axes: Axes, panel: SidePanel, rounds: int, height: float) -> None:
    for one in panel.courses:
        style: dict[str, Any] = {"linestyle": "", "marker": ".", "markersize": 4, "alpha": 0.75}
        if one.own:
            style = {**OWN, "zorder": 3}
        axes.plot(one.rounds, one.worth, color=one.color, gid=one.key, **style)
    axes.axhline(panel.reserve, zorder=1, gid="reservation", **NONE)
    if panel.agreed is not None:
        axes.plot([rounds], [panel.agreed], linestyle="", marker="D", markersize=7, color=DARK,
                  markeredgecolor="white", zorder=5, clip_on=False, gid="agreement")  # fmt: skip
    values = [panel.reserve, *(float(v) for one in panel.courses for v in one.worth)]
    low, high = min(values), max(values)
    pad = 0.05 * max(high - low, 1.0)
    axes.set_ylim(low - pad, high + pad)
    axes.set_xlim(1, max(rounds, 2))
    axes.grid(axis="y")
    axes.set_xlabel("round")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ends = [(float(one.worth[-1]), one.label, one.color) for one in panel.courses]
    end_labels(axes, ends, height, RIGHT)
