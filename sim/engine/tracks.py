"""Talks about limited agreements, held beside those about the whole settlement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import mesa
import numpy as np

from sim.arrays import Array, Mask, columns
from sim.engine.agents import Formulator, Party
from sim.engine.agents.delegate import Delegate
from sim.engine.exclusions import Exclusions
from sim.engine.forum import Forum
from sim.engine.limited import Limited
from sim.engine.protocols import PROTOCOLS
from sim.engine.ratification import Ratification
from sim.engine.recorder import Recorder
from sim.engine.state import OPEN, SETTLED, Talks
from sim.engine.war import War
from sim.formulas.bargaining.red_lines import TOLERANCE
from sim.scenario.tracks import names_of, scenario_of, tracks_of


class Track(Forum):
    """One track in all worlds: small talks of their own, whose agreements act on the war at large.

    Issues that are on the agenda too stand, while an agreement holds, where it puts them; the
    settlement may still put them elsewhere. Talks go on after the others have broken down, and end
    with a settlement, which takes the place of what is in force.

    Attributes
    ----------
    talks : Talks
    signatories : list of Delegate
    limited : list of Limited
        Its agreements, stage by stage.
    """

    axes: ClassVar[dict[str, str | None]] = {"spec": None}
    parts = ("talks", "war", "signatories", "envoy", "limited", "ratification", "protocol")

    def __init__(
        self,
        model: mesa.Model,
        key: str,
        main: Talks,
        war: War,
        signatories: Sequence[Party],
        recorder: Recorder,
    ) -> None:
        track = tracks_of(main.spec)[key]
        self.key, self.main, self.of_main, self.recorder = key, main, war, recorder
        self.spec = scenario_of(main.spec, key)
        draws = main.draws.renamed(names_of(track, key, self.spec.actors))
        self.talks = talks = Talks(self.spec, draws)
        #: where the track's issues stand without its agreements
        self.war = War(self.spec, draws)
        self.ratification = Ratification(talks, self.war)
        exclusions = Exclusions.of(talks)
        self.delegates = [
            Delegate(model, talks, self.war, [], self.ratification, exclusions, name)
            for name in talks.signing
        ]
        self.signatories = list(self.delegates)
        self.limited = [
            Limited(key, stage, talks, main, war, len(self.signatories)) for stage in track.stages
        ]
        at_home = {party.key: party for party in signatories}
        for party in self.delegates:
            party.meet(self.signatories)
            party.weigh(at_home[party.key], self.limited)
        envoys = [
            Formulator(
                model, talks, self.war, self.ratification, exclusions, name, self.signatories
            )
            for name, actor in sorted(self.spec.actors.items())
            if actor.role == "formulator"
        ]
        self.envoy = envoys[0] if envoys else None
        self.protocol = PROTOCOLS[self.spec.protocol.name](self)
        for party in self.delegates:
            party.observe()
            party.set_out()

    @property
    def goes_on(self) -> Mask:
        """Where anything can still happen: wherever there is no settlement; (worlds,)."""
        return np.asarray(self.main.status != SETTLED)

    def step(self) -> None:
        """One round: agreements that lapse or break, then talks where none is in force."""
        talks = self.talks
        talks.round = self.main.round
        self.give_way_to_settlement()
        self._stand_where_all_stands()
        for one in self.limited:
            one.rounds = one.rounds + one.in_force
        out = []
        for stage, one in enumerate(self.limited):
            out.append(one.runs_out(talks.round))
            if not one.in_force.any():
                continue
            self._end(stage, out[-1])
            self._break(stage, one.is_struck(talks.round))
            for party in self.delegates:
                loses = party.gain_of(stage, one.terms) < -TOLERANCE
                self._break(stage, one.in_force & loses, party)
        talks.refresh()
        for party in self.delegates:
            party.observe()
        while talks.turn < talks.turns_due:
            talks.turn += 1
            for party in self.delegates:
                party.aspire()
                party.remember_offer()
            self.protocol.bargain()
        for one, ran_out in zip(self.limited, out, strict=True):
            one.note_term(ran_out)
            signed = one.in_force & (one.since == talks.round)
            self.recorder.limited("lapsed", one.key, ran_out & ~signed)
            self.recorder.limited("renewed", one.key, ran_out & signed)
            self.recorder.limited("signed", one.key, signed & ~ran_out)

    def give_way_to_settlement(self) -> None:
        """Where all is settled the settlement takes the place of what was in force."""
        over = ~self.goes_on
        for one in self.limited:
            one.give_way(over)
        self.talks.set_status(over, SETTLED)

    def _stand_where_all_stands(self) -> None:
        """Common issues stand here as they would without the agreements of this track."""
        for one in self.limited:
            for there, here in one.shared:
                stands = self.of_main.no_deal[:, there] - one.moved[:, there]
                self.war.stand(here, np.clip(stands, 0.0, 1.0))

    def _end(self, stage: int, where: Mask) -> None:
        """An agreement ends in some worlds, and those that came after it in the track with it."""
        if not where.any():
            return
        for one in self.limited[stage:]:
            one.end(where & one.in_force)
        self.talks.fall_back(where, stage)
        self.talks.set_status(where, OPEN)
        self.protocol.reset(where)

    def _break(self, stage: int, where: Mask, by: Party | None = None) -> None:
        """An agreement is broken in some worlds, by a side or by nobody at the table."""
        if not where.any():
            return
        self._end(stage, where)
        self.talks.pause(where)
        for party in self.delegates:
            party.begin_anew(where)
        if by is not None:
            self.count("violates", by, where)
        broken = self.limited[stage]
        broken.broken = broken.broken + where
        self.recorder.limited("broken", broken.key, where, "" if by is None else by.key)

    # --- what protocols call ---------------------------------------------------------------

    def sign(self, package: Array, where: Mask) -> None:
        """Sign the issues on the table in some worlds."""
        talks, terms = self.talks, where[:, None] & self.talks.on_table
        for party in self.signatories:
            party.be_bound(package, terms)
        for stage, one in enumerate(self.limited):
            here = where & (talks.stage == stage)
            if here.any():
                gain = columns([p.gain_of(stage, package) for p in self.delegates])
                one.note_gain(here, gain)
                of_stage = talks.stage_of_issue == stage
                one.begin(here, np.where(of_stage, package, np.nan), talks.round)
        talks.sign(package, where)
        talks.enter_into_force(where, talks.round)
        talks.refresh()
        for party in self.signatories:
            party.give_way(where)

    def record_text(self, text: Array, where: Mask, accepted: dict[str, Mask]) -> None:
        """Texts of tracks are not kept."""

    def record_withdrawal(self, where: Mask) -> None:
        """The envoy has given up in some worlds."""
