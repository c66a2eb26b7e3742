"""The state of the talks: where every world stands, and what is on the table there.

One rule on mutation holds throughout the engine. An array is changed only by the object that owns
it: others call its methods. And what has been handed on (an offer, a red line, a text) is never
changed in place: the owner binds the attribute to a new array, since others may hold the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, ByWorld, Mask, Table, evenly_spaced, full
from sim.engine.draws import Draws
from sim.formulas.bargaining.red_lines import TOLERANCE
from sim.scenario.schema import Scenario, whole

Index = NDArray[np.intp]
Rounds = NDArray[np.int64] | int

OPEN, SETTLED, BROKEN_DOWN, BEFORE_GATES, REJECTED = 0, 1, 2, 3, 4
EVENTS = ("refuses", "accepts", "signs_alone", "violates")


class Talks(ByWorld):
    """The talks in all worlds: agenda, what is signed, who did what.

    Attributes
    ----------
    round, turn : int
        Steps of the war computed so far, and turns of the talks held: what is counted in talks is
        counted in turns, so that it does not depend on how finely the war is computed.
    stage : ndarray of int, shape (worlds,)
        Number of stages of the agenda signed so far.
    status : ndarray of int, shape (worlds,)
        :data:`OPEN`, :data:`SETTLED`, :data:`BROKEN_DOWN`, :data:`BEFORE_GATES` (signed and to be
        ratified) or :data:`REJECTED` (not ratified, which ended the talks).
    agreed : ndarray, shape (worlds, issues)
        Terms signed; NaN where an issue is not settled.
    signed_round : ndarray of int, shape (worlds, stages)
    concluded_round, in_force_round, last_signed : ndarray of int, shape (worlds,)
        Rounds; −1 for never.
    events : dict of str to dict of str to ndarray
        How often each signatory has accepted, refused, violated; arrays (worlds,).
    terms_low, terms_high : ndarray, shape (worlds, issues)
        What a stage's text must contain to be that stage; no bound elsewhere.
    tables : list of Table
        What is on the table where talks are held this round.
    is_open, talking : ndarray of bool, shape (worlds,)
        Where the talks have not concluded; where they are held this round.
    on_table, is_fixed : ndarray of bool, shape (worlds, issues)
        Issues of the stage on the table, and of stages that are signed.
    cost_factor, drift_factor, cost_factor_next, drift_factor_next : ndarray, shape (worlds,)
        What remains of the cost of war and the drift now, and once the stage on the table is
        signed.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("status", "concluded_round", "in_force_round", "last_signed"), "world"),
        **dict.fromkeys(("stage", "_stage_before", "is_open", "talking", "events"), "world"),
        **dict.fromkeys(("cost_factor", "cost_factor_next"), "world"),
        **dict.fromkeys(("drift_factor", "drift_factor_next"), "world"),
        **dict.fromkeys(("agreed", "terms_low", "terms_high"), "world issue"),
        **dict.fromkeys(("on_table", "is_fixed"), "world issue"),
        **dict.fromkeys(("cost_factors", "drift_factors"), "stage world"),
        "signed_round": "world stage",
        "stage_of_issue": "issue",
        "options": "point",
        **dict.fromkeys(("issues_of_stage", "_places_of_stage", "_every_issue"), "issue"),
        "tables": None,
        "spec": None,
    }
    parts = ("draws",)

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        self.spec, self.draws = scenario, draws
        self.round = self.turn = 0
        self._turn_days = scenario.turn_days
        self.issues = list(scenario.issues)
        self.options = [
            np.array(list(issue.scale)) if issue.kind == "options" else None
            for issue in scenario.issues.values()
        ]
        self.has_options = any(points is not None for points in self.options)
        #: those who sign, in the order of their names: the order in the file means nothing
        self.signing = [k for k, a in sorted(scenario.actors.items()) if a.consents_to != "none"]
        self._set_up_agenda()
        worlds = self.worlds
        self.stage = np.zeros(worlds, dtype=np.int64)
        self._stage_before = self.stage[:0]  # that of the last refresh
        self.status = np.full(worlds, OPEN, dtype=np.int8)
        self.agreed = full((worlds, len(self.issues)), np.nan)
        self.is_fixed = full(self.agreed.shape, False)
        self.signed_round = np.full((worlds, self.stages), -1, dtype=np.int64)
        self.concluded_round, self.in_force_round, self.last_signed = (
            np.full(worlds, -1, dtype=np.int64) for _ in range(3)
        )
        self.events = {
            event: {key: np.zeros(worlds, dtype=np.int32) for key in self.signing}
            for event in EVENTS
        }
        self.refresh()

    def _set_up_agenda(self) -> None:
        stages, number, path = self.spec.stages, self.draws.number, "agenda"
        self.stages = len(stages)
        self.stage_names = [s.name for s in stages]
        self.stage_of_issue = np.array(
            [next(n for n, s in enumerate(stages) if i in s.issues) for i in self.issues]
        )
        ones, zeros = np.ones(self.worlds), np.zeros(self.worlds)
        # what remains of cost and drift after 0, 1, … stages; nothing after the last
        cost = [number(f"{path}.{s.name}.cost_factor", s.cost_factor) for s in stages[:-1]]
        drift = [number(f"{path}.{s.name}.drift_factor", s.drift_factor) for s in stages[:-1]]
        self.cost_factors = np.minimum.accumulate([ones, *cost, zeros], axis=0)
        self.drift_factors = np.minimum.accumulate([ones, *drift, zeros], axis=0)
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
        self._every_issue = np.arange(len(self.issues))
        self._places_of_stage = [evenly_spaced(issues) for issues in self.issues_of_stage]

    @property
    def worlds(self) -> int:
        """Number of worlds that are computed."""
        return self.draws.worlds

    @property
    def goes_on(self) -> Mask:
        """Where anything can still happen, shape (worlds,)."""
        return np.asarray((self.status == OPEN) | (self.status == BEFORE_GATES))

    @property
    def turns_due(self) -> int:
        """Turns of the talks that are over by the end of this round."""
        return whole(self.round * self.spec.war.round_days, self._turn_days)

    def refresh(self) -> None:
        """What follows from stage and status."""
        self.is_open = self.status == OPEN
        # who has just signed a stage talks about the next one from the next round on
        self.talking = self.is_open & (self.last_signed < self.round)
        self.tables = self.tables_where(self.talking)
        if np.array_equal(self.stage, self._stage_before):
            return
        self._stage_before = self.stage.copy()
        self.on_table = (self.stage_of_issue[:, None] == self.stage).T
        self.is_fixed = (self.stage_of_issue[:, None] < self.stage).T
        worlds = np.arange(self.worlds)
        after = np.minimum(self.stage + 1, self.stages)
        self.cost_factor = self.cost_factors[self.stage, worlds]
        self.drift_factor = self.drift_factors[self.stage, worlds]
        self.cost_factor_next = self.cost_factors[after, worlds]
        self.drift_factor_next = self.drift_factors[after, worlds]

    def tables_where(self, where: Mask) -> list[Table]:
        """Some worlds, stage by stage, with the issues on the table there.

        A stage that most worlds are at comes first and takes in all worlds, as picking them out
        would cost more: what is written for it is to be written again for the others.
        """
        groups: list[Table] = []
        columns = zip(self.issues_of_stage, self._places_of_stage, strict=True)
        for stage, (issues, places) in enumerate(columns):
            holds = where & (self.stage == stage)
            count = int(np.count_nonzero(holds))
            if 2 * count > self.worlds:
                groups.insert(0, Table(slice(None), issues, stage, holds, places))
            elif count:
                worlds = np.flatnonzero(holds)
                groups.append(Table(worlds, issues, stage, holds[worlds], places))
        return groups

    def whole_where(self, where: Mask) -> Table:
        """Some worlds with all issues, signed ones and later ones too; all worlds if most are."""
        if 2 * int(np.count_nonzero(where)) > self.worlds:
            return Table(slice(None), self._every_issue, -1, where, slice(None))
        worlds = np.flatnonzero(where)
        return Table(worlds, self._every_issue, -1, where[worlds], slice(None))

    def signed_or(self, otherwise: Array) -> Array:
        """What is signed, and something else where nothing is; (worlds, issues)."""
        return np.where(self.is_fixed, self.agreed, otherwise)

    def count(self, event: str, signatory: str, where: Mask) -> None:
        """Count an event of a signatory in some worlds."""
        self.events[event][signatory] += where

    def sign(self, package: Array, where: Mask) -> None:
        """The issues on the table are signed in some worlds, and the next stage begins.

        Raises
        ------
        ValueError
            If what is signed is no point of a scale.
        """
        terms = where[:, None] & self.on_table
        signed = package[terms]
        if not ((signed >= -TOLERANCE) & (signed <= 1.0 + TOLERANCE)).all():
            raise ValueError(
                f"the protocol '{self.spec.protocol.name}' signs {signed.min():g} to "
                f"{signed.max():g}: on every issue a point of its scale, from 0 to 1, can be signed"
            )
        self.agreed = np.where(terms, package, self.agreed)
        worlds = np.flatnonzero(where)
        self.signed_round[worlds, self.stage[worlds]] = self.round
        self.last_signed[where] = self.round
        self.stage[where] += 1

    def begin_again(self, where: Mask) -> None:
        """Nothing that was signed in some worlds holds any more."""
        self.fall_back(where, 0)

    def fall_back(self, where: Mask, stage: int) -> None:
        """A stage, and all after it, no longer holds in some worlds."""
        self.stage[where] = stage
        self.agreed[np.ix_(where, self.stage_of_issue >= stage)] = np.nan
        self.signed_round[where, stage:] = -1

    def pause(self, where: Mask) -> None:
        """No talks are held this round in some worlds, as if something had just been signed."""
        self.last_signed = np.where(where, self.round, self.last_signed)

    def reopen(self, where: Mask) -> None:
        """The stage signed last is open again in some worlds."""
        worlds = np.flatnonzero(where)
        self.stage[worlds] -= 1
        self.signed_round[worlds, self.stage[worlds]] = -1
        reopened = where[:, None] & (self.stage_of_issue == self.stage[:, None])
        self.agreed[reopened] = np.nan

    def set_status(self, where: Mask, status: int) -> None:
        """Say where some worlds stand now."""
        self.status[where] = status

    def enter_into_force(self, where: Mask, rounds: Rounds) -> Mask:
        """What was signed in some worlds is in force; the worlds that this settles."""
        done = where & (self.stage == self.stages)
        self.conclude(done, SETTLED, self.last_signed)
        self.in_force_round = np.where(done, rounds, self.in_force_round)
        return done

    def conclude(self, where: Mask, status: int, rounds: Rounds) -> None:
        """The talks end in some worlds, in the round given."""
        self.status[where] = status
        self.concluded_round = np.where(where, rounds, self.concluded_round)


class LeftOut:
    """Worlds that are left out of the computation until :meth:`undo`.

    Parameters
    ----------
    things : sequence of ByWorld
        All that holds arrays by world; changed in place.
    worlds : ndarray of int
        The worlds that stay.
    size : int
        How many there are now.
    """

    def __init__(self, things: Sequence[ByWorld], worlds: Index, size: int) -> None:
        self.worlds, self.size = worlds, size
        cut: dict[int, Any] = {}
        self.before = [(thing, thing.take(self._rows(thing), cut)) for thing in things]

    def _rows(self, thing: ByWorld) -> Index:
        """Where the worlds are on the world axis of something."""
        first = self.size * np.arange(thing.joined)
        return np.asarray(first[:, None] + self.worlds).ravel()

    def undo(self) -> None:
        """Write the worlds back among the others."""
        for thing, before in self.before:
            thing.put_back(self._rows(thing), self.size * thing.joined, before)
