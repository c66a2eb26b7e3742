"""JSON and YAML files as plain data, with one clear sentence for what is not as it should be."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, TypeVar

from sim.importing.files import visible
from sim.importing.table import read_text
from sim.scenario.errors import ScenarioError, file_error
from sim.scenario.yaml_source import parse_yaml

SUFFIXES = (".json", ".yml", ".yaml")
Kind = TypeVar("Kind")


def read_data(path: Path) -> Any:
    """Content of a JSON or YAML file.

    Raises
    ------
    ScenarioError
        For a file that cannot be read or is neither.
    """
    text = read_text(path)
    if path.suffix.lower() != ".json":
        return parse_yaml(text, str(path))[0]
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise file_error(path, f"is not valid JSON: {error.msg}", line=error.lineno) from None
    except (RecursionError, ValueError):
        raise file_error(path, "is no JSON that can be read: nested or long beyond use") from None


def read_folder(folder: Path, notes: list[str]) -> dict[Path, dict[Any, Any]]:
    """File → content, of all files of a folder whose content has keys; others are noted."""
    found = {}
    for file in visible(folder, *SUFFIXES):
        try:
            data = read_data(file)
        except ScenarioError as error:
            notes.append(f"Left out: {file.name} ({error.problems[0].message}).")
            continue
        if isinstance(data, dict):
            found[file] = data
    return found


def part(path: Path, data: Any, key: Any, kind: type[Kind], where: str = "") -> Kind:
    """A member of a mapping, of a certain type.

    Raises
    ------
    ScenarioError
    """
    name = f"{where}.{key}" if where else str(key)
    found = data.get(key) if isinstance(data, dict) else None
    if not isinstance(found, kind):
        raise file_error(path, f"{name} is missing or of another kind than expected")
    return found


def finite(path: Path, value: Any, where: str) -> float:
    """A finite number, also one written as text.

    Raises
    ------
    ScenarioError
    """
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise file_error(path, f"{where} is '{str(value)[:40]}', not a number")
    return found


def words(path: Path, values: list[Any], where: str) -> list[str]:
    """Names of options, each once.

    Raises
    ------
    ScenarioError
    """
    found = [str(v) for v in values if isinstance(v, str | int | float)]
    if not found or len(found) != len(values) or len(set(found)) != len(found):
        raise file_error(path, f"{where} is no list of different options")
    return found
