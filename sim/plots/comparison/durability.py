"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import NAMES, row_axes, row_height, scenario_rows, sheet_of
from sim.plots.sheet import MARGIN, WIDTH, Mark
from sim.plots.style import DARK, GREY, PALE, styled
from sim.views.compare.durability import DurabilityView, Holding

ROW, HEAD, AXIS, GAP, NUMBERS = 0.42, 0.32, 0.4, 0.25, 0.62


@styled
def durability(view: DurabilityView) -> Figure:
    """A row for each scenario: the share that still holds after 1, 5 and all years.

    Returns
    -------
    Figure
        Panels ``settled`` and ``plan``, where there is something to show; lines carry the
        scenario's name as gid and run through the shares of all years.
    """
    rows, high = view.rows, row_height(view.rows, ROW)
    sheet = sheet_of(view, HEAD + high * len(rows) + AXIS, _key(view))
    scenario_rows(sheet, rows, HEAD, [high] * len(rows))
    step = (WIDTH - 2 * MARGIN - NAMES) / len(view.panels)
    for n, panel in enumerate(view.panels):
        left = MARGIN + NAMES + n * step
        width = step - NUMBERS - GAP
        sheet.text(left, 0.04, panel.title, weight="bold")
        axes = sheet.axes(left, HEAD, width, high * len(rows), gid=panel.name)
        row_axes(axes, len(rows))
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
        axes.grid(axis="x")
        for curve in panel.curves:
            place = rows.index(curve.row)
            _row(axes, curve, place)
            y = HEAD + high * (place + 0.5) - 0.07
            sheet.text(left + width + 0.12, y, curve.last, weight="bold", gid="share")
    return sheet.figure


def _key(view: DurabilityView) -> list[Mark]:
    last = max(len(c.held) for p in view.panels for c in p.curves)
    return [
        Mark("after 1 year", "point", {"marker": "o", "markersize": 4.5, "color": PALE}),
        Mark("after 5 years", "point", {"marker": "o", "markersize": 5.5, "color": GREY}),
        Mark(f"after as many as the scenario looks ahead, at most {last}", "point",
             {"marker": "o", "markersize": 7, "color": DARK}),
    ]  # fmt: skip


def _row(axes: Axes, curve: Holding, place: int) -> None:
    shares = np.array([1.0, *curve.held])
    if curve.spans:
        axes.plot(curve.spans[-1], [place, place], color="#dddddd", linewidth=7, zorder=0.8,
                  solid_capstyle="butt", gid="interval")  # fmt: skip
    axes.plot(shares, [place] * len(shares), color=PALE, linewidth=1.4, zorder=1,
              gid=curve.row.name)  # fmt: skip
    for year, size, color in ((1, 4.5, PALE), (5, 5.5, GREY)):
        if year < len(shares) - 1:
            axes.plot([shares[year]], [place], "o", markersize=size, color=color, clip_on=False,
                      zorder=2)  # fmt: skip
    axes.plot([shares[-1]], [place], "o", markersize=7, color=DARK, clip_on=False, zorder=3,
              markerfacecolor=DARK if curve.spans else "white", gid="last")  # fmt: skip
