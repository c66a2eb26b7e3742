"""What tests ask of a figure: texts as the renderer places them, and colours by what they mean."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.colors import hsv_to_rgb, to_hex, to_rgb, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.plots.drawing import SIDE
from sim.scenario.schema import Scenario
from sim.views import colours
from sim.views.colours import actor_colors, ink, tint


def texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """All texts that are seen, with the boxes that they fill."""
    figure.canvas.draw()
    beyond = set(_beyond_the_axes(figure))
    return [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in beyond
    ]


def _beyond_the_axes(figure: Figure) -> Iterable[Text]:
    """Labels of ticks outside what an axis shows, which are there and not drawn."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low <= tick.get_loc() <= high:
                    yield tick.label1


def faults(figure: Figure) -> list[str]:
    """Texts that are cut or leave what a page shows of the canvas, and pairs that meet."""
    boxes = texts(figure)
    width, height = figure.bbox.width, figure.bbox.height
    side = SIDE * figure.dpi / 72  # which a page leaves out
    found = [
        f"{label!r} leaves the figure"
        for label, box in boxes
        if box.x0 < side or box.y0 < 0 or box.x1 > width - side or box.y1 > height
    ]
    # "settle without …" is said so; "Ukraine's…" is not all of it
    found += [f"{label!r} is cut" for label, _ in boxes if re.search(r"\S…$", label)]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        # boxes hold the leading of a line too: a few pixels of 130 to the inch may be shared
        if across >= 2 and along >= 5:
            found.append(f"{one!r} meets {other!r}")
    return found


def hidden(figure: Figure, least: float = 0.5) -> list[str]:
    """Named marks of which less than a part is seen, because others lie over them.

    Each kind is dyed in a colour of its own, and its pixels are counted, there and alone.
    """
    named = [line for line in figure.findobj(Line2D) if line.get_gid() and line.get_marker() != "|"
             and line.get_linestyle() == "None"]  # fmt: skip
    before = [(line.get_color(), line.get_markerfacecolor(), line.get_markeredgecolor())
              for line in named]  # fmt: skip
    dyes = [to_hex(hsv_to_rgb((n / len(named), 0.9, 0.9))) for n in range(len(named))]
    for line, dye in zip(named, dyes, strict=True):
        _dyed(line, dye)
    pixels, found = _pixels(figure), []
    for line, dye in zip(named, dyes, strict=True):
        alone = Figure(figsize=(0.5, 0.5), dpi=figure.dpi)
        style = {"marker": line.get_marker(), "markersize": line.get_markersize(),
                 "markeredgewidth": line.get_markeredgewidth(),
                 "markerfacecolor": line.get_markerfacecolor()}  # fmt: skip
        middle = figure.dpi / 4
        alone.add_artist(_dyed(Line2D([0.5], [0.5], **style), dye))
        whole = _count(_pixels(alone), dye, middle, middle, middle)
        places = line.get_transform().transform(np.column_stack(line.get_data()))
        for where, (x, y) in zip(line.get_xdata(), places, strict=True):
            seen = _count(pixels, dye, x, len(pixels) - y, 0.11 * figure.dpi)
            if seen < least * whole:
                found.append(f"{line.get_gid()} at {where:.2f}: {seen / whole:.0%} is seen")
    for line, (color, face, edge) in zip(named, before, strict=True):
        line.set(color=color, markerfacecolor=face, markeredgecolor=edge)
    return found


def _dyed(line: Line2D, dye: str) -> Line2D:
    hollow = line.get_markerfacecolor() in ("none", "white")
    line.set(color=dye, markeredgecolor=dye,
             markerfacecolor=line.get_markerfacecolor() if hollow else dye)  # fmt: skip
    return line


def _pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


def _count(pixels: np.ndarray, dye: str, x: float, y: float, reach: float) -> int:
    """Pixels of a colour around a place."""
    rows, columns = (slice(max(int(at - reach), 0), int(at + reach)) for at in (y, x))
    return int((np.abs(pixels[rows, columns] - 255 * np.array(to_rgb(dye))).max(axis=-1) < 3).sum())


def hues(figure: Figure) -> set[str]:
    """All colours that are seen, without greys."""
    found = {
        to_hex(color)
        for artist in figure.findobj(Artist)
        if artist.get_visible()
        for given in _given(artist)
        for color in to_rgba_array(given)
        if color[3] > 0
    }
    return {one for one in found if _has_hue(one)}


def _given(artist: Artist) -> Iterable[object]:
    if isinstance(artist, Text):
        return [artist.get_color()] if artist.get_text().strip() else []
    if isinstance(artist, Line2D):
        marks = artist.get_marker() not in ("", "None", None, " ")
        faces = [artist.get_markerfacecolor(), artist.get_markeredgecolor()] if marks else []
        line = artist.get_linestyle() not in ("None", "", " ")
        return [*([artist.get_color()] if line else []), *faces]
    if isinstance(artist, Patch):
        edge = [artist.get_edgecolor()] if artist.get_linewidth() else []
        return [artist.get_facecolor(), *edge]
    if isinstance(artist, Collection):
        return [artist.get_facecolor(), artist.get_edgecolor()]
    return []


def _has_hue(color: str) -> bool:
    parts = [int(color[n : n + 2], 16) for n in (1, 3, 5)]
    return max(parts) - min(parts) > 12


def meanings(scenarios: Iterable[Scenario]) -> Mapping[str, str]:
    """What each colour means where these scenarios are drawn; two meanings are a fault."""
    known: dict[str, str] = {}

    def means(color: str, what: str) -> None:
        for shade in (color, ink(color), tint(color), tint(color, 0.35), tint(color, 0.2)):
            assert known.setdefault(shade.lower(), what) == what, (
                f"{shade}: {known[shade.lower()]}, {what}"
            )

    for what, color in colours.OUTCOME_COLORS.items():
        means(color, {"partial": "first stage"}.get(what, what))
    means(colours.FIRST, "first stage")
    for what in ("PLAN", "OUTSIDE", "CROWD", "HEAP", "SEEN"):
        means(getattr(colours, what), what)
    for what, tints in (("issue", colours.ISSUES), ("reason", colours.WHY)):
        for n, color in enumerate(tints):
            assert known.setdefault(color, f"{what} {n}") == f"{what} {n}"
    for scenario in scenarios:
        for actor, color in actor_colors(scenario).items():
            means(color, f"actor {actor}")
    return known
