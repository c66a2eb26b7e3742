"""The benchmark's lower bound plays the same worlds as the engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("NUMBA_OPT", "0")  # half the time to compile; speed is not tested here
pytest.importorskip("numba", reason="numba is not installed: pip install numba")

from benchmarks.lower_bound import NotCovered, compare_outcomes, eventful, kernel
from benchmarks.lower_bound.inputs import Inputs, inputs_of
from sim.engine.draws import Draws
from sim.engine.model import BROKEN_DOWN, SETTLED, PeaceTalks
from sim.scenario import Scenario, load_scenario
from tests.conftest import SCENARIOS, TOY

WORLDS = 150


def as_coded(raw: dict[str, Any]) -> dict[str, Any]:
    return raw


@cache
def played(change: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[PeaceTalks, Inputs]:
    """Kellogg, changed, played by the engine and by the kernel."""
    raw = change(load_scenario(SCENARIOS / "kellogg.yaml").raw)
    model = PeaceTalks(Scenario.model_validate(raw), Draws(1, WORLDS))
    inputs = inputs_of(model)
    kernel.play_all(*inputs)
    kernel.measure_all(*inputs)
    model.run()
    return model, inputs


@pytest.mark.parametrize("change", [as_coded, eventful])
def test_every_outcome_is_the_engines(change: Callable[..., dict[str, Any]]) -> None:
    differing = compare_outcomes(*played(change))
    assert not {name: np.flatnonzero(where) for name, where in differing.items() if where.any()}


def test_the_variant_has_what_kellogg_seldom_has() -> None:
    model, _ = played(eventful)
    assert (model.talks.status == SETTLED).sum() > 5
    assert (model.talks.status == BROKEN_DOWN).sum() > 5
    assert model.ratification.failures.any()
    assert model.recorder.truces_broken.any()
    assert np.isfinite(model.recorder.years_held).any()


def test_a_difference_is_seen_where_it_is() -> None:
    model, inputs = played(as_coded)
    states = inputs.states.copy()
    states["offer"][3, 0, 0] += 1e-3
    states["triggered"][5, 2] -= 1
    differing = compare_outcomes(model, inputs._replace(states=states))
    found = {name: list(np.flatnonzero(where)) for name, where in differing.items() if where.any()}
    assert found == {"offer": [3], "triggered": [5]}


@pytest.mark.parametrize(
    ("file", "what"), [("baseline", "the protocol 'alternating'"), (None, "talks without an envoy")]
)
def test_what_is_not_covered_is_refused(file: str | None, what: str) -> None:
    if file is None:
        scenario = Scenario.model_validate({**TOY, "protocol": {"name": "shuttle"}})
    else:
        scenario = load_scenario(SCENARIOS / f"{file}.yaml").scenario
    with pytest.raises(NotCovered, match=what):
        inputs_of(PeaceTalks(scenario, Draws(1, 2)))
