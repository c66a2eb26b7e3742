"""Results as typed records."""

from __future__ import annotations

import json

import pytest

from sim.ensemble.runner import run_scenario
from sim.formulas.statistics import Interval
from sim.results.summary import Summary, Term
from sim.scenario import load_scenario
from tests.conftest import SCENARIOS


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


def test_numbers_are_rounded_as_they_are_written() -> None:
    assert Term(median=1 / 3, p10=-1e-9).rounded().to_json()["median"] == 0.333333
    assert str(Term(p10=-1e-9).rounded().p10) == "0.0"
