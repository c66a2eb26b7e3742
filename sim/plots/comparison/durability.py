"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import columns
from sim.plots.sheet import Mark, dot, mark, share_axis
from sim.plots.style import DARK, GREY, PALE, SMALL, styled
from sim.prose import counted
from sim.views.afterwards import Holding
from sim.views.compare.durability import DurabilityView

NUMBERS = 0.87
"""Room beside a panel, in inches."""
YEARS = ((1, 4.5, PALE), (5, 5.5, GREY))
"""Marked on the way, each with its size and colour."""


@styled
def durability(view: DurabilityView) -> Figure:
    """A row for each scenario: the share that still holds after 1, 5 and all years.

    Returns
    -------
    Figure
        Panels ``settled`` and ``plan``, where there is something to show; lines carry the
        scenario's name as gid and run through the shares of all years.
    """
    titles = {panel.name: panel.title for panel in view.panels}
    sheet, panels, write = columns(view, view.rows, titles, 0.4, _key(view), beside=NUMBERS)
    for n, (axes, panel) in enumerate(zip(panels, view.panels, strict=True)):
        share_axis(axes.xaxis)
        axes.set_xlim(0, 1)
        for of, curve in panel.curves:
            row = view.rows.index(of)
            _row(axes, of.name, curve, row)
            write(n, row, curve.last, gid="share")
        for one, words in panel.few:
            axes.text(0.02, view.rows.index(one), words, color=GREY, va="center_baseline",
                      size=SMALL, gid="few")  # fmt: skip
    return sheet.figure


def _key(view: DurabilityView) -> list[Mark]:
    last = max(len(of.shares) for p in view.panels for _, of in p.curves) - 1
    return [
        *(mark(f"after {counted(year, 'year')}", marker="o", markersize=size, color=color)
          for year, size, color in YEARS if year < last),
        mark(f"after as many as the scenario looks ahead, at most {last}", marker="o",
             markersize=7, color=DARK),
    ]  # fmt: skip


def _row(axes: Axes, name: str, curve: Holding, place: int) -> None:
    shares = curve.shares
    if curve.spans:
        axes.plot(curve.spans[-1], [place, place], color="#dddddd", linewidth=7, zorder=0.8,
                  solid_capstyle="butt", gid="interval")  # fmt: skip
    axes.plot(shares, [place] * len(shares), color=PALE, linewidth=1.4, zorder=1,
              gid=name)  # fmt: skip
    for year, size, color in YEARS:
        if year < len(shares) - 1:
            dot(axes, shares[year], place, markersize=size, color=color, zorder=2)
    dot(axes, shares[-1], place, markersize=7, color=DARK, zorder=3, gid="last",
        markerfacecolor=DARK if curve.spans else "white")  # fmt: skip
