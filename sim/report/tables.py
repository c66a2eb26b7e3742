"""Tables and charts as data, which the templates turn into HTML; what assumptions rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.plots import Drawing
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
    """The sources that something cites."""
    cited = {key for _, part in sourced_parts(scenario) for key in part.source}
    return [
        {"key": key, "title": source.title, "date": source.date, "url": source.url}
        for key, source in scenario.sources.items()
        if key in cited
    ]


@dataclass(frozen=True)
class PageChart:
    """A chart of a page.

    Attributes
    ----------
    key : str
        Identifies it on the page.
    title : str
        What it finds.
    svg : str
        The drawing, with its name and text equivalent.
    words : list of str
        The chart in sentences.
    tables : list of Table
        Its numbers.
    """

    key: str
    title: str
    svg: str
    words: list[str]
    tables: list[Table] = field(default_factory=list)


def page_chart(
    drawings: dict[str, Drawing], key: str, tables: Sequence[Table | None] = ()
) -> PageChart | None:
    """The chart of a name with the tables that there are; None where it has nothing to show."""
    drawing = drawings.get(key)
    if drawing is None:
        return None
    view = drawing.view
    shown = [table for table in tables if table is not None]
    return PageChart(key, view.headline, drawing.svg(f"chart-{key}"), view.words, shown)
