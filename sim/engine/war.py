"""The war that goes on while nothing is agreed: front, drift, beliefs, costs, no-deal package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import ALL, Array, ByWorld, Some, clipped, columns, full
from sim.engine.draws import Draws
from sim.formulas.bargaining.learning import kalman_update
from sim.scenario.durations import DAYS_IN
from sim.scenario.schema import Scenario, WarEffect


@dataclass(eq=False)
class Shift(ByWorld):
    """What changes the war at once: the effect of a lever or of a limited agreement.

    Attributes
    ----------
    cost : dict of str to ndarray, shape (worlds,)
        By actor: change of the cost of war a month.
    drift, no_deal : ndarray, shape (worlds, issues)
        Change of the drift a month and of where the issues stand without a deal.
    columns : list of int
        Columns of the issues that it moves.
    """

    cost: dict[str, Array]
    drift: Array
    no_deal: Array
    columns: list[int]
    axes: ClassVar[dict[str, str | None]] = {
        "cost": "world",
        "drift": "world issue",
        "no_deal": "world issue",
    }

    @classmethod
    def drawn(cls, path: str, effect: WarEffect, draws: Draws, issues: list[str]) -> Shift:
        """An effect that stands at a path of the scenario."""
        drift, no_deal = (full((draws.worlds, len(issues)), 0.0) for _ in range(2))
        for issue, number in effect.drift.items():
            drift[:, issues.index(issue)] = draws.number(f"{path}.drift.{issue}", number)
        for issue, number in effect.no_deal.items():
            no_deal[:, issues.index(issue)] = draws.number(f"{path}.no_deal.{issue}", number)
        cost = {a: draws.number(f"{path}.cost.{a}", n) for a, n in effect.cost.items()}
        columns = sorted(issues.index(i) for i in {*effect.drift, *effect.no_deal})
        return cls(cost, drift, no_deal, columns)


class War(ByWorld):
    """State of the war in every world.

    Attributes
    ----------
    no_deal : ndarray, shape (worlds, issues)
        Where each issue stands now if nothing is agreed: start, drift so far and levers.
    drift : ndarray, shape (worlds, issues)
        True drift, scale units a month, without levers.
    lever_drift, lever_drift_seen : ndarray, shape (worlds, issues)
        Drift added by levers in effect, and what of it was in the last movement; known to all.
    cost : dict of str to ndarray, shape (worlds,)
        Each actor's cost of war, utility a month, at the start.
    lever_cost : dict of str to ndarray, shape (worlds,)
        Change of it by levers in effect.
    months : float
        Length of a round in months.
    elapsed : ndarray, shape (worlds,)
        Months of war so far; none pass once all is signed, or while a vote on it is pending.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("no_deal", "drift", "volatility", "moved"), "world issue"),
        **dict.fromkeys(("lever_drift", "lever_drift_seen"), "world issue"),
        **dict.fromkeys(("cost", "growth", "grown", "lever_cost"), "world"),
        **dict.fromkeys(("elapsed", "observed_months"), "world"),
    }

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        war, spread = scenario.war, scenario.spread
        issues = list(scenario.issues)
        shape = (draws.worlds, len(issues))
        self.draws = draws
        self.issues = issues
        self.months = war.round_days / DAYS_IN["mo"]
        self.no_deal = columns(
            [draws.number(f"issues.{i}.no_deal", s.no_deal) for i, s in scenario.issues.items()]
        )
        self.drift, self.volatility = full(shape, 0.0), full(shape, 0.0)
        self.lever_drift = full(shape, 0.0)
        self.lever_drift_seen = self.lever_drift
        for issue, spec in war.drift.items():
            column = issues.index(issue)
            self.drift[:, column] = draws.number(f"war.drift.{issue}.mean", spec.mean)
            self.volatility[:, column] = draws.number(
                f"war.drift.{issue}.volatility", spec.volatility
            )
        believed = {issue for beliefs in war.beliefs.values() for issue in beliefs}
        by_levers = {
            issue
            for actor in scenario.actors.values()
            for lever in actor.levers.values()
            for issue in lever.effect.drift
        }
        by_levers |= {
            issue
            for track in scenario.tracks.values()
            for stage in track.stages
            for issue in stage.effect.drift
        }
        #: columns of issues that may move by and by, and of those that anybody may expect to
        self.drifting = [n for n, i in enumerate(issues) if i in {*war.drift, *by_levers}]
        self.moving = [n for n, i in enumerate(issues) if i in {*war.drift, *believed, *by_levers}]
        scale = draws.judged(scenario.engine, "cost_scale")
        self.cost: dict[str, Array] = {}
        self.growth: dict[str, Array] = {}
        self.lever_cost: dict[str, Array] = {}
        for actor in scenario.actors:
            cost = war.cost.get(actor)
            self.cost[actor] = np.zeros(draws.worlds)
            self.growth[actor] = np.zeros(draws.worlds)
            self.lever_cost[actor] = np.zeros(draws.worlds)
            if cost is not None:
                wide = spread.cost * abs(cost.per_month.median)
                self.cost[actor] = scale * draws.number(f"war.cost.{actor}", cost.per_month, wide)
                self.growth[actor] = draws.number(f"war.cost.{actor}.growth", cost.growth)
        self.moved = full(shape, 0.0)
        self.observed_months = np.zeros(draws.worlds)
        self.elapsed = np.zeros(draws.worlds)
        self._grow()

    def _grow(self) -> None:
        """Costs of war after the months gone by."""
        self.grown = {
            actor: cost * np.maximum(1.0 + self.growth[actor], 0.0) ** self.elapsed
            if self.growth[actor].any()
            else cost
            for actor, cost in self.cost.items()
        }

    def advance(self, round_: int, fighting: Array, open_: NDArray[np.bool_]) -> None:
        """One round of war in the worlds that are still open.

        Parameters
        ----------
        round_ : int
            Number of the round, from 1.
        fighting : ndarray, shape (worlds,)
            Share of the drift that goes on (less than 1 under a truce).
        open_ : ndarray of bool, shape (worlds,)
            Worlds that have not concluded.
        """
        self.elapsed += self.months * open_
        self._grow()
        active = fighting * open_
        self.lever_drift_seen = self.lever_drift.copy(order="K")
        self.observed_months = active * self.months
        for column in self.drifting:
            shock = self.draws.normal(f"war.shock.{self.issues[column]}", round_)
            step = (self.drift[:, column] + self.lever_drift[:, column]) * self.observed_months
            step += self.volatility[:, column] * np.sqrt(self.observed_months) * shock
            before = self.no_deal[:, column].copy()
            np.clip(before + step, 0.0, 1.0, out=self.no_deal[:, column])
            self.moved[:, column] = step

    def press(self, where: NDArray[np.bool_], shift: Shift) -> None:
        """A lever, or a limited agreement, takes effect in some worlds."""
        self._press(where, shift, 1.0)
        self.move(where, shift.no_deal, shift.columns)

    def relieve(self, where: NDArray[np.bool_], shift: Shift) -> None:
        """What presses costs and drift in some worlds no longer does; see :meth:`move`."""
        self._press(where, shift, -1.0)

    def _press(self, where: NDArray[np.bool_], shift: Shift, sign: float) -> None:
        for actor, change in shift.cost.items():
            self.lever_cost[actor] += np.where(where, sign * change, 0.0)
        for column in shift.columns:
            self.lever_drift[:, column] += np.where(where, sign * shift.drift[:, column], 0.0)

    def move(self, where: NDArray[np.bool_], by: Array, columns: Iterable[int]) -> None:
        """Where some issues stand without a deal moves in some worlds, by (worlds, issues)."""
        no_deal = self.no_deal.copy(order="K")  # others may hold the old one
        for column in columns:
            before = no_deal[:, column]
            after = clipped(before + by[:, column], 0.0, 1.0)
            no_deal[:, column] = np.where(where, after, before)
        self.no_deal = no_deal

    def stand(self, column: int, points: Array, worlds: Some = ALL) -> None:
        """Where an issue stands without a deal in some worlds is given from outside."""
        no_deal = self.no_deal.copy(order="K")
        no_deal[worlds, column] = points
        self.no_deal = no_deal

    def cost_now(self, actor: str) -> Array:
        """Cost of war of an actor, utility a month, shape ``(worlds,)``; levers included."""
        return self.cost_of_new_war(actor) + self.lever_cost[actor]

    def cost_of_new_war(self, actor: str) -> Array:
        """The same without levers, which no longer press once all is signed."""
        return self.grown[actor]


