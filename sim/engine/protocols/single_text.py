"""The one-text procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import blocks
from sim.engine.protocols.base import Array, Forum, Mask, register
from sim.engine.protocols.hearing import Cases, Complaints, complaints_about
from sim.engine.protocols.mediated import Mediated
from sim.formulas.bargaining.criticism import heard, saliences

if TYPE_CHECKING:
    from sim.engine.agents import Formulator

Index = NDArray[np.intp]


@register
class SingleText(Mediated):
    """A mediator keeps one text, asks what is wrong with it, and revises it.

    Nobody is asked to accept a draft. Of each draft every signatory that is asked at the stage
    names one change on one issue, toward its ideal: first what it could not sign as it stands, then
    what would help it most. The envoy takes up the change that raises the Nash product of estimated
    surpluses most, only as far as it does, then each other one that still raises it. Where it can
    take up none, each names its next. When none is left and nobody says that it could not sign, or
    when enough drafts have been made, the text is put to all as it is: take it or leave it. After a
    refusal the drafting goes on from it.

    Attributes
    ----------
    drafts, refused : ndarray of int, shape (worlds,)
        Drafts since the drafting began or a text was refused; texts put to all and refused.
    belief : ndarray, shape (parties, worlds, issues)
        Logarithms of saliences that the criticism suggests.
    """

    name = "single_text"
    title = "one text, criticised and revised, then take it or leave it"
    citation = (
        "Fisher, Ury & Patton (1991), Getting to Yes, ch. 6; Raiffa (1982), The Art and Science of "
        "Negotiation; improving steps: Ehtamo, Verkama & Hämäläinen (1999), IEEE Trans. SMC-C "
        "29(1); Klein, Faratin, Sayama & Bar-Yam (2003), Group Decision and Negotiation 12(2)"
    )
    needs_envoy = True

    axes: ClassVar[dict[str, str | None]] = {
        "drafts": "world",
        "refused": "world",
        "belief": "party world issue",
    }

    def __init__(self, model: Forum) -> None:
        super().__init__(model)
        if model.envoy is None:
            raise ValueError("the protocol single_text needs an actor with the role formulator")
        self.envoy: Formulator = model.envoy
        self.drafts, self.refused = np.zeros((2, self.talks.worlds), dtype=np.int64)
        self.belief = np.zeros((len(model.signatories), self.talks.worlds, len(self.talks.issues)))

    def bargain(self) -> None:
        model, envoy = self.model, self.envoy
        positions = [self.position_of(party) for party in model.signatories]
        for party, position in zip(model.signatories, positions, strict=True):
            party.move(position, self.talks.talking)
        self._make_known()
        working = self.talks.talking & envoy.active
        drafts = envoy.texts_due() * envoy.spec.mediation.drafts_per_round
        if drafts and working.any():
            final = np.zeros_like(working)
            for _ in range(drafts):
                final |= self._draft(working & ~final)
            if envoy.deadline == self.talks.turn:
                final = working
            if final.any():
                self._put_as_it_is(final)

    def reset(self, where: Mask) -> None:
        self.drafts[where] = 0

    def _draft(self, working: Mask) -> Mask:
        """The next draft in some worlds; where the text is final, (worlds,)."""
        envoy, most = self.envoy, self.envoy.spec.mediation.drafts
        new = working & (self.drafts == 0)
        if new.any():
            begun = envoy.begin()
            envoy.take_up(np.where(new[:, None], self._within_terms(begun), begun))
            self.drafts[new] = 1
        going = working & ~new & (self.drafts < most)
        ready = np.zeros_like(going)
        for worlds, issues in envoy.stages_among(going):
            changed, unsignable = self._revise(worlds, issues)
            ready[worlds] = ~changed & ~unsignable
        self.drafts += going & ~ready
        envoy.tabled += 1
        return ready | (working & (self.drafts >= most))

    def _within_terms(self, text: Array) -> Array:
        """A text with the issues on the table at points that the stage's terms allow."""
        talks = self.talks
        text = np.where(talks.on_table, np.clip(text, talks.terms_low, talks.terms_high), text)
        for column, listed in enumerate(talks.options):
            if listed is not None:
                away = np.abs(text[:, column, None] - listed)
                below = listed < talks.terms_low[:, column, None] - 1e-9
                above = listed > talks.terms_high[:, column, None] + 1e-9
                away = np.where(talks.on_table[:, column, None] & (below | above), np.inf, away)
                text[:, column] = listed[away.argmin(axis=1)]
        return text

    def _put_as_it_is(self, final: Mask) -> None:
        """Take it or leave it: each accepts as any text of the envoy's.

        That is from ``R + (1 − a)(target − R)`` on. With acceptability 1 it is believed that no
        other text will come, and there is nothing to hope for beyond fighting on.
        """
        envoy, model = self.envoy, self.model
        done = self.put_to_all(envoy, envoy.begin(), final)
        self.drafts[done] = 0
        left = final & ~done
        self.drafts[left] = 1
        self.refused += left
        most = envoy.spec.mediation.final_offers
        if most is not None:
            gives_up = left & (self.refused >= most)
            envoy.give_up(gives_up)
            if gives_up.any():
                model.record_withdrawal(gives_up)

    # --- one round of criticism ------------------------------------------------------------------

    def _revise(self, worlds: Index, issues: Index) -> tuple[Mask, Mask]:
        """Hear what is wrong with the text on a stage's issues, and revise it.

        Returns
        -------
        changed, unsignable : ndarray of bool, shape (worlds,)
            Where it has been changed; where somebody has said that it cannot sign what it heard.
        """
        envoy = self.envoy
        choice = envoy.nearest_points(worlds, issues)
        complaints = complaints_about(choice, worlds, issues, envoy, self.talks)
        changed = np.zeros(len(worlds), dtype=bool)
        # many texts change at the first word, most others at none: that first, then all others
        for turns in (range(1), range(1, int(complaints.number.max()))):
            some = np.flatnonzero((turns.start < complaints.number).any(axis=0) & ~changed)
            if len(some) and len(turns):
                said = complaints.among(some)
                choice[:, some], changed[some] = self._hear(
                    worlds[some], issues, said, choice[:, some], turns
                )
        self._make_known()
        text = envoy.begin().copy()
        text[np.ix_(worlds[changed], issues)] = envoy.at_points(choice[:, changed], issues)
        envoy.take_up(text)
        return changed, np.asarray(complaints.beyond.any(axis=(0, 2)))

    def _hear(
        self, worlds: Index, issues: Index, complaints: Complaints, choice: Index, turns: range
    ) -> tuple[Index, Mask]:
        """Hear what is named in some turns, until it changes the text; the text, and where it is.

        What is learnt does not hang on what becomes of the text, so all turns are heard first;
        then the text is revised in every turn that may bring enough, and the first counts that
        does.
        """
        envoy, everywhere = self.envoy, np.arange(len(worlds))
        beliefs, unexplained = self._learn(worlds, issues, complaints, turns)
        spoken = np.array(turns)[:, None, None] < complaints.number
        turn, world = np.nonzero(spoken.any(axis=1))
        number = np.full(spoken.shape[::2], -1)
        number[turn, world] = np.arange(len(turn))
        learnt = saliences(beliefs[turn, :, world].transpose(1, 0, 2))[:, :, issues]
        known = zip(self.model.signatories, learnt, strict=True)
        seen = np.stack([party.known_by(of, worlds[world], issues) for party, of in known])
        doubted = unexplained[turn, :, world].transpose(1, 0, 2)
        *lines, assumed = envoy.lines(worlds[world], issues, doubted)
        cases = Cases(envoy, issues, complaints, choice, turns.start + turn, world, seen, lines)
        enough = self.talks.spec.engine.criticism_enough
        changes = np.zeros(number.shape, dtype=bool)
        texts = np.empty((len(issues), len(turn)), dtype=np.intp)
        for some in blocks(np.flatnonzero(cases.may_bring(spoken[turn, :, world].T, enough))):
            texts[:, some], changes[turn[some], world[some]] = cases.revised(
                some, spoken[turn[some], :, world[some]].T, enough
            )
        changed = np.asarray(changes.any(axis=0))
        last = np.where(changed, changes.argmax(axis=0), len(number) - 1)
        choice = np.where(changed, texts[:, number[last, everywhere]], choice)
        # what was heard after the change is for another day
        self.belief[:, worlds] = beliefs[last, :, everywhere].transpose(1, 0, 2)
        envoy.understand(worlds, issues, unexplained[last, :, everywhere].transpose(1, 0, 2))
        told = np.where(np.arange(len(number))[:, None] <= last, number, -1)
        envoy.assume(worlds, assumed[told.max(axis=0)])
        return choice, changed

    def _learn(
        self, worlds: Index, issues: Index, complaints: Complaints, turns: range
    ) -> tuple[Array, Array]:
        """What criticism says of the critics' saliences and of their red lines.

        After each turn, and if the text does not change: beliefs (turns, parties, worlds, issues of
        the scenario), and how well lines are known then (turns, parties, worlds, issues).
        """
        parties, margin = len(self.belief), self.talks.spec.engine.criticism_margin
        _, distance, beyond, order, rank, number = (of[:parties] for of in complaints[:-2])
        belief = self.belief[:, worlds]
        unexplained = self.envoy.unexplained[np.ix_(np.arange(parties), worlds, issues)]
        beliefs, states = [], []
        for turn in turns:
            who, where = np.nonzero(turn < number)
            named = order[who, where, turn]
            unexplained[who, where, named] *= 0.5
            # what it cannot sign it names first, however little it weighs
            teaches = ~beyond[who, where, named]
            who, where, named = who[teaches], where[teaches], named[teaches]
            left = (rank[who, where] >= turn) & (rank[who, where] < number[who, where, None])
            before, of = belief[who, where], distance[who, where]
            before[:, issues] = heard(
                before[:, issues], of, named, left, np.ones(len(who), dtype=bool), margin
            )
            belief[who, where] = before
            beliefs.append(belief.copy())
            states.append(unexplained.copy())
        return np.array(beliefs), np.array(states)

    def _make_known(self) -> None:
        for party, learnt in zip(self.model.signatories, saliences(self.belief), strict=True):
            party.be_known(learnt)
