"""Changes, obstacles and findings in plain words."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.prose import (
    by_how_much,
    counted,
    digits_of,
    listing,
    percent,
    possessive,
    sentence,
    signed,
    span_words,
    wrapped,
)
from sim.results.outcomes import NOTE
from sim.scenario.distributions import Number
from sim.scenario.schema import Scenario, point_text
from sim.scenario.titles import WHETHER, title_of
from sim.studies.advise.published import rivals
from sim.studies.advise.space import MEDIATING
from sim.studies.explain.inputs import is_yes_no, scale_words
from sim.studies.explain.moves import TALKS, Move, Place
from sim.words.shares import FEW, odds_parts, share_of, world_words
from sim.words.story import within

DRIVERS = 8
"""Drivers that are told in words, the strongest."""
SOFTENS = "softens"
"""What a red line does, and nothing else."""
TOLD = 0.05
"""Share of the failed worlds from which something is told."""
FIRST = 1000
"""Worlds that a run has unless told otherwise; of more, they are the first."""
UNREACHED = "Where something would have suited all and was not agreed"
NO_FEW = (
    "no one thing, and no set of two or three, brings a deal in 5 % of the worlds without a "
    "settlement."
)
_SINGLE = "without any single thing"
HELD = (
    ", what it is drawn together with (a side's flexibility, the engine's settings) being held the "
    "same"
)
ABSOLUTE = (
    "A red line is absolute where the side would rather have no deal than cross it; else it is "
    "crossed at a price."
)

if TYPE_CHECKING:
    from sim.studies.explain.findings import Added, Change, Driver, Explanation, Fitted, Obstacle


def actor_words(key: str, scenario: Scenario) -> str:
    """Whose a change is."""
    return scenario.actors[key].short if key in scenario.actors else "the talks themselves"


def bundle_words(move: Move, scenario: Scenario) -> str:
    """An obstacle, as a noun."""
    who = scenario.actors[move.actor].short if move.actor in scenario.actors else ""
    ends = "ending the mediation" if _mediates(move, scenario) else "leaving the table"
    return {
        "lines": f"{possessive(who)} red lines",
        "patience": f"{possessive(who)} patience",
        "stay": f"{who} {ends}",
        "levers": f"{possessive(who)} levers being uncertain or slow",
        "terms": "what a stage demands",
        "draft": "the envoy's own leanings",
        "order": f"the order of the stages ({_order_words(move)})",
        "deadline": "the deadline",
    }[move.kind]


def _mediates(move: Move, scenario: Scenario) -> bool:
    """Whether leaving ends the mediation: a party's ends the talks."""
    return move.actor in scenario.actors and scenario.actors[move.actor].role in MEDIATING


def _order_words(move: Move) -> str:
    stages = dict(move.structure).get("agenda")
    if stages is None:
        return "everything at once instead"
    titles = [f"“{stage.get('title', stage['name'])}”" for stage in stages]
    return f"{', then '.join(titles)} instead"


def move_words(move: Move, share: float, scenario: Scenario) -> list[str]:
    """A change, as clauses: one for each thing that :meth:`~.moves.Move.changes` sets."""
    if share <= 0:
        return []
    if move.kind == "deadline":
        return ["the deadline is dropped"]
    if move.kind == "order":
        gone = [path.split(".") for path, _ in move.structure if path != "agenda"]
        levers = [(scenario.actors[p[1]].short, scenario.actors[p[1]].levers[p[3]]) for p in gone]
        return [
            f"the order of the stages: {_order_words(move)}",
            *(f"{who} without “{lever.title}”" for who, lever in levers),
        ]
    if move.kind == "stay" and share >= 1:
        stays = "going on mediating" if _mediates(move, scenario) else "staying at the table"
        return [f"{scenario.actors[move.actor].short} {stays} to the end"]
    return [_place_words(move, one, one.at(share), scenario) for one in move.places]


