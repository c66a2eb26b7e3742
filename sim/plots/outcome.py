"""How likely each kind of outcome is, and how soon a deal comes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import MARGIN, WIDTH, Sheet, date_axis, end_labels
from sim.plots.style import DARK, GREY, line_height, shortened, styled, text_width, wrapped
from sim.prose import counted, span_words
from sim.prose import percent as share_text
from sim.views.colours import ink
from sim.views.layout import TOPS, nice_top, share_tick
from sim.views.outcome import DOTS, Odds, OutcomeView, Signing, dots
from sim.views.run_data import day_text

DOT, ACROSS, LEFT_PART = 0.29, 10, 3.6
"""Distance of dots in inches, dots in a row, and width of the left part."""
HEIGHT, TABLE_ROW, RIGHT, SHARE_ROW = 2.9, 0.46, 1.5, 0.36


@styled
def outcome(view: OutcomeView) -> Figure:
    """Fifty dots by kind of outcome, and the share of worlds with a deal by day.

    Returns
    -------
    Figure
        Panels ``odds`` and, where anything is signed, ``time``; curves carry ``settlement`` and
        ``first_stage`` as gid.
    """
    said = SHARE_ROW * len(view.occurring) + 0.05
    nothing = " ".join(t for t in (view.absent, "" if view.seen else view.unseen) if t)
    absent = wrapped(nothing, LEFT_PART - 0.2, lines=7) if nothing else []
    left = DOT * DOTS / ACROSS + 0.5 + said + len(absent) * line_height()
    right = HEIGHT + 1.0 if view.seen else 0.0
    table = 0.44 + TABLE_ROW * len([*view.seen, *view.limited]) + (0.3 if view.unseen else 0.0)
    body = max(left, right) + (table if view.seen else 0.0)
    base = (
        wrapped(f"Base rate. {view.base.words}", WIDTH - 2 * MARGIN, lines=2) if view.base else []
    )
    bottom = body + 0.1
    body = bottom + len(base) * line_height() if base else body
    sheet = Sheet(view.foot, view.headline, view.subtitle, body)
    if base:
        sheet.text(MARGIN, bottom, "\n".join(base), color="#444444", gid="base-rate")
    sheet.text(MARGIN, 0, f"How the worlds end: each dot is 1 in {DOTS}", size=10.5, weight="bold")
    tall = DOT * DOTS / ACROSS
    dot_panel(sheet, view.occurring, 0.34)
    said_shares(sheet, view.occurring, 0.34 + tall + 0.14, LEFT_PART - 0.3)
    if absent:
        sheet.text(MARGIN, 0.34 + tall + 0.14 + said, "\n".join(absent), color=GREY, gid="absent")
    if view.seen:
        begin = MARGIN + LEFT_PART + 0.7
        sheet.text(begin - 0.5, 0, "How soon something is signed", size=10.5, weight="bold")
        width = WIDTH - MARGIN - RIGHT - begin
        _time(sheet.axes(begin, 0.34, width, HEIGHT, gid="time"), view, width)
        _table(sheet, view, max(left, right) + 0.08)
    return sheet.figure


def dot_panel(sheet: Sheet, odds: list[Odds], top: float) -> None:
    """Fifty dots in rows of ten, in the colours of the outcomes."""
    axes = sheet.axes(MARGIN, top, DOT * ACROSS, DOT * DOTS / ACROSS, gid="odds")
    counts = dots([one.share for one in odds])
    colors = [one.color for one, count in zip(odds, counts, strict=True) for _ in range(count)]
    places = np.arange(len(colors))
    axes.scatter(places % ACROSS, places // ACROSS, s=150, c=colors, linewidths=0, gid="dots")
    axes.set_xlim(-0.5, ACROSS - 0.5)
    axes.set_ylim(DOTS / ACROSS - 0.5, -0.5)
    axes.set_axis_off()


def said_shares(sheet: Sheet, odds: list[Odds], top: float, width: float) -> None:
    """A share, its kind and its interval in a row, in the colour of its dots."""
    for n, one in enumerate(odds):
        y, room = top + SHARE_ROW * n, width - 0.8 - text_width(one.span) - 0.1
        sheet.text(MARGIN, y, one.text, size=13, weight="bold", color=ink(one.color),
                   gid="share")  # fmt: skip
        fits = text_width(one.label, 9.5, True) <= room
        name = one.label if fits else one.label.split(":")[0]
        size = 9.5 * min(1.0, room / text_width(name, 9.5, True))
        sheet.text(MARGIN + 0.8, y + 0.04, name, size=size, weight="bold")
        sheet.text(MARGIN + width, y + 0.05, one.span, color=GREY, gid="span", ha="right")


def _time(axes: Axes, view: OutcomeView, width: float) -> None:
    labels = []
    for one in view.seen:
        curve, asked, color = one.curve, one.asked, one.color
        axes.fill_between(curve.days, curve.low, curve.high, step="post", color=color, alpha=0.16)
        axes.step(curve.days, curve.shares, where="post", color=color, linewidth=2.2, gid=one.name,
                  clip_on=False)  # fmt: skip
        axes.plot(asked.days, asked.shares, linestyle="", marker="o", markersize=5.5, color=color,
                  gid="days", markeredgecolor="white", clip_on=False, zorder=4)  # fmt: skip
        last = float(curve.shares[-1])
        labels.append((last, f"{share_text(last)} {one.label}", color))
    if view.base is not None:
        day, share = min(view.base.day, view.end), view.base.share
        if view.base.interval:
            axes.plot([day, day], view.base.interval, color=GREY, linewidth=1.2, clip_on=False,
                      zorder=4.5)  # fmt: skip
        axes.plot([day], [share], linestyle="", marker="_", markersize=16, color=DARK,
                  markeredgewidth=2, clip_on=False, zorder=5, gid="base")  # fmt: skip
        labels.append((share, view.base.label, DARK))
    top = nice_top(view.highest)
    axes.set_ylim(0, top)
    ticks = np.linspace(0, top, TOPS[top] + 1)
    axes.set_yticks(ticks, [share_tick(t) for t in ticks])
    axes.grid(axis="y")
    date_axis(axes, view.start, view.end, width, most=9)
    for day, word in view.marks:
        axes.axvline(day, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1, gid="named")
        late = day > 0.8 * view.end
        axes.text(day, top, f"{word} " if late else f" {word}", color=GREY, fontsize=8, va="top",
                  ha="right" if late else "left")  # fmt: skip
    end_labels(axes, labels, HEIGHT, RIGHT, lines=4)


def _table(sheet: Sheet, view: OutcomeView, top: float) -> None:
    """The chances by the days people ask about, as a small table across the page."""
    asked = [int(day) for day in view.known]
    first, step = 2.75, (WIDTH - MARGIN - 2.75) / len(asked)
    sheet.rule(top - 0.08)
    sheet.text(MARGIN, top, "Signed within …", size=9.5, weight="bold")
    for number, day in enumerate(asked):
        when = day_text(view.start + timedelta(days=day))
        sheet.text(first + number * step, top, counted(day, "day"), size=9.5, weight="bold")
        sheet.text(first + number * step, top + 0.18, when, color=GREY)
    y = top + 0.46
    for one in [*view.seen, *view.limited]:
        _row(sheet, one, y, first, step)
        y += TABLE_ROW
    if view.unseen:
        sheet.text(MARGIN, y, shortened(view.unseen, WIDTH - 2 * MARGIN), color=GREY, gid="unseen")


def _row(sheet: Sheet, one: Signing, y: float, first: float, step: float) -> None:
    label = "\n".join(wrapped(one.label, first - MARGIN - 0.15, 9.5, True, lines=2))
    sheet.text(MARGIN, y, label, size=9.5, weight="bold", color=one.color)
    known = [(share, one.intervals[day]) for day, share in one.shares.items() if share is not None]
    for number, (share, interval) in enumerate(known):
        x = first + number * step
        sheet.text(x, y, share_text(share, interval), size=11, weight="bold", color=one.color)
        sheet.text(x, y + 0.19, span_words(interval), color=GREY)
