"""What a sweep is asked about: something that is known of every world of a cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.results.dataset import OUTCOMES, REASONS
from sim.results.summary import DAYS
from sim.scenario.titles import possessive
from sim.words.story import percent, span_words

KEEP = (
    "outcome",
    "settled_day",
    "first_signed_day",
    "concluded_day",
    "stages_signed",
    "truces_broken",
    "years_held",
    "utility",
    "gain",
    "reservation_end",
    "ripeness_start",
    "ripeness_end",
    "stuck_issue",
    "stuck_reason",
)
"""Variables of the dataset of a run that a sweep keeps."""
Kind = Literal["share", "utility"]
Values = NDArray[np.float64]


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
        ``share`` for what happens or not, ``utility`` for means.
    values : callable
        From a dataset of worlds to an array of its dims, NaN in worlds that have no value.
    """

    key: str
    title: str
    kind: Kind
    values: Callable[[xr.Dataset], Values]

    @property
    def column(self) -> str:
        """Its column in ``cells.csv``."""
        return self.key.replace(":", "_")


def value_words(measure: Measure, value: float) -> str:
    """A mean in words."""
    if measure.kind == "share":
        return percent(value)
    return f"{value:.2f}".replace("-", "−")


def interval_words(measure: Measure, low: float, high: float) -> str:
    """Its interval in words."""
    if measure.kind == "share":
        return span_words([low, high])
    if not math.isfinite(high - low):
        return "one world"
    return f"{low:.2f} to {high:.2f}".replace("-", "−")


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
    """

    actors: Mapping[str, str]
    issues: Mapping[str, str]
    stages: bool
    first_stage: str
    lasting: int
    horizon: int


OUTCOME_TITLES = {
    "settlement": "a whole settlement",
    "partial": "some stages signed, not all",
    "ratification_failed": "a text signed and not ratified",
    "breakdown": "a side walking away",
    "no_deal": "no deal by the end",
}
REASON_TITLES = {
    "red_lines": "red lines that miss each other",
    "no_surplus": "no package that all prefer to no deal",
    "time": "time",
    "ratification": "a vote",
}


def measures(names: Names) -> list[Measure]:
    """All measures that these scenarios have, in the order of the columns."""
    found = [
        Measure(kind, f"Worlds with {OUTCOME_TITLES[kind]}", "share", _ends_in(kind))
        for kind in OUTCOMES
    ]
    stage = f"“{names.first_stage}”" if names.first_stage else "a first stage"
    found.append(
        Measure("first_stage", f"Worlds that ever sign {stage}", "share", _has("first_signed_day"))
    )
    days = sorted({*(d for d in DAYS if d <= names.horizon), names.horizon})
    found += [
        Measure(f"{key}:{day}", f"Worlds with {what} by day {day}", "share", _by(name, day))
        for key, what, name in (
            ("deal_by_day", "a settlement", "settled_day"),
            ("first_stage_by_day", "a stage signed", "first_signed_day"),
        )
        for day in days
    ]
    found.append(
        Measure("truces_broken", "Worlds in which a truce is broken", "share", _truces_broken)
    )
    if names.lasting:
        title = f"Worlds with a settlement that holds {names.lasting} years"
        found.append(Measure("lasting", title, "share", _lasts(names.lasting)))
    found += [
        Measure("ripe", "Unsettled worlds with a package that all prefer at the end", "share",
                _ripe),
        Measure("ripeness", "Mean surplus over no deal that all could have at the end", "utility",
                _array("ripeness_end")),
    ]  # fmt: skip
    for n, (key, title) in enumerate(names.actors.items()):
        whose = possessive(title)
        found += [
            Measure(f"utility:{key}", f"{whose} mean utility", "utility", _of("utility", n)),
            Measure(f"gain:{key}", f"{whose} mean gain from settling", "utility", _of("gain", n)),
        ]
    found += [
        Measure(
            f"stuck_on:{key}",
            f"Failed worlds stuck on “{title}”",
            "share",
            _among_failed("stuck_issue", n),
        )
        for n, (key, title) in enumerate(names.issues.items())
    ]
    found += [
        Measure(f"stuck_because:{key}", f"Failed worlds stuck because of {REASON_TITLES[key]}",
                "share", _among_failed("stuck_reason", n))
        for n, key in enumerate(REASONS)
    ]  # fmt: skip
    return found


def _ends_in(kind: str) -> Callable[[xr.Dataset], Values]:
    code = OUTCOMES.index(kind)
    return lambda data: (data.outcome.values == code).astype(np.float64)


def _has(name: str) -> Callable[[xr.Dataset], Values]:
    return lambda data: np.isfinite(data[name].values).astype(np.float64)


def _by(name: str, day: int) -> Callable[[xr.Dataset], Values]:
    return lambda data: (data[name].values <= day).astype(np.float64)


def _array(name: str) -> Callable[[xr.Dataset], Values]:
    return lambda data: np.asarray(data[name].values, dtype=np.float64)


def _truces_broken(data: xr.Dataset) -> Values:
    return (data.truces_broken.values > 0).astype(np.float64)


def _lasts(years: int) -> Callable[[xr.Dataset], Values]:
    return lambda data: (data.years_held.values >= years).astype(np.float64)


def _ripe(data: xr.Dataset) -> Values:
    values = np.asarray(data.ripeness_end.values, dtype=np.float64)
    return np.where(np.isnan(values), np.nan, values > 0)


def _of(name: str, actor: int) -> Callable[[xr.Dataset], Values]:
    return lambda data: np.asarray(data[name].values[..., actor], dtype=np.float64)


def _among_failed(name: str, code: int) -> Callable[[xr.Dataset], Values]:
    return lambda data: np.where(data.stuck_reason.values >= 0, data[name].values == code, np.nan)
