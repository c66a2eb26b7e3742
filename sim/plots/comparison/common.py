"""What the figures of a comparison share: the sheet, rows of scenarios, axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import GREY, SMALL, line_height, shortened, text_width, wrapped
from sim.prose import signed
from sim.views.compare.common import Row
from sim.views.view import View

NAMES = 2.55
"""Room for the scenarios' names, in inches."""
ROW, HEAD = 0.42, 0.3
"""Height of a row of columns, and of what is above, in inches."""


def row_height(rows: Sequence[Row], least: float = ROW) -> float:
    """Height of a row that holds the longest title of a scenario in whole lines."""
    lines = max(len(_title(row, 3)) for row in rows)
    return max(least, line_height(9.5) + lines * line_height() + 0.1)


def _title(row: Row, lines: int) -> list[str]:
    """A scenario's title below its name, where it says more."""
    if not row.title or row.title.casefold() == row.label.casefold():
        return []
    return wrapped(row.title, NAMES - 0.1, lines=lines)


def sheet_of(view: View, body: float, key: Sequence[Mark] = ()) -> Sheet:
    """A sheet with the view's words and room for so many inches."""
    return Sheet(view.foot, view.headline, view.subtitle, body, key)


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
            bottom = sheet.height - sheet.body_top - top - height
            band = Rectangle(
                (MARGIN / 2 / WIDTH, bottom / sheet.height),
                1 - MARGIN / WIDTH,
                height / sheet.height,
                facecolor="#f2f2f2",
                zorder=-1,
            )
            sheet.figure.add_artist(band)
        room = int((height - line_height(9.5) - 0.05) / line_height())
        title = _title(row, min(room, 3)) if room > 0 else []
        block = line_height(9.5) + len(title) * line_height()
        y = top + (height - block) / 2
        sheet.text(MARGIN, y, shortened(row.heading, NAMES - 0.1, 9.5, True), size=9.5,
                   weight="bold", gid="scenario")  # fmt: skip
        if title:
            sheet.text(MARGIN, y + line_height(9.5), "\n".join(title), color=GREY)
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


def column_title(sheet: Sheet, left: float, top: float, text: str, width: float) -> None:
    """Heading of a column of panels."""
    lines = wrapped(text, width, SMALL + 0.4, True, lines=2)
    sheet.text(left, top - (len(lines) - 1) * line_height(), "\n".join(lines), size=SMALL + 0.4,
               weight="bold")  # fmt: skip


def columns(
    view: View,
    rows: list[Row],
    titles: Mapping[str, str],
    most: int,
    below: float,
    key: Sequence[Mark],
) -> tuple[Sheet, list[Axes]]:
    """A sheet with a row for each scenario, and panels in columns by their gids and titles.

    Parameters
    ----------
    most : int
        Columns that fit side by side; with more there are blocks, no wider than needed.
    below : float
        Room for the axis of a column, in inches.
    """
    blocks = -(-len(titles) // most)
    wide = -(-len(titles) // blocks)
    high = row_height(rows)
    height = HEAD + high * len(rows) + below
    sheet = sheet_of(view, height * blocks, key)
    step = (WIDTH - 2 * MARGIN - NAMES) / wide
    panels = []
    for n, (gid, title) in enumerate(titles.items()):
        top, left = height * (n // wide), MARGIN + NAMES + step * (n % wide) + 0.12
        if n % wide == 0:
            scenario_rows(sheet, rows, top + HEAD, [high] * len(rows))
        column_title(sheet, left, top + 0.05, title, step - 0.15)
        panels.append(sheet.axes(left, top + HEAD, step - 0.24, high * len(rows), gid=gid))
        row_axes(panels[-1], len(rows))
    return sheet, panels
