"""What ``advise`` and ``mediation`` say on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.prose import counted, listing
from sim.results.allowed import RANGE, SAMPLING
from sim.scenario.schema import Scenario
from sim.studies.advise.advice import Advice, Judged
from sim.studies.advise.judging import MEASURES
from sim.studies.advise.mediation import MEDIATOR, Mediated
from sim.studies.advise.words import SHORT, gap_words, searched, value_words, versus
from sim.words.shares import WORLD

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


def _helps(found: Mediated) -> list[str]:
    """Whether each mediator who need not sign makes settlements more frequent."""
    number = list(found.measures).index("ratified")
    adds = [(part.what, part.adds[number]) for part in found.parts if part.key == MEDIATOR]
    return [
        f"{what}: {gap_words(one)} settlements in 100 worlds: "
        f"{'more' if one.better else 'fewer' if one.worse else 'perhaps none'}."
        for what, one in adds
    ]


def tell_mediation(found: Mediated, scenario: Scenario, job: MediationJob) -> None:
    """Outcome by outcome, what each part adds to it."""
    console = Console(highlight=False, markup=False, soft_wrap=False)
    console.print(Text(f"What the mediation adds: {found.title}", style="bold"))
    ranged = any(gap.allowed for part in found.parts for gap in part.adds)
    console.print(
        f"Each part switched off in the same {found.worlds:,} worlds (seed {found.seed}): what it "
        f"adds to each outcome, in worlds of 100 ({RANGE if ranged else SAMPLING})."
    )
    console.print(f"{WORLD}. Parts can stand in for each other and need not add up.")
    for line in _helps(found):
        console.print(Text(line, style="bold"))
    shown: set[str] = set()
    for number, (measure, title) in enumerate(found.measures.items()):
        adds = [(part, part.adds[number]) for part in found.parts]
        if not any([found.values[measure], *(gap.value for _, gap in adds)]):
            console.print(Text(f"\n{title}: in no world, with or without any part", style="bold"))
            continue
        text = f"{title}: {value_words(found.values[measure], measure)}"
        if found.without:
            without = value_words(found.without[measure], measure)
            text += f"; without any mediator, host or lever {without}"
        console.print(Text(f"\n{text}", style="bold"))
        if measure == MEASURES[-1]:
            console.print("  (in points over no deal, mean of all worlds; 100 is all a side wants)")
        seen = [one for one in adds if one[1].better or one[1].worse]
        shown |= {part.key for part, _ in seen}
        for part, gap in sorted(seen, key=lambda one: -one[1].value):
            console.print(Padding(f"{gap_words(gap)}  {part.what}", (0, 0, 0, 2)))
        rest = [one for one in adds if one not in seen]
        if rest:
            least = max(rest, key=lambda one: np.ptp(one[1].span))
            told = [one for one in rest if one[0].key == MEDIATOR or one is least]
            text = listing([f"{part.what} {gap_words(gap)}" for part, gap in told])
            line = f"Any other part: perhaps nothing ({text})."
            console.print(Padding(line if seen else line.replace("Any other", "Any"), (0, 0, 0, 2)))
    console.print()
    quiet = [part.what for part in found.parts if part.key not in shown]
    if quiet:
        console.print(f"Perhaps none of these adds anything: {'; '.join(quiet)}.")
    if scenario.ratification:
        console.print(
            "“Signed and ratified” is what `run` and `explain` call a settlement; a text that is "
            "signed and then fails a vote counts as signed only."
        )
    for part in found.parts:
        own = part.owner_adds
        if own is not None and (own.better or own.worse):
            verb = "gains" if own.better else "loses"
            who = scenario.actors[part.owner].short
            console.print(f"{who} {verb} by {part.what}: {gap_words(own)} points.")
    for what, why in found.left_out.items():
        console.print(f"Cannot be switched off alone: {what} ({why}).")
    console.print(f"{job.cpu:.0f} s of processor time.")
    console.print(Text(found.note, style="italic"))
    console.print(f"Written to {job.folder}: {', '.join(job.written)}")
