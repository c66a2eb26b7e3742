"""Tables as data; the templates turn them into HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cell:
    """A table's cell: a text, smaller lines under it, and the sources that it cites."""

    text: str
    lines: Sequence[str] = ()
    sources: Sequence[str] = ()
    color: str = ""


Rows = list[list[str | Cell]]


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of a row is its heading.

    Attributes
    ----------
    cards : bool
        On a phone the rows become cards; otherwise the table scrolls in its own box.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | Cell]] = field(default_factory=list)
    cards: bool = True


def filled(caption: str, head: Sequence[str], rows: Sequence[Sequence[str | Cell]]) -> Table | None:
    """A table; None where it has no rows."""
    return Table(caption, head, rows) if rows else None
