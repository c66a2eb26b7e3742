"""What came of talks of the past, in plain words beside what the worlds say."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from sim.prose import counted, listing, percent, sentence, span_words
from sim.results.summary import Summary
from sim.scenario.outcome import Held, Outcome
from sim.scenario.schema import Scenario, point_text

FATES = {"crossed": "crossed", "part": "crossed in part", "held": "held"}


def happened_words(scenario: Scenario, summary: Summary) -> list[str]:
    """What was signed and when, on what terms, how long it held; empty where nothing is said."""
    outcome = scenario.outcome
    if outcome is None:
        return []
    return [
        *_signature(scenario, summary, outcome),
        *_terms(scenario, summary, outcome),
        *_rest(scenario, outcome),
    ]


def _signature(scenario: Scenario, summary: Summary, outcome: Outcome) -> tuple[str, str]:
    truce = outcome.kind == "truce"
    signs = "first_stage" if truce else "settlement"
    shares, spans = summary.by_day(signs)[0], summary.spans_by_day(signs)
    last = [day for day, share in shares.items() if share is not None][-1]
    what = "a first stage" if truce else "a settlement"
    said = (
        f"The worlds have {what} by day {last} in {percent(shares[last], spans[last])} "
        f"({span_words(spans[last])})."
    )
    if not outcome.signed:
        what = "truce" if truce else "settlement"
        return f"In truth no {what} was signed in these {summary.horizon_days} days.", said
    day = (outcome.signed - scenario.war.start_date).days
    signed = "In truth a truce was signed" if truce else "In truth signed"
    later = "" if day <= summary.horizon_days else ", after the days simulated"
    return f"{signed} on {_date(outcome.signed)} (day {day}{later}).", said


def _terms(scenario: Scenario, summary: Summary, outcome: Outcome) -> Iterator[str]:
    for key, term in outcome.terms.items():
        issue, there = scenario.issues[key], summary.package[key]
        signed = point_text(issue, term.at.median, quoted=True)
        text = f"{issue.title}: signed {signed} ({term.at.median:g})"
        if there.median is not None:
            text += (
                f"; in the worlds that agree on it the middle one is nearest to “{there.text}” "
                f"({there.median:.2f}, 10–90 % "
                f"{there.p10:.2f} to {there.p90:.2f})"
            )
        yield f"{text}."


def _rest(scenario: Scenario, outcome: Outcome) -> Iterator[str]:
    for part in outcome.limited:
        yield f"Signed on part of it, {_date(part.on)}: {part.title}."
    for gate, approved in outcome.gates.items():
        yield f"{scenario.ratification[gate].title}: {'approved' if approved else 'refused'}."
    if outcome.held is True:
        yield "It held ten years or more."
    elif isinstance(outcome.held, Held):
        why = f": {outcome.held.reason.removesuffix('.')}" if outcome.held.reason else ""
        yield f"It held until {_date(outcome.held.until)}{why}."
    fates = [(a, i, fate) for a, lines in outcome.lines.items() for i, fate in lines.items()]
    if fates:
        total = counted(len(fates), "stated line")
        told = listing(
            f"{scenario.actors[a].short} on {scenario.issues[i].title} {FATES[fate]}"
            for a, i, fate in fates
        )
        yield f"Of {total}: {told}."
    if outcome.note:
        yield sentence(outcome.note)


def _date(day: datetime.date) -> str:
    return f"{day:%-d %B %Y}"
