"""Who stands where on every issue, when: positions, red lines, texts, the deal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, date_axis, end_labels, scale_axis
from sim.plots.style import DARK, GREY, line_height, styled, text_width, wrapped
from sim.prose import listing, percent
from sim.views.colours import LIMITED, OUTSIDE, ink, tint
from sim.views.convergence import ConvergenceView, IssuePanel, RedLine, Stand

GUTTER, TITLE, HEAD, UNDER = 0.3, 10.5, 0.24, 0.62
LARGE, LOW = 2.3, 1.35
"""Height of a large panel, and where its scale is yes or no."""
SMALL_PANEL, SMALL_COLUMNS = 0.95, 4
BAND, BAND_HEAD = 0.3, 0.5
TICKS, STEP = 1.5, 0.13
"""Room for the texts of a scale, and for the red lines of each side, in inches."""
REAL: dict[str, Any] = {"marker": "*", "markersize": 12, "color": OUTSIDE,
                        "markeredgecolor": "white", "markeredgewidth": 0.8}  # fmt: skip
NAMED = 6
"""Most lines of a panel that are named at their ends."""


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
    columns = 1 if len(large) == 1 else 2
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    rows = [large[n : n + columns] for n in range(0, len(large), columns)]
    heights = [_height(row, cell) for row in rows]
    little = (WIDTH - 2 * MARGIN - GUTTER * (SMALL_COLUMNS - 1)) / SMALL_COLUMNS
    lower = [small[n : n + SMALL_COLUMNS] for n in range(0, len(small), SMALL_COLUMNS)]
    parts = [small_heights(row, little) for row in lower]
    pitches = [sum(part) + SMALL_PANEL + 0.4 for part in parts]
    body = sum(heights) + sum(pitches) + _limited_height(view)
    sheet = Sheet(view.foot, view.headline, view.subtitle, body, key_marks(view))
    top = 0.0
    for row, height in zip(rows, heights, strict=True):
        for n, panel in enumerate(row):
            _large(sheet, view, panel, MARGIN + n * (cell + GUTTER), top, cell, height)
        top += height
    for row, part, height in zip(lower, parts, pitches, strict=True):
        for n, panel in enumerate(row):
            place = (MARGIN + n * (little + GUTTER), top)
            small_panel(sheet, view, panel, place, little, part, SMALL_PANEL)
        top += height
    if view.limited:
        _limited(sheet, view, top)
    return sheet.figure


def key_marks(view: ConvergenceView, with_lines: bool = True) -> list[Mark]:
    """What the panels show; small ones have no red lines."""
    marks = [
        Mark(name, "line", {"color": color, "linewidth": 2.4}, ink(color))
        for name, color in view.actors
    ]
    if view.single:
        marks.append(Mark("single worlds", "line", {"color": GREY, "linewidth": 0.7}))
    lines = list(view.lines()) if with_lines else []
    for words, some in (
        ("red line, stated", {True}),
        ("red line, believed", {False, None}),
    ):
        if any(line.stated in some and not line.conditional for line in lines):
            marks.append(Mark(words, "point", red_line_style(RedLine(0, True, True in some), DARK)))
    if any(line.conditional for line in lines):
        marks.append(Mark("red line if other terms suit", "point",
                          red_line_style(RedLine(0, True, conditional=True), DARK)))  # fmt: skip
    if any(len(p.texts) for p in view.panels):
        marks.append(Mark("mediator's text", "point", _text_style()))
    if any(p.deal for p in view.panels):
        marks.append(Mark("agreed", "point", _deal_style()))
    if any(p.real for p in view.panels):
        marks.append(Mark("what was signed in truth", "point", REAL))
    return marks


def red_line_style(line: RedLine, color: str) -> dict[str, Any]:
    """A flat triangle that stands on the line, on the side that is barred."""
    face = tint(color, 0.35) if line.conditional else color if line.stated else "white"
    return {
        "marker": "^" if line.above else "v",
        "markersize": 5.0 if line.conditional else 6.5,
        "color": color,
        "markerfacecolor": face,
        "markeredgewidth": 0.0 if line.conditional else 1.4,
    }


def _text_style() -> dict[str, Any]:
    return {"marker": "o", "markersize": 3, "markerfacecolor": "white", "color": "#333333",
            "markeredgewidth": 0.8}  # fmt: skip


def _deal_style() -> dict[str, Any]:
    return {"marker": "D", "markersize": 7, "color": DARK, "markeredgecolor": "white",
            "markeredgewidth": 1}  # fmt: skip


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
    sheet.text(left, top, "\n".join(lines), size=TITLE, weight="bold")
    under = top + len(lines) * line_height(TITLE) + 0.02
    status = wrapped(panel.status, cell, lines=2)
    sheet.text(left, under, "\n".join(status), color="#444444", gid="status")
    head = under + len(status) * line_height() + HEAD - 0.02 - top
    height = pitch - head - UNDER
    barred = [stand for stand in panel.stands if stand.lines]
    named = len(panel.stands) <= NAMED
    ends = ["agreed"] if panel.deal else [s.name for s in panel.stands if named]
    names = max(map(text_width, ends), default=0.0)
    right = min(names + 0.2, 0.25 * cell) + STEP * len(barred) + 0.08
    width = cell - TICKS - right
    axes = sheet.axes(left + TICKS, top + head, width, height, gid=panel.key)
    axes.set_ylim(-0.05, 1.05)
    date_axis(axes, view.start, view.end, width, most=8)
    scale_axis(axes, panel.issue, height, TICKS - 0.08)
    axes.grid(axis="y")
    gap = STEP * len(barred) + (0.06 if barred else 0.0)
    _draw(axes, view, panel, 1.0)
    for n, stand in enumerate(barred):
        x = 1 + (0.09 + STEP * n) / width
        for line in stand.lines:
            edge = 0.035 * (1 if line.above else -1)
            axes.plot([x], [line.at + edge], transform=axes.get_yaxis_transform(), clip_on=False,
                      linestyle="", gid=f"limit:{stand.actors[0]}", zorder=4,
                      **red_line_style(line, stand.color))  # fmt: skip
            axes.plot([x - 0.05 / width, x + 0.05 / width], [line.at, line.at], color=stand.color,
                      transform=axes.get_yaxis_transform(), clip_on=False, zorder=4,
                      linewidth=1.4, linestyle=":" if line.conditional else "-")  # fmt: skip
    _name_ends(axes, panel, height, right - gap, gap)


def _name_ends(
    axes: Axes, panel: IssuePanel, height: float, width: float, start: float = 0.0
) -> None:
    """Who stands where at the end, or that it is agreed, in so many inches."""
    ends = [(float(s.central[-1]), s.name, s.color) for s in panel.stands]
    if panel.deal:
        ends = [(panel.deal[1], "agreed", DARK)]
    if len(ends) <= NAMED:
        end_labels(axes, ends, height, width, start=start)


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

    With so many inches for names at the ends of the lines.
    """
    (left, top), (title, upper, _) = place, heights
    scale = panel.issue.scale
    sheet.text(left, top, "\n".join(_title(panel, cell)), size=TITLE, weight="bold")
    lines = wrapped(scale[max(scale)], cell)
    plot = top + title + upper + 0.08
    sheet.text(left, plot - len(lines) * line_height() - 0.03, "\n".join(lines), color="#555555")
    axes = sheet.axes(left, plot, cell - names, height, gid=panel.key)
    axes.set_ylim(-0.06, 1.06)
    axes.set_xlim(0, view.end)
    axes.set_xticks([])
    axes.set_yticks(list(scale), [""] * len(scale))
    axes.tick_params(length=0)
    axes.grid(axis="y")
    _draw(axes, view, panel, 1.0 if names else 0.75)
    if names:
        _name_ends(axes, panel, height, names)
    lines = wrapped(scale[min(scale)], cell)
    sheet.text(left, plot + height + 0.05, "\n".join(lines), color="#555555")


