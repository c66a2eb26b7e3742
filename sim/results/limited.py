"""What becomes of limited agreements: for the dataset, and in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.arrays import Mask
from sim.engine.limited import Limited
from sim.formulas.statistics import Interval, wilson
from sim.results.outcomes import ByDay, Intervals, signed_by_day
from sim.results.record import Record
from sim.results.terms import Term, term_of
from sim.scenario.schema import Scenario
from sim.scenario.tracks import tracks_of

if TYPE_CHECKING:
    from sim.engine.tracks import Track


@dataclass(frozen=True)
class LimitedUse(Record):
    """What becomes of a limited agreement, in shares of worlds.

    Attributes
    ----------
    ever, in_force : float
        Signed at all; in force at the end, without a settlement.
    by_day : mapping
        Share in which it has been signed by day, as ``deal_by_day``.
    renewed, lapsed, broken : float
        Renewed when its term ended, not renewed then, and broken: at least once.
    superseded : float
        In force until a settlement took its place.
    median_day, median_days : float or None
        Day of the first signing and days in force in all, where it was signed.
    agreed : dict of str to Term
        Its terms, as signed last, by issue.
    """

    ever: float
    ever_interval: Interval
    by_day: ByDay
    by_day_interval: Intervals
    in_force: float
    in_force_interval: Interval
    renewed: float
    lapsed: float
    broken: float
    superseded: float
    median_day: float | None
    median_days: float | None
    agreed: dict[str, Term]


def limited_coordinates(tracks: Sequence[Track]) -> dict[str, Any]:
    """Names along the dims of limited agreements, ``track.stage`` and ``track.issue``."""
    if not tracks:
        return {}
    agreements = [one.key for track in tracks for one in track.limited]
    issues = [f"{track.key}.{issue}" for track in tracks for issue in track.issues]
    return {"limited": np.array(agreements), "limited_issue": np.array(issues)}


def limited_variables(
    tracks: Sequence[Track], settled: Mask, actors: Sequence[str], days: float
) -> dict[str, Any]:
    """Variables of the dataset, dims world and limited (and actor, or limited_issue).

    Parameters
    ----------
    settled : ndarray of bool, shape (worlds,)
    actors : sequence of str
        As along the dim ``actor``.
    days : float
        Of a round.
    """
    every = [one for track in tracks for one in track.limited]
    if not every:
        return {}

    def stacked(value: Callable[[Limited], NDArray[Any]]) -> NDArray[Any]:
        return np.stack([value(one) for one in every], axis=1)

    def counts(value: Callable[[Limited], NDArray[Any]], title: str) -> tuple[Any, ...]:
        return by_world, stacked(value).astype(np.int16), {"long_name": title}

    first = stacked(lambda one: np.where(one.first >= 0, one.first * float(days), np.nan))
    by_world, unit = ("world", "limited"), {"units": "days of the run"}
    gain = np.full((len(settled), len(every), len(actors)), np.nan)
    for track in tracks:
        for one in track.limited:
            for n, party in enumerate(track.signing):
                gain[:, every.index(one), actors.index(party)] = one.least_gain[:, n]
    terms = np.concatenate(
        [
            np.select([~np.isnan(one.terms) for one in track.limited],
                      [one.terms for one in track.limited], np.nan)
            for track in tracks
        ],
        axis=1,
    )  # fmt: skip
    return {
        "limited_day": (by_world, first, unit),
        "limited_in_force": (
            by_world,
            stacked(lambda one: one.in_force) & ~settled[:, None],
            {"long_name": "in force at the end"},
        ),
        "limited_days": (
            by_world,
            stacked(lambda one: one.rounds * float(days)),
            {"units": "days"},
        ),
        "limited_renewed": counts(lambda one: one.renewed, "times it was renewed"),
        "limited_lapsed": counts(lambda one: one.lapsed, "times it lapsed"),
        "limited_broken": counts(lambda one: one.broken, "times it was broken"),
        "limited_superseded": (
            by_world,
            stacked(lambda one: one.superseded),
            {"long_name": "a signed stage took its place"},
        ),
        "limited_gain": ((*by_world, "actor"), gain, {"units": "utility"}),
        "limited_agreed": (("world", "limited_issue"), terms, {"units": "scale, 0 to 1"}),
    }


def limited_summary(
    scenario: Scenario, data: xr.Dataset, horizon: float
) -> dict[str, LimitedUse] | None:
    """What becomes of every limited agreement; None where the scenario has no tracks."""
    if "limited" not in data.dims:
        return None
    out, worlds = {}, data.sizes["world"]
    number = {str(name): n for n, name in enumerate(data.limited.values)}
    terms = {str(name): n for n, name in enumerate(data.limited_issue.values)}
    names = ("day", "in_force", "days", "renewed", "lapsed", "broken", "superseded", "agreed")
    every = {name: data[f"limited_{name}"].values for name in names}
    agreed = every.pop("agreed")
    for key, track in tracks_of(scenario).items():
        for stage in track.stages:
            one = {what: values[:, number[f"{key}.{stage.name}"]] for what, values in every.items()}
            ever, now = ~np.isnan(one["day"]), one["in_force"]
            by_day, by_day_interval = signed_by_day(one["day"], horizon)
            out[f"{key}.{stage.name}"] = LimitedUse(
                ever=float(ever.mean()),
                ever_interval=wilson(int(ever.sum()), worlds),
                by_day=by_day,
                by_day_interval=by_day_interval,
                in_force=float(now.mean()),
                in_force_interval=wilson(int(now.sum()), worlds),
                renewed=float((one["renewed"] > 0).mean()),
                lapsed=float((one["lapsed"] > 0).mean()),
                broken=float((one["broken"] > 0).mean()),
                superseded=float(one["superseded"].mean()),
                median_day=_median(one["day"][ever]),
                median_days=_median(one["days"][ever]),
                agreed={
                    issue: term_of(
                        track.issues.get(issue) or scenario.issues[issue],
                        agreed[:, terms[f"{key}.{issue}"]],
                    )
                    for issue in stage.issues
                },
            )
    return out


def _median(values: NDArray[Any]) -> float | None:
    return float(np.median(values)) if len(values) else None
