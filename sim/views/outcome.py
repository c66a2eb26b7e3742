"""How likely each kind of outcome is, and how soon something is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Array
from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import clause, counted, listing, sentence, span_words
from sim.prose import percent as share_text
from sim.results.allowed import allowed_spread
from sim.results.outcomes import DAYS, OUTCOME_WORDS, ByDay, Intervals
from sim.scenario.record import HORIZONS
from sim.scenario.tracks import limited_titles
from sim.views.colours import FIRST, LIMITED, OUTCOME_COLORS, SETTLED
from sim.views.run_data import (
    Calendar,
    band_of_shares,
    calendar,
    days,
    decision,
    is_certain,
    is_group,
    last_day,
    once,
    told_until,
)
from sim.views.view import View, foot_line
from sim.words.shares import bare_odds, in_worlds, odds_parts
from sim.words.story import asked_words, base_rate_words, votes_words


@dataclass(frozen=True)
class Odds:
    """Share of worlds with a kind of outcome.

    Attributes
    ----------
    label, line : str
        For an axis, and for a row of its own.
    possible : bool
        Whether the scenario can end so, or did.
    worlds : int
        How many there are.
    """

    label: str
    line: str
    color: str
    share: float
    interval: Interval | None
    possible: bool
    worlds: int

    @property
    def text(self) -> str:
        """The share, as exact as its interval; of few worlds how many."""
        return odds_parts(self.share, self.worlds, self.interval)[0]

    @property
    def span(self) -> str:
        """The interval in words; of few worlds of how many they are."""
        return odds_parts(self.share, self.worlds, self.interval)[1]


@dataclass(frozen=True)
class Band:
    """Shares by day, with the range that matters."""

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
    worlds : int
        How many there are.
    """

    name: str
    label: str
    phrase: str
    color: str
    curve: Band
    asked: Band
    shares: ByDay
    intervals: Intervals
    worlds: int

    @property
    def words(self) -> str:
        """The same as text."""
        parts = (
            f"by day {day} in {in_worlds(share, self.worlds, self.intervals[day])}"
            for day, share in self.shares.items()
            if share is not None
        )
        return f"{self.phrase}: {'; '.join(parts)}."


@dataclass(frozen=True)
class Base:
    """How often comparable talks of the past ended in an agreement, by a day.

    Attributes
    ----------
    label : str
        For the end of a mark.
    words : str
    """

    day: float
    share: float
    interval: Interval | None
    label: str
    words: str


