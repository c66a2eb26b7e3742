"""Output files that are written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary path next to ``path`` that takes its place when the block ends well.

    The name keeps the suffix, which writers use to tell the format.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text, whole or not at all, with its ends of lines as they are."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def json_text(content: Any) -> str:
    """JSON as results are written and printed."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def csv_text(rows: Iterable[Iterable[Any]], end: str = "\n") -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue()


def csv_cell(value: Any) -> Any:
    """A value as tables of results have it: nothing for None, six digits of a number."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else value
