"""Why a package that suits all was not reached: found by running the same worlds in variants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.model import SETTLED
from sim.ensemble.beside import Beside
from sim.ensemble.executors import InProcess
from sim.results.dataset import chunk_dataset
from sim.results.outcomes import REASON_WORDS, REASONS
from sim.scenario import Scenario, load_scenario
from sim.studies.causes import cause_lines, later_causes, reasons_again
from tests.conftest import SCENARIOS, build, simulate


def talks(**more: Any) -> Scenario:
    """Two sides that disagree on two issues and have much to share; uncertain weights."""
    sides = {
        key: {
            "name": key.upper(),
            "tactic": more.get("tactic", {"name": "linear"}),
            "patience": more.get("patience", "20w"),
            "positions": {
                issue: {"ideal": ideal, "salience": {"uniform": [low, 6]}, "judgement": "x"}
                for issue, low in (("land", 1), ("arms", 2))
            },
        }
        for key, ideal in (("a", 0.0), ("b", 1.0))
    }
    envoy = {
        "name": "E",
        "role": "formulator",
        "mediation": {"error": more.get("error", 0.1), "every": "100w"},
        "acceptability": {"a": 0.8, "b": 0.8},
    }
    if "line" in more:
        for side, at in (("a", 0.55), ("b", 0.45)):
            for position in sides[side]["positions"].values():
                position["limit"] = at
    issue = {"title": "X", "scale": {0: "A", 1: "B"}, "no_deal": 0.5}
    return build(
        {
            "name": "drawn",
            "title": "Drawn",
            "issues": {"land": issue, "arms": issue},
            "actors": sides | ({"e": envoy} if more.get("protocol") == "shuttle" else {}),
            "war": {
                "start_date": "2025-01-20",
                "cost": {key: {"per_month": 0.02, "growth": more.get("growth", 0)} for key in "ab"},
                "beliefs": {
                    key: {
                        i: {"mean": sign * more.get("hope", 0), "sd": 0} for i in ("land", "arms")
                    }
                    for key, sign in (("a", -1), ("b", 1))
                },
            },
            "protocol": {"name": more.get("protocol", "alternating")},
            "horizon_days": more.get("horizon", "26w"),
            "engine": {"calibration": "none"},
        }
    )


def causes_of(scenario: Scenario, worlds: int = 60, sample: int = 40) -> Any:
    data = chunk_dataset(simulate(scenario, worlds))
    worlds, beside = (data.world.values, data.stuck_reason.values), Beside(InProcess())
    return data, later_causes(scenario, 1, *worlds, sample, beside)()


def test_too_short_a_horizon_is_told_as_time() -> None:
    data, causes = causes_of(talks(patience="75w"))
    assert (data.stuck_reason.values == REASONS.index("not_reached")).all()
    assert causes.worlds == 60
    assert len(causes.rerun) == 40
    share, (low, high) = causes.shares()["time"]
    assert (share, high) == (1.0, 1.0)
    assert 0.9 < low < 1.0
    assert not causes.deadlock.any()
    assert "envoy" not in causes.settles
    assert cause_lines(causes)[1] == "- with 3 times as much time they settle: 100 % (91–100 %)"


def test_who_never_concedes_is_told_as_deadlock() -> None:
    _, causes = causes_of(talks(tactic={"name": "hardliner"}))
    assert causes.deadlock.all()
    assert causes.shares()["time"][0] == 0.0


def test_the_envoys_error_is_told_as_such() -> None:
    """One text, and lines that leave a narrow corridor, which a large error misses."""
    scenario = talks(protocol="shuttle", error=0.5, line=True, tactic={"name": "hardliner"})
    _data, causes = causes_of(scenario, worlds=100, sample=100)
    assert causes.settles["envoy"].mean() > causes.settles["time"].mean()
    assert causes.settles["envoy"].mean() > 0.5


def test_worlds_are_the_same_when_run_again() -> None:
    """Paired: without a change, the worlds that settled settle again and the others do not."""
    scenario = load_scenario(SCENARIOS / "kellogg.yaml").scenario
    model = simulate(scenario, 30)
    chosen = np.array([1, 4, 7, 19, 28])
    again = reasons_again(scenario, lambda model: None, 1, chosen)
    assert (again < 0).tolist() == (model.talks.status == SETTLED)[chosen].tolist()
    scenario = talks(patience={"uniform": ["10w", "52w"]})  # type: ignore[arg-type]
    before = simulate(scenario, 200).talks.status == SETTLED
    assert 0.1 < before.mean() < 0.9
    some = np.arange(3, 200, 4)
    again = reasons_again(scenario, lambda model: None, 1, some)
    assert (again < 0).tolist() == before[some].tolist()


def test_a_chance_that_passes_is_no_deadlock() -> None:
    """Both expect the front to move their way, and the war comes to cost them less and less."""
    scenario = talks(tactic={"name": "hardliner"}, horizon="4w", growth=-0.4, hope=0.01)
    _, causes = causes_of(scenario)
    closed = causes.none & ~causes.open
    assert closed.mean() > 0.2
    assert not (closed & causes.deadlock).any()
    assert (closed | causes.deadlock).all()
    assert "later on nothing suits all" in " ".join(cause_lines(causes))


def test_where_nothing_is_unreached_there_is_nothing_to_tell() -> None:
    assert causes_of(talks())[1] is None


@pytest.mark.parametrize(
    "text", [REASON_WORDS["not_reached"].line, REASON_WORDS["not_reached"].phrase]
)
def test_the_word_for_the_reason_claims_no_cause(text: str) -> None:
    assert "time" not in text
