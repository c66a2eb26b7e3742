"""What a sweep will run: every cell, checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.results.outcomes import Names, lasting_years
from sim.scenario import Loaded, Scenario, ScenarioError, load_variant
from sim.scenario.errors import Place, Problem, file_error
from sim.scenario.tracks import limited_titles
from sim.studies.compare.inputs import Entry, read_entry, with_distinct_names
from sim.studies.sweep.design import Point, points
from sim.studies.sweep.parameters import (
    Changes,
    Parameter,
    common_value,
    counted_in,
    describe,
    own_value,
    scenarios_parameter,
)
from sim.studies.sweep.vary import SCENARIO, Setting, Vary, parse_varies, refuse_single

Report = Callable[[int, int], None]
"""Told how many cells are checked, and of how many."""
SHOWN = 5
"""Problems that are told one by one."""


@dataclass(frozen=True)
class Cell:
    """One combination of values.

    Attributes
    ----------
    labels : tuple of str
        Value of each parameter, as typed.
    scenario : str
        Name of the file that it varies.
    changes : tuple of str
        What it changes in the file, as ``--set`` would be told.
    digest : str
        Hash of its whole scenario.
    actors, issues : tuple of str
        Keys of its signatories and issues, in the order of a run's columns.
    limited : mapping of str to str
        Its limited agreements and their titles, in that order.
    """

    labels: tuple[str, ...]
    scenario: str
    changes: tuple[str, ...]
    digest: str
    actors: tuple[str, ...]
    issues: tuple[str, ...]
    limited: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """A sweep before it runs.

    Attributes
    ----------
    scenarios : dict of str to Loaded
        The files, by distinct names.
    overrides : tuple of str
        ``--set`` changes for all cells.
    parameters : list of Parameter
        What is varied; with several files the first is the scenario.
    names : Names
        Of the signatories and issues of all cells, which are the columns of the results.
    """

    scenarios: dict[str, Loaded]
    overrides: tuple[str, ...]
    design: str
    seed: int
    worlds: int
    parameters: list[Parameter]
    cells: list[Cell]
    names: Names

    @property
    def actors(self) -> tuple[str, ...]:
        """Keys of the signatories of all cells."""
        return tuple(self.names.actors)

    @property
    def issues(self) -> tuple[str, ...]:
        """Keys of the issues of all cells."""
        return tuple(self.names.issues)

    @property
    def limited(self) -> Mapping[str, str]:
        """Limited agreements of all cells, and their titles."""
        return self.names.limited

    @property
    def name(self) -> str:
        """Of the folder: that of the scenario, or of the first and how many there are."""
        first, *others = self.scenarios
        return f"{first}-and-{len(others)}-more" if others else first

    def scenario(self, cell: int) -> Scenario:
        """The checked scenario of a cell."""
        one = self.cells[cell]
        return load_variant(self.scenarios[one.scenario], one.changes).scenario


def make_plan(
    files: Sequence[str | Loaded],
    vary: Sequence[str | tuple[str, Iterable[Any]]],
    design: str,
    worlds: int,
    seed: int,
    overrides: tuple[str, ...] = (),
    report: Report = lambda done, total: None,
) -> Plan:
    """Read the files and the options, and check every cell.

    Raises
    ------
    ScenarioError
        With what is wrong with the files, the options, or the cells that they make.
    """
    varies = parse_varies(vary)
    _refuse_without_effect(overrides, varies)
    entries = with_distinct_names([read_entry(file, overrides) for file in files])
    for entry in entries:
        if entry.loaded is None:
            raise file_error(entry.given, "is not a scenario file", "a sweep runs scenarios")
    _refuse_twins(entries)
    scenarios = {entry.name: entry.loaded for entry in entries if entry.loaded is not None}
    if not varies and len(scenarios) < 2:
        raise file_error("sweep", "nothing is varied", "add --vary PATH=VALUES")
    several = len(scenarios) > 1
    all_varies = [*([_of_files(list(scenarios))] if several else []), *varies]
    bases = list(scenarios.values())
    parameters = [
        scenarios_parameter(list(scenarios)) if v.path == SCENARIO else _described(v, bases)
        for v in all_varies
    ]
    combinations = points(all_varies, design, seed)
    changes = Changes(scenarios)
    _check_one_by_one(varies, combinations, changes)
    refuse_single(varies)
    cells, variants = [], []
    for number, point in enumerate(combinations):
        report(number, len(combinations))
        name = str(point[0].value) if several else entries[0].name
        own = point[1:] if several else point
        changed = tuple(c for v, s in zip(varies, own, strict=True) for c in changes.of(v, s, name))
        labels = tuple(
            str(s.value) if v.path == SCENARIO else s.label
            for v, s in zip(all_varies, point, strict=True)
        )
        try:
            loaded = load_variant(scenarios[name], changed)
        except ScenarioError as error:
            what = ", ".join(f"{v.path}={s}" for v, s in zip(all_varies, labels, strict=True))
            raise ScenarioError(
                [Problem(Place(f"--vary: the cell {what}"), p.key, p.message, p.fix)
                 for p in error.problems]
            ) from None  # fmt: skip
        own_names = _names(loaded.scenario)
        variants.append(own_names)
        columns = (tuple(own_names.actors), tuple(own_names.issues))
        cells.append(Cell(labels, name, changed, loaded.digest, *columns, own_names.limited))
    names = _common(variants, list(bases[0].scenario.issues))
    return Plan(scenarios, overrides, design, seed, worlds, parameters, cells, names)


def _names(scenario: Scenario) -> Names:
    """What is told of a cell's scenario without keeping it."""
    stage = scenario.stages[0]
    return Names(
        {k: a.short for k, a in sorted(scenario.actors.items()) if a.signs},
        {k: i.title for k, i in scenario.issues.items()},
        len(scenario.stages) > 1,
        stage.shown,
        lasting_years([scenario]),
        scenario.last_day,
        limited_titles(scenario),
    )


