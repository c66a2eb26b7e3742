"""Ratification: bodies and publics that must approve what has been signed.

A negotiator plays at two tables (Putnam 1988, Diplomacy and domestic politics, *International
Organization* 42(3), doi:10.1017/S0020818300027697). Its red lines say what it believes it can carry
at home; a gate is where that belief may be wrong, and a signed text then fails (involuntary
defection). The gate's win-set is the set of texts worth at least its threshold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import EVERYWHERE, Array, ByWorld, Mask, Table, full, total
from sim.engine.lines import LineDraws
from sim.engine.state import Rounds, Talks
from sim.engine.war import War
from sim.formulas.bargaining.red_lines import TOLERANCE, inside
from sim.formulas.bargaining.support import support_curve, threshold_from_support
from sim.formulas.bargaining.tradeoffs import nearest
from sim.formulas.bargaining.utility import losses, normalised
from sim.scenario.agreement import Gate

Index = NDArray[np.intp]
NEVER = np.iinfo(np.int64).max
UNASKED = 10.0
"""Surplus in a draft of a gate that is not known to object: it never matters there."""


class InDraft(NamedTuple):
    """What gates add to the drafting of a stage.

    Attributes
    ----------
    loss : ndarray, shape (issues, gates, worlds, points)
    gap : ndarray, shape (gates, worlds)
        Surplus over the threshold if the stage's issues cost nothing.
    beyond : ndarray, shape (issues, worlds, points)
        Scale units beyond the gates' own limits.
    """

    loss: Array
    gap: Array
    beyond: Array


class ActiveGate(ByWorld):
    """A gate in all worlds.

    Attributes
    ----------
    ideal, weight, low, high : ndarray, shape (worlds, issues)
        Preferences of those who decide; weight 0 on issues that are nothing to them.
    threshold : ndarray, shape (worlds,)
        Utility that a text must reach.
    known : ndarray of bool, shape (worlds,)
        Where a text has failed here, so that the negotiators know better.
    verdict : ndarray, shape (worlds,)
        Last vote: 1 passed, 0 failed, NaN none.
    refuses : ndarray of bool, shape (worlds,)
        Where it refuses the text that was signed last.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("ideal", "weight", "low", "high"), "world issue"),
        **dict.fromkeys(("threshold", "known", "verdict", "refuses", "terms"), "world"),
        "spec": None,
    }

    def __init__(self, key: str, spec: Gate, talks: Talks, war: War) -> None:
        self.key, self.spec = key, spec
        draws, path = talks.draws, f"ratification.{key}"
        shape = (talks.worlds, len(talks.issues))
        self.owner = talks.signing.index(spec.of)
        self.stage = talks.stage_names.index(spec.stage) if spec.stage else talks.stages - 1
        self.rounds = int(np.ceil(spec.days / talks.spec.war.round_days))
        self.ideal, self.weight = full(shape, 0.5), full(shape, 0.0)
        self.low, self.high = full(shape, 0.0), full(shape, 1.0)
        lines = LineDraws(talks.spec, draws)
        for issue, wanted in spec.positions.items():
            column, here = talks.issues.index(issue), f"{path}.positions.{issue}"
            self.ideal[:, column] = draws.number(f"{here}.ideal", wanted.ideal)
            self.weight[:, column] = draws.number(f"{here}.salience", wanted.salience)
            if line := lines.between(here, wanted):
                (self.high if line.upward else self.low)[:, column] = line.at
        self.low = np.minimum(self.low, self.ideal)
        self.high = np.maximum(self.high, self.ideal)
        nothing = self.weight.sum(axis=1) <= 0.0
        self.weight[nothing] = [issue in spec.positions for issue in talks.issues]
        self.weight = normalised(self.weight)
        self.terms = [
            draws.bounds(f"{path}.when.{n}", terms, talks.issues)
            for n, terms in enumerate(spec.when)
        ]
        self.threshold = self._threshold(path, talks, war)
        #: the gate that decides where this one fails, and the one where whose failing it decides
        self.second: ActiveGate | None = None
        self.first: ActiveGate | None = None
        self.known = np.zeros(talks.worlds, dtype=bool)
        self.verdict = np.full(talks.worlds, np.nan)
        self.refuses = np.zeros(talks.worlds, dtype=bool)

    def _threshold(self, path: str, talks: Talks, war: War) -> Array:
        spec = self.spec
        if spec.threshold is not None:
            return talks.draws.number(f"{path}.threshold", spec.threshold)
        texts = np.repeat(war.no_deal[:, None, :], len(spec.polls), axis=1)
        for n, poll in enumerate(spec.polls):
            for issue, point in poll.terms.items():
                texts[:, n, talks.issues.index(issue)] = point
        share = np.array([poll.favour / (poll.favour + poll.against) for poll in spec.polls])
        swing = talks.draws.number(f"{path}.swing.size", spec.swing, path=f"{path}.swing")
        vote = talks.draws.normal(f"{path}.swing", path=f"{path}.swing.draw")
        required = spec.required - swing * vote
        return threshold_from_support(*support_curve(self.utility(texts), share), required)

    def utility(self, x: Array, table: Table = EVERYWHERE) -> Array:
        """Utility of packages (worlds of the table, packages, issues) to those who decide."""
        ideal, weight = table.rows(self.ideal)[:, None], table.rows(self.weight)[:, None]
        return np.asarray(1.0 - total(weight * losses(x, ideal)))

    def passes(self, x: Array, table: Table = EVERYWHERE) -> Mask:
        """Whether packages (worlds of the table, packages, issues) would be approved in the end."""
        fine = self.approves(x, table)
        return fine if self.second is None else fine | self.second.passes(x, table)

    def approves(self, x: Array, table: Table = EVERYWHERE) -> Mask:
        """Whether it would approve them itself, the gate after it aside."""
        low, high, threshold = (table.rows(a) for a in (self.low, self.high, self.threshold))
        enough = self.utility(x, table) >= threshold[:, None] - TOLERANCE
        return np.asarray(enough & inside(x, low[:, None], high[:, None]).all(axis=2))

    def nearest_to(self, x: Array, table: Table, more: Array) -> Array:
        """The text nearest to one (all worlds, all issues) that it would approve itself, and more.

        On the issues of a table, in its worlds: (worlds of the table, issues of the table).
        """
        slope = self.weight / np.maximum(self.ideal, 1.0 - self.ideal)
        lost = slope * np.abs(x - self.ideal)
        lost[:, table.issues] = 0.0
        best = 1.0 - total(lost)
        goal = self.threshold + more * np.maximum(best - self.threshold, 0.0)
        reach = table.rows(goal), table.rows(best)
        of = (self.ideal, slope, self.low, self.high, x)
        return nearest(*reach, *(table.of(a) for a in of))

    def rounds_until(self, x: Array) -> Rounds:
        """Rounds until a text (worlds, 1, issues) has been decided on, by the second gate too."""
        if self.second is None:
            return self.rounds
        return np.where(self.approves(x)[:, 0], 0, self.second.rounds) + self.rounds

    def note(self, x: Array, asked: Mask, taken: Mask, passed: Mask, decided: Rounds) -> None:
        """Votes on a text: what it says itself, and the second gate where that is asked."""
        if self.second is None:
            self.verdict = np.where(taken, passed, self.verdict)
            return
        own = self.approves(x)[:, 0]
        self.verdict = np.where(asked & (self.rounds <= decided), own, self.verdict)
        self.second.verdict = np.where(taken & ~own, passed, self.second.verdict)

    def concerned(self, x: Array, table: Table = EVERYWHERE) -> Mask:
        """Whether packages contain what brings them before it; shapes as in :meth:`passes`."""
        if self.first is not None:
            return self.first.concerned(x, table) & ~self.first.approves(x, table)
        if not self.terms:
            return np.ones(x.shape[:2], dtype=bool)
        found = np.zeros(x.shape[:2], dtype=bool)
        for terms in self.terms:
            met = np.ones(x.shape[:2], dtype=bool)
            for column, least, most in terms:
                bounds = (table.rows(bound)[:, None] for bound in (least, most))
                met &= inside(x[..., column], *bounds)
            found |= met
        return found


