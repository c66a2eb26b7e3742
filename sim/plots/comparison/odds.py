"""How the worlds of each scenario end."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import NAMES, column_title, row_axes, scenario_rows, sheet_of
from sim.plots.sheet import MARGIN, WIDTH
from sim.plots.style import DARK, GREY, SMALL, styled, text_width
from sim.prose import percent as share_text
from sim.prose import span_words
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
    rows = view.rows
    sheet = sheet_of(view, HEAD + ROW * len(rows) + AXIS)
    scenario_rows(sheet, rows, HEAD, [ROW] * len(rows))
    step = (WIDTH - 2 * MARGIN - NAMES) / len(view.columns)
    for n, column in enumerate(view.columns):
        left = MARGIN + NAMES + n * step
        title = column.title
        if text_width(title, SMALL + 0.4, True) > step - 0.2:
            title = title.split(":")[0]
        column_title(sheet, left, 0.06, title, step - 0.1)
        width = step - NUMBERS - 0.12
        axes = sheet.axes(left, HEAD, width, ROW * len(rows), gid=column.kind)
        _column(axes, column)
        for place, (share, span) in enumerate(zip(column.shares, column.spans, strict=True)):
            y = HEAD + ROW * place + 0.06
            if share == 0:
                sheet.text(left + width + 0.1, y + 0.07, "0", color=GREY)
                continue
            sheet.text(left + width + 0.1, y, share_text(share, span), weight="bold", color=DARK)
            sheet.text(left + width + 0.1, y + 0.15, span_words(span), color=GREY)
    return sheet.figure


def _column(axes: Axes, column: OutcomeColumn) -> None:
    spans, color = column.spans, column.color
    places = range(len(spans))
    row_axes(axes, len(spans))
    axes.hlines(places, [s[0] for s in spans], [s[1] for s in spans], color=color, linewidth=2.4,
                alpha=0.45, gid="interval")  # fmt: skip
    axes.plot(column.shares, places, linestyle="", marker="o", markersize=5.5, color=color,
              gid="share", clip_on=False, zorder=3)  # fmt: skip
    top = nice_top(max(high for _, high in spans))
    axes.set_xlim(0, top)
    axes.set_xticks([0, top], ["0", share_tick(top)])
    first, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    axes.grid(axis="x")
