"""The plan as published, weighed as it stands on day 0."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Array, Mask
from sim.engine.agents import Formulator, Party
from sim.engine.durability import Durable
from sim.engine.ratification import Ratification
from sim.engine.state import Talks
from sim.engine.war import War
from sim.formulas.bargaining.red_lines import inside


class Weighed:
    """What a plan would be worth before the first round.

    Attributes
    ----------
    point : ndarray, shape (worlds, issues)
        The plan; issues that it leaves out as they stand without a deal.
    named : ndarray of bool, shape (issues,)
        Issues on which it says something: only there can it cross a red line.
    gain : ndarray, shape (worlds, parties)
        Utility of it, payments that hang on it included, less the reservation value.
    crosses : ndarray of bool, shape (worlds, parties, issues)
        Where it lies beyond a party's red line, conditional ones counted as this text meets them.
    ratified : ndarray, shape (worlds, gates)
        1 would pass, 0 would fail, NaN not concerned.
    years_held : ndarray, shape (worlds,)
        NaN without a ``durability`` block.
    """

    def __init__(
        self,
        talks: Talks,
        war: War,
        parties: Sequence[Party],
        envoy: Formulator | None,
        ratification: Ratification,
        durable: Durable | None,
    ) -> None:
        self.point, self.named = plan_of(talks, war, envoy)
        package = self.point[:, None, :]
        self.gain = np.stack(
            [p.utility(self.point) + p.payments() - p.reservation for p in parties], axis=1
        )
        self.crosses = np.stack([_crossed(p, package)[:, 0] for p in parties], axis=1)
        self.crosses &= self.named
        gates = ratification.gates
        self.ratified = np.full((talks.worlds, len(gates)), np.nan)
        for column, gate in enumerate(gates):
            # its own stage's text: later stages as they stand without a deal
            later = talks.stage_of_issue > gate.stage
            text = np.where(later, war.no_deal, self.point)[:, None, :]
            concerned, passes = gate.concerned(text)[:, 0], gate.passes(text)[:, 0]
            self.ratified[:, column] = np.where(concerned, passes, np.nan)
        self.years_held = np.full(talks.worlds, np.nan)
        if durable is not None:
            self.years_held = durable.holds(self.point).years


def plan_of(talks: Talks, war: War, envoy: Formulator | None) -> tuple[Array, Mask]:
    """The plan of a scenario, or its envoy's text, and the issues that it names.

    Packages are (worlds, issues); issues that are not named stand as they do without a deal.
    """
    point = war.no_deal.copy(order="K")
    named = np.array([issue in talks.spec.plan_issues for issue in talks.issues])
    if talks.spec.plan:
        for issue, number in talks.spec.plan.items():
            point[:, talks.issues.index(issue)] = talks.draws.number(f"plan.{issue}", number)
    elif envoy is not None:
        point = np.where(named, envoy.plan, point)
    for column, listed in enumerate(talks.options):
        if listed is not None:
            nearest = np.abs(point[:, column, None] - listed).argmin(axis=1)
            point[:, column] = np.where(named[column], listed[nearest], point[:, column])
    return point, named


def _crossed(party: Party, package: Array) -> Mask:
    """Where whole settlements (worlds, packages, issues) lie beyond a party's red lines."""
    low, high = party.limits_of_whole(package)
    return np.asarray(~inside(package, low, high) & party.consent)
