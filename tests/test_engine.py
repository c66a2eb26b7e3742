"""What must always hold of a run, whatever the scenario."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.conformance import Watched
from sim.engine.draws import Draws
from sim.engine.model import SETTLED, PeaceTalks
from sim.formulas.tactics import TACTICS
from tests.conftest import ENVOY, TOY, build, conflict, lines_at, opened, simulate


def pie(cost_a: float, cost_b: float, no_deal: float = 0.5) -> dict[str, Any]:
    """One issue of which each of two wants all: u_A = 1 − x, u_B = x."""
    data = conflict({"pie": no_deal}, {"a": {"pie": 0}, "b": {"pie": 1}})
    data["actors"]["a"]["patience"] = data["actors"]["b"]["patience"] = 10
    data["war"]["cost"] = {"a": cost_a, "b": cost_b}
    return data


points = st.integers(0, 20).map(lambda n: n / 20)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Random small scenarios: parties on both ends, any tactic, mediated or not, staged or not."""
    issues = [f"i{n}" for n in range(draw(st.integers(1, 4)))]
    names = ["north", "south", "third"][: draw(st.integers(2, 3))]
    sides: dict[str, Any] = {name: {} for name in names}
    for number, wishes in enumerate(sides.values()):
        for issue in issues:
            ideal = draw(st.sampled_from([0.0, 0.1, 0.3] if number % 2 == 0 else [1.0, 0.9, 0.6]))
            limit = draw(points)
            limit = max(limit, ideal) if ideal < 0.5 else min(limit, ideal)
            wishes[issue] = {
                "ideal": ideal,
                "salience": draw(st.integers(1, 10)),
                "softening": draw(st.sampled_from([0.0, 0.5])),
                "curvature": draw(st.sampled_from([1.0, 1.0, 2.0])),
            } | ({"limit": {"normal": [limit, 0.1]}} if draw(st.booleans()) else {})
            far = 1.0 if ideal < 0.5 else 0.0
            others = [i for i in issues if i != issue]
            if "limit" in wishes[issue] and others and draw(st.booleans()):
                bound = {draw(st.sampled_from(["at_most", "at_least"])): 0.5}
                rule = {"limit": (limit + far) / 2, "when": {others[0]: bound}}
                wishes[issue]["conditional"] = [rule]
    scale = {0: "a", 0.25: "b", 0.5: "c", 0.8: "d", 1: "e"}
    kinds = st.sampled_from(["continuous", "options"])
    data = conflict(
        {i: {"kind": draw(kinds), "scale": scale, "no_deal": draw(points)} for i in issues},
        sides,
        war__cost={name: draw(st.sampled_from([0.0, 0.02, 0.05])) for name in names},
        war__drift={issues[0]: {"mean": {"normal": [0.0, 0.02]}, "volatility": 0.02}},
        war__beliefs={names[0]: {issues[0]: {"mean": 0.03, "sd": 0.02}}},
        horizon_days=210,
    )
    for name in names:
        data["actors"][name] |= {
            "patience": {"uniform": [2, 30]},
            "tactic": {"name": draw(st.sampled_from(sorted(TACTICS)))},
            "noise": draw(st.sampled_from([0.0, 0.02])),
        }
    protocol = draw(st.sampled_from(["alternating", "shuttle", "single_text"]))
    if protocol != "alternating":
        data["protocol"] = {"name": protocol}
        data["actors"]["envoy"] = ENVOY | {
            "acceptability": {names[0]: 0.8, names[1]: {"uniform": [0.2, 0.9]}},
            "mediation": {"text": {issues[0]: draw(st.sampled_from([0.25, 0.5]))}}
            if draw(st.booleans())
            else {},
        }
    if len(names) == 3 and draw(st.booleans()):
        data["actors"]["third"]["consent"] = issues[:1]
    if len(issues) > 1 and draw(st.booleans()):
        data["agenda"] = [
            {"name": "first", "issues": issues[:1], "cost_factor": 0.3, "drift_factor": 0.1},
            {"name": "second", "issues": issues[1:]},
        ]
    if draw(st.booleans()):
        data["actors"][names[0]]["levers"] = {
            "press": {
                "title": "Press",
                "on": names[1],
                "when": {"refuses": {"actor": names[1], "times": 2}},
                "effect": {"cost": {names[1]: 0.03}, "drift": {issues[0]: 0.01}},
                "delay": 2,
            },
            "reward": {
                "title": "Reward",
                "kind": "promise",
                "on": names[1],
                "when": {"signed": data["agenda"][0]["name"] if "agenda" in data else "settlement"},
                "effect": {"no_deal": {issues[-1]: 0.1}, "cost": {names[1]: -0.01}},
                "delay": 3,
            },
        }
    if draw(st.booleans()):
        data["ratification"] = {
            "gate": {
                "title": "Gate",
                "of": names[draw(st.integers(0, 1))],
                "stage": draw(
                    st.sampled_from([s["name"] for s in data.get("agenda", [])] + [None])
                ),
                "when": {issues[0]: {"at_least": 0.3}} if draw(st.booleans()) else [],
                "positions": {i: {"ideal": draw(points), "salience": 1} for i in issues},
                "threshold": {"uniform": [0.3, 0.9]},
                "days": draw(st.sampled_from([0, 30])),
                "on_failure": draw(st.sampled_from(["back_to_table", "end_of_talks"])),
                "judgement": "random",
            }
        }
    return data


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 1000))
def test_nobody_signs_below_its_reservation_value_beyond_its_limit_or_past_a_gate(
    data: dict[str, Any], seed: int
) -> None:
    model = Watched(build(data), Draws(seed, 40))
    model.run()
    assert model.wrong == set()
    assert (model.recorder.surplus_at_signing >= -1e-8).all()
    for column, issue in enumerate(model.spec.issues.values()):
        terms = model.talks.agreed[:, column]
        terms = terms[~np.isnan(terms)]
        if issue.kind == "options":
            listed = np.array(list(issue.scale))
            assert (np.abs(terms[:, None] - listed).min(axis=1) < 1e-9).all()
        assert ((terms >= 0) & (terms <= 1)).all()
    settled = model.talks.status == SETTLED
    assert not np.isnan(model.talks.agreed[settled]).any()
    text = np.nan_to_num(model.talks.agreed)[:, None]
    for gate in model.ratification.gates:
        if gate.stage == model.talks.stages - 1:
            assert (gate.passes(text) | ~gate.concerned(text))[settled].all()


