"""An issue that is put off: what it is worth, who proposes it, and that no red line bars it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from sim.engine.model import SETTLED
from sim.results.dataset import stuck
from tests.conftest import ENVOY, build, conflict, simulate

STATUS = conflict(
    {
        "status": {
            "scale": {0: "to a", 0.45: "Left to a commission", 1: "to b"},
            "deferred": 0.45,
            "no_deal": 0.9,
        },
        "land": 0.5,
    },
    {
        side: {"status": {"ideal": end, "limit": line, "deferred": worth}, "land": end}
        for side, end, line, worth in (("a", 0, 0.4, 0.6), ("b", 1, 0.6, 0.7))
    },
    cost=0.01,
    spread=dict.fromkeys(("ideal", "salience", "limit", "patience", "cost"), 0),
)
for _side in "ab":
    STATUS["actors"][_side] |= {"tactic": {"name": "linear"}, "patience": 20}


def with_(protocol: str, **more: Any) -> dict[str, Any]:
    data = copy.deepcopy(STATUS) | {"protocol": {"name": protocol}}
    if protocol != "alternating":
        data["actors"]["envoy"] = ENVOY | {"mediation": {"error": 0}}
    for side in ("a", "b"):
        data["actors"][side]["positions"]["status"] |= more
    return data


@pytest.mark.parametrize("protocol", ["alternating", "shuttle", "single_text"])
def test_what_red_lines_leave_no_room_for_is_put_off(protocol: str) -> None:
    """Gains over no deal, put off: 0.62 − x/2 for a and x/2 − 0.23 for b, equal at x = 0.85."""
    model = simulate(build(with_(protocol)), 1, central=True)
    assert model.talks.status[0] == SETTLED
    status, land = model.talks.agreed[0]
    assert status == pytest.approx(0.45)
    gains = [float((p.utility(model.talks.agreed) - p.reservation)[0]) for p in model.signatories]
    assert gains == pytest.approx([0.62 - land / 2, land / 2 - 0.23])
    assert min(gains) > 0
    if protocol == "single_text":
        assert land == pytest.approx(0.85, abs=0.051)  # the last step of a draft
    # without a worth it is a point like others, and red lines miss each other
    model = simulate(build(with_(protocol, deferred=None)), 1, central=True)
    assert model.talks.status[0] != SETTLED
    assert stuck(model)[1][0] == 0


def test_nobody_puts_off_what_is_worth_less_than_fighting_on() -> None:
    data = with_("shuttle", deferred={"uniform": [0.0, 1.0]})
    model = simulate(build(data), 300)
    settled = model.talks.status == SETTLED
    assert 0.2 < settled.mean() < 0.95
    for party in model.signatories:
        gain = party.utility(np.nan_to_num(model.talks.agreed)) - party.reservation
        assert (gain[settled] > -1e-8).all()
        assert (party.deferrals[0].worth[settled] > 0.1).mean() > 0.9


def test_who_can_agree_on_it_does_not_put_it_off() -> None:
    data = with_("alternating")
    for side, line in (("a", 0.8), ("b", 0.2)):
        data["actors"][side]["positions"]["status"]["limit"] = line
    model = simulate(build(data), 1, central=True)
    assert model.talks.status[0] == SETTLED
    assert model.talks.agreed[0, 0] != pytest.approx(0.45)
