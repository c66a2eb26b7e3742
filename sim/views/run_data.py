"""What charts need from a run: bands of the ensemble, days, who has a say on what."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from itertools import groupby
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Mask
from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval, wilson
from sim.prose import listing, signed
from sim.results.allowed import never_falling
from sim.results.certain import alike, decided_by_group
from sim.scenario.schema import point_text
from sim.views.colours import CROWD, actor_colors, party_colors

LEVELS = (0.1, 0.5, 0.9)
Band = NDArray[np.float32]
Seen = TypeVar("Seen")


def kept(run: Run, name: str, make: Callable[[], Seen]) -> Seen:
    """What ``make`` gives, made once per run and name: for what many charts ask for."""
    if name not in run.seen:
        run.seen[name] = make()
    found: Seen = run.seen[name]
    return found


def once(see: Callable[[Run], Seen]) -> Callable[[Run], Seen]:
    """See something in a run once, for all the charts that show it."""
    name = f"{see.__module__}.{see.__qualname__}"  # a run can be pickled, whatever was seen
    return wraps(see)(lambda run: kept(run, name, partial(see, run)))


def band(run: Run, name: str) -> Band:
    """10th, 50th and 90th percentile over the traced worlds; the percentile is the first axis.

    Remarks
    -------
    In single precision, with worlds last so that every sort is contiguous.
    """

    def make() -> Band:
        values = np.asarray(run.traced[name].values, dtype=np.float32)
        ordered = np.ascontiguousarray(values.reshape(len(values), -1).T)
        ordered.sort(axis=1)
        rows = []
        for level in LEVELS:
            place = level * (len(values) - 1)
            below, above = math.floor(place), math.ceil(place)
            share = np.float32(place - below)
            rows.append(ordered[:, below] * (1 - share) + ordered[:, above] * share)
        return np.stack(rows).reshape(len(LEVELS), *values.shape[1:]).astype(np.float32)

    return kept(run, f"band of {name}", make)


def is_settled(run: Run) -> Mask:
    """Worlds with a settlement."""
    return kept(run, "is settled", lambda: run.ensemble.outcome.values == 0)


def days(run: Run) -> Array:
    """Day of every round, from 0."""
    return run.central.day.values.astype(np.float64)


def last_day(run: Run) -> float:
    """Last day worth showing: the horizon, or a little after the last settlement of all worlds."""
    every = days(run)
    settled = kept(run, "settled_day", lambda: run.ensemble.settled_day.values)
    ends = np.append(settled, float(run.central.settled_day))
    if np.isnan(ends).any():
        return float(every[-1])
    enough = max(1.25 * float(ends.max()), float(every[min(4, len(every) - 1)]))
    return float(every[min(int(np.searchsorted(every, enough)), len(every) - 1)])


def told_until(run: Run) -> float:
    """The same in words: the last round stands for the days up to the horizon."""
    end = last_day(run)
    return float(run.scenario.last_day) if end == days(run)[-1] else end


@once
def signatories(run: Run) -> list[str]:
    """Keys of those whose signature something needs, in the dataset's order."""
    return [str(a) for a in run.central.actor.values]


def is_crowd(run: Run) -> bool:
    """Whether signatories are too many for a colour each: those who stand together are counted."""
    colors = party_colors(run.scenario, signatories(run))
    return len(set(colors)) < len(colors)


@once
def colors_of(run: Run) -> dict[str, str]:
    """Colour of every actor; of a crowd the one of all."""
    colors = actor_colors(run.scenario)
    return dict.fromkeys(colors, CROWD) if is_crowd(run) else colors


def together(run: Run, actors: Sequence[str], place: Callable[[str], object]) -> list[list[str]]:
    """The actors one by one; of a crowd those together that stand at the same place."""
    groups: dict[object, list[str]] = {}
    for actor in actors:
        groups.setdefault(place(actor) if is_crowd(run) else actor, []).append(actor)
    return list(groups.values())


def group_name(run: Run, actors: Sequence[str]) -> str:
    """One name, two, or a count with the first."""
    names = [short(run, actor) for actor in actors]
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} others"


@dataclass(frozen=True)
class Course:
    """Something by round: in the central world, and the 10–90 % band of all worlds."""

    key: str
    name: str
    color: str
    central: Array
    low: Array
    high: Array


def course_of(
    run: Run, variable: str, number: int, key: str, name: str, color: str, scale: float = 1.0,
    shown: int | None = None,
) -> Course:  # fmt: skip
    """The course of a variable of one actor or issue, times ``scale``, in the rounds shown."""
    low, _, high = scale * band(run, variable)[:, :shown, number]
    central = scale * run.central[variable].values[:shown, number]
    return Course(key, name, color, central, low, high)


def points_words(value: float, digits: int = 0) -> str:
    """``1 point``, ``2.8 points``, ``−3 points``."""
    number = points_number(value, digits)
    return f"{number} point" + ("" if number == "1" else "s")


def points_number(value: float, digits: int = 0) -> str:
    """The same without the word; nothing that rounds to 0 is below it.

    Examples
    --------
    >>> points_number(-7.4), points_number(-0.3), points_number(2.84, 1)
    ('−7', '0', '2.8')
    """
    return signed(f"{round(value, digits) + 0.0:.{digits}f}".removesuffix(".0"))


def short(run: Run, actor: str) -> str:
    """Label of an actor."""
    return run.scenario.actors[actor].short


