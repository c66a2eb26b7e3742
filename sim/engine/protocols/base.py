"""What a protocol is: who speaks when, and when a package counts as signed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import stacked
from sim.registry import PROTOCOLS

if TYPE_CHECKING:
    from sim.engine.agents import Party
    from sim.engine.model import PeaceTalks

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
register = PROTOCOLS.register


class Protocol(ABC):
    """The rules of one round of talks, in all worlds at once."""

    name: ClassVar[str]
    title: ClassVar[str]
    citation: ClassVar[str]
    #: what a reader of the results must know about the protocol, printed with them
    caution: ClassVar[str] = ""
    #: whether it cannot go on without a formulator
    needs_envoy: ClassVar[bool] = False

    def __init__(self, model: PeaceTalks) -> None:
        self.model = model

    @abstractmethod
    def bargain(self) -> None:
        """Play one round: positions, proposals, answers, signatures."""

    def reset(self, where: Mask) -> None:  # noqa: B027 (most protocols keep nothing)
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
