"""What ``advise`` and ``mediation`` say on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.prose import counted, sentence
from sim.scenario.schema import Scenario
from sim.studies.advise.advice import Advice, Judged
from sim.studies.advise.judging import MEASURES
from sim.studies.advise.mediation import Mediated
from sim.studies.advise.words import SHORT, gap_words, searched, value_words, versus

if TYPE_CHECKING:
    from sim.commands.advising import AdviseJob, MediationJob


NOTES = {
    "*": "of another day 0: its text only, tabled in this scenario's talks",
    "†": "a variant that the library builds on another plan: not counted as published",
}


def _mark(one: Judged) -> str:
    return {"text": "*", "variant": "†"}.get(one.kind, "")


def tell(found: Advice, scenario: Scenario, job: AdviseJob) -> None:
    """The statement, the plans beside the published ones, what each changes, where it is."""
    console = Console(highlight=False, markup=False, soft_wrap=False)
    console.print(Text(f"Advice: {found.title}", style="bold"))
    console.print(Text(found.statement + "\n", style="bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Plan", overflow="fold")
    for measure in MEASURES:
        table.add_column(SHORT[measure], justify="right", no_wrap=True)
    table.add_column("Gains\nleast")
    for one in [*found.plans, *found.published]:
        values = [value_words(one.values[measure], measure) for measure in MEASURES]
        style = "bold" if one in found.plans else ""
        name = f"{one.key} {_mark(one)}"
        least = scenario.actors[one.worst_off].short if one.worst_off in scenario.actors else "—"
        table.add_row(Text(name, style=style), *values, least)
    console.print(table)
    console.print(
        Padding("Least gain: points over no deal, mean; 100 is all a side wants.", (0, 0, 0, 2)),
        style="dim",
    )
    used = {mark for one in found.published for mark in [_mark(one)] if mark}
    for mark in sorted(used):
        console.print(Padding(f"{mark} {NOTES[mark]}", (0, 0, 0, 2)), style="dim")
    for plan in found.plans:
        console.print(Text(f"\n{plan.key}", style="bold"))
        for line in plan.what:
            console.print(Padding(line, (0, 0, 0, 2)))
        console.print(
            Padding(f"Beside {found.scenario}: {versus(plan, found.scenario)}.", (0, 0, 0, 2))
        )
    for said in dict.fromkeys(f"“{gone.lever}”: {gone.owner}" for gone in found.dropped):
        console.print(f"Left out: {said} would lose by it.")
    console.print("\n" + searched(found))
    spent = f"{job.cpu:.0f} s of processor time"
    console.print(f"{spent}; {counted(job.kept, 'trial')} taken from an earlier run.")
    console.print(Text(found.note, style="italic"))
    console.print(f"Written to {job.folder}: {', '.join(job.written)}")


SINGLE = ("lever:", "host:", "track:")
"""Parts that are told in one sentence where no effect is visible."""


def _columns(cells: list[str]) -> str:
    """Four numbers side by side, at the width of a terminal."""
    return "  " + "".join(f"{cell:<18} " for cell in cells).rstrip()


def tell_mediation(found: Mediated, scenario: Scenario, job: MediationJob) -> None:
    """One row for each part."""
    console = Console(highlight=False, markup=False, soft_wrap=False)
    console.print(Text(f"What the mediation adds: {found.title}", style="bold"))
    console.print(
        f"Each part switched off in the same {found.worlds:,} worlds (seed {found.seed}): worlds "
        "of 100, and points for the side that gains least, that it adds; 95 % intervals.\n"
    )
    heads = [SHORT[measure].replace("\n", " ") for measure in MEASURES]
    console.print(_columns(heads))
    console.print("With everything")
    console.print(_columns([value_words(found.values[m], m) for m in MEASURES]))
    if found.without:
        console.print("Without any mediator, host or lever")
        console.print(_columns([value_words(found.without[m], m) for m in MEASURES]))
    quiet = []
    for part in sorted(found.parts, key=lambda one: one.key != "everything"):
        seen = any(one.better or one.worse for one in part.adds)
        if not seen and part.key.startswith(SINGLE):
            quiet.append(part)
            continue
        console.print(Text(sentence(part.what), style="bold" if seen else ""))
        console.print(_columns(list(map(gap_words, part.adds))))
    if quiet:
        widest = max((part.adds[0] for part in quiet), key=lambda one: np.ptp(one.interval))
        names = "; ".join(part.what for part in quiet)
        text = f"No effect visible on any of the four (signed, the widest: {gap_words(widest)}): "
        console.print(Padding(text + names + ".", (1, 0, 0, 0)))
    for part in found.parts:
        own = part.owner_adds
        if own is not None and (own.better or own.worse):
            verb = "gains" if own.better else "loses"
            who = scenario.actors[part.owner].short
            console.print(f"{who} {verb} by {part.what}: {gap_words(own)} points.")
    for what, why in found.left_out.items():
        console.print(f"Cannot be switched off alone: {what} ({why}).")
    console.print(f"\n{job.cpu:.0f} s of processor time.")
    console.print(Text(found.note, style="italic"))
    console.print(f"Written to {job.folder}: {', '.join(job.written)}")
