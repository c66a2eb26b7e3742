"""Models of group decisions as protocols of the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.draws import Draws
from sim.engine.model import SETTLED, PeaceTalks
from sim.engine.protocols import PROTOCOLS
from sim.engine.protocols.groups import GroupDecision
from sim.formulas.groups.averages import weighted_mean, weighted_median
from sim.formulas.groups.challenge import challenge
from tests.conftest import build, conflict, filed, simulate, works
from tests.test_groups import EMISSIONS, groups

NAMES = [name for name, kind in PROTOCOLS.items() if issubclass(kind, GroupDecision)]


def with_protocol(data: dict[str, Any], name: str, **power: Any) -> dict[str, Any]:
    data["protocol"] = {"name": name}
    for actor, value in power.items():
        data["actors"][actor]["power"] = value
    return data


def test_the_four_models_decide_as_their_formulas_do(toy: dict[str, Any]) -> None:
    """a: saliences .7 and .3, so 1 and 3/7 of its dearest; b the other way round."""
    assert NAMES == ["compromise", "median", "exchange", "challenge"]
    model = simulate(build(with_protocol(toy, "compromise", a=3)), worlds=3)
    assert (model.talks.status == SETTLED).all()
    assert (model.talks.concluded_round == 1).all()
    land, arms = (3 / 7) / (3 + 3 / 7), 1 / (3 * 3 / 7 + 1)
    assert model.talks.agreed == pytest.approx(np.tile([land, arms], (3, 1)))
    # the median voter is the stronger of two
    for powers, end in (({"a": 3}, 0.0), ({"a": 1, "b": 3}, 1.0)):
        model = simulate(build(with_protocol(toy, "median", **powers)), worlds=3)
        assert (model.talks.agreed == end).all()
    # b gives on land, which matters less to it, and a on arms: each gets what is dear to it
    model = simulate(build(with_protocol(toy, "exchange", a=1, b=1)), worlds=2)
    assert model.talks.agreed == pytest.approx(np.tile([0.0, 1.0], (2, 1)))


@pytest.mark.parametrize("name", NAMES)
def test_red_lines_war_order_and_the_unit_of_power_play_no_part(
    toy: dict[str, Any], name: str
) -> None:
    before = simulate(build(with_protocol(toy, name, a=2, b=1)), worlds=4).talks.agreed
    for actor in ("a", "b"):
        land = toy["actors"][actor]["positions"]["land"]
        land["limit"] = land["ideal"]
    toy["war"]["cost"] = {"a": 0, "b": 0}
    assert (simulate(build(toy), worlds=4).talks.agreed == before).all()
    toy["actors"] = dict(reversed(toy["actors"].items()))
    with_protocol(toy, name, a=20, b=10)
    assert simulate(build(toy), worlds=4).talks.agreed == pytest.approx(before)


def emissions_scenario(shared: Path) -> tuple[dict[str, Any], Any]:
    """The car-emission case as a scenario: 4 to 10 years of delay on a scale from 0 to 1."""
    group = next(iter(groups(shared / "data" / EMISSIONS).values()))
    keys = [name.lower() for name in group.actors]
    delays = zip((group.positions - 4) / 6, group.salience, strict=True)
    # `rest` is everybody's dearest issue, on which all agree: makes the salience what it is
    sides = {
        key: {"delay": {"ideal": float(x), "salience": float(s)}, "rest": 0}
        for key, (x, s) in zip(keys, delays, strict=True)
    }
    data = conflict({"delay": 1, "rest": 1}, sides, protocol={"name": "challenge"})
    del data["war"]["cost"]
    for key, power in zip(keys, group.power, strict=True):
        data["actors"][key]["power"] = float(power)
    return data, group


def test_the_published_case_goes_its_way(shared: Path) -> None:
    """Ten rounds of the reference run, then the median voter's position is signed."""
    data, group = emissions_scenario(shared)
    model = PeaceTalks(build(data), Draws(1, 2), trace=True)
    model.run()
    course = challenge(group.positions, group.salience, group.power)
    order = [[name.lower() for name in group.actors].index(p.key) for p in model.signatories]
    offers = np.array(model.recorder.rounds["offer"])[:, 0, :, 0] * 6 + 4
    assert offers[:10] == pytest.approx(course.positions[:10, order], abs=1e-5)
    assert (model.talks.concluded_round == 10).all()
    assert model.talks.agreed[:, 0] * 6 + 4 == pytest.approx(np.full(2, course.median[10]))
    assert (model.talks.agreed[:, 1] == 0).all()
    for name, rule in {"compromise": weighted_mean, "median": weighted_median}.items():
        data["protocol"]["name"] = name
        model = simulate(build(data), worlds=1)
        expected = float(rule(group.positions, group.weights))
        assert model.talks.agreed[0, 0] * 6 + 4 == pytest.approx(expected)


@pytest.mark.parametrize("name", NAMES)
def test_listed_options_and_terms_of_a_stage_are_kept(toy: dict[str, Any], name: str) -> None:
    toy["issues"]["land"]["kind"] = "options"
    toy["agenda"] = [
        {
            "name": "truce",
            "issues": ["arms"],
            "terms": {"arms": {"at_most": 0.1}},
            "cost_factor": 0,  # nobody goes back to war between the stages
        },
        {"name": "settlement", "issues": ["land"]},
    ]
    toy["war"]["cost"] = {"a": 0.2, "b": 0.2}
    toy["engine"] = {"accidents": 0}
    model = simulate(build(with_protocol(toy, name)), worlds=5)
    assert (model.talks.status == SETTLED).all()
    assert np.isin(model.talks.agreed[:, 0], [0, 0.5, 1]).all()
    assert (model.talks.agreed[:, 1] <= 0.1).all()


def test_who_has_no_position_does_not_count(toy: dict[str, Any]) -> None:
    before = simulate(build(with_protocol(toy, "compromise")), worlds=2).talks.agreed[:, 1]
    toy["actors"]["c"] = {
        "name": "C",
        "power": 5,
        "positions": {"land": {"ideal": 0.5, "salience": 1, "judgement": "test"}},
    }
    after = simulate(build(toy), worlds=2).talks.agreed
    assert after[:, 1] == pytest.approx(before)
    # a 1, b 3/7, c 5 on land
    assert after[:, 0] == pytest.approx(np.full(2, (3 / 7 + 2.5) / (1 + 3 / 7 + 5)))


def test_power_can_be_uncertain(toy: dict[str, Any]) -> None:
    model = simulate(build(with_protocol(toy, "compromise", a={"uniform": [1, 2]})), worlds=50)
    land = model.talks.agreed[:, 0]
    assert land.std() > 0
    assert land.min() >= (3 / 7) / (2 + 3 / 7) - 1e-9
    assert land.max() <= (3 / 7) / (1 + 3 / 7) + 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_the_command_runs_and_says_what_the_model_leaves_out(
    toy: dict[str, Any], name: str, tmp_path: Path
) -> None:
    path = filed(tmp_path, with_protocol(toy, name))
    done = works(path, "--worlds", 5, "--out", tmp_path / "out", "--json", "--no-plots")
    summary = json.loads(done.out)
    assert summary["outcomes"]["settlement"] == 1
    assert "red lines and reservation values play no part" in summary["note"]
