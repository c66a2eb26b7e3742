"""Keeps what happened: an observer that the model calls and that never changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import ALL, Array, ByWorld, Mask, Some, columns, side_by_side
from sim.engine.levers import ActiveLever
from sim.engine.limited import Limited
from sim.engine.ratification import Ratification
from sim.engine.state import BEFORE_GATES, SETTLED, Talks
from sim.engine.war import War

if TYPE_CHECKING:
    from sim.engine.agents import Party
    from sim.engine.yardsticks import AtEnd, AtStart

IN_FORCE = "limited_now"
"""Whether each limited agreement is in force, where there are any."""
EVERY_WORLD = ("offer", "value", "target", "reservation", "cost", "no_deal", IN_FORCE)
"""What is kept of the rounds of an ensemble."""
FIRST = slice(1)
"""The world whose story is told."""


class Recorder(ByWorld):
    """Rounds as lists of arrays while the model runs, arrays afterwards.

    Attributes
    ----------
    trace : tuple of str
        What is kept of every round in all worlds.
    story : bool
        Whether the course of the first world is told: all rounds, red lines, and what happened.
    rounds : dict of str to list of ndarray
        Per round, position (worlds, parties, issues), value of it, target for the whole,
        reservation value and cost (worlds, parties), no-deal package (worlds, issues). Of the
        first world alone what is not in the trace, and red lines (1, parties, issues).
    texts : list of dict
        One entry per text tabled: round, package, stage, who accepted. In the story only.
    deadline_status, deadline_stage, deadline_refused, deadline_limited : ndarray, shape (worlds,)
        At the deadline: status, stages signed, whether the text signed last was refused, and
        whether a limited agreement was in force. Status −1
        where there is none, or all had ended before.
    history : list of (int, str, str)
        Round, kind (signed, broken, ratified, rejected, left, withdrawn; of limited agreements
        limited_signed, limited_renewed, limited_lapsed, limited_broken) and what or who. In the
        story only.
    agreements : list of Limited
        The limited agreements, of which every round keeps whether they are in force.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("truces_broken", "first_signed", "left_by"), "world"),
        **dict.fromkeys(("deadline_status", "deadline_stage", "deadline_refused"), "world"),
        "deadline_limited": "world",
        **dict.fromkeys(("value_at_signing", "gain"), "world party"),
        "surplus_at_signing": "world stage party",
        # kept as they were before the first round, and used after the last
        **dict.fromkeys(("ripeness_at_start", "first_offer", "reservation_at_start", "plan")),
        **dict.fromkeys(("rounds", "texts")),
    }

    def __init__(
        self,
        talks: Talks,
        war: War,
        parties: Sequence[Party],
        trace: bool | Sequence[str] = False,
        story: bool = False,
    ) -> None:
        self.talks, self.war, self.parties = talks, war, parties
        self.trace = EVERY_WORLD if trace is True else tuple(trace or ())
        self.story = story
        self.rounds: dict[str, list[NDArray[Any]]] = {}
        self.texts: list[dict[str, Any]] = []
        self.history: list[tuple[int, str, str]] = []
        self.agreements: list[Limited] = []
        self.truces_broken = np.zeros(talks.worlds, dtype=np.int64)
        self.first_signed = np.full(talks.worlds, -1, dtype=np.int64)
        self.left_by: dict[str, Mask] = {}
        self.deadline_status = np.full(talks.worlds, -1, dtype=np.int8)
        self.deadline_stage = np.zeros(talks.worlds, dtype=np.int64)
        self.deadline_refused = self.deadline_limited = np.zeros(talks.worlds, dtype=bool)
        signatories = len(parties)
        self.surplus_at_signing = np.full((talks.worlds, talks.stages, signatories), np.inf)
        self.value_at_signing, self.gain = np.full((2, talks.worlds, signatories), np.nan)

    def start(self, measured: AtStart) -> None:
        """State before the first round."""
        self.ripeness_at_start, self.plan = measured
        self.first_offer = np.stack([p.offer for p in self.parties], axis=1)
        self.reservation_at_start = np.stack([p.reservation for p in self.parties], axis=1)

    def tells(self, where: Mask) -> bool:
        """Whether something is so, by world, in the one whose story is told."""
        chosen = self.talks.draws.chosen
        return self.story and (chosen is None or chosen[0] == 0) and bool(where[0])

    def record(self) -> None:
        """State at the end of a round."""
        if not (self.trace or self.story):
            return
        talks, parties, chosen = self.talks, self.parties, self.talks.draws.chosen
        make: dict[str, Callable[[Some], NDArray[Any]]] = {
            "offer": lambda w: side_by_side([p.offer[w] for p in parties]).astype(np.float32),
            "value": lambda w: columns([p.utility(p.offer[w], w) for p in parties]),
            "target": lambda w: columns([p.target_of_all[w] for p in parties]),
            "reservation": lambda w: columns([p.reservation[w] for p in parties]),
            "cost": lambda w: columns(
                [(self.war.cost_now(p.key) * talks.cost_factor)[w] for p in parties]
            ),
            "no_deal": lambda w: talks.signed_or(self.war.no_deal)[w],
        }
        if self.agreements:
            make[IN_FORCE] = lambda w: columns([one.in_force[w] for one in self.agreements])
        if self.story:
            make["low"] = lambda w: side_by_side([p.low[w] for p in parties])
            make["high"] = lambda w: side_by_side([p.high[w] for p in parties])
        for name, of in make.items():
            if name in self.trace:
                values = of(ALL)
                if chosen is not None:  # the others have concluded and stay as they were
                    whole = self.rounds[name][-1].copy(order="K")
                    whole[chosen] = values
                    values = whole
            elif self.story:
                here = chosen is None or chosen[0] == 0
                values = of(FIRST) if here else self.rounds[name][-1]
            else:
                continue
            self.rounds.setdefault(name, []).append(values)

    def at_deadline(self, votes: Ratification) -> None:
        """Where the worlds stand at the deadline; votes to come on what is signed are counted."""
        talks = self.talks
        pending = talks.status == BEFORE_GATES
        settled = pending & votes.will_pass & (talks.stage == talks.stages)
        self.deadline_status = np.where(settled, SETTLED, talks.status).astype(np.int8)
        self.deadline_stage = talks.stage.copy()
        if self.agreements:
            self.deadline_limited = np.any([one.in_force for one in self.agreements], axis=0)
        self.deadline_refused = np.where(pending, ~votes.will_pass, votes.failed_last)

    def finish(self, levers: Sequence[ActiveLever], measured: AtEnd) -> None:
        """State after the last round."""
        talks, parties = self.talks, self.parties
        self.ripeness_at_end, self.stage_ripeness_at_end = measured[:2]
        self.gaps, self.stage_gaps = measured.gaps, measured.stage_gaps
        self.years_held, self.broken_by = measured.held
        self.years_without = measured.years_without
        reservation = np.stack([p.reservation for p in parties], axis=1)
        self.reservation_at_end = reservation
        settled = (talks.stage == talks.stages)[:, None]
        # a payment was expected at its credibility; in the end it was made or not
        luck = np.zeros_like(reservation)
        for lever in levers:
            for column, party in enumerate(parties):
                more = lever.luck(party.key)
                if more is not None:
                    luck[:, column] += more
        self.utility = np.where(settled, self.value_at_signing + luck, reservation)
        nobody = np.zeros(talks.worlds, dtype=bool)
        self.who_left = np.stack([self.left_by.get(p.key, nobody) for p in parties], axis=1)
        self.gain = np.where(settled, self.gain, np.nan)
        self.last_offer = np.stack([p.offer for p in parties], axis=1)
        # how far apart positions are on each issue, weighed by those who hold them
        middle = self.last_offer.mean(axis=1)
        apart = np.sum([p.loss(middle) - p.loss(p.offer) for p in parties], axis=0)
        self.apart = np.maximum(apart, 0.0)

    def text_tabled(self, text: Array, where: Mask, accepted: dict[str, Mask]) -> None:
        """A mediator has tabled a text in some worlds."""
        if self.tells(where):
            self.texts.append(
                {
                    "round": self.talks.round,
                    "text": text[0].copy(),
                    "stage": int(self.talks.stage[0]),
                    "accepted": {key: bool(yes[0]) for key, yes in accepted.items()},
                }
            )

    def signed(self, where: Mask) -> None:
        """Called while a package is being signed, before the stage moves on."""
        worlds = np.flatnonzero(where)
        for column, party in enumerate(self.parties):
            value = party.value(party.offer)
            asked = (self.talks.on_table & party.consent).any(axis=1)
            surplus = np.where(asked, value - party.reservation, np.inf)
            self.surplus_at_signing[worlds, self.talks.stage[worlds], column] = surplus[worlds]
            self.value_at_signing[worlds, column] = value[worlds]
            self.gain[worlds, column] = (value - party.reservation)[worlds]
        if self.tells(where):
            self.history.append(
                (self.talks.round, "signed", self.talks.stage_names[int(self.talks.stage[0])])
            )
        new = where & (self.first_signed < 0)
        self.first_signed[new] = self.talks.round

    def truce_broken(self, where: Mask, by: dict[str, Mask]) -> None:
        """A truce has ended in some worlds; ``by`` says where each of those who broke one did."""
        self.truces_broken += where
        self.surplus_at_signing[where] = np.inf
        self.value_at_signing[where] = np.nan
        if self.tells(where):
            who = " ".join(key for key, breaks in by.items() if breaks[0])
            self.history.append((self.talks.round, "broken", who))

    def limited(self, how: str, which: str, where: Mask, by: str = "") -> None:
        """A limited agreement was signed, renewed, lapsed, or broken (by a side, or by nobody)."""
        if self.tells(where):
            self.history.append((self.talks.round, f"limited_{how}", f"{which} {by}".rstrip()))

    def voted(self, votes: Ratification, due: Mask, failed: Mask) -> None:
        """Votes on signed texts have been taken; where one failed its stage is not yet open."""
        worlds = np.flatnonzero(failed)
        self.surplus_at_signing[worlds, self.talks.stage[worlds] - 1] = np.inf
        self.value_at_signing[worlds] = np.nan
        if self.tells(due):
            against = " ".join(g.key for g in votes.gates if g.refuses[0])
            entry = ("rejected", against) if failed[0] else ("ratified", "")
            self.history.append((int(votes.due[0]), *entry))

    def left(self, party: Party, where: Mask) -> None:
        """A party has walked away."""
        self.left_by[party.key] = self.left_by.get(party.key, np.zeros_like(where)) | where
        if self.tells(where):
            self.history.append((self.talks.round, "left", party.key))

    def withdrawn(self, envoy: str, where: Mask) -> None:
        """The envoy has stopped in some worlds."""
        if self.tells(where):
            self.history.append((self.talks.round, "withdrawn", envoy))