def test_mesa_runs_it_to_the_horizon_or_until_nothing_can_happen() -> None:
    for limit, early in ((0.1, False), (0.7, True)):
        data = copy.deepcopy(TOY)
        data["actors"]["a"]["positions"]["land"]["limit"] = limit
        model = PeaceTalks(build(data), Draws(1, 4))
        assert model.running
        model.run_model()
        assert not model.running
        assert (model.talks.round < model.spec.rounds) == early
        assert model.talks.round <= model.spec.rounds


@settings(max_examples=20)
@given(scenarios(), st.sampled_from([0.01, 7.0, 1000.0]))
def test_scale_of_saliences_and_order_of_actors_mean_nothing(
    data: dict[str, Any], factor: float
) -> None:
    one = simulate(build(data), 30).talks
    turned = copy.deepcopy(data)
    turned["actors"] = dict(reversed(turned["actors"].items()))
    other = simulate(build(turned), 30).talks
    assert (one.concluded_round == other.concluded_round).all()
    assert np.array_equal(one.agreed, other.agreed, equal_nan=True)
    for position in data["actors"]["south"]["positions"].values():
        position["salience"] *= factor
    scaled = simulate(build(data), 30).talks
    assert (one.stage == scaled.stage).all()
    assert np.allclose(one.agreed, scaled.agreed, atol=1e-6, equal_nan=True)


