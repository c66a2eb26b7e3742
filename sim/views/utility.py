"""What positions, aims and refusing are worth to each side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.views.colours import actor_colors
from sim.views.run_data import band, days, last_day, short, signatories

LINES = {"value": "own position", "target": "aims for", "reservation": "without a deal"}
"""Variable → its name on the chart."""
Array = NDArray[np.floating]


@dataclass(frozen=True)
class UtilityLine:
    """A variable by round: in the central world, and the 10–90 % band of all worlds."""

    name: str
    label: str
    values: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class UtilityPanel:
    """What is worth what to a signatory.

    Attributes
    ----------
    worth : float or None
        Of the deal, where the central world settles.
    words : list of str
        The same as text.
    """

    actor: str
    name: str
    short: str
    color: str
    lines: dict[str, UtilityLine]
    worth: float | None
    words: list[str]


@dataclass(frozen=True)
class UtilityView:
    """One panel per signatory, in the dataset's order.

    Attributes
    ----------
    days : ndarray
        Of every round.
    end : float
        Last day worth showing.
    settled : float or None
        Day on which the central world settles.
    limits : tuple of float
        One range for all panels.
    paid : str
        What to add to what sides aim for, where there are levers that pay.
    """

    headline: str
    days: Array
    end: float
    settled: float | None
    limits: tuple[float, float]
    paid: str
    panels: list[UtilityPanel]


def utility_view(run: Run) -> UtilityView:
    """Positions, aims and reservation values over time."""
    levers = (v for actor in run.scenario.actors.values() for v in actor.levers.values())
    paid = ", payments included" if any(lever.effect.payment for lever in levers) else ""
    panels = [_panel(run, actor, number) for number, actor in enumerate(signatories(run))]
    day = run.summary.central.settled_day
    return UtilityView(headline(run), days(run), last_day(run), day, _range(panels), paid, panels)


def _panel(run: Run, actor: str, number: int) -> UtilityPanel:
    lines, words = {}, []
    for name, label in LINES.items():
        low, _, high = band(run.ensemble, name)
        values = run.central[name].values[:, number]
        lines[name] = UtilityLine(name, label, values, low[:, number], high[:, number])
        start, end = (points(100 * values[at]) for at in (0, -1))
        words.append(
            f"{short(run, actor)}, {label}: {start} points at the start, {end} at the end."
        )
    settled = run.summary.central.settled_day is not None
    worth = float(run.central.utility.values[number]) if settled else None
    name, color = run.scenario.actors[actor].name, actor_colors(run.scenario)[actor]
    return UtilityPanel(actor, name, short(run, actor), color, lines, worth, words)


def points(value: float) -> str:
    """A number of points as it is written."""
    return f"{value:.0f}".replace("-", "−")


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
    number = points(100 * value)
    return f"{number} point" + ("" if number == "1" else "s")


def _last_open(run: Run) -> int:
    """Round at which the central world settled, or its last."""
    day = float(run.central.settled_day)
    return len(days(run)) - 1 if math.isnan(day) else int(np.searchsorted(days(run), day))


def _range(panels: list[UtilityPanel]) -> tuple[float, float]:
    """One range for all panels: everything drawn, to the next tenth."""
    lines = [line for panel in panels for line in panel.lines.values()]
    every = np.concatenate([part for one in lines for part in (one.values, one.low, one.high)])
    every = every[np.isfinite(every)]
    low, high = float(every.min()), float(every.max())
    low, high = math.floor(low * 10) / 10, math.ceil(high * 10 - 1e-4) / 10
    pad = 0.03 * (high - low)
    return low - pad, high + pad
