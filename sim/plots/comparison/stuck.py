"""What each scenario gets stuck on, and why."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import NAMES, columns
from sim.plots.sheet import INNER, WIDTH, mark
from sim.plots.style import DARK, SMALL, styled, text_width
from sim.views.colours import ISSUES, WHY
from sim.views.compare.stuck import OTHER, Obstacle, StuckView
from sim.words.shares import FEW, share_of

WIDE = 2.85
"""Room for the reasons, in inches."""
REST = "#ffffff"
"""The other issues, with an edge."""
EDGE: dict[str, Any] = {"edgecolor": "#9a9a9a", "linewidth": 0.8}


@styled
def stuck(view: StuckView) -> Figure:
    """A bar for each scenario: the failed worlds by the issue that blocks, and by the reason.

    Returns
    -------
    Figure
        Panels ``issues`` and ``reasons``; parts carry ``<scenario>:<issue or reason>`` as gid.
    """
    known = dict(zip(_common(view.blocking), ISSUES, strict=False))
    others = {one: REST for one in view.blocking if one not in known}
    reasons = dict(zip(_common(view.reasons), WHY, strict=False))
    key = [mark(one.title, facecolor=tint) for one, tint in known.items()]
    if others:
        key.append(mark("other issues", facecolor=REST, **EDGE))
    key += [mark(one.title, facecolor=tint) for one, tint in reasons.items() if any(one.shares)]
    titles, widths = {"issues": "What blocks", "reasons": "Why"}, (INNER - NAMES - WIDE, WIDE)
    sheet, panels, _ = columns(view, view.rows, titles, 0.05, key, widths=widths)
    for axes, tints in zip(panels, (known | others, reasons), strict=True):
        _bars(axes, view, tints, axes.get_position().width * WIDTH)
    return sheet.figure


def _common(obstacles: list[Obstacle]) -> list[Obstacle]:
    """The commonest over all scenarios first, without what is only a rest."""
    own = [one for one in obstacles if one.key != OTHER]
    return sorted(own, key=lambda o: -sum(share or 0.0 for share in o.shares))


def _bars(axes: Axes, view: StuckView, tints: dict[Obstacle, str], width: float) -> None:
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for place, row in enumerate(view.rows):
        begin = 0.0
        # in the same order everywhere, so that tints stand under each other
        for one, tint in tints.items():
            share = one.shares[place]
            if share:
                _part(axes, one, f"{row.name}:{one.key}", tint,
                      (begin, share, place), width, view.failed[place])  # fmt: skip
                begin += share


def _part(
    axes: Axes,
    one: Obstacle,
    gid: str,
    tint: str,
    at: tuple[float, float, int],
    width: float,
    worlds: int,
) -> None:
    begin, share, place = at
    edge = EDGE if tint == REST else {"edgecolor": "white", "linewidth": 1}
    axes.barh(place, share, left=begin, height=0.66, color=tint, gid=gid, **edge)
    number = share_of(share, worlds) if worlds < FEW else whole_percent(share)
    for words in (f"{number} {one.title}", number, number.removesuffix(" %")):
        pad = (share * width - text_width(words)) / 2
        if pad >= 0.02:
            axes.text(begin + min(pad, 0.05) / width, place, words, va="center_baseline",
                      size=SMALL, color=DARK, gid="part")  # fmt: skip
            return


def whole_percent(share: float) -> str:
    """A share in so few characters that it fits a part of a bar."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
