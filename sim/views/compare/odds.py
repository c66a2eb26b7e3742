"""How the worlds of each scenario end."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval, negligible, wilson
from sim.prose import sentence, span_words
from sim.results.outcomes import OUTCOME_WORDS, Measure, ends_in, has
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.differences import Pair
from sim.studies.compare.words import uncalibrated_words
from sim.views.colours import OUTCOME_COLORS
from sim.views.compare.common import Row, foot, listed, rows_of
from sim.views.view import View
from sim.words.shares import FEW, is_few, odds_parts, odds_words, span_of


@dataclass(frozen=True)
class OutcomeColumn:
    """One kind of outcome in all scenarios.

    Attributes
    ----------
    kind, title, color : str
    shares : list of float
        Of worlds, by scenario.
    spans : list of Interval or None
        How they differ among the calibrations that past talks allow, 10 to 90 per cent, where
        worlds draw them; else 95 % intervals (Wilson). None for shares of few worlds.
    sampled : list of Interval or None
        95 % intervals beside the former, where they are not negligible.
    parts : list of (str, str)
        The shares or, where worlds are few, their number; and what stands below it.
    """

    kind: str
    title: str
    color: str
    shares: list[float]
    spans: list[Interval | None]
    sampled: list[Interval | None]
    parts: list[tuple[str, str]]

    def text(self, n: int) -> str:
        """The share in one scenario in words."""
        number, beside = self.parts[n]
        return f"{number} {beside} worlds" if beside.startswith("of ") else number

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
        return [
            f"{row.title}: "
            + "; ".join(f"{c.title.lower()} {c.text(n)}" for c in self.occurring)
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
        _column(kind, runs)
        for kind in OUTCOME_WORDS
        if any(kind in run.summary.outcomes for run in runs)
    ]
    columns = [c for c in every if c.kind == "settlement" or c.occurs]
    absent = [c.title.split(":")[0].lower() for c in every if c not in columns]
    calibrated = any(run.summary.allowed for run in runs)
    subtitle = "Share of worlds by how they end within the horizon, with " + (
        "the range over what past talks allow (10–90 %), and dark the 95 % interval of sampling "
        "where it is not negligible. "
        if calibrated
        else "95 % intervals (Wilson). "
    )
    if any(beside.startswith("of ") for column in columns for _, beside in column.parts):
        subtitle += f"Shares of fewer than {FEW} worlds are counts. "
    subtitle += "Columns have scales of their own; the baseline is shaded."
    if len(comparison.groups) == 1:
        subtitle += " In order of settlements, first stages, room for a deal."
    subtitle += uncalibrated_words(comparison)
    if any(0 in column.shares for column in columns):
        least = min(run.summary.worlds for run in runs)
        subtitle += f" 0: in no world, 95 % interval {span_words(wilson(0, least))}."
    if absent:
        subtitle += f" In no world of any scenario: {', '.join(absent)}."
    return OddsView(
        foot(comparison), headline(comparison), subtitle, rows_of(comparison, runs), columns
    )


def _column(kind: str, runs: list[Run]) -> OutcomeColumn:
    spans: list[Interval | None] = []
    sampled: list[Interval | None] = []
    parts, shares = [], [run.summary.outcomes.get(kind, 0.0) for run in runs]
    for run, share in zip(runs, shares, strict=True):
        worlds = run.summary.worlds
        interval = run.summary.outcomes_interval.get(kind, wilson(0, worlds))
        span = run.summary.outcome_spans.get(kind, interval)
        few = share > 0 and is_few(share, worlds)
        beside = run.summary.allowed is not None and not negligible(interval, span)
        spans.append(None if few else span)
        sampled.append(interval if beside and not few else None)
        parts.append(odds_parts(share, worlds, span) if share else ("0", ""))
    words = OUTCOME_WORDS[kind].label
    return OutcomeColumn(kind, words, OUTCOME_COLORS[kind], shares, spans, sampled, parts)


EVENTS = {
    "settlement": Measure("settlement", "", "share", ends_in("settlement")),
    "first_stage": Measure("first_stage", "", "share", has("first_signed_day")),
}


def best_at(runs: list[Run], event: str) -> tuple[Run, list[str]]:
    """Where a settlement, or a first stage, is most frequent, and the names of all as good."""

    def share(run: Run) -> float:
        return float(EVENTS[event].values(run.ensemble).mean())

    def as_good(run: Run) -> bool:
        gap = Pair(run, first).difference(EVENTS[event])
        return run is first or bool(share(run) and gap is not None and not gap.visible)

    first = max(runs, key=share)
    return first, [run.scenario.name for run in runs if as_good(run)]


def headline(comparison: Comparison) -> str:
    """The finding: where a settlement is likeliest, and where there is none."""
    if decides(comparison):
        return DECIDED
    if len(comparison.groups) > 1:
        return sentence(across(comparison))
    return sentence(_finding(comparison.ranked))


DECIDED = "What groups decide, all are bound by: there are no odds to compare"


def decides(comparison: Comparison) -> bool:
    """Whether all scenarios are decisions of groups."""
    return all(group.decided for group in comparison.groups)


def across(comparison: Comparison, when: str = "") -> str:
    """The least and the greatest share of settlements of plans that are not ranked together.

    With something that is told of where there are most.
    """
    runs = comparison.ranked
    found = [(run.summary.outcomes["settlement"], run.summary.worlds) for run in runs]
    ends = min(found)[0], max(found)[0]
    wars = len({group.war for group in comparison.groups}) > 1
    which = "are about different conflicts" if wars else "start on different days"
    if ends[0] == ends[1]:
        how = span_of(found) if ends[1] else "in no world"
        return f"settlement {how} in each of the {len(runs)} scenarios, which {which}"
    least, most = (
        listed([run.scenario.name for run, (share, _) in zip(runs, found, strict=True)
                if share == end], 2) for end in ends
    )  # fmt: skip
    span = f"settlement {span_of(found)}, least in {least}, most in {most}"
    return f"{span}{when and f' ({when})'}; the scenarios {which}"


def _finding(runs: list[Run]) -> str:
    none = [r.scenario.name for r in runs if r.summary.outcomes["settlement"] == 0]
    if len(none) == len(runs):
        all_ = none[0] if len(none) == 1 else f"any of the {len(runs)} scenarios"
        text = f"no settlement in any world of {all_}"
        return text + first_stages(runs)
    best, near = best_at(runs, "settlement")
    said = best.summary.outcomes["settlement"], best.summary.worlds
    words = odds_words(*said, best.summary.outcome_spans["settlement"])
    if len(runs) == 1:
        text = f"{words} settle in {listed(near)}"
    elif len(near) == 1:
        text = f"settlement most often in {listed(near)}: {words}"
    else:
        text = f"settlement about as often in {listed(near)}: at most {words}"
    return text + (f"; none in {len(none)} of {len(runs)} scenarios" if none else "")


def first_stages(runs: list[Run]) -> str:
    """Where first stages are most frequent; nothing where there are none."""
    best, near = best_at(runs, "first_stage")
    share = float(best.summary.first_stage_ever)
    if not share:
        return ""
    how = "most often in" if len(near) == 1 else "about as often in"
    most = "" if len(near) == 1 else "at most "
    what = "a first stage" if any(len(run.scenario.stages) > 1 for run in runs) else "a signature"
    return f"; {what} {how} {listed(near)}: {most}{odds_words(share, best.summary.worlds)}"
