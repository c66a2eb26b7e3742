"""What a deal or the plan is worth, whether it passes at home, and how long it would hold."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, end_labels
from sim.plots.style import (
    DARK,
    GREY,
    SMALL,
    line_height,
    listed,
    plain,
    shortened,
    styled,
    text_width,
    wrapped,
)
from sim.views.afterwards import AfterwardsView, Vote, Worth
from sim.views.colours import SETTLED

ROW, HEAD, FOOT, CURVE, PANEL = 0.46, 0.3, 0.62, 1.7, 3.6
"""Heights in inches of a row, a panel's title, its axis and the curves; width of a panel."""


@styled
def afterwards(view: AfterwardsView) -> Figure:
    """Gains over no deal, votes at the gates, and the share that holds by year.

    Returns
    -------
    Figure
        Panels ``worth``, ``gates``, ``years`` and ``terms``, as far as there is anything to show.
    """
    notes = wrapped(" ".join(view.notes), WIDTH - 2 * MARGIN, lines=4) if view.notes else []
    parts = (
        (_worth, HEAD + ROW * len(view.worth) + FOOT if view.worth else 0.0),
        (_votes, HEAD + ROW * len(view.votes) + FOOT if view.votes else 0.0),
        (_holds, HEAD + CURVE + FOOT if view.holds else 0.0),
    )
    body = sum(height for _, height in parts) + len(notes) * line_height() + 0.05
    sheet = Sheet(view.foot, view.headline, view.subtitle, body, _key(view))
    top = 0.0
    for draw, height in parts:
        if height:
            draw(sheet, view, top)
        top += height
    if notes:
        sheet.text(MARGIN, top, "\n".join(notes), color="#444444", gid="notes")
    return sheet.figure


def _key(view: AfterwardsView) -> list[Mark]:
    of_deals = any(w.deal for w in view.worth) or any(v.passed is not None for v in view.votes)
    of_plan = any(w.plan for w in view.worth) or any(v.plan is not None for v in view.votes)
    marks = []
    if of_deals:
        marks.append(Mark("settlements, or texts that were signed", "point",
                          {"marker": "o", "color": DARK, "markersize": 7}))  # fmt: skip
    if of_plan:
        marks.append(Mark("the plan as published", "point",
                          {"marker": "D", "color": DARK, "markerfacecolor": "white",
                           "markersize": 6.5}))  # fmt: skip
    spans = (["gains: 10–90 % of the worlds"] if view.worth else []) + (
        [f"shares: {view.means}"] if view.votes else []
    )
    if view.record and view.holds:
        marks.append(Mark(f"record: {view.record.label}", "point",
                          {"marker": "s", "color": GREY, "markersize": 4.5}))  # fmt: skip
    if spans:
        marks.append(Mark("; ".join(spans), "line", {"color": DARK, "linewidth": 1.2}))
    return marks


