"""What each scenario gets stuck on, and why."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.plots.comparison.common import NAMES, scenario_rows, sheet_of
from sim.plots.sheet import MARGIN, WIDTH, Sheet
from sim.plots.style import DARK, GREY, SMALL, shortened, styled
from sim.views.compare.common import Row
from sim.views.compare.stuck import HEATS, Obstacle, StuckView

ROW, HEAD, TAIL, GAP = 0.36, 1.2, 0.55, 0.2
"""Height of a row and of the headings, room right of the last heading, gap before the reasons."""
COLORS = LinearSegmentedColormap.from_list("share", HEATS)


@styled
def stuck(view: StuckView) -> Figure:
    """Heat map of scenarios by issue: share of the failed worlds that it blocks; and the reasons.

    Returns
    -------
    Figure
        Panels ``issues`` and ``reasons``; cells carry ``<scenario>:<issue or reason>`` as gid.
    """
    rows = view.rows
    sheet = sheet_of(view, HEAD + ROW * len(rows) + 0.05)
    scenario_rows(sheet, rows, HEAD, [ROW] * len(rows))
    step = (WIDTH - 2 * MARGIN - NAMES - TAIL - GAP) / (len(view.blocking) + len(view.reasons))
    left = MARGIN + NAMES
    for name, columns in (("issues", view.blocking), ("reasons", view.reasons)):
        width = step * len(columns)
        _cells(sheet.axes(left, HEAD, width, ROW * len(rows), gid=name), rows, columns)
        _heads(sheet, left, step, [o.title for o in columns])
        left += width + GAP
    return sheet.figure


def _heads(sheet: Sheet, left: float, step: float, titles: list[str]) -> None:
    for n, title in enumerate(titles):
        sheet.text(left + (n + 0.42) * step, HEAD - 0.06, shortened(title, 1.62), rotation=42,
                   va="bottom", ha="left", rotation_mode="anchor")  # fmt: skip


def _cells(axes: Axes, rows: list[Row], columns: list[Obstacle]) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    for place, row in enumerate(rows):
        for column, obstacle in enumerate(columns):
            share = obstacle.shares[place]
            if share is None:
                axes.text(column + 0.5, place + 0.5, "–", ha="center", va="center", color=GREY)
                continue
            axes.add_patch(Rectangle((column + 0.03, place + 0.05), 0.94, 0.9,
                                     facecolor=COLORS(share), edgecolor="#dddddd", linewidth=0.5,
                                     gid=f"{row.name}:{obstacle.key}"))  # fmt: skip
            if share:
                axes.text(column + 0.5, place + 0.5, whole_percent(share), ha="center",
                          va="center", size=SMALL, color=DARK)  # fmt: skip


def whole_percent(share: float) -> str:
    """A share in so few characters that it fits a cell."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
