"""One page for a newspaper or a slide: answer, why, what would change it, who moves, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sim.ensemble.runner import Run
from sim.views.convergence import ConvergenceView, IssuePanel, convergence_view, deciding
from sim.views.outcome import OutcomeView, headline, outcome_view
from sim.views.run_data import day_text
from sim.views.view import View, foot_line
from sim.words.past import happened_words
from sim.words.story import asked_words, base_rate_words, stuck_words

MOST_PANELS, MOST_SOURCES, MOST_REASONS = 3, 4, 4


@dataclass(frozen=True)
class OverviewView(View):
    """The run on a page.

    Attributes
    ----------
    outcome : OutcomeView
    convergence : ConvergenceView
        All of it; the page shows :attr:`panels`.
    panels : list of IssuePanel
        The issues that decide, the first few.
    why : list of str
        What blocks, and why.
    more : list of (str, list of str)
        Further sections: a heading and its lines, such as what would change the answer, and how
        often such talks have succeeded.
    sources : list of str
        Those on which the positions on these issues rest most.
    """

    outcome: OutcomeView
    convergence: ConvergenceView
    panels: list[IssuePanel]
    why: list[str]
    more: list[tuple[str, list[str]]]
    sources: list[str]

    @property
    def span(self) -> str:
        """Heading of the panels, with the dates from end to end."""
        start, end = self.convergence.start, self.convergence.end
        last = day_text(start + timedelta(days=end))
        return f"Who moves on what decides it, {day_text(start)} to {last}"

    @property
    def words(self) -> list[str]:
        said = [line for _, lines in self.more for line in lines]
        return [*self.outcome.words, *self.why, *said, *(p.words for p in self.panels)]


def overview_view(run: Run, more: Sequence[tuple[str, list[str]]] = ()) -> OverviewView:
    """The run on a page.

    Parameters
    ----------
    more : sequence of (str, list of str)
        Sections that come from elsewhere: an explanation, a base rate.
    """
    scenario, convergence = run.scenario, convergence_view(run)
    chosen = deciding(run)[:MOST_PANELS]
    by_key = {panel.key: panel for panel in convergence.panels}
    why = stuck_words(scenario, run.summary)[:MOST_REASONS] or ["Nothing blocks in any world."]
    question = f"{scenario.question} " if scenario.question else ""
    beside = [("By the scenario's own days", asked_words(scenario, run.summary))]
    base = base_rate_words(run.summary)
    beside.append(("Base rate", [base] if base else []))
    beside.append(("What happened", happened_words(scenario, run.summary)))
    beside = [(title, lines) for title, lines in beside if lines]
    return OverviewView(
        foot_line(run), f"{headline(run)}.", f"{question}{scenario.title}.",
        outcome_view(run), convergence, [by_key[i] for i in chosen], why, [*beside, *more],
        sources_of(run, chosen),
    )  # fmt: skip


def sources_of(run: Run, issues: Sequence[str]) -> list[str]:
    """Titles of the sources cited most by the positions on some issues."""
    counts = Counter(
        key
        for actor in run.scenario.actors.values()
        for issue in issues
        if (position := actor.positions.get(issue)) is not None
        for key in position.source
    )
    known = run.scenario.sources
    return [known[key].title for key, _ in counts.most_common(MOST_SOURCES) if key in known]
