"""Ratification: bodies and publics that must approve what has been signed.

A negotiator plays at two tables (Putnam 1988, Diplomacy and domestic politics, *International
Organization* 42(3), doi:10.1017/S0020818300027697). Its red lines say what it believes it can carry
at home; a gate is where that belief may be wrong, and a signed text then fails (involuntary
defection). The gate's win-set is the set of texts worth at least its threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import EVERYWHERE, Table, full, total
from sim.engine.agents.preferences import drawn_bounds, is_upward
from sim.formulas.bargaining.support import support_curve, threshold_from_support
from sim.formulas.bargaining.utility import losses, normalised
from sim.scenario.agreement import Gate

if TYPE_CHECKING:
    from sim.engine.model import PeaceTalks

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[np.intp]
TOLERANCE = 1e-9
NEVER = np.iinfo(np.int64).max
UNASKED = 10.0
"""Surplus in a draft of a gate that is not known to object: it never matters there."""


class InDraft(NamedTuple):
    """What gates add to the drafting of a stage.

    Attributes
    ----------
    loss : ndarray, shape (issues, worlds, gates, points)
    gap : ndarray, shape (worlds, gates)
        Surplus over the threshold if the stage's issues cost nothing.
    beyond : ndarray, shape (issues, worlds, points)
        Scale units beyond the gates' own limits.
    """

    loss: Array
    gap: Array
    beyond: Array


class ActiveGate:
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

    def __init__(self, key: str, spec: Gate, model: PeaceTalks) -> None:
        self.key, self.spec, self.model = key, spec, model
        draws, path = model.draws, f"ratification.{key}"
        shape = (model.worlds, len(model.issues))
        self.owner = next(n for n, p in enumerate(model.signatories) if p.key == spec.of)
        self.stage = model.stage_names.index(spec.stage) if spec.stage else model.stages - 1
        self.rounds = int(np.ceil(spec.days / model.spec.war.round_days))
        self.ideal, self.weight = full(shape, 0.5), full(shape, 0.0)
        self.low, self.high = full(shape, 0.0), full(shape, 1.0)
        for issue, wanted in spec.positions.items():
            column, here = model.issues.index(issue), f"{path}.positions.{issue}"
            self.ideal[:, column] = draws.number(f"{here}.ideal", wanted.ideal)
            self.weight[:, column] = draws.number(f"{here}.salience", wanted.salience)
            if wanted.limit is not None:
                side = self.high if is_upward(wanted.ideal, wanted.limit) else self.low
                side[:, column] = draws.number(f"{here}.limit", wanted.limit)
        self.low = np.minimum(self.low, self.ideal)
        self.high = np.maximum(self.high, self.ideal)
        nothing = self.weight.sum(axis=1) <= 0.0
        self.weight[nothing] = [issue in spec.positions for issue in model.issues]
        self.weight = normalised(self.weight)
        self.terms = [
            drawn_bounds(model, f"{path}.when.{n}", terms) for n, terms in enumerate(spec.when)
        ]
        self.threshold = self._threshold(path)
        self.known = np.zeros(model.worlds, dtype=bool)
        self.verdict = np.full(model.worlds, np.nan)
        self.refuses = np.zeros(model.worlds, dtype=bool)

    def _threshold(self, path: str) -> Array:
        model, spec = self.model, self.spec
        if spec.threshold is not None:
            return model.draws.number(f"{path}.threshold", spec.threshold)
        texts = np.repeat(model.war.no_deal[:, None, :], len(spec.polls), axis=1)
        for n, poll in enumerate(spec.polls):
            for issue, point in poll.terms.items():
                texts[:, n, model.issues.index(issue)] = point
        share = np.array([poll.favour / (poll.favour + poll.against) for poll in spec.polls])
        swing = model.draws.number(f"{path}.swing.size", spec.swing, path=f"{path}.swing")
        vote = model.draws.normal(f"{path}.swing", path=f"{path}.swing.draw")
        required = spec.required - swing * vote
        return threshold_from_support(*support_curve(self.utility(texts), share), required)

    def utility(self, x: Array, table: Table = EVERYWHERE) -> Array:
        """Utility of packages (worlds of the table, packages, issues) to those who decide."""
        ideal, weight = table.rows(self.ideal)[:, None], table.rows(self.weight)[:, None]
        return np.asarray(1.0 - total(weight * losses(x, ideal)))

    def passes(self, x: Array, table: Table = EVERYWHERE) -> Mask:
        """Whether packages (worlds of the table, packages, issues) would be approved."""
        low, high, threshold = (table.rows(a) for a in (self.low, self.high, self.threshold))
        enough = self.utility(x, table) >= threshold[:, None] - TOLERANCE
        inside = (x >= low[:, None] - TOLERANCE) & (x <= high[:, None] + TOLERANCE)
        return np.asarray(enough & inside.all(axis=2))

    def concerned(self, x: Array, table: Table = EVERYWHERE) -> Mask:
        """Whether packages contain what brings them before it; shapes as in :meth:`passes`."""
        if not self.terms:
            return np.ones(x.shape[:2], dtype=bool)
        found = np.zeros(x.shape[:2], dtype=bool)
        for terms in self.terms:
            met = np.ones(x.shape[:2], dtype=bool)
            for column, least, most in terms:
                met &= x[..., column] >= table.rows(least)[:, None] - TOLERANCE
                met &= x[..., column] <= table.rows(most)[:, None] + TOLERANCE
            found |= met
        return found


class Ratification:
    """All gates, and the texts that wait for them."""

    def __init__(self, model: PeaceTalks) -> None:
        self.model = model
        self.gates = [ActiveGate(k, g, model) for k, g in sorted(model.spec.ratification.items())]
        worlds = model.worlds
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
        model = self.model
        text = np.where(np.isnan(model.agreed), model.war.no_deal, model.agreed)[:, None, :]
        pending = np.zeros(model.worlds, dtype=bool)
        last = np.zeros(model.worlds, dtype=np.int64)
        first_no = np.full(model.worlds, NEVER)
        votes, passes = [], []
        for gate in self.gates:
            gate.refuses &= ~where
            votes.append(where & (model.stage == gate.stage + 1) & gate.concerned(text)[:, 0])
            passes.append(gate.passes(text)[:, 0])
            pending |= votes[-1]
            last = np.maximum(last, np.where(votes[-1], gate.rounds, 0))
            against = votes[-1] & ~passes[-1]
            first_no = np.where(against, np.minimum(first_no, gate.rounds), first_no)
        decided = np.minimum(first_no, last)
        self.due = np.where(pending, model.round + decided, self.due)
        self.will_pass = np.where(pending, first_no == NEVER, self.will_pass)
        self.ends_talks &= ~pending
        for gate, asked, passed in zip(self.gates, votes, passes, strict=True):
            taken = asked & (gate.rounds <= decided)
            gate.verdict = np.where(taken, passed, gate.verdict)
            gate.refuses |= taken & ~passed
            gate.known |= gate.refuses
            if gate.spec.on_failure == "end_of_talks":
                self.ends_talks |= gate.refuses & pending
        return pending

    def acceptable(self, party: int, x: Array, table: Table) -> Mask:
        """Whether packages would not, for all that a party knows, fail at a gate again.

        ``x`` is (worlds of the table, packages, all issues). A party minds its own gates; where a
        share of the signatories is enough, all mind all gates: nobody can be relied on to object.
        """
        model = self.model
        outvoted = model.spec.protocol.consent != "unanimity"
        fine = np.ones(x.shape[:2], dtype=bool)
        settled = np.where(model.is_fixed, model.agreed, model.war.no_deal)
        text = np.where(table.rows(model.on_table)[:, None], x, table.rows(settled)[:, None])
        for gate in self.gates:
            if (outvoted or gate.owner == party) and gate.stage == table.stage:
                known = table.rows(gate.known)
                if known.any():
                    passes, concerned = gate.passes(text, table), gate.concerned(text, table)
                    fine &= passes | ~concerned | ~known[:, None]
        return fine

    def in_draft(self, worlds: Index, issues: Index, points: Array, rest: Array) -> InDraft | None:
        """What gates known to object add to a draft; ``None`` where there is none.

        Parameters
        ----------
        worlds, issues : ndarray of int
            The worlds and the stage's issues that are drafted.
        points : ndarray, shape (issues, points)
            Drafting points of these issues.
        rest : ndarray, shape (worlds, issues of the scenario)
            Where the other issues stand.
        """
        stage = self.model.stage[worlds]
        gates = [g for g in self.gates if (g.known[worlds] & (stage == g.stage)).any()]
        if not gates:
            return None
        here = np.ix_(worlds, issues)
        loss, gap = [], []
        beyond = np.zeros((len(issues), len(worlds), points.shape[1]))
        grid = points[:, None, :]
        for gate in gates:
            known = gate.known[worlds]
            weight = gate.weight[here].T[..., None]
            cost = weight * losses(grid, gate.ideal[here].T[..., None])
            loss.append(np.where(known[None, :, None], cost, 0.0))
            off_table = gate.weight[worlds] * losses(rest, gate.ideal[worlds])
            off_table[:, issues] = 0.0
            left = 1.0 - total(off_table) - gate.threshold[worlds]
            gap.append(np.where(known, left, UNASKED))
            low, high = gate.low[here].T[..., None], gate.high[here].T[..., None]
            excess = np.maximum(np.maximum(grid - high, low - grid), 0.0)
            beyond += np.where(known[None, :, None], excess, 0.0)
        return InDraft(np.stack(loss, axis=2), np.stack(gap, axis=1), beyond)
