"""What presses the sides: issues that move by themselves, costs of war, levers."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.ensemble.runner import Run
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
from sim.prose import counted, listing
from sim.prose import percent as share_text
from sim.views.colours import actor_colors, ink
from sim.views.layout import window
from sim.views.pressure import DRIFT, drifting, headline, pressure_notes
from sim.views.run_data import band, days, last_day, short, signatories, signed_days

HEIGHT, ROW, GUTTER = 2.3, 0.5, 0.3


@styled
def pressure(run: Run) -> Figure:
    """No-deal course of the issues that drift, cost of war by actor, and a timeline of levers.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    Figure
        Panels ``no_deal:ISSUE``, ``cost`` and ``levers``.
    """
    levers = [str(v) for v in run.central.lever.values]
    moving, _ = drifting(run)
    timeline = 0.45 + ROW * len(levers) + 0.45 if levers else 0.0
    subtitle = (
        "Central world (lines) and 10–90 % of all worlds (bands). Pressure is what carrying on "
        "costs each side and how the situation moves meanwhile; levers change both."
    )
    top_height = 0.45 + HEIGHT + 0.55
    note = " ".join(pressure_notes(run))
    body = top_height + timeline + (0.25 if note else 0.0)
    sheet = Sheet(run, headline(run), subtitle, body, _key(run))
    columns = len(moving) + 1
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    for number, issue in enumerate(moving):
        _no_deal(sheet, run, issue, MARGIN + number * (cell + GUTTER), cell)
    _cost(sheet, run, MARGIN + len(moving) * (cell + GUTTER), cell)
    if levers:
        _timeline(sheet, run, levers, top_height)
    sheet.text(MARGIN, body - 0.17, shortened(note, WIDTH - 2 * MARGIN), color="#444444")
    return sheet.figure


def _key(run: Run) -> list[Mark]:
    marks = [
        Mark("central world", "line", {"color": GREY, "linewidth": 2.2}),
        Mark("10–90 % of worlds", "band", {"facecolor": "#d5d5d5"}),
    ]
    if run.central.sizes["lever"]:
        marks.append(Mark("share of worlds in which the lever is in effect", "band",
                          {"facecolor": "#9a9a9a"}))  # fmt: skip
        if not np.isnan(run.central.lever_pulled_day.values).all():
            marks.append(Mark("pulled in the central world", "point",
                              {"marker": "o", "markersize": 6, "markerfacecolor": "white",
                               "color": DARK}))  # fmt: skip
        if not np.isnan(run.central.lever_effect_day.values).all():
            marks.append(Mark("in effect from", "point", {"marker": ">", "markersize": 7,
                                                          "color": DARK}))  # fmt: skip
    marks += signed_marks(run)
    return marks


def _stages(axes: Axes, run: Run) -> None:
    for day in sorted(set(signed_days(run).values())):
        axes.axvline(day, color=DARK, linewidth=1, linestyle=":", zorder=2.5, gid="stage")


def _no_deal(sheet: Sheet, run: Run, issue: str, left: float, cell: float) -> None:
    spec, n = run.scenario.issues[issue], list(run.scenario.issues).index(issue)
    ticks = min(1.5, 0.42 * cell)
    width = cell - ticks - 0.1
    title = shortened(f"{spec.title}, as it stands", cell, 10.5, True)
    sheet.text(left, 0, title, size=10.5, weight="bold")
    low, _, high = band(run.ensemble, "no_deal")[:, :, n]
    line, x = run.central.no_deal.values[:, n], days(run)
    shown = x <= last_day(run)
    axes = sheet.axes(left + ticks, 0.45, width, HEIGHT, gid=f"no_deal:{issue}")
    bottom, top = window(list(spec.scale), float(min(low[shown].min(), line[shown].min())),
                          float(max(high[shown].max(), line[shown].max())))  # fmt: skip
    axes.set_ylim(bottom, top)
    within = {p: t for p, t in spec.scale.items() if bottom <= p <= top}
    if len(within) >= 2:
        scale_axis(axes, spec.model_copy(update={"scale": within}), HEIGHT, ticks - 0.1)
    axes.grid(axis="y")
    date_axis(axes, run.scenario.war.start_date, last_day(run), width)
    axes.fill_between(x, low, high, color=DRIFT, alpha=0.18)
    axes.plot(x, line, color=DRIFT, linewidth=2.2, gid="no_deal")
    _stages(axes, run)


def _cost(sheet: Sheet, run: Run, left: float, cell: float) -> None:
    actors, colors, x = signatories(run), actor_colors(run.scenario), days(run)
    sheet.text(left, 0, "Cost of the war", size=10.5, weight="bold")
    sheet.text(left, 0.18, "points of utility (0–100) a month", color="#555555")
    names = max(text_width(short(run, a)) for a in actors)
    right, ticks = min(names + 0.2, 0.35 * cell), 0.4
    width = cell - ticks - right
    axes = sheet.axes(left + ticks, 0.45, width, HEIGHT, gid="cost")
    shown = x <= last_day(run)
    low, _, high = band(run.ensemble, "cost")
    cost = run.central.cost.values
    top = max(float(high[shown].max()), float(cost[shown].max()), 0.001)
    bottom = min(float(low[shown].min()), float(cost[shown].min()), 0.0)
    axes.set_ylim(1.06 * bottom, 1.06 * top)
    for a, actor in enumerate(actors):
        axes.fill_between(x, low[:, a], high[:, a], color=colors[actor], alpha=0.14)
        axes.plot(x, cost[:, a], color=colors[actor], linewidth=2.0, gid=actor)
    points = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(100 * bottom, 100 * top)
    points = [p for p in points if 106 * bottom - 1e-9 <= p <= 106 * top]
    axes.set_yticks([p / 100 for p in points], [f"{p:.4g}".replace("-", "−") for p in points])
    axes.grid(axis="y")
    date_axis(axes, run.scenario.war.start_date, last_day(run), width)
    _stages(axes, run)
    stop = int(shown.sum()) - 1
    ends = [(float(cost[stop, a]), short(run, k), colors[k]) for a, k in enumerate(actors)]
    end_labels(axes, ends, HEIGHT, right)


def _timeline(sheet: Sheet, run: Run, levers: list[str], top: float) -> None:
    """One row per lever: the central world's days over the share of worlds in which it acts."""
    colors, x, end = actor_colors(run.scenario), days(run), last_day(run)
    names, right = 3.1, 1.35
    worlds = counted(run.summary.worlds, "world")
    sheet.rule(top - 0.12)
    sheet.text(MARGIN, top, "Levers: threats carried out and promises kept", size=10.5,
               weight="bold")  # fmt: skip
    sheet.text(WIDTH - MARGIN - right + 0.12, top + 0.22, "in effect at the end,\nof "
               f"{worlds}", color="#555555", va="center")  # fmt: skip
    left = MARGIN + names + 0.1
    width = WIDTH - MARGIN - right - left
    axes = sheet.axes(left, top + 0.45, width, ROW * len(levers), gid="levers")
    axes.set_ylim(len(levers), 0)
    axes.spines.left.set_visible(False)
    axes.set_yticks([])
    date_axis(axes, run.scenario.war.start_date, end, width, most=9)
    effect_days = run.ensemble.lever_effect_day.values
    for row, key in enumerate(levers):
        owner, _, name = key.partition(".")
        color = colors[owner]
        lever = run.scenario.actors[owner].levers[name]
        base, height = row + 0.9, 0.78
        effect = np.sort(effect_days[:, row])
        share = np.searchsorted(effect, x, side="right") / run.summary.worlds
        axes.axhline(base, color="#e3e3e3", linewidth=0.8, zorder=0.5)
        axes.fill_between(x, base, base - height * share, step="post", color=color, alpha=0.38,
                          zorder=1, gid=f"share:{key}")  # fmt: skip
        _central_days(axes, run, row, color, base, end)
        lines = wrapped(lever.title, names, lines=2)
        y = top + 0.45 + row * ROW
        who = shortened(f"{short(run, owner)}, {lever.kind} to "
                        f"{listing([short(run, o) for o in lever.on])}", names)  # fmt: skip
        block = (len(lines) + 1) * line_height() * 0.97
        start = y + (ROW - block) / 2
        sheet.text(MARGIN, start, who, color=ink(color), weight="bold", gid=f"lever:{key}")
        sheet.text(MARGIN, start + line_height(), "\n".join(lines), linespacing=1.05)
        sheet.text(WIDTH - MARGIN - right + 0.12, y + 0.17, share_text(float(share[-1])),
                   color=ink(color), weight="bold", size=9.5)  # fmt: skip
    _stages(axes, run)


def _central_days(axes: Axes, run: Run, row: int, color: str, base: float, end: float) -> None:
    """From pulling it to its effect and on to the end, in the central world."""
    pulled = float(run.central.lever_pulled_day.values[row])
    effect = float(run.central.lever_effect_day.values[row])
    if math.isnan(pulled):
        return
    axes.plot([pulled, end if math.isnan(effect) else effect], [base, base], color=color,
              linewidth=1.6, linestyle=(0, (2, 1)), zorder=2)  # fmt: skip
    if not math.isnan(effect):
        axes.plot([effect, end], [base, base], color=color, linewidth=3, zorder=2)
        axes.plot([effect], [base], linestyle="", marker=">", markersize=7, color=color,
                  zorder=3, gid="effect", clip_on=False)  # fmt: skip
    axes.plot([pulled], [base], linestyle="", marker="o", markersize=6, markerfacecolor="white",
              color=color, zorder=3, gid="pulled", clip_on=False)  # fmt: skip
