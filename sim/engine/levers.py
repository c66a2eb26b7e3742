"""Levers: typed threats and promises that act on things which exist in the model."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.arrays import Array, ByWorld, Mask, clipped
from sim.engine.state import EVENTS, Rounds, Talks
from sim.engine.war import Shift, War
from sim.formulas.statistics import scaled_odds
from sim.scenario.schema import Condition, EventCount, Lever


class ActiveLever(ByWorld):
    """One lever in all worlds: threatened, pulled, in effect, or bluffed.

    Credibility is the probability that the lever is pulled once its condition holds. Before that,
    the targets weigh it with exactly that probability (a threat discounts what refusing is worth,
    Schelling 1960, *The Strategy of Conflict*); each world draws once whether it is carried out.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("credibility", "delay", "carried_out", "payment"), "world"),
        **dict.fromkeys(("triggered", "in_effect", "effective", "was_in_effect"), "world"),
        **dict.fromkeys(("called", "undecided", "on_its_way", "_at_once"), "world"),
        "spec": None,
    }
    parts = ("shift",)

    def __init__(self, key: str, owner: str, spec: Lever, talks: Talks, war: War) -> None:
        draws, worlds = talks.draws, talks.worlds
        path = f"actors.{owner}.levers.{key}"
        self.key, self.spec, self.talks, self.war = f"{owner}.{key}", spec, talks, war
        stated = draws.number(
            f"{path}.credibility", spec.credibility, talks.spec.spread.credibility
        )
        self.credibility = scaled_odds(stated, draws.judged(talks.spec.engine, "credence"))
        rounds, each = talks.spec.in_rounds, talks.spec.war.round_days
        self.delay = draws.number(f"{path}.delay", rounds(spec.delay), each=each)
        #: rounds before which its conditions do not hold, where they say so
        times = [c.not_before for c in spec.when]
        self.not_before = [None if t is None else rounds(t).median for t in times]
        for n, condition in enumerate(spec.when):
            if condition.date is not None:
                self.not_before[n] = talks.spec.day_of(condition.date) / each
        self.carried_out = draws.uniform(f"{path}.pull") <= self.credibility
        self.shift = Shift.drawn(f"{path}.effect", spec.effect, draws, talks.issues)
        #: by actor: utility paid on signing everything
        self.payment = {
            a: draws.number(f"{path}.effect.payment.{a}", n) for a, n in spec.effect.payment.items()
        }
        #: the levers that its conditions name, in the order of the conditions
        self.parents: list[ActiveLever | None] = []
        #: number of the stage whose signing, and nothing else, fulfils its condition: a promise
        self.tied_to = None
        if all(set(c.model_fields_set) == {"signed"} for c in spec.when):
            self.tied_to = max(talks.stage_names.index(str(c.signed)) for c in spec.when)
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
        self._waits_for: dict[tuple[str, str], list[tuple[str, EventCount]] | None] = {}

    def _note(self, round_: int) -> None:
        pulled = self.triggered <= round_
        self.undecided = ~(self.called | pulled)
        self.on_its_way = pulled & ~self.in_effect
        self.is_on_its_way = bool(self.on_its_way.any())

    def begin_round(self) -> None:
        """Note what is in effect now: levers that wait for this one see it a round later."""
        self.was_in_effect = self.in_effect.copy()

    def advance(self) -> None:
        """Trigger where the condition holds; put into effect what was triggered long enough ago."""
        talks = self.talks
        fire = self.undecided & talks.is_open
        fire &= self._condition()
        if fire.any():
            self.triggered[fire & self.carried_out] = talks.round
            self.called |= fire & ~self.carried_out
            self._note(talks.round)
        if not self.is_on_its_way:
            return
        due = self.on_its_way & (talks.round >= self.triggered + self.delay) & talks.is_open
        if due.any():
            self.war.press(due, self.shift)
            self.in_effect |= due
            self.effective[due] = talks.round
            self._note(talks.round)

    def _condition(self) -> Mask:
        holds = zip(self.spec.when, self.parents, self.not_before, strict=True)
        return np.all([_holds(*condition, self.talks) for condition in holds], axis=0)

    def weight(self, actor: str, events: tuple[str, ...], months: float) -> Array | None:
        """Weight with which ``actor``, on whom it acts, expects the effect if it does an event.

        Before the trigger the credibility, once pulled certainty, nothing once in effect or
        bluffed; less the share of the actor's foresight that passes before it bites. ``None``
        where the lever neither answers the events (refuses, violates) nor has been pulled. An
        answer to another lever weighs as much as that lever is expected.
        """
        pending = self.pending(months)
        for event in events:
            ahead = self._chance(actor, event)
            if ahead is not None:
                answer = self._still_to_come(months, *ahead)
                return answer if pending is None else answer + pending
        return pending

    def _chance(self, actor: str, event: str) -> tuple[Array | float, Array | float] | None:
        """Probability that the event, done by the actor, meets the condition, and the wait.

        Arrays (worlds,), or 1 and 0 where it is certain and at once.
        """
        others = self._other_answers(actor, event)
        if others is None:
            return None
        if all(part is None for part in (*self.parents, *self.not_before)) and not others:
            return 1.0, 0.0
        now = self.talks.round
        chance, wait = np.ones(self.talks.worlds), np.zeros(self.talks.worlds)
        for what, count in others:
            chance *= _likely(what, count, self.talks)
        for time, parent in zip(self.not_before, self.parents, strict=True):
            if time is not None:
                wait = np.maximum(wait, time - now)
            if parent is None:
                continue
            ahead = parent._chance(actor, event)
            before, longer = (0.0, 0.0) if ahead is None else ahead
            pulled = parent.triggered <= now
            chance *= np.where(
                pulled, 1.0, np.where(parent.called, 0.0, before * parent.credibility)
            )
            wait += np.where(pulled, parent.remaining(), parent.delay + longer)
        return chance, wait

    def _other_answers(self, actor: str, event: str) -> list[tuple[str, EventCount]] | None:
        """Answers of others that it waits for, too; None where the event cannot bring it about."""
        if (actor, event) not in self._waits_for:
            when = self.spec.when
            others = [one for one in _answers(when) if one[1].actor != actor]
            found = others if _can_answer(when, actor, event) else None
            self._waits_for[actor, event] = found
        return self._waits_for[actor, event]

    def promise(self, where: Mask, months: float) -> Array | None:
        """Weight, in some worlds, of a promise tied to signing a stage, before it is pulled."""
        if not where.any():
            return None
        return np.where(where, self._still_to_come(months), 0.0)

    def pending(self, months: float) -> Array | None:
        """Weight once pulled and before it is in effect: certain, but for the wait."""
        if not self.is_on_its_way:
            return None
        share = 1.0 - self.remaining() * self.war.months / months
        return clipped(share, 0.0, 1.0) * self.on_its_way

    def remaining(self) -> Array:
        """Rounds until the effect where it has been pulled, shape (worlds,)."""
        return np.maximum(self.triggered + self.delay - self.talks.round, 0.0)

    def _still_to_come(
        self, months: float, chance: Array | float = 1.0, wait: Array | float = 0.0
    ) -> Array:
        """Credibility where it has been neither pulled nor bluffed, less what passes before."""
        weight = self._at_once.get(months)
        if weight is None or isinstance(wait, np.ndarray):
            share = clipped(1.0 - (wait + self.delay) * self.war.months / months, 0.0, 1.0)
            weight = chance * self.credibility * share
        if not isinstance(wait, np.ndarray):
            self._at_once[months] = weight
        return weight * self.undecided

    def expected_payment(self, actor: str) -> Array | None:
        """What an actor expects of it on signing everything, (worlds,); None where nothing."""
        amount = self.payment.get(actor)
        return None if amount is None else self.credibility * amount

    def luck(self, actor: str) -> Array | None:
        """What it paid an actor in the end, less what was expected; shape (worlds,)."""
        amount = self.payment.get(actor)
        return None if amount is None else (self.in_effect - self.credibility) * amount

    def pay(self, where: Mask, round_: Rounds) -> None:
        """Everything is in force in some worlds, from a round: a payment is made if it is kept."""
        if not self.payment:
            return
        kept = where & self.carried_out & ~self.in_effect
        self.triggered = np.where(kept, round_, self.triggered)
        self.in_effect |= kept
        self.effective = np.where(kept, round_, self.effective)
        self.called |= where & ~self.carried_out
        self._note(np.iinfo(np.int32).max - 1)  # whenever the votes that it waits for are taken


