"""From a file name to a checked :class:`~sim.scenario.schema.Scenario`."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.prose import did_you_mean
from sim.scenario.agreement_checks import AGREEMENT_CHECKS
from sim.scenario.articles_checks import ARTICLE_CHECKS
from sim.scenario.cautions import cautions, counted_in_rounds, note_on_rounds
from sim.scenario.checks import CHECKS, part_checks, text_checks
from sim.scenario.discrete_schema import DISCRETE_CHECKS, DiscreteFile, is_discrete
from sim.scenario.errors import Place, Problem, ScenarioError, file_error
from sim.scenario.merging import (
    paths_in,
    plain_data,
    read_with_bases,
    shipped_scenarios,
    with_bases,
)
from sim.scenario.overrides import Change, apply_changes, read_changes
from sim.scenario.partly import declared, what_is_right
from sim.scenario.schema import Scenario
from sim.scenario.tracks_checks import TRACK_CHECKS
from sim.scenario.war import without_war
from sim.scenario.wording import as_written, words
from sim.scenario.yaml_source import Path_, Places, dotted

ALL_CHECKS = (*CHECKS, *AGREEMENT_CHECKS, *ARTICLE_CHECKS, *TRACK_CHECKS, *DISCRETE_CHECKS)
TEMPLATE = Path(__file__).with_name("template.yaml")
"""A commented scenario that runs, to start from."""


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

    @property
    def notes(self) -> list[str]:
        """What is no error and yet worth knowing: times that count rounds, odd numbers."""
        rounds = [self._written(path) for path in counted_in_rounds(self.scenario)]
        war = self.scenario.war
        notes = note_on_rounds(f"{war.told('war.round_days')}: {war.round_days:g}", rounds)
        for path, said in cautions(self.scenario):
            place, key = self._written(path)
            if path[0] == "sources" and place.file != self.files[-1]:
                continue  # of a file that several scenarios share
            notes.append(f"{place}: note: {key}: {war.told(said)}")
        return notes

    def _written(self, path: Path_) -> tuple[Place, str]:
        """Where a key, or what stands for it, was written, and its name."""
        key = _as_far_as_written(self.raw, as_written(self.raw, path))
        place = place_of(self.places, key, Path(self.files[-1]))
        return place, self.scenario.war.told(dotted(key))

    def with_(self, changes: Mapping[str, Any]) -> Loaded:
        """The scenario with other assumptions, checked again; this one stays as it is.

        Parameters
        ----------
        changes : mapping of str to object
            Dotted key, as after ``--set``, to its new value in the form that a file has it; None
            goes back to the format's default.

        Raises
        ------
        ScenarioError
            With every problem found.

        Examples
        --------
        >>> kellogg = load_scenario("kellogg")
        >>> short = kellogg.with_({"horizon_days": 90, "actors.putin.patience": "10w"})
        >>> short.scenario.horizon_days, kellogg.scenario.horizon_days
        (90, 365)
        """
        said = [Change(key, plain_data(value), f"with_ {key}") for key, value in changes.items()]
        return _changed(self, said, [])


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
    try:
        text = json.dumps(raw, sort_keys=True, default=str)
    except TypeError:  # keys of several kinds
        text = json.dumps(_with_text_keys(raw), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_text_keys(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _with_text_keys(value) for key, value in node.items()}
    return [_with_text_keys(value) for value in node] if isinstance(node, list) else node


def find_scenario(name: str | Path) -> Path:
    """A path as given; for a bare name the file here, in ``scenarios/``, else the shipped one.

    Raises
    ------
    ScenarioError
        If there is none of a bare name, or no such file here.
    """
    path = Path(name)
    lost = path.suffix in (".yaml", ".yml") and not path.exists()
    if path.is_file() or path.parent != Path() or (path.suffix and not lost):
        return path  # a folder of that name may hold results
    folders = (Path(), Path("scenarios"), shipped_scenarios())
    for folder in folders:
        if (file := folder / f"{path.name}.yaml").exists():
            return file
    names = sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})
    said = "there is no such file" if lost else "there is no scenario of that name"
    raise file_error(path, said, did_you_mean(path.stem, names, "known"))


def in_library(files: Sequence[str]) -> bool:
    """Whether a scenario is a shipped one, or extends one: any of its files lies there.

    A bare name, as results keep it, is looked for there.
    """
    library = shipped_scenarios().resolve()
    return any(
        Path(file).resolve().is_relative_to(library)
        or (Path(file).name == file and (library / file).exists())
        for file in files
    )


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
    return _with_scales(_read(name, overrides))


def load_any(
    given: str | Path | Mapping[str, Any], overrides: Sequence[str] = ()
) -> Loaded | LoadedDiscrete:
    """As :func:`load_scenario` or :func:`load_data`, also for scenarios with listed options."""
    if isinstance(given, Mapping):
        name = str(given.get("name"))
        read = _of_data(given, name if "name" in given and name.isidentifier() else "scenario")
    else:
        read = _read(given, overrides)
    if not is_discrete(read.raw):
        return _scenario_from(read)
    return LoadedDiscrete(_checked(read, DiscreteFile), read.raw, read.files)


@dataclass(frozen=True)
class _Read:
    """Merged data before validation, and what was wrong with the overrides."""

    path: Path
    raw: dict[str, Any]
    places: Places
    files: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)


def _read(name: str | Path, overrides: Sequence[str]) -> _Read:
    path = find_scenario(name)
    read = _merged(path, *read_with_bases(path, ()))
    changes, problems = read_changes(overrides)
    problems += apply_changes(read.raw, read.places, changes)
    return replace(read, problems=problems)


def _merged(path: Path, raw: dict[str, Any], places: Places, files: Sequence[str]) -> _Read:
    raw = _with_name(plain_data(raw), path)
    return _Read(path, raw, places, tuple(files))


def _with_name(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    raw.setdefault("name", identifier(path.stem))
    return raw


def _of_data(data: Mapping[str, Any], name: str) -> _Read:
    path, plain = Path(name), plain_data(data, nulls=True)
    places = dict.fromkeys(paths_in(plain, ()), Place(name))
    return _merged(path, *with_bases(plain, places, path, ()))


def _with_scales(read: _Read) -> Loaded:
    if is_discrete(read.raw):
        said = "is a scenario with listed options, which this does not take"
        raise file_error(read.path, said, "run, solve, check and export do")
    return _scenario_from(read)


def _scenario_from(read: _Read, base: Loaded | None = None) -> Loaded:
    """The checked scenario; ``base`` is one of which most data may still be the same."""
    return Loaded(_checked(read, Scenario, base), read.raw, read.places, read.files)


def load_data(data: Mapping[str, Any], name: str = "scenario") -> Loaded:
    """Check a scenario that is given as data, by the same rules as a file.

    Parameters
    ----------
    data : mapping
        What a file would hold; a base that it ``extends`` is taken from the working folder.
    name : str
        Its name where it says none; stands for the file in errors.

    Raises
    ------
    ScenarioError
        With every problem found, each by the path of its key.
    """
    return _with_scales(_of_data(data, name))


def load_variant(base: Loaded, overrides: Sequence[str], option: str = "--set") -> Loaded:
    """As :meth:`Loaded.with_`, with changes as typed after ``option``: ``key.path=value``."""
    return _changed(base, *read_changes(overrides, option))


def _changed(base: Loaded, changes: Sequence[Change], problems: list[Problem]) -> Loaded:
    raw, places = dict(base.raw), dict(base.places)
    problems = problems + apply_changes(raw, places, changes)
    path = Path(base.files[-1])
    read = _Read(path, _with_name(raw, path), places, base.files, problems)
    return _scenario_from(read, base)


def place_of(places: Places, path: Path_, file: Path) -> Place:
    """Place of a key, or of the nearest key above it."""
    while path:
        if path in places:
            return places[path]
        path = path[:-1]
    return Place(str(file))


def _as_far_as_written(raw: Any, path: Path_) -> Path_:
    """A path, less what the format adds to a shorter form."""
    for n, part in enumerate(path):
        if not isinstance(raw, dict | list):
            return path[:n]
        raw = raw.get(part) if isinstance(raw, dict) else raw[int(part)]
    return path


def identifier(text: str, otherwise: str = "scenario") -> str:
    """A plain name from a text; after the word ``otherwise`` where it begins with no letter.

    Letters without accents stand for those with; where others are lost, a checksum tells apart.

    Examples
    --------
    >>> identifier("Plan B"), identifier("Québec"), identifier("мир"), identifier("лес")
    ('plan_b', 'quebec', 'scenario_ee4939d6', 'scenario_23b64603')
    """
    whole = unicodedata.normalize("NFC", text.lower())
    letters = unicodedata.normalize("NFKD", whole)
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in letters)
    if any(c.isalnum() and not c.isascii() for c in letters):
        plain = f"{plain.strip('_')}_{zlib.crc32(whole.encode()):08x}".lstrip("_")
        plain = plain if plain[:1].isalpha() and len(plain) > 8 else f"{otherwise}_{plain}"
    return plain if plain[:1].isalpha() else f"{otherwise}_{plain}"


Content = TypeVar("Content", bound=BaseModel)


def _checked(read: _Read, model: type[Content], base: Loaded | None = None) -> Content:
    """The data as an instance of a model.

    Raises
    ------
    ScenarioError
        With every problem: of the changes, of types, and those that only the whole shows.
    """
    data: Any = read.raw
    names = declared(read.raw)
    if base is not None and names == declared(base.raw):
        known = {key: getattr(base.scenario, key, None) for key in base.raw}
        data = _with_known(data, base.raw, known)
    found: list[tuple[Path_, str, str]] = []
    content = None
    try:
        content = model.model_validate(data, context=names)
    except ValidationError as error:
        found += _refused(error, read.raw, model)
    whole = what_is_right(model, read.raw) if content is None else content
    before = base.raw if base is not None else {}
    new = {key: value for key, value in read.raw.items() if value is not before.get(key)}
    found += [*text_checks(new), *part_checks(whole, ALL_CHECKS, content is not None)]
    problems = []
    war = read.raw.get("war")
    told = without_war if isinstance(war, dict) and war.get("neutral") is True else str
    for path, said, fix in found:
        written = as_written(read.raw, path)
        place = place_of(read.places, written, read.path)
        problems.append(Problem(place, *map(told, (dotted(written), said, fix))))
    if read.problems or problems or content is None:
        raise ScenarioError(_distinct(read.problems + problems))
    return content


def _refused(
    error: ValidationError, raw: dict[str, Any], model: type[BaseModel]
) -> Iterator[tuple[Path_, str, str]]:
    """What types refuse; of a value that may be of several kinds, what is wrong deepest inside."""
    items = error.errors(include_url=False)
    paths = [as_written(raw, tuple(p for p in item["loc"] if p != "[key]")) for item in items]
    above = {path[:n] for path in paths for n in range(len(path))}
    said: dict[Path_, list[tuple[str, str]]] = {}
    for item, path in zip(items, paths, strict=True):
        of_union = item["type"].endswith(("_type", "literal_error"))
        if path not in above or not of_union:
            said.setdefault(path, []).append(words(item, path, model))
    for path, ways in said.items():
        wants = ", or ".join(dict.fromkeys(text.partition(", found ")[0] for text, _ in ways))
        found = ways[0][0].partition(", found ")
        yield path, wants + "".join(found[1:]), next((fix for _, fix in ways if fix), "")


def _with_known(new: Any, old: Any, known: Any) -> Any:
    """Data of which parts that are the very objects of ``old`` are what these were checked to be.

    Pydantic takes instances of its models as they are, which saves most of the time.
    """
    if new is old:
        return known
    if all(isinstance(part, dict) for part in (new, old, known)):
        return {key: _with_known(v, old.get(key), known.get(key)) for key, v in new.items()}
    return new


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Drop repeats, such as the members of a union that all failed at one key."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        seen.setdefault((str(problem.place), problem.key + problem.message), problem)
    return list(seen.values())
