"""Sessions of stacked alternating offers, played turn by turn by strategies with a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sim.listed.offers import NOTHING, Array, Index
from sim.listed.pairwise import Micro, Zeuthen
from sim.listed.scenario import DiscreteScenario
from sim.listed.stacked import Sessions, Slack, plans
from sim.listed.targets import SLACK, exponent_of, times

OFFER, ACCEPT, REJECT = "OFFER", "ACCEPT_OFFER", "REJECT_OFFER"


class Side(Protocol):
    """How one negotiator acts."""

    def accepts(self, package: int, step: int) -> bool:
        """Whether it accepts the standing offer, which it may take note of."""

    def offer(self, step: int) -> int:
        """The package that it offers; :data:`NOTHING` ends the talks."""


@dataclass(frozen=True)
class TimeBased:
    """A side whose targets and offers are known for all steps beforehand.

    Attributes
    ----------
    utility : ndarray, shape (packages,)
    targets, offers : ndarray, shape (steps,)
    """

    utility: Array
    targets: Array
    offers: Index

    def accepts(self, package: int, step: int) -> bool:
        return bool(self.utility[package] >= self.targets[step])

    def offer(self, step: int) -> int:
        return int(self.offers[step])


def turns(sides: Sequence[Side], steps: int) -> Iterator[tuple[int, int, str, int]]:
    """Step, side, what it does, and the package, in order.

    Each side acts once in each step: it accepts the standing offer or rejects it and makes its own.
    Ends when all others have accepted an offer in a row, when a side has nothing to offer, or
    after the last step.
    """
    standing, accepted = NOTHING, 0
    for step in range(steps):
        for who, side in enumerate(sides):
            if standing != NOTHING:
                if side.accepts(standing, step):
                    yield step, who, ACCEPT, standing
                    accepted += 1
                    if accepted == len(sides):
                        return
                    continue
                yield step, who, REJECT, standing
            standing, accepted = side.offer(step), 1
            if standing == NOTHING:
                return
            yield step, who, OFFER, standing


PAIRWISE = ("micro", "zeuthen")
"""Strategies that are defined between two sides."""
Strategy = str | float
"""One of :data:`PAIRWISE`, or the tactic of a time-based negotiator: a name or an exponent."""


def sides_of(
    scenario: DiscreteScenario,
    strategies: Sequence[Strategy],
    steps: int,
    slack: Slack,
) -> list[Side]:
    """The negotiators, ready for a session.

    Raises
    ------
    ValueError
        For an unknown strategy, or one for two sides where there are more.
    """
    utilities, reservation = scenario.utilities, scenario.reservation
    sides: list[Side] = []
    for k, strategy in enumerate(strategies):
        if strategy in PAIRWISE and len(strategies) != 2:
            raise ValueError(f"{strategy} is defined between two, not {len(strategies)}")
        if strategy == "micro":
            sides.append(Micro(utilities[:, k], float(reservation[k])))
        elif strategy == "zeuthen":
            sides.append(Zeuthen(utilities, reservation, k))
        else:
            own = np.ascontiguousarray(utilities[:, k])
            less = slack if isinstance(slack, float | int) else slack[k]
            asked, made = plans(
                own[None, None], reservation[None, k : k + 1], [exponent_of(strategy)], steps, less
            )
            sides.append(TimeBased(own, asked[0, 0], made[0, 0]))
    return sides


def session(
    scenario: DiscreteScenario,
    strategies: Sequence[Strategy],
    steps: int,
    slack: Slack = SLACK,
) -> tuple[Sessions, list[dict[str, Any]]]:
    """One session, played turn by turn.

    Returns
    -------
    result : Sessions
        How it went.
    course : list of dict
        Every offer, rejection and acceptance, in order: ``step`` (from 0), time ``t``, ``who`` (the
        number of the negotiator), ``event`` (``OFFER``, ``REJECT_OFFER``, ``ACCEPT_OFFER``),
        ``offer`` (the options) and its ``utilities``.
    """
    course = list(turns(sides_of(scenario, strategies, steps, slack), steps))
    return _result(scenario, course, steps), _told(scenario, course, steps)


Course = list[tuple[int, int, str, int]]


def _told(scenario: DiscreteScenario, course: Course, steps: int) -> list[dict[str, Any]]:
    time = times(steps)
    return [
        {
            "step": step,
            "t": time[step],
            "who": who,
            "event": kind,
            "offer": scenario.options(package),
            "utilities": [float(u) for u in scenario.utilities[package]],
        }
        for step, who, kind, package in course
    ]


def _result(scenario: DiscreteScenario, course: Course, steps: int) -> Sessions:
    """How a session went, from its course."""
    sides = len(scenario.negotiators)
    step, who, kind, package = course[-1] if course else (0, 0, "", -1)
    accepted = [turn[2] == ACCEPT for turn in course[1 - sides :]]
    agreed = len(accepted) == sides - 1 and all(accepted)
    # one that ends before the last side has acted in the last step was broken off
    broken = not agreed and ((step, who) != (steps - 1, sides - 1) or kind == REJECT)
    worth = scenario.utilities[package] if agreed else np.full(sides, np.nan)
    return Sessions(
        agreement=np.array([package if agreed else -1]),
        step=np.array([step if agreed else -1]),
        proposer=np.array([(who + 1) % sides if agreed else -1]),
        broken=np.array([broken]),
        utilities=worth[None],
        steps=np.array([step + 1]),
    )
