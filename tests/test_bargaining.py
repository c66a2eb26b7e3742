"""The pure functions against closed forms, a solver and published results."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import linprog

from sim.formulas.bargaining.drafting import coordinate_ascent, max_min, nash_welfare
from sim.formulas.bargaining.learning import kalman_update, learnt_saliences
from sim.formulas.bargaining.utility import losses, normalised, reservation_value, softened, utility
from sim.formulas.bargaining.walk import reach_target, snap, walk, walk_within
from sim.formulas.statistics import (
    difference_of_means,
    difference_of_shares,
    paired_difference_of_means,
    paired_difference_of_shares,
    quantiles,
    wilson,
)
from sim.formulas.tactics import TACTICS, View, polynomial_concession
from sim.scenario.distributions import parse_number

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=60)
@given(seeds, st.integers(1, 3), st.integers(1, 5))
def test_walk_is_the_exact_optimum_of_the_additive_case(
    seed: int, others: int, issues: int
) -> None:
    """Minimise Σ w |x − stand| subject to own utility ≥ target and own red lines, as an LP.

    Ideals at the ends of the scale, as the one-sided walk supposes.
    """
    rng = np.random.default_rng(seed)
    ideal = rng.integers(0, 2, (1, issues)).astype(float)
    weight = normalised(rng.random((1, issues)) + 0.01)
    limit = rng.random((1, issues))
    low = np.where(ideal == 1, np.minimum(limit, 0.8), 0.0)
    high = np.where(ideal == 0, np.maximum(limit, 0.2), 1.0)
    stands = rng.random((others, 1, issues))
    care = rng.random((others, 1, issues))
    target = np.array([rng.uniform(0.2, 0.95)])
    best = np.ones(1)
    x = walk(target, best, ideal, weight, low, high, stands, care)

    # variables: x_i, then e_oi ≥ |x_i − stand_oi| (stands taken within own red lines)
    inside = np.clip(stands, low, high)
    n = issues * (1 + others)
    cost = np.concatenate([np.zeros(issues), care.ravel()])
    rows, bounds_ub = [], []
    for o in range(others):
        for i in range(issues):
            for sign in (1, -1):
                row = np.zeros(n)
                row[i], row[issues * (1 + o) + i] = sign, -1
                rows.append(row)
                bounds_ub.append(sign * inside[o, 0, i])
    toward = np.where(ideal[0] == 0, 1.0, -1.0)  # distance from the ideal is toward·(x − ideal)
    row = np.zeros(n)
    row[:issues] = weight[0] * toward
    rows.append(row)
    bounds_ub.append(1 - target[0] + (weight[0] * toward * ideal[0]).sum())
    box = [(low[0, i], high[0, i]) for i in range(issues)] + [(0, None)] * (issues * others)
    solved = linprog(cost, A_ub=np.array(rows), b_ub=bounds_ub, bounds=box)
    assert solved.status == 0
    assert utility(x, ideal, weight)[0] >= target[0] - 1e-9
    assert (x >= low - 1e-9).all()
    assert (x <= high + 1e-9).all()
    paid = (care * np.abs(x - inside)).sum()
    assert paid == pytest.approx(solved.fun, abs=1e-7)


@settings(max_examples=40)
@given(seeds)
def test_curved_walk_just_reaches_its_target(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ideal, weight = np.zeros((5, 3)), normalised(rng.random((5, 3)) + 0.05)
    curvature, best = np.array([1.0, 2.0, 3.0]), np.ones(5)
    target = rng.uniform(0.1, 0.9, 5)
    start = np.ones((5, 3))
    x = walk(target, best, ideal, weight, ideal, start, start[None], rng.random((1, 5, 3)))
    x = reach_target(x, start, ideal, weight, curvature, best, target)
    assert utility(x, ideal, weight, curvature) == pytest.approx(target, abs=1e-6)


def test_losses_and_utility_closed_form() -> None:
    x, ideal = np.array([0.0, 0.25, 1.0]), np.array([0.25, 0.25, 0.25])
    assert losses(x, ideal) == pytest.approx([1 / 3, 0, 1])
    assert losses(x, ideal, np.array([2.0])) == pytest.approx([1 / 9, 0, 1])
    assert utility(ideal, ideal, np.ones(3) / 3) == pytest.approx(1.0)
    assert reservation_value(np.array([0.6]), np.array([0.02]), 12.0) == pytest.approx(0.36)


def test_red_lines_give_way_toward_the_far_end_and_never_harden() -> None:
    limit, far, rate = np.array([[0.4, 0.6]]), np.array([[1.0, 0.0]]), np.array([[0.5, 2.0]])
    assert softened(limit, far, rate, np.array([0.1])) == pytest.approx(np.array([[0.45, 0.4]]))
    assert softened(limit, far, rate, np.array([-0.3])) == pytest.approx(limit)
    assert softened(limit, far, rate, np.array([9.0])) == pytest.approx(far)


def test_polynomial_concession_of_faratin_sierra_jennings() -> None:
    """α(0) = k, α(1) = 1, β = 1 is linear; boulware concedes less than conceder before the end."""
    t = np.linspace(0, 1, 11)
    assert polynomial_concession(t, 1.0) == pytest.approx(t)
    assert polynomial_concession(t, 0.5) == pytest.approx(t**2)
    assert polynomial_concession(t, 1.0, 0.2) == pytest.approx(0.2 + 0.8 * t)
    assert polynomial_concession(np.array([1.0, 7.0]), 0.3) == pytest.approx([1.0, 1.0])
    inner = t[1:-1]
    assert (polynomial_concession(inner, 0.2) < inner).all()
    assert (polynomial_concession(inner, 5.0) > inner).all()


def _view(**changes: float) -> View:
    seen = {"time": 0.0, "received": 0.3, "received_before": 0.3, "before": 0.9, "gap": 0.5}
    seen |= {"own_offers": 1.0, "others_offers": 1.0} | changes
    return View(**{key: np.array([value]) for key, value in seen.items()})


def test_tit_for_tat_gives_back_what_it_was_given_and_micro_as_often() -> None:
    tit_for_tat, micro = TACTICS["tit_for_tat"](), TACTICS["micro"](step=0.1)
    level = tit_for_tat.aspiration(_view(received=0.4, received_before=0.3))
    assert level == pytest.approx([0.9 - 0.1 / 0.5])
    assert tit_for_tat.aspiration(_view(received=0.2)) == pytest.approx([0.9])
    assert micro.aspiration(_view(own_offers=3, others_offers=3)) == pytest.approx([0.8])
    assert micro.aspiration(_view(own_offers=4, others_offers=3)) == pytest.approx([0.9])


def test_kalman_equals_the_normal_posterior() -> None:
    rng = np.random.default_rng(0)
    observations = rng.normal(0.5, 0.2, 12)
    mean, variance = np.array([0.0]), np.array([0.09])
    for z in observations:
        mean, variance = kalman_update(mean, variance, np.array([z]), np.array([0.04]))
    precision = 1 / 0.09 + 12 / 0.04
    assert variance == pytest.approx([1 / precision])
    assert mean == pytest.approx([(observations.sum() / 0.04) / precision])


def test_kalman_extremes() -> None:
    one = np.array([1.0])
    for variance, noise, mean in ((0, 1, 1.0), (1, 0, 5.0), (0, 0, 1.0), (1, np.inf, 1.0)):
        found = kalman_update(one, one * variance, one * 5, one * noise)
        assert found[0] == pytest.approx([mean])
    assert found[1] == pytest.approx([1.0])  # nothing was learnt


@settings(max_examples=40)
@given(seeds, st.integers(1, 6))
def test_learning_ranks_issues_by_how_little_was_conceded(seed: int, issues: int) -> None:
    conceded = np.random.default_rng(seed).random((4, issues))
    learnt = learnt_saliences(conceded, 2.0, 0.25)
    assert learnt.sum(axis=1) == pytest.approx(np.ones(4))
    assert (learnt.argsort(axis=1) == (-conceded).argsort(axis=1)).all()


def test_learning_starts_from_equal_weights_and_trusts_large_concessions_more() -> None:
    for alike in (0.0, 0.3):
        learnt = learnt_saliences(np.full((1, 4), alike), 2.0, 0.25)
        assert learnt == pytest.approx(np.full((1, 4), 0.25))
    small, large = (learnt_saliences(np.eye(1, 4) * m, 2.0, 0.25)[0, 0] for m in (0.01, 0.5))
    assert large < small < 0.25


def _pies(weights: np.ndarray, gap: np.ndarray, points: int):  # type: ignore[no-untyped-def]
    """Arguments of a draft over split-the-pie issues: party 0 wants 0, party 1 wants 1 on each."""
    grid, issues = np.linspace(0, 1, points), weights.shape[1]
    loss = np.stack([weights[0][:, None] * grid, weights[1][:, None] * (1 - grid)], axis=1)
    start = np.zeros((issues, 1), dtype=np.intp)
    return grid, (start, loss[:, :, None], gap[:, None], np.zeros((issues, 1, points)))


def _nash(weights: np.ndarray, gap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    grid, arguments = _pies(weights, gap, 1001)
    chosen, surplus = coordinate_ascent(*arguments, nash_welfare, 50)
    return grid[chosen[:, 0]], surplus[:, 0]


def test_nash_drafts_split_a_pie_and_logroll() -> None:
    """One pie, disagreement (d0, d1): each gets d plus half of what is left (Nash 1950)."""
    x, surplus = _nash(np.ones((2, 1)), np.array([0.9, 0.7]))  # d = 0.1, 0.3
    assert surplus == pytest.approx([0.3, 0.3], abs=2e-3)
    assert x[0] == pytest.approx(0.6, abs=2e-3)
    # mirrored weights: the Nash point gives each its dear issue
    x, surplus = _nash(np.array([[0.8, 0.2], [0.2, 0.8]]), np.array([0.9, 0.9]))
    assert x == pytest.approx([0.0, 1.0])
    assert surplus == pytest.approx([0.7, 0.7])


def test_max_min_draft_is_the_solution_of_the_linear_programme() -> None:
    """max z subject to U_k(x) − R_k ≥ z: never above it, and close below."""
    short = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        weights, gap = normalised(rng.random((2, 4)) + 0.05), rng.uniform(0.5, 1.0, 2)
        _, value = max_min(*_pies(weights, gap, 21)[1])
        a = np.array([[*weights[0], 1.0], [*(-weights[1]), 1.0]])
        b = np.array([gap[0], gap[1] - weights[1].sum()])
        solved = linprog([0, 0, 0, 0, -1], A_ub=a, b_ub=b, bounds=[(0, 1)] * 4 + [(None, None)])
        short.append(-solved.fun - value[0])
    assert min(short) >= -1e-9
    assert max(short) < 0.06
    assert np.mean(short) < 0.01


def test_snap_goes_to_listed_points_on_the_way_to_the_ideal() -> None:
    points = [np.array([0.0, 0.5, 1.0]), None]
    x = np.array([[0.6, 0.6], [0.4, 0.4], [0.5, 0.5]])
    ideal = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    assert snap(x, ideal, points) == pytest.approx(np.array([[0.5, 0.6], [0.5, 0.4], [0.5, 0.5]]))


@pytest.mark.parametrize(
    ("raw", "reference"),
    [
        ({"normal": [2.0, 0.5]}, stats.norm(2.0, 0.5)),
        ({"uniform": [-1.0, 3.0]}, stats.uniform(-1.0, 4.0)),
        ({"triangular": [0.0, 0.3, 1.0]}, stats.triang(0.3, 0.0, 1.0)),
    ],
)
def test_quantiles_equal_scipy(raw: dict[str, list[float]], reference: object) -> None:
    u = np.linspace(0.001, 0.999, 41)
    assert parse_number(raw).quantile(u) == pytest.approx(reference.ppf(u))  # type: ignore[attr-defined]


def test_choice_has_the_given_shares() -> None:
    u = (np.arange(1000) + 0.5) / 1000
    drawn = parse_number({"choice": {10: 0.2, 30: 0.5, 20: 0.3}}).quantile(u)
    assert [(drawn == v).mean() for v in (10, 20, 30)] == pytest.approx([0.2, 0.3, 0.5])
    assert parse_number({"choice": [1, 2, 3]}).median == 2


def test_wilson_interval_published_example() -> None:
    """Newcombe (1998), Statistics in Medicine 17, Table I, method 3: 81/263 and 15/148."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


