"""A run in at most 25 lines of 80 columns: the answer, why, and where the rest is."""

from __future__ import annotations

import shlex
import textwrap
from itertools import zip_longest
from pathlib import Path

from sim.formulas.statistics import paired_difference_of_shares
from sim.prose import HARD, WIDTH, counted, listing, percent, sentence, span_words, wrapped
from sim.registry import PROTOCOLS
from sim.results.certain import only_decided
from sim.results.outcomes import LASTING, OUTCOME_WORDS, REASON_WORDS
from sim.results.summary import Summary
from sim.results.terms import Term
from sim.scenario.schema import Issue, Scenario, nearest_text
from sim.scenario.tracks import limited_titles
from sim.words.past import happened_words
from sim.words.shares import (
    FEW,
    failed_share,
    failed_worlds,
    in_worlds,
    odds_parts,
    odds_words,
    world_words,
)
from sim.words.story import base_rate_words, beside_past_words, within

LINES = 25
CHANGE = "What would change it: "
LAST = 30
"""Signs of the last column of the answer at the most; a longer title goes on below."""
SHORT = {
    "limited": "limited agreements beside the main talks only",
    "partial": "only a stage stands",
}
"""Kinds of outcome, where a label says too little."""
LEAST = 0.1
"""Share of the failed worlds that stop at an issue which is told."""
MANY = 60
"""Signs of all changed assumptions that are shown; of more, how many there are."""


def short_words(scenario: Scenario, summary: Summary, folder: Path, file: str) -> list[str]:
    """Lines, the first of them the title.

    Parameters
    ----------
    folder : Path
        Where the results are.
    file : str
        The scenario as the user named it.
    """
    start, group = scenario.war.start_date, only_decided(scenario)
    length = counted(summary.horizon_days, "day")
    if scenario.horizon_days < scenario.war.round_days:
        length += f": a round, and longer than the horizon of {scenario.horizon_days:g}"
    when = f" ({start:%-d %B %Y}, {length})"
    # of a group that decides in rounds the days mean nothing, and are often invented
    title = scenario.title + when * (not group)
    head = [*wrapped(title), *wrapped(scenario.question or ""), *_changed(summary)]
    tested = " On past talks the model is not shown to beat it."
    tested = tested if beside_past_words(scenario, summary) else ""
    beside = [f"Base rate. {base}{tested}"] if (base := base_rate_words(summary)) else []
    beside += happened_words(scenario, summary)[:1]
    long, brief = (
        ["", *wrapped(f"How worlds end, each counted once: {_endings(scenario, summary, one)}")]
        for one in (False, True)
    )
    ends = long
    reasons = _why(scenario, summary)
    tail = [
        "",
        *(_other_rules(scenario) if group else _changing(scenario, summary, file)),
        *wrapped(f"The rest: --full; charts and tables: {folder}/; sources: --report."),
        *wrapped(summary.note),
    ]
    if group and summary.outcomes["settlement"] == 1:  # the odds of anything are no question
        ends, told = [], _decided(scenario, summary, LINES - len([*head, *tail]))
        told += [line for text in beside for line in wrapped(text)]
    else:
        told = _table(scenario, summary)
        told += [line for text in (*_answer(summary), *beside) for line in wrapped(text)]
    # all but the first reason are cut first, then the rarest endings, then what came of it
    for count in range(len(reasons), -1, -1):
        why = wrapped(f"Why: {' '.join(reasons[:count])}") if count else []
        room = LINES - len(head) - len(tail) - len(told) - len(why)
        if room >= len(ends) or count <= 1:
            break
    while ends and room <= 2 and len(beside) > 1:
        gone = len(wrapped(beside.pop()))
        told, room = told[:-gone], room + gone
    ends = brief if ends and room < len(long) else ends
    ends = ends[1:] if room < len(ends) else ends
    return [*head, *told, *(_cut(ends, room) if room > 1 else []), *why, *tail]


def _changing(scenario: Scenario, summary: Summary, file: str) -> list[str]:
    """The commands that tell what would change it, and of other plans."""
    changes = summary.provenance.overrides
    explain = ["python", "-m", "sim", "explain", file]
    command = shlex.join([*explain, *(word for one in changes for word in ("--set", one))])
    if changes and len(command) > WIDTH - len(CHANGE):
        command = f"{shlex.join(explain)} with the same --set"
    parts = scenario.tracks or scenario.stages[1:]
    mediated = parts or any(a.role != "party" or a.levers for a in scenario.actors.values())
    also = f"Also: compare FILE OTHER (plans side by side){', mediation FILE' if mediated else ''}."
    told = f"{CHANGE}{command}"
    return [*([told] if len(told) <= WIDTH else [CHANGE.rstrip(), f"  {command}"]), also]


