"""Changes, obstacles and findings in plain words."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.prose import counted, listing, percent, possessive, signed, span_words
from sim.results.allowed import SAMPLING
from sim.scenario.schema import Scenario, nearest_text
from sim.studies.explain.moves import TALKS, Move

DRIVERS = 8
"""Drivers that are told in words, the strongest."""
TOLD = 0.05
"""Share of the failed worlds from which something is told."""

if TYPE_CHECKING:
    from sim.studies.explain.findings import Added, Change, Driver, Explanation, Obstacle, Rule


def actor_words(key: str, scenario: Scenario) -> str:
    """Whose a change is."""
    return scenario.actors[key].short if key in scenario.actors else "the talks themselves"


def bundle_words(move: Move, scenario: Scenario) -> str:
    """An obstacle, as a noun."""
    who = scenario.actors[move.actor].short if move.actor in scenario.actors else ""
    return {
        "lines": f"{possessive(who)} red lines",
        "patience": f"{possessive(who)} patience",
        "stay": f"{who} leaving the table",
        "levers": f"{possessive(who)} levers being uncertain or slow",
        "terms": "what a stage demands",
        "draft": "the envoy's own leanings",
        "order": "the order of the stages",
        "deadline": "the deadline",
    }[move.kind]


def move_words(move: Move, share: float, scenario: Scenario) -> str:
    """A change, as a clause: what it is now and what it would be."""
    who = scenario.actors[move.actor].short if move.actor in scenario.actors else ""
    if move.kind == "line":
        issue, place = scenario.issues[move.about], move.places[0]
        before, after = place.number.median, place.at(share).median
        words = [nearest_text(issue, x) for x in (before, after)]
        # texts of the scale where they differ; else the points
        text = f"from “{words[0]}” to “{words[1]}”"
        if words[0] == words[1]:
            text = f"further, still nearest to “{words[0]}”"
        return f"{who} softens its line on {issue.title} {text} ({before:.2f} to {after:.2f})"
    if move.kind == "patience":
        before, after = (x * move.places[0].days for x in _medians(move, share))
        return f"{who} gives way within {counted(round(after), 'day')} instead of {before:.0f}"
    if move.kind == "stay":
        return f"{who} stays at the table to the end"
    if move.kind == "lever":
        owner, _, lever = move.key.partition(":")[2].partition(".")
        title = scenario.actors[owner].levers[lever].title
        before, after = _medians(move, share)
        return f"{who} makes “{title}” surer ({percent(before)} to {percent(after)}) and quicker"
    if move.kind == "terms":
        stage = next(s for s in scenario.agenda if s.name == move.about)
        return f"“{stage.title or stage.name}” demands less of its text"
    if move.kind == "draft":
        return "The envoy holds less to the plan and to its principal's wishes"
    if move.kind == "deadline":
        return "The deadline is dropped"
    together = not move.structure or move.structure[0][1] is None
    return "Everything is negotiated at once" if together else "The stages come in reverse order"


def _medians(move: Move, share: float) -> tuple[float, float]:
    place = move.places[0]
    return place.number.median, place.at(share).median


def price_words(change: Change, scenario: Scenario) -> str:
    """What a change costs those who make it."""
    parts = [
        f"{scenario.actors[k].short} up to {100 * v:.1f} of its 100 points"
        for k, v in change.price.items()
        if k != TALKS and v >= 0.0005
    ]
    return f"It costs {listing(parts)}" if parts else "It costs no side anything by itself"


def move_summary(change: Change) -> str:
    """What a change was promised and confirmed to bring."""
    worlds, allowed = counted(change.fresh_worlds, "fresh world"), ""
    if change.confirmed_allowed is not None:
        allowed = f" of sampling; {span_words(change.confirmed_allowed)} by what past talks allow"
    return (
        f"In {worlds} settlements go from {percent(change.before)} to "
        f"{percent(change.confirmed, change.confirmed_interval)} "
        f"({SAMPLING} {span_words(change.confirmed_interval)}{allowed})"
        f"; the search had promised {percent(change.promised)} "
        f"({span_words(change.promised_interval)})."
    )


def measure_value(value: float, key: str) -> str:
    """A mean of the measure: a share, or by how much red lines miss, or what all could gain."""
    if key in ("settlement", "first_stage"):
        return percent(value)
    return f"{abs(value) if key == 'distance' else value:.2f}".replace("-", "−")


def driver_words(driver: Driver, key: str) -> str:
    """What the measure is where a number is in its lowest third, and in its highest."""
    low, high = (measure_value(v, key) for v in (driver.when_low, driver.when_high))
    if driver.low_words.startswith("the "):  # a draw without a unit: thirds say it all
        return f"{driver.title}: {low} in its lowest third, {high} in its highest"
    if driver.low_words in ("yes", "no"):
        return f"{driver.title.partition(':')[0]}: {low} if it does not bind, {high} if it does"
    return f"{driver.title}: {low} up to {driver.low_words}, {high} from {driver.high_words}"


def rule_words(rule: Rule, case: str) -> str:
    """A rule in one sentence, as it does in fresh worlds."""
    fresh = rule.fresh
    return (
        f"In {percent(fresh.density)} of the worlds where {listing(rule.conditions)}, against "
        f"{percent(fresh.outside)} of the others: {case}"
    )


def obstacle_words(one: Obstacle) -> str:
    """What removing something, or all of some things, would bring."""
    text = f"without {listing(one.what)} {percent(one.settle)} settle"
    if len(one.keys) > 1:
        less = "none" if one.parts == 0 else f"at most {percent(one.parts)}"
        text += f", without only some of these {less}"
    if one.unratified >= TOLD:
        text += f"; {percent(one.unratified)} more are signed and then fail a vote"
    return text


def answer_words(found: Explanation) -> str:
    """The first sentence."""
    share = percent(found.settled, found.settled_interval)
    text = f"{share} of {counted(found.worlds, 'world')} settle"
    if found.settled_allowed is not None:
        text += f"; {span_words(found.settled_allowed)} by what past talks allow (10–90 %)"
    return f"{text}."


def deciding(found: Explanation) -> list[str]:
    """Drivers, strongest first."""
    if not found.drivers:
        return [
            f"None of {found.inputs} uncertain numbers, judged all at once, moves it by more than "
            f"chance would in {counted(found.worlds, 'world')}; with more worlds some may."
        ]
    title = found.measure
    if found.why_measure:
        title = f"{found.why_measure}, this is about another measure. {title}"
    mean = "Mean" if found.measure_key in ("distance", "ripeness") else "Share"
    lines = [
        f"{title}: {len(found.drivers)} of {found.inputs} uncertain numbers matter by more than "
        f"chance would have it. {mean} where each is low, and where it is high:"
    ]
    lines += [f"- {driver_words(one, found.measure_key)}" for one in found.drivers[:DRIVERS]]
    return lines


def ruling(found: Explanation) -> str:
    """The rule, how sure it is, in fresh worlds."""
    rule = found.rule
    if rule is None:
        return "No rule of up to three conditions tells the worlds apart."
    steady = listing(percent(one) for one in rule.stability)
    return (
        f"{rule_words(rule, found.case)}. It finds {percent(rule.fresh.coverage)} of all of them "
        f"(judged in {counted(rule.fresh.worlds, 'world')} in which it was not sought; with other "
        f"samples of worlds its conditions come back in {steady})."
    )


def standing(found: Explanation, scenario: Scenario) -> list[str]:
    """Single obstacles that matter and those that bind together; always the deadline."""
    if not found.failed:
        every = found.settled == 1.0
        return ["Nothing: every world settles." if every else "Nothing here could be changed."]
    votes = " and passes every vote" if scenario.ratification else ""
    lines = [
        f"Of {counted(found.counted, 'world')} that failed, each run again without something, so "
        f"many settle (all is signed{votes}). Without red lines a side bars nothing; without "
        "patience it gives way at once."
    ]
    told = [one for one in found.obstacles if max(one.settle, one.unratified) >= TOLD][:4]
    told += [one for one in found.obstacles if one.keys == ["deadline"] and one not in told]
    lines += [f"- {obstacle_words(one)}" for one in told]
    if found.together:
        lines.append("What binds only together, where one alone does not do:")
        lines += [f"- {obstacle_words(one)}" for one in found.together[:3]]
    if not found.together and not any(one.settle >= TOLD for one in found.obstacles):
        lines.append("No single thing, and no two or three together, bring a deal in 5 %.")
    if scenario.deadline is None:
        lines.append("The file has no deadline: dropping one would change nothing.")
    return lines


def changing(one: Change, scenario: Scenario) -> list[str]:
    """A change, its price, and what it was promised and confirmed to bring."""
    lines = [f"- {words}" for words in one.what]
    lines.append(f"{price_words(one, scenario)}. {move_summary(one)}")
    if one.turned(one.confirmed_interval.high) < one.asked:
        lines.append(
            f"Looked for was a deal in {percent(one.asked)} of the worlds that fail; this brings "
            f"one in {percent(one.turned(one.confirmed))}"
            + (f", the most is {percent(one.most)}." if one.goal < one.asked else ".")
        )
    return lines


def changed_title(one: Change, scenario: Scenario) -> str:
    """Whose change it is, as a heading."""
    whole = "The smallest change found"
    return f"{whole}, by {actor_words(one.who, scenario)} alone" if one.who else whole


def alone_words(found: Explanation, scenario: Scenario, again: str) -> list[str]:
    """What each could bring by itself, and how to see more: ``again`` is the command."""
    able = {k: v for k, v in found.alone.items() if v >= TOLD}
    lines = [
        f"- {actor_words(k, scenario)}: {percent(v)}, without {listing(found.alone_by[k])}"
        + (f" (how: {again} --actor {k})" if k in scenario.actors else "")
        for k, v in sorted(able.items(), key=lambda one: -one[1])
    ]
    if lines:
        of = (
            "The most that each brings in the worlds searched in, of those that fail. Picked as "
            "the best of many, it is too high: of other worlds fewer settle (above, where told)."
        )
        lines.insert(0, of)
    others = [actor_words(k, scenario) for k in found.alone if k not in able]
    return [*lines, f"- Hardly any: {listing(others)}"] if others else lines


def mediating(found: Explanation, scenario: Scenario, again: str) -> list[str]:
    """What the mediator adds, and how to see more: ``again`` is the command."""
    roles = ("formulator", "manipulator")
    who = {a.short: a.consents_to for a in scenario.actors.values() if a.role in roles}
    free, signing = ([k for k, v in who.items() if (v == "none") is f] for f in (True, False))
    lines = [f"- {one.outcome}: {_added_words(one)}" for one in found.mediator]
    if lines:
        lines.insert(0, f"{listing(free)}, in the same worlds with and without:")
    elif not who:
        lines = ["Nobody mediates."]
    if signing:
        lines.append(f"{listing(signing)} must sign as well and cannot be left out of the talks.")
    return [*lines, f"Hosts, levers, the first text, the order: {again}"]


def _added_words(one: Added) -> str:
    low, high = (signed(f"{100 * x:+.1f}") for x in one.allowed or one.interval)
    seen = ": more than chance and past talks leave open" if one.visible else ": no effect visible"
    return (
        f"{percent(one.share)} with, {percent(one.without)} without (worlds of 100: "
        f"{signed(f'{100 * one.adds:+.1f}')}, {low} to {high}){seen}"
    )


def run_words(file: str, set_: Sequence[str]) -> str:
    """The command that runs a file with some changes, as it can be typed: a line for each."""
    lines = [f"python -m sim run {shlex.quote(file)}"]
    lines += [f"--set {shlex.quote(one)}" for one in set_]
    return " \\\n  ".join(lines)


def comparing_words(file: str) -> str:
    """Where it is told which plan does best."""
    return (
        f"Which plan does best, and whether the difference is more than chance: python -m sim "
        f"compare {shlex.quote(file)} OTHER, or the names of several in scenarios/."
    )


def explain_words(file: str, overrides: Sequence[str]) -> str:
    """The command that looks for the smallest change."""
    changed = [word for one in overrides for word in ("--set", one)]
    return shlex.join(["python", "-m", "sim", "explain", file, *changed])
