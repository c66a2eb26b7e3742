"""What is said against a text, and what it would be worth to follow it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import BLOCK, Array, Mask, blocks
from sim.engine.state import Talks
from sim.formulas.bargaining.criticism import best_steps, most_along, revised
from sim.formulas.bargaining.drafting import at

if TYPE_CHECKING:
    from sim.engine.agents import Formulator
    from sim.engine.agents.mediator import Estimates

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
    judged : Estimates
        What the text is judged by for weight 1, red lines aside.
    """

    wanted: Index
    distance: Array
    beyond: Mask
    order: Index
    rank: Index
    number: Index
    lost: Array
    judged: Estimates

    def among(self, some: Index) -> Complaints:
        """Those in some of the worlds."""
        loss, gap, extra, _ = self.judged
        judged = self.judged._replace(loss=loss[:, :, some], gap=gap[:, some], extra=extra[:, some])
        said: list[Any] = [of[:, some] for of in self[:-2]]
        return Complaints._make([*said, self.lost[:, :, some], judged])


def complaints_about(
    choice: Index, worlds: Index, issues: Index, envoy: Formulator, talks: Talks
) -> Complaints:
    """What each would change: the parties that are asked, and whoever voted a text down.

    The text is that of an envoy, at drafting points (issues, worlds) of a stage's issues.
    """
    signatories, here = envoy.signatories, np.ix_(worlds, issues)
    judged = envoy.unweighed(worlds, issues)
    table = judged.loss
    weight = np.ones(table.shape[:3])
    beyond = np.zeros(table.shape[:3], dtype=bool)
    for k, party in enumerate(signatories):
        asked = (talks.on_table & party.consent).any(axis=1)[worlds]
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
        wanted.transpose(1, 2, 0),
        won.transpose(1, 2, 0),
        beyond.transpose(1, 2, 0),
        order,
        np.argsort(order, axis=2),
        (gain > 0.0).sum(axis=0),
        lost,
        judged,
    )


class Cases:
    """Turns of criticism in some worlds, each with what the envoy would know by then.

    Parameters
    ----------
    envoy : Formulator
    issues : ndarray of int
        Those on the table.
    complaints : Complaints
    choice : ndarray of int, shape (issues, worlds)
        The text.
    turn, world : ndarray of int, shape (cases,)
    seen : ndarray, shape (parties, cases, issues)
        What the saliences are taken for.
    lines : two of ndarray, shape (parties, cases, issues)
        What the red lines are taken for.
    """

    def __init__(
        self,
        envoy: Formulator,
        issues: Index,
        complaints: Complaints,
        choice: Index,
        turn: Index,
        world: Index,
        seen: Array,
        lines: Sequence[Array],
    ) -> None:
        self.envoy, self.issues, self.complaints, self.choice = envoy, issues, complaints, choice
        self.world, self.seen, self.lines = world, seen, lines
        #: the issue that each critic would name, and the point that it wants, (critics, cases)
        self.named = complaints.order[:, world, turn]
        critics = np.arange(len(self.named))[:, None]
        self.wanted = complaints.wanted[critics, world, self.named]
        lost = complaints.lost[:, :, world]
        lost[:, : len(seen)] *= seen.transpose(2, 0, 1)
        #: what the text leaves to each, (critics, cases)
        self.surplus = complaints.judged.gap[:, world] - lost.sum(axis=0)

    def _judged(self, cases: Index, on: Index, points: Index) -> tuple[Array, Array]:
        """What is lost and gained by issues (places, cases) at points (places, cases, points)."""
        where = on[..., None], self.world[cases][:, None], points
        tables = self.complaints.judged.loss.transpose(1, 0, 2, 3)
        loss = np.stack([table[where] for table in tables], axis=1)
        for party, seen in enumerate(self.seen):
            loss[:, party] *= seen[cases, on][..., None]
        lines = [side[:, cases, on].transpose(0, 2, 1) for side in self.lines]
        extra = self.complaints.judged.extra[where]
        return loss, extra - self.envoy.penalty(self.issues[on], points, lines)

    def may_bring(self, spoken: Mask, enough: float) -> Mask:
        """In which cases what is said, (critics, cases), may raise the welfare by enough.

        By the first step towards each point wanted: the rest of the way brings no more for its
        length, but where issues can be put off or exclude each other.
        """
        envoy, may = self.envoy, np.asarray(spoken.any(axis=0))
        if self.complaints.judged.pairs or any(p.deferrals for p in envoy.signatories):
            return may
        may = np.zeros_like(may)
        for said in blocks(np.flatnonzero(spoken), 8 * BLOCK):  # of two points each
            critic, case = np.unravel_index(said, spoken.shape)
            named, goal = self.named[critic, case], self.wanted[critic, case]
            here = self.choice[named, self.world[case]]
            ahead = here + np.sign(goal - here)
            loss, extra = self._judged(case, named[None], np.stack([here, ahead], axis=-1)[None])
            none = np.zeros((1, len(said)), dtype=np.intp)
            rise, _ = best_steps(
                none, self.surplus[:, case], loss, extra, none, none + 1, envoy.welfare
            )
            grid = envoy.points[self.issues[named]]
            way = most_along(rise[0], at(grid, here), at(grid, ahead), at(grid, goal))
            may[case[way > enough - 1e-9]] = True
        return may

    def revised(self, cases: Index, spoken: Mask, enough: float) -> tuple[Index, Mask]:
        """The text in some cases by all that is said, (issues, cases); where it is changed."""
        pairs, every = self.complaints.judged.pairs, np.arange(len(cases))
        text, named = self.choice[:, self.world[cases]], self.named[:, cases]
        # judged on the issues that are named; what is lost on the others is lost already
        on, place = named, (named[:, None] == named).argmax(axis=0)
        if pairs:
            on, place = np.tile(np.arange(len(text))[:, None], len(cases)), named
        before = text[on, every]
        loss, extra = self._judged(cases, on, np.arange(self.envoy.points.shape[1]))
        gap = self.surplus[:, cases] + at(loss, before[:, None]).sum(axis=0)
        wanted, welfare = self.wanted[:, cases], self.envoy.welfare
        after, changed = revised(
            before, loss, gap, extra, place, wanted, spoken, welfare, enough, pairs
        )
        text[on, every] = after if pairs else after[place, every]
        return text, changed
