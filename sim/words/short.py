"""A run in at most 25 lines of 80 columns: the answer, why, and where the rest is."""

from __future__ import annotations

import textwrap
from pathlib import Path

from sim.prose import counted, listing, percent
from sim.results.outcomes import NOTE, OUTCOME_WORDS, REASON_WORDS
from sim.results.summary import Summary
from sim.scenario.schema import Scenario
from sim.words.story import answer

WIDTH, LINES = 80, 25
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
    body = [*_wrapped(answer(scenario, summary)), *_wrapped(_worlds(summary)), ""]
    body += ["How it ends", *_endings(scenario, summary)]
    why = _why(scenario, summary)
    if why:
        body += ["", "Why", *(line for text in why for line in _wrapped(text, "  "))]
    command = f"python -m sim explain {file}"
    command += "".join(f" --set '{one}'" for one in summary.provenance.overrides)
    tail = ["", "What would change it"]
    tail += [f"  {command}" if len(command) < WIDTH - 2 else f"  python -m sim explain {file} …"]
    tail += ["", *_wrapped(f"The rest: --full, and {folder}/ (charts, tables, summary.json).")]
    tail += _wrapped(NOTE)
    room = LINES - len(head) - len(tail)
    return [*head, *_cut(body, room), *tail]


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


def _worlds(summary: Summary) -> str:
    return (
        f"A world is one run in which every uncertain number has one of its possible values; "
        f"there were {summary.worlds:,}."
    )


def _endings(scenario: Scenario, summary: Summary) -> list[str]:
    """Kinds of outcome that happen, the most frequent first."""
    shares = sorted(summary.outcomes.items(), key=lambda one: -one[1])
    rows = [
        (OUTCOME_WORDS[kind].line, percent(share, summary.outcomes_interval[kind]))
        for kind, share in shares
        if share > 0
    ]
    wide = max(len(line) for line, _ in rows)
    return [f"  {line:<{wide}}  {share:>12}" for line, share in rows]


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
            f"{percent(plan.acceptable, plan.interval)} of the worlds."
        )
    return lines
