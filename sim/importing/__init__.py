"""Other people's codings as scenarios: one reader per kind of file, recognised by its content."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for; a kind that cannot use one of them is told so.

    Attributes
    ----------
    title : str or None
        Title of the scenario.
    thresholds : dict of str to str
        Stakeholder → score, as typed with ``--threshold``.
    presets : dict of str to str
        Name of a draft → its articles, as typed with ``--preset``.
    protocol : str or None
        How a group decides, as typed with ``--protocol``.
    """

    title: str | None = None
    thresholds: dict[str, str] = field(default_factory=dict)
    presets: dict[str, str] = field(default_factory=dict)
    protocol: str | None = None


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


def read(path: Path, wishes: Wishes) -> Imported:
    """Read a file or folder of any known kind.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    from sim.importing.kinds import check_wishes, recognised

    file, kind = recognised(path)
    check_wishes(kind, wishes)
    imported: Imported = import_module(kind.module).read(file, wishes)
    return imported
