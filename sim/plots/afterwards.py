"""What comes after the signatures: the plan's worth, ratification, and how long it would hold."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, end_labels
from sim.plots.style import DARK, GREY, SMALL, shortened, styled, text_width, wrapped
from sim.prose import counted
from sim.prose import percent as share_text
from sim.results.aftermath import Durability, Plan
from sim.views.afterwards import headline
from sim.views.colours import PLAN, SETTLED, actor_colors
from sim.views.run_data import short

ROW, GATE_ROW, CURVE = 0.42, 0.5, 1.9


@styled
def afterwards(run: Run) -> Figure:
    """The plan against no deal, votes at the gates, and the share of settlements that hold.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    Figure
        Panels ``plan``, ``gates``, ``years`` and ``terms``, as far as the scenario has them.
    """
    summary = run.summary
    plan, gates, durability = summary.plan, summary.ratification, summary.durability
    actors = list(plan.gain) if plan else []
    heights = [
        0.75 + ROW * len(actors) if plan else 0.0,
        0.75 + GATE_ROW * len(gates) if gates else 0.0,
        0.95 + CURVE if durability and (plan or durability.worlds) else 0.0,
    ]
    subtitle = (
        "Red lines aside: what the plan as published would be worth on day 0, whether "
        "texts pass at the gates, and for how long keeping a settlement beats breaking it."
    )
    key = [
        Mark("settlements, or texts that were signed", "point",
             {"marker": "o", "color": SETTLED, "markersize": 7}),
        Mark("the plan as published, whether or not anybody would sign it", "point",
             {"marker": "D", "color": PLAN, "markerfacecolor": "white", "markersize": 6.5}),
        Mark("95 % interval; for gains 10–90 % of the worlds", "line",
             {"color": DARK, "linewidth": 1.2}),
    ]  # fmt: skip
    sheet = Sheet(run, headline(run), subtitle, max(sum(heights), 0.4), key)
    top = 0.0
    if plan:
        _plan(sheet, run, plan, top)
    top += heights[0]
    if gates:
        _gates(sheet, run, top)
    top += heights[1]
    if durability and heights[2]:
        _years(sheet, durability, plan, top)
        _terms(sheet, run, durability, top)
    return sheet.figure


def _rows(axes: Axes, names: list[str], height: float) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_color(DARK)
    axes.grid(axis="x")


def _plan(sheet: Sheet, run: Run, plan: Plan, top: float) -> None:
    """A row per actor: gain over no deal, and the red lines that the plan crosses."""
    colors, actors = actor_colors(run.scenario), list(plan.gain)
    sheet.text(MARGIN, top, "The plan on day 0: utility gained over no deal", size=10.5,
               weight="bold")  # fmt: skip
    width, height = 3.6, ROW * len(actors)
    left = MARGIN + max(text_width(short(run, a)) for a in actors) + 0.12
    axes = sheet.axes(left, top + 0.3, width, height, gid="plan")
    for row, actor in enumerate(actors):
        gain = plan.gain[actor]
        axes.plot([gain.p10, gain.p90], [row, row], color=colors[actor], linewidth=2,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot([gain.median], [row], marker="D", markersize=7, color=colors[actor],
                  markerfacecolor="white", markeredgewidth=1.6, gid=f"gain.{actor}")  # fmt: skip
    low = min(0.0, *(g.p10 for g in plan.gain.values()))
    high = max(0.0, *(g.p90 for g in plan.gain.values()))
    pad = 0.06 * max(high - low, 0.05)
    axes.set_xlim(low - pad, high + pad)
    axes.axvline(0.0, color=DARK, linewidth=1)
    _rows(axes, [short(run, a) for a in actors], height)
    beside = left + width + 0.2
    room = WIDTH - MARGIN - beside
    sheet.text(beside, top + 0.06, "Beyond its red line on (share of worlds)", color=GREY)
    for row, actor in enumerate(actors):
        crossed = sorted(plan.crosses[actor].items(), key=lambda pair: -pair[1])
        titles = [f"{run.scenario.issues[i].title} {share_text(s)}" for i, s in crossed]
        text = ", ".join(titles) or "nothing"
        lines = wrapped(text, room, lines=2)
        y = top + 0.3 + ROW * (row + 0.5)
        sheet.text(beside, y, "\n".join(lines), va="center", color=DARK if titles else GREY,
                   gid=f"crosses.{actor}")  # fmt: skip


def _gates(sheet: Sheet, run: Run, top: float) -> None:
    """A row per gate: share of signed texts that passed, and whether the plan would."""
    gates = run.summary.ratification
    sheet.text(MARGIN, top, "Ratification: share that passes", size=10.5, weight="bold")
    names = [f"{g.title}" for g in gates.values()]
    left = MARGIN + min(2.75, max(text_width(n) for n in names) + 0.12)
    width, height = 3.6, GATE_ROW * len(gates)
    axes = sheet.axes(left, top + 0.3, width, height, gid="gates")
    beside = left + width + 0.2
    sheet.text(beside, top + 0.06, "For whom, and how often asked", color=GREY)
    for row, (key, gate) in enumerate(gates.items()):
        marks = (
            ("passed", gate.passed, gate.interval, SETTLED, "o", SETTLED, -0.13),
            ("plan_passed", gate.plan_passed, gate.plan_interval, PLAN, "D", "white", 0.13),
        )
        for name, share, interval, color, marker, face, offset in marks:
            if share is None or interval is None:
                continue
            y = row + offset
            axes.plot(interval, [y, y], color=color, linewidth=1.2)
            axes.plot([share], [y], marker=marker, markersize=7, color=color,
                      markerfacecolor=face, markeredgewidth=1.5, clip_on=False, zorder=4,
                      gid=f"{name}.{key}")  # fmt: skip
        who = short(run, gate.of)
        asked = []
        if gate.voted:
            asked.append(f"voted in {share_text(gate.voted)} of worlds")
        if gate.plan_concerned:
            asked.append("the plan comes before it" if gate.plan_concerned > 0.99 else
                         f"the plan in {share_text(gate.plan_concerned)}")  # fmt: skip
        text = f"{who}: {'; '.join(asked) or 'never asked'}"
        lines = wrapped(text, WIDTH - MARGIN - beside, lines=2)
        y = top + 0.3 + GATE_ROW * (row + 0.5)
        sheet.text(beside, y, "\n".join(lines), va="center", color=DARK if asked else GREY)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    _rows(axes, ["\n".join(wrapped(n, 2.6, lines=2)) for n in names], height)


def _years(sheet: Sheet, durability: Durability, plan: Plan | None, top: float) -> None:
    """Share of the settlements, and of worlds with the plan in force, that hold by year."""
    sheet.text(MARGIN, top, "How long it holds", size=10.5, weight="bold")
    left, width, right = MARGIN + 0.5, 4.1, 1.5
    axes = sheet.axes(left, top + 0.34, width, CURVE, gid="years")
    years = np.arange(durability.years + 1)
    labels = []
    if durability.worlds:
        held = [1.0, *durability.shares]
        low, high = zip((1.0, 1.0), *durability.spans, strict=True)
        axes.fill_between(years, low, high, color=SETTLED, alpha=0.16, linewidth=0)
        axes.plot(years, held, color=SETTLED, linewidth=2.2, gid="settlements", clip_on=False)
        words = f"{share_text(held[-1])} of {counted(durability.worlds, 'settlement')}"
        labels.append((held[-1], words, SETTLED))
    if plan and plan.held:
        held = [1.0, *plan.held.values()]
        axes.plot(years, held, color=PLAN, linewidth=2, linestyle=(0, (4, 2)), gid="plan",
                  clip_on=False)  # fmt: skip
        labels.append((held[-1], f"{share_text(held[-1])} the plan as published", PLAN))
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.set_xlim(0, years[-1])
    axes.set_xticks(years[:: max(1, len(years) // 5)])
    axes.grid(axis="y")
    axes.set_xlabel("years after signing")
    end_labels(axes, labels, CURVE, right, lines=3)


def _terms(sheet: Sheet, run: Run, durability: Durability, top: float) -> None:
    """What the share that holds would be if a term counted for nothing, and who breaks it."""
    left = MARGIN + 6.9
    sheet.text(left, top, "Which terms hold it, and who breaks it", size=10.5, weight="bold")
    room = WIDTH - MARGIN - left
    if not durability.worlds:
        text = "No settlement was reached, so nothing can be said of its terms."
        for n, line in enumerate(wrapped(text, room, lines=3)):
            sheet.text(left, top + 0.34 + 0.18 * n, line, color=GREY)
        return
    full = share_text(durability.shares[-1])
    lines = [f"All terms: {full} hold {counted(durability.years, 'year')}"]
    for term, share in durability.by_term:
        title = run.scenario.issues[term].title
        lines.append(f"without {title}: {share_text(share)}")
    for actor, first in durability.broken_by.items():
        lines.append(f"{short(run, actor)} breaks it first: {share_text(first)}")
    for n, line in enumerate(lines):
        sheet.text(left, top + 0.36 + 0.24 * n, shortened(line, room, SMALL + 0.7),
                   size=SMALL + 0.7, gid="terms")  # fmt: skip
