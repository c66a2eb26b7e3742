"""The reference of the scenario format, made from its JSON Schema."""

from __future__ import annotations

from typing import Any

from sim.scenario.durations import DURATION
from sim.scenario.fields import NAME
from sim.scenario.json_schema import full_schema

Schema = dict[str, Any]
HEAD = """\
# Reference of the scenario format

Made by `python -m sim schema --reference` from what the program itself reads. [The scenario
format](scenario-format.md) explains what stands here. A *number* is a plain one or a
[distribution](scenario-format.md#numbers-and-uncertainty); a *duration* is a number with `d`, `w`,
`mo` or `y`, such as `26w`; *name* is one that the file chooses. `source` and `judgement` are
allowed wherever something is coded ([in some places one of them is
needed](scenario-format.md#sources-and-judgements)) and stand only once, here:

| key | value | meaning |
|---|---|---|
"""


def reference() -> str:
    """A table for every mapping of the format, in the order in which a file meets them."""
    schema = full_schema()
    parts, paths = schema["$defs"], _in_order(schema)
    common = parts["Drift"]["properties"]
    page = HEAD
    for key in ("source", "judgement"):
        page += f"| `{key}` | {_value(common[key])} | {_cell(common[key]['description'])} |\n"
    page += f"\n## The file\n{_table(schema)}"
    for name, path in paths.items():
        part = parts[name]
        page += f"\n## `{path}`\n\n{_cell(part['description'].splitlines()[0])}\n"
        page += _table(part) if "properties" in part else _tables_of_each(part, parts)
    for name, path in paths.items():
        anchor = "".join(c for c in path if c.isalnum() or c == "_")
        page = page.replace(f"[keys](#{name})", f"[keys](#{anchor})")
    return page


def _table(part: Schema) -> str:
    rows = [
        f"| `{key}` | {_value(value)} | {_default(key, value, part)} | {_meaning(value)} |"
        for key, value in part["properties"].items()
        if key not in ("source", "judgement")
    ]
    return "\n| key | value | default | meaning |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def _tables_of_each(part: Schema, parts: Schema) -> str:
    """Tactics and protocols: what each is, and the keys that it takes."""
    each = [parts[_target(option)] for option in part["anyOf"]]
    *named, any_ = each
    page = "\n| `name` | what it does | keys |\n|---|---|---|\n"
    for one in named:
        keys = [f"`{k}`{_bounds_of(v)}" for k, v in one["properties"].items() if k != "name"]
        keys = [key for key in keys if key not in ("`source`", "`judgement`")]
        page += f"| `{one['title']}` | {one['description']} | {', '.join(keys) or '–'} |\n"
    return page + _table({**any_, "properties": any_["properties"]})


def _bounds_of(value: Schema) -> str:
    """Default and bounds of a tactic's parameter."""
    if "maximum" not in value or "default" not in value:
        return ""
    return f" {value['default']:g} ({value['minimum']:g} to {value['maximum']:g})"


def _in_order(schema: Schema) -> dict[str, str]:
    """Definition → path in a file, at the first place where it stands; parts after their whole."""
    found: dict[str, str] = {}
    waiting = [("", schema)]
    while waiting:
        path, part = waiting.pop(0)
        inside: list[tuple[str, str]] = []
        for key, value in part.get("properties", {}).items():
            for name, stars in _targets(value):
                if name not in found and all(name != seen for seen, _ in inside):
                    inside.append((name, f"{path}.{key}{stars}".strip(".")))
        for name, below in inside:
            found.setdefault(name, below)
        waiting = [(below, schema["$defs"][name]) for name, below in inside] + waiting
    keys = list(schema["properties"])
    return dict(sorted(found.items(), key=lambda i: (keys.index(i[1].split(".")[0]), i[1])))


def _targets(value: Schema, stars: str = "") -> list[tuple[str, str]]:
    """Definitions that a value holds, with `.*` for each name that the file chooses before."""
    if "$ref" in value:
        return [(_target(value), stars)]
    found = [hit for option in value.get("anyOf", []) for hit in _targets(option, stars)]
    if "items" in value:
        found += _targets(value["items"], stars)
    for free in _free(value):
        found += _targets(free, f"{stars}.*")
    return found


def _target(value: Schema) -> str:
    return str(value["$ref"]).rsplit("/", 1)[-1]


def _free(value: Schema) -> list[Schema]:
    """Values of a mapping whose keys the file chooses."""
    other = value.get("additionalProperties")
    named = list(value.get("patternProperties", {}).values())
    return named + ([other] if isinstance(other, dict) else [])


def _value(value: Schema) -> str:
    """What may stand there, in words."""
    options = value.get("anyOf", [value])
    if any("fixed" in option.get("properties", {}) for option in options):
        spans = any(option.get("pattern") == DURATION for option in options)
        plain = next(o for o in options if o.get("type") == "number")
        return "duration" if spans else f"number{_within(plain)}"
    said = [_one(option) for option in options if option.get("type") != "null"]
    return " or ".join(dict.fromkeys(said))


def _one(value: Schema) -> str:
    if "anyOf" in value:
        return _value(value)
    if "$ref" in value:
        return f"[keys](#{_target(value)})"
    if "const" in value or "enum" in value:
        words = value.get("enum", [value.get("const")])
        return ", ".join(f"`{str(w).lower() if isinstance(w, bool) else w}`" for w in words)
    if free := _free(value):
        return f"name → {_value(free[0])}"
    kind = value.get("type")
    if kind == "array":
        if "prefixItems" in value:
            return "`[`" + ", ".join(_value(item) for item in value["prefixItems"]) + "`]`"
        return f"list of {_value(value['items'])}"
    if kind == "string":
        if value.get("pattern") == DURATION:
            return "duration"
        if value.get("format") == "date":
            return "date"
        return "name" if value.get("pattern") == NAME else "text"
    if kind == "boolean":
        return "`true`, `false`"
    if kind in ("number", "integer"):
        return ("plain number" if kind == "number" else "whole number") + _within(value)
    return "keys"


def _within(value: Schema) -> str:
    low, above = value.get("minimum"), value.get("exclusiveMinimum")
    high, below = value.get("maximum"), value.get("exclusiveMaximum")
    if high is None and below is None:
        if above is not None:
            return f" > {above:g}"
        return "" if low is None else f" ≥ {low:g}"
    first = f"{low:g}" if low is not None else f"above {above:g}"
    return f", {first} to {high:g}" if high is not None else f", {first} to below {below:g}"


def _default(key: str, value: Schema, part: Schema) -> str:
    if key in part.get("required", ()):
        return "that of the file" if key == "name" and "war" in part["properties"] else "required"
    default = value.get("default")
    if default in (None, "", [], {}) or isinstance(default, dict):
        return "–"
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"`{text.removesuffix('.0')}`"


def _meaning(value: Schema) -> str:
    return _cell(value.get("description", ""))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")