@settings(max_examples=40)
@given(
    st.floats(0.0, 0.06),
    st.floats(0.0, 0.06),
    st.floats(0.1, 0.9),
    st.sampled_from(sorted(TACTICS)),
)
def test_one_issue_agreement_lies_between_the_reservation_points(
    cost_a: float, cost_b: float, no_deal: float, tactic: str
) -> None:
    """R_k = u_k(n) − 12·cost: the zone is [n − 12c_B, n + 12c_A]."""
    data = pie(cost_a, cost_b, no_deal)
    data["actors"]["a"]["tactic"] = {"name": tactic}
    model = simulate(build(data), 1)
    if model.talks.status[0] == SETTLED:
        low, high = no_deal - 12 * cost_b, no_deal + 12 * cost_a
        assert low - 1e-9 <= model.talks.agreed[0, 0] <= high + 1e-9
    elif tactic not in {"hardliner", "tit_for_tat", "micro"}:
        assert cost_a + cost_b == pytest.approx(0, abs=1e-6)


def test_a_yes_lapses_when_fighting_on_has_become_worth_more(toy: dict[str, Any]) -> None:
    toy["protocol"] = {"name": "alternating"}
    model = opened(toy, 3)
    protocol, party = model.protocol, model.signatories[0]
    protocol.standing[:] = [0.4, 0.4]
    protocol.accepted["a"][:] = True
    party.reservation = party.value(protocol.standing) + np.array([-0.1, 0.0, 0.1])
    protocol._lapse()
    assert protocol.accepted["a"].tolist() == [True, True, False]


def test_an_extra_uncertain_number_does_not_move_the_others(toy: dict[str, Any]) -> None:
    before = simulate(build(toy), 20).signatories[1].weight
    toy["actors"]["a"]["positions"]["land"]["limit"] = {"normal": [0.7, 0.1]}
    toy["spread"] = {"patience": 0.2}
    assert np.array_equal(before, simulate(build(toy), 20).signatories[1].weight)


def test_central_world_has_medians_and_no_shocks(toy: dict[str, Any]) -> None:
    toy["actors"]["a"]["patience"] = {"triangular": [10, 20, 60]}
    model = simulate(build(toy), 1, central=True)
    assert model.signatories[0].patience[0] == pytest.approx(60 - np.sqrt(0.5 * 50 * 40))
    moved = np.diff([n[0, 0] for n in model.recorder.rounds["no_deal"][:10]])
    assert moved == pytest.approx(np.full(9, 0.01 * model.war.months))


def test_firmness_moves_the_red_lines_of_an_actor_together(toy: dict[str, Any]) -> None:
    for actor in toy["actors"].values():
        for position in actor["positions"].values():
            position.pop("limit", None)
            position["limit"] = {"normal": [0.5, 0.1]}
    toy["spread"] = {"firmness": 0.6}
    model = opened(toy, 4000, seed=3)
    a, b = model.signatories
    assert np.corrcoef(a.high.T)[0, 1] == pytest.approx(0.6, abs=0.05)
    assert np.corrcoef(b.low.T)[0, 1] == pytest.approx(0.6, abs=0.05)
    assert np.corrcoef(a.high[:, 0], b.low[:, 0])[0, 1] == pytest.approx(0.0, abs=0.05)


def test_conditional_red_line_counts_only_while_its_condition_is_met(toy: dict[str, Any]) -> None:
    toy["actors"]["a"]["positions"]["land"]["conditional"] = [
        {"limit": 0.9, "when": {"arms": {"at_most": 0.3}}}
    ]
    party = opened(toy).signatories[0]
    packages = np.array([[[0.8, 0.3], [0.8, 0.4], [0.7, 0.4], [0.95, 0.1]]])
    assert party.within_limits(packages)[0].tolist() == [True, False, True, False]


def test_beliefs_learn_from_the_front(toy: dict[str, Any]) -> None:
    """A believes 0 a month, the front moves 0.01 a month: the belief ends nearer the truth."""
    model = simulate(build(toy), 200)
    belief = model.signatories[0].beliefs.mean[:, 0]
    assert 0.004 < np.median(belief) < 0.012


def _lever(effect: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "title": "Press",
        "on": "b",
        "credibility": {"fixed": 0.5},
        "effect": effect,
        "when": {"refuses": {"actor": "b", "times": 3}},
    } | more


