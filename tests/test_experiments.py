"""The two tables of an ensemble: what was drawn, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.ensemble.runner import Job, Run, run_job, run_scenario, write_results
from sim.ensemble.store import load_results
from sim.formulas.statistics import Interval
from sim.results.dataset import chunk_dataset
from sim.results.experiments import experiments, outcomes_table
from sim.results.summary import Summary, Term
from sim.scenario import load_data, load_scenario
from sim.scenario.titles import title_of
from tests.conftest import SCENARIOS, TOY

LIMIT = "actors.putin.positions.territory.line.at"


@pytest.fixture(scope="module")
def run() -> Run:
    return run_scenario(load_scenario(SCENARIOS / "kellogg.yaml"), 300)


def test_a_column_for_each_uncertain_number(run: Run) -> None:
    table = experiments(run.ensemble)
    assert table.shape[0] == 300
    assert table.index.name == "world"
    assert {LIMIT, "war.cost.putin", "actors.trump.levers.cut_arms.pull"} <= set(table)
    assert "actors.putin.foresight_months" not in table
    assert not any("noise" in name or "shock" in name for name in table)
    variable = run.ensemble[f"x.{LIMIT}"]
    assert variable.attrs["long_name"] == "Putin's red line on Territory"
    assert variable.attrs["units"] == "scale, 0 to 1"
    certain = load_scenario(SCENARIOS / "kellogg.yaml").with_({LIMIT: {"fixed": 0.5}})
    assert LIMIT not in experiments(run_scenario(certain, 3).ensemble)


def test_what_is_kept_is_what_the_engine_used() -> None:
    scenario = load_scenario(SCENARIOS / "kellogg.yaml").scenario
    model = PeaceTalks(scenario, Draws(1, 200))
    lever = next(v for v in model.levers if v.key == "trump.cut_arms")
    # in days, whatever the rounds
    delay = (model.levers[0].delay * scenario.war.round_days).astype(np.float32)
    carried_out = lever.carried_out.copy()
    model.narrowed_at = 1.0
    model.run()
    table = experiments(chunk_dataset(model))
    path = "actors.trump.levers.cut_arms"
    assert ((table[f"{path}.pull"] <= table[f"{path}.credibility"]) == carried_out).all()
    assert (table[f"actors.{model.levers[0].key.replace('.', '.levers.')}.delay"] == delay).all()


@pytest.mark.parametrize(
    "file", [*sorted(SCENARIOS.glob("*.yaml")), *sorted((SCENARIOS / "past").glob("*.yaml"))]
)
def test_no_two_numbers_have_one_title_and_none_is_told_by_keys(file: Path) -> None:
    scenario = load_scenario(file).scenario
    paths = list(PeaceTalks(scenario, Draws(1, 1)).draws.once)
    titles = [title_of(path, scenario) for path in paths]
    assert len(paths) > 20
    assert not [path for path, title in zip(paths, titles, strict=True) if titles.count(title) > 1]
    assert not [title for title in titles if "_" in title or title.startswith("Durability:")]


def test_draws_are_kept_of_worlds_that_are_left_out_too() -> None:
    whole, part = Draws(1, 50), Draws(1, 50)
    part.choose(np.arange(1, 50, 2))
    part.choose(np.array([1, 3]))  # of those 25
    number = load_scenario(SCENARIOS / "kellogg.yaml").scenario.war.cost["putin"].per_month
    drawn = whole.number("war.cost.putin", number, 0.1)
    assert (part.number("war.cost.putin", number, 0.1) == drawn[[3, 7]]).all()
    assert (part.uniform("pull") == whole.uniform("pull")[[3, 7]]).all()
    part.normal("war.shock.territory", 4)
    assert set(part.once) == {"war.cost.putin", "pull"}
    assert all((part.once[name] == whole.once[name]).all() for name in part.once)


def test_outcomes_are_named(run: Run) -> None:
    table = outcomes_table(run.ensemble)
    assert (table["utility.putin"] == run.ensemble.utility.sel(actor="putin")).all()
    assert set(table["outcome"].cat.categories) >= {"settlement", "no_deal"}
    share = (table["outcome"] == "no_deal").mean()
    assert share == pytest.approx(run.summary.outcomes["no_deal"], abs=1e-6)
    assert "offer" not in " ".join(table)
    assert not set(table) & set(experiments(run.ensemble))


def test_codes_are_words_and_every_variable_says_what_it_is(run: Run) -> None:
    table, data = outcomes_table(run.ensemble), run.ensemble
    failed = data.stuck_issue.values >= 0
    assert (table["stuck_issue"].isna() == ~failed).all()
    issues = data.issue.values[data.stuck_issue.values[failed]]
    assert list(table["stuck_issue"][failed]) == list(issues)
    for name, code in (("by_accident", -2), ("putin", list(data.actor.values).index("putin"))):
        assert ((table["broken_by"] == name) == (data.broken_by.values == code)).all()
    for one in (data, run.central):
        assert not [name for name, variable in one.data_vars.items() if not variable.attrs]


def test_the_gain_of_settling_has_one_value() -> None:
    dearer = load_data(TOY | {"war": TOY["war"] | {"cost": {"a": 0.03, "b": 0.05}}})
    run = run_scenario(dearer, 40)
    for actor, found in run.summary.actors.items():
        gain = outcomes_table(run.ensemble)[f"gain.{actor}"].median()
        assert not np.isnan(gain)
        assert found.gain_from_settling == pytest.approx(gain, abs=1e-6)


def test_files_and_stores_hold_them(run: Run, tmp_path: Path) -> None:
    write_results(run, tmp_path / "result.nc")
    again, central = load_results(tmp_path / "result.nc")
    xr.testing.assert_identical(again, run.ensemble)
    assert not [name for name in central if str(name).startswith("x.")]
    loaded = load_scenario(SCENARIOS / "kellogg.yaml")
    stored = run_job(Job(loaded, 300, store=tmp_path / "ensemble.zarr"))
    assert experiments(stored.ensemble).equals(experiments(run.ensemble))
    assert stored.ensemble[f"x.{LIMIT}"].attrs == run.ensemble[f"x.{LIMIT}"].attrs


# --- results as typed records --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kellogg", "dayton"])
def test_a_summary_survives_json(name: str) -> None:
    summary = run_scenario(load_scenario(SCENARIOS / f"{name}.yaml"), 20, 1).summary
    text = json.dumps(summary.to_json())
    back = Summary.from_json(json.loads(text))
    assert back == summary
    assert json.dumps(back.to_json()) == text
    assert isinstance(back.outcomes_interval["settlement"], Interval)
    assert all(isinstance(term, Term) for term in back.package.values())
    assert back.rounded() == back
    # numbers are rounded as they are written
    assert Term(median=1 / 3, p10=-1e-9).rounded().to_json()["median"] == 0.333333
    assert str(Term(p10=-1e-9).rounded().p10) == "0.0"
