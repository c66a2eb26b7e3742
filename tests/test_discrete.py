"""Discrete bargaining: reference traces, the protocol turn by turn, small strategies."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.listed.offers import NEAR, NOTHING, offers, thinned
from sim.listed.scenario import DiscreteScenario, Issue, Negotiator
from sim.listed.stacked import Sessions, play
from sim.listed.strategies import session
from sim.listed.targets import EXPONENTS, aspirations, exponent_of, targets, times
from tests.conftest import solve


def scenario(seed: int, sizes: list[int], negotiators: int, reserve: float) -> DiscreteScenario:
    rng = np.random.default_rng(seed)
    issues = tuple(Issue(f"i{n}", tuple(f"v{o}" for o in range(s))) for n, s in enumerate(sizes))
    people = []
    for k in range(negotiators):
        weights = rng.dirichlet(np.ones(len(sizes)))
        values = tuple(tuple(rng.random(s)) for s in sizes)
        people.append(Negotiator(f"n{k}", tuple(weights), values, reserve))
    return DiscreteScenario("random", issues, tuple(people))


def same(found: Sessions, other: Sessions) -> None:
    """That two sessions went alike."""
    for name in Sessions.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(found, name), getattr(other, name), err_msg=name)


# --- against reference traces ------------------------------------------------------------------


def test_reference_traces(shared: Path) -> None:
    files = sorted((shared / "data" / "golden").glob("trace_*.json"))
    assert files
    for path in files:
        data = json.loads(path.read_text())
        case, result = DiscreteScenario.from_plain(data["scenario"]), data["result"]
        tactics = [s["exponent"] for s in data["strategies"]]
        slack = [s["eps"] for s in data["strategies"]]
        steps = data["scenario"]["n_steps"]
        found = play([case], tactics, steps, slack)
        package = int(found.agreement[0])
        assert (case.options(package) if package >= 0 else None) == result["agreement"], path.name
        assert found.step[0] == (-1 if package < 0 else result["agreement_step"])
        assert found.steps[0] == result["final_state_step"]
        alone, course = session(case, tactics, steps, slack)
        same(found, alone)
        assert len(course) == len(data["events"])
        for ours, theirs in zip(course, data["events"], strict=True):
            worth = [e.pop("utilities") for e in (ours, theirs)]
            assert ours == theirs, path.name
            assert np.abs(np.subtract(*worth)).max() < 1e-9


# --- the protocol ------------------------------------------------------------------------------


@given(
    st.integers(0, 10_000),
    st.integers(2, 5),
    st.sampled_from([[3, 4], [2, 2, 3], [5, 5, 5]]),
    st.sampled_from([0.0, 0.3, 0.6]),
    st.integers(1, 25),
    st.data(),
)
def test_the_shortcut_is_the_protocol_played_turn_by_turn(
    seed: int, n: int, sizes: list[int], reserve: float, steps: int, data: st.DataObject
) -> None:
    tactics = data.draw(st.lists(st.sampled_from([*EXPONENTS, 2.0, 0.5]), min_size=n, max_size=n))
    case = scenario(seed, sizes, n, reserve)
    found = play([case], tactics, steps)
    alone, course = session(case, tactics, steps)
    same(found, alone)
    for event in course:
        assert event["event"] != "OFFER" or event["utilities"][event["who"]] >= reserve
    last = course[-1] if course else {"event": "", "step": -1}
    run = 0
    for event in reversed(course):
        if event["event"] != "ACCEPT_OFFER":
            break
        run += 1
    if run == n - 1:
        assert case.options(int(found.agreement[0])) == last["offer"]
        assert found.step[0] == last["step"]
        assert found.utilities[0] == pytest.approx(last["utilities"])
        assert (found.utilities[0] >= reserve).all()
    else:
        assert found.agreement[0] == -1
        assert np.isnan(found.utilities).all()


def test_many_sessions_at_once_are_each_as_if_alone() -> None:
    cases = [scenario(seed, [4, 4, 3], 3, 0.2) for seed in range(30)]
    tactics = ["boulware", "conceder", 1.5]
    together = play(cases, tactics, 20)
    for n, case in enumerate(cases):
        alone = play([case], tactics, 20)
        assert alone.agreement[0] == together.agreement[n]
        assert alone.step[0] == together.step[n]
        assert alone.proposer[0] == together.proposer[n]


def test_who_can_play_and_who_ends_the_talks() -> None:
    case = scenario(1, [3, 3], 2, 2.0)  # both prefer no agreement to everything
    found = play([case], ["linear", "linear"], 10)
    assert found.agreement[0] == -1
    assert found.broken[0]
    alone, course = session(case, ["linear", "linear"], 10)
    same(found, alone)
    assert course == []
    with pytest.raises(ValueError, match="micro is defined between two, not 3"):
        session(scenario(1, [3, 3], 3, 0.0), ["linear", "micro", "linear"], 10)


# --- targets and offers ------------------------------------------------------------------------


def test_aspiration_is_one_minus_a_power_of_time() -> None:
    assert times(4) == [0.2, 0.4, 0.6, 0.8]
    assert aspirations((2.0,), 4)[0] == pytest.approx([0.96, 0.84, 0.64, 0.36])
    low, high = np.array([[0.4]]), np.array([[0.9]])
    asked = targets(low, high, [1.0], 4, slack=0.0)[0, 0]
    assert asked == pytest.approx([0.8, 0.7, 0.6, 0.5])
    with pytest.raises(ValueError, match="choose from boulware"):
        exponent_of("boulwere")
    with pytest.raises(ValueError, match="positive"):
        exponent_of(0.0)


def test_the_cheapest_package_that_meets_the_target_is_offered() -> None:
    utilities = np.array([[[0.1, 0.9, 0.5, 0.7, 0.5]]])
    asked = np.array([[[0.9, 0.6, 0.5, 0.2]]])
    # of equals the first; the package below the reserved value never
    assert offers(utilities, np.array([[0.3]]), asked)[0, 0].tolist() == [1, 3, 2, 2]
    assert (offers(utilities, np.array([[1.0]]), asked) == NOTHING).all()
    # one that nearly meets the target may be nearer
    nearly = np.array([[[0.5 + NEAR / 2, 0.5 + 2 * NEAR]]])
    found = offers(np.array([[[0.5, 0.6, 0.9]]]), np.array([[0.0]]), nearly)
    assert found[0, 0].tolist() == [0, 1]


@given(st.integers(0, 10_000), st.floats(0.0, 0.8), st.sampled_from(["fine", "coarse"]))
def test_thinning_loses_no_offer(seed: int, reserve: float, kind: str) -> None:
    rng = np.random.default_rng(seed)
    utilities = rng.random((1, 2, 400))
    if kind == "coarse":  # many ties
        utilities = np.round(utilities, 2)
    low = np.maximum(utilities.min(axis=-1), reserve)
    asked = targets(low, utilities.max(axis=-1), [4.0, 0.25], 30)
    values, packages = thinned(utilities, low, asked, NEAR)
    whole = offers(utilities, np.full((1, 2), reserve), asked)
    part = offers(values, np.full((1, 2), reserve), asked)
    worth = np.take_along_axis(utilities, whole, axis=-1)
    assert np.array_equal(worth, np.take_along_axis(values, part, axis=-1))
    assert np.array_equal(
        np.take_along_axis(utilities, packages, axis=-1)[values > -1], values[values > -1]
    )


# --- closed forms of small strategies ----------------------------------------------------------


def pie(slices: int, reserve: float = 0.0) -> DiscreteScenario:
    """Shares of a pie between two."""
    options = tuple(f"{n} of {slices}" for n in range(slices + 1))
    share = tuple(n / slices for n in range(slices + 1))
    people = (
        Negotiator("a", (1.0,), (share,), reserve),
        Negotiator("b", (1.0,), (share[::-1],), reserve),
    )
    return DiscreteScenario("pie", (Issue("share", options),), people)


@given(st.integers(2, 80))
def test_micro_against_micro_meets_in_the_middle_of_a_balanced_domain(slices: int) -> None:
    found, _ = session(pie(slices), ["micro", "micro"], 2 * slices + 2)
    assert abs(found.agreement[0] - slices / 2) <= 1


def test_micro_concedes_only_as_often_as_the_other_side_and_not_below_its_reserve() -> None:
    """Against somebody who repeats one offer it makes two and no more (de Jonge 2022)."""
    found, course = session(pie(10, 0.7), ["micro", "micro"], 100)
    assert found.agreement[0] == -1
    assert not found.broken[0]
    assert found.steps[0] == 100
    assert all(e["utilities"][e["who"]] >= 0.7 for e in course if e["event"] == "OFFER")

    def made(course: list[Any], who: int) -> list[str]:
        offered = [e["offer"][0] for e in course if e["event"] == "OFFER" and e["who"] == who]
        return list(dict.fromkeys(offered))

    _, course = session(pie(20, 0.99), ["micro", "linear"], 50)
    assert made(course, 1) == ["0 of 20"]
    assert len(made(course, 0)) == 1  # nothing else is worth 0.99
    _, course = session(pie(20), ["micro", 1e9], 50)
    assert made(course, 0) == ["20 of 20", "19 of 20"]


@given(st.integers(0, 100_000), st.integers(2, 60))
def test_zeuthen_in_alternating_offers_ends_at_nashs_solution(seed: int, packages: int) -> None:
    rng = np.random.default_rng(seed)
    utilities, reservation = rng.random((packages, 2)), np.array([0.2, 0.1])
    people = tuple(
        Negotiator(f"n{k}", (1.0,), (tuple(utilities[:, k]),), float(reservation[k]))
        for k in (0, 1)
    )
    issue = Issue("i", tuple(f"o{n}" for n in range(packages)))
    case = DiscreteScenario("one", (issue,), people)
    found, course = session(case, ["zeuthen", "zeuthen"], 3 * packages)
    _, points = solve(utilities, reservation)
    if not points:
        assert found.broken[0]
        assert course == []
        return
    gain = utilities - reservation
    rational = (gain >= 0).all(axis=1)
    reached = gain[found.agreement[0]]
    assert reached.prod() == pytest.approx(gain[rational].prod(axis=1).max())
    for who in (0, 1):  # nobody takes back a concession
        given_ = [
            e["utilities"][1 - who] for e in course if (e["event"], e["who"]) == ("OFFER", who)
        ]
        assert given_ == sorted(given_)


@given(
    st.integers(0, 10_000),
    st.sampled_from(["micro", "zeuthen"]),
    st.sampled_from(["micro", "zeuthen", "boulware", 0.5]),
    st.booleans(),
)
def test_mixed_sessions_keep_the_rules(
    seed: int, one: str, other: str | float, turned: bool
) -> None:
    case = scenario(seed, [3, 4], 2, 0.3)
    pair = [other, one] if turned else [one, other]
    found, course = session(case, pair, 30)
    agreed = bool(course) and course[-1]["event"] == "ACCEPT_OFFER"
    assert agreed == (found.agreement[0] >= 0)
    for e in course:
        if e["event"] != "REJECT_OFFER":
            assert e["utilities"][e["who"]] >= 0.3 - 1e-12
    if agreed:
        assert case.options(int(found.agreement[0])) == course[-1]["offer"]
        assert found.proposer[0] == 1 - course[-1]["who"]
        assert found.utilities[0] == pytest.approx(course[-1]["utilities"])
    elif not found.broken[0]:
        assert found.steps[0] == 30


@given(st.integers(0, 10_000))
def test_micro_never_answers_an_offer_with_one_that_is_no_better_for_it(seed: int) -> None:
    case = scenario(seed, [3, 4], 2, 0.1)
    _, course = session(case, ["micro", "conceder"], 40)
    for before, after in itertools.pairwise(course):
        if (before["event"], after["event"], after["who"]) == ("REJECT_OFFER", "OFFER", 0):
            assert after["utilities"][0] > before["utilities"][0]
