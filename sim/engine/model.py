"""The model: one round of talks and war, in all worlds at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Mask
from sim.engine.accidents import Truces
from sim.engine.agents import Facilitator, Formulator, Manipulator, Party, Setting
from sim.engine.draws import Draws
from sim.engine.exclusions import Exclusions
from sim.engine.forum import Forum
from sim.engine.levers import levers_of
from sim.engine.protocols import PROTOCOLS
from sim.engine.ratification import Ratification
from sim.engine.recorder import Recorder
from sim.engine.state import (
    BEFORE_GATES,
    BROKEN_DOWN,
    OPEN,
    REJECTED,
    SETTLED,
    LeftOut,
    Rounds,
    Talks,
)
from sim.engine.tracks import SideTalks
from sim.engine.war import War
from sim.engine.yardsticks import Yardsticks
from sim.scenario.schema import Scenario
from sim.scenario.tracks import side_by_side

__all__ = ["BEFORE_GATES", "BROKEN_DOWN", "OPEN", "REJECTED", "SETTLED", "PeaceTalks"]


class PeaceTalks(mesa.Model, Forum):
    """Peace talks in many worlds at once.

    Every agent's arrays have the world as an axis that they declare; one :meth:`step` is one round
    in all worlds; worlds that have concluded no longer change. One world is the same code with one
    row. The model knows all that takes part; they know the talks, the war, and whom they deal with.

    Parameters
    ----------
    scenario : Scenario
        A checked scenario.
    draws : Draws
        The chunk's random draws, which also say how many worlds there are.
    trace : bool or sequence of str
        What to keep of every round, besides the outcome: all of `recorder.EVERY_WORLD`, or some.
    story : bool
        Keep the course of the first world: its rounds, red lines, and what happened in it.
    measured : bool
        Work out what is told of day 0 and of the end besides; nothing of the talks depends on it.

    Attributes
    ----------
    talks : Talks
        Where every world stands.
    war : War
    signatories : list of Party
    envoy : Formulator or None
    levers : list of ActiveLever
    ratification : Ratification
    protocol : Protocol
    yardsticks : Yardsticks
    recorder : Recorder
    side_talks : list of SideTalks
        Talks about limited agreements beside these.
    tracks : list of Track
        What they are about, in the order of the scenario.
    """

    axes: ClassVar[dict[str, str | None]] = {
        "communication": "world",
        "unclear": "world",
        # used before the first round and after the last, when all worlds are there
        "yardsticks": None,
        "left_out": None,
        "spec": None,
    }
    parts = (
        *("talks", "war", "signatories", "envoy", "levers"),
        *("ratification", "protocol", "recorder", "side_talks", "truces"),
    )
    #: share of the worlds at or below which only those that go on are computed
    narrowed_at = 0.6

    def __init__(
        self,
        scenario: Scenario,
        draws: Draws,
        trace: bool | Sequence[str] = False,
        story: bool = False,
        measured: bool = True,
    ) -> None:
        super().__init__(rng=np.random.default_rng(draws.seed))
        # not `self.scenario`, which is Mesa's own from 3.5 on
        self.spec, self.draws = scenario, draws
        self.left_out: list[LeftOut] = []
        self.measured = measured
        self.talks = talks = Talks(scenario, draws)
        self.war = War(scenario, draws)
        self.exclusions = Exclusions.of(talks)
        self.ratification = Ratification(talks, self.war)
        self.levers = levers_of(talks, self.war)
        self.truces = Truces(talks)
        self._create_agents()
        self.protocol = PROTOCOLS[scenario.protocol.name](self)
        self.yardsticks = Yardsticks(talks, self.war, self.signatories, self.exclusions)
        self.recorder = Recorder(talks, self.war, self.signatories, trace, story)
        self.parties.do("observe")
        self.parties.do("set_out")
        self.side_talks = [
            SideTalks(self, keys, talks, self.war, self.signatories, self.recorder)
            for keys in side_by_side(scenario)
        ]
        self.tracks = [track for one in self.side_talks for track in one.tracks]
        self.recorder.agreements = [one for track in self.tracks for one in track.limited]
        if measured:
            self.recorder.start(self.yardsticks.at_start(self.envoy, self.ratification))
        self.recorder.record()

    def _create_agents(self) -> None:
        talks = self.talks
        setting = Setting(talks, self.war, self.levers, self.ratification, self.exclusions)
        role = {key: actor.role for key, actor in sorted(self.spec.actors.items())}
        self.signatories: list[Party] = [
            (Manipulator if role[key] == "manipulator" else Party)(self, setting, key)
            for key in talks.signing
        ]
        for party in self.signatories:
            party.meet(self.signatories)
        hosts = [
            Facilitator(self, talks, key, self.signatories)
            for key in role
            if role[key] == "facilitator"
        ]
        envoys = [
            Formulator(self, setting, key, self.signatories)
            for key in role
            if role[key] == "formulator"
        ]
        self.envoy = envoys[0] if envoys else None
        self.parties = mesa.agent.AgentSet(self.signatories, random=self.random)
        #: of the best host, by world: what its messages of a round add to what is clear, and the
        #: share of misjudgements that they leave
        self.communication, self.unclear = np.zeros(talks.worlds), np.ones(talks.worlds)
        for host in hosts:
            self.communication = np.maximum(self.communication, host.carried)
            self.unclear = np.minimum(self.unclear, host.unclear)

    # --- one round -------------------------------------------------------------------------

    def step(self) -> None:
        """One round: the war moves, everyone takes stock, talks, signs, or walks away.

        After the last there is none.
        """
        talks = self.talks
        if talks.round == self.spec.rounds:
            return
        talks.round += 1
        self._leave_out_concluded()
        talks.refresh()
        self._decide_at_gates()
        self.war.advance(talks.round, talks.drift_factor, talks.is_open)
        for lever in self.levers:
            lever.begin_round()
        for lever in self.levers:
            lever.advance()
        self._carry_messages()
        self.parties.do("observe")
        while talks.turn < talks.turns_due:
            talks.turn += 1  # a round may hold several turns of the talks, or none
            self.parties.do("aspire")
            self.parties.do("remember_offer")
            self.protocol.bargain()
        broken = self._break_truces()
        self._walk_away()
        changed = broken | (talks.last_signed == talks.round)
        if changed.any() and self._looked_at(changed):
            self.parties.do("think_again", changed)
        for side in self.side_talks:
            side.step()
        self.recorder.record()
        if talks.round == self.spec.deadline_round:
            self.recorder.at_deadline(self.ratification)
        #: ends Mesa's ``run_model``: at the horizon, or where nothing can happen any more
        self.running = talks.round < self.spec.rounds and self.goes_on

    def run(self, rounds: int | None = None) -> None:
        """All rounds of the horizon, or until every world has concluded."""
        for _ in range(rounds or self.spec.rounds):
            if not self.goes_on:
                break
            self.step()
        self.finish()

    def run_model(self) -> None:
        """As Mesa calls it: all rounds that are left, and what is to be taken in at the end."""
        self.run()

    @property
    def goes_on(self) -> bool:
        """Whether anything can still happen in some world."""
        return bool(self._where_it_goes_on().any())

    def _where_it_goes_on(self) -> Mask:
        """Where anything can still happen, tracks included; (worlds,)."""
        return np.any([self.talks.goes_on, *(side.goes_on for side in self.side_talks)], axis=0)

    def finish(self) -> None:
        """The horizon is reached: votes that are still to come are taken, and all is recorded."""
        self.take_in_all()
        self.talks.refresh()
        self._decide_at_gates(all_of_them=True)
        for side in self.side_talks:
            side.give_way_to_settlement()
        if self.measured:
            self.recorder.finish(self.levers, self.yardsticks.at_end())

    def release(self) -> None:
        """Drop all arrays.

        Mesa's counter of agent ids keeps every model that ever was, and those who take part know
        each other, which the garbage collector alone would undo: it is off on the command line.
        """
        for one in self.family():
            vars(one).clear()

    # --- the worlds that are computed ------------------------------------------------------

    def _leave_out_concluded(self) -> None:
        """Compute only worlds that go on, where that saves enough."""
        worlds = self.talks.worlds
        goes_on = np.flatnonzero(self._where_it_goes_on())
        few = 0 < len(goes_on) <= self.narrowed_at * worlds
        if few and self._may_leave_out():
            self.left_out.append(LeftOut(self.family(), goes_on, worlds))

    def compute_only(self, worlds: NDArray[np.intp]) -> None:
        """Run some worlds and leave the others as they are, where all arrays say where they are."""
        if self._may_leave_out():
            self.left_out.append(LeftOut(self.family(), worlds, self.talks.worlds))

    def take_in_all(self) -> None:
        """Compute all worlds again."""
        if self.left_out:
            self._may_leave_out()
        while self.left_out:
            self.left_out.pop().undo()

    def _may_leave_out(self) -> bool:
        """Whether all arrays say where their worlds are, so that they can be cut."""
        family = self.family()
        known = {id(one) for one in family}
        unknown = [f"{type(one).__name__}.{n}" for one in family for n in one.undeclared(known)]
        if unknown and self.left_out:
            raise TypeError(
                f"{', '.join(unknown)} came to hold arrays while only some worlds were computed: "
                'name their axes in the class, as in axes = {"memory": "world issue"}'
            )
        return not unknown

    # --- parts of a round ------------------------------------------------------------------

    def _carry_messages(self) -> None:
        """Hosts bring the estimates of the parties' saliences nearer to the truth."""
        carried, unclear = self.communication, self.unclear
        for one in self.recorder.agreements:
            carried = carried + one.carried * one.in_force
            unclear = unclear * np.where(one.in_force, one.unclear, 1.0)
        if not carried.any():
            return
        for party in self.signatories:
            party.be_told(unclear)
        if self.envoy is not None:
            self.envoy.hear(carried)

    def _looked_at(self, changed: Mask) -> bool:
        """Whether anybody sees what the parties reckon with before they take stock again.

        ``changed`` (worlds,) says where something was signed or broken in this round.
        """
        talks = self.talks
        kept = {"target", "reservation"} & {*self.recorder.trace} or self.recorder.tells(changed)
        if kept or talks.round in (self.spec.rounds, self.spec.deadline_round):
            return True
        ended = (talks.concluded_round == talks.round) & (talks.status != SETTLED)
        return bool((changed & ended).any())

    def _break_truces(self) -> Mask:
        """Where a truce ends, by accident or because fighting on is worth more to a side."""
        if self.talks.stages == 1:
            return np.zeros(self.talks.worlds, dtype=bool)
        broken = self.truces.struck()
        by = {}
        for party in self.signatories:
            breaks = party.would_break_truce()
            if breaks.any():
                self.count("violates", party, breaks)
                broken |= breaks
                by[party.key] = breaks
        if broken.any():
            self.talks.begin_again(broken)
            self.protocol.reset(broken)
            self.recorder.truce_broken(broken, by)
            self.talks.refresh()
        return broken

    def _walk_away(self) -> None:
        gone = np.zeros(self.talks.worlds, dtype=bool)
        for party in self.signatories:
            leaves = party.leaves()
            if leaves.any():
                gone |= leaves
                self.recorder.left(party, leaves)
        self.talks.conclude(gone, BROKEN_DOWN, self.talks.round)
        if self.envoy is not None:
            was_active = self.envoy.active
            self.envoy.withdraw()
            self.record_withdrawal(was_active & ~self.envoy.active & self.talks.is_open)
        self.talks.refresh()

    def _in_force(self, where: Mask, rounds: Rounds) -> None:
        """What has been signed in some worlds takes effect, in the round given."""
        done = self.talks.enter_into_force(where, rounds)
        self.ratification.take_effect(where)
        for lever in self.levers:
            lever.pay(done, rounds)

    def _decide_at_gates(self, all_of_them: bool = False) -> None:
        """Votes that are due: a text takes effect, or its stage is open again."""
        talks, gates = self.talks, self.ratification
        due = talks.status == BEFORE_GATES
        if not all_of_them:
            due &= gates.due <= talks.round
        if not due.any():
            return
        passed, failed = due & gates.will_pass, due & ~gates.will_pass
        talks.set_status(due, OPEN)
        self._in_force(passed, gates.due)
        self.recorder.voted(gates, due, failed)
        if failed.any():
            gates.note_votes(failed)
            talks.reopen(failed)
            talks.conclude(failed & gates.ends_talks, REJECTED, gates.due)
            self.protocol.reset(failed)
        talks.refresh()

    # --- what protocols call ---------------------------------------------------------------

    def sign(self, package: Array, where: Mask) -> None:
        """Sign the issues on the table in some worlds."""
        talks = self.talks
        terms = where[:, None] & talks.on_table
        for party in self.signatories:
            party.be_bound(package, terms)
        self.recorder.signed(where)
        talks.sign(package, where)
        pending = self.ratification.submit(where)
        talks.set_status(pending, BEFORE_GATES)
        self._in_force(where & ~pending, talks.round)
        self._decide_at_gates()
        talks.refresh()
        for party in self.signatories:
            party.give_way(where)

    def record_text(self, text: Array, where: Mask, accepted: dict[str, Mask]) -> None:
        """A mediator has tabled a text."""
        self.recorder.text_tabled(text, where, accepted)

    def record_withdrawal(self, where: Mask) -> None:
        """The envoy has given up in some worlds."""
        if self.envoy is not None and where.any():
            self.recorder.withdrawn(self.envoy.key, where)
