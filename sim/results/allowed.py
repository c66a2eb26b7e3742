"""How shares differ among the engine parameters that past talks allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.formulas.emulator import normal_scores, spread_of_share
from sim.formulas.statistics import Interval, wilson
from sim.results.experiments import PREFIX
from sim.results.outcomes import OUTCOMES, Intervals
from sim.results.record import Record


@dataclass(frozen=True)
class Allowed(Record):
    """How shares differ among the engine parameters that past talks allow: 10 to 90 per cent."""

    outcomes: dict[str, Interval]
    deal_by_day: Intervals
    first_stage_by_day: Intervals


def allowed_spread(data: xr.Dataset) -> Callable[[np.ndarray], Interval] | None:
    """From whether something is so in each world to how its share differs among calibrations.

    None where worlds do not differ in the engine parameters that past talks inform.
    """
    names = [n for n in data.data_vars if str(n).startswith(f"{PREFIX}engine.")]
    drawn = np.array([data[n].values for n in names], dtype=float)
    scores = normal_scores(drawn.T)
    if not scores.size:
        return None

    def spread(flags: np.ndarray) -> Interval:
        count, worlds = int(flags.sum()), len(flags)
        if count in (0, worlds):  # what happens in no world, or in all, is left to sampling
            return wilson(count, worlds)
        return Interval(*spread_of_share(scores, flags))

    return spread


def allowed_summary(data: xr.Dataset, days: list[str]) -> Allowed | None:
    """How shares differ among calibrations."""
    spread = allowed_spread(data)
    if spread is None:
        return None
    kinds = data.outcome.attrs["flag_meanings"].split()

    codes = data.outcome.values
    settled, first = data.settled_day.values, data.first_signed_day.values
    return Allowed(
        {kind: spread(codes == OUTCOMES.index(kind)) for kind in kinds},
        {day: spread(settled <= float(day)) for day in days},
        {day: spread(first <= float(day)) for day in days},
    )
