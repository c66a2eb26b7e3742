"""What a scenario's files say differently from the baseline's."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from sim.ensemble.runner import Run

WORDS = {"name", "title", "summary", "question", "source", "sources", "judgement", "color", "label"}
"""Keys that change no number of the model."""
RULES = ("protocol", "tactic")
"""Keys whose name is that of a rule of the model."""
FEW = 5
"""So many differences are told one by one; more are only counted."""


def changes(run: Run, base: Run) -> list[tuple[str, Any, Any]]:
    """Keys on which two scenarios differ, and what each says; None where it says nothing.

    Keys that only name, explain or cite are left out, and so are those below a key that one of the
    two does not have at all.
    """
    one, two = (json.loads(r.ensemble.attrs["scenario_json"]) for r in (base, run))
    return list(differing(one, two))


def change_words(run: Run, base: Run) -> list[str]:
    """The same in words: one by one where they are few, otherwise their number."""
    found = changes(run, base)
    if len(found) > FEW:
        return [f"{len(found)} entries differ from {base.scenario.name}"]
    return [f"{key}: {_told(before)} → {_told(after)}" for key, before, after in found]


def differing(
    one: Any, two: Any, path: str = "", unsaid: Collection[str] = WORDS
) -> Iterator[tuple[str, Any, Any]]:
    """Paths at which two scenarios as plain data differ, but for the keys left ``unsaid``."""
    if isinstance(one, dict) and isinstance(two, dict) and not _is_number(one, two):
        for key in {**one, **two}:
            if key not in unsaid or (key == "name" and path.rpartition(".")[2] in RULES):
                below = f"{path}.{key}" if path else str(key)
                yield from differing(one.get(key), two.get(key), below, unsaid)
    elif one != two:
        yield path, one, two


def _is_number(*nodes: dict[str, Any]) -> bool:
    """Whether a mapping is a distribution, which is told as a whole."""
    shapes = {"fixed", "normal", "uniform", "triangular", "choice"}
    return any(len(node) == 1 and set(node) <= shapes for node in nodes)


def _told(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict) and isinstance(value.get("title", value.get("name")), str):
        return f"“{value.get('title', value.get('name'))}”"
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return ", then ".join(map(_told, value))
    return json.dumps(value, ensure_ascii=False).replace('"', "")
