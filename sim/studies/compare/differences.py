"""Differences between two scenarios, world by world.

World ``w`` sees the same draws in every scenario (common random numbers; Law 2015, *Simulation
Modeling and Analysis*, ch. 11), so the difference within a world owes nothing to the luck of the
draw, and its interval is the narrower the more alike the worlds are otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from sim.arrays import Array, Index, Mask
from sim.ensemble.runner import Run
from sim.formulas.emulator import normal_scores, spread_of_difference, spread_of_mean
from sim.formulas.statistics import (
    Z80,
    Z95,
    Interval,
    difference_of_means,
    difference_of_shares,
    paired_difference_of_means,
    paired_difference_of_shares,
)
from sim.results.allowed import ToldApart, drawn_parameters, never_narrower
from sim.results.outcomes import Agreement, Kind, Measure, comparable
from sim.scenario.schema import Scenario
from sim.scenario.tracks import limited_titles
from sim.studies.compare.shared import identities
from sim.words.shares import is_few


@dataclass(frozen=True)
class Difference(ToldApart):
    """A scenario less the baseline, on one measure.

    Attributes
    ----------
    value : float
        Difference of shares or means, over the worlds in which both have a value.
    interval : Interval
        95 %, paired by world where that is possible.
    unpaired : Interval
        What it would be if the worlds had nothing in common.
    paired : bool
        Whether ``interval`` is the paired one.
    worlds : int
        Worlds that it rests on.
    of_scenario, of_baseline : float
        The share or the mean of each, over those worlds.
    allowed : Interval or None
        How it differs among the engine parameters that past talks allow, 10 to 90 per cent; None
        where worlds of neither draw them, or not the same in both.
    without : str
        Which of the two has no talks of the limited agreement that is counted; mostly neither.
    """

    scenario: str
    baseline: str
    measure: Measure
    value: float
    interval: Interval
    unpaired: Interval
    paired: bool
    worlds: int
    of_scenario: float
    of_baseline: float
    allowed: Interval | None = None
    without: str = ""

    @property
    def gain(self) -> float | None:
        """How many times narrower pairing makes the interval; None where one has no width."""
        width = self.interval.high - self.interval.low
        return (self.unpaired.high - self.unpaired.low) / width if self.paired and width else None


def differences(
    runs: list[Run], baseline: str, actors: list[str], group: list[str]
) -> Iterator[Difference]:
    """All differences to the baseline; ripeness and utilities within the group only."""
    base = next(run for run in runs if run.scenario.name == baseline)
    limited = limited_agreements([run.scenario for run in runs], baseline)
    for run in runs:
        if run is base:
            continue
        same = {run.scenario.name, baseline} <= set(group)
        # at least half of the group has them, but not every scenario
        both = set(run.ensemble.actor.values) & set(base.ensemble.actor.values)
        own = [actor for actor in actors if same and actor in both]
        pair = Pair(run, base)
        either = limited[baseline] | limited[run.scenario.name]
        for measure in comparable((run.scenario, base.scenario), own, either):
            found = pair.difference(measure)
            if found is not None:
                yield found


def limited_agreements(
    scenarios: Sequence[Scenario], first: str
) -> dict[str, dict[str, Agreement]]:
    """Scenario → identity → limited agreement: the same where key and title are."""
    titles = {one.name: limited_titles(one) for one in scenarios}
    texts = {name: {key: {title} for key, title in own.items()} for name, own in titles.items()}
    return {
        name: {identity: Agreement(key, titles[name][key]) for identity, key in own.items()}
        for name, own in identities(texts, first).items()
    }


class Pair:
    """Two runs, world by world where they have the same ones.

    Attributes
    ----------
    paired : bool
        Whether they have: the first worlds of a longer run are those of a shorter one.
    """

    def __init__(self, run: Run, base: Run) -> None:
        self.run, self.base = run, base
        self.paired = run.summary.seed == base.summary.seed
        if self.paired:  # some worlds may have failed
            numbers = (run.ensemble.world.values, base.ensemble.world.values)
            _, *places = np.intersect1d(*numbers, assume_unique=True, return_indices=True)
            self._places: tuple[Index, ...] = tuple(places)
            self._drawn = [
                {name: values[there] for name, values in drawn_parameters(one.ensemble).items()}
                for one, there in zip((run, base), places, strict=True)
            ]

    def difference(self, measure: Measure) -> Difference | None:
        """One scenario less the baseline; None where too few worlds have a value to compare."""
        one, two = _values(measure, self.run), _values(measure, self.base)
        allowed = None
        if self.paired:
            first, second = self._places
            one, two = one[first], two[second]
            known = ~np.isnan(one) & ~np.isnan(two)
            one, two = one[known], two[known]
        else:
            one, two = one[~np.isnan(one)], two[~np.isnan(two)]
        if any(_too_few(len(x), run) for x, run in ((one, self.run), (two, self.base))):
            return None
        apart = interval = _unpaired(one, two, measure.kind)
        if self.paired:
            scores = self._every_score if known.all() else self._scores(known)
            interval, allowed = paired(one, two, measure.kind, scores)
        return Difference(
            self.run.scenario.name,
            self.base.scenario.name,
            measure,
            float(one.mean() - two.mean()),
            interval,
            apart,
            self.paired,
            min(len(one), len(two)),
            float(one.mean()),
            float(two.mean()),
            allowed,
            next((x.scenario.name for x in (self.run, self.base) if measure.lacked_by(x.scenario)),
                 ""),
        )  # fmt: skip

    @cached_property
    def _every_score(self) -> Array | None:
        return self._scores(np.ones(len(self._places[0]), dtype=bool))

    def _scores(self, known: Mask) -> Array | None:
        """Normal scores of the engine parameters of these worlds; None of none, or of others."""
        own, other = ({k: v[known] for k, v in drawn.items()} for drawn in self._drawn)
        same = all(np.array_equal(own[name], other[name]) for name in own.keys() & other.keys())
        if not (same and (own or other)):
            return None
        return normal_scores(np.array(list((own | other).values())).T)


def _values(measure: Measure, run: Run) -> Array:
    if measure.lacked_by(run.scenario):
        return np.zeros(run.ensemble.sizes["world"])
    return measure.values(run.ensemble)


def _too_few(known: int, run: Run) -> bool:
    """Whether so few worlds of a run have a value that nothing is to be said of how it varies."""
    worlds = run.ensemble.sizes["world"]
    return known < 2 or is_few(known / worlds, worlds)


def paired(
    one: Array, two: Array, kind: Kind, scores: Array | None
) -> tuple[Interval, Interval | None]:
    """Intervals of the difference of two means over the same worlds, (worlds,) each.

    Parameters
    ----------
    kind : str
        Shares are 0 or 1 in each world.
    scores : ndarray, shape (worlds, parameters), optional
        What the worlds draw of a calibration, as normal scores.

    Returns
    -------
    Interval
        95 %, of sampling.
    Interval or None
        How it differs among calibrations, never narrower than sampling at that level.
    """
    interval = _paired(one, two, kind)
    if scores is None or not scores.shape[1]:
        return interval, None
    spread = spread_of_difference if kind == "share" else spread_of_mean
    return interval, never_narrower(spread(scores, one - two), _paired(one, two, kind, Z80))


def _unpaired(one: Array, two: Array, kind: Kind) -> Interval:
    if kind == "share":
        return difference_of_shares((int(one.sum()), int(two.sum())), (len(one), len(two)))
    return difference_of_means(one, two)


def _paired(one: Array, two: Array, kind: Kind, z: float = Z95) -> Interval:
    if kind != "share":
        return paired_difference_of_means(one - two, float(2.0 * ndtr(z) - 1.0))
    first, second = one > 0.5, two > 0.5
    return paired_difference_of_shares(
        int((first & second).sum()),
        int((first & ~second).sum()),
        int((~first & second).sum()),
        int((~first & ~second).sum()),
        z,
    )
