"""Yardsticks: what the worlds are measured by, and what nothing in the talks depends on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.engine.agents import Formulator, Party
from sim.engine.durability import NOBODY, Durable, Held
from sim.engine.exclusions import Exclusions
from sim.engine.published_plan import Weighed
from sim.engine.ratification import Ratification
from sim.engine.ripeness import Ripeness
from sim.engine.state import Talks
from sim.engine.war import War


class AtStart(NamedTuple):
    """Measured before the first round: ripeness (worlds,), and the plan as published."""

    ripeness: Array
    plan: Weighed | None


class AtEnd(NamedTuple):
    """Measured after the last round.

    Attributes
    ----------
    ripeness, stage_ripeness : ndarray, shape (worlds,)
        Of the whole settlement, and of the stage on the table.
    gaps, stage_gaps : ndarray, shape (worlds, issues)
        By how much red lines miss each other, likewise.
    held : Held
        How long settlements hold.
    years_without : dict of str to ndarray, shape (worlds,)
        The years without each of their terms.
    """

    ripeness: Array
    stage_ripeness: Array
    gaps: Array
    stage_gaps: Array
    held: Held
    years_without: dict[str, Array]


class Yardsticks:
    """Ripeness, the plan and durability; used before the first round and after the last only."""

    def __init__(
        self,
        talks: Talks,
        war: War,
        signatories: Sequence[Party],
        exclusions: Exclusions | None,
    ) -> None:
        self.talks, self.war, self.signatories = talks, war, signatories
        self.ripeness = Ripeness(talks, signatories, exclusions)
        block = talks.spec.durability
        self.durable = Durable(block, talks, war, signatories) if block else None

    def at_start(self, envoy: Formulator | None, gates: Ratification) -> AtStart:
        talks, plan = self.talks, None
        ripeness = self.ripeness.measure()
        if talks.spec.has_plan:
            plan = Weighed(talks, self.war, self.signatories, envoy, gates, self.durable)
        return AtStart(ripeness, plan)

    def at_end(self) -> AtEnd:
        talks, worlds = self.talks, self.talks.worlds
        package = np.where((talks.stage == talks.stages)[:, None], talks.agreed, np.nan)
        held, without = Held(np.full(worlds, np.nan), np.full(worlds, NOBODY)), {}
        if self.durable is not None:
            held = self.durable.holds(package)
            without = {t: self.durable.holds(package, without=t).years for t in self.durable.terms}
        ripeness, open_, stage = self.ripeness, ~talks.is_fixed, talks.on_table
        of_all = ripeness.boxes(open_)
        of_stage = of_all if np.array_equal(open_, stage) else ripeness.boxes(stage)
        return AtEnd(
            ripeness.measure(of_all),
            ripeness.measure_stage(of_stage),
            ripeness.red_line_gaps(open_, of_all),
            ripeness.red_line_gaps(stage, of_stage),
            held,
            without,
        )
