"""From a file name to a checked :class:`~sim.scenario.schema.Scenario`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.bargaining.tactics import TACTICS
from sim.scenario.checks import cross_checks
from sim.scenario.distributions import SHAPES, Number
from sim.scenario.errors import Place, Problem, ScenarioError, file_error
from sim.scenario.schema import Scenario, Stage, TacticChoice
from sim.scenario.yaml_source import Path_, Places, dotted, parse_yaml, read_yaml


@dataclass(frozen=True)
class Loaded:
    """A checked scenario, where each key was written, and a hash of what it says."""

    scenario: Scenario
    raw: dict[str, Any]
    places: Places
    files: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the merged content: the same whatever the layout of the files."""
        text = json.dumps(self.raw, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def find_scenario(name: str | Path) -> Path:
    """A path as given, or ``scenarios/NAME.yaml`` for a bare name."""
    path = Path(name)
    if not path.exists() and path.parent == Path() and not path.suffix:
        shipped = Path("scenarios") / f"{path.name}.yaml"
        if shipped.exists():
            return shipped
    return path


def load_scenario(name: str | Path, overrides: Sequence[str] = ()) -> Loaded:
    """Read, merge and check a scenario.

    Parameters
    ----------
    name : str or Path
        File, or the bare name of a file in ``scenarios/``.
    overrides : sequence of str
        ``key.path=value`` as given with ``--set``; the value is YAML.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    path = find_scenario(name)
    raw, places, files = _read_with_bases(path, ())
    raw = _without_nulls(raw)
    raw.setdefault("name", _identifier(path.stem))
    problems = _apply_overrides(raw, places, overrides)
    scenario, found = _validate(raw, places, path)
    problems += found
    problems += cross_checks(raw, lambda p: place_of(places, p, path))
    if problems or scenario is None:
        raise ScenarioError(_distinct(problems))
    return Loaded(scenario, raw, places, tuple(files))


def place_of(places: Places, path: Path_, file: Path) -> Place:
    """Place of a key, or of the nearest key above it."""
    while path:
        if path in places:
            return places[path]
        path = path[:-1]
    return Place(str(file))


def _identifier(stem: str) -> str:
    """A plain name from a file's name."""
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in stem.lower())
    return plain if plain[:1].isalpha() else f"scenario_{plain}"


def _read_with_bases(
    path: Path, trail: tuple[Path, ...]
) -> tuple[dict[str, Any], Places, list[str]]:
    """The file merged over the files that it extends."""
    data, places = read_yaml(path)
    if not isinstance(data, dict):
        raise file_error(
            path,
            f"holds {_kind(data)}, not keys and values",
            "a scenario starts like `title: …`; see docs/scenario-format.md",
            places[()].line,
        )
    bases = data.pop("extends", None)
    if bases is None:
        return data, places, [str(path)]
    where = places.get(("extends",), Place(str(path)))
    names = bases if isinstance(bases, list) else [bases]
    merged: dict[str, Any] = {}
    merged_places: Places = {}
    files: list[str] = []
    for name in names:
        if not isinstance(name, str):
            raise file_error(path, "extends wants a file name or a list of them", line=where.line)
        base = path.parent / name
        chain = (*trail, path)
        if any(base.resolve() == other.resolve() for other in chain):
            loop = " → ".join([*(p.name for p in chain), base.name])
            raise file_error(path, f"extends goes in a circle: {loop}", line=where.line)
        if not base.exists():
            near = get_close_matches(base.name, [p.name for p in base.parent.glob("*.y*ml")], 1)
            raise file_error(
                path,
                f"extends a file that does not exist: {name}",
                f"did you mean '{near[0]}'?" if near else "the path is taken from this file",
                where.line,
            )
        below, below_places, below_files = _read_with_bases(base, chain)
        _merge(merged, merged_places, below, below_places, ())
        files += below_files
    # what one file says of itself is not inherited
    for own in ("name", "title", "summary"):
        if own != "title" or "title" in data:
            merged.pop(own, None)
    _merge(merged, merged_places, data, places, ())
    return merged, merged_places, [*files, str(path)]


