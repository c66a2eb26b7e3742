"""Hostile input: a few of every kind at each run; ``python -m tests.fuzz`` tries thousands."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.importing import Wishes, read
from tests.fuzz import KINDS, RICH, RUN, SEEDS, TALKS, Fault, command, fuzz, sound

EXAMPLES = {"scenarios": 25, "settings": 10, "imports": 25, "damages": 5}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_breaks(kind: str) -> None:
    assert fuzz(kind, EXAMPLES[kind]) == Counter()


@pytest.mark.parametrize("kind", SEEDS)
def test_what_is_spoilt_was_sound(kind: str, tmp_path: Path) -> None:
    for name, text in SEEDS[kind].items():
        (tmp_path / name).write_text(text)
    assert read(tmp_path if len(SEEDS[kind]) > 1 else tmp_path / name, Wishes()).raw["issues"]


@pytest.mark.parametrize("seed", [RICH, TALKS], ids=["rich", "talks"])
def test_the_scenarios_that_are_spoilt_run(seed: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(yaml.safe_dump(seed, sort_keys=False))
    ran = command(["run", str(path), *RUN, "--out", str(tmp_path)], 60)
    assert ran.startswith("{")
    sound(ran)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"outcomes": {"settlement": 0.5, "none": 0.4}}'])
def test_what_must_not_be_is_seen(text: str) -> None:
    with pytest.raises(Fault):
        sound(text)


def test_a_crash_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.main", lambda words: 1 / 0)
    with pytest.raises(Fault, match="ZeroDivisionError"):
        command(["check"])


def test_ends_that_overflow_are_refused_and_do_not_warn(tmp_path: Path) -> None:
    data = copy.deepcopy(TALKS)
    line = data["actors"]["b"]["positions"]["land"]["line"][1]
    line["at"] = {"triangular": [0.3, 1e300, 1.5e300]}
    path = tmp_path / "seed.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    assert command(["check", str(path)], 60) == ""
