"""Checks across keys: what the types alone cannot say.

They read the merged data as written, so that they also work, and report, when other parts of the
file are wrong: an analyst sees all errors at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sim.prose import did_you_mean, has_control
from sim.registry import PROTOCOLS, TACTICS
from sim.scenario.agreement_checks import AGREEMENT_CHECKS
from sim.scenario.articles_checks import ARTICLE_CHECKS
from sim.scenario.errors import Place, Problem
from sim.scenario.fields import DAY
from sim.scenario.outcome import outcome_checks
from sim.scenario.raw import (
    Found,
    line_checks,
    lines_as_written,
    mapping,
    median,
    names,
    signs,
    stage_names,
    terms_checks,
    unknown,
    wrong_side,
)
from sim.scenario.time_checks import TIME_CHECKS
from sim.scenario.tracks_checks import TRACK_CHECKS
from sim.scenario.yaml_source import Path_, dotted

MAX_OPTIONS = 21
"""As many points as a text is drafted on."""
PlaceOf = Callable[[Path_], Place]


def cross_checks(raw: dict[str, Any], place_of: PlaceOf, typed: bool) -> list[Problem]:
    """All problems that concern more than one key.

    A check may stumble over what the types have refused already; ``typed`` says that they have not.
    """
    return [
        Problem(place_of(path), dotted(path), message, fix)
        for check in (
            *CHECKS,
            *TIME_CHECKS,
            *AGREEMENT_CHECKS,
            *ARTICLE_CHECKS,
            *TRACK_CHECKS,
            outcome_checks,
        )
        for path, message, fix in _found(check, raw, typed)
    ]


def _found(check: Callable[[dict[str, Any]], Found], raw: dict[str, Any], typed: bool) -> Found:
    try:
        yield from check(raw)
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        if typed:
            raise


def text_checks(raw: dict[str, Any]) -> Found:
    """No text holds what a terminal or a page would obey."""
    ahead: list[tuple[Path_, Any]] = [((), raw)]
    while ahead:
        path, node = ahead.pop()
        if isinstance(node, dict):
            ahead += [((*path, key), value) for key, value in node.items()]
            ahead += [((*path, key), key) for key in node]
        elif isinstance(node, list):
            ahead += [((*path, n), value) for n, value in enumerate(node)]
        elif isinstance(node, str) and has_control(node):
            yield path, "holds a control character", "leave it out"


def _issues(raw: dict[str, Any]) -> Found:
    """Every name of an issue must be declared."""
    issues = mapping(raw, "issues")
    for issue in issues:
        points = len(mapping(issues, issue, "scale"))
        if mapping(issues, issue).get("kind") == "options" and points > MAX_OPTIONS:
            yield ("issues", issue, "scale"), f"has {points} options; at most {MAX_OPTIONS}", ""
    for actor, spec in mapping(raw, "actors").items():
        base = ("actors", actor)
        for issue, position in mapping(spec, "positions").items():
            yield from unknown((*base, "positions", issue), issue, issues, "issue")
            rules = position.get("conditional") if isinstance(position, dict) else None
            for i, rule in enumerate(rules if isinstance(rules, list) else []):
                for other in mapping(rule, "when"):
                    where: Path_ = (*base, "positions", issue, "conditional", i, "when", other)
                    yield from unknown(where, other, issues, "issue")
        consent = spec.get("consent") if isinstance(spec, dict) else None
        for issue in consent if isinstance(consent, list) else []:
            yield from unknown((*base, "consent"), issue, issues, "issue")
        yield from terms_checks(raw, (*base, "mediation", "text"))
        for lever, body in mapping(spec, "levers").items():
            for kind in ("drift", "no_deal"):
                for issue in mapping(body, "effect", kind):
                    where = (*base, "levers", lever, "effect", kind, issue)
                    yield from unknown(where, issue, issues, "issue")
    yield from terms_checks(raw, ("plan",))
    for issue in mapping(raw, "war", "drift"):
        yield from unknown(("war", "drift", issue), issue, issues, "issue")
    for actor, beliefs in mapping(raw, "war", "beliefs").items():
        for issue in beliefs if isinstance(beliefs, dict) else {}:
            where = ("war", "beliefs", actor, issue)
            yield from unknown(where, issue, issues, "issue")
            if issue in issues and issue not in mapping(raw, "war", "drift"):
                yield where, f"is a belief about '{issue}', which does not drift", "add war.drift"


def _actors(raw: dict[str, Any]) -> Found:
    """Every name of an actor must be declared; somebody must be able to agree."""
    actors = mapping(raw, "actors")
    for actor, spec in actors.items():
        base = ("actors", actor)
        for other in mapping(spec, "acceptability"):
            yield from unknown((*base, "acceptability", other), other, actors, "actor")
        principal = spec.get("principal") if isinstance(spec, dict) else None
        yield from unknown((*base, "principal"), principal, actors, "actor")
        for lever, body in mapping(spec, "levers").items():
            where = (*base, "levers", lever)
            for target in names(body.get("on") if isinstance(body, dict) else None):
                yield from unknown((*where, "on"), target, actors, "actor")
            for kind in ("cost", "payment"):
                for other in mapping(body, "effect", kind):
                    yield from unknown((*where, "effect", kind, other), other, actors, "actor")
    for key in ("cost", "beliefs"):
        for actor in mapping(raw, "war", key):
            yield from unknown(("war", key, actor), actor, actors, "actor")
    parties = [
        a
        for a, s in actors.items()
        if isinstance(s, dict)
        and (
            s.get("consent") == "all" or ("consent" not in s and s.get("role", "party") == "party")
        )
    ]
    if actors and len(parties) < 2:
        yield (
            ("actors",),
            "needs at least two actors whose consent to everything is required",
            "give them `role: party`",
        )
    envoys = [a for a, s in actors.items() if isinstance(s, dict) and s.get("role") == "formulator"]
    for extra in envoys[1:]:
        yield ("actors", extra, "role"), f"'{envoys[0]}' already is the formulator", "keep one"
    for actor, spec in actors.items():
        if signs(spec) and not mapping(spec, "positions"):
            yield ("actors", actor), "must consent but has no positions", "add `positions:`"
        leaves = isinstance(spec, dict) and spec.get("leave_after") is not None
        mediates = isinstance(spec, dict) and spec.get("role") in ("manipulator", "formulator")
        party = actor in parties and isinstance(spec, dict) and spec.get("role", "party") == "party"
        if leaves and not party and not mediates:
            yield (
                ("actors", actor, "leave_after"),
                "does nothing for an actor whose consent to everything is not needed",
                "remove it, or give it to a party, a manipulator or an envoy",
            )


def _positions(raw: dict[str, Any]) -> Found:
    """Saliences and red lines that make sense."""
    for base, positions in _all_positions(raw):
        saliences = [median(mapping(positions, i).get("salience")) for i in positions]
        if positions and all(s == 0 for s in saliences):
            yield (
                base,
                "every salience is zero",
                "weigh at least one issue",
            )
        for issue in positions:
            position = mapping(positions, issue)
            path: Path_ = (*base, issue)
            noted = [position, *(line for _, line in lines_as_written(position))]
            if not any(one.get("source") or one.get("judgement") for one in noted):
                yield (
                    path,
                    "has neither a source nor a judgement",
                    "add `source: KEY` or `judgement: the reason`",
                )
            ideal = median(position.get("ideal"))
            limits = position.get("limits")
            yield from line_checks(path, position)
            if ideal is None:
                continue
            rules = position.get("conditional")
            for i, rule in enumerate(rules if isinstance(rules, list) else []):
                there = (*path, "conditional", i, "limit")
                yield from wrong_side(there, ideal, mapping(rule).get("limit"))
            yield from _tightening(path, ideal, position)
            if isinstance(limits, list) and len(limits) == 2:
                low = 0.0 if limits[0] is None else median(limits[0])
                high = 1.0 if limits[1] is None else median(limits[1])
                if low is not None and high is not None and not low <= ideal <= high:
                    yield (
                        (*path, "limits"),
                        f"the ideal {ideal:g} is not between {low:g} and {high:g}",
                        "order them [low, high] around the ideal",
                    )


def _all_positions(raw: dict[str, Any]) -> Iterator[tuple[Path_, dict[Any, Any]]]:
    """What actors want, on the agenda and in tracks, and where it is said."""
    for actor, spec in mapping(raw, "actors").items():
        yield ("actors", actor, "positions"), mapping(spec, "positions")
    for key, track in mapping(raw, "tracks").items():
        for actor in mapping(track, "positions"):
            yield ("tracks", key, "positions", actor), mapping(track, "positions", actor)


def _tightening(path: Path_, ideal: float, position: dict[Any, Any]) -> Found:
    """A conditional red line must be looser than the ordinary one."""
    lines = lines_as_written(position)
    ordinary = median(lines[-1][1].get("at")) if lines else None
    rules = position.get("conditional")
    for i, rule in enumerate(rules if isinstance(rules, list) else []):
        line = median(mapping(rule).get("limit"))
        if line is None or position.get("limits") is not None:
            continue
        if ordinary is None or (line - ordinary) * (ordinary - ideal) < -1e-12:
            yield (
                (*path, "conditional", i, "limit"),
                "is not looser than the ordinary line",
                "give the strict line as `line`, and what loosens it as the condition",
            )


def _tactics(raw: dict[str, Any]) -> Found:
    """Parameters that the tactic has, with values it can use."""
    for actor, spec in mapping(raw, "actors").items():
        tactic = mapping(spec, "tactic")
        name = tactic.get("name", "boulware")
        if not isinstance(name, str) or name not in TACTICS:
            continue
        allowed = TACTICS[name].parameters
        for key, value in tactic.items():
            if key in {"name", "source", "judgement"}:
                continue
            where = ("actors", actor, "tactic", key)
            if key not in allowed:
                known = ", ".join(allowed) or "none"
                yield where, f"the tactic '{name}' has no parameter '{key}'", f"it has: {known}"
                continue
            number = median(value)
            low, high = allowed[key].low, allowed[key].high
            if number is None or isinstance(value, dict) or not low <= number <= high:
                yield where, f"must be a number from {low:g} to {high:g}", ""


def _levers(raw: dict[str, Any]) -> Found:
    """Conditions that name things which exist, and effects that do something."""
    actors = mapping(raw, "actors")
    signatories = [a for a in actors if signs(actors[a])]
    stages = stage_names(raw)
    levers = [f"{a}.{k}" for a, s in actors.items() for k in mapping(s, "levers")]
    for actor, spec in actors.items():
        for lever, body in mapping(spec, "levers").items():
            base: Path_ = ("actors", actor, "levers", lever)
            if isinstance(body, dict) and not any(mapping(body, "effect").values()):
                yield (*base, "effect"), "changes nothing", "cost, drift, no_deal or payment"
            when = body.get("when") if isinstance(body, dict) else None
            single = isinstance(when, dict)
            for i, condition in enumerate([when] if single else when or []):
                where = (*base, "when") if single else (*base, "when", i)
                if not isinstance(condition, dict):
                    continue
                if not condition:
                    yield where, "is an empty condition", "for example {after: 4w}"
                for event in ("refuses", "accepts", "signs_alone", "violates"):
                    other = mapping(condition, event).get("actor")
                    yield from unknown((*where, event, "actor"), other, signatories, "signatory")
                yield from unknown((*where, "signed"), condition.get("signed"), stages, "stage")
                yield from unknown((*where, "pulled"), condition.get("pulled"), levers, "lever")
            signed = [c.get("signed") for c in _conditions(body) if isinstance(c, dict)]
            paid = bool(mapping(body, "effect", "payment") and stages)
            if paid and signed != [stages[-1]]:
                yield (
                    (*base, "effect", "payment"),
                    "is paid on signing everything and on no other condition",
                    f"write `when: {{signed: {stages[-1]}}}`, effects of another kind apart",
                )
    yield from _circles(actors)


def _conditions(lever: Any) -> list[Any]:
    when = lever.get("when") if isinstance(lever, dict) else None
    return when if isinstance(when, list) else [when]


def _circles(actors: dict[Any, Any]) -> Found:
    """Levers that wait for each other."""
    waits = {
        f"{actor}.{key}": [c["pulled"] for c in _conditions(body) if mapping(c).get("pulled")]
        for actor, spec in actors.items()
        for key, body in mapping(spec, "levers").items()
    }
    for start in waits:
        seen: set[str] = set()
        ahead = list(waits[start])
        while ahead:
            lever = ahead.pop()
            if isinstance(lever, str) and lever not in seen:
                seen.add(lever)
                ahead += waits.get(lever, [])
        if start in seen:
            actor, _, key = start.partition(".")
            yield ("actors", actor, "levers", key, "when"), "waits for itself to be pulled", ""


def _sources(raw: dict[str, Any]) -> Found:
    """Every source key resolves, and none is younger than `known_by`."""
    sources = mapping(raw, "sources")
    known_by = str(raw.get("known_by"))
    is_day = re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", known_by)
    for path, keys in _citations(raw, ()):
        for key in keys:
            if not isinstance(key, str):
                continue
            if key not in sources:
                yield path, f"there is no source '{key}'", did_you_mean(key, sources, "declared")
            elif is_day:
                day = str(mapping(sources, key).get("date") or "")
                if not day:
                    yield path, f"the source {key} has no date, and known_by is given", "date it"
                if re.fullmatch(DAY, day) and day > known_by[: len(day)]:
                    yield path, f"the source {key} is of {day}, after known_by {known_by}", ""


def _citations(node: Any, path: Path_) -> Iterator[tuple[Path_, list[Any]]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if path == () and key == "sources":
                continue
            if key == "source":
                yield (*path, key), names(value)
            else:
                yield from _citations(value, (*path, key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from _citations(value, (*path, i))


def _agenda(raw: dict[str, Any]) -> Found:
    """Each issue stands in exactly one stage."""
    agenda = raw.get("agenda")
    if not isinstance(agenda, list) or not agenda:
        return
    issues = mapping(raw, "issues")
    seen: dict[str, Any] = {}
    for i, stage in enumerate(agenda):
        if not isinstance(stage, dict):
            continue
        name = stage.get("name")
        if name in {mapping(s).get("name") for s in agenda[:i] if isinstance(s, dict)}:
            yield ("agenda", i, "name"), f"there are two stages called '{name}'", ""
        for issue in names(stage.get("issues")):
            if not isinstance(issue, str):
                continue
            yield from unknown(("agenda", i, "issues"), issue, issues, "issue")
            if issue in seen:
                yield ("agenda", i, "issues"), f"'{issue}' is already in stage '{seen[issue]}'", ""
            seen[issue] = name
        for issue in mapping(stage, "terms"):
            if issue not in names(stage.get("issues")):
                where = ("agenda", i, "terms", issue)
                yield where, f"'{issue}' is not an issue of this stage", "list it under `issues`"
    missing = [str(i) for i in issues if i not in seen]
    if missing:
        yield ("agenda",), f"leaves out {', '.join(missing)}", "put every issue into a stage"


def _protocol(raw: dict[str, Any]) -> Found:
    """A protocol that rests on an envoy has one; nobody waits for hours."""
    name = mapping(raw, "protocol").get("name", "alternating")
    kind = PROTOCOLS.get(name) if isinstance(name, str) else None
    roles = [mapping(spec).get("role") for spec in mapping(raw, "actors").values()]
    if kind is not None and kind.needs_envoy and "formulator" not in roles:
        yield (
            ("protocol", "name"),
            f"'{name}' needs an envoy that keeps the text, and no actor is one",
            "add an actor with `role: formulator`, or choose another protocol",
        )
    count = sum(map(signs, mapping(raw, "actors").values()))
    if kind is not None and count > kind.most_signatories:
        yield (
            ("actors",),
            f"{count:,} of them sign, and '{kind.name}' takes at most {kind.most_signatories}",
            "give the others `consent: none`, or decide as a group: protocol compromise or median",
        )


CHECKS = (
    text_checks,
    _issues,
    _actors,
    _positions,
    _tactics,
    _levers,
    _sources,
    _agenda,
    _protocol,
)
