"""Solution concepts: published definitions, closed forms, and what must always hold."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.formulas.solutions.enumeration import (
    additive_utilities,
    combinations_where,
    options_of,
    package_count,
)
from sim.formulas.solutions.frontier import pareto_frontier
from sim.formulas.solutions.points import RULES
from sim.listed.scenario import DiscreteScenario
from tests.conftest import solve

THEIRS = {
    "nash": "nash",
    "kalai_egalitarian": "egalitarian",
    "ks": "kalai_smorodinsky_least_spread",
    "utilitarian": "utilitarian",
    "relative_welfare": "relative_welfare",
}
GRID = st.integers(0, 6).map(lambda n: n / 6)


def matrices(parties: int | None = None) -> Any:
    """Utilities with many ties."""
    shape = st.tuples(st.integers(1, 40), st.just(parties) if parties else st.integers(1, 5))
    return shape.flatmap(lambda s: arrays(np.float64, s, elements=GRID))


# --- against reference results -----------------------------------------------------------------


def test_reference_analyses(shared: Path) -> None:
    files = sorted((shared / "data" / "golden").glob("analysis_*.json"))
    assert files
    for path in files:
        data = json.loads(path.read_text())
        scenario, result = DiscreteScenario.from_plain(data["scenario"]), data["result"]
        frontier, points = solve(scenario.utilities, scenario.reservation)
        inside = (scenario.utilities >= scenario.reservation).all(axis=1)

        def check(packages: Any, listed: list[dict[str, Any]], where: object) -> None:
            words = [scenario.options(p) for p in packages]  # noqa: B023
            assert words == [p["outcome"] for p in listed], where
            for package, point in zip(packages, listed, strict=True):
                ours = scenario.utilities[package]  # noqa: B023
                assert np.abs(ours - point["utilities"]).max() < 1e-9, where

        assert scenario.packages == result["n_outcomes"]
        assert inside.sum() == result["n_rational_outcomes"]
        check(frontier, result.get("pareto_frontier_rational", []), path.name)
        if "pareto_frontier_all" in result:
            check(pareto_frontier(scenario.utilities), result["pareto_frontier_all"], path.name)
        for name, ours in THEIRS.items():
            check(points.get(ours, []), result[name], (path.name, name))
        if "own_checks" in result:
            usual = result["own_checks"]["ks_maxmin"]
            check(points["kalai_smorodinsky"], [usual], (path.name, "max-min"))


# --- closed forms ------------------------------------------------------------------------------


def pie(slices: int, first: float = 1.0, second: float = 1.0) -> np.ndarray:
    """Utilities of the shares of a pie, raised to a power each."""
    share = np.arange(slices + 1) / slices
    return np.stack([share**first, (1 - share) ** second], axis=1)


@pytest.mark.parametrize(("first", "second"), [(1.0, 1.0), (0.5, 1.0), (2.0, 0.5), (0.25, 0.75)])
def test_nash_splits_the_pie_in_proportion_to_the_powers(first: float, second: float) -> None:
    # x^a (1 − x)^b is largest at a / (a + b)
    utilities = pie(10_000, first, second)
    share = solve(utilities, np.zeros(2))[1]["nash"][0] / 10_000
    assert share == pytest.approx(first / (first + second), abs=1e-4)


def test_disagreement_point_shifts_the_split() -> None:
    for name, packages in solve(pie(100), np.zeros(2))[1].items():
        if name not in ("utilitarian", "relative_welfare"):  # there every share has the same sum
            assert list(packages) == [50], name
    # linear pie: everyone gets its disagreement payoff and half of the rest
    _, points = solve(pie(1000), np.array([0.5, 0.1]))
    for name in ("nash", "egalitarian"):
        assert points[name][0] == 700
    # relative gains are equal where (x − 0.5) / 0.5 = (0.9 − x) / 0.9
    assert points["kalai_smorodinsky"][0] == pytest.approx(9000 / 14, abs=1)
    assert solve(np.array([[0.2, 0.9], [0.9, 0.2]]), np.full(2, 0.5)) == ([], {}), "an empty zone"


def test_textbook_case_in_which_the_solutions_differ() -> None:
    """Frontier y = 2 − x for x from 0 to 1, disagreement at 0."""
    x = np.arange(301) / 300
    utilities = np.vstack([np.stack([x, 2 - x], axis=1), [[0.0, 0.0]]])
    found = {n: utilities[p[0]] for n, p in solve(utilities, np.zeros(2))[1].items()}
    assert found["nash"] == pytest.approx([1, 1])  # x (2 − x) rises up to 1
    assert found["kalai_smorodinsky"] == pytest.approx([2 / 3, 4 / 3])  # x / 1 = y / 2
    assert found["kalai_smorodinsky_least_spread"] == pytest.approx([2 / 3, 4 / 3])
    assert found["egalitarian"] == pytest.approx([1, 1])
    assert found["relative_welfare"] == pytest.approx([1, 1])  # x + (2 − x) / 2


def test_disagreement_is_no_worse_than_the_worst_package() -> None:
    # the second side cannot get less than 0.5, whatever is agreed
    x = np.arange(301) / 300
    utilities = np.stack([x, 1 - x / 2], axis=1)
    # x = 0.5 − x / 2
    found = utilities[solve(utilities, np.zeros(2))[1]["egalitarian"][0]]
    assert found == pytest.approx([1 / 3, 5 / 6])


# --- properties --------------------------------------------------------------------------------


def frontier_by_hand(utilities: np.ndarray) -> set[int]:
    """By the definition; the first of equal rows."""
    kept = set()
    for i, row in enumerate(utilities):
        beaten = any((other >= row).all() and (other > row).any() for other in utilities)
        first = not any((utilities[j] == row).all() for j in range(i))
        if first and not beaten:
            kept.add(i)
    return kept


@given(matrices())
def test_frontier_is_the_one_of_the_definition(utilities: np.ndarray) -> None:
    found = pareto_frontier(utilities)
    assert set(found.tolist()) == frontier_by_hand(utilities)
    assert (np.diff(utilities[found].sum(axis=1)) <= 1e-12).all()


@given(matrices(3), st.data())
def test_adding_an_option_never_makes_the_frontier_worse(
    utilities: np.ndarray, data: st.DataObject
) -> None:
    extra = data.draw(arrays(np.float64, (1, utilities.shape[1]), elements=GRID))
    more = np.vstack([utilities, extra])
    after = more[pareto_frontier(more)]
    for row in utilities[pareto_frontier(utilities)]:
        assert (after >= row).all(axis=1).any()


@given(matrices(), st.data())
def test_points_are_rational_and_efficient(utilities: np.ndarray, data: st.DataObject) -> None:
    reservation = data.draw(arrays(np.float64, utilities.shape[1], elements=GRID))
    frontier, points = solve(utilities, reservation)
    members = set(np.flatnonzero((utilities >= reservation).all(axis=1)).tolist())
    assert set(frontier) <= members
    assert list(points) == (list(RULES) if members else [])
    efficient = {tuple(utilities[p]) for p in frontier}
    for packages in points.values():
        assert packages
        assert {tuple(utilities[p]) for p in packages} <= efficient


@given(matrices(2), st.permutations([0, 1]), st.sampled_from([0.5, 2.0, 4.0]))
def test_order_and_scale_of_the_parties_mean_nothing(
    utilities: np.ndarray, order: list[int], scale: float
) -> None:
    reservation = np.array([0.25, 0.25])
    _, before = solve(utilities, reservation)
    factor = np.array([scale, 1.0])
    after = solve((utilities * factor)[:, order], (reservation * factor)[order])[1]
    assert before.keys() == after.keys()
    for name in before.keys() & {"nash", "kalai_smorodinsky", "kalai_smorodinsky_least_spread"}:
        got = {tuple(utilities[p]) for p in before[name]}
        assert got == {tuple(utilities[p]) for p in after[name]}, name


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(1, 3), st.integers(0, 99))
def test_enumeration_is_that_of_nested_loops(sizes: list[int], parties: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    tables = [rng.random((size, parties)) for size in sizes]
    by_hand = [
        sum(table[o] for table, o in zip(tables, options, strict=True))
        for options in itertools.product(*map(range, sizes))
    ]
    utilities = additive_utilities(tables)
    assert len(utilities) == package_count(sizes)
    assert np.array_equal(utilities, np.array(by_hand).reshape(utilities.shape))
    rows = options_of(np.arange(len(utilities)), sizes)
    assert [tuple(r) for r in rows] == list(itertools.product(*map(range, sizes)))
    masks = [rng.random(size) < 0.7 for size in sizes]
    allowed = [all(m[o] for m, o in zip(masks, row, strict=True)) for row in rows]
    assert combinations_where(masks).tolist() == allowed
