"""Which worlds are computed together never shows in what comes of one of them."""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from sim.engine.draws import Draws
from sim.engine.forum import Forum
from sim.engine.model import PeaceTalks
from sim.engine.protocols.shuttle import Shuttle
from sim.formulas.bargaining.red_lines import (
    Moved,
    best_linkages,
    distance_beyond,
    gaps,
    with_rules,
)
from sim.formulas.bargaining.walk import fractional_knapsack
from sim.registry import PROTOCOLS
from sim.results.dataset import chunk_dataset
from sim.scenario import Scenario, load_data, load_scenario
from tests.conftest import SCENARIOS, build, conflict, simulate
from tests.test_engine import scenarios
from tests.test_tracks import LIMITED

Outcomes = dict[str, NDArray[Any]]
NEVER, DEFAULT, ALWAYS = 0.0, PeaceTalks.narrowed_at, 0.999


def finished(
    scenario: Scenario, worlds: int, narrowed_at: float = DEFAULT, parts: int | None = None
) -> tuple[Outcomes, PeaceTalks, int]:
    """Outcomes, the model, and the smallest number of worlds that was computed."""
    model = PeaceTalks(scenario, Draws(7, worlds))
    model.narrowed_at = narrowed_at
    fewest = worlds
    for _ in range(scenario.rounds):
        if not model.goes_on:
            break
        model.step()
        fewest = min(fewest, model.talks.worlds)
        if parts and model.talks.round % parts == 0:
            model.take_in_all()
    model.finish()
    data = chunk_dataset(model)
    return {str(name): data[name].values for name in data.data_vars}, model, fewest


def assert_same(some: Outcomes, others: Outcomes, worlds: int | None = None) -> None:
    """In the first worlds, but for last digits: NumPy's powers hang on where a number stands."""
    assert some.keys() == others.keys()
    for name in some:
        np.testing.assert_allclose(
            some[name][:worlds], others[name][:worlds], rtol=1e-13, atol=1e-16, err_msg=name
        )


def impatient(name: str) -> Scenario:
    """A scenario whose parties leave, each world at another time."""
    path = SCENARIOS / f"{name}.yaml"
    data = copy.deepcopy(load_scenario(path).raw)
    del data["tracks"]  # talks about limited agreements would go on
    for actor in data["actors"].values():
        if actor.get("role", "party") == "party" and actor.get("consent", "all") == "all":
            actor["leave_after"] = {"uniform": [2, 60]}
    return build(data)


OPTIONS = {"kind": "options", "scale": {0: "out", 0.5: "half", 1: "in"}, "no_deal": 0}
STAGED = conflict(
    {"land": 0.5, "east": OPTIONS, "west": OPTIONS, "arms": 0.2},
    {
        "a": {
            "land": {"ideal": 0, "salience": 3},
            "east": {"ideal": 1, "salience": {"uniform": [1, 3]}},
            "west": {"ideal": 0.5, "salience": 2},
            "arms": {"ideal": 0, "salience": 3, "curvature": 2},
        },
        "b": {
            "land": {"ideal": 1, "salience": 2},
            "east": {"ideal": 0, "salience": 1},
            "west": {"ideal": 1, "salience": 2},
            "arms": {"ideal": 1, "salience": 3},
        },
    },
    name="staged",
    title="Two stages, gates that fail, options that exclude each other, truces that break",
    protocol={"name": "alternating"},
    agenda=[
        {"name": "first", "issues": ["land"], "cost_factor": 0.3, "drift_factor": 0.2},
        {"name": "second", "issues": ["east", "west", "arms"]},
    ],
    conflicts=[["east", "west"]],
    actors__a__patience={"uniform": [5, 40]},
    actors__a__leave_after={"uniform": [5, 60]},
    actors__a__levers={
        "press": {
            "title": "Press", "on": "b", "credibility": 0.6, "delay": 2,
            "when": {"refuses": {"actor": "b", "times": 2}},
            "effect": {"cost": {"b": 0.02}},
        },
        "more": {
            "title": "More", "on": ["a", "b"], "credibility": 0.7, "delay": 1,
            "when": {"pulled": "a.press", "round": 6},
            "effect": {"drift": {"land": -0.01}},
        },
    },
    actors__b__patience={"uniform": [5, 40]},
    ratification__vote={
        "title": "Vote", "of": "b", "days": 30, "threshold": {"uniform": [0.2, 0.8]},
        "positions": {"land": {"ideal": 1, "salience": 1}, "arms": {"ideal": 1, "salience": 1}},
        "judgement": "test",
    },
    war__cost={"a": {"per_month": {"normal": [0.02, 0.01]}}, "b": 0.02},
    war__drift={"land": {"mean": {"normal": [0.0, 0.03]}, "volatility": 0.08}},
)  # fmt: skip

