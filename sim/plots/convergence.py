"""Who stands where on every issue, when: positions, red lines, texts, the deal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sim.plots.sheet import (
    INNER,
    MARGIN,
    Mark,
    Sheet,
    date_axis,
    dot,
    end_labels,
    even_columns,
    grid,
    mark,
    scale_axis,
    signed_marks,
    stages,
)
from sim.plots.style import DARK, GREY, SMALL, line_height, styled, text_width, wrapped
from sim.prose import listing, percent
from sim.views.colours import LIMITED, OUTSIDE, ink, tint
from sim.views.convergence import ConvergenceView, IssuePanel, RedLine, Stand

GUTTER, TITLE, HEAD, UNDER = 0.3, 10.5, 0.24, 0.62
LARGE, LOW = 2.3, 1.35
"""Height of a large panel, and where its scale is yes or no."""
SMALL_PANEL, SMALL_COLUMNS = 0.95, 4
BAND, BAND_HEAD = 0.3, 0.5
DATES = 0.42
"""Room for dates below a panel, in inches."""
TICKS, STEP = 1.5, 0.13
"""Room for the texts of a scale, and for the red lines of each side, in inches."""
REAL: dict[str, Any] = {"marker": "*", "markersize": 12, "color": OUTSIDE,
                        "markeredgecolor": "white", "markeredgewidth": 0.8}  # fmt: skip
DEAL: dict[str, Any] = {"marker": "D", "markersize": 7, "color": DARK,
                        "markeredgecolor": "white", "markeredgewidth": 1}  # fmt: skip
TABLED: dict[str, Any] = {"marker": "o", "markersize": 3, "color": "#333333",
                          "markerfacecolor": "white", "markeredgewidth": 0.8}  # fmt: skip
NAMED = 6
"""Most lines of a panel that are named at their ends."""
FAINT = 0.3
"""How strongly a red line is drawn that does not bind in the central world."""


@styled
def convergence(view: ConvergenceView) -> Figure:
    """A large panel for each issue that decides, a small one for each other.

    Returns
    -------
    Figure
        Panels have the issue as gid; lines the actor's key, single worlds ``worlds:ACTOR``, red
        lines ``limit:ACTOR``.
    """
    large = [p for p in view.panels if p.decides]
    small = [p for p in view.panels if not p.decides]
    columns = min(len(large), 2)
    cell, places = grid(len(large), columns, GUTTER)
    heights = [_height(large[n : n + columns], cell) for n in range(0, len(large), columns)]
    across = even_columns(len(small), SMALL_COLUMNS, 3)
    little, spots = grid(len(small), across, GUTTER)
    parts = [small_heights(small[n : n + across], little) for n in range(0, len(small), across)]
    pitches = [sum(part) + SMALL_PANEL + 0.4 for part in parts]
    upper, lower = sum(heights), sum(pitches)
    sheet = Sheet(view, upper + lower + _limited_height(view), key_marks(view))
    for panel, (left, row) in zip(large, places, strict=True):
        _large(sheet, view, panel, left, sum(heights[:row]), cell, heights[row])
    for panel, (left, row) in zip(small, spots, strict=True):
        place = (left, upper + sum(pitches[:row]))
        small_panel(sheet, view, panel, place, little, parts[row], SMALL_PANEL)
    if view.limited:
        _limited(sheet, view, upper + lower)
    return sheet.figure


def key_marks(view: ConvergenceView, with_lines: bool = True) -> list[Mark]:
    """What the panels show; small ones have no red lines."""
    marks = [mark(name, ink(color), color=color, linewidth=2.4) for name, color in view.actors]
    if view.single:
        marks.append(mark("single worlds", color=GREY, linewidth=0.7))
    if with_lines:
        marks += red_line_marks(view.lines(), red_line_style)
    if any(len(p.texts) for p in view.panels):
        marks.append(mark("mediator's text", **TABLED))
    if any(p.deal for p in view.panels):
        marks.append(mark(_agreed(view), **DEAL))
    marks += signed_marks(view.signed)
    if any(p.real for p in view.panels):
        marks.append(mark("what was signed in truth", **REAL))
    return marks


def _agreed(view: ConvergenceView) -> str:
    return "decided" if view.calendar.in_rounds else "agreed"


def red_line_marks(
    lines: Iterable[RedLine], style: Callable[[RedLine, str], dict[str, Any]]
) -> list[Mark]:
    """Entries of the key for the kinds of red lines that there are."""
    kinds = {(line.conditional, bool(line.stated)) for line in lines}
    named = (
        ("red line, stated", RedLine(0, True, True)),
        ("red line, believed", RedLine(0, True)),
        ("red line if other terms suit", RedLine(0, True, conditional=True)),
    )
    shown = [(words, one) for words, one in named
             if (one.conditional, bool(one.stated)) in kinds]  # fmt: skip
    return [mark(words + " (points to what it bars)" * (not n), **style(one, DARK))
            for n, (words, one) in enumerate(shown)]  # fmt: skip


def red_line_style(line: RedLine, color: str) -> dict[str, Any]:
    """A flat triangle that stands on the line, on the side that is barred."""
    face = tint(color, 0.35) if line.conditional else color if line.stated else "white"
    return {
        "marker": "^" if line.above else "v",
        "markersize": 5.0 if line.conditional else 6.5,
        "color": color,
        "markerfacecolor": face,
        "markeredgewidth": 0.0 if line.conditional else 1.4,
        "alpha": 1.0 if line.binds else FAINT,
    }


def _title(panel: IssuePanel, cell: float) -> list[str]:
    return wrapped(panel.issue.title, cell, TITLE, True, lines=2)


def _height(row: list[IssuePanel], cell: float) -> float:
    titles = max(len(_title(p, cell)) for p in row) * line_height(TITLE)
    status = max(len(wrapped(p.status, cell, lines=2)) for p in row) * line_height()
    plot = LOW if all(len(p.issue.scale) == 2 for p in row) else LARGE
    return titles + status + HEAD + plot + UNDER


def _large(
    sheet: Sheet, view: ConvergenceView, panel: IssuePanel, left: float, top: float, cell: float,
    pitch: float,
) -> None:  # fmt: skip
    lines = _title(panel, cell)
    sheet.heading(left, top, lines)
    under = top + len(lines) * line_height(TITLE) + 0.02
    status = wrapped(panel.status, cell, lines=2)
    sheet.text(left, under, status, color="#444444", gid="status")
    head = under + len(status) * line_height() + HEAD - 0.02 - top
    height = pitch - head - UNDER
    barred = [stand for stand in panel.stands if stand.lines]
    named = len(panel.stands) <= NAMED
    ends = [_agreed(view)] if panel.deal else [s.name for s in panel.stands if named]
    names = max(map(text_width, ends), default=0.0)
    right = min(names + 0.2, 0.25 * cell) + STEP * len(barred) + 0.08
    width = cell - TICKS - right
    axes = sheet.axes(left + TICKS, top + head, width, height, gid=panel.key)
    axes.set_ylim(-0.05, 1.05)
    date_axis(axes, view.calendar, view.end, width, most=8)
    scale_axis(axes, panel.issue, height, TICKS - 0.08, _ends(panel))
    axes.grid(axis="y")
    gap = STEP * len(barred) + (0.06 if barred else 0.0)
    _draw(axes, view, panel, 1.0)
    for n, stand in enumerate(barred):
        x = 1 + (0.09 + STEP * n) / width
        for line in stand.lines:
            edge = 0.035 * (1 if line.above else -1)
            dot(axes, x, line.at + edge, transform=axes.get_yaxis_transform(),
                gid=f"limit:{stand.actors[0]}", **red_line_style(line, stand.color))  # fmt: skip
            axes.plot([x - 0.05 / width, x + 0.05 / width], [line.at, line.at], color=stand.color,
                      transform=axes.get_yaxis_transform(), clip_on=False, zorder=4,
                      linewidth=1.4, linestyle=":" if line.conditional else "-",
                      alpha=1.0 if line.binds else FAINT)  # fmt: skip
    _name_ends(axes, view, panel, height, right - gap, gap)


def _name_ends(
    axes: Axes, view: ConvergenceView, panel: IssuePanel, height: float, width: float,
    start: float = 0.0,
) -> None:  # fmt: skip
    """Who stands where at the end, or that it is agreed, in so many inches."""
    ends = [(at, s.name, s.color) for at, s in zip(_ends(panel), panel.stands, strict=True)]
    if panel.deal:
        ends = [(panel.deal[1], _agreed(view), DARK)]
    if len(ends) <= NAMED:
        end_labels(axes, ends, height, width, start=start)


def _ends(panel: IssuePanel) -> list[float]:
    return [float(stand.central[-1]) for stand in panel.stands]


def small_heights(row: list[IssuePanel], cell: float) -> tuple[float, float, float]:
    """Of the titles, and of the texts of the upper and the lower ends, in inches."""
    ends = [(p.issue.scale[max(p.issue.scale)], p.issue.scale[min(p.issue.scale)]) for p in row]
    upper, lower = (
        max(len(wrapped(text, cell)) for text in texts) * line_height()
        for texts in zip(*ends, strict=True)
    )
    return max(len(_title(p, cell)) for p in row) * line_height(TITLE), upper, lower


def small_panel(
    sheet: Sheet, view: ConvergenceView, panel: IssuePanel, place: tuple[float, float], cell: float,
    heights: tuple[float, float, float], height: float, names: float = 0.0,
) -> None:  # fmt: skip
    """Title, the text of the upper end, the lines, the text of the lower end.

    With so many inches for names at the ends of the lines; if any, with dates below.
    """
    (left, top), (title, upper, _) = place, heights
    scale = panel.issue.scale
    sheet.heading(left, top, _title(panel, cell))
    lines = wrapped(scale[max(scale)], cell - names)
    plot = top + title + upper + 0.08
    sheet.text(left, plot - len(lines) * line_height() - 0.03, lines, color="#555555")
    axes = sheet.axes(left, plot, cell - names, height, gid=panel.key)
    axes.set_ylim(-0.06, 1.06)
    if names:
        date_axis(axes, view.calendar, view.end, cell - names, most=4)
    else:
        axes.set_xlim(0, view.end)
        axes.set_xticks([])
    axes.set_yticks(list(scale), [""] * len(scale))
    axes.tick_params(length=0)
    axes.grid(axis="y")
    _draw(axes, view, panel, 1.0 if names else 0.75)
    if names:
        _name_ends(axes, view, panel, height, names)
    under = plot + height + (DATES if names else 0.05)
    sheet.text(left, under, wrapped(scale[min(scale)], cell - names), color="#555555")


def _draw(axes: Axes, view: ConvergenceView, panel: IssuePanel, weight: float) -> None:
    """Single worlds, the central one, texts and the deal."""
    until = panel.deal[0] if panel.deal else math.inf
    for stand in panel.stands:
        if len(stand.worlds):
            axes.add_collection(_singles(view.days, stand), autolim=False)
    for order, stand in enumerate(panel.stands):
        _course(axes, view.days, stand, order, len(panel.stands), until, weight)
    stages(axes, view.signed)
    if len(panel.texts):
        axes.plot(*panel.texts.T, linestyle="", zorder=2.8, gid="text", **TABLED)
    if panel.real:
        dot(axes, *panel.real, zorder=4.2, gid="real", **REAL)
    if panel.deal:
        day, point = panel.deal
        axes.plot([day, view.end], [point, point], color=DARK, linewidth=1.6, zorder=2.6,
                  gid="agreed")  # fmt: skip
        dot(axes, day, point, gid="deal", **DEAL)


def _singles(days: np.ndarray, stand: Stand) -> LineCollection:
    return LineCollection(
        [corners(days, world) for world in stand.worlds], colors=stand.color, linewidths=0.6,
        alpha=0.28, zorder=1.4, gid=f"worlds:{stand.actors[0]}",
    )  # fmt: skip


def _course(
    axes: Axes, days: np.ndarray, stand: Stand, order: int, count: int, until: float, weight: float
) -> None:
    """The central world; lines that coincide run side by side, a stroke apart."""
    low, high = axes.get_ylim()
    stroke = 1.7 * weight * (high - low) / (axes.bbox.height * 72 / axes.figure.dpi)
    shift = (order - (count - 1) / 2) * stroke if count <= NAMED else 0.0
    shown = days <= until
    width = (2.2 if stand.signs else 1.4) + 0.15 * (len(stand.actors) - 1)
    axes.plot(days[shown], stand.central[shown] + shift, color=stand.color, zorder=3,
              gid=stand.actors[0], linewidth=width * weight)  # fmt: skip


def corners(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A line without the points that lie straight between their neighbours, shape (points, 2).

    Examples
    --------
    >>> corners(np.arange(4.0), np.array([0, 1, 2, 2])).tolist()
    [[0.0, 0.0], [2.0, 2.0], [3.0, 2.0]]
    """
    slope = np.diff(y) / np.diff(x)
    turns = np.abs(np.diff(slope)) > 1e-5
    return np.column_stack([x, y])[np.concatenate([[True], turns, [True]])]


