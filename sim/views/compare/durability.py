"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

from dataclasses import dataclass

from sim.prose import counted
from sim.results.allowed import SAMPLING, WIDER
from sim.studies.compare.comparison import Comparison
from sim.views.afterwards import Holding, holds
from sim.views.compare.common import Row, foot, listed, row_of, rows_of
from sim.views.view import View
from sim.words.shares import FEW, share_of

Of = tuple[Row, Holding]
"""Whose settlements, or worlds under whose plan; and the share that holds by year."""


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
    curves: list[Of]
    few: list[tuple[Row, str]]


@dataclass(frozen=True)
class DurabilityView(View):
    """Share still holding by year: of the settlements reached, and of the plans if signed."""

    rows: list[Row]
    panels: list[HoldingPanel]

    @property
    def words(self) -> list[str]:
        return [
            f"{p.short_title}: {row.title}: {of.last} hold {counted(len(of.shares) - 1, 'year')}."
            for p in self.panels
            for row, of in p.curves
        ]


def durability(comparison: Comparison) -> DurabilityView | None:
    """Settlements of those with enough of them, and plans; None where there is neither."""

    found = [(row_of(comparison, run), one) for run in comparison.ranked for one in holds(run)]
    plans = [one for one in found if one[1].key == "plan"]
    reached = [one for one in found if one[1].key == "settlements"]
    settled = [one for one in reached if one[1].worlds >= FEW]
    few = [
        (
            row_of(comparison, run),
            f"{counted(own.worlds, 'settlement')}: too few" if own.worlds else "no settlement",
        )
        for run in comparison.ranked
        if (own := run.summary.durability) and own.worlds < FEW
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
        "keeping it still beats breaking it for every side."
    )
    text += f" Of settlements, grey behind the last share: {means}." if settled else ""
    text += " Hollow: the plan in all worlds, whether or not anybody would sign it." * bool(plans)
    bare = [r.scenario.name for r in comparison.ranked if r.scenario.durability is None]
    text += f" Say nothing of durability: {listed(bare)}." if bare else ""
    shown = [p for p in panels if p.curves]
    seen = {row.name for panel in shown for row, _ in (*panel.curves, *panel.few)}
    rows = rows_of(comparison, [r for r in comparison.ranked if r.scenario.name in seen])
    return DurabilityView(foot(comparison), headline(settled, plans), text, rows, shown)


def headline(settled: list[Of], plans: list[Of]) -> str:
    """The finding: which hold longest, after as many years as all of them look at."""
    curves = settled or plans
    years = min(len(of.shares) for _, of in curves) - 1
    best = max(of.shares[years] for _, of in curves)
    first = [(row, of) for row, of in curves if of.shares[years] == best]
    share, how = share_of(best, first[0][1].worlds), listed([row.name for row, _ in first])
    if not settled:
        return (
            f"Too few settlements to say how long they hold; of the plans {how} would hold "
            f"longest: {share} after {years} years"
        )
    if len(curves) == 1:
        return f"{share} of the settlements in {how} hold {years} years"
    near = [row.name for row, of in curves if of.spans[years].high >= best]
    if len(near) > 1:
        alike = listed(near)
        return f"Settlements hold about as often in {alike}: at most {share} after {years} years"
    return f"Settlements hold most often in {how}: {share} after {years} years"
