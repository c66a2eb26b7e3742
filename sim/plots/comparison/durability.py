"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.comparison.common import carried_on, foot, listed, palette
from sim.plots.sheet import MARGIN, WIDTH, Sheet, end_labels
from sim.plots.style import GREY, line_height, styled, wrapped
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import label
from sim.views.run_data import share_text

ENOUGH = 10
"""Settled worlds below which the share that holds says nothing."""
HEIGHT, HEAD, AXIS, RIGHT, LEFT = 3.9, 0.36, 0.45, 1.95, 0.6


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
    room = (WIDTH - 2 * MARGIN) / len(panels)
    more = {name: others(comparison, name, runs, room - 0.3) for name, runs in panels}
    tail = max(map(len, more.values())) * line_height() + 0.1
    sheet = Sheet(foot(comparison), headline(settled, plans), _subtitle(comparison),
                  HEAD + HEIGHT + AXIS + tail)  # fmt: skip
    titles = {
        "settled": f"Settlements reached (at least {ENOUGH} worlds)",
        "plan": "The plans as published, if signed as they stand",
    }
    for n, (name, runs) in enumerate(panels):
        left = MARGIN + n * room
        sheet.text(left, 0, titles[name], size=10.5, weight="bold")
        axes = sheet.axes(left + LEFT - 0.1, HEAD, room - LEFT - RIGHT, HEIGHT, gid=name)
        _curves(axes, comparison, name, runs)
        if more[name]:
            sheet.text(left, HEAD + HEIGHT + AXIS + 0.08, "\n".join(more[name]), color=GREY)
    return sheet.figure


def enough(run: Run) -> bool:
    """Whether the scenario says what makes a deal hold, and has settlements enough."""
    held = run.summary["durability"]
    return held is not None and held["worlds"] >= ENOUGH


def _held(run: Run, name: str) -> list[float]:
    """Share still holding after each year, of the settlements or of the plan."""
    return list(run.summary["durability" if name == "settled" else "plan"]["held"].values())


def headline(settled: list[Run], plans: list[Run]) -> str:
    """The finding: which hold longest, after as many years as all of them look at."""
    name, runs = ("settled", settled) if settled else ("plan", plans)
    years = min(len(_held(run, name)) for run in runs)
    after = {run.scenario.name: _held(run, name)[years - 1] for run in runs}
    best = max(after.values())
    which = listed([key for key, share in after.items() if share == best])
    if settled:
        return f"After {years} years {share_text(best)} of the settlements hold in {which}"
    return (
        f"Too few settlements to say how long they hold; of the plans {which} would hold longest: "
        f"{share_text(best)} after {years} years"
    )


def _subtitle(comparison: Comparison) -> str:
    text = (
        "Share of worlds in which keeping the agreement still beats breaking it for every side, by "
        "year after signing. Solid: settlements, with 95 % intervals (Wilson); dashed: the plan in "
        "all worlds, whether or not anybody would sign it; dotted: further than the scenario looks."
    )
    bare = [r.scenario.name for r in comparison.ranked if r.scenario.durability is None]
    return text + (f" Say nothing of durability: {listed(bare)}." if bare else "")


def _curves(axes: Axes, comparison: Comparison, name: str, runs: list[Run]) -> None:
    colors = palette(comparison)
    longest, labels = max(len(_held(run, name)) for run in runs), []
    for run in runs:
        key, color = run.scenario.name, colors[run.scenario.name]
        shares = [1.0, *_held(run, name)]
        years = np.arange(len(shares))
        if name == "settled" and color != GREY:
            low, high = np.array([[1.0, 1.0], *run.summary["durability"]["interval"].values()]).T
            axes.fill_between(years, low, high, color=color, alpha=0.12, linewidth=0)
        axes.plot(years, shares, color=color, linewidth=2.0 if color != GREY else 1.1, gid=key,
                  linestyle="-" if name == "settled" else (0, (4, 2)), clip_on=False,
                  marker="o", markersize=3)  # fmt: skip
        carried_on(axes, float(years[-1]), shares[-1], longest, color)
        if color != GREY:
            labels.append((shares[-1], f"{share_text(shares[-1])} {label(key)}", color))
    for share, group in _in_grey(comparison, name, runs).items():
        words = label(group[0].scenario.name) if len(group) == 1 else f"({len(group)} in grey)"
        labels.append((_held(group[0], name)[-1], f"{share} {words}", GREY))
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlim(0, longest)
    axes.set_xticks(range(0, longest + 1, max(1, -(-longest // 10))))
    axes.set_xlabel("years after signing")
    axes.grid(axis="y")
    end_labels(axes, labels, HEIGHT, RIGHT, lines=1)


def _in_grey(comparison: Comparison, name: str, runs: list[Run]) -> dict[str, list[Run]]:
    """The scenarios drawn in grey, by the share that holds at the end, as it is written."""
    colors = palette(comparison)
    found: dict[str, list[Run]] = {}
    for run in runs:
        if colors[run.scenario.name] == GREY:
            found.setdefault(share_text(_held(run, name)[-1]), []).append(run)
    return found


def others(comparison: Comparison, name: str, runs: list[Run], width: float) -> list[str]:
    """Lines that name the grey scenarios that share a label."""
    text = "; ".join(
        f"{share} {', '.join(label(run.scenario.name) for run in group)}"
        for share, group in _in_grey(comparison, name, runs).items()
        if len(group) > 1
    )
    return wrapped(f"In grey, together: {text}.", width, lines=6) if text else []
