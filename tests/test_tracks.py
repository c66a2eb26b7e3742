"""Limited agreements: who signs them, what they change, how they end, and what they leave alone."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.engine.tracks import SideTalks
from sim.ensemble.runner import run_scenario, write_rounds
from sim.formulas.bargaining.utility import span
from sim.formulas.holding import predicted
from sim.plots import FIGURES
from sim.results.dataset import chunk_dataset
from sim.results.outcomes import OUTCOMES
from sim.scenario import ScenarioError, load_data, load_scenario
from sim.scenario.record import holding
from sim.scenario.tracks import side_by_side, tracks_of
from sim.views.outcome import outcome_view
from sim.words.aftermath import limited_words
from sim.words.story import events
from tests.conftest import ENVOY, build, conflict, simulate
from tests.test_scenario_files import BASE, problems

LIMITED = conflict(
    {"land": 0.5, "aid": 0.8, "line": {"title": "Hotline", "no_deal": 1.0, "separable": True}},
    {
        "a": {
            "land": {"ideal": 0, "limit": {"uniform": [0.3, 0.7]}, "salience": 6},
            "aid": {"ideal": 0.1, "salience": 2},
            "line": 0,
        },
        "b": {
            "land": {"ideal": 1, "limit": 0.45, "salience": 6},
            "aid": {"ideal": {"uniform": [0.2, 0.9]}, "salience": 2},
            "line": 0.4,
        },
    },
    name="limited",
    title="A whole, and two tracks beside it",
    actors__a__patience={"uniform": [5, 40]},
    actors__b__patience={"uniform": [5, 40]},
    war__drift={"aid": {"mean": {"normal": [0.0, 0.03]}, "volatility": 0.02}},
    tracks__relief={
        "title": "Relief",
        "issues": {"raids": {"title": "Raids", "scale": {0: "a", 1: "b"}, "no_deal": 0.9}},
        "positions": {
            "a": {"raids": {"ideal": 0, "salience": 1}},
            "b": {"raids": {"ideal": 1, "salience": {"uniform": [0.1, 3]}}},
        },
        "stages": [
            {"name": "aid", "issues": ["aid"], "term": 9, "breaks": 0.4},
            {
                "name": "raids",
                "issues": ["raids"],
                "terms": {"raids": {"at_most": 0.6}},
                "effect": {
                    "cost": {"a": -0.004, "b": {"uniform": [-0.02, 0.01]}},
                    "drift": {"aid": 0.01},
                    "trust": 0.1,
                },
                "term": {"uniform": [3, 12]},
            },
        ],
    },
)


def signings(scenario: Any, worlds: int, seed: int) -> tuple[PeaceTalks, list[tuple[Any, ...]]]:
    """A finished model, and at every signing of a track what it had and where."""
    model, found = PeaceTalks(scenario, Draws(seed, worlds)), []
    model.narrowed_at = 0.0
    for track in model.side_talks:
        sign = track.sign

        def noted(package: Any, where: Any, track: SideTalks = track, sign: Any = sign) -> None:
            now = track.talks
            found.append((track, package.copy(), where & (now.stage < now.stages),
                          now.stage.copy(), track.war.no_deal.copy()))  # fmt: skip
            sign(package, where)

        track.sign = noted  # type: ignore[method-assign]
    model.run()
    return model, found


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.sampled_from(["alternating", "shuttle", "single_text"]))
def test_nobody_signs_a_limited_agreement_below_what_it_gains(seed: int, protocol: str) -> None:
    """The gain reckoned again: what the issues move, and the cost of war over the foresight."""
    data = copy.deepcopy(LIMITED)
    del data["tracks"]["relief"]["stages"][1]["effect"]["drift"]
    data["protocol"] = {"name": protocol}
    data["actors"]["envoy"] = ENVOY
    model, found = signings(build(data), 30, seed)
    assert found
    for track, package, where, stage, before in found:
        for party in track.signatories:
            home = next(p for p in model.signatories if p.key == party.key)
            weight = party.salience / home.salience.sum(axis=1)[:, None]
            nearer = np.abs(before - party.ideal) - np.abs(package - party.ideal)
            of_stage = track.talks.stage_of_issue == stage[:, None]
            gain = (weight * nearer / span(party.ideal) * of_stage).sum(axis=1)
            for number, (one,) in enumerate(track.limited):
                spared = one.shift.cost.get(party.key, np.zeros(len(gain)))
                gain -= np.where(stage == number, spared * home.months, 0.0)
            assert (gain[where] > -1e-8).all()
            assert ((package <= party.high + 1e-8) | ~of_stage)[where].all()
    for one in model.recorder.agreements:
        assert not (one.least_gain < -1e-9).any()


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_a_limited_agreement_acts_while_it_is_in_force_and_no_longer(seed: int) -> None:
    scenario = build(LIMITED)
    model = PeaceTalks(scenario, Draws(seed, 40))
    model.narrowed_at = 0.0
    aid, land = (list(scenario.issues).index(i) for i in ("aid", "land"))
    ended = False
    while model.goes_on and model.talks.round < scenario.rounds:
        model.step()
        going = model.talks.is_open
        for actor in ("a", "b"):
            effects = [o.shift.cost[actor] * o.in_force for o in model.recorder.agreements[1:2]]
            assert model.war.lever_cost[actor][going] == pytest.approx(sum(effects)[going])
        relief = model.tracks[0]
        first, second = relief.limited
        assert not (second.in_force & ~first.in_force).any()  # it falls with the first
        free = going & ~first.in_force
        assert model.war.lever_drift[free] == pytest.approx(0.0)
        assert model.war.no_deal[free, land] == pytest.approx(0.5)
        assert first.moved[free] == pytest.approx(0.0)
        signed_now = going & (first.since == model.talks.round) & first.in_force
        assert model.war.no_deal[signed_now, aid] == pytest.approx(first.terms[signed_now, 0])
        ended |= bool((first.lapsed + first.broken).any())
    assert ended


def test_tracks_that_agree_nothing_change_nothing() -> None:
    """And without tracks nothing of them is in the results."""
    data = copy.deepcopy(LIMITED)
    del data["issues"]["line"]["separable"]
    without = {**data, "tracks": {}}
    stage = data["tracks"]["relief"]["stages"][1]
    stage["effect"] = {"cost": {"b": 1.0}}  # nobody could want it
    data["tracks"]["relief"]["stages"] = [stage]
    some, other = (chunk_dataset(simulate(build(one), 80)) for one in (data, without))
    assert float(some.limited_day.notnull().mean()) == 0.0
    assert not [name for name in other if str(name).startswith(("limited", "x.tracks"))]
    assert "limited" not in other.outcome.attrs["flag_meanings"]
    for name in other.data_vars:
        np.testing.assert_array_equal(some[name], other[name], err_msg=str(name))


def alone(**stage: Any) -> dict[str, Any]:
    """One track that both want from the first round on, beside a war without end."""
    data = copy.deepcopy(LIMITED)
    del data["issues"]["line"]["separable"]
    data["actors"]["b"]["positions"]["land"]["limit"] = 0.95
    body = {"name": "aid", "issues": ["aid"], "breaks": 0, **stage}
    data["tracks"] = {"relief": {"title": "Relief", "stages": [body]}}
    for actor in data["actors"].values():
        actor["positions"]["aid"]["ideal"] = 0.3
    data["war"]["drift"] = {}
    return data


def twice() -> dict[str, Any]:
    """Relief, and a track of the same make beside it that moves what relief does not."""
    data = copy.deepcopy(LIMITED)
    shown = {"scale": {0: "a", 1: "b"}, "no_deal": 0.8}
    stages = [
        {"name": "food", "issues": ["food"], "term": 5, "effect": {"cost": {"a": 0.003}}},
        {"name": "fuel", "issues": ["fuel"], "terms": {"fuel": {"at_least": 0.2}}, "breaks": 0.3},
    ]
    data["tracks"]["trade"] = {
        "title": "Trade",
        "issues": {i: {"title": i.title(), **shown} for i in ("food", "fuel")},
        "positions": {
            "a": {
                "food": {"ideal": 0.6, "line": {"at": 0.9}, "salience": 1},
                "fuel": {"ideal": 0.3, "salience": 2},
            },
            "b": {
                "food": {"ideal": {"uniform": [0, 1]}, "salience": 1},
                "fuel": {"ideal": 0.5, "salience": 1},
            },
        },
        "stages": stages,
    }
    return data


@pytest.mark.parametrize("narrowed_at", [0.0, 0.6])
@pytest.mark.parametrize("of", [lambda: load_scenario("kellogg").scenario, lambda: build(twice())])
def test_tracks_of_one_make_go_as_they_would_one_by_one(
    of: Any, narrowed_at: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = of()
    monkeypatch.setattr(PeaceTalks, "narrowed_at", narrowed_at)
    together = simulate(scenario, 60, central=True)
    assert max(len(side.tracks) for side in together.side_talks) > 1
    alone = [[key] for key in tracks_of(scenario)]
    monkeypatch.setattr("sim.engine.model.side_by_side", lambda scenario: alone)
    one_by_one = simulate(scenario, 60, central=True)
    assert [len(side.tracks) for side in one_by_one.side_talks] == [1] * len(alone)
    found, wanted = chunk_dataset(together), chunk_dataset(one_by_one)
    assert found.limited_day.notnull().any("world").all()
    assert (found.limited_broken + found.limited_lapsed + found.limited_renewed > 0).any()
    assert list(found.variables) == list(wanted.variables)
    for name in wanted.variables:
        if wanted[name].dtype.kind == "f":
            np.testing.assert_allclose(found[name], wanted[name], rtol=1e-9)
        else:
            np.testing.assert_array_equal(found[name], wanted[name])


@pytest.mark.parametrize(
    ("where", "change"),
    [
        (("stages", 1, "effect"), {"no_deal": {"aid": 0.1}}),  # which relief moves as well
        (("stages", 1, "issues"), ["fuel", "food"]),
        (("stages", 0, "terms"), {"food": {"at_most": 0.9}}),
        (("issues", "food", "kind"), "options"),
        (("positions", "a", "fuel"), {"ideal": 0.3, "curvature": 2, "salience": 1}),
        (("positions", "a", "fuel"), {"ideal": 0.3, "softening": 1, "salience": 1}),
        (("protocol",), {"name": "shuttle"}),
    ],
)
def test_tracks_of_another_make_are_computed_apart(where: Any, change: Any) -> None:
    data = twice()
    assert side_by_side(build(data)) == [["relief", "trade"], ["line"]]
    inner = data["tracks"]["trade"]
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = change
    if where[1:] == (1, "issues"):
        data["tracks"]["trade"]["stages"][:1] = []
    assert side_by_side(build(data)) == [["relief"], ["trade"], ["line"]]


def test_a_break_comes_with_its_probability_a_year() -> None:
    model = simulate(build(alone(breaks=0.5)), 2000)
    one = model.recorder.agreements[0]
    assert (one.first == 1).all()
    assert (one.broken > 0).mean() == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize(
    ("kind", "monitoring"),
    [
        ("limited", {}),
        ("limited_monitored", {"aid": {"at_least": 0.0}}),
        ("limited_unmonitored", {"aid": {"at_least": 0.99}}),
    ],
)
def test_without_a_number_of_its_own_it_breaks_as_the_record_has_it(
    kind: str, monitoring: Any
) -> None:
    data, worlds = alone(breaks=None, monitoring=monitoring), 2000
    model = simulate(build(data), worlds)
    one, fitted = model.recorder.agreements[0], holding()[kind].fit
    years = np.array([(model.talks.round - 1) * 7 / 365.25])
    expected = 1 - predicted(fitted, years, draws=20_000)[0][0]
    assert (one.broken > 0).mean() == pytest.approx(expected, abs=4 * np.sqrt(0.25 / worlds))
    off = simulate(build(data | {"engine": {"accidents": 0}}), 50)
    assert not off.recorder.agreements[0].broken.any()


def test_a_term_is_renewed_until_a_side_loses_by_it_and_breaks_it() -> None:
    one = simulate(build(alone(term=10)), 20).recorder.agreements[0]
    assert (one.renewed == 5).all()
    assert one.in_force.all()
    assert not one.lapsed.any()
    data = alone()  # the issue drifts to where one of them is better off without
    data["actors"]["b"]["positions"]["aid"]["ideal"] = 0.6
    data["war"]["drift"] = {"aid": {"mean": -0.06}}
    for actor in data["actors"].values():
        actor["patience"] = 4
    model = simulate(build(data), 20)
    one, broke = model.recorder.agreements[0], model.side_talks[0].talks.events["violates"]
    assert (one.broken > 0).all()
    assert (broke["a"] + broke["b"] == one.broken).all()


def test_talks_about_limited_agreements_outlive_a_breakdown_and_bind_only_by_consent() -> None:
    data = alone(issues=["aid"])
    data["actors"]["a"]["leave_after"] = 1
    data["actors"]["b"]["positions"]["aid"]["ideal"] = 0.05
    model = simulate(build(data), 20)
    one = model.recorder.agreements[0]
    assert (model.talks.concluded_round == 1).all()
    assert ((one.first > 1) & one.in_force).all()
    data["protocol"] = {"name": "compromise"}
    assert simulate(build(data), 5).side_talks[0].spec.protocol.name == "alternating"


TRACK = """\
tracks:
  relief:
    title: Relief
    issues: {aid: {title: Aid, scale: {0: much, 1: none}, no_deal: 1}}
    positions:
      a: {aid: {ideal: 0, salience: 1, judgement: test}}
      b: {aid: {ideal: 0.5, salience: 1, judgement: test}}
    stages: [{name: corridor, issues: [aid]}]
