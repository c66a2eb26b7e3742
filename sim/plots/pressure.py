"""What presses the sides: issues that move by themselves, what going on costs, levers."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import (
    MARGIN,
    WIDTH,
    Mark,
    Sheet,
    date_axis,
    end_labels,
    scale_axis,
    signed_marks,
)
from sim.plots.style import DARK, GREY, line_height, shortened, styled, text_width, wrapped
from sim.prose import percent as share_text
from sim.prose import signed
from sim.views.colours import ink
from sim.views.pressure import Course, LeverRow, Moving, PressureView

HEIGHT, GUTTER, NAMES, RIGHT = 2.3, 0.3, 3.1, 1.35
ROW, BAR = 0.56, 0.4
"""Height of a lever's row, and of all worlds in it."""


@styled
def pressure(view: PressureView) -> Figure:
    """No-deal course of the issues that drift, cost of going on by actor, a timeline of levers.

    Returns
    -------
    Figure
        Panels ``no_deal:ISSUE``, ``cost`` and ``levers``.
    """
    top_height = 0.45 + HEIGHT + 0.55
    timeline = 0.45 + ROW * len(view.levers) + 0.45 if view.levers else 0.0
    notes = wrapped(" ".join(view.notes), WIDTH - 2 * MARGIN, lines=4) if view.notes else []
    body = top_height + timeline + len(notes) * line_height()
    sheet = Sheet(view.foot, view.headline, view.subtitle, body, _key(view))
    columns = len(view.moving) + 1
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    for number, moving in enumerate(view.moving):
        _no_deal(sheet, view, moving, MARGIN + number * (cell + GUTTER), cell)
    _cost(sheet, view, MARGIN + len(view.moving) * (cell + GUTTER), cell)
    if view.levers:
        _timeline(sheet, view, top_height)
    if notes:
        sheet.text(MARGIN, top_height + timeline, "\n".join(notes), color="#444444", gid="notes")
    return sheet.figure


def _key(view: PressureView) -> list[Mark]:
    marks = [
        Mark("central world", "line", {"color": GREY, "linewidth": 2.2}),
        Mark("10–90 % of worlds", "band", {"facecolor": "#d5d5d5"}),
    ]
    if view.levers:
        marks.append(Mark("share of worlds in which the lever is in effect", "band",
                          {"facecolor": "#9a9a9a"}))  # fmt: skip
    if any(lever.pulled is not None for lever in view.levers):
        marks.append(Mark("pulled in the central world", "point",
                          {"marker": "o", "markersize": 6, "markerfacecolor": "white",
                           "color": DARK}))  # fmt: skip
    if any(lever.effect is not None for lever in view.levers):
        marks.append(Mark("in effect from", "point", {"marker": ">", "markersize": 7,
                                                      "color": DARK}))  # fmt: skip
    return [*marks, *signed_marks(list(view.signed.values()))]


def _stages(axes: Axes, view: PressureView) -> None:
    for day in view.signed:
        axes.axvline(day, color=DARK, linewidth=1, linestyle=":", zorder=2.5, gid="stage")


def _no_deal(sheet: Sheet, view: PressureView, moving: Moving, left: float, cell: float) -> None:
    ticks = min(1.5, 0.42 * cell)
    width = cell - ticks - 0.1
    spec, line = moving.issue, moving.course
    title = shortened(f"{spec.title}, as it stands", cell, 10.5, True)
    sheet.text(left, 0, title, size=10.5, weight="bold")
    axes = sheet.axes(left + ticks, 0.45, width, HEIGHT, gid=f"no_deal:{line.key}")
    axes.set_ylim(*moving.ends)
    bottom, top = moving.ends
    within = {p: t for p, t in spec.scale.items() if bottom <= p <= top}
    if len(within) >= 2:
        scale_axis(axes, spec.model_copy(update={"scale": within}), HEIGHT, ticks - 0.1)
    axes.grid(axis="y")
    date_axis(axes, view.start, view.end, width)
    axes.fill_between(view.days, line.low, line.high, color=line.color, alpha=0.18)
    axes.plot(view.days, line.central, color=line.color, linewidth=2.2, gid="no_deal")
    _stages(axes, view)


