"""Limited agreements of the central world: when each was in force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ensemble.runner import Run
from sim.scenario.tracks import limited_titles
from sim.views.run_data import days


@dataclass(frozen=True)
class InForce:
    """When a limited agreement is in force in the central world, and how often elsewhere.

    Attributes
    ----------
    spans : list of (float, float)
        Days from and to; empty where it never is.
    ever : float
        Share of all worlds that ever sign it.
    """

    key: str
    title: str
    spans: list[tuple[float, float]]
    ever: float


def in_force(run: Run) -> list[InForce]:
    """All limited agreements of the scenario, in its order."""
    uses, every = run.summary.limited or {}, days(run)
    return [
        InForce(
            key,
            title,
            _spans(run.central.limited_now.sel(limited=key).values, every),
            uses[key].ever,
        )
        for key, title in limited_titles(run.scenario).items()
        if key in uses
    ]


def _spans(now: np.ndarray, every: np.ndarray) -> list[tuple[float, float]]:
    """Stretches of days in which something holds, each to the day on which it no longer does."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], now, [False]])))
    last = len(every) - 1
    return [
        (float(every[start]), float(every[min(end, last)])) for start, end in edges.reshape(-1, 2)
    ]
