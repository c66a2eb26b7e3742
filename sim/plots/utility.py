"""What each signatory's position is worth to it, what it aims for, and what refusing is worth."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, date_axis, end_labels, signed_marks
from sim.plots.style import DARK, GREY, shortened, styled
from sim.views.colours import actor_colors, ink
from sim.views.run_data import band, days, last_day, signatories, signed_days
from sim.views.utility import LINES, common_range, headline

GUTTER, HEAD, UNDER = 0.35, 0.38, 0.5


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
    marks += signed_marks(run)
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
