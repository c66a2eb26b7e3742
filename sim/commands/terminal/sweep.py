"""What a sweep says on the terminal, in plain words."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import ascii_uppercase

import numpy as np
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.commands.sweeping import SweepJob, Swept
from sim.commands.terminal.paper import Paper, plain_table
from sim.formulas.statistics import Interval, negligible
from sim.prose import by_how_much, counted, digits_of, listing
from sim.results.allowed import ENOUGH, SAMPLING
from sim.results.outcomes import NOTE, Measure
from sim.scenario import Loaded
from sim.studies.compare.words import one_by_one
from sim.studies.sweep.effects import Effect, unmoved
from sim.studies.sweep.estimates import Estimate, Values, contrast, estimate
from sim.studies.sweep.parameters import Parameter
from sim.studies.sweep.results import SweepResults
from sim.words.shares import NOT_APART, ranges_words

LABEL = 8
"""Characters of a value that the table always has room for."""
BEST, WORST = 5, 3
"""Cells that the table shows; all where they are hardly more."""
PAIRED = (
    "Every cell has the same worlds, so the changes are taken world by world and averaged over the "
    "other parameters; of words, those with the least and the most are compared."
)


def tell_sweep(swept: Swept, job: SweepJob) -> None:
    """Print the best and worst cells, the effects, what to know, and what to do next."""
    paper = Paper()
    results, names = swept.results, swept.results.header.names
    first = swept.first
    shown = list({m.key: m for m in (results.measure("settlement"), first)}.values())
    if names.stages:
        shown = list({m.key: m for m in [*shown, results.measure("first_stage")]}.values())
    cells = _Cells(results, first, shown)
    for letter, parameter in cells.letters.items():
        paper.print(f"{letter}: {parameter.title}")
    paper.print(cells.table())
    paper.indented(cells.words(), style="dim")
    paper.bold("\nFrom one end of each parameter to the other")
    paper.print(_effects(swept))
    paper.indented(f"{PAIRED} {one_by_one(results.calibrated)}", style="dim")
    for note in [*notes(swept, cells.sampled), *days_apart(job.plan.scenarios)]:
        paper.print("\n" + note)
    _next(paper, job, swept)
    paper.end(f"\n{NOTE}", job)


class _Cells:
    """The best and the worst cells by the first measure, with the measures shown."""

    def __init__(self, results: SweepResults, first: Measure, shown: list[Measure]) -> None:
        self.results, self.first, self.shown = results, first, shown
        self.found = {m.key: _estimates(results, m) for m in shown}
        by = self.found[first.key]
        order = sorted(by, key=lambda cell: (-by[cell].mean, cell))
        self.rows = order
        if len(order) > BEST + WORST + 1:
            self.rows = [*order[:BEST], -1, *order[-WORST:]]
        values = results.values(first)
        self.tied = {cell for cell in self.rows[1:] if cell >= 0 and not
                     _behind(results, first, values, order[0], cell)}  # fmt: skip

    @property
    def letters(self) -> dict[str, Parameter]:
        """What heads the columns of several parameters, whose titles have no room there."""
        varied = self.results.header.parameters
        return (
            dict(zip(ascii_uppercase, varied, strict=False))
            if 1 < len(varied) <= len(ascii_uppercase)
            else {}
        )

    @property
    def estimates(self) -> list[Estimate]:
        """All that are shown, but for measures that are no shares."""
        every = [found.get(n) for found in self.found.values() for n in self.rows]
        return [one for one in every if one is not None and one.measure.kind == "share"]

    @property
    def sampled(self) -> bool:
        """Whether the sampling error of any of them is worth a word."""
        return any(one.allowed is None or one.sampling for one in self.estimates)

    def table(self) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        varied = self.results.header.parameters
        for head, one in zip(self.letters or [p.title for p in varied], varied, strict=True):
            wide = min(max(map(len, map(_legible, one.labels)), default=0), LABEL)
            table.add_column(
                head, justify="right" if one.numeric else "left", overflow="fold", min_width=wide
            )
        for measure in self.shown:
            table.add_column(_short(measure), justify="right", no_wrap=True)
        for cell in self.rows:
            if cell < 0:
                table.add_row(*["…"] * len(table.columns))
                continue
            row = [_legible(label) for label in self.results.labels[cell]]
            found = [self.found[measure.key].get(cell) for measure in self.shown]
            ties = {self.first: " =" if cell in self.tied else "  "} if self.tied else {}
            words = [one.words if one else "—" for one in found]
            row += [w + ties.get(m, "") for w, m in zip(words, self.shown, strict=True)]
            table.add_row(*map(Text, row))
        return table

    def words(self) -> str:
        """What the intervals are, and what is tied."""
        text = ranges_words(
            [one.interval for one in self.estimates if one.allowed],
            any(one.few for one in self.estimates),
        )
        if any(one.labelled for one in self.estimates):
            text += (
                f" Where worlds draw no calibration, or fewer than {ENOUGH} have been run: "
                f"{SAMPLING}s of sampling."
            )
        if not self.tied:
            return text
        return f"{text} =: “{_short(self.first)}” not told apart from the first row: {NOT_APART}."


def _behind(results: SweepResults, measure: Measure, values: Values, one: int, two: int) -> bool:
    """Whether a cell is told apart from another."""
    masks = (np.arange(len(values)) == cell for cell in (one, two))
    gap = contrast(results, measure, values, *masks)
    return gap is not None and gap.visible


def _estimates(results: SweepResults, measure: Measure) -> dict[int, Estimate]:
    """Those of every cell that has one."""
    values = results.values(measure)
    cells = np.arange(len(values))
    found = {n: estimate(results, measure, values, cells == n) for n in cells.tolist()}
    return {n: one for n, one in found.items() if one is not None}


def _effects(swept: Swept) -> Table:
    """By measure, then by parameter."""
    table = plain_table(*[""] * 4, header=False)
    table.columns[0].overflow = "fold"
    for column in table.columns[1:]:
        column.no_wrap = True
    level = "10–90 %" if swept.results.calibrated else "95 %"
    for key, found in swept.effects.items():
        if not found:
            continue
        measure = swept.results.measure(key)
        heading = (f"{_short(measure)}, {measure.unit}", "from", "to", f"change ({level})")
        table.add_row(*(Text(word, style="bold") for word in heading))
        for effect in found:
            ends = (_legible(effect.low), _legible(effect.high))
            title = Padding(effect.parameter.title, (0, 0, 0, 2))
            table.add_row(title, *ends, Text.assemble(*effect_words(effect)))
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


def effect_words(effect: Effect) -> list[str | tuple[str, str]]:
    """``+3 (−1 to +8)``: the change and the interval that matters.

    Of shares worlds of 100, of utilities points of 100. Below it the sampling error, where it is
    not negligible beside the range over what past talks allow.
    """
    scale, span = effect.measure.scale, effect.allowed or effect.interval
    if not math.isfinite(span.high - span.low):
        return [f"{by_how_much(scale * effect.difference)} (one world)"]
    ends_told = [scale * x for x in (*span, *effect.interval)]
    digits = digits_of(ends_told, 1 if scale * (span.high - span.low) < 10 else 0)

    def told(value: float) -> str:
        return by_how_much(scale * value, digits)

    def ends(span: Interval) -> str:
        return f"{told(span.low)} to {told(span.high)}"

    text = f"{told(effect.difference)} ({ends(span)})"
    if effect.allowed is None or negligible(effect.interval, effect.allowed):
        return [text]
    return [text, (f"\n95 %: {ends(effect.interval)}", "dim")]


def days_apart(scenarios: Mapping[str, Loaded]) -> list[str]:
    """That files of different days are beside each other, where any are."""
    days = {name: loaded.scenario.war.start_date for name, loaded in scenarios.items()}
    if len(set(days.values())) == 1:
        return []
    told = listing(f"{name} {day:%-d %B %Y}" for name, day in days.items())
    return [
        f"Day 0 differs ({told}): what the cells of these files come to is no ranking of plans, as "
        "each starts from another front and other positions."
    ]


def notes(swept: Swept, sampled: bool) -> Iterator[str]:
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
    if worlds < 500 and sampled:
        but = ""
        if results.calibrated:
            but = ", though not the range over what past talks allow"
        elif results.drawing:
            but = f"; from {ENOUGH} on it tells the range over what past talks allow, too"
        yield (
            f"With {counted(worlds, 'world')} a cell sampling counts; the same command with more "
            f"--worlds makes it less{but}."
        )
    if results.header.sampled:
        yield (
            "Sobol' points: the ends are the lowest and highest quarter of each range, and the "
            "intervals also cover that the points are a sample."
        )


def _next(paper: Paper, job: SweepJob, swept: Swept) -> None:
    """Charts of other parameters and of another measure, as commands."""
    folder, parameters = shlex.quote(str(job.folder)), job.plan.parameters
    first = f" --of {swept.first.key}"
    if len(parameters) > 2:
        first += f" --x {parameters[0].path} --y {parameters[2].path}"
    paper.bold("\nNext")
    for options in (first, f" --of {_another(swept)}"):
        paper.print(f"  python -m sim heatmap {folder}{options}", soft_wrap=True)


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
    return (
        f"{swept.left_out}; all are listed in {folder / 'sweep.json'}, and the same command tries "
        "them again."
    )
