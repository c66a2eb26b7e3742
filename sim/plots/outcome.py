"""How likely each kind of outcome is, and how soon a deal comes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import INNER, MARGIN, WIDTH, Sheet, date_axis, dot, end_labels, share_axis
from sim.plots.style import DARK, GREY, SMALL, line_height, shortened, styled, text_width, wrapped
from sim.prose import counted
from sim.views.colours import ink
from sim.views.layout import TOPS, nice_top
from sim.views.outcome import DOTS, Odds, OutcomeView, Signing, dots
from sim.words.shares import bare_odds, odds_parts

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
    nothing = " ".join(filter(None, (view.absent, "" if view.seen else view.unseen)))
    absent = wrapped(nothing, LEFT_PART - 0.2, lines=7) if nothing else []
    under = 0.34 + DOT * DOTS / ACROSS + 0.14
    upper = max(under + said + len(absent) * line_height(), HEIGHT + 1.0 if view.seen else 0.0)
    rows = [*view.seen, *view.limited] if view.seen and not view.calendar.in_rounds else []
    table = 0.44 + TABLE_ROW * len(rows) + (0.3 if view.unseen else 0.0) if rows else 0.0
    base = [f"Base rate. {view.base.words}"] if view.base else []
    sheet = Sheet(view, upper + table + 0.16, (), base)
    sheet.heading(MARGIN, 0, f"How the worlds end: each dot is 1 in {DOTS}")
    dot_panel(sheet, view.occurring, 0.34)
    said_shares(sheet, view.occurring, under, LEFT_PART - 0.3)
    if absent:
        sheet.text(MARGIN, under + said, absent, color=GREY, gid="absent")
    if view.seen:
        begin = MARGIN + LEFT_PART + 0.7
        sheet.heading(begin - 0.5, 0, f"How soon something is {view.done}")
        width = WIDTH - MARGIN - RIGHT - begin
        _time(sheet.axes(begin, 0.34, width, HEIGHT, gid="time"), view, width)
    if rows:
        _table(sheet, view, rows, upper + 0.14)
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
        sheet.heading(MARGIN, y, one.text, 13, color=ink(one.color), gid="share")
        fits = text_width(one.label, 9.5, True) <= room
        name = one.label if fits else one.label.split(":")[0]
        size = 9.5 * min(1.0, room / text_width(name, 9.5, True))
        sheet.heading(MARGIN + 0.8, y + 0.04, name, size)
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
        labels.append((last, f"{bare_odds(last, one.worlds)} {one.label}", color))
    if view.base is not None:
        day, share = min(view.base.day, view.end), view.base.share
        if view.base.interval:
            axes.plot([day, day], view.base.interval, color=GREY, linewidth=1.2, clip_on=False,
                      zorder=4.5)  # fmt: skip
        if day < view.end:  # its name stands at the edge
            axes.plot([day, view.end], [share] * 2, color=DARK, linewidth=0.7, linestyle=":")
        dot(axes, day, share, marker="_", markersize=16, color=DARK, markeredgewidth=2, zorder=5,
            gid="base")  # fmt: skip
        labels.append((share, view.base.label, DARK))
    top = nice_top(view.highest)
    axes.set_ylim(0, top)
    share_axis(axes.yaxis, top, TOPS[top])
    date_axis(axes, view.calendar, view.end, width, most=9)
    _named(axes, view, width, top)
    end_labels(axes, labels, HEIGHT, RIGHT, lines=4)


def _named(axes: Axes, view: OutcomeView, width: float, top: float) -> None:
    """Dashed lines at the scenario's own days, each with a text on the side that has more room."""
    marks = sorted((day * width / view.end, word) for day, word in view.marks)
    taken, ends = 0.0, [at for at, _ in marks[1:]] + [width]
    for (at, word), end in zip(marks, ends, strict=False):
        late = at - taken > end - at
        text = wrapped(word, max(at - taken, end - at) - 0.15, lines=4)
        wide = max(map(text_width, text)) + 0.1
        taken = at if late else at + wide
        day = view.end / width
        span = (at - wide, at) if late else (at, at + wide)
        upper = _free(view, [x * day for x in span], len(text) * line_height() * top / HEIGHT, top)
        axes.axvline(at * view.end / width, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)),
                     zorder=1, gid="named")  # fmt: skip
        axes.annotate("\n".join(text), (at * view.end / width, upper), (-4 if late else 4, 0),
                      textcoords="offset points", color=GREY, size=SMALL, va="top",
                      ha="right" if late else "left", linespacing=1.1)  # fmt: skip


def _free(view: OutcomeView, days: Sequence[float], height: float, top: float) -> float:
    """The highest place for a text that no curve crosses between two days; the top if none is."""
    crossed = []
    for one in view.seen:
        begin, share = np.asarray(one.curve.days), np.asarray(one.curve.shares)
        ends, before = np.append(begin[1:], view.end), np.append(share[:1], share[:-1])
        before = np.where(begin >= days[0], before, share)  # it rises at the beginning of a step
        here = (begin <= days[1]) & (ends >= days[0])
        crossed += [*zip(before[here], share[here], strict=True)]
    margin = 0.02 * top
    for upper in np.arange(top, height, -margin):
        if not any(
            low <= upper + margin and high >= upper - height - margin for low, high in crossed
        ):
            return float(upper)
    return top


def _table(sheet: Sheet, view: OutcomeView, rows: list[Signing], top: float) -> None:
    """The chances by the days people ask about, as a small table across the page."""
    asked = [int(day) for day in view.known]
    first, step = 2.75, (WIDTH - MARGIN - 2.75) / len(asked)
    sheet.rule(top - 0.08)
    sheet.heading(MARGIN, top, "Signed within …", 9.5)
    for number, day in enumerate(asked):
        sheet.heading(first + number * step, top, counted(day, "day"), 9.5)
        sheet.text(first + number * step, top + 0.18, view.calendar.text(day), color=GREY)
    y = top + 0.46
    for one in rows:
        label = wrapped(one.label, first - MARGIN - 0.15, 9.5, True, lines=2)
        sheet.heading(MARGIN, y, label, 9.5, color=one.color)
        known = [(s, one.intervals[day]) for day, s in one.shares.items() if s is not None]
        for number, (share, span) in enumerate(known):
            x = first + number * step
            said, beside = odds_parts(share, one.worlds, span)
            sheet.heading(x, y, said, 11, color=one.color)
            sheet.text(x, y + 0.19, beside, color=GREY)
        y += TABLE_ROW
    if view.unseen:
        sheet.text(MARGIN, y, shortened(view.unseen, INNER), color=GREY, gid="unseen")
