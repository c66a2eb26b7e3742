"""Differences between scenarios in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.formulas.statistics import Interval, negligible
from sim.prose import by_how_much, digits_of, sentence
from sim.results.allowed import RANGE, SAMPLING
from sim.results.outcomes import UNITS
from sim.studies.compare.comparison import DEFAULT_BASELINE, NOT_CALIBRATED, Comparison
from sim.studies.compare.differences import Difference
from sim.words.shares import FEW, ranges_words

RIPENESS = (
    "Room for a deal: the largest gain over no deal that all could have at once, where 100 is all "
    "that a side wants; where red lines leave no common ground, with those crossed least. More of "
    "it means that what no deal costs, not the red lines, would allow a deal."
)
EACH = (
    "Each 95 % interval stands by itself: of twenty comparisons without any true difference, one "
    "is expected to show one."
)
MAIN = ("settlement", "first_stage", "ratification_failed", "ripeness")
"""Measures that the chart of differences always has, where they say something."""


def one_by_one(calibrated: bool) -> str:
    """How far intervals of differences carry; whether any has a range over calibrations, too."""
    both = (
        " A difference counts where what past talks allow, from the 10th to the 90th percentile, "
        "has its direction, too."
    )
    return EACH + both * calibrated


def each_words(comparison: Comparison) -> str:
    """The same of the differences of a comparison."""
    return one_by_one(any(one.allowed is not None for one in comparison.differences))


def worlds_words(comparison: Comparison) -> str:
    """How many worlds, and with which seed."""
    counts = sorted({run.summary.worlds for run in comparison.runs})
    seeds = sorted({run.summary.seed for run in comparison.runs})
    worlds = f"{counts[0]:,}" + (f" to {counts[-1]:,}" if len(counts) > 1 else "")
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {', '.join(map(str, seeds))}"
    return f"{worlds} world{'' if counts == [1] else 's'} each, {seed}"


def spans_words(comparison: Comparison) -> str:
    """What the ranges of shares are, and how many worlds are few."""
    known = [run.summary for run in comparison.runs if run.summary.allowed is not None]
    text = ranges_words(
        [summary.outcomes_interval["settlement"] for summary in known],
        any(run.summary.worlds >= FEW for run in comparison.runs),
    )
    return f"{text}{uncalibrated_words(comparison)}"


def uncalibrated_words(comparison: Comparison) -> str:
    """What the ranges of scenarios without a calibration are; nothing where none differs."""
    said = f" {sentence(NOT_CALIBRATED)}: {SAMPLING}s of sampling alone."
    return said if comparison.uncalibrated else ""


def stage_words(comparison: Comparison) -> str:
    """What counts as the first stage of plans that have but one, where others have several."""
    bare = not all(len(run.scenario.stages) > 1 for run in comparison.runs)
    said = " First stage: of a plan of one stage the signing of the whole, ratified or not."
    return said if comparison.staged and bare else ""


def marks(comparison: Comparison, name: str) -> str:
    """What sets a scenario apart in a table or chart, after its name; mostly nothing."""
    said = ["baseline"] if name == comparison.baseline != DEFAULT_BASELINE else []
    said += [NOT_CALIBRATED] if name in comparison.uncalibrated else []
    return f" ({', '.join(said)})" if said else ""


def difference_words(one: Difference) -> str:
    """A difference and the interval that matters in one sentence."""
    who, base = one.scenario, one.baseline
    between = "" if one.paired else "unpaired "
    if one.visible:
        sampling = f"{between}95 % interval {_from_to(one, one.interval)}"
        spans = [sampling]
        if one.allowed is not None:
            allowed = f"{RANGE} {_from_to(one, one.allowed)}"
            little = negligible(one.interval, one.allowed)
            spans = [allowed] if little else [allowed, sampling]
        if one.without:
            spans.insert(0, f"no such talks in {one.without}")
        return f"{_apart(one)} ({'; '.join(spans)})."
    if one.interval.low == one.interval.high:
        return f"{who} and {base} are alike in {one.measure.noun} in every world."
    if one.sampled:
        return (
            f"{_apart(one)} in these worlds, but what past talks allow goes either way "
            f"(10–90 % {_signed(one)})."
        )
    return (
        f"No difference visible in {one.measure.noun} between {who} and {base}: "
        f"{between}95 % interval {_signed(one)}."
    )


def amounts(one: Difference, span: Interval | None = None) -> list[str]:
    """A difference, and the ends of its range over what past talks allow, or of another span.

    In worlds of 100, days, or points of utility (100 is all that a side wants).
    """
    scale, digits = one.measure.scale, _digits(one)
    numbers = (one.value, *(span or one.allowed or one.interval))
    return [by_how_much(scale * x, digits) for x in numbers]


def _apart(one: Difference) -> str:
    """A difference in words, without its interval."""
    who, base, number = one.scenario, one.baseline, _number(one, abs(one.value))
    if one.measure.kind == "share":
        more = "more" if one.value > 0 else "fewer"
        worlds = "world" if number == "1" else "worlds"
        return f"{who} {one.measure.verb} in {number} {more} {worlds} of 100 than {base}"
    if one.measure.kind == "days":
        how = "later" if one.value > 0 else "earlier"
        what = f"the {one.measure.noun} is {number} days {how}"
        return f"Where both have one, {what} in {who} than in {base}"
    how = "higher" if one.value > 0 else "lower"
    amount = f"{number} {one.measure.unit}"
    return f"{one.measure.noun} is {amount} {how} in {who} than in {base}"


def told(comparison: Comparison) -> list[str]:
    """Differences among scenarios of the same parties: visible ones, then the others by measure.

    Days are left out: they are of the worlds that have one in both.
    """
    lines = []
    quiet: dict[tuple[str, bool], list[Difference]] = {}
    for run in comparison.alike:
        for one in of_100(comparison, run.scenario.name):
            if not _says_something(one):
                continue
            if one.visible:
                lines.append(sentence(difference_words(one)))
            else:
                alike = one.interval.low == one.interval.high
                quiet.setdefault((one.measure.key, alike), []).append(one)
    return lines + [sentence(_quiet_words(group)) for group in quiet.values()]


def of_100(comparison: Comparison, scenario: str) -> list[Difference]:
    """Differences of a scenario in worlds or points of 100."""
    return [
        one for one in comparison.telling if one.scenario == scenario and one.measure.kind in UNITS
    ]


def _quiet_words(group: Sequence[Difference]) -> str:
    if len(group) == 1:
        return difference_words(group[0])
    base, title = group[0].baseline, group[0].measure.noun
    names = ", ".join(one.scenario for one in group)
    if group[0].interval.low == group[0].interval.high:
        return f"Alike in {title} in every world, {base} and: {names}."
    widest = max(group, key=lambda one: one.holding.high - one.holding.low)
    kind = "95 % intervals" if all(not one.sampled for one in group) else "intervals"
    return (
        f"No difference from {base} visible in {title}: {names} "
        f"({kind} that hold 0, the widest {_signed(widest)})."
    )


def _says_something(one: Difference) -> bool:
    return bool(one.measure.kind != "share" or one.of_scenario or one.of_baseline)


def _digits(one: Difference) -> int:
    """Digits after the point: what the interval's width makes worth telling, and no bare zeros."""
    scale = one.measure.scale
    width = scale * (one.holding.high - one.holding.low)
    least, unit = (1 if one.measure.kind == "utility" else 0), 3.0
    if width < 1e-9:
        return least
    digits = max(least, math.ceil(-math.log10(width / unit)))
    ends = (*one.interval, *one.holding, *(one.allowed or ()))
    return digits_of([scale * one.value], digits_of([scale * x for x in ends], digits), 6)


def _number(one: Difference, value: float) -> str:
    scale = one.measure.scale
    return f"{scale * value:.{_digits(one)}f}"


def _from_to(one: Difference, interval: Interval) -> str:
    low, high = sorted(abs(x) for x in interval)
    return f"{_number(one, low)} to {_number(one, high)}"


def _signed(one: Difference) -> str:
    scale = one.measure.scale
    low, high = (by_how_much(scale * x, _digits(one)) for x in one.holding)
    return f"from {low} to {high} {one.measure.unit}"


def pairing_words(comparison: Comparison) -> str | None:
    """How much pairing narrows the intervals, over all differences."""
    compared = [
        d
        for d in comparison.differences
        if d.measure.kind != "share" or d.of_scenario or d.of_baseline
    ]
    gains = sorted(d.gain for d in compared if d.gain is not None)
    if not gains:
        return None
    middle = gains[len(gains) // 2]
    return (
        f"Compared world by world the intervals are {middle:.1f} times narrower than between "
        f"separate draws (median over {len(gains)} differences, {gains[0]:.1f} to {gains[-1]:.1f})."
    )
