"""How the worlds of each scenario end."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import columns
from sim.plots.sheet import WIDTH
from sim.plots.style import DARK, GREY, SMALL, styled, text_width
from sim.views.compare.odds import OddsView, OutcomeColumn
from sim.views.layout import nice_top, share_tick

AXIS, NUMBERS = 0.3, 0.82
"""Room for an axis, and for a share and its interval, in inches."""


@styled
def odds(view: OddsView) -> Figure:
    """One column per kind of outcome, one row per scenario: share of worlds with its interval.

    Returns
    -------
    Figure
        Panels have the kind of outcome as gid; points the gid ``share``.
    """
    titles = {
        c.kind: c.title if len(view.columns) < 5 else c.title.split(":")[0] for c in view.columns
    }
    sheet, panels, write = columns(view, view.rows, titles, AXIS, beside=NUMBERS + 0.12)
    for n, (axes, column) in enumerate(zip(panels, view.columns, strict=True)):
        _column(axes, column)
        for row, (number, beside) in enumerate(column.parts):
            plain = {} if beside else {"weight": "normal", "color": GREY}
            write(n, row, number, beside, **plain)
    return sheet.figure


def _column(axes: Axes, column: OutcomeColumn) -> None:
    color, room = column.color, axes.get_position().width * WIDTH
    for name, spans, shown, width, alpha in (
        ("interval", column.spans, color, 4.0, 0.35),
        ("sampling", column.sampled, DARK, 1.1, 0.8),
    ):
        there = [(n, span) for n, span in enumerate(spans) if span is not None]
        axes.hlines([n for n, _ in there], [s.low for _, s in there], [s.high for _, s in there],
                    color=shown, linewidth=width, alpha=alpha, gid=name)  # fmt: skip
    axes.plot(column.shares, range(len(column.shares)), linestyle="", marker="o", markersize=5.5,
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