def _merge(
    into: dict[Any, Any],
    into_places: Places,
    over: dict[Any, Any],
    over_places: Places,
    path: Path_,
) -> None:
    """Deep merge: mappings are joined, anything else replaces, null removes."""
    for key, value in over.items():
        where = (*path, key)
        place = over_places.get(where)
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict) and not _replaces(value, into.get(key)):
            _merge(into[key], into_places, value, over_places, where)
        else:
            into[key] = value
            for p, pl in over_places.items():
                if p[: len(where)] == where:
                    into_places[p] = pl
        if place is not None:
            into_places.setdefault(where, place)


def _replaces(new: dict[Any, Any], old: Any) -> bool:
    """Whether a mapping is taken whole, not merged key by key.

    So are distributions, the texts of a scale, and a tactic of another name, whose parameters
    would mean nothing.
    """
    if not isinstance(old, dict):
        return True
    return _is_whole(new) or _is_whole(old) or _other_tactic(new, old)


def _is_whole(value: dict[Any, Any]) -> bool:
    keys = set(value)
    return bool(keys) and (
        (len(keys) == 1 and keys <= set(SHAPES)) or all(isinstance(k, int | float) for k in keys)
    )


def _other_tactic(new: dict[Any, Any], old: dict[Any, Any]) -> bool:
    name = new.get("name")
    return isinstance(name, str) and name in TACTICS and old.get("name", name) != name


def _without_nulls(node: Any) -> Any:
    """Keys that say `null` are keys that are not there."""
    if isinstance(node, dict):
        # a number as a key is a slip such as `0,7`, which must not go unseen
        return {
            k: _without_nulls(v) for k, v in node.items() if v is not None or not isinstance(k, str)
        }
    if isinstance(node, list):
        return [_without_nulls(v) for v in node]
    return node


def _apply_overrides(
    raw: dict[str, Any], places: Places, overrides: Sequence[str]
) -> list[Problem]:
    problems = []
    for text in overrides:
        source = f"--set {text}"
        key, equals, value_text = text.partition("=")
        if not equals or not key.strip():
            problems.append(
                Problem(
                    Place(source),
                    "",
                    "is not of the form key.path=value",
                    "for example --set actors.putin.tactic.name=linear",
                )
            )
            continue
        try:
            value, _ = parse_yaml(value_text or "null", source)
        except ScenarioError as error:
            problems += [Problem(Place(source), key, p.message, p.fix) for p in error.problems]
            continue
        path: Path_ = tuple(key.strip().split("."))
        where, problem = _step_to(raw, path, source)
        if problem is not None:
            problems.append(problem)
            continue
        parent, last = where
        if isinstance(parent, dict) and last == "name" and _other_tactic({"name": value}, parent):
            parent.clear()
        if value is not None:
            parent[last] = value
        elif isinstance(parent, dict):
            parent.pop(last, None)
        places[path] = Place(source)
    return problems


