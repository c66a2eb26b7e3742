"""Levers: typed threats and promises that act on things which exist in the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.arrays import full
from sim.scenario.schema import Condition, EventCount, Lever

if TYPE_CHECKING:
    from sim.engine.model import PeaceTalks

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass
class Shift:
    """A lever's effect as arrays.

    Attributes
    ----------
    cost, payment : dict of str to ndarray, shape (worlds,)
        By actor: change of the cost of war a month, and utility paid on signing everything.
    drift, no_deal : ndarray, shape (worlds, issues)
        Change of the drift a month and of where the issues stand without a deal.
    """

    cost: dict[str, Array]
    payment: dict[str, Array]
    drift: Array
    no_deal: Array


class ActiveLever:
    """One lever in all worlds: threatened, pulled, in effect, or bluffed.

    Credibility is the probability that the lever is pulled once its condition holds. Before that,
    the targets weigh it with exactly that probability (a threat discounts what refusing is worth,
    Schelling 1960, *The Strategy of Conflict*); each world draws once whether it is carried out.
    """

    def __init__(self, key: str, owner: str, spec: Lever, model: PeaceTalks) -> None:
        draws, worlds = model.draws, model.worlds
        path = f"actors.{owner}.levers.{key}"
        self.key, self.owner, self.spec = f"{owner}.{key}", owner, spec
        self.credibility = draws.number(
            f"{path}.credibility", spec.credibility, model.spec.spread.credibility
        )
        self.delay = draws.number(f"{path}.delay", spec.delay)
        self.carried_out = draws.uniform(f"{path}.pull") <= self.credibility
        effect = spec.effect
        shape = (worlds, len(model.issues))
        drift, no_deal = full(shape, 0.0), full(shape, 0.0)
        for issue, number in effect.drift.items():
            column = model.issues.index(issue)
            drift[:, column] = draws.number(f"{path}.effect.drift.{issue}", number)
        for issue, number in effect.no_deal.items():
            column = model.issues.index(issue)
            no_deal[:, column] = draws.number(f"{path}.effect.no_deal.{issue}", number)
        self.shift = Shift(
            {a: draws.number(f"{path}.effect.cost.{a}", n) for a, n in effect.cost.items()},
            {a: draws.number(f"{path}.effect.payment.{a}", n) for a, n in effect.payment.items()},
            drift,
            no_deal,
        )
        #: columns of issues on which it does something
        self.columns = [model.issues.index(i) for i in {*effect.drift, *effect.no_deal}]
        self.columns.sort()
        #: number of the stage whose signing, and nothing else, fulfils its condition: a promise
        self.tied_to = None
        if all(set(c.model_fields_set) == {"signed"} for c in spec.when):
            self.tied_to = max(model.stage_names.index(str(c.signed)) for c in spec.when)
        never = np.iinfo(np.int32).max
        self.triggered = np.full(worlds, never, dtype=np.int64)
        self.in_effect = np.zeros(worlds, dtype=bool)
        self.effective = np.full(worlds, -1, dtype=np.int64)  # round of taking effect
        self.was_in_effect = self.in_effect  # at the end of the round before
        self.called = np.zeros(worlds, dtype=bool)
        #: where it has neither been pulled nor bluffed; where it is pulled and not yet in effect
        self.undecided, self.on_its_way = np.ones(worlds, dtype=bool), np.zeros(worlds, dtype=bool)
        self.is_on_its_way = False
        self._at_once: dict[float, Array] = {}

    def _note(self, round_: int) -> None:
        pulled = self.triggered <= round_
        self.undecided = ~(self.called | pulled)
        self.on_its_way = pulled & ~self.in_effect
        self.is_on_its_way = bool(self.on_its_way.any())

    def advance(self, model: PeaceTalks) -> None:
        """Trigger where the condition holds; put into effect what was triggered long enough ago."""
        fire = self.undecided & model.is_open
        fire &= self._condition(model)
        if fire.any():
            self.triggered[fire & self.carried_out] = model.round
            self.called |= fire & ~self.carried_out
            self._note(model.round)
        if not self.is_on_its_way:
            return
        due = self.on_its_way & (model.round >= self.triggered + self.delay) & model.is_open
        if due.any():
            war = model.war
            for actor, change in self.shift.cost.items():
                war.lever_cost[actor] += np.where(due, change, 0.0)
            war.lever_drift += np.where(due[:, None], self.shift.drift, 0.0)
            moved = np.clip(war.no_deal + self.shift.no_deal, 0.0, 1.0)
            war.no_deal = np.where(due[:, None], moved, war.no_deal)
            self.in_effect |= due
            self.effective[due] = model.round
            self._note(model.round)

    def _condition(self, model: PeaceTalks) -> Mask:
        return np.all([_holds(c, model) for c in self.spec.when], axis=0)

    def weight(
        self, actor: str, events: tuple[str, ...], months: float, model: PeaceTalks
    ) -> Array | None:
        """Weight with which ``actor``, on whom it acts, expects the effect if it does an event.

        Before the trigger the credibility, once pulled certainty, nothing once in effect or
        bluffed; less the share of the actor's foresight that passes before it bites. ``None``
        where the lever neither answers the events (refuses, violates) nor has been pulled. An
        answer to another lever weighs as much as that lever is expected.
        """
        pending = self.pending(months, model)
        for event in events:
            ahead = self._chance(actor, event, model)
            if ahead is not None:
                answer = self._still_to_come(months, model, *ahead)
                return answer if pending is None else answer + pending
        return pending

    def _chance(
        self, actor: str, event: str, model: PeaceTalks
    ) -> tuple[Array | float, Array | float] | None:
        """Probability that the event, done by the actor, meets the condition, and the wait.

        Arrays (worlds,), or 1 and 0 where it is certain and at once.
        """
        if not _can_answer(self.spec.when, actor, event):
            return None
        if all(c.round is None and c.pulled is None for c in self.spec.when):
            return 1.0, 0.0
        chance, wait = np.ones(model.worlds), np.zeros(model.worlds)
        for condition in self.spec.when:
            if condition.round is not None:
                wait = np.maximum(wait, condition.round - model.round)
            if condition.pulled is None:
                continue
            parent = next(v for v in model.levers if v.key == condition.pulled)
            ahead = parent._chance(actor, event, model)
            before, longer = (0.0, 0.0) if ahead is None else ahead
            pulled = parent.triggered <= model.round
            chance *= np.where(
                pulled, 1.0, np.where(parent.called, 0.0, before * parent.credibility)
            )
            wait += np.where(pulled, parent.remaining(model), parent.delay + longer)
        return chance, wait

    def promise(self, where: Mask, months: float, model: PeaceTalks) -> Array | None:
        """Weight, in some worlds, of a promise tied to signing a stage, before it is pulled."""
        if not where.any():
            return None
        return np.where(where, self._still_to_come(months, model), 0.0)

    def pending(self, months: float, model: PeaceTalks) -> Array | None:
        """Weight once pulled and before it is in effect: certain, but for the wait."""
        if not self.is_on_its_way:
            return None
        share = 1.0 - self.remaining(model) * model.war.months / months
        return np.clip(share, 0.0, 1.0) * self.on_its_way

    def remaining(self, model: PeaceTalks) -> Array:
        """Rounds until the effect where it has been pulled, shape (worlds,)."""
        return np.maximum(self.triggered + self.delay - model.round, 0.0)

    def _still_to_come(
        self,
        months: float,
        model: PeaceTalks,
        chance: Array | float = 1.0,
        wait: Array | float = 0.0,
    ) -> Array:
        """Credibility where it has been neither pulled nor bluffed, less what passes before."""
        weight = self._at_once.get(months)
        if weight is None or isinstance(wait, np.ndarray):
            share = np.clip(1.0 - (wait + self.delay) * model.war.months / months, 0.0, 1.0)
            weight = chance * self.credibility * share
        if not isinstance(wait, np.ndarray):
            self._at_once[months] = weight
        return weight * self.undecided

    def pay(self, where: Mask, round_: NDArray[np.int64] | int) -> None:
        """Everything is in force in some worlds, from a round: a payment is made if it is kept."""
        if not self.shift.payment:
            return
        kept = where & self.carried_out & ~self.in_effect
        self.triggered = np.where(kept, round_, self.triggered)
        self.in_effect |= kept
        self.effective = np.where(kept, round_, self.effective)
        self.called |= where & ~self.carried_out
        self._note(np.iinfo(np.int32).max - 1)  # whenever the votes that it waits for are taken


def _holds(condition: Condition, model: PeaceTalks) -> Mask:
    """Where all keys of a condition hold, shape ``(worlds,)``."""
    holds: Mask = np.ones(model.worlds, dtype=bool)
    for event in ("refuses", "accepts", "violates"):
        count = getattr(condition, event)
        if count is not None:
            holds &= model.events[event][count.actor] >= count.times
    if condition.signed is not None:
        holds &= model.stage > model.stage_names.index(condition.signed)
    if condition.pulled is not None:
        holds &= next(v for v in model.levers if v.key == condition.pulled).was_in_effect
    if condition.round is not None:
        holds &= model.round >= condition.round
    return holds


def _can_answer(when: list[Condition], actor: str, event: str) -> bool:
    """Whether the event, done by the actor, can bring the conditions about.

    Conditions on signing or accepting are promises and answer neither refusing nor violating;
    conditions on time alone come whatever the actor does, short of signing.
    """
    if any(c.signed is not None or c.accepts is not None for c in when):
        return False
    named = [(e, count.actor) for c in when for e, count in _counts(c)]
    return not named or (event, actor) in named


def _counts(condition: Condition) -> list[tuple[str, EventCount]]:
    pairs = (("refuses", condition.refuses), ("violates", condition.violates))
    return [(event, count) for event, count in pairs if count is not None]
