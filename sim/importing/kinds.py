"""What kind of coding a file or folder is: told by its header, whatever its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.importing import Wishes
from sim.importing.table import SEPARATORS, read_text
from sim.scenario.errors import Place, Problem, ScenarioError, file_error

Lines = Sequence[str]


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    name : str
        What it is, in words.
    header : str
        How it begins, for those whose file begins otherwise.
    module : str
        With a function ``read(path, wishes)``; imported when it is needed.
    begins : callable
        Whether the first lines of a text are of this kind.
    wishes : tuple of str
        Options of the command that mean something to it.
    """

    name: str
    header: str
    module: str
    begins: Callable[[Lines], bool]
    wishes: tuple[str, ...] = ()


def _words(line: str) -> list[str]:
    """Cells of a header, in small letters, whatever separates them."""
    separator = max(SEPARATORS, key=line.count)
    return [cell.strip().strip("'\"").lower() for cell in line.split(separator)]


def _is_decide(lines: Lines) -> bool:
    from sim.importing.decide_csv import COLUMNS, QUOTES, REMARKS

    return lines[0].lstrip().lstrip(QUOTES)[:2].upper() in {*COLUMNS, *REMARKS}


def _is_ktab(lines: Lines) -> bool:
    from sim.importing.ktab_csv import is_header

    return any(is_header(_words(line)) for line in lines[:2])


def _is_positions(lines: Lines) -> bool:
    from sim.importing.positions_csv import COLUMNS

    return len(set(COLUMNS) & set(_words(lines[0]))) > 2


def _is_articles(lines: Lines) -> bool:
    words = _words(lines[0])
    return "article" in words or any(word.endswith("_satisfaction") for word in words)


GENIUS = Kind("GENIUS or NegMAS domain", "a folder of .xml files", "sim.importing.genius",
              lambda _: False)  # fmt: skip
TEXTS = (
    Kind("DECIDE", "#A;KEY;NAME", "sim.importing.decide_csv", _is_decide, ("--protocol",)),
    Kind(
        "KTAB",
        "Actor,Description,Power,DIMENSION,SALIENCE,…",
        "sim.importing.ktab_csv",
        _is_ktab,
        ("--protocol",),
    ),
    Kind(
        "positions",
        "issue,actor,position,salience,power",
        "sim.importing.positions_csv",
        _is_positions,
        ("--protocol",),
    ),
    Kind(
        "scored articles",
        "article,title,NAME_satisfaction,…",
        "sim.importing.articles_csv",
        _is_articles,
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
        if any(path.glob("*.xml")):
            return path, GENIUS
        if not (path / "positions.csv").is_file():
            fix = f"known: {_known()}; or a folder with positions.csv"
            raise file_error(path, "is a folder of no kind that can be imported", fix)
        path = path / "positions.csv"
    if path.suffix.lower() == ".xml" and path.is_file():
        return path, GENIUS
    lines = [line for line in read_text(path).splitlines() if line.strip()][:2]
    if not lines:
        raise file_error(path, "is empty", f"known: {_known()}")
    for kind in TEXTS:
        if kind.begins(lines):
            return path, kind
    fix = f"known: {_known()}"
    said = f"begins with '{lines[0].strip()[:60]}', which no known kind does"
    raise file_error(path, said, fix, 1)


def _known() -> str:
    return "; ".join(f"{kind.name} ({kind.header})" for kind in (*TEXTS, GENIUS))


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
