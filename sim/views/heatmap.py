"""A measure of a sweep over one or two varied parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.prose import counted, listing
from sim.results.allowed import SAMPLING
from sim.studies.sweep.estimates import Estimate
from sim.studies.sweep.results import SweepResults
from sim.studies.sweep.surface import Surface, surface
from sim.views.view import View
from sim.words.shares import FEW

SETTLE = "no world settles"
NO_VALUE = {
    "gain": SETTLE,
    "settled_day": SETTLE,
    "first_stage_day": "no world signs any stage",
} | (dict.fromkeys(("ripe", "ripeness", "stuck_on", "stuck_because"), "every world settles"))
"""Why no world has a value of a measure, by the beginning of its key."""


@dataclass(frozen=True)
class HeatmapView(View):
    """Means by cell, with the intervals that matter.

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
        found = sorted(self.shown.found.items())
        return [f"{_where(self.shown, at)}: {one.words}." for at, one in found]


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
    """The finding: from where to where it goes, and where it is greatest, with ties."""
    title, found = shown.measure.title, shown.found
    if not found:
        return f"{title}: {NO_VALUE.get(shown.measure.key.partition(':')[0], 'no world has one')}"
    ranked = sorted(found.values(), key=lambda one: one.mean)
    least, most = ranked[0], ranked[-1]
    if least.parts == most.parts:
        return f"{title}: {most.words} everywhere"
    if least.parts[0] == most.parts[0] and least.few == most.few:
        return f"{title}: {most.parts[0]} everywhere, no clear difference"
    span = f"{title}: {_span(least, most)}"
    return f"{span}, {_most(shown)}" if shown.clear else f"{span}, no clear difference"


def _span(least: Estimate, most: Estimate) -> str:
    """From the least to the greatest; both as counts where one is of few worlds."""
    if not (least.few or most.few):
        return f"from {least.words} to {most.words}"
    (low, of_least), (high, of) = (
        (f"{round(one.mean * one.values)}", f" of {one.values:,}") for one in (least, most)
    )
    return f"from {low}{of_least * (of_least != of)} to {high}{of} worlds"


def _most(shown: Surface) -> str:
    """Where it is greatest: a place, a column or row of them, or how many that are alike."""
    if len(shown.most) == 1:
        return f"most with {_where(shown, shown.most[0], ' = ', ' and ')}"
    for axis, side in ((shown.x, 1), (shown.y, 0)):
        values = {at[side] for at in shown.most}
        line = [at for at in shown.found if at[side] in values]
        if axis and len(values) == 1 and len(line) == len(shown.most):
            return f"most with {axis.parameter.title} = {axis.told(values.pop())}"
    return f"about the most in {len(shown.most)} of {len(shown.found)} places"


def _where(shown: Surface, at: tuple[int, int], equals: str = " ", between: str = "; ") -> str:
    """The values of a place."""
    sides = [(shown.x, at[1]), *([(shown.y, at[0])] if shown.y else [])]
    return between.join(f"{axis.parameter.title}{equals}{axis.told(n)}" for axis, n in sides)


def _subtitle(shown: Surface, sampled: bool) -> str:
    parts = [_intervals(shown)] if shown.found else []
    if any(one.few for one in shown.found.values()):
        parts.append(f"Shares of fewer than {FEW} worlds are counts.")
    if shown.y is not None and shown.found:
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


def _intervals(shown: Surface) -> str:
    """What the intervals are, and how large sampling is beside them where that is worth saying."""
    found, scale = shown.found.values(), shown.measure.scale
    same = "The worlds are the same in all cells"
    if all(one.allowed is None for one in found):
        return f"Means with their {SAMPLING} of sampling. {same}."
    text = "Means with the range over what past talks allow (10–90 %)"
    alone = [at for at, one in shown.found.items() if one.labelled and not one.few]
    if alone:
        named = "“sampling”" if shown.y else listing([_where(shown, at, " = ") for at in alone])
        text += f"; {named}: {SAMPLING}, where worlds draw no calibration"
    errors = [one.sampling.high - one.sampling.low for one in found if one.sampling and shown.y]
    if errors:
        most = f"{scale * max(errors) / 2:.2g} {shown.measure.unit}"
        text += f"; the {SAMPLING} of sampling is up to {most} either way"
    return f"{text}. {same}."


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
