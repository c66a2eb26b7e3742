"""The utility space of a solved scenario: frontier, named points, simulated deals."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import Mark, Sheet, grid, mark
from sim.plots.style import DARK, GREY, PALE, SMALL, shortened, styled
from sim.views.colours import SETTLED, ink
from sim.views.solution import PairPanel, SolutionView

MARKERS: dict[str, tuple[str, float]] = {
    "nash": ("D", 8),
    "kalai_smorodinsky": ("s", 10.5),
    "kalai_smorodinsky_least_spread": ("v", 13),
    "egalitarian": ("^", 12),
    "utilitarian": ("o", 13),
    "relative_welfare": ("h", 17),
    "least_bad": ("*", 15),
}
"""Open marks of different forms and sizes, so that points that coincide can all be seen; without
colours, which are the sides'."""
FREE: dict[str, Any] = {"color": GREY, "linewidth": 1.2, "linestyle": (0, (3, 2))}
GUTTER, TICKS, HEAD, UNDER = 0.3, 0.62, 0.12, 0.62


@styled
def solution(view: SolutionView) -> Figure:
    """The utility space, one panel per pair of parties.

    Returns
    -------
    Figure
        Panels have the pair's key as gid; lines ``packages``, ``frontier``, ``free``, ``deals``,
        ``no deal`` and the keys of the named points.
    """
    cell, places = grid(len(view.panels), min(len(view.panels), 3), GUTTER)
    height = 5.0 if len(view.panels) == 1 else 2.9
    pitch = HEAD + height + UNDER
    sheet = Sheet(view, (places[-1][1] + 1) * pitch, _key(view))
    width = cell - TICKS - 0.08
    for panel, (left, row) in zip(view.panels, places, strict=True):
        axes = sheet.axes(left + TICKS, row * pitch + HEAD, width, height, gid=panel.key)
        _panel(axes, view, panel)
        for axis, label, color, room in zip(
            (axes.xaxis, axes.yaxis), panel.labels, panel.colors, (width, height), strict=True
        ):
            axis.set_label_text(shortened(label, room, SMALL + 1, True), size=SMALL + 1,
                                weight="bold", color=ink(color))  # fmt: skip
    return sheet.figure


def _key(view: SolutionView) -> list[Mark]:
    marks = [
        mark(title, **_open(name) | {"markersize": min(MARKERS[name][1], 11)})
        for name, title in view.titles.items()
    ]
    marks.append(mark("Pareto frontier", color=DARK, linewidth=1.8))
    if any(panel.free is not None for panel in view.panels):
        marks.append(mark("red lines set aside", **FREE))
    if any(len(panel.cloud) for panel in view.panels):
        marks.append(mark("packages", marker=".", markersize=6, color=PALE))
    marks.append(mark("no deal", marker="+", markersize=10, color=DARK))
    if any(len(panel.deals) for panel in view.panels):
        what = "simulated deal" if view.is_scale else "agreement of the session"
        marks.append(mark(what, marker="o", markersize=5, color=SETTLED))
    return marks


def _open(name: str) -> dict[str, Any]:
    marker, size = MARKERS[name]
    filled = name in ("nash", "least_bad")
    return {
        "marker": marker,
        "markersize": size,
        "markerfacecolor": DARK if filled else "none",
        "markeredgecolor": "white" if filled else DARK,
        "markeredgewidth": 0.8 if filled else 1.5,
    }


def _panel(axes: Axes, view: SolutionView, panel: PairPanel) -> None:
    size = 2.5 if len(panel.cloud) > 500 else 6
    axes.plot(*panel.cloud.T, ".", color=PALE, markersize=size, zorder=1, gid="packages",
              rasterized=True)  # fmt: skip
    if panel.free is not None:
        axes.plot(*panel.free.T, zorder=2, gid="free", **FREE)
    lone: dict[str, Any] = {"marker": "."} if view.listed else {}
    axes.plot(*panel.frontier.T, color=DARK, linewidth=1.8, zorder=3, gid="frontier", **lone)
    if len(panel.deals):
        size, alpha = (4, 0.5) if view.is_scale else (7, 1.0)
        axes.plot(*panel.deals.T, "o", color=SETTLED, zorder=4, markersize=size, alpha=alpha,
                  markeredgewidth=0, gid="deals")  # fmt: skip
    axes.plot([0], [0], "+", color=DARK, markersize=10, markeredgewidth=1.5, zorder=5,
              gid="no deal")  # fmt: skip
    for name, gain in panel.points.items():
        layer = 8 if name in ("nash", "least_bad") else 7
        axes.plot(*gain.T, linestyle="", zorder=layer, gid=name, **_open(name))
    _frame(axes, panel)


def _frame(axes: Axes, panel: PairPanel) -> None:
    """Room for everything that matters; lines at no deal."""
    low, high = panel.reach
    pad = 0.09 * np.maximum(high - low, 4.0)
    axes.set_xlim(low[0] - pad[0], high[0] + pad[0])
    axes.set_ylim(low[1] - pad[1], high[1] + pad[1])
    for line in (axes.axhline, axes.axvline):
        line(0, color="#999999", linewidth=0.8, zorder=0.5)
    bottom, top = axes.get_ylim()
    axes.axvspan(0, axes.get_xlim()[1], ymin=min(max(-bottom / (top - bottom), 0.0), 1.0),
                 color="#f3f3f3", zorder=0, gid="better for both")  # fmt: skip
    axes.tick_params(length=3)
    for axis, (least, most) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(least, most)
        axis.set_ticks([tick for tick in ticks if least <= tick <= most])
