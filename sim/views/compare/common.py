"""What the views of a comparison share: names, colours and order of scenarios, the foot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import marks, worlds_words


@dataclass(frozen=True)
class Row:
    """A scenario in a chart.

    Attributes
    ----------
    name, title : str
        The name as it is typed.
    heading : str
        The name as the heading of a row.
    is_baseline : bool
    """

    name: str
    title: str
    heading: str
    is_baseline: bool


def row_of(comparison: Comparison, run: Run) -> Row:
    """A scenario's names in a chart."""
    name = run.scenario.name
    baseline = name == comparison.baseline
    heading = name + marks(comparison, name)
    return Row(name, run.scenario.title, heading, baseline)


def rows_of(comparison: Comparison, runs: list[Run]) -> list[Row]:
    """The same for several."""
    return [row_of(comparison, run) for run in runs]


def foot(comparison: Comparison) -> str:
    """What the figure is, and how many worlds it rests on."""
    changes = comparison.base.summary.provenance.overrides
    changed = ", changed by --set" if changes else ""
    return (
        "Model's consequences, given the assumptions in the scenario files"
        f"{changed}; not a forecast. {worlds_words(comparison)}. Sources: in the scenario files."
    )


def listed(names: list[str], most: int = 4) -> str:
    """``a, b and 3 more``."""
    if len(names) <= most:
        return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"


def left_out(comparison: Comparison, shown: Collection[str], why: str) -> str:
    """A sentence with the scenarios that are not among those shown; empty where all are."""
    out = [r.scenario.name for r in comparison.runs if r.scenario.name not in shown]
    return f" {why}, left out: {listed(out)}." if out else ""


def issue_title(runs: list[Run], issue: str) -> str:
    """An issue's title in the first scenario that has it."""
    return next((r.scenario.issues[issue].title for r in runs if issue in r.scenario.issues), issue)


def sharing_issues(comparison: Comparison) -> list[Run]:
    """Scenarios that share issues with others, as ranked."""
    return [r for r in comparison.ranked if r.scenario.name in comparison.issue_group]
