"""What the deals say, or the plans where there is no deal, issue by issue."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.ensemble.runner import Run
from sim.plots.comparison.common import NAMES, foot, listed, scenario_rows
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import DARK, GREY, SMALL, line_height, styled, wrapped
from sim.studies.compare.comparison import Comparison
from sim.views.run_data import share_text

SHADES = LinearSegmentedColormap.from_list(
    "scale", ["#b9a6d9", "#f7f5fa", "#ffffff", "#fdf3e3", "#f5b866"]
)
"""Pale enough for dark text at both ends; purple and orange differ for the colour-blind too."""
COLUMNS, LINES, PAD = 6, 4, 0.07
"""Issues side by side, lines of text in a cell, and the space around them in inches."""


@dataclass(frozen=True)
class Cell:
    """What a scenario says on an issue: a point, its text, and whether it was agreed."""

    point: float
    text: str
    agreed: bool
    share: float | None = None


@styled
def packages(comparison: Comparison) -> Figure | None:
    """Heat map of scenarios by issue: the median agreed point, or else the plan as published.

    Returns
    -------
    Figure or None
        One panel per block of issues; cells carry ``agreed:<scenario>:<issue>`` or
        ``plan:<scenario>:<issue>`` as gid. None where no scenario has a deal or a plan.
    """
    group = [run for run in comparison.ranked if run.scenario.name in comparison.issue_group]
    cells = {run.scenario.name: cells_of(run, comparison.issues) for run in group}
    runs = [run for run in group if cells[run.scenario.name]]
    if not runs:
        return None
    # as many columns in each block, no wider than needed
    blocks = -(-len(comparison.issues) // COLUMNS)
    wide = -(-len(comparison.issues) // blocks)
    parts = [comparison.issues[n * wide : (n + 1) * wide] for n in range(blocks)]
    width = (WIDTH - 2 * MARGIN - NAMES) / wide
    heads = [[wrapped(_title(runs, i), width - 0.1, SMALL, True, 2) for i in p] for p in parts]
    rows = [[_row_height(cells[r.scenario.name], p, width) for r in runs] for p in parts]
    tops = [max(map(len, h)) * line_height() + 0.1 for h in heads]
    body = sum(tops) + sum(map(sum, rows)) + 0.25 * (blocks - 1)
    sheet = Sheet(foot(comparison), headline(comparison, runs, cells),
                  _subtitle(comparison, group, runs), body, _key())  # fmt: skip
    top = 0.0
    for part, head, heights, room in zip(parts, heads, rows, tops, strict=True):
        for n, lines in enumerate(head):
            sheet.text(MARGIN + NAMES + n * width + 0.05, top, "\n".join(lines), weight="bold")
        top += room
        scenario_rows(sheet, comparison, runs, top, heights)
        axes = sheet.axes(MARGIN + NAMES, top, width * len(part), sum(heights))
        _block(axes, runs, part, cells, heights, width)
        top += sum(heights) + 0.25
    return sheet.figure


def cells_of(run: Run, issues: list[str]) -> dict[str, Cell]:
    """What stands agreed at the end where something does, otherwise what the plan says."""
    package, plan, worlds = run.summary["package"], run.summary["plan"], run.summary["worlds"]
    cells = {}
    for issue in issues:
        agreed = package.get(issue)
        if agreed and agreed["worlds"]:
            share = agreed["worlds"] / worlds
            cells[issue] = Cell(agreed["median"], agreed["text"], True, share)
        elif plan and issue in plan["points"]:
            point = plan["points"][issue]
            cells[issue] = Cell(point["point"], point["text"], False)
    return cells


def headline(comparison: Comparison, runs: list[Run], cells: dict[str, dict[str, Cell]]) -> str:
    """The finding: where something is agreed at all."""
    deals = [
        r.scenario.name for r in runs if any(c.agreed for c in cells[r.scenario.name].values())
    ]
    whole = [n for n in deals if comparison.run(n).summary["outcomes"]["settlement"] > 0]
    if not deals:
        return "No scenario agrees on anything in any world: these are the plans, not deals"
    if len(whole) == len(runs):
        return "What the deals say: the median of the settlements in each scenario"
    if not whole:
        return f"Only a first stage is ever agreed, in {listed(deals)}: the other texts are plans"
    return f"Settlements in {listed(whole)}; where no deal stands, the plan's text"


def _subtitle(comparison: Comparison, group: list[Run], runs: list[Run]) -> str:
    text = (
        "Text of the scale nearest to the median of the worlds in which the issue stands agreed at "
        "the end, with the share of those worlds; hatched and in italics: the plan as published, "
        "not agreed in any world; –: no such issue there, or nothing said."
    )
    bare = [run.scenario.name for run in group if run not in runs]
    if bare:
        text += f" No deal and no plan: {listed(bare)}."
    out = [
        r.scenario.name for r in comparison.runs if r.scenario.name not in comparison.issue_group
    ]
    if out:
        text += f" Shares no issue with the others, left out: {listed(out)}."
    return text


def _key() -> list[Mark]:
    ends = ("low end of the scale (0)", "middle", "high end (1)")
    marks = [
        Mark(text, "band", {"facecolor": SHADES(shade), "edgecolor": "#bbbbbb", "linewidth": 0.6})
        for text, shade in zip(ends, (0.0, 0.5, 1.0), strict=True)
    ]
    hatched = {"facecolor": "white", "edgecolor": "#bbbbbb", "linewidth": 0.6, "hatch": "////"}
    return [*marks, Mark("plan, not agreed", "band", hatched)]


def _title(runs: list[Run], issue: str) -> str:
    return next(r.scenario.issues[issue].title for r in runs if issue in r.scenario.issues)


def _lines(cell: Cell, width: float) -> list[str]:
    lines = wrapped(cell.text, width - 0.14, lines=LINES)
    if cell.share is not None:
        lines.append(f"in {share_text(cell.share)} of worlds")
    return lines


def _row_height(cells: dict[str, Cell], issues: list[str], width: float) -> float:
    lines = [len(_lines(cells[i], width)) for i in issues if i in cells]
    return max([*lines, 2]) * line_height() + 2 * PAD


def _block(
    axes: Axes,
    runs: list[Run],
    issues: list[str],
    cells: dict[str, dict[str, Cell]],
    heights: list[float],
    width: float,
) -> None:
    """Cells in inches from the upper left corner."""
    axes.set_axis_off()
    axes.set_xlim(0, width * len(issues))
    axes.set_ylim(sum(heights), 0)
    top = 0.0
    for run, height in zip(runs, heights, strict=True):
        for n, issue in enumerate(issues):
            cell = cells[run.scenario.name].get(issue)
            if cell is None:
                axes.text((n + 0.5) * width, top + height / 2, "–", ha="center", va="center",
                          color=GREY)  # fmt: skip
                continue
            kind = "agreed" if cell.agreed else "plan"
            place, size = (n * width + 0.02, top + 0.02), (width - 0.04, height - 0.04)
            axes.add_patch(Rectangle(place, *size, facecolor=SHADES(cell.point), linewidth=0.6,
                                     edgecolor="#dddddd",
                                     gid=f"{kind}:{run.scenario.name}:{issue}"))  # fmt: skip
            if not cell.agreed:
                axes.add_patch(Rectangle(place, *size, facecolor="none", edgecolor="#00000016",
                                         hatch="////", linewidth=0))  # fmt: skip
            axes.text(n * width + 0.07, top + height / 2, "\n".join(_lines(cell, width)),
                      va="center", size=SMALL, linespacing=1.15, clip_on=True,
                      color=DARK, style="normal" if cell.agreed else "italic")  # fmt: skip
        top += height
