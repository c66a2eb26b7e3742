"""A folder of decided issues: ``positions.csv``, ``outcomes.csv`` and, optionally, ``issues.csv``.

Every mistake is reported at once, by file, row and column.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.formulas.groups.group import Group, percent_scale
from sim.scenario.errors import Place, Problem, ScenarioError

Array = NDArray[np.float64]
Row = tuple[int, dict[str, str]]

POSITIONS = ("issue", "actor", "position", "salience", "power")
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


@dataclass
class Table:
    """A CSV file being read: its rows, and what is wrong with them."""

    path: Path
    problems: list[Problem] = field(default_factory=list)

    def report(self, line: int, column: str, message: str, fix: str = "") -> None:
        self.problems.append(Problem(Place(str(self.path), line), column, message, fix))

    def rows(self, needed: tuple[str, ...]) -> Iterator[Row]:
        """Line number and cells of every row; nothing where the file or a column is missing."""
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.report(0, "", "is not there")
            return
        except UnicodeDecodeError:
            self.report(0, "", "is not UTF-8 text", "save it as CSV in UTF-8")
            return
        except OSError as error:
            self.report(0, "", f"cannot be read: {error.strerror}")
            return
        reader = csv.reader(io.StringIO(text, newline=""))
        try:
            header = [name.strip() for name in next(reader, [])]
            missing = [name for name in needed if name not in header]
            for name in missing:
                self.report(1, name, "this column is missing", f"the first line is {header}")
            if missing:
                return
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    self.report(
                        reader.line_num, "", f"has {len(cells)} cells, the first line {len(header)}"
                    )
                    continue
                yield reader.line_num, dict(zip(header, (c.strip() for c in cells), strict=True))
        except csv.Error as error:
            self.report(reader.line_num, "", f"is not CSV: {error}")

    def number(
        self, row: Row, column: str, low: float = -math.inf, high: float = math.inf, fix: str = ""
    ) -> float:
        """A finite number within bounds; NaN where there is none, which is reported."""
        line, cells = row
        text = cells[column]
        try:
            value = float(text)
        except ValueError:
            self.report(line, column, f"'{text}' is no number" if text else "is empty")
            return math.nan
        if not math.isfinite(value):
            self.report(line, column, f"'{text}' is no finite number")
            return math.nan
        if not low <= value <= high:
            bounds = f"below {low:g}" if high == math.inf else f"outside {low:g} to {high:g}"
            self.report(line, column, f"{text} is {bounds}", fix)
            return math.nan
        return value

    def optional(self, row: Row, column: str) -> float:
        """As :meth:`number`, but an empty cell or a missing column is NaN without complaint."""
        return self.number(row, column) if row[1].get(column) else math.nan

    def name(self, row: Row, column: str) -> str:
        line, cells = row
        if not cells[column]:
            self.report(line, column, "is empty")
        return cells[column]


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
    positions, outcomes, issues = (
        Table(path / f"{name}.csv") for name in ("positions", "outcomes", "issues")
    )
    members = _read_positions(positions)
    results = _read_outcomes(outcomes, members if not positions.problems else None)
    dossiers = _read_dossiers(issues, results) if issues.path.exists() else {}
    problems = [*positions.problems, *outcomes.problems, *issues.problems]
    if problems:
        raise FolderError(problems)
    if not results:
        raise FolderError(
            [Problem(Place(str(outcomes.path)), "", "has no outcome: nothing to test against")]
        )
    return _assemble(path, members, results, dossiers, min_actors)


Members = dict[str, dict[str, tuple[float, float, float]]]
Results = dict[str, tuple[float, float]]


def _read_positions(table: Table) -> Members:
    """Issue → actor → position, salience, power."""
    found: Members = {}
    first: dict[str, int] = {}
    for row in table.rows(POSITIONS):
        issue, actor = table.name(row, "issue"), table.name(row, "actor")
        numbers = (
            table.number(row, "position"),
            table.number(row, "salience", 0.0, 1.0, "divide percentages by 100"),
            table.number(row, "power", 0.0),
        )
        first.setdefault(issue, row[0])
        group = found.setdefault(issue, {})
        if actor in group:
            table.report(row[0], "actor", f"'{actor}' has a position on '{issue}' already")
        group[actor] = numbers
    for issue, group in found.items():
        if not any(salience * power != 0 for _, salience, power in group.values()):
            table.report(
                first[issue], "salience", f"nobody on '{issue}' has both salience and power"
            )
    if not found and not table.problems:
        table.report(0, "", "has no rows")
    return found


def _read_outcomes(table: Table, members: Members | None) -> Results:
    """Issue → outcome and reference point (NaN where unknown); issues without outcome left out."""
    found: Results = {}
    seen: set[str] = set()
    for row in table.rows(OUTCOMES):
        issue = table.name(row, "issue")
        if issue in seen:
            table.report(row[0], "issue", f"'{issue}' stands twice")
        elif members is not None and issue and issue not in members:
            table.report(row[0], "issue", f"'{issue}' has no positions")
        seen.add(issue)
        outcome, reference = table.optional(row, "outcome"), table.optional(row, "reference")
        if row[1]["outcome"]:
            found[issue] = outcome, reference
    return found


def _read_dossiers(table: Table, results: Results) -> dict[str, str]:
    """Issue → dossier; empty where the file has no such column."""
    found: dict[str, str] = {}
    for row in table.rows(("issue",)):
        if "dossier" not in row[1]:
            return {}
        found[table.name(row, "issue")] = table.name(row, "dossier")
    for issue in results:
        if found and issue not in found:
            table.report(0, "issue", f"'{issue}' of outcomes.csv is missing")
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
