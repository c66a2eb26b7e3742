"""Strategies by name: time-based tactics, and those that watch the other side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.listed.micro import Micro
from sim.listed.scenario import DiscreteScenario
from sim.listed.stacked import Sessions, Slack, plans
from sim.listed.targets import SLACK, exponent_of, times
from sim.listed.turns import ACCEPT, REJECT, Side, TimeBased, turns
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