def _other_rules(scenario: Scenario) -> list[str]:
    """The same of a group decision, of which nothing stands in the way."""
    other = "compromise" if scenario.protocol.name == "median" else "median"
    return wrapped(
        f"{CHANGE}other positions, saliences or power (--set), or another rule, such as --set "
        f"protocol.name={other}. Side by side: compare FILE OTHER."
    )


def _decided(scenario: Scenario, summary: Summary, room: int) -> list[str]:
    """What a group decides, issue by issue in so many lines, and by which rule."""
    rule = PROTOCOLS[scenario.protocol.name].title
    known = {k: one for k, one in summary.package.items() if one.worlds}
    rows = [shorten(f"  {term_words(scenario.issues[k], one)}") for k, one in known.items()]
    if not rows:
        return []
    same = all(one.most_common_share == 1 and one.p10 == one.p90 for one in known.values())
    worlds = counted(summary.worlds, "world")
    last = f"All {worlds} decide the same" if same else f"Ranges: 10–90 % of {worlds}"
    last += ". Numbers from 0 to 1 are points of a scale." * any(
        scenario.issues[k].numeric is None for k in known
    )
    head, foot = wrapped(f"The group decides, by {rule}:"), wrapped(f"{last.removesuffix('.')}.")
    most = max(room - len(head) - len(foot), 2)
    if len(rows) > most:
        rows = [*rows[: most - 1], f"  … and on {counted(len(rows) - most + 1, 'more issue')}"]
    return [*head, *rows, *foot]


def term_words(issue: Issue, term: Term) -> str:
    """What is decided on an issue, as a number, and in words where its scale has any."""
    ends = (term.median, term.p10, term.p90)
    numbers = [f"{x:.2f}" if issue.numeric is None else nearest_text(issue, x)
               for x in ends if x is not None]  # fmt: skip
    point, low, high = numbers
    said = point if term.p10 == term.p90 else f"{point} ({low} to {high})"
    return f"{issue.title}: {said}" + f", “{term.text}”" * (issue.numeric is None)


def shorten(text: str) -> str:
    """As much of a text in quotation marks as a line has room for."""
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 2].rstrip()}…”"


def _cut(lines: list[str], room: int) -> list[str]:
    """What there is room for; that something was cut is seen."""
    if len(lines) <= room:
        return lines
    return [*lines[: room - 1], "  …"]


def _changed(summary: Summary) -> list[str]:
    changes = summary.provenance.overrides
    if not changes:
        return []
    text = ", ".join(changes)
    if len(text) > MANY:
        text = f"{counted(len(changes), 'assumption')} (--full lists them)"
    return wrapped(f"Changed: {text}")


def _table(scenario: Scenario, summary: Summary) -> list[str]:
    """What is signed by the scenario's own days and by the last: a row each."""
    staged = len(scenario.stages) > 1
    first = f"“{scenario.stages[0].shown}”"
    rows = [[f"Share of {counted(summary.worlds, 'world')} with", "a settlement", first]]
    for one in summary.asked or []:
        if one.settlement is not None:
            shares = (
                (one.settlement, one.settlement_interval),
                (one.first_stage, one.first_stage_interval),
            )
            told = (odds_words(share, summary.worlds, span) for share, span in shares)
            rows.append([sentence(one.text), *told])
    days = [day for day, share in summary.deal_by_day.items() if share is not None]
    for day in dict.fromkeys(days[-1:] if len(rows) > 1 else [days[0], days[-1]]):
        shares_ = (_share(summary, what, day) for what in ("settlement", "first_stage"))
        rows.append([sentence(within(day)), *shares_])
    return _aligned(rows if staged else [row[:2] for row in rows])


def _aligned(rows: list[list[str]]) -> list[str]:
    """Rows with their columns below each other, each in as many lines as it needs."""
    last = min(max(len(row[-1]) for row in rows), LAST) if len(rows[0]) > 2 else 0
    middle = max(len(row[1]) for row in rows)
    widths = [WIDTH - middle - last - 4, middle, last]
    lines = []
    for row in rows:
        cells = [
            textwrap.wrap(text.replace(" %", HARD), max(width, 1)) or [""]
            for text, width in zip(row, widths, strict=False)
        ]
        lines += [
            "  ".join(text.ljust(width) for text, width in zip(parts, widths, strict=False))
            .replace(HARD, " %")
            .rstrip()
            for parts in zip_longest(*cells, fillvalue="")
        ]
    return lines


