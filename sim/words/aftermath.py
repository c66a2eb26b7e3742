"""The plan, gates, what holds, and limited agreements, in plain words."""

from __future__ import annotations

import numpy as np

from sim.formulas.statistics import Interval
from sim.prose import listing, percent, span_words
from sim.results.allowed import wider
from sim.results.limited import LimitedUse
from sim.results.outcomes import LIMITED_WORDS
from sim.results.summary import Summary
from sim.scenario.record import holding
from sim.scenario.schema import Scenario
from sim.scenario.tracks import limited_titles
from sim.words.shares import bare_odds, in_worlds

KEEPS = "Holding means that keeping it is worth more to every side than breaking it"
MARKS = (1, 5, 10)
"""Years for which the record is told."""


def holding_words(scenario: Scenario) -> str:
    """What ends an agreement in the model, and what the record says of agreements of its kind."""
    spec = scenario.durability
    if spec is None or not scenario.counts_accidents:
        return f"{KEEPS}; accidents, spoilers and changes of government are left out."
    found = holding()[spec.kind]
    told = []
    for year in MARKS:
        at = int(np.abs(found.years - year).argmin())
        years = "1 year" if year == 1 else f"{year} years"
        told.append(f"{years} {percent(found.shares[at])} ({span_words(found.intervals[at])})")
    guarded = " Peacekeepers lower the hazard as after civil wars." if spec.peacekeepers else ""
    return (
        f"{KEEPS}, and that no accident ends it: incidents, spoilers, changes of government, as "
        f"often as the record has it. There, of {found.n} {found.title} in {found.groups} "
        f"conflicts, in force after {listing(told)}; {found.source.short}.{guarded}"
    )


def plan_words(scenario: Scenario, summary: Summary) -> list[str]:
    """What the plan would be worth on day 0, whom it suits and whose red lines it crosses."""
    plan = summary.plan
    if plan is None:
        return []
    lines = []
    suits = in_worlds(plan.acceptable, summary.worlds, summary.plan_span)
    lines.append(f"On day 0 it beats no deal for all and crosses nobody's red line in {suits}.")
    for actor, gain in plan.gain.items():
        who = scenario.actors[actor].short
        text = f"{who}: better than no deal in {in_worlds(gain.better, summary.worlds)}"
        crossed = sorted(plan.crosses[actor].items(), key=lambda kv: -kv[1])
        titles = [
            f"{scenario.issues[i].title} ({bare_odds(s, summary.worlds)})" for i, s in crossed[:3]
        ]
        if len(crossed) > 3:
            titles.append(f"{len(crossed) - 3} more")
        if titles:
            text += f"; beyond its red lines on {listing(titles)}"
        lines.append(text)
    if plan.passed is not None:
        passed = in_worlds(plan.passed, summary.worlds)
        lines.append(f"It would be ratified everywhere in {passed}.")
    if plan.held:
        last = list(plan.held)[-1]
        lines.append(
            f"Signed as it stands, it would hold for {last} years in "
            f"{in_worlds(plan.held[last], summary.worlds)}."
        )
        if summary.durability is None or not summary.durability.worlds:
            lines.append(holding_words(scenario))
    return lines


def ratification_words(scenario: Scenario, summary: Summary) -> list[str]:
    """How signed texts fared at each gate."""
    lines = []
    for gate in summary.ratification.values():
        who = scenario.actors[gate.of].short
        name = f"{gate.title} (for {who})"
        if gate.passed is None or gate.interval is None:
            lines.append(f"{name}: no text came before it")
        else:
            span, means = wider(gate.interval, gate.allowed)
            lines.append(
                f"{name}: the last text passed in {percent(gate.passed, span)} "
                f"({span_words(span)}, {means}) of the {percent(gate.voted)} "
                "of the worlds in which it voted"
            )
    return lines


def durability_words(scenario: Scenario, summary: Summary) -> list[str]:
    """How long settlements hold, who breaks them, and what they would be without each term."""
    found = summary.durability
    if found is None or not found.worlds:
        return []
    marks = [y for y in ("1", "5", str(found.years)) if y in found.held]
    held = [f"{y} years {percent(found.held[y])}" for y in dict.fromkeys(marks)]
    held[0] = held[0].replace("1 years", "1 year")
    last = str(found.years)
    span, means = found.span_after(last)
    lines = [
        f"Of the {found.worlds:,} settlements, share still holding after {listing(held)} "
        f"({span_words(span)} for the last, {means})."
    ]
    breaks = [
        f"{scenario.actors[a].short} in {percent(s)}" for a, s in found.broken_by.items() if s
    ]
    if found.by_accident:
        breaks.append(f"accident in {percent(found.by_accident)}")
    if breaks:
        lines.append(f"Broken first by {listing(breaks)} of them.")
    full = found.held[last] or 0.0
    lines.append(holding_words(scenario))
    matter = [(t, s) for t, s in found.without.items() if s is not None and abs(s - full) > 0.005]
    for term, share in sorted(matter, key=lambda pair: pair[1] - full):
        title = scenario.issues[term].title
        lines.append(f"If {title} counted for nothing, {percent(share)} would hold as long.")
    return lines


ENDED = ("in_force", "renewed", "lapsed", "broken", "superseded")


def limited_words(scenario: Scenario, summary: Summary) -> list[str]:
    """What becomes of every limited agreement, in one line each."""
    titles = limited_titles(scenario)
    return [
        f"{titles[key]}: {_use_words(use, summary.limited_span(key))}."
        for key, use in (summary.limited or {}).items()
    ]


def _use_words(use: LimitedUse, span: Interval) -> str:
    share = percent(use.ever, span)
    if use.median_day is None:
        return f"signed in no world ({span_words(span)})"
    text = f"signed in {share} of worlds ({span_words(span)}), typically around day "
    text += f"{use.median_day:.0f}"
    became = [f"{LIMITED_WORDS[how]} in {percent(s)}" for how in ENDED if (s := getattr(use, how))]
    terms = [f"“{term.most_common}”" for term in use.agreed.values() if term.most_common]
    parts = [text, *([f"of all worlds {', '.join(became)}"] if became else [])]
    return "; ".join([*parts, *(["mostly " + ", ".join(terms)] if terms else [])])


def limited_turn(scenario: Scenario, kind: str, what: str) -> str:
    """Something that happened to a limited agreement in the central world.

    Parameters
    ----------
    kind : str
        ``limited_signed``, ``limited_renewed``, ``limited_lapsed`` or ``limited_broken``.
    what : str
        The agreement, as ``track.stage``, and who broke it, if a side did.
    """
    key, _, by = what.partition(" ")
    title = f"“{limited_titles(scenario)[key]}”"
    if kind == "limited_signed":
        return f"Limited agreement signed: {title}"
    if kind == "limited_renewed":
        return f"Limited agreement renewed: {title}"
    if kind == "limited_lapsed":
        return f"Limited agreement lapses: {title}"
    if by:
        return f"Limited agreement broken by {scenario.actors[by].short}: {title}"
    return f"Limited agreement broken by events: {title}"