def _common(cells: Sequence[Names], first: Sequence[str]) -> Names:
    """Names of all cells, by the first that has each; issues ``first`` in their order."""
    actors, issues, limited = (
        {key: title for cell in reversed(cells) for key, title in getattr(cell, of).items()}
        for of in ("actors", "issues", "limited")
    )
    stages = {cell.first_stage for cell in cells}
    return Names(
        dict(sorted(actors.items())),
        {key: issues[key] for key in dict.fromkeys([*first, *issues]) if key in issues},
        any(cell.stages for cell in cells),
        stages.pop() if len(stages) == 1 else "",
        min((cell.lasting for cell in cells if cell.lasting), default=0),
        min(cell.horizon for cell in cells),
        limited,
    )


def _refuse_without_effect(overrides: Sequence[str], varies: Sequence[Vary]) -> None:
    """A ``--set`` that every cell would overwrite is a mistake; factors multiply it."""
    varied = {v.path for v in varies if not v.factor}
    for text in overrides:
        path = text.partition("=")[0].strip()
        if path in varied:
            raise file_error(
                f"--set {text}", f"{path} is varied, so this has no effect", "leave one of them out"
            )


def _refuse_twins(entries: list[Entry]) -> None:
    """The same scenario twice would be compared with itself."""
    given: dict[str, str] = {}
    for entry in entries:
        assert entry.loaded is not None
        if entry.loaded.digest in given:
            same = given[entry.loaded.digest]
            raise file_error(entry.given, f"is the same scenario as {same}", "name each once")
        given[entry.loaded.digest] = entry.given


def _of_files(names: list[str]) -> Vary:
    settings = tuple(Setting(name) for name in names)
    return Vary(SCENARIO, settings, text=f"{SCENARIO}={','.join(names)}")


def _described(vary: Vary, bases: list[Loaded]) -> Parameter:
    """In the words of the first file; its own value where all files agree on it."""
    own = common_value([own_value(vary, base) for base in bases])
    unit = common_value([counted_in(vary, base) for base in bases])
    return describe(vary, bases[0], own, "rounds" if unit is None else str(unit))


def _check_one_by_one(varies: list[Vary], combinations: list[Point], changes: Changes) -> None:
    """Every value of every parameter by itself, so that errors name what is wrong."""
    problems: dict[tuple[str, str, str], Problem] = {}
    first = len(combinations[0]) - len(varies)  # after the scenarios
    for column, vary in enumerate(varies, start=first):
        settings = {point[column].label: point[column] for point in combinations}
        if vary.continuous:  # its ends are checked in place of every point
            settings = {str(v): Setting(v, vary.factor) for v in (vary.low, vary.high)}
        for setting in settings.values():
            for name, base in changes.scenarios.items():
                try:
                    load_variant(base, changes.of(vary, setting, name))
                except ScenarioError as error:
                    where = f" in {name}" if len(changes.scenarios) > 1 else ""
                    place = Place(f"--vary {vary.path}={setting.label}{where}")
                    for p in error.problems:
                        told = p
                        if not p.place.file.startswith("--vary"):
                            key = "" if p.key == vary.path else p.key
                            told = Problem(place, key, p.message, p.fix)
                        problems.setdefault((vary.path, p.key, p.message), told)
    found = list(problems.values())
    if len(found) > SHOWN:
        rest = f"and {len(found) - SHOWN} more are refused"
        found = [*found[:SHOWN], Problem(Place("--vary"), "", rest)]
    if found:
        raise ScenarioError(found)