def _place_words(move: Move, place: Place, then: Number, scenario: Scenario) -> str:
    """One number before and after: the medians of what the scenario has and of ``--set``."""
    before, after = place.number.median, then.median
    digits = 2 if abs(after - before) >= 0.01 else 3
    points = f"({before:.{digits}f} to {after:.{digits}f})"
    if move.kind == "line":
        words = [point_text(scenario.issues[move.about], x, quoted=True) for x in (before, after)]
        # texts of the scale where they differ; else the points
        text = f"from {words[0]} to {words[1]}"
        if words[0] == words[1]:
            text = f"further, {words[0]}"
        return f"{title_of(place.path, scenario)} {SOFTENS} {text} {points}"
    if move.kind == "terms":
        stage = next(s for s in scenario.agenda if s.name == move.about)
        issue, bound = place.path.split(".")[-2:]
        return (
            f"“{stage.title or stage.name}” demands less on {scenario.issues[issue].title}: "
            f"{bound.replace('_', ' ')} {after:.2f} instead of {before:.2f}"
        )
    if move.kind == "draft":
        what = "the plan" if place.path.endswith("attachment") else "its principal's wishes"
        return f"{scenario.actors[place.path.split('.')[1]].short} holding less to {what} {points}"
    who = scenario.actors[move.actor].short
    if place.days:
        before, after = before * place.days, after * place.days
        told = f"{counted(round(after), 'day')} instead of {before:.0f}"
    if move.kind == "patience":
        return f"{possessive(who)} patience is {told}"
    if move.kind == "stay":
        ends = "ending the mediation" if _mediates(move, scenario) else "leaving the table"
        return f"{who} {ends} after {told}"
    owner, _, lever = move.key.partition(":")[2].partition(".")
    title = scenario.actors[owner].levers[lever].title
    if place.days:
        return f"{who} making “{title}” take {told}"
    return f"{who} making “{title}” surer ({percent(before)} to {percent(after)})"


def price_words(change: Change, scenario: Scenario) -> str:
    """What a change costs those who make it."""
    parts = [
        f"{scenario.actors[k].short} up to {100 * v:.1f} of 100 points"
        for k, v in change.price.items()
        if k != TALKS and v >= 0.0005
    ]
    if not parts:
        return "It costs no side anything by itself"
    return f"It costs {listing(parts)} (100 is all that a side wants)"


def move_summary(change: Change) -> str:
    """What a change brings in worlds in which it was not sought."""
    span = change.confirmed_allowed or change.confirmed_interval
    return (
        f"With it {percent(change.confirmed)} of {counted(change.fresh_worlds, 'fresh world')} "
        f"settle ({span_words(span)}), without it {percent(change.before)}."
    )


def measure_value(value: float, key: str) -> str:
    """A mean of the measure: a share, or by how much red lines miss, or what all could gain."""
    if key in ("settlement", "first_stage"):
        return percent(value)
    return f"{abs(value):.2f}" if key == "distance" else signed(f"{100 * value:.1f}")


def driver_words(driver: Driver, key: str) -> str:
    """What the measure is where a number is in its lowest third, and in its highest."""
    low, high = (measure_value(v, key) for v in (driver.when_low, driver.when_high))
    title = driver.title.removesuffix(WHETHER)
    return f"{title}: {low} {driver.if_low}, {high} {driver.if_high} ({margin_words(driver, key)})"


def margin_words(driver: Driver, key: str) -> str:
    """By how much these may be off."""
    return f"± {driver.margin:.2f}" if key == "distance" else f"± {100 * driver.margin:.0f} points"


def obstacle_words(one: Obstacle, worlds: int) -> str:
    """What removing something, or all of some things, would bring of so many worlds."""
    text = f"without {listing(one.what)}: {share_of(one.settle, worlds)} settle"
    if len(one.keys) > 1:
        text += f"; without only some of these {parts_words(one, worlds)}"
    if one.unratified >= TOLD:
        text += f"; {share_of(one.unratified, worlds)} more are signed and then fail a vote"
    return text


