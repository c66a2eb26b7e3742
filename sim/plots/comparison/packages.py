"""What the deals say, or the plans where there is no deal, issue by issue."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.plots.comparison.common import NAMES, columns_of, scenario_rows, sheet_of
from sim.plots.sheet import MARGIN, WIDTH, Mark
from sim.plots.style import DARK, GREY, SMALL, line_height, styled, wrapped
from sim.prose import is_few
from sim.prose import percent as share_text
from sim.views.colours import tint
from sim.views.compare.common import Row
from sim.views.compare.packages import PackagesView, Term

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
    rows = [[_row_height(view, g, p, width) for g in view.groups] for p in parts]
    names = [_name(group) for group in view.groups]
    tops = [max(map(len, h)) * line_height() + 0.1 for h in heads]
    sheet = sheet_of(view, sum(tops) + sum(map(sum, rows)) + 0.25 * (blocks - 1), _key(view))
    top = 0.0
    for part, head, heights, room in zip(parts, heads, rows, tops, strict=True):
        for n, lines in enumerate(head):
            sheet.text(MARGIN + NAMES + n * width + 0.05, top, "\n".join(lines), weight="bold")
        top += room
        scenario_rows(sheet, names, top, heights)
        axes = sheet.axes(MARGIN + NAMES, top, width * len(part), sum(heights))
        _block(axes, view, part, heights, width)
        top += sum(heights) + 0.25
    return sheet.figure


def _key(view: PackagesView) -> list[Mark]:
    edge = {"edgecolor": "#bbbbbb", "linewidth": 0.6}
    return [
        Mark(f"near the ideal of {label} alone", "band", {"facecolor": tint(color), **edge})
        for label, color in view.sides.values()
    ]


def _name(group: list[Row]) -> Row:
    """A row for several scenarios: the names of the others in place of the title."""
    first, *others = group
    baseline = any(row.is_baseline for row in group)
    if not others:
        return first
    return replace(first, title="and " + ", ".join(r.label for r in others), is_baseline=baseline)


def _share(view: PackagesView, group: list[Row], issue: str) -> str:
    """In which share of worlds it is agreed; of several scenarios from the least to the most."""
    terms = [term for row in group if (term := view.terms[row.name][issue]).share is not None]
    terms.sort(key=lambda term: term.share or 0.0)
    if not terms or terms[0].share == terms[-1].share:
        return terms[0].found if terms else ""
    if is_few(terms[-1].share or 0.0, terms[-1].worlds):
        return f"{terms[-1].found} at the most"
    least, most = (share_text(term.share) for term in (terms[0], terms[-1]))
    return f"in {least.removesuffix(' %')}–{most} of worlds"


def _lines(view: PackagesView, group: list[Row], issue: str, width: float) -> list[str]:
    lines = wrapped(view.terms[group[0].name][issue].text, width - 0.14, lines=LINES)
    share = _share(view, group, issue)
    return [*lines, *(wrapped(share, width - 0.1, lines=2) if share else [])]


def _row_height(view: PackagesView, group: list[Row], issues: list[str], width: float) -> float:
    said = view.terms[group[0].name]
    lines = [len(_lines(view, group, i, width)) for i in issues if i in said]
    return max([*lines, 2]) * line_height() + 2 * PAD


def _block(
    axes: Axes, view: PackagesView, issues: list[str], heights: list[float], width: float
) -> None:
    """Cells in inches from the upper left corner."""
    axes.set_axis_off()
    axes.set_xlim(0, width * len(issues))
    axes.set_ylim(sum(heights), 0)
    top = 0.0
    for group, height in zip(view.groups, heights, strict=True):
        for n, issue in enumerate(issues):
            term = view.terms[group[0].name].get(issue)
            if term is None:
                axes.text((n + 0.5) * width, top + height / 2, "–", ha="center", va="center",
                          color=GREY)  # fmt: skip
                continue
            _cell(axes, view, group[0].name, issue, term, (n * width, top, width, height))
            axes.text(n * width + 0.07, top + height / 2,
                      "\n".join(_lines(view, group, issue, width)), va="center", size=SMALL,
                      linespacing=1.15, color=DARK,
                      style="normal" if term.agreed else "italic")  # fmt: skip
        top += height


def _cell(
    axes: Axes, view: PackagesView, name: str, issue: str, term: Term,
    box: tuple[float, float, float, float],
) -> None:  # fmt: skip
    left, top, width, height = box
    color = tint(view.sides[term.side][1]) if term.side else "white"
    kind = "agreed" if term.agreed else "plan"
    axes.add_patch(Rectangle((left + 0.02, top + 0.02), width - 0.04, height - 0.04,
                             facecolor=color, linewidth=0.6, edgecolor="#dddddd",
                             gid=f"{kind}:{name}:{issue}"))  # fmt: skip
