"""Input of KTAB's spatial model of politics (SMP), as its example files and reader have it.

The first line names the scenario: name, description, number of actors, number of dimensions. The
second is a header (Actor, Description, Power, then position and salience of every dimension), and a
line per actor follows. Positions and saliences run from 0 to 100; lines may end in a comma.
King Abdullah Petroleum Studies and Research Center, KAPSARC Toolkit for Behavioral Analysis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from sim.importing import Imported, Wishes
from sim.importing.group_coding import (
    PERCENT,
    CodedIssue,
    CodedPosition,
    GroupCoding,
    group_scenario,
)
from sim.importing.table import (
    Table,
    add_rows,
    header_words,
    read_cells,
    read_text,
    separator_of,
)
from sim.scenario.errors import file_error

FIXED = ("actor", "description", "power")
"""The first three columns, whatever their header calls the third (Power, Influence)."""


def begins(lines: Sequence[str]) -> bool:
    """Whether one of the first two lines of a text is such a header."""
    return any(is_header(header_words(line)) for line in lines[:2])


def is_header(cells: list[str]) -> bool:
    """Whether cells are the header of such a table."""
    words = [cell.lower() for cell in cells[:2]]
    return len(words) == 2 and words[0] == "actor" and words[1].startswith("descr")


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario that an input file of KTAB makes; see :func:`sim.importing.read`."""
    text = read_text(path)
    # of the first line that is a header, because the line before it is free text
    separator = separator_of(path, text)
    lines = read_cells(path, text, separator)
    # a header that is torn by an open quote is none any more
    at = next((n for n, (_, cells) in enumerate(lines[:2]) if is_header(cells)), None)
    if at is None:
        raise file_error(path, "has no line Actor,Description,Power,… among its first two")
    line, header = lines[at]
    names = _without_empty_end(header)
    table = Table(path, [*FIXED, *names[len(FIXED) :]], [], separator)
    add_rows(table, line, [(n, _fitted(cells, len(names))) for n, cells in lines[at + 1 :]])
    pairs = list(zip(names[3::2], names[4::2], strict=False))
    if len(names) < 5 or len(names) % 2 == 0:
        said = f"there are {len(names) - 3} columns after {', '.join(header[:3])}"
        table.problem(line, "header", said, "a position and a salience for every dimension")
    above = lines[0][1] if at == 1 else []
    if above:
        _check_counts(table, lines[0][0], above, len(lines) - at - 1, len(pairs))
    title = next((cell for cell in above[1::-1] if cell), "")
    return coded(table, pairs, "an input file of KTAB", title, " ".join(above), wishes)


def coded(
    table: Table,
    pairs: list[tuple[str, str]],
    kind: str,
    title: str,
    remarks: str,
    wishes: Wishes,
) -> Imported:
    """The scenario of a table with actor, description, power and pairs of columns.

    Parameters
    ----------
    table : Table
    pairs : list of (str, str)
        Columns with position and salience of every dimension.
    kind, title, remarks : str
        The format in words, and what the source says of itself.
    wishes : Wishes
    """
    if not table.rows and not table.problems:
        table.problem(0, "", "has a header but no actor")
    actors, positions, notes = _positions(table, pairs)
    coding = GroupCoding(
        table,
        kind,
        actors,
        {p: CodedIssue(_title(p), _title(p), *PERCENT) for p, _ in pairs},
        positions,
        title=title or None,
        remarks=remarks,
        notes=notes,
    )
    return group_scenario(coding, wishes)


def _without_empty_end(cells: list[str]) -> list[str]:
    """Lines may end in separators."""
    last = max((n for n, cell in enumerate(cells, 1) if cell), default=0)
    return cells[:last]


def _fitted(cells: list[str], count: int) -> list[str]:
    """Without the empty cells that stand beyond the header's."""
    return cells[:count] + _without_empty_end(cells[count:])


def _check_counts(table: Table, line: int, above: list[str], actors: int, dimensions: int) -> None:
    """The numbers of actors and dimensions that the first line states, against the table."""
    for place, column, found in ((2, "actors", actors), (3, "dimensions", dimensions)):
        said = above[place] if place < len(above) else ""
        if said != str(found):
            message = f"says '{said}', and the table has {found}"
            table.problem(line, f"number of {column}", message, "correct it or the table")


def _positions(
    table: Table, pairs: list[tuple[str, str]]
) -> tuple[dict[str, str], list[CodedPosition], list[str]]:
    actors: dict[str, str] = {}
    positions: list[CodedPosition] = []
    first: dict[str, int] = {}
    beyond = []
    for row in table.rows:
        label = row.cells["actor"]
        if not label:
            table.problem(row.line, "actor", "is empty", "every actor needs a name")
        elif label in first:
            said = f"'{label}' stands twice (first on line {first[label]})"
            table.problem(row.line, "actor", said)
        first.setdefault(label, row.line)
        actors[label] = row.cells["description"] or label
        power = table.number(row, "power", 0.0)
        whole = 0.0
        for position, salience in pairs:
            x = table.number(row, position, *PERCENT)
            s = table.number(row, salience, *PERCENT)
            if x is not None and s is not None and power is not None:
                whole += s
                positions.append(CodedPosition(label, position, x, s, power, row.line, 100.0))
        if whole > 100 + 1e-9:
            beyond.append(label)
    notes = []
    if beyond:
        notes.append(
            f"The saliences of {', '.join(beyond)} add up to more than 100, which KTAB itself "
            "refuses; they are taken as they are."
        )
    return actors, positions, notes


def _title(name: str) -> str:
    """A dimension's name without the word that says what the column holds."""
    return re.sub(r"[ _](position|pstn|pos)$", "", name, flags=re.I) or name