def parts_words(one: Obstacle, worlds: int) -> str:
    """What comes of so many worlds without only some of several things."""
    return "none" if one.parts == 0 else f"at most {share_of(one.parts, worlds)}"


def hardly_words(worlds: int) -> str:
    """What is too little to be told, of so many worlds: of few it is none."""
    return f"none of {worlds}" if worlds < FEW else f"under {percent(TOLD)}"


def settling_words(found: Explanation, scenario: Scenario) -> str:
    """The share that settles."""
    span = found.settled_allowed or found.settled_interval
    share, beside = odds_parts(found.settled, found.worlds, found.settled_interval)
    few, worlds = beside.startswith("of "), counted(found.worlds, "world")
    return (
        f"{sentence(within(str(scenario.last_day)))} {share} of {worlds} "
        f"settle{'' if few else f' ({span_words(span)})'}."
    )


def answer_words(found: Explanation, scenario: Scenario) -> list[str]:
    """The share that settles, how it is counted elsewhere, and what a world is."""
    lines = [settling_words(found, scenario)]
    counts = [(found.settled_first, f"the first {FIRST:,}, as a run has them")]
    counts += [
        (one.before, f"{one.fresh_worlds:,} fresh ones, in which changes are tried")
        for one in found.changes[:1]
    ]
    told = [(percent(part), of) for part, of in counts if part is not None]
    if any(part != percent(found.settled) for part, _ in told):
        others = "; ".join(f"{part} of {of}" for part, of in told)
        lines.append(f"Counted in other worlds the same share differs by chance: {others}.")
    beside = [found.beside_past] if found.beside_past else []
    return [*lines, world_words(found.settled_allowed is not None), *beside]


def nothing_words(found: Explanation) -> str:
    """That no number is seen to matter."""
    return (
        f"None of {found.inputs} uncertain numbers moves it by more than chance would among "
        f"so many in {counted(found.worlds, 'world')}; with more worlds some may."
    )


def deciding(found: Explanation, scenario: Scenario) -> list[str]:
    """Drivers, strongest first."""
    if not found.drivers:
        return [nothing_words(found)]
    title = found.measure
    if found.why_measure:
        title = f"{found.why_measure}, this is about another measure. {title}"
    most = f", of the {DRIVERS} that move it most" if len(found.drivers) > DRIVERS else ""
    told = found.drivers[:DRIVERS]
    mean = "Mean" if found.measure_key in ("distance", "ripeness") else "Share"
    held = HELD if any(one.held for one in told) else ""
    lines = [
        f"{title}: {len(found.drivers)} of {found.inputs} uncertain numbers "
        f"matter{'s' * (len(found.drivers) == 1)} by more than chance would have it (in one run of "
        f"twenty it names one that does nothing). {mean} in the third of the worlds where each is "
        "lowest and where it is highest, or in those where something is not so and where it is"
        f"{most}{held} "
        "(±: 95 %; exactly by a run with --set, where it is a number of the scenario):"
    ]
    lines += [f"- {driver_words(one, found.measure_key)}" for one in told]
    if any(is_yes_no(one.path) for one in told):
        lines.append(ABSOLUTE)
    if any(scale_words(one.path, 0.0, scenario) for one in told):
        lines.append("Numbers like 0.40 are points of an issue's scale, which goes from 0 to 1.")
    return lines


def ruling(found: Explanation) -> list[str]:
    """The rule, and what share of the cases it finds, in fresh worlds."""
    rule = found.rule
    if rule is None:
        among = "the worlds" if found.searched else "half of the worlds (“explain” seeks in all)"
        return [
            f"No rule of up to three conditions was found in {among} that tells them apart and is "
            "found again in most repeats of the search; with more worlds one may be."
        ]
    fresh, all_ = rule.fresh, "this is" if len(rule.conditions) == 1 else "all of this is"
    also = "; “explain” seeks it in these, too" * (rule.fitted.worlds < found.worlds)
    return [
        f"{sentence(found.case)}: {ruled_words(fresh, f'where {all_} so')}:",
        *(
            f"- {sentence(one)} (found again in {percent(share)} of repeats of the search)"
            for one, share in zip(rule.conditions, rule.stability, strict=True)
        ),
        f"Of all worlds with {found.case}, {share_of(fresh.coverage, fresh.cases)} lie where this "
        "is so. Counted "
        f"in {counted(fresh.worlds, 'world')} in which the rule was not sought{also}.",
    ]


