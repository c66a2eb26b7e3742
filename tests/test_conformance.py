"""Every protocol and tactic keeps to the invariants, and so does another package's."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import sim
from sim.engine.conformance import WORLDS, talks
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.formulas.tactics import View
from sim.prose import SaidError
from sim.registry import PROTOCOLS, TACTICS
from tests.conftest import ROOT

OUTSIDE = ROOT / "tests" / "outside_package"


def every() -> Iterator[Any]:
    """A class of tests for each."""
    for name, cls in PROTOCOLS.items():
        keys = {"name": name, "voluntary": not cls.caution}
        yield type(f"Protocol {name}", (sim.ProtocolConformance,), keys)
    for name in TACTICS:
        yield type(f"Tactic {name}", (sim.TacticConformance,), {"name": name})


@pytest.mark.parametrize(
    ("tests", "one"),
    [
        pytest.param(tests, one, id=f"{tests.__name__}: {one}")
        for tests in every()
        for one in dir(tests)
        if one.startswith("test_")
    ],
)
def test_conforms(tests: Any, one: str) -> None:
    getattr(tests(), one)()


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A protocol and a tactic that keep to nothing, registered for one test."""
    for registry in (PROTOCOLS, TACTICS):
        monkeypatch.setattr(registry, "_classes", dict(registry))

    @sim.protocol
    class Dictator(sim.Protocol):
        """The first signatory's ideal is signed by all, in all worlds but one by chance."""

        name, title, citation = "dictator", "the first one decides", "nobody"
        rng: ClassVar[Any] = np.random.default_rng()

        def bargain(self) -> None:
            where = self.talks.talking & (self.rng.random(self.talks.worlds) < 0.5)
            self.model.sign(self.model.signatories[0].ideal, where)

    @sim.tactic
    class Crowd(sim.Tactic):
        """Looks at all worlds, and beyond what is allowed."""

        name, title, citation = "crowd", "follows the crowd", "nobody"
        parameters: ClassVar[Any] = {"x": sim.Parameter(2.0, 0.0, 1.0, "out of bounds")}
        looks_at_offers = False

        def aspiration(self, view: View) -> Any:
            return 2 * view.before.mean() * np.ones(len(view.time)) + view.received


WRONG = {
    "dictator": (sim.ProtocolConformance, [
        "nobody_signs_against_its_interest", "same_seed_same_outcome",
        "leaving_out_concluded_worlds_changes_nothing",
        "a_world_does_not_depend_on_how_many_others_run",
    ]),
    "crowd": (sim.TacticConformance, [
        "defaults_lie_within_their_bounds", "aspiration_is_a_share_in_every_world",
        "looks_at_offers_only_if_it_says_so",
    ]),
}  # fmt: skip


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_conform_is_found(name: str) -> None:
    base, all_of_them = WRONG[name]
    for one in all_of_them:
        with pytest.raises(AssertionError):
            getattr(type("Tests", (base,), {"name": name})(), f"test_{one}")()


def installed(folder: Path) -> None:
    """The outside package as an installer leaves it: its module and its entry points."""
    project = tomllib.loads((OUTSIDE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = []
    for group, names in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {where}" for name, where in names.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    module = OUTSIDE / "peace_turns.py"
    (folder / module.name).write_text(module.read_text(encoding="utf-8"), encoding="utf-8")


def test_an_outside_package_passes_and_works_in_the_command(tmp_path: Path) -> None:
    installed(tmp_path)
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    environment = os.environ | {"PYTHONPATH": path}
    for words in (
        ["pytest", "-q", "-p", "no:cacheprovider", str(OUTSIDE / "test_peace_turns.py")],
        ["sim", "camp_david", "--set", "protocol.name=turns", "--worlds", "20", "--quiet",
         "--no-plots", "--set", "actors.egypt.tactic.name=stairs", "--out", str(tmp_path / "out")],
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", *words],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out" / "camp_david" / "summary.json").exists()


def test_the_talks_have_a_condition_and_options_that_matter() -> None:
    """For a protocol that mishandles either there is something to trip over."""
    told = []
    for change in (
        {},
        {"actors.north.positions.troops.conditional": []},
        {"issues.prisoners.kind": "continuous"},
    ):
        model = PeaceTalks(talks().with_(change).scenario, Draws(1, WORLDS))
        model.run()
        told.append(model.talks.agreed)
    assert not np.array_equal(told[0], told[1], equal_nan=True)
    assert not np.array_equal(told[0], told[2], equal_nan=True)
    assert len(np.unique(told[0][:, list(model.talks.issues).index("prisoners")])) > 2


def test_what_a_tactic_gives_is_checked(wrong: None) -> None:
    @sim.tactic
    class Short(sim.Tactic):
        name, title, citation = "short", "gives too few", "an example"

        def aspiration(self, view: View) -> Any:
            return np.full(len(view.time), np.nan) if self.nan else np.ones(3)

        parameters: ClassVar = {"nan": sim.Parameter(0.0, 0.0, 1.0, "whether it gives NaN")}

    for nan, said in ((0, r"gives \(3,\)"), (1, "gives NaN")):
        tactic = {"name": "short", "nan": nan}
        scenario = sim.load("kellogg").with_({"actors.putin.tactic": tactic})
        with pytest.raises(SaidError, match=f"the tactic 'short' .*Short.aspiration\\) {said}"):
            scenario.run(worlds=5, workers=1)
    with pytest.raises(TypeError, match="no parameter 'nann'"):
        Short(nann=1)
    with pytest.raises(TypeError, match=r"needs a sim\.Parameter as `parameters.'nan'.`, not 0.5"):
        sim.tactic(type("Bad", (Short,), {"name": "bad", "parameters": {"nan": 0.5}}))
    with pytest.raises(TypeError, match=r"should derive from sim\.Tactic"):
        sim.tactic(type("Bare", (), vars(Short) | {"name": "bare"}))


def test_what_a_protocol_signs_is_checked(wrong: None) -> None:
    @sim.protocol
    class Beyond(sim.Protocol):
        name, title, citation = "beyond", "signs what is not there", "an example"

        def bargain(self) -> None:
            self.model.sign(np.full((self.talks.worlds, len(self.talks.issues)), 7.0), self.where)

        @property
        def where(self) -> Any:
            return self.talks.is_open

    scenario = sim.load("kellogg").with_({"protocol": {"name": "beyond"}})
    with pytest.raises(SaidError, match="the protocol 'beyond' signs 7 to 7: on every issue"):
        scenario.run(worlds=5, workers=1)


def test_an_entry_point_that_cannot_be_had_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("gone", "nosuchmodule:Gone", "sim.tactics")
    monkeypatch.setattr("sim.registry.entry_points", lambda group: [entry])
    monkeypatch.setattr(TACTICS, "_classes", dict(TACTICS))
    monkeypatch.setattr(TACTICS, "_complete", False)
    with pytest.warns(UserWarning, match="the tactic 'gone' of nosuchmodule:Gone is left out"):
        assert "boulware" in TACTICS
