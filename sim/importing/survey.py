"""How many of the domains and tables below a folder can be read, and why the others cannot."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.importing import Imported, Wishes, read
from sim.importing.files import SUFFIXES, visible
from sim.importing.kinds import TEXTS, kind_of_text, recognised
from sim.scenario.checks import part_checks
from sim.scenario.discrete_schema import DISCRETE_CHECKS, DiscreteFile, is_discrete
from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.yaml_source import dotted

BESIDE = ("issues.csv", "outcomes.csv", "scale_meaning.csv")
"""Tables that belong to a ``positions.csv``."""


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes
    ----------
    read, seen : Counter of str
        Kind → how many could be read, and how many there are.
    reasons : Counter of str
        Why a domain cannot be read, by its first problem, names and numbers left out.
    examples : dict of str to str
        Reason → the first problem of that sort in full.
    """

    read: Counter[str]
    seen: Counter[str]
    reasons: Counter[str]
    examples: dict[str, str]


def survey(folder: Path) -> Survey:
    """Try everything below a folder that looks as if it could be imported; nothing is written."""
    found = Survey(Counter(), Counter(), Counter(), {})
    for path in candidates(folder):
        kind = _kind(path)
        found.seen[kind] += 1
        problem = _wrong(path)
        if problem is None:
            found.read[kind] += 1
            continue
        reason = re.sub(r"'[^']*'|[0-9][0-9.,]*", "…", problem.message)[:100]
        found.reasons[reason] += 1
        found.examples.setdefault(reason, str(problem))
    return found


def candidates(folder: Path) -> Iterator[Path]:
    """Folders with domain files, zipped folders, and tables of a known kind."""
    for name, folders, _ in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__MACOSX")
        here = Path(name)
        if visible(here, ".xml", *SUFFIXES) and _is_domain(here):
            yield here
        yield from visible(here, ".zip")
        for table in visible(here, ".csv"):
            if table.name not in BESIDE and kind_of_text(table) is not None:
                yield table


def _is_domain(folder: Path) -> bool:
    """XML always counts; JSON and YAML are used for too much else."""
    if visible(folder, ".xml"):
        return True
    try:
        return recognised(folder)[1] not in TEXTS
    except ScenarioError:
        return False


def _kind(path: Path) -> str:
    if path.suffix.lower() == ".zip":
        return "zip"
    try:
        return recognised(path)[1].name
    except ScenarioError:
        return "unknown"


def _wrong(path: Path) -> Problem | None:
    """The first problem of a candidate."""
    try:
        imported = read(path, Wishes())
    except ScenarioError as error:
        return error.problems[0]
    return _beyond(path, imported)


def _beyond(path: Path, imported: Imported) -> Problem | None:
    """What only the whole scenario shows, such as too many packages."""
    if not is_discrete(imported.raw):
        return None
    whole = DiscreteFile.model_validate(imported.raw)
    for where, message, fix in part_checks(whole, DISCRETE_CHECKS, right=True):
        return Problem(Place(str(path)), dotted(where), message, fix)
    return None
