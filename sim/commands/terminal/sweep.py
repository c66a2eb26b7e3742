"""What a sweep says on the terminal, in plain words."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.commands.sweeping import SweepJob, Swept
from sim.formulas.statistics import Clustered
from sim.prose import counted, signed
from sim.results.outcomes import NOTE, Measure
from sim.studies.sweep.effects import Effect, mean_interval, unmoved
from sim.studies.sweep.results import SweepResults

BEST, WORST = 5, 3
"""Cells that the table shows; all where they are hardly more."""
AVERAGED = (
    "Intervals are of sampling alone: all numbers are means over what past talks allow, whose own "
    "range `run` and `compare` tell."
)
PAIRED = (
    "Every cell has the same worlds, so the changes are taken world by world and averaged over the "
    "other parameters; of words, those with the least and the most are compared. Each interval "
    "stands by itself: of twenty changes without any effect one is expected to leave 0 out."
)


def tell_sweep(swept: Swept, job: SweepJob) -> None:
    """Print the best and worst cells, the effects, what to know, and what to do next."""
    console = Console(highlight=False, markup=False, soft_wrap=False)
    results, names = swept.results, swept.results.header.names
    first = swept.first
    shown = list({m.key: m for m in (results.measure("settlement"), first)}.values())
    if names.stages:
        shown = list({m.key: m for m in [*shown, results.measure("first_stage")]}.values())
    console.print(_cells(results, first, shown))
    console.print(Text("\nFrom one end of each parameter to the other", style="bold"))
    console.print(_effects(swept))
    console.print(Padding(PAIRED, (0, 0, 0, 2)), style="dim")
    if any(one.scenario.engine.calibration.names for one in job.plan.scenarios.values()):
        console.print(Padding(AVERAGED, (0, 0, 0, 2)), style="dim")
    for note in notes(swept):
        console.print(Text("\n" + note))
    _next(console, job, swept)
    console.print(Text(f"\n{NOTE}", style="italic"))
    console.print(f"Written to {job.folder}: {', '.join(job.written)}")


def _cells(results: SweepResults, first: Measure, shown: list[Measure]) -> Table:
    """The best and the worst cells by the first measure."""
    means = cell_means(results, first)
    order = sorted(means, key=lambda cell: (-means[cell].mean, cell))
    if len(order) > BEST + WORST + 1:
        order = [*order[:BEST], -1, *order[-WORST:]]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for parameter in results.header.parameters:
        table.add_column(parameter.title, justify="right" if parameter.numeric else "left")
    for measure in shown:
        table.add_column(_short(measure), justify="right", no_wrap=True)
    by_measure = {m.key: cell_means(results, m) for m in shown}
    for cell in order:
        if cell < 0:
            table.add_row(*["…"] * len(table.columns))
            continue
        row = [Text(_legible(label)) for label in results.labels[cell]]
        for measure in shown:
            found = by_measure[measure.key].get(cell)
            row.append(_estimate(found, measure) if found else Text("—"))
        table.add_row(*row)
    return table


def cell_means(results: SweepResults, measure: Measure) -> dict[int, Clustered]:
    """The mean of every cell that has one."""
    values = results.values(measure)
    found = {n: Clustered.of(values[n : n + 1]) for n in range(len(values))}
    return {n: one for n, one in found.items() if one is not None}


def _estimate(found: Clustered, measure: Measure) -> Text:
    low, high = mean_interval(found, measure)
    return Text(f"{measure.value_words(found.mean)} ({measure.interval_words(low, high)})")


def _effects(swept: Swept) -> Table:
    """By measure, then by parameter."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(overflow="fold")
    for _ in range(3):
        table.add_column(justify="right", no_wrap=True)
    for key, found in swept.effects.items():
        if not found:
            continue
        measure = swept.results.measure(key)
        unit = ", points" if measure.kind == "share" else ""
        heading = (f"{_short(measure)}{unit}", "from", "to", "change (95 %)")
        table.add_row(*(Text(word, style="bold") for word in heading))
        for effect in found:
            ends = (_legible(effect.low), _legible(effect.high))
            title = Padding(effect.parameter.title, (0, 0, 0, 2))
            table.add_row(title, *ends, effect_words(effect))
    return table


def _short(measure: Measure) -> str:
    return measure.short or measure.title