"""


def test_results_tell_limited_agreements_from_truce_and_settlement(tmp_path: Path) -> None:
    path = tmp_path / "limited.yaml"
    text = BASE + TRACK.replace("name: corridor", "name: corridor, title: A corridor, term: 20")
    path.write_text(text.replace("limit: 0.7", "limit: 0.1"), encoding="utf-8")
    run = run_scenario(load_scenario(path), 60, 1)
    use = (run.summary.limited or {})["relief.corridor"]
    codes = run.ensemble.outcome.values
    for code, world in zip(codes, range(60), strict=True):
        in_force = bool(run.ensemble.limited_in_force.values[world, 0])
        assert (OUTCOMES[code] == "limited") == (in_force and OUTCOMES[code] != "settlement")
    assert run.summary.outcomes["limited"] == pytest.approx((codes == 5).mean(), abs=1e-6)
    assert use.in_force <= use.ever
    assert use.ever > 0
    (line,) = limited_words(run.scenario, run.summary)
    assert line.startswith("A corridor: signed in ")
    assert "; of all worlds renewed at its term in " in line
    kinds = {event.kind for event in events(run.scenario, run.central)}
    assert "limited_signed" in kinds
    (bars,) = [
        c
        for axes in FIGURES["convergence"](run).axes
        if axes.get_gid() == "limited"
        for c in axes.collections
        if c.get_gid() == "relief.corridor"
    ]
    edges = bars.get_paths()[0].vertices[:, 0]
    now = run.central.limited_now.values[:, 0]
    assert edges.min() == run.central.day.values[now][0]
    assert "A corridor" in [one.label for one in outcome_view(run).limited]
    write_rounds(run, tmp_path / "rounds.csv")
    head, *rows = (tmp_path / "rounds.csv").read_text(encoding="utf-8").splitlines()
    assert head.endswith("in_force.relief.corridor,in_force_share.relief.corridor")
    assert {row.split(",")[-2] for row in rows} == {"0", "1"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("issues: [aid]", "issues: [aide]", "no issue 'aide' (did you mean 'aid'?)"),
        ("issues: [aid]", "issues: [land]", "is in no stage of the track"),
        ("issues: {aid", "issues: {land", "is the name of an issue of the agenda too"),
        ("      b: {aid", "      c: {aid", "no signatory 'c'"),
        ("b: {aid: {ideal: 0.5", "b: {aid: {ideal: 0.9, limit: 0.95", "wrong side of the ideal"),
        ("salience: 1, judgement: test}}\n      b", "salience: 1}}\n      b", "neither a source"),
        ("    stages", "    parties: [a]\n    stages", "needs two sides"),
        ("    stages", "    protocol: {name: compromise}\n    stages", "binds also those who lose"),
        ("    stages", "    protocol: {name: single_text}\n    stages", "needs an envoy"),
        ("issues: [aid]", "issues: [aid], effect: {drift: {aid: 1}}", "agrees already"),
        ("issues: [aid]", "issues: [aid], effect: {payment: {a: 1}}", "unknown key"),
        ("issues: [aid]", "issues: [aid], terms: {land: {at_most: 1}}", "not an issue of this"),
        ("issues: [aid]", "issues: [aid], monitoring: {war: {at_most: 1}}", "not an issue of this"),
        ("issues: [aid]", "issues: [aid], breaks: 0, monitoring: {aid: {at_most: 1}}", "leave one"),
        ("name: corridor", "name: corridor, terms: {aid: {at_most: 2}}", "2 is outside 0 to 1"),
    ],
)  # fmt: skip
def test_mistakes_in_tracks_are_told_with_their_place(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in TRACK
    found = problems(tmp_path, BASE + TRACK.replace(old, new))
    assert any(says in problem and "case.yaml:" in problem for problem in found), found


def test_a_limited_agreement_is_haggled_with_a_patience_of_its_own() -> None:
    """On one issue with ideals 0 and 0.4, and 1 without it, linear sides meet at a quarter of it.

    At the share t of its patience one asks for a gain of 1 − t: x = t, and x = 0.4 − 0.6 t.
    """
    data = copy.deepcopy(LIMITED)
    del data["tracks"], data["issues"]["aid"], data["war"]["drift"]
    for actor in data["actors"].values():
        actor |= {"tactic": {"name": "linear"}, "patience": 400}
        del actor["positions"]["aid"]
    data["issues"]["line"] |= {"separable": False}
    stage = {"name": "line", "issues": ["line"], "breaks": 0}
    track = {"title": "Hotline", "stages": [stage]}
    signed = {}
    for weeks in (12, 40):
        data["tracks"] = {"hotline": {**track, "patience": {"fixed": weeks}}}
        model = simulate(build(data), 20, central=True)
        (one,) = model.recorder.agreements
        signed[weeks] = one.since[0]
    data["tracks"] = {"hotline": track}
    default = simulate(build(data), 200).recorder.agreements[0].since
    assert signed == {12: 4, 40: 11}
    assert (default > 0).all()
    assert len(set(default.tolist())) > 3
    assert default.max() <= 27


def test_two_stages_of_one_name_are_told_at_the_agenda_and_in_a_track() -> None:
    data = copy.deepcopy(LIMITED)
    data["tracks"]["relief"]["stages"][1]["name"] = "aid"
    data["agenda"] = [{"name": "end", "issues": [key]} for key in data["issues"]]
    with pytest.raises(ScenarioError) as found:
        load_data(data)
    said = [str(problem) for problem in found.value.problems]
    for where, name in (("agenda[1]", "end"), ("agenda[2]", "end"), ("relief.stages[1]", "aid")):
        end = f"{where}.name: there are two stages called '{name}' (give each another name)"
        assert any(one.endswith(end) for one in said), said
