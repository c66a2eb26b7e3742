"""What past cases needed: threats of two sides, seconds gates, groups, sides that only answer."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.conformance import Watched
from sim.engine.draws import Draws
from sim.engine.model import SETTLED
from sim.scenario import ScenarioError, load_scenario
from sim.scenario.titles import title_of
from sim.words.checked import standing
from tests.conftest import ENVOY, build, conflict, lines_at, opened, put, simulate

SIDES = ("a", "b", "c")


def three(**more: Any) -> dict[str, Any]:
    """Three sides on two issues, an envoy between them; `more` as in `conflict`."""
    ideals = {"a": (0.0, 0.0), "b": (1.0, 1.0), "c": (0.5, 1.0)}
    sides = {
        side: {
            issue: {"ideal": at, "salience": {"uniform": [1, 4]}}
            for issue, at in zip(("land", "arms"), ends, strict=True)
        }
        for side, ends in ideals.items()
    }
    data = conflict({"land": 0.5, "arms": 0.5}, sides, cost=0.01, engine={"calibration": "none"})
    for side in SIDES:
        data["actors"][side] |= {"patience": "26w", "tactic": {"name": "linear"}}
    data["actors"]["e"] = ENVOY | {"mediation": {"every": "2w"}}
    for path, value in ({"protocol": {"name": "shuttle"}} | more).items():
        put(data, path.replace("__", "."), value)
    return copy.deepcopy(data)


def lever(**more: Any) -> dict[str, Any]:
    return {"title": "L", "on": "b", "effect": {"cost": {"b": 0.02}}, "credibility": 1, **more}


def reservation(data: dict[str, Any], side: str = "b") -> float:
    (party,) = [p for p in opened(data).signatories if p.key == side]
    return float(party.reservation[0])


# --- threats that hang on two sides --------------------------------------------------------------


def test_a_threat_on_two_sides_is_weighed_by_how_likely_the_other_is_to_accept() -> None:
    """Laplace's rule of succession: one half before anybody has answered."""
    none = reservation(three())
    whole = reservation(three(actors__a__levers={"x": lever(when={"refuses": {"actor": "b"}})}))
    for other in ("accepts", "signs_alone"):
        when = {"refuses": {"actor": "b"}, other: {"actor": "c"}}
        both = reservation(three(actors__a__levers={"x": lever(when=when)}))
        assert both - none == pytest.approx(0.5 * (whole - none))
        twice = {"refuses": {"actor": "b"}, other: {"actor": "c", "times": 2}}
        rarer = reservation(three(actors__a__levers={"x": lever(when=twice)}))
        assert rarer - none == pytest.approx(0.25 * (whole - none))
    alone = reservation(three(actors__a__levers={"x": lever(when={"accepts": {"actor": "c"}})}))
    assert alone == none
    assert whole < none


def test_who_signs_alone_is_counted_and_pulls_levers() -> None:
    """C takes whatever the envoy tables, A nothing: C signs alone until the lever is pulled."""
    data = three(
        actors__a__tactic={"name": "hardliner"},
        actors__b__tactic={"name": "hardliner"},
        actors__c__levers={"x": lever(when={"signs_alone": {"actor": "c", "times": 2}})},
    )
    data["actors"]["c"]["tactic"] = {"name": "conceder"}
    model = simulate(build(lines_at(data, a=0.1, b=0.9)), 50)
    alone, accepts = (model.talks.events[e]["c"] for e in ("signs_alone", "accepts"))
    assert alone.any()
    assert (alone <= accepts).all()
    assert not model.talks.events["signs_alone"]["a"].any()
    assert (model.levers[0].in_effect == (alone >= 2)).mean() > 0.9


def test_an_event_by_date_comes_unforeseen_or_foreseen() -> None:
    event = lever(when={"date": "2025-03-03"}, credibility=0.5)
    foreseen = three(actors__a__levers={"vote": event})
    unforeseen = three(actors__a__levers={"vote": event | {"on": []}})
    assert reservation(unforeseen) == reservation(three())
    assert reservation(foreseen) < reservation(three())
    model = simulate(build(unforeseen | {"protocol": {"name": "alternating"}}), 200)
    pulled = model.levers[0]
    assert 0.35 < pulled.in_effect.mean() < 0.65
    assert set(pulled.effective[pulled.in_effect]) == {6}  # 42 days after 20 January, in weeks


# --- gates after gates, consent by groups, sides that only answer ------------------------------


def gate(threshold: float, **more: Any) -> dict[str, Any]:
    wants = {"land": {"ideal": 0.0, "salience": 1}}
    return {"title": "G", "of": "a", "positions": wants, "threshold": threshold,
            "judgement": "x", "days": 30, **more}  # fmt: skip


@pytest.mark.parametrize(("second", "passes"), [(0.0, True), (1.9, False)])
def test_a_second_gate_decides_where_the_first_fails(second: float, passes: bool) -> None:
    data = three(ratification={"first": gate(1.9, then="second"), "second": gate(second)})
    model = simulate(build(data), 20)
    first, other = model.ratification.gates
    assert (first.verdict == 0.0).all()
    assert (other.verdict == float(passes)).all()
    assert (model.talks.status == SETTLED).all() == passes
    assert (model.ratification.failures == (not passes)).all()
    if passes:  # 30 days twice, in rounds of 7 days each
        assert set(model.talks.in_force_round - model.talks.last_signed) == {10}
    data["ratification"]["first"]["threshold"] = 0.0
    spared = simulate(build(data), 20)
    assert np.isnan(spared.ratification.gates[1].verdict).all(), "not asked where the first passes"
    assert (spared.talks.status == SETTLED).all()


