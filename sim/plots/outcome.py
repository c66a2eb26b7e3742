"""How likely each kind of outcome is, and how soon a deal comes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Sheet, date_axis, end_labels
from sim.plots.style import DARK, GREY, shortened, styled, text_width
from sim.prose import counted, span_words
from sim.prose import percent as share_text
from sim.results.dataset import date_of
from sim.views.layout import TOPS, nice_top, share_tick
from sim.views.outcome import Odds, OutcomeView, Signing, outcome_view
from sim.views.run_data import day_text

HEIGHT, TABLE_ROW = 3.2, 0.46


@styled
def outcome(run: Run) -> Figure:
    """Odds by kind of outcome, and the share of worlds with a deal by day.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    Figure
        Two panels, ``odds`` and ``time``; curves carry ``settlement`` and ``first_stage`` as gid.
    """
    view = outcome_view(run)
    rows = [*view.signings, *view.limited]
    table = 0.44 + TABLE_ROW * len(rows)
    body = 0.36 + HEIGHT + 0.62 + table
    subtitle = (
        "Share of worlds by how they end within the horizon, and share with a signature by "
        "date. Bars and bands: 95 % intervals (Wilson) for the number of worlds simulated."
    )
    sheet = Sheet(run, view.headline, subtitle, body)
    names = max(text_width(one.label) for one in view.odds)
    bars = 2.0
    sheet.text(MARGIN, 0, "How the worlds end", size=10.5, weight="bold")
    axes = sheet.axes(MARGIN + names + 0.1, 0.36, bars, HEIGHT, gid="odds")
    _odds(axes, view.odds)
    left = MARGIN + names + bars + 1.6
    right = 1.35
    sheet.text(left - 0.45, 0, "How soon a deal is signed", size=10.5, weight="bold")
    width = WIDTH - MARGIN - right - left
    axes = sheet.axes(left, 0.36, width, HEIGHT, gid="time")
    _time(axes, run, view, width, right)
    _table(sheet, run, rows, 0.36 + HEIGHT + 0.62)
    return sheet.figure


def _odds(axes: Axes, odds: list[Odds]) -> None:
    places = np.arange(len(odds))
    end = nice_top(max(one.interval.high for one in odds))
    axes.barh(places, [one.share for one in odds], height=0.46, color=[one.color for one in odds])
    for place, one in zip(places, odds, strict=True):
        high = one.interval.high
        axes.plot(one.interval, [place, place], color=DARK, linewidth=1.1, solid_capstyle="butt")
        axes.annotate(one.text, (high, place), xytext=(5, 7), textcoords="offset points",
                      va="center", weight="bold", size=10)  # fmt: skip
        axes.annotate(one.span, (high, place), xytext=(5, -7), textcoords="offset points",
                      va="center", color=GREY, size=8.8)  # fmt: skip
    axes.set_yticks(places, [one.label for one in odds])
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_color(DARK)
    axes.set_ylim(len(odds) - 0.5, -0.5)
    axes.set_xlim(0, end)
    ticks = [0, end / 2, end]
    axes.set_xticks(ticks, [share_tick(t) for t in ticks])
    axes.grid(axis="x")


def _time(axes: Axes, run: Run, view: OutcomeView, width: float, right: float) -> None:
    labels = []
    for one in view.signings:
        curve, asked, color = one.curve, one.asked, one.color
        axes.fill_between(curve.days, curve.low, curve.high, step="post", color=color, alpha=0.16)
        axes.step(curve.days, curve.shares, where="post", color=color, linewidth=2.2, gid=one.name,
                  clip_on=False)  # fmt: skip
        axes.plot(asked.days, asked.shares, linestyle="", marker="o", markersize=5.5, color=color,
                  gid="days", markeredgecolor="white", clip_on=False, zorder=4)  # fmt: skip
        last = curve.shares[-1]
        labels.append((float(last), f"{share_text(last)} {one.label}", color))
    top = nice_top(view.highest)
    axes.set_ylim(0, top)
    ticks = np.linspace(0, top, TOPS[top] + 1)
    axes.set_yticks(ticks, [share_tick(t) for t in ticks])
    axes.grid(axis="y")
    date_axis(axes, run.scenario.war.start_date, view.end, width, most=9)
    end_labels(axes, labels, HEIGHT, right, lines=3)


def _table(sheet: Sheet, run: Run, signings: list[Signing], top: float) -> None:
    """The chances by the days people ask about, as a small table across the page."""
    asked = [int(day) for day in run.summary.deal_by_day]
    first, step = 2.75, (WIDTH - MARGIN - 2.75) / len(asked)
    sheet.rule(top - 0.08)
    sheet.text(MARGIN, top, "Signed within …", size=9.5, weight="bold")
    for number, day in enumerate(asked):
        when = date_of(run.scenario, day)
        sheet.text(first + number * step, top, counted(day, "day"), size=9.5, weight="bold")
        sheet.text(first + number * step, top + 0.18, day_text(when), color=GREY)
    for row, one in enumerate(signings):
        y = top + 0.46 + row * TABLE_ROW
        sheet.text(MARGIN, y, shortened(one.label, 2.35, 9.5, True), size=9.5, weight="bold",
                   color=one.color)  # fmt: skip
        for number, (within, share) in enumerate(one.shares.items()):
            x, span = first + number * step, span_words(one.intervals[within])
            sheet.text(x, y, share_text(share), size=11, weight="bold", color=one.color)
            sheet.text(x, y + 0.19, "beyond the horizon" if share is None else span, color=GREY)
