"""What positions, aims and refusing are worth to each side."""

from __future__ import annotations

import math

import numpy as np

from sim.ensemble.runner import Run
from sim.views.run_data import band, days, short, signatories

LINES = {"value": "own position", "target": "aims for", "reservation": "without a deal"}
"""Variable → its name on the chart."""


def headline(run: Run) -> str:
    """The finding: for whom refusing has become worse, or who still hopes for most."""
    central, actors = run.central, signatories(run)
    stop = _last_open(run)
    target, reservation = central.target.values[stop], central.reservation.values[stop]
    if run.summary.central.outcome == "settlement":
        gain = central.utility.values - central.reservation_end.values
        best, least = int(np.argmax(gain)), int(np.argmin(gain))
        if best == least or abs(gain[best] - gain[least]) < 0.005:
            return f"The deal beats no deal by {_points(gain[best])} for every side"
        return (
            f"The deal beats no deal by {_points(gain[best])} for {short(run, actors[best])}, "
            f"by {_points(gain[least])} for {short(run, actors[least])}"
        )
    hope = target - reservation
    most = int(np.argmax(hope))
    if hope[most] < 0.005:
        return "No settlement, although in the end no side asks for more than no deal is worth"
    return (
        f"No settlement: at the end {short(run, actors[most])} still aims "
        f"{_points(hope[most])} above the worth of no deal, the widest margin"
    )


def _points(value: float) -> str:
    number = f"{100 * value:.0f}".replace("-", "−")
    return f"{number} point" + ("" if number == "1" else "s")


def _last_open(run: Run) -> int:
    """Round at which the central world settled, or its last."""
    day = float(run.central.settled_day)
    return len(days(run)) - 1 if math.isnan(day) else int(np.searchsorted(days(run), day))


def common_range(run: Run) -> tuple[float, float]:
    """One range for all panels: everything drawn, to the next tenth."""
    parts = [run.central[name].values.ravel() for name in LINES]
    parts += [band(run.ensemble, name)[::2].ravel() for name in LINES]
    every = np.concatenate(parts)
    every = every[np.isfinite(every)]
    low, high = float(every.min()), float(every.max())
    low, high = math.floor(low * 10) / 10, math.ceil(high * 10 - 1e-4) / 10
    pad = 0.03 * (high - low)
    return low - pad, high + pad
