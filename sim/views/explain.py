"""What the chart and the page show of an explanation: bars, their words and colours."""

from __future__ import annotations

from dataclasses import dataclass

from sim.prose import listing, percent
from sim.scenario.schema import Scenario
from sim.studies.explain.findings import Explanation
from sim.studies.explain.words import measure_value
from sim.views.colours import actor_colors

NOBODY = "#767676"
SHOWN = 12


@dataclass(frozen=True)
class DriverBar:
    """A driver: its index with its interval, and which way it works."""

    title: str
    group: str
    index: float
    low: float
    high: float
    direction: str
    color: str


@dataclass(frozen=True)
class ObstacleBar:
    """What removing one thing, or some together, would settle of the failed worlds."""

    title: str
    share: float
    parts: float
    text: str
    color: str


@dataclass(frozen=True)
class ExplainView:
    """Both panels.

    Attributes
    ----------
    chance : float
        Index that the largest of all numbers reaches by chance.
    """

    headline: str
    drivers: list[DriverBar]
    hidden: int
    chance: float
    obstacles: list[ObstacleBar]


def explain_view(scenario: Scenario, found: Explanation) -> ExplainView:
    """Bars by group: the group with the strongest driver first."""
    colors = actor_colors(scenario)
    shown = found.drivers[:SHOWN]

    def group_of(actor: str, theme: str) -> str:
        return f"{scenario.actors[actor].short}: {theme}" if actor else theme.capitalize()

    groups = list(dict.fromkeys(group_of(d.actor, d.theme) for d in shown))
    bars = [
        DriverBar(
            one.title,
            group_of(one.actor, one.theme),
            one.index,
            one.low,
            one.high,
            f"{measure_value(one.when_low, found.measure_key)} → "
            f"{measure_value(one.when_high, found.measure_key)}",
            colors.get(one.actor, NOBODY),
        )
        for one in shown
    ]
    bars.sort(key=lambda bar: (groups.index(bar.group), -bar.index))
    every = [one for one in found.obstacles if one.settle >= 0.02][:4] + found.together[:4]
    obstacles = []
    for one in every:
        owners = {key.partition(":")[2] for key in one.keys}
        color = colors.get(owners.pop(), NOBODY) if len(owners) == 1 else NOBODY
        obstacles.append(
            ObstacleBar(listing(one.what), one.settle, one.parts, percent(one.settle), color)
        )
    return ExplainView(
        headline(found), bars, len(found.drivers) - len(shown), found.chance, obstacles
    )


def headline(found: Explanation) -> str:
    """What stands in the way most, in a sentence."""
    share = percent(found.settled, found.settled_interval)
    text = f"{share} of the worlds settle"
    best = max([*found.obstacles, *found.together], key=lambda one: one.needed, default=None)
    if best is None or not best.needed:
        return f"{text}; no one, two or three things alone keep the others from it"
    only = " only together" if len(best.keys) > 1 else ""
    return f"{text}; without {listing(best.what)}{only}, {percent(best.settle)} of the others would"
