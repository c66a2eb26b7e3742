"""What presses the sides: issues that move by themselves, costs of war, levers."""

from __future__ import annotations

import numpy as np

from sim.ensemble.runner import Run
from sim.prose import listing
from sim.prose import percent as share_text
from sim.views.run_data import band, short, signatories

MOST = 2
"""Most issues shown that move without a deal; those that move furthest."""
DRIFT = "#4a5a63"


def drifting(run: Run) -> tuple[list[str], list[str]]:
    """Issues that move without a deal, furthest first: those shown, and the rest."""
    scenario, issues = run.scenario, list(run.scenario.issues)
    named = set(scenario.war.drift)
    for actor in scenario.actors.values():
        for lever in actor.levers.values():
            named |= set(lever.effect.drift) | set(lever.effect.no_deal)
    low, _, high = band(run.ensemble, "no_deal")
    central = run.central.no_deal.values
    reach = {
        i: float(np.ptp(central[:, n])) + float((high - low)[:, n].max())
        for n, i in enumerate(issues)
    }
    # what drifts by itself first, then what levers move
    ranked = sorted(named, key=lambda i: (i not in scenario.war.drift, -reach[i], i))
    return ranked[:MOST], ranked[MOST:]


def headline(run: Run) -> str:
    """The finding: who bears the highest cost of war, and which lever acts most often."""
    actors, data = signatories(run), run.summary.levers
    cost = run.central.cost.values.max(axis=0)
    most = int(np.argmax(cost))
    if cost[most] > 0:
        most_of_all = f"{short(run, actors[most])}, up to {_points(cost[most])} a month"
        text = f"Cost of war is highest for {most_of_all}"
    else:
        text = "War has no cost in this scenario"
    if not data:
        return f"{text}; there are no levers"
    lever = max(data, key=lambda v: (data[v].in_effect, v))
    share = data[lever].in_effect
    if not share:
        return f"{text}; no lever takes effect in any world"
    owner, _, name = lever.partition(".")
    title = run.scenario.actors[owner].levers[name].title
    return f"{text}; “{title}” takes effect in {share_text(share)} of worlds"


def _points(value: float) -> str:
    number = f"{100 * value:.1f}".removesuffix(".0").replace("-", "−")
    return f"{number} point" + ("" if number == "1" else "s")


def pressure_notes(run: Run) -> list[str]:
    """What a reader would look for in vain."""
    moving, others = drifting(run)
    notes = []
    if not moving:
        notes.append("No issue moves by itself while there is no deal.")
    if others:
        titles = listing([run.scenario.issues[i].title for i in others])
        notes.append(f"Can move without a deal too, not shown: {titles}.")
    if not run.central.sizes["lever"]:
        notes.append("This scenario has no levers.")
    return notes
