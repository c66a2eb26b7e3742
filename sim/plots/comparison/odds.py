"""How the worlds of each scenario end."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import columns
from sim.plots.sheet import WIDTH
from sim.plots.style import DARK, GREY, SMALL, styled, text_width
from sim.views.compare.odds import OddsView, OutcomeColumn
from sim.views.layout import nice_top, share_tick

AXIS, NUMBERS = 0.3, 0.82
"""Room for an axis, and for a share and its interval, in inches."""
BELOW = 0.2
"""How far below the middle of its row a strip lies that has its numbers over it, in rows."""


@styled
def odds(view: OddsView) -> Figure:
    """One column per kind of outcome, one row per scenario: share of worlds with its interval.

    Returns
    -------
    Figure
        Panels have the kind of outcome as gid; points the gid ``share``.
    """
    many = len(view.columns) > 4
    titles = {c.kind: c.title.split(":")[0] if many else c.title for c in view.columns}
    beside = 0.24 if many else NUMBERS + 0.12
    sheet, panels, write = columns(view, view.rows, titles, AXIS, beside=beside, over=many)
    for n, (axes, column) in enumerate(zip(panels, view.columns, strict=True)):
        _column(axes, column, BELOW if many else 0.0)
        for row, (number, under) in enumerate(column.parts):
            plain = {} if under else {"weight": "normal", "color": GREY}
            write(n, row, number, under, **plain)
    return sheet.figure


def _column(axes: Axes, column: OutcomeColumn, below: float) -> None:
    color, room = column.color, axes.get_position().width * WIDTH
    rows = np.arange(len(column.shares)) + below
    for name, spans, shown, width, alpha in (
        ("interval", column.spans, color, 4.0, 0.35),
        ("sampling", column.sampled, DARK, 1.1, 0.8),
    ):
        there = [(n, span) for n, span in zip(rows, spans, strict=True) if span is not None]
        axes.hlines([n for n, _ in there], [s.low for _, s in there], [s.high for _, s in there],
                    color=shown, linewidth=width, alpha=alpha, gid=name)  # fmt: skip
    axes.plot(column.shares, rows, linestyle="", marker="o", markersize=5.5,
              color=color, gid="share", clip_on=False, zorder=3)  # fmt: skip
    ends = [span.high for span in (*column.spans, *column.sampled) if span is not None]
    top = nice_top(max([*ends, *column.shares]))
    axes.set_xlim(0, top)
    axes.set_xticks([0, top], ["0", share_tick(top)])
    first, last = axes.get_xticklabels()
    if text_width("0") + text_width(share_tick(top)) + 0.1 > room:
        axes.set_xticks([0, top], ["", ""])
        axes.set_xlabel(f"0–{share_tick(top)}", size=SMALL)
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    axes.grid(axis="x")
