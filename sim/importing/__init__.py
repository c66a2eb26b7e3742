"""Other people's codings as scenarios: one reader per kind of file, recognised by its content."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
    profiles : str or None
        Which of several profiles negotiate, as typed with ``--profiles``.
    """

    title: str | None = None
    thresholds: dict[str, str] = field(default_factory=dict)
    presets: dict[str, str] = field(default_factory=dict)
    protocol: str | None = None
    profiles: str | None = None


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
    """Read a file, folder or zipped folder of any known kind.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    from sim.importing.kinds import check_wishes, recognised

    if path.suffix.lower() == ".zip" and path.is_file():
        return _zipped(path, wishes)
    file, kind = recognised(path)
    check_wishes(kind, wishes)
    imported: Imported = kind.module.read(file, wishes)
    return imported


def _zipped(path: Path, wishes: Wishes) -> Imported:
    """The same of a folder in an archive, whose files are told as parts of it."""
    from sim.importing.files import unpacked
    from sim.scenario.errors import ScenarioError

    with unpacked(path) as folder:

        def told(text: str) -> str:
            return text.replace(str(folder), str(path))

        try:
            found = read(folder, wishes)
        except ScenarioError as error:
            places = [replace(p.place, file=told(p.place.file)) for p in error.problems]
            pairs = zip(error.problems, places, strict=True)
            raise ScenarioError(
                [replace(p, place=place, fix=told(p.fix)) for p, place in pairs]
            ) from None
        return replace(found, head=[told(line) for line in found.head])
