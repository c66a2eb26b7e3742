"""The scenario formats as JSON Schema: what an editor checks and completes."""

from __future__ import annotations

from typing import Any

from sim.listed.targets import EXPONENTS
from sim.registry import PROTOCOLS, TACTICS
from sim.scenario.discrete_schema import DiscreteFile
from sim.scenario.schema import Scenario


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file.

    A file that extends another may leave out what the other gives, so nothing is required here,
    and ``null``, which removes an inherited key, is allowed for every key.
    """
    schema = Scenario.model_json_schema()
    definitions = schema["$defs"]
    definitions["TacticChoice"]["properties"]["name"]["enum"] = list(TACTICS)
    for name, tactic in TACTICS.items():
        for key, parameter in tactic.parameters.items():
            definitions["TacticChoice"]["properties"].setdefault(
                key, {"type": "number", "description": f"{name}: {parameter.text}"}
            )
    definitions["TacticChoice"]["additionalProperties"] = False
    definitions["Protocol"]["properties"]["name"]["enum"] = list(PROTOCOLS)
    number = definitions["Cost"]["properties"]["per_month"]["anyOf"]
    for key, cost in definitions["War"]["properties"]["cost"]["patternProperties"].items():
        definitions["War"]["properties"]["cost"]["patternProperties"][key] = {
            "anyOf": [cost, *number]
        }
    host = definitions["Actor"]["properties"]["communication"]
    host["anyOf"] = [
        {"$ref": host.pop("$ref")},
        *definitions["Rate"]["properties"]["share"]["anyOf"],
    ]
    return _of_a_file(schema)


def listed_schema() -> dict[str, Any]:
    """As :func:`scenario_schema`, for scenarios with listed options and values."""
    schema = DiscreteFile.model_json_schema()
    definitions = schema["$defs"]
    # options are names, and may be written as numbers or yes and no; dates are texts in JSON
    definitions["DiscreteIssue"]["properties"]["options"]["items"] = {
        "type": ["string", "number", "boolean"]
    }
    actor = definitions["DiscreteActor"]["properties"]
    actor["strategy"] = {
        "anyOf": [actor["strategy"], definitions["DiscreteStrategy"]["properties"]["name"]]
    }
    actor["tactic"] = {
        "anyOf": [{"enum": list(EXPONENTS)}, {"type": "number", "exclusiveMinimum": 0}],
        "description": actor["tactic"]["description"],
    }
    return _of_a_file(schema)


def _of_a_file(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a whole scenario as that of a file, which may leave out and remove keys."""
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"]["extends"] = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "File or files to start from; this file is merged over them.",
    }
    for part in [schema, *schema["$defs"].values()]:
        part.pop("required", None)
    _shorthands(schema)
    _removable(schema)
    return schema


def _shorthands(schema: dict[str, Any]) -> None:
    """Forms that the loader takes beside the full ones."""
    definitions = schema["$defs"]
    for part in definitions.values():
        for key, value in part.get("properties", {}).items():
            if key in {"source", "on", "when", "line"} and value.get("type") == "array":
                part["properties"][key] = {
                    "anyOf": [value, value["items"]],
                    "description": value.get("description", ""),
                }


def _removable(node: Any) -> None:
    """Allow null for every key of a mapping, and mappings that hold nothing else."""
    if isinstance(node, dict):
        free = node.get("patternProperties")
        if isinstance(free, dict):
            node["additionalProperties"] = False
        for keys in (free, node.get("properties")):
            if isinstance(keys, dict) and not node.get("required"):
                for key, value in keys.items():
                    keys[key] = {"anyOf": [value, {"type": "null"}]}
                node.pop("minProperties", None)
        for value in node.values():
            _removable(value)
    elif isinstance(node, list):
        for value in node:
            _removable(value)
