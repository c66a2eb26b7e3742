"""Tables as data, which the templates turn into HTML; what assumptions rest on, with safe links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sim.scenario.fields import Sourced, sourced_parts
from sim.scenario.schema import Scenario


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


def rests(part: Sourced) -> Cell:
    """Judgement in full and sources."""
    return Cell(judged(part.judgement), sources=tuple(part.source))


def judged(text: str | None) -> str:
    """A judgement, marked as such."""
    return f"Judgement: {text}" if text else ""


def cited_sources(scenario: Scenario) -> list[dict[str, Any]]:
    """The sources that something cites; links to the web only."""
    cited = {key for _, part in sourced_parts(scenario) for key in part.source}
    return [
        {"key": key, "title": source.title, "date": source.date, "url": web_link(source.url)}
        for key, source in scenario.sources.items()
        if key in cited
    ]


def web_link(url: str | None) -> str | None:
    """The address if it is one of the web, otherwise nothing.

    Examples
    --------
    >>> web_link("https://example.org/a"), web_link("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None
