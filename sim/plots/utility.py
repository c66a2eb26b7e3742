"""What each signatory's position is worth to it, what it aims for, and what refusing is worth."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, date_axis, end_labels, signed_marks
from sim.plots.style import DARK, GREY, shortened, styled
from sim.views.colours import ink
from sim.views.run_data import signed_days
from sim.views.utility import UtilityPanel, UtilityView, points, utility_view

GUTTER, HEAD, UNDER = 0.35, 0.38, 0.5
STYLES: dict[str, dict[str, Any]] = {
    "value": {"linewidth": 2.4},
    "target": {"linewidth": 1.4, "linestyle": (0, (4, 1.5))},
    "reservation": {"linewidth": 1.6, "linestyle": (0, (1, 1.2))},
}


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
    view = utility_view(run)
    columns = 2 if len(view.panels) in (2, 4) else min(3, len(view.panels))
    rows = math.ceil(len(view.panels) / columns)
    height = 3.3 if rows == 1 else 2.5
    subtitle = (
        "Utility in the central world, from 0 to 100 over a side's own list of aims, with the "
        "10–90 % band of all worlds. The filled zone is what a side still hopes to gain by "
        "holding out; a package below the lower line is worse for it than no deal."
    )
    sheet = Sheet(run, view.headline, subtitle, rows * (HEAD + height + UNDER), _key(run, view))
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    for number, panel in enumerate(view.panels):
        row, column = divmod(number, columns)
        place = (MARGIN + column * (cell + GUTTER), row * (HEAD + height + UNDER))
        _panel(sheet, run, view, panel, place, cell, height)
    return sheet.figure


def _key(run: Run, view: UtilityView) -> list[Mark]:
    marks = [
        Mark("own position: worth of its present offers on all issues", "line",
             {"color": GREY, **STYLES["value"]}),
        Mark(f"aims for: what it asks of a whole settlement{view.paid}", "line",
             {"color": GREY, **STYLES["target"]}),
        Mark("without a deal: reservation value", "line", {"color": GREY, **STYLES["reservation"]}),
    ]  # fmt: skip
    marks += signed_marks(run)
    if view.settled is not None:
        marks.append(Mark("worth of the deal", "point", {"marker": "D", "markersize": 6,
                                                         "color": DARK}))  # fmt: skip
    return marks


def _panel(
    sheet: Sheet, run: Run, view: UtilityView, panel: UtilityPanel, place: tuple[float, float],
    cell: float, height: float,
) -> None:  # fmt: skip
    left, top = place
    right, ticks = 1.18, 0.36
    width = cell - ticks - right
    sheet.text(left, top + 0.06, shortened(panel.name, cell, 11, True), size=11, weight="bold",
               color=ink(panel.color))  # fmt: skip
    axes = sheet.axes(left + ticks, top + HEAD, width, height, gid=panel.actor)
    low, high = view.limits
    axes.set_ylim(low, high)
    step = 0.2 if high - low > 0.6 else 0.1
    shown = [n * step for n in range(math.ceil(low / step), int(high / step) + 1)]
    axes.set_yticks(shown, [points(100 * v) for v in shown])
    axes.grid(axis="y")
    date_axis(axes, run.scenario.war.start_date, view.end, width, most=7)
    _draw(axes, run, view, panel)
    stop = int((view.days <= view.end).sum()) - 1
    ends = [(float(one.values[stop]), one.label, panel.color) for one in panel.lines.values()]
    end_labels(axes, ends, height, right)


def _draw(axes: Axes, run: Run, view: UtilityView, panel: UtilityPanel) -> None:
    x, color = view.days, panel.color
    for line in panel.lines.values():
        axes.fill_between(x, line.low, line.high, color=GREY, alpha=0.13, zorder=1)
    target, reservation = panel.lines["target"].values, panel.lines["reservation"].values
    axes.fill_between(x, reservation, target, where=target >= reservation, color=color, alpha=0.13,
                      zorder=1.5, gid="hope")  # fmt: skip
    for name, line in panel.lines.items():
        axes.plot(x, line.values, color=color, zorder=3, gid=name, **STYLES[name])
    for day in sorted(set(signed_days(run).values())):
        axes.axvline(day, color=DARK, linewidth=1, linestyle=":", zorder=2, gid="stage")
    if view.settled is not None and panel.worth is not None:
        axes.plot([view.settled], [panel.worth], linestyle="", marker="D", markersize=7,
                  color=DARK, markeredgecolor="white", markeredgewidth=1, zorder=4, clip_on=False,
                  gid="deal")  # fmt: skip
