"""Ratification, durability and the plan as published."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.draws import Draws
from sim.engine.durability import first_break, interpolated
from sim.engine.model import REJECTED, SETTLED, PeaceTalks
from sim.ensemble.runner import run_scenario
from sim.formulas.bargaining.support import support_curve, threshold_from_support
from sim.formulas.statistics import Interval
from sim.plots import FIGURES
from sim.results.allowed import RANGE, SAMPLING, allowed_spread, wider
from sim.results.dataset import outcome_codes
from sim.results.experiments import PREFIX
from sim.results.outcomes import OUTCOMES
from sim.scenario import ScenarioError, load_data
from sim.views.convergence import convergence_view
from sim.views.run_data import history
from sim.views.utility import utility_view
from sim.words.short import main_reasons
from sim.words.story import events
from tests.conftest import ENVOY, TOY, build, conflict, opened, simulate


def gate(threshold: Any, **more: Any) -> dict[str, Any]:
    return {
        "title": "A's parliament",
        "of": "a",
        "positions": {"land": {"ideal": 0, "salience": 1}},
        "threshold": threshold,
        "judgement": "test",
    } | more


def with_gate(threshold: Any, **more: Any) -> dict[str, Any]:
    return copy.deepcopy(TOY) | {"ratification": {"parliament": gate(threshold, **more)}}


# --- formulas ----------------------------------------------------------------------------------


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.0, 0.45), st.floats(0.55, 1.0))
def test_two_polls_are_met_exactly(low: float, high: float, near: float, far: float) -> None:
    low, high = sorted((low, high))
    utility = np.array([[near, far]])
    slope, intercept = support_curve(utility, np.array([low, high]))
    fitted = 1 / (1 + np.exp(-(slope[0] * utility[0] + intercept[0])))
    if slope[0] > 1.0:
        assert fitted == pytest.approx([low, high])
    else:  # hardly told apart: the flattest curve, through the middle
        assert slope[0] == 1.0
        middle = np.log([low / (1 - low), high / (1 - high)]).mean()
        assert np.log(fitted / (1 - fitted)).mean() == pytest.approx(middle)


def test_threshold_is_where_the_curve_crosses_what_is_required() -> None:
    """40 % for a text worth 0.2 and 60 % for one worth 0.6: half of the votes at 0.4."""
    curve = support_curve(np.array([[0.2, 0.6]]), np.array([0.4, 0.6]))
    assert threshold_from_support(*curve, np.array([0.5])) == pytest.approx([0.4])
    assert threshold_from_support(*curve, np.array([0.6])) == pytest.approx([0.6])
    # three polls are fitted by least squares
    utility, share = np.array([[0.1, 0.5, 0.8]]), np.array([0.2, 0.4, 0.8])
    found = np.concatenate(support_curve(utility, share))
    assert found == pytest.approx(np.polyfit(utility[0], np.log(share / (1 - share)), 1))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_interpolation_is_numpys(x: list[float]) -> None:
    points, values = np.array([0.0, 0.3, 1.0]), np.array([0.5, 0.1, 0.2])
    ours = interpolated(points, np.repeat(values[None], len(x), axis=0), np.array(x))
    assert ours == pytest.approx(np.interp(x, points, values))


def test_first_break_counts_full_years_before_it() -> None:
    temptation = np.full((3, 4, 2), -1.0)
    temptation[1, 0, 1] = 0.1
    temptation[2, 2] = [0.1, 0.3]
    years, who = first_break(temptation)
    assert years.tolist() == [4, 0, 2]
    assert who.tolist() == [-1, 1, 1]


# --- ratification ------------------------------------------------------------------------------


def test_votes_take_time_and_the_day_of_the_deal_is_that_of_the_signature() -> None:
    """A gate that asks for nothing changes nothing else."""
    plain, slow = simulate(build(TOY)).talks, simulate(build(with_gate(-1, days=60))).talks
    settled = plain.status == SETTLED
    assert settled.any()
    assert (plain.status == slow.status).all()
    assert np.array_equal(plain.agreed, slow.agreed, equal_nan=True)
    assert (slow.concluded_round[settled] == plain.concluded_round[settled]).all()
    in_force = slow.in_force_round[settled] - slow.concluded_round[settled]
    assert set(in_force) == {9}  # 60/7 up


@pytest.mark.parametrize("failure", ["back_to_table", "end_of_talks"])
def test_a_gate_that_nothing_passes_ends_every_settlement(failure: str) -> None:
    plain = simulate(build(TOY))
    model = simulate(build(with_gate(2, on_failure=failure)))
    assert (plain.talks.status == SETTLED).any()
    assert not (model.talks.status == SETTLED).any()
    failed = outcome_codes(model) == OUTCOMES.index("ratification_failed")
    assert (failed == (plain.talks.status == SETTLED)).all()
    assert np.isnan(model.talks.agreed).all()
    assert ((model.talks.status == REJECTED) == (failed & (failure == "end_of_talks"))).all()
    # once refused by its own parliament for good, A signs nothing any more
    assert (model.ratification.failures[failed] == 1).all()


def test_what_is_signed_and_not_ratified_is_told_and_marked() -> None:
    run = run_scenario(load_data(with_gate(2, days=30, on_failure="end_of_talks")), 20)
    turns = [(kind, day) for kind, _, day in history(run)]
    assert [kind for kind, _ in turns] == ["signed", "rejected"]
    view = convergence_view(run)
    figure = FIGURES["convergence"](run)
    assert view.headline.startswith("The central world signs a text by ")
    assert view.headline.endswith(", which is not ratified")
    assert {panel.status for panel in view.panels} == {"Signed, and not in force at the end"}
    for axes in figure.axes:
        marks = [line.get_xdata()[0] for line in axes.lines if line.get_gid() == "stage"]
        assert marks == [day for _, day in turns]
    key = {text.get_text() for text in figure.texts}
    assert "; ".join(view.signed.values()) in key
    assert any("; Not ratified, " in text for text in key)


def test_texts_that_fall_one_after_the_other_are_counted() -> None:
    def wants(ideal: int) -> dict[str, Any]:
        return {"arms": {"ideal": ideal, "salience": 1}}

    data = mediated(with_gate(0.7, positions=wants(0)))
    data["ratification"]["other"] = gate(0.4, of="b", positions=wants(1))
    run = run_scenario(load_data(data), 2)
    assert [kind for kind, _, _ in history(run)] == ["signed", "rejected"] * 2
    headline = convergence_view(run).headline
    assert headline.startswith("The central world signs 2 texts, the last by ")
    assert headline.endswith("; none is ratified")
    assert utility_view(run).headline.startswith(
        "No settlement, as what is signed is not ratified; "
    )


def test_reasons_as_frequent_up_to_sampling_error_are_both_told() -> None:
    summary = run_scenario(load_data(TOY), 5).summary
    because = {"red_lines": 0.36, "not_reached": 0.28, "ratification": 0.355, "no_surplus": 0.005}
    many = replace(summary, worlds=500, outcomes={"settlement": 0.0}, stuck_because=because)
    assert list(main_reasons(many)) == ["red_lines", "ratification"]
    assert list(main_reasons(replace(many, worlds=50_000))) == ["red_lines", "ratification"]
    assert list(main_reasons(replace(many, worlds=5_000_000))) == ["red_lines"]


def test_the_share_that_passes_is_that_of_the_thresholds_below_the_text() -> None:
    """A text worth u passes with probability P(threshold ≤ u)."""
    data = with_gate({"uniform": [0.0, 1.0]}, on_failure="end_of_talks")
    model = simulate(build(data), 2000)
    g = model.ratification.gates[0]
    voted = ~np.isnan(g.verdict)
    plain = simulate(build(TOY), 2000)
    worth = 1 - plain.talks.agreed[voted, 0]  # utility of the land to the parliament
    assert g.verdict[voted].mean() == pytest.approx(worth.mean(), abs=0.03)


def test_limits_of_a_gate_and_terms_that_bring_a_text_before_it() -> None:
    limited = with_gate(-1)
    limited["ratification"]["parliament"]["positions"]["land"]["limit"] = 0.0
    model = simulate(build(limited))
    assert not ((model.talks.status == SETTLED) & (model.talks.agreed[:, 0] > 1e-9)).any()
    unconcerned = with_gate(2, when={"arms": {"at_least": 2 / 3}, "land": {"at_most": 0.0}})
    free = simulate(build(unconcerned))
    assert (free.talks.status == SETTLED).any()
    assert (free.ratification.failures == 0).all()


def test_a_list_of_terms_means_any_of_them() -> None:
    data = with_gate(2, when=[{"land": {"at_least": 0.9}}, {"land": {"at_least": 0.1}}])
    texts = np.array([[[0.95, 0.5], [0.3, 0.5], [0.05, 0.5]]])
    (found,) = opened(data).ratification.gates
    assert found.concerned(texts)[0].tolist() == [True, True, False]


def mediated(data: dict[str, Any]) -> dict[str, Any]:
    """The same with an envoy, and wars so dear that his first text is signed."""
    data["protocol"] = {"name": "shuttle"}
    data["actors"]["envoy"] = ENVOY
    for actor in ("a", "b"):
        data["war"]["cost"][actor] = 0.05
        data["actors"][actor]["patience"] = 20
    return data


def test_after_a_failure_the_envoy_drafts_for_those_who_voted_no() -> None:
    data = mediated(with_gate({"uniform": [0.4, 0.9]}))
    data["ratification"]["parliament"]["positions"] = {"arms": {"ideal": 0, "salience": 1}}
    model = simulate(build(data), 400)
    later = (model.ratification.failures > 0) & (model.talks.status == SETTLED)
    assert later.sum() > 50
    assert (model.ratification.failures[later] == 1).all()


def two_gates(first: dict[str, Any], second: dict[str, Any], **more: Any) -> PeaceTalks:
    data = copy.deepcopy(TOY) | more
    data["ratification"] = {"first": gate(0.5) | first, "second": gate(0.5) | second}
    return simulate(build(data))


def test_a_text_needs_all_gates_and_waits_for_the_slowest() -> None:
    talks = two_gates({"threshold": -1, "days": 14}, {"threshold": -1, "days": 35}).talks
    settled = talks.status == SETTLED
    assert set((talks.in_force_round - talks.concluded_round)[settled]) == {5}
    for refusing in ({"threshold": 2}, {"threshold": -1}), ({"threshold": -1}, {"threshold": 2}):
        assert not (two_gates(*refusing).talks.status == SETTLED).any()
    # it fails on the day of the first no: a slow chamber is not asked once a fast one has refused
    refused = {"threshold": 2, "on_failure": "end_of_talks", "days": 7}
    model = two_gates(refused, {"threshold": -1, "days": 200})
    failed = model.ratification.failures > 0
    assert (model.talks.status[failed] == REJECTED).all()
    assert set((model.talks.concluded_round - model.talks.last_signed)[failed]) == {1}
    assert np.isnan(model.ratification.gates[1].verdict).all()


def test_only_the_owner_minds_its_gate_and_only_where_it_is_concerned() -> None:
    data = with_gate(0.6, when={"land": {"at_least": 0.3}})
    model = opened(data)
    votes = model.ratification
    votes.gates[0].known[:] = True
    (table,) = model.talks.tables
    texts = np.array([[[0.35, 0.5], [0.5, 0.5], [0.2, 0.5]]])  # worth 0.65, 0.5 and 0.8
    assert votes.acceptable(0, texts, table)[0].tolist() == [True, False, True]
    assert votes.acceptable(1, texts, table)[0].all()
    votes.gates[0].threshold[:] = 0.9
    spared = votes.acceptable(0, texts, table)[0].tolist()
    assert spared == [False, False, True]  # 0.2 spares the vote


def staged(**truce: Any) -> dict[str, Any]:
    data = copy.deepcopy(TOY)
    data["agenda"] = [
        {"name": "truce", "issues": ["arms"], "cost_factor": 0.5},
        {"name": "rest", "issues": ["land"]},
    ]
    positions = {"arms": {"ideal": 0, "salience": 1}}
    vote = {"title": "Vote on the truce", "of": "a", "stage": "truce", "judgement": "test"}
    data["ratification"] = {"vote": vote | {"positions": positions, "threshold": -1} | truce}
    return data


def test_a_truce_that_is_refused_is_open_again_and_the_rest_waits() -> None:
    model = simulate(build(staged(threshold=2)))
    assert (model.talks.stage == 0).all()
    assert (model.talks.signed_round == -1).all()
    assert np.isnan(model.talks.agreed).all()
    failed = model.ratification.failures > 0
    assert failed.any()
    assert (model.ratification.failures[failed] == 1).all()
    assert np.isinf(model.recorder.surplus_at_signing).all()
    assert np.isnan(model.recorder.value_at_signing).all()


def test_a_truce_that_passes_later_is_no_failed_ratification() -> None:
    data = mediated(staged(threshold={"uniform": [0.3, 0.9]}))
    data["actors"]["b"]["positions"]["land"]["limit"] = 0.9  # so that the rest is never settled
    model = simulate(build(data), 400)
    later = (model.ratification.failures > 0) & (model.talks.stage == 1)
    assert later.any()
    assert (outcome_codes(model)[later] == OUTCOMES.index("partial")).all()


def test_signed_by_the_horizon_and_voted_on_after_it() -> None:
    model = simulate(build(with_gate(-1, days=900)), 1, central=True)
    assert model.talks.status[0] == SETTLED
    assert model.talks.in_force_round[0] == model.talks.concluded_round[0] + 129
    assert model.recorder.history[-1] == (model.talks.in_force_round[0], "ratified", "")


def test_the_story_names_who_refused_and_not_who_refused_before() -> None:
    data = mediated(with_gate(0.6, positions={"arms": {"ideal": 0, "salience": 1}}))
    run = run_scenario(load_data(data), 5)
    told = [e.text for e in events(run.scenario, run.central)]
    votes = [text for text in told if "ratified" in text]
    refused = "Not ratified (A's parliament): its stage is open again"
    assert votes == [refused, "What was signed is ratified"]


def test_the_story_tells_a_red_line_that_is_crossed_and_no_move_without_a_position() -> None:
    data = conflict(
        {"land": {"no_deal": 0.5, "scale": {0: "Theirs", 0.5: "Middle", 1: "Ours"}}, "hours": 0.5},
        {
            "a": {"land": {"ideal": 1, "limit": 0.8}},
            "b": {"land": {"ideal": 0}, "hours": {"ideal": 1}},
        },
        cost=0.05,
        engine={"believed_binds": 0.1},
        actors__a__patience="10w",
        actors__b__patience="10w",
    )
    run = run_scenario(load_data(data), 2)
    told = [event.text for event in events(run.scenario, run.central)]
    ending = ", beyond the red line at 0.80, which does not bind here"
    assert [
        text for text in told if text.startswith("A move by A on Land") and text.endswith(ending)
    ]
    assert not [text for text in told if text.startswith("A move by A on Hours")]


@pytest.mark.parametrize(
    ("stages", "ending"),
    [
        ([["land", "hours"]], "a condition of it being met"),
        ([["hours"], ["land"]], "which a conditional one may allow once its stage is on the table"),
    ],
)
def test_a_condition_is_told_as_met_only_where_it_is(stages: list[list[str]], ending: str) -> None:
    looser = {"limit": 0.1, "when": {"hours": {"at_least": 0.4}}, "judgement": "test"}
    barred = len(stages) > 1
    data = conflict(
        {"land": {"no_deal": 0.5, "scale": {0: "Theirs", 0.5: "Middle", 1: "Ours"}}, "hours": 0},
        {
            "a": {
                "land": {"ideal": 1, "limit": 0.8, "conditional": [looser]},
                "hours": {"ideal": 1, "salience": 0.2, **({"limit": 0.7} if barred else {})},
            },
            "b": {"land": {"ideal": 0}, "hours": {"ideal": 0, "salience": 0.2, "limit": 0.6}},
        },
        cost=0.1,
        agenda=[{"name": f"s{n}", "issues": issues} for n, issues in enumerate(stages)],
        actors__a__patience="10w",
        actors__b__patience="50w",
    )
    run = run_scenario(load_data(data), 2)
    told = [e.text for e in events(run.scenario, run.central) if "A on Land" in e.text]
    assert [text.partition("0.80, ")[2] for text in told] == [ending]


def test_what_follows_the_gates_does_not_depend_on_the_number_of_worlds() -> None:
    data = durable(shift={"land": 0.2}, expected_cost={"uniform": [0.1, 1.2]})
    for actor in ("a", "b"):
        data["war"]["cost"][actor] = {"per_month": 0.01, "growth": 0.1}
    data["ratification"] = {"vote": gate({"uniform": [0.2, 0.8]}, days=60)}
    few, many = simulate(build(data), 7), simulate(build(data), 60)
    assert np.array_equal(few.recorder.years_held, many.recorder.years_held[:7], equal_nan=True)
    assert np.array_equal(few.ratification.failures, many.ratification.failures[:7])
    assert np.array_equal(few.war.cost_of_new_war("a"), many.war.cost_of_new_war("a")[:7])


# --- durability --------------------------------------------------------------------------------


def durable(**more: Any) -> dict[str, Any]:
    """A toy in which only temptation ends a settlement."""
    spec = {"years": 8, "judgement": "test"} | more
    return copy.deepcopy(TOY) | {"durability": spec, "engine": {"accidents": 0}}


def held(packages: np.ndarray, without: str | None = None, **more: Any) -> np.ndarray:
    """Years that packages hold, one a world, judged before the first round."""
    data = durable(**more)
    data["war"]["cost"] = {"a": 0.005, "b": 0.004}  # so that war tempts somebody now and then
    model = PeaceTalks(build(data), Draws(1, len(packages)))
    return model.yardsticks.durable.holds(packages, without).years


PACKAGES = np.random.default_rng(1).random((300, 2))


def test_settlements_hold_where_breaking_never_pays() -> None:
    """Closed form without shifts: all years or none, by the sign of the value of keeping."""
    years = held(PACKAGES)
    land, arms = PACKAGES.T
    # A believes in no drift, B knows 0.01 a month; without a deal arms stand at 0.2
    a = 0.7 * land + 0.3 * arms - (0.7 * land + 0.3 * 0.2) - 12 * 0.005
    b_land = np.clip(land + 0.12, 0, 1) - land
    b = 0.3 * b_land + 0.7 * (0.2 - arms) - 12 * 0.004
    tempted = (a > 0) | (b > 0)
    assert 20 < tempted.sum() < 280
    assert (years == np.where(tempted, 0.0, 8.0)).all()


@settings(max_examples=15)
@given(st.floats(0.0, 0.3), st.floats(0.0, 0.3), st.floats(0.0, 0.2))
def test_more_deterrence_never_shortens_a_settlement(
    weak: float, strong: float, shift: float
) -> None:
    weak, strong = sorted((weak, strong))

    def years(size: float) -> np.ndarray:
        terms = {"arms": {"on": ["a", "b"], "at": {0: size, 1: size / 2}, "judgement": "test"}}
        spec = durable(shift={"land": shift}, deterrence=terms)
        model = simulate(build(spec), 60)
        without = model.recorder.years_without["arms"]
        assert (np.nan_to_num(without) <= np.nan_to_num(model.recorder.years_held)).all()
        return model.recorder.years_held

    one, other = years(weak), years(strong)
    assert (np.nan_to_num(one) <= np.nan_to_num(other)).all()


def test_a_shift_of_the_balance_breaks_settlements_in_time() -> None:
    held = simulate(build(durable(shift={"land": 0.3})), 400).recorder.years_held
    held = held[~np.isnan(held)]
    assert 0 < (held >= 8).mean() < (held >= 1).mean()


def test_who_expects_a_cheap_war_breaks_sooner() -> None:
    cheap = held(PACKAGES, expected_cost=0.0)
    assert (cheap <= held(PACKAGES)).all()
    assert (cheap < held(PACKAGES)).any()


def test_a_term_that_favours_one_side_in_renewed_war_tempts_it() -> None:
    moves = {"arms": {"moves": {"land": 3.0}, "judgement": "test"}}
    plain, moved = held(PACKAGES), held(PACKAGES, balance=moves)
    more_arms = PACKAGES[:, 1] > 0.2  # renewed war then ends nearer to B's end
    assert (moved < plain)[more_arms].any()
    assert np.array_equal(held(PACKAGES, without="arms", balance=moves), plain)


# --- the plan as published ---------------------------------------------------------------------


def test_the_plan_is_weighed_as_the_parties_weigh_it() -> None:
    data = with_gate(0.5) | {"plan": {"land": 0.75, "arms": 0.1}}
    data["war"]["cost"]["b"] = 0.02
    model = opened(data)
    plan = model.recorder.plan
    # A: 1 − 0.7·0.75 − 0.3·0.1 against 1 − 0.7·0.5 − 0.3·0.2 − 12·0.02 (it expects no drift)
    assert plan.gain[0, 0] == pytest.approx(0.445 - (0.59 - 0.24))
    assert plan.crosses[0].tolist() == [[True, False], [False, False]]
    assert plan.ratified[0].tolist() == [0.0]  # 0.25 to the parliament, which asks for 0.5


def test_what_a_plan_leaves_out_stays_as_it_is() -> None:
    plan = opened(TOY | {"plan": {"land": 0.6}}, 3).recorder.plan
    assert plan.point.tolist() == [[0.6, 0.2]] * 3
    assert opened(TOY).recorder.plan is None


# --- mistakes ----------------------------------------------------------------------------------


def test_mistakes_in_durability_and_plan_are_named() -> None:
    moves, at = {"moves": {"sea": 0.1}, "judgement": "test"}, {0: 0.1, 1: 0.0}
    deterrence = {"arms": {"on": "c", "at": at}}
    data = durable(shift={"sea": 0.1}, deterrence=deterrence, balance={"arms": moves})
    with pytest.raises(ScenarioError) as error:
        load_data(data | {"plan": {"sea": 0.5}})
    text = str(error.value)
    assert text.count("there is no issue 'sea'") == 3
    assert "there is no signatory 'c'" in text
    assert "has neither a source nor a judgement" in text


def test_the_range_of_a_share_of_some_worlds_is_that_of_these_worlds_alone() -> None:
    draws = np.random.default_rng(3)
    drawn, voted = draws.random(4000), draws.random(4000) < 0.5
    passes = draws.random(4000) < np.where(voted, drawn, 0.5)
    spread = allowed_spread(xr.Dataset({f"{PREFIX}engine.x": ("world", drawn)}))
    low, high = spread(passes, voted)
    # a share that is the number itself, uniform on 0 to 1
    assert low == pytest.approx(0.1, abs=0.05)
    assert high == pytest.approx(0.9, abs=0.05)
    low, high = spread(passes, ~voted)
    assert high - low < 0.05
    some = xr.Dataset({f"{PREFIX}engine.x": ("world", drawn[:150])})
    assert allowed_spread(some) is None, "too few to see it: only the sampling error is known"
    few = Interval(0.2, 0.9)
    assert wider(few, Interval(0.4, 0.8)) == (few, SAMPLING)
    assert wider(few, Interval(0.1, 0.9)) == (Interval(0.1, 0.9), RANGE)
