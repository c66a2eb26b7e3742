"""What a deal or the plan is worth, whether it passes at home, and how long it would hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import by_how_much, counted, listing, span_words
from sim.prose import percent as share_text
from sim.results.aftermath import PlanGain
from sim.results.allowed import SAMPLING, WIDER
from sim.scenario.record import holding
from sim.views.colours import PLAN, RECORD, SETTLED
from sim.views.run_data import colors_of, is_crowd, short, signatories
from sim.views.view import View, foot_line
from sim.words.shares import FEW, few_of, share_of, span_of

STEADY = 0.95
"""Share that holds to the end from which a sentence says as much as a curve."""


@dataclass(frozen=True)
class Worth:
    """What a side gains over no deal, in points of utility: median and 10–90 % of the worlds.

    Attributes
    ----------
    name, color : str
    deal, plan : PlanGain or None
        From settling, over the worlds that settle; from the plan as published on day 0.
    crossed : list of str
        Red lines that the plan crosses, with the share of worlds.
    """

    actor: str
    name: str
    color: str
    deal: PlanGain | None
    plan: PlanGain | None
    crossed: list[str]

    @property
    def words(self) -> str:
        """The row in a sentence."""
        said = [
            f"{what} {gain_text(gain)}"
            for what, gain in (("settling is worth", self.deal), ("the plan is worth", self.plan))
            if gain is not None
        ]
        return f"{self.name}: {', '.join(said)}." + (
            f" The plan is beyond its red line on {', '.join(self.crossed)}."
            if self.crossed
            else ""
        )


@dataclass(frozen=True)
class Vote:
    """A gate: share of the signed texts that passed it, and of the worlds in which the plan would.

    Attributes
    ----------
    whom : str
        For whom it stands, and how often it is asked.
    """

    key: str
    title: str
    whom: str
    passed: float | None
    interval: Interval | None
    plan: float | None
    plan_interval: Interval | None

    @property
    def words(self) -> str:
        """The row in a sentence."""
        said = [
            f"{what} passes in {share_text(share)}"
            for what, share in (("what is signed", self.passed), ("the plan", self.plan))
            if share is not None
        ]
        return f"{self.title}: {', '.join(said)}."


@dataclass(frozen=True)
class Holding:
    """Share that still holds so many years on, of so many worlds or past agreements.

    With intervals, but for the plan.
    """

    key: str
    label: str
    color: str
    years: Sequence[float]
    shares: list[float]
    spans: list[Interval]
    worlds: int

    @property
    def last(self) -> str:
        """How many hold in the end."""
        return share_of(self.shares[-1], self.worlds)

    @property
    def words(self) -> str:
        """The curve in a sentence."""
        said = []
        for n, year in enumerate(self.years):
            if year in (1, 5, self.years[-1]):
                span = f" ({span_words(self.spans[n])})" if self.spans else ""
                share = share_of(self.shares[n], self.worlds)
                said.append(f"{share}{span} after {counted(round(year), 'year')}")
        return f"Still hold, {self.label}: {listing(said)}."


@dataclass(frozen=True)
class AfterwardsView(View):
    """As far as the scenario looks that way.

    Attributes
    ----------
    worth : list of Worth
    means : str
        What the intervals of shares are.
    votes : list of Vote
        Gates that are asked in any world.
    holds : list of Holding
    terms : list of (str, str)
        "All terms" and "without …", where that changes what is told: how many of the settlements
        then hold to the end.
    broken : list of str
        Who breaks settlements first, in sentences.
    notes : list of str
        What there is nothing to show of.
    record : Holding or None
        Of past agreements of the kind, which accidents are read from.
    """

    worth: list[Worth]
    means: str
    votes: list[Vote]
    holds: list[Holding]
    terms: list[tuple[str, str]]
    broken: list[str]
    notes: list[str]
    record: Holding | None = None

    @property
    def words(self) -> list[str]:
        parts: list[Worth | Vote | Holding] = [*self.worth, *self.votes, *self.holds]
        terms = [f"{name}: {share} hold to the end." for name, share in self.terms]
        if self.record and self.holds:
            parts.append(self.record)
        return [*(part.words for part in parts), *terms, *self.broken, *self.notes]


def gain_text(gain: PlanGain) -> str:
    """``+12 points (+3 to +20)``."""
    middle, low, high = (by_how_much(100 * v, 0) for v in (gain.median, gain.p10, gain.p90))
    return f"{middle} points ({low} to {high})"


def afterwards_view(run: Run) -> AfterwardsView | None:
    """Worth, ratification and durability; None where the scenario looks at none of them."""
    scenario, summary = run.scenario, run.summary
    if not (scenario.has_plan or scenario.ratification or scenario.durability):
        return None
    worth, votes, notes = _worth(run), *_votes(run)
    held, terms, broken = holds(run), list[tuple[str, str]](), list[str]()
    durability = summary.durability
    if durability and durability.worlds:
        of = durability.worlds
        every = share_of(durability.shares[-1], of)
        without = [
            (f"Without {scenario.issues[term].title}", share)
            for term, one in durability.by_term
            if (share := share_of(one, of)) != every
        ]
        alike = "All terms, or without any one" if durability.by_term else "All terms"
        terms = [("All terms" if without else alike, every), *without]
        broken = [
            f"{short(run, actor)} breaks it first: {few_of(share, of)}."
            for actor, share in durability.broken_by.items()
            if share
        ]
        if durability.by_accident:
            broken.append(f"An accident ends it first: {few_of(durability.by_accident, of)}.")
    elif durability:
        notes.append("No settlement was reached, so nothing can be said of its terms.")
    if held and all(one.shares[-1] >= STEADY for one in held):
        # lines along the top of a panel say no more than a sentence
        notes += [one.words for one in held]
        held, terms = [], []
    parts = [
        said
        for said, shown in (
            ("what a deal is worth over no deal", worth),
            ("whether texts pass at home", votes),
            ("how long a settlement holds: until breaking it is worth more to a side, or an "
             "accident ends it", held),
        )
        if shown
    ]  # fmt: skip
    text = f"After the signatures: {listing(parts) or 'nothing to look at'}."
    if any(w.plan for w in worth):
        text += " The plan is weighed as it stands on day 0, whether or not anybody would sign it."
    means = WIDER if summary.allowed else SAMPLING
    return AfterwardsView(
        foot_line(run), headline(run), text, worth, means, votes, held, terms, broken, notes,
        _record(run),
    )  # fmt: skip


def _record(run: Run) -> Holding | None:
    """The record of the scenario's kind of agreement, at whole years that are looked at."""
    durability = run.summary.durability
    if durability is None or durability.kind is None:
        return None
    found = holding()[durability.kind]
    at = [n for n, year in enumerate(found.years) if 0.9 < year <= durability.years + 0.1]
    spec = run.scenario.durability
    either = ", with peacekeepers or without" if spec and spec.peacekeepers else ""
    return Holding(
        "record", f"record: {found.n} {found.title}{either}", RECORD,
        [float(round(found.years[n])) for n in at], [float(found.shares[n]) for n in at],
        [found.intervals[n] for n in at], found.n,
    )  # fmt: skip


