"""Talks about limited agreements, held beside those about the whole settlement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, ByWorld, Mask, columns
from sim.engine.agents import Formulator, Party, Setting
from sim.engine.agents.delegate import Delegate
from sim.engine.agents.known_lines import KnownLines
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


class Track(ByWorld):
    """What is of one track alone: its issues, and its agreements, stage by stage.

    Attributes
    ----------
    key : str
    issues : list of str
    signing : list of str
        Who signs.
    limited : list of Limited
    """

    parts = ("limited",)

    def __init__(self, key: str, talks: Talks, main: Talks, war: War) -> None:
        self.key, self.issues, self.signing = key, talks.issues, talks.signing
        self.limited = [
            Limited(key, stage, talks, main, war, len(talks.signing))
            for stage in tracks_of(main.spec)[key].stages
        ]


class _Table:
    """Where one track is talked about: its talks, the war without it, and who sits there."""

    def __init__(self, model: mesa.Model, key: str, main: Talks) -> None:
        track, spec = tracks_of(main.spec)[key], scenario_of(main.spec, key)
        draws = main.draws.renamed(names_of(track, key, spec.actors))
        self.talks, self.war = Talks(spec, draws), War(spec, draws)
        gates, exclusions = Ratification(self.talks, self.war), Exclusions.of(self.talks)
        self.setting = Setting(self.talks, self.war, [], gates, exclusions)
        self.delegates = [Delegate(model, self.setting, name) for name in self.talks.signing]

    def join(self, others: Sequence[_Table]) -> None:
        """Sit down at one table with those of tracks of the same make."""
        same: dict[tuple[int, ...], Any] = {}
        for mine, *theirs in zip(self._family(), *(t._family() for t in others), strict=True):
            mine.join(theirs, same)
        self.talks.refresh()
        for party in self.delegates:
            party.begin_unknown()
        for party in (party for table in others for party in table.delegates):
            party.remove()

    def _family(self) -> list[ByWorld]:
        """All that has rows of the table, but for what is made anew for all that have joined it."""
        at_table: list[ByWorld] = [self.talks, self.war, self.setting.gates, *self.delegates]
        family = [one for part in at_table for one in part.family()]
        return [one for one in family if not isinstance(one, KnownLines)]


class SideTalks(Forum):
    """Talks about limited agreements in all worlds, whose agreements act on the war at large.

    They are about one track, or about several of the same make, which are computed as one: rows of
    their arrays are the worlds of the first track, then those of the second, and so on. Arrays of a
    :class:`Track` are by world.

    Issues that are on the agenda too stand, while an agreement holds, where it puts them; the
    settlement may still put them elsewhere. Talks go on after the others have broken down, and end
    with a settlement, which takes the place of what is in force.
    """

    axes: ClassVar[dict[str, str | None]] = {"spec": None}
    parts = ("talks", "war", "signatories", "envoy", "tracks", "ratification", "protocol")

    def __init__(
        self,
        model: mesa.Model,
        keys: Sequence[str],
        main: Talks,
        war: War,
        signatories: Sequence[Party],
        recorder: Recorder,
    ) -> None:
        self.main, self.of_main, self.recorder = main, war, recorder
        tables: list[_Table] = []
        self.tracks: list[Track] = []
        for key in keys:
            tables.append(_Table(model, key, main))
            self.tracks.append(Track(key, tables[-1].talks, main, war))
        table = tables[0]
        if len(tables) > 1:
            table.join(tables[1:])
        self.talks, self.spec = table.talks, table.talks.spec
        #: where the issues stand without the agreements
        self.war, self.ratification = table.war, table.setting.gates
        self.delegates = table.delegates
        self.signatories = list(self.delegates)
        #: stage by stage, that of each track
        self.limited = [list(one) for one in zip(*(t.limited for t in self.tracks), strict=True)]
        at_home = {party.key: party for party in signatories}
        for party in self.delegates:
            party.meet(self.signatories)
            party.weigh(at_home[party.key], self.limited)
        envoys = [
            Formulator(model, table.setting, name, self.signatories)
            for name, actor in sorted(self.spec.actors.items())
            if actor.role == "formulator"
        ]
        self.envoy = envoys[0] if envoys else None
        self.protocol = PROTOCOLS[self.spec.protocol.name](self)
        self.protocol.joined = len(tables)
        for party in self.delegates:
            party.observe()
            party.set_out()

    def by_track(self, rows: NDArray[Any]) -> list[NDArray[Any]]:
        """What is of each track of an array (rows, …): (worlds, …) each."""
        worlds = self.main.worlds
        return [rows[n * worlds : (n + 1) * worlds] for n in range(len(self.tracks))]

    def rows(self, stage: int, of: Callable[[Limited], NDArray[Any]]) -> NDArray[Any]:
        """What is so of the agreements of a stage, (worlds, …) each, as rows."""
        return np.concatenate([of(one) for one in self.limited[stage]])

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
        for one in self._agreements():
            one.rounds = one.rounds + one.in_force
        ran_out: dict[Limited, Mask] = {}
        for stage, agreements in enumerate(self.limited):
            ran_out |= {one: one.runs_out(talks.round) for one in agreements}
            if not any(one.in_force.any() for one in agreements):
                continue
            self._end(stage, self.rows(stage, ran_out.__getitem__))
            self._break(stage, self.rows(stage, lambda one: one.is_struck(talks.round)))
            for party in self.delegates:
                loses = party.gain_of(stage, self.rows(stage, lambda one: one.terms)) < -TOLERANCE
                self._break(stage, self.rows(stage, lambda one: one.in_force) & loses, party)
        talks.refresh()
        for party in self.delegates:
            party.observe()
        while talks.turn < talks.turns_due:
            talks.turn += 1
            for party in self.delegates:
                party.aspire()
                party.remember_offer()
            self.protocol.bargain()
        for one, out in ran_out.items():
            one.note_term(out)
            signed = one.in_force & (one.since == talks.round)
            self.recorder.limited("lapsed", one.key, out & ~signed)
            self.recorder.limited("renewed", one.key, out & signed)
            self.recorder.limited("signed", one.key, signed & ~out)

    def give_way_to_settlement(self) -> None:
        """Where all is settled the settlement takes the place of what was in force."""
        over = ~self.goes_on
        for one in self._agreements():
            one.give_way(over)
        self.talks.set_status(np.tile(over, len(self.tracks)), SETTLED)

    def _agreements(self) -> Iterator[Limited]:
        return (one for track in self.tracks for one in track.limited)

    def _stand_where_all_stands(self) -> None:
        """Common issues stand here as they would without the agreements of their track."""
        rows = self.by_track(np.arange(self.talks.worlds))
        for track, there in zip(self.tracks, rows, strict=True):
            for one in track.limited:
                for of_main, here in one.shared:
                    stands = self.of_main.no_deal[:, of_main] - one.moved[:, of_main]
                    self.war.stand(here, np.clip(stands, 0.0, 1.0), there)

    def _end(self, stage: int, where: Mask) -> None:
        """Agreements end in some rows, and those that came after them in the track with them."""
        if not where.any():
            return
        for later in self.limited[stage:]:
            for one, here in zip(later, self.by_track(where), strict=True):
                if here.any():
                    one.end(here & one.in_force)
        self.talks.fall_back(where, stage)
        self.talks.set_status(where, OPEN)
        self.protocol.reset(where)

    def _break(self, stage: int, where: Mask, by: Party | None = None) -> None:
        """Agreements are broken in some rows, by a side or by nobody at the table."""
        if not where.any():
            return
        self._end(stage, where)
        self.talks.pause(where)
        for party in self.delegates:
            party.begin_anew(where)
        if by is not None:
            self.count("violates", by, where)
        for one, here in zip(self.limited[stage], self.by_track(where), strict=True):
            one.broken = one.broken + here
            self.recorder.limited("broken", one.key, here, "" if by is None else by.key)

    # --- what protocols call ---------------------------------------------------------------

    def sign(self, package: Array, where: Mask) -> None:
        """Sign the issues on the table in some rows."""
        talks, terms = self.talks, where[:, None] & self.talks.on_table
        for party in self.signatories:
            party.be_bound(package, terms)
        for stage, agreements in enumerate(self.limited):
            signed = where & (talks.stage == stage)
            if not signed.any():
                continue
            gain = columns([p.gain_of(stage, package) for p in self.delegates])
            of_stage = np.where(talks.stage_of_issue == stage, package, np.nan)
            parts = (self.by_track(of) for of in (signed, gain, of_stage))
            for one, here, gains, text in zip(agreements, *parts, strict=True):
                if here.any():
                    one.note_gain(here, gains)
                    one.begin(here, text, talks.round)
        talks.sign(package, where)
        talks.enter_into_force(where, talks.round)
        talks.refresh()
        for party in self.signatories:
            party.give_way(where)
