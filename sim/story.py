"""The run in plain words: the central world's story, and the answer to the question."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import xarray as xr

from sim.results import date_of
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Event:
    """Something that happened in the central world."""

    day: float
    date: datetime.date
    kind: str
    text: str


def events(scenario: Scenario, central: xr.Dataset) -> list[Event]:
    """What happened in the central world, in order of time."""
    found: list[tuple[float, str, str]] = []
    days = scenario.war.round_days
    stages = scenario.stages
    for number, stage in enumerate(stages):
        day = float(central.stage_day.values[number])
        if not math.isnan(day):
            title = stage.title or stage.name.replace("_", " ")
            found.append((day, "signed", f"{title} signed"))
    found += _text_events(scenario, central, days)
    for n, key in enumerate(central.lever.values):
        owner, _, lever = str(key).partition(".")
        title = scenario.actors[owner].levers[lever].title
        pulled = float(central.lever_pulled_day.values[n])
        effect = float(central.lever_effect_day.values[n])
        who = scenario.actors[owner].short
        if not math.isnan(pulled):
            later = (
                ""
                if math.isnan(effect) or effect <= pulled
                else (f", in effect from {date_of(scenario, effect):%-d %b %Y}")
            )
            found.append((pulled, "lever", f"{who}: {title}{later}"))
    if int(central.truces_broken):
        counts = zip(central.actor.values, central.violates_count.values, strict=True)
        names = _listing(scenario.actors[str(a)].short for a, n in counts if n)
        found.append(
            (
                float(central.day.values[-1]),
                "broken",
                f"A truce was broken in the course of the year, by {names}",
            )
        )
    found.sort(key=lambda e: e[0])
    return [Event(d, date_of(scenario, d), kind, text) for d, kind, text in found]


def _text_events(
    scenario: Scenario, central: xr.Dataset, days: int
) -> Iterable[tuple[float, str, str]]:
    """Texts tabled; runs of texts refused by the same actors become one line."""
    actors = [str(a) for a in central.actor.values]
    run: tuple[tuple[str, ...], int, float, float] | None = None
    out: list[tuple[float, str, str]] = []

    def close() -> None:
        if run is None:
            return
        refusers, count, first, _ = run
        names = _listing(scenario.actors[a].short for a in refusers)
        what = "A text is tabled" if count == 1 else f"{count} texts in a row are tabled"
        out.append((first, "text", f"{what}; {names} refuse{'s' if len(refusers) == 1 else ''}"))

    for n in range(central.sizes["text_number"]):
        accepted = central.text_accepted.values[n]
        refusers = tuple(a for a, yes in zip(actors, accepted, strict=True) if not yes)
        day = float(central.text_round.values[n]) * days
        if not refusers:
            close()
            run = None
            out.append((day, "text", "A text is tabled and accepted by all"))
        elif run is not None and run[0] == refusers:
            run = (refusers, run[1] + 1, run[2], day)
        else:
            close()
            run = (refusers, 1, day, day)
    close()
    return out


def percent(share: float | None) -> str:
    """A share as words; never a bare 0 or 100 for something rare but seen.

    Examples
    --------
    >>> [percent(x) for x in (0.0, 0.0002, 0.005, 0.437, 0.9991, 1.0)]
    ['0 %', 'under 0.1 %', '0.5 %', '44 %', '99.9 %', '100 %']
    """
    if share is None:
        return "—"
    value = 100 * share
    if 0 < value < 0.05:
        return "under 0.1 %"
    if 99.95 < value < 100:
        return "over 99.9 %"
    digits = 1 if 0 < value < 9.95 or 99 <= value < 100 else 0
    return f"{value:.{digits}f} %"


def span_words(interval: list[float] | None) -> str:
    """An interval as ``9–13 %``."""
    if interval is None:
        return ""
    low, high = (100 * x for x in interval)
    digits = 1 if high - low < 3 else 0
    return f"{low:.{digits}f}–{high:.{digits}f} %"


def answer(scenario: Scenario, summary: dict[str, Any]) -> str:
    """The headline question answered in one sentence."""
    shares, spans = summary["deal_by_day"], summary["deal_by_day_interval"]
    week, year = shares["7"], shares["365"]
    if not week and not year:
        text = f"No world in this model has a settlement within a week ({span_words(spans['7'])})"
        if year is not None:
            text += f", and none within a year ({span_words(spans['365'])}; 95 % intervals)"
    else:
        text = (
            f"A settlement within a week comes in {percent(week)} of the worlds "
            f"({span_words(spans['7'])})"
        )
        if year is not None:
            text += f", within a year in {percent(year)} ({span_words(spans['365'])})"
        text += "; 95 % intervals in brackets"
    first = summary["first_stage_by_day"]["365"]
    if len(scenario.stages) > 1 and first is not None:
        title = scenario.stages[0].title or scenario.stages[0].name
        span = span_words(summary["first_stage_by_day_interval"]["365"])
        text += (
            f". The first stage, “{title}”, is signed within a year in {percent(first)} ({span})"
        )
    return text + "."


def package_words(scenario: Scenario, summary: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(issue, most common text, how common and in how many worlds) for every issue agreed."""
    rows = []
    for key, issue in scenario.issues.items():
        entry = summary["package"][key]
        if entry["worlds"]:
            common = percent(entry["most_common_share"])
            rows.append(
                (issue.title, entry["most_common"], f"{common} of {entry['worlds']:,} worlds")
            )
    return rows