class Beliefs(ByWorld):
    """What one actor believes about the drift, corrected by what the front does.

    Attributes
    ----------
    mean, variance : ndarray, shape (worlds, issues)
        Belief about the drift, scale units a month.
    """

    axes: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("mean", "variance", "apart"), "world issue"
    )

    def __init__(self, actor: str, scenario: Scenario, war: War, draws: Draws) -> None:
        self.war = war
        self.mean = war.drift.copy(order="K")
        self.variance = np.zeros_like(war.drift)
        for issue, belief in scenario.war.beliefs.get(actor, {}).items():
            column = war.issues.index(issue)
            path = f"war.beliefs.{actor}.{issue}"
            self.mean[:, column] = draws.number(f"{path}.mean", belief.mean)
            self.variance[:, column] = draws.number(f"{path}.sd", belief.sd) ** 2
        self.columns = [war.issues.index(i) for i in scenario.war.beliefs.get(actor, {})]
        #: how far from the others' its own no-deal point lies, by issues where it has one
        self.apart: Array | None = None
        for issue, position in scenario.actors[actor].positions.items():
            if position.no_deal is not None:
                if self.apart is None:
                    self.apart = np.zeros_like(war.drift)
                column, path = war.issues.index(issue), f"actors.{actor}.positions.{issue}.no_deal"
                own = draws.number(path, position.no_deal)
                self.apart[:, column] = own - war.no_deal[:, column]

    def observe(self) -> None:
        """Update on the last round's movement, known levers set aside."""
        war = self.war
        months = war.observed_months
        seen = months > 0
        if not seen.any():
            return
        safe = np.where(seen, months, 1.0)
        for column in self.columns:
            observed = war.moved[:, column] / safe - war.lever_drift_seen[:, column]
            noise = np.where(seen, war.volatility[:, column] ** 2 / safe, np.inf)
            self.mean[:, column], self.variance[:, column] = kalman_update(
                self.mean[:, column], self.variance[:, column], observed, noise
            )

    def expected_no_deal(self, months: Array, worlds: Some = ALL) -> Array:
        """No-deal package after so many months of fighting more, shape ``(worlds, issues)``.

        ``months`` is (worlds,). Only what drifts, by war or by levers, is thought to move.
        """
        war = self.war
        ahead = war.no_deal[worlds].copy(order="K")
        if self.apart is not None:
            ahead = clipped(ahead + self.apart[worlds], 0.0, 1.0)
        for column in war.moving:
            drift = (self.mean[worlds, column] + war.lever_drift[worlds, column]) * months
            ahead[:, column] = clipped(ahead[:, column] + drift, 0.0, 1.0)
        return ahead
