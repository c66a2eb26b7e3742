"""What a wheel holds, and that it works away from the clone."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from sim.scenario import ScenarioError, load_scenario
from sim.scenario.loading import find_scenario
from tests.conftest import ROOT, SCENARIOS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_listed() -> None:
    """As they stand outside ``sim/``, scenarios cannot be found by the build itself."""
    found = {".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / "sim").rglob("*.py")}
    listed = PROJECT["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted({*found, "sim.shipped"})


def test_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["project"]["version"]
    assert f"## {citation['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_shipped_scenarios_are_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_scenario("kellogg").digest == load_scenario(SCENARIOS / "kellogg.yaml").digest
    with pytest.raises(ScenarioError, match=r"no scenario of that name .did you mean 'kellogg'"):
        load_scenario("kelog")
    own = tmp_path / "scenarios" / "kellogg.yaml"
    own.parent.mkdir()
    own.write_text(f"extends: {SCENARIOS / 'kellogg.yaml'}\n", encoding="utf-8")
    assert find_scenario("kellogg").resolve() == own.resolve()
    (tmp_path / "mine.yaml").write_text("extends: kellogg.yaml\n", encoding="utf-8")
    assert find_scenario("mine") == Path("mine.yaml")


def test_a_wheel_runs_by_itself(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", minversion="77")
    source, site = tmp_path / "source", tmp_path / "site"
    subprocess.run(["git", "clone", "-q", ROOT, source], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "-w", tmp_path, source], check=True)
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    shipped = {p.relative_to(SCENARIOS) for p in SCENARIOS.rglob("*.yaml")}
    assert {
        p.relative_to(site / "sim/shipped") for p in (site / "sim/shipped").rglob("*.yaml")
    } == shipped
    ran = subprocess.run(
        [sys.executable, "-m", "sim", "check", "kellogg"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "kellogg" in ran.stdout
