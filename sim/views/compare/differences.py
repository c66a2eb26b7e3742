"""Differences to the baseline, world by world."""

from __future__ import annotations

from dataclasses import dataclass

from sim.prose import sentence
from sim.results.outcomes import Measure
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.differences import Difference
from sim.studies.compare.words import MAIN, difference_words, stage_words
from sim.views.colours import SEEN, UNSEEN
from sim.views.compare.common import Row, foot, left_out, listed, rows_of
from sim.views.view import View

OTHERS, ROWS = 4, 8
"""Outcomes that are drawn besides the main measures, in a block below: of so many scenarios."""


@dataclass(frozen=True)
class Contrast:
    """One scenario less the baseline on one measure, in the units of the chart.

    ``beside`` is its range over what past talks allow, where worlds draw it (``calibrated``); else
    what the interval would be without pairing.
    """

    place: int
    row: Row
    value: float
    interval: tuple[float, float]
    beside: tuple[float, float]
    calibrated: bool
    color: str
    words: str


@dataclass(frozen=True)
class MeasureColumn:
    """One measure, with the scenarios on which it can be compared.

    Attributes
    ----------
    contrasts, every : list of Contrast
        Scenarios of the same parties; and all, as ranked.
    outcome : bool
        Whether it counts worlds.
    """

    key: str
    title: str
    noun: str
    unit: str
    contrasts: list[Contrast]
    every: list[Contrast]
    outcome: bool = False

    @property
    def largest(self) -> float:
        """The largest of its visible differences; 0 of none."""
        return max((abs(one.value) for one in self.contrasts if one.color == SEEN), default=0.0)


@dataclass(frozen=True)
class DifferencesView(View):
    """One column per measure, one row per scenario.

    Attributes
    ----------
    rows : list of Row
        Scenarios of the same parties as the baseline, without it.
    columns : list of MeasureColumn
    """

    rows: list[Row]
    columns: list[MeasureColumn]

    @property
    def answering(self) -> list[MeasureColumn]:
        """The main measures, and other outcomes in which most differs; the rest is in words."""
        others = [c for c in self.columns if c.outcome and c.key not in MAIN and c.largest]
        most = sorted(others, key=lambda c: -c.largest)[: OTHERS * (len(self.rows) <= ROWS)]
        shown = {*MAIN, *(c.key for c in most)}
        return [c for c in self.columns if c.key in shown] or self.columns[:1]

    @property
    def words(self) -> list[str]:
        return [f"{one.row.title}: {one.words}" for c in self.columns for one in c.every]


def differences(comparison: Comparison) -> DifferencesView | None:
    """Paired and unpaired intervals; None where there is nothing to compare."""
    runs = [run for run in comparison.alike if run.scenario.name != comparison.baseline]
    names = [run.scenario.name for run in comparison.alike]
    found = [one for one in comparison.telling if one.scenario in names]
    rows = rows_of(comparison, runs)
    columns = [_column(comparison, rows, measure) for measure in shown_measures(found)]
    if not rows or not columns:
        return None
    text = (
        f"Each scenario less {comparison.baseline}, in the same worlds (common random "
        "numbers), with 95 % intervals: paired shares after Newcombe, paired means after Student. "
        "Days only where both have one. Each interval stands by itself."
    )
    if any(one.allowed for one in found):
        text += (
            " Wide: the range over what past talks allow (10–90 %); what holds 0 there is a tie."
        )
    loose = sorted({one.scenario for one in comparison.differences if not one.paired})
    text += f" Other worlds, so not paired: {listed(loose)}." if loose else ""
    text += stage_words(comparison)
    if len(comparison.groups) > 1:
        text += " Not all start on the same day: a difference may come from the situation then."
    text += left_out(comparison, names, "Other parties")
    finding = headline(comparison.baseline, found)
    return DifferencesView(foot(comparison), finding, text, rows, columns)


def shown_measures(found: list[Difference]) -> list[Measure]:
    """Measures on which some scenario or the baseline has anything at all."""
    by_measure: dict[str, list[Difference]] = {}
    for one in found:
        by_measure.setdefault(one.measure.key, []).append(one)
    return [
        group[0].measure
        for key, group in by_measure.items()
        if key == "settlement"
        or group[0].measure.kind != "share"
        or any(one.of_scenario or one.of_baseline for one in group)
    ]


def _column(comparison: Comparison, rows: list[Row], measure: Measure) -> MeasureColumn:
    ranked = rows_of(comparison, comparison.ranked)
    return MeasureColumn(measure.key, measure.head, measure.noun, measure.unit,
                         _contrasts(comparison, rows, measure),
                         _contrasts(comparison, ranked, measure),
                         measure.kind == "share")  # fmt: skip


def _contrasts(comparison: Comparison, rows: list[Row], measure: Measure) -> list[Contrast]:
    scale, contrasts = measure.scale, []
    for place, row in enumerate(rows):
        one = comparison.of(row.name, measure.key)
        if one is not None:
            low, high = one.interval
            least, most = one.allowed or one.unpaired
            contrasts.append(
                Contrast(place, row, scale * one.value, (scale * low, scale * high),
                         (scale * least, scale * most), one.allowed is not None,
                         SEEN if one.visible else UNSEEN, sentence(difference_words(one)))
            )  # fmt: skip
    return contrasts


def headline(base: str, found: list[Difference]) -> str:
    """The finding: who differs visibly from the baseline in settlements, or in room for a deal."""
    for key, (one, several), more, fewer in (
        ("settlement", ("settles", "settle"), "more often", "less often"),
        ("first_stage", ("signs a first stage", "sign a first stage"), "more often", "less often"),
        ("ripeness", ("leaves", "leave"), "more room for a deal", "less room for a deal"),
    ):
        seen = [d for d in found if d.measure.key == key and d.visible]
        up = [d.scenario for d in seen if d.value > 0]
        down = [d.scenario for d in seen if d.value < 0]
        parts = [
            f"{listed(names, 3)} {one if len(names) == 1 else several} {how} than {base}"
            for names, how in ((up, more), (down, fewer))
            if names
        ]
        if seen:
            return sentence("; ".join(parts))
    stages = "first stages" if any(one.measure.key == "first_stage" for one in found) else ""
    among = ", ".join(filter(None, ("settlements", stages)))
    return f"No visible difference from {base} in {among} or room for a deal"
