"""Files of a folder or an archive, without what a system leaves there; plain names for others'."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from sim.scenario.errors import file_error


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
