"""One page for a newspaper or a slide: answer, why, what would change it, who moves, sources."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.plots.convergence import key_marks, small_heights, small_panel
from sim.plots.outcome import DOT, SHARE_ROW, dot_panel, said_shares
from sim.plots.sheet import KEY_ROW, MARGIN, WIDTH, Sheet, key_rows
from sim.plots.style import GREY, line_height, listed, styled, text_width, wrapped
from sim.views.outcome import DOTS
from sim.views.overview import OverviewView

LEFT, GUTTER, PANEL, TEXT, HEADING = 3.1, 0.4, 1.75, 9.4, 10.5
"""Width of the dots' column, gap, height of a panel, and sizes of sentences and headings."""
NAMES = (0.85, 1.15)
"""Least and most room for the names at the ends of lines, in inches."""

Said = list[tuple[str, list[list[str]]]]
"""Headings, each with its sentences as lines."""


@styled
def overview(view: OverviewView) -> Figure:
    """Dots and reasons in three columns, then the issues that decide side by side, then sources.

    Returns
    -------
    Figure
        Panels ``odds`` and the issues shown, by their keys.
    """
    odds, inner = view.outcome.occurring, WIDTH - 2 * MARGIN
    column = (inner - LEFT - 2 * GUTTER) / 2
    columns = _columns([(head, [wrapped(line, column, TEXT, lines=12) for line in lines])
                        for head, lines in view.sections])  # fmt: skip
    dotted = 0.34 + DOT * DOTS / 10 + 0.14
    upper = max([dotted + SHARE_ROW * len(odds), *map(_height, columns)]) + 0.1
    cell = (inner - GUTTER * (len(view.panels) - 1)) / len(view.panels)
    heights = small_heights(view.panels, cell)
    sources = listed(view.sources, inner, "; ", "Positions rest above all on: ")
    key = key_rows(key_marks(view.convergence, False))
    head = 0.48 + KEY_ROW * len(key)
    lower = head + sum(heights) + PANEL + 0.28 + len(sources) * line_height()
    sheet = Sheet(view.foot, view.headline, view.subtitle, upper + lower)
    sheet.text(MARGIN, 0, f"How it ends: each dot is 1 in {DOTS}", size=HEADING, weight="bold")
    dot_panel(sheet, odds, 0.34)
    said_shares(sheet, odds, dotted, LEFT)
    for n, sections in enumerate(columns):
        _write(sheet, sections, MARGIN + LEFT + GUTTER + n * (column + GUTTER))
    sheet.rule(upper)
    sheet.text(MARGIN, upper + 0.1, view.span, size=HEADING, weight="bold")
    sheet.key(key, upper + 0.4)
    words = [w for panel in view.panels for stand in panel.stands for w in stand.name.split()]
    names = min(max([NAMES[0], *(text_width(word) + 0.2 for word in words)]), NAMES[1])
    for n, panel in enumerate(view.panels):
        place = (MARGIN + n * (cell + GUTTER), upper + head)
        small_panel(sheet, view.convergence, panel, place, cell, heights, PANEL, names)
    if sources:
        sheet.text(MARGIN, upper + lower - len(sources) * line_height(), "\n".join(sources),
                   color=GREY, gid="sources")  # fmt: skip
    return sheet.figure


def _columns(sections: Said) -> list[Said]:
    """In two columns, in their order, so that the taller is as short as can be."""
    cuts = [(sections[:n], sections[n:]) for n in range(1, len(sections) + 1)]
    best = min(cuts, key=lambda cut: max(map(_height, cut)), default=([], []))
    return [part for part in best if part]


def _height(sections: Said) -> float:
    return sum(_tall(lines) for _, lines in sections)


def _tall(lines: list[list[str]]) -> float:
    """Of a heading with its sentences, and the gap below them."""
    return 0.26 + sum(len(one) * line_height(TEXT) + 0.06 for one in lines) + 0.14


def _write(sheet: Sheet, sections: Said, left: float) -> None:
    top = 0.0
    for head, lines in sections:
        sheet.text(left, top, head, size=HEADING, weight="bold")
        y = top + 0.26
        for one in lines:
            sheet.text(left, y, "\n".join(one), size=TEXT, gid="said")
            y += len(one) * line_height(TEXT) + 0.06
        top += _tall(lines)
