"""One page for a newspaper or a slide: answer, why, what would change it, who moves, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.formulas.attribution import thirds
from sim.prose import percent, sentence
from sim.registry import PROTOCOLS
from sim.scenario.schema import point_text
from sim.scenario.titles import WHETHER
from sim.studies.explain.inputs import ends_words, held_words, input_of
from sim.studies.explain.outline import weigh
from sim.views.convergence import ConvergenceView, IssuePanel, convergence_view, deciding
from sim.views.outcome import OutcomeView, outcome_view
from sim.views.run_data import is_certain, is_group, told_until
from sim.views.utility import headline as suited
from sim.views.view import View, foot_line
from sim.words.past import happened_words
from sim.words.story import (
    asked_words,
    base_rate_words,
    beside_past_words,
    package_words,
    stuck_words,
    usual_words,
)

MOST_PANELS, MOST_SOURCES, MOST_LINES, MOST_AGREED = 3, 4, 3, 7


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
    dotted : bool
        Whether worlds end in different ways.
    sections : list of (str, list of str)
        A heading and its lines: what blocks and why, what would change the answer, how often
        such talks have succeeded.
    sources : list of str
        Those on which the positions on these issues rest most.
    span : str
        Heading of the panels, with the dates from end to end.
    """

    outcome: OutcomeView
    convergence: ConvergenceView
    panels: list[IssuePanel]
    dotted: bool
    sections: list[tuple[str, list[str]]]
    sources: list[str]
    span: str

    @property
    def words(self) -> list[str]:
        said = [line for _, lines in self.sections for line in lines]
        return [*self.outcome.words, *said, *(p.words for p in self.panels)]


def overview_view(run: Run) -> OverviewView:
    """The run on a page."""
    scenario, summary, convergence = run.scenario, run.summary, convergence_view(run)
    chosen = deciding(run)[:MOST_PANELS]
    by_key = {panel.key: panel for panel in convergence.panels}
    outcome = outcome_view(run)
    asks = [scenario.question] if scenario.question else []
    if asks and not (summary.asked or is_group(run)):
        asks.append(usual_words(summary))
    base = [
        said for said in (base_rate_words(summary), beside_past_words(scenario, summary)) if said
    ]
    agreed = [f"{title}: “{text}” ({common})."
              for title, text, common in package_words(scenario, summary)
              if title in {by_key[i].issue.title for i in chosen}]  # fmt: skip
    decided, suits = [], []
    if is_group(run):
        agreed = [_decided(panel) for panel in convergence.panels]
        rule = PROTOCOLS[scenario.protocol.name]
        decided, suits = [f"{sentence(rule.title)}.", rule.caution], [f"{suited(run)}."]
    sections = [
        ("By the scenario's own days", asked_words(scenario, summary)),
        # the terms signed are stars in the panels
        ("What happened", happened_words(scenario, summary)[:2]),
        ("How it decides", decided),
        ("Why", stuck_words(scenario, summary)),
        ("What it hangs on", hinges(run)),
        ("What the group decides" if is_group(run) else "What stands agreed", agreed[:MOST_AGREED]),
        ("Also", agreed[MOST_AGREED:]),
        ("Whom it suits", suits),
        ("Base rate", base),
    ]
    told = [(title, lines) for title, lines in sections if lines]
    first, last = map(convergence.calendar.text, (0.0, told_until(run)))
    return OverviewView(
        foot_line(run), f"{outcome.headline}.", " ".join([f"{scenario.title}.", *asks]),
        outcome, convergence, [by_key[i] for i in chosen], not is_certain(run),
        told, sources_of(run, chosen), f"Who moves on what decides it, {first} to {last}",
    )  # fmt: skip


def _decided(panel: IssuePanel) -> str:
    """What a group decides on an issue."""
    text = point_text(panel.issue, panel.deal[1]) if panel.deal else "nothing"
    return f"{panel.issue.title}: {text.removesuffix('.')}."


def hinges(run: Run) -> list[str]:
    """The uncertain numbers on which the outcome hangs most, each in a sentence.

    By the measure of ``explain``, which leaves out what may be chance.
    """
    known = weigh(run, resamples=0)
    if not known.measure.is_share:
        return []
    found = []
    for n in known.order[:MOST_LINES]:
        path, x, parts = known.paths[n], known.table[:, n], thirds(known.table[:, n])
        most, least_of = float(x[parts[0]].max()), float(x[parts[1]].min())
        low, high = ends_words(path, most, least_of, run.scenario)
        ends = known.ends(n)
        shares = [percent(share) for share in (ends.low, ends.high)]
        alike = f", {held_words(path)} held the same" if ends.held else ""
        title = input_of(path, run.scenario).title.removesuffix(WHETHER)
        found.append(f"{sentence(title)}: {known.measure.case} in {shares[0]} of worlds {low}, in "
                     f"{shares[1]} {high}{alike}.")  # fmt: skip
    return found


def sources_of(run: Run, issues: Sequence[str]) -> list[str]:
    """Titles of the sources on which most positions on some issues, or their red lines, rest."""
    counts = Counter(
        key
        for actor in run.scenario.actors.values()
        for issue in issues
        if (position := actor.positions.get(issue)) is not None
        for key in dict.fromkeys(
            k for n in (*position.notes, *position.conditional) for k in n.source
        )
    )
    known = run.scenario.sources
    return [known[key].title for key, _ in counts.most_common(MOST_SOURCES) if key in known]
