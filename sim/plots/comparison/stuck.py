"""What each scenario gets stuck on, and why."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import NAMES, row_axes, scenario_rows, sheet_of
from sim.plots.sheet import MARGIN, WIDTH, Mark
from sim.plots.style import DARK, SMALL, shortened, styled, text_width
from sim.views.colours import ISSUES
from sim.views.compare.stuck import Obstacle, StuckView

ROW, HEAD, GAP, REASONS = 0.46, 0.3, 0.35, 2.6
"""Height of a row and of the headings, gap before the reasons, and their width."""
GREYS = ("#d2d2d2", "#e8e8e8", "#bdbdbd", "#f2f2f2")
REST = "#ececec"
"""Greys for the reasons and the other issues."""


@styled
def stuck(view: StuckView) -> Figure:
    """A bar for each scenario: the failed worlds by the issue that blocks, and by the reason.

    Returns
    -------
    Figure
        Panels ``issues`` and ``reasons``; parts carry ``<scenario>:<issue or reason>`` as gid.
    """
    rows = view.rows
    named = [
        Mark(one.title, "band", {"facecolor": tint})
        for one, tint in zip(_common(view.blocking), ISSUES, strict=False)
    ]
    sheet = sheet_of(view, HEAD + ROW * len(rows) + 0.05, named)
    scenario_rows(sheet, rows, HEAD, [ROW] * len(rows))
    left, width = MARGIN + NAMES, WIDTH - 2 * MARGIN - NAMES - GAP - REASONS
    for name, title, obstacles, tints, at, wide in (
        ("issues", "What blocks", view.blocking, ISSUES, left, width),
        ("reasons", "Why", view.reasons, GREYS, left + width + GAP, REASONS),
    ):
        sheet.text(at, 0.04, title, weight="bold")
        axes = sheet.axes(at, HEAD, wide, ROW * len(rows), gid=name)
        _bars(axes, view, _common(obstacles), tints, wide)
    return sheet.figure


def _common(obstacles: list[Obstacle]) -> list[Obstacle]:
    """The commonest over all scenarios first."""
    return sorted(obstacles, key=lambda o: -sum(share or 0.0 for share in o.shares))


def _bars(
    axes: Axes, view: StuckView, obstacles: list[Obstacle], colors: Sequence[str], width: float
) -> None:
    row_axes(axes, len(view.rows))
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    tints = dict(zip((o.key for o in obstacles), colors, strict=False))
    for place, row in enumerate(view.rows):
        begin = 0.0
        # in the same order everywhere, so that tints stand under each other
        for one in obstacles:
            share = one.shares[place]
            if share:
                _part(axes, one, f"{row.name}:{one.key}", tints.get(one.key, REST),
                      (begin, share, place), width)  # fmt: skip
                begin += share


def _part(
    axes: Axes, one: Obstacle, gid: str, tint: str, at: tuple[float, float, int], width: float
) -> None:
    begin, share, place = at
    axes.barh(place, share, left=begin, height=0.66, color=tint, edgecolor="white", linewidth=1,
              gid=gid)  # fmt: skip
    room, number = share * width - 0.08, whole_percent(share)
    if text_width(number) > room:
        return
    words = f"{number} {one.title}"
    if text_width(words) > room:
        rest = room - text_width(f"{number} ")
        cut = shortened(one.title, rest) if rest > 0.5 else ""
        words = f"{number} {cut}" if len(cut) > 4 else number
    axes.text(begin + 0.05 / width, place, words.strip(), va="center_baseline", size=SMALL,
              color=DARK, gid="part")  # fmt: skip


def whole_percent(share: float) -> str:
    """A share in so few characters that it fits a part of a bar."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
