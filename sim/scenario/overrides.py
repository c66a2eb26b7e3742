"""``--set key.path=value``: change one assumption in the merged data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.merging import other_tactic
from sim.scenario.wording import did_you_mean, fields_at, names_are_free
from sim.scenario.yaml_source import Path_, Places, dotted, parse_yaml


def apply_overrides(
    raw: dict[str, Any], places: Places, overrides: Sequence[str], option: str = "--set"
) -> list[Problem]:
    """Change merged data in place; ``option`` is what the user typed before each change."""
    problems = []
    for text in overrides:
        source = f"{option} {text}"
        key, equals, value_text = text.partition("=")
        if not equals or not key.strip():
            problems.append(
                Problem(
                    Place(source),
                    "",
                    "is not of the form key.path=value",
                    f"for example {option} actors.putin.tactic.name=linear",
                )
            )
            continue
        try:
            value, _ = parse_yaml(value_text or "null", source)
        except ScenarioError as error:
            problems += [Problem(Place(source), key, p.message, p.fix) for p in error.problems]
            continue
        path: Path_ = tuple(key.strip().split("."))
        where, problem = step_to(raw, path, source)
        if problem is not None:
            problems.append(problem)
            continue
        parent, last = where
        if isinstance(parent, dict) and last == "name" and other_tactic({"name": value}, parent):
            parent.clear()
        if value is not None:
            parent[last] = value
        elif isinstance(parent, dict):
            parent.pop(last, None)
        else:
            del parent[last]
        places[path] = Place(source)
    return problems


def step_to(
    raw: dict[str, Any], path: Path_, source: str
) -> tuple[tuple[Any, Any], Problem | None]:
    """The mapping or list that holds the last key of a path, and that key.

    Elements of lists are named by their number or, where they have one, their `name`.
    """

    def problem(upto: int, message: str, fix: str = "") -> tuple[tuple[Any, Any], Problem]:
        return (None, None), Problem(Place(source), dotted(path[:upto]), message, fix)

    node: Any = raw
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(node, list):
            names = [
                str(e.get("name", n)) if isinstance(e, dict) else str(n) for n, e in enumerate(node)
            ]
            if part not in names and not (part.isdecimal() and int(part) < len(node)):
                return problem(
                    depth + 1, "there is no such element", "there is: " + ", ".join(names)
                )
            index = names.index(part) if part in names else int(part)
            if last:
                return (node, index), None
            node = node[index]
        elif isinstance(node, dict):
            if last:
                return (node, part), None
            if part not in node:
                if part not in fields_at(path[:depth]) or names_are_free(path[:depth]):
                    fix = did_you_mean(part, node) or "there is: " + ", ".join(map(str, node))
                    return problem(depth + 1, "there is no such key", fix)
                node[part] = {}
            node = node[part]
        else:
            return problem(depth, "is a value and has no keys below it")
    raise AssertionError("a path has at least one part")
