"""What a comparison says on the terminal, in plain words."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from sim.commands.terminal.paper import Paper
from sim.commands.work import Work
from sim.ensemble.runner import Run
from sim.prose import counted, listing, percent, signed
from sim.results.outcomes import NOTE
from sim.studies.compare.changes import FEW, change_words, changes
from sim.studies.compare.comparison import NOT_CALIBRATED, Comparison
from sim.studies.compare.contents import contents
from sim.studies.compare.ranking import COLUMNS, COUNTS, best_words, distance_words
from sim.studies.compare.short import changed_words
from sim.studies.compare.tables import longest_held, row
from sim.studies.compare.words import (
    ONE_BY_ONE,
    RIPENESS,
    pairing_words,
    spans_words,
    told,
    worlds_words,
)
from sim.words.shares import WORLD, is_few, odds_parts


def tell(comparison: Comparison, work: Work) -> None:
    """Print the tables, the differences, what is left out, and where the files are."""
    paper = Paper()
    paper.bold(f"{counted(len(comparison.runs), 'scenario')}, compared with {comparison.baseline}")
    paper.print(worlds_words(comparison) + "\n")
    for change in changed_words(comparison):
        paper.bold(change)
    _ranking(paper, comparison)
    paper.bold("\nAll of them")
    paper.print(_table(comparison))
    paper.indented(f"{spans_words(comparison)} {WORLD}.", style="dim")
    _contents(paper, comparison)
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
        paper.indented(RIPENESS, ONE_BY_ONE, *([pairing] if pairing else []), style="dim")
    if comparison.notes:
        paper.section("Note", comparison.notes)
    paper.end(f"\n{NOTE}", work)


def _table(comparison: Comparison) -> Table:
    names = [run.scenario.name for run in comparison.runs]
    rows = {run.scenario.name: row(run) for run in comparison.ranked}
    years = longest_held(rows.values())
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Scenario", no_wrap=True, min_width=max(map(len, names)))
    for heading in ("Settles", "First\nstage", "Not\nratified", "Median\nday"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(f"Holds {years}\nyear{'s' * (years != 1)}", justify="right", no_wrap=True)
    table.add_column(" Stuck most\n often on", min_width=14)
    for run in comparison.ranked:
        name = run.scenario.name
        table.add_row(*_words(comparison, run, rows[name], years))
    return table


def _ranking(paper: Paper, comparison: Comparison) -> None:
    """Which does best, and places among the plans of one war and day 0, with ties."""
    for line in best_words(comparison.groups):
        paper.print(line)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Scenario", no_wrap=True)
    for heading in (
        "Ahead",
        "Behind",
        "Settles",
        "and\nholds",
        "Least\ngain",
        "Red lines\nmiss by",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("most on", min_width=14)
    for group in comparison.groups:
        for place in group.places:
            run = comparison.run(place.scenario)
            worlds = run.summary.worlds
            settles, holds = (
                " ".join(odds_parts(share, worlds)) for share in (place.settlement, place.holds)
            )
            numbers = (settles, holds, signed(f"{100 * place.least_gain:.2f}"))
            words = distance_words(place, run)
            table.add_row(place.scenario, *group.standing(place), *numbers,
                          f"{place.distance:.2f}", words)  # fmt: skip
    paper.print("")
    paper.print(table)
    paper.indented(COUNTS, COLUMNS, style="dim")


def _contents(paper: Paper, comparison: Comparison) -> None:
    """What the plans say, issue by issue, where they say different things."""
    rows = [line for runs in comparison.wars for line in contents(runs)]
    if rows:
        paper.bold("\nWhat the plans say, where they differ")
    for line in rows:
        paper.indented(line.about)
        paper.indented(*(f"{text}: {', '.join(names)}" for text, names in line.says.items()), by=6)


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
            held = f"{percent(plan.held[last])}, {last} y"
        passed = "—" if plan.passed is None else percent(plan.passed)
        table.add_row(run.scenario.name, listing(worse), listing(crossed), passed, held)
    return table


def _words(comparison: Comparison, run: Run, entry: dict[str, Any], years: int) -> list[Text]:

    def share(key: str) -> Text:
        if entry[key] is None:
            return Text("—", style="dim")
        span = entry[f"{key}_range"] or entry[f"{key}_interval"]
        number, beside = odds_parts(entry[key], run.summary.worlds, span)
        return Text.assemble(number, "\n", (beside, "dim"))

    few = is_few(entry["settlement"], run.summary.worlds)
    day = "—" if few or entry["median_day"] is None else f"{entry['median_day']:.0f}"
    # a handful of settlements says nothing about how long they hold
    enough = entry["held"] is not None and not is_few(entry["settlement"], run.summary.worlds)
    held = Text(percent(entry["held"])) if enough else Text("—", style="dim")
    if enough and entry["held_years"] != years:
        held.append(f"\n({entry['held_years']} years)")
    stuck = Text("—", style="dim")
    if entry["stuck_on"] is not None:
        title = run.scenario.issues[entry["stuck_on"]].title
        stuck = Text.assemble(f"{title} ", (percent(entry["stuck_on_share"]), "dim"))
    name = Text(run.scenario.name, style="bold" if run is comparison.base else "")
    if run.scenario.name in comparison.uncalibrated:
        name.append(f"\n{NOT_CALIBRATED}", "dim")
    return [
        name,
        share("settlement"),
        share("first_stage"),
        Text(percent(entry["ratification_failed"])),
        Text(day),
        held,
        Text(" ") + stuck,
    ]
