"""Accidents: agreements end by what nobody at the table decides, as often as they have in the past.

Incidents, spoilers, changes of government. How often is read from the record of agreements
(:mod:`sim.scenario.record`). It counts every end, also those for which a side had its reasons: an
upper bound beside the temptation that the model computes.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, ByWorld, Mask, Some
from sim.engine.draws import Bounded, Draws
from sim.engine.state import Talks
from sim.formulas import holding as record_of
from sim.formulas.holding import Course
from sim.scenario.fields import Bound
from sim.scenario.record import holding
from sim.scenario.schema import Scenario

Kind = Literal["any", "interstate", "intrastate", "truce", "limited"]
DAYS_A_YEAR = 365.25


class Hazard(ByWorld):
    """How agreements of one kind fail; every world draws a course that the record allows.

    Attributes
    ----------
    lasting, scale, shape : ndarray, shape (worlds,)
        See :class:`sim.formulas.holding.Course`.
    factor : ndarray, shape (worlds,)
        On the hazard.
    """

    axes: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("lasting", "scale", "shape", "factor"), "world"
    )

    def __init__(self, course: Course, factor: Array) -> None:
        self.lasting, self.scale, self.shape = course
        self.factor = factor

    def chance(self, held_days: Array | float, days: float, worlds: Some = slice(None)) -> Array:
        """Probability that what has held so long fails within a round of some days.

        ``held_days`` are those of the worlds named, (some worlds,).
        """
        course = Course(self.lasting[worlds], self.scale[worlds], self.shape[worlds])
        held = np.asarray(held_days) / DAYS_A_YEAR
        fails = record_of.chance_of_failure(course, held, days / DAYS_A_YEAR)
        return np.asarray(1.0 - (1.0 - fails) ** self.factor[worlds])

    def years(self, luck: Array) -> Array:
        """Years until it fails, (worlds,), infinite where it lasts; uniform luck, much is good."""
        course = Course(self.lasting, self.scale, self.shape)
        return record_of.time_of_failure(course, 1.0 - (1.0 - luck) ** (1.0 / self.factor))


def hazard(
    draws: Draws,
    spec: Scenario,
    kind: Kind,
    monitored: bool | None = None,
    peacekeepers: bool | None = None,
) -> Hazard | None:
    """How agreements of a kind fail; ``None`` where the scenario counts no accidents.

    Parameters
    ----------
    kind : str
        Of agreements that settle a war, ``any`` where it is not known whether between states.
    monitored : bool, optional
        Of truces and limited agreements: whether they have a mechanism of compliance.
    peacekeepers : bool, optional
        Of agreements within states: whether there are any.
    """
    factor = draws.judged(spec.engine, "accidents")
    if not factor.any():
        return None
    if kind == "intrastate" and peacekeepers is not None:
        record = holding()["intrastate"]
        ratio = np.exp(_drawn(draws, "peacekeepers", "without_peacekeepers")[:, 3])
        present, absent = record_of.relative_hazards(ratio, record.peacekeepers / record.n)
        factor = factor * (present if peacekeepers else absent)
    name: str = kind
    if kind in ("truce", "limited") and monitored is not None:
        name += "_monitored" if monitored else "_unmonitored"
    return Hazard(Course.of(_drawn(draws, kind, name)), np.maximum(factor, 1e-12))


def _drawn(draws: Draws, stream: str, name: str) -> Array:
    """Parameters in every world; worlds that are lucky with one name of a stream are with all."""
    fit = holding()[name].fit
    assert fit is not None
    scores = [draws.normal(f"accidents.{stream}", n) for n in range(len(fit.mean))]
    return record_of.drawn(fit, np.stack(scores, axis=-1))


def meets(text: Array, bounds: list[Bounded], worlds: Some = slice(None)) -> Mask:
    """Where texts (some worlds, issues) keep to all conditions; not where they leave one open."""
    fine = np.ones(len(text), dtype=bool)
    for column, low, high in bounds:
        fine &= (text[:, column] >= low[worlds]) & (text[:, column] <= high[worlds])
    return fine


class Breaks(ByWorld):
    """How what is in force while the talks go on breaks by accident, by whether it is monitored.

    Attributes
    ----------
    hazards : list of Hazard
        None where no accidents are counted, one where nothing is known of monitoring; otherwise
        without and with it.
    monitoring : list of Bounded
        Conditions on a text, all of which must hold for it to be monitored.
    """

    axes: ClassVar[dict[str, str | None]] = {"monitoring": "world"}
    parts = ("hazards",)

    def __init__(
        self,
        draws: Draws,
        spec: Scenario,
        kind: Kind,
        path: str,
        where: dict[str, Bound],
        issues: list[str],
    ) -> None:
        self.days = spec.war.round_days
        self.monitoring = draws.bounds(path, where, issues)
        known = (False, True) if where else (None,)
        found = [hazard(draws, spec, kind, monitored) for monitored in known]
        self.hazards = [one for one in found if one is not None]

    def chance(self, text: Array, held_rounds: NDArray[np.int64], worlds: Some) -> Array:
        """Probability of a break this round, of texts (some worlds, issues) held so long."""
        held = self.days * held_rounds.astype(np.float64)
        chances = [one.chance(held, self.days, worlds) for one in self.hazards]
        if len(chances) == 1:
            return chances[0]
        return np.where(meets(text, self.monitoring, worlds), chances[1], chances[0])


class Truces(ByWorld):
    """Truces that break by accident while the talks go on.

    A stage that lowers the cost of war or the drift is a truce, from the day of the first such
    signature on.
    """

    parts = ("breaks",)

    def __init__(self, talks: Talks) -> None:
        spec, self.talks = talks.spec, talks
        where = spec.durability.monitoring if spec.durability else {}
        self.breaks = (
            Breaks(talks.draws, spec, "truce", "durability.monitoring", where, talks.issues)
            if talks.stages > 1
            else None
        )

    def struck(self) -> Mask:
        """Where an accident breaks a truce this round, shape (worlds,)."""
        talks = self.talks
        out = np.zeros(talks.worlds, dtype=bool)
        if self.breaks is None or not self.breaks.hazards:
            return out
        lower = (talks.cost_factor < 1.0) | (talks.drift_factor < 1.0)
        under = talks.talking & (talks.stage > 0) & lower
        if not under.any():
            return out
        worlds = np.flatnonzero(under)
        held = talks.round - 1 - self._since(worlds)
        chance = self.breaks.chance(talks.agreed[worlds], held, worlds)
        out[worlds] = talks.draws.uniform("accidents.truce", talks.round)[worlds] < chance
        return out

    def _since(self, worlds: NDArray[np.intp]) -> NDArray[np.int64]:
        """Round in which the first stage that makes a truce was signed."""
        talks = self.talks
        cost, drift = (f[1:, worlds].T for f in (talks.cost_factors, talks.drift_factors))
        signed = talks.signed_round[worlds]
        counts = (signed >= 0) & ((cost < 1.0) | (drift < 1.0))
        return np.where(counts, signed, np.iinfo(np.int64).max).min(axis=1)
