"""The one-text procedure."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.agents import Formulator
from sim.engine.protocols.base import Array, Hall, Mask, register
from sim.engine.protocols.mediated import Mediated
from sim.formulas.bargaining.criticism import heard, revised
from sim.formulas.bargaining.drafting import entries

Index = NDArray[np.intp]
LEAST = 1e-9
"""Salience with which an issue that is nothing to a party comes last in its criticism."""


class Complaints(NamedTuple):
    """What each critic would change in a text, arrays (worlds, critics, issues).

    Attributes
    ----------
    wanted : ndarray of int
        The drafting point that it wants.
    distance : ndarray
        Share of the issue's weight that this would win back.
    beyond : ndarray of bool
        Where the text is one that it cannot sign.
    order : ndarray of int
        The issues, what it cannot sign first, then the change that would help it most.
    number : ndarray of int, shape (worlds, critics)
        How many changes would help it at all.
    """

    wanted: Index
    distance: Array
    beyond: Mask
    order: Index
    number: Index


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

    def __init__(self, model: Hall) -> None:
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
        complaints = self._complaints(worlds, issues, choice)
        changed = np.zeros(len(worlds), dtype=bool)
        for turn in range(len(issues)):
            spoken = (turn < complaints.number) & ~changed[:, None]
            some = np.flatnonzero(spoken.any(axis=1))
            if not len(some):
                break
            named = complaints.order[:, :, turn]
            self._learn(worlds, issues, complaints, turn, spoken)
            loss, gap, extra, pairs = envoy.estimates(worlds[some], issues)
            wanted = np.take_along_axis(complaints.wanted, named[:, :, None], axis=2)[:, :, 0]
            choice[:, some], changed[some] = revised(
                choice[:, some],
                loss,
                gap,
                extra,
                named[some],
                wanted[some],
                spoken[some],
                envoy.welfare,
                self.talks.spec.engine.criticism_enough,
                pairs,
            )
        text = envoy.begin().copy()
        text[np.ix_(worlds[changed], issues)] = envoy.at_points(choice[:, changed], issues)
        envoy.take_up(text)
        return changed, np.asarray(complaints.beyond.any(axis=(1, 2)))

    def _complaints(self, worlds: Index, issues: Index, choice: Index) -> Complaints:
        """What each would change: the parties that are asked, and whoever voted a text down."""
        model, envoy = self.model, self.envoy
        signatories = model.signatories
        here, points = np.ix_(worlds, issues), envoy.points[issues]
        table = envoy.distances(worlds, issues)
        # where other issues stand bears on a gate's threshold, not on what it would change
        gates = model.ratification.in_draft(worlds, issues, points, model.war.no_deal[worlds])
        if gates is not None:
            table = np.concatenate([table, gates.loss], axis=2)
        weight = np.ones(table.shape[:3])
        beyond = np.zeros(table.shape[:3], dtype=bool)
        for k, party in enumerate(signatories):
            asked = (self.talks.on_table & party.consent).any(axis=1)[worlds]
            weight[:, :, k] = np.where(asked, np.maximum(party.weight[here].T, LEAST), 0.0)
            beyond[:, :, k] = party.cannot_sign(envoy.begin())[here].T
        wanted = table.argmin(axis=3)
        at_best = np.take_along_axis(table, wanted[..., None], axis=3)[..., 0]
        won = np.stack([entries(t, c) for t, c in zip(table, choice, strict=True)]) - at_best
        gain = weight * won
        beyond &= gain > 0.0
        # gains are at most 1; equal ones in the order of the issues, whatever their last digit
        rank = np.round(gain, 12) + 2.0 * beyond
        first = np.argsort(-rank.transpose(1, 2, 0), axis=2, kind="stable")
        return Complaints(
            wanted.transpose(1, 2, 0),
            won.transpose(1, 2, 0),
            beyond.transpose(1, 2, 0),
            first,
            (gain > 0.0).sum(axis=0),
        )

    def _learn(
        self, worlds: Index, issues: Index, complaints: Complaints, turn: int, spoken: Mask
    ) -> None:
        """What a criticism says of the critic's saliences and of its red line on that issue."""
        here = np.ix_(worlds, issues)
        rows = np.arange(len(worlds))
        for k in range(len(self.model.signatories)):
            order, beyond = complaints.order[:, k], complaints.beyond[:, k]
            named = order[:, turn]
            where = spoken[:, k]
            self.envoy.hear_reason(k, worlds[where], issues[named[where]])
            rank = np.argsort(order, axis=1)
            unnamed = (rank >= turn) & (rank < complaints.number[:, k, None])
            # what it cannot sign it names first, however little it weighs
            self.belief[k][here] = heard(
                self.belief[k][here],
                complaints.distance[:, k],
                named,
                unnamed,
                where & ~beyond[rows, named],
                self.talks.spec.engine.criticism_margin,
            )
        self._make_known()

    def _make_known(self) -> None:
        for party, belief in zip(self.model.signatories, self.belief, strict=True):
            weight = np.exp(belief - belief.max(axis=1, keepdims=True))
            party.be_known(weight / weight.sum(axis=1, keepdims=True))
