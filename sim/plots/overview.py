"""One page for a newspaper or a slide: answer, why, what would change it, who moves, sources."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.plots.convergence import key_marks, small_heights, small_panel
from sim.plots.outcome import DOT, dot_panel, said_shares
from sim.plots.sheet import MARGIN, WIDTH, Sheet
from sim.plots.style import GREY, line_height, styled, wrapped
from sim.views.outcome import DOTS
from sim.views.overview import OverviewView

LEFT, GUTTER, PANEL, TEXT = 3.3, 0.4, 1.75, 9.8
"""Width of the dots' column, gap, height of a panel, and size of the sentences."""


@styled
def overview(view: OverviewView) -> Figure:
    """Dots and reasons, then the issues that decide side by side, then sources.

    Returns
    -------
    Figure
        Panels ``odds`` and the issues shown, by their keys.
    """
    room = WIDTH - 2 * MARGIN - LEFT - GUTTER
    sections = [("Why", view.why), *view.more]
    texts = [(head, [wrapped(line, room - 0.15, TEXT, lines=4) for line in lines])
             for head, lines in sections]  # fmt: skip
    step = line_height(TEXT)
    said = sum(0.3 + sum(len(x) * step + 0.05 for x in lines) for _, lines in texts)
    odds = view.outcome.occurring
    upper = max(said, 0.34 + DOT * DOTS / 10 + 0.14 + 0.62 * len(odds)) + 0.15
    cell = (WIDTH - 2 * MARGIN - GUTTER * (len(view.panels) - 1)) / len(view.panels)
    heights = small_heights(view.panels, cell)
    sources = wrapped("Positions rest above all on: " + "; ".join(view.sources) + ".",
                      WIDTH - 2 * MARGIN, lines=3) if view.sources else []  # fmt: skip
    lower = 0.42 + sum(heights) + PANEL + 0.3 + len(sources) * line_height()
    sheet = Sheet(
        view.foot, view.headline, view.subtitle, upper + lower, key_marks(view.convergence, False)
    )
    sheet.text(MARGIN, 0, f"How it ends: each dot is 1 in {DOTS}", size=10.5, weight="bold")
    dot_panel(sheet, odds, 0.34)
    said_shares(sheet, odds, 0.34 + DOT * DOTS / 10 + 0.14)
    top = 0.0
    for head, lines in texts:
        sheet.text(MARGIN + LEFT + GUTTER, top, head, size=10.5, weight="bold")
        top += 0.3
        for text in lines:
            sheet.text(MARGIN + LEFT + GUTTER, top, "\n".join(text), size=TEXT, gid="said")
            top += len(text) * step + 0.05
    sheet.rule(upper)
    sheet.text(MARGIN, upper + 0.1, view.span, size=10.5, weight="bold")
    for n, panel in enumerate(view.panels):
        place = (MARGIN + n * (cell + GUTTER), upper + 0.42)
        small_panel(sheet, view.convergence, panel, place, cell, heights, PANEL)
    if sources:
        sheet.text(MARGIN, upper + lower - len(sources) * line_height(), "\n".join(sources),
                   color=GREY, gid="sources")  # fmt: skip
    return sheet.figure
