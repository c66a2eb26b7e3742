"""What the deals say, or the plans where there is no deal, issue by issue."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.prose import is_few, odds_words
from sim.studies.compare.comparison import Comparison
from sim.views.colours import actor_colors
from sim.views.compare.common import (
    Row,
    foot,
    issue_title,
    left_out,
    listed,
    rows_of,
    sharing_issues,
)
from sim.views.view import View

NEAR = 0.15
"""Part of the scale within which a term is near a side's ideal."""


@dataclass(frozen=True)
class Term:
    """What a scenario says on an issue: a point, its text, and in which share of worlds agreed.

    A plan's term, agreed in no world, has no share; ``side`` is whose ideal it is near, if one's.
    """

    point: float
    text: str
    share: float | None = None
    side: str | None = None
    worlds: int = 0

    @property
    def found(self) -> str:
        """In which share of the worlds it is agreed, or in how many where they are few."""
        few = self.share is not None and is_few(self.share, self.worlds)
        return f"in {odds_words(self.share, self.worlds)}{'' if few else ' of worlds'}"

    @property
    def agreed(self) -> bool:
        """Whether it stands agreed in any world."""
        return self.share is not None


@dataclass(frozen=True)
class PackagesView(View):
    """Terms by scenario and issue.

    Attributes
    ----------
    rows : list of Row
        Scenarios with a deal or a plan, as ranked.
    groups : list of list of Row
        The same, those together whose packages read alike on all issues.
    sides : dict of str to (str, str)
        Label and colour of the sides that a term is near.
    issues : dict of str to str
        Key → title of the shared issues.
    terms : dict of str to dict of str to Term
        Scenario → issue → what it says; without issues on which it says nothing.
    own_titles : dict of str to dict of str to str
        Scenario → issue → what the scenario itself calls it.
    """

    rows: list[Row]
    groups: list[list[Row]]
    sides: dict[str, tuple[str, str]]
    issues: dict[str, str]
    terms: dict[str, dict[str, Term]]
    own_titles: dict[str, dict[str, str]]

    @property
    def words(self) -> list[str]:
        """A sentence for each scenario."""
        return [
            f"{row.title}: "
            + "; ".join(f"{self.issues[i]} “{t.text}”" for i, t in self.terms[row.name].items())
            + "."
            for row in self.rows
        ]


def packages(comparison: Comparison) -> PackagesView | None:
    """The median agreed point, or else the plan as published; None without any deal or plan."""
    group = sharing_issues(comparison)
    terms = {run.scenario.name: terms_of(run, comparison.issues) for run in group}
    runs = [run for run in group if terms[run.scenario.name]]
    if not runs:
        return None
    text = (
        "Text of the scale nearest to the median of the worlds in which the issue stands agreed at "
        "the end, with the share of those worlds; in italics: the plan as published, not agreed in "
        "any world; –: no such issue there, or nothing said. Coloured where it is near the ideal "
        "of one side alone. Scenarios that read alike stand together."
    )
    bare = [run.scenario.name for run in group if run not in runs]
    if bare:
        text += f" No deal and no plan: {listed(bare)}."
    text += left_out(comparison, comparison.issue_group, "Shares no issue with the others")
    own = {r.scenario.name: {i: x.title for i, x in r.scenario.issues.items()} for r in runs}
    issues = {i: issue_title(runs, i) for i in comparison.issues}
    rows = rows_of(comparison, runs)
    sides = {t.side for by_issue in terms.values() for t in by_issue.values() if t.side}
    named = {
        a: (run.scenario.actors[a].short, actor_colors(run.scenario)[a])
        for run in reversed(runs)
        for a in run.scenario.actors
        if a in sides
    }
    return PackagesView(
        foot(comparison), headline(runs, terms), text, rows, _alike(rows, terms), named, issues,
        terms, own,
    )  # fmt: skip


def _alike(rows: list[Row], terms: dict[str, dict[str, Term]]) -> list[list[Row]]:
    """Rows in groups that say the same in the same words."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        said = tuple((i, t.text, t.agreed) for i, t in terms[row.name].items())
        groups.setdefault(said, []).append(row)
    return list(groups.values())


def near(run: Run, issue: str, point: float) -> str | None:
    """The one side whose ideal a point is near; None where it is nobody's, or several sides'."""
    found = [
        key
        for key, actor in run.scenario.actors.items()
        if (position := actor.positions.get(issue)) is not None
        and abs(position.ideal.median - point) <= NEAR
    ]
    return found[0] if len(found) == 1 else None


def terms_of(run: Run, issues: list[str]) -> dict[str, Term]:
    """What stands agreed at the end where something does, otherwise what the plan says."""
    package, plan, worlds = run.summary.package, run.summary.plan, run.summary.worlds
    terms = {}
    for issue in issues:
        agreed = package.get(issue)
        if agreed and agreed.median is not None and agreed.text is not None:
            side = near(run, issue, agreed.median)
            terms[issue] = Term(agreed.median, agreed.text, agreed.worlds / worlds, side, worlds)
        elif plan and issue in plan.points:
            point = plan.points[issue]
            terms[issue] = Term(point.point, point.text, side=near(run, issue, point.point))
    return terms


def headline(runs: list[Run], terms: dict[str, dict[str, Term]]) -> str:
    """The finding: where something is agreed at all."""
    with_deals = [r for r in runs if any(t.agreed for t in terms[r.scenario.name].values())]
    deals = [r.scenario.name for r in with_deals]
    whole = [r.scenario.name for r in with_deals if r.summary.outcomes["settlement"] > 0]
    if not deals:
        return "No scenario agrees on anything in any world: these are the plans, not deals"
    if len(whole) == len(runs):
        return "What the deals say: the median of the settlements in each scenario"
    if not whole:
        return f"Only a first stage is ever agreed, in {listed(deals)}: the other texts are plans"
    return f"Settlements in {listed(whole)}; where no deal stands, the plan's text"
