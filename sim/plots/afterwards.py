"""What a deal or the plan is worth, whether it passes at home, and how long it would hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, dot, end_labels, mark, share_axis
from sim.plots.style import DARK, GREY, SMALL, listed, plain, shortened, styled, text_width, wrapped
from sim.results.outcomes import ALL
from sim.views.afterwards import AfterwardsView
from sim.views.colours import SETTLED

ROW, HEAD, FOOT, CURVE, PANEL = 0.46, 0.3, 0.62, 1.7, 3.6
"""Heights in inches of a row, a panel's title, its axis and the curves; width of a panel."""
Found = tuple[str, float | None, tuple[float, float] | None]
"""Gid of a mark, where it stands, and the ends of its range; None where there is nothing."""


@styled
def afterwards(view: AfterwardsView) -> Figure:
    """Gains over no deal, votes at the gates, and the share that holds by year.

    Returns
    -------
    Figure
        Panels ``worth``, ``gates``, ``years`` and ``terms``, as far as there is anything to show.
    """
    parts = (
        (_worth, HEAD + ROW * len(view.worth) + FOOT if view.worth else 0.0),
        (_votes, HEAD + ROW * len(view.votes) + FOOT if view.votes else 0.0),
        (_holds, HEAD + CURVE + FOOT if view.holds else 0.0),
    )
    sheet = Sheet(view, sum(height for _, height in parts) + 0.05, _key(view), view.notes)
    top = 0.0
    for draw, height in parts:
        if height:
            draw(sheet, view, top)
        top += height
    return sheet.figure


def _key(view: AfterwardsView) -> list[Mark]:
    marks = []
    if any(w.deal for w in view.worth) or any(v.passed is not None for v in view.votes):
        text = "settlements, or texts that were signed"
        marks.append(mark(text, marker="o", color=DARK, markersize=7))
    if any(w.plan for w in view.worth) or any(v.plan is not None for v in view.votes):
        marks.append(mark("the plan as published", marker="D", color=DARK, markerfacecolor="white",
                          markersize=6.5))  # fmt: skip
    if view.record and view.holds:
        one = view.record
        marks.append(mark(one.label, marker="s", color=one.color, markersize=4.5))
    spans = ["gains: 10–90 % of the worlds"] * bool(view.worth)
    spans += [f"shares: {view.means}"] * bool(view.votes)
    if spans:
        marks.append(mark("; ".join(spans), color=DARK, linewidth=1.2))
    return marks


