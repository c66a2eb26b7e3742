"""How soon a deal is signed, scenario by scenario on one axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.ensemble.runner import Run
from sim.prose import sentence, span_words
from sim.results.allowed import RANGE, allowed_spread
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import uncalibrated_words
from sim.views.colours import FIRST, SETTLED
from sim.views.compare.common import Row, foot, listed, row_of
from sim.views.compare.odds import DECIDED, across, best_at, decides, first_stages
from sim.views.run_data import band_of_shares
from sim.views.view import View
from sim.words.shares import FEW, is_few, odds_words

RATIFIED = " (of a settlement only if it is also ratified)"


@dataclass(frozen=True)
class Curve:
    """Share of a scenario's worlds with a signature, by day.

    Attributes
    ----------
    name : str
        ``settlement`` or ``first_stage``.
    color : str
        What is signed, as in all charts.
    days, share, low, high : ndarray
        Days of the rounds and the last one, shares and their ranges over what past talks allow,
        10 to 90 per cent; 95 % intervals where worlds draw no calibration.
    text : str
        The share at the end, or the number of worlds where they are few: without a band.
    """

    name: str
    color: str
    days: Array
    share: Array
    low: Array
    high: Array
    text: str
    banded: bool

    @property
    def end(self) -> float:
        """Share at the end of the horizon."""
        return float(self.share[-1])

    @property
    def short(self) -> str:
        """The share at the end where there is little room."""
        number, _, total = self.text.partition(" of ")
        return f"{number} world{'' if number == '1' else 's'}" if total else number

    @property
    def words(self) -> str:
        """The curve in a sentence."""
        what = "a settlement" if self.name == "settlement" else "a first stage"
        return f"{what} in {self.text} by day {self.days[-1]:.0f}."


@dataclass(frozen=True)
class TimePanel:
    """What a scenario signs in any world, how soon."""

    row: Row
    curves: list[Curve]


@dataclass(frozen=True)
class TimeView(View):
    """One panel for each scenario that signs anything, as ranked.

    Attributes
    ----------
    panels : list of TimePanel
    never : str
        Which scenarios sign nothing in any world; empty where all do.
    """

    panels: list[TimePanel]
    never: str

    @property
    def curves(self) -> list[Curve]:
        """Those of all panels."""
        return [curve for panel in self.panels for curve in panel.curves]

    @property
    def words(self) -> list[str]:
        said = [f"{p.row.title}: {c.words}" for p in self.panels for c in p.curves]
        return [*said, self.never] if self.never else said


def time(comparison: Comparison) -> TimeView:
    """Share of worlds with a settlement by day, and with a first stage where there are several."""
    calibrated = any(run.summary.allowed for run in comparison.runs)
    bands = RANGE if calibrated else "95 % intervals (Wilson)"
    panels = [TimePanel(row_of(comparison, run), _curves(run)) for run in comparison.ranked]
    votes = any(run.scenario.ratification for run in comparison.runs)
    return TimeView(
        foot(comparison),
        headline(comparison),
        f"Share of worlds with a signature by day since each scenario's start{RATIFIED * votes}; "
        f"bands: {bands}, not of fewer than {FEW} worlds. Grey behind: settlements in the other "
        "scenarios."
        f"{uncalibrated_words(comparison)}",
        [panel for panel in panels if panel.curves],
        _never(comparison.ranked),
    )


def _curves(run: Run) -> list[Curve]:
    days = np.arange(run.scenario.rounds + 1, dtype=np.float64) * run.scenario.war.round_days
    days = np.unique([*days, run.scenario.last_day])
    events = [("settlement", SETTLED)]
    if len(run.scenario.stages) > 1:
        events.append(("first_stage", FIRST))
    curves, spread, worlds = [], allowed_spread(run.ensemble), run.summary.worlds
    for name, color in events:
        if share := _signs(run, name):
            band = band_of_shares(signed_day(run, name), days, spread)
            text = odds_words(share, worlds)
            curves.append(Curve(name, color, days, *band, text, not is_few(share, worlds)))
    return curves


def signed_day(run: Run, name: str) -> Array:
    """Day of the signature by world, NaN where it never came."""
    data = run.ensemble
    return np.asarray((data.settled_day if name == "settlement" else data.first_signed_day).values)


def _signs(run: Run, name: str) -> float:
    return float(np.isfinite(signed_day(run, name)).mean())


def _never(runs: list[Run]) -> str:
    """Which scenarios sign nothing."""
    never = [run for run in runs if not _signs(run, "first_stage")]
    if not never:
        return ""
    spans = [run.summary.outcomes_interval["settlement"] for run in never]
    names = ", ".join(run.scenario.name for run in never)
    widest = span_words(max(spans, key=lambda span: span[1]))
    return f"Nothing signed in any world: {names} (95 % interval {widest})."


def headline(comparison: Comparison) -> str:
    """The finding: where settlements come, how soon, or that there are none."""
    if decides(comparison):
        return DECIDED
    runs = comparison.ranked
    if len(comparison.groups) == 1:
        return sentence(_finding(runs))
    soon = max(runs, key=lambda run: _signs(run, "settlement"))
    return sentence(across(comparison, _when(soon) if _signs(soon, "settlement") else ""))


def _when(run: Run) -> str:
    """By when half of the settlements are signed; of few the first."""
    days = signed_day(run, "settlement")
    if is_few(_signs(run, "settlement"), run.summary.worlds):
        return f"the first by day {np.nanmin(days):.0f}"
    return f"half of them by day {np.nanmedian(days):.0f}"


def _finding(runs: list[Run]) -> str:
    with_any = [run for run in runs if _signs(run, "settlement")]
    if not with_any:
        signed = first_stages(runs)
        return f"no settlements{signed}" if signed else "nothing is signed in any world"
    first, near = best_at(with_any, "settlement")
    name, worlds, share = first.scenario.name, first.summary.worlds, _signs(first, "settlement")
    others = [other for other in near if other != name]
    as_often = f"; about as often in {listed(others)}" if others else ""
    return f"{odds_words(share, worlds)} settle in {name}, {_when(first)}{as_often}"