@dataclass(frozen=True)
class OutcomeView(View):
    """Odds of every kind of outcome, and curves of what is signed.

    Attributes
    ----------
    calendar : Calendar
    end : float
        Last day shown.
    asked : list of str
        What is signed by the days that the scenario asks for.
    base : Base or None
    """

    odds: list[Odds]
    calendar: Calendar
    end: float
    signings: list[Signing]
    asked: list[str]
    #: limited agreements, which are neither a truce nor a settlement
    limited: list[Signing]
    base: Base | None = None
    #: days of the scenario's own, from day 0, and what each is
    named: Sequence[tuple[float, str]] = ()

    @property
    def words(self) -> list[str]:
        if not any(one.span for one in self.odds):  # nothing is uncertain
            return []
        parts = [
            f"{one.label}: {in_worlds(one.share, one.worlds, one.interval)}."
            for one in self.possible
        ]
        base = [f"Base rate. {self.base.words}"] if self.base else []
        return [*self.asked, *parts, *(one.words for one in self.signings), *base]

    @property
    def occurring(self) -> list[Odds]:
        """Kinds of outcome that any world has."""
        return [one for one in self.odds if one.share > 0]

    @property
    def absent(self) -> str:
        """Which kinds no world has, in a sentence; empty where each is seen."""
        never = [one for one in self.possible if one.share == 0]
        if not never:
            return ""
        names = "; ".join(one.label.split(":")[0].lower() for one in never)
        return f"In no world: {names}" + (f" ({never[0].span})." if never[0].span else ".")

    @property
    def done(self) -> str:
        """What becomes of a text that is agreed."""
        return "decided" if self.calendar.in_rounds else "signed"

    @property
    def known(self) -> list[str]:
        """Days asked about within the horizon."""
        return [day for day, share in self.signings[0].shares.items() if share is not None]

    @property
    def seen(self) -> list[Signing]:
        """What is signed in any world."""
        return [one for one in self.signings if one.curve.shares[-1] > 0]

    @property
    def unseen(self) -> str:
        """What is signed in none, in a sentence; empty where each is."""
        never = [one for one in self.signings if not one.curve.shares[-1]]
        if not never:
            return ""
        low, high = float(never[0].curve.low[-1]), float(never[0].curve.high[-1])
        names = listing([one.phrase if n == 0 else clause(one.phrase)
                         for n, one in enumerate(never)])  # fmt: skip
        return f"{names}: in no world by any of these days ({span_words([low, high])})."

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Days within the time shown that the scenario names itself, each with a word for it."""
        return [(day, word) for day, word in self.named if day > 0.0]

    @property
    def possible(self) -> list[Odds]:
        """Kinds of outcome that the scenario can have, or had."""
        return [one for one in self.odds if one.possible]

    @property
    def highest(self) -> float:
        """Upper end of all that is drawn."""
        ends = [float(one.curve.high.max()) for one in self.seen]
        if self.base:
            ends.append(self.base.interval.high if self.base.interval else self.base.share)
        return max(ends)


DOTS = 50


def dots(shares: Sequence[float], count: int = DOTS) -> list[int]:
    """So many dots shared out by largest remainders (Hamilton), in the order of the shares.

    Examples
    --------
    >>> dots([0.985, 0.015])
    [49, 1]
    >>> dots([0.333, 0.333, 0.334], 10)
    [3, 3, 4]
    """
    exact = count * np.asarray(shares, dtype=float) / float(np.sum(shares))
    whole = np.floor(exact + 1e-9)
    rest = np.argsort(whole - exact, kind="stable")[: count - int(whole.sum())]
    whole[rest] += 1
    return [int(n) for n in whole]


@once
def outcome_view(run: Run) -> OutcomeView:
    """How the worlds end, and how soon something is signed."""
    shares, intervals, scenario = run.summary.outcomes, run.summary.outcome_spans, run.scenario
    barred = {
        *(["partial"] if len(scenario.stages) == 1 else []),
        *([] if scenario.ratification else ["ratification_failed"]),
    }
    odds = [
        Odds(OUTCOME_WORDS[kind].label, OUTCOME_WORDS[kind].line, OUTCOME_COLORS[kind],
             shares[kind], intervals[kind], kind not in barred or shares[kind] > 0,
             run.summary.worlds)
        for kind in shares
    ]  # fmt: skip
    settled, first = run.ensemble.settled_day.values, run.ensemble.first_signed_day.values
    what = "settlement, also ratified" if scenario.ratification else "settlement"
    signings = [_signing(run, "settlement", sentence(what), f"A {what}", SETTLED, settled)]
    if len(scenario.stages) > 1:
        title = scenario.stages[0].shown
        signings.append(_signing(run, "first_stage", title, f"“{title}”", FIRST, first))
    limited = [
        _signing(run, key, title, f"“{title}” (limited)", LIMITED,
                 run.ensemble.limited_day.sel(limited=key).values)
        for key, title in limited_titles(scenario).items()
    ]  # fmt: skip
    if is_certain(run):
        odds = [replace(one, interval=None) for one in odds if one.share]
        under = "Nothing is uncertain: all worlds are alike."
    else:
        under = (
            "How the worlds end within the horizon, and the share in which something is signed by "
            f"each date, in {counted(run.summary.worlds, 'world')}; ranges: "
            f"{run.summary.span_means}."
        )
    under = " ".join([under, *votes_words(scenario)])
    return OutcomeView(foot_line(run), answer(run), under, odds, calendar(run), last_day(run),
                       signings, asked_words(scenario, run.summary), limited, _base(run),
                       _named(run))  # fmt: skip


def _named(run: Run) -> list[tuple[float, str]]:
    """The deadline, and the days that are asked about; those after the last round on its day."""
    scenario, end = run.scenario, last_day(run)
    named = [(scenario.day_of(one.by), sentence(one.text)) for one in scenario.ask]
    if scenario.deadline is not None:
        deadline = scenario.day_of(scenario.deadline.at)
        named = [(deadline, "Deadline"), *(one for one in named if one[0] != deadline)]
    return [(min(day, end), word) for day, word in named if day <= told_until(run)]


def _base(run: Run) -> Base | None:
    found = run.summary.base_rate
    if found is None:
        return None
    cases = clause(found.cases)
    label = f"{share_text(found.share)} in {HORIZONS[found.days]}: {cases}"
    return Base(float(found.days), found.share, found.interval, label, base_rate_words(run.summary))


def _signing(run: Run, name: str, label: str, phrase: str, color: str, signed: Array) -> Signing:
    end = last_day(run)
    shown = days(run)[days(run) <= end]
    asked = np.array([day for day in DAYS if day <= end], dtype=float)
    spread = allowed_spread(run.ensemble)
    curve, marks = (Band(at, *band_of_shares(signed, at, spread)) for at in (shown, asked))
    shares, spans = run.summary.by_day(name)
    if spread is not None:
        spans = {
            day: None if share is None else spread(signed <= float(day))
            for day, share in shares.items()
        }
    return Signing(name, label, phrase, color, curve, marks, shares, spans, run.summary.worlds)


def answer(run: Run) -> str:
    """The finding by the first day that the scenario asks for, and within the horizon."""
    asked = next(iter(run.summary.asked or []), None)
    if asked is None or asked.settlement is None:
        return headline(run)
    worlds = run.summary.worlds
    text = f"{sentence(asked.text)} A settlement in {_in(asked.settlement, worlds)}"
    later = [run.summary.outcomes["settlement"]]
    if asked.first_stage is not None:
        text += f", {_first_title(run)} in {bare_odds(asked.first_stage, worlds)}"
        later.append(_first_signed(run))
    horizon = counted(run.summary.horizon_days, "day")
    return f"{text}; within {horizon} in {listing([bare_odds(x, worlds) for x in later])}"


def headline(run: Run) -> str:
    """The finding: the odds of a settlement, and of a first stage, within the horizon."""
    outcomes, worlds = run.summary.outcomes, run.summary.worlds
    horizon, share = counted(run.summary.horizon_days, "day"), outcomes["settlement"]
    if is_group(run) and share == 1:
        return decision(run)
    if share > 0:
        text = f"A settlement within {horizon} in {_in(share, worlds)}"
    else:
        text = f"No settlement within {horizon} in any of {counted(worlds, 'world')}"
    if len(run.scenario.stages) > 1:
        first = _first_signed(run)
        text += f"; {_first_title(run)} signed in {bare_odds(first, worlds) if first else 'none'}"
    elif share < 0.5:
        rest = {k: v for k, v in outcomes.items() if k != "settlement"}
        most = max(rest, key=lambda k: rest[k])
        if rest[most] == 1:
            return text
        how = OUTCOME_WORDS[most].label.split(":")[0].lower()
        text += f"; {how} in {bare_odds(rest[most], worlds)}"
    return text


def _in(share: float, worlds: int) -> str:
    text = bare_odds(share, worlds)
    return f"{text} of worlds" if text.endswith("%") else f"{text} worlds"


def _first_signed(run: Run) -> float:
    return float(np.isfinite(run.ensemble.first_signed_day.values).mean())


def _first_title(run: Run) -> str:
    """Title of the first stage, in quotation marks."""
    return f"“{run.scenario.stages[0].shown}”"
