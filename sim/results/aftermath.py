"""What comes after the signatures, as variables of the dataset and as parts of the summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sim.arrays import Mask
from sim.engine.durability import ACCIDENT
from sim.formulas.statistics import Interval, wilson
from sim.results.allowed import allowed_spread, never_falling, wider
from sim.results.experiments import flags
from sim.results.record import Record
from sim.scenario.schema import Scenario, point_text

if TYPE_CHECKING:
    from sim.engine.model import PeaceTalks


@dataclass(frozen=True)
class Gate(Record):
    """How often a gate voted, and the texts and the plan passed; None where none came before it.

    Attributes
    ----------
    interval, plan_interval : Interval or None
        95 %, of sampling alone.
    allowed, plan_allowed : Interval or None
        Over what past talks allow, 10 to 90 per cent.
    """

    title: str
    of: str
    voted: float
    passed: float | None
    interval: Interval | None
    plan_concerned: float
    plan_passed: float | None
    plan_interval: Interval | None
    allowed: Interval | None = None
    plan_allowed: Interval | None = None

    @property
    def span(self) -> Interval | None:
        """The interval of ``passed`` to show: by what past talks allow, or of sampling if wider."""
        return self.interval and wider(self.interval, self.allowed)[0]

    @property
    def plan_span(self) -> Interval | None:
        """The same for ``plan_passed``."""
        return self.plan_interval and wider(self.plan_interval, self.plan_allowed)[0]


@dataclass(frozen=True)
class Durability(Record):
    """Shares of the ``worlds`` settled that hold by year, by breaker, and without each term.

    Attributes
    ----------
    kind : str
        Whose record its accidents are read from; None where it counts none.
    interval, allowed : dict
        By year: 95 % of sampling alone; over what past talks allow, 10 to 90 per cent.
    by_accident : float or None
        Share that an accident ends first.
    """

    years: int
    kind: str | None
    worlds: int
    held: dict[str, float | None]
    interval: dict[str, Interval | None]
    broken_by: dict[str, float | None]
    by_accident: float | None
    without: dict[str, float | None]
    allowed: dict[str, Interval] = field(default_factory=dict)

    @property
    def shares(self) -> list[float]:
        """Share that holds by year, from the first on; empty where nothing was settled."""
        return [share for share in self.held.values() if share is not None]

    @property
    def spans(self) -> list[Interval]:
        """The intervals of :attr:`shares` to show, as for gates."""
        return [self.span_after(year)[0] for year, share in self.held.items() if share is not None]

    def span_after(self, year: str) -> tuple[Interval, str]:
        """The interval after so many years to show, and what it is."""
        return wider(self.interval[year] or Interval(0.0, 1.0), self.allowed.get(year))

    @property
    def by_term(self) -> list[tuple[str, float]]:
        """Terms, the one first without which fewest hold."""
        known = [(term, share) for term, share in self.without.items() if share is not None]
        return sorted(known, key=lambda pair: pair[1])


@dataclass(frozen=True)
class Point(Record):
    """A point of an issue's scale and its text; both texts where it lies between two."""

    point: float
    text: str


@dataclass(frozen=True)
class PlanGain(Record):
    """What the plan is worth over no deal, and how often it is better."""

    median: float
    p10: float
    p90: float
    better: float


@dataclass(frozen=True)
class Plan(Record):
    """The plan as published, in shares of worlds; ``crosses``: actor → issue → share."""

    points: dict[str, Point]
    gain: dict[str, PlanGain]
    acceptable: float | None
    interval: Interval | None
    crosses_any: dict[str, float]
    crosses: dict[str, dict[str, float]]
    passed: float | None
    held: dict[str, float] | None


def afterwards_variables(model: PeaceTalks) -> dict[str, Any]:
    """Ratification, durability and the plan of one finished model, for the dataset."""
    recorder, gates = model.recorder, model.ratification.gates
    days, shape = model.spec.war.round_days, (model.talks.worlds, len(gates))
    years, share = {"units": "years"}, {"units": "utility, 0 to 1 over the party's issues"}
    verdicts = np.array([g.verdict for g in gates]).reshape(len(gates), model.talks.worlds).T
    without = np.array(list(recorder.years_without.values()))
    in_force = model.talks.in_force_round
    data: dict[str, Any] = {
        "ratified": (("world", "gate"), verdicts.reshape(shape), {"long_name": "last vote"}),
        "ratification_failures": (
            "world",
            model.ratification.failures.astype(np.int16),
            {"long_name": "times a signed text was not ratified"},
        ),
        "in_force_day": (
            "world",
            np.where(in_force >= 0, in_force * float(days), np.nan),
            {"units": "days of the run"},
        ),
        "gain": (("world", "actor"), recorder.gain, share),
        "years_held": ("world", recorder.years_held, years),
        "broken_by": (
            "world",
            recorder.broken_by.astype(np.int16),
            flags(["by_accident", *(p.key for p in model.signatories)], first=[ACCIDENT]),
        ),
        "years_without": (
            ("world", "term"),
            without.reshape(len(recorder.years_without), model.talks.worlds).T,
            years,
        ),
    }
    plan = recorder.plan
    nothing = np.full((model.talks.worlds, len(model.signatories)), np.nan)
    points = np.full((model.talks.worlds, len(model.talks.issues)), np.nan)
    data |= {
        "plan_point": (
            ("world", "issue"),
            points if plan is None else plan.point,
            {"units": "scale, 0 to 1"},
        ),
        "plan_gain": (("world", "actor"), nothing if plan is None else plan.gain, share),
        "plan_crosses": (
            ("world", "actor", "issue"),
            np.zeros((*nothing.shape, points.shape[1]), dtype=np.int8)
            if plan is None
            else plan.crosses.astype(np.int8),
            {"long_name": "the plan lies beyond the actor's red line"},
        ),
        "plan_ratified": (
            ("world", "gate"),
            np.full(shape, np.nan) if plan is None else plan.ratified,
            {"long_name": "the plan would pass the vote"},
        ),
        "plan_years_held": (
            "world",
            np.full(model.talks.worlds, np.nan) if plan is None else plan.years_held,
            years,
        ),
    }
    return data