def _idle(view: ConvergenceView) -> list[str]:
    """Limited agreements that are never in force in the central world, in a sentence."""
    idle = [f"{x.title} (signed in {percent(x.ever)} of all worlds)"
            for x in view.limited if not x.spans]  # fmt: skip
    return wrapped(f"Never in the central world: {listing(idle)}.", INNER) if idle else []


def _limited_height(view: ConvergenceView) -> float:
    bars = sum(bool(one.spans) for one in view.limited)
    text = len(_idle(view)) * line_height() + 0.05
    return BAND_HEAD + text + (BAND * bars + UNDER if bars else 0.0) if view.limited else 0.0


def _limited(sheet: Sheet, view: ConvergenceView, top: float) -> None:
    """When limited agreements are in force in the central world, one bar each."""
    sheet.heading(MARGIN, top, "Limited agreements")
    under = "Beside truce and settlement; a bar where one is in force in the central world"
    sheet.text(MARGIN, top + line_height(TITLE) + 0.015, under, color="#444444")
    idle = _idle(view)
    if idle:
        sheet.text(MARGIN, top + BAND_HEAD, idle, color=GREY, gid="idle")
    top += BAND_HEAD + len(idle) * line_height() + (0.1 if idle else 0.0)
    limited = [one for one in view.limited if one.spans]
    if not limited:
        return
    names = max(text_width(one.title) for one in limited) + 0.1
    ends = [f"signed in {percent(one.ever)} of all worlds" for one in limited]
    right = max(text_width(end) for end in ends) + 0.1
    width = INNER - names - right
    axes = sheet.axes(MARGIN + names, top, width, BAND * len(limited), gid="limited")
    date_axis(axes, view.calendar, view.end, width)
    places = range(len(limited))
    axes.set_ylim(len(limited) - 0.5, -0.5)
    axes.set_yticks(places, [one.title for one in limited])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    for place, one in zip(places, limited, strict=True):
        axes.broken_barh([(start, end - start) for start, end in one.spans], (place - 0.22, 0.44),
                         facecolor=LIMITED, edgecolor="white", gid=one.key)  # fmt: skip
        axes.annotate(ends[place], (1, place), xycoords=("axes fraction", "data"), va="center",
                      xytext=(6, 0), textcoords="offset points", color=GREY,
                      size=SMALL)  # fmt: skip
