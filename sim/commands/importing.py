"""``python -m sim import``: read, check, write the scenario, and say what is in it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import yaml

from sim.files import write_text
from sim.importing import Imported, Wishes, read
from sim.importing.files import PLAIN_NAMES
from sim.scenario.errors import Place, Problem, ScenarioError, file_error
from sim.scenario.loading import Loaded, LoadedDiscrete, load_any


class ImportedFile(NamedTuple):
    """What was written: the file, its scenario, and the reader's notes."""

    path: Path
    loaded: Loaded | LoadedDiscrete
    notes: list[str]


def named_values(option: str, words: list[str]) -> dict[str, str]:
    """``NAME=VALUE`` words of an option.

    Raises
    ------
    ScenarioError
        For a word without ``=`` or a name, and for a name that stands twice.
    """
    out: dict[str, str] = {}
    problems = []
    for word in words:
        name, sign, value = (part.strip() for part in word.partition("="))
        if not (name and sign and value):
            problems.append(Problem(Place(option), word, "is not of the form NAME=VALUE"))
        elif name in out:
            problems.append(Problem(Place(option), name, "is given twice"))
        out[name] = value
    if problems:
        raise ScenarioError(problems)
    return out


def target_file(source: Path, out: Path | None, force: bool) -> Path:
    """Where the scenario goes: ``--out``, or in this folder, named after the source.

    That is the folder's name for a folder, XML, and files called like
    one of :data:`PLAIN_NAMES`.

    Raises
    ------
    ScenarioError
        Where that is no YAML file, stands already, or has no folder.
    """
    target = out or Path(f"{_name(source)}.yaml")
    if target.suffix not in (".yaml", ".yml"):
        raise file_error(target, "is no name of a scenario file", "--out wants a name in .yaml")
    if not target.parent.is_dir():
        raise file_error(target, "lies in a folder that does not exist", f"make {target.parent}")
    if target.exists() and not force:
        raise file_error(
            target, "exists already", "choose another name with --out, or replace it with --force"
        )
    return target


def _name(source: Path) -> str:
    whole = source.resolve()
    if source.is_dir():
        return whole.name or "scenario"
    if source.suffix.lower() == ".xml" or source.stem.lower() in PLAIN_NAMES:
        return whole.parent.name or source.stem
    return source.stem


def scenario_text(imported: Imported) -> str:
    """The YAML file: comments on top, one line per position."""
    head = "".join(f"# {line}\n" for line in imported.head)
    body = yaml.safe_dump(
        imported.raw, sort_keys=False, allow_unicode=True, width=98, default_flow_style=None
    )
    return head + body


def import_file(source: Path, out: Path | None, wishes: Wishes, force: bool) -> ImportedFile:
    """Write the scenario that a file holds; nothing is written where anything is wrong.

    Raises
    ------
    ScenarioError, OSError
    """
    if source.is_file() and source.suffix in (".yaml", ".yml"):
        raise file_error(source, "is not imported", f"a scenario is run: python -m sim {source}")
    target = target_file(source, out, force)
    imported = read(source, wishes)
    text = scenario_text(imported)
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / target.name
        trial.write_text(text, encoding="utf-8")
        try:
            loaded = load_any(trial)
        except ScenarioError as error:
            # what a reader cannot see, such as too many packages: of the source, not of our YAML
            raise ScenarioError(
                [replace(p, place=Place(str(source))) for p in error.problems]
            ) from None
    write_text(target, text)
    return ImportedFile(target, loaded, imported.notes)
