"""Input of the DECIDE programs (equal gain): a tag in the first cell says what a line is.

``#A`` actor (key, name), ``#P`` issue (key, name), ``#M`` meaning of a point (issue, position,
text), ``#D`` data (actor, issue, position, salience, power); ``#O``, ``#0`` and ``#/`` are remarks.
The scale of an issue runs from the lowest to the highest point with a meaning, or from 0 to 100.
Stokman & Van Oosten (1994) in Bueno de Mesquita & Stokman (eds), *European Community Decision
Making*, are where the data model comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.importing import Imported, Wishes
from sim.importing.group_coding import (
    PERCENT,
    CodedIssue,
    CodedPosition,
    GroupCoding,
    coded_position,
    group_scenario,
)
from sim.importing.table import Row, Table, read_cells, read_text
from sim.prose import did_you_mean

REMARKS = ("#O", "#0", "#/")
COLUMNS = {
    "#A": ("actor", "name"),
    "#P": ("issue", "name"),
    "#M": ("issue", "position", "meaning"),
    "#D": ("actor", "issue", "position", "salience", "power"),
}
REMARKED = ("#A", "#P")
"""Lines that may end in a remark."""
QUOTES = "'\""


def begins(lines: Sequence[str]) -> bool:
    """Whether the first line of a text is one of DECIDE's."""
    return lines[0].lstrip().lstrip(QUOTES)[:2].upper() in {*COLUMNS, *REMARKS}


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario that an input file of DECIDE makes; see :func:`sim.importing.read`."""
    text = read_text(path)
    separator = tag_separator(next(line for line in text.splitlines() if line.strip()))
    table = Table(path, [], [], separator)
    rows: dict[str, list[Row]] = {tag: [] for tag in COLUMNS}
    remarks = []
    for line, quoted in read_cells(path, text, separator):
        tag, *cells = (cell.strip(QUOTES).strip() for cell in quoted)
        tag = tag.upper()
        if tag in COLUMNS:
            rows[tag].append(_row(table, line, tag, cells))
        elif tag in REMARKS:
            remarks.append((tag, " ".join(filter(None, cells))))
        else:
            known = ", ".join([*COLUMNS, *REMARKS])
            table.problem(line, "tag", f"'{tag}' is no tag", f"known: {known}")
    actors, titles = _names(table, rows["#A"], "actor"), _names(table, rows["#P"], "issue")
    issues = _issues(table, rows["#M"], titles)
    coding = GroupCoding(
        table,
        "an input file of DECIDE",
        actors,
        issues,
        _positions(table, rows["#D"], actors, issues),
        title=next((words for tag, words in remarks if tag == "#O" and words), None),
        remarks=" ".join(words for _, words in remarks),
    )
    if not rows["#D"]:
        table.problem(0, "", "has no line #D", "actor, issue, position, salience and power")
    return group_scenario(coding, wishes)


def tag_separator(line: str) -> str:
    """What stands after the tag, quotes aside, at which a line begins."""
    return line.lstrip().lstrip(QUOTES)[2:].lstrip(QUOTES)[:1] or ";"


def _row(table: Table, line: int, tag: str, cells: list[str]) -> Row:
    """Cells by their columns; what is missing is empty."""
    columns = COLUMNS[tag]
    more = [cell for cell in cells[len(columns) :] if cell]
    if more and tag not in REMARKED:
        said = f"has {len(columns) + len(more)} cells, a line {tag} has {len(columns)}"
        table.problem(line, tag, said, "a text that holds the separator needs quotes")
    cells = cells[: len(columns)] + [""] * (len(columns) - len(cells))
    return Row(line, dict(zip(columns, cells, strict=True)))


def _names(table: Table, rows: list[Row], what: str) -> dict[str, str]:
    """Key → name, of actors or issues."""
    found: dict[str, str] = {}
    for row in rows:
        key = row.cells[what]
        if not key:
            table.problem(row.line, what, "is empty", "it needs a key")
        elif key in found:
            table.problem(row.line, what, f"'{key}' stands twice")
        else:
            found[key] = row.cells["name"].replace("_", " ") or key
    return found


def _known(table: Table, row: Row, what: str, among: dict[str, str]) -> bool:
    key = row.cells[what]
    if key in among:
        return True
    tag = "#A" if what == "actor" else "#P"
    fix = did_you_mean(key, among) or f"give it a line {tag}"
    table.problem(row.line, what, f"there is no {what} '{key}'", fix)
    return False


def _issues(table: Table, rows: list[Row], titles: dict[str, str]) -> dict[str, CodedIssue]:
    texts: dict[str, dict[float, str]] = {key: {} for key in titles}
    for row in rows:
        point = table.number(row, "position", -1e9, 1e9)
        if _known(table, row, "issue", titles) and point is not None:
            points = texts[row.cells["issue"]]
            if point in points:
                table.problem(row.line, "position", f"{point:g} has a meaning already")
            points.setdefault(point, row.cells["meaning"])
    issues = {}
    for key, points in texts.items():
        low, high = (min(points), max(points)) if len(points) > 1 else PERCENT
        inside = {p: text for p, text in points.items() if low <= p <= high}
        issues[key] = CodedIssue(key, titles[key], low, high, inside)
    return issues


def _positions(
    table: Table, rows: list[Row], actors: dict[str, str], issues: dict[str, CodedIssue]
) -> list[CodedPosition]:
    titles = {key: issue.title for key, issue in issues.items()}
    found = []
    for row in rows:
        known = _known(table, row, "actor", actors)
        known &= _known(table, row, "issue", titles)
        key = row.cells["issue"]
        low, high = (issues[key].low, issues[key].high) if key in issues else (-1e9, 1e9)
        x = table.number(row, "position", low, high, f"the scale of {key}")
        found += [one for one in coded_position(table, row, x) if known]
    return found
