"""What a signatory wants: ideals, saliences, red lines, and what packages are worth to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Participant
from sim.bargaining.red_lines import TOLERANCE, Rule
from sim.bargaining.utility import losses, normalised, softened, span
from sim.bargaining.walk import snap
from sim.scenario.distributions import Number
from sim.scenario.fields import Bound
from sim.scenario.schema import Actor

if TYPE_CHECKING:
    from sim.model import PeaceTalks

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Preferences(Participant):
    """The preferences of a signatory in all worlds.

    Attributes
    ----------
    ideal, salience, weight, low, high : ndarray, shape (worlds, issues)
        Ideal points, saliences as drawn and normalised, red lines as they are now.
    consent : ndarray of bool, shape (issues,)
        Issues that need its consent.
    best : ndarray, shape (worlds,)
        Value of signing the stage on the table at its ideal.
    rest : ndarray, shape (worlds, issues)
        What it expects of issues that are not on the table if the stage is signed.
    """

    def __init__(self, model: PeaceTalks, key: str, spec: Actor, index: int) -> None:
        super().__init__(model, key, spec)
        self.index = index
        consents = spec.consents_to
        self.consent = np.array([consents == "all" or issue in consents for issue in model.issues])
        self.is_principal = consents == "all"
        self._draw_preferences()
        self.best = np.zeros(model.worlds)
        self.rest = self.ideal

    def _draw_preferences(self) -> None:
        model, spec, path = self.model, self.spec, f"actors.{self.key}.positions"
        draws, spread = model.draws, model.spec.spread
        shape = (model.worlds, len(model.issues))
        self.ideal, salience = np.full(shape, 0.5), np.zeros(shape)
        low, high, far = np.zeros(shape), np.ones(shape), np.ones(shape)
        self.softening = np.zeros(shape)
        curvature = np.ones(shape[1])
        self.rules: list[Rule] = []
        flexible = draws.normal(f"actors.{self.key}.flexibility")

        def red_line(name: str, number: Number, sign: float) -> Array:
            return draws.correlated(name, number, spread.limit, flexible, spread.firmness, sign)

        for issue, position in spec.positions.items():
            column = model.issues.index(issue)
            here = f"{path}.{issue}"
            ideal = draws.number(f"{here}.ideal", position.ideal, spread.ideal)
            self.ideal[:, column] = ideal
            wide = spread.salience * position.salience.median
            salience[:, column] = draws.number(f"{here}.salience", position.salience, wide)
            self.softening[:, column] = draws.number(f"{here}.softening", position.softening)
            curvature[column] = position.curvature
            upward = is_upward(position.ideal, position.limit)
            if position.limits is not None:
                for bound, side, sign in zip(
                    position.limits, (low, high), (-1.0, 1.0), strict=True
                ):
                    if bound is not None:
                        end = "low" if sign < 0 else "high"
                        side[:, column] = red_line(f"{here}.limits.{end}", bound, sign)
            elif position.limit is not None:
                sign = 1.0 if upward else -1.0
                (high if upward else low)[:, column] = red_line(
                    f"{here}.limit", position.limit, sign
                )
            far[:, column] = 1.0 if upward else 0.0
            for n, rule in enumerate(position.conditional):
                there = f"{here}.conditional.{n}"
                line = red_line(f"{there}.limit", rule.limit, 1.0 if upward else -1.0)
                bounds = drawn_bounds(model, f"{there}.when", rule.when)
                self.rules.append(Rule(self.index, column, line, upward, bounds))
        # a draw in which nothing matters: everything matters alike
        salience[salience.sum(axis=1) <= 0.0] = 1.0
        self.salience = salience
        # rounded, so that saliences in another unit give the same bits and break no tie otherwise
        self.weight = np.round(normalised(salience), 12)
        self.slope = self.weight / span(self.ideal)
        self.curvature = curvature if (curvature != 1.0).any() else None
        self.low_at_start = np.minimum(low, self.ideal)
        self.high_at_start = np.maximum(high, self.ideal)
        self.low, self.high, self.far = self.low_at_start, self.high_at_start, far

    def loss(self, x: Array) -> Array:
        """Utility lost per issue against the ideal, same shape as ``x`` (..., issues)."""
        if self.curvature is None:
            return self.slope * np.abs(x - self.ideal)
        return self.weight * losses(x, self.ideal, self.curvature)

    def utility(self, x: Array) -> Array:
        """Utility of whole packages, shape (worlds,), payments aside."""
        return 1.0 - self.loss(x).sum(axis=1)

    def value(self, x: Array) -> Array:
        """Value of signing packages of the stage on the table.

        ``x`` is (worlds, issues) or (worlds, packages, issues); issues not on the table are
        ignored: signed ones count as signed, later ones as they are expected without a deal.
        """
        if x.ndim == 2:
            return self.best - (self.loss(x) * self.model.on_table).sum(axis=1)
        if self.curvature is None:
            slope = self.slope * self.model.on_table
            return self.best[:, None] - np.einsum(
                "wi,wmi->wm", slope, np.abs(x - self.ideal[:, None, :])
            )
        loss = self.weight[:, None] * losses(x, self.ideal[:, None], self.curvature)
        return self.best[:, None] - (loss * self.model.on_table[:, None]).sum(axis=2)

    def within_limits(self, x: Array) -> Mask:
        """Whether packages (worlds, packages, issues) are ones it may sign.

        They keep to its red lines where it consents, to the terms that the stage must have, and
        hold no options that exclude each other.
        """
        relevant = self.model.on_table & self.consent
        low, high = self.low[:, None, :], self.high[:, None, :]
        if self.rules:
            low, high = self.conditional_limits(x, low, high)
        inside = (x >= low - TOLERANCE) & (x <= high + TOLERANCE)
        inside |= ~relevant[:, None, :]
        floor, ceiling = self.model.terms_low[:, None, :], self.model.terms_high[:, None, :]
        stage = (x >= floor - TOLERANCE) & (x <= ceiling + TOLERANCE)
        stage |= ~self.model.on_table[:, None, :]
        fine = (inside & stage).all(axis=2)
        if self.model.ratification.failures.any():
            fine &= self.model.ratification.acceptable(self.index, x)
        if self.model.exclusions is not None:
            fine &= self.model.exclusions.allow(x)
        return np.asarray(fine)

    def cannot_sign(self, x: Array) -> Mask:
        """Issues on which a text (worlds, issues) lies beyond its red lines; same shape."""
        low, high = self.low, self.high
        if self.rules:
            strict = self.conditional_limits(x[:, None], low[:, None], high[:, None])
            low, high = strict[0][:, 0], strict[1][:, 0]
        beyond = (x < low - TOLERANCE) | (x > high + TOLERANCE)
        return np.asarray(beyond & self.model.on_table & self.consent)

    def conditional_limits(
        self, x: Array, low: Array, high: Array, whole: bool = False
    ) -> tuple[Array, Array]:
        """Red lines for packages (worlds, packages, issues), looser where a condition is met.

        What is not on the table counts as signed, or as expected without a deal, unless the
        packages are ``whole`` settlements.
        """
        low = np.broadcast_to(low, x.shape).copy()
        high = np.broadcast_to(high, x.shape).copy()
        there = x if whole else np.where(self.model.on_table[:, None], x, self.rest[:, None])
        for rule in self.rules:
            met = rule.met(there)
            side, looser = (high, np.maximum) if rule.upward else (low, np.minimum)
            line = side[..., rule.column]
            side[..., rule.column] = np.where(met, looser(line, rule.line[:, None]), line)
        np.minimum(low, self.ideal[:, None, :], out=low)
        np.maximum(high, self.ideal[:, None, :], out=high)
        return low, high

    def loosest_limits(self) -> tuple[Array, Array]:
        """Red lines as loose as any of its conditions makes them."""
        if not self.rules:
            return self.low, self.high
        low, high = self.low.copy(), self.high.copy()
        for rule in self.rules:
            side, looser = (high, np.maximum) if rule.upward else (low, np.minimum)
            side[:, rule.column] = looser(side[:, rule.column], rule.line)
        return low, high

    def _on_points(self, x: Array) -> Array:
        x = snap(x, self.ideal, self.model.options) if self.model.has_options else x
        exclusions = self.model.exclusions
        return x if exclusions is None else exclusions.repaired(x, self)

    def nearest_to_ideal(self) -> Array:
        """The listed points nearest to its ideal, (worlds, issues); the ideal elsewhere."""
        return snap(self.ideal.copy(), self.ideal, self.model.options)

    def soften(self, lost: Array) -> None:
        """Let red lines give way by what the reservation value has lost, shape (worlds,)."""
        if not self.softening.any():
            return
        low = softened(self.low_at_start, self.far, self.softening, lost)
        high = softened(self.high_at_start, self.far, self.softening, lost)
        # only the far side gives way
        self.low = np.where(self.far < 0.5, low, self.low_at_start)
        self.high = np.where(self.far > 0.5, high, self.high_at_start)


def is_upward(ideal: Number, limit: Number | None) -> bool:
    """Whether a red line is an upper one: it lies toward the far end of the scale."""
    if limit is not None and abs(ideal.median - 0.5) < 1e-9:
        return limit.median >= 0.5
    return ideal.median <= 0.5


def drawn_bounds(
    model: PeaceTalks, path: str, terms: dict[str, Bound]
) -> list[tuple[int, Array, Array]]:
    """Conditions on a text: column, at least, at most for each issue named; arrays (worlds,)."""
    worlds, draws = model.worlds, model.draws
    return [
        (
            model.issues.index(issue),
            np.zeros(worlds)
            if bound.at_least is None
            else draws.number(f"{path}.{issue}.at_least", bound.at_least),
            np.ones(worlds)
            if bound.at_most is None
            else draws.number(f"{path}.{issue}.at_most", bound.at_most),
        )
        for issue, bound in terms.items()
    ]
