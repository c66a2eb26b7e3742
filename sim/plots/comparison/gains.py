"""Whom the deals and the plans suit: each party's gain over no deal."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.plots.comparison.common import (
    NAMES,
    column_title,
    few_ticks,
    foot,
    listed,
    row_axes,
    scenario_rows,
)
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import DARK, GREY, styled
from sim.studies.compare.comparison import Comparison
from sim.views.colours import actor_colors

ROW, HEAD, AXIS, COLUMNS = 0.42, 0.3, 0.34, 5
"""Inches, and parties side by side."""


@styled
def gains(comparison: Comparison) -> Figure | None:
    """One column per party, one row per scenario: gain where settled, and that of the plan.

    Returns
    -------
    Figure or None
        Panels have the party as gid; markers ``gain:<scenario>`` and ``plan:<scenario>``. None
        where nobody settles and there is no plan.
    """
    runs = [
        run
        for run in comparison.ranked
        if run.scenario.name in comparison.actor_group
        and (run.summary["plan"] or (run.ensemble.outcome.values == 0).any())
    ]
    if not runs:
        return None
    actors = comparison.actors
    blocks = -(-len(actors) // COLUMNS)
    wide = -(-len(actors) // blocks)
    height = HEAD + ROW * len(runs) + AXIS
    sheet = Sheet(foot(comparison), headline(runs), _subtitle(comparison, runs),
                  height * blocks, _key())  # fmt: skip
    ends = limits(runs, actors)
    step = (WIDTH - 2 * MARGIN - NAMES) / wide
    for n, actor in enumerate(actors):
        top, left = height * (n // wide), MARGIN + NAMES + step * (n % wide)
        if n % wide == 0:
            scenario_rows(sheet, comparison, runs, top + HEAD, [ROW] * len(runs))
        owner = next(r for r in comparison.runs if actor in r.scenario.actors).scenario
        column_title(sheet, left + 0.1, top + 0.05, owner.actors[actor].short, step - 0.2)
        axes = sheet.axes(left + 0.1, top + HEAD, step - 0.2, ROW * len(runs), gid=actor)
        _column(axes, runs, actor, actor_colors(owner)[actor], ends)
    return sheet.figure


def gain_of(run: Run, actor: str) -> NDArray[np.float64]:
    """Gains of a party in the worlds that settle."""
    if actor not in run.ensemble.actor.values:
        return np.zeros(0)
    values = run.ensemble.gain.sel(actor=actor).values
    return np.asarray(values[np.isfinite(values)])


def plan_gain_of(run: Run, actor: str) -> NDArray[np.float64]:
    """Gains of a party from the plan as published, on day 0."""
    if run.summary["plan"] is None or actor not in run.ensemble.actor.values:
        return np.zeros(0)
    return np.asarray(run.ensemble.plan_gain.sel(actor=actor).values)


def limits(runs: list[Run], actors: list[str]) -> tuple[float, float]:
    """Ends of the axis that all panels share: everything shown, and 0."""
    ends = [0.0, 0.05]
    for run in runs:
        for actor in actors:
            for values in (gain_of(run, actor), plan_gain_of(run, actor)):
                if len(values):
                    ends += [float(q) for q in np.quantile(values, [0.1, 0.9])]
    room = 0.04 * (max(ends) - min(ends))
    return min(ends) - room, max(ends) + room


def headline(runs: list[Run]) -> str:
    """The finding: which plans suit everyone who is asked."""
    plans = [run for run in runs if run.summary["plan"]]
    good = [
        run.scenario.name
        for run in plans
        if all(
            entry["median"] >= 0
            for actor, entry in run.summary["plan"]["gain"].items()
            if run.scenario.actors[actor].consents_to != "none"
        )
    ]
    if not plans:
        return "What each side gains from settling, over having no deal"
    if not good:
        return "No plan as published beats no deal for all who sign, in the median world"
    if len(good) == len(plans):
        return "Every plan as published beats no deal for all who sign, in the median world"
    verb = "beats" if len(good) == 1 else "beat"
    return (
        f"{len(good)} of {len(plans)} plans as published {verb} no deal for all who sign, in the "
        f"median world: {listed(good)}"
    )


def _subtitle(comparison: Comparison, runs: list[Run]) -> str:
    text = (
        "Utility of the settlement less what refusing was worth when it was signed, over the "
        "worlds that settle; and the same for the plan as published on day 0, over all worlds, "
        "whether or not it crosses a red line. Points: medians; lines: 10–90 % of worlds."
    )
    names = {run.scenario.name for run in runs}
    bare = [n for n in comparison.actor_group if n not in names]
    if bare:
        text += f" No settlement and no plan: {listed(bare)}."
    out = [
        r.scenario.name for r in comparison.runs if r.scenario.name not in comparison.actor_group
    ]
    if out:
        text += f" Other parties, left out: {listed(out)}."
    return text


def _key() -> list[Mark]:
    return [
        Mark("settlement", "point", {"marker": "o", "markersize": 6.5, "color": DARK}),
        Mark("plan as published", "point",
             {"marker": "o", "markersize": 6.5, "color": DARK, "markerfacecolor": "white"}),
        Mark("no better than no deal", "band", {"facecolor": "#f0ecec"}),
    ]  # fmt: skip


def _column(axes: Axes, runs: list[Run], actor: str, color: str, ends: tuple[float, float]) -> None:
    row_axes(axes, len(runs))
    axes.set_xlim(*ends)
    axes.axvspan(ends[0], 0, color="#f0ecec", zorder=-0.5, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=1.0, zorder=1)
    for row, run in enumerate(runs):
        name = run.scenario.name
        shown = (
            (gain_of(run, actor), -0.13, color, f"gain:{name}"),
            (plan_gain_of(run, actor), 0.13, "white", f"plan:{name}"),
        )
        for values, shift, face, gid in shown:
            if not len(values):
                continue
            low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
            axes.plot([low, high], [row + shift] * 2, color=color, linewidth=1.6, zorder=2,
                      alpha=0.7)  # fmt: skip
            axes.plot([middle], [row + shift], linestyle="", marker="o", markersize=6, color=color,
                      markerfacecolor=face, markeredgewidth=1.3, zorder=3, gid=gid)  # fmt: skip
    axes.grid(axis="x")
    few_ticks(axes, 6)
