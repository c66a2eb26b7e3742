"""What the deals contain, issue by issue; or, where there are none, what stands in the way."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.convergence import red_line_style
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import DARK, GREY, PALE, SMALL, line_height, styled, wrapped
from sim.prose import possessive
from sim.views.colours import PLAN, ink
from sim.views.convergence import RedLine
from sim.views.layout import spread
from sim.views.package import FEW, PackageView, Strip

STRIP, TITLE_WIDTH, GAP, HILL = 5.6, 1.7, 0.22, 0.34
ABOVE, BELOW = 0.2, 0.13
"""Height of the triangles over the strip, and of the texts under it, in inches."""
HEAP = "#8fa3ad"
SPREAD: dict[str, Any] = {"color": DARK, "linewidth": 3}


@styled
def package(view: PackageView) -> Figure:
    """One strip per issue over its scale: what was agreed, between the parties' ideal points.

    Returns
    -------
    Figure
        Panels in the order of the scenario's issues; the median's mark has the gid ``median``.
    """
    rows = [_row_height(strip, view.crowd) for strip in view.strips]
    sheet = Sheet(view.foot, view.headline, view.subtitle, sum(rows), _key(view))
    top = 0.0
    for strip, height in zip(view.strips, rows, strict=True):
        sheet.rule(top - 0.02)
        title = wrapped(strip.issue.title, TITLE_WIDTH, 10, bold=True, lines=4)
        sheet.text(MARGIN, top + 0.12, "\n".join(title), size=10, weight="bold")
        axes = sheet.axes(MARGIN + TITLE_WIDTH + GAP, top, STRIP, height, gid=strip.key)
        _strip(axes, view, strip, height)
        _words(sheet, strip, MARGIN + TITLE_WIDTH + STRIP + 2 * GAP, top + 0.12)
        top += height
    return sheet.figure


def _ends(strip: Strip) -> tuple[list[str], list[str]]:
    """Texts of the two ends, each in at most two lines that cannot meet."""
    scale, half = strip.issue.scale, STRIP / 1.04 / 2 - 0.12
    return (wrapped(scale[min(scale)], half, lines=2), wrapped(scale[max(scale)], half, lines=2))


def _row_height(strip: Strip, crowd: bool) -> float:
    below = max(map(len, _ends(strip))) * line_height() + BELOW + 0.06
    above = ABOVE + (0.34 if crowd else 0.14) + (HILL if len(strip.deals) else 0.0)
    words = len(_head(strip)) * line_height(9.5) + len(_more(strip)) * line_height() + 0.3
    return max(above + below, words, 0.75)


def _key(view: PackageView) -> list[Mark]:
    ideal = {"marker": "v", "markersize": 8}
    marks = [
        Mark(f"{possessive(name)} ideal", "point", {**ideal, "color": color}, ink(color))
        for name, color in view.actors
    ]
    if view.crowd:
        marks.append(Mark("ideals, with the number of sides that share one", "point",
                          {**ideal, "color": view.strips[0].wishes[0].color}))  # fmt: skip
    marks.append(Mark("without a deal, at the start", "point", _no_deal_style()))
    if any(strip.plan is not None for strip in view.strips):
        marks.append(Mark("the plan as published", "point", _plan_style()))
    counts = [len(strip.deals) for strip in view.strips]
    if any(count >= FEW for count in counts):
        marks.append(Mark("terms of the deals", "band", {"facecolor": HEAP}))
    if any(0 < count < FEW for count in counts):
        marks.append(Mark("terms, deal by deal", "point",
                          {"marker": "|", "markersize": 9, "color": HEAP}))  # fmt: skip
    if any(counts):
        marks.append(Mark("median", "point", _median_style()))
    if any(strip.low is not None for strip in view.strips):
        marks.append(Mark("10–90 % of the deals", "line", SPREAD))
    lines = [line for strip in view.strips for wish in strip.wishes for line in wish.lines]
    for words, some in (
        ("red line: nothing is signed beyond it", RedLine(0, True)),
        ("red line, stated in public", RedLine(0, True, True)),
        ("red line, as the coder believes", RedLine(0, True, False)),
        ("red line if other terms suit", RedLine(0, True, conditional=True)),
    ):
        if any((x.conditional, x.stated if not x.conditional else None)
               == (some.conditional, some.stated) for x in lines):  # fmt: skip
            marks.append(Mark(words, "point", _line_style(some, DARK)))
    return marks


def _line_style(line: RedLine, color: str) -> dict[str, Any]:
    return red_line_style(line, color) | {"marker": "<" if not line.above else ">"}


def _no_deal_style() -> dict[str, Any]:
    return {"marker": "o", "markersize": 7, "markerfacecolor": "white", "color": DARK,
            "markeredgewidth": 1.3}  # fmt: skip


def _plan_style() -> dict[str, Any]:
    return {"marker": "s", "markersize": 6, "color": PLAN, "markeredgecolor": "white",
            "markeredgewidth": 0.8}  # fmt: skip


def _median_style() -> dict[str, Any]:
    return {"marker": "D", "markersize": 8, "color": DARK, "markeredgecolor": "white"}


def _strip(axes: Axes, view: PackageView, strip: Strip, height: float) -> None:
    """A scale from end to end; y runs in inches from the strip upwards."""
    spec, ends = strip.issue, _ends(strip)
    below = max(map(len, ends)) * line_height() + BELOW + 0.06
    axes.set_axis_off()
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-below, height - below)
    axes.plot([0, 1], [0, 0], color=PALE, linewidth=5, solid_capstyle="round", zorder=1)
    axes.plot(list(spec.scale), [0] * len(spec.scale), linestyle="", marker="|", markersize=7,
              color=GREY, zorder=1.2, gid="points")  # fmt: skip
    if len(strip.deals):
        _distribution(axes, strip)
    for wish in strip.wishes:
        for line in wish.lines:
            axes.plot([line.at] * 2, [-0.09, 0.09], color=wish.color, linewidth=1.5, zorder=2,
                      linestyle=":" if line.conditional else "-")  # fmt: skip
            shift = 0.009 if line.above else -0.009
            axes.plot([line.at + shift], [0], linestyle="", zorder=2.1,
                      gid=f"limit:{wish.actors[0]}", **_line_style(line, wish.color))  # fmt: skip
    if strip.plan is not None:
        axes.plot([strip.plan], [0], linestyle="", zorder=2.4, gid="plan", **_plan_style())
    axes.plot([strip.start], [0], linestyle="", zorder=2.5, gid="no_deal", **_no_deal_style())
    if strip.middle is not None:
        axes.plot([strip.middle], [0], linestyle="", zorder=3, gid="median", **_median_style())
    _ideals(axes, view, strip, ABOVE + (HILL if len(strip.deals) else 0.0))
    for lines, align in zip(ends, ("left", "right"), strict=True):
        axes.text(0 if align == "left" else 1, -BELOW, "\n".join(lines), ha=align, va="top",
                  color="#555555", linespacing=1.1, size=SMALL)  # fmt: skip


def _distribution(axes: Axes, strip: Strip) -> None:
    if strip.low is not None and strip.high is not None:
        axes.plot([strip.low, strip.high], [0, 0], zorder=2, gid="spread",
                  solid_capstyle="butt", **SPREAD)  # fmt: skip
    values, base = strip.deals, 0.07
    if len(values) < FEW:
        axes.vlines(values, base, base + 0.4 * HILL, color=HEAP, linewidth=1.5)
    elif strip.issue.kind == "options":
        listed = np.array(list(strip.issue.scale))
        counts = np.bincount(np.abs(values[:, None] - listed).argmin(axis=1), minlength=len(listed))
        axes.bar(listed, HILL * counts / np.max(counts), width=0.02, bottom=base, color=HEAP)
    else:
        counts, edges = np.histogram(values, bins=41, range=(-0.0125, 1.0125))
        axes.stairs(base + HILL * counts / np.max(counts), edges, baseline=base, fill=True,
                    color=HEAP)  # fmt: skip


def _ideals(axes: Axes, view: PackageView, strip: Strip, height: float) -> None:
    """Ideal points as triangles, side by side where they coincide; of a crowd with counts."""
    gap = 0.05 if view.crowd else 0.026
    placed = spread([w.ideal for w in strip.wishes], gap, 0.0, 1.0)
    for wish, place in zip(strip.wishes, placed, strict=True):
        axes.plot([place], [height], linestyle="", marker="v", markersize=8.5, color=wish.color,
                  markeredgecolor="white", markeredgewidth=0.6, zorder=3, clip_on=False,
                  gid=f"ideal:{wish.actors[0]}")  # fmt: skip
        if view.crowd:
            axes.text(place, height + 0.07, str(len(wish.actors)), ha="center", va="bottom",
                      color=ink(wish.color), weight="bold", size=SMALL, gid="count")  # fmt: skip


def _head(strip: Strip) -> list[str]:
    return wrapped(strip.head, _room(), 9.5, bold=True, lines=3)


def _more(strip: Strip) -> list[str]:
    return wrapped(strip.more, _room(), lines=4)


def _room() -> float:
    return WIDTH - 2 * MARGIN - TITLE_WIDTH - STRIP - 2 * GAP


def _words(sheet: Sheet, strip: Strip, left: float, top: float) -> None:
    """To the right of a strip: what the median deal says, or why there is none."""
    head = _head(strip)
    sheet.text(left, top, "\n".join(head), size=9.5, weight="bold", gid="median text")
    top += len(head) * line_height(9.5) + 0.03
    sheet.text(left, top, "\n".join(_more(strip)), color="#555555")
