"""An actor whose signature is needed: aspiration, offers, acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import mesa
import numpy as np

from sim.arrays import ALL, Array, Mask, Some, Table, full, total
from sim.engine.agents.bargainer import LEAST, Bargainer
from sim.engine.agents.base import Setting
from sim.engine.agents.known_lines import KnownLines
from sim.engine.draws import Draws
from sim.formulas.bargaining.learning import learnt_saliences
from sim.formulas.bargaining.red_lines import TOLERANCE
from sim.formulas.tactics import View
from sim.registry import TACTICS
from sim.scenario.schema import Scenario, whole


class Party(Bargainer):
    """A signatory at the table.

    Attributes
    ----------
    offer_before : ndarray, shape (worlds, issues)
        Its position of a turn ago.
    salience_seen : ndarray, shape (worlds, issues)
        What the others have come to believe about its saliences.
    learnt : ndarray, shape (worlds, issues)
        What of that they have learnt from its concessions.
    known_lines : KnownLines
        What they have come to know of its red lines.
    deadline : int or None
        Last turn before a deadline that it knows.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("offer_before", "opening"), "world issue"),
        **dict.fromkeys(("salience_seen", "learnt"), "world issue"),
        **dict.fromkeys(("aspiration", "offers_made"), "world"),
        **dict.fromkeys(("patience", "leave_after", "told"), "world"),
    }
    parts: ClassVar[tuple[str, ...]] = ("tactic", "known_lines")

    def __init__(self, model: mesa.Model, setting: Setting, key: str) -> None:
        super().__init__(model, setting, key)
        talks, spec = self.talks, self.spec
        draws, scenario = talks.draws, talks.spec
        path = f"actors.{key}"
        patience = scenario.in_turns(spec.patience)
        spread, turn = scenario.spread.patience * patience.median, scenario.turn_days
        tempo = draws.judged(scenario.engine, "tempo")
        drawn = tempo * draws.number(f"{path}.patience", patience, spread, each=turn)
        self.deadline = deadline_of(scenario, key)
        if self.deadline is not None:
            # so that it is down at its reservation value in the last turn in which it can sign
            drawn = np.minimum(drawn, self.deadline - 1.0)
        self.patience = np.maximum(drawn, 1.0)
        self.leave_after = draw_leave_after(scenario, draws, key)
        self.tactic = TACTICS[spec.tactic.name](**(spec.tactic.model_extra or {}))
        worlds, issues = talks.worlds, len(talks.issues)
        self.opening = self.offer_before = self.offer
        self.begin_unknown()
        self.told = np.zeros(worlds)
        self.salience_seen = self.learnt = full((worlds, issues), 1.0 / issues)
        self.aspiration, self.offers_made = np.ones((2, worlds))

    def begin_unknown(self) -> None:
        """The others know no more of its red lines than what it has stated."""
        stated = self.stated_low, self.stated_high
        self.known_lines = KnownLines(self.offer, *self.loosest_limits(), stated, self.consent)
        self.known_lines.joined = self.joined

    def meet(self, signatories: Sequence[Party]) -> None:
        """Learn who else signs."""
        self.others = [party for party in signatories if party is not self]

    def set_out(self) -> None:
        """Before the first round it aims at the best it can have."""
        self.target, self.target_of_all = self.hopes()

    def remember_offer(self) -> None:
        """Keep its position, with which that of the next turn is compared."""
        self.offer_before = self.offer

    def think_again(self, where: Mask) -> None:
        """Take stock once more in worlds in which something was signed or broken this round."""
        self.take_stock(where)
        self.target_of_all = np.maximum(self.target_of_all, self.reservation)

    def aspire(self) -> None:
        """Set the target: R + (A − R) · aspiration, the aspiration from the tactic."""
        talks = self.talks
        unseen = np.full(talks.worlds, np.nan)
        received, before = self._received() if self.tactic.looks_at_offers else (unseen, unseen)
        best, best_of_all = self.hopes()
        gap = np.maximum(best - self.reservation, 0.0)
        others = [o.offers_made for o in self.others if o.is_principal]
        time = self.turns_talked() / self.patience
        if self.deadline is not None and talks.turn >= self.deadline:
            time = np.maximum(time, 1.0)
        view = View(
            time=time,
            received=received,
            received_before=before,
            before=self.aspiration,
            gap=gap,
            own_offers=self.offers_made,
            others_offers=np.min(others, axis=0) if others else self.offers_made,
        )
        self.aspiration = self.tactic.checked(view)
        least = self.aspiration < LEAST
        self.at_its_least = np.where(least, self.at_its_least + 1.0, 0.0)
        target = self.reservation + gap * self.aspiration
        self.target = np.where(talks.is_open, target, self.target)
        hoped = np.maximum(best_of_all - self.reservation, 0.0) * self.aspiration
        self.target_of_all = np.where(talks.is_open, self.reservation + hoped, self.target_of_all)

    def turns_talked(self) -> Array:
        """Turns of talks before this one, shape (worlds,)."""
        return np.full(self.talks.worlds, self.talks.turn - 1.0)

    def _received(self) -> tuple[Array, Array]:
        """What the others' positions, and those of a round ago, are worth to it: (worlds,) each.

        Both on the issues still open and by today's preferences, so that only their moves differ.
        """
        still_open = ~self.talks.is_fixed
        others = self.others
        now = [-total(self.loss(o.offer) * still_open) for o in others]
        before = [-total(self.loss(o.offer_before) * still_open) for o in others]
        return np.mean(now, axis=0), np.mean(before, axis=0)

    def hear(self, proposals: Array, where: Mask) -> None:
        """Proposals (n, worlds, issues) are put to it: it says what it could not sign."""
        self.known_lines.hear(self.where_it_lies(proposals), *self.loosest_limits(), where)

    def put(self, offer: Array, where: Mask) -> None:
        """Make an offer in some worlds; the others learn from how it moved."""
        self.move(offer, where)
        by, trial = self.talks.spec.engine, self.at_its_least > 1.0
        if not trial.all():  # nobody takes a trial for a concession
            # nor what the others could not have signed anyway
            conceded = np.abs(self.where_it_lies(self.offer) - self.opening) - np.abs(
                self.wanted - self.ideal
            )
            conceded = np.maximum(conceded, 0.0)
            learnt = learnt_saliences(conceded, by.concession_strength, by.concession_familiar)
            self.learnt = np.where(trial[:, None], self.learnt, learnt)
        self.be_known(self.learnt)

    def move(self, offer: Array, where: Mask) -> None:
        """Take a position in some worlds; nobody learns from it."""
        talks = self.talks
        where = where & talks.talking
        offer = np.where(where[:, None] & ~talks.is_fixed, offer, self.offer)
        moved = np.abs(offer - self.offer) > 1e-6
        self.offers_made = self.offers_made + moved.any(axis=1)
        self.offer = offer
        self.known_lines.offer(self.where_it_lies(offer))

    def be_bound(self, package: Array, terms: Mask) -> None:
        """What has been signed is its position now; ``terms`` (worlds, issues) says where."""
        self.offer = np.where(terms, package, self.offer)

    def give_way(self, where: Mask) -> None:
        """Its position on later stages gives way, in some worlds, to what has just been signed."""
        if self.exclusions is not None:
            repaired = self.exclusions.repaired(self.offer, self.loss)
            self.offer = np.where(where[:, None], repaired, self.offer)

    def be_told(self, unclear: Array) -> None:
        """A host has explained its interests to the others, but for a share of what was unclear."""
        self.told = 1.0 - (1.0 - self.told) * unclear

    def be_known(self, learnt: Array) -> None:
        """What the others believe of its saliences: learnt from what it does, told by hosts."""
        self.salience_seen = self.known_by(learnt)

    def known_by(self, learnt: Array, worlds: Some = ALL, issues: Some = ALL) -> Array:
        """What they would believe, having learnt so much in some worlds (worlds, issues)."""
        told = self.told[worlds, None]
        if not told.any():
            return learnt
        return (1.0 - told) * learnt + told * self.weight[worlds][:, issues]

    def accepts(self, x: Array, acceptability: Array | None = None) -> Mask:
        """Whether it would sign packages (worlds, packages, issues); shape (worlds, packages).

        False where no talks are held. A package must keep to its red lines and give the reservation
        value and what it would itself propose now (AC_next; Baarslag, Hindriks & Jonker 2014,
        *Decision Support Systems* 60). A mediator's text is accepted already at
        ``R + (1 − a)(target − R)``: a face-saving way to take less (Pruitt & Johnson 1970, *J.
        Personality and Social Psychology* 14(3)).
        """
        out, threshold = np.zeros(x.shape[:2], dtype=bool), self.threshold(acceptability)
        for table in self.talks.tables:
            package = table.rows(x)
            enough = self.gains_from(package, table, threshold)
            out[table.worlds] = enough & self.may_sign(package, table) & table.holds[:, None]
        return out

    def threshold(self, acceptability: Array | None = None) -> Array:
        """Value from which it accepts a package, or a text of a mediator; shape (worlds,)."""
        threshold = self.target
        if acceptability is not None:
            threshold = self.reservation + (1.0 - acceptability) * (self.target - self.reservation)
        if self.spec.noise > 0:
            u = self.talks.draws.uniform(f"actors.{self.key}.noise", self.talks.turn)
            threshold = threshold + self.spec.noise * np.log(u / (1.0 - u))
        return np.maximum(threshold, self.reservation)

    def gains_from(self, x: Array, table: Table, threshold: Array) -> Mask:
        """Whether packages (worlds of the table, packages, issues) are worth enough, or not its.

        ``threshold`` is (all worlds,), or (all worlds, packages).
        """
        if not self.asked_at(table):
            return np.ones(x.shape[:2], dtype=bool)
        needed = table.rows(threshold)
        needed = needed[:, None] if needed.ndim == 1 else needed
        return self.value_of(x, table) >= needed - TOLERANCE

    def may_sign(self, x: Array, table: Table) -> Mask:
        """Whether packages are within its limits, or need no consent of it; shapes as above."""
        if not self.asked_at(table):
            return np.ones(x.shape[:2], dtype=bool)
        return self.within(x, table)

    def stands_behind(self, x: Array) -> Mask:
        """Whether it would sign its own proposal (worlds, issues); shape (worlds,).

        Not where no talks are held, where listed options leave nothing near its target inside its
        red lines, nor where even its ideal is worth less to it than fighting on.
        """
        out = np.zeros(len(x), dtype=bool)
        for table in self.talks.tables:
            package = table.rows(x)[:, None]
            fine = self.gains_from(package, table, self.reservation) & self.may_sign(package, table)
            out[table.worlds] = fine[:, 0] & table.holds
        return out

    def would_break_truce(self) -> Mask:
        """Where going back to war beats keeping a truce that has been signed."""
        talks = self.talks
        under_truce = talks.talking & (talks.stage > 0)
        if not (self.is_principal and under_truce.any()):
            return np.zeros(talks.worlds, dtype=bool)
        worlds = np.flatnonzero(under_truce)
        breaks = np.zeros(talks.worlds, dtype=bool)
        breaks[worlds] = self.value_of_war(worlds) > self.reservation[worlds] + TOLERANCE
        return breaks

    def leaves(self) -> Mask:
        """Where it has lost patience for good."""
        if self.leave_after is None or not self.is_principal or self.spec.role != "party":
            return np.zeros(self.talks.worlds, dtype=bool)
        return np.asarray(self.talks.is_open & (self.talks.round >= self.leave_after))


def draw_leave_after(scenario: Scenario, draws: Draws, key: str) -> Array | None:
    """Rounds after which an actor leaves, shape (worlds,); None where it never does."""
    time = scenario.actors[key].leave_after
    if time is None:
        return None
    number = scenario.in_rounds(time)
    wide, each = scenario.spread.patience * number.median, scenario.war.round_days
    return draws.number(f"actors.{key}.leave_after", number, wide, each=each)


def deadline_of(scenario: Scenario, key: str) -> int | None:
    """The last turn before a deadline that an actor knows; None where it knows none."""
    said = scenario.deadline
    if said is None or (said.known_to != "all" and key not in said.known_to):
        return None
    return max(1, whole(scenario.day_of(said.at), scenario.turn_days))
