"""What a run says on the terminal, in plain words."""

from __future__ import annotations

import re
from pathlib import Path

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.commands.terminal.paper import Paper, plain_table
from sim.commands.work import Work
from sim.ensemble.runner import Run
from sim.results.outcomes import OUTCOME_WORDS
from sim.words.aftermath import durability_words, limited_words, plan_words, ratification_words
from sim.words.past import happened_words
from sim.words.shares import odds_parts
from sim.words.short import short_words
from sim.words.story import (
    answer,
    base_rate_words,
    beside_past_words,
    concession_words,
    ending_words,
    events,
    package_words,
    pressure_words,
    stuck_words,
    what_blocks,
)

AVERAGES = (
    "These scores have no red lines and no war: whoever scores a draft high enough on average "
    "signs it, whatever it contains. `summary.json` (`articles`) and the report say which articles "
    "that a side scores very low are carried by others that it likes."
)


def tell_short(run: Run, folder: Path, file: str) -> None:
    """Print the answer in at most 25 lines."""
    paper = Paper()
    lines = short_words(run.scenario, run.summary, folder, file)
    for line in lines:
        head = re.match(r"How the worlds end|Why:|What would change it:", line)
        text = Text(line, style="bold" if line in {lines[0], run.scenario.question} else "")
        if head:
            text.stylize("bold", 0, head.end())
        paper.print(text, soft_wrap=True)


def tell(run: Run, work: Work) -> None:
    """Print the run's answer, odds, package, concessions, pressure and sticking points."""
    paper, scenario, summary = Paper(), run.scenario, run.summary
    paper.bold(scenario.title)
    paper.print(
        f"{summary.worlds:,} worlds, seed {summary.seed}, from "
        f"{scenario.war.start_date:%-d %B %Y}, {summary.horizon_days} days"
    )
    paper.changed(summary.provenance.overrides)
    paper.print()
    if scenario.question:
        paper.bold(scenario.question)
    paper.print(answer(scenario, summary) + "\n")
    if base := base_rate_words(summary):
        paper.print(f"Base rate. {base}\n")
    if past := beside_past_words(scenario, summary):
        paper.print(f"{past}\n")
    paper.print(_odds(run))
    for line in ending_words(scenario, summary):
        paper.print(line)
    paper.print(_days(run))
    _section(paper, "What happened", happened_words(scenario, summary))
    _section(paper, "The central world", _central_story(run))
    _section(paper, "The plan as published", plan_words(scenario, summary))
    _package(paper, run)
    _section(
        paper,
        "Limited agreements, beside truce and settlement",
        limited_words(scenario, summary),
    )
    _section(paper, "Ratification", ratification_words(scenario, summary))
    _section(paper, "Would it last?", durability_words(scenario, summary))
    _section(
        paper,
        "Who conceded what (last positions against first, median of all worlds)",
        concession_words(scenario, summary),
    )
    pressure = pressure_words(scenario, summary)
    _section(paper, "What pressure was used", pressure or ["No levers in this scenario."])
    _section(paper, "Where it gets stuck", stuck_words(scenario, summary))
    if scenario.articles is not None:
        _section(paper, "What averaging hides", [AVERAGES])
    paper.end(f"\n{summary.note}", work)


def _odds(run: Run) -> Table:
    table = plain_table("How it ends", "Share", run.summary.span_means)
    for kind, words in OUTCOME_WORDS.items():
        if kind == "partial" and len(run.scenario.stages) == 1:
            continue
        if kind == "ratification_failed" and not run.scenario.ratification:
            continue
        if kind not in run.summary.outcomes:
            continue
        share, span = run.summary.outcomes[kind], run.summary.outcome_spans[kind]
        number, beside = odds_parts(share, run.summary.worlds, span)
        table.add_row(words.line, number, beside)
    return table


def _days(run: Run) -> Padding:
    summary = run.summary
    days = list(summary.deal_by_day)
    table = plain_table("Signed by day", *days)
    rows = [("A settlement", "settlement")]
    if len(run.scenario.stages) > 1:
        rows.append(("A first stage", "first_stage"))
    for words, key in rows:
        (shares, _), ranges = summary.by_day(key), summary.spans_by_day(key)
        found = [odds_parts(shares[day], summary.worlds, ranges[day]) for day in days]
        table.add_row(words, *(number for number, _ in found))
        beside = (Text(text, style="dim") for _, text in found)
        table.add_row(Text(f"  {summary.span_means}", style="dim"), *beside)
    return Padding(table, (1, 0, 0, 0))


def _central_story(run: Run) -> list[str]:
    """The events of the world in which every uncertain number is at its median."""
    lines = [
        f"{e.date:%-d %b %Y} (day {e.day:.0f}): {e.text}" for e in events(run.scenario, run.central)
    ]
    central = run.summary.central
    if central.outcome != "settlement":
        blocked = what_blocks(run.scenario, run.summary)
        lines.append(f"At the end: {OUTCOME_WORDS[central.outcome].line.lower()}{blocked}")
    return lines


def _package(paper: Paper, run: Run) -> None:
    rows = package_words(run.scenario, run.summary)
    paper.bold("\nWhat stands agreed at the end, where something does")
    if not rows:
        paper.print("  Nothing in any world.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for issue, text, share in rows:
        table.add_row(f"  {issue}", text, Text(share, style="dim"))
    paper.print(table)


def _section(paper: Paper, title: str, lines: list[str]) -> None:
    if lines:
        paper.section(title, lines)
