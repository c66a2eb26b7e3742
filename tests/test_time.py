"""Time: durations, rounds that change nothing, deadlines, the days that a scenario asks for."""

from __future__ import annotations

import copy
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency

from sim.engine.agents.mediator import texts_by
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.ensemble.runner import Run, run_scenario
from sim.formulas.statistics import wilson
from sim.results.outcomes import OUTCOMES
from sim.scenario import load_data, load_scenario
from sim.scenario.distributions import parse_number
from sim.scenario.durations import days_in, written
from sim.views.outcome import outcome_view
from sim.views.overview import overview_view
from sim.words.story import answer
from tests.conftest import ENVOY, SCENARIOS, TOY, opened, put


def busy(toy: dict[str, Any]) -> dict[str, Any]:
    """A toy with everything that takes time: a host, an envoy, levers, a truce, noise, leaving."""
    press = {"effect": {"cost": {"b": 0.05}}, "on": "b", "title": "Press", "credibility": 0.6}
    toy["actors"]["a"] |= {
        "patience": {"uniform": ["8w", "60w"]},
        "noise": 0.01,
        "leave_after": {"normal": ["30w", "12w"]},
        "levers": {
            "press": press
            | {
                "when": {"refuses": {"actor": "b", "times": 3}},
                "delay": {"uniform": ["2w", "12w"]},
            },
            "late": press | {"when": {"after": "15w"}, "delay": "3w"},
        },
    }
    toy["actors"]["b"] |= {
        "patience": {"triangular": ["4w", "20w", "1y"]},
        "leave_after": {"uniform": ["6mo", "2y"]},
    }
    toy["actors"]["host"] = {
        "name": "Host",
        "role": "facilitator",
        "communication": {"share": {"uniform": [0.02, 0.2]}, "per": "1w"},
    }
    mediation = {"every": "3w", "first_round": "2w", "error": 0.2}
    toy["actors"]["envoy"] = ENVOY | {"mediation": mediation}
    return toy | {
        "protocol": {"name": "shuttle"},
        "agenda": [
            {"name": "truce", "issues": ["arms"], "cost_factor": 0.4},
            {"name": "rest", "issues": ["land"]},
        ],
        "spread": {"limit": 0.12, "salience": 0.3, "cost": 0.5},
    }


def outcomes(source: Any, round_days: float, worlds: int) -> Any:
    return run_scenario(source.with_({"war.round_days": round_days}), worlds, 5).ensemble


def differ(one: Any, other: Any) -> list[float]:
    """p-values: McNemar's exact test of settling and of a first stage, chi-square of outcomes."""
    found = []
    for name in ("settled_day", "first_signed_day"):
        here, there = np.isfinite(one[name].values), np.isfinite(other[name].values)
        only = int((here & ~there).sum()), int((there & ~here).sum())
        found.append(binomtest(only[0], sum(only)).pvalue if sum(only) else 1.0)
    counts = np.array(
        [np.bincount(d.outcome.values, minlength=len(OUTCOMES)) for d in (one, other)]
    )
    seen = counts[:, counts.sum(axis=0) >= 10]
    found.append(chi2_contingency(seen).pvalue if seen.shape[1] > 1 else 1.0)
    return found


@pytest.mark.parametrize(
    ("name", "usual", "others", "worlds"),
    [
        ("toy", 7, (14, 3.5, 5), 600),
        ("dayton", 1, (2, 0.5), 300),
        ("kellogg", 7, (14, 3.5), 300),
    ],
)
def test_the_length_of_a_round_changes_no_odds(
    toy: dict[str, Any], name: str, usual: float, others: tuple[float, ...], worlds: int
) -> None:
    """Worlds share their draws, but for the shocks of the war, so that pairs can be compared."""
    source = load_data(busy(toy)) if name == "toy" else load_scenario(SCENARIOS / f"{name}.yaml")
    usually = outcomes(source, usual, worlds)
    if name == "toy":  # there is something to differ in
        assert len(np.flatnonzero(np.bincount(usually.outcome.values) > 0.05 * worlds)) >= 3
    for round_days in others:
        found = outcomes(source, round_days, worlds)
        assert min(differ(usually, found)) > 0.01, round_days
        # what discretisation costs: a day is known to the round only
        both = np.isfinite(usually.first_signed_day) & np.isfinite(found.first_signed_day)
        if both.sum() >= 10:
            apart = (found.first_signed_day - usually.first_signed_day).values[both]
            assert np.abs(np.median(apart)) <= max(usual, round_days)


