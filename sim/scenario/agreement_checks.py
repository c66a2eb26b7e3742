"""Checks of ratification and of durability."""

from __future__ import annotations

import math

from sim.scenario.agreement import Balance, Deterrent, Durability, Gate
from sim.scenario.checks import NOTHING_NOTED, Check, Found, is_noted, weightless
from sim.scenario.schema import Scenario
from sim.scenario.yaml_source import Path_


def gate_checks(whole: Scenario, gate: Gate, path: Path_) -> Found:
    """A gate that rests on something, and comes after one other gate at most."""
    if not is_noted(gate):
        yield (), *NOTHING_NOTED
    key, gates = path[-1], whole.ratification
    if gate.then is not None:
        others = [one for one in gates if one != key and gates[one].then == gate.then]
        twice = gate.then == key or (gate.then in gates and gates[gate.then].then)
        if twice or others:
            fix = "one gate after one other, and no further"
            yield ("then",), f"cannot be '{gate.then}'", fix
    yield from weightless(("positions",), gate.positions)


def concern_checks(whole: Scenario, gate: Gate, path: Path_) -> Found:
    """Terms and positions are on issues that the text voted on has settled; `of` signs it."""
    for n, terms in enumerate(gate.when):
        if not terms:
            fix = "leave `when` out where every text comes before it"
            yield ("when", n), "names no terms", fix
    names = [stage.name for stage in whole.stages]
    voted = names.index(gate.stage) if gate.stage else len(names) - 1
    settled = {issue for stage in whole.stages[: voted + 1] for issue in stage.issues}
    named = {issue for terms in gate.when for issue in terms}
    for issue in dict.fromkeys([*gate.positions, *sorted(named)]):
        if issue in whole.issues and issue not in settled:
            yield (
                ("positions", issue),
                f"'{issue}' is settled after stage '{names[voted]}', on whose text the gate votes",
                "name only what the text contains",
            )
    consent = whole.actors[gate.of].consents_to
    if isinstance(consent, list) and not set(consent) & set(whole.stages[voted].issues):
        said = f"does not sign the stage '{names[voted]}'"
        yield ("of",), said, "name a signatory that does"


def decision_checks(whole: Scenario, gate: Gate, path: Path_) -> Found:
    """Either a threshold, or two polls that tell texts apart."""
    about_polls = [key for key in ("required", "swing") if key in gate.model_fields_set]
    if not gate.polls and gate.threshold is None:
        yield (), "says nothing about what passes", "give a `threshold`, or two `polls`"
    elif gate.polls and gate.threshold is not None:
        yield ("polls",), "stand beside `threshold`", "give one of the two"
    elif not gate.polls and about_polls:
        fix = "give `polls`, or leave it out"
        yield (about_polls[0],), "says something about polls only", fix
    elif len(gate.polls) == 1:
        yield ("polls",), "holds one text only", "two are needed to tell texts apart"
    for n, poll in enumerate(gate.polls):
        for issue in poll.terms:
            if issue not in gate.positions:
                said = "is no issue on which the gate has a position"
                fix = f"its issues: {', '.join(gate.positions)}"
                yield ("polls", n, "terms", issue), said, fix
        if poll.favour + poll.against > 1 + 1e-9:
            said = f"favour and against are {poll.favour + poll.against:g} together"
            yield ("polls", n), said, "at most 1; write shares"


def poll_order(whole: Scenario, gate: Gate, path: Path_) -> Found:
    """By the gate's own preferences, what is worth more must have been liked more."""
    if len(gate.polls) < 2:
        return
    worth = []
    for poll in gate.polls:
        total = 0.0
        for issue, wish in gate.positions.items():
            ideal = wish.ideal.median
            point = poll.terms.get(issue, whole.issues[issue].no_deal.median)
            total -= wish.salience.median * abs(point - ideal) / max(ideal, 1.0 - ideal)
        worth.append(total)
    odds = [math.log(poll.favour / poll.against) for poll in gate.polls]
    middle = sum(worth) / len(worth)
    if max(worth) - min(worth) < 1e-9:
        yield (
            ("polls",),
            "are all worth the same by the gate's `positions`",
            "two texts are needed that differ on its issues",
        )
    elif sum((u - middle) * o for u, o in zip(worth, odds, strict=True)) <= 0.0:
        yield (
            ("polls",),
            "are liked better the worse they are by the gate's `positions`",
            "compare the terms with the ideals",
        )


def term_checks(whole: Scenario, term: Deterrent | Balance, path: Path_) -> Found:
    """Terms that make an agreement hold rest on something, and deter who can break it."""
    if not is_noted(term):
        yield (), *NOTHING_NOTED
    for n, actor in enumerate(term.on if isinstance(term, Deterrent) else []):
        if actor in whole.actors and whole.actors[actor].consents_to != "all":
            yield (
                ("on", n),
                f"'{actor}' cannot break the agreement",
                "only actors with `consent: all` keep or break it",
            )


def durability_checks(whole: Scenario, found: Durability, path: Path_) -> Found:
    """Peacekeepers count where the record has them."""
    if found.peacekeepers and found.kind != "intrastate":
        yield (
            ("peacekeepers",),
            f"counts within states only, and the kind is {found.kind}",
            "give `kind: intrastate`, or let the term deter under `deterrence`",
        )


AGREEMENT_CHECKS: tuple[tuple[type, Check], ...] = (
    *((Gate, check) for check in (gate_checks, concern_checks, decision_checks, poll_order)),
    (Deterrent, term_checks),
    (Balance, term_checks),
    (Durability, durability_checks),
)
