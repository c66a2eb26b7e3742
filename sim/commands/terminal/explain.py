"""What ``explain`` says on the terminal."""

from __future__ import annotations

from sim.commands.explaining import ExplainJob
from sim.commands.terminal.paper import CONSEQUENCES, Paper
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
    paper = Paper()
    section, overrides = paper.section, job.job.overrides
    paper.bold(f"{scenario.title}: why, and what would change it")
    paper.changed(overrides)
    for line in answer_words(found, scenario):
        paper.print(line)
    section("What decides it", deciding(found, scenario))
    section("What must be true", ruling(found))
    who = f", of {possessive(actor_words(job.actor, scenario))} own" if job.actor else ""
    section(f"What stands in the way{who}", standing(found, scenario))
    if found.unreached and not job.actor:
        section(UNREACHED, found.unreached)
    for one in found.changes:
        section(changed_title(one, scenario), changing(one, scenario))
        paper.print("  To run it:")
        paper.print(run_words(job.file, [*overrides, *one.set]), soft_wrap=True)
    if not found.changes:
        section(f"The smallest change{who}", ["Nothing tried settles 5 % of the failed worlds."])
    if job.actor is None:
        again = explain_words(job.file, overrides)
        if found.failed:
            section("Who could alone", alone_words(found, scenario, again))
        again = again.replace(" explain ", " mediation ", 1)
        section("What the mediator adds", mediating(found, scenario, again))
        section("Beside other plans", [comparing_words(job.file)])
    if job.sobol:
        section("Shares of the variance by group (Sobol', first order and total)",
                [str(one) for one in job.sobol[:DRIVERS]])  # fmt: skip
    paper.end(f"\n{CONSEQUENCES}", job)
