"""Charts in a page: the drawing as an element of it, its words and its numbers behind a button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.plots import Drawing
from sim.report.tables import Table


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
