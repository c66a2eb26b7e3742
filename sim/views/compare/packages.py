"""What the deals say, or the plans where there is no deal, issue by issue."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.prose import counted, listing
from sim.studies.compare.comparison import Comparison
from sim.views.colours import shared_colors
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
from sim.words.shares import span_of

NEAR, APART = 0.15, 0.1
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

    @property
    def agreed(self) -> bool:
        """Whether it stands agreed in any world."""
        return self.share is not None


@dataclass(frozen=True)
class Saying:
    """A text of a scale, and the scenarios whose package says it.

    Attributes
    ----------
    side : str or None
        Whose ideal it is near in all of them, if one's.
    names : str
        The scenarios in words; of most of them only how many.
    where : str
        In which share of worlds it is agreed, or that it is the plan's.
    """

    text: str
    agreed: bool
    side: str | None
    rows: list[Row]
    names: str
    where: str


@dataclass(frozen=True)
class PackagesView(View):
    """Terms by scenario and issue.

    Attributes
    ----------
    rows : list of Row
        Scenarios with a deal or a plan, as ranked.
    sayings : dict of str to list of Saying
        Issue → what is said on it; first the issues on which most different things are said.
    sides : dict of str to (str, str)
        Label and colour of the sides that a saying is near.
    issues : dict of str to str
        Key → title of the shared issues.
    terms : dict of str to dict of str to Term
        Scenario → issue → what it says; without issues on which it says nothing.
    """

    rows: list[Row]
    sayings: dict[str, list[Saying]]
    sides: dict[str, tuple[str, str]]
    issues: dict[str, str]
    terms: dict[str, dict[str, Term]]

    @property
    def words(self) -> list[str]:
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
        "the end, with the share of those worlds (and how many, if few){plans}. Coloured where it "
        "is near the ideal of one side alone. Scenarios that say the same stand together."
    )
    bare = [run.scenario.name for run in group if run not in runs]
    if bare:
        text += f" No deal and no plan: {listed(bare)}."
    text += left_out(comparison, comparison.issue_group, "No issue in common with the others")
    issues = {i: issue_title(runs, i) for i in comparison.issues}
    rows = rows_of(comparison, runs)
    said = {i: _sayings(runs, rows, terms, i) for i in issues}
    plans = any(not one.agreed for every in said.values() for one in every)
    italics = "; in italics: the plan, not agreed in any world" if plans else ""
    text = text.replace("{plans}", italics, 1)
    sides = {one.side for every in said.values() for one in every}
    colors = shared_colors(run.scenario for run in runs)
    named = {
        a: (run.scenario.actors[a].short, colors[a])
        for run in reversed(runs)
        for a in run.scenario.actors
        if a in sides
    }
    return PackagesView(
        foot(comparison), headline(runs, terms, said, issues), text, rows,
        dict(sorted(said.items(), key=lambda one: -len(one[1]))), named, issues, terms,
    )  # fmt: skip


def _sayings(
    runs: list[Run], rows: list[Row], terms: dict[str, dict[str, Term]], issue: str
) -> list[Saying]:
    """What scenarios say on an issue, those together that say the same; the commonest first."""
    groups: dict[object, list[int]] = {}
    for n, run in enumerate(runs):
        term = terms[run.scenario.name].get(issue)
        if term is not None:
            groups.setdefault((term.text, term.agreed), []).append(n)
    found = []
    for places in groups.values():
        mine = [terms[runs[n].scenario.name][issue] for n in places]
        counts = [(t.share, runs[n].summary.worlds)
                  for n, t in zip(places, mine, strict=True) if t.share is not None]  # fmt: skip
        where = span_of(counts) if counts else "the plan, not agreed in any world"
        (side, *others) = {term.side for term in mine}
        most = len(groups) > 1 and len(places) > max(len(runs) / 2, 3)
        names = f"the other {len(places)}" if most else listing([rows[n].name for n in places])
        found.append(Saying(mine[0].text, mine[0].agreed, None if others else side,
                            [rows[n] for n in places], names, where))  # fmt: skip
    return sorted(found, key=lambda one: -len(one.rows))


def near(run: Run, issue: str, point: float) -> str | None:
    """The one side whose ideal a point is near; None where it is nobody's, or several sides'."""
    away = sorted(
        (abs(position.ideal.median - point), key)
        for key, actor in run.scenario.actors.items()
        if (position := actor.positions.get(issue)) is not None
    )
    if (
        not away
        or away[0][0] > NEAR
        or (len(away) > 1 and away[1][0] <= max(NEAR, away[0][0] + APART))
    ):
        return None
    return away[0][1]


def terms_of(run: Run, issues: list[str]) -> dict[str, Term]:
    """What stands agreed at the end where something does, otherwise what the plan says."""
    package, plan, worlds = run.summary.package, run.summary.plan, run.summary.worlds
    terms = {}
    for issue in issues:
        agreed = package.get(issue)
        if agreed and agreed.median is not None and agreed.text is not None:
            side = near(run, issue, agreed.median)
            terms[issue] = Term(agreed.median, agreed.text, agreed.worlds / worlds, side)
        elif plan and issue in plan.points:
            point = plan.points[issue]
            terms[issue] = Term(point.point, point.text, side=near(run, issue, point.point))
    return terms


def headline(
    runs: list[Run], terms: dict[str, dict[str, Term]], said: dict[str, list[Saying]],
    issues: dict[str, str],
) -> str:  # fmt: skip
    """The finding: whether anything is agreed at all, and on what most different things are."""
    with_deals = [r for r in runs if any(t.agreed for t in terms[r.scenario.name].values())]
    whole = [r for r in with_deals if r.summary.outcomes["settlement"] > 0]
    if not with_deals:
        return "No scenario agrees on anything in any world: these are the plans, not deals"
    if not whole:
        names = listed([r.scenario.name for r in with_deals])
        return f"Only a first stage is ever agreed, in {names}: the other texts are plans"
    what = "The deals" if len(whole) == len(runs) else "Deals and plans"
    counts = {i: len({one.text for one in every}) for i, every in said.items() if every}
    most, least = max(counts.values()), min(counts.values())
    if most == least:
        return f"What the deals say: {counted(most, 'text')} on each issue"
    far, near = (listing([issues[i] for i in counts if counts[i] == n]) for n in (most, least))
    alone = list(counts.values()).count(least) < 4
    return f"{what} differ most on {far}" + (f", least on {near}" if alone else "")
