"""What a signatory expects: beliefs about the war, its reservation value, what a stage is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import mesa
import numpy as np

from sim.arrays import ALL, Array, Mask, Some, clipped, full, total
from sim.engine.agents.base import Setting
from sim.engine.agents.preferences import Preferences
from sim.engine.levers import ActiveLever
from sim.engine.war import Beliefs, Shift
from sim.formulas.bargaining.utility import reservation_value


class Outlook(Preferences):
    """The expectations of a signatory in all worlds.

    Attributes
    ----------
    reservation : ndarray, shape (worlds,)
        Value of refusing: what fighting on (or keeping the truce) leads to, less its cost.
    best_of_all : ndarray, shape (worlds,)
        Value of signing the whole settlement at its ideal.
    """

    axes: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("reservation", "reservation_at_start", "best_of_all", "_payments"), "world"
    )
    parts: ClassVar[tuple[str, ...]] = ("beliefs",)

    def __init__(self, model: mesa.Model, setting: Setting, key: str) -> None:
        super().__init__(model, setting, key)
        talks, self.war = setting.talks, setting.war
        #: levers that act on it
        self._all_levers = setting.levers
        self.levers = [v for v in setting.levers if key in v.spec.on]
        self.beliefs = Beliefs(key, talks.spec, self.war, talks.draws)
        self.months = self.spec.foresight_months
        self.reservation, self.best_of_all = np.zeros((2, talks.worlds))
        self.reservation_at_start: Array | None = None
        self._payments: Array | None = None

    def observe(self) -> None:
        """Watch the front, then take stock."""
        self.beliefs.observe()
        self.take_stock()

    def take_stock(self, where: Mask | None = None) -> None:
        """Weigh the alternative, let red lines give way, value the stage on the table.

        Where the talks are open, or in some of those worlds.
        """
        talks = self.talks
        where = talks.is_open if where is None else talks.is_open & where
        now, plain = self._value_of_refusing()
        if self.reservation_at_start is None:
            self.reservation_at_start = plain
        self.reservation = np.where(where, now, self.reservation)
        self.soften(self.reservation_at_start - self.reservation)
        best = self._value_of_stage()
        self.best = np.where(where, best, self.best)
        signed = self.loss(self.rest) * talks.is_fixed if talks.is_fixed.any() else None
        hope = 1.0 + self.payments() - (0.0 if signed is None else total(signed))
        self.best_of_all = np.where(where, hope, self.best_of_all)

    def _value_of_refusing(self) -> tuple[Array, Array]:
        """Reservation value, with and without what levers add to it; (worlds,) each."""
        talks = self.talks
        remains, fighting, fixed = talks.cost_factor, talks.drift_factor, talks.is_fixed
        expected = self._expected(fighting, fixed)
        plain = self._of_fighting(expected, remains)
        weights = [
            _sum(
                v.weight(self.key, ("refuses",), self.months),
                self._promise(v, lambda index: talks.stage > index),
            )
            for v in self.levers
        ]
        return plain + self._levers(weights, expected, remains, fighting, fixed), plain

    def value_of_war(self, worlds: Some = ALL) -> Array:
        """Value of going back to war from a truce, with what answers that; shape (worlds,)."""
        expected = self.beliefs.expected_no_deal(np.full(1, self.months), worlds)
        weights = [
            None if weight is None else weight[worlds]
            for weight in (
                v.weight(self.key, ("violates", "refuses"), self.months) for v in self.levers
            )
        ]
        everything, nothing = np.ones(len(expected)), np.zeros(expected.shape, dtype=bool)
        fighting = self._of_fighting(expected, everything, worlds)
        return fighting + self._levers(weights, expected, everything, everything, nothing, worlds)

    def _value_of_stage(self) -> Array:
        """Value of signing the stage on the table at its ideal, shape (worlds,)."""
        talks = self.talks
        remains, fighting = talks.cost_factor_next, talks.drift_factor_next
        fixed = talks.is_fixed
        self.rest = rest = self._expected(fighting, fixed)
        off_table = total(self.loss(rest) * ~talks.on_table)
        best = 1.0 - off_table - self.war.cost_now(self.key) * remains * self.months
        last = talks.stage == talks.stages - 1
        if talks.stages > 1:
            # levers already pulled bite all the same; promises tied to this stage come true
            weights = [
                _sum(
                    v.pending(self.months),
                    self._promise(v, lambda index: talks.stage == index),
                )
                for v in self.levers
            ]
            settled = fixed | talks.on_table  # what is signed now no lever moves any more
            best += np.where(last, 0.0, self._levers(weights, rest, remains, fighting, settled))
        return np.asarray(best + np.where(last, self.payments(), 0.0))

    def payments(self) -> Array:
        """What it expects to be paid when everything is signed, shape (worlds,)."""
        if self._payments is None:
            self._payments = np.zeros(self.talks.worlds)
            for lever in self._all_levers:
                expected = lever.expected_payment(self.key)
                if expected is not None:
                    self._payments += expected
        return self._payments

    # --- parts -------------------------------------------------------------------------------

    def _expected(self, fighting: Array, fixed: Mask) -> Array:
        """No-deal package at the end of its foresight, signed terms kept; (worlds, issues)."""
        ahead = self.beliefs.expected_no_deal(self.months * fighting)
        return np.where(fixed, self.talks.agreed, ahead) if fixed.any() else ahead

    def _of_fighting(self, expected: Array, remains: Array, worlds: Some = ALL) -> Array:
        cost = self.war.cost_now(self.key)[worlds] * remains
        return reservation_value(self.utility(expected, worlds), cost, self.months)

    def _promise(self, lever: ActiveLever, where: Callable[[int], Mask]) -> Array | None:
        """Weight of a lever that is a promise, where its stage is the one meant."""
        if lever.tied_to is None:
            return None
        return lever.promise(where(lever.tied_to), self.months)

    def _levers(
        self,
        weights: list[Array | None],
        expected: Array,
        remains: Array,
        fighting: Array,
        fixed: Mask,
        worlds: Some = ALL,
    ) -> Array:
        """What levers, each with its weight, add to the value of fighting on; (worlds,)."""
        added = np.zeros(len(expected))
        months = self.months * fighting
        for lever, weight in zip(self.levers, weights, strict=True):
            if weight is None or not weight.any():
                continue
            added += weight * self._change(lever.shift, expected, remains, months, fixed, worlds)
        return added

    def _change(
        self,
        shift: Shift,
        expected: Array,
        remains: Array | float,
        months: Array | float,
        fixed: Mask,
        worlds: Some = ALL,
    ) -> Array:
        """What a change of the war does to the value of fighting on, (worlds,)."""
        change = np.zeros(len(expected))
        for column in shift.columns:
            before = expected[:, column]
            after = before + shift.no_deal[worlds, column]
            after = clipped(after + shift.drift[worlds, column] * months, 0.0, 1.0)
            gained = self.loss_on(column, before, worlds) - self.loss_on(column, after, worlds)
            change += gained * ~fixed[:, column]
        if self.key in shift.cost:
            change -= shift.cost[self.key][worlds] * remains * self.months
        return change

    def worth_of(self, shift: Shift, acts: Mask) -> Array:
        """What it gains by a change of the war as long as it is fought, shape (worlds,).

        ``acts`` says where the change is in what it expects already.
        """
        expected = self.war.no_deal
        if shift.columns:
            expected = self.beliefs.expected_no_deal(np.full(self.talks.worlds, self.months))
            of_shift = shift.no_deal + shift.drift * self.months
            expected = clipped(expected - np.where(acts[:, None], of_shift, 0.0), 0.0, 1.0)
        return self._change(shift, expected, 1.0, self.months, full(expected.shape, False))


def _sum(one: Array | None, other: Array | None) -> Array | None:
    """Sum of two weights of which either may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return one + other