VOTE = "ratification.vote.on_failure"
CASES = {
    "dayton": lambda: load_scenario(SCENARIOS / "dayton.yaml").scenario,
    "camp_david": lambda: load_scenario(SCENARIOS / "camp_david.yaml").scenario,
    "impatient kellogg": lambda: impatient("kellogg"),
    "impatient no_mediation": lambda: impatient("no_mediation"),
    "staged": lambda: build(STAGED),
    "refused for good": lambda: load_data(STAGED).with_({VOTE: "end_of_talks"}).scenario,
    "limited": lambda: build(LIMITED),
}


@pytest.mark.parametrize("name", CASES)
def test_leaving_out_concluded_worlds_changes_nothing(name: str) -> None:
    scenario, worlds = CASES[name](), 40 if name == "camp_david" else 80
    all_along, model, _ = finished(scenario, worlds, NEVER)
    assert len(np.unique(model.talks.concluded_round)) > 2
    for share in (DEFAULT, ALWAYS):
        found, _, fewest = finished(scenario, worlds, share)
        assert fewest < worlds
        assert_same(found, all_along)


def arrays_in(value: Any) -> Iterator[NDArray[Any]]:
    if isinstance(value, np.ndarray):
        yield value
    parts = value.values() if isinstance(value, dict) else value
    for part in parts if isinstance(value, (dict, list, tuple)) else ():
        yield from arrays_in(part)


@pytest.mark.parametrize("name", CASES)
def test_every_array_says_what_its_axes_are(name: str) -> None:
    model = PeaceTalks(CASES[name](), Draws(7, 53))  # no other axis is as long
    for _ in range(6):
        model.step()
    family = model.family()
    known = {id(one) for one in family}
    for one in family:
        assert one.undeclared(known) == []
        for attribute in one.axes.keys() & vars(one).keys():
            axes = one.axes[attribute]
            for array in arrays_in(vars(one)[attribute]) if axes is not None else ():
                named = [axis == "world" for axis in axes.split()]
                assert [length == 53 for length in array.shape] == named, attribute


@pytest.mark.parametrize("issues", [2, 21, 110])
def test_an_axis_may_be_as_long_as_that_of_the_worlds(issues: int) -> None:
    """Two parties, 21 drafting points, or as many issues as worlds: none is taken for another."""
    data = copy.deepcopy(STAGED)
    data["actors"]["a"]["leave_after"] = {"uniform": [2, 9]}
    for n in range(issues - len(data["issues"])):
        data["issues"][f"i{n}"] = {"title": "x", "scale": {0: "a", 1: "b"}, "no_deal": 0.5}
        data["agenda"][1]["issues"].append(f"i{n}")
        for party, ideal in (("a", 0), ("b", 1)):
            position = {"ideal": ideal, "salience": 1, "judgement": "test"}
            data["actors"][party]["positions"][f"i{n}"] = position
    scenario = build(data)
    all_along = finished(scenario, issues, NEVER)[0]
    found, _, fewest = finished(scenario, issues, ALWAYS)
    assert fewest < issues
    assert_same(found, all_along)