def _rows(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), [plain(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_color(DARK)


def _pair(axes: Axes, row: int, found: Sequence[Found], color: str, width: float) -> None:
    """A filled mark and an open one below it, each with its range; alone in the middle of a row."""
    both = all(middle is not None for _, middle, _ in found)
    for (gid, middle, ends), marker, face, shift in zip(
        found, "oD", (color, "white"), (-0.15, 0.15), strict=True
    ):
        if middle is not None and ends is not None:
            y = row + shift * both
            axes.plot(ends, [y, y], color=color, linewidth=width, solid_capstyle="butt")
            dot(axes, middle, y, marker=marker, markersize=7, color=color, markerfacecolor=face,
                markeredgewidth=1.5, gid=gid)  # fmt: skip


def _worth(sheet: Sheet, view: AfterwardsView, top: float) -> None:
    """A row per side: what it gains, and the red lines that the plan crosses."""
    sheet.heading(MARGIN, top, "What it is worth to each side")
    left = MARGIN + max(text_width(w.name) for w in view.worth) + 0.15
    axes = sheet.axes(left, top + HEAD, PANEL, ROW * len(view.worth), gid="worth")
    ends = [0.0]
    for row, one in enumerate(view.worth):
        gains = [
            (f"{gid}.{one.actor}", 100 * gain.median, (100 * gain.p10, 100 * gain.p90))
            if gain else (gid, None, None)
            for gid, gain in (("deal", one.deal), ("gain", one.plan))
        ]  # fmt: skip
        _pair(axes, row, gains, one.color, 2)
        ends += [end for *_, span in gains if span for end in span]
    pad = 0.06 * max(max(ends) - min(ends), 5.0)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.axvline(0.0, color=DARK, linewidth=1)
    axes.set_xlabel(f"points of utility gained over no deal ({ALL})", size=SMALL)
    axes.grid(axis="x")
    _rows(axes, [w.name for w in view.worth])
    if not any(w.plan for w in view.worth):
        return
    beside = left + PANEL + 0.25
    text = "The plan is beyond its red line on (share of worlds)"
    sheet.text(beside, top + 0.02, text, color=GREY)
    for row, one in enumerate(view.worth):
        lines = listed(one.crossed or ["nothing"], WIDTH - MARGIN - beside)
        sheet.text(beside, top + HEAD + ROW * (row + 0.5), lines, va="center",
                   color=DARK if one.crossed else GREY, gid=f"crosses.{one.actor}")  # fmt: skip


def _votes(sheet: Sheet, view: AfterwardsView, top: float) -> None:
    """A row per gate: share of signed texts that passed, and whether the plan would."""
    names = [wrapped(vote.title, 2.6, lines=2) for vote in view.votes]
    sheet.heading(MARGIN, top, "At home: share that passes")
    left = MARGIN + max(text_width(line) for lines in names for line in lines) + 0.15
    axes = sheet.axes(left, top + HEAD, PANEL, ROW * len(names), gid="gates")
    beside = left + PANEL + 0.35
    for row, vote in enumerate(view.votes):
        passed = [(f"passed.{vote.key}", vote.passed, vote.interval),
                  (f"plan_passed.{vote.key}", vote.plan, vote.plan_interval)]  # fmt: skip
        _pair(axes, row, passed, DARK, 1.2)
        lines = wrapped(vote.whom, WIDTH - MARGIN - beside, lines=2)
        y = top + HEAD + ROW * (row + 0.5)
        sheet.text(beside, y, lines, va="center", gid=f"asked.{vote.key}")
    share_axis(axes.xaxis)
    axes.set_xlim(-0.03, 1.03)
    _rows(axes, ["\n".join(lines) for lines in names])


def _holds(sheet: Sheet, view: AfterwardsView, top: float) -> None:
    """Share of the settlements, and of worlds with the plan in force, that hold by year."""
    sheet.heading(MARGIN, top, "How long it holds")
    right = 1.9
    axes = sheet.axes(MARGIN + 0.5, top + HEAD + 0.04, PANEL, CURVE - 0.04, gid="years")
    labels = []
    for one in view.holds:
        if one.spans:
            low, high = zip(*one.spans, strict=True)
            axes.fill_between(one.years, low, high, color=one.color, alpha=0.16, linewidth=0)
        axes.plot(one.years, one.shares, color=one.color, linewidth=2.2, clip_on=False, gid=one.key,
                  linestyle="-" if one.spans else (0, (4, 2)))  # fmt: skip
        labels.append((one.shares[-1], f"{one.last} {one.label}", one.color))
    if view.record:
        low, high = np.array(view.record.spans).T
        shares = np.array(view.record.shares)
        points = axes.errorbar(
            view.record.years, shares, [shares - low, high - shares], fmt="s", markersize=4.5,
            color=view.record.color, elinewidth=1, clip_on=False, zorder=4,
        )  # fmt: skip
        points[0].set_gid("record")
    axes.set_ylim(0, 1.02)
    share_axis(axes.yaxis)
    longest = max(len(one.shares) for one in view.holds) - 1
    axes.set_xlim(0, longest)
    axes.set_xticks(range(0, longest + 1, max(1, longest // 5)))
    axes.set_xlabel("years after signing", size=SMALL)
    end_labels(axes, labels, CURVE, right, lines=3)
    left = MARGIN + 0.5 + PANEL + right + 0.2
    if view.terms:
        _terms(sheet, view, left, top)


def _terms(sheet: Sheet, view: AfterwardsView, left: float, top: float) -> None:
    """What the share that holds would be if a term counted for nothing, and who breaks it."""
    sheet.heading(left, top, "Which terms hold it to the end")
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
