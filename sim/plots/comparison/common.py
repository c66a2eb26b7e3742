"""What the figures of a comparison share: rows of scenarios, their names, colours, the foot."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sim.ensemble.runner import Run
from sim.plots.sheet import MARGIN, WIDTH, Sheet
from sim.plots.style import GREY, SMALL, line_height, shortened
from sim.studies.compare.comparison import DEFAULT_BASELINE, Comparison
from sim.studies.compare.words import label
from sim.views.colours import OKABE_ITO
from sim.views.run_data import counted

NAMES = 2.05
"""Room for the scenarios' names, in inches."""


def foot(comparison: Comparison) -> str:
    """What the figure is, and how many worlds it rests on."""
    counts = sorted({run.summary["worlds"] for run in comparison.runs})
    seeds = sorted({run.summary["seed"] for run in comparison.runs})
    worlds = (
        counted(counts[-1], "world")
        if len(counts) == 1
        else f"{counts[0]:,} to {counts[-1]:,} worlds"
    )
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {', '.join(map(str, seeds))}"
    changes = comparison.base.summary["provenance"]["overrides"]
    changed = ", changed by --set" if changes else ""
    return (
        "Model's consequences, given the assumptions in the scenario files"
        f"{changed}; not a forecast. {worlds} each, {seed}. Sources: in the scenario files."
    )


def palette(comparison: Comparison) -> dict[str, str]:
    """Colours of those that settle and that sign a first stage most often; grey for the others."""
    ranked = [run.scenario.name for run in comparison.ranked]
    signing = sorted(
        (run for run in comparison.ranked if len(run.scenario.stages) > 1),
        key=lambda run: -float(run.summary["first_stage_ever"]),
    )
    # half of the colours for settlements, the rest for stages, what is left for the next in rank
    order = [*ranked[: len(OKABE_ITO) // 2], *(run.scenario.name for run in signing[:4]), *ranked]
    chosen = list(dict.fromkeys(order))[: len(OKABE_ITO)]
    return dict.fromkeys(ranked, GREY) | dict(zip(chosen, OKABE_ITO, strict=False))


def listed(names: list[str], most: int = 4) -> str:
    """``a, b and 3 more``."""
    words = [label(name) for name in names]
    if len(words) <= most:
        return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1]
    return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"


def scenario_rows(
    sheet: Sheet, comparison: Comparison, runs: list[Run], top: float, heights: list[float]
) -> list[float]:
    """Names of the scenarios as rows, the baseline's shaded.

    Parameters
    ----------
    top : float
        Where the first row begins, in inches from the body's top.
    heights : list of float
        Height of each row.

    Returns
    -------
    list of float
        Where each row begins.
    """
    tops = []
    for run, height in zip(runs, heights, strict=True):
        name = run.scenario.name
        tops.append(top)
        if name == comparison.baseline:
            bottom = sheet.height - sheet.body_top - top - height
            band = Rectangle(
                (MARGIN / 2 / WIDTH, bottom / sheet.height),
                1 - MARGIN / WIDTH,
                height / sheet.height,
                facecolor="#f2f2f2",
                zorder=-1,
            )
            sheet.figure.add_artist(band)
        title, words = run.scenario.title, label(name)
        if name == comparison.baseline and name != DEFAULT_BASELINE:
            words += " (baseline)"
        shown = height >= 2.4 * line_height()
        block = line_height(9.5) + (line_height() if shown else 0)
        y = top + (height - block) / 2
        sheet.text(MARGIN, y, shortened(words, NAMES - 0.1, 9.5, True), size=9.5,
                   weight="bold", gid="scenario")  # fmt: skip
        if shown:
            sheet.text(MARGIN, y + line_height(9.5), shortened(title, NAMES - 0.1), color=GREY)
        top += height
    return tops


def row_axes(axes: Axes, rows: int) -> None:
    """A panel whose rows are scenarios, from the top, with hairlines between them."""
    axes.set_facecolor("none")
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.hlines([n + 0.5 for n in range(rows - 1)], 0, 1, transform=axes.get_yaxis_transform(),
                color="#eeeeee", linewidth=0.7, zorder=0)  # fmt: skip


def few_ticks(axes: Axes, most: int = 4) -> None:
    """Round ticks within the axis, 0 among them, away from edges where neighbours' labels are."""
    low, high = axes.get_xlim()
    room = 0.08 * (high - low)
    ticks = [
        float(t)
        for t in MaxNLocator(most).tick_values(low, high)
        if low + room <= t <= high - room or (abs(t) < 1e-12 and low <= 0 <= high)
    ]
    axes.set_xticks(ticks)


def carried_on(axes: Axes, last: float, value: float, end: float, color: str) -> None:
    """A dotted line from where a curve's horizon ends to the edge, where its name stands."""
    if last < end:
        axes.plot([last, end], [value] * 2, color=color, linewidth=0.9, linestyle=(0, (1, 2.5)),
                  zorder=1, gid="carried")  # fmt: skip


def column_title(sheet: Sheet, left: float, top: float, text: str, width: float) -> None:
    """Heading of a column of panels."""
    sheet.text(left, top, shortened(text, width, SMALL + 0.4, True), size=SMALL + 0.4,
               weight="bold")  # fmt: skip
