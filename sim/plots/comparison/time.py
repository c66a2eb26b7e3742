"""How soon a deal is signed, scenario by scenario on one axis."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import carried_on, sheet_of
from sim.plots.sheet import MARGIN, WIDTH, Sheet, end_labels
from sim.plots.style import GREY, SMALL, line_height, styled, wrapped
from sim.views.compare.time import Curve, TimePanel, TimeView
from sim.views.layout import TOPS, share_tick

HEIGHT, HEAD, AXIS, RIGHT, LEFT = 3.1, 0.3, 0.55, 2.4, 0.75
BANDS = 3
"""Most bands; more of them only cover each other."""
MOST = 16
"""Most lines that are named at their ends."""


@styled
def time(view: TimeView) -> Figure:
    """Share of worlds with a settlement by day; below it with a first stage.

    Returns
    -------
    Figure
        Panels ``settlement`` and ``first_stage``, where some scenario has any; lines carry the
        scenario's name as gid.
    """
    heights = [_height(panel) for panel in view.panels]
    sheet = sheet_of(view, sum(heights))
    top = 0.0
    for panel, height in zip(view.panels, heights, strict=True):
        sheet.text(MARGIN, top, panel.title, size=10.5, weight="bold")
        _panel(sheet, panel, top + HEAD)
        top += height
    return sheet.figure


def _never(panel: TimePanel) -> list[str]:
    return wrapped(panel.never, WIDTH - 2 * MARGIN, lines=4) if panel.never else []


def _height(panel: TimePanel) -> float:
    lines = len(_never(panel)) * line_height() + 0.12
    return HEAD + lines + (HEIGHT + AXIS + 0.15 if panel.signing else 0.1)


def _panel(sheet: Sheet, panel: TimePanel, top: float) -> None:
    never = _never(panel)
    if never:
        sheet.text(MARGIN, top, "\n".join(never), color=GREY, gid="never")
        top += len(never) * line_height() + 0.12
    if panel.signing:
        width = WIDTH - MARGIN - LEFT - RIGHT
        _curves(sheet.axes(LEFT, top, width, HEIGHT, gid=panel.name), panel)


def _curves(axes: Axes, panel: TimePanel) -> None:
    curves, upper = panel.signing, panel.top
    end = max(curve.horizon for curve in curves)
    for n, curve in enumerate(curves):
        _curve(axes, curve, end, n < BANDS)
    labels = [(c.end, f"{c.text} {c.row.label}", c.color) for c in curves[:MOST]]
    axes.set_ylim(0, upper)
    ticks = np.linspace(0, upper, TOPS[upper] + 1)
    axes.set_yticks(ticks, [share_tick(t) for t in ticks])
    axes.set_xlim(0, end)
    shown = [d for d in (0, 30, 100, 180, 365, 730, 1095, 1825, 3650) if d <= end]
    axes.set_xticks(shown or [0, end])
    axes.set_xlabel("days since the start", size=SMALL)
    axes.grid(axis="y")
    end_labels(axes, labels, HEIGHT, RIGHT, lines=1)


def _curve(axes: Axes, curve: Curve, end: float, with_band: bool) -> None:
    color, days = curve.color, curve.days
    if curve.banded and with_band:
        axes.fill_between(days, curve.low, curve.high, step="post", color=color, alpha=0.12,
                          linewidth=0)  # fmt: skip
    axes.step(days, curve.share, where="post", color=color, gid=curve.row.name, clip_on=False,
              linewidth=2.0 if curve.named else 1.1)  # fmt: skip
    axes.plot(curve.marked, curve.at, linestyle="", marker="o", markersize=4, color=color,
              clip_on=False, markeredgecolor="white", markeredgewidth=0.5, zorder=4)  # fmt: skip
    if end - days[-1] >= days[1]:
        carried_on(axes, float(days[-1]), curve.end, end, color)
