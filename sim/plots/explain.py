"""What decides a scenario, and what stands in the way of a deal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plots.sheet import INNER, MARGIN, WIDTH, Sheet, mark, share_axis
from sim.plots.style import DARK, GREY, styled, wrapped
from sim.prose import sentence
from sim.views.colours import ink
from sim.views.explain import ExplainView, Panel

ROW, LABEL, LINE = 0.36, 3.4, 0.17


@styled
def explained(view: ExplainView) -> Figure:
    """Drivers by group, and under them shares of worlds: panels that have nothing are left out."""
    groups = len({bar.group for bar in view.drivers})
    top = 0.42 + ROW * len(view.drivers) + 0.28 * groups + 0.5 if view.drivers else 0.4
    notes = [p.text or p.note * any(bar.mark > 0 for bar in p.bars) for p in view.panels]
    texts = [wrapped(sentence(note), INNER) if note else [] for note in notes]
    heights = [
        0.85 + LINE * len(text) + ROW * len(panel.bars)
        for panel, text in zip(view.panels, texts, strict=True)
    ]
    key = [mark(name, ink(color), facecolor=color) for color, name in view.owners.items()]
    sheet = Sheet(view, top + sum(heights), key)
    if view.drivers:
        _drivers(sheet, view)
    else:
        sheet.text(MARGIN, 0, view.nothing, size=10.5)
    for panel, text, height in zip(view.panels, texts, heights, strict=True):
        sheet.text(MARGIN, top + 0.36, text)
        _shares(sheet, panel, top, 0.42 + LINE * len(text))
        top += height
    return sheet.figure


def _drivers(sheet: Sheet, view: ExplainView) -> None:
    hidden = (
        f" (the strongest {len(view.drivers)} of {len(view.drivers) + view.hidden})"
        if view.hidden
        else ""
    )
    sheet.heading(MARGIN, 0, f"What decides it{hidden}")
    places, y, before = [], 0.0, ""
    heads: list[tuple[float, str, str]] = []
    for bar in view.drivers:
        if bar.group != before:
            heads.append((y, bar.group, bar.color))
            y += 0.28
            before = bar.group
        places.append(y + ROW / 2)
        y += ROW
    axes = _bars(sheet, 0.42, places, y, "drivers", [
        Bar(b.of.index, b.color, (b.of.low, b.of.high), b.of.title, b.direction)
        for b in view.drivers
    ])  # fmt: skip
    for at, text, color in heads:
        sheet.heading(MARGIN, 0.42 + at + 0.06, text, 9.5, color=ink(color))
    axes.axvline(view.chance, color=GREY, linewidth=1, linestyle=":")
    axes.annotate("what chance reaches", (view.chance, 0.14), xytext=(4, -3), size=8.8, color=GREY,
                  textcoords="offset points")  # fmt: skip
    axes.set_xlim(0, max([view.chance, *(b.of.high for b in view.drivers)]) * 1.05)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda at, _: f"{100 * at:.4g} points" if at else "0")
    axes.grid(axis="x")
    sheet.text(WIDTH - MARGIN, 0.12, "lowest → highest third", ha="right", color=GREY)


def _shares(sheet: Sheet, panel: Panel, top: float, head: float) -> None:
    sheet.rule(top)
    sheet.heading(MARGIN, top + 0.12, panel.title)
    places = [(n + 0.5) * ROW for n in range(len(panel.bars))]
    axes = _bars(sheet, top + head, places, ROW * len(places), panel.key, [
        Bar(b.share, b.color, b.interval, b.title, b.words)
        for b in panel.bars
    ])  # fmt: skip
    for at, bar in zip(places, panel.bars, strict=True):
        if bar.mark > 0:
            axes.plot([bar.mark] * 2, [at - 0.14, at + 0.14], color=DARK, linewidth=1.6)
    axes.set_xlim(0, 1)
    share_axis(axes.xaxis, parts=4)


class Bar(NamedTuple):
    """Its end, colour and interval, its name to the left and what stands to the right."""

    end: float
    color: str
    interval: Sequence[float] | None
    name: str
    text: str


def _bars(
    sheet: Sheet, top: float, places: list[float], height: float, gid: str, bars: list[Bar]
) -> Axes:
    """Bars from 0, so many inches below the top of their panel."""
    left, width = MARGIN + LABEL, INNER - LABEL - 1.7
    axes = sheet.axes(left, top, width, height, gid=gid)
    axes.barh(places, [b.end for b in bars], height=0.2, color=[b.color for b in bars])
    for at, bar in zip(places, bars, strict=True):
        if bar.interval is not None:
            axes.plot(bar.interval, [at, at], color=DARK, linewidth=1.1, solid_capstyle="butt")
        name = wrapped(bar.name, LABEL - 0.1, lines=2)
        sheet.text(left - 0.1, top + at, name, ha="right", va="center", color=DARK)
        sheet.text(WIDTH - MARGIN, top + at, bar.text, ha="right", va="center", weight="bold")
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    return axes
