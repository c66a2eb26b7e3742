"""What presses the sides: issues that move by themselves, what going on costs, levers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.prose import counted, listing
from sim.prose import percent as share_text
from sim.scenario.schema import Issue, nearest_text
from sim.views.colours import SITUATION, actor_colors
from sim.views.layout import window
from sim.views.run_data import (
    Calendar,
    Course,
    agreed_day,
    band,
    calendar,
    colors_of,
    course_of,
    days,
    is_crowd,
    last_day,
    points_words,
    short,
    signatories,
    signed_days,
    signed_words,
)
from sim.views.view import View, foot_line
from sim.words.shares import few_of

Array = NDArray[np.floating]
MOST = 2
"""Most issues shown that move without a deal; those that move furthest."""
SELDOM = 0.05
"""Share of worlds below which a lever is told in a note."""


@dataclass(frozen=True)
class Moving:
    """An issue that moves without a deal, and the part of its scale to show.

    Attributes
    ----------
    course : Course
        In the central world up to its signature, if it stands at the end.
    signed : bool
        Whether it does.
    """

    issue: Issue
    course: Course
    ends: tuple[float, float]
    signed: bool

    @property
    def words(self) -> str:
        """The course in a sentence."""
        line, low, high = self.course.central, self.course.low, self.course.high
        last = "when it was signed in" if self.signed else "at the end of"
        return (
            f"{self.issue.title}, as it stands without a deal: {line[0]:.2f} at the start, "
            f"{line[-1]:.2f} {last} the central world "
            f"(“{nearest_text(self.issue, float(line[-1]))}”); at the end {low[-1]:.2f} to "
            f"{high[-1]:.2f} in 10–90 % of the worlds (the agreed point where it is signed)."
        )


@dataclass(frozen=True)
class Cost(Course):
    """What going on costs a side, in points of utility a month.

    Attributes
    ----------
    peak : float
        90th percentile of the highest that it comes to in each world.
    """

    peak: float


@dataclass(frozen=True)
class LeverRow:
    """A threat or a promise over time.

    Attributes
    ----------
    who : str
        Whose, of what kind, and to whom.
    shares : ndarray
        Share of worlds in which it is in effect, by round.
    pulled, effect : float or None
        Days in the central world.
    """

    key: str
    title: str
    who: str
    color: str
    shares: Array
    pulled: float | None
    effect: float | None

    @property
    def words(self) -> str:
        """The row in a sentence."""
        share = share_text(float(self.shares[-1]))
        return f"{self.title} ({self.who}): in effect in {share} of worlds at the end."


@dataclass(frozen=True)
class PressureView(View):
    """Everything up to ``end``, the last day worth showing.

    Attributes
    ----------
    costs : list of Cost
        Of a crowd the highest only.
    levers : list of LeverRow
        Those that take effect in more than a few worlds, or in the central one.
    notes : list of str
        What a reader would look for in vain.
    until : int or None
        Rounds before the central world signs everything; None where that does not stand.
    """

    calendar: Calendar
    days: Array
    end: float
    worlds: str
    signed: dict[float, str]
    moving: list[Moving]
    costs: list[Cost]
    levers: list[LeverRow]
    notes: list[str]
    until: int | None

    @property
    def words(self) -> list[str]:
        last, when = (-1, "") if self.until is None else (self.until - 1, " when all was signed")
        said = [
            f"{c.name}: going on costs {c.central[0]:.1f} points a month at the start, "
            f"{c.central[last]:.1f}{when or ' at the end'}{';' if when else ','} "
            f"{c.low[-1]:.1f} to {c.high[-1]:.1f}{' at the end' if when else ''} in 10–90 % of "
            "the worlds."
            for c in self.costs
        ]
        return [
            *(m.words for m in self.moving),
            *said,
            *(v.words for v in self.levers),
            *self.notes,
        ]


def pressure_view(run: Run) -> PressureView | None:
    """Issues that move without a deal, costs by actor, and levers; None where there are none."""
    end = last_day(run)
    shown = int((days(run) <= end).sum())
    moving, others = drifting(run)
    levers = [_lever(run, n, shown) for n in range(run.central.sizes["lever"])]
    used = [v for v in levers if v.shares[-1] >= SELDOM or v.pulled is not None]
    costs = _costs(run, shown)
    if not moving and not levers and not any(c.high.any() for c in costs):
        return None
    text = (
        "Central world (lines) and 10–90 % of all worlds (bands; bars: at the end). Pressure is "
        "what going on without a deal costs each side, and how the situation moves meanwhile; "
        f"levers change both.{_scale_words(run)}"
    )
    shown_moving = [_moving(run, issue, shown) for issue in moving]
    if run.summary.outcomes["settlement"]:
        text += " Where all is settled, going on costs nothing."
    if any(one.signed for one in shown_moving):
        text += " Once an issue is signed its line ends, and bands hold the agreed point."
    settled = run.summary.central.outcome == "settlement"
    return PressureView(
        foot_line(run), headline(costs, levers), text, calendar(run),
        days(run)[:shown], end, counted(run.summary.worlds, "world"), signed_words(run),
        shown_moving, costs, used, _notes(run, moving, others, levers, used),
        before(run, max(signed_days(run).values())) if settled else None,
    )  # fmt: skip


def _scale_words(run: Run) -> str:
    """By what the engine multiplies the costs of the file; empty where it does not."""
    engine = run.scenario.engine
    learnt = "cost_scale" in engine.calibration.names
    scale = engine.calibration.column("cost_scale") if learnt else [engine.cost_scale]
    factor = f"{np.median(scale):.2g}"
    why = "in the middle, as past talks suggest" if learnt else "by the file's own engine"
    return "" if factor == "1" else f" Costs are {factor} times the file's {why}."


def drifting(run: Run) -> tuple[list[str], list[str]]:
    """Issues that move without a deal, furthest first: those shown, and the rest."""
    scenario, issues = run.scenario, list(run.scenario.issues)
    named = set(scenario.war.drift)
    for actor in scenario.actors.values():
        for lever in actor.levers.values():
            named |= set(lever.effect.drift) | set(lever.effect.no_deal)
    low, _, high = band(run, "no_deal")
    central = run.central.no_deal.values
    reach = {
        i: float(np.ptp(central[:, n])) + float((high - low)[:, n].max())
        for n, i in enumerate(issues)
    }
    # what drifts by itself first, then what levers move
    ranked = sorted(named, key=lambda i: (i not in scenario.war.drift, -reach[i], i))
    return ranked[:MOST], ranked[MOST:]


def _moving(run: Run, issue: str, shown: int) -> Moving:
    spec, n = run.scenario.issues[issue], list(run.scenario.issues).index(issue)
    course = course_of(run, "no_deal", n, issue, spec.title, SITUATION, shown=shown)
    day = None if run.summary.central.agreed[issue] is None else agreed_day(run, issue)
    if day is not None:  # from then on it stands where it was agreed
        course = replace(course, central=course.central[: before(run, day)])
    reach = np.concatenate([course.low, course.high, course.central])
    ends = window(list(spec.scale), float(reach.min()), float(reach.max()))
    return Moving(spec, course, ends, day is not None)


def before(run: Run, day: float) -> int:
    """Rounds before a day of a signature; the first always is."""
    return max(int((days(run) < day).sum()), 1)


def _costs(run: Run, shown: int) -> list[Cost]:
    peaks = np.quantile(100.0 * run.ensemble.cost.values[:, :shown].max(axis=1), 0.9, axis=0)
    found = []
    for n, (a, peak) in enumerate(zip(signatories(run), peaks, strict=True)):
        course = course_of(run, "cost", n, a, short(run, a), colors_of(run)[a], 100.0, shown)
        found.append(Cost(**vars(course), peak=float(peak)))
    return sorted(found, key=lambda c: -float(c.central.max()))[:3] if is_crowd(run) else found


def _lever(run: Run, n: int, shown: int) -> LeverRow:
    key = str(run.central.lever.values[n])
    owner, _, name = key.partition(".")
    lever = run.scenario.actors[owner].levers[name]
    effects = np.sort(run.ensemble.lever_effect_day.values[:, n])
    shares = np.searchsorted(effects, days(run)[:shown], side="right") / run.summary.worlds
    who = f"{short(run, owner)}, {lever.kind} to {listing([short(run, o) for o in lever.on])}"
    pulled, effect = (
        None if math.isnan(day) or day > last_day(run) else day
        for day in (float(run.central.lever_pulled_day.values[n]),
                    float(run.central.lever_effect_day.values[n]))
    )  # fmt: skip
    return LeverRow(
        key, lever.title, who, actor_colors(run.scenario)[owner], shares, pulled, effect
    )


def headline(costs: list[Cost], levers: list[LeverRow]) -> str:
    """The finding: whom going on costs most, and which lever acts most often."""
    highest = max(float(c.central.max()) for c in costs)
    if highest > 0:
        said = points_words(highest, 1)
        most = [c for c in costs if points_words(float(c.central.max()), 1) == said]
        names = listing([c.name for c in most])
        text = f"Going on without a deal costs {names} most: up to {said} a month"
        above = max(c.peak for c in most)
        if above > highest:
            text += f", in one of ten worlds over {above:.1f}"
    else:
        text = "Going on without a deal costs nobody anything here"
    if not levers:
        return f"{text}; there are no levers"
    lever = max(levers, key=lambda v: float(v.shares[-1]))
    if not lever.shares[-1]:
        return f"{text}; no lever takes effect in any world"
    share = share_text(float(lever.shares[-1]))
    return f"{text}; “{lever.title}” takes effect in {share} of worlds"


def _notes(
    run: Run, moving: list[str], others: list[str], levers: list[LeverRow], used: list[LeverRow]
) -> list[str]:
    notes = []
    seldom = [v for v in levers if v not in used and v.shares[-1]]
    if seldom:
        said = listing(
            [f"“{v.title}” ({few_of(float(v.shares[-1]), run.summary.worlds)})" for v in seldom]
        )
        notes.append(f"Take effect in few worlds: {said}.")
    idle = [f"“{v.title}”" for v in levers if not v.shares[-1] and v not in used]
    if idle:
        notes.append(f"Take effect in no world: {listing(idle)}.")
    if not moving:
        notes.append("No issue moves by itself while there is no deal.")
    if others:
        titles = listing([run.scenario.issues[i].title for i in others])
        notes.append(f"Can move without a deal too, not shown: {titles}.")
    if not levers:
        notes.append("This scenario has no levers.")
    return notes
