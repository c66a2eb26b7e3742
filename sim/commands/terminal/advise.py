"""What ``advise`` and ``mediation`` say on the terminal."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from sim.commands.terminal.paper import Paper, plain_table
from sim.commands.work import Work
from sim.prose import counted, hanging, sentence
from sim.results.allowed import RANGE, SAMPLING
from sim.scenario.schema import Scenario
from sim.studies.advise.advice import Advice, Judged
from sim.studies.advise.judging import MEASURES
from sim.studies.advise.mediation import MEDIATOR, Mediated
from sim.studies.advise.words import SHORT, gap_words, lost, searched, telling, value_words, versus
from sim.words.shares import WORLD

MAIN = ("first_stage", "ratified")
"""Outcomes that are told on one screen."""
NOTES = {
    "*": "of another day 0: its text only, tabled in this scenario's talks",
    "†": "a variant built on another plan: not counted as published",
}


def _mark(one: Judged) -> str:
    return {"text": "*", "variant": "†"}.get(one.kind, "")


def tell(found: Advice, scenario: Scenario, spent: str, work: Work) -> None:
    """The statement, the plans beside the published ones, what each changes, where it is."""
    paper = Paper()
    paper.bold(f"Advice: {found.title}")
    paper.bold(f"{found.statement}\n")
    measures = telling(found)
    table = plain_table("Plan", *(SHORT[measure] for measure in measures), gap=1)
    table.columns[0].overflow = "fold"
    for column in table.columns[1:]:
        column.no_wrap = True
    table.add_column("Gains\nleast")
    for one in [*found.plans, *found.published]:
        values = [
            value_words(one.values[measure], measure)
            if measure != "holds" or scenario.durability
            else "—"
            for measure in measures
        ]
        style = "bold" if one in found.plans else ""
        name = f"{one.key} {_mark(one)}"
        least = scenario.actors[one.worst_off].short if one.worst_off in scenario.actors else "—"
        table.add_row(Text(name, style=style), *values, least)
    paper.print(table)
    used = {mark for one in found.published for mark in [_mark(one)] if mark}
    least = "Least gain: points over no deal, mean; 100 is all a side wants."
    paper.indented(least, *(f"{mark} {NOTES[mark]}" for mark in sorted(used)), style="dim")
    for plan in found.plans:
        beside = f"Beside {found.scenario}: {versus(plan, found.scenario, measures)}."
        paper.section(plan.key, [*plan.what, beside, *lost(plan, found.published[0], scenario)])
    for said in dict.fromkeys(f"“{gone.lever}”: {gone.owner}" for gone in found.dropped):
        paper.print(f"Left out: {said} would lose by it.")
    paper.print("\n" + searched(found))
    paper.print(spent)
    paper.end(found.note, work)


def tell_mediation(found: Mediated, scenario: Scenario, spent: str, work: Work, full: bool) -> None:
    """Outcome by outcome, a paragraph each, what each part adds to it; of few without ``full``."""
    paper = Paper()
    paper.bold(f"What the mediation adds: {found.title}")
    ranged = any(gap.allowed for part in found.parts for gap in part.adds)
    perhaps = f"its {SAMPLING}{' or that range' if ranged else ''} holds 0"
    told = [
        f"Each part switched off in the same {found.worlds:,} worlds (seed {found.seed}): what it "
        f"adds to each outcome, in worlds of 100 ({RANGE if ranged else SAMPLING}; “perhaps "
        f"nothing” where {perhaps}). {WORLD}. Parts can stand in for each other and need not add "
        "up.",
        *(
            _measure(found, number)
            for number, key in enumerate(found.measures)
            if full or key in MAIN
        ),
    ]
    shown = {part.key for part in found.parts if any(gap.visible for gap in part.adds)}
    quiet = [part.what for part in found.parts if part.key not in shown]
    if quiet and full:
        told.append(f"Perhaps none of these adds anything: {'; '.join(quiet)}.")
    elif quiet:
        parts = counted(len(found.parts), "part")
        told.append(f"{len(quiet)} of {parts} perhaps add nothing to any outcome.")
    owners = [
        f"{scenario.actors[part.owner].short} {gap_words(part.owner_adds)} by {part.what}"
        for part in found.parts
        if part.owner_adds is not None and part.owner_adds.visible
    ]
    if owners and full:
        told.append(f"What owners have of their own levers, in points: {'; '.join(owners)}.")
    told += [f"Cannot be switched off alone: {k} ({why})." for k, why in found.left_out.items()]
    for line in (line for text in told for line in hanging(text)):
        paper.print(line, soft_wrap=True)
    paper.print(spent if full else "Other outcomes, all parts by name, what levers bring: --full.")
    paper.end(found.note, work)


def _measure(found: Mediated, number: int) -> str:
    """An outcome with and without the mediation, and what parts visibly add, the most first."""
    measure, title = [*found.measures.items()][number]
    adds = [(part, part.adds[number]) for part in found.parts]
    if not any([found.values[measure], *(gap.value for _, gap in adds)]):
        return f"{title}: in no world, with or without any part."
    points = " points over no deal (100 is all a side wants)" if measure == MEASURES[-1] else ""
    text = f"{title}: {value_words(found.values[measure], measure)}{points}"
    if found.without:
        without = value_words(found.without[measure], measure)
        text += f", without any mediator, host or lever {without}"
    some = [one for one in adds if one[1].visible or one[0].key == MEDIATOR]
    some.sort(key=lambda one: (one[0].key != MEDIATOR, -one[1].value))
    told = [
        f"{part.what} {gap_words(gap)}{'' if gap.visible else ', perhaps nothing'}"
        for part, gap in some
    ]
    if rest := [one for one in adds if one not in some]:
        part, gap = max(rest, key=lambda one: np.ptp(one[1].span))
        told.append(
            f"any {'other ' * bool(told)}part perhaps nothing ({part.what} {gap_words(gap)})"
        )
    return f"{text}. {sentence('; '.join(told))}."
