"""Colours that stay apart for colour-blind readers, and that text can be read in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from sim.scenario.discrete_schema import DiscreteFile
from sim.scenario.schema import Actor, Scenario

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe & Ito (2008), *Color Universal Design*; its yellow is too pale for lines on white."""
SETTLED, FIRST, PLAN, LIMITED = "#00695c", "#8a6d00", "#6a4c93", "#4f7391"
"""A settlement, a first stage, the plan as published, and limited agreements."""
RECORD = "#767676"
"""What past agreements did."""
OUTSIDE = "#B00020"
"""A mark that comes from outside the model: what happened in truth, the scenario's own value."""
CROWD, SITUATION, HEAP = "#4a5a63", "#555555", "#8fa3ad"
"""Actors that are too many for a colour each, what is nobody's, and how many deals lie where."""
SEEN, UNSEEN, APART = "#0b5a8a", "#8a8a8a", "#d5d5d5"
"""A difference whose interval leaves out 0, one whose interval holds it, an unpaired interval."""
ISSUES = ("#cfe0ee", "#f6d9c4", "#cfe8dc", "#efdcec", "#f7e7c0", "#d3c9ea")
WHY = ("#b7c2cd", "#e0ebea", "#8f9fae", "#d9cdbf")
"""Tints of the issues that block most often and of the reasons, dark text on them."""
OUTCOME_COLORS = {
    "settlement": SETTLED,
    "partial": FIRST,
    "ratification_failed": "#a34e5f",
    "breakdown": "#454f5b",
    "no_deal": "#a6a6a6",
    "limited": LIMITED,
}
"""How a world ends."""

RGB = tuple[float, float, float]
Color = str | Sequence[float]


def actor_colors(scenario: Scenario | DiscreteFile) -> dict[str, str]:
    """One colour per actor: the scenario's own, otherwise the next free of Okabe & Ito."""
    taken = {a.color.upper() for a in scenario.actors.values() if a.color}
    free = [c for c in OKABE_ITO if c not in taken] or list(OKABE_ITO)
    signs = {
        key: not isinstance(actor, Actor) or actor.signs for key, actor in scenario.actors.items()
    }
    colors: dict[str, str] = {}
    count = 0
    for key in sorted(scenario.actors, key=lambda k: (not signs[k], k)):
        own = scenario.actors[key].color
        colors[key] = own or free[count % len(free)]
        count += own is None
    return colors


def shared_colors(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """The same over several scenarios: as in the first that has the actor, if that is free."""
    colors: dict[str, str] = {}
    for scenario in scenarios:
        for actor, color in actor_colors(scenario).items():
            free = [c for c in (color, *OKABE_ITO) if c not in colors.values()]
            colors.setdefault(actor, free[0] if free else color)
    return colors


def party_colors(scenario: Scenario | DiscreteFile, parties: Sequence[str]) -> list[str]:
    """Colours of some actors, in their order."""
    colors = actor_colors(scenario)
    return [colors[party] for party in parties]


def to_rgb(color: Color) -> RGB:
    """``#rrggbb``, or parts that may include opacity, as three parts from 0 to 1.

    Examples
    --------
    >>> to_rgb("#ff0033")
    (1.0, 0.0, 0.2)
    """
    if not isinstance(color, str):
        return color[0], color[1], color[2]
    red, green, blue = (int(color[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def to_hex(rgb: Sequence[float]) -> str:
    """Three parts from 0 to 1 (a fourth, opacity, is left out) as ``#rrggbb``.

    Examples
    --------
    >>> to_hex((1.0, 0.0, 0.2))
    '#ff0033'
    """
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb[:3])


def tint(color: str, share: float = 0.28) -> str:
    """A colour so pale that dark text reads on it.

    Examples
    --------
    >>> tint("#000000", 0.2)
    '#cccccc'
    """
    return to_hex([1.0 - share * (1.0 - part) for part in to_rgb(color)])


def luminance(color: Color) -> float:
    """Relative luminance of a colour (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def ink(color: str) -> str:
    """The colour, darkened until text in it reads on white (contrast 4.5, WCAG 2.1).

    Examples
    --------
    >>> ink("#000000")
    '#000000'
    """
    red, green, blue = to_rgb(color)
    while 1.05 / (luminance(to_hex((red, green, blue))) + 0.05) < 4.5:
        red, green, blue = 0.95 * red, 0.95 * green, 0.95 * blue
    return to_hex((red, green, blue))
