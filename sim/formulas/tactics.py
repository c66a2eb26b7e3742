"""Concession tactics, one small class each, in a registry.

Some concede with time, others answer what the others do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from sim.arrays import Array, ByWorld, clipped
from sim.registry import TACTICS

FARATIN = (
    "Faratin, Sierra & Jennings (1998), Negotiation decision functions for autonomous agents, "
    "Robotics and Autonomous Systems 24, 159–182, doi:10.1016/S0921-8890(98)00029-3"
)
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
        if unknown := sorted(values.keys() - self.parameters.keys()):
            raise TypeError(
                f"the tactic '{self.name}' has no parameter '{unknown[0]}' (it has: "
                f"{', '.join(self.parameters) or 'none'})"
            )
        for key, parameter in self.parameters.items():
            setattr(self, key, float(values.get(key, parameter.default)))

    @abstractmethod
    def aspiration(self, view: View) -> Array:
        """Aspiration of this turn, shape ``(worlds,)``, in [0, 1]."""

    def checked(self, view: View) -> Array:
        """The same as the engine takes it: cut to [0, 1].

        Raises
        ------
        ValueError
            If it is not one finite number for each world.
        """
        found = np.asarray(self.aspiration(view))
        if found.shape != view.time.shape or not np.isfinite(found).all():
            wrong = "NaN or infinite numbers" if found.shape == view.time.shape else found.shape
            raise ValueError(
                f"the tactic '{self.name}' ({type(self).__qualname__}.aspiration) gives {wrong}: "
                f"an aspiration is a finite number for each world, here of shape {view.time.shape}"
            )
        return clipped(found, 0.0, 1.0)


def polynomial_concession(time: Array, beta: float | Array, opening: float = 0.0) -> Array:
    """Share conceded after ``time``: α(t) = k + (1 − k) min(t, 1)^(1/β) (Faratin et al. 1998).

    Parameters
    ----------
    time : ndarray
        Share of the patience gone by.
    beta : float or ndarray
        β < 1 concedes late (boulware), β = 1 evenly, β > 1 early (conceder).
    opening : float
        k, the share conceded at the start.

    Examples
    --------
    >>> polynomial_concession(np.array([0.0, 0.5, 2.0]), 1.0)
    array([0. , 0.5, 1. ])
    """
    return opening + (1 - opening) * clipped(time, 0.0, 1.0) ** (1.0 / np.asarray(beta))


class _TimeDependent(Tactic):
    citation = FARATIN
    looks_at_offers = False
    beta: float
    opening: float

    def aspiration(self, view: View) -> Array:
        return 1.0 - polynomial_concession(view.time, self.beta, self.opening)


OPENING = Parameter(0.0, 0.0, 1.0, "share conceded at the very start")


def _parameters(beta: float, low: float, high: float) -> dict[str, Parameter]:
    return {
        "beta": Parameter(beta, low, high, "exponent β; smaller concedes later"),
        "opening": OPENING,
    }


@register
class Boulware(_TimeDependent):
    """Holds out and concedes late."""

    name = "boulware"
    title = "concedes late"
    parameters: ClassVar[dict[str, Parameter]] = _parameters(0.25, 0.01, 1.0)


@register
class Linear(_TimeDependent):
    """Concedes evenly over its patience."""

    name = "linear"
    title = "concedes evenly"
    parameters: ClassVar[dict[str, Parameter]] = {"opening": OPENING}
    beta = 1.0


@register
class Conceder(_TimeDependent):
    """Concedes most at the start."""

    name = "conceder"
    title = "concedes early"
    parameters: ClassVar[dict[str, Parameter]] = _parameters(4.0, 1.0, 100.0)


@register
class Hardliner(Tactic):
    """Never comes down from its best outcome; signs only what gives it that."""

    name = "hardliner"
    title = "does not concede"
    citation = (
        "the 'hardheaded' end of the tactics in Baarslag, Hindriks & Jonker (2011), Towards a "
        "quantitative concession-based classification method of negotiation strategies, PRIMA"
    )

    looks_at_offers = False

    def aspiration(self, view: View) -> Array:
        return np.ones_like(view.time)


@register
class TitForTat(Tactic):
    """Gives up as much of its own utility as the others' last concession gave it."""

    name = "tit_for_tat"
    title = "concedes as the others concede"
    citation = FARATIN + " (absolute tit-for-tat, here in utility and without its random part)"
    parameters: ClassVar[dict[str, Parameter]] = {
        "opening": Parameter(
            0.05, 0.0, 1.0, "share conceded at the very start: without it nobody moves"
        ),
        "reciprocity": Parameter(1.0, 0.0, 2.0, "own concession per unit received"),
    }
    opening: float
    reciprocity: float

    def aspiration(self, view: View) -> Array:
        received = np.maximum(0.0, view.received - view.received_before)
        conceded = self.reciprocity * received / np.maximum(view.gap, 1e-12)
        return clipped(np.minimum(view.before, 1.0 - self.opening) - conceded, 0.0, 1.0)


@register
class MiCRO(Tactic):
    """One small step per different offer of the others, no step without one."""

    name = "micro"
    title = "matches the others' steps one by one"
    citation = (
        "de Jonge (2022), An analysis of the linear bilateral ANAC domains using the MiCRO "
        "benchmark strategy, IJCAI, 223–229, doi:10.24963/ijcai.2022/32"
    )
    parameters: ClassVar[dict[str, Parameter]] = {
        "step": Parameter(0.02, 0.001, 0.5, "size of a step, share of the way to its reservation"),
    }
    looks_at_offers = False
    step: float

    def aspiration(self, view: View) -> Array:
        may_step = view.own_offers <= view.others_offers
        return clipped(np.where(may_step, view.before - self.step, view.before), 0.0, 1.0)