def test_what_a_lever_is_worth_before_it_is_pulled(toy: dict[str, Any]) -> None:
    """A threat moves the worth of fighting on and a promise that of signing, by credibility."""
    toy["war"]["cost"]["b"] = 0.02
    toy["agenda"] = [{"name": "one", "issues": ["land"]}, {"name": "two", "issues": ["arms"]}]

    def side(*lever: Any, **more: Any) -> Any:
        toy["actors"]["a"]["levers"] = {"press": _lever(*lever, **more)} if lever else {}
        return opened(toy).signatories[1]

    war, best = side().reservation[0], side().best[0]
    threat = {"cost": {"b": 0.01}}
    assert side(threat).reservation[0] == pytest.approx(war - 0.5 * 0.01 * 12)
    share = 1 - 26 * opened(toy).war.months / 12
    assert side(threat, delay=26).reservation[0] == pytest.approx(war - 0.5 * 0.01 * 12 * share)
    # beyond the foresight it does not weigh
    assert side(threat, when={"round": 500}).reservation[0] == pytest.approx(war)
    promise = {"kind": "promise", "when": {"signed": "one"}}
    # levers do not move what is being signed
    assert side({"no_deal": {"land": 0.4}}, **promise).best[0] == pytest.approx(best)
    later = side({"no_deal": {"arms": 0.4}}, **promise).best[0]
    assert later == pytest.approx(best + 0.5 * 0.7 * 0.4)
    del toy["agenda"]
    paid = {"kind": "promise", "when": {"signed": "settlement"}}
    best = side().best[0]
    assert side({"payment": {"b": 0.1}}, **paid).best[0] == pytest.approx(best + 0.05)


def test_levers_are_pulled_as_often_as_they_are_credible(toy: dict[str, Any]) -> None:
    toy["actors"]["a"]["levers"] = {"press": _lever({"cost": {"b": 0.0001}})}
    toy["actors"]["b"]["tactic"] = {"name": "hardliner"}
    model = simulate(build(toy), 800)
    lever = model.levers[0]
    refused = model.talks.events["refuses"]["b"] >= 3
    assert refused.mean() > 0.9
    assert lever.in_effect[refused].mean() == pytest.approx(0.5, abs=0.06)
    assert (lever.in_effect <= refused).all()
    assert model.war.lever_cost["b"][lever.in_effect] == pytest.approx(0.0001)


def test_a_truce_stops_costs_and_drift_and_with_them_the_pressure(toy: dict[str, Any]) -> None:
    toy["agenda"] = [
        {"name": "truce", "issues": ["arms"], "cost_factor": 0.1, "drift_factor": 0.0},
        {"name": "rest", "issues": ["land"]},
    ]
    model = simulate(build(lines_at(toy, a=0.2, b=0.6)), 300, trace=True)
    truce = model.talks.stage == 1
    assert truce.mean() > 0.5
    front = np.stack([n[:, 0] for n in model.recorder.rounds["no_deal"]])
    world = int(np.flatnonzero(truce)[0])
    signed = int(model.talks.signed_round[world, 0])
    assert len(set(front[signed:, world])) == 1
    assert len(set(front[:signed, world])) == signed
    for party in model.signatories:
        # the value of fighting on now has a tenth of the cost, and no drift
        expected = np.where(model.talks.is_fixed, model.talks.agreed, model.war.no_deal)
        value = party.utility(expected) - 0.1 * model.war.cost_now(party.key) * 12
        assert party.reservation[truce] == pytest.approx(value[truce])


def test_a_party_that_loses_patience_breaks_the_talks_down(toy: dict[str, Any]) -> None:
    toy["actors"]["a"]["tactic"] = {"name": "hardliner"}
    toy["actors"]["a"]["leave_after"] = {"fixed": 10}
    model = simulate(build(toy), 10)
    assert (model.talks.status == 2).all()
    assert (model.talks.concluded_round == 10).all()
    assert model.recorder.left_by["a"].all()