def _cost(sheet: Sheet, view: PressureView, left: float, cell: float) -> None:
    sheet.text(left, 0, "What going on costs", size=10.5, weight="bold")
    sheet.text(left, 0.18, "points of utility (0–100) a month", color="#555555")
    names = max(text_width(c.name) for c in view.costs)
    right, ticks = min(names + 0.2, 0.35 * cell), 0.4
    width = cell - ticks - right
    axes = sheet.axes(left + ticks, 0.45, width, HEIGHT, gid="cost")
    top = max([0.1, *(float(max(c.high.max(), c.central.max())) for c in view.costs)])
    bottom = min([0.0, *(float(min(c.low.min(), c.central.min())) for c in view.costs)])
    axes.set_ylim(1.06 * bottom, 1.06 * top)
    for one in view.costs:
        _course(axes, view, one)
    points = [p for p in MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(bottom, top)
              if 1.06 * bottom - 1e-9 <= p <= 1.06 * top]  # fmt: skip
    axes.set_yticks(points, [signed(f"{p:.4g}") for p in points])
    axes.grid(axis="y")
    date_axis(axes, view.start, view.end, width)
    _stages(axes, view)
    ends = [(float(c.central[-1]), c.name, c.color) for c in view.costs]
    end_labels(axes, ends, HEIGHT, right)


def _course(axes: Axes, view: PressureView, one: Course) -> None:
    axes.fill_between(view.days, one.low, one.high, color=one.color, alpha=0.14)
    axes.plot(view.days, one.central, color=one.color, linewidth=2.0, gid=one.key)


def _timeline(sheet: Sheet, view: PressureView, top: float) -> None:
    """One row per lever: the central world's days over the share of worlds in which it acts."""
    sheet.rule(top - 0.12)
    sheet.text(MARGIN, top, "Levers: threats carried out and promises kept", size=10.5,
               weight="bold")  # fmt: skip
    sheet.text(WIDTH - MARGIN - RIGHT + 0.42, top + 0.22, f"at the end, of\n{view.worlds}",
               color="#555555", va="center")  # fmt: skip
    left = MARGIN + NAMES + 0.1
    width = WIDTH - MARGIN - RIGHT - left
    axes = sheet.axes(left, top + 0.45, width, ROW * len(view.levers), gid="levers")
    axes.set_ylim(ROW * len(view.levers), 0)
    axes.spines.left.set_visible(False)
    axes.set_yticks([])
    date_axis(axes, view.start, view.end, width, most=9)
    for row, lever in enumerate(view.levers):
        base = ROW * (row + 1) - 0.06
        _lever(axes, view, lever, base)
        _names(sheet, lever, top + 0.45 + row * ROW, top + 0.45 + base)
    _stages(axes, view)


def _names(sheet: Sheet, lever: LeverRow, top: float, base: float) -> None:
    lines = wrapped(lever.title, NAMES, lines=2)
    who = wrapped(lever.who, NAMES, bold=True, lines=2)
    start = top + (ROW - (len(lines) + len(who)) * line_height() * 0.97) / 2
    sheet.text(MARGIN, start, "\n".join(who), color=ink(lever.color), weight="bold",
               linespacing=1.05, gid=f"lever:{lever.key}")  # fmt: skip
    sheet.text(MARGIN, start + len(who) * line_height(), "\n".join(lines), linespacing=1.05)
    beside = WIDTH - MARGIN - RIGHT + 0.05
    sheet.text(beside, base - BAR - 0.06, "100 %", color=GREY, size=7)
    sheet.text(beside, base - 0.06, "0", color=GREY, size=7)
    sheet.text(beside + 0.37, base - BAR / 2 - 0.07, share_text(float(lever.shares[-1])),
               color=ink(lever.color), weight="bold", size=9.5, gid="share")  # fmt: skip


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
        axes.plot([lever.effect], [base], linestyle="", marker=">", markersize=7, zorder=3,
                  color=lever.color, gid="effect", clip_on=False)  # fmt: skip
    axes.plot([lever.pulled], [base], linestyle="", marker="o", markersize=6,
              markerfacecolor="white", color=lever.color, zorder=3, gid="pulled",
              clip_on=False)  # fmt: skip
