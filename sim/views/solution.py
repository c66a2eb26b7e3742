"""The utility space of a solved scenario: frontier, named points, simulated deals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.formulas.solutions.analysis import Pair
from sim.prose import clause, counted, listing
from sim.studies.solve.deals import Deals
from sim.studies.solve.subject import Subject
from sim.studies.solve.summary import TITLES, ZONE, all_points, method, statement
from sim.views.colours import party_colors
from sim.views.view import View

MOST = 3
"""Most pairs of sides that are shown; the numbers of all are in ``solution.json``."""
NAMED = 6
"""Most sides whose gains the headline tells one by one."""


@dataclass(frozen=True)
class PairPanel:
    """What two sides gain over no deal, in the unit of the scenario.

    Attributes
    ----------
    key : str
    labels, colors : tuple of str
    cloud, frontier, deals : ndarray, shape (n, 2)
        Packages, the Pareto frontier, and simulated deals.
    free : ndarray, shape (n, 2), or None
        The frontier with red lines set aside; None where that is the same.
    points : dict of str to ndarray, shape (n, 2)
        Named points by key.
    """

    key: str
    labels: tuple[str, str]
    colors: tuple[str, str]
    cloud: Array
    frontier: Array
    free: Array | None
    deals: Array
    points: dict[str, Array]

    @property
    def reach(self) -> tuple[Array, Array]:
        """Least and greatest gains of all that matters: frontier, points, deals and no deal."""
        every = np.vstack([np.zeros((1, 2)), self.frontier, self.deals, *self.points.values()])
        return every.min(axis=0), every.max(axis=0)


@dataclass(frozen=True)
class SolutionView(View):
    """One panel per pair of sides.

    Attributes
    ----------
    titles : dict of str to str
        Named points by key.
    is_scale : bool
        Whether issues have scales; otherwise options are listed and each deal stands for itself.
    listed : bool
        Whether the frontier is single packages, not a line.
    said : list of str
        What each named point is worth to each side.
    """

    panels: list[PairPanel]
    titles: dict[str, str]
    is_scale: bool
    listed: bool
    said: list[str]

    @property
    def words(self) -> list[str]:
        return self.said


def solution_view(subject: Subject, deals: Deals | None = None, foot: str = "") -> SolutionView:
    """The utility space of a solved scenario.

    Parameters
    ----------
    deals : Deals, optional
        Simulated settlements to show in it.
    foot : str
        What the chart rests on.
    """
    points = all_points(subject)
    said = [f"{TITLES[name]}: {_gains(subject, found[0].gain)}." for name, found in points.items()]
    return SolutionView(
        foot or subject.note, headline(subject), subtitle(subject, deals),
        [_panel(subject, pair, deals) for pair in shown_pairs(subject)],
        {name: TITLES[name] for name in points}, subject.is_scale,
        subject.analysis.method == "enumeration", said,
    )  # fmt: skip


def _panel(subject: Subject, pair: Pair, deals: Deals | None) -> PairPanel:
    unit, (first, second) = subject.unit, pair.parties
    both = [first, second]
    colors = party_colors(subject.scenario, subject.analysis.parties)
    found = np.empty((0, 2)) if deals is None else deals.gain[:, both] * unit
    free = subject.has_red_lines and subject.analysis.status != "no_ground"
    return PairPanel(
        f"pair {first} {second}",
        (subject.labels[first], subject.labels[second]), (colors[first], colors[second]),
        subject.analysis.cloud[:, both] * unit, pair.within * unit,
        pair.free * unit if free else None, found,
        {name: np.array([p.gain[both] for p in some]) * unit
         for name, some in all_points(subject).items()},
    )  # fmt: skip


def shown_pairs(subject: Subject) -> list[Pair]:
    """The pairs of sides with the most to divide between them, at most three, in their order."""
    pairs = list(subject.analysis.pairs)
    reach = {id(p): float(np.ptp(p.within, axis=0).sum()) if len(p.within) else 0.0 for p in pairs}
    first = sorted(pairs, key=lambda p: -reach[id(p)])[:MOST]
    return [pair for pair in pairs if any(pair is one for one in first)]


def headline(subject: Subject) -> str:
    """The finding."""
    said = statement(subject)
    if _has_zone(subject):
        gains = _gains(subject, subject.analysis.points["nash"][0].gain)
        said = f"There is something to agree on: Nash's solution is worth, in points, {gains}"
    # lines that do not bind there, and what other worlds have, are another matter
    return f"In the central world on day 0 {clause(said)}" if subject.is_scale else said


def _has_zone(subject: Subject) -> bool:
    """Whether something beats no deal for all, and is not only no worse."""
    return statement(subject).startswith(ZONE)


def _gains(subject: Subject, gain: Array) -> str:
    """What a point is worth to each side, or from the least to the most of many."""
    worth = [f"{round(subject.unit * one) + 0:d}" for one in gain]
    if len(worth) > NAMED:
        ends = sorted(worth, key=int)
        return f"from {ends[0]} to {ends[-1]} for the {len(worth)} sides"
    return listing([f"{w} for {name}" for w, name in zip(worth, subject.labels, strict=True)])


def subtitle(subject: Subject, deals: Deals | None) -> str:
    """What is shown and how it was found."""
    gain = _has_zone(subject)
    what = {
        "zone": f"packages {'that beat' if gain else 'no worse than'} no deal for all"
        + (" and keep to all red lines" if subject.has_red_lines else ""),
        "no_gain": "packages inside all red lines" if subject.has_red_lines else "all packages",
        "no_ground": "all packages, red lines set aside",
    }[subject.analysis.status]
    text = (
        f"Gain over no deal in points of utility{subject.scale_words} and the Pareto frontier of "
        f"{what}. {method(subject)}"
    )
    if len(subject.labels) > 2:
        others = ", the others at no deal or better" if subject.analysis.status == "zone" else ""
        text += f" Each panel has the frontier between two sides{others}"
        left = math.comb(len(subject.labels), 2) - len(shown_pairs(subject))
        less = " with less to divide" * gain
        text += f"; {counted(left, 'pair')}{less} left out." if left else "."
    if deals is not None and subject.is_scale:
        text += f" {len(deals.gain):,} of {deals.worlds:,} simulated worlds settle."
    return text
