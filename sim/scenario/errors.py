"""Errors of a scenario file: each with its place and, where one is known, the fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sim.prose import SaidError


@dataclass(frozen=True, order=True)
class Place:
    """Where something was written."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario.

    Attributes
    ----------
    place : Place
        File and line.
    key : str
        Dotted path of the key, empty for a whole file.
    message : str
        What is wrong.
    fix : str
        What to do, empty when the message says it.
    """

    place: Place
    key: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: "
        if self.key:
            text += f"{self.key}: "
        text += self.message
        return f"{text} ({self.fix})" if self.fix else text


MOST_SHOWN = 1000
"""Problems that are told at once."""


class ScenarioError(SaidError):
    """A scenario that cannot be used, with every problem that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.place, p.key))
        said = list(_folded(self.problems))
        more = len(said) - MOST_SHOWN
        super().__init__("\n".join([*said[:MOST_SHOWN], *([f"and {more:,} more"] * (more > 0))]))


def _folded(problems: list[Problem]) -> Iterator[str]:
    """Each problem once: what one renamed thing brings about in many lines is one sentence."""
    alike: dict[tuple[object, ...], dict[int, Problem]] = {}
    for number, one in enumerate(problems):
        name = next((part for part in reversed(one.key.split(".")) if not part.isdigit()), one.key)
        kind: tuple[object, ...] = (one.place.file, name, one.message, one.fix)
        if not one.place.line or one.place.line in alike.get(kind, ()):
            kind = (number,)  # of two in one line each is told by its key
        alike.setdefault(kind, {})[one.place.line] = one
    for by_line in alike.values():
        first, *others = by_line.values()
        lines = f"line{'s' * (len(others) > 1)} {', '.join(map(str, [*by_line][1:]))}"
        yield f"{first}; the same in {lines}" if others else str(first)


def file_error(path: str | Path, message: str, fix: str = "", line: int = 0) -> ScenarioError:
    """An error that concerns a file as a whole or one of its lines."""
    return ScenarioError([Problem(Place(str(path), line), "", message, fix)])


def text_of(path: Path, most: int) -> str:
    """The text of a file of at most so many bytes, without a byte-order mark.

    Raises
    ------
    ScenarioError
        For a file that is missing, too large or no text in UTF-8.
    """
    try:
        if path.is_dir():
            raise file_error(path, "is a folder, not a file", "name the file in it")
        if (size := path.stat().st_size) > most:
            said = f"has {size:,} bytes, and at most {most:,} are read"
            raise file_error(path, said)
        data = path.read_bytes()
    except FileNotFoundError:
        there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, there, 1)
        hint = f"did you mean '{path.parent / near[0]}'?" if near else ""
        raise file_error(path, "there is no such file", hint) from None
    except OSError as error:
        raise file_error(path, f"cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise file_error(path, "is not text in UTF-8", "save it in UTF-8", line) from None
