"""What the deals contain, issue by issue; or, where there are none, what stands in the way."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import (
    DARK,
    GREY,
    PALE,
    SMALL,
    line_height,
    shortened,
    styled,
    text_width,
    wrapped,
)
from sim.prose import counted
from sim.prose import percent as share_text
from sim.results.terms import text_counts
from sim.scenario.schema import Issue, nearest_text
from sim.views.colours import actor_colors, ink
from sim.views.layout import spread
from sim.views.package import deals_on, gaps_of, headline
from sim.views.run_data import (
    conditional_lines,
    consents,
    is_settled,
    red_lines,
    short,
    signatories,
)

ROW, STRIP, HILL = 0.95, 5.6, 0.36
TITLE_WIDTH, GAP = 1.7, 0.22
FEW = 20
"""Below so many deals every one is drawn as a stroke instead of a distribution."""


@styled
def package(run: Run) -> Figure:
    """One strip per issue over its scale: what was agreed, between the parties' ideal points.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    Figure
        Panels in the order of the scenario's issues; the median's mark has the gid ``median``.
    """
    issues = list(run.scenario.issues)
    deals = [deals_on(run, issue) for issue in issues]
    sheet = Sheet(run, headline(run), _subtitle(run, deals), ROW * len(issues), _key(run, deals))
    for number, issue in enumerate(issues):
        top = number * ROW
        sheet.rule(top - 0.02)
        spec = run.scenario.issues[issue]
        title = wrapped(spec.title, TITLE_WIDTH, 10, bold=True, lines=4)
        sheet.text(MARGIN, top + 0.12, "\n".join(title), size=10, weight="bold")
        axes = sheet.axes(MARGIN + TITLE_WIDTH + GAP, top, STRIP, ROW, gid=issue)
        _strip(axes, run, issue, deals[number])
        right = MARGIN + TITLE_WIDTH + STRIP + 2 * GAP
        _words(sheet, run, issue, deals[number], right, top + 0.12)
    return sheet.figure


def _subtitle(run: Run, deals: list[NDArray[np.float64]]) -> str:
    settled = int(is_settled(run).sum())
    if settled:
        return (
            f"Distribution of the terms over {counted(settled, 'world')} with a settlement, per "
            "issue, on its scale; with each side's ideal and where the issue starts without a deal."
        )
    if any(len(d) for d in deals):
        return (
            "Terms of the stages that were signed; for the other issues the sides' red lines in "
            "the central world, and how often red lines leave no point that all could sign."
        )
    return (
        "Ideal points and red lines of the central world, per issue on its scale, and in how many "
        "worlds red lines leave no point that all could sign."
    )


def _key(run: Run, deals: list[NDArray[np.float64]]) -> list[Mark]:
    colors = actor_colors(run.scenario)
    marks = [
        Mark(f"{short(run, a)}'s ideal", "point",
             {"marker": "v", "markersize": 8, "color": colors[a]}, ink(colors[a]))
        for a in signatories(run)
        if run.scenario.actors[a].positions
    ]  # fmt: skip
    marks.append(Mark("without a deal, at the start", "point", _no_deal_style()))
    if any(len(d) >= FEW for d in deals):
        marks.append(Mark("terms of the deals", "band", {"facecolor": "#8fa3ad"}))
    if any(len(d) for d in deals):
        marks.append(Mark("median", "point", {"marker": "D", "markersize": 7, "color": DARK}))
        if any(issue.kind != "options" for issue in run.scenario.issues.values()):
            marks.append(Mark("10–90 %", "line", {"color": DARK, "linewidth": 3}))
    if not all(len(d) for d in deals):
        marks.append(Mark("red line, hatched on the side it bars", "line",
                          {"color": GREY, "linewidth": 1.4, "linestyle": (0, (4, 2))}))  # fmt: skip
        if any(conditional_lines(run, a, i) for a in signatories(run) for i in run.scenario.issues):
            marks.append(Mark("red line if other terms suit", "line",
                              {"color": GREY, "linewidth": 1.4,
                               "linestyle": (0, (1, 1.2))}))  # fmt: skip
        marks.append(Mark("no common ground", "band", {"facecolor": "#f3d9d9"}))
    return marks


def _no_deal_style() -> dict[str, Any]:
    return {"marker": "o", "markersize": 7, "markerfacecolor": "white", "color": DARK,
            "markeredgewidth": 1.3}  # fmt: skip


def _strip(axes: Axes, run: Run, issue: str, values: NDArray[np.float64]) -> None:
    """A scale from end to end; y runs in inches from the strip upwards."""
    spec = run.scenario.issues[issue]
    below = 0.36
    axes.set_axis_off()
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-below, ROW - below)
    axes.plot([0, 1], [0, 0], color=PALE, linewidth=5, solid_capstyle="round", zorder=1)
    points = list(spec.scale)
    axes.plot(points, [0] * len(points), linestyle="", marker="|", markersize=7, color=GREY,
              zorder=1.2, gid="points")  # fmt: skip
    if len(values):
        _distribution(axes, spec, values)
    if not _any_settlement(run):
        _red_lines(axes, run, issue)
    axes.plot([spec.no_deal.median], [0], linestyle="", zorder=2.5, gid="no_deal",
              **_no_deal_style())  # fmt: skip
    if len(values):
        axes.plot([_middle(spec, values)], [0], linestyle="", marker="D", markersize=8,
                  color=DARK, markeredgecolor="white", zorder=3, gid="median")  # fmt: skip
    _ideals(axes, run, issue, 0.11 + (HILL if len(values) else 0.0))
    # the ends' texts under the strip, so wide that they cannot meet
    room = STRIP / 1.04 - 0.2
    ends = [spec.scale[points[0]], spec.scale[points[-1]]]
    if sum(map(text_width, ends)) > room:
        half = room / 2
        spare = [max(half, room - text_width(other)) for other in reversed(ends)]
        ends = [shortened(text, width) for text, width in zip(ends, spare, strict=True)]
    for text, align in zip(ends, ("left", "right"), strict=True):
        axes.text(0 if align == "left" else 1, -0.13, text, ha=align, va="top", color="#555555",
                  size=SMALL)  # fmt: skip


def _middle(spec: Issue, values: NDArray[np.float64]) -> float:
    """The median of what was agreed; of options the lower one where it falls between two."""
    if spec.kind == "options":
        return float(np.quantile(values, 0.5, method="inverted_cdf"))
    return float(np.median(values))


def _distribution(axes: Axes, spec: Issue, values: NDArray[np.float64]) -> None:
    if spec.kind != "options":  # between options lies nothing
        low, high = np.quantile(values, [0.1, 0.9])
        axes.plot([low, high], [0, 0], color=DARK, linewidth=3, zorder=2, gid="spread",
                  solid_capstyle="butt")  # fmt: skip
    color, base = "#8fa3ad", 0.07
    if len(values) < FEW:
        axes.vlines(values, base, base + 0.5 * HILL, color=color, linewidth=1.5)
        return
    if spec.kind == "options":
        listed = np.array(list(spec.scale))
        counts = np.bincount(np.abs(values[:, None] - listed).argmin(axis=1), minlength=len(listed))
        axes.bar(listed, HILL * counts / np.max(counts), width=0.02, bottom=base, color=color)
        return
    counts, edges = np.histogram(values, bins=41, range=(-0.0125, 1.0125))
    axes.stairs(base + HILL * counts / np.max(counts), edges, baseline=base, fill=True, color=color)


def _ideals(axes: Axes, run: Run, issue: str, height: float) -> None:
    """Ideal points as triangles, side by side where they coincide."""
    colors = actor_colors(run.scenario)
    positions = {a: run.scenario.actors[a].positions.get(issue) for a in signatories(run)}
    wanted = {a: p.ideal.median for a, p in positions.items() if p and p.salience.median > 0}
    holders, ideals = list(wanted), list(wanted.values())
    placed = spread(ideals, 0.026, 0.0, 1.0)
    for actor, place in zip(holders, placed, strict=True):
        axes.plot([place], [height], linestyle="", marker="v", markersize=8.5, color=colors[actor],
                  markeredgecolor="white", markeredgewidth=0.6, zorder=3, clip_on=False,
                  gid=f"ideal:{actor}")  # fmt: skip


def _red_lines(axes: Axes, run: Run, issue: str) -> None:
    """Red lines at the end of the central world, and the zone that they leave to nobody."""
    colors = actor_colors(run.scenario)
    # bounds with every line as it stands, and with every line as loose as a condition makes it
    floor, ceiling, lowest, highest = 0.0, 1.0, 0.0, 1.0
    for actor in signatories(run):
        for line, above in red_lines(run, actor, issue):
            value = float(line[-1])
            others = conditional_lines(run, actor, issue)
            axes.vlines(others, -0.1, 0.1, color=colors[actor], linewidth=1.4,
                        linestyle=(0, (1, 1.2)), zorder=2)  # fmt: skip
            if above:
                ceiling, highest = min(ceiling, value), min(highest, max([value, *others]))
            else:
                floor, lowest = max(floor, value), max(lowest, min([value, *others]))
            edge = value + (0.018 if above else -0.018)
            axes.fill_betweenx([-0.1, 0.1], [value] * 2, [edge] * 2, facecolor="none",
                               edgecolor=colors[actor], hatch="//////", zorder=1.6)  # fmt: skip
            axes.plot([value, value], [-0.1, 0.1], color=colors[actor], linewidth=1.6, zorder=2,
                      gid=f"limit:{actor}")  # fmt: skip
    if lowest > highest:
        floor, ceiling = lowest, highest
    miss = run.central.red_line_gap.values[list(run.scenario.issues).index(issue)]
    if miss > 0 and floor > ceiling:
        axes.fill_betweenx([-0.1, 0.1], [ceiling] * 2, [floor] * 2, color="#f3d9d9", zorder=1.1,
                           gid="gap")  # fmt: skip


def _any_settlement(run: Run) -> bool:
    return bool(is_settled(run).any())


def _words(
    sheet: Sheet, run: Run, issue: str, values: NDArray[np.float64], left: float, top: float
) -> None:
    """To the right of a strip: what the median deal says, or why there is none."""
    spec, width = run.scenario.issues[issue], WIDTH - MARGIN - left
    if len(values):
        low, high = np.quantile(values, [0.1, 0.9])
        lines = wrapped(nearest_text(spec, _middle(spec, values)), width, 9.5, bold=True, lines=2)
        sheet.text(left, top, "\n".join(lines), size=9.5, weight="bold", gid="median text")
        first, last = nearest_text(spec, float(low)), nearest_text(spec, float(high))
        more = "nearly the same in all" if first == last else f"from “{first}” to “{last}”"
        if spec.kind == "options":
            counts = text_counts(spec, values).most_common(3)
            more = ", ".join(f"“{t}” in {share_text(n / len(values))}" for t, n in counts)
            more = "the same in all" if len(counts) == 1 else more
        top += len(lines) * line_height(9.5) + 0.03
        if not _any_settlement(run):
            missed = run.summary.no_common_ground[issue]
            more = f"signed in {share_text(len(values) / run.summary.worlds)} of worlds"
            if missed:
                more += f"; no common ground in {share_text(missed)} of all"
        sheet.text(left, top, "\n".join(wrapped(more, width, lines=3)), color="#555555")
        return
    gaps = gaps_of(run)[:, list(run.scenario.issues).index(issue)]
    share = float((gaps > 0).mean())
    if not any(red_lines(run, a, issue) for a in signatories(run) if consents(run, a, issue)):
        head, more = "No red lines", "nothing on this issue alone bars a deal"
    elif share == 0:
        head, more = "Common ground in all worlds", "some point is within everyone's red lines"
    else:
        head = f"No common ground in {share_text(share)}"
        middle = float(np.median(gaps[gaps > 0]))
        more = f"of worlds; red lines there miss each other by {_part(middle)} of the scale"
    sheet.text(left, top, shortened(head, width, 9.5, True), size=9.5, weight="bold",
               gid="median text")  # fmt: skip
    sheet.text(left, top + 0.18, "\n".join(wrapped(more, width, lines=3)), color="#555555")


def _part(share: float) -> str:
    return "under 1 %" if share < 0.005 else f"{100 * share:.0f} %"
