"""From a file name to a checked :class:`~sim.scenario.schema.Scenario`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenario.checks import cross_checks
from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.merging import read_with_bases, without_nulls
from sim.scenario.overrides import apply_overrides
from sim.scenario.schema import Scenario
from sim.scenario.wording import as_written, words
from sim.scenario.yaml_source import Path_, Places, dotted


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
        near = get_close_matches(
            shipped.name, [p.name for p in Path("scenarios").glob("*.yaml")], 1
        )
        if shipped.exists() or near:
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
    raw, places, files = read_with_bases(path, ())
    raw = without_nulls(raw)
    raw.setdefault("name", identifier(path.stem))
    problems = apply_overrides(raw, places, overrides)
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


def identifier(text: str, otherwise: str = "scenario") -> str:
    """A plain name from a text; after the word ``otherwise`` where it begins with no letter."""
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower())
    return plain if plain[:1].isalpha() else f"{otherwise}_{plain}"


def _validate(
    raw: dict[str, Any], places: Places, path: Path
) -> tuple[Scenario | None, list[Problem]]:
    try:
        return Scenario.model_validate(raw), []
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            loc: Path_ = tuple(p for p in item["loc"] if p != "[key]")
            loc = as_written(raw, loc)
            message, fix = words(item, loc)
            problems.append(Problem(place_of(places, loc, path), dotted(loc), message, fix))
        return None, problems


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Drop repeats, such as the members of a union that all failed at one key."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        seen.setdefault((str(problem.place), problem.key + problem.message), problem)
    return list(seen.values())
