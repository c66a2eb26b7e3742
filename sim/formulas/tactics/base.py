"""What a concession tactic is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from sim.arrays import Array, ByWorld
from sim.registry import TACTICS

register = TACTICS.register


@dataclass(frozen=True)
class Parameter:
    """A tactic's parameter: default, bounds and meaning."""

    default: float
    low: float
    high: float
    text: str


@dataclass
class View:
    """What a tactic may look at when it sets the aspiration; arrays over worlds.

    Attributes
    ----------
    time : ndarray, shape (worlds,)
        Time gone by as a share of the party's patience; 1 and more: its patience is used up.
    received : ndarray, shape (worlds,)
        Utility to the party of what the others offer now (mean over the others); NaN for tactics
        that do not look at it.
    received_before : ndarray, shape (worlds,)
        The same one turn ago.
    before : ndarray, shape (worlds,)
        Its own aspiration one turn ago (1 = best outcome, 0 = reservation value).
    gap : ndarray, shape (worlds,)
        Utility between its reservation value and its best outcome.
    own_offers, others_offers : ndarray, shape (worlds,)
        Number of different offers made so far by itself, and by the least active other.
    """

    time: Array
    received: Array
    received_before: Array
    before: Array
    gap: Array
    own_offers: Array
    others_offers: Array


class Tactic(ByWorld, ABC):
    """A concession tactic: from the state of the talks to an aspiration level.

    The aspiration is a number from 1 (holds out for the best outcome) to 0 (would accept its
    reservation value); the target utility is ``R + (A − R) · aspiration``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    citation: ClassVar[str]
    parameters: ClassVar[dict[str, Parameter]] = {}
    #: whether it looks at ``received`` and ``received_before``, which are otherwise not computed
    looks_at_offers: ClassVar[bool] = True

    def __init__(self, **values: Any) -> None:
        for key, parameter in self.parameters.items():
            setattr(self, key, float(values.get(key, parameter.default)))

    @abstractmethod
    def aspiration(self, view: View) -> Array:
        """Aspiration of this turn, shape ``(worlds,)``, in [0, 1]."""
