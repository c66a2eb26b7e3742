"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

from dataclasses import dataclass

from sim.formulas.statistics import Interval
from sim.prose import counted
from sim.results.allowed import SAMPLING, WIDER
from sim.studies.compare.comparison import Comparison
from sim.views.compare.common import Row, foot, listed, row_of, rows_of
from sim.views.view import View
from sim.words.shares import FEW, share_of


@dataclass(frozen=True)
class Holding:
    """Share of a scenario's settlements, or of worlds under its plan, that still holds by year.

    Attributes
    ----------
    row : Row
    held : list of float
        After each year, from the first.
    spans : list of Interval
        Intervals of a settlement's shares; empty for a plan.
    worlds : int
        How many the shares are of.
    """

    row: Row
    held: list[float]
    spans: list[Interval]
    worlds: int

    @property
    def last(self) -> str:
        """How many hold in the end."""
        return share_of(self.held[-1], self.worlds)

    @property
    def words(self) -> str:
        """The curve in a sentence."""
        return f"{self.row.title}: {self.last} hold {counted(len(self.held), 'year')}."


@dataclass(frozen=True)
class HoldingPanel:
    """Curves of the settlements (``settled``) or of the plans (``plan``).

    Attributes
    ----------
    few : list of (Row, str)
        Of which there are too few to say, and how many there are.
    """

    name: str
    title: str
    short_title: str
    curves: list[Holding]
    few: list[tuple[Row, str]]


@dataclass(frozen=True)
class DurabilityView(View):
    """Share still holding by year: of the settlements reached, and of the plans if signed."""

    rows: list[Row]
    panels: list[HoldingPanel]

    @property
    def words(self) -> list[str]:
        """A sentence for each curve."""
        return [f"{p.short_title}: {c.words}" for p in self.panels for c in p.curves]


def durability(comparison: Comparison) -> DurabilityView | None:
    """Settlements of those with enough of them, and plans; None where there is neither."""

    settled = [
        Holding(row_of(comparison, run), found.shares, found.spans, found.worlds)
        for run in comparison.ranked
        if (found := run.summary.durability) and found.worlds >= FEW
    ]
    plans = [
        Holding(row_of(comparison, run), list(plan.held.values()), [], run.summary.worlds)
        for run in comparison.ranked
        if (plan := run.summary.plan) and plan.held
    ]
    few = [
        (
            row_of(comparison, run),
            f"{counted(found.worlds, 'settlement')}: too few to say"
            if found.worlds
            else "no settlement",
        )
        for run in comparison.ranked
        if (found := run.summary.durability) and found.worlds < FEW and run.summary.plan
    ]
    panels = [
        HoldingPanel("settled", "Settlements reached", "Settlements reached", settled, few),
        HoldingPanel("plan", "The plans as published, if signed as they stand",
                     "The plans, if they were in force", plans, []),
    ]  # fmt: skip
    if not settled + plans:
        return None
    means = WIDER if any(run.summary.allowed for run in comparison.ranked) else SAMPLING
    text = (
        "Share of worlds in which, after so many years, no accident has ended the agreement and "
        "keeping it still beats breaking it for every side. Left: settlements, with the "
        f"{means} of the last share; hollow: the plan in all worlds, whether or not anybody would "
        "sign it."
    )
    bare = [r.scenario.name for r in comparison.ranked if r.scenario.durability is None]
    text += f" Say nothing of durability: {listed(bare)}." if bare else ""
    shown = [p for p in panels if p.curves]
    seen = {c.row.name for panel in shown for c in panel.curves}
    rows = rows_of(comparison, [r for r in comparison.ranked if r.scenario.name in seen])
    return DurabilityView(foot(comparison), headline(settled, plans), text, rows, shown)


def headline(settled: list[Holding], plans: list[Holding]) -> str:
    """The finding: which hold longest, after as many years as all of them look at."""
    curves = settled or plans
    years = min(len(c.held) for c in curves)
    best = max(c.held[years - 1] for c in curves)
    first = [c for c in curves if c.held[years - 1] == best]
    share, how = share_of(best, first[0].worlds), listed([c.row.name for c in first])
    if not settled:
        return (
            f"Too few settlements to say how long they hold; of the plans {how} would hold "
            f"longest: {share} after {years} years"
        )
    if len(curves) == 1:
        return f"{share} of the settlements in {how} hold {years} years"
    near = [c.row.name for c in curves if _reaches(c, years, best)]
    if len(near) > 1:
        return f"Settlements hold about as often in {listed(near)}: at most {share} {years} years"
    return f"Settlements hold most often in {how}: {share} after {years} years"


def _reaches(curve: Holding, years: int, share: float) -> bool:
    """Whether a share lies within what a curve's may be."""
    return curve.spans[years - 1].high >= share
