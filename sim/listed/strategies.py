"""Strategies by name: time-based tactics, and those that watch the other side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.listed.micro import Micro
from sim.listed.scenario import DiscreteScenario
from sim.listed.stacked import Sessions, Slack, plans, play
from sim.listed.targets import SLACK, exponent_of, times
from sim.listed.turns import ACCEPT, OFFER, Side, TimeBased, turns
from sim.listed.zeuthen import Zeuthen

PAIRWISE = ("micro", "zeuthen")
"""Strategies that are defined between two sides."""
Strategy = str | float
"""One of :data:`PAIRWISE`, or the tactic of a time-based negotiator: a name or an exponent."""


def sides_of(
    scenario: DiscreteScenario,
    strategies: Sequence[Strategy],
    steps: int,
    slack: Slack = SLACK,
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


def events(
    scenario: DiscreteScenario,
    strategies: Sequence[Strategy],
    steps: int,
    slack: Slack = SLACK,
) -> list[dict[str, Any]]:
    """Every offer, rejection and acceptance of one session, in order.

    Each event has ``step`` (from 0), time ``t``, ``who`` (the number of the negotiator),
    ``event`` (``OFFER``, ``REJECT_OFFER``, ``ACCEPT_OFFER``), ``offer`` (the options) and its
    ``utilities``.
    """
    sides = sides_of(scenario, strategies, steps, slack)
    return _told(scenario, list(turns(sides, steps)), steps)


def session(
    scenario: DiscreteScenario,
    strategies: Sequence[Strategy],
    steps: int,
    slack: Slack = SLACK,
) -> tuple[Sessions, list[dict[str, Any]]]:
    """One session: how it went, and its :func:`events`.

    Where everybody is time-based, how it went comes from :func:`~sim.listed.stacked.play`.
    """
    sides = sides_of(scenario, strategies, steps, slack)
    course = list(turns(sides, steps))
    if not any(strategy in PAIRWISE for strategy in strategies):
        result = play([scenario], strategies, steps, slack)
    else:
        result = _result(scenario, course, steps)
    return result, _told(scenario, course, steps)


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
    """How a session between two went, from its course."""
    step, _, kind, package = course[-1] if course else (0, 0, "", -1)
    agreed = kind == ACCEPT
    # a session that ends before the last side has acted in the last step was broken off
    broken = not agreed and not (kind == OFFER and course[-1][:2] == (steps - 1, 1))
    worth = scenario.utilities[package] if agreed else np.full(2, np.nan)
    proposer = 1 - course[-1][1] if agreed else -1
    return Sessions(
        agreement=np.array([package if agreed else -1]),
        step=np.array([step if agreed else -1]),
        proposer=np.array([proposer]),
        broken=np.array([broken]),
        utilities=worth[None],
        steps=np.array([step + 1 if course else 1]),
    )
