"""Other people's codings as scenarios: one reader per kind of file, chosen by its suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.scenario.errors import file_error

READERS = {".csv": "sim.importing.articles_csv"}
"""Suffix → module with a function ``read(path, wishes)``; imported when it is needed."""


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for; a reader that cannot use one of them says so.

    Attributes
    ----------
    title : str or None
        Title of the scenario.
    thresholds : dict of str to str
        Stakeholder → score, as typed with ``--threshold``.
    presets : dict of str to str
        Name of a draft → its articles, as typed with ``--preset``.
    """

    title: str | None = None
    thresholds: dict[str, str] = field(default_factory=dict)
    presets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """A scenario as plain data, in the order in which it is to be written.

    Attributes
    ----------
    raw : dict
        What the YAML file is to say.
    head : list of str
        Comment lines for the top of the file.
    notes : list of str
        What the reader took from where, and what it left out; told to the user.
    """

    raw: dict[str, Any]
    head: list[str]
    notes: list[str]


Reader = Callable[[Path, Wishes], Imported]


def read(path: Path, wishes: Wishes) -> Imported:
    """Read a file of any known kind.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    module = READERS.get(path.suffix.lower())
    if module is None:
        known = ", ".join(READERS)
        raise file_error(path, "is of no kind that can be imported", f"known: {known}")
    reader: Reader = import_module(module).read
    return reader(path, wishes)
