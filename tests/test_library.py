"""The shipped scenarios: complete, sourced, and giving what they gave when last looked at."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import load_scenario
from tests.conftest import ROOT
from tests.reference import FOLDER, reference, shipped

LIBRARY = shipped()
README = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")


def test_the_library_is_complete_and_listed() -> None:
    """As references and README have it: no scenario is missing there, and none is gone here."""
    names = {path.stem for path in LIBRARY}
    assert set(re.findall(r"\[?`([a-z0-9_]+)\.yaml`", README)) == names
    assert {p.stem for p in FOLDER.glob("*.json")} == names


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.stem)
def test_every_position_has_a_source_or_a_judgement_and_every_source_resolves(path: Path) -> None:
    scenario = load_scenario(path).scenario
    assert scenario.summary
    for actor in scenario.actors.values():
        for key, position in actor.positions.items():
            assert any(n.source or n.judgement for n in position.notes), (actor.name, key)
            assert {s for n in position.notes for s in n.source} <= set(scenario.sources)
        for lever in actor.levers.values():
            assert lever.source or lever.judgement, lever.title
    for gate in scenario.ratification.values():
        assert gate.source or gate.judgement, gate.title
    colors = [a.color for a in scenario.actors.values()]
    assert None not in colors
    assert len(set(colors)) == len(colors)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.stem)
def test_reference_summaries(path: Path) -> None:
    """As checked in; another version of numpy may turn a world or two of 200."""
    expected = json.loads((FOLDER / f"{path.stem}.json").read_text(encoding="utf-8"))
    alike(reference(path), expected, path.stem)


def alike(found: Any, expected: Any, where: str) -> None:
    if isinstance(expected, dict):
        assert set(found) == set(expected), where
        for key, value in expected.items():
            alike(found[key], value, f"{where}.{key}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=0.03), where
    else:
        assert found == expected, where
