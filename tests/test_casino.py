"""The engine in place of humans who divide food, water and firewood (CaSiNo)."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from benchmarks.casino import COMMUNICATION, TACTICS, Dialogues, load, play, scenario, scored
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks

HUMAN_JOINT, HUMAN_EFFICIENT = 0.964, 0.67
"""Share of the best joint points where people agreed, and of efficient deals."""
CONCEDING = [name for name in TACTICS if name != "hardliner"]


@pytest.fixture(scope="session")
def casino(shared: Path) -> Dialogues:
    return load(shared / "data" / "casino")


def test_the_humans_are_as_good_as_published(casino: Dialogues) -> None:
    assert len(casino.deal) == 502
    agreed = scored(*(part[casino.deal] for part in casino))
    assert agreed.joint == pytest.approx(HUMAN_JOINT, abs=0.001)
    assert agreed.efficient == pytest.approx(HUMAN_EFFICIENT, abs=0.005)


def test_scores_by_hand() -> None:
    """Opposite orders of value: 3 · (5 + 5) + 3 · 4 = 42 is the best together."""
    values = np.array([[[5.0, 4, 3], [3, 4, 5]]] * 3)
    points = np.array([[21.0, 21], [18, 18], [5, 5]])
    result = scored(values, points, np.array([True, True, False]))
    assert result.deals == pytest.approx(2 / 3)
    assert result.joint == pytest.approx((42 + 36 + 10) / 42 / 3)
    assert result.efficient == pytest.approx(1 / 2)


def test_no_deal_is_worth_the_points_of_walking_away() -> None:
    model = PeaceTalks(scenario("linear", "linear"), Draws(1, 1))
    for party in model.signatories:
        assert party.reservation * 36 == pytest.approx(5)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(CONCEDING, repeat=2)))
def test_talking_parties_do_as_well_as_people(casino: Dialogues, first: str, second: str) -> None:
    """Every pair of tactics that concede, on every tenth dialogue and its own humans."""
    part = Dialogues(*(column[::10] for column in casino))
    result = play(part.values, first, second, COMMUNICATION)
    assert result.deals == 1
    assert result.joint >= HUMAN_JOINT
    assert result.efficient >= HUMAN_EFFICIENT


def test_two_who_never_concede_never_agree(casino: Dialogues) -> None:
    assert play(casino.values[:5], "hardliner", "hardliner").deals == 0