def own_words(found: Explanation, scenario: Scenario) -> str:
    """That only one actor's own things were looked at, after a title; empty of all."""
    return f", of {possessive(actor_words(found.actor, scenario))} own" if found.actor else ""


def counted_words(found: Explanation) -> str:
    """The failed worlds in which it is counted what obstacles bring, and of how many they are."""
    failed = round((1.0 - found.settled) * found.worlds)
    if found.counted < failed:
        return f"{found.counted} of the {counted(failed, 'world')} without a settlement"
    return f"the {counted(failed, 'world')} without a settlement"


def nothing(found: Explanation) -> str:
    """Why nothing stands in the way; empty where something may."""
    if found.failed:
        return ""
    return "Nothing: every world settles." if found.settled == 1 else "Nothing here can be changed."


def ruled_words(fresh: Fitted, where: str) -> str:
    """How frequent cases are where a rule holds, and elsewhere."""
    inside, outside = fresh.within, fresh.worlds - fresh.within
    return (
        f"in {share_of(fresh.density, inside)} of the worlds {where}, in "
        f"{share_of(fresh.outside, outside)} of the others"
    )


def standing(found: Explanation, scenario: Scenario) -> list[str]:
    """Single obstacles that matter and those that bind together; always the deadline."""
    if none := nothing(found):
        return [none]
    votes = " and passes every vote" if scenario.ratification else ""
    lines = [
        f"Of {counted_words(found)}, each run again without something, so many "
        f"settle (all is signed{votes}). Without red lines a side bars nothing. Patience is "
        "how long a side holds out: without it, it gives way at once."
    ]
    told = [one for one in found.obstacles if max(one.settle, one.unratified) >= TOLD][:4]
    if not told and reaching(found):
        lines.append(f"- {_SINGLE}: {hardly_words(found.counted)}")
    told += [one for one in found.obstacles if one.keys == ["deadline"] and one not in told]
    lines += [f"- {obstacle_words(one, found.counted)}" for one in told]
    if found.together:
        lines.append("What helps only together, where one alone does not do:")
        lines += [f"- {obstacle_words(one, found.counted)}" for one in found.together[:3]]
    if not reaching(found):
        lines.append(sentence(NO_FEW))
    if scenario.deadline is None:
        lines.append("No side has a deadline that could be dropped.")
    return lines


def reaching(found: Explanation) -> bool:
    """Whether anything that is told brings deals in worlds without a settlement."""
    shares = [*(one.settle for one in [*found.obstacles, *found.together]), *found.alone.values()]
    return bool(found.together or found.changes) or max(shares, default=0.0) >= TOLD


def unreached_words(found: Explanation) -> str:
    """That no change brings enough, and in which worlds that was counted."""
    least = "one" if found.counted < FEW else percent(TOLD)
    # what is not sought may bring more: see `searched`
    more = [one for one in [*found.obstacles, *found.together] if one.settle >= TOLD]
    order = any(key.startswith("order") for one in more for key in one.keys)
    aside = ", the order of the stages aside, with which levers would go" * order
    return f"Nothing tried settles {least} of {counted_words(found)}{aside}."


def little_words(found: Explanation) -> str:
    """What is told where no single thing brings deals, nor two or three that bind together."""
    return f"{_SINGLE}: {hardly_words(found.counted)}." if reaching(found) else NO_FEW


