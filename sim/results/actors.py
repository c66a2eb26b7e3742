"""What every actor gets, and what its threats and promises come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from sim.results.record import Record


@dataclass(frozen=True)
class ActorResult(Record):
    """Medians over worlds, with the 10th and 90th percentile, of a signatory.

    Attributes
    ----------
    gain_from_settling : float or None
        Utility less reservation on the day of the last signature, where all is settled.
    conceded : float
        Utility between its first and its last positions.
    violations : float
        Share of worlds in which it breaks a truce.
    """

    utility: float
    utility_p10: float
    utility_p90: float
    reservation: float
    reservation_p10: float
    reservation_p90: float
    reservation_at_start: float
    gain_from_settling: float | None
    conceded: float
    conceded_by_issue: dict[str, float]
    violations: float


@dataclass(frozen=True)
class LeverUse(Record):
    """Shares of worlds in which a lever is pulled and acts, and the median day from which."""

    pulled: float
    in_effect: float
    median_day: float | None


def actors_summary(data: xr.Dataset) -> dict[str, ActorResult]:
    """What every signatory gets."""
    out = {}
    at_signing = data.gain.values
    at_start, at_end = data.reservation_start.values, data.reservation_end.values
    every, conceded_by = data.utility.values, data.conceded.values
    violates, issues = data.violates_count.values, list(map(str, data.issue.values))
    for n, actor in enumerate(data.actor.values):
        entry: dict[str, Any] = {}
        utility, reservation, conceded = every[:, n], at_end[:, n], conceded_by[:, n]
        for name, values in (("utility", utility), ("reservation", reservation)):
            low, median, high = np.quantile(values, [0.1, 0.5, 0.9])
            entry |= {name: float(median), f"{name}_p10": float(low), f"{name}_p90": float(high)}
        entry["reservation_at_start"] = float(np.median(at_start[:, n]))
        gain = at_signing[~np.isnan(at_signing[:, n]), n]
        entry["gain_from_settling"] = float(np.median(gain)) if len(gain) else None
        entry["conceded"] = float(np.median(conceded.sum(axis=1)))
        entry["conceded_by_issue"] = {
            issue: float(np.median(conceded[:, m])) for m, issue in enumerate(issues)
        }
        entry["violations"] = float((violates[:, n] > 0).mean())
        out[str(actor)] = ActorResult(**entry)
    return out


def levers_summary(data: xr.Dataset, horizon: float) -> dict[str, LeverUse]:
    """How often every lever is pulled and acts by the last day: of either the day may be later."""
    out = {}
    pulled_day, effect_day = data.lever_pulled_day.values, data.lever_effect_day.values
    for n, lever in enumerate(data.lever.values):
        pulled = pulled_day[:, n] <= horizon
        effect = effect_day[:, n]
        acted = effect <= horizon
        median = float(np.median(effect[acted])) if acted.any() else None
        out[str(lever)] = LeverUse(float(pulled.mean()), float(acted.mean()), median)
    return out
