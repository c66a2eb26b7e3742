"""A measure of a sweep over two varied parameters as a heatmap, or over one as a line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sim.arrays import Array
from sim.plots.sheet import INNER, MARGIN, WIDTH, Sheet, dot, mark
from sim.plots.style import DARK, GREY, SMALL, line_height, shortened, styled, text_width, wrapped
from sim.prose import counted, signed
from sim.results.allowed import RANGE, SAMPLING
from sim.studies.sweep.surface import Axis, Surface
from sim.views.colours import OUTSIDE, SETTLED, luminance
from sim.views.heatmap import HeatmapView
from sim.views.layout import TOPS, labelled_points, nice_top

BIG = 10.5
TALL, ROW_MIN, ROW_MAX, COLUMN_MAX = 5.4, 0.17, 0.95, 2.6
NAMES = 2.1
"""Room for the words of the y axis, in inches."""
BAR, BAR_GAP, BAR_LABELS = 0.18, 0.3, 0.75
OWN = "the scenario's own value (the median where it is uncertain)"
PALE = 0.18
SAMPLED: dict[str, Any] = {"color": DARK, "linewidth": 1.1, "alpha": 0.8}
UNKNOWN = {"facecolor": "#f2f2f2", "edgecolor": "#c9c9c9", "linewidth": 0.0, "hatch": "////"}


@styled
def heatmap(view: HeatmapView) -> Figure:
    """A measure by one or two parameters, with its interval.

    Returns
    -------
    Figure
        A panel ``map`` (two parameters, with a panel ``colours`` where there are any) or ``line``
        (one).
    """
    return _line(view) if view.shown.y is None else _map(view, view.shown.y)


# --- two parameters -----------------------------------------------------------------------


def _map(view: HeatmapView, y: Axis) -> Figure:
    shown, x = view.shown, view.shown.x
    row = min(max(TALL / len(y), ROW_MIN), ROW_MAX)
    rows = [_row_label(y, n, row) for n in range(len(y))]
    names = min(max(0.4, *(text_width(line) for lines in rows for line in lines)), NAMES)
    left = MARGIN + names + 0.12
    most = WIDTH - left - MARGIN - BAR_GAP - BAR - BAR_LABELS
    width = min(most, COLUMN_MAX * len(x))
    height = row * len(y)
    column = width / len(x)
    texts = _cell_texts(shown, column, row, view.sampled)
    ticks, turned = _ticks(x, column)
    below = max(len(lines) for lines in ticks) * line_height() + 0.12
    above = 0.52
    body = above + height + below + 0.42
    marks = [_arrow(marker) for axis, marker in ((x, "v"), (y, "<"))
             if axis.place(axis.parameter.own) is not None]  # fmt: skip
    key = [mark("" if one is not marks[-1] else OWN, **one) for one in marks]
    if np.isnan(shown.mean).any():
        key.append(mark("no world has a value", **UNKNOWN))
    sheet = Sheet(_told(view, bool(texts) or not shown.found), body, key)
    _axis_title(sheet, y, MARGIN, 0.0, INNER)
    _axis_title(sheet, x, left, above + height + below, WIDTH - left - MARGIN)
    axes = sheet.axes(left, above, width, height, gid="map")
    colours, top = _colours(shown)
    _paint(axes, shown, colours)
    for (r, c), lines in texts.items():
        color = _on(_shade(colours, float(shown.mean[r, c])))
        _write_cell(axes, r, c, lines, row, color)
    axes.set_xlim(-0.5, len(x) - 0.5)
    axes.set_ylim(-0.5, len(y) - 0.5)
    axes.set_xticks(turned, ["\n".join(lines) for lines in ticks])
    places = _every(len(y), line_height(), row)
    axes.set_yticks(places, ["\n".join(rows[n]) for n in places])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    _mark_own(sheet, axes, x.place(x.parameter.own), y.place(y.parameter.own))
    if shown.found:
        bar = sheet.axes(left + width + BAR_GAP, above, BAR, height, gid="colours")
        _colour_bar(bar, colours, top, shown)
    return sheet.figure


def _row_label(y: Axis, n: int, row: float) -> list[str]:
    """A value and the text of its scale, where there is room for both."""
    if y.words and 3 * line_height() <= row:
        return [y.labels[n], *wrapped(y.words[n], NAMES, lines=2)]
    return wrapped(y.labels[n], NAMES, lines=2)


def _paint(axes: Axes, shown: Surface, colours: ScalarMappable) -> None:
    rows, columns = shown.mean.shape
    gap = 0.0 if columns > 15 or rows > 15 else 1.0
    for r, c in np.ndindex(rows, columns):
        value = float(shown.mean[r, c])
        known = {"facecolor": _shade(colours, value), "edgecolor": "#e3e3e3", "linewidth": gap}
        style: dict[str, Any] = UNKNOWN if np.isnan(value) else known
        axes.add_patch(Rectangle((c - 0.5, r - 0.5), 1, 1, gid=f"cell {r} {c}", **style))


def _cell_texts(
    shown: Surface, column: float, row: float, sampled: bool
) -> dict[tuple[int, int], list[str]]:
    """What is written into the cells: as much as there is room for in every one of them."""
    lines = {
        at: [*one.parts, counted(int(shown.cells[at]), "point")] for at, one in shown.found.items()
    }
    for number in (3, 2, 1) if sampled else (2, 1):
        tall = line_height(BIG) + (number - 1) * line_height()
        wide = max(
            (text_width(t, BIG if n == 0 else SMALL, n == 0)
             for texts in lines.values() for n, t in enumerate(texts[:number])),
            default=0.0,
        )  # fmt: skip
        if tall <= row - 0.04 and wide <= column - 0.06:
            return {at: texts[:number] for at, texts in lines.items()}
    return {}


def _write_cell(
    axes: Axes, row: int, column: int, lines: list[str], height: float, color: str
) -> None:
    heights = [line_height(BIG), *[line_height()] * (len(lines) - 1)]
    top = sum(heights) / 2
    for n, (text, tall) in enumerate(zip(lines, heights, strict=True)):
        middle = top - sum(heights[:n]) - tall / 2
        first = n == 0
        axes.text(column, row + middle / height, text, ha="center", va="center_baseline",
                  color=color, size=BIG if first else SMALL,
                  weight="bold" if first else "normal",
                  gid="value" if first else "interval")  # fmt: skip


def _shade(colours: ScalarMappable, value: float) -> str:
    return to_hex(tuple(colours.to_rgba(np.array([value]))[0]))


def _colours(shown: Surface) -> tuple[ScalarMappable, tuple[float, float]]:
    """Colours from 0 to a round number; around 0 where there are negative values."""
    known = shown.mean[~np.isnan(shown.mean)]
    highest = float(np.abs(known).max()) if len(known) else 0.0
    if shown.measure.kind == "share":
        ends = (0.0, nice_top(highest))
    else:
        # the next round number
        round_ = float(MaxNLocator(1, steps=[1, 2, 5, 10]).tick_values(0, max(highest, 0.01))[-1])
        ends = (-round_ if (known < 0).any() else 0.0, round_)
    shades = even_shades(1.0)
    if ends[0] < 0:
        shades = np.vstack([even_shades(0.0)[:0:-1], shades])
    return ScalarMappable(Normalize(*ends), ListedColormap(shades)), ends


def even_shades(end: float, number: int = 256) -> Array:
    """From the middle of ColorBrewer's brown to teal to an end, shape (number, 4).

    In even steps of lightness (CIE 1976), so that they read the same without colour vision.
    """
    colors = colormaps["BrBG"](np.linspace(0.5, end, 4 * number))
    lightness = np.cbrt([luminance(tuple(color)) for color in colors])
    even = np.linspace(lightness[0], lightness[-1], number)
    return np.asarray(colors[np.abs(lightness[:, None] - even).argmin(axis=0)])


def _on(color: str) -> str:
    """Dark or white, whichever reads better on a colour (contrast after WCAG 2.1)."""
    bright = luminance(color)
    on_white, on_dark = 1.05 / (bright + 0.05), (bright + 0.05) / (luminance(DARK) + 0.05)
    return "white" if on_white > on_dark else DARK


def _colour_bar(
    axes: Axes, colours: ScalarMappable, ends: tuple[float, float], shown: Surface
) -> None:
    low, high = ends
    shades = np.linspace(low, high, 256).reshape(-1, 1)
    axes.imshow(shades, cmap=colours.cmap, vmin=low, vmax=high, aspect="auto", origin="lower",
                extent=(0.0, 1.0, low, high))  # fmt: skip
    ticks = np.linspace(low, high, 5 if low < 0 else 3)
    axes.set_xticks([])
    axes.set_yticks(ticks, [_tick(shown, t) for t in ticks])
    axes.yaxis.tick_right()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _tick(shown: Surface, value: float) -> str:
    if shown.measure.kind == "share":
        return f"{100 * value:.4g} %" if value else "0"
    return signed(f"{shown.measure.scale * value:.3g}")


def _ticks(x: Axis, column: float) -> tuple[list[list[str]], list[int]]:
    """Lines of the labels under the columns, and at which; not all where they would collide."""
    room = column - 0.08
    if x.words:
        told = [[label, *wrapped(text, max(room, 0.3), lines=4)]
                for label, text in zip(x.labels, x.words, strict=True)]  # fmt: skip
        if not any("…" in line for lines in told for line in lines):
            return told, list(range(len(x)))
    words = [wrapped(label, max(room, 0.3), lines=3) for label in x.labels]
    if x.centres is None and all("…" not in line for lines in words for line in lines):
        return words, list(range(len(x)))
    widest = max(text_width(label) for label in x.labels)
    places = _every(len(x), widest + 0.1, column)
    return [[x.labels[n]] for n in places], places


def _apart(labels: list[list[str]], inches: Array) -> tuple[list[list[str]], list[int]]:
    """Those of the labels at these places that stand apart, the ends first."""
    half = {float(at): max(map(text_width, lines)) / 2 + 0.05
            for at, lines in zip(inches, labels, strict=True)}  # fmt: skip
    kept = labelled_points(list(half), half)
    places = sorted(list(half).index(at) for at in kept)
    return [labels[n] for n in places], places


def _every(count: int, need: float, step: float) -> list[int]:
    """Places of labels that stand apart, from the first on."""
    stride = max(1, int(np.ceil(need / step - 1e-9)))
    return list(range(0, count, stride))


def _axis_title(sheet: Sheet, axis: Axis, left: float, top: float, width: float) -> None:
    """The parameter in words, its path small below."""
    title = axis.parameter.title + (" (times the scenario's)" if axis.parameter.factor else "")
    sheet.heading(left, top, shortened(title, width, 10, True), 10, gid="title")
    if axis.parameter.path != axis.parameter.title.lower():
        sheet.text(left, top + 0.19, shortened(axis.parameter.path, width), color=GREY, gid="path")


def _arrow(marker: str) -> dict[str, Any]:
    return {"marker": marker, "color": OUTSIDE, "markersize": 6.5, "markeredgewidth": 0}


def _mark_own(sheet: Sheet, axes: Axes, place: float | None, other: float | None = None) -> None:
    """Small triangles outside the panel where the scenario itself lies along x and y."""
    box = axes.get_position()
    if place is not None:
        top = 1.0 + 0.06 / (box.height * sheet.height)
        dot(axes, place, top, transform=axes.get_xaxis_transform(), gid="own x", **_arrow("v"))
    if other is not None:
        right = 1.0 + 0.06 / (box.width * WIDTH)
        dot(axes, right, other, transform=axes.get_yaxis_transform(), gid="own y", **_arrow("<"))


# --- one parameter ------------------------------------------------------------------------


def _line(view: HeatmapView) -> Figure:
    shown = view.shown
    x, height, above = shown.x, 3.6, 0.15
    left = MARGIN + 0.75
    width = WIDTH - left - MARGIN - 0.2
    at = np.arange(len(x), dtype=float)
    if x.centres is not None:
        at = np.interp(x.centres, [x.centres[0], x.centres[-1]], [0, len(x) - 1])
    ticks, places = _line_ticks(shown, at, width)
    below = max(len(lines) for lines in ticks) * line_height() + 0.16
    body = above + height + below + 0.42
    calibrated = any(one.allowed for one in shown.found.values())
    key = [mark("mean", color=SETTLED, linewidth=2.2)] if shown.found else []
    (low, high), (least, most) = shown.spans(0), shown.spans(0, sampling=True)
    if np.isfinite(low).any():
        key.append(mark(RANGE if calibrated else SAMPLING, facecolor=SETTLED, alpha=PALE))
    if np.isfinite(least).any():
        key.append(mark(f"{SAMPLING} of sampling", **SAMPLED))
    own = x.place(x.parameter.own)
    if own is not None:
        key.append(mark(OWN, **_arrow("v")))
    sheet = Sheet(_told(view, True), body, key)
    _axis_title(sheet, x, left, above + height + below, width)
    axes = sheet.axes(left, above, width, height, gid="line")
    mean = shown.mean[0]
    if x.centres is None:
        axes.vlines(at, low, high, color=SETTLED, linewidth=7, alpha=0.25, gid="range")
        axes.plot(at, mean, "o", color=SETTLED, gid="mean")
    else:
        axes.fill_between(at, low, high, color=SETTLED, alpha=PALE, gid="range")
        known = np.pad(np.isfinite(low), 1)
        alone = known[1:-1] & ~known[:-2] & ~known[2:]  # between places without a band
        if alone.any():
            axes.vlines(at[alone], low[alone], high[alone], color=SETTLED, linewidth=7, alpha=PALE)
        axes.plot(at, mean, "o-", color=SETTLED, linewidth=2.2, markersize=4.5, gid="mean",
                  clip_on=False)  # fmt: skip
    if np.isfinite(least).any():
        axes.vlines(at, least, most, gid="sampling", zorder=3, **SAMPLED)
    _y_scale(axes, shown)
    axes.set_xlim(-0.5 if x.centres is None else -0.02 * len(x), len(x) - 1 + (
        0.5 if x.centres is None else 0.02 * len(x)))  # fmt: skip
    axes.set_xticks(at[places], ["\n".join(lines) for lines in ticks])
    if own is not None:
        _mark_own(sheet, axes, float(np.interp(own, np.arange(len(x)), at)))
    return sheet.figure


def _line_ticks(shown: Surface, at: Array, width: float) -> tuple[list[list[str]], list[int]]:
    """Labels below the values that stand at these places, and at which of them.

    A share that is told as a number of worlds stands below its value: the curve crosses nothing.
    """
    x = shown.x
    counts = {column: " ".join(one.parts) for (_, column), one in shown.found.items() if one.few}
    if x.centres is not None:
        labels = [
            [label, *([counts[n]] if n in counts else [])] for n, label in enumerate(x.labels)
        ]
        return _apart(labels, at * width / max(len(x) - 1, 1))
    ticks, places = _ticks(x, width / len(x))
    fit = all(text_width(text) + 0.1 < width / len(x) for text in counts.values())
    return [
        [*lines, counts[n]] if fit and n in counts else lines
        for lines, n in zip(ticks, places, strict=True)
    ], places


def _y_scale(axes: Axes, shown: Surface) -> None:
    """From 0 to a round number that holds the band; around 0 where it is negative."""
    ends = np.concatenate([shown.spans(0), shown.spans(0, sampling=True), shown.mean], axis=None)
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        axes.set_yticks([])
        return
    low, high = float(ends.min()), float(ends.max())
    if shown.measure.kind == "share":
        top = nice_top(high)
        ticks = np.linspace(0.0, top, TOPS[top] + 1)
    else:
        locator = MaxNLocator(5, steps=[1, 2, 5, 10])
        ticks = np.array(locator.tick_values(min(low, 0.0), max(high, 0.01)))
    axes.set_ylim(ticks[0], ticks[-1])
    axes.set_yticks(ticks, [_tick(shown, t) for t in ticks])
    axes.grid(axis="y")


def _told(view: HeatmapView, written: bool) -> HeatmapView:
    """With whether there was room for the numbers."""
    numbers = "" if written else "Too many cells for numbers: they are in cells.csv. "
    return replace(view, subtitle=f"{numbers}{view.subtitle}")
