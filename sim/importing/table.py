"""Reading a CSV table: its cells with their lines, or errors by row and column."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.scenario.errors import Place, Problem, ScenarioError, file_error, text_of

MAX_BYTES = 5_000_000
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[-+]?[0-9]+)?", re.I)
_CONTROLS = {c: bytes([c]).decode("cp1252", "replace") for c in range(0x80, 0xA0)}
"""Control characters that are what is left of a Windows dash or quote taken for Latin-1."""
Cells = list[tuple[int, list[str]]]
"""Lines in the file and their cells."""


@dataclass(frozen=True)
class Row:
    """A row of a table: its line in the file, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table as written.

    Attributes
    ----------
    separator : str
        What stands between cells; with semicolons or tabs numbers may have a decimal comma.
    """

    path: Path
    columns: list[str]
    rows: list[Row]
    separator: str
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, column: str, message: str, fix: str = "") -> None:
        """Keep an error of a cell."""
        self.problems.append(Problem(Place(str(self.path), line), column, message, fix))

    def has(self, needed: Sequence[str]) -> bool:
        """Whether all of these columns are there; those that are missing are problems."""
        missing = [column for column in needed if column not in self.columns]
        for column in missing:
            self.problem(1, column, "this column is missing", f"found: {', '.join(self.columns)}")
        return not missing

    def name(self, row: Row, column: str) -> str:
        """The text in a cell that must not be empty."""
        if not row.cells[column]:
            self.problem(row.line, column, "is empty")
        return row.cells[column]

    def number(
        self, row: Row, column: str, low: float, high: float = math.inf, fix: str = ""
    ) -> float | None:
        """The number in a cell, or None and an error."""
        text = row.cells[column]
        plain = text.replace(",", ".") if self.separator != "," else text
        bounds = f"{low:g} to {high:g}" if high < math.inf else f"{low:g} or more"
        if not text:
            self.problem(row.line, column, "is empty", f"a number, {bounds}")
        elif not _NUMBER.fullmatch(plain):
            self.problem(row.line, column, f"'{text}' is not a number", bounds)
        elif not math.isfinite(float(plain)):
            self.problem(row.line, column, f"{text} is too large")
        elif not low <= float(plain) <= high:
            beyond = f"outside {bounds}" if high < math.inf else f"less than {low:g}"
            self.problem(row.line, column, f"{text} is {beyond}", fix)
        else:
            return float(plain)
        return None


def read_table(path: Path, same: Mapping[str, str] = {}) -> Table:
    """Read a CSV file with a header; separators and line ends of spreadsheets are recognised.

    Columns go by the names that ``same`` gives them, if any.
    Rows with too few or too many cells are kept as problems of the table, not as rows.

    Raises
    ------
    ScenarioError
        For a file that is missing, no text in UTF-8, empty or without a header.
    """
    text = read_text(path)
    separator = separator_of(path, text)
    (first, header), *body = read_cells(path, text, separator)
    columns = [same.get(name.lower(), name.lower()) for name in header]
    table = Table(path, columns, [], separator)
    add_rows(table, first, body)
    return table


def add_rows(table: Table, header: int, body: Cells) -> None:
    """Fill a table with rows below its columns, which stand on the line ``header``.

    Rows with too few or too many cells are kept as problems.
    """
    columns, path = table.columns, table.path
    for line, cells in body:
        if len(cells) == len(columns):
            table.rows.append(Row(line, dict(zip(columns, cells, strict=True))))
            continue
        said = f"has {len(cells)} cells where the header names {len(columns)} columns"
        table.problem(line, "", said, "a text that holds the separator needs quotes")
    for name in sorted({n for n in columns if columns.count(n) > 1}):
        what = f"there are {columns.count(name)} columns '{name}'" if name else "has no name"
        place = Place(str(path), header)
        table.problems.append(Problem(place, "header", what, "name every column once"))


def header_words(line: str) -> list[str]:
    """Cells of a header, in small letters, whatever separates them."""
    separator = max(SEPARATORS, key=line.count)
    return [cell.strip().strip("'\"").lower() for cell in line.split(separator)]


def separator_of(path: Path, text: str) -> str:
    """What separates the cells of the first line that is not empty.

    Raises
    ------
    ScenarioError
        For a text without such a line.
    """
    header = next((line for line in text.splitlines() if line.strip()), "")
    if not header:
        raise file_error(path, "is empty", "its first line names the columns: article,title,…")
    return max(SEPARATORS, key=header.count)


def read_cells(path: Path, text: str, separator: str) -> Cells:
    """Lines that are not empty, by their number, with their cells.

    Raises
    ------
    ScenarioError
        For a quote that is not closed.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    found: Cells = []
    line = 0
    try:
        for cells in reader:
            begun, line = line + 1, reader.line_num
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                found.append((begun, stripped))
    except csv.Error as error:
        raise file_error(
            path, f"is not a table: {error}", "look for a quote that is not closed", line + 1
        ) from None
    return found


def read_text(path: Path) -> str:
    """The text of a file; see :func:`sim.scenario.errors.text_of`."""
    return text_of(path, MAX_BYTES).translate(_CONTROLS)


def raise_all(problems: list[Problem]) -> None:
    """All problems at once, where there are any."""
    if problems:
        raise ScenarioError(problems)
