"""Checks of the plan as published, of ratification and of durability across keys."""

from __future__ import annotations

import math
from typing import Any

from sim.scenario.raw import Found, line_checks, mapping, median, names, signs, stage_names, unknown
from sim.scenario.yaml_source import Path_


def _gates(raw: dict[str, Any]) -> Found:
    """Gates name what exists, and can decide."""
    issues, stages = mapping(raw, "issues"), stage_names(raw)
    signatories = [a for a, s in mapping(raw, "actors").items() if signs(s)]
    for gate, spec in mapping(raw, "ratification").items():
        base: Path_ = ("ratification", gate)
        body = mapping(raw, "ratification", gate)
        yield from unknown((*base, "of"), body.get("of"), signatories, "signatory")
        yield from unknown((*base, "stage"), body.get("stage"), stages, "stage")
        then, gates = body.get("then"), mapping(raw, "ratification")
        yield from unknown((*base, "then"), then, gates, "gate")
        others = [g for g in gates if g != gate and mapping(gates, g).get("then") == then]
        twice = then == gate or (then in gates and mapping(gates, str(then)).get("then"))
        if then is not None and (twice or others):
            yield (*base, "then"), f"cannot be '{then}'", "one gate after one other, and no further"
        if not (body.get("source") or body.get("judgement")):
            yield base, "has neither a source nor a judgement", "add `source:` or `judgement:`"
        yield from _concerns(raw, base, body)
        saliences = [
            median(mapping(p).get("salience")) for p in mapping(body, "positions").values()
        ]
        if saliences and all(s == 0 for s in saliences):
            yield (*base, "positions"), "every salience is zero", "weigh at least one issue"
        for issue, position in mapping(body, "positions").items():
            where = (*base, "positions", issue)
            yield from line_checks(where, mapping(position))
        yield from _deciding(base, body, spec)
        yield from _poll_order(base, body, issues)


def _concerns(raw: dict[str, Any], base: Path_, body: dict[Any, Any]) -> Found:
    """Terms and positions are on issues that the text voted on has settled; `of` signs it."""
    issues, stages = mapping(raw, "issues"), stage_names(raw)
    stage = body.get("stage") or stages[-1]
    settled = _settled(raw, stage)
    when = body.get("when")
    single = isinstance(when, dict)
    for i, terms in enumerate([when] if single else when if isinstance(when, list) else []):
        where: Path_ = (*base, "when") if single else (*base, "when", i)
        if not mapping(terms):
            yield where, "names no terms", "leave `when` out where every text comes before it"
        for issue in mapping(terms):
            yield from unknown((*where, issue), issue, issues, "issue")
            bound = mapping(terms, issue)
            least, most = (median(bound.get(key)) for key in ("at_least", "at_most"))
            if not bound:
                yield (*where, issue), "sets no bound", "give `at_least` or `at_most`"
            elif least is not None and most is not None and least > most:
                yield (*where, issue), f"at_least {least:g} is above at_most {most:g}", ""
    named = {
        issue for terms in (when if isinstance(when, list) else [when]) for issue in mapping(terms)
    }
    for issue in [*mapping(body, "positions"), *sorted(named - set(mapping(body, "positions")))]:
        yield from unknown((*base, "positions", issue), issue, issues, "issue")
        if issue in issues and issue not in settled:
            yield (
                (*base, "positions", issue),
                f"'{issue}' is settled after stage '{stage}', on whose text the gate votes",
                "name only what the text contains",
            )
    owner = mapping(raw, "actors", str(body.get("of")))
    consent = owner.get("consent", "all")
    signs_stage = not isinstance(consent, list) or _issues_of(raw, stage) & set(consent)
    if signs(owner) and not signs_stage:
        yield (*base, "of"), f"does not sign the stage '{stage}'", "name a signatory that does"


def _issues_of(raw: dict[str, Any], stage: str) -> set[Any]:
    """Issues of one stage."""
    agenda = raw.get("agenda")
    for body in agenda if isinstance(agenda, list) else []:
        if mapping(body).get("name") == stage:
            return set(names(mapping(body).get("issues")))
    return set(mapping(raw, "issues"))


def _settled(raw: dict[str, Any], stage: str) -> set[Any]:
    """Issues settled once a stage is signed."""
    done: set[Any] = set()
    for name in stage_names(raw):
        done |= _issues_of(raw, name)
        if name == stage:
            break
    return done


