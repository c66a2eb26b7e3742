"""What a protocol is: who speaks when, and when a package counts as signed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from sim.arrays import Array, ByWorld, Mask, stacked
from sim.engine.forum import Forum
from sim.registry import PROTOCOLS

if TYPE_CHECKING:
    from sim.engine.agents import Party

register = PROTOCOLS.register


class Protocol(ByWorld, ABC):
    """The rules of one turn of the talks, in all worlds at once.

    A protocol that keeps arrays by world of its own says what their axes are, as
    ``axes = {"standing": "world issue"}`` (:class:`sim.arrays.ByWorld`). One that does not is
    computed in all worlds to the end, which is slower and nothing else.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    citation: ClassVar[str]
    #: what a reader of the results must know about the protocol, printed with them
    caution: ClassVar[str] = ""
    #: whether it cannot go on without a formulator
    needs_envoy: ClassVar[bool] = False
    most_signatories: ClassVar[int] = 40
    """Bargaining among more takes hours: its work grows with the square of their number."""
    #: keys of `protocol:` that it goes by
    keys: ClassVar[tuple[str, ...]] = ("turn", "consent")

    axes: ClassVar[dict[str, str | None]] = {"model": None}

    def __init__(self, model: Forum) -> None:
        self.model, self.talks = model, model.talks

    @abstractmethod
    def bargain(self) -> None:
        """Play one turn: positions, proposals, answers, signatures."""

    def reset(self, where: Mask) -> None:
        """Forget what was on the table in some worlds, where a truce has just been broken."""

    def others_of(self, party: Party) -> tuple[Array, Array]:
        """Stands and believed saliences of all others, each (others, worlds, issues).

        A party weighs another's interest in an issue only where that other's consent is needed.
        """
        others = [p for p in self.model.signatories if p is not party]
        return stacked([o.offer for o in others]), stacked([_cares(o) for o in others])

    def care_of_others(self, party: Party) -> Array:
        """What the saliences of all others, as above, come to together; (worlds, issues)."""
        first, *rest = [_cares(p) for p in self.model.signatories if p is not party]
        for care in rest:
            first = first + care
        return first


def _cares(party: Party) -> Array:
    """Believed saliences where a party's consent is needed, (worlds, issues)."""
    return party.salience_seen if party.consent.all() else party.salience_seen * party.consent
