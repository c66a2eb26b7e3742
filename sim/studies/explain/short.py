"""An explanation on one screen of 80 columns: each answer in a paragraph, and where the rest is."""

from __future__ import annotations

from pathlib import Path

from sim.prose import (
    clause,
    counted,
    hanging,
    listing,
    percent,
    possessive,
    sentence,
    span_words,
    wrapped,
)
from sim.results.outcomes import NOTE
from sim.scenario.schema import Scenario
from sim.studies.explain.findings import Change, Explanation
from sim.studies.explain.words import (
    FIRST,
    SOFTENS,
    TOLD,
    actor_words,
    added_amounts,
    changed_title,
    counted_words,
    deciding,
    driver_words,
    hardly_words,
    little_words,
    nothing,
    own_words,
    price_words,
    ruled_words,
    ruling,
    settling_words,
    unreached_words,
)
from sim.words.shares import count_of, share_of, world_words

MOST = 3
"""Drivers, obstacles and sets of obstacles that are told, the strongest of each."""


def short_words(
    found: Explanation, scenario: Scenario, folder: Path, written: list[str]
) -> list[tuple[str, bool]]:
    """Lines, and whether each is a heading.

    Parameters
    ----------
    folder, written
        Where the files are, and their names.
    """
    share, first = settling_words(found, scenario), found.settled_first
    if first is not None and percent(first) not in share:
        share += f" (The first {FIRST:,} of them, which a run has: {percent(first)}.)"
    paragraphs = [f"{share} {world_words(found.settled_allowed is not None)}"]
    who = own_words(found, scenario)
    what = f"What decides it ({clause(found.measure)})"
    told = {what: _deciding(found, scenario), "Under which conditions": _ruling(found)}
    if found.searched:
        told[f"What stands in the way{who}"] = _standing(found, scenario)
    if found.unreached and not found.actor:
        worlds = found.unreached[0].partition(". ")[0].removeprefix("In ")
        told["Missed"] = f"in {worlds}; --full says why."
    for one in found.changes:
        told[changed_title(one, scenario)] = _changing(one, scenario)
    if found.searched and found.failed and not found.changes:
        told[f"The cheapest change{who}"] = clause(unreached_words(found))
    if found.alone and not found.actor:
        told["Who alone could bring a settlement there, giving way in all"] = _alone(
            found, scenario
        )
    if found.mediator:
        hosts = any(actor.role == "facilitator" for actor in scenario.actors.values())
        told[f"What the mediator adds{', hosts aside' * hosts}"] = _mediating(found)
    elif found.unmediated:
        told["What the mediator adds"] = f"not counted: {found.unmediated}."
    paragraphs += [f"{title}: {text}" for title, text in told.items()]
    text = next((name for name in written if name.endswith(".txt")), "")
    paragraphs.append(
        f"All of it, with each change and the --set to paste: {folder / text} (or --full). Also "
        f"written: {', '.join(name for name in written if name != text)}. {NOTE}"
    )
    lines = [(line, True) for line in wrapped(f"{scenario.title}: why, and what would change it")]
    return lines + [(line, False) for text in paragraphs for line in hanging(text)]


def _deciding(found: Explanation, scenario: Scenario) -> str:
    if not found.drivers:
        return clause(deciding(found, scenario)[0])
    about = f"{found.why_measure}, it is about this measure. " if found.why_measure else ""
    told = (driver_words(one, found.measure_key) for one in found.drivers[:MOST])
    return f"{about}{'; '.join(told)}."


def _ruling(found: Explanation) -> str:
    rule = found.rule
    if rule is None:
        return clause(ruling(found)[0])
    return f"{found.case} {ruled_words(rule.fresh, f'where {listing(rule.conditions)}')}."


def _standing(found: Explanation, scenario: Scenario) -> str:
    single = [one for one in found.obstacles if max(one.settle, one.unratified) >= TOLD]
    deadline = [one for one in found.obstacles if one.keys == ["deadline"] and one not in single]
    many = found.counted
    told = [
        f"{listing(one.what)} ({count_of(one.settle, many)}"
        + (
            f"; {count_of(one.unratified, many)} more fail a vote)"
            if one.unratified >= TOLD
            else ")"
        )
        for one in [*single[:MOST], *found.together[:1], *deadline]
    ]
    if not told:
        return clause(nothing(found)) or little_words(found)
    return f"{counted_words(found)} were run again without it; so many settle: {'; '.join(told)}."


def _changing(one: Change, scenario: Scenario) -> str:
    """What changes (of many lines whose soften on what), its price and its effect."""
    softer: dict[str, dict[str, None]] = {}
    for path in (text.partition("=")[0].split(".") for text in one.set):
        if path[0] == "actors" and path[2] == "positions":
            softer.setdefault(path[1], {})[path[3]] = None
    told = [
        f"{possessive(scenario.actors[actor].short)} red lines soften on "
        + listing(scenario.issues[issue].title for issue in issues)
        for actor, issues in softer.items()
    ]
    told += [words for words in one.what if f" {SOFTENS} " not in words]
    told = one.what if len(one.what) < MOST else told
    span = one.confirmed_allowed or one.confirmed_interval
    return (
        f"{'; '.join(told)}. {price_words(one, scenario)}. Of "
        f"{counted(one.fresh_worlds, 'fresh world')} {percent(one.confirmed)} then settle "
        f"({span_words(span)}), without it {percent(one.before)}."
    )


def _alone(found: Explanation, scenario: Scenario) -> str:
    able = sorted(((v, k) for k, v in found.alone.items() if v >= TOLD), reverse=True)
    told = [f"{actor_words(k, scenario)} {share_of(v, found.counted)}" for v, k in able]
    others = [actor_words(k, scenario) for k, v in found.alone.items() if v < TOLD]
    told += [f"{hardly_words(found.counted)}: {listing(others)}"] if others else []
    own = " The cheapest change of one side's own: --actor KEY." if able else ""
    return f"{'; '.join(told)}.{own}"


def _mediating(found: Explanation) -> str:
    told = []
    for one in found.mediator:
        value, span = added_amounts(one)
        sure = "" if one.visible else ", perhaps none"
        told.append(f"{one.outcome}: {value} of 100 ({span}{sure})")
    return f"{sentence('; '.join(told))}."
