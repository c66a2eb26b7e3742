"""The numbers of a run, typed: what ``summary.json`` and ``--json`` hold, key by key."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

import xarray as xr

from sim.formulas.statistics import Interval, wilson
from sim.registry import PROTOCOLS
from sim.results.actors import ActorResult, LeverUse, actors_summary, levers_summary
from sim.results.aftermath import (
    Durability,
    Gate,
    Plan,
    Point,
    durability_summary,
    plan_suits,
    plan_summary,
    ratification_summary,
)
from sim.results.allowed import RANGE, SAMPLING, Allowed, allowed_summary
from sim.results.articles import ArticlesSummary, articles_summary
from sim.results.asked import Asked, AtDeadline, asked_summary, deadline_summary
from sim.results.failures import RipenessAt, no_common_ground, ripeness_summary, shares_of
from sim.results.limited import LimitedUse, limited_summary
from sim.results.outcomes import (
    NOTE,
    OUTCOMES,
    REASONS,
    ByDay,
    Intervals,
    shares_of_outcomes,
    signed_by_day,
)
from sim.results.record import OMITTED, Record
from sim.results.terms import Term, term_of
from sim.scenario.schema import Scenario, nearest_text

Shares = dict[str, float]


@dataclass(frozen=True)
class Stage(Record):
    """Share of worlds in which a stage stands at the end."""

    share: float
    interval: Interval


@dataclass(frozen=True)
class Central(Record):
    """The world in which every uncertain number is at its median."""

    outcome: str
    settled_day: float | None
    first_signed_day: float | None
    agreed: dict[str, Point | None]
    stuck_on: str | None
    stuck_because: str | None
    ripeness_start: float
    ripeness_end: float | None


@dataclass(frozen=True)
class BaseRate(Record):
    """How often talks of the past ended in an agreement within ``days``; ``n`` cases.

    Attributes
    ----------
    data, source : str
        The data set, by its name and in full.
    """

    key: str
    cases: str
    event: str
    n: int
    days: int
    share: float
    interval: Interval | None
    data: str
    source: str

    @property
    def truces(self) -> bool:
        """Whether a truce is one of the agreements."""
        return "truce" in self.event or "ceasefire" in self.event


@dataclass(frozen=True)
class Provenance(Record):
    """What a run is of."""

    scenario_hash: str
    protocol: str
    tactics: dict[str, Any]
    versions: dict[str, Any]
    files: list[str]
    overrides: list[str]


@dataclass(frozen=True)
class Summary(Record):
    """A run in numbers; ``docs/outputs.md`` explains every key."""

    scenario: str
    title: str
    question: str | None
    note: str
    seed: int
    worlds: int
    horizon_days: int
    outcomes: Shares
    outcomes_interval: dict[str, Interval]
    deadline: AtDeadline | None
    asked: list[Asked]
    deal_by_day: ByDay
    deal_by_day_interval: Intervals
    first_stage_by_day: ByDay
    first_stage_by_day_interval: Intervals
    allowed: Allowed | None
    base_rate: BaseRate | None
    stages: dict[str, Stage]
    package: dict[str, Term]
    actors: dict[str, ActorResult]
    plan: Plan | None
    ratification: dict[str, Gate]
    durability: Durability | None
    ripeness: RipenessAt
    stuck_on: Shares
    stuck_because: Shares
    no_common_ground: Shares
    levers: dict[str, LeverUse]
    walked_away: float
    walked_away_after_signing: float
    first_stage_ever: float
    truces_broken: float
    central: Central
    articles: ArticlesSummary | None
    provenance: Provenance
    limited: dict[str, LimitedUse] | None = field(default=None, metadata=OMITTED)

    def by_day(self, what: str) -> tuple[ByDay, Intervals]:
        """Share of worlds that have signed something by day, and its intervals.

        A ``settlement``, a ``first_stage``, or a limited agreement as ``track.stage``.
        """
        if self.limited and what in self.limited:
            return self.limited[what].by_day, self.limited[what].by_day_interval
        if what == "settlement":
            return self.deal_by_day, self.deal_by_day_interval
        return self.first_stage_by_day, self.first_stage_by_day_interval

    @property
    def first_stage_fell(self) -> float:
        """Share of worlds that sign a first stage of which nothing stands at the end."""
        return self.first_stage_ever - next(iter(self.stages.values())).share

    @property
    def outcome_spans(self) -> dict[str, Interval]:
        """The interval of each outcome that matters: over what past talks allow, if known."""
        return self.outcomes_interval if self.allowed is None else self.allowed.outcomes

    @property
    def plan_span(self) -> Interval | None:
        """The same for the share of worlds that the plan as published suits."""
        known = self.allowed and self.allowed.plan
        return known or (self.plan.interval if self.plan else None)

    def limited_span(self, key: str) -> Interval:
        """The same for the share that ever signs a limited agreement."""
        assert self.limited is not None
        known = self.allowed.limited or {} if self.allowed else {}
        return known.get(key, self.limited[key].ever_interval)

    def stage_span(self, name: str) -> Interval:
        """The same for the share in which a stage stands at the end."""
        known = self.allowed.stages or {} if self.allowed else {}
        return known.get(name, self.stages[name].interval)

    def spans_by_day(self, what: str) -> Intervals:
        """The same for a ``settlement`` or a ``first_stage`` by day."""
        if self.allowed is None:
            return self.by_day(what)[1]
        every = self.allowed
        found = every.deal_by_day if what == "settlement" else every.first_stage_by_day
        return {day: found.get(day) for day in self.deal_by_day}

    @property
    def span_means(self) -> str:
        """What these intervals are, after a number."""
        return SAMPLING if self.allowed is None else RANGE


def base_rate(scenario: Scenario, horizon: int) -> BaseRate | None:
    """What the record says of comparable talks, for the horizon nearest to that of the run."""
    found = scenario.comparable
    if found is None:
        return None
    rate = found.nearest(horizon)
    return BaseRate(found.key, found.cases, found.event, found.n, rate.days, rate.share,
                    rate.interval, found.source.short, found.source.full)  # fmt: skip


def summarise(scenario: Scenario, ensemble: xr.Dataset, central: xr.Dataset) -> Summary:
    """Summary of an ensemble and its central world, rounded."""
    worlds = ensemble.sizes["world"]
    horizon = scenario.last_day
    outcomes, outcomes_interval = shares_of_outcomes(scenario, ensemble.outcome.values)
    settled_day, first_day = ensemble.settled_day.values, ensemble.first_signed_day.values

    reasons, left = ensemble.stuck_reason.values, ensemble.left.values.any(axis=1)
    failed = int((reasons >= 0).sum())
    deal, deal_interval = signed_by_day(settled_day, horizon)
    first, first_interval = signed_by_day(first_day, horizon)
    return Summary(
        scenario=scenario.name,
        title=scenario.title,
        question=scenario.question,
        note=f"{NOTE} {PROTOCOLS[scenario.protocol.name].caution}".rstrip(),
        seed=int(ensemble.attrs["seed"]),
        worlds=worlds,
        horizon_days=horizon,
        outcomes=outcomes,
        outcomes_interval=outcomes_interval,
        deadline=deadline_summary(scenario, ensemble),
        asked=asked_summary(scenario, ensemble),
        deal_by_day=deal,
        deal_by_day_interval=deal_interval,
        first_stage_by_day=first,
        first_stage_by_day_interval=first_interval,
        allowed=allowed_summary(
            ensemble,
            [d for d in deal if deal[d] is not None],
            plan_suits(scenario, ensemble) if scenario.has_plan else None,
        ),
        base_rate=base_rate(scenario, horizon),
        stages=_stages(scenario, ensemble),
        package=_package(scenario, ensemble),
        actors=actors_summary(ensemble),
        plan=plan_summary(scenario, ensemble),
        ratification=ratification_summary(scenario, ensemble),
        durability=durability_summary(scenario, ensemble),
        ripeness=RipenessAt(
            ripeness_summary(ensemble.ripeness_start.values),
            ripeness_summary(ensemble.ripeness_end.values),
        ),
        stuck_on=shares_of(ensemble.stuck_issue.values, list(scenario.issues), failed),
        stuck_because=shares_of(reasons, list(REASONS), failed),
        no_common_ground=no_common_ground(ensemble),
        levers=levers_summary(ensemble, horizon),
        walked_away=float(left.mean()),
        walked_away_after_signing=float((left & (ensemble.stages_signed.values > 0)).mean()),
        first_stage_ever=float((first_day >= 0).mean()),
        truces_broken=float((ensemble.truces_broken.values > 0).mean()),
        central=_central(scenario, central),
        articles=articles_summary(scenario),
        provenance=_provenance(ensemble.attrs),
        limited=limited_summary(scenario, ensemble, horizon),
    ).rounded()


def _stages(scenario: Scenario, data: xr.Dataset) -> dict[str, Stage]:
    """Share of worlds in which each stage stands at the end."""
    worlds, signed = data.sizes["world"], data.stages_signed.values
    counts = [int((signed > number).sum()) for number in range(len(scenario.stages))]
    return {
        stage.name: Stage(count / worlds, wilson(count, worlds))
        for stage, count in zip(scenario.stages, counts, strict=True)
    }


def _package(scenario: Scenario, data: xr.Dataset) -> dict[str, Term]:
    """Per issue: what stands agreed at the end, over the worlds in which it does."""
    agreed = data.agreed.values
    return {
        key: term_of(issue, agreed[:, column])
        for column, (key, issue) in enumerate(scenario.issues.items())
    }


def _central(scenario: Scenario, central: xr.Dataset) -> Central:
    agreed = central.agreed.values
    code, reason = int(central.stuck_issue), int(central.stuck_reason)
    return Central(
        outcome=OUTCOMES[int(central.outcome)],
        settled_day=_number(central.settled_day),
        first_signed_day=_number(central.first_signed_day),
        agreed={
            key: None if math.isnan(v) else Point(float(v), nearest_text(issue, v))
            for (key, issue), v in zip(scenario.issues.items(), agreed, strict=True)
        },
        stuck_on=None if code < 0 else str(central.issue.values[code]),
        stuck_because=None if reason < 0 else REASONS[reason],
        ripeness_start=float(central.ripeness_start),
        ripeness_end=_number(central.ripeness_end),
    )


def _provenance(attrs: dict[str, Any]) -> Provenance:
    texts = {"scenario_hash", "protocol"}
    keys = Provenance.__dataclass_fields__
    return Provenance(**{k: attrs[k] if k in texts else json.loads(attrs[k]) for k in keys})


def _number(value: Any) -> float | None:
    number = float(value)
    return None if math.isnan(number) else number
