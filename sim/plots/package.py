"""What the deals contain, issue by issue; or, where there are none, what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.convergence import red_line_marks, red_line_style
from sim.plots.sheet import INNER, MARGIN, Mark, Sheet, mark
from sim.plots.style import DARK, GREY, PALE, SMALL, line_height, styled, wrapped
from sim.prose import possessive
from sim.views.colours import HEAP, PLAN, ink
from sim.views.convergence import RedLine
from sim.views.layout import spread
from sim.views.package import FEW, PackageView, Strip

STRIP, TITLE_WIDTH, GAP, HILL = 5.6, 1.7, 0.22, 0.34
ABOVE, BELOW, LANE, FLAG, HEADING = 0.2, 0.13, 0.17, 0.12, 0.22
"""Heights in inches: of the triangles over a strip, of the texts and the plan's triangles under it,
of red lines' flags (up where they bar what lies above) and of a heading."""
SPREAD: dict[str, Any] = {"color": DARK, "linewidth": 3}
NO_DEAL: dict[str, Any] = {"marker": "o", "markersize": 12, "markerfacecolor": "none",
                           "color": DARK, "markeredgewidth": 1.7}  # fmt: skip
OF_PLAN: dict[str, Any] = {"marker": "^", "markersize": 8, "color": PLAN,
                           "markeredgecolor": "white", "markeredgewidth": 0.6}  # fmt: skip
MEDIAN: dict[str, Any] = {"marker": "D", "markersize": 6, "color": DARK,
                          "markeredgecolor": "white"}  # fmt: skip


@styled
def package(view: PackageView) -> Figure:
    """One strip per issue over its scale: what was agreed, between the parties' ideal points.

    Returns
    -------
    Figure
        One panel ``strips``, in inches from its upper edge down; marks of a kind are one line, from
        strip to strip: ``no_deal``, ``plan``, ``median``, ``ideal:ACTOR``, ``limit:ACTOR``.
    """
    rows = [_row_height(strip, view.crowd) for strip in view.strips]
    first = HEADING if view.heading else 0.0
    tops = [first + sum(rows[:n]) for n in range(len(rows))]
    body, words = first + sum(rows), MARGIN + TITLE_WIDTH + STRIP + 2 * GAP
    sheet = Sheet(view, body, _key(view))
    sheet.text(words, 0, view.heading, color=GREY)
    axes = sheet.axes(MARGIN + TITLE_WIDTH + GAP, 0, STRIP, body, gid="strips")
    axes.set_axis_off()
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(body, 0)
    rails = [
        top + row - _below(strip) for top, row, strip in zip(tops, rows, view.strips, strict=True)
    ]
    for top, rail, strip in zip(tops, rails, view.strips, strict=True):
        sheet.rule(top - 0.02)
        sheet.heading(MARGIN, top + 0.12, _title(strip), 10)
        _scale(axes, strip, rail)
        if strip.spread:
            _distribution(axes, strip, rail)
        _words(sheet, strip, words, top + 0.12)
    _marks(axes, view, rails)
    return sheet.figure


def _below(strip: Strip) -> float:
    """Room under a rail, in inches."""
    return max(map(len, _ends(strip))) * line_height() + _under(strip) + 0.06


def _under(strip: Strip) -> float:
    """How far under a rail its texts begin, in inches."""
    return BELOW if strip.plan is None else BELOW + LANE


def _ends(strip: Strip) -> tuple[list[str], list[str]]:
    """Texts of the two ends, each in at most three lines that cannot meet."""
    scale, half = strip.issue.scale, STRIP / 1.04 / 2 - 0.12
    return (wrapped(scale[min(scale)], half), wrapped(scale[max(scale)], half))


def _title(strip: Strip) -> list[str]:
    return wrapped(strip.issue.title, TITLE_WIDTH, 10, bold=True, lines=4)


def _row_height(strip: Strip, crowd: bool) -> float:
    above = ABOVE + (0.34 if crowd else 0.14) + (HILL if strip.spread else 0.0)
    words = len(_head(strip)) * line_height(9.5) + len(_more(strip)) * line_height() + 0.3
    title = len(_title(strip)) * line_height(10) + 0.25
    return max(above + _below(strip), words, title)


def _key(view: PackageView) -> list[Mark]:
    ideal = {"marker": "v", "markersize": 8}
    marks = [mark(f"{possessive(name)} ideal", ink(color), color=color, **ideal)
             for name, color in view.actors]  # fmt: skip
    if view.crowd:
        color = view.strips[0].wishes[0].color
        marks.append(mark("ideals, with the number of sides that share one", color=color, **ideal))
    marks.append(mark("without a deal, at the start", **NO_DEAL))
    if any(strip.plan is not None for strip in view.strips):
        marks.append(mark("the plan as published", **OF_PLAN))
    counts = [len(strip.deals) for strip in view.strips if strip.spread]
    if any(count >= FEW for count in counts):
        marks.append(mark("terms of the deals", facecolor=HEAP))
    if any(count < FEW for count in counts):
        marks.append(mark("terms, deal by deal", marker="|", markersize=9, color=HEAP))
    if any(len(strip.deals) for strip in view.strips):
        marks.append(mark("median" if counts else "what is decided", **MEDIAN))
    if any(strip.low is not None for strip in view.strips):
        marks.append(mark("10–90 % of the deals", **SPREAD))
    lines = [line for strip in view.strips for wish in strip.wishes for line in wish.lines]
    return marks + red_line_marks(lines, _line_style)


