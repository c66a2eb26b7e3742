"""What ``explain`` says on the terminal."""

from __future__ import annotations

import shlex

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from sim.commands.explaining import ExplainJob
from sim.prose import counted, listing, percent, sentence
from sim.scenario.schema import Scenario
from sim.studies.explain.findings import Change, Explanation
from sim.studies.explain.words import (
    actor_words,
    answer_words,
    driver_words,
    move_summary,
    obstacle_words,
    price_words,
    rule_words,
)

DRIVERS = 8


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
    console.print(answer_words(found))
    section("What decides it", deciding(found))
    section("What must be true", [sentence(ruling(found))])
    section("What stands in the way", obstacles(found))
    if found.unreached:
        section("Where a package that suits all was not reached", found.unreached)
    for one in found.changes:
        who = actor_words(one.who, scenario) if one.who else ""
        title = "The smallest change found" if not one.who else f"{who} alone"
        section(title, changing(one, scenario))
        for argument in one.set:
            console.print(f"    --set {shlex.quote(argument)}", soft_wrap=True)
    if not found.changes:
        section("The smallest change", ["Nothing tried settles 5 % of the failed worlds."])
    if job.actor is None and found.failed:
        section("Who could alone", alone(found, scenario))
    if job.sobol:
        section("Shares of the variance by group (Sobol', first order and total)",
                [str(one) for one in job.sobol[:DRIVERS]])  # fmt: skip
    console.print(
        Text("\nA model's consequences, given the assumptions; not a forecast.", style="italic")
    )
    console.print(f"Written to {job.folder}: {', '.join(job.written)}")


def deciding(found: Explanation) -> list[str]:
    """Drivers, strongest first."""
    if not found.drivers:
        return [f"None of {found.inputs} uncertain numbers moves it by more than chance would."]
    title = found.measure
    if found.why_measure:
        title = f"{found.why_measure}, this is about another measure. {title}"
    numbers = counted(len(found.drivers), "number")
    lines = [f"{title}. Of {found.inputs} uncertain numbers {numbers} move it beyond chance:"]
    lines += [f"- {driver_words(one, found.measure_key)}" for one in found.drivers[:DRIVERS]]
    return lines


def ruling(found: Explanation) -> str:
    """The rule, how sure it is, in fresh worlds."""
    rule = found.rule
    if rule is None:
        return "no rule of up to three conditions tells the worlds apart."
    steady = listing(percent(one) for one in rule.stability)
    return (
        f"{rule_words(rule, found.case)}. It finds {percent(rule.fresh.coverage)} of all of them "
        f"(in {counted(rule.fresh.worlds, 'fresh world')}; each condition comes back in {steady} "
        "of resampled worlds)."
    )


def obstacles(found: Explanation) -> list[str]:
    """Single obstacles that matter and those that bind together."""
    if not found.failed:
        return ["Nothing: every world settles."]
    lines = [f"Tried in {counted(found.failed, 'failed world')}, each run again without:"]
    lines += [f"- {obstacle_words(one)}" for one in found.obstacles if one.settle >= 0.05][:4]
    if found.together:
        lines.append("Together, where one alone does not do:")
        lines += [f"- {obstacle_words(one)}" for one in found.together[:3]]
    if len(lines) == 1:
        lines.append("No single thing, and no two or three together, bring a deal in 5 %.")
    return lines


def changing(one: Change, scenario: Scenario) -> list[str]:
    """A change, its price, and what it was promised and confirmed to bring."""
    lines = [f"- {words}" for words in one.what]
    lines.append(f"{price_words(one, scenario)}. {move_summary(one)}")
    if one.goal < 0.499:
        lines.append(f"No change of theirs turns more than {percent(one.most)} of the failed ones.")
    return lines


def alone(found: Explanation, scenario: Scenario) -> list[str]:
    """What each could bring by itself, and how to see more."""
    able = {k: v for k, v in found.alone.items() if v >= 0.05}
    lines = [
        f"- {actor_words(k, scenario)}: up to {percent(v)} of the failed worlds"
        + (f" (how: --actor {k})" if k in scenario.actors else "")
        for k, v in sorted(able.items(), key=lambda one: -one[1])
    ]
    others = [actor_words(k, scenario) for k in found.alone if k not in able]
    return [*lines, f"- Hardly any: {listing(others)}"] if others else lines
