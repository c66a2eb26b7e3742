"""From what a chart shows to a figure, a file, or an element of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from matplotlib.figure import Figure

from sim.files import written_whole
from sim.plots.style import house_style
from sim.plots.svg import svg
from sim.views.view import View

Subject = TypeVar("Subject")
Seen = TypeVar("Seen", bound=View)

# no dates and no versions: the same run gives the same bytes
METADATA: dict[str, dict[str, None]] = {
    ".png": {},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@dataclass(frozen=True)
class Drawing:
    """A chart that has been drawn: what it shows, and the figure."""

    view: View
    figure: Figure

    def save(self, path: Path) -> None:
        """Save it; see :func:`save`."""
        save(self.figure, path)

    def svg(self, key: str) -> str:
        """As an element of a page, whose ids begin with the key."""
        return svg(self.figure, key, self.view.headline, self.view.words)


@dataclass(frozen=True)
class Chart(Generic[Subject, Seen]):
    """How to draw one chart: what it shows of a subject, and how that looks.

    Attributes
    ----------
    see : callable
        From a run, a comparison or whatever it is about to a view; None where there is nothing.
    paint : callable
        From the view to the figure.
    """

    see: Callable[[Subject], Seen | None]
    paint: Callable[[Seen], Figure]

    def drawn(self, subject: Subject) -> Drawing | None:
        """The chart of a subject, or None where there is nothing to show."""
        view = self.see(subject)
        return None if view is None else Drawing(view, self.paint(view))

    def __call__(self, subject: Subject) -> Figure | None:
        """The figure alone."""
        drawn = self.drawn(subject)
        return None if drawn is None else drawn.figure


def save(figure: Figure, path: Path) -> None:
    """Save a figure whole or not at all, with the same bytes every time.

    Raises
    ------
    ValueError
        If the suffix is not ``.png``, ``.svg`` or ``.pdf``.
    """
    suffix = path.suffix.lower()
    if suffix not in METADATA:
        raise ValueError(f"cannot save a figure as '{path.name}'; use {', '.join(METADATA)}")
    with house_style(), written_whole(path) as temporary:
        figure.savefig(temporary, format=suffix[1:], metadata=METADATA[suffix])
