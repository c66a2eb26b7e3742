"""The numbers of a run, typed: what ``summary.json`` and ``--json`` hold, key by key."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from sim.formulas.emulator import spread_of_share
from sim.formulas.statistics import Interval, wilson
from sim.registry import PROTOCOLS
from sim.results.aftermath import (
    Durability,
    Gate,
    Plan,
    Point,
    durability_summary,
    plan_summary,
    ratification_summary,
)
from sim.results.articles import ArticlesSummary, articles_summary
from sim.results.experiments import PREFIX
from sim.results.limited import LimitedUse, limited_summary
from sim.results.outcomes import (
    NOTE,
    OUTCOMES,
    REASONS,
    ByDay,
    Intervals,
    outcomes_of,
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
class ActorResult(Record):
    """Medians over worlds, with the 10th and 90th percentile, of a signatory.

    Attributes
    ----------
    gain_from_settling : float or None
        Utility less reservation, where all is settled.
    conceded : float
        Utility between its first and its last positions.
    violations : float
        Share of worlds in which it breaks a truce.
    """

    utility: float
    utility_p10: float
    utility_p90: float
    reservation: float
    reservation_p10: float
    reservation_p90: float
    reservation_at_start: float
    gain_from_settling: float | None
    conceded: float
    conceded_by_issue: Shares
    violations: float


@dataclass(frozen=True)
class Ripeness(Record):
    """Largest common gain where something is unsettled, and how often all could gain."""

    median: float | None = None
    p10: float | None = None
    p90: float | None = None
    share_ripe: float | None = None
    worlds: int = 0


@dataclass(frozen=True)
class RipenessAt(Record):
    """Ripeness at the start and at the end."""

    start: Ripeness
    end: Ripeness


@dataclass(frozen=True)
class LeverUse(Record):
    """Shares of worlds in which a lever is pulled and acts, and the median day from which."""

    pulled: float
    in_effect: float
    median_day: float | None


@dataclass(frozen=True)
class AtDeadline(Record):
    """Outcomes taken at the deadline; ``after``: whether the talks stop with it or go on."""

    day: float
    date: str
    known_to: list[str]
    after: str
    outcomes: Shares
    outcomes_interval: dict[str, Interval]


@dataclass(frozen=True)
class Asked(Record):
    """Shares of worlds with a settlement, and with a first stage, by a day that is asked for.

    Attributes
    ----------
    settlement, first_stage : float or None
        None for a day beyond the horizon; the first stage also where the agenda has but one.
    """

    text: str
    day: float
    date: str
    settlement: float | None
    settlement_interval: Interval | None
    first_stage: float | None
    first_stage_interval: Interval | None


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
class Allowed(Record):
    """How shares differ among the engine parameters that past talks allow: 10 to 90 per cent."""

    outcomes: dict[str, Interval]
    deal_by_day: Intervals
    first_stage_by_day: Intervals


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
    def outcome_spans(self) -> dict[str, Interval]:
        """The interval of each outcome that matters: over what past talks allow, if known."""
        return self.outcomes_interval if self.allowed is None else self.allowed.outcomes

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
        return "95 % interval" if self.allowed is None else "10–90 % of what past talks allow"


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
    codes = ensemble.outcome.values
    counts = {k: int((codes == OUTCOMES.index(k)).sum()) for k in outcomes_of(scenario)}
    settled_day, first_day = ensemble.settled_day.values, ensemble.first_signed_day.values

    reasons, left = ensemble.stuck_reason.values, ensemble.left.values.any(axis=1)
    failed = int((reasons >= 0).sum())
    deal, deal_interval = signed_by_day(settled_day, horizon)
    first, first_interval = signed_by_day(first_day, horizon)
    summary = Summary(
        scenario=scenario.name,
        title=scenario.title,
        question=scenario.question,
        note=f"{NOTE} {PROTOCOLS[scenario.protocol.name].caution}".rstrip(),
        seed=int(ensemble.attrs["seed"]),
        worlds=worlds,
        horizon_days=horizon,
        outcomes={kind: count / worlds for kind, count in counts.items()},
        outcomes_interval={k: wilson(c, worlds) for k, c in counts.items()},
        deadline=_deadline(scenario, ensemble),
        asked=_asked(scenario, ensemble),
        deal_by_day=deal,
        deal_by_day_interval=deal_interval,
        first_stage_by_day=first,
        first_stage_by_day_interval=first_interval,
        allowed=_allowed(ensemble, [d for d in deal if deal[d] is not None]),
        base_rate=base_rate(scenario, horizon),
        stages=_stages(scenario, ensemble),
        package=_package(scenario, ensemble),
        actors=_actors(ensemble),
        plan=plan_summary(scenario, ensemble),
        ratification=ratification_summary(scenario, ensemble),
        durability=durability_summary(scenario, ensemble),
        ripeness=RipenessAt(
            _ripeness(ensemble.ripeness_start.values), _ripeness(ensemble.ripeness_end.values)
        ),
        stuck_on=_shares(ensemble.stuck_issue.values, list(scenario.issues), failed),
        stuck_because=_shares(reasons, list(REASONS), failed),
        no_common_ground=_no_common_ground(ensemble),
        levers=_levers(ensemble, horizon),
        walked_away=_ratio(int(left.sum()), worlds),
        walked_away_after_signing=_ratio(
            int((left & (ensemble.stages_signed.values > 0)).sum()), worlds
        ),
        first_stage_ever=_ratio(int((first_day >= 0).sum()), worlds),
        truces_broken=_ratio(int((ensemble.truces_broken.values > 0).sum()), worlds),
        central=_central(scenario, central),
        articles=articles_summary(scenario),
        provenance=Provenance(
            **{
                key: ensemble.attrs[key]
                if key in {"scenario_hash", "protocol"}
                else json.loads(ensemble.attrs[key])
                for key in (
                    "scenario_hash",
                    "protocol",
                    "tactics",
                    "versions",
                    "files",
                    "overrides",
                )
            }
        ),
        limited=limited_summary(scenario, ensemble, horizon),
    )
    return summary.rounded()


def _deadline(scenario: Scenario, data: xr.Dataset) -> AtDeadline | None:
    said = scenario.deadline
    if said is None:
        return None
    worlds, codes = data.sizes["world"], data.outcome_at_deadline.values
    counts = {k: int((codes == OUTCOMES.index(k)).sum()) for k in outcomes_of(scenario)}
    known = list(scenario.actors) if said.known_to == "all" else said.known_to
    return AtDeadline(
        scenario.day_of(said.at),
        str(scenario.date_of(said.at)),
        known,
        said.after,
        {kind: count / worlds for kind, count in counts.items()},
        {kind: wilson(count, worlds) for kind, count in counts.items()},
    )


def _asked(scenario: Scenario, data: xr.Dataset) -> list[Asked]:
    """What is signed by the deadline, and by the days that the scenario asks for."""
    moments = [(question.by, question.text) for question in scenario.ask]
    at = None if scenario.deadline is None else scenario.deadline.at
    if at is not None and scenario.day_of(at) not in [scenario.day_of(by) for by, _ in moments]:
        moments.insert(0, (at, f"By the deadline of {scenario.date_of(at):%-d %B %Y}?"))
    worlds, staged = data.sizes["world"], len(scenario.stages) > 1
    spread = allowed_spread(data)

    def by(day: float, name: str) -> tuple[float | None, Interval | None]:
        if day > scenario.last_day and day > scenario.horizon_days:
            return None, None
        signed = data[name].values <= day
        count = int(signed.sum())
        return count / worlds, spread(signed) if spread else wilson(count, worlds)

    return [
        Asked(
            text,
            scenario.day_of(at),
            str(scenario.date_of(at)),
            *by(scenario.day_of(at), "settled_day"),
            *(by(scenario.day_of(at), "first_signed_day") if staged else (None, None)),
        )
        for at, text in moments
    ]


def drawn_parameters(data: xr.Dataset) -> dict[str, np.ndarray]:
    """Engine parameters that worlds drew, (worlds,) each; without those that are all alike."""
    names = [str(n) for n in data.data_vars if str(n).startswith(f"{PREFIX}engine.")]
    drawn = {name: data[name].values.astype(float) for name in names}
    return {name: values for name, values in drawn.items() if np.ptp(values) > 0}


def allowed_spread(data: xr.Dataset) -> Callable[[np.ndarray], Interval] | None:
    """From whether something is so in each world to how its share differs among calibrations.

    None where worlds do not differ in the engine parameters that past talks inform.
    """
    drawn = np.array(list(drawn_parameters(data).values())).T
    if not drawn.size:
        return None

    def spread(flags: np.ndarray) -> Interval:
        count, worlds = int(flags.sum()), len(flags)
        if count in (0, worlds):  # what happens in no world, or in all, is left to sampling
            return wilson(count, worlds)
        return Interval(*spread_of_share(drawn, flags))

    return spread


def _allowed(data: xr.Dataset, days: list[str]) -> Allowed | None:
    """How shares differ among calibrations."""
    spread = allowed_spread(data)
    if spread is None:
        return None
    kinds = data.outcome.attrs["flag_meanings"].split()

    codes = data.outcome.values
    settled, first = data.settled_day.values, data.first_signed_day.values
    return Allowed(
        {kind: spread(codes == OUTCOMES.index(kind)) for kind in kinds},
        {day: spread(settled <= float(day)) for day in days},
        {day: spread(first <= float(day)) for day in days},
    )


def _stages(scenario: Scenario, data: xr.Dataset) -> dict[str, Stage]:
    """Share of worlds in which each stage stands at the end."""
    worlds, signed = data.sizes["world"], data.stages_signed.values
    out = {}
    for number, stage in enumerate(scenario.stages):
        count = int((signed > number).sum())
        out[stage.name] = Stage(count / worlds, wilson(count, worlds))
    return out


def _package(scenario: Scenario, data: xr.Dataset) -> dict[str, Term]:
    """Per issue: what stands agreed at the end, over the worlds in which it does."""
    agreed = data.agreed.values
    return {
        key: term_of(issue, agreed[:, column])
        for column, (key, issue) in enumerate(scenario.issues.items())
    }


def _actors(data: xr.Dataset) -> dict[str, ActorResult]:
    out = {}
    settled = data.outcome.values == 0
    for actor in data.actor.values:
        one = data.sel(actor=actor)
        entry: dict[str, Any] = {}
        utility, reservation = one.utility.values, one.reservation_end.values
        for name, values in (("utility", utility), ("reservation", reservation)):
            low, median, high = np.quantile(values, [0.1, 0.5, 0.9])
            entry |= {name: float(median), f"{name}_p10": float(low), f"{name}_p90": float(high)}
        entry["reservation_at_start"] = float(np.median(one.reservation_start.values))
        gain = (utility - reservation)[settled]
        entry["gain_from_settling"] = float(np.median(gain)) if len(gain) else None
        conceded = one.conceded.values
        entry["conceded"] = float(np.median(conceded.sum(axis=1)))
        entry["conceded_by_issue"] = {
            str(i): float(np.median(conceded[:, n])) for n, i in enumerate(data.issue.values)
        }
        entry["violations"] = float((one.violates_count.values > 0).mean())
        out[str(actor)] = ActorResult(**entry)
    return out


def _ripeness(values: np.ndarray) -> Ripeness:
    """Quantiles where something is unsettled, and how often a package exists that all prefer."""
    values = values[~np.isnan(values)]
    if not len(values):
        return Ripeness()
    low, median, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
    return Ripeness(median, low, high, float((values > 0).mean()), len(values))


def _shares(codes: np.ndarray, names: list[str], failed: int) -> dict[str, float]:
    """Share of the failed worlds with each code."""
    return {name: _ratio(int((codes == n).sum()), failed) for n, name in enumerate(names)}


def _no_common_ground(data: xr.Dataset) -> dict[str, float]:
    """Share of the failed worlds in which red lines miss each other on an issue not yet signed."""
    gaps = data.red_line_gap.values[data.outcome.values != 0]
    missed = (gaps > 1e-9).mean(axis=0) if len(gaps) else np.zeros(gaps.shape[1])
    return {str(i): float(m) for i, m in zip(data.issue.values, missed, strict=True)}


def _levers(data: xr.Dataset, horizon: float) -> dict[str, LeverUse]:
    out = {}
    pulled_day, effect_day = data.lever_pulled_day.values, data.lever_effect_day.values
    for n, lever in enumerate(data.lever.values):
        pulled = ~np.isnan(pulled_day[:, n])
        effect = effect_day[:, n]
        acted = effect <= horizon  # what was pulled late may act only after the end
        median = float(np.median(effect[acted])) if acted.any() else None
        out[str(lever)] = LeverUse(float(pulled.mean()), float(acted.mean()), median)
    return out


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


def _number(value: Any) -> float | None:
    number = float(value)
    return None if math.isnan(number) else number


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
