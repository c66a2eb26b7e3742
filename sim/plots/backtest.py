"""How far predictors were from real outcomes, and how honest their distributions were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.drawing import save
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import DARK, GREY, SMALL, styled, text_width
from sim.studies.backtest.evaluate import COVERAGE, DISTRIBUTIONS, YARDSTICK, Backtest, Scored
from sim.studies.backtest.words import headline, subject, units
from sim.views.colours import OKABE_ITO, ink

ROW = 0.27
"""Height of a predictor's row in inches."""
SQUARE = 2.3
"""Width and height of the panel on distributions in inches."""
NUMBERS = 1.1
"""Room for the numbers to the right of the rows in inches."""
COLORS = dict(zip(DISTRIBUTIONS, OKABE_ITO, strict=False))
"""Of those that give a distribution; those that give a point are dark."""
DASHED: dict[str, Any] = {"color": GREY, "linewidth": 1.2, "linestyle": (0, (3, 2))}


@styled
def backtest_figure(result: Backtest) -> Figure:
    """Mean absolute error of every predictor, and how often its intervals held the outcome.

    Parameters
    ----------
    result : Backtest

    Returns
    -------
    Figure
        Panels ``errors`` and, with enough issues to judge distributions, ``coverage``.
    """
    scored = result.scored
    enough = any(s.against_mean and s.against_mean[1] for s in scored)
    subtitle = "Mean absolute error in points of a scale from 0 to 100. " + (
        "Whiskers: 95 % interval of the difference to the compromise mean, paired, "
        f"{units(result)} drawn anew. Right: how often the central intervals of distributions held "
        "the outcome."
        if enough
        else "Too few issues for intervals, and to judge distributions."
    )
    key = [
        Mark("gives a point", "point", {"marker": "o", "color": DARK, "markersize": 6}),
        Mark("gives a distribution: its median", "point", {"marker": "D", "color": GREY}),
        Mark("compromise mean", "line", DASHED),
    ]
    foot = (
        f"{subject(result)}. Source: SOURCE.md of that folder. Past decisions of other bodies; "
        "they say how good a model was there, not that it holds for peace talks."
    )
    rows = ROW * len(scored)
    body = 0.3 + (max(rows, SQUARE + 0.95) if enough else rows) + 0.6
    sheet = Sheet(foot, headline(result), subtitle, body, key)
    left = MARGIN + max(text_width(s.title) for s in scored) + 0.15
    right = WIDTH - MARGIN - NUMBERS - (SQUARE + 0.6 if enough else 0.0)
    sheet.text(MARGIN, 0, "Predictor", size=10.5, weight="bold")
    _errors(sheet.axes(left, 0.3, right - left, rows, gid="errors"), result)
    if enough:
        side = WIDTH - MARGIN - SQUARE
        sheet.text(side - 0.5, 0, "Held the outcome", size=10.5, weight="bold")
        axes = sheet.axes(side, 0.3, SQUARE, SQUARE, gid="coverage")
        _coverage(axes, [s for s in scored if s.distributions is not None])
    return sheet.figure


def _errors(axes: Axes, result: Backtest) -> None:
    """A row per predictor: error, interval against the compromise mean, number."""
    scored, yardstick = result.scored, result.named(YARDSTICK)
    places = np.arange(len(scored))[::-1]
    axes.axvline(yardstick.points.mean, zorder=1, **DASHED)
    ends = [yardstick.points.mean]
    for place, one in zip(places, scored, strict=True):
        spread = one.distributions is not None
        color, value = COLORS.get(one.name, DARK), one.points.mean
        axes.plot(value, place, "D" if spread else "o", color=color, markersize=6)
        ends.append(value)
        difference, interval = one.against_mean or (0.0, None)
        if interval is not None:
            # around what the compromise mean has on the same issues
            whisker = [value - difference + end for end in interval]
            axes.plot(whisker, [place, place], color=color, linewidth=1.4)
            ends += whisker
        text = f"{value:.1f}"
        if one.issues < yardstick.issues:
            text += f" ({one.issues} issues)"
        axes.annotate(
            text, (1.0, place), (8, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center_baseline", size=SMALL, color=DARK,
        )  # fmt: skip
    pad = 0.04 * max(max(ends) - min(ends), 1.0)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.set_ylim(-0.6, len(scored) - 0.4)
    axes.set_yticks(places, [s.title for s in scored])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel("Mean absolute error, points")


def _coverage(axes: Axes, scored: list[Scored]) -> None:
    """Share of outcomes inside the central intervals, against what they promise."""
    axes.plot([0, 100], [0, 100], zorder=1, **DASHED)
    nominal = [100 * share for share in COVERAGE]
    best_first = sorted(scored, key=lambda s: float(np.nanmean(s.crps)))
    for number, one in enumerate(best_first):
        color = COLORS[one.name]
        held = [100 * one.coverage[share] for share in COVERAGE]
        axes.plot(nominal, held, "D-", color=color, markersize=5, linewidth=1.2)
        axes.text(
            0.0, -0.26 - 0.085 * number, f"◆ {one.name}: CRPS {np.nanmean(one.crps):.1f}",
            transform=axes.transAxes, size=SMALL, color=ink(color), va="top",
        )  # fmt: skip
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 103)
    axes.set_xticks([0, 50, 80, 100])
    axes.set_yticks([0, 50, 80, 100])
    axes.set_xlabel("should hold, %")
    axes.set_ylabel("did hold, % of issues")


def save_backtest(result: Backtest, path: Path) -> None:
    """Draw the figure and save it, whole or not at all."""
    save(backtest_figure(result), path)
