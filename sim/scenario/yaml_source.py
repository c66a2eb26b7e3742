"""YAML with line numbers, and without its traps.

The file is composed into nodes and turned into plain data here, so that every key keeps its line,
duplicate keys are errors, `on`, `yes` and `no` are words (YAML 1.2), and a file cannot blow up in
memory through aliases, depth or size.
"""

from __future__ import annotations

import datetime
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import yaml

from sim.scenario.errors import Place, Problem, ScenarioError, file_error, text_of

MAX_BYTES = 1_000_000
MAX_NODES = 200_000
MAX_DEPTH = 60

Path_ = tuple[Any, ...]
Places = dict[Path_, Place]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Only composes; resolves plain scalars as YAML 1.2 does."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


_FORMS: dict[str, re.Pattern[str]] = {}
"""Tag → what a plain scalar looks like that has it."""
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", list("0123456789")),
):
    _FORMS[f"tag:yaml.org,2002:{_tag}"] = re.compile(f"^(?:{_pattern})$")
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", _FORMS[f"tag:yaml.org,2002:{_tag}"], _first
    )
_ORDINARY = {f"tag:yaml.org,2002:{_tag}" for _tag in ("str", "map", "seq")}


def read_yaml(path: Path) -> tuple[Any, Places]:
    """Read one file into plain data and the place of every key.

    Raises
    ------
    ScenarioError
        For a missing, huge or malformed file, duplicate keys, alias bombs.
    """
    return parse_yaml(text_of(path, MAX_BYTES), str(path))


def parse_yaml(text: str, name: str) -> tuple[Any, Places]:
    """The same for a string; ``name`` stands for the file in the places."""
    data, places = _parsed(text, name)
    return _anew(data), dict(places)


def _anew(value: Any) -> Any:
    """Plain data as new dicts and lists, which others may change."""
    if isinstance(value, dict):
        return {key: _anew(one) for key, one in value.items()}
    return [_anew(one) for one in value] if isinstance(value, list) else value


@lru_cache(maxsize=100)
def _parsed(text: str, name: str) -> tuple[Any, Places]:
    """Data and places of a text: most plans extend the same few files."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
        if node is None:
            raise file_error(name, "is empty", "start from scenarios/kellogg.yaml")
        builder = _Builder(name)
        data = builder.build(node, (), 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        detail = error.problem or error.context or "cannot be parsed"
        written = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
        raise file_error(
            name, f"is not valid YAML: {detail}", _hint(detail, written), line
        ) from None
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        raise file_error(name, f"is not valid YAML: {first}") from None
    except RecursionError:
        raise file_error(name, f"is nested more than {MAX_DEPTH} levels deep") from None
    if builder.problems:
        raise ScenarioError(builder.problems)
    return data, builder.places


def _hint(detail: str, written: str) -> str:
    """What usually lies behind a message of the parser."""
    if "\t" in written:
        return "there is a tab; YAML is indented with spaces"
    if "mapping values are not allowed" in detail:
        return "a text with a colon needs quotes, or a line above is indented wrongly"
    if "did not find expected" in detail:
        return "look at the indentation and brackets here and just above"
    if "another document" in detail:
        return "a file holds one scenario; take the line `---` out"
    if "end of stream" in detail:
        return "a quotation mark or bracket further up is not closed"
    return ""


class _Builder:
    """Turns nodes into data, counting what it expands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: Places = {}
        self.problems: list[Problem] = []
        self.count = 0

    def build(self, node: yaml.Node, path: Path_, depth: int) -> Any:
        self.count += 1
        line = node.start_mark.line + 1
        if self.count > MAX_NODES:
            raise file_error(
                self.name,
                f"expands to more than {MAX_NODES:,} values through its aliases",
                "write the repeated parts out, or use `extends`",
                line,
            )
        if depth > MAX_DEPTH:
            raise file_error(self.name, f"is nested more than {MAX_DEPTH} levels deep", line=line)
        self.places.setdefault(path, Place(self.name, line))
        if not isinstance(node, yaml.ScalarNode) and node.tag not in _ORDINARY:
            self._tag(node, path)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(n, (*path, i), depth + 1) for i, n in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path_, depth: int) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(path, line, "a key must be a plain word or number")
                continue
            key = self._scalar(key_node, path)
            where = (*path, key)
            if key in out:
                first = self.places[where].line
                self._problem(where, line, f"the key '{key}' stands twice (first on line {first})")
                continue
            self.places[where] = Place(self.name, line)
            out[key] = self.build(value_node, where, depth + 1)
        return out

    def _scalar(self, node: yaml.Node, path: Path_) -> Any:
        text = str(node.value)
        form = _FORMS.get(node.tag)
        if node.tag not in _ORDINARY and (form is None or not form.match(text)):
            self._tag(node, path)
            return None
        tag = node.tag.rpartition(":")[2]
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        if tag == "int":
            return int(text) if len(text) < 20 else math.inf
        if tag == "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        if tag == "timestamp":
            try:
                return datetime.date.fromisoformat(text)
            except ValueError:
                self._problem(path, node.start_mark.line + 1, f"{text} is not a date")
                return None
        return text

    def _tag(self, node: yaml.Node, path: Path_) -> None:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        said = f"the tag {tag} is not allowed here; write the value without it"
        self._problem(path, node.start_mark.line + 1, said)

    def _problem(self, path: Path_, line: int, message: str) -> None:
        self.problems.append(Problem(Place(self.name, line), dotted(path), message))


def dotted(path: Path_) -> str:
    """``('actors', 'putin', 0)`` → ``actors.putin[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else f"{part}"
    return text
