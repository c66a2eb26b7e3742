"""How long agreements hold, in the record and in the model."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import INNER, MARGIN, Sheet, grid, mark, share_axis
from sim.plots.style import DARK, GREY, line_height, styled, wrapped
from sim.views.colours import SETTLED, tint
from sim.views.holding import LINE, HoldingView, Kind

COLUMNS, GUTTER, HEIGHT, HEAD, UNDER = 3, 0.35, 1.75, 0.62, 0.45
TICKS = {30 / 365.25: "1 month", 0.25: "3", 0.5: "6", 1.0: "1 year", 2.0: "2", 5.0: "5", 10.0: "10"}


@styled
def holding_figure(view: HoldingView) -> Figure:
    """A panel for each kind of agreement, with its key as gid."""
    cell, places = grid(len(view.kinds), COLUMNS, GUTTER)
    pitch = HEAD + HEIGHT + UNDER
    sources = [line for text in view.sources for line in wrapped(text, INNER, lines=2)]
    key = [
        mark("record, 95 % interval", marker="s", color=DARK, markersize=5),
        mark("model", color=SETTLED, linewidth=2.2),
        mark("95 % of the worlds' courses", facecolor=tint(SETTLED, 0.2)),
    ]
    body = (places[-1][1] + 1) * pitch
    sheet = Sheet(view, body + len(sources) * line_height(), key)
    for kind, (left, row) in zip(view.kinds, places, strict=True):
        top, title = row * pitch, wrapped(kind.title, cell, 9.5, True, lines=2)
        sheet.heading(left, top, title, 9.5)
        sheet.text(left, top + len(title) * line_height(9.5), kind.count, color=GREY)
        axes = sheet.axes(left + 0.42, top + HEAD, cell - 0.42, HEIGHT, gid=kind.key)
        _panel(axes, kind)
    sheet.text(MARGIN, body, sources, color=GREY)
    return sheet.figure


def _panel(axes: Axes, kind: Kind) -> None:
    axes.set_xscale("log")
    axes.fill_between(LINE, kind.low, kind.high, color=SETTLED, alpha=0.2, linewidth=0)
    axes.plot(LINE, kind.line, color=SETTLED, linewidth=2.2, gid="model")
    for year, interval in zip(kind.of.years, kind.of.intervals, strict=True):
        axes.plot([year, year], interval, color=DARK, linewidth=1)
    axes.plot(kind.of.years, kind.of.shares, linestyle="", marker="s", color=DARK, markersize=4.5,
              gid="record", clip_on=False)  # fmt: skip
    axes.set_xlim(LINE[0], LINE[-1])
    axes.set_ylim(0, 1.02)
    axes.set_xticks(list(TICKS), list(TICKS.values()))
    axes.set_xticks([], minor=True)
    share_axis(axes.yaxis)