def concession_words(scenario: Scenario, summary: dict[str, Any]) -> list[str]:
    """Who conceded how much, and on what, in the median world."""
    lines = []
    for actor, entry in summary["actors"].items():
        by_issue = sorted(entry["conceded_by_issue"].items(), key=lambda kv: -kv[1])
        top = [scenario.issues[i].title for i, v in by_issue[:3] if v > 0.005]
        share = entry["conceded"]
        on = f", most on {_listing(top)}" if top else ""
        lines.append(
            f"{scenario.actors[actor].short} gave up {100 * share:.0f} % of its aims{on}"
            if share > 0.005
            else f"{scenario.actors[actor].short} conceded almost nothing"
        )
    return lines


def pressure_words(scenario: Scenario, summary: dict[str, Any]) -> list[str]:
    """Which levers were pulled, how often and when."""
    lines = []
    for key, entry in summary["levers"].items():
        owner, _, lever = key.partition(".")
        title = scenario.actors[owner].levers[lever].title
        who = scenario.actors[owner].short
        if entry["in_effect"] == 0:
            lines.append(f"{who}: {title} — never took effect")
        else:
            when = f"typically around day {entry['median_day']:.0f}"
            lines.append(f"{who}: {title} — in {percent(entry['in_effect'])} of worlds, {when}")
    return lines


REASON_WORDS = {
    "red_lines": "red lines that leave no common ground",
    "no_surplus": "no package that all prefer to fighting on",
    "time": "a package that suits all exists but was not reached in time",
}


def stuck_words(scenario: Scenario, summary: dict[str, Any]) -> list[str]:
    """Why and on what the failed worlds failed."""
    failed = 1.0 - summary["outcomes"]["settlement"]
    if failed <= 0:
        return []
    reasons = [
        f"{REASON_WORDS[k]} in {percent(v)}"
        for k, v in sorted(summary["stuck_because"].items(), key=lambda kv: -kv[1])
        if v > 0
    ]
    issues = [
        f"{scenario.issues[k].title} ({percent(v)})"
        for k, v in sorted(summary["stuck_on"].items(), key=lambda kv: -kv[1])[:4]
        if v > 0
    ]
    return [
        f"Of the worlds without a settlement: {'; '.join(reasons)}.",
        f"What blocks them most: {_listing(issues)}.",
    ]


def _listing(items: Iterable[str]) -> str:
    parts = list(items)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
