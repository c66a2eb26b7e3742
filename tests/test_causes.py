"""Why a package that suits all was not reached: found by running the same worlds in variants."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.model import SETTLED
from sim.ensemble.beside import Beside
from sim.ensemble.executors import InProcess
from sim.results.dataset import chunk_dataset
from sim.results.outcomes import REASON_WORDS, REASONS
from sim.scenario import Scenario, load_scenario
from sim.studies.causes import cause_lines, later_causes, reasons_again
from tests.conftest import ENVOY, SCENARIOS, build, conflict, put, simulate


def talks(**more: Any) -> Scenario:
    """Two sides that disagree on two issues and have much to share; uncertain weights."""
    lows, lines = {"land": 1, "arms": 2}, {"a": 0.55, "b": 0.45} if "line" in more else {}
    sides = {
        side: {
            issue: {"ideal": ideal, "salience": {"uniform": [low, 6]}, "limit": lines.get(side)}
            for issue, low in lows.items()
        }
        for side, ideal in (("a", 0.0), ("b", 1.0))
    }
    protocol, hope = more.get("protocol", "alternating"), more.get("hope", 0)
    data = conflict(
        dict.fromkeys(lows, 0.5),
        sides,
        cost={"per_month": 0.02, "growth": more.get("growth", 0)},
        protocol={"name": protocol},
        horizon_days=more.get("horizon", "26w"),
        engine={"calibration": "none"},
    )
    for side, sign in (("a", -1), ("b", 1)):
        believed = {issue: {"mean": sign * hope, "sd": 0} for issue in lows}
        put(data, f"war.beliefs.{side}", believed)
        tactic, patience = more.get("tactic", "linear"), more.get("patience", "20w")
        data["actors"][side] |= {"tactic": {"name": tactic}, "patience": patience}
    if protocol == "shuttle":
        mediation = {"error": more.get("error", 0.1), "every": "100w"}
        trust = {"acceptability": {"a": 0.8, "b": 0.8}}
        data["actors"]["e"] = ENVOY | {"mediation": mediation} | trust
    return build(data)


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
    assert causes_of(talks())[1] is None, "where nothing is unreached there is nothing to tell"
    assert (
        cause_lines(causes, talks())[1]
        == "- with 3 times as much time they settle: 100 % (91–100 %)"
    )


def test_who_never_concedes_is_told_as_deadlock() -> None:
    _, causes = causes_of(talks(tactic="hardliner"))
    assert causes.deadlock.all()
    assert causes.shares()["time"][0] == 0.0


def test_the_envoys_error_is_told_as_such() -> None:
    """One text, and lines that leave a narrow corridor, which a large error misses."""
    scenario = talks(protocol="shuttle", error=0.5, line=True, tactic="hardliner")
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
    scenario = talks(tactic="hardliner", horizon="4w", growth=-0.4, hope=0.01)
    _, causes = causes_of(scenario)
    closed = causes.none & ~causes.open
    assert closed.mean() > 0.2
    assert not (closed & causes.deadlock).any()
    assert (closed | causes.deadlock).all()
    told = " ".join(cause_lines(causes, scenario))
    assert "later on nothing suits all (" in told or "later on nothing suits all: " in told
    assert ", or a vote fails" in " ".join(cause_lines(causes, load_scenario("kellogg").scenario))


def test_the_word_for_the_reason_claims_no_cause() -> None:
    words = REASON_WORDS["not_reached"]
    assert "time" not in words.line + words.phrase
