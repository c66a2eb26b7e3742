"""Shared pieces: where things are, and a small scenario that tests vary."""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import xarray as xr
import yaml
from hypothesis import settings

from sim.cli import main
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.ensemble.chunks import CENTRAL, Call, run_chunk
from sim.formulas.solutions.by_enumeration import finite_analysis
from sim.results.dataset import ChunkResult
from sim.scenario import Scenario, calibration, load_scenario

# fresh examples at every run here, the same ones in CI, which decides what lands
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# what is tested of the engine is the engine as coded; tests of what past talks allow ask for it
calibration.SHIPPED = Path("none")
calibration.shipped.cache_clear()

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "scenarios"
SHARED = ROOT.parent / "shared"

ENVOY = {"name": "Envoy", "role": "formulator"}


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at a dotted path, made where there is nothing yet."""
    *above, last = path.split(".")
    for key in above:
        data = data.setdefault(key, {})
    data[last] = value


def conflict(
    issues: dict[str, Any], sides: dict[str, dict[str, Any]], cost: Any = 0.02, **parts: Any
) -> dict[str, Any]:
    """A scenario as plain data, from what matters in it.

    An issue is where it stands without a deal, or a mapping; a wish of a side is its ideal, or a
    mapping; ``parts`` are parts of the scenario, or of a path in it (``actors__a__patience=30``).
    """

    def filled(said: Any, key: str, **default: Any) -> dict[str, Any]:
        return default | (said if isinstance(said, dict) else {key: said})

    data: dict[str, Any] = {
        "name": "toy",
        "title": "A conflict",
        "issues": {
            key: filled(one, "no_deal", title=key.title(), scale={0: "to a", 1: "to b"})
            for key, one in issues.items()
        },
        "actors": {
            side: {
                "name": side.title(),
                "positions": {
                    key: filled(wish, "ideal", salience=1, judgement="test")
                    for key, wish in wishes.items()
                },
            }
            for side, wishes in sides.items()
        },
        "war": {"start_date": "2025-01-20", "cost": dict.fromkeys(sides, cost)},
    }
    for path, value in parts.items():
        put(data, path.replace("__", "."), value)
    return copy.deepcopy(data)


TOY = conflict(
    {
        "land": {"scale": {0: "all to A", 0.5: "half", 1: "all to B"}, "no_deal": 0.5},
        "arms": {"scale": {0: "none", 1: "full"}, "no_deal": 0.2},
    },
    {
        "a": {
            "land": {"ideal": 0, "limit": 0.7, "salience": 0.7},
            "arms": {"ideal": 0, "limit": 0.8, "salience": 0.3},
        },
        "b": {
            "land": {"ideal": 1, "limit": 0.3, "salience": 0.3},
            "arms": {"ideal": 1, "salience": 0.7},
        },
    },
    title="Two parties, two issues",
    actors__a__patience=30,
    actors__b__patience=40,
    war__cost={"a": 0.02, "b": {"per_month": {"normal": [0.02, 0.005]}}},
    war__drift={"land": {"mean": 0.01, "volatility": 0.01}},
    war__beliefs={"a": {"land": {"mean": 0.0, "sd": 0.01}}},
)


def lines_at(data: dict[str, Any], **limits: float) -> dict[str, Any]:
    """A copy with other red lines on land, by side."""
    data = copy.deepcopy(data)
    for side, limit in limits.items():
        put(data, f"actors.{side}.positions.land.limit", limit)
    return data


def beside(title: str = "Swap", **more: Any) -> dict[str, Any]:
    """As ``tracks``: talks on what both sides of the toy want alike."""
    dead = {"title": "The dead", "scale": {0: "All", 1: "None"}, "no_deal": 1}
    wish = {"dead": {"ideal": 0, "salience": 1, "judgement": "test"}}
    talks = {"title": "Beside", "issues": {"dead": dead}, "positions": {"a": wish, "b": wish}}
    stages = [{"name": "swap", "title": title, "issues": ["dead"]}]
    return {"beside": talks | {"stages": stages} | more}


@pytest.fixture
def toy() -> dict[str, Any]:
    """A fresh copy of the toy scenario as plain data."""
    return copy.deepcopy(TOY)


@pytest.fixture(scope="session")
def toy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy scenario as a file, which no test changes."""
    return filed(tmp_path_factory.mktemp("toy"), TOY)


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
    def refused(self) -> bool:
        """Whether it ended as a mistake: told, nothing printed, no traceback."""
        return (self.code, self.out) == (2, "") and bool(self.err) and "Traceback" not in self.err

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


def works(*words: object, cwd: Path = ROOT) -> Said:
    """As :func:`typed`, of what has to end well."""
    said = typed(*words, cwd=cwd)
    assert said.code == 0, said.err
    return said


def started(*words: object, cwd: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
    """``python -m sim …`` in a process of its own, in which warnings are errors."""
    own = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "COLUMNS": "100"}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *map(str, words)],
        cwd=cwd, env=os.environ | own | environment, stdout=pipe, stderr=pipe, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> Said:
    """Wait for the end of a process."""
    out, err = process.communicate(timeout=120)
    return Said(process.returncode, out, err)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for what has to come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.01)


def csv_rows(path: Path) -> list[dict[str, str]]:
    """A table that was written or is shared."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def filed(folder: Path, data: dict[str, Any], name: str = "toy") -> Path:
    """A scenario as a file of a folder."""
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def build(data: dict[str, Any]) -> Scenario:
    """A scenario from plain data, without a file."""
    return Scenario.model_validate(data)


def opened(data: dict[str, Any], worlds: int = 1, seed: int = 0) -> PeaceTalks:
    """A model before its first round; of one world, the central one."""
    return PeaceTalks(build(data), Draws(seed, worlds, central=worlds == 1))


def simulate(
    scenario: Scenario, worlds: int = 200, seed: int = 1, trace: bool = False, central: bool = False
) -> PeaceTalks:
    """A finished model of one chunk."""
    draws = Draws(seed, worlds, central=worlds if central else 0)
    model = PeaceTalks(scenario, draws, trace=trace, story=central)
    model.run()
    return model


def central_template(scenario: Scenario) -> xr.Dataset:
    """What the outcomes of its worlds look like."""
    found = run_chunk(Call(scenario, 0, CENTRAL))
    assert isinstance(found, ChunkResult)
    assert found.central
    return found.central.template()


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