def _answer(summary: Summary) -> list[str]:
    """When settlements come, how many hold, and what a world is."""
    days = [day for day, share in summary.deal_by_day.items() if share is not None]
    lasting = _lasting(summary, days)
    return [*([lasting] if lasting else []), world_words(summary.allowed is not None)]


def _lasting(summary: Summary, days: list[str]) -> str:
    """When settlements come, and how many hold; empty of too few."""
    shares, last = summary.deal_by_day, summary.deal_by_day[days[-1]] or 0.0
    if round(last * summary.worlds) < FEW:
        return ""
    half = next(n for n, day in enumerate(days) if (shares[day] or 0.0) >= last / 2)
    by_then = percent((shares[days[half]] or 0.0) / last)
    text = f"{by_then} of the settlements come {within(days[half])}"
    if 0 < half == len(days) - 1:
        text = f"Most settlements come after day {days[half - 1]}"
    elif half == len(days) - 1:
        text = "Settlements come by the end"
    found = summary.durability
    if found is not None and found.shares:
        years = min(LASTING, len(found.shares))
        span, means = found.span_after(str(years))
        beside = span_words(span) + f", {means}" * (means != summary.span_means)
        share = percent(found.shares[years - 1], span)
        text += f"; {share} ({beside}) of settlements hold {counted(years, 'year')}"
    return f"{text}."


def _share(summary: Summary, what: str, day: str) -> str:
    """A share with the interval that matters: over calibrations where there are any."""
    spans = summary.spans_by_day(what)
    return odds_words(summary.by_day(what)[0][day], summary.worlds, spans[day])


def _endings(scenario: Scenario, summary: Summary, brief: bool) -> str:
    """Kinds of outcome that happen, the most frequent first, and what was signed and fell again.

    If ``brief`` only the kinds, by shorter names.
    """
    shares = sorted(summary.outcomes.items(), key=lambda one: -one[1])
    labels = {kind: words.label.lower() for kind, words in OUTCOME_WORDS.items()}
    names = labels if brief else labels | SHORT
    told = [
        f"{names[kind]}{'' if brief else _limited(scenario, summary, kind)}: "
        + " ".join(odds_parts(share, summary.worlds)).rstrip()
        for kind, share in shares
        if share > 0
    ]
    text = f"{'; '.join(told)}."
    fell = summary.first_stage_fell
    if len(scenario.stages) > 1 and fell > 0 and not brief:
        text += f" “{scenario.stages[0].shown}” fell for good in "
        text += f"{odds_words(fell, summary.worlds)}."
    return text


def _limited(scenario: Scenario, summary: Summary, kind: str) -> str:
    """The limited agreement that is signed most, in brackets."""
    if kind != "limited" or not summary.limited:
        return ""
    signed = {key: use.ever for key, use in summary.limited.items()}
    most = max(signed, key=lambda key: signed[key])
    return f" (such as “{limited_titles(scenario)[most]}”)"


def main_reasons(summary: Summary) -> dict[str, float]:
    """The most frequent reason of the failed worlds, and those as frequent up to sampling error."""
    failed = failed_worlds(summary)
    ranked = sorted(summary.stuck_because.items(), key=lambda one: -one[1])
    counts = {k: round(v * failed) for k, v in ranked if v > 0}
    most = max(counts.values(), default=0)

    def level(count: int) -> bool:
        other = failed - most - count
        return paired_difference_of_shares(0, most, count, max(other, 0)).low <= 0

    return {k: summary.stuck_because[k] for k, n in counts.items() if n == most or level(n)}


def _why(scenario: Scenario, summary: Summary) -> list[str]:
    """The main reasons for which the others fail, and on what."""
    reasons = main_reasons(summary)
    if not reasons:
        return []
    ends = [
        f"{failed_share(v, summary)} {'with' if n else 'end with'} {REASON_WORDS[k].line}"
        for n, (k, v) in enumerate(reasons.items())
    ]
    text = f"Of the worlds without a settlement {listing(ends)}"
    issues = sorted(summary.stuck_on.items(), key=lambda one: -one[1])[:3]
    told = [one for one in issues if one[1] >= LEAST] or issues[:1]
    named = [
        f"{failed_share(v, summary)} {'at' if n else 'stop at'} {scenario.issues[k].title}"
        for n, (k, v) in enumerate(told)
        if v > 0
    ]
    if named:
        text += f". Of all of them {listing(named)}"
    lines = [f"{text}."]
    plan = summary.plan
    if plan is not None:
        where = in_worlds(plan.acceptable, summary.worlds)
        lines.append(f"The plan as published suits all sides and crosses no red line in {where}.")
    return lines
