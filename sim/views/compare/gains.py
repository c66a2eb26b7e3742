"""Whom the deals and the plans suit: each party's gain over no deal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.ensemble.runner import Run
from sim.prose import counted
from sim.studies.compare.comparison import Comparison
from sim.views.colours import shared_colors
from sim.views.compare.common import Row, foot, left_out, listed, rows_of
from sim.views.view import View
from sim.words.shares import FEW, is_few


@dataclass(frozen=True)
class Gain:
    """A party's gain in one scenario.

    Attributes
    ----------
    place : int
        Of the scenario's row.
    row : Row
    kind : str
        ``gain`` where settled, ``plan`` as published.
    low, middle, high : float
        10th, 50th and 90th percentile over worlds; of a handful the middle alone.
    worlds : int
    """

    place: int
    row: Row
    kind: str
    low: float
    middle: float
    high: float
    worlds: int

    @property
    def what(self) -> str:
        """What is measured, in words."""
        return "gain from settling" if self.kind == "gain" else "worth of the plan as published"

    @property
    def text(self) -> str:
        """The numbers in words."""
        low, middle, high = (100 * q for q in (self.low, self.middle, self.high))
        if low == high:
            found = f"{middle:+.0f} points in {counted(self.worlds, 'world')}"
            return found.replace("-", "−")
        return f"{middle:+.0f} points ({low:+.0f} to {high:+.0f})".replace("-", "−")


@dataclass(frozen=True)
class PartyGains:
    """Gains of one party in all scenarios."""

    actor: str
    label: str
    color: str
    gains: list[Gain]

    @property
    def words(self) -> list[str]:
        """A sentence for each gain."""
        return [f"{g.row.title}, {g.what}: {g.text}." for g in self.gains]


@dataclass(frozen=True)
class GainsView(View):
    """One column per party, one row per scenario.

    Attributes
    ----------
    rows : list of Row
        The rows, as ranked.
    parties : list of PartyGains
    ends : tuple of float
        Of the axis that all panels share: everything shown, and 0.
    """

    rows: list[Row]
    parties: list[PartyGains]
    ends: tuple[float, float]

    @property
    def words(self) -> list[str]:
        """A sentence for each gain."""
        return [f"{p.label}: {line}" for p in self.parties for line in p.words]


def gains(comparison: Comparison) -> GainsView | None:
    """Gains where settled, and those of the plans; None where nobody settles or has a plan."""
    runs = [
        run
        for run in comparison.ranked
        if run.scenario.name in comparison.actor_group
        and (run.summary.plan or (run.ensemble.outcome.values == 0).any())
    ]
    if not runs:
        return None
    rows = rows_of(comparison, runs)
    parties = [_party(runs, rows, actor) for actor in comparison.actors]
    ends = [0.0, 0.05, *(q for p in parties for g in p.gains for q in (g.low, g.high))]
    room = 0.04 * (max(ends) - min(ends))
    text = (
        "Points of utility (0–100): the settlement less what refusing was worth when it was "
        "signed, over the worlds that settle; and the plan as published on day 0, over all worlds, "
        "whether or not it crosses a red line. Points: medians; lines: 10–90 % of worlds, "
        f"not of fewer than {FEW}."
    )
    names = {run.scenario.name for run in runs}
    bare = [n for n in comparison.actor_group if n not in names]
    if bare:
        text += f" No settlement and no plan: {listed(bare)}."
    text += left_out(comparison, comparison.actor_group, "Other parties")
    span = (min(ends) - room, max(ends) + room)
    return GainsView(foot(comparison), headline(runs), text, rows, parties, span)


def _party(runs: list[Run], rows: list[Row], actor: str) -> PartyGains:
    owner = next(r for r in runs if actor in r.scenario.actors).scenario
    found = []
    for place, run in enumerate(runs):
        for kind, values_of in KINDS.items():
            values = values_of(run, actor)
            if len(values):
                low, middle, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
                few = is_few(len(values) / run.summary.worlds, run.summary.worlds)
                ends = (middle, middle) if few else (low, high)
                found.append(Gain(place, rows[place], kind, ends[0], middle, ends[1], len(values)))
    color = shared_colors(run.scenario for run in runs)[actor]
    return PartyGains(actor, owner.actors[actor].short, color, found)


def gain_of(run: Run, actor: str) -> Array:
    """Gains of a party in the worlds that settle."""
    if actor not in run.ensemble.actor.values:
        return np.zeros(0)
    values = run.ensemble.gain.sel(actor=actor).values
    return np.asarray(values[np.isfinite(values)])


def plan_gain_of(run: Run, actor: str) -> Array:
    """Gains of a party from the plan as published, on day 0."""
    if run.summary.plan is None or actor not in run.ensemble.actor.values:
        return np.zeros(0)
    return np.asarray(run.ensemble.plan_gain.sel(actor=actor).values)


KINDS: dict[str, Callable[[Run, str], Array]] = {"gain": gain_of, "plan": plan_gain_of}


def headline(runs: list[Run]) -> str:
    """The finding: which plans suit everyone who is asked."""
    plans = [(run, plan) for run in runs if (plan := run.summary.plan)]
    good = [
        run.scenario.name
        for run, plan in plans
        if all(
            entry.median >= 0
            for actor, entry in plan.gain.items()
            if run.scenario.actors[actor].consents_to != "none"
        )
    ]
    if not plans:
        return "What each side gains from settling, over having no deal"
    if not good:
        return "No plan as published beats no deal for all who sign, in the median world"
    if len(good) == len(plans):
        return "Every plan as published beats no deal for all who sign, in the median world"
    verb = "beats" if len(good) == 1 else "beat"
    return (
        f"{len(good)} of {len(plans)} plans as published {verb} no deal for all who sign, in the "
        f"median world: {listed(good)}"
    )
