"""How long settlements hold, and how long the plans would."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import FEW, counted, percent
from sim.prose import percent as share_text
from sim.studies.compare.comparison import Comparison
from sim.views.compare.common import Row, foot, listed, row_of, rows_of
from sim.views.view import View


@dataclass(frozen=True)
class Holding:
    """Share of a scenario's settlements, or of worlds under its plan, that still holds by year.

    Attributes
    ----------
    row : Row
    held : list of float
        After each year, from the first.
    spans : list of Interval
        95 % intervals of a settlement's shares; empty for a plan.
    """

    row: Row
    held: list[float]
    spans: list[Interval]

    @property
    def words(self) -> str:
        """The curve in a sentence."""
        last, years = percent(self.held[-1]), counted(len(self.held), "year")
        return f"{self.row.title}: {last} hold {years}."


@dataclass(frozen=True)
class HoldingPanel:
    """Curves of the settlements (``settled``) or of the plans (``plan``)."""

    name: str
    title: str
    short_title: str
    curves: list[Holding]


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

    def curve(run: Run, held: list[float], spans: list[Interval]) -> Holding:
        return Holding(row_of(comparison, run), held, spans)

    settled = [
        curve(run, found.shares, found.spans)
        for run in comparison.ranked
        if (found := run.summary.durability) and found.worlds >= FEW
    ]
    plans = [
        curve(run, list(plan.held.values()), [])
        for run in comparison.ranked
        if (plan := run.summary.plan) and plan.held
    ]
    reached = f"Settlements reached (at least {FEW} worlds)"
    panels = [
        HoldingPanel("settled", reached, reached, settled),
        HoldingPanel("plan", "The plans as published, if signed as they stand",
                     "The plans, if they were in force", plans),
    ]  # fmt: skip
    if not settled + plans:
        return None
    text = (
        "Share of worlds in which, after so many years, no accident has ended the agreement and "
        "keeping it still beats breaking it for every side. Left: settlements, with the 95 % "
        "interval of the last share; hollow: the plan in all worlds, whether or not anybody would "
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
    after = {c.row.name: c.held[years - 1] for c in curves}
    best = max(after.values())
    which = listed([key for key, share in after.items() if share == best])
    if settled:
        return f"After {years} years {share_text(best)} of the settlements hold in {which}"
    return (
        f"Too few settlements to say how long they hold; of the plans {which} would hold longest: "
        f"{share_text(best)} after {years} years"
    )
