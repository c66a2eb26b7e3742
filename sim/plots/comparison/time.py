"""How soon a deal is signed, scenario by scenario on one axis."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.plots.comparison.common import carried_on, foot, listed, palette
from sim.plots.sheet import MARGIN, WIDTH, Sheet, end_labels
from sim.plots.style import GREY, SMALL, line_height, styled, wrapped
from sim.results.outcomes import DAYS
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import label
from sim.views.layout import TOPS, nice_top
from sim.views.run_data import band_of_shares, share_text
from sim.words.story import span_words

HEIGHT, HEAD, AXIS, RIGHT, LEFT = 3.1, 0.3, 0.55, 2.4, 0.75
MOST = 16
"""Most lines that are named at their ends."""


@styled
def time(comparison: Comparison) -> Figure:
    """Share of worlds with a settlement by day; below it with a first stage.

    Returns
    -------
    Figure
        Panels ``settlement`` and ``first_stage``, where some scenario has any; lines carry the
        scenario's name as gid.
    """
    staged = [run for run in comparison.ranked if len(run.scenario.stages) > 1]
    panels = [("settlement", "A settlement", comparison.ranked)]
    if staged:
        title = "At least a first stage (scenarios whose agenda has several)"
        panels.append(("first_stage", title, staged))
    heights = [_height(name, runs) for name, _, runs in panels]
    sheet = Sheet(
        foot(comparison), headline(comparison),
        "Share of worlds with a signature by day since each scenario's start; dots at 7, 30, 100, "
        "180 and 365 days, bands: 95 % intervals (Wilson); dotted: beyond the scenario's horizon.",
        sum(heights),
    )  # fmt: skip
    top = 0.0
    for (name, title, runs), height in zip(panels, heights, strict=True):
        sheet.text(MARGIN, top, title, size=10.5, weight="bold")
        _panel(sheet, comparison, name, runs, top + HEAD)
        top += height
    return sheet.figure


def signed_day(run: Run, name: str) -> NDArray[np.float64]:
    """Day of the signature by world, NaN where it never came."""
    data = run.ensemble
    return np.asarray((data.settled_day if name == "settlement" else data.first_signed_day).values)


def _signs(run: Run, name: str) -> float:
    return float(np.isfinite(signed_day(run, name)).mean())


def _never(name: str, runs: list[Run]) -> list[str]:
    """Lines that say which scenarios never come so far."""
    never = [run for run in runs if not _signs(run, name)]
    if not never:
        return []
    key = "deal_by_day" if name == "settlement" else "first_stage_by_day"
    known = [next(iter(r.summary[f"{key}_interval"].values())) for r in never]
    widest = max((span for span in known if span), key=lambda s: s[1], default=None)
    text = f"In no world: {', '.join(label(run.scenario.name) for run in never)}"
    if widest:
        text += f" (95 % interval {span_words(widest)})"
    return wrapped(text, WIDTH - 2 * MARGIN, lines=4)


def _height(name: str, runs: list[Run]) -> float:
    lines = len(_never(name, runs)) * line_height() + 0.12
    drawn = any(_signs(run, name) for run in runs)
    return HEAD + lines + (HEIGHT + AXIS + 0.15 if drawn else 0.1)


def headline(comparison: Comparison) -> str:
    """The finding: where settlements come, how soon, or that there are none."""
    with_any = [run for run in comparison.ranked if _signs(run, "settlement")]
    if with_any:
        first = with_any[0]
        days = signed_day(first, "settlement")
        middle = float(np.nanmedian(days))
        text = f"Settlements in {len(with_any)} of {len(comparison.runs)} scenarios"
        return f"{text}; most in {listed([first.scenario.name])}, half of them by day {middle:.0f}"
    signing = [run for run in comparison.runs if _signs(run, "first_stage")]
    if not signing:
        return "Nothing is signed in any world of any scenario"
    best = max(signing, key=lambda run: _signs(run, "first_stage"))
    share = share_text(_signs(best, "first_stage"))
    return f"No settlements; a first stage most often in {listed([best.scenario.name])}: {share}"


def _panel(sheet: Sheet, comparison: Comparison, name: str, runs: list[Run], top: float) -> None:
    never = _never(name, runs)
    if never:
        sheet.text(MARGIN, top, "\n".join(never), color=GREY, gid="never")
        top += len(never) * line_height() + 0.12
    signing = sorted((r for r in runs if _signs(r, name)), key=lambda r: -_signs(r, name))
    if not signing:
        return
    width = WIDTH - MARGIN - LEFT - RIGHT
    axes = sheet.axes(LEFT, top, width, HEIGHT, gid=name)
    _curves(axes, comparison, name, signing)


def _curves(axes: Axes, comparison: Comparison, name: str, runs: list[Run]) -> None:
    colors = palette(comparison)
    highest, labels = 0.0, []
    end = max(run.summary["horizon_days"] for run in runs)
    for place, run in enumerate(runs):
        key, signed = run.scenario.name, signed_day(run, name)
        color = colors[key]
        horizon = run.scenario.rounds * run.scenario.war.round_days
        days = np.arange(0, horizon + 1, run.scenario.war.round_days, dtype=float)
        share, low, high = band_of_shares(signed, days)
        if color != GREY:
            axes.fill_between(days, low, high, step="post", color=color, alpha=0.12, linewidth=0)
            highest = max(highest, float(high.max()))
        axes.step(days, share, where="post", color=color, gid=key, clip_on=False,
                  linewidth=2.0 if color != GREY else 1.1)  # fmt: skip
        marked = np.array([d for d in DAYS if d <= horizon], dtype=float)
        at, _, _ = band_of_shares(signed, marked)
        axes.plot(marked, at, linestyle="", marker="o", markersize=4, color=color, clip_on=False,
                  markeredgecolor="white", markeredgewidth=0.5, zorder=4)  # fmt: skip
        highest = max(highest, float(share[-1]))
        if end - horizon >= run.scenario.war.round_days:
            carried_on(axes, horizon, float(share[-1]), end, color)
        if place < MOST:
            labels.append((float(share[-1]), f"{share_text(share[-1])} {label(key)}", color))
    upper = nice_top(highest)
    axes.set_ylim(0, upper)
    ticks = np.linspace(0, upper, TOPS[upper] + 1)
    axes.set_yticks(ticks, [f"{100 * t:.4g} %" if t else "0" for t in ticks])
    axes.set_xlim(0, end)
    shown = [d for d in (0, 30, 100, 180, 365, 730, 1095, 1825, 3650) if d <= end]
    axes.set_xticks(shown or [0, end])
    axes.set_xlabel("days since the start", size=SMALL)
    axes.grid(axis="y")
    end_labels(axes, labels, HEIGHT, RIGHT, lines=1)
