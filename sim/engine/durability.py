"""Durability: how long a settlement holds, what breaks it and which terms hold it.

A settlement lasts until an accident ends it, as in the record (:mod:`sim.engine.accidents`), and as
long as keeping it is worth at least what breaking it is, for every side whose
consent to everything was needed. What renewed war would bring shifts from year to year, and nothing
binds the side that it comes to favour: the commitment problem (Fearon 1995, *International
Organization* 49(3), doi:10.1017/S0020818300033324; Powell 2006, *IO* 60(1),
doi:10.1017/S0020818306060061). Terms that make breaking costly are those of Fortna (2003), *IO*
57(2), doi:10.1017/S0020818303572046.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import ALL, Array, Some
from sim.engine.accidents import hazard, meets
from sim.engine.state import Talks
from sim.engine.war import War
from sim.formulas.bargaining.utility import reservation_value
from sim.scenario.agreement import Durability

if TYPE_CHECKING:
    from sim.engine.agents import Party

NOBODY, ACCIDENT = -1, -2


class Held(NamedTuple):
    """How long packages hold.

    Attributes
    ----------
    years : ndarray, shape (worlds,)
        Years held, at most those looked at, full ones where a side breaks it; NaN where there is
        no package.
    broken_by : ndarray of int, shape (worlds,)
        Who breaks it, as an index of the signatories; :data:`NOBODY` where it holds,
        :data:`ACCIDENT` where it ends by accident.
    """

    years: Array
    broken_by: NDArray[np.int64]


def first_break(temptation: Array) -> tuple[Array, NDArray[np.int64]]:
    """Full years before the first in which somebody gains by breaking, and who gains most then.

    Parameters
    ----------
    temptation : ndarray, shape (worlds, years, parties)
        Value of breaking less value of keeping.

    Returns
    -------
    years : ndarray, shape (worlds,)
        The number of years where nobody is ever tempted.
    who : ndarray of int, shape (worlds,)
        :data:`NOBODY` where nobody is.
    """
    tempted = np.any(temptation > 0.0, axis=2)
    broken = tempted.any(axis=1)
    year = tempted.argmax(axis=1)
    strongest = temptation[np.arange(len(year)), year].argmax(axis=1)
    years = np.where(broken, year, temptation.shape[1]).astype(np.float64)
    return years, np.where(broken, strongest, NOBODY)


def interpolated(points: Array, values: Array, x: Array) -> Array:
    """Straight lines between points, level beyond, with other values in each world.

    Parameters
    ----------
    points : ndarray, shape (points,)
        Rising.
    values : ndarray, shape (worlds, points)
    x : ndarray, shape (worlds,)

    Examples
    --------
    >>> interpolated(np.array([0.0, 1.0]), np.array([[0.2, 0.0]]), np.array([0.25]))
    array([0.15])
    """
    right = np.clip(np.searchsorted(points, x), 1, len(points) - 1)
    start, end = points[right - 1], points[right]
    share = np.clip((x - start) / (end - start), 0.0, 1.0)
    worlds = np.arange(len(x))
    return (1.0 - share) * values[worlds, right - 1] + share * values[worlds, right]


class Durable:
    """The durability block of a scenario in all worlds.

    Attributes
    ----------
    terms : list of str
        Issues whose agreed point deters or moves the balance.
    """

    def __init__(
        self, spec: Durability, talks: Talks, war: War, signatories: Sequence[Party]
    ) -> None:
        self.spec, self.talks, self.war, self.signatories = spec, talks, war, signatories
        self.terms = sorted({*spec.deterrence, *spec.balance})
        self.principals = [p for p in signatories if p.is_principal]
        draws, issues, shape = talks.draws, talks.issues, (talks.worlds, len(talks.issues))
        self.shifts = np.zeros((spec.years, *shape))
        for issue, size in spec.shift.items():
            path = f"durability.shift.{issue}"
            yearly = [draws.normal(path, year) for year in range(spec.years)]
            walk = np.cumsum(yearly, axis=0) * draws.number(f"{path}.size", size, path=path)
            self.shifts[:, :, issues.index(issue)] = walk
        self.expected_cost = {
            p.key: [
                draws.number(f"durability.expected_cost.{p.key}.{year}", spec.expected_cost)
                for year in range(spec.years)
            ]
            for p in self.principals
        }
        self.moves = {
            term: {
                issues.index(i): draws.number(
                    f"durability.balance.{term}.{i}",
                    number,
                    path=f"durability.balance.{term}.moves.{i}",
                )
                for i, number in body.moves.items()
            }
            for term, body in spec.balance.items()
        }
        self.deterrents = {
            term: (
                body.on,
                np.array(list(body.at)),
                np.column_stack(
                    [
                        draws.number(
                            f"durability.{term}.{p}", n, path=f"durability.deterrence.{term}.at.{p}"
                        )
                        for p, n in body.at.items()
                    ]
                ),
            )
            for term, body in spec.deterrence.items()
        }
        fought_over = {*talks.spec.war.drift, *spec.shift}
        fought_over |= {i for body in spec.balance.values() for i in body.moves}
        self.fought_over = np.array([i in fought_over for i in issues])
        self._read_record()

    def _read_record(self) -> None:
        """When accidents would end a settlement, without and with peacekeepers, (worlds,)."""
        spec, draws, where = self.spec, self.talks.draws, self.spec.peacekeepers
        self.peacekeepers = draws.bounds("durability.peacekeepers", where, self.talks.issues)
        kinds = (False, True) if where else (None,)
        found = [hazard(draws, self.talks.spec, spec.kind, peacekeepers=kind) for kind in kinds]
        hazards = [one for one in found if one is not None]
        luck = draws.uniform("accidents.settlement", 0) if hazards else np.empty(0)
        self.accidents = [one.years(luck) for one in hazards]

    def _accident(self, x: Array, worlds: Some) -> Array:
        """Years until an accident ends settlements (some worlds, issues), infinite for never."""
        if not self.accidents:
            return np.full(len(x), np.inf)
        years = self.accidents[0][worlds]
        if len(self.accidents) > 1:
            there = meets(x, self.peacekeepers, worlds)
            years = np.where(there, self.accidents[1][worlds], years)
        return years

    def holds(self, package: Array, without: str | None = None) -> Held:
        """How long packages hold, judged by what the war and beliefs are now.

        Parameters
        ----------
        package : ndarray, shape (worlds, issues)
            Whole settlements; NaN where there is none.
        without : str, optional
            A term that is left out of account.
        """
        talks, war = self.talks, self.war
        there = ~np.isnan(package).any(axis=1)
        years, broken_by = np.full(len(package), np.nan), np.full(len(package), NOBODY)
        if not there.any():
            return Held(years, broken_by)
        worlds = ALL if there.all() else np.flatnonzero(there)
        x, no_deal = package[worlds], war.no_deal[worlds]
        moved = np.zeros_like(x)
        for term, moves in self.moves.items():
            if term != without:
                column = talks.issues.index(term)
                above = x[:, column] - no_deal[:, column]
                for target, by in moves.items():
                    moved[:, target] += by[worlds] * above
        temptation = np.full((len(x), self.spec.years, len(self.signatories)), -np.inf)
        for party in self.principals:
            keeping = party.utility(x, worlds)
            drift = party.beliefs.mean[worlds] * party.months
            cost = war.cost_of_new_war(party.key)[worlds]
            deterred = self._deterred(party, x, worlds, without)
            for year in range(self.spec.years):
                ahead = np.clip(x + drift + moved + self.shifts[year, worlds], 0.0, 1.0)
                ahead = np.where(self.fought_over, ahead, no_deal)
                expected = cost * self.expected_cost[party.key][year][worlds]
                fought = reservation_value(party.utility(ahead, worlds), expected, party.months)
                temptation[:, year, party.index] = fought - deterred - keeping
        tempted, who = first_break(temptation - 1e-9)
        accident = self._accident(x, worlds)
        earlier = accident < tempted
        years[worlds] = np.where(earlier, accident, tempted)
        broken_by[worlds] = np.where(earlier, ACCIDENT, who)
        return Held(years, broken_by)

    def _deterred(self, party: Party, x: Array, worlds: Some, without: str | None) -> Array:
        """Utility that the terms make breaking cost a party, shape (worlds,)."""
        total = np.zeros(len(x))
        for term, (on, points, values) in self.deterrents.items():
            if term != without and party.key in on:
                column = self.talks.issues.index(term)
                total += interpolated(points, values[worlds], x[:, column])
        return total
