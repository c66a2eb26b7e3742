"""Reading a CSV table: its cells with their lines, or errors by row and column."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sim.scenario.errors import Place, Problem, ScenarioError, file_error

MAX_BYTES = 5_000_000
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


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
    problems: list[Problem]

    def problem(self, line: int, column: str, message: str, fix: str = "") -> None:
        """Keep an error of a cell."""
        self.problems.append(Problem(Place(str(self.path), line), column, message, fix))

    def number(self, row: Row, column: str, low: float, high: float) -> float | None:
        """The number in a cell, or None and an error."""
        text = row.cells[column]
        plain = text.replace(",", ".") if self.separator != "," else text
        if not text:
            self.problem(row.line, column, "is empty", f"a number from {low:g} to {high:g}")
        elif not _NUMBER.fullmatch(plain):
            self.problem(row.line, column, f"'{text}' is not a number", f"from {low:g} to {high:g}")
        elif not low <= float(plain) <= high:
            self.problem(row.line, column, f"{text} is outside {low:g} to {high:g}")
        else:
            return float(plain)
        return None


def read_table(path: Path) -> Table:
    """Read a CSV file with a header; separators and line ends of spreadsheets are recognised.

    Rows with too few or too many cells are kept as problems of the table, not as rows.

    Raises
    ------
    ScenarioError
        For a file that is missing, no text in UTF-8, empty or without a header.
    """
    text = _text(path)
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    if not header:
        raise file_error(path, "is empty", "its first line names the columns: article,title,…")
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: list[str] = []
    rows: list[Row] = []
    problems: list[Problem] = []
    line = 0
    try:
        for cells in reader:
            begun, line = line + 1, reader.line_num
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if not columns:
                columns = [name.lower() for name in stripped]
                continue
            if len(stripped) != len(columns):
                more = "a text that holds the separator needs quotes"
                said = f"has {len(stripped)} cells where the header names {len(columns)} columns"
                problems.append(Problem(Place(str(path), begun), "", said, more))
                continue
            rows.append(Row(begun, dict(zip(columns, stripped, strict=True))))
    except csv.Error as error:
        raise file_error(
            path, f"is not a table: {error}", "look for a quote that is not closed", line + 1
        ) from None
    for name in sorted({n for n in columns if columns.count(n) > 1}):
        what = f"there are {columns.count(name)} columns '{name}'" if name else "has no name"
        problems.append(Problem(Place(str(path), 1), "header", what, "name every column once"))
    return Table(path, columns, rows, separator, problems)


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise file_error(path, "is a folder, not a table", "name the file in it")
        if path.stat().st_size > MAX_BYTES:
            raise file_error(path, f"is larger than {MAX_BYTES / 1e6:.0f} MB")
        data = path.read_bytes()
    except FileNotFoundError:
        near = get_close_matches(path.name, [p.name for p in path.parent.glob("*.csv")], 1)
        hint = f"did you mean '{path.parent / near[0]}'?" if near else ""
        raise file_error(path, "there is no such file", hint) from None
    except OSError as error:
        raise file_error(path, f"cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise file_error(path, "is not text in UTF-8", "save it as CSV in UTF-8", line) from None


def raise_all(problems: list[Problem]) -> None:
    """All problems at once, where there are any."""
    if problems:
        raise ScenarioError(problems)
