"""Whom the deals and the plans suit: each party's gain over no deal."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import columns, few_ticks
from sim.plots.sheet import dot, mark
from sim.plots.style import DARK, GREY, styled
from sim.views.compare.gains import GainsView, PartyGains

KEY = {
    "gain": mark("settlement", marker="o", markersize=6.5, color=DARK),
    "plan": mark("plan as published", marker="o", markersize=6.5, color=DARK,
                 markerfacecolor="white"),
}  # fmt: skip
WORSE = mark("no better than no deal", facecolor="#eeeeee")


@styled
def gains(view: GainsView) -> Figure:
    """One column per party, one row per scenario: gain where settled, and that of the plan.

    Returns
    -------
    Figure
        Panels have the party as gid; markers ``gain:<scenario>`` and ``plan:<scenario>``.
    """
    titles = {party.actor: party.label for party in view.parties}
    kinds = {gain.kind for party in view.parties for gain in party.gains}
    key = [one for kind, one in KEY.items() if kind in kinds]
    sheet, panels, _ = columns(view, view.rows, titles, 0.34, [*key, WORSE], 5)
    for axes, party in zip(panels, view.parties, strict=True):
        axes.set_xlim(*view.ends)
        _column(axes, party)
    return sheet.figure


def _column(axes: Axes, party: PartyGains) -> None:
    color = party.color
    axes.axvspan(axes.get_xlim()[0], 0, color="#eeeeee", zorder=-0.5, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=1.0, zorder=1)
    for gain in party.gains:
        shift, face = (-0.13, color) if gain.kind == "gain" else (0.13, "white")
        y = gain.place + shift
        axes.plot(gain.ends, [y] * 2, color=color, linewidth=1.6, zorder=2, alpha=0.7)
        dot(axes, gain.of.median, y, markersize=6, color=color, markerfacecolor=face,
            markeredgewidth=1.3, gid=f"{gain.kind}:{gain.row.name}")  # fmt: skip
    axes.grid(axis="x")
    few_ticks(axes, 6, 100.0)
