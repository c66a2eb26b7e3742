"""What the worlds of a run say by themselves: which numbers decide, and under which conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.arrays import Array
from sim.ensemble.runner import Run
from sim.formulas.attribution import Ends, Index, attribution, ends, thirds
from sim.formulas.boxes import Box, best_box, fit, stability, trade_off
from sim.formulas.statistics import Interval, wilson
from sim.results.allowed import allowed_spread
from sim.results.experiments import PREFIX, drawn_variables
from sim.results.outcomes import ends_in
from sim.scenario.schema import Scenario
from sim.studies.calibrate.evidence import engine_hash
from sim.studies.explain.findings import Driver, Explanation, Fitted, Rule
from sim.studies.explain.inputs import condition_words, drawn_together, ends_words, input_of
from sim.studies.explain.measure import Measure, measure_of
from sim.studies.explain.words import FIRST
from sim.words.shares import FEW
from sim.words.story import beside_past_words

RULED, RESAMPLES, STABLE = 15, 20, 0.5
"""Drivers among which rules are sought, the strongest; bootstraps that a rule is sought in; share
of these that restrict a number which the rule told restricts."""
MOST = 4000
"""Worlds that are looked at; more would not be seen in a picture."""


def identity(run: Run) -> str:
    """Of what an explanation is about: the scenario and its calibration, the code, the seed."""
    about = run.ensemble.attrs
    # the calibration is in a file of its own, of which a scenario's data hold the name only
    parts = about["scenario_hash"], engine_hash(), repr(run.scenario.engine), int(about["seed"])
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Weighed:
    """How much the outcome of some worlds hangs on each number that was drawn."""

    data: xr.Dataset
    measure: Measure
    paths: list[str]
    table: Array
    outcome: Array
    beside: list[Array]
    index: Index

    @property
    def order(self) -> list[int]:
        """Those on which it hangs more than chance would have it, the most important first."""
        value = self.index.value
        return [int(n) for n in np.argsort(-value) if value[n] > self.index.threshold]

    def ends(self, n: int) -> Ends:
        """Mean outcome where a number is low and where it is high, what goes with it held fixed."""
        return ends(self.table[:, n], self.outcome, self.beside[n])


def weigh(run: Run, resamples: int = 200) -> Weighed:
    """PAWN indices of all numbers, from the first worlds of a run.

    Parameters
    ----------
    run : Run
    resamples : int
        Of the bootstrap of their intervals; 0 where these are not told.
    """
    data = run.ensemble.isel(world=slice(0, MOST))
    measure = measure_of(data, run.scenario)
    paths, table = experiments_array(data)
    outcome = measure.values(data)
    beside = [
        table[:, [paths.index(other) for other in drawn_together(path, paths, run.scenario)]]
        for path in paths
    ]
    index = attribution(table, outcome, resamples, beside=beside)
    return Weighed(data, measure, paths, table, outcome, beside, index)


def outline(run: Run, fresh: xr.Dataset | None = None) -> Explanation:
    """Drivers and rules of a finished run.

    Parameters
    ----------
    run : Run
        With its worlds in memory, or opened from a store.
    fresh : Dataset, optional
        Other worlds, in which the rule is judged. Without any it is sought in every other world of
        the run, and judged in the rest.
    """
    scenario = run.scenario
    known = weigh(run)
    data, measure, paths, index, order = (
        known.data, known.measure, known.paths, known.index, known.order,
    )  # fmt: skip
    drivers = []
    for n in order:
        x = known.table[:, n]
        about, means, (low, high) = input_of(paths[n], scenario), known.ends(n), thirds(x)
        drivers.append(
            Driver(
                paths[n], about.title, about.actor, about.theme,
                float(index.value[n]), float(index.low[n]), float(index.high[n]),
                means.low, means.high,
                *ends_words(paths[n], float(x[low].max()), float(x[high].min()), scenario),
                means.margin, means.held,
            )
        )  # fmt: skip
    searched, judged = data, fresh
    if judged is None:
        searched, judged = (data.isel(world=slice(n, None, 2)) for n in (0, 1))
    names = [paths[n] for n in order[:RULED]]
    rule, front = rules(names, measure, searched, judged, scenario)
    now = ends_in("settlement")(data)
    return Explanation(
        scenario.name, scenario.title, identity(run), len(now), int(run.ensemble.attrs["seed"]),
        float(now.mean()), wilson(float(now.sum()), len(now)),
        measure.key, measure.title, measure.case, measure.reason,
        index.threshold, len(paths), drivers, rule, front,
        False, 0, 0, 0.0, [], [], [], [], {}, {}, [], [], settled_span(data),
        float(now[:FIRST].mean()) if len(now) > FIRST else None,
        beside_past_words(scenario, run.summary),
    )  # fmt: skip


def settled_span(data: xr.Dataset) -> Interval | None:
    """How the share that settles differs among calibrations; None where worlds draw none."""
    spread = allowed_spread(data)
    return None if spread is None else spread(ends_in("settlement")(data))


def experiments_array(data: xr.Dataset) -> tuple[list[str], Array]:
    """Paths of all that was drawn, and its values (worlds, inputs)."""
    found = drawn_variables(data)
    paths = [str(name).removeprefix(PREFIX) for name in found]
    columns = [np.asarray(v.values, dtype=np.float64) for v in found.values()]
    return paths, np.stack(columns, axis=1) if columns else np.zeros((data.sizes["world"], 0))


def rules(
    names: Sequence[str],
    measure: Measure,
    data: xr.Dataset,
    fresh: xr.Dataset,
    scenario: Scenario,
) -> tuple[Rule | None, list[Rule]]:
    """The best rule among some numbers, and what can be had for less coverage or more."""
    case, other_case = measure.cases(data), measure.cases(fresh)
    if not names or min(case.sum(), (~case).sum()) < FEW:
        return None, []
    x, y = (
        np.stack([one[f"{PREFIX}{name}"].values.astype(np.float64) for name in names], axis=1)
        for one in (data, fresh)
    )

    def told(box: Box, again: Mapping[int, float]) -> Rule:
        return Rule(
            [condition_words(names[c.input], c.low, c.high, scenario) for c in box],
            [again[c.input] for c in box if again],
            Fitted(*fit(box, x, case), worlds=len(case)),
            Fitted(*fit(box, y, other_case), worlds=len(other_case)),
        )

    best = best_box(x, case)
    again = stability(x, case, best, RESAMPLES)
    best = tuple(c for c in best if again[c.input] >= STABLE)
    if not best or fit(best, y, other_case).accuracy <= 0:
        return None, []
    front = trade_off(x, case)
    # a handful, evenly along the front
    places = sorted({round(p) for p in np.linspace(0, len(front) - 1, min(5, len(front)))})
    return told(best, again), [told(front[p], {}) for p in places]