def _rows(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), [plain(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_color(DARK)
    axes.grid(axis="x")


def _worth(sheet: Sheet, view: AfterwardsView, top: float) -> None:
    """A row per side: what it gains, and the red lines that the plan crosses."""
    rows = view.worth
    sheet.text(MARGIN, top, "What it is worth to each side", size=10.5, weight="bold")
    left = MARGIN + max(text_width(w.name) for w in rows) + 0.15
    axes = sheet.axes(left, top + HEAD, PANEL, ROW * len(rows), gid="worth")
    ends = [0.0]
    for row, one in enumerate(rows):
        ends += _gains(axes, row, one)
    pad = 0.06 * max(max(ends) - min(ends), 5.0)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.axvline(0.0, color=DARK, linewidth=1)
    axes.set_xlabel("points of utility (0–100) gained over no deal", size=SMALL)
    _rows(axes, [w.name for w in rows])
    if not any(w.plan for w in rows):
        return
    beside = left + PANEL + 0.25
    room = WIDTH - MARGIN - beside
    sheet.text(
        beside, top + 0.02, "The plan is beyond its red line on (share of worlds)", color=GREY
    )
    for row, one in enumerate(rows):
        lines = listed(one.crossed or ["nothing"], room)
        y = top + HEAD + ROW * (row + 0.5)
        sheet.text(beside, y, "\n".join(lines), va="center", color=DARK if one.crossed else GREY,
                   gid=f"crosses.{one.actor}")  # fmt: skip


def _gains(axes: Axes, row: int, one: Worth) -> list[float]:
    both = one.deal is not None and one.plan is not None
    ends: list[float] = []
    for name, gain, marker, face, shift in (
        ("deal", one.deal, "o", one.color, -0.16),
        ("gain", one.plan, "D", "white", 0.16),
    ):
        if gain is None:
            continue
        y, (low, middle, high) = (
            row + shift * both,
            (100 * v for v in (gain.p10, gain.median, gain.p90)),
        )
        axes.plot([low, high], [y, y], color=one.color, linewidth=2, solid_capstyle="butt")
        axes.plot([middle], [y], marker=marker, markersize=7, color=one.color,
                  markerfacecolor=face, markeredgewidth=1.6, gid=f"{name}.{one.actor}")  # fmt: skip
        ends += [low, high]
    return ends


def _votes(sheet: Sheet, view: AfterwardsView, top: float) -> None:
    """A row per gate: share of signed texts that passed, and whether the plan would."""
    names = [wrapped(vote.title, 2.6, lines=2) for vote in view.votes]
    sheet.text(MARGIN, top, "At home: share that passes", size=10.5, weight="bold")
    left = MARGIN + max(text_width(line) for lines in names for line in lines) + 0.15
    axes = sheet.axes(left, top + HEAD, PANEL, ROW * len(names), gid="gates")
    beside = left + PANEL + 0.35
    for row, vote in enumerate(view.votes):
        _vote(axes, row, vote)
        lines = wrapped(vote.whom, WIDTH - MARGIN - beside, lines=2)
        y = top + HEAD + ROW * (row + 0.5)
        sheet.text(beside, y, "\n".join(lines), va="center", gid=f"asked.{vote.key}")
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    _rows(axes, ["\n".join(lines) for lines in names])


def _vote(axes: Axes, row: int, vote: Vote) -> None:
    both = vote.passed is not None and vote.plan is not None
    for name, share, interval, marker, face, shift in (
        ("passed", vote.passed, vote.interval, "o", DARK, -0.15),
        ("plan_passed", vote.plan, vote.plan_interval, "D", "white", 0.15),
    ):
        if share is None or interval is None:
            continue
        y = row + shift * both
        axes.plot(interval, [y, y], color=DARK, linewidth=1.2)
        axes.plot([share], [y], marker=marker, markersize=7, color=DARK, markerfacecolor=face,
                  markeredgewidth=1.5, clip_on=False, zorder=4,
                  gid=f"{name}.{vote.key}")  # fmt: skip


def _holds(sheet: Sheet, view: AfterwardsView, top: float) -> None:
    """Share of the settlements, and of worlds with the plan in force, that hold by year."""
    sheet.text(MARGIN, top, "How long it holds", size=10.5, weight="bold")
    right = 1.9
    axes = sheet.axes(MARGIN + 0.5, top + HEAD + 0.04, PANEL, CURVE - 0.04, gid="years")
    labels = []
    for one in view.holds:
        years = np.arange(len(one.shares))
        if one.spans:
            low, high = zip(*one.spans, strict=True)
            axes.fill_between(years, low, high, color=one.color, alpha=0.16, linewidth=0)
        axes.plot(years, one.shares, color=one.color, linewidth=2.2, clip_on=False, gid=one.key,
                  linestyle="-" if one.spans else (0, (4, 2)))  # fmt: skip
        labels.append((one.shares[-1], f"{one.last} {one.label}", one.color))
    if view.record:
        low, high = np.array(view.record.spans).T
        shares = np.array(view.record.shares)
        points = axes.errorbar(
            view.record.years, shares, [shares - low, high - shares], fmt="s", color=GREY,
            markersize=4.5, elinewidth=1, clip_on=False, zorder=4,
        )  # fmt: skip
        points[0].set_gid("record")
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    longest = max(len(one.shares) for one in view.holds) - 1
    axes.set_xlim(0, longest)
    axes.set_xticks(range(0, longest + 1, max(1, longest // 5)))
    axes.grid(axis="y")
    axes.set_xlabel("years after signing", size=SMALL)
    end_labels(axes, labels, CURVE, right, lines=3)
    left = MARGIN + 0.5 + PANEL + right + 0.2
    if view.terms:
        _terms(sheet, view, left, top)


def _terms(sheet: Sheet, view: AfterwardsView, left: float, top: float) -> None:
    """What the share that holds would be if a term counted for nothing, and who breaks it."""
    sheet.text(left, top, "Which terms hold it to the end", size=10.5, weight="bold")
    room = WIDTH - MARGIN - left - 0.75
    lines = view.terms[:6]
    for n, (name, share) in enumerate(lines):
        y = top + HEAD + 0.04 + 0.24 * n
        sheet.text(left, y, shortened(name, room), gid="terms")
        sheet.text(WIDTH - MARGIN, y, share, ha="right", weight="bold",
                   color=SETTLED if n == 0 else DARK)  # fmt: skip
    y = top + HEAD + 0.1 + 0.24 * len(lines)
    for n, line in enumerate(view.broken[:3]):
        sheet.text(left, y + 0.2 * n, shortened(line, room + 0.75), color=GREY)
