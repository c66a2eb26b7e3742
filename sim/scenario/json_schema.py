"""The scenario formats as JSON Schema: what an editor checks, completes and shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.listed.targets import EXPONENTS
from sim.registry import PROTOCOLS, TACTICS
from sim.scenario.discrete_schema import DiscreteFile
from sim.scenario.schema import Scenario

Schema = dict[str, Any]
NAMED = ": "
"""Between a definition and the tactic or protocol that is one of its kinds."""


def full_schema() -> Schema:
    """JSON Schema of a whole scenario, with the parameters of each tactic and protocol."""
    schema = Scenario.model_json_schema()
    definitions = schema["$defs"]
    definitions["TacticChoice"]["additionalProperties"] = False
    _one_for_each(definitions, "TacticChoice", TACTICS, _with_parameters)
    _one_for_each(definitions, "Protocol", PROTOCOLS, _with_keys)
    return schema


def scenario_schema() -> Schema:
    """JSON Schema (2020-12) of a scenario file.

    A file that extends another may leave out what the other gives, so nothing is required here,
    and ``null``, which removes an inherited key, is allowed for every key.
    """
    schema = full_schema()
    definitions = schema["$defs"]
    costs = definitions["War"]["properties"]["cost"]["patternProperties"]
    number = definitions["Cost"]["properties"]["per_month"]["anyOf"]
    for key, cost in costs.items():
        costs[key] = {"anyOf": [cost, *number]}
    host = definitions["Actor"]["properties"]["communication"]
    host["anyOf"] = [
        {"$ref": host.pop("$ref")},
        *definitions["Rate"]["properties"]["share"]["anyOf"],
    ]
    return _of_a_file(schema)


def listed_schema() -> Schema:
    """As :func:`scenario_schema`, for scenarios with listed options and values."""
    schema = DiscreteFile.model_json_schema()
    definitions = schema["$defs"]
    # options are names, and may be written as numbers or yes and no; dates are texts in JSON
    definitions["DiscreteIssue"]["properties"]["options"]["items"] = {
        "type": ["string", "number", "boolean"]
    }
    actor = definitions["DiscreteActor"]["properties"]
    actor["strategy"] = {
        "anyOf": [
            {"$ref": actor["strategy"]["$ref"]},
            {"enum": definitions["DiscreteStrategy"]["properties"]["name"]["enum"]},
        ],
        "description": actor["strategy"]["description"],
    }
    actor["tactic"] = {
        "anyOf": [{"enum": list(EXPONENTS)}, {"type": "number", "exclusiveMinimum": 0}],
        "description": actor["tactic"]["description"],
    }
    return _of_a_file(schema)


def keys_of(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every key that a schema names, with what is said of it, at any depth."""
    for node in _nodes(schema):
        yield from (node.get("properties") or {}).items()


def _nodes(node: Any) -> Iterator[Schema]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)


def _one_for_each(definitions: Schema, model: str, registry: Any, variant: Any) -> None:
    """A definition as one of several: each registered class with the keys that it takes.

    A file that extends another may give a key alone: without a name all keys are allowed.
    """
    whole = definitions[model]
    named, options = whole["properties"].pop("name"), []
    every: Schema = {}
    for name, cls in registry.items():
        keys = variant(whole["properties"], cls)
        for key, value in keys.items():
            every[key] = _wider(every[key], value) if key in every else value
        name_ = {"const": name, "description": f"{named['description']} {name}: {cls.title}."}
        key = f"{model}{NAMED}{name}"
        definitions[key] = {
            **{k: v for k, v in whole.items() if k not in ("properties", "title", "description")},
            "title": name,
            "description": cls.title[0].upper() + cls.title[1:] + ".",
            "properties": {"name": name_, **keys},
            "required": ["name"],
        }
        options.append({"$ref": f"#/$defs/{key}"})
    definitions[f"{model} without a name"] = {**whole, "properties": every}
    options.append({"$ref": f"#/$defs/{model} without a name"})
    definitions[model] = {"description": whole["description"], "anyOf": options}


def _wider(one: Schema, other: Schema) -> Schema:
    """Bounds that take in those of both."""
    if "minimum" not in one or one == other:
        return one
    low = min(one["minimum"], other["minimum"])
    high = max(one["maximum"], other["maximum"])
    texts = dict.fromkeys([*one["description"].split(" / "), other["description"]])
    said = " / ".join(texts)
    return {"type": "number", "minimum": low, "maximum": high, "description": said}


def _with_parameters(common: Schema, tactic: Any) -> Schema:
    parameters = {
        key: {
            "type": "number",
            "minimum": parameter.low,
            "maximum": parameter.high,
            "default": parameter.default,
            "description": f"{parameter.text[0].upper()}{parameter.text[1:]}.",
        }
        for key, parameter in tactic.parameters.items()
    }
    return {**parameters, **common}


def _with_keys(common: Schema, protocol: Any) -> Schema:
    return {key: common[key] for key in protocol.keys if key in common}


def _of_a_file(schema: Schema) -> Schema:
    """The schema of a whole scenario as that of a file, which may leave out and remove keys."""
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    if "war" in schema["properties"]:
        schema["properties"]["status_quo"] = {
            **schema["properties"]["war"],
            "description": "In place of `war`, where there is none: what goes on without a deal.",
        }
    schema["properties"]["extends"] = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "File or files to start from; this file is merged over them.",
    }
    kinds = [part for key, part in schema["$defs"].items() if NAMED in key]
    for part in [schema, *schema["$defs"].values()]:
        part.pop("required", None)
    # a year alone is a number in YAML
    schema["$defs"]["Source"]["properties"]["date"]["anyOf"].append({"type": "integer"})
    _shorthands(schema)
    _removable(schema)
    for node in _nodes(schema):
        # of keys and models they repeat the name, on top of what is said
        if isinstance(node.get("title"), str) and not any(node is one for one in kinds):
            del node["title"]
    for part in kinds:
        # of one tactic or protocol: only with its name, which is then not null
        part["required"] = ["name"]
        part["properties"]["name"] = {"const": part["title"], "description": part["description"]}
    return schema


def _shorthands(schema: Schema) -> None:
    """Forms that the loader takes beside the full ones."""
    for part in schema["$defs"].values():
        for key, value in part.get("properties", {}).items():
            if key in {"source", "on", "when", "line"} and value.get("type") == "array":
                whole, about = _parted(value)
                part["properties"][key] = {**about, "anyOf": [whole, value["items"]]}


def _removable(schema: Schema) -> None:
    """Allow null for every key of a mapping, and mappings that hold nothing else."""
    for node in reversed(list(_nodes(schema))):  # what is inside first, as outside it is copied
        free = node.get("patternProperties")
        if isinstance(free, dict):
            node["additionalProperties"] = False
        for keys in (free, node.get("properties")):
            if isinstance(keys, dict) and not node.get("required"):
                for key, value in keys.items():
                    keys[key] = _or_null(value)
                node.pop("minProperties", None)


def _or_null(value: Schema) -> Schema:
    """A value or nothing; what is said of it stays on top, where editors look for it."""
    whole, about = _parted(value)
    options = whole["anyOf"] if set(whole) == {"anyOf"} else [whole]
    nothing: Schema = {"type": "null"}
    return {**about, "anyOf": options if nothing in options else [*options, nothing]}


def _parted(value: Schema) -> tuple[Schema, Schema]:
    """What a value may be, and what is said of it."""
    said = ("description", "default", "title")
    about = {key: value[key] for key in said if key in value}
    return {key: one for key, one in value.items() if key not in said}, about