class Ratification(ByWorld):
    """All gates, and the texts that wait for them."""

    axes: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("due", "will_pass", "failures", "failed_last", "ends_talks"), "world"
    )
    parts = ("gates",)

    def __init__(self, talks: Talks, war: War) -> None:
        self.talks, self.war = talks, war
        gates = sorted(talks.spec.ratification.items())
        self.gates = [ActiveGate(key, gate, talks, war) for key, gate in gates]
        by_key = {gate.key: gate for gate in self.gates}
        for gate in self.gates:
            if gate.spec.then is not None:
                gate.second = by_key[gate.spec.then]
                gate.second.first = gate
        worlds = talks.worlds
        self.due = np.zeros(worlds, dtype=np.int64)
        self.will_pass = np.zeros(worlds, dtype=bool)
        self.failures = np.zeros(worlds, dtype=np.int64)
        self.failed_last = np.zeros(worlds, dtype=bool)  # nothing has been ratified since
        self.ends_talks = np.zeros(worlds, dtype=bool)

    def submit(self, where: Mask) -> Mask:
        """Put what has just been signed in some worlds to the vote.

        A text fails on the day of the first vote against it; later votes are then not taken.

        Returns
        -------
        ndarray of bool, shape (worlds,)
            Where a gate is concerned, so that the text is not in force yet.
        """
        talks = self.talks
        text = np.where(np.isnan(talks.agreed), self.war.no_deal, talks.agreed)[:, None, :]
        pending = np.zeros(talks.worlds, dtype=bool)
        last = np.zeros(talks.worlds, dtype=np.int64)
        first_no = np.full(talks.worlds, NEVER)
        votes, passes, rounds = [], [], []
        first = [gate for gate in self.gates if gate.first is None]
        for gate in first:
            gate.refuses &= ~where
            votes.append(where & (talks.stage == gate.stage + 1) & gate.concerned(text)[:, 0])
            passes.append(gate.passes(text)[:, 0])
            rounds.append(gate.rounds_until(text))
            pending |= votes[-1]
            last = np.maximum(last, np.where(votes[-1], rounds[-1], 0))
            against = votes[-1] & ~passes[-1]
            first_no = np.where(against, np.minimum(first_no, rounds[-1]), first_no)
        decided = np.minimum(first_no, last)
        self.due = np.where(pending, talks.round + decided, self.due)
        self.will_pass = np.where(pending, first_no == NEVER, self.will_pass)
        self.ends_talks &= ~pending
        for gate, asked, passed, until in zip(first, votes, passes, rounds, strict=True):
            taken = asked & (until <= decided)
            gate.note(text, asked, taken, passed, decided)
            gate.refuses |= taken & ~passed
            gate.known |= gate.refuses
            if gate.spec.on_failure == "end_of_talks":
                self.ends_talks |= gate.refuses & pending
        return pending

    def note_votes(self, failed: Mask) -> None:
        """The votes that were due have been taken; in some worlds they failed."""
        self.failures += failed
        self.failed_last |= failed

    def take_effect(self, where: Mask) -> None:
        """What was signed in some worlds is in force."""
        self.failed_last &= ~where

    def acceptable(self, party: int, x: Array, table: Table) -> Mask:
        """Whether packages would not, for all that a party knows, fail at a gate again.

        ``x`` is (worlds of the table, packages, all issues). A party minds its own gates; where a
        share of the signatories is enough, all mind all gates: nobody can be relied on to object.
        """
        talks = self.talks
        fine = np.ones(x.shape[:2], dtype=bool)
        settled = talks.signed_or(self.war.no_deal)
        text = np.where(table.rows(talks.on_table)[:, None], x, table.rows(settled)[:, None])
        for gate in self._minded_by(party, table):
            passes, concerned = gate.passes(text, table), gate.concerned(text, table)
            fine &= passes | ~concerned | ~table.rows(gate.known)[:, None]
        return fine

    def nearest_to(self, party: int, x: Array, table: Table, more: Array) -> Array:
        """The text nearest to one that, for all that a party knows, would not fail at its gates.

        ``x`` is (all worlds, all issues), and so is what is returned; gates one after the other.
        ``more`` (worlds,) is the share of what a gate could gain over its threshold to ask for.
        """
        text = None
        for gate in self._minded_by(party, table):
            if text is None:
                settled = self.talks.signed_or(self.war.no_deal)
                text = np.where(self.talks.on_table, x, settled)
            package = table.rows(text)[:, None]
            fails = gate.concerned(package, table) & ~gate.passes(package, table)
            fails = fails[:, 0] & table.rows(gate.known)
            if fails.any():
                near = gate.nearest_to(text, table, more)
                table.put(text, np.where(fails[:, None], near, table.of(text)))
        return x if text is None else text

    def _minded_by(self, party: int, table: Table) -> Iterator[ActiveGate]:
        """Gates known to object that a party minds at a stage."""
        outvoted = self.talks.spec.protocol.consent != "unanimity"
        for gate in self.gates:
            minded = (outvoted or gate.owner == party) and gate.stage == table.stage
            if minded and table.rows(gate.known).any():
                yield gate

    def in_draft(self, worlds: Index, issues: Index, points: Array, rest: Array) -> InDraft | None:
        """What gates known to object add to a draft; ``None`` where there is none.

        Parameters
        ----------
        worlds, issues : ndarray of int
            Worlds at the same stage, and its issues.
        points : ndarray, shape (issues, points)
            Drafting points of these issues.
        rest : ndarray, shape (worlds, issues of the scenario)
            Where the other issues stand.
        """
        stage = self.talks.stage[worlds[0]]
        gates = [gate for gate in self.gates if gate.stage == stage and gate.known[worlds].any()]
        if not gates:
            return None
        here, grid = (issues[:, None], worlds), points[:, None]
        loss, gap = [], []
        beyond = np.zeros((len(issues), len(worlds), points.shape[1]))
        for gate in gates:
            known = gate.known[worlds]
            ideal, weight, low, high = (
                a.T[here][..., None] for a in (gate.ideal, gate.weight, gate.low, gate.high)
            )
            loss.append(np.where(known[:, None], weight * losses(grid, ideal), 0.0))
            off_table = gate.weight[worlds] * losses(rest, gate.ideal[worlds])
            off_table[:, issues] = 0.0
            left = 1.0 - total(off_table) - gate.threshold[worlds]
            gap.append(np.where(known, left, UNASKED))
            excess = np.maximum(np.maximum(grid - high, low - grid), 0.0)
            beyond += np.where(known[:, None], excess, 0.0)
        return InDraft(np.stack(loss, axis=1), np.stack(gap), beyond)
