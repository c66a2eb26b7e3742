"""Errors of a scenario file: each with its place and, where one is known, the fix."""

from __future__ import annotations

from dataclasses import dataclass
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
        more = len(self.problems) - MOST_SHOWN
        said = [
            *map(str, self.problems[:MOST_SHOWN]),
            *([f"and {more:,} more"] if more > 0 else []),
        ]
        super().__init__("\n".join(said))


def file_error(path: str | Path, message: str, fix: str = "", line: int = 0) -> ScenarioError:
    """An error that concerns a file as a whole or one of its lines."""
    return ScenarioError([Problem(Place(str(path), line), "", message, fix)])