def red_lines(run: Run, actor: str, issue: str) -> list[tuple[NDArray[np.float32], bool]]:
    """Red lines of an actor by round in the central world, and whether they bar what lies above.

    Only lines that bar something, of an actor whose consent covers the issue.
    """
    if not run.scenario.actors[actor].signs_on(issue):
        return []
    a = signatories(run).index(actor)
    i = list(run.scenario.issues).index(issue)
    low, high = run.central.low.values[:, a, i], run.central.high.values[:, a, i]
    lines = []
    if (high < 1 - 1e-6).any():
        lines.append((high, True))
    if (low > 1e-6).any():
        lines.append((low, False))
    return lines


def signed_days(run: Run) -> dict[str, float]:
    """Stage → day on which the central world signed it, for those that it signed."""
    every = zip(run.scenario.stages, run.central.stage_day.values, strict=True)
    return {stage.name: float(day) for stage, day in every if not math.isnan(day)}


def stage_title(run: Run, name: str) -> str:
    """Title of a stage of the agenda."""
    stage = next(s for s in run.scenario.stages if s.name == name)
    return stage.shown


def agreed_day(run: Run, issue: str) -> float | None:
    """Day on which the central world signed the stage that holds the issue."""
    stage = next(s.name for s in run.scenario.stages if issue in s.issues)
    return signed_days(run).get(stage)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: datetime.date, year: bool = True) -> str:
    """A date as ``3 Sep 2025``, the same in every locale."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


@dataclass(frozen=True)
class Calendar:
    """When something is: days of a run as dates; a group's, which are made up, as its rounds."""

    start: datetime.date
    round_days: float
    in_rounds: bool

    def text(self, day: float, year: bool = True) -> str:
        """``3 Sep 2025``, or ``round 3``."""
        if self.in_rounds:
            return f"round {day / self.round_days:.0f}"
        return day_text(self.start + datetime.timedelta(days=day), year)

    def said(self, before: str, day: float) -> str:
        """The same after a preposition, which is ``in`` before a round."""
        return f"{'in' if self.in_rounds else before} {self.text(day)}".strip()


def calendar(run: Run) -> Calendar:
    """The run's."""
    war = run.scenario.war
    return Calendar(war.start_date, float(war.round_days), is_group(run))


def is_group(run: Run) -> bool:
    """Whether a group decides, and all are bound: there are no talks, and no days of any."""
    return decided_by_group(run.scenario)


def is_certain(run: Run) -> bool:
    """Whether a group decides, and the same at the same time in all worlds."""
    return alike(run.scenario, run.ensemble)


def decision(run: Run) -> str:
    """What the central world's group decides, and when."""
    issues, central = list(run.scenario.issues.values()), run.summary.central
    when = calendar(run).said("by", central.settled_day or 0.0)
    if len(issues) > 1:
        every = "both" if len(issues) == 2 else f"all {len(issues)}"
        return f"The group decides {every} issues {when}"
    (point,) = central.agreed.values()
    said = point_text(issues[0], point.point, quoted=True) if point else "nothing"
    return f"{issues[0].title}: the group decides on {said} {when}"


def files(run: Run) -> str:
    """Name of the scenario file and what was changed, for the foot line."""
    provenance = run.summary.provenance
    named: list[Any] = provenance.files
    text = str(named[-1]) if named else run.scenario.name
    changes = ", ".join(provenance.overrides)
    if not changes:
        return text
    return f"{text} with {changes}" if len(changes) <= 60 else f"{text}, changed by --set"


def band_of_shares(
    signed: Array, by: Array, spread: Callable[[np.ndarray], Interval] | None = None
) -> tuple[Array, Array, Array]:
    """Share of worlds with an event by each day, with its 95 % interval or a range of one's own.

    Parameters
    ----------
    signed : ndarray, shape (worlds,)
        Day of the event, NaN where it never came.
    by : ndarray, shape (days,)
        Days asked about, rising.
    spread : callable, optional
        From whether it is so in each world to the range of the share.
    """
    worlds = len(signed)
    counts = np.searchsorted(np.sort(signed), by, side="right")
    if spread is None:
        every = {int(c): wilson(int(c), worlds) for c in counts}
    else:  # reckoned once for each share that occurs
        days = {int(c): day for c, day in zip(counts, by, strict=True)}
        every = {c: spread(signed <= day) for c, day in days.items()}
    bounds = np.array(never_falling(every[int(c)] for c in counts)).reshape(-1, 2)
    return counts / worlds, bounds[:, 0], bounds[:, 1]


def signed_words(run: Run) -> dict[float, str]:
    """Day → which stages the central world signed on it, and whether a vote failed, in words."""
    done, when = "decided" if is_group(run) else "signed", calendar(run).text
    turns = [one for one in history(run) if one[0] in ("signed", "rejected")]
    said: dict[float, list[str]] = {}
    for (kind, day), same in groupby(turns, lambda turn: (turn[0], turn[2])):
        stages = listing(stage_title(run, what) for _, what, _ in same if kind == "signed")
        said.setdefault(day, []).append(f"{stages} {done}" if stages else "Not ratified")
    return {day: f"{'; '.join(parts)}, {when(day)}" for day, parts in said.items()}


def history(run: Run) -> list[tuple[str, str, float]]:
    """Turns of the central world: kind, what, and day."""
    central, length = run.central, float(run.scenario.war.round_days)
    every = (central.history_kind, central.history_what, central.history_round)
    return [(str(kind), str(what), float(day) * length)
            for kind, what, day in zip(*(one.values for one in every), strict=True)]  # fmt: skip
