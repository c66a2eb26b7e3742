"""What presses the sides: issues that move by themselves, what going on costs, levers."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import (
    MARGIN,
    WIDTH,
    Mark,
    Sheet,
    date_axis,
    dot,
    end_labels,
    grid,
    mark,
    scale_axis,
    signed_marks,
    stages,
)
from sim.plots.style import DARK, GREY, line_height, shortened, styled, text_width, wrapped
from sim.prose import percent as share_text
from sim.prose import signed
from sim.views.colours import ink
from sim.views.pressure import LeverRow, Moving, PressureView

HEIGHT, GUTTER, NAMES, RIGHT = 2.3, 0.3, 3.1, 1.35
ROW, BAR, STEP = 0.56, 0.4, 0.1
"""Height of a lever's row, and of all worlds in it; distance of bars beside a panel."""
PULLED: dict[str, Any] = {"marker": "o", "markersize": 9, "markerfacecolor": "white"}
EFFECT: dict[str, Any] = {"marker": ">", "markersize": 5}


@styled
def pressure(view: PressureView) -> Figure:
    """No-deal course of the issues that drift, cost of going on by actor, a timeline of levers.

    Returns
    -------
    Figure
        Panels ``no_deal:ISSUE``, ``cost`` and ``levers``.
    """
    upper = 0.45 + HEIGHT + 0.55
    tall = [_tall(lever) for lever in view.levers]
    body = upper + (0.45 + sum(tall) + 0.45 if tall else 0.0)
    sheet = Sheet(view, body, _key(view), view.notes)
    cell, places = grid(len(view.moving) + 1, len(view.moving) + 1, GUTTER)
    for moving, (left, _) in zip(view.moving, places, strict=False):
        _no_deal(sheet, view, moving, left, cell)
    _cost(sheet, view, places[-1][0], cell)
    if tall:
        _timeline(sheet, view, upper, tall)
    return sheet.figure


def _key(view: PressureView) -> list[Mark]:
    marks = [
        mark("central world", color=GREY, linewidth=2.2),
        mark("10–90 % of worlds", facecolor="#d5d5d5"),
    ]
    if view.levers:
        marks.append(mark("share of worlds in which the lever is in effect", facecolor="#9a9a9a"))
    if any(lever.pulled is not None for lever in view.levers):
        marks.append(mark("pulled in the central world", color=DARK, **PULLED))
    if any(lever.effect is not None for lever in view.levers):
        marks.append(mark("in effect from", color=DARK, **EFFECT))
    return [*marks, *signed_marks(view.signed)]


def _no_deal(sheet: Sheet, view: PressureView, moving: Moving, left: float, cell: float) -> None:
    ticks = min(1.5, 0.42 * cell)
    width = cell - ticks - 0.1
    spec, line = moving.issue, moving.course
    sheet.heading(left, 0, shortened(f"{spec.title}, as it stands", cell, 10.5, True))
    axes = sheet.axes(left + ticks, 0.45, width, HEIGHT, gid=f"no_deal:{line.key}")
    axes.set_ylim(*moving.ends)
    bottom, top = moving.ends
    within = {p: t for p, t in spec.scale.items() if bottom <= p <= top}
    if len(within) >= 2:
        shown, end = spec.model_copy(update={"scale": within}), float(line.central[-1])
        scale_axis(axes, shown, HEIGHT, ticks - 0.1, [end])
    axes.grid(axis="y")
    date_axis(axes, view.calendar, view.end, width)
    axes.fill_between(view.days, line.low, line.high, color=line.color, alpha=0.18)
    axes.plot(
        view.days[: len(line.central)], line.central, color=line.color, linewidth=2.2, gid="no_deal"
    )
    stages(axes, view.signed)