def test_a_share_is_needed_in_each_group() -> None:
    data = three(protocol__consent=0.6)
    answers = np.array([[True, True, False], [False, True, True], [True, False, True]])
    assert opened(data).quorum(answers).tolist() == [True, True, True]
    for side, group in (("a", "west"), ("b", "east"), ("c", "east")):
        data["actors"][side]["group"] = group
    # in the east one of two is less than 0.6; without the west, which is a alone, nothing goes
    assert opened(data).quorum(answers).tolist() == [False, False, False]
    data["protocol"]["consent"] = 0.5
    assert opened(data).quorum(answers).tolist() == [True, False, True]


def test_who_is_only_asked_stops_nothing_and_pulls_levers() -> None:
    data = three(actors__c__positions__land__limit=0.5)
    data["actors"]["c"] |= {
        "consent": "asked",
        "positions": {
            i: {"ideal": 1.0, "limit": 0.99, "salience": 1, "judgement": "x"}
            for i in ("land", "arms")
        },
        "levers": {"spoil": lever(on=[], when={"refuses": {"actor": "c"}})},
    }
    model = simulate(build(data), 50)
    assert (model.talks.status == SETTLED).all()
    assert (model.talks.agreed < 0.99).any()
    assert model.talks.events["refuses"]["c"].any()
    needed = simulate(build(data | {"actors": data["actors"] | {
        "c": data["actors"]["c"] | {"consent": "all"}}}), 50)  # fmt: skip
    assert not (needed.talks.status == SETTLED).any()


def test_a_no_deal_point_of_ones_own_moves_only_its_own_reservation_value() -> None:
    plain, same = three(), three(actors__b__positions__land__no_deal=0.5)
    own = three(actors__b__positions__land__no_deal=0.9)  # ideal 1: better than for the others
    assert reservation(own, "b") > reservation(plain, "b") == reservation(same, "b")
    assert reservation(own, "a") == reservation(plain, "a")


# --- nothing of this lets anybody sign what it must not ------------------------------------------


@settings(max_examples=12)
@given(
    seed=st.integers(0, 1000),
    asked=st.booleans(),
    own=st.floats(0.0, 1.0),
    line=st.floats(0.5, 1.0),
    then=st.booleans(),
    protocol=st.sampled_from(["alternating", "shuttle", "single_text"]),
)
def test_nobody_needed_signs_below_its_reservation_value_or_beyond_a_line(
    seed: int, asked: bool, own: float, line: float, then: bool, protocol: str
) -> None:
    data = three(protocol={"name": protocol})
    data["actors"]["a"]["positions"]["land"] |= {"no_deal": own, "limit": line}
    both = {"refuses": {"actor": "b"}, "accepts": {"actor": "a"}}
    data["actors"]["c"]["levers"] = {"x": lever(when=both), "y": lever(on=[], when={"round": 5})}
    if asked:
        data["actors"]["c"]["consent"] = "asked"
    if then:
        data["ratification"] = {"g": gate(0.6, then="h"), "h": gate(0.3)}
    checked = Watched(build(data), Draws(seed, 20))
    checked.run()
    assert not [said for said in checked.wrong if not (asked and said.startswith("c "))]


# --- no war --------------------------------------------------------------------------------------


def test_status_quo_stands_for_war_in_files_and_words(tmp_path: Path) -> None:
    data = three()
    data |= {"protocol": {"name": "alternating"}}
    text = yaml.safe_dump(data).replace("war:", "status_quo:")
    path, plain = tmp_path / "three.yaml", tmp_path / "war" / "three.yaml"
    plain.parent.mkdir()
    path.write_text(text)
    plain.write_text(yaml.safe_dump(data))
    calm = load_scenario(path, ["status_quo.cost.a=0.02"])
    war = load_scenario(plain, ["war.cost.a=0.02"])
    assert calm.scenario.war.cost == war.scenario.war.cost
    assert title_of("war.cost.a", calm.scenario) == "A's cost of no deal"
    assert title_of("war.cost.a", war.scenario) == "A's cost of war"
    results = [simulate(one.scenario, 20).talks for one in (calm, war)]
    assert results[0].agreed.tobytes() == results[1].agreed.tobytes()
    costly = load_scenario(path, ["status_quo.cost.a=3"])
    words = " ".join([*costly.notes, *standing(costly.scenario)])
    assert "status_quo.cost.a: a month without a deal costs 3" in words
    assert "less the cost of no deal" in words
    assert not re.search(r"\b(war|fight)", words.replace(str(path), ""))
    with pytest.raises(ScenarioError, match=r"status_quo\.cost\.a"):
        load_scenario(path, ["status_quo.cost.a.per_month=much"])
    with pytest.raises(ScenarioError, match=r"add status_quo\.drift"):
        load_scenario(path, ["status_quo.beliefs={a: {land: {mean: 0, sd: 0.1}}}"])
    path.write_text(text + "war: {start_date: 2025-01-20}\n")
    with pytest.raises(ScenarioError, match="two words for one thing"):
        load_scenario(path)
