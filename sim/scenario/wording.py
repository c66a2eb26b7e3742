"""Pydantic's errors in plain words: the place as written, what is wrong, and the fix."""

from __future__ import annotations

import re
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from sim.prose import did_you_mean
from sim.scenario.distributions import SHAPES
from sim.scenario.schema import Scenario
from sim.scenario.yaml_source import Path_


def as_written(raw: Any, loc: Path_) -> Path_:
    """Pydantic's location without the steps that the file does not have, as members of a union."""
    out: list[Any] = []
    node = raw
    for index, part in enumerate(loc):
        if isinstance(node, dict):
            if isinstance(part, int) and part not in node:
                continue  # a single one, written without a list
            part = next((key for key in node if key == part or str(key) == part), part)
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
            continue
        out.append(part)
    return tuple(out)


LIMITS = {
    "greater_than": "above",
    "greater_than_equal": "at least",
    "less_than": "below",
    "less_than_equal": "at most",
}


ROLES = dict.fromkeys(
    ("mediator", "envoy"),
    "who tables texts is a formulator, who only hosts a facilitator, a mediator with interests and "
    "levers of its own a manipulator",
) | {"host": "a host is a facilitator"}
"""Everyday word for a role → what it is called here."""


def words(item: Any, loc: Path_, root: type[BaseModel] = Scenario) -> tuple[str, str]:
    """Pydantic's error in plain words, and the fix."""
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        if item["input"] is None and " " in str(loc[-1]):
            return "unknown key", "a text with a comma in it needs quotation marks"
        if loc[-1] == "<<":
            return "is a merge key, which is not read", "write the keys out, or use `extends`"
        allowed = fields_at(loc[:-1], root)
        near = _deeper(str(loc[-1]), root) if len(loc) == 1 else ""
        near = near or did_you_mean(loc[-1], allowed) or did_you_mean(loc[-1], SHAPES)
        return "unknown key", near or did_you_mean(loc[-1], allowed, "allowed here")
    if kind == "invalid_key" or (kind == "string_type" and item["loc"][-1] == "[key]"):
        return f"the key {loc[-1]} is not a word", "decimals are written with a point, 0.02"
    if kind == "missing":
        return "is missing", description_at(loc, root)
    if kind == "refused":
        return context["said"], context["fix"]
    found = f", found {kind_of(item['input'])}"
    if kind == "string_pattern_mismatch":
        if "#" in context.get("pattern", ""):
            return "is not a colour", "write it as '#1f77b4'"
        if "[0-9]{4}" in context.get("pattern", ""):
            return f"is not a date{found}", "write 1978, 1978-09 or 1978-09-17"
        return "is not a plain name", "small letters, digits and _, starting with a letter"
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        keys = fields_at(loc, root) if kind != "dict_type" else []
        fix = f"its keys: {', '.join(keys[:10])}" if keys else description_at(loc, root)
        if "name" in keys and isinstance(item["input"], str):
            fix = f"write {{name: {item['input']}}}"
        return f"wants keys and values below it{found}", fix
    if kind in {"list_type", "tuple_type"}:
        return f"wants a list{found}", description_at(loc, root)
    if kind == "literal_error":
        known = [w.strip("'") for w in context["expected"].replace(" or ", ", ").split(", ")]
        given = str(item["input"])
        meant = ROLES.get(given, "") if loc[-1:] == ("role",) else ""
        return f"must be {context['expected']}{found}", meant or did_you_mean(given, known)
    if kind.startswith("date"):
        return f"wants a date such as 2025-01-20{found}", ""
    if kind in {"too_long", "string_too_long"}:
        what = "characters" if kind.startswith("string") else "entries"
        return f"has more than {context['max_length']:,} {what}", "leave some out"
    if kind == "too_short":
        return f"needs at least {context['min_length']} of them", description_at(loc, root)
    if kind in {"string_type"}:
        return f"wants a text{found}", ""
    if kind in {"float_type", "int_type", "float_parsing", "int_parsing", "int_from_float"}:
        return f"wants a {'whole ' if kind.startswith('int') else ''}number{found}", ""
    if kind == "finite_number":
        return "must be a finite number", ""
    if kind in LIMITS:
        (limit,) = (context[name] for name in ("ge", "gt", "le", "lt") if name in context)
        return f"must be {LIMITS[kind]} {limit:g}{found}", description_at(loc, root)
    text = str(item["msg"])
    return text[0].lower() + text[1:], ""


def kind_of(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "…"


def fields_at(loc: Path_, root: type[BaseModel] = Scenario) -> list[str]:
    """Names of the keys that the format allows at a location."""
    names = [name for model in dict.fromkeys(_models_at(loc, root)) for name in model.model_fields]
    return list(dict.fromkeys(names))


def _deeper(word: str, root: type[BaseModel]) -> str:
    """The key below another one that has this name, or begins with it, as a question."""
    every = [(top, key) for top in fields_at((), root) if not names_are_free((top,))
             for key in fields_at((top,), root)]  # fmt: skip
    for same in (lambda key: key == word, lambda key: key.startswith(f"{word}_")):
        if found := [f"{top}.{key}" for top, key in every if same(key)]:
            return f"did you mean '{found[0]}'?" if len(found) == 1 else ""
    return ""


def description_at(loc: Path_, root: type[BaseModel] = Scenario) -> str:
    """The first sentence that the format says of a key; nothing where it says nothing."""
    keys = [str(part) for part in loc if not isinstance(part, int)]
    for model in _models_at(tuple(keys[:-1]), root) if keys else []:
        field = model.model_fields.get(keys[-1])
        if field is not None and field.description:
            return re.split(r"\.(?: |$)", field.description)[0]
    return ""


def _models_at(loc: Path_, root: type[BaseModel]) -> list[type[BaseModel]]:
    models: list[type[BaseModel]] = [root]
    for part in loc:
        following: list[type[BaseModel]] = []
        for model in models:
            field = model.model_fields.get(str(part))
            if field is not None:
                following += _models_in(field.annotation)
        # a key of a mapping or an index: stay with the models found at the step above
        models = following or models
    return models


def names_are_free(loc: Path_) -> bool:
    """Whether the keys below a location are names that the file chooses, such as actors."""
    free = {"actors", "issues", "positions", "levers", "sources", "drift", "beliefs", "cost"}
    free |= {"tracks"}
    return bool(loc) and str(loc[-1]) in free


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = get_origin(annotation)
    if origin is None or annotation is Union:
        return []
    return [m for a in get_args(annotation) for m in _models_in(a)]
