"""From a file name to a checked :class:`~sim.scenario.schema.Scenario`."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.scenario.checks import cross_checks
from sim.scenario.discrete_schema import DiscreteFile, discrete_checks, is_discrete
from sim.scenario.errors import Place, Problem, ScenarioError, file_error
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
        return _digest(self.raw)


@dataclass(frozen=True)
class LoadedDiscrete:
    """A checked scenario with listed options, and a hash of what it says."""

    content: DiscreteFile
    raw: dict[str, Any]
    files: tuple[str, ...]

    @property
    def digest(self) -> str:
        """As that of :class:`Loaded`."""
        return _digest(self.raw)


def _digest(raw: dict[str, Any]) -> str:
    text = json.dumps(raw, sort_keys=True, default=str)
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
    read = _read(name, overrides)
    if is_discrete(read.raw):
        said = "is a scenario with listed options, which this does not take"
        raise file_error(read.path, said, "run, solve, check and export do")
    return _scenario_from(read)


def load_any(name: str | Path, overrides: Sequence[str] = ()) -> Loaded | LoadedDiscrete:
    """As :func:`load_scenario`, also for scenarios with listed options and values."""
    read = _read(name, overrides)
    if not is_discrete(read.raw):
        return _scenario_from(read)
    content, problems = _validate(read, DiscreteFile)
    problems = read.problems + problems
    for where, message, fix in discrete_checks(read.raw):
        place = place_of(read.places, where, read.path)
        problems.append(Problem(place, dotted(where), message, fix))
    if problems or content is None:
        raise ScenarioError(_distinct(problems))
    return LoadedDiscrete(content, read.raw, read.files)


@dataclass(frozen=True)
class _Read:
    """Merged data before validation, and what was wrong with the overrides."""

    path: Path
    raw: dict[str, Any]
    places: Places
    files: tuple[str, ...]
    problems: list[Problem]


def _read(name: str | Path, overrides: Sequence[str]) -> _Read:
    path = find_scenario(name)
    raw, places, files = read_with_bases(path, ())
    raw = without_nulls(raw)
    raw.setdefault("name", identifier(path.stem))
    problems = apply_overrides(raw, places, overrides)
    return _Read(path, raw, places, tuple(files), problems)


def _scenario_from(read: _Read) -> Loaded:
    scenario, found = _validate(read, Scenario)
    problems = read.problems + found
    problems += cross_checks(read.raw, lambda p: place_of(read.places, p, read.path))
    if problems or scenario is None:
        raise ScenarioError(_distinct(problems))
    return Loaded(scenario, read.raw, read.places, read.files)


def load_variant(base: Loaded, overrides: Sequence[str], option: str = "--set") -> Loaded:
    """A scenario that was read already with further changes, checked again.

    Parameters
    ----------
    base : Loaded
        What was read; it stays as it is.
    overrides : sequence of str
        As for :func:`load_scenario`.
    option : str
        What the user typed before each change, for errors.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    raw, places = copy.deepcopy(base.raw), dict(base.places)
    problems = apply_overrides(raw, places, overrides, option)
    return _scenario_from(_Read(Path(base.files[-1]), raw, places, base.files, problems))


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


Content = TypeVar("Content", bound=BaseModel)


def _validate(read: _Read, model: type[Content]) -> tuple[Content | None, list[Problem]]:
    try:
        return model.model_validate(read.raw), []
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            loc: Path_ = tuple(p for p in item["loc"] if p != "[key]")
            loc = as_written(read.raw, loc)
            message, fix = words(item, loc, model)
            place = place_of(read.places, loc, read.path)
            problems.append(Problem(place, dotted(loc), message, fix))
        return None, problems


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Drop repeats, such as the members of a union that all failed at one key."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        seen.setdefault((str(problem.place), problem.key + problem.message), problem)
    return list(seen.values())
