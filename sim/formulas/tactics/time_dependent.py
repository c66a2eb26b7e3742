"""Tactics that concede with time."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.formulas.tactics.base import Array, Parameter, Tactic, View, register

FARATIN = (
    "Faratin, Sierra & Jennings (1998), Negotiation decision functions for autonomous agents, "
    "Robotics and Autonomous Systems 24, 159–182, doi:10.1016/S0921-8890(98)00029-3"
)


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
    return opening + (1 - opening) * np.clip(time, 0.0, 1.0) ** (1.0 / np.asarray(beta))


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
