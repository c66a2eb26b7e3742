"""Change assumptions in the merged data: ``--set key.path=value``, and the same as data."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from sim.listed.strategies import PAIRWISE
from sim.prose import did_you_mean
from sim.scenario.discrete_schema import DiscreteFile, is_discrete
from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.fields import ActorName, every_part
from sim.scenario.merging import other_tactic, paths_in
from sim.scenario.schema import Scenario
from sim.scenario.war import NEUTRAL
from sim.scenario.wording import fields_at, names_are_free
from sim.scenario.yaml_source import Path_, Places, dotted, parse_yaml

STRATEGY = (("strategy",), ("strategy", "name"))
"""Keys of an actor with listed options that say what it goes by."""
_TOP = {NEUTRAL, *(key for form in (Scenario, DiscreteFile) for key in form.model_fields)}
"""Keys of a file that the formats know."""


class Change(NamedTuple):
    """One changed assumption: dotted key, its new value (None removes it), who says so."""

    key: str
    value: Any
    source: str


def read_changes(
    overrides: Sequence[str], option: str = "--set"
) -> tuple[list[Change], list[Problem]]:
    """Changes as typed, ``key.path=value``; ``option`` is what the user typed before each."""
    changes, problems = [], []
    for text in overrides:
        key, equals, value = text.partition("=")
        # which has an option of its own
        alone = option == "--set" and key == "engine.calibration"
        source = f"--calibration {value}" if alone else f"{option} {text}"
        if not equals or not key.strip():
            fix = f"for example {option} actors.putin.tactic.name=linear"
            problems.append(Problem(Place(source), "", "is not of the form key.path=value", fix))
            continue
        try:
            changes.append(Change(key, parse_yaml(value or "null", source)[0], source))
        except ScenarioError as error:
            if key.strip().partition(".")[0] not in _TOP:
                changes.append(Change(key, value, source))  # it is the key that is wrong
                continue
            problems += [Problem(Place(source), key, p.message, p.fix) for p in error.problems]
    return changes, problems


def apply_changes(raw: dict[str, Any], places: Places, changes: Iterable[Change]) -> list[Problem]:
    """Change merged data.

    Mappings and lists on the way to a change are replaced by copies; all others stay the very
    objects that they are, so that a shallow copy of data can be changed without changing these.
    """
    problems = []
    for key, value, source in changes:
        path: Path_ = tuple(key.strip().split("."))
        path = ("war", *path[1:]) if path[0] == "status_quo" else path
        (parent, last), problem = step_to(raw, path, source)
        if problem is not None:
            problems.append(problem)
            continue
        if isinstance(parent, dict) and last == "name" and other_tactic({"name": value}, parent):
            parent.clear()
        if value in PAIRWISE and path[0] == "actors" and path[2:] in STRATEGY:
            raw["actors"][path[1]].pop("tactic", None)  # which only the strategy `time` has
        old = parent.get(last) if isinstance(parent, dict) else parent[last]
        for below in paths_in(old, path):
            places.pop(below, None)  # what is changed does not stand in a file any more
        if value is not None:
            parent[last] = value
        elif isinstance(parent, dict):
            parent.pop(last, None)
        else:
            del parent[last]
        places[path] = Place(source)
    return problems


def without_actors(scenario: Scenario, names: Collection[str]) -> dict[str, Any]:
    """Changes that take actors out of a scenario, with all that it says of them."""
    changes: dict[str, Any] = {f"actors.{name}": None for name in names}
    for path, part in every_part(scenario):
        if not isinstance(part, BaseModel) or path[:2] in {("actors", name) for name in names}:
            continue
        for key, field in type(part).model_fields.items():
            said, where = getattr(part, key), ".".join(map(str, (*path, key)))
            if not _names_actors(field.annotation):
                continue
            if isinstance(said, dict):
                changes |= {f"{where}.{name}": None for name in said if name in names}
            elif isinstance(said, list) and not set(names).isdisjoint(said):
                changes[where] = [name for name in said if name not in names]
            elif said in names:
                changes[where] = None
    return changes


def _names_actors(kind: Any) -> bool:
    return kind == ActorName or any(map(_names_actors, get_args(kind)))


def element_names(node: list[Any]) -> list[str]:
    """What elements of a list are called in a path: by their `name`, else by their number."""
    return [str(e.get("name", n)) if isinstance(e, dict) else str(n) for n, e in enumerate(node)]


def element_of(node: list[Any], part: str) -> int | None:
    """The element that a part of a path names; its number always does, too."""
    names = element_names(node)
    if part in names:
        return names.index(part)
    return int(part) if part.isdecimal() and int(part) < len(node) else None


def step_to(
    raw: dict[str, Any], path: Path_, source: str
) -> tuple[tuple[Any, Any], Problem | None]:
    """The mapping or list that holds the last key of a path, and that key; copies on the way.

    Elements of lists are named by their number or, where they have one, their `name`.
    """

    def problem(upto: int, message: str, fix: str = "") -> tuple[tuple[Any, Any], Problem]:
        return (None, None), Problem(Place(source), dotted(path[:upto]), message, fix)

    node: Any = raw
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(node, list):
            index = element_of(node, part)
            if index is None:
                names = element_names(node)
                fix = "write " + " or ".join(f"{path[depth - 1]}.{name}" for name in names)
                return problem(depth + 1, "there is no such element", fix)
            if last:
                return (node, index), None
            node[index] = node = copy.copy(node[index])
        elif isinstance(node, dict):
            if part not in node:
                part = next((key for key in node if str(key) == part), part)
            if last:
                return (node, part), None
            if part not in node:
                allowed = fields_at(path[:depth], DiscreteFile if is_discrete(raw) else Scenario)
                if part not in allowed or names_are_free(path[:depth]):
                    fix = did_you_mean(part, node, "there is")
                    return problem(depth + 1, "there is no such key", fix)
                node[part] = {}
            node[part] = node = copy.copy(node[part])
        else:
            return problem(depth, "is a value and has no keys below it")
    raise AssertionError("a path has at least one part")