def changing(one: Change, scenario: Scenario) -> list[str]:
    """A change, what it brings in fresh worlds where that is less than asked, and its price."""
    lines = []
    if one.turned(one.confirmed_interval.high) < one.asked:
        goal = percent(one.goal)
        if one.goal < one.asked:
            most = "four fifths of the most that anything tried brings there"
            goal += f" ({most}; {percent(one.asked)} asked for)"
        turned = share_of(one.turned(one.confirmed), one.failing)
        worlds = counted(one.sought, "world")
        lines.append(
            f"Of fresh worlds without a settlement it brings a deal in {turned}. Sought was the "
            f"cheapest set of changes that does so in {goal} of {worlds}. "
            "What costs more may bring more."
        )
    lines += [f"- {sentence(words)}" for words in one.what]
    return [*lines, f"{price_words(one, scenario)}. {move_summary(one)}"]


def changed_title(one: Change, scenario: Scenario) -> str:
    """Whose change it is, as a heading."""
    whole = "The cheapest change found (least given up)"
    return f"{whole}, by {actor_words(one.who, scenario)} alone" if one.who else whole


def alone_words(found: Explanation, scenario: Scenario, again: str) -> list[str]:
    """What each could bring by itself, and how to see more: ``again`` is the command."""
    able = {k: v for k, v in found.alone.items() if v >= TOLD}
    lines = [
        f"- {actor_words(k, scenario)}: {share_of(v, found.counted)}, "
        f"without {listing(found.alone_by[k])}"
        + (
            f" (the cheapest change of its own: {again} --actor {k})"
            if k in scenario.actors
            else ""
        )
        for k, v in sorted(able.items(), key=lambda one: -one[1])
    ]
    if others := [actor_words(k, scenario) for k in found.alone if k not in able]:
        lines.append(f"- {hardly_words(found.counted)}: {listing(others)}")
    head = (
        "The most of these worlds that settle where one side alone changes some things of its own "
        "as far as they go, of what was counted in them:"
    )
    return [head, *lines]


def mediating(found: Explanation, scenario: Scenario, again: str) -> list[str]:
    """What the mediator adds, and how to see more: ``again`` is the command."""
    actors = scenario.actors.values()
    who = {a.short: a.consents_to for a in actors if a.role in MEDIATING}
    free, signing = ([k for k, v in who.items() if (v == "none") is f] for f in (True, False))
    hosts = [a.short for a in actors if a.role == "facilitator"]
    added_by = f"{listing(free)} add{'s' * (len(free) == 1)}"
    lines = [f"- {one.outcome}: {_added_words(one)}" for one in found.mediator]
    if lines:
        worlds = counted(found.mediator[0].worlds, "world")
        lines.insert(0, f"What {added_by}, in the same {worlds} with and without:")
    elif found.unmediated:
        lines.append(f"What {added_by} is not counted: {found.unmediated}.")
    elif free and not found.searched:
        lines.append(f"“explain” counts what {added_by}.")
    elif not who:
        lines.append("Nobody mediates.")
    if signing:
        lines.append(
            f"{listing(signing)} must sign as well and cannot be left out of the talks, so what "
            "their mediation adds is not counted."
        )
    if hosts:
        lines.append(
            f"Host{'s' * (len(hosts) > 1)}: {listing(hosts)}. A host carries messages, by which "
            "the sides learn what others want."
        )
    parts = {
        "hosts": hosts,
        "levers": any(a.levers for a in actors),
        "the first text": any(a.short in free and a.mediation.text for a in actors),
        "the order": len(scenario.stages) > 1,
    }
    if some := [part for part, there in parts.items() if there]:
        lines.append(f"What comes of {listing(some)} is told by: {again}")
    return lines


def _added_words(one: Added) -> str:
    value, span = added_amounts(one)
    more = "more" if one.adds > 0 else "fewer"
    seen = more if one.visible else "perhaps none"
    return f"{value} of 100 ({span}; {percent(one.without)} without): {seen}"


def added_amounts(one: Added) -> tuple[str, str]:
    """How many worlds of 100 it adds, and the interval that matters."""
    ends = [100 * x for x in one.allowed or one.interval]
    digits = digits_of(ends, 1)
    value, low, high = (by_how_much(x, digits) for x in (100 * one.adds, *ends))
    return value, f"{low} to {high}"