def test_plain_numbers_count_rounds_and_check_would_say_so(toy: dict[str, Any]) -> None:
    """The test above can fail: the same toy with patience in rounds gives other odds."""
    data = busy(toy)
    for actor, rounds in (("a", [8, 60]), ("b", [4, 52])):
        data["actors"][actor]["patience"] = {"uniform": rounds}
    data["actors"]["host"]["communication"] = 0.1
    data["actors"]["a"]["levers"]["late"]["when"] = {"round": 15}
    source = load_data(data)
    assert min(differ(outcomes(source, 7, 300), outcomes(source, 21, 300))) < 1e-3
    (note,) = source.notes
    for key in ("a.patience", "b.patience", "host.communication", "when.round"):
        assert key in note
    assert note.count(" actors.") == 4
    assert load_data(busy(copy.deepcopy(toy))).notes == []


def test_the_note_says_file_and_line_once_per_file(tmp_path: Path) -> None:
    child = tmp_path / "child.yaml"
    child.write_text(
        f"extends: {SCENARIOS / 'kellogg.yaml'}\ntitle: T\nactors:\n  putin: {{patience: 30}}\n"
        "  switzerland:\n    communication: 0.05\n  trump:\n    leave_after: {uniform: [4, 9]}\n",
        encoding="utf-8",
    )  # fmt: skip
    (note,) = load_scenario(child).notes
    assert note.startswith(f"{child}: note: ")
    assert "actors.putin.patience (line 4), actors.switzerland.communication (line 6), " in note
    assert "actors.trump.leave_after (line 8)" in note
    assert len(load_scenario(child, ["actors.europe.patience=3"]).notes) == 2


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_scenarios_count_no_rounds(path: Path) -> None:
    assert load_scenario(path).notes == []


@given(
    st.integers(0, 40), st.floats(0.3, 30), st.floats(0.3, 30), st.sampled_from([1, 3.5, 5, 7, 30])
)
def test_a_text_falls_due_as_often_as_it_is_said(
    turns: int, first: float, every: float, days: float
) -> None:
    by_day = texts_by(turns, first / days, every / days)
    assert by_day == sum(first + n * every <= turns * days + 1e-6 for n in range(4001))


def test_durations() -> None:
    assert [days_in(t) for t in ("26w", "90d", "6mo", "1y")] == [182, 90, 182.625, 365.25]
    for text in ("26w", "90d", "6mo", "1y", "1.5d"):
        assert written(days_in(text)) == text
    number = parse_number({"triangular": [0, "10w", "26w"]}, spans=True)
    assert number.counted(7, 3).values == (0, 10, 26)
    assert parse_number(number.dump(), spans=True) == number
    assert parse_number({"choice": {"4w": 1, "8w": 3}}, spans=True).median == 56
    assert parse_number("26w", spans=True).widened(7).kind == "normal"
    assert parse_number({"fixed": "26w"}, spans=True).widened(7).kind == "fixed"


def test_named_units_take_durations_too(toy: dict[str, Any]) -> None:
    toy["horizon_days"], toy["war"]["round_days"] = "26w", "1w"
    toy["actors"]["a"]["foresight_months"] = "1y"
    scenario = load_data(toy).scenario
    assert (scenario.horizon_days, scenario.war.round_days) == (182, 7)
    assert scenario.actors["a"].foresight_months == 12
    assert scenario.rounds == 26


# --- deadlines ---------------------------------------------------------------------------------


def steps(data: dict[str, Any], rounds: int) -> PeaceTalks:
    model = PeaceTalks(load_data(data).scenario, Draws(3, 200))
    for _ in range(rounds):
        model.step()
    return model


@pytest.mark.parametrize("known_to", ["all", ["a"]])
@pytest.mark.parametrize("round_days", [7, 3.5, 14])
def test_who_knows_a_deadline_is_down_at_its_reservation_value_by_then(
    toy: dict[str, Any], known_to: Any, round_days: float
) -> None:
    toy["deadline"] = {"at": "2025-05-01", "known_to": known_to}  # day 101: the 14th turn
    toy["war"]["round_days"] = round_days
    for actor in ("a", "b"):
        toy["actors"][actor] |= {"patience": "40w", "tactic": {"name": "linear"}}
    toy["actors"]["a"]["positions"]["land"]["limit"] = 0.1  # B signs nothing below 0.3
    model = steps(toy, round(98 / round_days))
    assert model.talks.turn == 14
    assert model.talks.is_open.all()
    a, b = model.signatories
    assert (a.aspiration == 0).all()
    assert b.aspiration == pytest.approx(0.0 if known_to == "all" else 1 - 13 / 40)
    model = steps(toy, round(84 / round_days))
    assert model.signatories[0].aspiration == pytest.approx(1 - 11 / 13)


