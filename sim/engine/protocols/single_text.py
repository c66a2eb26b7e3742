"""The one-text procedure."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import blocks
from sim.engine.agents import Formulator
from sim.engine.agents.mediator import distances
from sim.engine.protocols.base import Array, Hall, Mask, register
from sim.engine.protocols.mediated import Mediated
from sim.formulas.bargaining.criticism import heard, revised
from sim.formulas.bargaining.drafting import at

Index = NDArray[np.intp]
LEAST = 1e-9
"""Salience with which an issue that is nothing to a party comes last in its criticism."""


class Complaints(NamedTuple):
    """What each critic would change in a text, arrays (critics, worlds, issues).

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
    rank : ndarray of int
        The place of each issue in that order.
    number : ndarray of int, shape (critics, worlds)
        How many changes would help it at all.
    lost : ndarray, shape (issues, critics, worlds)
        What it loses by the text for weight 1; by what it votes on, with the weight there.
    """

    wanted: Index
    distance: Array
    beyond: Mask
    order: Index
    rank: Index
    number: Index
    lost: Array

    def among(self, some: Index) -> Complaints:
        """Those in some of the worlds."""
        return Complaints(*(of[:, some] for of in self[:-1]), self.lost[:, :, some])


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

        What is learnt does not hang on what becomes of the text, so all turns are heard first, then
        all criticisms judged at once as if they were worlds of their own, then the text revised
        where one of them is worth it.
        """
        envoy, everywhere = self.envoy, np.arange(len(worlds))
        heard_by = np.array(turns)[:, None, None] < complaints.number
        beliefs, unexplained = self._learn(worlds, issues, complaints, turns)
        # all that is judged: turns in which somebody speaks, turn by turn
        turn, world = np.nonzero(heard_by.any(axis=1))
        number = np.full(heard_by.shape[::2], -1)
        number[turn, world] = np.arange(len(turn))
        learnt = _saliences(beliefs[turn, :, world].transpose(1, 0, 2))[:, :, issues]
        seen = np.stack(
            [
                party.known_by(of, worlds[world], issues)
                for party, of in zip(self.model.signatories, learnt, strict=True)
            ]
        )
        *lines, assumed = envoy.lines(
            worlds[world], issues, unexplained[turn, :, world].transpose(1, 0, 2)
        )

        def revise(turn: Index, world: Index, critic: Index, spoken: Mask) -> tuple[Index, Mask]:
            """The text by what some critics say, arrays (critics, cases); in which cases it is."""
            named, case = complaints.order[critic, world, turns.start + turn], number[turn, world]
            # judged on the issues that are named; what is lost on the others is lost already
            on, place = named, (named[:, None] == named).argmax(axis=0)
            pairs = [] if envoy.exclusions is None else envoy.exclusions.pairs_among(issues)
            if pairs:
                on, place = np.tile(np.arange(len(issues))[:, None], len(world)), named
            before, sides = choice[on, world], np.arange(len(seen))[:, None]
            loss, gap, extra, _ = envoy.judged(
                worlds[world],
                issues,
                on,
                seen[sides, case, on[:, None]],
                [side[:, case, on].transpose(0, 2, 1) for side in lines],
            )
            lost = complaints.lost[:, :, world]
            lost[:, : len(seen)] *= seen[:, case].transpose(2, 0, 1)
            gap -= lost.sum(axis=0)
            gap += at(loss, before[:, None]).sum(axis=0)
            after, changed = revised(
                before,
                loss,
                gap,
                extra,
                place,
                complaints.wanted[critic, world, named],
                spoken,
                envoy.welfare,
                self.talks.spec.engine.criticism_enough,
                pairs,
            )
            text = choice[:, world]
            text[on, np.arange(len(world))] = after if pairs else after[place, np.arange(len(world))]
            return text, changed

        worth = np.zeros(number.shape, dtype=bool)
        for said in blocks(np.flatnonzero(heard_by)):
            when, critic, where = np.unravel_index(said, heard_by.shape)
            _, changes = revise(when, where, critic[None], np.ones((1, len(said)), dtype=bool))
            worth[when[changes], where[changes]] = True
        changed, last = worth.any(axis=0), np.where(worth.any(axis=0), worth.argmax(axis=0), -1)
        some = np.flatnonzero(changed)
        if len(some):
            critics = np.arange(heard_by.shape[1])[:, None]
            spoken = heard_by[last[some], :, some].T
            choice = choice.copy()
            choice[:, some], changed[some] = revise(last[some], some, critics, spoken)
        # what was heard after the change is for another day
        self.belief[:, worlds] = beliefs[last, :, everywhere].transpose(1, 0, 2)
        envoy.understand(worlds, issues, unexplained[last, :, everywhere].transpose(1, 0, 2))
        told = np.where(np.arange(len(number))[:, None] <= last % len(number), number, -1)
        envoy.assume(worlds, assumed[told.max(axis=0)])
        return choice, changed

    def _complaints(self, worlds: Index, issues: Index, choice: Index) -> Complaints:
        """What each would change: the parties that are asked, and whoever voted a text down."""
        model, envoy = self.model, self.envoy
        signatories, points = model.signatories, envoy.points
        every, here = np.arange(len(issues))[:, None], np.ix_(worlds, issues)
        table = distances(points[issues, None], signatories, issues[:, None], worlds)
        # where other issues stand bears on a gate's threshold, not on what it would change
        rest = model.war.no_deal[worlds]
        gates = model.ratification.in_draft(worlds, issues, every, points, rest)
        if gates is not None:
            table = np.concatenate([table, gates.loss], axis=1)
        weight = np.ones(table.shape[:3])
        beyond = np.zeros(table.shape[:3], dtype=bool)
        for k, party in enumerate(signatories):
            asked = (self.talks.on_table & party.consent).any(axis=1)[worlds]
            weight[:, k] = np.where(asked, np.maximum(party.weight[here].T, LEAST), 0.0)
            beyond[:, k] = party.cannot_sign(envoy.begin())[here].T
        wanted, lost = table.argmin(axis=3), at(table, choice[:, None])
        won = lost - at(table, wanted)
        gain = weight * won
        beyond &= gain > 0.0
        # gains are at most 1; equal ones in the order of the issues, whatever their last digit
        rank = np.round(gain, 12) + 2.0 * beyond
        order = np.argsort(-rank.transpose(1, 2, 0), axis=2, kind="stable")
        return Complaints(
            *(of.transpose(1, 2, 0) for of in (wanted, won, beyond)),
            order,
            np.argsort(order, axis=2),
            (gain > 0.0).sum(axis=0),
            lost,
        )

    def _learn(
        self, worlds: Index, issues: Index, complaints: Complaints, turns: range
    ) -> tuple[Array, Array]:
        """What criticism says of the critics' saliences and of their red lines.

        After each turn, and if the text does not change: beliefs (turns, parties, worlds, issues of
        the scenario), and how well lines are known then (turns, parties, worlds, issues).
        """
        parties, shape = len(self.belief), (-1, len(issues))
        _, distance, beyond, order, rank, number, _ = (of[:parties] for of in complaints)
        belief = self.belief[:, worlds]
        unexplained = self.envoy.unexplained[np.ix_(np.arange(parties), worlds, issues)]
        beliefs, states = [], []
        for turn in turns:
            spoken, named = turn < number, order[:, :, turn]
            who, where = np.nonzero(spoken)
            what = named[who, where]
            unexplained[who, where, what] *= 0.5
            # what it cannot sign it names first, however little it weighs
            teaches = spoken.copy()
            teaches[who, where] = ~beyond[who, where, what]
            belief[:, :, issues] = heard(
                belief[:, :, issues].reshape(shape),
                distance.reshape(shape),
                named.ravel(),
                ((rank >= turn) & (rank < number[..., None])).reshape(shape),
                teaches.ravel(),
                self.talks.spec.engine.criticism_margin,
            ).reshape(distance.shape)
            beliefs.append(belief.copy())
            states.append(unexplained.copy())
        return np.array(beliefs), np.array(states)

    def _make_known(self) -> None:
        for party, learnt in zip(self.model.signatories, _saliences(self.belief), strict=True):
            party.be_known(learnt)


def _saliences(belief: Array) -> Array:
    """Weights that sum to 1 over the last axis, of logarithms."""
    weight = np.exp(belief - belief.max(axis=-1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))
