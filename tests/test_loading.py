"""Scenarios as data, and changed without their files."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from sim.scenario import Loaded, ScenarioError, load_data, load_scenario, load_variant
from tests.conftest import SCENARIOS

KELLOGG = SCENARIOS / "kellogg.yaml"
CHANGES = {
    "actors.putin.positions.ceasefire.line.at": {"normal": [0.6, 0.1]},
    "actors.trump.levers.cut_arms.credibility": 0.9,
    "actors.zelenskyy.tactic.name": "linear",
    "war.cost.putin": {"fixed": 0.02},
    "horizon_days": 90,
    "agenda.0.cost_factor": 0.4,
    "spread.firmness": None,
}


@pytest.fixture(scope="module")
def kellogg() -> Loaded:
    return load_scenario(KELLOGG)


def test_data_are_checked_like_a_file(kellogg: Loaded) -> None:
    data = copy.deepcopy(kellogg.raw)
    assert load_data(data, "kellogg") == Loaded(
        kellogg.scenario, kellogg.raw, load_data(data, "kellogg").places, ("kellogg",)
    )
    # as results keep their scenario: keys of a scale and days are text
    kept = json.loads(json.dumps(data, default=str))
    assert load_data(kept).scenario == kellogg.scenario
    based = load_data({"extends": str(KELLOGG), "title": "Short", "horizon_days": 30}, "short")
    assert based.scenario.horizon_days == 30
    assert based.scenario.name == "short"


def test_errors_in_data_name_the_key(kellogg: Loaded) -> None:
    data = copy.deepcopy(kellogg.raw)
    data["actors"]["trump"]["levers"]["cut_arms"]["on"] = "nobody"
    data["horizon_days"] = 0
    data["known_by"] = "2001-01-01"
    with pytest.raises(ScenarioError) as caught:
        load_data(data, "mine")
    said = str(caught.value)
    assert "mine: actors.trump.levers.cut_arms.on: there is no actor 'nobody'" in said
    assert "mine: horizon_days: " in said
    assert "after known_by 2001-01-01" in said
    with pytest.raises(ScenarioError, match="holds a list, not keys"):
        load_data([], "mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["kellogg", "dayton", "points_28"])
def test_what_did_not_change_need_not_be_checked_again(name: str) -> None:
    base = load_scenario(SCENARIOS / f"{name}.yaml")
    before = copy.deepcopy(base.raw)
    actor = next(iter(base.raw["actors"]))
    changes = {f"actors.{actor}.patience": np.float64(30.0), "horizon_days": np.int64(120)}
    changed = base.with_(changes)
    assert changed.scenario.actors[actor].patience.median == 30.0
    assert changed.scenario == load_data(changed.raw).scenario
    assert base.raw == before
    assert base.digest != changed.digest
    assert changed.with_({"horizon_days": 121}).scenario.actors == changed.scenario.actors


def test_the_same_as_data_and_as_typed(kellogg: Loaded) -> None:
    typed = [
        f"{key}={'' if value is None else json.dumps(value)}" for key, value in CHANGES.items()
    ]
    changed = kellogg.with_(CHANGES)
    assert changed.raw == load_scenario(KELLOGG, typed).raw == load_variant(kellogg, typed).raw
    assert changed.scenario == load_scenario(KELLOGG, typed).scenario


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"actors.putin.patience": -1}, "with_ actors.putin.patience: .*-1 is below 0"),
        ({"actors.puttin.patience": 1}, "with_ actors.puttin.patience: .*did you mean 'putin'"),
        ({"actors.trump.levers.cut_arms.on": "nobody"}, "there is no actor 'nobody'"),
        ({"horizon_days.x": 1}, "is a value and has no keys below it"),
        ({"title": None}, "title"),
    ],
)
def test_a_wrong_change_is_an_error_and_changes_nothing(
    kellogg: Loaded, changes: dict[str, object], said: str
) -> None:
    before = copy.deepcopy(kellogg.raw)
    with pytest.raises(ScenarioError, match=said):
        kellogg.with_(changes)
    assert kellogg.raw == before
