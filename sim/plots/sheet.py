"""The page of a figure: headline, subtitle, key and foot around panels placed by hand in inches.

Margins are computed from measured text, not by a layout engine: that is fast, exact, and the same
in every run.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sim.plots.canvas import Canvas
from sim.plots.style import DARK, GREY, SMALL, line_height, listed, plain, text_width, wrapped
from sim.scenario.schema import Issue
from sim.views.colours import ink
from sim.views.layout import labelled_points, share_tick, spread
from sim.views.run_data import MONTHS, Calendar
from sim.views.view import View

WIDTH, MARGIN = 11.0, 0.25
INNER = WIDTH - 2 * MARGIN
HEADLINE, SUBTITLE, KEY_ROW = 15.5, 10.5, 0.24
EDGE = 0.17
"""Labels of dates nearer to the left edge, in inches, lean inwards: panels may stand close."""


@dataclass(frozen=True)
class Mark:
    """An entry of the key: a small drawing and what it means.

    A band where the style has a ``facecolor``, a point where it has a ``marker``, else a line.
    """

    text: str
    style: dict[str, Any]
    color: Any = DARK


def mark(text: str, ink: Any = DARK, **style: Any) -> Mark:
    """An entry of the key, by the style of what it stands for."""
    return Mark(text, style, ink)


def signed_marks(signed: Mapping[float, str]) -> list[Mark]:
    """The entry of the key for the days on which the central world signed stages."""
    rows = listed(list(signed.values()), INNER - 0.33, "; ")
    widths = [1] + [0] * len(rows)  # all are dotted lines: one is shown
    return [mark(text, color=DARK, linewidth=width, linestyle=":")
            for text, width in zip(rows, widths, strict=False)]  # fmt: skip


def stages(axes: Axes, signed: Iterable[float]) -> None:
    """Lines at these days."""
    for day in signed:
        axes.axvline(day, color=DARK, linewidth=1, linestyle=":", zorder=2.5, gid="stage")


class Sheet:
    """A figure with its head and foot; panels are placed in inches from the body's upper left.

    Parameters
    ----------
    view : View
        Its headline (the finding), its subtitle (what is shown) and its foot.
    body : float
        Height of the body in inches.
    key : sequence of Mark
        Explained in a row (or more) under the subtitle.
    notes : sequence of str
        Sentences below the body, each of which may be empty.
    lines : int
        Most lines that they take.
    """

    def __init__(
        self, view: View, body: float, key: Sequence[Mark] = (), notes: Sequence[str] = (),
        lines: int = 4,
    ) -> None:  # fmt: skip
        said = " ".join(filter(None, notes))
        below = wrapped(said, INNER, lines=lines) if said else []
        head = wrapped(view.headline, INNER, HEADLINE, bold=True, lines=4)
        under = wrapped(view.subtitle, INNER, SUBTITLE, lines=6)
        rows = key_rows(key)
        foot = wrapped(view.foot, INNER, SMALL, lines=3)
        top = 0.2 + len(head) * line_height(HEADLINE) + 0.06 + len(under) * line_height(SUBTITLE)
        key_top = top + 0.1
        if rows:
            top = key_top + KEY_ROW * len(rows)
        self.body_top = top + 0.12
        end = body + len(below) * line_height()
        self.height = self.body_top + end + 0.22 + len(foot) * line_height(SMALL)
        self.figure = Figure(figsize=(WIDTH, self.height))
        Canvas(self.figure)
        self._write(0.2, head, HEADLINE, DARK, "headline", weight="bold")
        self._write(
            0.26 + len(head) * line_height(HEADLINE), under, SUBTITLE, "#444444", "subtitle"
        )
        foot_top = self.height - 0.1 - len(foot) * line_height(SMALL)
        self._write(foot_top, foot, SMALL, GREY, "foot")
        self.key(rows, key_top - self.body_top)
        if below:
            self.text(MARGIN, body, below, color="#444444", gid="notes")

    def _write(
        self, top: float, lines: list[str], size: float, color: Any, gid: str, **more: Any
    ) -> None:
        text = self.figure.text(
            MARGIN / WIDTH, 1 - top / self.height, "\n".join(lines), **more,
            size=size, color=color, va="top", ha="left", linespacing=1.2,
        )  # fmt: skip
        text.set_gid(gid)

    def axes(self, left: float, top: float, width: float, height: float, **more: Any) -> Axes:
        """A panel placed in inches; ``left`` from the page's edge, ``top`` from the body's top."""
        bottom = self.height - self.body_top - top - height
        place = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(place, **more)

    def text(self, left: float, top: float, text: str | Sequence[str], **more: Any) -> None:
        """Text or its lines at a place of the body in inches: by default its upper left corner."""
        text = text if isinstance(text, str) else "\n".join(text)
        more = {"va": "top", "ha": "left", "size": SMALL, "linespacing": 1.2, **more}
        if more["va"] == "top" and "\n" not in text:
            # by the baseline, so that neighbours with and without descenders are level
            top, more["va"] = top + 0.95 * more["size"] / 72, "baseline"
        self.figure.text(left / WIDTH, 1 - (self.body_top + top) / self.height, plain(text),
                         **more)  # fmt: skip

    def heading(self, left: float, top: float, text: str | Sequence[str], size: float = 10.5,
                **more: Any) -> None:  # fmt: skip
        """The same in bold."""
        self.text(left, top, text, size=size, weight="bold", **more)

    def box(self, left: float, top: float, width: float, height: float, **style: Any) -> None:
        """A rectangle in the body, in inches."""
        bottom = self.height - self.body_top - top - height
        self.figure.add_artist(
            Rectangle((left / WIDTH, bottom / self.height), width / WIDTH, height / self.height,
                      **style)
        )  # fmt: skip

    def rule(self, top: float) -> None:
        """A hairline across the body."""
        y = 1 - (self.body_top + top) / self.height
        line = Line2D([MARGIN / WIDTH, 1 - MARGIN / WIDTH], [y, y], color="#dddddd", linewidth=0.8)
        self.figure.add_artist(line)

    def key(self, rows: list[list[Mark]], top: float) -> None:
        """A key, so many inches from the body's top."""
        top += self.body_top
        for number, row in enumerate(rows):
            y = 1 - (top + KEY_ROW * number + 0.1) / self.height
            left = MARGIN
            for mark in row:
                x = [left / WIDTH, (left + 0.26) / WIDTH]
                if "facecolor" in mark.style:
                    half = 0.06 / self.height
                    box = Rectangle((x[0], y - half), x[1] - x[0], 2 * half, **mark.style)
                    self.figure.add_artist(box)
                elif "marker" in mark.style:
                    style = {**mark.style, "linestyle": ""}
                    self.figure.add_artist(Line2D([sum(x) / 2], [y], **style))
                else:
                    self.figure.add_artist(Line2D(x, [y, y], **mark.style))
                words = self.figure.text(
                    (left + 0.33) / WIDTH, y, plain(mark.text), va="center_baseline", size=SMALL,
                    color=mark.color,
                )  # fmt: skip
                words.set_gid("key")
                left += _mark_width(mark)