@settings(max_examples=30)
@given(seeds, st.integers(1, 30))
def test_quantiles_equal_numpy(seed: int, worlds: int) -> None:
    values = np.random.default_rng(seed).random((worlds, 3, 2))
    probabilities = (0.0, 0.1, 0.5, 0.9, 1.0)
    assert quantiles(values, probabilities) == pytest.approx(np.quantile(values, probabilities, 0))


# --- intervals against the tables of the papers

COUNT = st.integers(0, 300)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((18, 12, 2, 18), 0.0562, 0.3290),
        ((53, 0, 0, 1), -0.0729, 0.0729),
        ((0, 30, 0, 0), 0.8395, 1.0),
    ],
)
def test_paired_shares_as_in_newcombe_1998(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Method 10 in the table of Newcombe (1998), Statistics in Medicine 17:2635."""
    found = paired_difference_of_shares(*counts)
    assert found == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [((56, 48), (70, 80), 0.0524, 0.3339), ((9, 3), (10, 10), 0.1705, 0.8090)],
)
def test_independent_shares_as_in_newcombe_1998(
    successes: tuple[int, int], trials: tuple[int, int], low: float, high: float
) -> None:
    """Method 10 in the table of Newcombe (1998), Statistics in Medicine 17:873."""
    assert difference_of_shares(successes, trials) == pytest.approx((low, high), abs=1e-4)


SLEEP = (
    np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]),
    np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
)
"""Hours of sleep gained with two drugs, the data of Student (1908), *Biometrika* 6:1."""


def test_means_on_students_sleep_data() -> None:
    """The figures that textbooks and R's manual give for these data, paired and by Welch."""
    one, two = SLEEP
    paired = paired_difference_of_means(one - two)
    assert paired == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)
    assert difference_of_means(one, two) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)


