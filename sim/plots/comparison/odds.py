"""How the worlds of each scenario end."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import (
    NAMES,
    column_title,
    row_axes,
    row_height,
    scenario_rows,
    sheet_of,
)
from sim.plots.sheet import MARGIN, WIDTH
from sim.plots.style import DARK, GREY, SMALL, styled, text_width
from sim.views.compare.odds import OddsView, OutcomeColumn
from sim.views.layout import nice_top, share_tick

ROW, HEAD, AXIS = 0.42, 0.32, 0.3
NUMBERS = 0.82
"""Room for a share and its interval, in inches."""


@styled
def odds(view: OddsView) -> Figure:
    """One column per kind of outcome, one row per scenario: share of worlds with its interval.

    Returns
    -------
    Figure
        Panels have the kind of outcome as gid; points the gid ``share``.
    """
    rows, high = view.rows, row_height(view.rows, ROW)
    sheet = sheet_of(view, HEAD + high * len(rows) + AXIS)
    scenario_rows(sheet, rows, HEAD, [high] * len(rows))
    step = (WIDTH - 2 * MARGIN - NAMES) / len(view.columns)
    for n, column in enumerate(view.columns):
        left = MARGIN + NAMES + n * step
        title = column.title
        if text_width(title, SMALL + 0.4, True) > step - 0.2:
            title = title.split(":")[0]
        column_title(sheet, left, 0.06, title, step - 0.1)
        width = step - NUMBERS - 0.12
        axes = sheet.axes(left, HEAD, width, high * len(rows), gid=column.kind)
        _column(axes, column, width)
        for place, (number, beside) in enumerate(column.parts):
            y = HEAD + high * (place + 0.5) - 0.15
            if not beside:
                sheet.text(left + width + 0.1, y + 0.07, number, color=GREY)
                continue
            sheet.text(left + width + 0.1, y, number, weight="bold", color=DARK)
            sheet.text(left + width + 0.1, y + 0.15, beside, color=GREY)
    return sheet.figure


def _column(axes: Axes, column: OutcomeColumn, room: float) -> None:
    color = column.color
    row_axes(axes, len(column.shares))
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