def test_a_shorter_patience_stays_as_it_is(toy: dict[str, Any]) -> None:
    plain = opened(toy, 200)
    toy["deadline"] = {"at": "300d"}
    hurried = opened(toy, 200)
    for one, other in zip(plain.signatories, hurried.signatories, strict=True):
        assert (one.patience == other.patience).all()


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    made = {}
    for after in ("", "stop", "go_on"):
        data = busy(copy.deepcopy(TOY))
        data["ask"] = [{"by": "2025-06-30", "text": "by the 30 June deadline?"}]
        positions = {"land": {"ideal": 0.2, "salience": 1}}
        vote = {"title": "Vote", "of": "a", "positions": positions, "judgement": "test"}
        vote |= {"days": "5w", "threshold": {"uniform": [0, 0.9]}}
        data["ratification"] = {"vote": vote}
        if after:
            data["deadline"] = {"at": "22w", "after": after, "known_to": ["b", "envoy"]}
        made[after] = run_scenario(load_data(data), 400, 2)
    return made


def test_the_outcome_is_taken_at_the_deadline_which_moves_agreement_forward(
    runs: dict[str, Run],
) -> None:
    """Talks that stop with it, and talks that go on after it, have had the same until then."""
    on, stop = runs["go_on"].ensemble, runs["stop"].ensemble
    assert (on.outcome_at_deadline.values == stop.outcome_at_deadline.values).all()
    assert (stop.outcome_at_deadline.values == stop.outcome.values).all()
    assert ((on.outcome_at_deadline == 0).values == (on.settled_day <= 154).values).all()
    assert np.nanmax(stop.settled_day) <= 154 < np.nanmax(on.settled_day)
    assert len(np.unique(on.outcome_at_deadline)) >= 4
    assert runs["stop"].summary.horizon_days == 154
    then = runs["go_on"].summary.deadline
    assert (then.day, then.date, then.known_to) == (154, "2025-06-23", ["b", "envoy"])
    assert then.outcomes["settlement"] == (on.settled_day.values <= 154).mean()
    assert runs[""].summary.deadline is None
    by = {k: (r.ensemble.first_signed_day.values <= 154).mean() for k, r in runs.items()}
    assert by["go_on"] > by[""]


def test_the_days_asked_for_are_answered_with_intervals(runs: dict[str, Run]) -> None:
    run = runs["go_on"]
    deadline, june = run.summary.asked
    assert (june.text, june.day) == ("by the 30 June deadline?", 161)
    assert deadline.date == str(datetime.date(2025, 1, 20) + datetime.timedelta(154))
    count = int((run.ensemble.settled_day.values <= 161).sum())
    assert june.settlement == pytest.approx(count / 400)
    assert june.settlement_interval == pytest.approx(wilson(count, 400), abs=1e-6)
    told = answer(run.scenario, run.summary)
    assert told.startswith("By the deadline of 23 June 2025? A settlement in ")
    assert "By the 30 June deadline? A settlement in " in told
    assert outcome_view(run).headline.startswith("By the deadline of 23 June 2025?")
    assert len(outcome_view(run).asked) == 2
    assert len(runs[""].summary.asked) == 1


def test_a_day_beyond_the_horizon_is_said_to_be_one(toy: dict[str, Any]) -> None:
    toy["ask"], toy["horizon_days"] = [{"by": "100d", "text": "by then?"}], 70
    run = run_scenario(load_data(toy), 20, 1)
    assert run.summary.asked[0].settlement is None
    assert answer(run.scenario, run.summary).startswith("By then? Beyond the 70 days simulated.")


def test_under_one_text_the_last_text_is_put_at_the_deadline(toy: dict[str, Any]) -> None:
    mediation = {"every": "4w", "first_round": "3w", "drafts": 90}
    toy["actors"]["envoy"] = ENVOY | {"mediation": mediation}
    toy["protocol"] = {"name": "single_text"}
    toy["actors"]["a"]["positions"]["land"]["limit"] = 0.1
    toy["deadline"] = {"at": "9w"}
    assert not any(n.any() for n in steps(toy, 8).talks.events["refuses"].values())
    assert (sum(steps(toy, 9).talks.events["refuses"].values()) > 0).all()


def test_days_after_the_last_whole_round_are_told() -> None:
    data = TOY | {"horizon_days": 100, "ask": [{"by": "2025-04-30", "text": "In 100 days?"}]}
    data["actors"] = copy.deepcopy(TOY["actors"])
    put(data, "actors.a.positions.land.limit", 0.1)  # nothing is ever agreed
    run = run_scenario(load_data(data), 20)
    assert run.central.day.values[-1] == 98
    assert outcome_view(run).marks == [(98.0, "In 100 days?")]
    assert overview_view(run).span.endswith("20 Jan 2025 to 30 Apr 2025")
