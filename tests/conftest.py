"""Shared pieces: where things are, and a small scenario that tests vary."""

from __future__ import annotations

import contextlib
import copy
import io
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import settings

from sim.cli import main
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.formulas.solutions.by_enumeration import finite_analysis
from sim.scenario import Scenario, calibration, load_scenario

# fresh examples at every run here, the same ones in CI, which decides what lands
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

# what is tested of the engine is the engine as coded; tests of what past talks allow ask for it
calibration.SHIPPED = Path("none")
calibration.shipped.cache_clear()

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "scenarios"
SHARED = ROOT.parent / "shared"

TOY: dict[str, Any] = {
    "name": "toy",
    "title": "Two parties, two issues",
    "issues": {
        "land": {
            "title": "Land",
            "scale": {0: "all to A", 0.5: "half", 1: "all to B"},
            "no_deal": 0.5,
        },
        "arms": {"title": "Arms", "scale": {0: "none", 1: "full"}, "no_deal": 0.2},
    },
    "actors": {
        "a": {
            "name": "A",
            "patience": 30,
            "positions": {
                "land": {"ideal": 0, "limit": 0.7, "salience": 0.7, "judgement": "test"},
                "arms": {"ideal": 0, "limit": 0.8, "salience": 0.3, "judgement": "test"},
            },
        },
        "b": {
            "name": "B",
            "patience": 40,
            "positions": {
                "land": {"ideal": 1, "limit": 0.3, "salience": 0.3, "judgement": "test"},
                "arms": {"ideal": 1, "salience": 0.7, "judgement": "test"},
            },
        },
    },
    "war": {
        "start_date": "2025-01-20",
        "cost": {"a": 0.02, "b": {"per_month": {"normal": [0.02, 0.005]}}},
        "drift": {"land": {"mean": 0.01, "volatility": 0.01}},
        "beliefs": {"a": {"land": {"mean": 0.0, "sd": 0.01}}},
    },
}


@pytest.fixture
def toy() -> dict[str, Any]:
    """A fresh copy of the toy scenario as plain data."""
    return copy.deepcopy(TOY)


@pytest.fixture(scope="session")
def kellogg() -> Scenario:
    return load_scenario(SCENARIOS / "kellogg.yaml").scenario


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of validation data, which is kept outside the project."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not there: validation data are kept outside the project")
    return SHARED


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it printed, however wide the terminal is."""
        return " ".join(self.out.split())


def typed(*words: object, cwd: Path = ROOT) -> Said:
    """``python -m sim …`` as a user types it, in this process."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(list(map(str, words)))
        except SystemExit as end:
            code = int(end.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def build(data: dict[str, Any]) -> Scenario:
    """A scenario from plain data, without a file."""
    return Scenario.model_validate(data)


def simulate(
    scenario: Scenario, worlds: int = 200, seed: int = 1, trace: bool = False, central: bool = False
) -> PeaceTalks:
    """A finished model of one chunk."""
    model = PeaceTalks(scenario, Draws(seed, worlds, central=central), trace=trace)
    model.run()
    return model


def solve(utilities: np.ndarray, reservation: np.ndarray) -> tuple[list[int], dict[str, list[int]]]:
    """Numbers of the packages in the zone's frontier, and of those that solve listed packages."""
    count, parties = utilities.shape
    found = finite_analysis(
        (tuple(map(str, range(parties))), ("number",), reservation),
        utilities - reservation,
        lambda numbers: numbers[:, None],
        np.ones(count, dtype=bool),
        lambda terms: np.zeros((len(terms), parties + 1, 1)),
        np.maximum(utilities.min(axis=0) - reservation, 0.0),
    )

    def numbers(points: list[Any]) -> list[int]:
        return [int(point.package[0]) for point in points]

    frontier = numbers(found.frontier) if found.status == "zone" else []
    return frontier, {name: numbers(points) for name, points in found.points.items()}