def _legible(label: str) -> str:
    """A label with three digits where it is a number of more."""
    body, unit = (label[:-1], "x") if label.endswith("x") else (label, "")
    try:
        return f"{float(body):.3g}{unit}" if len(body) > 6 else label
    except ValueError:
        return label


def effect_words(effect: Effect) -> str:
    """``+3 (+1 to +5)``: percentage points of shares, utility of others."""
    share, scale = effect.measure.kind == "share", effect.measure.scale
    low, high = (scale * x for x in effect.interval)
    digits = (1 if high - low < 10 else 0) if share else 3
    numbers = [f"{v:+.{digits}f}" for v in (scale * effect.difference, low, high)]
    tidy = [n if float(n) else n[1:] for n in numbers]
    return signed(f"{tidy[0]} ({tidy[1]} to {tidy[2]})")


def notes(swept: Swept) -> Iterator[str]:
    """What a reader should know before believing the table."""
    results, first = swept.results, swept.first
    settlement = results.values(results.measure("settlement"))
    known = settlement[~np.isnan(settlement)]
    if len(known) and known.min() == known.max():
        what = "No world of any cell settles" if known[0] == 0 else "Every world settles"
        then = (
            "nothing else told here moves, either."
            if first.key == "settlement"
            else f"look at {first.key} ({first.title[0].lower()}{first.title[1:]}) instead."
        )
        yield f"{what}, so the odds of a settlement do not tell these cells apart; {then}"
    utilities = [m for m in results.measures if m.key.startswith("utility:")]
    for parameter in unmoved(results, [*map(results.measure, swept.effects), *utilities]):
        yield (
            f"{parameter.title} ({parameter.path}) changes none of these numbers in any world, nor "
            "anybody's utility: the scenario may not use it."
        )
    worlds = results.header.worlds
    if worlds < 500:
        yield (
            f"With {worlds:,} worlds a cell the intervals are wide; the same command with more "
            "--worlds narrows them."
        )
    if results.header.sampled:
        yield (
            "Sobol' points: the ends are the lowest and highest quarter of each range, and the "
            "intervals also cover that the points are a sample."
        )


def _next(console: Console, job: SweepJob, swept: Swept) -> None:
    """Charts of other parameters and of another measure, as commands."""
    folder, parameters = shlex.quote(str(job.folder)), job.plan.parameters
    first = f" --of {swept.first.key}"
    if len(parameters) > 2:
        first += f" --x {parameters[0].path} --y {parameters[2].path}"
    console.print(Text("\nNext", style="bold"))
    for options in (first, f" --of {_another(swept)}"):
        console.print(Text(f"  python -m sim heatmap {folder}{options}"), soft_wrap=True)


def _another(swept: Swept) -> str:
    """A measure of this sweep, other than the first, that is worth a look."""
    known = [measure.key for measure in swept.results.measures]
    if swept.first.key == "settlement":
        days = [key for key in known if key.startswith("deal_by_day:")]
        return days[len(days) // 2]
    if swept.first.key != "ripeness":
        return "ripeness"
    return next(key for key in known if key.startswith("utility:"))


def remaining_words(job: SweepJob) -> str:
    """``33 cells of 2,000 worlds: 20 finished earlier, 13 to run.``"""
    plan = job.plan
    shape = " × ".join(str(len(p.labels)) for p in plan.parameters if p.labels)
    made = f" ({shape})" if plan.design == "grid" and len(plan.parameters) > 1 else ""
    text = f"{counted(job.cells, 'cell')}{made} of {counted(plan.worlds, 'world')}"
    return f"{text}: {job.earlier:,} finished earlier, {job.cells - job.earlier:,} to run."


def failure_words(swept: Swept, folder: Path) -> str:
    """Which cells have no result, in one sentence."""
    results = swept.results
    cells = sorted({f.task.cell for f in swept.failures})
    paths = [p.path for p in results.header.parameters]
    told = [
        ", ".join(f"{p}={v}" for p, v in zip(paths, results.labels[cell], strict=True))
        for cell in cells[:3]
    ]
    more = f"; and {len(cells) - 3} more" if len(cells) > 3 else ""
    first = swept.failures[0]
    return (
        f"{counted(len(cells), 'cell')} failed and {'is' if len(cells) == 1 else 'are'} left out: "
        f"{'; '.join(told)}{more} (first error: {first.error}: {first.message}); all are listed in "
        f"{folder / 'sweep.json'}, and the same command tries them again."
    )
