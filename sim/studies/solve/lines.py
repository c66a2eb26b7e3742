"""Red lines around a solution: conditional ones that give way, and others that would have to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.formulas.bargaining.red_lines import inside
from sim.formulas.solutions.space import Linkage, Space
from sim.prose import listing, possessive
from sim.results.record import Record
from sim.scenario.schema import Scenario
from sim.studies.explain.moves import line_places, term_places
from sim.studies.sweep.vary import flow

BEYOND = 5e-4
"""Scale units from which a package counts as beyond a line."""


@dataclass(frozen=True)
class GivenWay(Record):
    """A conditional red line without which a package would be barred.

    Attributes
    ----------
    before, after : float
        The line as it is, and as it is while the condition is met.
    words : str
    set : str
        What takes the condition away, for ``--set``.
    """

    who: str
    issue: str
    before: float
    after: float
    words: str
    set: str


def given_way(space: Space, scenario: Scenario, package: Array) -> list[GivenWay]:
    """Conditional red lines that let a package (issues,) through."""
    found = []
    for link in space.linkages:
        before = float((space.high if link.upward else space.low)[link.party, link.issue])
        beyond = (1 if link.upward else -1) * (float(package[link.issue]) - before)
        if beyond > BEYOND and all(inside(package[j], low, high) for j, low, high in link.when):
            who, issue = space.parties[link.party], space.issues[link.issue]
            told = (
                f"{possessive(scenario.actors[who].short)} red line on "
                f"{scenario.issues[issue].title} gives way from {before:.2f} to {link.line:.2f}, "
                f"since {_condition(link, space, scenario)}"
            )
            key = f"actors.{who}.positions.{issue}.conditional=[]"
            found.append(GivenWay(who, issue, before, link.line, told, key))
    return found


def _condition(link: Linkage, space: Space, scenario: Scenario) -> str:
    parts = []
    for issue, low, high in link.when:
        bounds = [f"at least {low:.2f}"] if low > 0 else []
        bounds += [f"at most {high:.2f}"] if high < 1 else []
        parts.append(f"{scenario.issues[space.issues[issue]].title} is {' and '.join(bounds)}")
    return listing(parts)


def to_move(space: Space, scenario: Scenario, package: Array, beyond: Array) -> tuple[str, ...]:
    """For ``--set``: all red lines that a package crosses, moved to where it lies.

    Parameters
    ----------
    beyond : ndarray, shape (parties + 1, issues)
        Scale units by which it lies beyond each; the last row is what the stages demand.
    """
    changes: dict[str, float] = {}
    demanded = [place for stage in scenario.agenda for place in term_places(stage)]
    for party, column in zip(*np.nonzero(beyond > BEYOND), strict=True):
        issue, x = space.issues[column], float(package[column])
        if party < len(space.parties):
            who = space.parties[party]
            here = f"actors.{who}.positions.{issue}"
            lines = line_places(here, scenario.actors[who].positions[issue])
            places = [place for place in lines if ".conditional." not in place.path]
        else:
            places = [place for place in demanded if f".terms.{issue}." in place.path]
        for place in places:
            line, upward = place.number.median, place.end > place.number.median
            if (x - line if upward else line - x) > BEYOND:
                # outward, so that the package itself is inside
                changes[place.path] = (math.ceil if upward else math.floor)(1000 * x) / 1000
    return tuple(f"{path}={flow({'fixed': at})}" for path, at in changes.items())
