"""Checks across keys: what the types alone cannot say.

Each is a function of the whole scenario, one part of it, and where that stands. Where types have
refused something, the parts that are right are checked all the same: an analyst sees all errors at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from sim.prose import did_you_mean, has_control
from sim.registry import PROTOCOLS, TACTICS
from sim.scenario.distributions import Number
from sim.scenario.fields import Bound, Sourced, Wish, every_part
from sim.scenario.outcome import Held, Outcome
from sim.scenario.schema import Actor, Issue, Lever, Mediation, Position, Scenario, War
from sim.scenario.yaml_source import Path_

Found = Iterator[tuple[Path_, str, str]]
"""Path below the part that is checked, what is wrong, and the fix."""
Check = Callable[[Any, Any, Path_], Found]
MAX_OPTIONS = 21
"""As many points as a text is drafted on."""
NOTHING_NOTED = ("has neither a source nor a judgement", "add `source: KEY` or `judgement: why`")


def part_checks(whole: Any, checks: Sequence[tuple[type, Check]], right: bool) -> Found:
    """What is wrong with parts of a scenario, with paths from its top.

    A check may stumble over what the types have refused; ``right`` says that they have not.
    """
    of_kind: dict[type, list[Check]] = {}
    for path, part in every_part(whole):
        if not isinstance(part, BaseModel):
            continue
        if type(part) not in of_kind:
            of_kind[type(part)] = [check for kind, check in checks if isinstance(part, kind)]
        for check in of_kind[type(part)]:
            try:
                for below, said, fix in check(whole, part, path):
                    yield (*path, *below), said, fix
            except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
                if right:
                    raise


def text_checks(raw: dict[str, Any]) -> Found:
    """No text holds what a terminal or a page would obey."""
    for path, node in every_part(raw):
        texts = [text for text in (node, *path[-1:]) if isinstance(text, str)]
        if any(map(has_control, texts)):
            yield path, "holds a control character", "leave it out"


def unknown(path: Path_, name: Any, among: Iterable[Any], what: str) -> Found:
    """A name that is not declared."""
    if name not in (known := list(among)):
        yield path, f"there is no {what} '{name}'", did_you_mean(name, known, "declared")


def named_before(path: Path_, name: str, before: Sequence[Any]) -> Found:
    """A stage of which an earlier one has the name."""
    if name in {one.name for one in before}:
        said = f"there are two stages called '{name}'"
        yield (*path, "name"), said, "give each another name"


def weightless(path: Path_, wishes: Mapping[str, Wish]) -> Found:
    """Somebody to whom nothing matters."""
    if wishes and all(wish.salience.median == 0 for wish in wishes.values()):
        yield path, "every salience is zero", "weigh at least one issue"


def is_noted(part: Sourced) -> bool:
    """Whether it says what it rests on."""
    return bool(part.source or part.judgement)


def _sourced(whole: Any, part: Sourced, path: Path_) -> Found:
    """No source is younger than `known_by`."""
    for n, key in enumerate(part.source if whole.known_by else []):
        source = whole.sources.get(key)
        if source is not None and not source.date:
            yield ("source", n), f"the source {key} has no date, and known_by is given", "date it"
        elif source is not None and source.date > str(whole.known_by)[: len(source.date)]:
            said = f"the source {key} is of {source.date}, after known_by {whole.known_by}"
            fix = "cite an older one; give one that was printed later the date of what it tells of"
            yield ("source", n), said, fix


def _bound(whole: Scenario, bound: Bound, path: Path_) -> Found:
    least, most = bound.at_least, bound.at_most
    if least is None and most is None:
        yield (), "sets no bound", "give `at_least` or `at_most`"
    elif least is not None and most is not None and least.median > most.median:
        yield (), f"at_least {least.median:g} is above at_most {most.median:g}", "swap them"


def _issue(whole: Scenario, issue: Issue, path: Path_) -> Found:
    """Not too many options; what puts it off is one of its points, elsewhere than no deal."""
    if issue.kind == "options" and len(issue.scale) > MAX_OPTIONS:
        yield ("scale",), f"has {len(issue.scale)} options; at most {MAX_OPTIONS}", "leave some out"
    at = issue.deferred
    if at is not None and at not in issue.scale:
        said = f"is no point of the scale: {at:g}"
        yield ("deferred",), said, "give that point a text under `scale`"
    if at is not None and issue.no_deal.median == at:
        said = "lies where the issue stands without a deal, where nobody has put it off"
        yield ("deferred",), said, "choose another point of the scale for it"


def _text(whole: Scenario, text: Mapping[str, Number], where: str) -> Found:
    """A text names options where an issue has options, and not two that exclude each other."""
    for key, point in text.items():
        issue = whole.issues.get(key)
        listed = issue.scale if issue is not None and issue.kind == "options" else None
        if listed is not None and (point.uncertain or point.median not in listed):
            options = ", ".join(f"{one:g}" for one in listed)
            yield (where, key), "is not one of the issue's options", f"options: {options}"
    for one, other in whole.conflicts:
        if one != other and all(i in text and text[i].median > 0 for i in (one, other)):
            yield (where,), f"holds {one} and {other}, which exclude each other", "set one to 0"


def _wish(whole: Scenario, wish: Wish, path: Path_) -> Found:
    """Red lines that make sense: on the far side, one of a kind, noted, in order."""
    given = [key for key in ("limit", "line", "limits") if getattr(wish, key, None)]
    if len(given) > 1:
        yield (
            (given[1],),
            f"stands beside `{given[0]}`",
            "give one of the two; null takes away what is inherited",
        )
    if wish.limit is not None:
        yield from _wrong_side(("limit",), wish, wish.limit)
    for n, line in enumerate(wish.line):
        yield from _wrong_side(("line", n, "at"), wish, line.at)
        if line.stated and not line.source:
            yield ("line", n), "is a stated line without a source", "add who said it and when"
        elif not is_noted(line):
            yield ("line", n), *NOTHING_NOTED
    if len(wish.line) == 2:
        said, thought = sorted(wish.line, key=lambda line: not line.stated)
        if said.stated == thought.stated:
            held = f"holds two {said.kind} lines"
            yield ("line",), held, "give one stated and one believed"
        elif _is_stricter(thought.at.median, said.at.median, wish):
            yield (
                ("line",),
                f"the believed line {thought.at.median:g} is stricter than the stated one "
                f"{said.at.median:g}",
                "leave the believed one out, or put it beyond the stated one",
            )


def _wrong_side(where: Path_, wish: Wish, line: Number) -> Found:
    """A red line between the ideal and the near end of the scale."""
    limit, ideal = line.median, wish.ideal.median
    if (limit - ideal) * (0.5 - ideal) < -1e-12:
        yield (
            where,
            f"the line {limit:g} lies on the wrong side of the ideal {ideal:g}",
            "a line lies toward the far end of the scale; "
            "for red lines on both sides write `limits: [low, high]`",
        )


def _is_stricter(line: float, other: float, wish: Wish) -> bool:
    """Whether a line lies nearer to the ideal than another one."""
    return (line - other) * (other - wish.ideal.median) < -1e-12


def _position(whole: Scenario, position: Position, path: Path_) -> Found:
    """It rests on something; conditions loosen its red line; two red lines lie around the ideal."""
    if not any(map(is_noted, position.notes)):
        yield (), *NOTHING_NOTED
    ordinary = position.line[-1].at if position.line else position.limit
    for n, rule in enumerate(position.conditional):
        yield from _wrong_side(("conditional", n, "limit"), position, rule.limit)
        if position.limits is None and (
            ordinary is None or _is_stricter(rule.limit.median, ordinary.median, position)
        ):
            than = "looser than the ordinary line" if ordinary else "loosening any line"
            yield (
                ("conditional", n, "limit"),
                f"is not {than}",
                "give the strict line as `line`, and what loosens it as the condition",
            )
    low, high = position.limits or (None, None)
    least, most = 0.0 if low is None else low.median, 1.0 if high is None else high.median
    if not least <= position.ideal.median <= most:
        yield (
            ("limits",),
            f"the ideal {position.ideal.median:g} is not between {least:g} and {most:g}",
            "order them [low, high] around the ideal",
        )
    issue = whole.issues.get(path[-1])
    if position.deferred is not None and issue is not None and issue.deferred is None:
        said = f"is said of '{path[-1]}', which has no point that puts it off"
        yield ("deferred",), said, f"give `issues.{path[-1]}.deferred`, a point of its scale"


def _actor(whole: Scenario, actor: Actor, path: Path_) -> Found:
    """Whoever signs wants something; a tactic has the parameters that are given."""
    yield from weightless(("positions",), actor.positions)
    if actor.signs and not actor.positions:
        yield (), "must consent but has no positions", "add `positions:`"
    leaves = actor.role in ("manipulator", "formulator")
    leaves |= actor.role == "party" and actor.consents_to == "all"
    if actor.leave_after is not None and not leaves:
        yield (
            ("leave_after",),
            "does nothing for an actor whose consent to everything is not needed",
            "remove it, or give it to a party, a manipulator or an envoy",
        )
    name, allowed = actor.tactic.name, TACTICS[actor.tactic.name].parameters
    for key, value in (actor.tactic.model_extra or {}).items():
        if key not in allowed:
            known = ", ".join(allowed) or "none"
            said = f"the tactic '{name}' has no parameter '{key}'"
            yield ("tactic", key), said, f"it has: {known}"
        else:
            low, high = allowed[key].low, allowed[key].high
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not low <= value <= high:
                said = f"must be a number from {low:g} to {high:g}"
                yield ("tactic", key), said, f"for example {allowed[key].default:g}"


def _mediation(whole: Scenario, mediation: Mediation, path: Path_) -> Found:
    yield from _text(whole, mediation.text, "text")


def _lever(whole: Scenario, lever: Lever, path: Path_) -> Found:
    """Conditions and effects that say something; payments only for signing the whole."""
    effect, last = lever.effect, whole.stages[-1].name
    if not any((effect.cost, effect.drift, effect.no_deal, effect.payment)):
        yield ("effect",), "changes nothing", "cost, drift, no_deal or payment"
    for n, condition in enumerate(lever.when):
        if not condition.model_fields_set:
            yield ("when", n), "is an empty condition", "for example {after: 4w}"
    if effect.payment and [one.signed for one in lever.when] != [last]:
        yield (
            ("effect", "payment"),
            "is paid on signing everything and on no other condition",
            f"write `when: {{signed: {last}}}`, effects of another kind apart",
        )


def _actors(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """Somebody must be able to agree; one envoy at most; no levers that wait for each other."""
    actors = whole.actors
    if sum(actor.consents_to == "all" for actor in actors.values()) < 2:
        yield (
            ("actors",),
            "needs at least two actors whose consent to everything is required",
            "give them `role: party`",
        )
    envoys = [key for key, actor in actors.items() if actor.role == "formulator"]
    for extra in envoys[1:]:
        yield ("actors", extra, "role"), f"'{envoys[0]}' already is the formulator", "keep one"
    waits = {
        f"{actor}.{key}": [one.pulled for one in lever.when if one.pulled]
        for actor, spec in actors.items()
        for key, lever in spec.levers.items()
    }
    for start in waits:
        seen: set[str] = set()
        ahead = list(waits[start])
        while ahead:
            lever = ahead.pop()
            if lever not in seen:
                seen.add(lever)
                ahead += waits.get(lever, [])
        if start in seen:
            actor, key = start.split(".", 1)
            where: Path_ = ("actors", actor, "levers", key, "when")
            yield where, "waits for itself to be pulled", "take one of these conditions out"


def _protocol(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """A protocol that rests on an envoy has one; nobody waits for hours."""
    kind = PROTOCOLS[whole.protocol.name]
    if kind.needs_envoy and all(actor.role != "formulator" for actor in whole.actors.values()):
        yield (
            ("protocol", "name"),
            f"'{kind.name}' needs an envoy that keeps the text, and no actor is one",
            "add an actor with `role: formulator`, or choose another protocol",
        )
    count = sum(actor.signs for actor in whole.actors.values())
    if count > kind.most_signatories:
        yield (
            ("actors",),
            f"{count:,} of them sign, and '{kind.name}' takes at most {kind.most_signatories}",
            "give the others `consent: none`, or decide as a group: protocol compromise or median",
        )


def _agenda(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """Each issue stands in exactly one stage."""
    seen: dict[str, str] = {}
    for n, stage in enumerate(whole.agenda):
        where: Path_ = ("agenda", n)
        yield from named_before(where, stage.name, whole.agenda[:n])
        for i, issue in enumerate(stage.issues):
            yield from unknown((*where, "issues", i), issue, whole.issues, "issue")
            if issue in seen:
                said = f"'{issue}' is already in stage '{seen[issue]}'"
                yield (*where, "issues", i), said, "keep it in one of them"
            seen[issue] = stage.name
        yield from outside_the_stage((*where, "terms"), stage.terms, stage.issues)
    missing = [issue for issue in whole.issues if issue not in seen]
    if missing and whole.agenda:
        yield ("agenda",), f"leaves out {', '.join(missing)}", "put every issue into a stage"


def outside_the_stage(path: Path_, terms: Iterable[str], issues: list[str]) -> Found:
    """Terms on what a stage does not settle."""
    for issue in terms:
        if issue not in issues:
            said = f"'{issue}' is not an issue of this stage"
            yield (*path, issue), said, "list it under `issues`"


def _days(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """A deadline lies within the run, days asked for after day 0."""
    start, deadline = whole.war.start_date, whole.deadline
    moments: list[tuple[Path_, date | float]] = [
        (("ask", n, "by"), one.by) for n, one in enumerate(whole.ask)
    ]
    for where, moment in [*([(("deadline", "at"), deadline.at)] if deadline else []), *moments]:
        day = whole.day_of(moment)
        if day <= 0:
            yield where, f"is not after day 0 ({start})", "name a later day"
        elif where[0] == "deadline" and day > whole.horizon_days:
            said = f"is day {day:g}, beyond the horizon of {whole.horizon_days:g} days"
            yield where, said, f"an earlier day, or horizon_days: {day:g}"


def _war(whole: Scenario, war: War, path: Path_) -> Found:
    for actor, beliefs in war.beliefs.items():
        for issue in beliefs:
            if issue in whole.issues and issue not in war.drift:
                said = f"is a belief about '{issue}', which does not drift"
                yield ("beliefs", actor, issue), said, "add war.drift"


def _plan(whole: Scenario, _: Scenario, path: Path_) -> Found:
    yield from _text(whole, whole.plan, "plan")


def _outcome(whole: Scenario, outcome: Outcome, path: Path_) -> Found:
    """What came of the talks lies in time, and is said only where something was signed."""
    start, signed, held = whole.war.start_date, outcome.signed, outcome.held
    if signed and signed < start:
        yield (
            ("signed",),
            f"{signed} is before the first day of the talks, {start}",
            "give the day of the signature, or false",
        )
    if isinstance(held, Held) and not signed:
        yield ("held",), "stands although nothing was signed", "leave it out"
    if isinstance(held, Held) and signed and held.until < signed:
        said = f"{held.until} is before the signature, {signed}"
        yield ("held", "until"), said, "give the day on which it was broken"
    if not signed and outcome.terms:
        yield ("terms",), "stand although nothing was signed", "use `limited` or `note`"
    if outcome.kind == "truce" and len(whole.agenda) < 2:
        said = "is a truce, and the agenda has no stage for it"
        yield ("kind",), said, "write `settlement`, or an agenda that begins with the truce"


CHECKS: tuple[tuple[type, Check], ...] = (
    (Sourced, _sourced),
    (Bound, _bound),
    (Issue, _issue),
    (Wish, _wish),
    (Position, _position),
    (Actor, _actor),
    (Mediation, _mediation),
    (Lever, _lever),
    (War, _war),
    (Outcome, _outcome),
    *((Scenario, check) for check in (_actors, _protocol, _agenda, _days, _plan)),
)