def settled_gains(run: Run) -> dict[str, PlanGain]:
    """Gain from settling over what refusing was worth, over the worlds with a settlement."""
    data = run.ensemble
    settled = data.outcome.values == 0
    gain, found = data.gain.values, {}
    for n, actor in enumerate(signatories(run)):
        values = gain[settled, n]
        values = values[~np.isnan(values)]
        if len(values):
            low, middle, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
            found[actor] = PlanGain(middle, low, high, float((values > 0).mean()))
    return found


def _worth(run: Run) -> list[Worth]:
    plan, deals, colors = run.summary.plan, settled_gains(run), colors_of(run)
    actors = [a for a in signatories(run) if a in deals or (plan and a in plan.gain)]
    if is_crowd(run):
        ranked = sorted(actors, key=lambda a: (deals.get(a) or plan.gain[a]).median)  # type: ignore[union-attr]
        actors = [*ranked[:3], *ranked[-3:]]
    return [
        Worth(a, short(run, a), colors[a], deals.get(a), plan.gain.get(a) if plan else None,
              _crossed(run, a))
        for a in actors
    ]  # fmt: skip


def _crossed(run: Run, actor: str) -> list[str]:
    plan = run.summary.plan
    found = sorted((plan.crosses.get(actor, {}) if plan else {}).items(), key=lambda kv: -kv[1])
    worlds = run.summary.worlds
    return [f"{run.scenario.issues[i].title} {few_of(s, worlds)}" for i, s in found]


def _votes(run: Run) -> tuple[list[Vote], list[str]]:
    """Gates that are asked, and a sentence about the others."""
    asked, never = [], []
    for key, gate in run.summary.ratification.items():
        parts = []
        if gate.voted:
            parts.append(f"voted {span_of([(gate.voted, run.summary.worlds)])}")
        if gate.plan_concerned:
            always = gate.plan_concerned > 0.99
            parts.append("the plan comes before it" if always
                         else f"the plan in {share_text(gate.plan_concerned)}")  # fmt: skip
        if not parts:
            never.append(gate.title)
            continue
        whom = f"{short(run, gate.of)}: {'; '.join(parts)}"
        asked.append(Vote(key, gate.title, whom, gate.passed, gate.span, gate.plan_passed,
                          gate.plan_span))  # fmt: skip
    return asked, [f"Asked in no world: {listing(never)}."] if never else []


def holds(run: Run) -> list[Holding]:
    """How settlements hold, where there are any, and the plan, where there is one."""
    durability, plan = run.summary.durability, run.summary.plan
    found = []
    if durability and durability.worlds:
        few = durability.worlds < FEW
        words = "settlements" if few else f"of {counted(durability.worlds, 'settlement')}"
        spans, shares = [Interval(1.0, 1.0), *durability.spans], [1.0, *durability.shares]
        found.append(Holding("settlements", words, SETTLED, range(len(shares)), shares, spans,
                             durability.worlds))  # fmt: skip
    if plan and plan.held:
        shares = [1.0, *plan.held.values()]
        found.append(Holding("plan", "the plan as published", PLAN, range(len(shares)), shares, [],
                             run.summary.worlds))  # fmt: skip
    return found


def headline(run: Run) -> str:
    """The finding: whether the plan suits all, passes, and holds; or how settlements fared."""
    plan, durability = run.summary.plan, run.summary.durability
    if durability and durability.worlds >= 10:
        last = str(durability.years)
        held = share_of(durability.held[last] or 0.0, durability.worlds)
        of = "" if durability.worlds < FEW else " of the"
        return f"{held}{of} settlements still hold after {counted(durability.years, 'year')}"
    if plan is None:
        return "What comes after the signatures"
    worse = [short(run, a) for a, g in plan.gain.items() if g.better < 0.5]
    crossed = [short(run, a) for a, s in plan.crosses_any.items() if s >= 0.5]
    if not worse:
        text = "For each side by itself the plan as published mostly beats no deal"
    else:
        whom = listing(worse) if len(worse) < len(plan.gain) else "everybody"
        text = f"In most worlds the plan as published is worth less than no deal to {whom}"
    if crossed:
        text += f"; it mostly lies beyond red lines of {listing(crossed)}"
    return text
