"""A better plan, and what each part of a mediation adds: planted truths on a toy."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.commands.advising import over
from sim.ensemble.executors import InProcess
from sim.ensemble.runner import run_scenario
from sim.formulas.pareto import best, crowding, dominates, fronts
from sim.scenario import Loaded, ScenarioError, load_data, load_scenario
from sim.scenario.judgements import Engine
from sim.studies.advise.advice import UNSEEN, Advice, Judged, advise, judged_plan
from sim.studies.advise.judging import MEASURES, Judge, Trial, gap_of, scores_of
from sim.studies.advise.mediation import mediated, without
from sim.studies.advise.published import others
from sim.studies.advise.space import space_of
from sim.studies.advise.words import lost, versus
from sim.studies.explain.explanation import without_mediators
from tests.conftest import ENVOY, beside, filed, lines_at, typed, works

# --- Pareto --------------------------------------------------------------------------------------


def test_fronts_of_a_grid_are_its_diagonals() -> None:
    """Of a k by k grid, rank is the smaller number of steps from the top in either direction."""
    grid = np.array([(x, y) for x in range(5) for y in range(5)], dtype=float)
    assert fronts(grid).tolist() == [int((4 - x) + (4 - y)) for x, y in grid]
    line = np.array([(x, 10 - x) for x in range(11)], dtype=float)
    assert not dominates(line).any()
    assert np.allclose(crowding(line)[1:-1], 2 * 2 / 10)


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=20), st.integers(1, 20))
def test_what_is_kept_is_never_dominated_by_what_is_not(
    rows: list[tuple[int, ...]], keep: int
) -> None:
    values = np.array(rows, dtype=float)
    kept = best(values, keep)
    assert len(kept) == len(set(kept)) == min(keep, len(rows))
    left = np.setdiff1d(np.arange(len(rows)), kept)
    assert not dominates(values)[np.ix_(left, kept)].any()


# --- planted truths ------------------------------------------------------------------------------


def _with_envoy(toy: dict[str, Any], text: dict[str, float]) -> dict[str, Any]:
    """Two parties and an envoy who tables his text once; both would sign at the middle."""
    toy["actors"]["envoy"] = ENVOY | {
        "acceptability": {"a": 1, "b": 1},
        "mediation": {"every": "52w", "first_round": "1w", "text": text, "attachment": 1},
    }
    for actor in ("a", "b"):
        toy["actors"][actor]["patience"] = 1  # whatever is better than war is good enough
    # one turn: the text as it is, and no other
    return toy | {"protocol": {"name": "shuttle"}, "horizon_days": 8}


def _advice(
    loaded: Loaded, size: int = 10, generations: int = 4, known: list[Loaded] | None = None
) -> tuple[Advice, list[Loaded]]:
    executor = InProcess()
    searching, judging = Judge(30, 1, executor), Judge(100, 1 + UNSEEN, executor)
    return advise(loaded, known or [], searching, judging, size, generations, 4)


def test_a_text_that_all_can_sign_is_found(toy: dict[str, Any]) -> None:
    loaded = load_data(_with_envoy(toy, {"land": 0.95, "arms": 0.2}))
    found, plans = _advice(loaded)
    (own,) = found.published
    assert own.values["signed"] == 0
    first = found.plans[0]
    assert first.values["signed"] > 0.9
    assert first.better
    assert "signed" in first.better_on
    assert first.key in found.statement
    text = plans[0].scenario.actors["envoy"].mediation.text
    assert 0.25 <= text["land"].median <= 0.75
    same = {k: v for k, v in plans[0].raw["actors"].items() if k != "envoy"}
    assert same == {k: v for k, v in loaded.raw["actors"].items() if k != "envoy"}


def test_where_nothing_helps_that_is_said(toy: dict[str, Any]) -> None:
    data = _with_envoy(lines_at(toy, a=0.1, b=0.9), {"land": 0.5, "arms": 0.5})
    found, _ = _advice(load_data(data), generations=1)
    assert not found.better
    assert found.statement.startswith("No plan is signed in any of 100 worlds")


def _with_levers(toy: dict[str, Any]) -> dict[str, Any]:
    """A power that must sign, too, with a promise that b needs and a threat that costs itself."""
    toy = _with_envoy(toy, {"land": 0.5, "arms": 0.0}) | {"horizon_days": 60}
    toy["actors"]["b"]["positions"]["land"] |= {"ideal": 1, "limit": 0}
    toy["war"] |= {"cost": {"a": 0.02, "b": 0.0}, "drift": {}, "beliefs": {}}
    # what b has without a deal is better for it than all that a would sign
    toy["issues"]["land"]["no_deal"], toy["issues"]["arms"]["no_deal"] = 0.6, 0.9
    wish = {"ideal": 0, "salience": 1, "judgement": "test"}
    sure = {"on": "b", "credibility": {"fixed": 1}, "judgement": "test"}
    paid = {"when": {"signed": "settlement"}, "effect": {"payment": {"b": 0.6}}}
    dear = {"when": {"after": "1d"}, "effect": {"cost": {"b": 0.0, "power": 0.2}}}
    toy["actors"]["power"] = {
        "name": "Power",
        "role": "manipulator",
        "consent": "all",
        "patience": 1,
        "acceptability": {"a": 1, "b": 1},
        "positions": {"land": wish, "arms": wish},
        "levers": {
            "aid": sure | paid | {"title": "Aid", "kind": "promise"},
            "ban": sure | dear | {"title": "Ban"},
        },
    }
    return toy


def test_the_lever_that_brings_the_deal_is_told_from_the_others(toy: dict[str, Any]) -> None:
    loaded = load_data(_with_levers(toy) | {"ask": [{"by": "30d", "text": "soon?"}]})
    found = mediated(loaded, Judge(100, 1, InProcess()))
    # nothing is said of what the scenario has not: votes, how long it holds
    assert list(found.measures) == ["deal_by_day:30", "ratified", MEASURES[-1]]
    parts = {part.key: dict(zip(found.measures, part.adds, strict=True)) for part in found.parts}
    assert found.values["ratified"] > 0.9
    assert parts["lever:power.aid"]["ratified"].better
    assert parts["lever:power.aid"]["ratified"].value > 0.9
    assert parts["lever:power.ban"]["ratified"].value == 0
    assert parts["everything"]["ratified"].value > 0.5


def test_an_actor_is_taken_out_with_all_that_is_said_of_it(toy: dict[str, Any]) -> None:
    data = _with_levers(toy) | {"deadline": {"at": "30d", "known_to": ["a", "envoy"]}}
    aid = data["actors"]["power"]["levers"]["aid"]
    aid |= {"on": ["b", "envoy"], "effect": {"payment": {"b": 0.6, "envoy": 0.1}}}
    data["war"]["cost"]["envoy"] = 0.001
    data["tracks"] = beside(
        parties=["a", "b", "envoy"],
        protocol={"name": "shuttle"},
        stages=[{"name": "swap", "issues": ["dead"], "effect": {"cost": {"envoy": -0.1}}}],
    )
    loaded = load_data(data)
    assert not mediated(loaded, Judge(50, 1, InProcess())).left_out
    less, why = without_mediators(loaded)
    assert less is not None
    assert not why
    assert less.scenario.deadline is not None
    assert less.scenario.deadline.known_to == ["a"]
    assert "envoy" not in str(less.raw)


def test_why_an_actor_cannot_be_taken_out_is_told(toy: dict[str, Any]) -> None:
    actors = _with_levers(toy)["actors"]
    ban = actors["power"]["levers"]["ban"]
    actors["envoy"]["levers"] = {"word": copy.deepcopy(ban)}
    ban["when"] = {"pulled": "envoy.word"}
    less, why = without_mediators(load_data(toy))
    assert less is None
    assert "actors.power.levers.ban.when" in why
    assert "envoy.word" in why


def test_an_envoy_who_stays_keeps_the_text_when_another_goes(toy: dict[str, Any]) -> None:
    data = _with_envoy(toy, {"land": 0.5})
    data["actors"]["second"] = {"name": "Second", "role": "manipulator"}
    data["protocol"] = {"name": "single_text"}
    scenario = load_data(data).scenario
    assert "protocol.name" not in without(scenario, ["second"])
    assert without(scenario, ["envoy", "second"])["protocol.name"] == "alternating"


def test_stages_and_limited_agreements_have_rows_of_their_own() -> None:
    """By the vocabulary of results: each share is that of a plain run of the same worlds."""
    loaded = load_scenario("kellogg")
    found = mediated(loaded, Judge(60, 1, InProcess()))
    summary = run_scenario(loaded, 60, 1, traced=0).summary
    assert found.values["first_stage"] == pytest.approx(summary.first_stage_ever)
    for key, use in summary.limited.items():
        assert found.values[f"limited:{key}"] == pytest.approx(use.ever)
    for one in summary.asked:
        assert found.values[f"first_stage_by_day:{one.day:g}"] == pytest.approx(one.first_stage)
    without = {part.key: dict(zip(found.measures, part.adds, strict=True)) for part in found.parts}
    for track in loaded.scenario.tracks:
        (key,) = (k for k in found.values if k.startswith(f"limited:{track}."))
        assert without[f"track:{track}"][key].value == pytest.approx(found.values[key])


def test_a_plan_is_better_only_where_past_talks_leave_no_doubt() -> None:
    table = {"names": ["tempo"], "rows": [[0.5 + n / 50] for n in range(50)]}
    engine = Engine.model_validate({"calibration": table})
    scores = scores_of(engine, 1, 2000)
    drawn = scores[:, 0]
    before = np.zeros(2000)
    even = gap_of("signed", (np.arange(2000) % 5 == 0).astype(float), before, scores)
    assert even.better
    assert even.allowed is not None
    # it helps in most worlds and harms where the parameter is low
    helps, harms = (drawn > 0.3).astype(float), (drawn < -0.5).astype(float)
    mixed = gap_of("signed", helps, harms, scores)
    assert mixed.interval.low > 0
    assert not mixed.better
    plain = gap_of("signed", helps, harms, scores[:, :0])
    assert plain.better
    assert plain.allowed is None


def test_gains_are_told_of_those_who_have_them(toy: dict[str, Any]) -> None:
    """Whatever the order in which a file names its actors."""
    data = _with_levers(toy)
    data["actors"] = dict(reversed(data["actors"].items()))
    loaded = load_data(data)
    (trial,) = Judge(50, 1, InProcess()).tries([loaded])
    ensemble = run_scenario(loaded, 50, 1, traced=0).ensemble
    means = dict(zip(ensemble.actor.values, ensemble.utility.values.mean(axis=0), strict=True))
    assert len({*means.values()}) == len(means)
    assert dict(zip(trial.actors, trial.utility.mean(axis=0), strict=True)) == pytest.approx(means)


def test_what_a_plan_loses_is_told(toy: dict[str, Any]) -> None:
    """Talks that it leaves out, worlds without any deal, utility; measures in quotes."""
    data = _with_envoy(toy, {"land": 0.95, "arms": 0.2})
    own = load_data(data | {"tracks": beside(protocol={"name": "shuttle"})})
    plans = [own, load_data(data), load_data(_with_envoy(toy, {"land": 0.5, "arms": 0.5}))]
    theirs, *trials = Judge(100, 1, InProcess()).tries(plans)

    def judged(key: str, trial: Trial) -> Judged:
        return judged_plan("found", key, "", [], trial, None, {"toy": theirs}, {"toy"})

    before = judged("toy", theirs)
    assert before.limited["beside.swap"] == 1
    assert lost(before, before, own.scenario) == []
    less, more = (judged("plan", trial) for trial in trials)
    told = lost(less, before, own.scenario)
    assert told[0] == "Left out beside toy: talks on “Beside”, signed in 100 % of its worlds."
    assert told[1].startswith("In more worlds of 100: no deal by the end +100.0 (")
    assert versus(less, "toy", MEASURES) == "no difference visible"
    assert lost(more, before, own.scenario)[0] == told[0]
    assert versus(more, "toy", MEASURES[:2]) == "better: “signed” and “signed and ratified”"


def test_no_plan_asks_for_a_lever_by_which_its_owner_loses(toy: dict[str, Any]) -> None:
    data = _with_levers(toy)
    data["actors"]["power"]["levers"]["aid"]["credibility"] = {"fixed": 0.0}  # nothing is signed
    loaded = load_data(data)
    executor = InProcess()
    judges = (Judge(20, 1, executor), Judge(60, 2, executor))
    found, plans = advise(loaded, [], *judges, size=4, generations=0, shown=4)
    assert any(gone.lever == "Ban" and gone.loses.worse for gone in found.dropped)
    off = [p.scenario.actors["power"].levers["ban"].credibility.median for p in plans]
    assert off == [0.0] * len(plans)


def test_a_search_goes_on_where_it_was_and_mixes_no_versions(
    toy: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_data(_with_envoy(toy, {"land": 0.9}))

    def search(minutes: float) -> tuple[Advice, int]:
        judges = [Judge(20, seed, InProcess(), tmp_path) for seed in (1, 2)]
        found, _ = advise(loaded, [], *judges, size=6, generations=2, shown=2, minutes=minutes)
        return found, sum(one.kept for one in judges)

    short, kept = search(0.0)
    assert short.cut_short
    assert short.tried == 6
    assert kept == 0
    whole, kept = search(9.0)
    assert not whole.cut_short
    assert whole.tried > 6
    assert kept >= 6
    assert search(9.0)[0] == whole
    monkeypatch.setattr("sim.studies.advise.judging.engine_hash", lambda: "another")
    assert search(9.0)[1] == 0


def test_what_is_not_the_mediators_to_decide_is_in_no_decision() -> None:
    kellogg = load_scenario("kellogg")
    space = space_of(kellogg)
    kinds = {one.kind for one in space.decisions}
    assert kinds == {"text", "firmness", "order", "track", "lever"}
    levers = [one.key for one in space.decisions if one.kind == "lever"]
    assert levers
    assert {key.partition(".")[0] for key in levers} == {"trump"}
    rng = np.random.default_rng(0)
    for _ in range(10):
        plan = tuple(int(rng.integers(len(one.options))) for one in space.decisions)
        if not space.valid(plan):
            continue
        changed = space.built(plan).scenario
        assert changed.ratification == kellogg.scenario.ratification
        for key, actor in kellogg.scenario.actors.items():
            assert changed.actors[key].positions == actor.positions
            assert changed.actors[key].patience == actor.patience


def test_published_plans_are_those_of_the_same_war() -> None:
    kellogg = load_scenario("kellogg")
    found, failed = others(kellogg, [], [])
    names = {one.scenario.name for one in found}
    assert not failed
    assert {"witkoff", "points_20", "points_28"} <= names
    assert not names & {"dayton", "camp_david", "kellogg", "serbian_host"}
    assert [o.scenario.name for o in others(kellogg, ["witkoff"], [])[0]] == ["witkoff"]
    with pytest.raises(ScenarioError, match="dayton: is not about the war of kellogg"):
        others(kellogg, ["witkoff", "dayton"], [])


def test_a_broken_file_of_the_library_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\npatience: 90 dayz\n")
    monkeypatch.setattr("sim.studies.advise.published.shipped_scenarios", lambda: tmp_path)
    found, failed = others(load_scenario("kellogg"), [], [])
    assert not found
    assert "mine.yaml:2: patience: unknown key" in failed[str(tmp_path / "mine.yaml")]


# --- as typed ------------------------------------------------------------------------------------


def test_written_plans_run_to_the_promised_numbers(toy: dict[str, Any], tmp_path: Path) -> None:
    data = _with_envoy(toy, {"land": 0.95, "arms": 0.2})
    file = filed(tmp_path, {k: v for k, v in data.items() if v is not None})
    words = ["advise", str(file), "--plans", "6", "--generations", "2", "--search-worlds", "20"]
    words += ["--worlds", "60", "--workers", "1", "--out", str(tmp_path / "out")]
    words += ["--set", "actors.a.patience=2"]
    done = works(*words)
    first = done.out
    folder = tmp_path / "out" / "toy"
    assert (
        "ratified"
        not in "\n".join([first, *(f.read_text() for f in folder.glob("*.yaml"))]).lower()
    )
    content = json.loads((folder / "advice.json").read_text())
    for plan in content["plans"]:
        again = load_scenario(folder / f"{plan['key']}.yaml")
        run = run_scenario(again, content["worlds"], content["judged_seed"], traced=0)
        assert run.summary.outcomes["settlement"] == pytest.approx(plan["values"]["ratified"])
        assert again.scenario.actors["a"].patience.median == 2
        assert f"seed {content['judged_seed']}" in (folder / f"{plan['key']}.yaml").read_text()
    second = typed(
        *words
    ).out  # all worlds are taken from the first run, and the answer is the same
    assert second.splitlines()[:8] == first.splitlines()[:8]
    assert "0 s of processor time" in second
    words = ["mediation", str(file), "--worlds", "60", "--workers", "1", "--json"]
    done = typed(*words, "--out", tmp_path / "out")
    assert json.loads(done.out)["parts"][0]["key"] == "mediator"
    *words, _ = words
    short, full = (typed(*words, *more, "--out", tmp_path / "out") for more in ([], ["--full"]))
    assert len(short.out.splitlines()) <= 25
    assert "Gain of the side that gains least" not in short.words
    for one in (short, full):
        assert "Worlds with a settlement: " in one.words
        assert "or lever 0 %. Envoy, the mediator 0.0 (−6.0 to +6.0), perhaps nothing;" in one.words
    assert "Gain of the side that gains least" in full.words


def test_a_file_over_another_takes_away_and_replaces_distributions() -> None:
    before = {"a": {"x": {"fixed": 1}, "y": 2}, "b": [1]}
    after = {"a": {"x": {"normal": [1, 2]}}, "b": [2]}
    assert over(before, after) == {"a": {"x": {"normal": [1, 2]}, "y": None}, "b": [2]}
