"""What kind of coding a file or folder is: told by its header, whatever its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.importing import Wishes
from sim.importing.files import SUFFIXES, read_data, visible
from sim.importing.table import read_text
from sim.scenario.errors import Place, Problem, ScenarioError, file_error


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    name : str
        What it is, in words.
    header : str
        How it begins, for those whose file begins otherwise.
    file : str
        Name of its module, which is imported when it is needed: it has a function
        ``read(path, wishes)`` and, for tables, ``begins(lines)``, which says whether the first
        lines of a text are of this kind.
    wishes : tuple of str
        Options of the command that mean something to it.
    """

    name: str
    header: str
    file: str
    wishes: tuple[str, ...] = ("--protocol",)

    @property
    def module(self) -> Any:
        return import_module(f"sim.importing.{self.file}")


PROFILES = ("--profiles",)
GENIUS = Kind("GENIUS or NegMAS domain", "a folder of .xml files", "genius", PROFILES)
GENIUSWEB = Kind("GeniusWeb", "a folder of .json profiles", "geniusweb", PROFILES)
NEGMAS = Kind("NegMAS scenario", "a folder of .yml or .json files", "negmas", PROFILES)
KTAB_XML = Kind("KTAB in XML", "<Scenario>", "ktab_xml")
FOLDERS = (GENIUS, GENIUSWEB, NEGMAS, KTAB_XML)
TEXTS = (
    Kind("DECIDE", "#A;KEY;NAME", "decide_csv"),
    Kind("KTAB", "Actor,Description,Power,DIMENSION,SALIENCE,…", "ktab_csv"),
    Kind("expected-utility table", "Actor,Capability,Position,Salience", "utility_table"),
    Kind("positions", "issue,actor,position,salience,power", "positions_csv"),
    Kind(
        "scored articles",
        "article,title,NAME_satisfaction,…",
        "articles_csv",
        ("--threshold", "--preset"),
    ),
)


def recognised(path: Path) -> tuple[Path, Kind]:
    """The file to read, and its kind.

    Raises
    ------
    ScenarioError
        Where it is of none; the known ones are listed.
    """
    if path.is_dir():
        if (path / "positions.csv").is_file():
            path = path / "positions.csv"
        else:
            return _of_folder(path)
    if path.suffix.lower() == ".xml" and path.is_file():
        return path, _of_xml(path)
    if path.suffix.lower() in SUFFIXES and path.is_file():
        return path, _of_data(path, [path])
    lines = _first_lines(path)
    if not lines:
        raise file_error(path, "is empty", f"known: {_known()}")
    kind = _of_lines(lines)
    if kind is not None:
        return path, kind
    fix = f"known: {_known()}"
    said = f"begins with '{lines[0].strip()[:60]}', which no known kind does"
    raise file_error(path, said, fix, 1)


def _first_lines(path: Path) -> list[str]:
    """The first two lines that are not empty."""
    return [line for line in read_text(path).splitlines() if line.strip()][:2]


def kind_of_text(path: Path) -> Kind | None:
    """Of which kind a table is by its header; None for what is no text of a known one."""
    try:
        lines = _first_lines(path)
    except ScenarioError:
        return None
    return _of_lines(lines)


def _of_lines(lines: Sequence[str]) -> Kind | None:
    return next((kind for kind in TEXTS if lines and kind.module.begins(lines)), None)


def _of_folder(path: Path) -> tuple[Path, Kind]:
    """A folder by its files: XML first, then profiles in JSON or YAML, then a single table."""
    xml = visible(path, ".xml")
    if xml:
        kinds = [_of_xml(file) for file in xml]
        return (xml[0], KTAB_XML) if kinds == [KTAB_XML] else (path, GENIUS)
    data = visible(path, *SUFFIXES)
    if data:
        return path, _of_data(path, data)
    fix = f"known: {_known()}; or a folder with positions.csv"
    raise file_error(path, "is a folder of no kind that can be imported", fix)


def _of_xml(path: Path) -> Kind:
    """KTAB's or that of GENIUS, by the first element."""
    with path.open("rb") as handle:
        start = handle.read(4096)
    found = re.search(rb"<([A-Za-z]\w*)", re.sub(rb"<!--.*?-->", b"", start, flags=re.S))
    return KTAB_XML if found and found[1] == b"Scenario" else GENIUS


def _of_data(path: Path, files: Sequence[Path]) -> Kind:
    """By the content of the first file that is of a kind.

    Raises
    ------
    ScenarioError
        Where none is; what is wrong with a file that cannot be read at all.
    """
    wrong: list[Problem] = []
    for file in files:
        try:
            data = read_data(file)
        except ScenarioError as error:
            wrong += error.problems
            continue
        for kind in (GENIUSWEB, NEGMAS):
            if kind.module.is_mine(data):
                return kind
    if wrong:
        raise ScenarioError(wrong)
    raise file_error(path, "is data of no known kind", f"known: {_known()}")


def _known() -> str:
    return (
        "; ".join(f"{kind.name} ({kind.header})" for kind in (*TEXTS, *FOLDERS))
        + "; or a .zip of these"
    )


def check_wishes(kind: Kind, wishes: Wishes) -> None:
    """Refuse options that mean nothing to a kind.

    Raises
    ------
    ScenarioError
    """
    given = {
        "--threshold": wishes.thresholds,
        "--preset": wishes.presets,
        "--protocol": wishes.protocol,
        "--profiles": wishes.profiles,
    }
    problems = [
        Problem(
            Place(option), "", f"means nothing to a file of the kind {kind.name}", "leave it out"
        )
        for option, value in given.items()
        if value and option not in kind.wishes
    ]
    if problems:
        raise ScenarioError(problems)
