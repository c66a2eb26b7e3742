"""Models of group decisions as protocols: ideals, saliences and power, and nothing else.

They know no red lines, no reservation values and no consent: whoever sits at the table is bound by
what the group decides, also where it would be better off fighting on. They are yardsticks for the
bargaining protocols, not a picture of talks that anybody can leave.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from sim.engine.protocols.base import Array, Forum, Mask, Protocol, register
from sim.formulas.groups.averages import condorcet, weighted_mean, weighted_median
from sim.formulas.groups.challenge import ROUNDS, STILL, one_round
from sim.formulas.groups.exchange import exchange


class GroupDecision(Protocol):
    """The group decides all issues of a stage at once, and everybody is bound.

    An actor counts on the issues on which it has a position, with salience × power. Salience is
    taken relative to the issue dearest to the actor, because scenarios give proportions only, or as
    written where the protocol says so; power is 1 where the scenario gives none. What a gate
    rejects or a broken truce undoes is not decided again: the same group would decide the same.

    Attributes
    ----------
    position : ndarray, shape (worlds, parties, issues)
        Where the parties stand now; they start from their ideals.
    salience, power : ndarray, shape (worlds, parties, issues)
        Power is 0 where a party has no position.
    """

    caution = (
        "This protocol is a model of group decisions: everybody is bound by what the group "
        "decides; red lines and reservation values play no part."
    )

    most_signatories: ClassVar[int] = 1000
    keys: ClassVar[tuple[str, ...]] = ("turn", "salience")
    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("position", "salience", "power"), "world party issue"),
        "decided_once": "world",
    }

    def __init__(self, model: Forum) -> None:
        super().__init__(model)
        parties, issues = model.signatories, self.talks.issues
        self.position = np.stack([p.ideal for p in parties], axis=1)
        if self.talks.spec.protocol.salience == "as_written":
            self.salience = np.stack([p.salience for p in parties], axis=1)
        else:
            weight = np.stack([p.weight for p in parties], axis=1)
            self.salience = weight / weight.max(axis=2, keepdims=True)
        takes_part = np.array([[i in p.spec.positions for i in issues] for p in parties])
        takes_part[:, ~takes_part.any(axis=0)] = True
        power = [
            np.ones(self.talks.worlds)
            if p.spec.power is None
            else self.talks.draws.number(f"actors.{p.key}.power", p.spec.power)
            for p in parties
        ]
        self.power = np.stack(power, axis=1)[:, :, None] * takes_part
        idle = (self.salience * self.power).sum(axis=1) <= 0.0
        # nobody with any weight cares about the issue: all count alike
        self.salience = np.where(idle[:, None], 1.0, self.salience)
        self.power = np.where(idle[:, None], takes_part, self.power)
        self.decided_once = np.zeros(self.talks.worlds, dtype=bool)

    @property
    def weights(self) -> Array:
        return self.salience * self.power

    @abstractmethod
    def decide(self, where: Mask) -> tuple[Array, Mask]:
        """A package (worlds, issues), and in which of the worlds it is the decision already."""

    def bargain(self) -> None:
        where = self.talks.talking & ~self.decided_once
        if not where.any():
            return
        package, done = self.decide(where)
        if done.any():
            self.model.sign(self._allowed(package), done)

    def _allowed(self, package: Array) -> Array:
        """The package within the terms of the stage, on the listed points of `options` issues."""
        package = np.clip(package, self.talks.terms_low, self.talks.terms_high)
        for column, listed in enumerate(self.talks.options):
            if listed is not None:
                nearest = np.abs(package[:, column, None] - listed).argmin(axis=1)
                package[:, column] = listed[nearest]
        return package

    def reset(self, where: Mask) -> None:
        self.decided_once = self.decided_once | where


@register
class Compromise(GroupDecision):
    """The mean of the ideals, weighted by salience and power, in the first round."""

    name = "compromise"
    title = "the mean of all ideals, weighted by salience and power"
    citation = (
        "Van den Bos (1991), Dutch EC Decision Making; Achen (2006) in Thomson et al. (eds), The "
        "European Union Decides"
    )

    def decide(self, where: Mask) -> tuple[Array, Mask]:
        return weighted_mean(self.position.swapaxes(1, 2), self.weights.swapaxes(1, 2)), where


@register
class Median(GroupDecision):
    """The median of the ideals, weighted by salience and power, in the first round."""

    name = "median"
    title = "the median voter's ideal on every issue, votes by salience and power"
    citation = "Black (1948), Journal of Political Economy 56(1), doi:10.1086/256633"

    def decide(self, where: Mask) -> tuple[Array, Mask]:
        return weighted_median(self.position.swapaxes(1, 2), self.weights.swapaxes(1, 2)), where


@register
class Exchange(GroupDecision):
    """Pairs trade votes between the issues of a stage; the mean of what results is signed."""

    name = "exchange"
    keys = ("turn", "salience", "rounds")
    title = "votes traded between issues at equal gain, then the weighted mean"
    citation = (
        "Stokman & Van Oosten (1994), The exchange of voting positions, in Bueno de Mesquita & "
        "Stokman (eds), European Community Decision Making"
    )

    def decide(self, where: Mask) -> tuple[Array, Mask]:
        package = np.full((self.talks.worlds, len(self.talks.issues)), np.nan)
        position = np.where(self.power > 0, self.position, np.nan)
        for world in np.flatnonzero(where):
            on = self.talks.on_table[world]
            package[world, on] = exchange(
                position[world][:, on],
                self.salience[world][:, on],
                self.power[world][:, on],
                self.talks.spec.protocol.rounds,
            )
        return package, where


@register
class Challenge(GroupDecision):
    """The expected-utility model: challenges move positions round by round.

    When nobody moves any more, or after ten rounds (or those that the scenario says), the median
    voter's position is signed. In the reading that reproduces the published table.
    """

    caution = (
        f"{GroupDecision.caution} Challenges can go round in a circle for ever: where positions "
        f"still move after {ROUNDS} rounds (protocol.rounds), the count is cut there, and another "
        "number can give another answer."
    )

    name = "challenge"
    keys = ("turn", "salience", "rounds")
    title = "challenges by expected utility, then the median voter's position"
    citation = (
        "Bueno de Mesquita (1994) in European Community Decision Making; Scholz, Calbert & Smith "
        "(2011), ICAART, doi:10.5220/0003121500180030"
    )

    axes: ClassVar[dict[str, str | None]] = {"rounds": "world", "enough": "world issue"}

    def __init__(self, model: Forum) -> None:
        super().__init__(model)
        self.rounds = np.zeros(self.talks.worlds, dtype=np.int64)
        self.most = self.talks.spec.protocol.rounds or ROUNDS
        low, high = self._ends()
        self.enough = STILL * (high - low)

    def _ends(self) -> tuple[Array, Array]:
        """Outermost positions of those who take part, (worlds, issues) each."""
        there = self.power > 0
        low = np.where(there, self.position, np.inf).min(axis=1)
        high = np.where(there, self.position, -np.inf).max(axis=1)
        return low, high

    def decide(self, where: Mask) -> tuple[Array, Mask]:
        model = self.model
        moves_now = where[:, None] & self.talks.on_table
        before, package = self.position, np.full(moves_now.shape, np.nan)
        after = before.copy()
        for column in np.flatnonzero(moves_now.any(axis=0)):
            members = np.flatnonzero((self.power[:, :, column] > 0).any(axis=0))
            x, s, c = (a[:, members, column] for a in (before, self.salience, self.power))
            moved = np.where(moves_now[:, column, None], one_round(x, s, c), x)
            after[:, members, column] = moved
            package[:, column] = condorcet(moved, s * c)
        self.position = after
        self.rounds += where
        still = np.abs(after - before).max(axis=1) <= self.enough
        over = where & ((still | ~self.talks.on_table).all(axis=1) | (self.rounds >= self.most))
        for number, party in enumerate(model.signatories):
            party.put(after[:, number], where)
        self.rounds[over] = 0
        return package, over