def test_a_good_host_sharpens_what_is_known_of_the_others(toy: dict[str, Any]) -> None:
    def talks(quality: float, trust: float = 1.0) -> PeaceTalks:
        toy["actors"]["host"] = {
            "name": "Host",
            "role": "facilitator",
            "communication": {"fixed": quality},
            "acceptability": {"a": 1.0, "b": {"fixed": trust}},
        }
        return opened(toy, 50)

    def error(quality: float) -> float:
        model = talks(quality)
        for _ in range(5):
            model.step()
        return float(np.mean([np.abs(p.salience_seen - p.weight) for p in model.signatories]))

    assert error(0.3) < 0.5 * error(0.0)
    assert (talks(0.5, trust=0.0).communication == 0).all()  # whom one side shuns carries nothing


def test_a_stage_is_signed_only_with_the_terms_that_make_it_one(toy: dict[str, Any]) -> None:
    toy["agenda"] = [
        {"name": "all", "issues": ["land", "arms"], "terms": {"land": {"at_most": 0.4}}}
    ]
    model = simulate(build(toy), 200)
    settled = model.talks.status == SETTLED
    assert settled.mean() > 0.2
    assert (model.talks.agreed[settled, 0] <= 0.4 + 1e-9).all()
    toy["agenda"][0]["terms"] = {"land": {"at_least": 0.75}}  # beyond A's red line
    assert not (simulate(build(toy), 50).talks.status == SETTLED).any()


def test_a_lever_already_pulled_bites_whether_or_not_the_stage_is_signed(
    toy: dict[str, Any],
) -> None:
    """The surplus from signing a first stage must not move when the lever takes effect."""
    toy["agenda"] = [{"name": "one", "issues": ["arms"]}, {"name": "two", "issues": ["land"]}]
    toy["war"]["drift"] = {}
    toy["war"]["beliefs"] = {}
    toy["actors"]["b"]["tactic"] = toy["actors"]["a"]["tactic"] = {"name": "hardliner"}
    toy["actors"]["a"]["levers"] = {
        "press": _lever({"cost": {"b": 0.01}}, credibility={"fixed": 1.0}, delay=8)
    }
    model = opened(toy)
    surplus, lever = [], model.levers[0]
    for _ in range(20):
        model.step()
        party = model.signatories[1]
        surplus.append(float((party.best - party.reservation)[0]))
        if lever.is_on_its_way:  # certain, less the share of a year that passes before it bites
            wait = lever.triggered[0] + 8 - model.talks.round
            expected = 1 - wait * model.war.months / 12
            assert lever.weight("b", (), 12.0) == pytest.approx([expected])
    pulled = int(lever.triggered[0])
    assert lever.in_effect[0]
    assert surplus[pulled:] == pytest.approx([surplus[pulled]] * len(surplus[pulled:]))


def test_an_answer_to_a_bluff_no_longer_weighs(toy: dict[str, Any]) -> None:
    toy["actors"]["a"]["levers"] = {"press": _lever({"cost": {"b": 0.01}}, credibility=0.4)}
    toy["actors"]["b"]["levers"] = {
        "answer": _lever({"cost": {"b": -0.005}}, when={"pulled": "a.press"}, credibility=1.0)
    }
    toy["actors"]["b"]["tactic"] = {"name": "hardliner"}
    model = opened(toy)  # 0.4 < 0.5: a bluff
    answer = next(v for v in model.levers if v.key == "b.answer")
    before = answer.weight("b", ("refuses",), 12.0)
    assert before == pytest.approx([0.4])
    for _ in range(30):
        model.step()
    assert model.levers[0].called[0]
    assert answer.weight("b", ("refuses",), 12.0) == pytest.approx([0.0])


def test_ripeness_is_the_least_gain_that_all_can_have() -> None:
    """Max-min surplus of split-the-pie is (c_A + c_B)·h/2, less between options and red lines."""

    def ripeness() -> float:
        return float(opened(data).recorder.ripeness_at_start[0])

    data = pie(0.02, 0.01)
    assert ripeness() == pytest.approx(0.18, abs=0.005)
    data["actors"]["b"]["positions"]["pie"]["limit"] = 0.9  # A: 0.1 − (0.5 − 0.24)
    assert ripeness() == pytest.approx(0.1 - 0.26, abs=0.005)
    # at either end one side has 0 − (0.5 − 12 c): −0.26 for A, −0.38 for B
    del data["actors"]["b"]["positions"]["pie"]["limit"]
    data["issues"]["pie"]["kind"] = "options"
    assert ripeness() == pytest.approx(-0.26)


