"""One page for a newspaper or a slide: answer, why, what would change it, who moves, sources."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.plots.convergence import DATES, key_marks, small_heights, small_panel
from sim.plots.outcome import DOT, SHARE_ROW, dot_panel, said_shares
from sim.plots.sheet import INNER, KEY_ROW, MARGIN, Sheet, grid, key_rows
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
    odds = view.outcome.occurring if view.dotted else []
    side = LEFT if odds else (INNER - 2 * GUTTER) / 3
    column = (INNER - side - 2 * GUTTER) / 2
    dotted = 0.34 + DOT * DOTS / 10 + 0.14
    left = dotted + SHARE_ROW * len(odds) + 0.2 if odds else 0.0
    first, *columns = _columns(view.sections, left, (side, column, column))
    upper = max([left + _height(first), *map(_height, columns)])
    cell, places = grid(len(view.panels), len(view.panels), GUTTER)
    words = [w for panel in view.panels for stand in panel.stands for w in stand.name.split()]
    names = min(max([NAMES[0], *(text_width(word) + 0.2 for word in words)]), NAMES[1])
    heights = small_heights(view.panels, cell - names)
    sources = listed(view.sources, INNER, "; ", "Positions rest above all on: ")
    key = key_rows(key_marks(view.convergence, False))
    head = 0.48 + KEY_ROW * len(key)
    lower = head + sum(heights) + PANEL + DATES + 0.23 + len(sources) * line_height()
    sheet = Sheet(view, upper + lower)
    if odds:
        sheet.heading(MARGIN, 0, f"How it ends: each dot is 1 in {DOTS}", HEADING)
        dot_panel(sheet, odds, 0.34)
        said_shares(sheet, odds, dotted, LEFT)
    _write(sheet, first, MARGIN, left)
    for n, sections in enumerate(columns):
        _write(sheet, sections, MARGIN + side + GUTTER + n * (column + GUTTER))
    sheet.rule(upper)
    sheet.heading(MARGIN, upper + 0.1, view.span, HEADING)
    sheet.key(key, upper + 0.4)
    for panel, (at, _) in zip(view.panels, places, strict=True):
        small_panel(sheet, view.convergence, panel, (at, upper + head), cell, heights, PANEL, names)
    if sources:
        sheet.text(MARGIN, upper + lower - len(sources) * line_height(), sources, color=GREY,
                   gid="sources")  # fmt: skip
    return sheet.figure


def _columns(
    sections: Sequence[tuple[str, list[str]]], taken: float, widths: tuple[float, float, float]
) -> list[Said]:
    """In three columns, in their order, so that the tallest is as short as can be.

    Of the first some inches are taken.
    """

    def lay(some: Sequence[tuple[str, list[str]]], width: float) -> Said:
        return [(head, [wrapped(line, width, TEXT, lines=12) for line in lines])
                for head, lines in some]  # fmt: skip

    ends = range(len(sections) + 1)
    cuts = [
        [lay(sections[:a], widths[0]), lay(sections[a:b], widths[1]), lay(sections[b:], widths[2])]
        for a in ends for b in ends if a <= b
    ]  # fmt: skip

    def height(cut: list[Said]) -> tuple[float, int]:
        tallest = max(taken + _height(cut[0]), *map(_height, cut[1:]))
        return round(tallest, 3), cut.count([])

    return min(cuts, key=height)


def _height(sections: Said) -> float:
    return sum(_tall(lines) for _, lines in sections)


def _tall(lines: list[list[str]]) -> float:
    """Of a heading with its sentences, and the gap below them."""
    return 0.26 + sum(len(one) * line_height(TEXT) + 0.06 for one in lines) + 0.14


def _write(sheet: Sheet, sections: Said, left: float, top: float = 0.0) -> None:
    for head, lines in sections:
        sheet.heading(left, top, head, HEADING)
        y = top + 0.26
        for one in lines:
            sheet.text(left, y, one, size=TEXT, gid="said")
            y += len(one) * line_height(TEXT) + 0.06
        top += _tall(lines)
