"""The model: one round of talks and war, in all worlds at once."""

from __future__ import annotations

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.arrays import Table, columns, full
from sim.engine.agents import Facilitator, Formulator, Manipulator, Party
from sim.engine.draws import Draws
from sim.engine.durability import Durable
from sim.engine.exclusions import Exclusions
from sim.engine.levers import ActiveLever
from sim.engine.narrowing import FEWEST, Narrowed
from sim.engine.protocols import PROTOCOLS
from sim.engine.ratification import Ratification
from sim.engine.recorder import Recorder
from sim.engine.war import War
from sim.scenario.schema import Scenario

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

OPEN, SETTLED, BROKEN_DOWN, BEFORE_GATES, REJECTED = 0, 1, 2, 3, 4


class PeaceTalks(mesa.Model):
    """Peace talks in ``worlds`` worlds at once.

    Every agent's arrays have the world as their first axis; one :meth:`step` is one round in all
    worlds; worlds that have concluded no longer change. One world is the same code with one row.

    Parameters
    ----------
    scenario : Scenario
        A checked scenario.
    draws : Draws
        The chunk's random draws, which also say how many worlds there are.
    trace : bool
        Whether to keep every round's offers, not just the outcome.

    Attributes
    ----------
    stage : ndarray of int, shape (worlds,)
        Number of stages of the agenda signed so far.
    status : ndarray of int, shape (worlds,)
        :data:`OPEN`, :data:`SETTLED`, :data:`BROKEN_DOWN`, :data:`BEFORE_GATES` (signed and to be
        ratified) or :data:`REJECTED` (not ratified, which ended the talks).
    agreed : ndarray, shape (worlds, issues)
        Terms signed; NaN where an issue is not settled.
    events : dict of str to dict of str to ndarray
        How often each signatory has accepted, refused, violated; arrays (worlds,).
    """

    #: share of the worlds at or below which only those that go on are computed
    narrowed_at = 0.6

    def __init__(self, scenario: Scenario, draws: Draws, trace: bool = False) -> None:
        super().__init__(rng=np.random.default_rng(draws.seed))
        # not `self.scenario`, which is Mesa's own from 3.5 on
        self.spec, self.draws, self.worlds = scenario, draws, draws.worlds
        self.issues = list(scenario.issues)
        self.options = [
            np.array(list(issue.scale)) if issue.kind == "options" else None
            for issue in scenario.issues.values()
        ]
        self.has_options = any(points is not None for points in self.options)
        self.round = 0
        self.narrowed: list[Narrowed] = []
        self._set_up_agenda()
        self.exclusions = Exclusions.of(self)
        self.war = War(scenario, draws)
        self._create_agents()
        signatories = [p.key for p in self.signatories]
        self.events = {
            event: {key: np.zeros(self.worlds, dtype=np.int32) for key in signatories}
            for event in ("refuses", "accepts", "violates")
        }
        self.levers = [
            ActiveLever(key, owner, spec, self)
            for owner in sorted(scenario.actors)
            for key, spec in sorted(scenario.actors[owner].levers.items())
        ]
        self.ratification = Ratification(self)
        self.durable = Durable(scenario.durability, self) if scenario.durability else None
        self.protocol = PROTOCOLS[scenario.protocol.name](self)
        self.recorder = Recorder(self, trace)
        self._refresh()
        self.parties.do("observe")
        for party in self.signatories:
            party.target, party.target_of_all = party.hopes()
        self.recorder.start(self)

    def _set_up_agenda(self) -> None:
        stages = self.spec.stages
        self.stages = len(stages)
        self.stage_names = [s.name for s in stages]
        self.stage_of_issue = np.array(
            [next(n for n, s in enumerate(stages) if i in s.issues) for i in self.issues]
        )
        number, path = self.draws.number, "agenda"
        ones, zeros = np.ones(self.worlds), np.zeros(self.worlds)
        # what remains of cost and drift after 0, 1, … stages; nothing after the last
        cost = [number(f"{path}.{s.name}.cost_factor", s.cost_factor) for s in stages[:-1]]
        drift = [number(f"{path}.{s.name}.drift_factor", s.drift_factor) for s in stages[:-1]]
        self._cost_factors = np.minimum.accumulate([ones, *cost, zeros], axis=0)
        self._drift_factors = np.minimum.accumulate([ones, *drift, zeros], axis=0)
        # what a stage's text must contain to be that stage; no bound elsewhere
        self.terms_of_stage = [[self.issues.index(i) for i in s.terms] for s in stages]
        self.terms_low = full((self.worlds, len(self.issues)), 0.0)
        self.terms_high = full((self.worlds, len(self.issues)), 1.0)
        for stage in stages:
            for issue, bound in stage.terms.items():
                column, here = self.issues.index(issue), f"{path}.{stage.name}.terms.{issue}"
                if bound.at_least is not None:
                    self.terms_low[:, column] = number(f"{here}.at_least", bound.at_least)
                if bound.at_most is not None:
                    self.terms_high[:, column] = number(f"{here}.at_most", bound.at_most)
        self.issues_of_stage = [
            np.flatnonzero(self.stage_of_issue == n) for n in range(self.stages)
        ]
        self.stage = np.zeros(self.worlds, dtype=np.int64)
        self.status = np.full(self.worlds, OPEN, dtype=np.int8)
        self.agreed = full((self.worlds, len(self.issues)), np.nan)
        self.is_fixed = full(self.agreed.shape, False)
        self.signed_round = np.full((self.worlds, self.stages), -1, dtype=np.int64)
        self.concluded_round = np.full(self.worlds, -1, dtype=np.int64)
        self.in_force_round = np.full(self.worlds, -1, dtype=np.int64)
        self.last_signed = np.full(self.worlds, -1, dtype=np.int64)

    def _create_agents(self) -> None:
        # in the order of their names, so that the order in the file means nothing
        actors = sorted(self.spec.actors.items())
        signing = [(k, s) for k, s in actors if s.consents_to != "none"]
        self.signatories: list[Party] = [
            (Manipulator if s.role == "manipulator" else Party)(self, k, s, n)
            for n, (k, s) in enumerate(signing)
        ]
        self.rules = [rule for p in self.signatories for rule in p.rules]
        self.hosts = [Facilitator(self, k, s) for k, s in actors if s.role == "facilitator"]
        envoys = [Formulator(self, k, s) for k, s in actors if s.role == "formulator"]
        self.envoy = envoys[0] if envoys else None
        self.parties = mesa.agent.AgentSet(self.signatories, random=self.random)
        #: quality of communication that the best host brings, by world
        self.communication = np.max(
            [h.quality for h in self.hosts] + [np.zeros(self.worlds)], axis=0
        )

    # --- one round -------------------------------------------------------------------------

    def step(self) -> None:
        """One round: the war moves, everyone takes stock, talks, signs, or walks away."""
        self.round += 1
        self._leave_out_concluded()
        self._refresh()
        self._decide_at_gates()
        self.war.advance(self.round, self.drift_factor, self.is_open)
        for lever in self.levers:
            lever.was_in_effect = lever.in_effect.copy()
        for lever in self.levers:
            lever.advance(self)
        self._carry_messages()
        self.parties.do("observe")
        self.parties.do("aspire")
        for party in self.signatories:
            party.offer_before = party.offer
        self.protocol.bargain()
        broken = self._break_truces()
        self._walk_away()
        if broken or (self.last_signed == self.round).any():
            self.parties.do("take_stock")
            for party in self.signatories:
                party.target_of_all = np.maximum(party.target_of_all, party.reservation)
        self.recorder.record(self)

    def run(self, rounds: int | None = None) -> None:
        """All rounds of the horizon, or until every world has concluded."""
        for _ in range(rounds or self.spec.rounds):
            if not self.goes_on:
                break
            self.step()
        self.finish()

    @property
    def goes_on(self) -> bool:
        """Whether anything can still happen in some world."""
        return bool(np.isin(self.status, (OPEN, BEFORE_GATES)).any())

    def _leave_out_concluded(self) -> None:
        """Compute only worlds that go on, where that saves enough."""
        goes_on = np.isin(self.status, (OPEN, BEFORE_GATES))
        few = 0 < np.count_nonzero(goes_on) <= self.narrowed_at * self.worlds
        if few and self.worlds >= FEWEST and not self.recorder.trace:
            narrowed = Narrowed(self, np.flatnonzero(goes_on))
            self.narrowed.append(narrowed)

    def finish(self) -> None:
        """The horizon is reached: votes that are still to come are taken, and all is recorded."""
        while self.narrowed:
            self.narrowed.pop().undo()
        self._refresh()
        self._decide_at_gates(all_of_them=True)
        self.recorder.finish(self)

    def release(self) -> None:
        """Drop all arrays. Mesa's counter of agent ids keeps every model that ever was."""
        self.__dict__.clear()

    def _refresh(self) -> None:
        """What follows from stage and status."""
        self.is_open = self.status == OPEN
        # who has just signed a stage talks about the next one from the next round on
        self.talking = self.is_open & (self.last_signed < self.round)
        self.tables = self.tables_where(self.talking)
        self.on_table = (self.stage_of_issue[:, None] == self.stage).T
        self.is_fixed = (self.stage_of_issue[:, None] < self.stage).T
        worlds = np.arange(self.worlds)
        after = np.minimum(self.stage + 1, self.stages)
        self.cost_factor = self._cost_factors[self.stage, worlds]
        self.drift_factor = self._drift_factors[self.stage, worlds]
        self.cost_factor_next = self._cost_factors[after, worlds]
        self.drift_factor_next = self._drift_factors[after, worlds]

    def tables_where(self, where: Mask) -> list[Table]:
        """Some worlds, stage by stage, with the issues on the table there.

        A stage that most worlds are at comes first and takes in all worlds, as picking them out
        would cost more: what is written for it is to be written again for the others.
        """
        groups: list[Table] = []
        for stage, issues in enumerate(self.issues_of_stage):
            holds = where & (self.stage == stage)
            count = int(np.count_nonzero(holds))
            if 2 * count > self.worlds:
                groups.insert(0, Table(slice(None), issues, stage, holds))
            elif count:
                worlds = np.flatnonzero(holds)
                groups.append(Table(worlds, issues, stage, holds[worlds]))
        return groups

    def _carry_messages(self) -> None:
        """Hosts bring the estimates of the parties' saliences nearer to the truth."""
        quality = self.communication
        if not quality.any():
            return
        for party in self.signatories:
            party.be_told(quality)
        if self.envoy is not None:
            self.envoy.hear(quality)

    def _break_truces(self) -> bool:
        """A truce ends where fighting on is worth more to one side (commitment problem)."""
        if self.stages == 1:
            return False
        broken = np.zeros(self.worlds, dtype=bool)
        by = []
        for party in self.signatories:
            breaks = party.would_break_truce()
            if breaks.any():
                self.count("violates", party, breaks)
                broken |= breaks
                by.append(party.key)
        if broken.any():
            self.stage[broken] = 0
            self.agreed[broken] = np.nan
            self.signed_round[broken] = -1
            self.protocol.reset(broken)
            self.recorder.truce_broken(self, broken, by)
            self._refresh()
        return bool(broken.any())

    def _walk_away(self) -> None:
        gone = np.zeros(self.worlds, dtype=bool)
        for party in self.signatories:
            leaves = party.leaves()
            if leaves.any():
                gone |= leaves
                self.recorder.left(self, party, leaves)
        if gone.any():
            self.status[gone] = BROKEN_DOWN
            self.concluded_round[gone] = self.round
        if self.envoy is not None:
            was_active = self.envoy.active.copy()
            self.envoy.withdraw()
            if (was_active & ~self.envoy.active & self.is_open).any():
                self.recorder.withdrawn(self, self.envoy.key)
        self._refresh()

    # --- what protocols call -----------------------------------------------------------------

    def count(self, event: str, party: Party, where: Mask) -> None:
        """Count an event of a signatory in some worlds."""
        self.events[event][party.key] += where

    def quorum(self, answers: Mask) -> Mask:
        """Whether enough signatories accept; over the last axis."""
        rule = self.spec.protocol.consent
        if rule == "unanimity":
            return np.asarray(answers.all(axis=-1))
        return np.asarray(answers.mean(axis=-1) >= rule)

    def consented(self, accepted: dict[str, Mask]) -> Mask:
        """Whether enough signatories have accepted, those not asked at this stage included."""
        answers = [
            accepted[p.key] | ~(self.on_table & p.consent).any(axis=1) for p in self.signatories
        ]
        return self.quorum(columns(answers))

    def sign(self, package: Array, where: Mask) -> None:
        """Sign the issues on the table in some worlds."""
        terms = where[:, None] & self.on_table
        self.agreed = np.where(terms, package, self.agreed)
        for party in self.signatories:
            party.offer = np.where(terms, package, party.offer)
        worlds = np.flatnonzero(where)
        self.recorder.signed(self, where)
        self.signed_round[worlds, self.stage[worlds]] = self.round
        self.last_signed[where] = self.round
        self.stage[where] += 1
        pending = self.ratification.submit(where)
        self.status[pending] = BEFORE_GATES
        self._in_force(where & ~pending, self.round)
        self._decide_at_gates()
        self._refresh()
        if self.exclusions is not None:
            # positions on later stages give way to what has just been signed
            for party in self.signatories:
                repaired = self.exclusions.repaired(party.offer, party)
                party.offer = np.where(where[:, None], repaired, party.offer)

    def _in_force(self, where: Mask, round_: NDArray[np.int64] | int) -> None:
        """What has been signed in some worlds takes effect, in the round given."""
        done = where & (self.stage == self.stages)
        self.status[done] = SETTLED
        self.concluded_round[done] = self.last_signed[done]
        self.in_force_round = np.where(done, round_, self.in_force_round)
        self.ratification.failed_last &= ~where
        for lever in self.levers:
            lever.pay(done, round_)

    def _decide_at_gates(self, all_of_them: bool = False) -> None:
        """Votes that are due: a text takes effect, or its stage is open again."""
        gates = self.ratification
        due = self.status == BEFORE_GATES
        if not all_of_them:
            due &= gates.due <= self.round
        if not due.any():
            return
        passed, failed = due & gates.will_pass, due & ~gates.will_pass
        self.status[due] = OPEN
        self._in_force(passed, gates.due)
        self.recorder.voted(self, passed, failed)
        if failed.any():
            gates.failures += failed
            gates.failed_last |= failed
            worlds = np.flatnonzero(failed)
            self.stage[worlds] -= 1
            self.signed_round[worlds, self.stage[worlds]] = -1
            reopened = failed[:, None] & (self.stage_of_issue == self.stage[:, None])
            self.agreed[reopened] = np.nan
            over = failed & gates.ends_talks
            self.status[over] = REJECTED
            self.concluded_round = np.where(over, gates.due, self.concluded_round)
            self.protocol.reset(failed)
        self._refresh()

    def record_text(self, text: Array, where: Mask, accepted: dict[str, Mask]) -> None:
        """A mediator has tabled a text."""
        self.recorder.text_tabled(self, text, where, accepted)
