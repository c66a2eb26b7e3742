"""A limited agreement in all worlds: when it was signed, what it changes, how it ends."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.arrays import Array, ByWorld, Mask, full
from sim.engine.accidents import Breaks
from sim.engine.state import Talks
from sim.engine.war import Shift, War
from sim.scenario.durations import DAYS_IN
from sim.scenario.schema import LimitedStage


def chance_a_round(yearly: Array, round_days: float) -> Array:
    """Probability of an event in a round, from that in a year, at a constant hazard.

    Examples
    --------
    >>> chance_a_round(np.array([0.75]), 365.25 / 2).round(3).tolist()
    [0.5]
    """
    return 1.0 - (1.0 - yearly) ** (round_days / DAYS_IN["y"])


class Limited(ByWorld):
    """One limited agreement: it acts on the war as a lever does, as long as it is in force.

    Attributes
    ----------
    in_force : ndarray of bool, shape (worlds,)
    carried, unclear : ndarray, shape (worlds,)
        What its channel carries in a round, as a host's.
    since, first : ndarray of int, shape (worlds,)
        Rounds of the last and of the first signing; −1 for never.
    rounds : ndarray of int, shape (worlds,)
        Rounds that it has been in force in all.
    renewed, lapsed, broken : ndarray of int, shape (worlds,)
        How often it was renewed when its term ended, how often not, and how often it was broken.
    superseded : ndarray of bool, shape (worlds,)
        Where a settlement has taken its place.
    moved : ndarray, shape (worlds, issues of the settlement)
        By how much it has moved where they stand without a settlement.
    least_gain : ndarray, shape (worlds, parties)
        The least that each party gained at any signing; NaN where there was none.
    terms : ndarray, shape (worlds, issues of the track)
        What was signed last; NaN where nothing was, and on issues of other stages.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(
            ("in_force", "since", "first", "rounds", "renewed", "lapsed", "broken"), "world"
        ),
        **dict.fromkeys(("term", "chance", "superseded", "carried", "unclear"), "world"),
        **dict.fromkeys(("moved", "terms"), "world issue"),
        "least_gain": "world party",
        "spec": None,
    }
    parts = ("shift", "breaks")

    def __init__(
        self, track: str, spec: LimitedStage, talks: Talks, main: Talks, war: War, parties: int
    ) -> None:
        draws, path = main.draws, f"tracks.{track}.stages.{spec.name}"
        self.key, self.spec, self.war = f"{track}.{spec.name}", spec, war
        #: columns of the issues that are on the agenda too, there and here
        self.shared = [
            (main.issues.index(i), talks.issues.index(i)) for i in spec.issues if i in main.issues
        ]
        self.path = path
        self.shift = Shift.drawn(f"{path}.effect", spec.effect, draws, main.issues)
        #: columns, there, of the issues that stand elsewhere while it is in force
        self.moves = sorted({*self.shift.columns, *(there for there, _ in self.shared)})
        said, here = spec.effect.trust, f"{path}.effect.trust"
        share = draws.number(here, said.share, path=f"{here}.share")
        spans = 1.0 / main.spec.in_rounds(said.per).median
        self.carried, self.unclear = share * spans, (1.0 - share) ** spans
        rounds, each = main.spec.in_rounds, main.spec.war.round_days
        self.term = (
            np.full(main.worlds, np.inf)
            if spec.term is None
            else np.maximum(draws.number(f"{path}.term", rounds(spec.term), each=each), 1.0)
        )
        self.chance = full((main.worlds,), 0.0)
        self.breaks: Breaks | None = None
        if spec.breaks is not None:
            yearly = draws.number(f"{path}.breaks", spec.breaks)
            self.chance = chance_a_round(yearly, main.spec.war.round_days)
        else:
            where = f"{path}.monitoring"
            self.breaks = Breaks(draws, main.spec, "limited", where, spec.monitoring, talks.issues)
        self.in_force = self.superseded = np.zeros(main.worlds, dtype=bool)
        self.since, self.first = (np.full(main.worlds, -1, dtype=np.int64) for _ in range(2))
        counts = np.zeros((4, main.worlds), dtype=np.int64)
        self.rounds, self.renewed, self.lapsed, self.broken = counts
        self.moved = full((main.worlds, len(main.issues)), 0.0)
        self.least_gain = full((main.worlds, parties), np.nan)
        self.terms = full((main.worlds, len(talks.issues)), np.nan)

    def begin(self, where: Mask, terms: Array, round_: int) -> None:
        """It is signed in some worlds: it acts, and common issues stand where it puts them."""
        before = self.war.no_deal
        self.war.press(where, self.shift)
        if self.shared:
            by = full(before.shape, 0.0)
            for there, here in self.shared:
                by[:, there] = np.where(where, terms[:, here] - self.war.no_deal[:, there], 0.0)
            self.war.move(where, by, self.moves)
        for column in self.moves:
            by_now = self.war.no_deal[:, column] - before[:, column]
            self.moved[:, column] = np.where(where, by_now, self.moved[:, column])
        self.in_force = self.in_force | where
        self.since = np.where(where, round_, self.since)
        self.first = np.where(where & (self.first < 0), round_, self.first)
        self.terms = np.where(where[:, None], terms, self.terms)

    def note_gain(self, where: Mask, gain: Array) -> None:
        """What each party, (worlds, parties), gains where it is signed now."""
        self.least_gain = np.where(where[:, None], np.fmin(self.least_gain, gain), self.least_gain)

    def end(self, where: Mask) -> None:
        """It is in force no longer in some worlds, and acts no more."""
        self.war.relieve(where, self.shift)
        if self.moves:
            self.war.move(where, -self.moved, self.moves)
            self.moved[where] = 0.0
        self.in_force = self.in_force & ~where

    def note_term(self, ran_out: Mask) -> None:
        """Where its term ended this round it has been renewed since, or has lapsed."""
        self.renewed = self.renewed + (ran_out & self.in_force)
        self.lapsed = self.lapsed + (ran_out & ~self.in_force)

    def give_way(self, where: Mask) -> None:
        """A settlement takes its place in some worlds, with all that the war still changes."""
        self.superseded = self.superseded | (self.in_force & where)
        self.in_force = self.in_force & ~where

    def runs_out(self, round_: int) -> Mask:
        """Where its term has ended."""
        return np.asarray(self.in_force & (round_ >= self.since + self.term))

    def is_struck(self, round_: int) -> Mask:
        """Where something that nobody at the table decides breaks it this round."""
        chance = self.chance
        if self.breaks is not None and self.breaks.hazards and self.in_force.any():
            chance = self.breaks.chance(self.terms, round_ - 1 - self.since, slice(None))
        if not chance.any():
            return np.zeros_like(self.in_force)
        luck = self.war.draws.uniform(f"{self.path}.struck", round_)
        return np.asarray(self.in_force & (luck < chance))
