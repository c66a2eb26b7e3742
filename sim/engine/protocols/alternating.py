"""Stacked alternating offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.engine.protocols.base import Array, Forum, Mask, Protocol, register

if TYPE_CHECKING:
    from sim.engine.agents import Party


@register
class Alternating(Protocol):
    """Each signatory in turn accepts the standing proposal or replaces it with its own.

    A proposal that all others accept in a row is signed. Who begins rotates from turn to turn,
    so no side has the first word by its name.
    """

    name = "alternating"
    title = "alternating offers, each signatory in turn"
    citation = (
        "Aydoğan, Festen, Hindriks & Jonker (2017), Alternating offers protocols for multilateral "
        "negotiation, doi:10.1007/978-3-319-51563-2_10; Rubinstein (1982), Econometrica 50(1)"
    )

    axes: ClassVar[dict[str, str | None]] = {"standing": "world issue", "accepted": "world"}

    def __init__(self, model: Forum) -> None:
        super().__init__(model)
        self.standing = np.full((self.talks.worlds, len(self.talks.issues)), np.nan)
        self.accepted = {p.key: np.zeros(self.talks.worlds, dtype=bool) for p in model.signatories}

    def bargain(self) -> None:
        model = self.model
        parties = model.signatories
        self._lapse()
        first = (self.talks.turn - 1) % len(parties)
        for party in parties[first:] + parties[:first]:
            there = ~np.isnan(self.standing[:, 0]) & self.talks.talking & ~self.accepted[party.key]
            yes = self._answer(party, there) if there.any() else there
            self._propose(party, self.talks.talking & ~yes)

    def _answer(self, party: Party, there: Mask) -> Mask:
        """Where a party says yes to what stands in some worlds; signed where it is the last."""
        model = self.model
        package = np.where(there[:, None], self.standing, party.offer)
        yes = there & party.accepts(package[:, None, :])[:, 0]
        model.count("accepts", party, yes)
        model.count("refuses", party, there & ~yes)
        self.accepted[party.key] |= yes
        done = yes & model.consented(self.accepted)
        if done.any():
            self._settle(package, done)
        return yes

    def _lapse(self) -> None:
        """A yes of the last turn lapses where fighting on has become worth more since."""
        there = ~np.isnan(self.standing[:, 0])
        for party in self.model.signatories:
            if not self.accepted[party.key].any():
                continue
            package = np.where(there[:, None], self.standing, party.offer)
            self.accepted[party.key] &= party.stands_behind(package)

    def _propose(self, party: Party, where: Mask) -> None:
        offer = party.propose(*self.others_of(party))
        party.put(offer, where)
        for other in party.others:
            other.hear(party.offer[None], where)
        self.standing = np.where(where[:, None], party.offer, self.standing)
        behind = party.stands_behind(party.offer)
        for key, accepted in self.accepted.items():
            accepted[where] = behind[where] if key == party.key else False

    def _settle(self, package: Array, done: Mask) -> None:
        self.model.sign(package, done)
        self.reset(done)

    def reset(self, where: Mask) -> None:
        self.standing = np.where(where[:, None], np.nan, self.standing)
        for accepted in self.accepted.values():
            accepted[where] = False