def _mark_width(mark: Mark) -> float:
    return 0.33 + (text_width(mark.text) + 0.22 if mark.text else 0.0)


def key_rows(key: Sequence[Mark]) -> list[list[Mark]]:
    """Entries of a key in rows across the page."""
    rows: list[list[Mark]] = []
    used = math.inf
    for mark in key:
        if used + _mark_width(mark) > INNER + 0.22:
            rows.append([])
            used = 0.0
        rows[-1].append(mark)
        used += _mark_width(mark)
    return rows


# --- axes ----------------------------------------------------------------------------------


def even_columns(count: int, most: int = 3, least: int = 2) -> int:
    """In how many columns panels leave the fewest places empty: of equals the most columns."""
    if count <= least:
        return max(count, 1)
    return min(range(min(most, count), least - 1, -1), key=lambda columns: -count % columns)


def grid(count: int, columns: int, gutter: float) -> tuple[float, list[tuple[float, int]]]:
    """Panels side by side across the page: the width of each, and left edge and row of all."""
    cell = (INNER - gutter * (columns - 1)) / columns
    return cell, [(MARGIN + n % columns * (cell + gutter), n // columns) for n in range(count)]


def share_axis(axis: XAxis | YAxis, top: float = 1.0, parts: int = 2) -> None:
    """An axis of shares from 0 to a round number, divided into so many parts."""
    ticks = np.linspace(0, top, parts + 1)
    axis.set_ticks(ticks, labels=[share_tick(tick) for tick in ticks])
    axis.grid(True)


def dot(axes: Axes, x: float, y: float, **style: Any) -> None:
    """One mark, over what is drawn before, and whole at the edge of a panel."""
    axes.plot([x], [y], **{"linestyle": "", "marker": "o", "clip_on": False, "zorder": 4, **style})


def date_axis(axes: Axes, calendar: Calendar, end: float, width: float, most: int = 12) -> None:
    """X axis in days since the start, labelled with dates; of a group with rounds.

    Parameters
    ----------
    axes : Axes
        A panel ``width`` inches wide.
    end : float
        Last day shown.
    most : int
        Most labels; fewer where there is no room for so many.
    """
    axes.set_xlim(0, end)
    start = calendar.start
    if calendar.in_rounds:
        last = end / calendar.round_days
        ticks = MaxNLocator(max(1, int(width / 0.6)), integer=True).tick_values(0, last)
        rounds = [int(n) for n in ticks if 0 <= n <= last]
        labels = ["round 0", *(str(n) for n in rounds[1:])]
        axes.set_xticks([n * calendar.round_days for n in rounds], labels)
        axes.get_xticklabels()[0].set_horizontalalignment("left")
        return
    for step in (1, 2, 3, 4, 6, 12, 24):
        days, labels = _firsts_of_months(start, end, step)
        places = [day * width / end for day in days]
        if len(days) <= most and _side_by_side(places, labels):
            break
    if len(days) < 2:
        days = [0.0, float(end)] if width < 2 else sorted({0.0, round(end / 2), float(end)})
        labels = [calendar.text(day, year=False) + "\n " for day in days]
        labels[0] = labels[0][:-1] + str(start.year)
        places = [day * width / end for day in days]
    axes.set_xticks(days, labels)
    for place, label in zip(places, axes.get_xticklabels(), strict=True):
        if place < EDGE:
            label.set_horizontalalignment("left")


def _firsts_of_months(start: date, end: float, step: int) -> tuple[list[float], list[str]]:
    """First days of every ``step``-th month as days of the run, and their labels."""
    months = range(
        start.year * 12 + start.month - 1, start.year * 12 + start.month + int(end) // 28
    )
    firsts = [date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
    shown = [first for first in firsts if 0 <= (first - start).days <= end]
    labels = []
    for before, first in zip([None, *shown], shown, strict=False):
        new_year = before is None or before.year != first.year
        labels.append(f"{MONTHS[first.month - 1]}\n{first.year if new_year else ' '}")
    return [float((first - start).days) for first in shown], labels


def _side_by_side(places: list[float], labels: list[str]) -> bool:
    """Whether labels at these places, in inches, leave a gap between each other."""
    reach = -math.inf
    for place, label in zip(places, labels, strict=True):
        wide = max(text_width(line) for line in label.split("\n"))
        left = place if place < EDGE else place - wide / 2
        if left < reach + 0.05:
            return False
        reach = left + wide
    return True


def panel_names(names: Sequence[str], cell: float) -> tuple[list[str], float]:
    """Names over panels of a width, in at most three lines, and what all but one of them take."""
    lines = [wrapped(name, cell, 11, True) for name in names]
    most = max(map(len, lines))
    # the last lines next to the panels
    texts = ["\n".join([*[" "] * (most - len(name)), *name]) for name in lines]
    return texts, (most - 1) * line_height(11)


def scale_axis(
    axes: Axes, issue: Issue, height: float, width: float, ends: Sequence[float] = ()
) -> None:
    """Y axis on an issue's scale: a tick for each listed point whose text fits.

    The ends have precedence, then the points at which most lines end, then those furthest from what
    is labelled already.

    Parameters
    ----------
    axes : Axes
        A panel of the given height in inches.
    height, width : float
        Height of the panel and room to its left, in inches.
    ends : sequence of float
        Where lines end.
    """
    low, high = axes.get_ylim()
    inch = height / (high - low)
    points = list(issue.scale)
    texts = {p: wrapped(issue.scale[p], width, lines=5) for p in points}
    half = {p: (len(texts[p]) * line_height() / 2 + 0.02) / inch for p in points}
    ending = Counter(min(points, key=lambda p: abs(p - at)) for at in ends)
    kept = sorted(labelled_points(points, half, [p for p, _ in ending.most_common()]))
    axes.set_yticks(kept, ["\n".join(texts[p]) for p in kept])
    for label in axes.get_yticklabels():
        label.set(va="center", linespacing=1.08)


def end_labels(
    axes: Axes,
    labels: Sequence[tuple[float, str, str]],
    height: float,
    width: float,
    lines: int = 2,
    start: float = 0.0,
) -> None:
    """Names to the right of lines' ends, moved apart where they would collide.

    Parameters
    ----------
    labels : sequence of (float, str, str)
        Value at the line's end, name, colour.
    height, width : float
        Height of the panel and room to its right, in inches.
    start : float
        Inches between the panel and where the room begins.
    """
    if not labels:
        return
    low, high = axes.get_ylim()
    unit = (high - low) / height
    half = line_height(SMALL) * unit / 2
    texts = [wrapped(name, width - 0.16, SMALL, lines=lines) for _, name, _ in labels]
    tallest = max(len(t) for t in texts)
    gap = 2 * half * tallest * 0.98
    values = [min(max(v, low), high) for v, _, _ in labels]
    margin = half * (tallest - 1)
    placed = spread(values, gap, low + margin, high - margin)
    stretch = axes.get_position().width * WIDTH
    places = [1 + (x + 0.02) / stretch for x in (0.0, start, start + 0.11)]
    for value, place, text, (_, _, color) in zip(values, placed, texts, labels, strict=True):
        level, at = (value - low) / (high - low), (place - low) / (high - low)
        leader = Line2D(places, [level, level, at], color=color, linewidth=0.7,
                        transform=axes.transAxes)  # fmt: skip
        axes.add_artist(leader).set_clip_on(False)
        axes.text(places[-1] + 0.03 / stretch, at, "\n".join(text), transform=axes.transAxes,
                  va="center", size=SMALL, color=ink(color), linespacing=1.1)  # fmt: skip
