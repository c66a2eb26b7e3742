"""Why worlds have no settlement, and how much all could still gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.results.record import Record


@dataclass(frozen=True)
class Ripeness(Record):
    """Largest common gain where something is unsettled, and how often all could gain."""

    median: float | None = None
    p10: float | None = None
    p90: float | None = None
    share_ripe: float | None = None
    worlds: int = 0


@dataclass(frozen=True)
class RipenessAt(Record):
    """Ripeness at the start and at the end."""

    start: Ripeness
    end: Ripeness


def ripeness_summary(values: np.ndarray) -> Ripeness:
    """Quantiles where something is unsettled, and how often a package exists that all prefer."""
    values = values[~np.isnan(values)]
    if not len(values):
        return Ripeness()
    low, median, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
    return Ripeness(median, low, high, float((values > 0).mean()), len(values))


def shares_of(codes: np.ndarray, names: list[str], failed: int) -> dict[str, float]:
    """Share of the failed worlds with each code."""
    return {name: int((codes == n).sum()) / max(failed, 1) for n, name in enumerate(names)}


def no_common_ground(data: xr.Dataset) -> dict[str, float]:
    """Share of the failed worlds in which red lines miss each other on an issue not yet signed."""
    gaps = data.red_line_gap.values[data.outcome.values != 0]
    missed = (gaps > 1e-9).mean(axis=0) if len(gaps) else np.zeros(gaps.shape[1])
    return {str(i): float(m) for i, m in zip(data.issue.values, missed, strict=True)}
