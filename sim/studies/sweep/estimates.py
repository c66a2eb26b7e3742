"""Measures in some cells of a sweep and differences between cells, each with two intervals.

One is that of sampling, 95 % over the worlds; the other how the number differs among the engine
parameters that past talks allow, 10 to 90 per cent, as in a run and a comparison; of few worlds
it is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Mask
from sim.formulas.emulator import spread_of_difference, spread_of_mean, spread_of_share
from sim.formulas.statistics import (
    Z80,
    Z95,
    Clustered,
    Interval,
    difference_of_clustered_means,
    difference_of_clustered_shares,
    negligible,
)
from sim.results.allowed import ToldApart, never_narrower
from sim.results.outcomes import Measure
from sim.studies.sweep.results import SweepResults
from sim.words.shares import is_few, odds_parts

Values = Array
Cells = Mask


@dataclass(frozen=True)
class Estimate:
    """The mean of a measure over some cells.

    Attributes
    ----------
    interval : Interval
        95 %, of sampling alone.
    allowed : Interval or None
        How it differs among calibrations, never narrower than the sampling error at that level;
        None where worlds draw none, or are too few to tell.
    values : int
        Worlds of all these cells that have a value.
    labelled : bool
        Whether words say that the interval is of sampling alone, since others are not.
    """

    measure: Measure
    mean: float
    interval: Interval
    allowed: Interval | None
    values: int
    labelled: bool = False

    @property
    def span(self) -> Interval:
        """The interval that matters."""
        return self.allowed or self.interval

    @property
    def few(self) -> bool:
        """Whether it is a share of so few worlds that it is told as their number."""
        return self.measure.kind == "share" and self.mean > 0 and is_few(self.mean, self.values)

    @property
    def sampling(self) -> Interval | None:
        """The sampling error beside the interval that matters, where it is not negligible.

        Of a count always: its range over what past talks allow is not told.
        """
        if self.allowed is None or not np.isfinite(self.interval).all():
            return None
        told = self.few or not negligible(self.interval, self.allowed)
        return self.interval if told else None

    @property
    def parts(self) -> tuple[str, str]:
        """The number, and its interval or of how many worlds it is."""
        if self.measure.kind == "share":
            number, beside = odds_parts(self.mean, self.values, self.span)
        else:
            number = self.measure.value_words(self.mean)
            beside = self.measure.interval_words(*self.span)
        return number, f"{beside}, sampling" if self.labelled and not self.few else beside

    @property
    def words(self) -> str:
        """Both in one."""
        number, beside = self.parts
        return f"{number} {beside} worlds" if self.few else f"{number} ({beside})"


def estimate(
    results: SweepResults, measure: Measure, values: Values, cells: Cells
) -> Estimate | None:
    """The mean of some cells; None where no world has a value.

    Parameters
    ----------
    values : ndarray, shape (cells, worlds)
    cells : ndarray of bool, shape (cells,)
    """
    rows = values[cells]
    found = Clustered.of(rows, results.header.sampled)
    if found is None:
        return None
    allowed, scores, share = None, results.scores(cells), measure.kind == "share"
    if share:
        interval, sampled = (found.share_interval(z) for z in (Z95, Z80))
    else:
        interval, sampled = (found.mean_interval(level) for level in (0.95, 0.8))
    if scores.shape[1]:
        by_world, known = _by_world(rows)
        linear = found.mean + known.sum() * found.residuals
        spread = spread_of_share if share else spread_of_mean
        about = by_world if share else linear
        allowed = never_narrower(spread(scores[known], about[known]), sampled)
    return Estimate(measure, found.mean, interval, allowed, found.values,
                    allowed is None and results.calibrated)  # fmt: skip


@dataclass(frozen=True)
class Contrast(ToldApart):
    """A measure in some cells less that in others, over the same worlds: ``interval`` is paired."""

    difference: float
    interval: Interval
    allowed: Interval | None


def contrast(
    results: SweepResults, measure: Measure, values: Values, first: Cells, second: Cells
) -> Contrast | None:
    """The first cells less the second; None where there is no world in either."""
    one, two = (Clustered.of(values[cells], results.header.sampled) for cells in (first, second))
    if one is None or two is None:
        return None
    share, allowed, scores = measure.kind == "share", None, results.scores(first | second)
    if share:
        interval, sampled = (difference_of_clustered_shares(one, two, z) for z in (Z95, Z80))
    else:
        interval, sampled = (difference_of_clustered_means(one, two, p) for p in (0.95, 0.8))
    (above, there), (below, here) = (_by_world(values[cells]) for cells in (first, second))
    both = there & here
    if scores.shape[1] and both.sum() > 1:
        apart = one.residuals * one.worlds - two.residuals * two.worlds
        about = above - below if share else one.mean - two.mean + apart
        spread = spread_of_difference if share else spread_of_mean
        allowed = never_narrower(spread(scores[both], about[both]), sampled)
    return Contrast(one.mean - two.mean, interval, allowed)


def _by_world(rows: Values) -> tuple[Values, Mask]:
    """Mean of each world over the cells in which it has a value, and whether there is any."""
    count = (~np.isnan(rows)).sum(axis=0)
    return np.nansum(rows, axis=0) / np.maximum(count, 1), count > 0