class Raffle(Shuttle):
    """An outsider's protocol that counts, round by round, who has talked how often."""

    name = "raffle"
    title, citation = "a test", "a test"

    def __init__(self, model: Forum) -> None:
        super().__init__(model)
        self.heard = np.zeros(model.talks.worlds)

    def bargain(self) -> None:
        self.heard = self.heard + self.talks.talking
        super().bargain()


class Declared(Raffle):
    name = "declared"
    axes: ClassVar[dict[str, str | None]] = {"heard": "world"}


class Late(Shuttle):
    name = "late"

    def bargain(self) -> None:
        if self.talks.round == 12:
            self.heard = np.zeros(self.talks.worlds)
        super().bargain()


def outside(monkeypatch: pytest.MonkeyPatch, protocol: type[Shuttle]) -> Scenario:
    PROTOCOLS["shuttle"]  # all that come with the package are there
    monkeypatch.setitem(PROTOCOLS._classes, protocol.name, protocol)
    data = copy.deepcopy(STAGED)
    data["protocol"]["name"] = protocol.name
    return build(data)


@pytest.mark.parametrize("protocol", [Raffle, Declared])
def test_a_protocol_from_outside_works(
    protocol: type[Raffle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that declares nothing is computed in all worlds; one that does is cut."""
    scenario = outside(monkeypatch, protocol)
    all_along, before, _ = finished(scenario, 80, NEVER)
    found, model, fewest = finished(scenario, 80, ALWAYS)
    assert_same(found, all_along)
    assert (fewest < 80) is (protocol is Declared)
    np.testing.assert_array_equal(model.protocol.heard, before.protocol.heard)  # type: ignore[attr-defined]


def test_an_array_that_comes_too_late_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError, match=r"Late\.heard .* axes = "):
        finished(outside(monkeypatch, Late), 80, ALWAYS)


def test_it_can_be_undone_and_gone_on_from() -> None:
    scenario = build(STAGED)
    all_along, _, _ = finished(scenario, 80, NEVER)
    assert_same(finished(scenario, 80, ALWAYS, parts=5)[0], all_along)


def test_the_staged_case_has_what_it_is_for() -> None:
    _, model, _ = finished(build(STAGED), 80, NEVER)
    assert model.ratification.failures.any()
    assert model.recorder.truces_broken.any()
    assert model.levers[0].in_effect.any()
    assert len(np.unique(model.talks.status)) > 1


@settings(max_examples=12)
@given(scenarios(), st.sampled_from(["unanimity", 0.6]), st.booleans())
def test_of_random_scenarios_too(data: dict[str, Any], consent: Any, leaves: bool) -> None:
    data["protocol"] = data.get("protocol", {}) | {"consent": consent}
    if leaves:
        data["actors"]["north"]["leave_after"] = {"uniform": [2, 30]}
    scenario = build(data)
    all_along = finished(scenario, 60, NEVER)[0]
    assert_same(finished(scenario, 60, ALWAYS)[0], all_along)
    assert_same(finished(scenario, 30, DEFAULT)[0], all_along, 30)
    assert_same(finished(scenario, 1)[0], all_along, 1)


def test_a_step_when_all_have_concluded_changes_nothing() -> None:
    data = copy.deepcopy(STAGED)
    data["actors"]["a"]["leave_after"] = {"fixed": 3}
    model = PeaceTalks(build(data), Draws(7, 40))
    while model.goes_on:
        model.step()
    before = model.talks.status.copy()
    model.step()
    model.finish()
    np.testing.assert_array_equal(model.talks.status, before)


fractions = st.integers(0, 8).map(lambda n: n / 8)


@settings(max_examples=60)
@given(st.data())
def test_the_knapsack_is_the_linear_programme(data: st.DataObject) -> None:
    worlds, segments = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    rows = st.lists(
        st.lists(fractions, min_size=segments, max_size=segments), min_size=worlds, max_size=worlds
    )
    gain, loss = np.array(data.draw(rows)), np.array(data.draw(rows)) - 0.125
    need = np.array(data.draw(st.lists(fractions, min_size=worlds, max_size=worlds))) * 2
    shares = fractional_knapsack(need, gain, loss)
    assert ((shares >= 0.0) & (shares <= 1.0)).all()
    assert (shares[loss <= 0.0] == 1.0).all()
    for n in range(worlds):
        reached = min(need[n], gain[n].sum())
        assert shares[n] @ gain[n] >= reached - 1e-9
        best = linprog(loss[n], -gain[n][None], [-reached], bounds=(0.0, 1.0))
        assert shares[n] @ loss[n] == pytest.approx(best.fun, abs=1e-9)


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_distance_beyond_is_that_of_each_point(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parties, worlds, issues, count = rng.integers(1, 5, size=4)
    points = np.sort(rng.random((issues, count)))
    shape = (parties, worlds, issues)
    low = np.where(rng.random(shape) < 0.5, 0.0, rng.random(shape))
    high = np.where(rng.random(shape) < 0.5, 1.0, rng.random(shape))
    found = distance_beyond(points, low, high)
    for i, w, p in product(range(issues), range(worlds), range(count)):
        x = points[i, p]
        beyond = [max(low[k, w, i] - x, 0.0) + max(x - high[k, w, i], 0.0) for k in range(parties)]
        assert found[i, w, p] == pytest.approx(sum(beyond))


def random_rules(
    rng: np.random.Generator, number: int, parties: int, worlds: int, issues: int
) -> list[Moved]:
    return [
        Moved(
            int(rng.integers(parties)),
            int(column),
            rng.random(worlds),
            bool(rng.random() < 0.5),
            [(int(other), rng.random(worlds) * 0.5, 1.0 - rng.random(worlds) * 0.5)],
            rng.random(worlds) < 0.8,
        )
        for column, other in (rng.permutation(issues)[:2] for _ in range(number))
    ]


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_the_best_linkages_are_those_of_brute_force(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    parties, worlds, issues = 3, 6, 4
    low, high = rng.random((2, parties, worlds, issues)) * 0.5
    high = 1.0 - high
    low, high = low + 0.2, high - 0.2
    on_table = rng.random((worlds, issues)) < 0.7
    rules = random_rules(rng, number, parties, worlds, issues)
    chosen = best_linkages(low, high, rules, on_table)
    choices = list(chain.from_iterable(combinations(rules, n) for n in range(number + 1)))
    missed = np.array([gaps(*with_rules(low, high, c), on_table).sum(axis=1) for c in choices])
    for w in range(worlds):
        held = [rule for rule, held in zip(rules, chosen[w], strict=True) if held]
        mine = gaps(*with_rules(low, high, held), on_table)[w].sum()
        assert mine == pytest.approx(missed[:, w].min(), abs=1e-9)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_best_linkages_of_a_world_do_not_hang_on_others(seed: int) -> None:
    """Ten rules are too many to try all choices; a world may be at a stage with five of them."""
    rng = np.random.default_rng(seed)
    parties, worlds, issues = 3, 8, 6
    low, high = 0.2 + rng.random((2, parties, worlds, issues)) * 0.5
    on_table = np.arange(issues) // 3 == rng.integers(0, 2, size=worlds)[:, None]
    rules = random_rules(rng, 10, parties, worlds, issues)
    together = best_linkages(low, high, rules, on_table)
    for w in range(worlds):
        one = np.array([w])
        of_it = [rule.rows(one) for rule in rules]
        alone = best_linkages(low[:, one], high[:, one], of_it, on_table[one])
        np.testing.assert_array_equal(alone[0], together[w])


def test_a_released_model_leaves_no_arrays_behind_without_a_garbage_collector() -> None:
    model = simulate(load_scenario(SCENARIOS / "kellogg.yaml").scenario, 20)
    parties = [*model.signatories, *(one for side in model.side_talks for one in side.delegates)]
    arrays = [weakref.ref(one.ideal) for one in parties]
    assert len(arrays) == 6
    del parties
    gc.collect()
    gc.disable()
    try:
        model.release()
        assert all(array() is None for array in arrays)
    finally:
        gc.enable()
