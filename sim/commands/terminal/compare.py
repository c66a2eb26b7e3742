"""What a comparison says on the terminal, in plain words."""

from __future__ import annotations

from rich.table import Table

from sim.commands.terminal.paper import Paper
from sim.commands.work import Work
from sim.ensemble.runner import Run
from sim.prose import counted, listing
from sim.report.compare_page import overview_table, plans_tables, ranking_tables, ranking_words
from sim.results.outcomes import NOTE
from sim.studies.compare.changes import FEW, change_words, changes
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.ranking import best_words
from sim.studies.compare.short import changed_words
from sim.studies.compare.words import (
    RIPENESS,
    each_words,
    pairing_words,
    stage_words,
    told,
    worlds_words,
)
from sim.words.shares import WORLD, bare_odds


def tell(comparison: Comparison, work: Work) -> None:
    """Print the tables, the differences, what is left out, and where the files are."""
    paper = Paper()
    paper.bold(f"{counted(len(comparison.runs), 'scenario')}, compared with {comparison.baseline}")
    paper.print(worlds_words(comparison) + "\n")
    for change in changed_words(comparison):
        paper.bold(change)
    for line in best_words(comparison.groups):
        paper.print(line)
    for table, names in ranking_tables(comparison):
        paper.table(table, names)
    if words := ranking_words(comparison):
        paper.indented(words, style="dim")
    paper.table(overview_table(comparison), [run.scenario.name for run in comparison.ranked])
    paper.indented(f"{WORLD}.", style="dim")
    for table in plans_tables(comparison):
        paper.table(table)
    _changes(paper, comparison)
    plans = _plans(comparison)
    if plans.row_count:
        paper.bold("\nThe plans as published, weighed on day 0 (in most worlds; blank: nobody)")
        paper.print(plans)
    if lines := told(comparison):
        if len({run.scenario.war.start_date for run in comparison.runs}) > 1:
            lines = ["A plan of another day 0 starts from another situation, too.", *lines]
        paper.section("Differences, world by world", lines)
        pairing = pairing_words(comparison)
        notes = (f"{RIPENESS}{stage_words(comparison)}", each_words(comparison), pairing)
        paper.indented(*filter(None, notes), style="dim")
    if comparison.notes:
        paper.section("Note", comparison.notes)
    paper.end(f"\n{NOTE}", work)


def _changes(paper: Paper, comparison: Comparison) -> None:
    """Other assumptions that the files differ in from the baseline's, where they are few."""
    for run in comparison.alike:
        told = changes(run, comparison.base)
        if run is comparison.base or len(told) > FEW:
            continue
        name = run.scenario.name
        paper.print(f"\nIn the files {name} differs from {comparison.baseline} in")
        paper.indented(*(change_words(run, comparison.base) or ["nothing"]))


def _plans(comparison: Comparison) -> Table:
    """Whom the plans do not suit, in most worlds, whether they would pass the gates, and hold."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Scenario", no_wrap=True)
    table.add_column("Worse than\nno deal for")
    table.add_column("Beyond red\nlines of")
    table.add_column("Passes all\ngates", justify="right", no_wrap=True)
    table.add_column("Would\nhold", justify="right", no_wrap=True)
    for run in comparison.ranked:
        plan = run.summary.plan
        if plan is None:
            continue

        def short(actor: str, run: Run = run) -> str:
            return run.scenario.actors[actor].short

        worse = [short(a) for a, gain in plan.gain.items() if gain.better < 0.5]
        crossed = [short(a) for a, share in plan.crosses_any.items() if share >= 0.5]
        held = "—"
        if plan.held:
            last = list(plan.held)[-1]
            held = f"{bare_odds(plan.held[last], run.summary.worlds)}, {last} y"
        passed = bare_odds(plan.passed, run.summary.worlds)
        table.add_row(run.scenario.name, listing(worse), listing(crossed), passed, held)
    return table
