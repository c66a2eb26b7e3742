"""How far predictors were from real outcomes, and how honest their distributions were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.studies.backtest.evaluate import COVERAGE, DISTRIBUTIONS, YARDSTICK, Backtest, Scored
from sim.views.colours import OKABE_ITO
from sim.views.view import View

COLORS = dict(zip(DISTRIBUTIONS, OKABE_ITO, strict=False))
"""Of those that give a distribution; those that give a point are dark."""


@dataclass(frozen=True)
class ErrorRow:
    """A predictor: its mean absolute error, and where the yardstick's puts that with its interval.

    Attributes
    ----------
    color : str or None
        Of one that gives a distribution; None for one that gives a point.
    whisker : list of float
        Ends of the interval; empty with too few issues.
    text : str
        The error as a number, and of how many issues where these are not all.
    """

    title: str
    color: str | None
    error: float
    whisker: list[float]
    text: str


@dataclass(frozen=True)
class Coverage:
    """How often central intervals held the outcome, in per cent, by what they promise."""

    title: str
    color: str
    nominal: list[float]
    held: list[float]


@dataclass(frozen=True)
class BacktestView(View):
    """Rows of predictors and, with enough issues to judge distributions, their coverage.

    Attributes
    ----------
    yardstick : float
        Error of the compromise mean.
    """

    rows: list[ErrorRow]
    yardstick: float
    coverage: list[Coverage]

    @property
    def words(self) -> list[str]:
        return [f"{row.title}: {row.text}." for row in self.rows]


def backtest_view(result: Backtest) -> BacktestView:
    """Errors of all predictors, best first, and how often intervals held."""
    scored = result.scored
    enough = any(s.against_mean and s.against_mean[1] for s in scored)
    subtitle = "Mean absolute error in points of a scale from 0 to 100. " + (
        "Whiskers: 95 % interval of the difference to the compromise mean, paired, "
        f"{result.units} drawn anew. Right: how often the central intervals of distributions held "
        "the outcome."
        if enough
        else "Too few issues for intervals, and to judge distributions."
    )
    foot = (
        f"{result.subject}. Source: SOURCE.md of that folder. Past decisions of other bodies; "
        "they say how good a model was there, not that it holds for peace talks."
    )
    yardstick = result.named(YARDSTICK)
    spread = [one for one in scored if one.distributions is not None] if enough else []
    best_first = sorted(spread, key=lambda one: float(np.nanmean(one.crps)))
    return BacktestView(
        foot, _headline(result), subtitle, [_row(one, yardstick) for one in scored],
        yardstick.points.mean, [_coverage(one) for one in best_first],
    )  # fmt: skip


def _headline(result: Backtest) -> str:
    """Which came nearest, and by how much."""
    best, yardstick = result.scored[0], result.named(YARDSTICK)
    if best is yardstick:
        return f"Nothing came nearer on average than the compromise mean ({best.points.mean:.1f})"
    text = (
        f"Nearest on average: “{best.title}” ({best.points.mean:.1f} points off); "
        f"compromise mean {yardstick.points.mean:.1f}"
    )
    interval = best.against_mean[1] if best.against_mean else None
    if interval is None or interval.low <= 0 <= interval.high:
        text += ", a difference that may be chance"
    return text


def _row(one: Scored, yardstick: Scored) -> ErrorRow:
    error = one.points.mean
    difference, interval = one.against_mean or (0.0, None)
    # around what the compromise mean has on the same issues
    whisker = [error - difference + end for end in interval] if interval is not None else []
    text = f"{error:.1f}" + (f" ({one.issues} issues)" if one.issues < yardstick.issues else "")
    color = None if one.distributions is None else COLORS[one.name]
    return ErrorRow(one.title, color, error, whisker, text)


def _coverage(one: Scored) -> Coverage:
    return Coverage(
        f"{one.name}: CRPS {np.nanmean(one.crps):.1f}", COLORS[one.name],
        [100 * share for share in COVERAGE], [100 * one.coverage[share] for share in COVERAGE],
    )  # fmt: skip
