"""The numbers of a comparison: one row per scenario, tidy tables, and one JSON object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from sim.ensemble.runner import Run
from sim.files import csv_cell, csv_text, json_text
from sim.formulas.statistics import Interval, wilson
from sim.results.allowed import Allowed
from sim.results.certain import alike
from sim.results.outcomes import LASTING, NOTE, lasting_years
from sim.studies.compare.changes import change_words
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.contents import contents
from sim.studies.compare.differences import Difference
from sim.studies.compare.ranking import best_words
from sim.studies.compare.words import each_words, pairing_words, told

Bounds = tuple[float | None, float | None]
NOTHING: Bounds = (None, None)
NO_RANGES = Allowed({}, {}, {}, {}, None, None)


class Cell(NamedTuple):
    """A measure of a scenario: its value, 95 % interval, and range among calibrations."""

    measure: str
    value: float | None
    interval: Bounds | None = None
    allowed: Bounds | None = None


def row(run: Run) -> dict[str, Any]:
    """A scenario in one line of a table.

    Returns
    -------
    dict
        Shares with their 95 % intervals, and how they differ among the calibrations that past talks
        allow (``_range``), neither where nothing is uncertain; ``median_day`` of settlement;
        ``held``: share of the settled worlds that hold so many ``years``; ``stuck_on``: the issue
        that blocks most of the failed worlds, and its share. None where there is nothing of the
        sort.
    """
    summary, data = run.summary, run.ensemble
    worlds, outcomes = summary.worlds, summary.outcomes
    days = data.settled_day.values[np.isfinite(data.settled_day.values)]
    first = int(np.isfinite(data.first_signed_day.values).sum())
    stuck = max(summary.stuck_on.items(), key=lambda kv: kv[1], default=("", 0.0))
    held = summary.durability
    years = str(lasting_years([run.scenario])) if held else None
    certain = alike(run.scenario, data)
    ranges = None if certain else summary.allowed
    return {
        "settlement": outcomes["settlement"],
        "settlement_interval": None if certain else summary.outcomes_interval["settlement"],
        "settlement_range": ranges and ranges.outcomes["settlement"],
        "first_stage": first / worlds,
        "first_stage_interval": None if certain else list(wilson(first, worlds)),
        "first_stage_range": ranges and _ever(ranges),
        "ratification_failed": outcomes["ratification_failed"],
        "median_day": float(np.median(days)) if len(days) else None,
        "held_years": int(years) if years else None,
        "held": held.held[years] if held and years and held.worlds else None,
        "held_interval": held.interval[years] if held and years and held.worlds else None,
        "held_range": held.allowed.get(years) if held and years else None,
        "stuck_on": stuck[0] if stuck[1] > 0 else None,
        "stuck_on_share": stuck[1] if stuck[1] > 0 else None,
    }


def _ever(allowed: Allowed) -> Interval | None:
    """The range of first stages by the last day, which are all of them."""
    return next(filter(None, reversed(allowed.first_stage_by_day.values())), None)


def longest_held(rows: Iterable[dict[str, Any]]) -> int:
    """Years that the column ``held`` of several rows is headed with: the most that any has."""
    return max((entry["held_years"] or 0 for entry in rows), default=0) or LASTING


def cells(run: Run) -> Iterator[Cell]:
    """Everything that the tidy table tells of a scenario.

    Shares come with 95 % intervals; medians (``…median``) with the 10th and 90th percentile.
    """
    summary = run.summary
    allowed = summary.allowed or NO_RANGES
    for kind, share in summary.outcomes.items():
        interval = summary.outcomes_interval[kind]
        yield Cell(f"outcome.{kind}", share, interval, allowed.outcomes.get(kind))
    count = int(np.isfinite(run.ensemble.first_signed_day.values).sum())
    interval = wilson(count, summary.worlds)
    yield Cell("first_stage", summary.first_stage_ever, interval, _ever(allowed))
    for key, what, ranges in (
        ("deal_by_day", "settlement", allowed.deal_by_day),
        ("first_stage_by_day", "first_stage", allowed.first_stage_by_day),
    ):
        shares, spans = summary.by_day(what)
        for day, signed in shares.items():
            yield Cell(f"{key}.{day}", signed, spans[day], ranges.get(day))
    days = run.ensemble.settled_day.values
    yield Cell("settled_day.median", *_quantiles(days[np.isfinite(days)]))
    for when, values in (("start", summary.ripeness.start), ("end", summary.ripeness.end)):
        yield Cell(f"ripeness_{when}.median", values.median, (values.p10, values.p90))
    for actor, entry in summary.actors.items():
        yield Cell(f"utility.{actor}.median", entry.utility, (entry.utility_p10, entry.utility_p90))
    for issue, term in summary.package.items():
        yield Cell(f"package.{issue}.median", term.median, (term.p10, term.p90))
    failed = int((run.ensemble.stuck_reason.values >= 0).sum())
    for name, shared, codes in (
        ("stuck_on", summary.stuck_on, run.ensemble.stuck_issue.values),
        ("stuck_because", summary.stuck_because, run.ensemble.stuck_reason.values),
    ):
        for code, (key, blocked) in enumerate(shared.items()):
            yield Cell(f"{name}.{key}", blocked, wilson(int((codes == code).sum()), failed))
    yield from _after_signing(run, allowed)


def _after_signing(run: Run, allowed: Allowed) -> Iterator[Cell]:
    """Gains, limited agreements, ratification, durability and the plan, where there are any."""
    summary, data = run.summary, run.ensemble
    for actor, gain in zip(data.actor.values, data.gain.values.T, strict=True):
        yield Cell(f"gain.{actor}.median", *_quantiles(gain[np.isfinite(gain)]))
    for key, use in (summary.limited or {}).items():
        yield Cell(f"limited.{key}", use.ever, use.ever_interval, (allowed.limited or {}).get(key))
    for gate, entry in summary.ratification.items():
        yield Cell(f"ratification.{gate}.passed", entry.passed, entry.interval, entry.allowed)
    if held := summary.durability:
        for year, share in held.held.items():
            yield Cell(f"held.{year}", share, held.interval[year], held.allowed.get(year))
    if plan := summary.plan:
        worlds = summary.worlds
        for issue, at in plan.points.items():
            yield Cell(f"plan.{issue}", at.point)
        for actor, worth in plan.gain.items():
            yield Cell(f"plan_gain.{actor}.median", worth.median, (worth.p10, worth.p90))
        yield Cell("plan.acceptable", plan.acceptable, plan.interval, allowed.plan)
        for year, share in (plan.held or {}).items():
            count = int((data.plan_years_held.values >= int(year)).sum())
            yield Cell(f"plan_held.{year}", share, wilson(count, worlds))


def _quantiles(values: np.ndarray) -> tuple[float | None, Bounds]:
    """Median, and 10th and 90th percentile; None of nothing."""
    if not len(values):
        return None, NOTHING
    low, middle, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
    return middle, (low, high)


def compare_csv(comparison: Comparison) -> str:
    """``compare.csv``: one row per scenario and measure."""
    rows = (
        [
            *(run.scenario.name, one.measure),
            *map(csv_cell, (one.value, *(one.interval or NOTHING), *(one.allowed or NOTHING))),
        ]
        for run in comparison.runs
        for one in cells(run)
    )
    head = ["scenario", "measure", "value", "low", "high", "range_low", "range_high"]
    return csv_text([head, *rows])


def differences_csv(comparison: Comparison) -> str:
    """``differences.csv``: one row per scenario and measure, less the baseline."""
    rows = (map(csv_cell, as_entry(one).values()) for one in comparison.differences)
    return csv_text([DIFFERENCE_COLUMNS, *rows])


DIFFERENCE_COLUMNS = [
    "scenario",
    "baseline",
    "measure",
    "kind",
    "difference",
    "low",
    "high",
    "range_low",
    "range_high",
    "paired",
    "unpaired_low",
    "unpaired_high",
    "times_narrower",
    "worlds",
    "of_scenario",
    "of_baseline",
]


def as_entry(one: Difference) -> dict[str, Any]:
    """A difference as plain data, in the order of :data:`DIFFERENCE_COLUMNS`."""
    numbers = (
        *(one.scenario, one.baseline, one.measure.key.replace(":", "."), one.measure.kind),
        *(one.value, *one.interval, *(one.allowed or NOTHING), one.paired),
        *(one.unpaired.low, one.unpaired.high, one.gain, one.worlds),
        *(one.of_scenario, one.of_baseline),
    )
    return {
        name: round(value, 6) + 0.0 if isinstance(value, float) else value
        for name, value in zip(DIFFERENCE_COLUMNS, numbers, strict=True)
    }


def compare_json(comparison: Comparison) -> str:
    """``compare.json`` and what ``--json`` prints: everything, as one object."""
    content = {
        "note": NOTE,
        "baseline": comparison.baseline,
        "order": [run.scenario.name for run in comparison.ranked],
        "ranking": [group.to_json() for group in comparison.groups],
        "shared": {
            "issues": comparison.issues,
            "scenarios_sharing_issues": comparison.issue_group,
            "actors": comparison.actors,
            "scenarios_sharing_actors": comparison.actor_group,
        },
        "notes": [*best_words(comparison.groups), *comparison.notes, each_words(comparison)],
        "failed": comparison.failed,
        "missing": comparison.missing,
        "in_words": told(comparison),
        "plans": [line.to_json() for runs in comparison.wars for line in contents(runs)],
        "differ_in": {
            run.scenario.name: change_words(run, comparison.base)
            for run in comparison.runs
            if run is not comparison.base
        },
        "pairing": pairing_words(comparison),
        "table": {run.scenario.name: row(run) for run in comparison.runs},
        "differences": [as_entry(one) for one in comparison.differences],
        "scenarios": {run.scenario.name: run.summary.to_json() for run in comparison.runs},
    }
    return json_text(content)
