"""Whom the deals and the plans suit: each party's gain over no deal."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.prose import counted
from sim.results.aftermath import PlanGain
from sim.results.certain import only_decided
from sim.results.outcomes import ALL
from sim.studies.compare.comparison import Comparison
from sim.views.afterwards import gain_text, settled_gains
from sim.views.colours import shared_colors
from sim.views.compare.common import Row, foot, left_out, listed, rows_of
from sim.views.run_data import is_settled, points_words
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
    of : PlanGain
        10th, 50th and 90th percentile over worlds.
    few : int
        How many worlds, where they are a handful: then the middle alone counts; else 0.
    """

    place: int
    row: Row
    kind: str
    of: PlanGain
    few: int

    @property
    def ends(self) -> tuple[float, float]:
        """Of what is shown."""
        return (self.of.median, self.of.median) if self.few else (self.of.p10, self.of.p90)

    @property
    def words(self) -> str:
        """A sentence."""
        what = "gain from settling" if self.kind == "gain" else "worth of the plan as published"
        if self.few:
            found = f"{points_words(100 * self.of.median)} in {counted(self.few, 'world')}"
        else:
            found = gain_text(self.of)
        return f"{self.row.title}, {what}: {found}."


@dataclass(frozen=True)
class PartyGains:
    """Gains of one party in all scenarios."""

    actor: str
    label: str
    color: str
    gains: list[Gain]


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
        return [f"{p.label}: {gain.words}" for p in self.parties for gain in p.gains]


def gains(comparison: Comparison) -> GainsView | None:
    """Gains where settled, and those of the plans; None where nobody settles or has a plan."""
    runs = [
        run
        for run in comparison.ranked
        if run.scenario.name in comparison.actor_group
        and not only_decided(run.scenario)
        and (run.summary.plan or (run.ensemble.outcome.values == 0).any())
    ]
    if not runs:
        return None
    rows = rows_of(comparison, runs)
    parties = [_party(runs, rows, actor) for actor in comparison.actors]
    ends = [0.0, 0.05, *(q for p in parties for g in p.gains for q in g.ends)]
    room = 0.04 * (max(ends) - min(ends))
    text = (
        f"Points of utility ({ALL}): the settlement less what refusing was worth when it was "
        "signed, which can be less than 0, over the worlds that settle"
    )
    if any(gain.kind == "plan" for party in parties for gain in party.gains):
        text += (
            "; and the plan as published on day 0, over all worlds, whether or not it crosses a "
            "red line"
        )
    text += f". Points: medians; lines: 10–90 % of worlds, not of fewer than {FEW}."
    names = {run.scenario.name for run in runs}
    bare = [n for n in comparison.actor_group if n not in names]
    if bare:
        text += f" No settlement and no plan: {listed(bare)}."
    text += left_out(comparison, comparison.actor_group, "Other parties")
    shorts = {k: a.short for run in runs for k, a in run.scenario.actors.items()}
    rare = [shorts[k] for k in comparison.rare_actors if k in shorts.keys() - {*comparison.actors}]
    text += f" In less than half of them, left out: {listed(rare)}." if rare else ""
    span = (min(ends) - room, max(ends) + room)
    return GainsView(foot(comparison), headline(runs), text, rows, parties, span)


def _party(runs: list[Run], rows: list[Row], actor: str) -> PartyGains:
    owner = next(r for r in runs if actor in r.scenario.actors).scenario
    found = []
    for place, run in enumerate(runs):
        settled, plan = int(is_settled(run).sum()), run.summary.plan
        few = settled if is_few(settled / run.summary.worlds, run.summary.worlds) else 0
        for kind, gains, handful in (
            ("gain", settled_gains(run), few),
            ("plan", plan.gain if plan else {}, 0),
        ):
            if actor in gains:
                found.append(Gain(place, rows[place], kind, gains[actor], handful))
    color = shared_colors(run.scenario for run in runs)[actor]
    return PartyGains(actor, owner.actors[actor].short, color, found)


def headline(runs: list[Run]) -> str:
    """The finding: which plans suit everyone who is asked."""
    plans = [(run, plan) for run in runs if (plan := run.summary.plan)]
    good = [
        run.scenario.name
        for run, plan in plans
        if all(
            entry.median >= 0
            for actor, entry in plan.gain.items()
            if run.scenario.actors[actor].signs
        )
    ]
    if not plans:
        return "What each side gains from settling, over having no deal"
    verb = "beats" if len(good) == 1 else "beat"
    if len(plans) == 1:
        verb = "beats" if good else "does not beat"
        who = f"The plan of {plans[0][0].scenario.name} as published {verb}"
    elif not good:
        who = f"None of the {len(plans)} plans as published beats"
    elif len(good) == len(plans):
        who = f"All {len(plans)} plans as published beat"
    else:
        who = f"{len(good)} of {len(plans)} plans as published {verb}"
    some = f": {listed(good)}" if 0 < len(good) < len(plans) else ""
    return f"{who} no deal for all who sign, in the median world{some}"