def test_tit_for_tat_does_not_take_relief_for_a_concession(toy: dict[str, Any]) -> None:
    toy["actors"]["a"]["tactic"] = {"name": "tit_for_tat", "opening": 0.0}
    toy["actors"]["b"]["tactic"] = {"name": "hardliner"}
    toy["actors"]["b"]["levers"] = {
        "relief": _lever({"cost": {"a": -0.02}}, on="a", when={"round": 4}, credibility=1.0)
    }
    model = opened(toy)
    for _ in range(10):
        model.step()
    assert model.signatories[0].aspiration[0] == pytest.approx(1.0)


def _three(toy: dict[str, Any], **third: Any) -> dict[str, Any]:
    """The toy with a third actor and no war, so that only red lines matter."""
    toy["actors"]["c"] = {
        "name": "C",
        "positions": {"land": {"ideal": 0, "limit": 0.2, "salience": 1, "judgement": "test"}},
    } | third
    toy["war"] = {"start_date": "2025-01-20", "cost": {"a": 0.05, "b": 0.05, "c": 0.05}}
    return toy


@pytest.mark.parametrize("consent", ["all", ["land"]])
def test_a_condition_on_anothers_issue_still_has_to_be_met(
    toy: dict[str, Any], consent: Any
) -> None:
    """C takes land up to 0.9 if arms are at most 0.1; B insists on arms of at least 0.8."""
    data = lines_at(_three(toy, consent=consent), a=1.0, b=0.8)
    line = {"limit": 0.9, "when": {"arms": {"at_most": 0.1}}}
    data["actors"]["c"]["positions"]["land"]["conditional"] = [line]
    data["actors"]["b"]["positions"]["arms"]["limit"] = 0.8
    model = simulate(build(data), 1, central=True)
    assert model.recorder.gaps.sum() == pytest.approx(0.6)  # land: 0.8 against 0.2


@pytest.mark.parametrize("order", [["land", "arms"], ["arms", "land"]])
def test_no_rule_loosens_what_the_condition_of_another_demands(
    toy: dict[str, Any], order: list[str]
) -> None:
    """A: land up to 0.9 if arms ≤ 0.2, arms up to 0.9 if land ≤ 0.9; B wants both high."""
    a = toy["actors"]["a"]["positions"]
    a["land"] |= {"limit": 0.3, "conditional": [{"limit": 0.9, "when": {"arms": {"at_most": 0.2}}}]}
    a["arms"] |= {"limit": 0.3, "conditional": [{"limit": 0.9, "when": {"land": {"at_most": 0.9}}}]}
    toy["actors"]["a"]["positions"] = {issue: a[issue] for issue in order}
    b = toy["actors"]["b"]["positions"]
    b["land"]["limit"] = b["arms"]["limit"] = 0.8
    model = simulate(build(toy), 1, central=True)
    assert model.recorder.gaps.sum() == pytest.approx(0.5)  # land 0.8 against 0.3, arms agreed


def test_a_payment_to_a_host_harms_nobody_and_is_reported_when_kept(toy: dict[str, Any]) -> None:
    toy["actors"]["host"] = {"name": "Host", "role": "facilitator", "acceptability": {"a": 0.5}}
    toy["actors"]["a"]["levers"] = {
        "pay": _lever(
            {"payment": {"host": 0.1, "b": 0.1}}, kind="promise", when={"signed": "settlement"}
        )
    }
    model = simulate(build(toy), 400)
    settled, lever = model.talks.status == SETTLED, model.levers[0]
    assert settled.mean() > 0.9
    assert lever.in_effect[settled].mean() == pytest.approx(0.5, abs=0.1)
    assert not lever.in_effect[~settled].any()
    kept, broken = lever.in_effect & settled, ~lever.in_effect & settled
    paid = model.recorder.utility[:, 1] - model.recorder.value_at_signing[:, 1]
    assert paid[kept] == pytest.approx(0.05)  # expected at 0.5 × 0.1, then made or not
    assert paid[broken] == pytest.approx(-0.05)
