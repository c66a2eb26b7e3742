"""What the deals say, or the plans where there is no deal, issue by issue."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.plots.comparison.common import NAMES, columns_of, scenario_rows, sheet_of
from sim.plots.sheet import MARGIN, WIDTH, Mark
from sim.plots.style import DARK, GREY, SMALL, line_height, styled, wrapped
from sim.prose import percent as share_text
from sim.views.compare.packages import ENDS, SHADES, PackagesView, Term

COLORS = LinearSegmentedColormap.from_list("scale", SHADES)
COLUMNS, LINES, PAD = 6, 4, 0.07
"""Issues side by side, lines of text in a cell, and the space around them in inches."""


@styled
def packages(view: PackagesView) -> Figure:
    """Heat map of scenarios by issue: the median agreed point, or else the plan as published.

    Returns
    -------
    Figure
        One panel per block of issues; cells carry ``agreed:<scenario>:<issue>`` or
        ``plan:<scenario>:<issue>`` as gid.
    """
    blocks, wide = columns_of(len(view.issues), COLUMNS)
    issues = list(view.issues)
    parts = [issues[n * wide : (n + 1) * wide] for n in range(blocks)]
    width = (WIDTH - 2 * MARGIN - NAMES) / wide
    heads = [[wrapped(view.issues[i], width - 0.1, SMALL, True, 2) for i in p] for p in parts]
    rows = [[_row_height(view.terms[r.name], p, width) for r in view.rows] for p in parts]
    tops = [max(map(len, h)) * line_height() + 0.1 for h in heads]
    sheet = sheet_of(view, sum(tops) + sum(map(sum, rows)) + 0.25 * (blocks - 1), _key())
    top = 0.0
    for part, head, heights, room in zip(parts, heads, rows, tops, strict=True):
        for n, lines in enumerate(head):
            sheet.text(MARGIN + NAMES + n * width + 0.05, top, "\n".join(lines), weight="bold")
        top += room
        scenario_rows(sheet, view.rows, top, heights)
        axes = sheet.axes(MARGIN + NAMES, top, width * len(part), sum(heights))
        _block(axes, view, part, heights, width)
        top += sum(heights) + 0.25
    return sheet.figure


def _key() -> list[Mark]:
    edge = {"edgecolor": "#bbbbbb", "linewidth": 0.6}
    marks = [Mark(text, "band", {"facecolor": COLORS(at), **edge}) for at, text in ENDS.items()]
    return [*marks, Mark("plan, not agreed", "band",
                         {"facecolor": "white", "hatch": "////", **edge})]  # fmt: skip


def _lines(term: Term, width: float) -> list[str]:
    lines = wrapped(term.text, width - 0.14, lines=LINES)
    if term.share is not None:
        lines.append(f"in {share_text(term.share)} of worlds")
    return lines


def _row_height(terms: dict[str, Term], issues: list[str], width: float) -> float:
    lines = [len(_lines(terms[i], width)) for i in issues if i in terms]
    return max([*lines, 2]) * line_height() + 2 * PAD


def _block(
    axes: Axes, view: PackagesView, issues: list[str], heights: list[float], width: float
) -> None:
    """Cells in inches from the upper left corner."""
    axes.set_axis_off()
    axes.set_xlim(0, width * len(issues))
    axes.set_ylim(sum(heights), 0)
    top = 0.0
    for row, height in zip(view.rows, heights, strict=True):
        for n, issue in enumerate(issues):
            term = view.terms[row.name].get(issue)
            if term is None:
                axes.text((n + 0.5) * width, top + height / 2, "–", ha="center", va="center",
                          color=GREY)  # fmt: skip
                continue
            kind = "agreed" if term.agreed else "plan"
            place, size = (n * width + 0.02, top + 0.02), (width - 0.04, height - 0.04)
            axes.add_patch(Rectangle(place, *size, facecolor=COLORS(term.point), linewidth=0.6,
                                     edgecolor="#dddddd",
                                     gid=f"{kind}:{row.name}:{issue}"))  # fmt: skip
            if not term.agreed:
                axes.add_patch(Rectangle(place, *size, facecolor="none", edgecolor="#00000016",
                                         hatch="////", linewidth=0))  # fmt: skip
            axes.text(n * width + 0.07, top + height / 2, "\n".join(_lines(term, width)),
                      va="center", size=SMALL, linespacing=1.15, clip_on=True,
                      color=DARK, style="normal" if term.agreed else "italic")  # fmt: skip
        top += height
