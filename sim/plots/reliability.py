"""What happened against what was said, for talks that were left out of what was learnt."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.plots.sheet import MARGIN, WIDTH, Sheet, mark
from sim.plots.style import DARK, GREY, SMALL, styled
from sim.studies.calibrate.score import Reliability
from sim.views.colours import OUTCOME_COLORS, SETTLED
from sim.views.view import View

SIDE = 4.6
SIGNED, NOT_SIGNED = SETTLED, OUTCOME_COLORS["no_deal"]


def reliability_view(shown: Reliability) -> View:
    """What happened, against what was expected."""
    n, signed = len(shown.odds), int(shown.signed.sum())
    lowest = float(shown.odds[shown.signed].min()) if signed else 0.0
    title = f"{signed} of {n} past talks were signed; the odds expected {shown.odds.sum():.1f}"
    subtitle = (
        "Each case was left out of what its odds were learnt from. Line: share signed as a rising "
        "function of the odds. Grey: where it would lie, 9 times in 10, if the odds were right. "
        f"No case that was signed had odds below {100 * lowest:.0f} %."
    )
    foot = "Cases of scenarios/past, coded before their outcome was written down."
    return View(foot, title, subtitle)


@styled
def reliability_figure(shown: Reliability) -> Figure:
    """Odds given, and the share that was signed as a rising function of them.

    Returns
    -------
    Figure
        One panel, ``reliability``: the fitted share as a line, the band in which it would lie
        if the odds were right, and every case as a mark above or below.
    """
    n = len(shown.odds)
    marks = [
        mark("signed", marker="o", color=SIGNED, markersize=6),
        mark("not signed", marker="o", color=NOT_SIGNED, markersize=6),
    ]
    sheet = Sheet(reliability_view(shown), SIDE + 0.7, marks)
    axes = sheet.axes(MARGIN + 0.7, 0.1, SIDE, SIDE, gid="reliability")
    axes.fill_between(100 * shown.odds, 100 * shown.low, 100 * shown.high, color=GREY, alpha=0.18)
    axes.plot([0, 100], [0, 100], color=GREY, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.plot(100 * shown.odds, 100 * shown.share, color=DARK, linewidth=1.6)
    for y, which, color in ((103, shown.signed, SIGNED), (-3, ~shown.signed, NOT_SIGNED)):
        axes.plot(
            100 * shown.odds[which], [y] * int(which.sum()), "o", color=color, markersize=5,
            alpha=0.75, clip_on=False,
        )  # fmt: skip
    axes.set(xlim=(-1, 101), ylim=(-6, 106))
    axes.set_xlabel("odds of a signature within the time given, %", size=SMALL)
    axes.set_ylabel("signed, %", size=SMALL)
    x = MARGIN + 0.7 + SIDE + 0.35
    sheet.heading(x, 0.1, "Case, odds", SMALL)
    step = min(0.2, SIDE / max(n, 1))
    for place, (name, odds, was) in enumerate(
        zip(shown.names[::-1], shown.odds[::-1], shown.signed[::-1], strict=True)
    ):
        words = name.replace("_", " ").title()
        color = SIGNED if was else NOT_SIGNED
        sheet.text(
            x, 0.35 + place * step, f"{words}, {100 * odds:.0f} %", size=SMALL - 1, color=color
        )
    assert x < WIDTH
    return sheet.figure
