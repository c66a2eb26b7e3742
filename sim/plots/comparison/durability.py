"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.comparison import Comparison
from sim.plots.comparison.common import HIGHLIGHTED, foot, listed, palette
from sim.plots.data import share_text
from sim.plots.sheet import MARGIN, WIDTH, Sheet, end_labels
from sim.plots.style import GREY, styled
from sim.runner import Run

ENOUGH = 10
"""Settled worlds below which the share that holds says nothing."""
HEIGHT, HEAD, AXIS, RIGHT, LEFT = 3.9, 0.36, 0.45, 1.95, 0.6
MOST = 24
"""Most lines that are named at their ends."""


@styled
def durability(comparison: Comparison) -> Figure | None:
    """Share still holding by year: of the settlements reached, and of the plans if signed.

    Returns
    -------
    Figure or None
        Panels ``settled`` and ``plan``, where there is something to show; lines carry the
        scenario's name as gid. None where there is nothing.
    """
    settled = [r for r in comparison.ranked if enough(r)]
    plans = [r for r in comparison.ranked if r.summary["plan"] and r.summary["plan"]["held"]]
    panels = [p for p in (("settled", settled), ("plan", plans)) if p[1]]
    if not panels:
        return None
    sheet = Sheet(foot(comparison), headline(settled, plans), _subtitle(comparison),
                  HEAD + HEIGHT + AXIS)  # fmt: skip
    room = (WIDTH - 2 * MARGIN) / len(panels)
    titles = {
        "settled": f"Settlements reached (at least {ENOUGH} worlds)",
        "plan": "The plans as published, if signed as they stand",
    }
    for n, (name, runs) in enumerate(panels):
        left = MARGIN + n * room
        sheet.text(left, 0, titles[name], size=10.5, weight="bold")
        axes = sheet.axes(left + LEFT - 0.1, HEAD, room - LEFT - RIGHT, HEIGHT, gid=name)
        _curves(axes, comparison, name, runs)
    return sheet.figure


def enough(run: Run) -> bool:
    """Whether the scenario says what makes a deal hold, and has settlements enough."""
    held = run.summary["durability"]
    return held is not None and held["worlds"] >= ENOUGH


def headline(settled: list[Run], plans: list[Run]) -> str:
    """The finding: which holds longest."""
    if settled:

        def last(run: Run) -> float:
            return float(list(run.summary["durability"]["held"].values())[-1])

        best = max(settled, key=last)
        years = best.summary["durability"]["years"]
        share = share_text(last(best))
        return f"Settlements hold best in {listed([best.scenario.name])}: {share} for {years} years"

    def plan_last(run: Run) -> float:
        return float(list(run.summary["plan"]["held"].values())[-1])

    best = max(plans, key=plan_last)
    years = len(best.summary["plan"]["held"])
    share = share_text(plan_last(best))
    return (
        "Too few settlements to say how long they hold; of the plans "
        f"{listed([best.scenario.name])} would hold best: {share} for {years} years"
    )


def _subtitle(comparison: Comparison) -> str:
    text = (
        "Share of worlds in which keeping the agreement still beats breaking it for every side, by "
        "year after signing. Solid: settlements, with 95 % intervals (Wilson); dashed: the plan in "
        "all worlds, whether or not anybody would sign it."
    )
    bare = [r.scenario.name for r in comparison.ranked if r.scenario.durability is None]
    return text + (f" Say nothing of durability: {listed(bare)}." if bare else "")


def _curves(axes: Axes, comparison: Comparison, name: str, runs: list[Run]) -> None:
    colors = palette(comparison)
    longest = 1
    ends: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for run in runs:
        key = run.scenario.name
        block = run.summary["durability" if name == "settled" else "plan"]
        shares = [1.0, *block["held"].values()]
        years = np.arange(len(shares))
        longest = max(longest, len(shares) - 1)
        color = colors[key]
        if name == "settled" and color != GREY:
            low, high = np.array([[1.0, 1.0], *block["interval"].values()]).T
            axes.fill_between(years, low, high, color=color, alpha=0.12, linewidth=0)
        axes.plot(years, shares, color=color, linewidth=2.0 if color != GREY else 1.1, gid=key,
                  linestyle="-" if name == "settled" else (0, (4, 2)), clip_on=False,
                  marker="o", markersize=3)  # fmt: skip
        # grey lines that end alike share a label
        group = (color, share_text(shares[-1]) if color == GREY else key)
        ends.setdefault(group, []).append((key, shares[-1]))
    labels = [
        (members[0][1], f"{share_text(members[0][1])} {listed([m for m, _ in members], 3)}", color)
        for (color, _), members in ends.items()
    ]
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlim(0, longest)
    axes.set_xticks(range(0, longest + 1, max(1, -(-longest // 10))))
    axes.set_xlabel("years after signing")
    axes.grid(axis="y")
    most = sorted(labels, key=lambda item: item[2] == GREY)[:MOST]
    end_labels(axes, most, HEIGHT, RIGHT, lines=1 if len(most) > HIGHLIGHTED else 2)
