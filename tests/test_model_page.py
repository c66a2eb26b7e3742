"""Equations of docs/model.md, world by world in plain loops, beside what a run computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engine.agents import Party
from sim.engine.agents.outlook import Outlook
from sim.engine.war import War
from tests.conftest import conflict, opened

LEVER = {
    "title": "Arms", "on": ["b"], "credibility": 0.6, "delay": "3w", "judgement": "test",
    "when": {"after": "6w"},
    "effect": {"drift": {"land": -0.05}, "cost": {"b": 0.02}, "no_deal": {"arms": -0.1}},
}  # fmt: skip
CONFLICT = conflict(
    {"truce": 0.1, "land": 0.4, "arms": 0.6},
    {
        "a": {
            "truce": {"ideal": 0.9, "salience": 1},
            "land": {"ideal": 0.1, "limit": 0.3, "softening": 2.0, "salience": {"uniform": [1, 5]}},
            "arms": {"ideal": 0.2, "curvature": 2.0, "salience": 2},
        },
        "b": {
            "truce": {"ideal": 0.2, "salience": 1},
            "land": {"ideal": 1.0, "limit": 0.7, "softening": 1.0, "salience": 3},
            "arms": {"ideal": 0.9, "no_deal": 0.7, "salience": 1},
        },
    },
    agenda=[
        {"name": "first", "issues": ["truce"], "cost_factor": 0.6, "drift_factor": 0.5},
        {"name": "rest", "issues": ["land", "arms"]},
    ],
    war__cost={
        "a": {"per_month": {"uniform": [0.01, 0.06]}, "growth": 0.02},
        "b": {"per_month": {"uniform": [0.01, 0.06]}},
    },
    war__drift={"land": {"mean": {"uniform": [-0.02, 0.04]}, "volatility": 0.02}},
    war__beliefs={"a": {"land": {"mean": 0.03, "sd": 0.02}}},
    actors__a__levers={"arms": LEVER},
    actors__a__patience=20,
    actors__a__tactic={"name": "linear"},
    actors__b__tactic={"name": "boulware", "beta": 0.5, "opening": 0.1},
    actors__b__patience={"uniform": [10, 30]},
    horizon_days=400,
)


def after(
    monkeypatch: pytest.MonkeyPatch, cls: type, name: str, check: Callable[..., None]
) -> None:
    """Look after every call of a method: at what it was called on, its arguments, and before."""
    method = getattr(cls, name)

    def looked_at(self: Any, *given: Any) -> None:
        before = self.no_deal.copy() if isinstance(self, War) else None
        method(self, *given)
        check(self, *given, *([] if before is None else [before]))

    monkeypatch.setattr(cls, name, looked_at)


def utility(party: Party, x: list[float], w: int) -> float:
    worth = 0.0
    for i, point in enumerate(x):
        ideal, curve = party.ideal[w, i], 1.0 if party.curvature is None else party.curvature[i]
        loss = (abs(point - ideal) / max(ideal, 1 - ideal)) ** curve
        worth += party.weight[w, i] * (1 - loss)
    return worth


def test_a_round_computes_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dict.fromkeys(("war", "stock", "target"), 0)

    def war(war: War, n: int, fighting: Any, open_: Any, before: Any) -> None:
        land = war.issues.index("land")
        for w in range(len(before)):
            span, shock = fighting[w] * open_[w] * war.months, war.draws.normal("war.shock.land", n)
            step = (war.drift[w, land] + war.lever_drift[w, land]) * span
            step += war.volatility[w, land] * span**0.5 * shock[w]
            assert war.no_deal[w, land] == pytest.approx(min(max(before[w, land] + step, 0), 1))
            seen["war"] += 1

    def stock(party: Party, where: Any = None) -> None:
        talks, front, months = party.talks, party.war, party.months
        threats = [(v, v.weight(party.key, ("refuses",), months)) for v in party.levers]
        for w in np.flatnonzero(talks.is_open):
            cost = front.cost[party.key][w] * (1 + front.growth[party.key][w]) ** front.elapsed[w]
            cost = (cost + front.lever_cost[party.key][w]) * talks.cost_factor[w]
            span, x = months * talks.drift_factor[w], []
            for i in range(3):
                apart = 0.0 if party.beliefs.apart is None else party.beliefs.apart[w, i]
                ahead = min(max(front.no_deal[w, i] + apart, 0), 1)
                ahead += (party.beliefs.mean[w, i] + front.lever_drift[w, i]) * span
                x.append(talks.agreed[w, i] if talks.is_fixed[w, i] else min(max(ahead, 0), 1))
            value = plain = utility(party, x, w) - cost * months
            for lever, weight in threats:
                if weight is not None:
                    moved, shift = list(x), lever.shift
                    for i in shift.columns:
                        by = shift.no_deal[w, i] + shift.drift[w, i] * span
                        moved[i] = x[i] if talks.is_fixed[w, i] else min(max(x[i] + by, 0), 1)
                    extra = shift.cost[party.key][w] * talks.cost_factor[w] * months
                    value += weight[w] * (utility(party, moved, w) - utility(party, x, w) - extra)
            assert party.reservation[w] == pytest.approx(value)
            if talks.round == 0:
                start[party.key, w] = plain
            give = party.softening[w, 1] * max(start[party.key, w] - value, 0)
            upward = party.ideal[w, 1] < 0.5
            line = min(0.3 + give, 1) if upward else max(0.7 - give, 0)
            assert (party.high if upward else party.low)[w, 1] == pytest.approx(line)
            seen["stock"] += 1

    def target(party: Party) -> None:
        beta, opening = (1.0, 0.0) if party.key == "a" else (0.5, 0.1)
        for w in np.flatnonzero(party.talks.is_open):
            gone = min((party.talks.turn - 1) / party.patience[w], 1)
            aspiration = 1 - opening - (1 - opening) * gone ** (1 / beta)
            gap = max(party.best[w] - party.reservation[w], 0)
            assert party.target[w] == pytest.approx(party.reservation[w] + gap * aspiration)
            seen["target"] += 1

    start: dict[Any, float] = {}
    after(monkeypatch, War, "advance", war)
    after(monkeypatch, Outlook, "take_stock", stock)
    after(monkeypatch, Party, "aspire", target)
    model = opened(CONFLICT, worlds=25)
    model.run()
    assert min(seen.values()) > 500
    assert (model.talks.stage > 0).any()
    assert model.levers[0].in_effect.any()


def test_a_drift_that_a_lever_adds_moves_an_issue_that_did_not_drift() -> None:
    data = conflict({"land": 0.5}, {"a": {"land": 0}, "b": {"land": 1}}, cost=0.01)
    effect = {"drift": {"land": -0.05}}
    lever = LEVER | {"credibility": 1, "delay": "0d", "effect": effect, "when": {"after": "0d"}}
    data["actors"]["a"] |= {"levers": {"arms": lever}, "tactic": {"name": "hardliner"}}
    model = opened(data)
    for _ in range(5):
        model.step()
    assert model.levers[0].in_effect.all()
    assert (model.war.no_deal < 0.5).all(), "where it stands never moves, though all expect it to"
