"""A table of positions: issue, actor, position, salience, power; one line per position.

Beside it may stand ``scale_meaning.csv`` (issue, position, meaning) and ``issues.csv`` (issue and
full_name, title or name).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sim.formulas.groups.group import percent_scale
from sim.importing import Imported, Wishes
from sim.importing.group_coding import (
    CodedIssue,
    CodedPosition,
    GroupCoding,
    coded_position,
    group_scenario,
)
from sim.importing.table import Table, header_words, read_table

COLUMNS = ("issue", "actor", "position", "salience", "power")
MEANINGS, TITLES = "scale_meaning.csv", "issues.csv"
TITLE_COLUMNS = ("full_name", "title", "name")
ANY = 1e9


def begins(lines: Sequence[str]) -> bool:
    """Whether the first line of a text is the header of such a table."""
    return len(set(COLUMNS) & set(header_words(lines[0]))) > 2


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario that a table of positions makes; see :func:`sim.importing.read`."""
    table = read_table(path)
    notes = []
    unused = [c for c in table.columns if c and c not in COLUMNS]
    if unused:
        notes.append(f"Columns that mean nothing here: {', '.join(unused)}.")
    texts, titles = _beside(table, MEANINGS), _beside(table, TITLES)
    meanings = _meanings(texts) if texts else {}
    issues: dict[str, CodedIssue] = {}
    positions: list[CodedPosition] = []
    if table.has(COLUMNS):
        points = [table.number(row, "position", -ANY, ANY) for row in table.rows]
        issues = _issues(table, points, meanings, _column(titles, *TITLE_COLUMNS), notes)
        units = _column(titles, "unit")
        issues = {n: replace(i, unit=units.get(n) or None) for n, i in issues.items()}
        positions = _positions(table, points, issues)
        if not table.rows and not table.problems:
            table.problem(1, "", "names columns but holds no position")
    for other in (texts, titles):
        table.problems.extend(other.problems if other else [])
    actors = {p.actor: p.actor.replace("_", " ") for p in positions}
    coding = GroupCoding(table, "a table of positions", actors, issues, positions, notes=notes)
    return group_scenario(coding, wishes)


def _beside(table: Table, name: str) -> Table | None:
    """Another table of the folder, if there is one."""
    path = table.path.parent / name
    return read_table(path) if path.exists() else None


def _meanings(table: Table) -> dict[str, dict[float, str]]:
    """Issue → point → text."""
    found: dict[str, dict[float, str]] = {}
    if not table.has(("issue", "position", "meaning")):
        return found
    for row in table.rows:
        point = table.number(row, "position", -ANY, ANY)
        points = found.setdefault(row.cells["issue"], {})
        if point is not None and point in points:
            said = f"{point:g} of '{row.cells['issue']}' has a meaning already"
            table.problem(row.line, "position", said)
        elif point is not None:
            points[point] = row.cells["meaning"]
    return found


def _column(table: Table | None, *names: str) -> dict[str, str]:
    """Issue → cell of the first of these columns that there is; empty where there is none."""
    columns = table.columns if table else []
    column = next((name for name in names if name in columns), None)
    if table is None or column is None or "issue" not in columns:
        return {}
    return {row.cells["issue"]: row.cells[column] for row in table.rows}


def _issues(
    table: Table,
    points: list[float | None],
    meanings: dict[str, dict[float, str]],
    titles: dict[str, str],
    notes: list[str],
) -> dict[str, CodedIssue]:
    """Issues with their scales: of the meanings, else 0 to 100, else what the positions span."""
    common = percent_scale([x for x in points if x is not None])
    given: dict[str, list[float]] = {}
    first: dict[str, int] = {}
    for row, x in zip(table.rows, points, strict=True):
        label = row.cells["issue"]
        given.setdefault(label, []).extend([] if x is None else [x])
        first.setdefault(label, row.line)
    issues, own = {}, []
    for label, xs in given.items():
        texts = meanings.get(label, {})
        if len(texts) > 1:
            low, high = min(texts), max(texts)
        elif common:
            low, high = common
        else:
            low, high = min(xs, default=0.0), max(xs, default=1.0)
            own.append(f"{label} {low:g} to {high:g}")
        if low == high:
            said = f"everybody on '{label}' is at {low:g}, which makes no scale"
            table.problem(first[label], "position", said, f"name two points of it in {MEANINGS}")
        title = titles.get(label) or label.replace("_", " ")
        issues[label] = CodedIssue(label, title, low, high, texts if len(texts) > 1 else {})
    if own:
        notes.append(f"The scales are what the positions span: {', '.join(own)}.")
    bare = [label for label in issues if meanings and label not in meanings]
    if bare:
        notes.append(f"{MEANINGS} says nothing of {', '.join(bare)}.")
    return issues


def _positions(
    table: Table, points: list[float | None], issues: dict[str, CodedIssue]
) -> list[CodedPosition]:
    found = []
    for row, x in zip(table.rows, points, strict=True):
        issue = issues[row.cells["issue"]]
        table.name(row, "issue")
        table.name(row, "actor")
        if x is not None and not issue.low <= x <= issue.high:
            said = f"{row.cells['position']} is outside {issue.low:g} to {issue.high:g}"
            table.problem(row.line, "position", said, f"the points that {MEANINGS} names")
        found += coded_position(table, row, x)
    return found
