"""Group-decision models against published tables, reference columns and closed forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.formulas.groups.averages import condorcet, nash_reference, weighted_mean, weighted_median
from sim.formulas.groups.challenge import READINGS, challenge, one_round, risk_exponents, success
from sim.formulas.groups.exchange import Market, exchange, exchange_round, start_of_next
from sim.formulas.groups.group import Group, tables
from sim.formulas.groups.predictors import PREDICTORS
from tests.conftest import csv_rows

DEU = "deu"
EMISSIONS = "ec_emissions_bdm1994"


def groups(folder: Path) -> dict[str, Group]:
    """The issues of a data folder."""
    by_issue: dict[str, list[dict[str, str]]] = {}
    for row in csv_rows(folder / "positions.csv"):
        by_issue.setdefault(row["issue"], []).append(row)
    reference = {r["issue"]: r["reference"] for r in csv_rows(folder / "outcomes.csv")}
    return {
        issue: Group(
            issue,
            tuple(r["actor"] for r in members),
            *(np.array([float(r[k]) for r in members]) for k in ("position", "salience", "power")),
            reference=float(reference.get(issue) or "nan"),
        )
        for issue, members in by_issue.items()
    }


# --- averages and baselines ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def deu(shared: Path) -> dict[str, Group]:
    return groups(shared / "data" / DEU)


COLUMNS = {
    "compromise": "weighted_mean",
    **{
        name: name
        for name in (
            "salience_mean", "power_mean", "mean", "weighted_median", "condorcet", "median",
            "midpoint", "strongest", "nash_rp", "reference_point",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_baselines_are_the_reference_columns(
    shared: Path, deu: dict[str, Group], name: str
) -> None:
    given_rows = csv_rows(shared / "data" / DEU / "baseline_forecasts.csv")
    assert len(given_rows) == 222
    for row in given_rows:
        predicted = PREDICTORS[name].predict([deu[row["issue"]]])[0]
        expected = float(row[COLUMNS[name]] or "nan")
        assert predicted == pytest.approx(expected, abs=1e-3, nan_ok=True), row["issue"]


def test_the_nash_bargain_of_two_sides_is_the_weighted_split() -> None:
    """Two sides, losses linear: max of w ln(x) + v ln(80 − x) lies at 80 w / (w + v)."""
    x = np.array([40.0, 100.0])
    found = nash_reference(x, np.array([1.0, 3.0]), 0.0, 100.0)
    assert found == pytest.approx(60.0, abs=60 / 400)
    # nobody moves from a reference point that all want
    assert nash_reference(np.full(3, 20.0), np.ones(3), 20.0, 100.0) == 20.0


WEIGHTS = st.lists(st.integers(0, 9), min_size=3, max_size=8).filter(lambda w: sum(w) > 0)


@given(WEIGHTS, st.data())
def test_median_and_condorcet_winner_agree(weights: list[int], data: st.DataObject) -> None:
    """Votes by distance: the winner has the least weighted distance, which the median has."""
    size = len(weights)
    x = np.array(data.draw(st.lists(st.integers(0, 10), min_size=size, max_size=size)), float)
    w = np.array(weights, float)
    loss = np.abs(x[:, None] - x) @ w
    for winner in (condorcet(x, w), weighted_median(x, w)):
        assert loss[list(x).index(float(winner))] == pytest.approx(loss.min())


@given(WEIGHTS, st.floats(0.1, 10), st.floats(-5, 5))
def test_averages_move_with_the_scale(weights: list[int], factor: float, shift: float) -> None:
    w = np.array(weights, float)
    x = np.arange(len(w), dtype=float) ** 2
    for rule in (weighted_mean, weighted_median, condorcet):
        assert rule(factor * x + shift, w) == pytest.approx(factor * rule(x, w) + shift)


def test_leading_axes_are_carried_along() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.random((4, 3, 5)), rng.random(5)
    for rule in (weighted_mean, weighted_median, condorcet):
        together = rule(x, w)
        assert together.shape == (4, 3)
        assert together[2, 1] == pytest.approx(float(rule(x[2, 1], w)))
    assert np.isnan(weighted_mean(np.array([1.0, 2.0]), np.zeros(2))), "nobody with weight"


# --- the expected-utility model -----------------------------------------------------------------


@pytest.fixture(scope="session")
def emissions(shared: Path) -> Group:
    return next(iter(groups(shared / "data" / EMISSIONS).values()))


def run(group: Group, rounds: int, **more: Any) -> Any:
    return challenge(group.positions, group.salience, group.power, rounds, still=-1.0, **more)


def test_the_published_table_round_by_round(shared: Path, emissions: Group) -> None:
    """Scholz, Calbert & Smith (2011), table 2."""
    course = run(emissions, 8)
    table = csv_rows(shared / "data" / EMISSIONS / "published_scholz2011_table2.csv")
    for row in table:
        number = int(row["round"])
        assert course.mean[number] == pytest.approx(float(row["mean"]), abs=0.1)
        near = 0.3 if number == 2 else 0.1
        assert course.median[number] == pytest.approx(float(row["median"]), abs=near)


def test_every_actor_moves_as_in_the_reference_run(shared: Path, emissions: Group) -> None:
    reference = csv_rows(shared / "data" / "reference_runs" / "eum_jmckib_emissions_rounds.csv")
    course = run(emissions, len(reference) - 1)
    expected = np.array([[float(r[actor]) for actor in emissions.actors] for r in reference])
    assert course.positions == pytest.approx(expected, abs=1e-9)


def test_as_printed_the_median_stays(emissions: Group) -> None:
    assert run(emissions, 8, reading="as_printed").median == pytest.approx(np.full(9, 7.0))


@pytest.mark.parametrize("reading", READINGS)
def test_probabilities_of_success(reading: Any) -> None:
    """Three actors of weight 1 at 0, ½, 1: votes counted by hand."""
    x = np.array([0.0, 0.5, 1.0])
    p = success(np.abs(x[:, None] - x), np.ones(3), np.ones(3), reading)
    # between the ends the middle abstains and the ends vote 1 each; between 0 and ½ the votes are
    # ½ against ½ + ½; over both sides of all three pairs that makes 2 (2 + 1.5 + 1.5) = 10
    between_ends, low_middle, middle_low = (
        (1 / 2, 1 / 3, 2 / 3) if reading == "as_printed" else (1 / 10, 0.5 / 10, 1 / 10)
    )
    assert p[0, 2] == p[2, 0] == pytest.approx(between_ends)
    assert p[0, 1] == pytest.approx(low_middle)
    assert p[1, 0] == pytest.approx(middle_low)


def test_risk_exponents_lie_between_one_half_and_two() -> None:
    attacking = np.array([[0.0, 1.0, 3.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert risk_exponents(attacking) == pytest.approx([2.0, (1 + 1 / 9) / (1 - 1 / 9), 0.5])
    assert risk_exponents(np.zeros((3, 3))) == pytest.approx(np.ones(3))


POSITIONS = st.lists(st.integers(0, 100), min_size=2, max_size=7)


@pytest.mark.parametrize("reading", READINGS)
@given(POSITIONS, st.integers(0, 10**6))
def test_challenges_stay_within_the_range(reading: Any, xs: list[int], seed: int) -> None:
    x = np.array(xs, dtype=float)
    salience, power = np.random.default_rng(seed).uniform(0.01, 1.0, (2, len(x)))
    course = challenge(x, salience, power, 4, reading)
    assert course.positions.min() >= x.min() - 1e-9
    assert course.positions.max() <= x.max() + 1e-9
    stretched = challenge(3.0 * x + 7.0, salience, power, 1, reading).positions
    assert stretched[1] == pytest.approx(3.0 * course.positions[1] + 7.0)
    agreed = challenge(np.full(len(x), x[0]), salience, power, 3, reading)
    assert (agreed.positions == x[0]).all(), "those who agree stay where they are"


def test_worlds_are_computed_as_if_alone(emissions: Group) -> None:
    rng = np.random.default_rng(2)
    x = emissions.positions + rng.normal(0, 0.3, (5, 10))
    together = one_round(x, emissions.salience, emissions.power)
    for world in range(5):
        alone = one_round(x[world], emissions.salience, emissions.power)
        assert together[world] == pytest.approx(alone)


# --- exchange -----------------------------------------------------------------------------------


SUMMITS = {"cop21_decide": "eg_cop21_nbs.csv", "copenhagen2009_decide": "eg_copenhagen_nbs.csv"}


@pytest.mark.parametrize("name", SUMMITS)
def test_outcomes_are_the_reference_and_later_ones_near_it(shared: Path, name: str) -> None:
    """Ties were drawn there, so not to the digit; if all of a move lasted, 25 points off."""
    reference = csv_rows(shared / "data" / "reference_runs" / SUMMITS[name])
    issues = tables(list(groups(shared / "data" / name).values()))
    for number, most in ((0, 1e-9), (1, 1.0), (2, 2.0), (10, 4.0)):
        expected = [float(r["nbs"]) for r in reference if r["round"] == str(number)]
        assert len(expected) > 3
        assert exchange(*issues, rounds=number) == pytest.approx(expected, abs=most)


def test_every_published_exchange_is_the_best_there_is(shared: Path) -> None:
    """All 129 trades of the R program's first round, in its order, whatever its ties."""
    folder = shared / "data" / "cop21_decide"
    issues = groups(folder)
    names = list(dict.fromkeys(a for g in issues.values() for a in g.actors))
    market = Market(*tables(list(issues.values())))
    number = {
        (names[i], list(issues)[p], names[j], list(issues)[q]): n
        for n, (i, p, j, q) in enumerate(
            zip(market.givers, market.gives, market.takers, market.returns, strict=True)
        )
    }
    published = csv_rows(folder / "published_R_equalgain_round1_exchanges.csv")
    for row in published:
        one = (row["i"], row["i_supply_issue"], row["j"], row["j_supply_issue"])
        swapped = one not in number
        assert market.gains().max() == pytest.approx(float(row["gain"]), abs=1e-9)
        trade = market.trade(number[one[2:] + one[:2] if swapped else one])
        assert trade.gain == pytest.approx(float(row["gain"]), abs=1e-9)
        ends = [trade.giver_from, trade.giver_to], [trade.taker_from, trade.taker_to]
        first, second = reversed(ends) if swapped else ends
        assert first == pytest.approx([float(row["i_from"]), float(row["i_to"])], abs=1e-6)
        assert second == pytest.approx([float(row["j_from"]), float(row["j_to"])], abs=1e-6)
    assert len(published) == 129


