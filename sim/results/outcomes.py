"""What a world can end as, why, and what is measured of every world; with their words.

The one place that defines and words them: the dataset, the summary, comparisons, sweeps, charts,
reports and the terminal all take them from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.arrays import Array
from sim.formulas.statistics import Interval, wilson
from sim.prose import digits_of, percent, possessive, sentence, signed, span_words
from sim.scenario.schema import Scenario
from sim.scenario.tracks import limited_titles, tracks_of

ByDay = dict[str, float | None]
Intervals = dict[str, Interval | None]
Kind = Literal["share", "utility", "days", "scale units"]

NOTE = "A model's consequences, given these assumptions; not a forecast."
DAYS = (7, 30, 100, 180, 365)
"""Days by which deals are counted, besides the horizon."""
LIMITED_DAY = "limited_day"
"""Variable of when each limited agreement is signed first; not there without such talks."""
LASTING = 5
"""Years for which a settlement has to hold to count as lasting."""


@dataclass(frozen=True)
class Words:
    """One kind of outcome, or one reason, in words.

    Attributes
    ----------
    label : str
        For axes and the heads of columns.
    line : str
        For a row of its own, or within a list that has room.
    phrase : str
        After "worlds with" or "because of".
    """

    label: str
    line: str
    phrase: str


OUTCOME_WORDS = {
    "settlement": Words(
        "Settlement",
        "Settlement (all signed, votes passed)",
        "a whole settlement",
    ),
    "partial": Words(
        "Partial: some stages",
        "Partial (some stages signed and standing)",
        "some stages signed, not all",
    ),
    "limited": Words(
        "Only limited agreements",
        "Limited agreements only (in force; no stage stands)",
        "limited agreements only",
    ),
    "ratification_failed": Words(
        "Signed, not ratified", "Signed, and not ratified", "a text signed and not ratified"
    ),
    "breakdown": Words(
        "Breakdown: a side left", "Breakdown (a side walked away)", "a side walking away"
    ),
    "no_deal": Words(
        "No deal by the end", "No deal (nothing in force at the end)", "no deal by the end"
    ),
}
"""Kinds of outcome. ``ratification_failed``: the text signed last failed at a gate, whatever else
stands at the end. ``limited``: the talks go on without a stage signed, and a limited agreement
beside them is in force; where a side has walked away that is said first."""
OUTCOMES = (*(kind for kind in OUTCOME_WORDS if kind != "limited"), "limited")
"""Kinds of outcome, in the order of their codes in the dataset."""


def outcomes_of(scenario: Scenario) -> tuple[str, ...]:
    """Kinds of outcome that a scenario can be told by, in the order of the words."""
    return tuple(k for k in OUTCOME_WORDS if k != "limited" or tracks_of(scenario))


def shares_of_outcomes(
    scenario: Scenario, codes: NDArray[np.int8]
) -> tuple[dict[str, float], dict[str, Interval]]:
    """Share of worlds that end in every way, and its interval, from their codes."""
    counts = {k: int((codes == OUTCOMES.index(k)).sum()) for k in outcomes_of(scenario)}
    worlds = len(codes)
    shares = {kind: count / worlds for kind, count in counts.items()}
    return shares, {kind: wilson(count, worlds) for kind, count in counts.items()}


def signed_by_day(days: Array, horizon: float) -> tuple[ByDay, Intervals]:
    """Share of worlds in which something is signed by the days people ask about.

    Parameters
    ----------
    days : ndarray, shape (worlds,)
        Day of signing, NaN where it never is.
    horizon : float
        Last day simulated; beyond it nothing is known.
    """
    shares: ByDay = {}
    intervals: Intervals = {}
    for day in sorted({*DAYS, horizon}):
        known = day <= horizon
        count = int((days <= day).sum())
        shares[str(day)] = count / len(days) if known else None
        intervals[str(day)] = wilson(count, len(days)) if known else None
    return shares, intervals


LIMITED_WORDS = {
    "ever": "ever signed",
    "in_force": "in force at the end",
    "renewed": "renewed at its term",
    "lapsed": "lapsed",
    "broken": "broken at least once (it can be signed again)",
    "superseded": "in force until a settlement took its place",
}
"""What can become of a limited agreement, which is neither a truce nor a settlement."""

REASON_WORDS = {
    "red_lines": Words(
        "red lines miss each other",
        "red lines that leave no common ground",
        "red lines that miss each other",
    ),
    "no_surplus": Words(
        "nothing that all prefer",
        "no package that all prefer to having no deal",
        "no package that all prefer to no deal",
    ),
    "not_reached": Words(
        "not reached",
        "a package that would suit all and was not reached",
        "a package that was not reached",
    ),
    "ratification": Words(
        "signed, not ratified", "a text that was signed and not ratified", "a vote"
    ),
}
"""Why a world has no settlement: red lines that miss each other, no package that all prefer to
fighting on, a package that exists and was not reached (why, :mod:`sim.studies.causes` finds by
running on), or a text that was signed and failed at a gate."""
REASONS = tuple(REASON_WORDS)
"""Reasons, in the order of their codes in the dataset."""


class Agreement(NamedTuple):
    """A limited agreement, as ``track.stage``, and its title."""

    key: str
    title: str


ALL = "100: all that a side wants"
"""What points of utility are of; a gain can be more where no deal is worth less than nothing."""
UNITS = {"share": "worlds of 100", "utility": "points of 100"}
"""Of what is told of a kind of measure; of the others the kind itself."""


@dataclass(frozen=True)
class Measure:
    """Something that is known of every world.

    Attributes
    ----------
    key : str
        As after ``--of``: ``settlement``, ``deal_by_day:100``, ``gain:putin``, …
    title : str
        In plain words, as the start of a sentence.
    kind : str
        ``share`` for what happens or not; ``utility``, ``days`` and ``scale units`` for means.
    values : callable
        From a dataset of worlds to an array of its dims, NaN in worlds that have no value.
    noun : str
        Within a sentence; empty where scenarios are not compared by it.
    verb : str
        What a scenario does in so many worlds; shares that are compared only.
    short : str
        For the head of a column; the title where nothing shorter is clear.
    agreement : Agreement or None
        The limited agreement that it counts.
    """

    key: str
    title: str
    kind: Kind
    values: Callable[[xr.Dataset], Array]
    noun: str = ""
    verb: str = ""
    short: str = ""
    agreement: Agreement | None = None

    def lacked_by(self, scenario: Scenario) -> bool:
        """Whether it counts a limited agreement of which a scenario has no talks."""
        if self.agreement is None:
            return False
        return limited_titles(scenario).get(self.agreement.key) != self.agreement.title

    @property
    def head(self) -> str:
        """For the head of a column, or of a row, of differences."""
        return self.short or sentence(self.noun)

    @property
    def column(self) -> str:
        """Its column in ``cells.csv``."""
        return self.key.replace(":", "_")

    @property
    def scale(self) -> float:
        """From its values to what is told: worlds of 100, points of 100, days, scale units."""
        return 100.0 if self.kind in ("share", "utility") else 1.0

    @property
    def unit(self) -> str:
        """Of its values times :attr:`scale`."""
        return UNITS.get(self.kind, self.kind)

    def value_words(self, value: float) -> str:
        """A mean in words."""
        if self.kind == "share":
            return percent(value)
        told = signed(f"{self.scale * value:.{self._digits}f}")
        return f"{told} points" if self.kind == "utility" else told

    def interval_words(self, low: float, high: float) -> str:
        """Its interval in words."""
        if self.kind == "share":
            return span_words([low, high])
        if not math.isfinite(high - low):
            return "one world"
        low, high = self.scale * low, self.scale * high
        digits = digits_of((low, high), self._digits)
        return signed(f"{low:.{digits}f} to {high:.{digits}f}")

    @property
    def _digits(self) -> int:
        return 1 if self.kind == "utility" else 2


@dataclass(frozen=True)
class Names:
    """Keys and titles that results are told by.

    Attributes
    ----------
    actors, issues : mapping of str to str
        Key → name, of all scenarios of a sweep, in the order of the columns of the results.
    stages : bool
        Whether there is a stage before the whole settlement.
    first_stage : str
        Its title where all scenarios have the same.
    lasting : int
        Years after which a settlement counts as lasting; 0 where no scenario says what makes it
        hold.
    horizon : int
        Last day that all cells reach.
    limited : mapping of str to str
        Limited agreement, as ``track.stage``, → title.
    """

    actors: Mapping[str, str]
    issues: Mapping[str, str]
    stages: bool
    first_stage: str
    lasting: int
    horizon: int
    limited: Mapping[str, str] = field(default_factory=dict)


def lasting_years(scenarios: Iterable[Scenario]) -> int:
    """Years after which a settlement counts as lasting: so many as all models of durability have.

    0 where no scenario says what makes a settlement hold.
    """
    years = [one.durability.years for one in scenarios if one.durability]
    return min(LASTING, *years) if years else 0


COMPARED = ("settlement", "first_stage", "ratification_failed", "partial", "limited", "no_deal",
            "breakdown", "lasting")  # fmt: skip
"""Shares by which scenarios are compared, besides those of limited agreements."""


def comparable(
    runs: Iterable[Scenario],
    actors: Iterable[str],
    limited: Mapping[str, Agreement] = MappingProxyType({}),
) -> list[Measure]:
    """What scenarios are compared by; ripeness and utilities only where there are actors.

    ``limited`` are agreements by what tells them apart among the scenarios.
    """
    scenarios = list(runs)
    titles = {k: a.short for one in reversed(scenarios) for k, a in one.actors.items()}
    who = {key: titles[key] for key in actors}
    says = all(one.durability for one in scenarios)
    years = lasting_years(scenarios) if says else 0
    names = Names(who, {}, False, "", years, 0, {one.key: one.title for one in limited.values()})
    known = {m.key: m for m in _every(names)}
    signs = {
        f"limited:{key}": _signs_limited(f"limited:{key}", one) for key, one in limited.items()
    }
    means = ["settled_day", "first_stage_day"]
    means += ["ripeness", *(f"utility:{key}" for key in who)] if who else []
    known |= signs
    return [known[key] for key in (*COMPARED, *signs, *means) if key in known]


def measures(names: Names) -> list[Measure]:
    """Measures of a sweep, in the order of the columns."""
    return [measure for measure in _every(names) if measure.kind != "days"]


def _every(names: Names) -> Iterator[Measure]:
    nouns = {
        "settlement": ("settlement", "settles"),
        "ratification_failed": ("ratification failed", "fails at ratification"),
        "breakdown": ("breakdown", "breaks down"),
        "partial": ("only some stages signed", "ends with only some stages signed"),
        "limited": ("limited agreements only", "ends with limited agreements only"),
        "no_deal": ("no deal by the end", "ends without a deal"),
    }
    for kind, words in OUTCOME_WORDS.items():
        if kind == "limited" and not names.limited:
            continue
        title, short = f"Worlds with {words.phrase}", "Settles" if kind == "settlement" else ""
        yield Measure(kind, title, "share", ends_in(kind), *nouns[kind], short)
    stage = f"“{names.first_stage}”" if names.first_stage else "a first stage"
    yield Measure("first_stage", f"Worlds that ever sign {stage}", "share", has("first_signed_day"),
                  "a stage signed", "signs at least one stage", "First stage")  # fmt: skip
    for key, what, name in (
        ("deal_by_day", "a settlement", "settled_day"),
        ("first_stage_by_day", "a stage signed", "first_signed_day"),
    ):
        for day in days_of(names.horizon):
            title = f"Worlds with {what} by day {day}"
            yield Measure(f"{key}:{day}", title, "share", by_day(name, day))
    for key, name in names.limited.items():
        yield _signs_limited(f"limited:{key}", Agreement(key, name))
    yield Measure("truces_broken", "Worlds in which a truce is broken", "share", truce_broken)
    if years := names.lasting:
        span = f"{years} year" + "s" * (years != 1)
        yield Measure("lasting", f"Worlds with a settlement that holds {span}", "share",
                      partial(_lasts, years), f"settlements that hold {span}",
                      f"settles for {span} or more")  # fmt: skip
    yield Measure("settled_day", "Day of settlement", "days", partial(_array, "settled_day"),
                  "day of settlement")  # fmt: skip
    yield Measure("first_stage_day", "Day of the first stage", "days",
                  partial(_array, "first_signed_day"), "day of the first stage")  # fmt: skip
    title = "Unsettled worlds with a package that all prefer at the end"
    yield Measure("ripe", title, "share", _ripe)
    title = "Room for a deal at the end"
    yield Measure("ripeness", title, "utility", partial(_array, "ripeness_end"),
                  "room for a deal at the end", short="Room for a deal")  # fmt: skip
    for key, name in names.actors.items():
        whose = possessive(name)
        yield Measure(f"utility:{key}", f"{whose} mean utility", "utility",
                      partial(_of, "utility", key), f"{name}'s utility")  # fmt: skip
        title = f"{whose} mean gain from settling"
        yield Measure(f"gain:{key}", title, "utility", partial(_of, "gain", key))
    for n, (key, name) in enumerate(names.issues.items()):
        title = f"Worlds without a settlement stuck on “{name}”"
        yield Measure(f"stuck_on:{key}", title, "share", partial(_among_failed, "stuck_issue", n))
    for n, (key, words) in enumerate(REASON_WORDS.items()):
        title = f"Worlds without a settlement stuck because of {words.phrase}"
        yield Measure(
            f"stuck_because:{key}", title, "share", partial(_among_failed, "stuck_reason", n)
        )


def days_of(horizon: int) -> list[int]:
    """Days within the horizon by which deals are counted."""
    return sorted({*(day for day in DAYS if day <= horizon), horizon})


def ends_in(kind: str) -> Callable[[xr.Dataset], Array]:
    """1 in worlds that end in this way, 0 in others."""
    return partial(_is, OUTCOMES.index(kind))


def _is(code: int, data: xr.Dataset) -> Array:
    return (data.variables["outcome"].values == code).astype(np.float64)


def has(name: str) -> Callable[[xr.Dataset], Array]:
    """1 in worlds in which this day ever comes."""
    return partial(_has, name)


def _has(name: str, data: xr.Dataset) -> Array:
    return np.isfinite(data.variables[name].values).astype(np.float64)


def by_day(name: str, day: float) -> Callable[[xr.Dataset], Array]:
    """1 in worlds in which it comes by a day of the run."""
    return partial(_by_day, name, day)


def _by_day(name: str, day: float, data: xr.Dataset) -> Array:
    return (data.variables[name].values <= day).astype(np.float64)


def truce_broken(data: xr.Dataset) -> Array:
    """1 in worlds in which a signed stage is broken."""
    return (data.truces_broken.values > 0).astype(np.float64)


def _signs_limited(key: str, one: Agreement) -> Measure:
    title, name = f"Worlds that ever sign “{one.title}”", f"“{one.title}”"
    values = partial(_signs, one.key)
    return Measure(key, title, "share", values, name, f"signs {name}", agreement=one)


def _signs(key: str, data: xr.Dataset) -> Array:
    return np.isfinite(data[LIMITED_DAY].sel(limited=key).values).astype(np.float64)


def _array(name: str, data: xr.Dataset) -> Array:
    return np.asarray(data.variables[name].values, dtype=np.float64)


def _lasts(years: int, data: xr.Dataset) -> Array:
    return (data.years_held.values >= years).astype(np.float64)


def _ripe(data: xr.Dataset) -> Array:
    values = np.asarray(data.ripeness_end.values, dtype=np.float64)
    return np.where(np.isnan(values), np.nan, values > 0)


def _of(name: str, actor: str, data: xr.Dataset) -> Array:
    return np.asarray(data[name].sel(actor=actor).values, dtype=np.float64)


def _among_failed(name: str, code: int, data: xr.Dataset) -> Array:
    return np.where(data.stuck_reason.values >= 0, data[name].values == code, np.nan)