def run_words(file: str, set_: Sequence[str]) -> str:
    """The command that runs a file with some changes, as it can be typed: a line for each."""
    lines = [f"python -m sim run {shlex.quote(file)}"]
    lines += [f"--set {shlex.quote(one)}" for one in set_]
    return " \\\n  ".join(lines)


def comparing_words(file: str, others: Sequence[str]) -> list[str]:
    """Where it is told which plan does best: of the library's, or of variants of a file's own."""
    plans = shlex.join([file, *(others or ["variant.yaml"])])
    told = [f"Which plan does best is told by: python -m sim compare {plans}"]
    if others:
        return told
    make = f"echo {shlex.quote(f'extends: {file}')} > variant.yaml"
    return [
        f"{told[0]}, where variant.yaml is a variant of your own: {make} makes one, to which you "
        "add the keys that differ."
    ]


def explain_words(file: str, overrides: Sequence[str], command: str = "explain") -> str:
    """The command that looks for the cheapest change, or another one about the same scenario."""
    changed = [word for one in overrides for word in ("--set", one)]
    return shlex.join(["python", "-m", "sim", command, file, *changed])


@dataclass(frozen=True)
class Section:
    """A part of what is told, and where there is one the command that runs what it is about."""

    title: str
    lines: list[str]
    command: str = ""


def sections(
    found: Explanation,
    scenario: Scenario,
    file: str,
    overrides: Sequence[str],
) -> tuple[list[Section], list[Section]]:
    """All that is told after the answer: of the worlds and changes, and what stands beside it."""
    again, own = explain_words(file, overrides), found.actor
    who = own_words(found, scenario)
    out = [
        Section("What decides it", deciding(found, scenario)),
        Section("Under which conditions", ruling(found)),
    ]
    if found.searched:
        out.append(Section(f"What stands in the way{who}", standing(found, scenario)))
    if found.unreached and not own:
        out.append(Section(UNREACHED, found.unreached))
    for one in found.changes:
        run = run_words(file, [*overrides, *one.set])
        out.append(Section(changed_title(one, scenario), changing(one, scenario), run))
    if found.searched and found.failed and not found.changes:
        out.append(Section(f"The cheapest change{who}", [unreached_words(found)]))
    if own:
        return out, []
    if found.searched and found.failed:
        out.append(Section("Who could alone", alone_words(found, scenario, again)))
    mediation = explain_words(file, overrides, "mediation")
    return out, [
        Section("What the mediator adds", mediating(found, scenario, mediation)),
        Section("Beside other plans", comparing_words(file, rivals(scenario))),
    ]


def full_words(
    found: Explanation,
    scenario: Scenario,
    file: str,
    overrides: Sequence[str],
    groups: Sequence[object] = (),
) -> list[tuple[str, bool]]:
    """All of it as lines of the terminal, and whether each is a heading.

    Parameters
    ----------
    file, overrides
        As the user named and changed the scenario.
    groups
        Sobol' indices of groups of numbers, where they were asked for.
    """
    lines = [(line, True) for line in wrapped(f"{scenario.title}: why, and what would change it")]
    lines += [(f"Changed: {change}", True) for change in overrides]
    lines += [(line, False) for text in answer_words(found, scenario) for line in wrapped(text)]
    told, beside = sections(found, scenario, file, overrides)
    if groups:
        title = "Shares of the variance by group (Sobol', first order and total)"
        beside = [*beside, Section(title, [str(one) for one in groups[:DRIVERS]])]
    for one in [*told, *beside]:
        lines += [("", False), (one.title, True)]
        lines += [(line, False) for text in one.lines for line in wrapped(text, "  ")]
        if one.command:
            lines += [("  To run it:", False), *((ln, False) for ln in one.command.splitlines())]
    return [*lines, ("", False), (NOTE, False)]