def test_the_first_exchange_of_the_climate_summit(shared: Path) -> None:
    """By our own choice of the best trade: the published list up to its first tie."""
    folder = shared / "data" / "cop21_decide"
    issues = groups(folder)
    names = list(dict.fromkeys(a for g in issues.values() for a in g.actors))
    _, trades = exchange_round(*tables(list(issues.values())))
    published = csv_rows(folder / "published_R_equalgain_round1_exchanges.csv")
    for trade, row in zip(trades[:32], published, strict=False):
        assert {names[trade.giver], names[trade.taker]} == {row["i"], row["j"]}
        assert trade.gain == pytest.approx(float(row["gain"]), abs=1e-9)
    assert trades[0].gain == pytest.approx(2.19072, abs=1e-5)


def test_a_trade_by_hand() -> None:
    """Two actors, two issues, mirrored interests: each yields wholly on the other's issue.

    Outcomes move from 25 and 75 to 0 and 100, worth .75·25 − .25·25 to either.
    """
    positions = np.array([[0.0, 0.0], [100.0, 100.0]])
    salience = np.array([[0.75, 0.25], [0.25, 0.75]])
    after, trades = exchange_round(positions, salience, np.ones((2, 2)))
    assert [trade.gain for trade in trades] == [pytest.approx(0.5 * 25)]
    assert after == pytest.approx(np.array([[0.0, 100.0], [0.0, 100.0]]))
    assert exchange(positions, salience, np.ones((2, 2))) == pytest.approx([0.0, 100.0])
    half = start_of_next(np.zeros(2), np.ones(2), np.array([0.0, 1.0]))
    assert half == pytest.approx([0.5, 0.1])  # what lasts of a move
    one, none = exchange_round(positions[:, :1], np.ones((2, 1)), np.ones((2, 1)))
    assert none == [], "one issue is no market"
    assert (one == positions[:, :1]).all()


