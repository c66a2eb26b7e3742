"""What decides a scenario, and what stands in the way of a deal."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Sheet
from sim.plots.style import DARK, GREY, styled, wrapped
from sim.studies.explain.findings import Explanation
from sim.views.colours import ink
from sim.views.explain import ExplainView, explain_view
from sim.views.view import foot_line

ROW, LABEL = 0.36, 3.4


@styled
def explained(run: Run, found: Explanation) -> Figure:
    """Drivers by group, and what removing obstacles brings.

    Parameters
    ----------
    run : Run
        The run that is explained.
    found : Explanation

    Returns
    -------
    Figure
        Two panels, ``drivers`` and ``obstacles``; either is left out where it has nothing.
    """
    view = explain_view(run.scenario, found)
    groups = len({bar.group for bar in view.drivers})
    upper = 0.42 + ROW * len(view.drivers) + 0.28 * groups + 0.5 if view.drivers else 0.4
    lower = 0.55 + ROW * len(view.obstacles) + 0.45 if view.obstacles else 0.0
    why = f"{found.why_measure}, what decides is measured by another scale. " * bool(
        found.why_measure
    )
    subtitle = (
        f"{why}Above: how far the distribution of “{found.measure}” shifts with each uncertain "
        "number (PAWN index, 95 % interval), and its mean in the number's lowest and highest third."
    )
    sheet = Sheet(foot_line(run), f"{view.headline}.", subtitle, upper + lower)
    if view.drivers:
        _drivers(sheet, view, found)
    else:
        sheet.text(MARGIN, 0, "No uncertain number matters more than chance.", size=10.5)
    if view.obstacles:
        _obstacles(sheet, view, upper)
    return sheet.figure


def _drivers(sheet: Sheet, view: ExplainView, found: Explanation) -> None:
    hidden = f" (the strongest {len(view.drivers)} of {len(found.drivers)})" if view.hidden else ""
    sheet.text(MARGIN, 0, f"What decides it{hidden}", size=10.5, weight="bold")
    places, y, before = [], 0.0, ""
    heads: list[tuple[float, str, str]] = []
    for bar in view.drivers:
        if bar.group != before:
            heads.append((y, bar.group, bar.color))
            y += 0.28
            before = bar.group
        places.append(y + ROW / 2)
        y += ROW
    left, width = MARGIN + LABEL, WIDTH - 2 * MARGIN - LABEL - 1.7
    axes = sheet.axes(left, 0.42, width, y, gid="drivers")
    axes.barh(places, [b.index for b in view.drivers], height=0.2,
              color=[b.color for b in view.drivers])  # fmt: skip
    top = max([view.chance, *(b.high for b in view.drivers)]) * 1.05
    for at, bar in zip(places, view.drivers, strict=True):
        axes.plot([bar.low, bar.high], [at, at], color=DARK, linewidth=1.1, solid_capstyle="butt")
        lines = "\n".join(wrapped(bar.title, LABEL - 0.1, lines=2))
        sheet.text(left - 0.1, 0.42 + at, lines, ha="right", va="center", color=DARK)
        sheet.text(WIDTH - MARGIN, 0.42 + at, bar.direction, ha="right", va="center", weight="bold")
    for at, text, color in heads:
        sheet.text(MARGIN, 0.42 + at + 0.06, text, size=9.5, weight="bold", color=ink(color))
    axes.axvline(view.chance, color=GREY, linewidth=1, linestyle=":")
    axes.annotate("what chance reaches", (view.chance, 0.14), xytext=(4, -3), size=8.8, color=GREY,
                  textcoords="offset points")  # fmt: skip
    axes.set_ylim(y, 0)
    axes.set_xlim(0, top)
    axes.set_yticks([])
    axes.grid(axis="x")
    sheet.text(WIDTH - MARGIN, 0.12, "lowest → highest third", ha="right", color=GREY)


def _obstacles(sheet: Sheet, view: ExplainView, top: float) -> None:
    sheet.rule(top)
    title = "What stands in the way: failed worlds that settle without it"
    sheet.text(MARGIN, top + 0.12, title, size=10.5, weight="bold")
    places = (np.arange(len(view.obstacles)) + 0.5) * ROW
    left, width = MARGIN + LABEL, WIDTH - 2 * MARGIN - LABEL - 1.7
    height = ROW * len(view.obstacles)
    axes = sheet.axes(left, top + 0.5, width, height, gid="obstacles")
    axes.barh(places, [b.share for b in view.obstacles], height=0.2,
              color=[b.color for b in view.obstacles])  # fmt: skip
    for at, bar in zip(places, view.obstacles, strict=True):
        if bar.parts > 0:
            axes.plot([bar.parts] * 2, [at - 0.14, at + 0.14], color=DARK, linewidth=1.6)
        lines = "\n".join(wrapped(bar.title, LABEL - 0.1, lines=2))
        sheet.text(left - 0.1, top + 0.5 + at, lines, ha="right", va="center", color=DARK)
        sheet.text(left + width + 0.12, top + 0.5 + at, bar.text, va="center", weight="bold")
    axes.set_ylim(height, 0)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_yticks([])
    axes.grid(axis="x")
    note = "black: the most that only some of them bring"
    sheet.text(WIDTH - MARGIN, top + 0.14, note, ha="right", color=GREY)