@given(COUNT, COUNT, COUNT, COUNT)
def test_paired_interval_holds_the_difference_and_turns_round(
    a: int, b: int, c: int, d: int
) -> None:
    n = a + b + c + d
    low, high = paired_difference_of_shares(a, b, c, d)
    assert -1 <= low <= high <= 1
    if n:
        assert low - 1e-12 <= (b - c) / n <= high + 1e-12
        other = paired_difference_of_shares(a, c, b, d)
        assert other == pytest.approx((-high, -low), abs=1e-12)


@given(COUNT, COUNT, COUNT, COUNT)
def test_pairing_helps_only_what_goes_together(a: int, b: int, c: int, d: int) -> None:
    """Positive correlation narrows the interval, negative correlation widens it."""
    n = a + b + c + d
    paired = paired_difference_of_shares(a, b, c, d)
    plain = difference_of_shares((a + b, a + c), (n, n))
    wider = (paired.high - paired.low) - (plain.high - plain.low)
    if a * d > b * c:
        assert wider <= 1e-12
    else:
        assert wider >= -1e-12


def test_nothing_counted_says_nothing_and_equal_numbers_have_no_width() -> None:
    assert paired_difference_of_shares(0, 0, 0, 0) == (-1.0, 1.0)
    assert difference_of_shares((0, 0), (0, 5)) == (-1.0, 1.0)
    same = np.full(5, 0.3)
    assert difference_of_means(same, same) == (0.0, 0.0)
    assert paired_difference_of_means(same - same) == (0.0, 0.0)


def test_a_world_walks_alone_as_it_does_beside_one_in_which_somebody_is_barred() -> None:
    """Where the target is out of reach it ends at the ideal, on issues of no weight as well."""
    ideal, zero, one = np.zeros((2, 2)), np.zeros((2, 2)), np.ones((2, 2))
    slope = np.array([[1.0, 0.0], [1.0, 0.0]])
    signable = np.array([[0.0, 0.0], [0.3, 0.0]])
    stands, weights = np.full((1, 2, 2), 0.5), np.ones((1, 2, 2))
    target, best = np.array([1.2, 0.9]), np.ones(2)
    of = (target, best, ideal, slope, zero, one)
    both = walk_within(*of, stands, weights, signable)
    for n in range(2):
        alone = walk_within(
            *(a[n : n + 1] for a in of),
            stands[:, n : n + 1], weights[:, n : n + 1], signable[n : n + 1],
        )  # fmt: skip
        np.testing.assert_array_equal(alone[0], both[n])
