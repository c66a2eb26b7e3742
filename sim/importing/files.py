"""Files of a folder, without what an operating system leaves there."""

from __future__ import annotations

from pathlib import Path


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
