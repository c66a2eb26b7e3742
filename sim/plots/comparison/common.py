"""What the figures of a comparison share: the sheet, rows of scenarios, axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import INNER, MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import GREY, SMALL, line_height, shortened, text_width, wrapped
from sim.prose import signed
from sim.views.compare.common import Row
from sim.views.view import View

NAMES = 2.55
"""Room for the scenarios' names, in inches."""
ROW, HEAD = 0.42, 0.32
"""Height of a row of columns, and of a heading above, in inches."""
Beside = Callable[..., None]
"""Writes beside a column, in a row, a number and what stands below it."""


def row_height(rows: Sequence[Row]) -> float:
    """Height of a row that holds the longest title of a scenario in whole lines."""
    lines = max(len(_title(row, 3)) for row in rows)
    return max(ROW, line_height(9.5) + lines * line_height() + 0.1)


def _title(row: Row, lines: int) -> list[str]:
    """A scenario's title below its name, where it says more."""
    if not row.title or row.title.casefold() == row.name.replace("_", " ").casefold():
        return []
    return wrapped(row.title, NAMES - 0.1, lines=lines)


def scenario_rows(sheet: Sheet, rows: list[Row], top: float, heights: list[float]) -> None:
    """Names of the scenarios as rows, the baseline's shaded.

    Parameters
    ----------
    top : float
        Where the first row begins, in inches from the body's top.
    heights : list of float
        Height of each row.
    """
    for row, height in zip(rows, heights, strict=True):
        if row.is_baseline:
            sheet.box(MARGIN / 2, top, WIDTH - MARGIN, height, facecolor="#f2f2f2", zorder=-1)
        room = int((height - line_height(9.5) - 0.05) / line_height())
        title = _title(row, min(room, 3)) if room > 0 else []
        block = line_height(9.5) + len(title) * line_height()
        y = top + (height - block) / 2
        after = row.heading.removeprefix(row.name)  # stays where a long name is cut
        room_for_it = NAMES - 0.1 - text_width(after, 9.5, True)
        heading = shortened(row.name, room_for_it, 9.5, True) + after
        sheet.heading(MARGIN, y, heading, 9.5, gid="scenario")
        sheet.text(MARGIN, y + line_height(9.5), title, color=GREY)
        top += height


def row_axes(axes: Axes, rows: int) -> None:
    """A panel whose rows are scenarios, from the top, with hairlines between them."""
    axes.set_facecolor("none")
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.hlines([n + 0.5 for n in range(rows - 1)], 0, 1, transform=axes.get_yaxis_transform(),
                color="#eeeeee", linewidth=0.7, zorder=0)  # fmt: skip


def few_ticks(axes: Axes, most: int = 4, unit: float = 1.0) -> None:
    """Round ticks within the axis, 0 among them, away from edges where neighbours' labels are.

    Parameters
    ----------
    unit : float
        By which values are told: 100 for points of utility.
    """
    low, high = axes.get_xlim()
    room = 0.08 * (high - low)
    inch = axes.get_position().width * WIDTH / (high - low)
    for count in range(most, 0, -1):
        ticks = [
            float(t)
            for t in MaxNLocator(count).tick_values(low, high)
            if low + room <= t <= high - room or (abs(t) < 1e-12 and low <= 0 <= high)
        ]
        labels = [signed(f"{unit * t:.4g}") for t in ticks]
        widest = max((text_width(label) for label in labels), default=0.0)
        if all(b - a > (widest + 0.08) / inch for a, b in pairwise(ticks)):
            break
    axes.set_xticks(ticks, labels)


def columns(
    view: View, rows: list[Row], titles: Mapping[str, str], below: float, key: Sequence[Mark] = (),
    most: int = 9, beside: float = 0.24, widths: Sequence[float] = (), over: bool = False,
) -> tuple[Sheet, list[Axes], Beside]:  # fmt: skip
    """A sheet with a row for each scenario, and panels in columns by their gids and titles.

    Parameters
    ----------
    below : float
        Room for the axis of a column, in inches.
    most : int
        Columns that fit side by side; with more there are blocks, no wider than needed.
    beside : float
        Room to the right of each, in inches, into which what is given back writes.
    widths : sequence of float
        Of the columns, where they are not the same.
    over : bool
        Whether what is given back writes over the middle of a row, in one line, and not beside.
    """
    blocks = -(-len(titles) // most)
    wide = -(-len(titles) // blocks)
    high = row_height(rows)
    step = (INNER - NAMES) / wide
    steps = list(widths) or [step] * len(titles)
    heads = [wrapped(title, width - 0.1, SMALL + 0.4, True, lines=4)
             for title, width in zip(titles.values(), steps, strict=True)]  # fmt: skip
    head = HEAD + (max(map(len, heads)) - 1) * line_height()
    height = head + high * len(rows) + below
    sheet = Sheet(view, height * blocks, key)
    panels, places = [], []
    for n, (gid, lines) in enumerate(zip(titles, heads, strict=True)):
        top, first = height * (n // wide), n - n % wide
        left = MARGIN + NAMES + sum(steps[first:n])
        if n == first:
            scenario_rows(sheet, rows, top + head, [high] * len(rows))
        sheet.heading(left, top + head - len(lines) * line_height() - 0.09, lines, SMALL + 0.4)
        width = steps[n] - beside
        panels.append(sheet.axes(left, top + head, width, high * len(rows), gid=gid))
        places.append((left + (0.0 if over else width + 0.1), top + head + high / 2))
        row_axes(panels[-1], len(rows))

    def write(column: int, row: int, number: str, under: str = "", **more: Any) -> None:
        left, middle = places[column]
        y = middle + high * row - (0.19 if over else 0.15 if under else 0.08)
        sheet.text(left, y, number, **{"weight": "bold", **more})
        if over:
            left += text_width(number, bold=True) + 0.06
        sheet.text(left, y if over else y + 0.15, under, color=GREY)

    return sheet, panels, write
