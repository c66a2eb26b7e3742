"""A run in at most 25 lines of 80 columns: the answer, why, and where the rest is."""

from __future__ import annotations

import textwrap
from pathlib import Path

from sim.prose import counted, listing, percent, sentence
from sim.results.outcomes import NOTE, OUTCOME_WORDS, REASON_WORDS
from sim.results.summary import Summary
from sim.scenario.schema import Scenario
from sim.words.past import happened_words
from sim.words.shares import odds_words
from sim.words.story import base_rate_words, within

WIDTH, LINES = 80, 25
CHANGE = "What would change it: "
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
    start = scenario.war.start_date
    title = f"{scenario.title} ({start:%-d %B %Y}, {counted(summary.horizon_days, 'day')})"
    head = [*_wrapped(title), *_wrapped(scenario.question or ""), *_changed(summary)]
    beside = [f"Base rate. {base}"] if (base := base_rate_words(summary)) else []
    beside += happened_words(scenario, summary)[:1]
    told = [
        line for text in (*_answer(scenario, summary), *beside) for line in _wrapped(text)
    ]  # fmt: skip
    ends = ["", *_wrapped(f"How the worlds end: {_endings(summary)}")]
    reasons = _why(scenario, summary)
    command = f"python -m sim explain {file}"
    command += "".join(f" --set '{one}'" for one in summary.provenance.overrides)
    if len(command) > WIDTH - len(CHANGE):
        command = f"python -m sim explain {file} with the same --set"
    tail = [
        "",
        f"{CHANGE}{command}",
        *_wrapped(f"The rest: --full, and {folder}/ (charts, tables, summary.json)."),
    ]
    tail += _wrapped(NOTE)
    # all but the first reason are cut first, then the rarest endings
    for count in range(len(reasons), -1, -1):
        why = _wrapped(f"Why: {' '.join(reasons[:count])}") if count else []
        room = LINES - len(head) - len(tail) - len(told) - len(why)
        if room >= len(ends) or count <= 1:
            break
    return [*head, *told, *(_cut(ends, room) if room > 2 else []), *why, *tail]


def _wrapped(text: str, indent: str = "") -> list[str]:
    lines = textwrap.wrap(
        text.replace(" %", "\N{NO-BREAK SPACE}%"),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=True,
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


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
    return _wrapped(f"Changed: {text}")


def _answer(scenario: Scenario, summary: Summary) -> list[str]:
    """What is signed, by the scenario's own days and by the last; how sure; what a world is."""
    first = scenario.stages[0]
    lines = []
    for one in summary.asked or []:
        if one.settlement is not None:
            settled = percent(one.settlement, one.settlement_interval)
            text = f"{sentence(one.text)} Settlement in {settled} of {summary.worlds:,} worlds"
            if one.first_stage is not None:
                share = percent(one.first_stage, one.first_stage_interval)
                text += f"; “{first.title or first.name}” in {share}"
            lines.append(f"{text}.")
    last = [day for day, share in summary.deal_by_day.items() if share is not None][-1]
    text = f"{sentence(within(last))}: settlement in {_share(summary, 'settlement', last)}"
    if len(scenario.stages) > 1:
        share = _share(summary, "first_stage", last)
        text += f"; “{first.title or first.name}” signed in {share}"
    lines.append(f"{text}.")
    how = (
        "brackets: 10 to 90 % of what past talks allow"
        if summary.allowed
        else ("brackets: 95 % intervals")
    )
    lines.append(
        f"(A world is one run in which all uncertain numbers have one of their values; {how}.)"
    )
    return lines


def _share(summary: Summary, what: str, day: str) -> str:
    """A share with the interval that matters: over calibrations where there are any."""
    spans = summary.spans_by_day(what)
    return odds_words(summary.by_day(what)[0][day], summary.worlds, spans[day])


def _endings(summary: Summary) -> str:
    """Kinds of outcome that happen, the most frequent first."""
    shares = sorted(summary.outcomes.items(), key=lambda one: -one[1])
    told = [
        f"{OUTCOME_WORDS[kind].label.split(':')[0].lower()} {odds_words(share, summary.worlds)}"
        for kind, share in shares
        if share > 0
    ]
    return f"{'; '.join(told)}."


def _why(scenario: Scenario, summary: Summary) -> list[str]:
    """The main reason for which the others fail, and on what."""
    reasons = {k: v for k, v in summary.stuck_because.items() if v > 0}
    if not reasons:
        return []
    most = max(reasons, key=lambda k: reasons[k])
    text = f"Of the worlds without a settlement {percent(reasons[most])} end with "
    text += f"{REASON_WORDS[most].line}"
    issues = sorted(summary.stuck_on.items(), key=lambda one: -one[1])[:3]
    named = [f"{scenario.issues[k].title} ({percent(v)})" for k, v in issues if v > 0]
    if named:
        text += f". What they stop at: {listing(named)}"
    lines = [f"{text}."]
    plan = summary.plan
    if plan is not None:
        lines.append(
            f"The plan as published suits all sides and crosses no red line in "
            f"{percent(plan.acceptable, summary.plan_span)} of the worlds."
        )
    return lines