def _line_style(line: RedLine, color: str) -> dict[str, Any]:
    return red_line_style(line, color) | {"marker": "<" if not line.above else ">"}


def _scale(axes: Axes, strip: Strip, rail: float) -> None:
    """The texts of the two ends, under the rail."""
    for lines, align in zip(_ends(strip), ("left", "right"), strict=True):
        axes.text(0 if align == "left" else 1, rail + _under(strip), "\n".join(lines), ha=align,
                  va="top", color="#555555", linespacing=1.1, size=SMALL)  # fmt: skip


def _distribution(axes: Axes, strip: Strip, rail: float) -> None:
    if strip.low is not None and strip.high is not None:
        axes.plot([strip.low, strip.high], [rail, rail], zorder=2, gid=f"spread:{strip.key}",
                  solid_capstyle="butt", **SPREAD)  # fmt: skip
    values, base = strip.deals, rail - 0.07
    if len(values) < FEW:
        axes.vlines(values, base, base - 0.4 * HILL, color=HEAP, linewidth=1.5)
    elif strip.issue.kind == "options":
        listed = np.array(list(strip.issue.scale))
        counts = np.bincount(np.abs(values[:, None] - listed).argmin(axis=1), minlength=len(listed))
        axes.vlines(listed, base, base - HILL * counts / np.max(counts), color=HEAP, linewidth=8)
    else:
        counts, edges = np.histogram(values, bins=41, range=(-0.0125, 1.0125))
        # the first and the last are half as wide: no term lies beyond the scale
        axes.stairs(base - HILL * counts / np.max(counts), np.clip(edges, 0, 1), baseline=base,
                    fill=True, color=HEAP, gid=f"terms:{strip.key}")  # fmt: skip


def _marks(axes: Axes, view: PackageView, rails: list[float]) -> None:
    """Everything that stands on or over the rails, a line for all marks of a kind."""
    axes.hlines(rails, 0, 1, color=PALE, linewidth=5, capstyle="round", zorder=1)
    placed: dict[tuple[str, float], tuple[dict[str, Any], list[tuple[float, float]]]] = {}

    def put(gid: str, layer: float, style: dict[str, Any], x: float, y: float) -> None:
        placed.setdefault((f"{gid} {style}", layer), ({"gid": gid, **style}, []))[1].append((x, y))

    for strip, rail in zip(view.strips, rails, strict=True):
        for point in strip.issue.scale:
            put("points", 1.2, {"marker": "|", "markersize": 7, "color": GREY}, point, rail)
        for wish in strip.wishes:
            for line in wish.lines:
                up, aside = (-1, 0.009) if line.above else (1, -0.009)
                axes.vlines(line.at, rail - up * 0.06, rail + up * FLAG, color=wish.color, zorder=2,
                            linewidth=1.5, linestyle="--" if line.conditional else "-")  # fmt: skip
                put(f"limit:{wish.actors[0]}", 2.6, _line_style(line, wish.color),
                    line.at + aside, rail + up * (FLAG - 0.05))  # fmt: skip
        if strip.plan is not None:
            put("plan", 3.0, OF_PLAN, strip.plan, rail + LANE)
        put("no_deal", 2.5, NO_DEAL, strip.start, rail)
        if strip.middle is not None:
            put("median", 3.0, MEDIAN, strip.middle, rail)
        _ideals(axes, view, strip, rail, put)
    for (_, layer), (style, points) in placed.items():
        axes.plot(*zip(*points, strict=True), linestyle="", zorder=layer, clip_on=False, **style)


def _ideals(
    axes: Axes, view: PackageView, strip: Strip, rail: float, put: Callable[..., None]
) -> None:
    """Ideal points as triangles, side by side where they coincide; of a crowd with counts."""
    y = rail - ABOVE - (HILL if strip.spread else 0.0)
    gap = min(0.05 if view.crowd else 0.026, 1 / max(len(strip.wishes) - 1, 1))
    places = spread([w.ideal for w in strip.wishes], gap, 0.0, 1.0)
    for wish, place in zip(strip.wishes, places, strict=True):
        put(f"ideal:{wish.actors[0]}", 3.0, {"marker": "v", "markersize": 8.5, "color": wish.color,
            "markeredgecolor": "white", "markeredgewidth": 0.6}, place, y)  # fmt: skip
        if view.crowd:
            axes.text(place, y - 0.07, str(len(wish.actors)), ha="center", va="bottom",
                      color=ink(wish.color), weight="bold", size=SMALL, gid="count")  # fmt: skip


def _head(strip: Strip) -> list[str]:
    return wrapped(strip.head, _room(), 9.5, bold=True, lines=5)


def _more(strip: Strip) -> list[str]:
    return wrapped(strip.more, _room(), lines=6)


def _room() -> float:
    return INNER - TITLE_WIDTH - STRIP - 2 * GAP


def _words(sheet: Sheet, strip: Strip, left: float, top: float) -> None:
    """To the right of a strip: what the median deal says, or why there is none."""
    head = _head(strip)
    sheet.heading(left, top, head, 9.5, gid="median text")
    sheet.text(left, top + len(head) * line_height(9.5) + 0.03, _more(strip), color="#555555")
