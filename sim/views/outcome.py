"""How likely each kind of outcome is, and how soon something is signed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import counted, span_words
from sim.prose import percent as share_text
from sim.results.outcomes import DAYS, OUTCOME_WORDS, OUTCOMES
from sim.results.summary import ByDay, Intervals
from sim.views.colours import FIRST, OUTCOME_COLORS, SETTLED
from sim.views.run_data import band_of_shares, days, last_day, stage_title
from sim.words.story import asked_words

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Odds:
    """Share of worlds with a kind of outcome.

    Attributes
    ----------
    label, line : str
        For an axis, and for a row of its own.
    possible : bool
        Whether the scenario can end so, or did.
    """

    label: str
    line: str
    color: str
    share: float
    interval: Interval
    possible: bool

    @property
    def text(self) -> str:
        """The share, as exact as its interval."""
        return share_text(self.share, self.interval)

    @property
    def span(self) -> str:
        """The interval in words."""
        return span_words(self.interval)


@dataclass(frozen=True)
class Band:
    """Shares by day, with 95 % intervals."""

    days: Array
    shares: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Signing:
    """How soon something is signed.

    Attributes
    ----------
    label, phrase : str
        For a key, and as the start of a sentence.
    curve, asked : Band
        By every day worth showing, and by those that people ask about.
    shares, intervals : mapping
        As in the summary, by days asked about; None beyond the horizon.
    """

    name: str
    label: str
    phrase: str
    color: str
    curve: Band
    asked: Band
    shares: ByDay
    intervals: Intervals

    @property
    def words(self) -> str:
        """The same as text."""
        parts = (
            f"by day {day} in {share_text(share, self.intervals[day])} of worlds "
            f"({span_words(self.intervals[day])})"
            for day, share in self.shares.items()
            if share is not None
        )
        return f"{self.phrase}: {'; '.join(parts)}."


@dataclass(frozen=True)
class OutcomeView:
    """Odds of every kind of outcome, and curves of what is signed.

    Attributes
    ----------
    end : float
        Last day shown.
    asked : list of str
        What is signed by the days that the scenario asks for.
    """

    headline: str
    odds: list[Odds]
    end: float
    signings: list[Signing]
    asked: list[str]

    @property
    def possible(self) -> list[Odds]:
        """Kinds of outcome that the scenario can have, or had."""
        return [one for one in self.odds if one.possible]

    @property
    def highest(self) -> float:
        """Upper end of all bands."""
        return max(float(one.curve.high.max()) for one in self.signings)


def outcome_view(run: Run) -> OutcomeView:
    """How the worlds end, and how soon something is signed."""
    shares, intervals, scenario = run.summary.outcomes, run.summary.outcomes_interval, run.scenario
    barred = {
        *(["partial"] if len(scenario.stages) == 1 else []),
        *([] if scenario.ratification else ["ratification_failed"]),
    }
    odds = [
        Odds(OUTCOME_WORDS[kind].label, OUTCOME_WORDS[kind].line, OUTCOME_COLORS[kind],
             shares[kind], intervals[kind], kind not in barred or shares[kind] > 0)
        for kind in OUTCOMES
    ]  # fmt: skip
    settled, first = run.ensemble.settled_day.values, run.ensemble.first_signed_day.values
    signings = [_signing(run, "settlement", "Settlement", "A settlement", SETTLED, settled)]
    if len(scenario.stages) > 1:
        title = stage_title(run, scenario.stages[0].name)
        signings.append(_signing(run, "first_stage", title, f"“{title}”", FIRST, first))
    asked = asked_words(scenario, run.summary)
    text = f"{asked[0]} {headline(run)}" if asked else headline(run)
    return OutcomeView(text, odds, last_day(run), signings, asked)


def _signing(run: Run, name: str, label: str, phrase: str, color: str, signed: Array) -> Signing:
    end = last_day(run)
    shown = days(run)[days(run) <= end]
    asked = np.array([day for day in DAYS if day <= end], dtype=float)
    curve, marks = (Band(at, *band_of_shares(signed, at)) for at in (shown, asked))
    return Signing(name, label, phrase, color, curve, marks, *run.summary.by_day(name))


def headline(run: Run) -> str:
    """The finding: the odds of a settlement, and of a first stage, within the horizon."""
    outcomes, worlds = run.summary.outcomes, run.summary.worlds
    horizon = counted(run.summary.horizon_days, "day")
    share = outcomes["settlement"]
    if share > 0:
        text = f"A settlement within {horizon} in {share_text(share)} of worlds"
    else:
        text = f"No settlement within {horizon} in any of {counted(worlds, 'world')}"
    if len(run.scenario.stages) > 1:
        first = float(np.isfinite(run.ensemble.first_signed_day.values).mean())
        title = _first_title(run)
        text += f"; {title} signed in {share_text(first) if first else 'none'}"
    elif share < 0.5:
        rest = {k: v for k, v in outcomes.items() if k != "settlement"}
        most = max(rest, key=lambda k: rest[k])
        if rest[most] == 1:
            return text
        text += f"; {OUTCOME_WORDS[most].label.split(':')[0].lower()} in {share_text(rest[most])}"
    return text


def _first_title(run: Run) -> str:
    """Title of the first stage, in quotation marks."""
    return f"“{stage_title(run, run.scenario.stages[0].name)}”"
