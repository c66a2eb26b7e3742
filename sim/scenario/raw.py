"""Reading a scenario as written, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from sim.scenario.distributions import parse_number
from sim.scenario.yaml_source import Path_

Found = Iterator[tuple[Path_, str, str]]


def mapping(node: Any, *keys: str) -> dict[Any, Any]:
    """The mapping below these keys, empty where there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def median(raw: Any) -> float | None:
    try:
        return parse_number(raw).median
    except (ValueError, TypeError):
        return None


def near(name: Any, among: Any) -> str:
    near = get_close_matches(str(name), [str(a) for a in among], 1, 0.6)
    return f"did you mean '{near[0]}'?" if near else "declared: " + ", ".join(map(str, among))


def unknown(path: Path_, name: Any, among: Any, what: str) -> Found:
    if isinstance(name, str) and name not in among:
        yield path, f"there is no {what} '{name}'", near(name, among)


def names(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def signs(spec: Any) -> bool:
    """Whether an actor's consent is needed for something."""
    if not isinstance(spec, dict):
        return False
    consent = spec.get("consent", "all" if spec.get("role", "party") == "party" else "none")
    return bool(consent == "all" or isinstance(consent, list))


def stage_names(raw: dict[str, Any]) -> list[str]:
    agenda = raw.get("agenda")
    if not isinstance(agenda, list) or not agenda:
        return ["settlement"]
    return [str(s["name"]) for s in agenda if isinstance(s, dict) and "name" in s]