def _deciding(base: Path_, body: dict[Any, Any], spec: Any) -> Found:
    """Either a threshold, or two polls that tell texts apart."""
    if not isinstance(spec, dict):
        return
    polls = body.get("polls") or []
    if not polls and body.get("threshold") is None:
        yield base, "says nothing about what passes", "give a `threshold`, or two `polls`"
    elif polls and body.get("threshold") is not None:
        yield (*base, "polls"), "stand beside `threshold`", "give one of the two"
    elif not polls and (spec.get("required") is not None or spec.get("swing") is not None):
        key = "required" if spec.get("required") is not None else "swing"
        yield (*base, key), "says something about polls only", "give `polls`, or leave it out"
    elif isinstance(polls, list) and len(polls) == 1:
        yield (*base, "polls"), "holds one text only", "two are needed to tell texts apart"
    for i, poll in enumerate(polls if isinstance(polls, list) else []):
        where = (*base, "polls", i)
        for issue in mapping(poll, "terms"):
            positions = mapping(body, "positions")
            if issue not in positions:
                there = ", ".join(map(str, positions))
                yield (
                    (*where, "terms", issue),
                    "is no issue on which the gate has a position",
                    f"its issues: {there}",
                )
        yes, no = (mapping(poll).get(key) for key in ("favour", "against"))
        if isinstance(yes, int | float) and isinstance(no, int | float):
            if yes + no > 1 + 1e-9:
                yield (
                    where,
                    f"favour and against are {yes + no:g} together",
                    "at most 1; write shares",
                )
            elif min(yes, no) <= 0:
                yield where, "has nobody on one side", "give a share above 0, such as 0.01"


def _poll_order(base: Path_, body: dict[Any, Any], issues: dict[Any, Any]) -> Found:
    """By the gate's own preferences, what is worth more must have been liked more."""
    wanted = mapping(body, "positions")
    ideals = {i: median(mapping(wanted, i).get("ideal")) for i in wanted}
    weights = {i: median(mapping(wanted, i).get("salience")) for i in wanted}
    worth, odds = [], []
    polls = body.get("polls")
    for poll in polls if isinstance(polls, list) else []:
        yes, no, terms = (mapping(poll).get(k) for k in ("favour", "against", "terms"))
        if not (isinstance(yes, int | float) and isinstance(no, int | float)):
            return
        if not (0 < yes < 1 and 0 < no < 1):
            return
        total = 0.0
        for issue, ideal in ideals.items():
            point = mapping(terms).get(issue, median(mapping(issues, issue).get("no_deal")))
            weight = weights[issue]
            if not isinstance(point, int | float) or ideal is None or weight is None:
                return
            total -= weight * abs(point - ideal) / max(ideal, 1.0 - ideal)
        worth.append(total)
        odds.append(math.log(yes / no))
    if len(worth) > 1:
        middle = sum(worth) / len(worth)
        if max(worth) - min(worth) < 1e-9:
            yield (
                (*base, "polls"),
                "are all worth the same by the gate's `positions`",
                "two texts are needed that differ on its issues",
            )
        elif sum((u - middle) * o for u, o in zip(worth, odds, strict=True)) <= 0.0:
            yield (
                (*base, "polls"),
                "are liked better the worse they are by the gate's `positions`",
                "compare the terms with the ideals",
            )


def _durability(raw: dict[str, Any]) -> Found:
    """Terms that deter or shift the balance name issues and signatories."""
    issues = mapping(raw, "issues")
    signatories = [a for a, s in mapping(raw, "actors").items() if signs(s)]
    for part in ("shift", "deterrence", "balance"):
        for issue, body in mapping(raw, "durability", part).items():
            base: Path_ = ("durability", part, issue)
            yield from unknown(base, issue, issues, "issue")
            for actor in names(mapping(body).get("on")):
                yield from unknown((*base, "on"), actor, signatories, "signatory")
                if actor in signatories and not _binds(mapping(raw, "actors", actor)):
                    yield (
                        (*base, "on"),
                        f"'{actor}' cannot break the agreement",
                        "only actors with `consent: all` keep or break it",
                    )
            for other in mapping(body, "moves"):
                yield from unknown((*base, "moves", other), other, issues, "issue")
            if part != "shift" and not (mapping(body).get("source") or _judged(body)):
                yield base, "has neither a source nor a judgement", "add one of them"
    for part in ("monitoring", "peacekeepers"):
        for issue in mapping(raw, "durability", part):
            yield from unknown(("durability", part, issue), issue, issues, "issue")
    kind = mapping(raw, "durability").get("kind", "any")
    if mapping(raw, "durability", "peacekeepers") and kind != "intrastate":
        yield (
            ("durability", "peacekeepers"),
            f"counts within states only, and the kind is {kind}",
            "give `kind: intrastate`, or let the term deter under `deterrence`",
        )


def _binds(actor: dict[Any, Any]) -> bool:
    default = "all" if actor.get("role", "party") == "party" else "none"
    return bool(actor.get("consent", default) == "all")


def _judged(body: Any) -> bool:
    return bool(mapping(body).get("judgement"))


AGREEMENT_CHECKS = (_gates, _durability)