def _cost(sheet: Sheet, view: PressureView, left: float, cell: float) -> None:
    sheet.heading(left, 0, "What going on costs")
    sheet.text(left, 0.18, "points of utility (0–100) a month", color="#555555")
    names, ticks, bars = max(text_width(c.name) for c in view.costs), 0.4, STEP * len(view.costs)
    right = min(names + 0.2, 0.35 * cell) + bars
    width = cell - ticks - right
    axes = sheet.axes(left + ticks, 0.45, width, HEIGHT, gid="cost")
    top = max([0.1, *(float(max(c.high[-1], c.central.max())) for c in view.costs)])
    bottom = min([0.0, *(float(min(c.low[-1], c.central.min())) for c in view.costs)])
    axes.set_ylim(1.06 * bottom, 1.06 * top)
    for n, one in enumerate(view.costs):
        axes.plot(view.days, one.central, color=one.color, linewidth=2.0, gid=one.key)
        # bands of several sides would lie over each other
        axes.plot([1 + STEP * (n + 0.7) / width] * 2, [one.low[-1], one.high[-1]],
                  color=one.color, linewidth=4, alpha=0.4, clip_on=False, solid_capstyle="butt",
                  transform=axes.get_yaxis_transform(), gid=f"range:{one.key}")  # fmt: skip
    points = [p for p in MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(bottom, top)
              if 1.06 * bottom - 1e-9 <= p <= 1.06 * top]  # fmt: skip
    axes.set_yticks(points, [signed(f"{p:.4g}") for p in points])
    axes.grid(axis="y")
    date_axis(axes, view.calendar, view.end, width)
    stages(axes, view.signed)
    ends = [(float(c.central[-1]), c.name, c.color) for c in view.costs]
    end_labels(axes, ends, HEIGHT, right - bars, start=bars)


def _timeline(sheet: Sheet, view: PressureView, top: float, tall: list[float]) -> None:
    """One row per lever: the central world's days over the share of worlds in which it acts."""
    sheet.rule(top - 0.12)
    sheet.heading(MARGIN, top, "Levers: threats carried out and promises kept")
    beside = WIDTH - MARGIN - RIGHT
    sheet.text(beside + 0.42, top + 0.22, f"at the end, of\n{view.worlds}", color="#555555",
               va="center")  # fmt: skip
    left, top = MARGIN + NAMES + 0.1, top + 0.45
    axes = sheet.axes(left, top, beside - left, sum(tall), gid="levers")
    axes.set_ylim(sum(tall), 0)
    axes.spines.left.set_visible(False)
    axes.set_yticks([])
    date_axis(axes, view.calendar, view.end, beside - left, most=9)
    for n, lever in enumerate(view.levers):
        base = sum(tall[: n + 1]) - 0.06
        _lever(axes, view, lever, base)
        _names(sheet, lever, top + sum(tall[:n]), tall[n])
        sheet.text(beside + 0.42, top + base - BAR / 2 - 0.07, share_text(float(lever.shares[-1])),
                   color=ink(lever.color), weight="bold", size=9.5, gid="share")  # fmt: skip
        if n == 0:  # all rows have the same scale
            for text, level in (("100 %", BAR), ("0", 0.0)):
                sheet.text(beside + 0.05, top + base - level - 0.06, text, color=GREY, size=7)
    stages(axes, view.signed)


def _said(lever: LeverRow) -> tuple[list[str], list[str]]:
    return wrapped(lever.who, NAMES, bold=True, lines=2), wrapped(lever.title, NAMES, lines=2)


def _tall(lever: LeverRow) -> float:
    """Height of a row with all its lines."""
    return max(ROW, sum(map(len, _said(lever))) * line_height() + 0.12)


def _names(sheet: Sheet, lever: LeverRow, top: float, tall: float) -> None:
    who, title = _said(lever)
    start = top + (tall - (len(title) + len(who)) * line_height() * 0.97) / 2
    sheet.text(MARGIN, start, who, color=ink(lever.color), weight="bold", linespacing=1.05,
               gid=f"lever:{lever.key}")  # fmt: skip
    sheet.text(MARGIN, start + len(who) * line_height(), title, linespacing=1.05)


def _lever(axes: Axes, view: PressureView, lever: LeverRow, base: float) -> None:
    for level in (base, base - BAR):
        axes.axhline(level, color="#e3e3e3", linewidth=0.8, zorder=0.5)
    axes.fill_between(view.days, base, base - BAR * lever.shares, step="post", color=lever.color,
                      alpha=0.38, zorder=1, gid=f"share:{lever.key}", linewidth=0)  # fmt: skip
    if lever.pulled is None:
        return
    stop = view.end if lever.effect is None else lever.effect
    axes.plot([lever.pulled, stop], [base, base], color=lever.color, linewidth=1.6,
              linestyle=(0, (2, 1)), zorder=2)  # fmt: skip
    if lever.effect is not None:
        axes.plot([lever.effect, view.end], [base, base], color=lever.color, linewidth=3, zorder=2)
        dot(axes, lever.effect, base, color=lever.color, zorder=5, gid="effect", **EFFECT)
    dot(axes, lever.pulled, base, color=lever.color, gid="pulled", **PULLED)
