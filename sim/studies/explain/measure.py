"""By what worlds are told apart: deals, or where there are none, how far they are from one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from sim.arrays import Array, Mask
from sim.results.outcomes import ends_in, has
from sim.scenario.schema import Scenario

RARE, NEAREST = 0.02, 0.25
"""Shares of worlds: below the first (or above one less it) a yes or no tells too little; so many
count as the nearest where nothing else sets worlds apart."""


@dataclass(frozen=True)
class Measure:
    """What is explained.

    Attributes
    ----------
    key : str
        ``settlement``, ``first_stage``, ``distance`` or ``ripeness``.
    title : str
        Of an axis: what more of it means.
    case : str
        What happens in some worlds, after "worlds with" .
    reason : str
        Why it is not the odds of a settlement; empty where it is.
    threshold : float
        From which value a world is a case.
    """

    key: str
    title: str
    case: str
    reason: str = ""
    threshold: float = 0.5

    @property
    def is_share(self) -> bool:
        """Whether its values are yes or no."""
        return self.key in ("settlement", "first_stage")

    def values(self, data: xr.Dataset) -> Array:
        """More is nearer to a deal; (worlds,), no NaN."""
        if self.key == "settlement":
            return ends_in("settlement")(data)
        if self.key == "first_stage":
            return has("first_signed_day")(data)
        if self.key == "distance":
            return -np.nan_to_num(data.red_line_gap.values.sum(axis=1).astype(np.float64))
        ripe = np.asarray(data.ripeness_end.values, dtype=np.float64)
        # settled worlds have none left to gain: they are nearest of all
        return np.where(np.isnan(ripe), np.nanmax(ripe, initial=0.0), ripe)

    def cases(self, data: xr.Dataset) -> Mask:
        """Worlds that a rule is to find."""
        return self.values(data) >= self.threshold


def measure_of(data: xr.Dataset, scenario: Scenario) -> Measure:
    """What sets the worlds of a run apart: the first of these that varies enough."""
    settlement = Measure("settlement", "Worlds with a settlement", "a settlement")
    share = float(settlement.values(data).mean())
    if RARE <= share <= 1 - RARE:
        return settlement
    few = "hardly any" if share < 0.5 else "almost every"
    why = f"As {few} world settles"
    title = scenario.stages[0].shown
    first = Measure("first_stage", f"Worlds that sign “{title}”", f"“{title}” signed", why)
    if len(scenario.stages) > 1 and RARE <= first.values(data).mean() <= 1 - RARE:
        return first
    distance = Measure(
        "distance",
        "By how much red lines miss each other, scale units over all issues",
        "common ground among red lines",
        why,
    )
    values = distance.values(data)
    ground = float((values >= -1e-9).mean())
    if 0.05 <= ground <= 0.5:
        return replace(distance, threshold=-1e-9)
    if np.ptp(values) > 1e-9 and ground < 0.95:
        case = "red lines nearest to each other (a quarter of all)"
        return replace(distance, case=case, threshold=float(np.quantile(values, 1 - NEAREST)))
    ripeness = Measure(
        "ripeness", "Room for a deal, points of 100", "most to gain for all (a quarter)", why
    )
    near = float(np.quantile(ripeness.values(data), 1 - NEAREST))
    return replace(ripeness, threshold=near)