def _step_to(
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
            if part not in names and not (part.isdigit() and int(part) < len(node)):
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
                if part not in _fields_at(path[:depth]) or _free_keys(path[:depth]):
                    fix = _did_you_mean(part, node) or "there is: " + ", ".join(map(str, node))
                    return problem(depth + 1, "there is no such key", fix)
                node[part] = {}
            node = node[part]
        else:
            return problem(depth, "is a value and has no keys below it")
    raise AssertionError("a path has at least one part")


def _validate(
    raw: dict[str, Any], places: Places, path: Path
) -> tuple[Scenario | None, list[Problem]]:
    try:
        return Scenario.model_validate(raw), []
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            loc: Path_ = tuple(p for p in item["loc"] if p != "[key]")
            loc = _as_written(raw, loc)
            message, fix = _words(item, loc)
            problems.append(Problem(place_of(places, loc, path), dotted(loc), message, fix))
        return None, problems


def _as_written(raw: Any, loc: Path_) -> Path_:
    """Pydantic's location without the steps that are not keys (union members)."""
    out: list[Any] = []
    node = raw
    for index, part in enumerate(loc):
        if isinstance(node, dict):
            if part in node:
                node = node[part]
            elif index < len(loc) - 1:
                continue
            else:
                node = None
        elif isinstance(node, list):
            if not isinstance(part, int) or part >= len(node):
                continue
            node = node[part]
        else:
            if index < len(loc) - 1 or isinstance(part, int) or "[" in str(part):
                continue
            node = None
            if str(part) in {"str", "float", "int", "dict", "list"}:
                continue
        out.append(part)
    return tuple(out)


def _words(item: Any, loc: Path_) -> tuple[str, str]:
    """Pydantic's error in plain words, and the fix."""
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", _did_you_mean(str(loc[-1]), _fields_at(loc[:-1])) or (
            "allowed here: " + ", ".join(_fields_at(loc[:-1]))
        )
    if kind == "invalid_key":
        return f"the key {loc[-1]} is not a word", "decimals are written with a point, 0.7"
    if kind == "missing":
        return "is missing", ""
    if kind in {"number", "tactic", "protocol", "scale"}:
        return item["msg"], ""
    found = f", found {_kind(item['input'])}"
    if kind == "string_pattern_mismatch":
        if "#" in context.get("pattern", ""):
            return "is not a colour", "write it as '#1f77b4'"
        return "is not a plain name", "small letters, digits and _, starting with a letter"
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        return f"wants keys and values below it{found}", ""
    if kind in {"list_type", "tuple_type"}:
        return f"wants a list{found}", ""
    if kind == "literal_error":
        return f"must be {context['expected']}{found}", _did_you_mean(
            str(item["input"]),
            [w.strip("'") for w in context["expected"].replace(" or ", ", ").split(", ")],
        )
    if kind.startswith("date"):
        return f"wants a date such as 2025-01-20{found}", ""
    if kind == "too_short":
        return f"needs at least {context['min_length']}", ""
    if kind in {"string_type"}:
        return f"wants a text{found}", ""
    if kind in {"float_type", "int_type", "float_parsing", "int_parsing", "int_from_float"}:
        return f"wants a {'whole ' if kind.startswith('int') else ''}number{found}", ""
    if kind == "finite_number":
        return "must be a finite number", ""
    text = str(item["msg"])
    return text[0].lower() + text[1:], ""


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "…"


def _did_you_mean(word: str, among: Any) -> str:
    near = get_close_matches(word, [str(a) for a in among], 1, 0.6)
    return f"did you mean '{near[0]}'?" if near else ""


def _fields_at(loc: Path_) -> list[str]:
    """Names of the keys that the format allows at a location."""
    models: list[type[BaseModel]] = [Scenario]
    for part in loc:
        following: list[type[BaseModel]] = []
        for model in models:
            field = model.model_fields.get(str(part))
            if field is not None:
                following += _models_in(field.annotation)
        # a key of a mapping or an index: stay with the models found at the step above
        models = following or models
    names = [name for model in dict.fromkeys(models) for name in model.model_fields]
    return list(dict.fromkeys(names))


def _free_keys(loc: Path_) -> bool:
    """Whether the keys below a location are names that the file chooses, such as actors."""
    free = {"actors", "issues", "positions", "levers", "sources", "drift", "beliefs", "cost"}
    return bool(loc) and str(loc[-1]) in free


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = get_origin(annotation)
    if origin is None or annotation is Union:
        return []
    return [m for a in get_args(annotation) for m in _models_in(a)]


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Drop repeats, such as the members of a union that all failed at one key."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        seen.setdefault((str(problem.place), problem.key + problem.message), problem)
    return list(seen.values())


__all__ = ["Loaded", "Number", "Stage", "TacticChoice", "find_scenario", "load_scenario"]
