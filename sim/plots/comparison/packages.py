"""What the deals say, or the plans where there is no deal, issue by issue."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.plots.sheet import INNER, MARGIN, Mark, Sheet, mark
from sim.plots.style import GREY, SMALL, line_height, styled, wrapped
from sim.views.colours import tint
from sim.views.compare.packages import PackagesView, Saying

ISSUE, TEXT, GAP, PAD, LINES = 2.0, 3.7, 0.15, 0.05, 5
"""Room for titles and texts, the gap beside them, space around a text, in inches; most lines."""


@styled
def packages(view: PackagesView) -> Figure:
    """By issue the texts that are said, each with the scenarios that say it.

    Returns
    -------
    Figure
        Texts stand on ``agreed:<issue>:<number>`` or ``plan:<issue>:<number>``.
    """
    heights = {
        i: [_height(one) for one in said] for i, said in view.sayings.items() if said
    }  # fmt: skip
    body = sum(
        max(sum(tall), len(_title(view, i)) * line_height(SMALL + 0.4) + PAD) + 0.12
        for i, tall in heights.items()
    )
    sheet = Sheet(view, body, _key(view))
    top = 0.0
    for issue, tall in heights.items():
        begun, title = top, _title(view, issue)
        sheet.heading(MARGIN, top + PAD, title, SMALL + 0.4)
        for n, (one, height) in enumerate(zip(view.sayings[issue], tall, strict=True)):
            _saying(sheet, view, one, f"{issue}:{n}", top, height)
            top += height
        top = max(top, begun + len(title) * line_height(SMALL + 0.4) + PAD)
        sheet.rule(top + 0.05)
        top += 0.12
    return sheet.figure


def _title(view: PackagesView, issue: str) -> list[str]:
    return wrapped(view.issues[issue], ISSUE - GAP, SMALL + 0.4, True, lines=3)


def _key(view: PackagesView) -> list[Mark]:
    edge = {"edgecolor": "#bbbbbb", "linewidth": 0.6}
    return [
        mark(f"near the ideal of {label} alone", facecolor=tint(color), **edge)
        for label, color in view.sides.values()
    ]


def _who(one: Saying) -> list[str]:
    return wrapped(f"{one.names}: {one.where}", INNER - ISSUE - TEXT - GAP, lines=LINES)


def _height(one: Saying) -> float:
    lines = max(len(wrapped(one.text, TEXT - 0.14, lines=2)), len(_who(one)))
    return lines * line_height() + 2 * PAD


def _saying(
    sheet: Sheet, view: PackagesView, one: Saying, gid: str, top: float, height: float
) -> None:
    left = MARGIN + ISSUE
    color = tint(view.sides[one.side][1]) if one.side else "none"
    sheet.box(left, top + 0.015, TEXT, height - 0.03, facecolor=color, linewidth=0,
              gid=f"{'agreed' if one.agreed else 'plan'}:{gid}")  # fmt: skip
    sheet.text(left + 0.07, top + PAD, wrapped(one.text, TEXT - 0.14, lines=2), gid="text",
               style="normal" if one.agreed else "italic")  # fmt: skip
    sheet.text(left + TEXT + GAP, top + PAD, _who(one), color=GREY, gid="who")
