"""Whom the deals and the plans suit: each party's gain over no deal."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import (
    NAMES,
    column_title,
    columns_of,
    few_ticks,
    row_axes,
    scenario_rows,
    sheet_of,
)
from sim.plots.sheet import MARGIN, WIDTH, Mark
from sim.plots.style import DARK, GREY, styled
from sim.views.compare.gains import GainsView, PartyGains

ROW, HEAD, AXIS, COLUMNS = 0.42, 0.3, 0.34, 5
"""Inches, and parties side by side."""


@styled
def gains(view: GainsView) -> Figure:
    """One column per party, one row per scenario: gain where settled, and that of the plan.

    Returns
    -------
    Figure
        Panels have the party as gid; markers ``gain:<scenario>`` and ``plan:<scenario>``.
    """
    rows = view.rows
    blocks, wide = columns_of(len(view.parties), COLUMNS)
    height = HEAD + ROW * len(rows) + AXIS
    sheet = sheet_of(view, height * blocks, _key())
    step = (WIDTH - 2 * MARGIN - NAMES) / wide
    for n, party in enumerate(view.parties):
        top, left = height * (n // wide), MARGIN + NAMES + step * (n % wide)
        if n % wide == 0:
            scenario_rows(sheet, rows, top + HEAD, [ROW] * len(rows))
        column_title(sheet, left + 0.1, top + 0.05, party.label, step - 0.2)
        axes = sheet.axes(left + 0.1, top + HEAD, step - 0.2, ROW * len(rows), gid=party.actor)
        row_axes(axes, len(rows))
        axes.set_xlim(*view.ends)
        _column(axes, party)
    return sheet.figure


def _key() -> list[Mark]:
    return [
        Mark("settlement", "point", {"marker": "o", "markersize": 6.5, "color": DARK}),
        Mark("plan as published", "point",
             {"marker": "o", "markersize": 6.5, "color": DARK, "markerfacecolor": "white"}),
        Mark("no better than no deal", "band", {"facecolor": "#eeeeee"}),
    ]  # fmt: skip


def _column(axes: Axes, party: PartyGains) -> None:
    color = party.color
    axes.axvspan(axes.get_xlim()[0], 0, color="#eeeeee", zorder=-0.5, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=1.0, zorder=1)
    for gain in party.gains:
        shift, face = (-0.13, color) if gain.kind == "gain" else (0.13, "white")
        y = gain.place + shift
        axes.plot([gain.low, gain.high], [y] * 2, color=color, linewidth=1.6, zorder=2, alpha=0.7)
        axes.plot([gain.middle], [y], linestyle="", marker="o", markersize=6, color=color,
                  markerfacecolor=face, markeredgewidth=1.3, zorder=3,
                  gid=f"{gain.kind}:{gain.row.name}")  # fmt: skip
    axes.grid(axis="x")
    few_ticks(axes, 6, 100.0)
