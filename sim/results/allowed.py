"""How shares differ among the engine parameters that past talks allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.formulas.emulator import normal_scores, spread_of_share
from sim.formulas.statistics import Z80, Interval, wilson
from sim.results.experiments import PREFIX
from sim.results.outcomes import OUTCOMES, Intervals
from sim.results.record import Record

RANGE, SAMPLING = "10–90 % of what past talks allow", "95 % interval"
"""What an interval is, after a number: over calibrations, or of sampling alone."""

ENOUGH = 200
"""Worlds from which a regression on what they drew sees how a share differs among calibrations; of
fewer only the sampling error is known."""

WIDER = f"{RANGE}, or the {SAMPLING} of sampling where that is wider"


def wider(sampled: Interval, allowed: Interval | None) -> tuple[Interval, str]:
    """Of few worlds the sampling error is the wider interval: the one to tell, and what it is."""
    if allowed is None or allowed.high - allowed.low < sampled.high - sampled.low:
        return sampled, SAMPLING
    return allowed, RANGE


class ToldApart:
    """A difference with its sampling error, and how it differs among calibrations.

    Attributes
    ----------
    interval : Interval
        95 %, of sampling alone.
    allowed : Interval or None
        Over the engine parameters that past talks allow, 10 to 90 per cent; None where worlds do
        not draw them.
    """

    interval: Interval
    allowed: Interval | None

    @property
    def sampled(self) -> bool:
        """Whether the sampling error leaves 0 out."""
        return not self.interval.low <= 0 <= self.interval.high

    @property
    def holding(self) -> Interval:
        """The interval that holds 0, of several the sampling error; that if none does."""
        return self.interval if self.visible or not self.sampled else self.allowed or self.interval

    @property
    def visible(self) -> bool:
        """Whether neither the sampling error nor the calibrations hold 0."""
        return self.sampled and (
            self.allowed is None or not self.allowed.low <= 0 <= self.allowed.high
        )


@dataclass(frozen=True)
class Allowed(Record):
    """How shares differ among the engine parameters that past talks allow: 10 to 90 per cent.

    Attributes
    ----------
    stages, limited : dict of str to Interval
        Of what stands at the end by stage; of what is ever signed by limited agreement.
    plan : Interval or None
        Of the worlds that the plan as published suits.
    """

    outcomes: dict[str, Interval]
    deal_by_day: Intervals
    first_stage_by_day: Intervals
    stages: dict[str, Interval]
    limited: dict[str, Interval] | None
    plan: Interval | None


def drawn_parameters(data: xr.Dataset) -> dict[str, np.ndarray]:
    """Engine parameters that worlds drew, by name, (worlds,) each: see :func:`told_apart`."""
    beginning = f"{PREFIX}engine."
    found = {str(n): v for n, v in data.variables.items() if str(n).startswith(beginning)}
    return told_apart({name: variable.values.astype(float) for name, variable in found.items()})


def told_apart(drawn: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those that are not the same in all worlds; none where the worlds are too few."""
    return {k: v for k, v in drawn.items() if len(v) >= ENOUGH and np.ptp(v) > 0}


Spread = Callable[..., Interval]


def allowed_spread(data: xr.Dataset) -> Spread | None:
    """From whether something is so in each world to how its share differs among calibrations.

    10 to 90 per cent of the calibrations; never narrower than the sampling error at that level.
    With a second array the share is one of the worlds for which that is true. None where worlds do
    not differ in the engine parameters that past talks inform, or are too few to tell.
    """
    drawn = list(drawn_parameters(data).values())
    if not drawn:
        return None
    scores = normal_scores(np.array(drawn).T)

    def spread(flags: np.ndarray, among: np.ndarray | None = None) -> Interval:
        if among is not None:
            flags = flags[among]
        sampled = wilson(int(flags.sum()), len(flags), Z80)
        found = spread_of_share(scores if among is None else scores[among], flags)
        return never_narrower(found, sampled)

    return spread


def never_narrower(spread: tuple[float, float], sampled: Interval) -> Interval:
    """A range that also covers the sampling error of the same level."""
    return Interval(min(spread[0], sampled.low), max(spread[1], sampled.high))


def never_falling(ranges: Iterable[Interval]) -> list[Interval]:
    """Ranges of a share that can only grow from one to the next, each reckoned for itself."""
    ends = np.maximum.accumulate(np.array(list(ranges)).reshape(-1, 2), axis=0)
    return [Interval(*map(float, pair)) for pair in ends]


def allowed_summary(
    data: xr.Dataset, days: list[str], suits: np.ndarray | None = None
) -> Allowed | None:
    """How shares differ among calibrations; ``suits``: worlds that the plan suits, if any."""
    spread = allowed_spread(data)
    if spread is None:
        return None
    kinds = data.outcome.attrs["flag_meanings"].split()

    codes = data.outcome.values
    settled, first = data.settled_day.values, data.first_signed_day.values

    def by_day(when: np.ndarray) -> dict[str, Interval | None]:
        ranges = never_falling(spread(when <= float(day)) for day in days)
        return dict(zip(days, ranges, strict=True))

    return Allowed(
        {kind: spread(codes == OUTCOMES.index(kind)) for kind in kinds},
        by_day(settled),
        by_day(first),
        {str(s): spread(data.stages_signed.values > n) for n, s in enumerate(data.stage.values)},
        {str(key): spread(np.isfinite(data.limited_day.values[:, n]))
         for n, key in enumerate(data.limited.values)} if "limited" in data.dims else None,
        None if suits is None else spread(suits),
    )  # fmt: skip
