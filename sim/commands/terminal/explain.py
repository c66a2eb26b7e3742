"""What ``explain`` says on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from sim.commands.explaining import ExplainJob
from sim.prose import possessive
from sim.scenario.schema import Scenario
from sim.studies.explain.findings import Explanation
from sim.studies.explain.words import (
    DRIVERS,
    UNREACHED,
    actor_words,
    alone_words,
    answer_words,
    changed_title,
    changing,
    comparing_words,
    deciding,
    explain_words,
    mediating,
    ruling,
    run_words,
    standing,
)


def tell(scenario: Scenario, found: Explanation, job: ExplainJob) -> None:
    """Print what decides it, what must be true, what binds together, what would change it."""
    console = Console(highlight=False, markup=False, soft_wrap=False)

    def section(title: str, lines: list[str]) -> None:
        console.print(Text(f"\n{title}", style="bold"))
        for line in lines:
            console.print(Padding(line, (0, 0, 0, 2)))

    console.print(Text(f"{scenario.title}: why, and what would change it", style="bold"))
    for change in job.job.overrides:
        console.print(Text(f"Changed: {change}", style="bold"))
    for line in answer_words(found, scenario):
        console.print(line)
    section("What decides it", deciding(found))
    section("What must be true", ruling(found))
    who = f", of {possessive(actor_words(job.actor, scenario))} own" if job.actor else ""
    section(f"What stands in the way{who}", standing(found, scenario))
    if found.unreached and not job.actor:
        section(UNREACHED, found.unreached)
    for one in found.changes:
        section(changed_title(one, scenario), changing(one, scenario))
        console.print("  To run it:")
        console.print(run_words(job.file, [*job.job.overrides, *one.set]), soft_wrap=True)
    if not found.changes:
        section(f"The smallest change{who}", ["Nothing tried settles 5 % of the failed worlds."])
    if job.actor is None and found.failed:
        again = explain_words(job.file, job.job.overrides)
        section("Who could alone", alone_words(found, scenario, again))
    if job.actor is None:
        again = explain_words(job.file, job.job.overrides).replace(" explain ", " mediation ", 1)
        section("What the mediator adds", mediating(found, scenario, again))
        section("Beside other plans", [comparing_words(job.file)])
    if job.sobol:
        section("Shares of the variance by group (Sobol', first order and total)",
                [str(one) for one in job.sobol[:DRIVERS]])  # fmt: skip
    console.print(
        Text("\nA model's consequences, given the assumptions; not a forecast.", style="italic")
    )
    console.print(f"Written to {job.folder}: {', '.join(job.written)}")