def _draw(axes: Axes, view: ConvergenceView, panel: IssuePanel, weight: float) -> None:
    """Single worlds, the central one, texts and the deal."""
    until = panel.deal[0] if panel.deal else math.inf
    for stand in panel.stands:
        if len(stand.worlds):
            axes.add_collection(_singles(view.days, stand), autolim=False)
    for order, stand in enumerate(panel.stands):
        _course(axes, view.days, stand, order, len(panel.stands), until, weight)
    for when in view.signed:
        axes.axvline(when, color=DARK, linewidth=0.9, linestyle=":", zorder=2.5, gid="stage")
    if len(panel.texts):
        axes.plot(*panel.texts.T, linestyle="", zorder=2.8, gid="text", **_text_style())
    if panel.real:
        day, point = panel.real
        axes.plot([day], [point], linestyle="", zorder=4.2, gid="real", clip_on=False, **REAL)
    if panel.deal:
        day, point = panel.deal
        axes.plot([day, view.end], [point, point], color=DARK, linewidth=1.6, zorder=2.6,
                  gid="agreed")  # fmt: skip
        axes.plot([day], [point], linestyle="", zorder=4, gid="deal", clip_on=False,
                  **_deal_style())  # fmt: skip


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
    text = f"Never in the central world: {listing(idle)}." if idle else ""
    return wrapped(text, WIDTH - 2 * MARGIN, lines=3) if text else []


def _limited_height(view: ConvergenceView) -> float:
    bars = sum(bool(one.spans) for one in view.limited)
    text = len(_idle(view)) * line_height() + 0.05
    return BAND_HEAD + text + (BAND * bars + UNDER if bars else 0.0) if view.limited else 0.0


def _limited(sheet: Sheet, view: ConvergenceView, top: float) -> None:
    """When limited agreements are in force in the central world, one bar each."""
    sheet.text(MARGIN, top, "Limited agreements", size=TITLE, weight="bold")
    under = "Beside truce and settlement; a bar where one is in force in the central world"
    sheet.text(MARGIN, top + line_height(TITLE) + 0.015, under, color="#444444")
    idle = _idle(view)
    if idle:
        sheet.text(MARGIN, top + BAND_HEAD, "\n".join(idle), color=GREY, gid="idle")
    top += BAND_HEAD + len(idle) * line_height() + (0.1 if idle else 0.0)
    limited = [one for one in view.limited if one.spans]
    if not limited:
        return
    names = max(text_width(one.title) for one in limited) + 0.1
    ends = [f"signed in {percent(one.ever)} of all worlds" for one in limited]
    right = max(text_width(end) for end in ends) + 0.1
    width = WIDTH - 2 * MARGIN - names - right
    axes = sheet.axes(MARGIN + names, top, width, BAND * len(limited), gid="limited")
    date_axis(axes, view.start, view.end, width)
    places = range(len(limited))
    axes.set_ylim(len(limited) - 0.5, -0.5)
    axes.set_yticks(places, [one.title for one in limited])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    for place, one in zip(places, limited, strict=True):
        axes.broken_barh([(start, end - start) for start, end in one.spans], (place - 0.22, 0.44),
                         facecolor=LIMITED, edgecolor="white", gid=one.key)  # fmt: skip
        axes.annotate(ends[place], (1, place), xycoords=("axes fraction", "data"), va="center",
                      xytext=(6, 0), textcoords="offset points", color=GREY)  # fmt: skip
