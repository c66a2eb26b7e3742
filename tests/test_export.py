"""``python -m sim export`` of scenarios with scales: utilities, what it cannot say, the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.central import central_space
from sim.importing import Wishes
from sim.importing.genius import read
from sim.importing.to_genius import write_genius
from sim.importing.to_listed import listed_form
from sim.scenario import Scenario, load_scenario
from sim.scenario.discrete_schema import DiscreteFile
from tests.conftest import SCENARIOS, build, filed, typed, works
from tests.test_import import TABLE


def back(folder: Path) -> DiscreteFile:
    return DiscreteFile.model_validate(read(folder, Wishes()).raw)


def same_utilities(scenario: Scenario, read: DiscreteFile, points: list[np.ndarray]) -> None:
    """Utilities over no deal, and absolute ones up to payments, to 1e-9, of a thousand packages."""
    space = central_space(scenario)
    sizes = [len(p) for p in points]
    assert [len(issue.options) for issue in read.issues.values()] == sizes
    rng = np.random.default_rng(1)
    chosen = np.stack([rng.integers(0, n, 1000) for n in sizes], axis=1)
    packages = np.stack([p[c] for p, c in zip(points, chosen.T, strict=True)], axis=1)
    ours = space.utility(packages)
    theirs = np.zeros_like(ours)
    for k, actor in enumerate(read.actors.values()):
        for column, (key, issue) in enumerate(read.issues.items()):
            position = actor.positions[key]
            values = np.array([position.values[o] for o in issue.options])
            theirs[:, k] += position.weight * values[chosen[:, column]]
    paid = space.top - 1
    reservation = np.array([a.reservation for a in read.actors.values()])
    assert np.abs(theirs + paid - ours).max() < 1e-9
    assert np.abs(reservation + paid - space.reservation).max() < 1e-9


def test_the_csis_scenario_keeps_its_utilities(shared: Path, tmp_path: Path) -> None:
    works("import", str(shared / "data" / "csis" / "articles.csv"), cwd=tmp_path)
    done = works("export", "csis.yaml", "--to", "negmas", "--out", "xml", cwd=tmp_path)
    assert "options exclude each other; dropped: article_2 with article_3, " in done.err
    scenario = load_scenario(tmp_path / "csis.yaml").scenario
    assert len(scenario.conflicts) == 5
    same_utilities(scenario, back(tmp_path / "xml"), [np.array([0.0, 1.0])] * 20)


def test_what_was_exported_can_be_imported_and_run(tmp_path: Path) -> None:
    (tmp_path / "articles.csv").write_text(TABLE)
    for words in (
        ["import", "articles.csv", "--out", "a.yaml"],
        ["export", "a.yaml", "--to", "negmas", "--out", "xml"],
        ["import", "xml"],
        ["run", "xml.yaml", "--no-plots"],
        ["solve", "xml.yaml", "--no-plots"],
    ):
        works(*words, cwd=tmp_path)


def test_continuous_issues_are_cut_into_points_and_refused_without(
    toy: dict[str, Any], tmp_path: Path
) -> None:
    toy["actors"]["a"]["positions"]["land"]["curvature"] = 2
    toy["engine"] = {"calibration": "none"}  # of which believed lines bind in the central world
    filed(tmp_path, toy)
    words = ["export", "toy.yaml", "--to", "negmas", "--out", "xml"]
    done = typed(*words, cwd=tmp_path)
    assert done.refused
    assert done.err.startswith("toy.yaml: has continuous issues (land, arms), and only listed")
    assert "--points N" in done.err
    assert not (tmp_path / "xml").exists()
    done = works(*words, "--points", "5", cwd=tmp_path)
    assert "Cut into 5 points, evenly spaced: land and arms." in done.err
    assert "GENIUS cannot say red lines; 3 are dropped" in done.err
    scenario, read = load_scenario(tmp_path / "toy.yaml").scenario, back(tmp_path / "xml")
    land = next(iter(read.issues.values()))
    assert land.options == ["all to A", "0.25", "half", "0.75", "all to B"]
    same_utilities(scenario, read, [np.linspace(0, 1, 5)] * 2)


def test_payments_on_signing_are_taken_off_no_deal(tmp_path: Path) -> None:
    scenario = load_scenario(SCENARIOS / "kellogg.yaml").scenario
    content, notes = listed_form(scenario, 3)
    assert (np.abs(central_space(scenario).top - 1) > 1e-6).any()
    for words in ("All stages", "terms that stages demand", "Payments", "switzerland", "red lines"):
        assert any(words in note for note in notes), words
    write_genius(content, tmp_path)
    same_utilities(scenario, back(tmp_path), [np.linspace(0, 1, 3)] * 12)


def test_names_that_stand_twice_are_told_apart_and_unused_points_told(
    toy: dict[str, Any], tmp_path: Path
) -> None:
    scale = {0: "no", 0.5: "some", 1: "some"}
    for issue in toy["issues"].values():
        issue |= {"title": "Land", "kind": "options", "scale": scale, "no_deal": 0}
    scenario = build(toy)
    content, notes = listed_form(scenario, 4)
    assert "--points 4 is not used: no issue is continuous." in notes
    write_genius(content, tmp_path)
    read = back(tmp_path)
    assert [i.title for i in read.issues.values()] == ["Land (land)", "Land (arms)"]
    assert next(iter(read.issues.values())).options == ["no", "some (0.5)", "some (1)"]
    same_utilities(scenario, read, [np.array([0, 0.5, 1])] * 2)


def test_a_listed_scenario_is_refused_where_only_the_other_kind_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "listed.yaml").write_text("title: x\nprotocol: {name: stacked}\n")
    done = typed("compare", "listed.yaml", "listed.yaml", cwd=tmp_path)
    assert done.code == 2
    assert "is a scenario with listed options, which this does not take" in done.err
    assert len(done.err.splitlines()) <= 2