def ratification_summary(scenario: Scenario, data: xr.Dataset) -> dict[str, Gate]:
    """Per gate: how often it voted, how often the text passed, and whether the plan would."""
    worlds, out, spread = data.sizes["world"], {}, allowed_spread(data)
    ratified, plan_ratified = data.ratified.values, data.plan_ratified.values
    for n, gate in enumerate(data.gate.values):
        spec = scenario.ratification[str(gate)]
        verdict, plan = ratified[:, n], plan_ratified[:, n]
        voted = ~np.isnan(verdict)
        concerned = ~np.isnan(plan)
        passed, interval = _share(verdict[voted] == 1.0)
        share, concerning = float(voted.mean()), int(concerned.sum()) / worlds
        of_plan = _share(plan[concerned] == 1.0)
        spans = [
            spread(found == 1.0, among) if spread and among.any() else None
            for found, among in ((verdict, voted), (plan, concerned))
        ]
        out[str(gate)] = Gate(
            spec.title, spec.of, share, passed, interval, concerning, *of_plan, *spans
        )
    return out


def durability_summary(scenario: Scenario, data: xr.Dataset) -> Durability | None:
    """Share of the settlements that hold by year, who breaks them, and what terms do."""
    if scenario.durability is None:
        return None
    years = data.years_held.values
    settled = ~np.isnan(years)
    span, spread = range(1, scenario.durability.years + 1), allowed_spread(data)
    held = {str(y): _share(years[settled] >= y) for y in span}
    who = data.broken_by.values[settled]
    without = data.years_without.values[settled]
    # the fewer years, the more hold
    backward = [spread(years >= y, settled) for y in span[::-1]] if spread and settled.any() else []
    return Durability(
        years=scenario.durability.years,
        kind=scenario.durability.kind if scenario.counts_accidents else None,
        worlds=int(settled.sum()),
        held={year: share for year, (share, _) in held.items()},
        interval={year: interval for year, (_, interval) in held.items()},
        broken_by={
            str(actor): _share(who == n)[0]
            for n, actor in enumerate(data.actor.values)
            if scenario.actors[str(actor)].consents_to == "all"
        },
        by_accident=_share(who == ACCIDENT)[0],
        without={
            str(term): _share(without[:, n] >= scenario.durability.years)[0]
            for n, term in enumerate(data.term.values)
        },
        allowed=dict(zip(held, never_falling(backward)[::-1], strict=False)),
    )


def plan_suits(scenario: Scenario, data: xr.Dataset) -> Mask:
    """Worlds in which the plan beats no deal for all who sign and crosses nobody's red line."""
    consents = [scenario.actors[str(a)].consents_to for a in data.actor.values]
    asked = np.array([c == "all" or bool(c) for c in consents])
    beyond = data.plan_crosses.values.astype(bool).any(axis=(1, 2))
    return np.asarray(~beyond & (data.plan_gain.values[:, asked] >= 0.0).all(axis=1))


def plan_summary(scenario: Scenario, data: xr.Dataset) -> Plan | None:
    """The plan as published: worth, red lines crossed, gates and durability; ``None`` without."""
    if not scenario.has_plan:
        return None
    actors = [str(a) for a in data.actor.values]
    gain, crosses = data.plan_gain.values, data.plan_crosses.values.astype(bool)
    beyond = crosses.any(axis=2)
    share, interval = _share(plan_suits(scenario, data))
    vetoed = np.nan_to_num(data.plan_ratified.values, nan=1.0) == 0.0
    points = np.median(data.plan_point.values, axis=0)
    years = data.plan_years_held.values
    low, middle, high = np.quantile(gain, [0.1, 0.5, 0.9], axis=0)
    horizon = scenario.durability.years if scenario.durability else 0
    return Plan(
        points={
            key: Point(float(p), point_text(issue, float(p)))
            for (key, issue), p in zip(scenario.issues.items(), points, strict=True)
            if key in scenario.plan_issues
        },
        gain={
            actor: PlanGain(
                float(middle[n]), float(low[n]), float(high[n]), float((gain[:, n] >= 0.0).mean())
            )
            for n, actor in enumerate(actors)
        },
        acceptable=share,
        interval=interval,
        crosses_any={actor: float(beyond[:, n].mean()) for n, actor in enumerate(actors)},
        crosses={
            actor: {
                str(i): float(crosses[:, n, m].mean())
                for m, i in enumerate(data.issue.values)
                if crosses[:, n, m].any()
            }
            for n, actor in enumerate(actors)
        },
        passed=_share(~vetoed.any(axis=1))[0] if vetoed.shape[1] else None,
        held={str(y): float((years >= y).mean()) for y in range(1, horizon + 1)} or None,
    )


def _share(flags: Mask) -> tuple[float, Interval] | tuple[None, None]:
    """Share and its 95 % Wilson interval; nothing where there are no cases."""
    if not len(flags):
        return None, None
    count = int(flags.sum())
    return count / len(flags), wilson(count, len(flags))
