"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import carried_on, sheet_of
from sim.plots.sheet import MARGIN, WIDTH, end_labels
from sim.plots.style import GREY, line_height, styled, wrapped
from sim.prose import percent as share_text
from sim.views.compare.durability import DurabilityView, HoldingPanel

HEIGHT, HEAD, AXIS, RIGHT, LEFT = 3.9, 0.36, 0.45, 1.95, 0.6


@styled
def durability(view: DurabilityView) -> Figure:
    """Share still holding by year: of the settlements reached, and of the plans if signed.

    Returns
    -------
    Figure
        Panels ``settled`` and ``plan``, where there is something to show; lines carry the
        scenario's name as gid.
    """
    room = (WIDTH - 2 * MARGIN) / len(view.panels)
    more = [wrapped(p.others, room - 0.3, lines=6) if p.others else [] for p in view.panels]
    tail = max(map(len, more)) * line_height() + 0.1
    sheet = sheet_of(view, HEAD + HEIGHT + AXIS + tail)
    for n, (panel, others) in enumerate(zip(view.panels, more, strict=True)):
        left = MARGIN + n * room
        sheet.text(left, 0, panel.title, size=10.5, weight="bold")
        axes = sheet.axes(left + LEFT - 0.1, HEAD, room - LEFT - RIGHT, HEIGHT, gid=panel.name)
        _curves(axes, panel)
        if others:
            sheet.text(left, HEAD + HEIGHT + AXIS + 0.08, "\n".join(others), color=GREY)
    return sheet.figure


def _curves(axes: Axes, panel: HoldingPanel) -> None:
    longest, labels = panel.longest, []
    for curve in panel.curves:
        color, shares = curve.color, [1.0, *curve.held]
        years = np.arange(len(shares))
        if curve.spans and curve.named:
            low, high = np.array([[1.0, 1.0], *curve.spans]).T
            axes.fill_between(years, low, high, color=color, alpha=0.12, linewidth=0)
        axes.plot(years, shares, color=color, linewidth=2.0 if curve.named else 1.1,
                  gid=curve.row.name, linestyle="-" if panel.name == "settled" else (0, (4, 2)),
                  clip_on=False, marker="o", markersize=3)  # fmt: skip
        carried_on(axes, float(years[-1]), shares[-1], longest, color)
        if curve.named:
            labels.append((shares[-1], f"{share_text(shares[-1])} {curve.row.label}", color))
    for share, group in panel.together.items():
        words = group[0].row.label if len(group) == 1 else f"({len(group)} in grey)"
        labels.append((group[0].held[-1], f"{share} {words}", GREY))
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlim(0, longest)
    axes.set_xticks(range(0, longest + 1, max(1, -(-longest // 10))))
    axes.set_xlabel("years after signing")
    axes.grid(axis="y")
    end_labels(axes, labels, HEIGHT, RIGHT, lines=1)