@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(2, 4))
def test_both_sides_of_a_trade_gain_alike(seed: int, actors: int, issues: int) -> None:
    rng = np.random.default_rng(seed)
    positions, salience, power = rng.uniform(0.05, 1.0, (3, actors, issues))
    positions[rng.random((actors, issues)) < 0.2] = np.nan
    market = Market(positions, salience, power)
    weights = np.where(np.isnan(positions), 0.0, salience * power)
    total = weights.sum(axis=0)
    start = np.where(np.isnan(positions), 0.0, positions)
    for _ in range(20):
        if not len(market.givers) or market.gains().max() < 1e-9:
            break
        t = market.trade(int(np.argmax(market.gains())))
        shift_p = weights[t.giver, t.gives] * abs(t.giver_to - t.giver_from) / total[t.gives]
        shift_q = weights[t.taker, t.returns] * abs(t.taker_to - t.taker_from) / total[t.returns]
        s = salience
        giver = s[t.giver, t.returns] * shift_q - s[t.giver, t.gives] * shift_p
        taker = s[t.taker, t.gives] * shift_p - s[t.taker, t.returns] * shift_q
        assert giver == pytest.approx(taker)
        assert giver > 0
        ends = sorted((start[t.giver, t.gives], start[t.taker, t.gives]))
        assert ends[0] - 1e-9 <= t.giver_to <= ends[1] + 1e-9
