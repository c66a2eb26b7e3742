"""How the worlds of each scenario end."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.comparison.common import (
    NAMES,
    column_title,
    foot,
    listed,
    row_axes,
    scenario_rows,
)
from sim.plots.outcome import BAR_COLORS, WORDS
from sim.plots.sheet import MARGIN, WIDTH, Sheet
from sim.plots.style import DARK, GREY, SMALL, styled, text_width
from sim.results.outcomes import OUTCOMES
from sim.studies.compare.comparison import Comparison
from sim.views.layout import nice_top
from sim.views.run_data import share_text
from sim.words.story import span_words

ROW, HEAD, AXIS = 0.42, 0.32, 0.3
NUMBERS = 0.82
"""Room for a share and its interval, in inches."""


@styled
def odds(comparison: Comparison) -> Figure:
    """One column per kind of outcome, one row per scenario: share of worlds with its interval.

    Returns
    -------
    Figure
        Panels have the kind of outcome as gid; points the gid ``share``.
    """
    runs = comparison.ranked
    kinds = [
        kind
        for kind in OUTCOMES
        if kind == "settlement" or any(run.summary["outcomes"][kind] for run in runs)
    ]
    absent = [WORDS[kind].split(":")[0].lower() for kind in OUTCOMES if kind not in kinds]
    subtitle = (
        "Share of worlds by how they end within the horizon, with 95 % intervals (Wilson). Each "
        "column has a scale of its own. In order of settlements, then first stages, then ripeness; "
        "the baseline is shaded."
    )
    if absent:
        subtitle += f" In no world of any scenario: {', '.join(absent)}."
    body = HEAD + ROW * len(runs) + AXIS
    sheet = Sheet(foot(comparison), headline(comparison), subtitle, body)
    scenario_rows(sheet, comparison, runs, HEAD, [ROW] * len(runs))
    step = (WIDTH - 2 * MARGIN - NAMES) / len(kinds)
    for n, kind in enumerate(kinds):
        left = MARGIN + NAMES + n * step
        title = WORDS[kind]
        if text_width(title, SMALL + 0.4, True) > step - 0.2:
            title = title.split(":")[0]
        column_title(sheet, left, 0.06, title, step - 0.1)
        width = step - NUMBERS - 0.12
        axes = sheet.axes(left, HEAD, width, ROW * len(runs), gid=kind)
        _column(axes, comparison, kind)
        for place, run in enumerate(runs):
            y = HEAD + ROW * place + 0.06
            share, span = (run.summary[k][kind] for k in ("outcomes", "outcomes_interval"))
            color = GREY if share == 0 else DARK
            sheet.text(left + width + 0.1, y, share_text(share, span), weight="bold", color=color)
            sheet.text(left + width + 0.1, y + 0.15, span_words(span), color=GREY)
    return sheet.figure


def headline(comparison: Comparison) -> str:
    """The finding: where a settlement is likeliest, and where there is none."""
    runs = comparison.ranked
    best = runs[0].summary["outcomes"]["settlement"]
    none = [r.scenario.name for r in runs if r.summary["outcomes"]["settlement"] == 0]
    if best == 0:
        stage = max(runs, key=lambda r: float(r.summary["first_stage_ever"]))
        share = stage.summary["first_stage_ever"]
        text = f"No settlement in any world of any of the {len(runs)} scenarios"
        if share:
            where = listed([stage.scenario.name])
            text += f"; a first stage most often in {where}: {share_text(share)}"
        return text
    span = span_words(runs[0].summary["outcomes_interval"]["settlement"])
    text = (
        f"Settlement most often in {listed([runs[0].scenario.name])}: {share_text(best)} ({span})"
    )
    return text + (f"; none in {len(none)} of {len(runs)} scenarios" if none else "")


def _column(axes: Axes, comparison: Comparison, kind: str) -> None:
    runs = comparison.ranked
    shares = [run.summary["outcomes"][kind] for run in runs]
    spans = [run.summary["outcomes_interval"][kind] for run in runs]
    row_axes(axes, len(runs))
    places = range(len(runs))
    color = BAR_COLORS[kind]
    axes.hlines(places, [s[0] for s in spans], [s[1] for s in spans], color=color, linewidth=2.4,
                alpha=0.45, gid="interval")  # fmt: skip
    axes.plot(shares, places, linestyle="", marker="o", markersize=5.5, color=color, gid="share",
              clip_on=False, zorder=3)  # fmt: skip
    top = nice_top(max(high for _, high in spans))
    axes.set_xlim(0, top)
    axes.set_xticks([0, top], ["0", f"{100 * top:.4g} %"])
    first, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    axes.grid(axis="x")
