"""How the worlds of each scenario end."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval, wilson
from sim.prose import percent, span_words
from sim.prose import percent as share_text
from sim.results.outcomes import OUTCOME_WORDS
from sim.studies.compare.comparison import Comparison
from sim.views.colours import OUTCOME_COLORS
from sim.views.compare.common import Row, foot, listed, rows_of
from sim.views.view import View


@dataclass(frozen=True)
class OutcomeColumn:
    """One kind of outcome in all scenarios.

    Attributes
    ----------
    kind, title, color : str
    shares : list of float
        Of worlds, by scenario.
    spans : list of Interval
        Their 95 % intervals (Wilson).
    """

    kind: str
    title: str
    color: str
    shares: list[float]
    spans: list[Interval]

    @property
    def occurs(self) -> bool:
        """Whether any world of any scenario ends so."""
        return any(self.shares)


@dataclass(frozen=True)
class OddsView(View):
    """Shares of worlds by how they end, a row per scenario.

    Attributes
    ----------
    rows : list of Row
        The rows, nearest to a settlement first.
    columns : list of OutcomeColumn
        Kinds of outcome that occur, and settlements in any case.
    """

    rows: list[Row]
    columns: list[OutcomeColumn]

    @property
    def words(self) -> list[str]:
        """A sentence for each scenario."""
        return [
            f"{row.title}: "
            + "; ".join(f"{c.title.lower()} {percent(c.shares[n])}" for c in self.occurring)
            + "."
            for n, row in enumerate(self.rows)
        ]

    @property
    def occurring(self) -> list[OutcomeColumn]:
        """Kinds of outcome of which there is any."""
        return [column for column in self.columns if column.occurs]


def odds(comparison: Comparison) -> OddsView:
    """One column per kind of outcome, one row per scenario: share of worlds with its interval."""
    runs = comparison.ranked
    every = [
        OutcomeColumn(
            kind, OUTCOME_WORDS[kind].label, OUTCOME_COLORS[kind],
            [run.summary.outcomes.get(kind, 0.0) for run in runs],
            [
                run.summary.outcomes_interval.get(kind, wilson(0, run.summary.worlds))
                for run in runs
            ],
        )
        for kind in OUTCOME_WORDS
        if any(kind in run.summary.outcomes for run in runs)
    ]  # fmt: skip
    columns = [c for c in every if c.kind == "settlement" or c.occurs]
    absent = [c.title.split(":")[0].lower() for c in every if c not in columns]
    subtitle = (
        "Share of worlds by how they end within the horizon, with 95 % intervals (Wilson). Each "
        "column has a scale of its own. In order of settlements, then first stages, then ripeness; "
        "the baseline is shaded."
    )
    worst = max((s for c in columns for v, s in zip(c.shares, c.spans, strict=True) if v == 0),
                key=lambda s: s.high, default=None)  # fmt: skip
    if worst is not None:
        subtitle += f" 0: in no world, 95 % interval {span_words(worst)}."
    if absent:
        subtitle += f" In no world of any scenario: {', '.join(absent)}."
    return OddsView(foot(comparison), headline(runs), subtitle, rows_of(comparison, runs), columns)


def headline(runs: list[Run]) -> str:
    """The finding: where a settlement is likeliest, and where there is none."""
    best = runs[0].summary.outcomes["settlement"]
    none = [r.scenario.name for r in runs if r.summary.outcomes["settlement"] == 0]
    if best == 0:
        stage = max(runs, key=lambda r: float(r.summary.first_stage_ever))
        share = stage.summary.first_stage_ever
        text = f"No settlement in any world of any of the {len(runs)} scenarios"
        if share:
            where = listed([stage.scenario.name])
            text += f"; a first stage most often in {where}: {share_text(share)}"
        return text
    interval = runs[0].summary.outcomes_interval["settlement"]
    # whoever lies within the interval of the first may be as good
    near = [r.scenario.name for r in runs if r.summary.outcomes["settlement"] >= interval.low and
            r.summary.outcomes["settlement"] > 0]  # fmt: skip
    if len(near) == 1:
        text = (
            f"Settlement most often in {listed(near)}: {share_text(best)} ({span_words(interval)})"
        )
    else:
        text = f"Settlement about as often in {listed(near)}: at most {share_text(best)}"
    return text + (f"; none in {len(none)} of {len(runs)} scenarios" if none else "")
