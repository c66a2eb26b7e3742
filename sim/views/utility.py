"""What positions, aims and refusing are worth to each side."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.prose import listing
from sim.views.run_data import (
    Calendar,
    Course,
    calendar,
    colors_of,
    course_of,
    days,
    is_certain,
    is_crowd,
    is_group,
    last_day,
    points_number,
    points_words,
    short,
    signatories,
    signed_words,
)
from sim.views.view import View, foot_line

LINES = {"value": "own position", "target": "aims for", "reservation": "without a deal"}
"""Variable → its name on the chart."""
Array = NDArray[np.floating]
ENDS = 3
"""Sides shown from each end where they are too many."""


@dataclass(frozen=True)
class UtilityPanel:
    """What is worth what to a signatory.

    Attributes
    ----------
    worth : float or None
        Of the deal in points, where the central world settles.
    open : int
        Rounds after which the central world had not yet settled.
    words : list of str
        The same as text.
    """

    actor: str
    name: str
    short: str
    color: str
    lines: dict[str, Course]
    worth: float | None
    open: int
    words: list[str]

    @property
    def margin(self) -> float:
        """What it gains over no deal, or at the end still asks for over it."""
        last = self.lines["target"].central[-1] if self.worth is None else self.worth
        return float(last - self.lines["reservation"].central[-1]) if len(self.lines) > 1 else last


def band_of(panel: UtilityPanel) -> Course:
    """The one line whose band is drawn: several would lie over each other."""
    return panel.lines.get("target", panel.lines["value"])


@dataclass(frozen=True)
class UtilityView(View):
    """One panel per signatory, in the dataset's order; of a crowd those at the two ends.

    Attributes
    ----------
    calendar : Calendar
    days : ndarray
        Of every round.
    end : float
        Last day worth showing.
    settled : float or None
        Day on which the central world settles.
    mediated : bool
        Whether a mediator's text may be accepted for less than a side aims for.
    top : float
        Upper end of all panels, in points; the lower is 0.
    signed : dict of float to str
        Day → which stages the central world signed on it.
    notes : list of str
        What a reader would wonder about.
    """

    calendar: Calendar
    days: Array
    end: float
    settled: float | None
    mediated: bool
    top: float
    signed: dict[float, str]
    notes: list[str]
    panels: list[UtilityPanel]

    @property
    def words(self) -> list[str]:
        return [line for panel in self.panels for line in panel.words] + self.notes


def utility_view(run: Run) -> UtilityView:
    """Positions, aims and reservation values over time, in points from 0 to 100."""
    every, group = signatories(run), is_group(run)
    panels = [_panel(run, actor, number) for number, actor in enumerate(every)]
    if is_crowd(run) and len(panels) > 2 * ENDS:
        ranked = sorted(panels, key=lambda p: -p.margin)
        panels = [*ranked[:ENDS], *ranked[-ENDS:]]
    text = "Utility, in points from 0 to 100 over a side's own list of aims"
    if not is_certain(run):
        text += (
            f", in the central world; grey: “{band_of(panels[0]).name}” in 10–90 % of all worlds"
        )
        text += "" if group else " (once all is signed, the last)"
    text += (
        ". All are bound by what the group decides."
        if group
        else ". The filled zone is what a side still hopes to gain by holding out; a package below "
        "the lower line is worse for it than no deal."
    )
    if len(panels) < len(every):
        least = "to whom it is worth least" if group else "with the least"
        most = "to whom it is worth most" if group else "with the most to gain"
        text += f" Of {len(every)} sides the {ENDS} {most} and the {ENDS} {least}."
    drawn = [part for p in panels for one in p.lines.values() for part in (one.central, one.high)]
    top = 100.0 * max(1.0, math.ceil(10 * max(float(np.nanmax(x)) for x in drawn) / 100 - 0.2) / 10)
    day = run.summary.central.settled_day
    mediated = not group and any(actor.acceptability for actor in run.scenario.actors.values())
    return UtilityView(
        foot_line(run), headline(run), text, calendar(run), days(run), last_day(run), day,
        mediated, top, signed_words(run), [] if group else _notes(run, panels), panels,
    )  # fmt: skip


def _notes(run: Run, panels: list[UtilityPanel]) -> list[str]:
    levers = (v for actor in run.scenario.actors.values() for v in actor.levers.values())
    found = []
    over = [p.short for p in panels if np.nanmax(p.lines["target"].central) > 100.5]
    if over and any(lever.effect.payment for lever in levers):
        says = (
            "counts on payments besides all its"
            if len(over) == 1
            else "count on payments besides all their"
        )
        found.append(f"Above 100: {listing(over)} {says} own aims.")
    more = [
        p.short for p in panels
        if p.worth is not None and abs(p.worth - p.lines["value"].central[-1]) > 0.5
    ]  # fmt: skip
    if more:
        found.append(
            "The worth of the deal counts payments that come with it, the position's does not "
            f"({listing(more)})."
        )
    return found + aims_words(panels)


def aims_words(panels: list[UtilityPanel]) -> list[str]:
    """Whose aim is below its position at any time, and what that means; nothing of nobody."""
    below = [
        p.short for p in panels
        if p.open and np.nanmax((p.lines["value"].central - p.lines["target"].central)[:p.open]) > 5
    ]  # fmt: skip
    if not below:
        return []
    return [
        "Where the aim lies below the position, a side would sign less than it proposes: its "
        f"position waits for the others to move ({listing(below)})."
    ]


def _panel(run: Run, actor: str, number: int) -> UtilityPanel:
    color, settled = colors_of(run)[actor], run.summary.central.settled_day is not None
    # who is bound by what a group decides aims for nothing, and can refuse nothing
    shown = {"value": LINES["value"]} if is_group(run) else LINES
    lines = {
        name: course_of(run, name, number, name, label, color, 100.0)
        for name, label in shown.items()
    }
    rounds = len(days(run))
    still = _last_open(run) if settled else rounds
    if "target" in lines:  # who has signed asks for no more
        asked = np.where(np.arange(rounds) <= still, lines["target"].central, np.nan)
        lines["target"] = replace(lines["target"], central=asked)
    words = []
    for name, one in lines.items():
        last, when = -1, "at the end"
        if name == "target" and settled:
            last, when = still, "at the signature"
        words.append(
            f"{short(run, actor)}, {one.name}: {points_words(one.central[0])} at the start, "
            f"{points_words(one.central[last])} {when}, {points_number(one.low[-1])} to "
            f"{points_number(one.high[-1])} in 10–90 % of the worlds."
        )
    worth = 100 * float(run.central.utility.values[number]) if settled else None
    name, label = run.scenario.actors[actor].name, short(run, actor)
    # some imported names do not hold the one that all other charts use
    name = name if label in name else f"{label}: {name}"
    return UtilityPanel(actor, name, short(run, actor), color, lines, worth, still, words)


def headline(run: Run) -> str:
    """The finding: for whom refusing has become worse, or who still hopes for most."""
    central, actors = run.central, signatories(run)
    if is_group(run) and run.summary.central.outcome == "settlement":
        worth = 100 * central.utility.values
        top, low = (
            f"to {short(run, actors[at])} ({points_words(worth[at])})"
            for at in (int(np.argmax(worth)), int(np.argmin(worth)))
        )
        return f"What the group decides is worth most {top} and least {low}"
    stop = _last_open(run)
    target, reservation = central.target.values[stop], central.reservation.values[stop]
    if run.summary.central.outcome == "settlement":
        gain = 100 * central.gain.values
        best, least = int(np.argmax(gain)), int(np.argmin(gain))
        if best == least or abs(gain[best] - gain[least]) < 0.5:
            return f"The deal beats no deal by {points_words(gain[best])} for every side"
        to_best = f"{points_words(gain[best])} more than no deal to {short(run, actors[best])}"
        how = "more" if gain[least] > 0 else "less"
        least_ = f"{points_words(abs(gain[least]))} {how} to {short(run, actors[least])}"
        return f"The deal is worth {to_best}, {least_}"
    hope = 100 * (target - reservation)
    most = int(np.argmax(hope))
    failed = run.summary.central.outcome == "ratification_failed"
    none = "No settlement, as what is signed is not ratified" if failed else "No settlement"
    if hope[most] < 0.5:
        how = "; " if failed else ", although "
        return f"{none}{how}in the end no side asks for more than no deal is worth"
    return (
        f"{none}: at the end {short(run, actors[most])} still aims "
        f"{points_words(hope[most])} above the worth of no deal, the widest margin"
    )


def _last_open(run: Run) -> int:
    """Round at which the central world settled, or its last."""
    day = float(run.central.settled_day)
    return len(days(run)) - 1 if math.isnan(day) else int(np.searchsorted(days(run), day))
