"""The record: how long agreements of the past held, and how often talks ended in one.

``record.json`` holds published facts with their sources, and the course fitted to each kind;
``python -m tests.record_tables`` works them out anew from the data sets. Shares are Kaplan–Meier
estimates (1958, *JASA* 53, doi:10.2307/2281868). ``past.json`` holds how the shipped past talks end
in the model; ``python -m tests.past_table`` works that out anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.formulas.holding import Array, Fit
from sim.formulas.statistics import Interval

SHIPPED = Path(__file__).with_name("record.json")
PAST = Path(__file__).with_name("past.json")
HORIZONS = {30: "30 days", 100: "100 days", 365: "a year"}
"""Days within which the record counts agreements, in words."""


@dataclass(frozen=True)
class Source:
    """Where facts are from, in a few words and in full."""

    short: str
    full: str


@dataclass(frozen=True)
class Holding:
    """How long agreements of a kind held.

    Attributes
    ----------
    title, failure : str
        What they are, and what counts as the end.
    source : Source
    n, groups, failed : int
        Agreements, conflicts or countries that they belong to, and how many failed.
    days : list of int
        Days after the signature, as long as enough are left.
    shares : ndarray
        What share still held.
    intervals : list of Interval
        95 %, rows taken as independent.
    design_effect : float
        How many rows say as much as one independent one.
    table : ndarray, shape (intervals, 4)
    fit : Fit or None
        None for a kind that serves only as the other half of a ratio.
    peacekeepers : int
        Of agreements within states: how many provide for them.
    """

    title: str
    failure: str
    source: Source
    n: int
    groups: int
    failed: int
    days: list[int]
    shares: Array
    intervals: list[Interval]
    design_effect: float
    table: Array
    fit: Fit | None
    peacekeepers: int

    @property
    def years(self) -> Array:
        """The days as years."""
        return np.array(self.days) / 365.25


@dataclass(frozen=True)
class Rate:
    """How often talks of a kind ended in an agreement within some days."""

    days: int
    share: float
    interval: Interval | None


@dataclass(frozen=True)
class Talks:
    """How often talks of a kind ended in an agreement."""

    key: str
    cases: str
    event: str
    source: Source
    n: int
    rates: tuple[Rate, ...]

    def nearest(self, days: int) -> Rate:
        """The rate at the horizon nearest to some days."""
        return min(self.rates, key=lambda rate: abs(rate.days - days))


@dataclass(frozen=True)
class PastTalks:
    """Past talks that are coded as a scenario, and how they end in the model.

    Attributes
    ----------
    coding : str
        Hash of the coding that was run.
    signed : bool
        Whether they were signed in the time that the scenario gives them.
    settled, barred, unreached : float
        Shares of all worlds: with a settlement, with red lines that leave no common ground at the
        end, with a package that would suit all and is not reached.
    """

    coding: str
    signed: bool
    settled: float
    barred: float
    unreached: float


@cache
def past_settings() -> tuple[str, ...]:
    """Engine parameters that were drawn anew for each world of the past talks."""
    return tuple(json.loads(PAST.read_text(encoding="utf-8"))["drawn"])


@cache
def past_talks() -> dict[str, PastTalks]:
    """The shipped past talks by name, run with the settings that runs have by default."""
    found = json.loads(PAST.read_text(encoding="utf-8"))["cases"]
    return {name: PastTalks(**entry) for name, entry in found.items()}


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return found


@cache
def holding() -> dict[str, Holding]:
    """How long agreements held, by kind."""
    out = {}
    for kind, entry in _read()["holding"].items():
        shares = np.array(list(entry["shares"].values()))
        fitted = entry.get("fit")
        out[kind] = Holding(
            **{key: entry[key] for key in ("title", "failure", "n", "groups", "failed")},
            source=Source(**_read()["sources"][entry["source"]]),
            days=[int(day) for day in entry["shares"]],
            shares=shares[:, 0],
            intervals=[Interval(*span) for span in shares[:, 1:].tolist()],
            design_effect=entry["design_effect"],
            table=np.array(entry["table"]),
            peacekeepers=entry.get("peacekeepers", 0),
            fit=fitted and Fit(np.array(fitted["mean"]), np.array(fitted["covariance"])),
        )
    return out


@cache
def talks() -> dict[str, Talks]:
    """How often talks ended in an agreement, by kind."""
    out = {}
    for key, entry in _read()["talks"].items():
        rates = tuple(
            Rate(int(days), share, None if low is None else Interval(low, high))
            for days, (share, low, high) in entry["rates"].items()
        )
        where = Source(**_read()["sources"][entry["source"]])
        out[key] = Talks(key, entry["cases"], entry["event"], where, entry["n"], rates)
    return out
