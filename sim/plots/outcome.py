"""How likely each kind of outcome is, and how soon a deal comes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Sheet, date_axis, end_labels
from sim.plots.style import DARK, GREY, shortened, styled, text_width
from sim.prose import counted, span_words
from sim.prose import percent as share_text
from sim.results.dataset import date_of
from sim.results.outcomes import DAYS, OUTCOME_WORDS, OUTCOMES
from sim.views.colours import OUTCOME_COLORS
from sim.views.layout import TOPS, nice_top, share_tick
from sim.views.outcome import curves, headline
from sim.views.run_data import band_of_shares, day_text, days, last_day

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
    shown = curves(run)
    table = 0.44 + TABLE_ROW * len(shown)
    body = 0.36 + HEIGHT + 0.62 + table
    subtitle = (
        "Share of worlds by how they end within the horizon, and share with a signature by "
        "date. Bars and bands: 95 % intervals (Wilson) for the number of worlds simulated."
    )
    sheet = Sheet(run, headline(run), subtitle, body)
    names = max(text_width(w.label) for w in OUTCOME_WORDS.values())
    bars = 2.0
    sheet.text(MARGIN, 0, "How the worlds end", size=10.5, weight="bold")
    axes = sheet.axes(MARGIN + names + 0.1, 0.36, bars, HEIGHT, gid="odds")
    _odds(axes, run)
    left = MARGIN + names + bars + 1.6
    right = 1.35
    sheet.text(left - 0.45, 0, "How soon a deal is signed", size=10.5, weight="bold")
    width = WIDTH - MARGIN - right - left
    axes = sheet.axes(left, 0.36, width, HEIGHT, gid="time")
    _time(axes, run, shown, width, right)
    _table(sheet, run, shown, 0.36 + HEIGHT + 0.62)
    return sheet.figure


def _odds(axes: Axes, run: Run) -> None:
    shares, intervals = run.summary.outcomes, run.summary.outcomes_interval
    places = np.arange(len(OUTCOMES))
    highest = max(high for _, high in intervals.values())
    end = nice_top(highest)
    axes.barh(places, [shares[k] for k in OUTCOMES], height=0.46,
              color=[OUTCOME_COLORS[k] for k in OUTCOMES])  # fmt: skip
    for place, kind in zip(places, OUTCOMES, strict=True):
        low, high = intervals[kind]
        axes.plot([low, high], [place, place], color=DARK, linewidth=1.1, solid_capstyle="butt")
        share = share_text(shares[kind], [low, high])
        axes.annotate(share, (high, place), xytext=(5, 7), textcoords="offset points",
                      va="center", weight="bold", size=10)  # fmt: skip
        axes.annotate(span_words([low, high]), (high, place), xytext=(5, -7),
                      textcoords="offset points", va="center", color=GREY, size=8.8)  # fmt: skip
    axes.set_yticks(places, [OUTCOME_WORDS[k].label for k in OUTCOMES])
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_color(DARK)
    axes.set_ylim(len(OUTCOMES) - 0.5, -0.5)
    axes.set_xlim(0, end)
    ticks = [0, end / 2, end]
    axes.set_xticks(ticks, [share_tick(t) for t in ticks])
    axes.grid(axis="x")


def _time(
    axes: Axes, run: Run, curves: dict[str, tuple[str, str, NDArray[np.float64]]],
    width: float, right: float,
) -> None:  # fmt: skip
    end = last_day(run)
    x = days(run)[days(run) <= end]
    marked = np.array([d for d in DAYS if d <= end], dtype=float)
    labels, highest = [], 0.0
    for name, (label, color, signed) in curves.items():
        share, low, high = band_of_shares(signed, x)
        axes.fill_between(x, low, high, step="post", color=color, alpha=0.16)
        axes.step(x, share, where="post", color=color, linewidth=2.2, gid=name, clip_on=False)
        at, _, _ = band_of_shares(signed, marked)
        axes.plot(marked, at, linestyle="", marker="o", markersize=5.5, color=color, gid="days",
                  markeredgecolor="white", clip_on=False, zorder=4)  # fmt: skip
        labels.append((float(share[-1]), f"{share_text(share[-1])} {label}", color))
        highest = max(highest, float(np.max(high)))
    top = nice_top(highest)
    axes.set_ylim(0, top)
    ticks = np.linspace(0, top, TOPS[top] + 1)
    axes.set_yticks(ticks, [share_tick(t) for t in ticks])
    axes.grid(axis="y")
    date_axis(axes, run.scenario.war.start_date, end, width, most=9)
    end_labels(axes, labels, HEIGHT, right, lines=3)


def _table(
    sheet: Sheet, run: Run, curves: dict[str, tuple[str, str, NDArray[np.float64]]], top: float
) -> None:
    """The chances by the days people ask about, as a small table across the page."""
    asked = [int(day) for day in run.summary.deal_by_day]
    first, step = 2.75, (WIDTH - MARGIN - 2.75) / len(asked)
    sheet.rule(top - 0.08)
    sheet.text(MARGIN, top, "Signed within …", size=9.5, weight="bold")
    for number, day in enumerate(asked):
        when = date_of(run.scenario, day)
        sheet.text(first + number * step, top, counted(day, "day"), size=9.5, weight="bold")
        sheet.text(first + number * step, top + 0.18, day_text(when), color=GREY)
    for row, (name, (label, color, _)) in enumerate(curves.items()):
        y = top + 0.46 + row * TABLE_ROW
        sheet.text(MARGIN, y, shortened(label, 2.35, 9.5, True), size=9.5, weight="bold",
                   color=color)  # fmt: skip
        shares, spans = run.summary.by_day(name)
        for number, day in enumerate(asked):
            x, share = first + number * step, shares[str(day)]
            beyond = "beyond the horizon" if share is None else span_words(spans[str(day)])
            sheet.text(x, y, share_text(share), size=11, weight="bold", color=color)
            sheet.text(x, y + 0.19, beyond, color=GREY)
