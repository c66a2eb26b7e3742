"""What is signed by a deadline, and by the days that a scenario asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import xarray as xr

from sim.formulas.statistics import Interval, wilson
from sim.prose import sentence
from sim.results.allowed import allowed_spread
from sim.results.outcomes import Measure, Names, by_day, measures, shares_of_outcomes
from sim.results.record import Record
from sim.scenario.schema import Scenario
from sim.scenario.tracks import limited_titles


@dataclass(frozen=True)
class AtDeadline(Record):
    """Outcomes taken at the deadline; ``after``: whether the talks stop with it or go on."""

    day: float
    date: str
    known_to: list[str]
    after: str
    outcomes: dict[str, float]
    outcomes_interval: dict[str, Interval]


@dataclass(frozen=True)
class Asked(Record):
    """Shares of worlds with a settlement, and with a first stage, by a day that is asked for.

    Attributes
    ----------
    settlement, first_stage : float or None
        None for a day beyond the horizon; the first stage also where the agenda has but one.
    """

    text: str
    day: float
    date: str
    settlement: float | None
    settlement_interval: Interval | None
    first_stage: float | None
    first_stage_interval: Interval | None


def deadline_summary(scenario: Scenario, data: xr.Dataset) -> AtDeadline | None:
    """How worlds stand at the deadline; None where there is none."""
    said = scenario.deadline
    if said is None:
        return None
    known = list(scenario.actors) if said.known_to == "all" else said.known_to
    when, day = str(scenario.date_of(said.at)), scenario.day_of(said.at)
    outcomes = shares_of_outcomes(scenario, data.outcome_at_deadline.values)
    return AtDeadline(day, when, known, said.after, *outcomes)


def asked_summary(scenario: Scenario, data: xr.Dataset) -> list[Asked]:
    """What is signed by the deadline, and by the days that the scenario asks for."""
    worlds, staged = data.sizes["world"], len(scenario.stages) > 1
    spread = allowed_spread(data)

    def by(day: float, name: str) -> tuple[float | None, Interval | None]:
        if day > scenario.last_day and day > scenario.horizon_days:
            return None, None
        signed = data[name].values <= day
        count = int(signed.sum())
        return count / worlds, spread(signed) if spread else wilson(count, worlds)

    return [
        Asked(
            text,
            scenario.day_of(at),
            str(scenario.date_of(at)),
            *by(scenario.day_of(at), "settled_day"),
            *(by(scenario.day_of(at), "first_signed_day") if staged else (None, None)),
        )
        for at, text in moments(scenario)
    ]


def moments(scenario: Scenario) -> list[tuple[date | float, str]]:
    """The days that are asked for, the deadline among them, with their questions."""
    asked = [(question.by, question.text) for question in scenario.ask]
    at = None if scenario.deadline is None else scenario.deadline.at
    if at is not None and scenario.day_of(at) not in [scenario.day_of(by) for by, _ in asked]:
        asked.insert(0, (at, f"By the deadline of {scenario.date_of(at):%-d %B %Y}?"))
    return asked


def asked_measures(scenario: Scenario) -> list[Measure]:
    """What may come short of a settlement: the first stage, limited agreements, what is asked for.

    Where the agenda has one stage, that is the first; days beyond the end of the run are left out.
    """
    stage = scenario.stages[0]
    title, last = stage.title or stage.name, scenario.last_day
    names = Names({}, {}, True, title, 0, last, limited_titles(scenario))
    found = [m for m in measures(names) if m.key == "first_stage" or m.key.startswith("limited:")]
    for at, text in moments(scenario):
        day = scenario.day_of(at)
        if day <= max(last, scenario.horizon_days):
            found += [
                Measure(f"{key}_by_day:{day:g}", f"{sentence(text)} {what}", "share", values)
                for key, what, values in (
                    ("first_stage", f"“{title}”", by_day("first_signed_day", day)),
                    ("deal", "A settlement", by_day("settled_day", day)),
                )
            ]
    return found