def levers_of(talks: Talks, war: War) -> list[ActiveLever]:
    """All levers of a scenario, each with those that its conditions name."""
    levers = [
        ActiveLever(key, owner, spec, talks, war)
        for owner, actor in sorted(talks.spec.actors.items())
        for key, spec in sorted(actor.levers.items())
    ]
    by_key = {lever.key: lever for lever in levers}
    for lever in levers:
        lever.parents = [None if c.pulled is None else by_key[c.pulled] for c in lever.spec.when]
    return levers


def _holds(
    condition: Condition, parent: ActiveLever | None, not_before: float | None, talks: Talks
) -> Mask:
    """Where all keys of a condition hold, shape ``(worlds,)``."""
    holds: Mask = np.ones(talks.worlds, dtype=bool)
    for event in EVENTS:
        count = getattr(condition, event)
        if count is not None:
            holds &= talks.events[event][count.actor] >= count.times
    if condition.signed is not None:
        holds &= talks.stage > talks.stage_names.index(condition.signed)
    if parent is not None:
        holds &= parent.was_in_effect
    if not_before is not None:
        holds &= talks.round >= not_before
    return holds


def _can_answer(when: list[Condition], actor: str, event: str) -> bool:
    """Whether the event, done by the actor, can bring the conditions about.

    Conditions on signing are promises and answer neither refusing nor violating, nor do those on
    accepting unless they name something else that the actor does; conditions on time alone come
    whatever the actor does, short of signing.
    """
    if any(c.signed is not None for c in when):
        return False
    named = [(e, count.actor) for c in when for e, count in _counts(c)]
    return (event, actor) in named if named or _answers(when) else True


def _answers(when: list[Condition]) -> list[tuple[str, EventCount]]:
    """Answers to texts that the conditions name: (event, who and how often)."""
    found = [(e, getattr(c, e)) for c in when for e in ("refuses", "accepts", "signs_alone")]
    return [(event, count) for event, count in found if count is not None]


def _likely(event: str, count: EventCount, talks: Talks) -> Array:
    """Probability that a signatory has answered so often by its next answers, (worlds,).

    1 where it has. Otherwise the share of its answers so far by Laplace's rule of succession, for
    each answer that is still wanting: what the others can see, and no more.
    """
    yes, no = talks.events["accepts"][count.actor], talks.events["refuses"][count.actor]
    of_them = no if event == "refuses" else yes
    share = (of_them + 1.0) / (yes + no + 2.0)
    wanting = np.maximum(count.times - talks.events[event][count.actor], 0)
    return np.asarray(share**wanting)


def _counts(condition: Condition) -> list[tuple[str, EventCount]]:
    pairs = (("refuses", condition.refuses), ("violates", condition.violates))
    return [(event, count) for event, count in pairs if count is not None]
