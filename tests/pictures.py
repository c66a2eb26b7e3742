"""What tests ask of a figure: texts as the renderer places them, and colours by what they mean."""

from __future__ import annotations

import itertools

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """All texts that are seen, with the boxes that they fill."""
    figure.canvas.draw()
    return [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]


def faults(figure: Figure) -> list[str]:
    """Texts that leave the canvas, and pairs that meet."""
    boxes = texts(figure)
    width, height = figure.bbox.width, figure.bbox.height
    found = [
        f"{label!r} leaves the figure"
        for label, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        # boxes hold the leading of a line too: a few pixels of 130 to the inch may be shared
        if across >= 2 and along >= 5:
            found.append(f"{one!r} meets {other!r}")
    return found
