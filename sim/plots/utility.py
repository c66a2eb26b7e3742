"""What each signatory's position is worth to it, what it aims for, and what refusing is worth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, date_axis, end_labels
from sim.plots.style import DARK, GREY, shortened, styled
from sim.results.dataset import date_of
from sim.views.colours import actor_colors, ink
from sim.views.run_data import (
    band,
    day_text,
    days,
    last_day,
    listing,
    short,
    signatories,
    signed_days,
    stage_title,
)

GUTTER, HEAD, UNDER = 0.35, 0.38, 0.5
LINES = {"value": "own position", "target": "aims for", "reservation": "without a deal"}
"""Variable → its name on the chart."""


@styled
def utility(run: Run) -> Figure:
    """One panel per signatory: position, target and reservation value by date.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    Figure
        Panels in the dataset's order of actors; lines carry the variable's name as their gid.
    """
    actors = signatories(run)
    columns = 2 if len(actors) in (2, 4) else min(3, len(actors))
    rows = math.ceil(len(actors) / columns)
    height = 3.3 if rows == 1 else 2.5
    subtitle = (
        "Utility in the central world, from 0 to 100 over a side's own list of aims, with the "
        "10–90 % band of all worlds. The filled zone is what a side still hopes to gain by "
        "holding out; a package below the lower line is worse for it than no deal."
    )
    sheet = Sheet(run, headline(run), subtitle, rows * (HEAD + height + UNDER), _key(run))
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    low, high = common_range(run)
    for number, actor in enumerate(actors):
        row, column = divmod(number, columns)
        place = (MARGIN + column * (cell + GUTTER), row * (HEAD + height + UNDER))
        _panel(sheet, run, actor, place, cell, height, (low, high))
    return sheet.figure


def headline(run: Run) -> str:
    """The finding: for whom refusing has become worse, or who still hopes for most."""
    central, actors = run.central, signatories(run)
    stop = _last_open(run)
    target, reservation = central.target.values[stop], central.reservation.values[stop]
    if run.summary["central"]["outcome"] == "settlement":
        gain = central.utility.values - central.reservation_end.values
        best, least = int(np.argmax(gain)), int(np.argmin(gain))
        if best == least or abs(gain[best] - gain[least]) < 0.005:
            return f"The deal beats no deal by {_points(gain[best])} for every side"
        return (
            f"The deal beats no deal by {_points(gain[best])} for {short(run, actors[best])}, "
            f"by {_points(gain[least])} for {short(run, actors[least])}"
        )
    hope = target - reservation
    most = int(np.argmax(hope))
    if hope[most] < 0.005:
        return "No settlement, although in the end no side asks for more than no deal is worth"
    return (
        f"No settlement: at the end {short(run, actors[most])} still aims "
        f"{_points(hope[most])} above the worth of no deal, the widest margin"
    )


def _points(value: float) -> str:
    number = f"{100 * value:.0f}".replace("-", "−")
    return f"{number} point" + ("" if number == "1" else "s")


def _last_open(run: Run) -> int:
    """Round at which the central world settled, or its last."""
    day = float(run.central.settled_day)
    return len(days(run)) - 1 if math.isnan(day) else int(np.searchsorted(days(run), day))


def common_range(run: Run) -> tuple[float, float]:
    """One range for all panels: everything drawn, to the next tenth."""
    parts = [run.central[name].values.ravel() for name in LINES]
    parts += [band(run.ensemble, name)[::2].ravel() for name in LINES]
    every = np.concatenate(parts)
    every = every[np.isfinite(every)]
    low, high = float(every.min()), float(every.max())
    low, high = math.floor(low * 10) / 10, math.ceil(high * 10 - 1e-4) / 10
    pad = 0.03 * (high - low)
    return low - pad, high + pad


def _key(run: Run) -> list[Mark]:
    paid = any(v.effect.payment for a in run.scenario.actors.values() for v in a.levers.values())
    included = ", payments included" if paid else ""
    marks = [
        Mark("own position: worth of its present offers on all issues", "line",
             {"color": GREY, "linewidth": 2.4}),
        Mark(f"aims for: what it asks of a whole settlement{included}", "line",
             {"color": GREY, "linewidth": 1.4, "linestyle": (0, (4, 1.5))}),
        Mark("without a deal: reservation value", "line",
             {"color": GREY, "linewidth": 1.6, "linestyle": (0, (1, 1.2))}),
    ]  # fmt: skip
    days_: dict[float, list[str]] = {}
    for stage, day in signed_days(run).items():
        days_.setdefault(day, []).append(stage_title(run, stage))
    for day, stages in days_.items():
        text = shortened(f"{listing(stages)} signed, {day_text(date_of(run.scenario, day))}", 4.5)
        marks.append(Mark(text, "line", {"color": DARK, "linewidth": 1, "linestyle": ":"}))
    if not math.isnan(float(run.central.settled_day)):
        marks.append(Mark("worth of the deal", "point", {"marker": "D", "markersize": 6,
                                                         "color": DARK}))  # fmt: skip
    return marks


def _panel(
    sheet: Sheet, run: Run, actor: str, place: tuple[float, float], cell: float, height: float,
    limits: tuple[float, float],
) -> None:  # fmt: skip
    left, top = place
    color = actor_colors(run.scenario)[actor]
    right, ticks = 1.18, 0.36
    width = cell - ticks - right
    name = run.scenario.actors[actor].name
    sheet.text(left, top + 0.06, shortened(name, cell, 11, True), size=11, weight="bold",
               color=ink(color))  # fmt: skip
    axes = sheet.axes(left + ticks, top + HEAD, width, height, gid=actor)
    axes.set_ylim(*limits)
    step = 0.2 if limits[1] - limits[0] > 0.6 else 0.1
    shown = [n * step for n in range(math.ceil(limits[0] / step), int(limits[1] / step) + 1)]
    axes.set_yticks(shown, [f"{100 * v:.0f}".replace("-", "−") for v in shown])
    axes.grid(axis="y")
    date_axis(axes, run.scenario.war.start_date, last_day(run), width, most=7)
    _draw(axes, run, actor, color)
    a = signatories(run).index(actor)
    stop = int((days(run) <= last_day(run)).sum()) - 1
    ends = [(float(run.central[n].values[stop, a]), text, color) for n, text in LINES.items()]
    end_labels(axes, ends, height, right)


def _draw(axes: Axes, run: Run, actor: str, color: str) -> None:
    central, x = run.central, days(run)
    a = signatories(run).index(actor)
    for name in LINES:
        low, _, high = band(run.ensemble, name)
        axes.fill_between(x, low[:, a], high[:, a], color=GREY, alpha=0.13, zorder=1)
    target, reservation = central.target.values[:, a], central.reservation.values[:, a]
    axes.fill_between(x, reservation, target, where=target >= reservation, color=color, alpha=0.13,
                      zorder=1.5, gid="hope")  # fmt: skip
    styles: dict[str, dict[str, Any]] = {
        "value": {"linewidth": 2.4},
        "target": {"linewidth": 1.4, "linestyle": (0, (4, 1.5))},
        "reservation": {"linewidth": 1.6, "linestyle": (0, (1, 1.2))},
    }
    for name, style in styles.items():
        axes.plot(x, central[name].values[:, a], color=color, zorder=3, gid=name, **style)
    for day in sorted(set(signed_days(run).values())):
        axes.axvline(day, color=DARK, linewidth=1, linestyle=":", zorder=2, gid="stage")
    settled = float(central.settled_day)
    if not math.isnan(settled):
        worth = float(central.utility.values[a])
        axes.plot([settled], [worth], linestyle="", marker="D", markersize=7, color=DARK,
                  markeredgecolor="white", markeredgewidth=1, zorder=4, clip_on=False,
                  gid="deal")  # fmt: skip
