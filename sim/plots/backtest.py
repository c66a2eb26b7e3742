"""How far predictors were from real outcomes, and how honest their distributions were."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import MARGIN, WIDTH, Sheet, mark
from sim.plots.style import DARK, GREY, SMALL, styled, text_width
from sim.views.backtest import BacktestView, Coverage
from sim.views.colours import ink

ROW = 0.27
"""Height of a predictor's row in inches."""
SQUARE = 2.3
"""Width and height of the panel on distributions in inches."""
NUMBERS = 1.1
"""Room for the numbers to the right of the rows in inches."""
DASHED: dict[str, Any] = {"color": GREY, "linewidth": 1.2, "linestyle": (0, (3, 2))}


@styled
def backtest(view: BacktestView) -> Figure:
    """Mean absolute error of every predictor, and how often its intervals held the outcome.

    Returns
    -------
    Figure
        Panels ``errors`` and, with enough issues to judge distributions, ``coverage``.
    """
    key = [
        mark("gives a point", marker="o", color=DARK, markersize=6),
        mark("gives a distribution: its median", marker="D", color=GREY),
        mark("compromise mean", **DASHED),
    ]
    rows = ROW * len(view.rows)
    body = 0.3 + (max(rows, SQUARE + 0.95) if view.coverage else rows) + 0.6
    sheet = Sheet(view, body, key)
    left = MARGIN + max(text_width(row.title) for row in view.rows) + 0.15
    right = WIDTH - MARGIN - NUMBERS - (SQUARE + 0.6 if view.coverage else 0.0)
    sheet.heading(MARGIN, 0, "Predictor")
    _errors(sheet.axes(left, 0.3, right - left, rows, gid="errors"), view)
    if view.coverage:
        side = WIDTH - MARGIN - SQUARE
        sheet.heading(side - 0.5, 0, "Held the outcome")
        _coverage(sheet.axes(side, 0.3, SQUARE, SQUARE, gid="coverage"), view.coverage)
    return sheet.figure


def _errors(axes: Axes, view: BacktestView) -> None:
    """A row per predictor: error, interval against the compromise mean, number."""
    places = np.arange(len(view.rows))[::-1]
    axes.axvline(view.yardstick, zorder=1, **DASHED)
    for place, row in zip(places, view.rows, strict=True):
        color = row.color or DARK
        axes.plot(row.error, place, "D" if row.color else "o", color=color, markersize=6)
        axes.plot(row.whisker, [place] * len(row.whisker), color=color, linewidth=1.4)
        axes.annotate(
            row.text, (1.0, place), (8, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center_baseline", size=SMALL, color=DARK,
        )  # fmt: skip
    ends = [view.yardstick, *(x for row in view.rows for x in (row.error, *row.whisker))]
    pad = 0.04 * max(max(ends) - min(ends), 1.0)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.set_ylim(-0.6, len(view.rows) - 0.4)
    axes.set_yticks(places, [row.title for row in view.rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel("Mean absolute error, points")


def _coverage(axes: Axes, curves: list[Coverage]) -> None:
    """Share of outcomes inside the central intervals, against what they promise."""
    axes.plot([0, 100], [0, 100], zorder=1, **DASHED)
    for number, one in enumerate(curves):
        axes.plot(one.nominal, one.held, "D-", color=one.color, markersize=5, linewidth=1.2)
        axes.text(
            0.0, -0.26 - 0.085 * number, f"◆ {one.title}",
            transform=axes.transAxes, size=SMALL, color=ink(one.color), va="top",
        )  # fmt: skip
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 103)
    axes.set_xticks([0, 50, 80, 100])
    axes.set_yticks([0, 50, 80, 100])
    axes.set_xlabel("should hold, %")
    axes.set_ylabel("did hold, % of issues")
