"""Limited agreements in plain words: neither a truce nor a settlement."""

from __future__ import annotations

from sim.formulas.statistics import Interval
from sim.prose import percent, span_words
from sim.results.limited import LimitedUse
from sim.results.outcomes import LIMITED_WORDS
from sim.results.summary import Summary
from sim.scenario.schema import Scenario
from sim.scenario.tracks import limited_titles

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
    parts = [f"{LIMITED_WORDS[how]} in {percent(s)}" for how in ENDED if (s := getattr(use, how))]
    terms = [f"“{term.most_common}”" for term in use.agreed.values() if term.most_common]
    return "; ".join([text, *parts, *(["mostly " + ", ".join(terms)] if terms else [])])


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
        return f"{scenario.actors[by].short} breaks a limited agreement: {title}"
    return f"Limited agreement broken by events: {title}"
