"""A measure of a sweep over one or two varied parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.prose import counted, listing
from sim.studies.sweep.results import SweepResults
from sim.studies.sweep.surface import Surface, surface
from sim.views.view import View


@dataclass(frozen=True)
class HeatmapView(View):
    """Means by cell, with their 95 % intervals.

    Attributes
    ----------
    shown : Surface
    sampled : bool
        Whether cells are bins of Sobol' points.
    """

    shown: Surface
    sampled: bool

    @property
    def words(self) -> list[str]:
        """A sentence for each cell that has a value."""
        shown, said = self.shown, []
        for row, column in np.ndindex(shown.mean.shape):
            mean, low, high = (float(a[row, column]) for a in (shown.mean, shown.low, shown.high))
            if np.isnan(mean):
                continue
            at = [(shown.x, column), *([(shown.y, row)] if shown.y else [])]
            where = "; ".join(f"{axis.parameter.title} {axis.told(n)}" for axis, n in at)
            span = shown.measure.interval_words(low, high)
            said.append(f"{where}: {shown.measure.value_words(mean)} ({span}).")
        return said


def heatmap_view(
    results: SweepResults,
    of: str = "settlement",
    x: str | None = None,
    y: str | None = None,
    at: Sequence[str] = (),
) -> HeatmapView:
    """What a sweep gives for a measure; see :func:`sim.studies.sweep.surface.surface`."""
    shown = surface(results, of, x, y, at)
    sampled = results.header.sampled
    return HeatmapView(foot(results), headline(shown), _subtitle(shown, sampled), shown, sampled)


def headline(shown: Surface) -> str:
    """The finding: from where to where it goes, and where it is greatest."""
    title, mean = shown.measure.title, shown.mean
    known = mean[~np.isnan(mean)]
    if not len(known):
        return f"{title}: no world has one"
    least, most = float(known.min()), float(known.max())
    if shown.measure.value_words(least) == shown.measure.value_words(most):
        return f"{title}: {shown.measure.value_words(most)} everywhere"
    span = f"{shown.measure.value_words(least)} to {shown.measure.value_words(most)}"
    if not shown.clear:
        return f"{title}: {span}, no clear difference"
    greatest = [v for v in known if shown.measure.value_words(v) == shown.measure.value_words(most)]
    if len(greatest) > 1:
        return f"{title}: {span}, the latter in {len(greatest)} of {len(known)} places"
    row, column = np.unravel_index(np.nanargmax(mean), mean.shape)
    at = [(shown.x, int(column)), *([(shown.y, int(row))] if shown.y else [])]
    where = listing([f"{a.parameter.title} = {a.told(n)}" for a, n in at])
    return f"{title}: {span}, most with {where}"


def _subtitle(shown: Surface, sampled: bool) -> str:
    parts = []
    if shown.y is not None:
        parts.append("The colour scale is this chart's own.")
    if shown.averaged:
        titles = listing([p.title for p in shown.averaged])
        parts.append(f"Averaged over {titles}.")
    if shown.fixed:
        parts.append(f"Held: {listing([f'{t} at {v}' for t, v in shown.fixed.items()])}.")
    if sampled:
        parts.append(
            "Sobol' points in bins: each shows the mean of the points that fall into it; intervals "
            "also cover that these are a sample."
        )
    return " ".join(parts)


def foot(results: SweepResults) -> str:
    """What the figure is, and how many worlds it rests on."""
    header = results.header
    files = listing([s.file for s in header.scenarios])
    changed = ", changed by --set" if header.overrides else ""
    cells = len(results.labels)
    complete = int(results.complete.sum())
    place = "the scenario file" + ("" if len(header.scenarios) == 1 else "s")
    done = "" if complete == cells else f" ({complete:,} finished)"
    return (
        f"Model's consequences, given the assumptions in {files}{changed}; not a forecast. "
        f"{counted(cells, 'cell')}{done}, {counted(header.worlds, 'world')} each, "
        f"seed {header.seed}. Sources: in {place}."
    )
