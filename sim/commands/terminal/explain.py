"""What ``explain`` says on the terminal."""

from __future__ import annotations

from sim.commands.explaining import ExplainJob
from sim.commands.terminal.paper import CONSEQUENCES, Paper
from sim.scenario.schema import Scenario
from sim.studies.explain.findings import Explanation
from sim.studies.explain.words import DRIVERS, answer_words, sections


def tell(scenario: Scenario, found: Explanation, job: ExplainJob) -> None:
    """Print what decides it, what must be true, what binds together, what would change it."""
    paper, overrides = Paper(), job.job.overrides
    paper.bold(f"{scenario.title}: why, and what would change it")
    paper.changed(overrides)
    for line in answer_words(found, scenario):
        paper.print(line)
    parts, beside = sections(found, scenario, job.file, overrides)
    for one in [*parts, *beside]:
        paper.section(one.title, one.lines)
        if one.command:
            paper.print("  To run it:")
            paper.print(one.command, soft_wrap=True)
    if job.sobol:
        paper.section("Shares of the variance by group (Sobol', first order and total)",
                      [str(one) for one in job.sobol[:DRIVERS]])  # fmt: skip
    paper.end(f"\n{CONSEQUENCES}", job)
