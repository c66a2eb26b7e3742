"""Red lines that are stated or believed, and that bind with a probability."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine.draws import Draws
from sim.engine.lines import LineDraws
from sim.engine.model import SETTLED, PeaceTalks
from sim.ensemble.runner import run_scenario
from sim.scenario import Loaded
from sim.scenario.fields import Wish
from sim.words.checked import contents, lines_left_out
from tests.conftest import conflict, simulate

TOY = conflict(
    {
        "border": {"scale": {0: "South's", 1: "North's"}, "no_deal": 0.5},
        "troops": {"scale": {0: "Many", 1: "None"}, "no_deal": 0.9},
    },
    {
        "north": {"border": {"ideal": 1, "salience": 5}, "troops": {"ideal": 1, "salience": 3}},
        "south": {"border": {"ideal": 0, "salience": 4}, "troops": {"ideal": 0, "salience": 4}},
    },
    sources={"SPEECH": {"title": "A speech"}},
    actors__north__patience={"triangular": [10, 20, 40]},
    actors__south__patience={"triangular": [10, 20, 40]},
)
BELIEVED = {"at": {"triangular": [0.3, 0.4, 0.5]}, "judgement": "Example."}


def toy(north: Any = None, south: Any = None, **engine: float) -> Loaded:
    """The toy with red lines on the border."""
    raw = copy.deepcopy(TOY) | {"engine": engine}
    for actor, line in (("north", north), ("south", south)):
        if line is not None:
            raw["actors"][actor]["positions"]["border"]["line"] = line
    return sim.load(raw).scaled


def settled(loaded: Loaded) -> np.ndarray:
    return np.asarray(simulate(loaded.scenario).talks.status == SETTLED)


def test_limit_is_short_for_a_believed_line() -> None:
    raw = copy.deepcopy(TOY)
    raw["actors"]["south"]["positions"]["border"]["limit"] = BELIEVED["at"]
    short = simulate(sim.load(raw).scaled.scenario, 100).talks.agreed
    np.testing.assert_array_equal(short, simulate(toy(south=BELIEVED).scenario, 100).talks.agreed)


def test_a_line_that_never_binds_is_no_wall_and_one_that_always_does_is() -> None:
    wall = {"at": 0.7, "judgement": "Example."}
    apart = {"north": wall, "south": {"at": 0.3, "judgement": "Example."}}
    # no common ground on the border: North signs nothing below 0.7, South nothing above 0.3
    assert not settled(toy(**apart)).any()
    assert settled(toy(**apart, believed_binds=0.0)).mean() > 0.9


def test_the_probability_of_a_line_comes_before_that_of_its_kind() -> None:
    apart = {"north": BELIEVED | {"at": 0.7, "binds": 0}, "south": BELIEVED | {"at": 0.3}}
    scenario = toy(**apart, believed_binds=1.0)
    model = PeaceTalks(scenario.scenario, Draws(1, 50))
    north, south = model.signatories
    assert (north.low[:, 0] == 0).all()
    assert (north.said_low[:, 0] == 0.7).all()
    assert (south.high[:, 0] == 0.3).all()


def test_red_lines_are_counted_however_they_are_written() -> None:
    raw = copy.deepcopy(TOY)
    for issue, ends in (("border", [0.1, None]), ("troops", [0.2, 1])):
        raw["actors"]["north"]["positions"][issue]["limits"] = ends
    raw["actors"]["south"]["positions"]["border"]["line"] = {"at": 0.4, "judgement": "Example."}
    wish = {"fee": {"ideal": 0, "salience": 1, "limit": 0.5, "judgement": "Example."}}
    raw["tracks"] = {
        "beside": {
            "title": "Beside",
            "issues": {"fee": {"title": "Fee", "scale": {0: "None", 1: "All"}, "no_deal": 1}},
            "positions": {"north": wish, "south": wish},
            "stages": [{"name": "swap", "issues": ["fee"]}],
        }
    }
    said = contents(sim.load(raw).scaled)
    assert "6 positions" in said
    assert "6 red lines (0 stated, 6 believed), 1 position with one on both sides" in said


def test_what_a_line_binds_with_is_told_of_those_that_say_nothing_else() -> None:
    said = lines_left_out(toy(south=BELIEVED).scenario, 2, 1)
    assert said.endswith(".")
    assert "where the file says nothing else" not in said
    own = lines_left_out(toy(south=BELIEVED | {"binds": 0.3}).scenario, 2, 1)
    assert own.endswith(", where the file says nothing else.")


@settings(max_examples=25)
@given(chance=st.floats(0.05, 0.95), firmness=st.floats(0, 1))
def test_lines_bind_as_often_as_they_should(chance: float, firmness: float) -> None:
    scenario = toy(south=BELIEVED, believed_binds=chance)
    draws = Draws(1, 2000)
    lines = LineDraws(scenario.scenario, draws, draws.normal("flexibility"), firmness)
    drawn = lines.between(
        "here", Wish.model_validate({"ideal": 0, "salience": 1, "line": BELIEVED})
    )
    share = (drawn.at < 1).mean()
    assert abs(share - chance) < 5 * np.sqrt(chance * (1 - chance) / 2000)
    # only the flexible cross, if one factor decides: the rest of the score moves it by so much
    if firmness > 0.999:
        rest = 10 * np.sqrt(1.0 - firmness)
        assert lines.flexible[drawn.at < 1].max() <= lines.flexible[drawn.at == 1].min() + rest


def test_two_lines_the_stated_one_is_held_first() -> None:
    both = [{"at": 0.3, "stated": True, "source": "SPEECH"}, BELIEVED | {"at": 0.6}]
    wish = Wish.model_validate({"ideal": 0, "salience": 1, "line": both})
    for chances, at in (((1, 1), 0.3), ((0, 1), 0.6), ((0, 0), 1.0)):
        scenario = toy(stated_binds=chances[0], believed_binds=chances[1])
        drawn = LineDraws(scenario.scenario, Draws(1, 5)).between("here", wish)
        assert (drawn.at == at).all()
        assert (drawn.said == 0.3).all()
        assert (drawn.stated == 0.3).all()


def test_a_stated_line_is_respected_until_its_owner_passes_it() -> None:
    said = {"at": 0.4, "stated": True, "source": "SPEECH"}
    for stated in (True, False):
        model = PeaceTalks(toy(south=said | {"stated": stated}).scenario, Draws(1, 1, central=True))
        model.step()
        assert (model.signatories[0].wanted[0, 0] <= 0.4 + 1e-9) == stated
    passed = said | {"at": 0.3, "binds": 0}
    assert settled(toy(north={"at": 0.6, "judgement": "Example."}, south=passed)).mean() > 0.9


def test_whether_a_line_binds_is_among_the_experiments() -> None:
    run = run_scenario(toy(south=BELIEVED, believed_binds=0.5), 100, 1)
    binds = run.ensemble["x.actors.south.positions.border.line.binds"]
    assert set(binds.values) == {0.0, 1.0}


def test_signatures_keep_to_lines_that_bind() -> None:
    scenario = toy(
        north={"at": {"uniform": [0.3, 0.7]}, "judgement": "Example."},
        south={"at": {"uniform": [0.3, 0.7]}, "judgement": "Example."},
        believed_binds=0.6,
    )
    model = simulate(scenario.scenario, 400, seed=5)
    done = ~np.isnan(model.talks.agreed[:, 0])
    assert 0 < done.sum() < 400
    for party in model.signatories:
        point = model.talks.agreed[done, 0]
        assert (point >= party.low[done, 0] - 1e-9).all()
        assert (point <= party.high[done, 0] + 1e-9).all()
