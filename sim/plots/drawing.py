"""From what a chart shows to a figure, a file, or an element of a page."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from matplotlib.figure import Figure

from sim.files import written_whole
from sim.plots.style import house_style
from sim.views.view import View

Subject = TypeVar("Subject")
Seen = TypeVar("Seen", bound=View)

# no dates and no versions: the same run gives the same bytes
METADATA: dict[str, dict[str, None]] = {
    ".png": {},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}

PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
SIDE = 14
"""Points of the figure's margins that are left out: a page has its own."""
_HEAD = re.compile(r".*?<svg [^>]*viewBox=\"([^\"]+)\"[^>]*>(?:\s*<metadata>.*?</metadata>)?", re.S)
_STYLE = re.compile(r"\s*<defs>\s*<style.*?</style>\s*</defs>", re.S)
_IDS = re.compile(r' id="([^"]*)"')
_USED = re.compile(r'(?:xlink:href="#|url\(#)([^")]+)')
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"font-family: [^;\"]*")


@dataclass(frozen=True)
class Drawing:
    """A chart that has been drawn: what it shows, and the figure."""

    view: View
    figure: Figure

    def save(self, path: Path) -> None:
        """Save it whole or not at all, with the same bytes every time.

        Raises
        ------
        ValueError
            If the suffix is not ``.png``, ``.svg`` or ``.pdf``.
        """
        suffix = path.suffix.lower()
        if suffix not in METADATA:
            raise ValueError(f"cannot save a figure as '{path.name}'; use {', '.join(METADATA)}")
        with house_style(), written_whole(path) as temporary:
            if suffix == ".svg":
                temporary.write_text(f"{PROLOG}\n{self.svg('chart', whole=True)}", "utf-8")
                return
            about = METADATA[suffix] | ({"Title": self.view.headline} if suffix == ".pdf" else {})
            self.figure.savefig(temporary, format=suffix[1:], metadata=about)

    def svg(self, key: str, whole: bool = False) -> str:
        """An ``<svg>`` element with a name and a text equivalent.

        Parameters
        ----------
        key : str
            Begins every id in it, so that figures on one page do not meet.
        whole : bool
            With its margins and a size of its own, as a file.

        Remarks
        -------
        Texts stay texts: they can be found and copied, and cost a third of outlines. Where DejaVu
        Sans is not there, Verdana has its widths and other fonts are narrower, so that nothing
        collides.
        """
        with house_style():
            written = io.StringIO()
            self.figure.savefig(written, format="svg", metadata=METADATA[".svg"])
        text = written.getvalue()
        head = _HEAD.match(text)
        if head is None:
            raise RuntimeError("matplotlib has written an SVG of another kind")
        body = _STYLE.sub("", text[head.end() :])
        used = set(_USED.findall(body))
        body = _IDS.sub(lambda m: f' id="{key}-{m[1]}"' if m[1] in used else "", body)
        body = _USED.sub(lambda m: m[0].replace("#", f"#{key}-", 1), body)
        body = body.replace("xlink:href=", "href=")
        body = _NUMBER.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), body)
        body = _FONT.sub("font-family: DejaVu Sans, Verdana, sans-serif", body)
        body = re.sub(r"\s*\n\s*", "\n", body)
        said = self.view.words or [self.view.subtitle]
        name, alt = html.escape(self.view.headline), html.escape(" ".join(said))
        _, _, width, height = (float(number) for number in head[1].split())
        side, size = (0, f' width="{width:g}pt" height="{height:g}pt"') if whole else (SIDE, "")
        box = f"{side} 0 {width - 2 * side:g} {height:g}"
        return (
            f'<svg viewBox="{box}"{size} xmlns="http://www.w3.org/2000/svg" role="img" '
            'stroke-linejoin="round" stroke-linecap="butt" '
            f'aria-labelledby="{key}-title" aria-describedby="{key}-desc">'
            f'<title id="{key}-title">{name}</title><desc id="{key}-desc">{alt}</desc>'
            f"{body.strip()}"
        )


def painted(paint: Callable[[Seen], Figure], view: Seen) -> Drawing:
    """What is seen, drawn."""
    return Drawing(view, paint(view))


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
        return None if view is None else painted(self.paint, view)

    def __call__(self, subject: Subject) -> Figure | None:
        """The figure alone."""
        drawn = self.drawn(subject)
        return None if drawn is None else drawn.figure
