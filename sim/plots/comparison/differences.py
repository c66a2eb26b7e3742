"""Differences to the baseline, world by world."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.plots.comparison.common import (
    NAMES,
    column_title,
    few_ticks,
    foot,
    listed,
    row_axes,
    scenario_rows,
)
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import DARK, styled
from sim.prose import sentence
from sim.results.outcomes import Measure
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.differences import Difference
from sim.studies.compare.words import label

ROW, HEAD, AXIS, COLUMNS = 0.34, 0.3, 0.55, 5
SEEN, UNSEEN, APART = "#0b5a8a", "#8a8a8a", "#d5d5d5"
UNITS = {"share": "worlds of 100", "utility": "utility", "days": "days"}


@styled
def differences(comparison: Comparison) -> Figure | None:
    """Forest plot: one column per measure, one row per scenario, paired and unpaired intervals.

    Returns
    -------
    Figure or None
        Panels have the measure's key as gid; points ``value:<scenario>``, intervals
        ``interval:<scenario>`` and ``unpaired:<scenario>``. None where there is nothing to compare.
    """
    runs = [run for run in comparison.alike if run.scenario.name != comparison.baseline]
    columns = shown_measures(comparison)
    if not runs or not columns:
        return None
    blocks = -(-len(columns) // COLUMNS)
    wide = -(-len(columns) // blocks)
    height = HEAD + ROW * len(runs) + AXIS
    sheet = Sheet(foot(comparison), headline(comparison), _subtitle(comparison),
                  height * blocks, _key())  # fmt: skip
    step = (WIDTH - 2 * MARGIN - NAMES) / wide
    for n, measure in enumerate(columns):
        top, left = height * (n // wide), MARGIN + NAMES + step * (n % wide)
        if n % wide == 0:
            scenario_rows(sheet, comparison, runs, top + HEAD, [ROW] * len(runs))
        title = sentence(measure.noun)
        column_title(sheet, left + 0.12, top + 0.05, title, step - 0.15)
        axes = sheet.axes(left + 0.12, top + HEAD, step - 0.24, ROW * len(runs), gid=measure.key)
        _column(axes, comparison, runs, measure)
    return sheet.figure


def shown_measures(comparison: Comparison) -> list[Measure]:
    """Measures on which some scenario or the baseline has anything at all."""
    found: dict[str, list[Difference]] = {}
    for one in shown_differences(comparison):
        found.setdefault(one.measure.key, []).append(one)
    return [
        group[0].measure
        for key, group in found.items()
        if key == "settlement"
        or group[0].measure.kind != "share"
        or any(one.of_scenario or one.of_baseline for one in group)
    ]


def shown_differences(comparison: Comparison) -> list[Difference]:
    """Differences of the scenarios that the chart shows: those of the same parties."""
    names = {run.scenario.name for run in comparison.alike}
    return [one for one in comparison.differences if one.scenario in names]


def headline(comparison: Comparison) -> str:
    """The finding: who differs visibly from the baseline in settlements, or in ripeness."""
    base = label(comparison.baseline)
    for key, more, fewer in (
        ("settlement", "settles more often than", "settles less often than"),
        (
            "first_stage",
            "signs a first stage more often than",
            "signs a first stage less often than",
        ),
        ("ripeness", "ends riper than", "ends less ripe than"),
    ):
        seen = [d for d in shown_differences(comparison) if d.measure.key == key and d.visible]
        up = [d.scenario for d in seen if d.value > 0]
        down = [d.scenario for d in seen if d.value < 0]
        if not seen:
            continue
        parts = []
        for names, words in ((up, more), (down, fewer)):
            if len(names) == 1:
                parts.append(f"{label(names[0])} {words} {base}")
            elif names:
                plural = words.replace("settles", "settle").replace("signs", "sign")
                parts.append(f"{listed(names, 3)} {plural.replace('ends', 'end')} {base}")
        text = "; ".join(parts)
        return sentence(text)
    return f"No visible difference from {base} in settlements, first stages or ripeness"


def _subtitle(comparison: Comparison) -> str:
    text = (
        f"Each scenario less {label(comparison.baseline)}, in the same worlds (common random "
        "numbers), with 95 % intervals: paired shares after Newcombe, paired means after Student. "
        "Days only where both have one. Each interval stands by itself."
    )
    loose = sorted({one.scenario for one in comparison.differences if not one.paired})
    if loose:
        text += f" Other worlds, so not paired: {listed(loose)}."
    names = {run.scenario.name for run in comparison.alike}
    out = [r.scenario.name for r in comparison.runs if r.scenario.name not in names]
    return text + (f" Other parties, left out: {listed(out)}." if out else "")


def _key() -> list[Mark]:
    return [
        Mark("difference whose interval leaves out 0", "point",
             {"marker": "o", "markersize": 6, "color": SEEN}),
        Mark("interval holds 0", "point", {"marker": "o", "markersize": 6, "color": UNSEEN}),
        Mark("interval without pairing", "line", {"color": APART, "linewidth": 6}),
    ]  # fmt: skip


def _column(axes: Axes, comparison: Comparison, runs: list[Run], measure: Measure) -> None:
    scale = 100.0 if measure.kind == "share" else 1.0
    row_axes(axes, len(runs))
    ends = [0.0]
    for row, run in enumerate(runs):
        name = run.scenario.name
        one = comparison.of(name, measure.key)
        if one is None:
            continue
        color = SEEN if one.visible else UNSEEN
        apart, low, high = ([scale * x for x in one.unpaired], *(scale * x for x in one.interval))
        axes.plot(apart, [row] * 2, color=APART, linewidth=6, zorder=1, gid=f"unpaired:{name}")
        axes.plot([low, high], [row] * 2, color=color, linewidth=1.8, zorder=2,
                  gid=f"interval:{name}")  # fmt: skip
        axes.plot([scale * one.value], [row], linestyle="", marker="o", markersize=4, color=color,
                  zorder=3, gid=f"value:{name}")  # fmt: skip
        ends += [*apart, low, high]
    room = max(0.06 * (max(ends) - min(ends)), 1e-6)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.axvline(0, color=DARK, linewidth=0.9, zorder=0.5)
    few_ticks(axes)
    axes.grid(axis="x")
    axes.set_xlabel(UNITS[measure.kind])
