"""Where there is common ground and nobody gains by waiting, talks find it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from sim.engine.agents.bargainer import LEAST
from sim.engine.agents.known_lines import KnownLines
from sim.engine.central import central_space
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.engine.state import SETTLED
from sim.formulas.bargaining.tradeoffs import nearest
from sim.formulas.bargaining.walk import walk, walk_within
from sim.formulas.solutions.programme import Programme
from sim.formulas.solutions.space import Space
from tests.conftest import ENVOY, build, conflict, opened

ZONE, ENOUGH = 0.005, 40


def drawn(seed: int, protocol: str) -> dict[str, Any]:
    """Two or three parties, two to six issues, red lines on most, no chance and no error."""
    r = random.Random(seed)
    parties, keys = r.choice([2, 2, 2, 3]), [f"i{n}" for n in range(r.randint(2, 6))]
    sides: dict[str, Any] = {}
    for number in range(parties):
        side = number if number < 2 else r.choice([0, 1])
        sides[f"p{number}"] = wishes = {}
        for key in keys:
            end = side if r.random() < 0.85 else 1 - side
            ideal = r.uniform(0, 0.1) if end == 0 else r.uniform(0.9, 1)
            wishes[key] = {"ideal": ideal, "salience": r.uniform(0.1, 1)}
            if r.random() < 0.6:
                wishes[key]["limit"] = r.uniform(0.45, 0.9) if end == 0 else r.uniform(0.1, 0.55)
    spreads = ("ideal", "salience", "limit", "patience", "cost", "credibility", "acceptability")
    data = conflict(
        {key: r.uniform(0.3, 0.7) for key in keys},
        sides,
        protocol={"name": protocol},
        horizon_days=420,
        spread=dict.fromkeys(spreads, 0),
    )
    for side in sides:
        data["actors"][side]["patience"] = r.randint(15, 35)
        data["war"]["cost"][side] = r.uniform(0.005, 0.03)
    if protocol != "alternating":
        data["actors"]["envoy"] = ENVOY | {"mediation": {"error": 0}}
    return data


def equal_gain(space: Space, least: list[float]) -> float:
    """The largest gain over some utilities that all can have at once; −1 where red lines miss."""
    found = Programme(replace(space, reservation=np.array(least))).most_equal(np.ones(len(least)))
    return -1.0 if found is None else found.value


@pytest.mark.parametrize("protocol", ["alternating", "shuttle", "single_text"])
def test_a_zone_of_agreement_is_found(protocol: str) -> None:
    agreed, short, seed = 0, [], 0
    tried = 0
    while tried < ENOUGH:
        seed += 1
        model = opened(data := drawn(seed, protocol), seed=1)
        space = central_space(build(data))
        if equal_gain(space, [float(p.reservation[0]) for p in model.signatories]) < ZONE:
            continue
        tried += 1
        model.run()
        if model.talks.status[0] == SETTLED:
            agreed += 1
            deal = model.talks.agreed
            short.append(equal_gain(space, [float(p.utility(deal)[0]) for p in model.signatories]))
    assert agreed >= 0.98 * tried
    assert np.median(short) < 0.05


UNSAID = np.zeros((1, 1)), np.ones((1, 1))
"""No line is stated."""


def test_refusals_bring_the_others_to_the_line_and_no_nearer_than_a_step() -> None:
    low, high = np.zeros((1, 1)), np.full((1, 1), 0.6)
    known = KnownLines(np.zeros((1, 1)), low, high, UNSAID, np.array([True]))
    asked = []
    for _ in range(60):
        wanted = np.ones((1, 1))
        known.bar(wanted, 0.05)
        asked.append(wanted[0, 0])
        known.hear(wanted[None], low, high, np.array([True]))
    assert asked[0] == 1.0, "a line that nobody has met bars nothing"
    assert 0.55 - 1e-9 <= asked[-1] <= 0.6
    assert sum(one > 0.6 for one in asked) == 8  # 1, 0.95, … 0.65
    stated = KnownLines(np.zeros((1, 1)), low, high, (low, high), np.array([True]))
    for own, barred in ((0.5, 0.6), (0.8, 1.0)):  # until its owner passes the line that it stated
        stated.offer(np.full((1, 1), own))
        stated.bar(wanted := np.ones((1, 1)), 0.05)
        assert wanted[0, 0] == barred


def test_rounding_is_no_refusal() -> None:
    low, high = np.array([[0.0], [0.3]]), np.ones((2, 1))  # a line in the second world alone
    unsaid = np.zeros((2, 1)), np.ones((2, 1))
    known = KnownLines(np.full((2, 1), 0.5), low, high, unsaid, np.array([True]))
    known.hear(np.array([[[-1e-16], [0.3 - 1e-16]]]), low, high, np.ones(2, dtype=bool))
    known.bar(wanted := np.zeros((2, 1)), 0.05)
    assert wanted.tolist() == [[0.0], [0.0]]


def test_what_others_cannot_sign_is_left_to_the_last() -> None:
    one = np.ones(1)
    ideal, slope, stands = np.ones((1, 2)), np.array([[0.5, 0.5]]), np.zeros((1, 1, 2))
    low, high = np.zeros((1, 2)), np.ones((1, 2))
    care = np.array([[[0.1, 0.9]]])  # the other is thought to give way on the first issue
    signable = np.array([[0.4, 1.0]])

    def position(target: float) -> list[float]:
        x = walk_within(target * one, one, ideal, slope, low, high, stands, care, signable)
        return [round(float(v), 9) for v in x[0]]

    assert position(0.2) == [0.4, 0.0]
    assert position(0.5) == [0.4, 0.6]
    assert position(0.7) == [0.4, 1.0]  # all that can be had short of the line
    assert position(0.8) == [0.6, 1.0]  # beyond it only as far as need be
    plain = walk(0.5 * one, one, ideal, slope, low, high, stands, care)
    assert plain[0].tolist() == [1.0, 0.0]


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_the_nearest_package_of_a_worth_is_the_least_squares_solution(
    seed: int, issues: int
) -> None:
    rng = np.random.default_rng(seed)
    ideal, slope = rng.random(issues), rng.random(issues) + 0.05
    low, high = ideal * rng.random(issues), 1.0 - (1.0 - ideal) * rng.random(issues)
    offered, best = rng.random(issues), 1.0
    target = best - rng.random() * (slope * np.abs(offered - ideal)).sum()

    def row(*arrays: Any) -> list[Any]:
        return [np.atleast_1d(a) if np.ndim(a) == 0 else a[None] for a in arrays]

    found = nearest(*row(target, best, ideal, slope, low, high, offered))[0]
    # no better one lies beyond the ideal, so in distances from it this is a quadratic programme
    side, far = np.where(offered >= ideal, 1.0, -1.0), np.abs(offered - ideal)
    reach = np.where(side > 0.0, high - ideal, ideal - low)
    solved = minimize(
        lambda d: ((d - far) ** 2).sum(),
        np.zeros(issues),
        jac=lambda d: 2.0 * (d - far),
        bounds=[(0.0, r) for r in reach],
        constraints={
            "type": "ineq", "fun": lambda d: best - target - slope @ d, "jac": lambda d: -slope
        },
        method="SLSQP",
        options={"ftol": 1e-14},
    )  # fmt: skip
    assert solved.success
    assert found == pytest.approx(ideal + side * solved.x, abs=1e-5)
    assert best - slope @ np.abs(found - ideal) >= target - 1e-9
    assert ((found >= low - 1e-9) & (found <= high + 1e-9)).all()


def test_at_its_least_a_side_with_curved_losses_asks_for_a_little_more_too() -> None:
    data = drawn(3, "alternating")
    for side, actor in enumerate(data["actors"].values()):
        for n, wish in enumerate(actor["positions"].values()):
            wish |= {"ideal": side, "salience": 1 + n, "curvature": 1.5 + n % 2, "limit": None}
        actor["positions"]["i0"]["limit"] = 0.4 if side == 0 else 0.6  # lines miss each other
    model = PeaceTalks(build(data), Draws(1, 1))
    asked, worth = [], []
    for _ in range(model.spec.rounds):
        model.step()
        for party in model.signatories:
            turns = float(party.at_its_least[0])
            if turns > 1.0:
                gap = max(float(party.best[0] - party.reservation[0]), 0.0)
                asked.append(float(party.target[0]) + LEAST / (turns - 1.0) ** 0.5 * gap)
                worth.append(float(party.value(party.offer)[0]))
    assert len(asked) > 5
    assert (np.array(worth) >= np.array(asked) - 1e-6).all()
