"""Files of others: of a folder or an archive, plain names for them, JSON and YAML as data.

Data are read with one clear sentence for what is not as it should be.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sim.importing.table import read_text
from sim.scenario.errors import ScenarioError, file_error
from sim.scenario.yaml_source import parse_yaml


def visible(folder: Path, *suffixes: str) -> list[Path]:
    """Files with these endings, in small letters or capitals, sorted by name.

    Files that begin with a dot are those of the system (macOS leaves ``._name.xml`` beside each).
    """
    if not folder.is_dir():
        return []
    return sorted(
        p
        for p in folder.iterdir()
        if p.suffix.lower() in suffixes and not p.name.startswith(".") and p.is_file()
    )


PLAIN_NAMES = ("articles", "positions")
"""Names of files that say less than the name of their folder."""


def plain_key(name: str, taken: Container[str] = ()) -> str:
    """Small letters, digits and ``_`` made of a name; numbered where that is taken.

    Examples
    --------
    >>> plain_key("EU (incl. Norway)"), plain_key("2100"), plain_key("EU", {"eu"})
    ('eu_incl_norway', 'x_2100', 'eu_2')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "x"
    plain = plain if plain[0].isalpha() else f"x_{plain}"
    key, n = plain, 1
    while key in taken:
        n += 1
        key = f"{plain}_{n}"
    return key


MOST_FILES = 1_000
MOST_BYTES = 50_000_000


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A folder with the files of an archive, for as long as it is needed.

    Files of the system and folders named ``__MACOSX`` are left out. Names decide nothing about
    where a file goes but its folder inside the archive.

    Raises
    ------
    ScenarioError
        For what is no archive, needs a password, or is larger unpacked than any domain is.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / path.stem
        folder.mkdir()
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(path, archive, folder)
        except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise file_error(path, f"is no zip archive that can be read: {error}") from None
        inner = [p for p in folder.iterdir() if not p.name.startswith((".", "__MACOSX"))]
        yield inner[0] if len(inner) == 1 and inner[0].is_dir() else folder


def _unpack(path: Path, archive: zipfile.ZipFile, folder: Path) -> None:
    left = MOST_BYTES
    members = [m for m in archive.infolist() if not m.is_dir()]
    if len(members) > MOST_FILES:
        raise file_error(path, f"holds {len(members):,} files; at most {MOST_FILES:,} are unpacked")
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        parts = [p for p in name.parts if p not in ("..", "/") and not p.endswith(":")]
        if not parts or parts[0] == "__MACOSX" or parts[-1].startswith("."):
            continue
        with archive.open(member) as source:
            # what the archive says of its sizes need not be true
            content = source.read(left + 1)
        left -= len(content)
        if left < 0:
            said = f"unpacks to more than {MOST_BYTES / 1e6:.0f} MB, which no domain is"
            raise file_error(path, said)
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


SUFFIXES = (".json", ".yml", ".yaml")
Kind = TypeVar("Kind")


def read_data(path: Path) -> Any:
    """Content of a JSON or YAML file.

    Raises
    ------
    ScenarioError
        For a file that cannot be read or is neither.
    """
    text = read_text(path)
    if path.suffix.lower() != ".json":
        return parse_yaml(text, str(path))[0]
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise file_error(path, f"is not valid JSON: {error.msg}", line=error.lineno) from None
    except (RecursionError, ValueError):
        raise file_error(path, "is no JSON that can be read: nested or long beyond use") from None


def read_folder(folder: Path, notes: list[str]) -> dict[Path, dict[Any, Any]]:
    """File → content, of all files of a folder whose content has keys; others are noted."""
    found = {}
    for file in visible(folder, *SUFFIXES):
        try:
            data = read_data(file)
        except ScenarioError as error:
            notes.append(f"Left out: {file.name} ({error.problems[0].message}).")
            continue
        if isinstance(data, dict):
            found[file] = data
    return found


def part(path: Path, data: Any, key: Any, kind: type[Kind], where: str = "") -> Kind:
    """A member of a mapping, of a certain type.

    Raises
    ------
    ScenarioError
    """
    name = f"{where}.{key}" if where else str(key)
    found = data.get(key) if isinstance(data, dict) else None
    if not isinstance(found, kind):
        raise file_error(path, f"{name} is missing or of another kind than expected")
    return found


def finite(path: Path, value: Any, where: str) -> float:
    """A finite number, also one written as text.

    Raises
    ------
    ScenarioError
    """
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise file_error(path, f"{where} is '{str(value)[:40]}', not a number")
    return found


def words(path: Path, values: list[Any], where: str) -> list[str]:
    """Names of options, each once.

    Raises
    ------
    ScenarioError
    """
    found = [str(v) for v in values if isinstance(v, str | int | float)]
    if not found or len(found) != len(values) or len(set(found)) != len(found):
        raise file_error(path, f"{where} is no list of different options")
    return found
