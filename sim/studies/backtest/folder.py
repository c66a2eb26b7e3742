"""A folder of decided issues: ``positions.csv``, ``outcomes.csv`` and, optionally, ``issues.csv``.

Every mistake is reported at once, by file, row and column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.arrays import Array
from sim.formulas.groups.group import Group, percent_scale
from sim.importing.positions_csv import ANY
from sim.importing.positions_csv import COLUMNS as POSITIONS
from sim.importing.table import Table, read_table
from sim.scenario.errors import Place, Problem, ScenarioError

OUTCOMES = ("issue", "outcome")
MIN_ACTORS = 3


class FolderError(ScenarioError):
    """A folder that cannot be tested against, with every problem that was found."""


@dataclass(frozen=True)
class Folder:
    """Decided issues, ready to be predicted.

    Attributes
    ----------
    name : str
    groups : list of Group
    outcomes : ndarray, shape (issues,)
        On the scales of the groups.
    dossiers : list of str
        What each issue was decided together with; the issue itself where that is not known.
    has_dossiers : bool
        Whether ``issues.csv`` names dossiers.
    notes : list of str
        What was left out or rescaled, in sentences.
    """

    name: str
    groups: list[Group]
    outcomes: Array
    dossiers: list[str]
    has_dossiers: bool
    notes: list[str]


def load_folder(path: Path, min_actors: int = MIN_ACTORS) -> Folder:
    """Read and check a folder.

    Parameters
    ----------
    path : Path
    min_actors : int
        Issues with fewer actors are left out.

    Raises
    ------
    FolderError
        With every problem, or because there is nothing to test against.
    """
    if not path.is_dir():
        raise FolderError([Problem(Place(str(path)), "", "is no folder")])
    problems: list[Problem] = []

    def table(name: str, needed: tuple[str, ...]) -> Table | None:
        """A table with its columns; what is wrong with it is kept."""
        try:
            found = read_table(path / name)
        except ScenarioError as error:
            problems.extend(error.problems)
            return None
        tables.append(found)
        return found if found.has(needed) else None

    tables: list[Table] = []
    positions, decided = table("positions.csv", POSITIONS), table("outcomes.csv", OUTCOMES)
    issues = table("issues.csv", ("issue",)) if (path / "issues.csv").exists() else None
    members = _read_positions(positions) if positions else {}
    sound = positions is not None and not positions.problems
    results = _read_outcomes(decided, members if sound else None) if decided else {}
    dossiers = _read_dossiers(issues, results) if issues else {}
    problems += [p for t in tables for p in t.problems]
    if problems:
        raise FolderError(problems)
    if not results:
        raise FolderError(
            [
                Problem(
                    Place(str(path / "outcomes.csv")), "", "has no outcome: nothing to test against"
                )
            ]
        )
    return _assemble(path, members, results, dossiers, min_actors)


Members = dict[str, dict[str, tuple[float, float, float]]]
Results = dict[str, tuple[float, float]]


def _read_positions(table: Table) -> Members:
    """Issue → actor → position, salience, power."""
    found: Members = {}
    first: dict[str, int] = {}
    for row in table.rows:
        issue, actor = table.name(row, "issue"), table.name(row, "actor")
        numbers = (
            table.number(row, "position", -ANY, ANY),
            table.number(row, "salience", 0.0, 1.0, "divide percentages by 100"),
            table.number(row, "power", 0.0),
        )
        first.setdefault(issue, row.line)
        group = found.setdefault(issue, {})
        if actor in group:
            table.problem(row.line, "actor", f"'{actor}' has a position on '{issue}' already")
        position, salience, power = (math.nan if n is None else n for n in numbers)
        group[actor] = position, salience, power
    for issue, group in found.items():
        if not any(salience * power != 0 for _, salience, power in group.values()):
            table.problem(
                first[issue], "salience", f"nobody on '{issue}' has both salience and power"
            )
    if not found and not table.problems:
        table.problem(0, "", "has no rows")
    return found


def _read_outcomes(table: Table, members: Members | None) -> Results:
    """Issue → outcome and reference point (NaN where unknown); issues without outcome left out."""
    found: Results = {}
    seen: set[str] = set()
    for row in table.rows:
        issue = table.name(row, "issue")
        if issue in seen:
            table.problem(row.line, "issue", f"'{issue}' stands twice")
        elif members is not None and issue and issue not in members:
            table.problem(row.line, "issue", f"'{issue}' has no positions")
        seen.add(issue)
        numbers = [
            table.number(row, column, -ANY, ANY) if row.cells.get(column) else None
            for column in ("outcome", "reference")
        ]
        outcome, reference = (math.nan if n is None else n for n in numbers)
        if row.cells["outcome"]:
            found[issue] = outcome, reference
    return found


def _read_dossiers(table: Table, results: Results) -> dict[str, str]:
    """Issue → dossier; empty where the file has no such column."""
    if "dossier" not in table.columns:
        return {}
    found = {table.name(row, "issue"): table.name(row, "dossier") for row in table.rows}
    for issue in results:
        if found and issue not in found:
            table.problem(0, "issue", f"'{issue}' of outcomes.csv is missing")
    return found


def _assemble(
    path: Path, members: Members, results: Results, dossiers: dict[str, str], min_actors: int
) -> Folder:
    notes: list[str] = []
    scale = _common_scale(members, results)
    groups, outcomes = [], []
    small, flat = 0, []
    for issue, (outcome, reference) in results.items():
        actors = members[issue]
        if len(actors) < min_actors:
            small += 1
            continue
        position, salience, power = np.array(list(actors.values())).T
        low, high = scale or (float(position.min()), float(position.max()))
        if low == high:
            flat.append(issue)
            continue
        groups.append(Group(issue, tuple(actors), position, salience, power, reference, low, high))
        outcomes.append(outcome)
        if scale is None:
            notes.append(
                f"{issue}: positions run from {low:g} to {high:g}, not on a scale from 0 to 100. "
                f"Scores take that span as 100 points, so one point is {(high - low) / 100:g}."
            )
    undecided = sum(issue not in results for issue in members)
    if undecided:
        notes.append(f"Without outcome, left out: {undecided} of {len(members)} issues.")
    if small:
        notes.append(
            f"Fewer than {min_actors} actors, left out: {small} of {len(results)} decided issues."
        )
    if flat:
        notes.append(f"All actors at the same point, left out: {', '.join(flat)}.")
    if not groups:
        message = f"no issue with an outcome has {min_actors} actors or more"
        raise FolderError([Problem(Place(str(path)), "", message, "lower --min-actors")])
    if not dossiers:
        notes.append(
            "issues.csv names no dossiers: issues count as independent of each other, and no votes "
            "are exchanged between them."
        )
    names = [dossiers.get(group.issue, group.issue) for group in groups]
    name = path.resolve().name
    return Folder(name, groups, np.array(outcomes), names, bool(dossiers), notes)


def _common_scale(members: Members, results: Results) -> tuple[float, float] | None:
    """0 to 100 where the numbers look like it, otherwise none: every issue has its own."""
    positions = [p for group in members.values() for p, _, _ in group.values()]
    others = [x for pair in results.values() for x in pair if not math.isnan(x)]
    inside = all(0.0 <= x <= 100.0 for x in others)
    return percent_scale(positions) if inside else None
