"""Plans, gaps and parts of a mediation in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.prose import by_how_much, digits_of, listing, percent, signed
from sim.results.outcomes import OUTCOME_WORDS
from sim.scenario.schema import Scenario
from sim.scenario.tracks import limited_titles, tracks_of
from sim.studies.advise.advice import Advice, Judged
from sim.studies.advise.judging import FAILING, MEASURES, SIGNING, Gap

TITLES = {
    "signed": "Signed",
    "ratified": "Signed and ratified",
    "holds": "Holds five years",
    "worst_off": "Gain of the side that gains least",
}
SHORT = {
    "signed": "Signed",
    "ratified": "Ratified",
    "holds": "Holds\n5 years",
    "worst_off": "Least\ngain",
}
GAIN = 100.0
"""Gains are told in points, of which 100 are all that a side wants."""


def value_words(value: float, measure: str) -> str:
    """A mean: a share, or points of 100."""
    return signed(f"{GAIN * value:.2f}") if measure == "worst_off" else percent(value)


def gap_words(one: Gap) -> str:
    """A gap with the interval that matters: worlds of 100, or points."""
    digits = 2 if one.measure in MEASURES[-1:] or one.measure.startswith("utility") else 1
    middle, low, high = (100 * x for x in (one.value, *one.span))
    if middle == low == high == 0:
        return "none"
    digits = digits_of((low, high), digits)
    told = [by_how_much(x, digits) for x in (middle, low, high)]
    return f"{told[0]} ({told[1]} to {told[2]})"


def telling(found: Advice) -> list[str]:
    """Measures that say something of their own: where nothing is ratified, what is signed is."""
    every = [*found.plans, *found.published]
    ratified = any(one.values["signed"] != one.values["ratified"] for one in every)
    return [one for one in MEASURES if one != "ratified" or ratified]


def versus(plan: Judged, name: str, measures: Sequence[str]) -> str:
    """On which measures a plan is better and worse than a published one."""
    gaps = [one for one in plan.against[name] if one.measure in measures]
    better = [f"“{TITLES[one.measure].lower()}”" for one in gaps if one.better]
    worse = [f"“{TITLES[one.measure].lower()}”" for one in gaps if one.worse]
    parts = [
        f"better: {listing(better)}" if better else "",
        f"worse: {listing(worse)}" if worse else "",
    ]
    return "; ".join(part for part in parts if part) or "no difference visible"


def lost(plan: Judged, own: Judged, scenario: Scenario) -> list[str]:
    """What a plan loses beside the scenario's own on what is none of the four measures.

    Talks that it leaves out, and what is visibly worse; of each a sentence, mostly none.
    """
    gaps = {one.measure: one for one in plan.against[own.key]}
    out = [
        f"talks on “{title}”, signed in {percent(own.limited[key])} of its worlds"
        for key, title in talks_titles(scenario).items()
        if own.limited.get(key) and key not in plan.limited
    ]
    fewer = {"first_stage": "a stage signed"} | {
        f"{SIGNING}{key}": f"“{title}”"
        for key, title in limited_titles(scenario).items()
        if key in plan.limited
    }
    more = {kind: OUTCOME_WORDS[kind].phrase for kind in FAILING}
    less = {f"utility:{key}": actor.short for key, actor in scenario.actors.items()}

    def told(what: Mapping[str, str], sign: int) -> str:
        seen = {key: one for key, one in gaps.items() if one.visible and sign * one.value > 0}
        return listing(f"{title} {gap_words(seen[k])}" for k, title in what.items() if k in seen)

    parts = {
        f"Left out beside {own.key}": "; ".join(out),
        "In fewer worlds of 100": told(fewer, -1),
        "In more worlds of 100": told(more, 1),
        "Less utility, in points": told(less, -1),
    }
    return [f"{head}: {text}." for head, text in parts.items() if text]


def talks_titles(scenario: Scenario) -> dict[str, str]:
    """Limited agreements by what their talks are about; where these have several by their own."""
    tracks = tracks_of(scenario)
    return {
        key: tracks[name].title if len(tracks[name].stages) == 1 else title
        for key, title in limited_titles(scenario).items()
        for name in [key.partition(".")[0]]
    }


def searched(found: Advice) -> str:
    """How it was searched."""
    kinds = {
        "text": "points of the text",
        "firmness": "firmness",
        "order": "order of stages",
        "track": "talks beside",
        "lever": "levers",
    }
    what = listing(f"{kinds[kind]} ({count})" for kind, count in found.decisions.items())
    engine = (
        "The engine's parameters are drawn from the calibration in every world."
        if found.calibrated
        else "No calibration: the engine's parameters are those of the scenario."
    )
    tried = f"{found.tried:,} plans tried in {found.search_worlds:,} worlds each"
    more = "The time was up: the same command goes on from here. " if found.cut_short else ""
    return f"{tried}; decided: {what}. {more}{engine}"
