"""The uncertain numbers of a scenario as things that a reader can change."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.results.experiments import UNITS, unit_of
from sim.scenario import Loaded
from sim.scenario.fields import sourced_parts
from sim.scenario.issues import Issue
from sim.scenario.overrides import element_of
from sim.scenario.schema import Scenario
from sim.scenario.titles import title_of
from sim.scenario.wording import fields_at
from sim.studies.calibrate.parameters import PARAMETERS
from sim.studies.explain.inputs import issue_of

Keys = tuple[str | int, ...]
GROUPS = {
    "war": "The war",
    "issues": "Without a deal",
    "agenda": "Stages",
    "ratification": "Ratification",
    "durability": "Afterwards",
    "plan": "The plan",
    "tracks": "Talks beside the main ones",
    "engine": "Judgements of the model",
}
OF_ENGINE = {parameter.name: parameter for parameter in PARAMETERS}


IN_DAYS = ("patience", "leave_after", "delay")
"""Numbers that are drawn in days; a plain number in a file would count rounds."""
TOLD = {unit for unit in UNITS.values() if unit.startswith(("days", "utility", "scale units"))}
"""Units that stand after a value."""


def numbers_of(issue: Issue) -> list[Any] | None:
    """What the ends of a numeric scale are, and its unit."""
    return [*issue.numeric, issue.unit or ""] if issue.numeric else None


@dataclass(frozen=True)
class Assumption:
    """An uncertain number that can be set.

    Attributes
    ----------
    keys : tuple
        The way to it in the scenario's data; numbers count elements of lists.
    group : str
        The actor's key, or a word.
    unit : str
        What follows its value; empty where the value says enough.
    scale : tuple of (float, str)
        Points and texts of the scale that it is on, if it is on one.
    numeric : list or None
        What that scale's ends are, as :func:`numbers_of` tells it.
    judgement, sources :
        What the part that holds it rests on.
    """

    path: str
    keys: Keys
    title: str
    group: str
    unit: str
    scale: tuple[tuple[float, str], ...]
    numeric: list[Any] | None
    judgement: str
    sources: tuple[str, ...]


def assumptions(loaded: Loaded, paths: list[str]) -> list[Assumption]:
    """Those of the drawn numbers that the scenario's data hold; the others are chance alone."""
    scenario = loaded.scenario
    parts = {".".join(map(str, path)): part for path, part in sourced_parts(scenario)}
    reasoned = [p for p, part in parts.items() if part.judgement or part.source]
    found = []
    for path in paths:
        if path.startswith("engine."):
            found.append(_of_engine(path, scenario))
            continue
        keys = keys_of(loaded.raw, path.split("."))
        if keys is None:
            continue
        dotted = ".".join(str(n) for n in _numbered(keys))
        around = [p for p in reasoned if dotted == p or dotted.startswith(f"{p}.")]
        part = parts[max(around, key=len)] if around else None
        # an actor's positions in talks beside the main ones are its own as well
        owner = keys[1] if keys[0] == "actors" else keys[3] if keys[2:3] == ("positions",) else ""
        issue = issue_of(path, scenario)
        head = (
            str(owner)
            if owner in scenario.actors
            else scenario.war.told(GROUPS.get(str(keys[0]), "Other"))
        )
        found.append(
            Assumption(
                path,
                keys,
                title_of(path, scenario),
                head,
                unit if (unit := unit_of(path)) in TOLD else "",
                tuple(issue.scale.items()) if issue else (),
                numbers_of(issue) if issue else None,
                (part.judgement or "") if part else "",
                tuple(part.source) if part else (),
            )
        )
    return found


def _of_engine(path: str, scenario: Scenario) -> Assumption:
    """A parameter that past talks inform; the others are then drawn with it as they allow."""
    keys = tuple(path.split("."))
    why = f"Drawn as past talks allow; before them: {OF_ENGINE[keys[1]].reason}"
    title = title_of(path, scenario)
    return Assumption(path, keys, title, GROUPS["engine"], "", (), None, why, ())


def keys_of(node: Any, parts: list[str], above: tuple[str, ...] = ()) -> Keys | None:
    """The way to a number by its dotted path; keys such as ``0.25`` have points themselves.

    None where the data do not hold it and the format knows no such key there.
    """
    if not parts:
        # a plain number may also be written with what belongs to it
        return ("per_month",) if isinstance(node, dict) and "per_month" in node else ()
    if isinstance(node, list):
        index = element_of(node, parts[0])
        below = None if index is None else keys_of(node[index], parts[1:], (*above, parts[0]))
        return None if below is None or index is None else (index, *below)
    if not isinstance(node, dict):
        return None
    for size in range(1, len(parts) + 1):
        said = ".".join(parts[:size])
        for key in node:
            if str(key) == said or (isinstance(key, float) and f"{key:g}" == said):
                below = keys_of(node[key], parts[size:], (*above, said))
                if below is not None:
                    return (key, *below)
    if len(parts) == 1 and parts[0] in fields_at(above):
        return (parts[0],)
    return None


def changed(raw: Mapping[str, Any], changes: Mapping[Keys, float]) -> dict[str, Any]:
    """A scenario's data with some numbers made certain."""
    out: dict[str, Any] = copy.deepcopy(dict(raw))
    for keys, value in changes.items():
        node: Any = out
        for key in keys[:-1]:
            node = node.setdefault(key, {}) if isinstance(node, dict) else node[key]
        fixed = {"fixed": f"{value:g}d" if keys[-1] in IN_DAYS else value}
        node[keys[-1]] = value if keys[0] == "engine" else fixed  # the engine's are plain numbers
    return out


def with_lines(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario's data with every ``limit`` of an actor as the ``line`` that it is short for.

    Only then is there a place to say whether it binds; the same worlds come of it.
    """
    out: dict[str, Any] = copy.deepcopy(dict(raw))
    for actor in out["actors"].values():
        for position in actor.get("positions", {}).values():
            if position.get("limit") is not None:
                why = {k: position[k] for k in ("source", "judgement") if k in position}
                position["line"] = {"at": position.pop("limit"), **why}
    return out


def _numbered(keys: Keys) -> Keys:
    """As the parts of a checked scenario count: costs are parts of their own there."""
    return keys[:-1] if keys[-1] == "per_month" else keys
