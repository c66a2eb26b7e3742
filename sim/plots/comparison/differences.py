"""Differences to the baseline, world by world."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import columns, few_ticks
from sim.plots.sheet import Mark, dot, mark
from sim.plots.style import DARK, styled
from sim.results.allowed import RANGE
from sim.views.colours import APART, SEEN, UNSEEN
from sim.views.compare.differences import DifferencesView, MeasureColumn


@styled
def differences(view: DifferencesView) -> Figure:
    """Forest plot: one column per measure, one row per scenario, paired and unpaired intervals.

    Returns
    -------
    Figure
        Panels have the measure's key as gid; points ``value:<scenario>``, intervals
        ``interval:<scenario>`` and ``unpaired:<scenario>``.
    """
    titles = {column.key: column.title for column in view.answering}
    sheet, panels, _ = columns(view, view.rows, titles, 0.55, _key(view), 4)
    for axes, column in zip(panels, view.answering, strict=True):
        _column(axes, column)
    return sheet.figure


def _key(view: DifferencesView) -> list[Mark]:
    calibrated = any(one.calibrated for column in view.columns for one in column.contrasts)
    beside = RANGE if calibrated else "interval without pairing"
    drawn = {one.color for column in view.answering for one in column.contrasts}
    kinds = (("difference that leaves out 0", SEEN), ("may be none", UNSEEN))
    return [
        *(mark(text, marker="o", markersize=6, color=color) for text, color in kinds
          if color in drawn),
        mark(beside, color=APART, linewidth=6),
    ]  # fmt: skip


def _column(axes: Axes, column: MeasureColumn) -> None:
    ends = [0.0]
    for one in column.contrasts:
        name, y = one.row.name, [one.place] * 2
        kind = "range" if one.calibrated else "unpaired"
        axes.plot(one.beside, y, color=APART, linewidth=6, zorder=1, gid=f"{kind}:{name}")
        axes.plot(one.interval, y, color=one.color, linewidth=1.8, zorder=2,
                  gid=f"interval:{name}")  # fmt: skip
        dot(axes, one.value, one.place, markersize=4, color=one.color, gid=f"value:{name}")
        ends += [*one.beside, *one.interval]
    room = max(0.06 * (max(ends) - min(ends)), 1e-6)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.axvline(0, color=DARK, linewidth=0.9, zorder=0.5)
    few_ticks(axes)
    axes.grid(axis="x")
    axes.set_xlabel(column.unit)
