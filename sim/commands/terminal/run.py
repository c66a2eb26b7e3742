"""What a run says on the terminal, in plain words."""

from __future__ import annotations

import re
from pathlib import Path

from rich.text import Text

from sim.commands.terminal.paper import Paper
from sim.commands.work import Work
from sim.ensemble.runner import Run
from sim.prose import sentence
from sim.report.outcomes import days_table, odds_table
from sim.report.run_page import agreed_table, answered, facts
from sim.results.outcomes import OUTCOME_WORDS
from sim.views.outcome import outcome_view
from sim.views.run_data import calendar, is_certain
from sim.words.aftermath import durability_words, limited_words, plan_words, ratification_words
from sim.words.past import happened_words
from sim.words.short import short_words
from sim.words.story import (
    base_rate_words,
    beside_past_words,
    concession_words,
    ending_words,
    events,
    moves_words,
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
        head = re.match(r"How worlds end|Why:|What would change it:", line)
        text = Text(line, style="bold" if line in {lines[0], run.scenario.question} else "")
        if head:
            text.stylize("bold", 0, head.end())
        paper.print(text, soft_wrap=True)


def tell(run: Run, work: Work) -> None:
    """Print the run's answer, odds, package, concessions, pressure and sticking points."""
    paper, scenario, summary = Paper(), run.scenario, run.summary
    paper.bold(scenario.title)
    certain = is_certain(run)
    paper.print(facts(run))
    paper.changed(summary.provenance.overrides)
    paper.print()
    if scenario.question:
        paper.bold(scenario.question)
    paper.print(f"{answered(run)}\n")
    if base := base_rate_words(summary):
        paper.print(f"Base rate. {base}\n")
    if past := beside_past_words(scenario, summary):
        paper.print(f"{past}\n")
    seen = None if certain else outcome_view(run)
    if seen is not None:
        paper.table(odds_table(run, seen))
    for line in ending_words(scenario, summary):
        paper.print(line)
    if seen is not None:
        paper.table(days_table(run, seen))
    _section(paper, "What happened", happened_words(scenario, summary))
    _section(paper, "The central world", _central_story(run))
    _section(paper, "The plan as published", plan_words(scenario, summary))
    if agreed := agreed_table(run):
        paper.table(agreed)
    else:
        paper.section("What stands agreed at the end", ["Nothing in any world."])
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


def _central_story(run: Run) -> list[str]:
    """The events of the world in which every uncertain number is at its median."""
    when = calendar(run)
    lines = [
        f"{sentence(when.text(e.day))}{'' if when.in_rounds else f' (day {e.day:.0f})'}: {e.text}"
        for e in events(run.scenario, run.central)
    ]
    if few := moves_words(run.scenario, run.central):
        lines.insert(0, few)
    central = run.summary.central
    if central.outcome != "settlement":
        blocked = what_blocks(run.scenario, run.summary)
        lines.append(f"At the end: {OUTCOME_WORDS[central.outcome].line.lower()}{blocked}")
    return lines


def _section(paper: Paper, title: str, lines: list[str]) -> None:
    if lines:
        paper.section(title, lines)
