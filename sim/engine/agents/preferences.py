"""What a signatory wants: ideals, saliences, red lines, and what packages are worth to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import mesa
import numpy as np

from sim.arrays import ALL, Array, Mask, Some, Table, full, total
from sim.engine.agents.base import Participant, Setting
from sim.engine.lines import DrawnLine, LineDraws
from sim.formulas.bargaining.deferral import Deferral
from sim.formulas.bargaining.red_lines import Rule, inside, loosened
from sim.formulas.bargaining.utility import losses, normalised, softened, span
from sim.formulas.bargaining.walk import snap


class Preferences(Participant):
    """The preferences of a signatory in all worlds.

    Attributes
    ----------
    ideal, salience, weight, low, high : ndarray, shape (worlds, issues)
        Ideal points, saliences as drawn and normalised, red lines as they are now: those that
        bind.
    said_low, said_high, stated_low, stated_high : ndarray, shape (worlds, issues)
        Red lines with which others reckon at first, whether they bind or not; those that have
        been stated, so that all know them.
    consent : ndarray of bool, shape (issues,)
        Issues that need its consent.
    asked : ndarray of bool, shape (issues,)
        Issues on which it is asked, whether its consent is needed or not.
    best : ndarray, shape (worlds,)
        Value of signing the stage on the table at its ideal.
    rest : ndarray, shape (worlds, issues)
        What it expects of issues that are not on the table if the stage is signed.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("ideal", "salience", "weight", "slope", "rest"), "world issue"),
        **dict.fromkeys(("low", "high", "low_at_start", "high_at_start"), "world issue"),
        **dict.fromkeys(("said_low", "said_high", "stated_low", "stated_high"), "world issue"),
        **dict.fromkeys(("far", "softening"), "world issue"),
        **dict.fromkeys(("consent", "asked", "curvature"), "issue"),
        "_loosest": None,
        "best": "world",
    }
    parts: ClassVar[tuple[str, ...]] = ("rules", "deferrals")

    def __init__(self, model: mesa.Model, setting: Setting, key: str) -> None:
        talks = setting.talks
        spec = talks.spec.actors[key]
        super().__init__(model, talks, key, spec)
        self.gates, self.exclusions = setting.gates, setting.exclusions
        self.index = talks.signing.index(key)
        consents = spec.consents_to
        asked = consents == "asked"
        self.consent = np.array(
            [not asked and (consents == "all" or issue in consents) for issue in talks.issues]
        )
        self.asked = np.ones_like(self.consent) if asked else self.consent
        self._asked_at = [bool(self.asked[issues].any()) for issues in talks.issues_of_stage]
        self.is_principal = consents == "all"
        self._draw_preferences()
        self.best = np.zeros(talks.worlds)
        self.rest = self.ideal

    def _draw_preferences(self) -> None:
        talks, spec, path = self.talks, self.spec, f"actors.{self.key}.positions"
        draws, spread = talks.draws, talks.spec.spread
        shape = (talks.worlds, len(talks.issues))
        self.ideal, salience = full(shape, 0.5), full(shape, 0.0)
        low, high, far = full(shape, 0.0), full(shape, 1.0), full(shape, 1.0)
        said_low, said_high = full(shape, 0.0), full(shape, 1.0)
        self.stated_low, self.stated_high = full(shape, 0.0), full(shape, 1.0)
        self.softening = full(shape, 0.0)
        curvature = np.ones(shape[1])
        self.rules: list[Rule] = []
        #: what putting issues off is worth to it
        self.deferrals: list[Deferral] = []
        flexible = draws.normal(f"actors.{self.key}.flexibility")

        lines = LineDraws(talks.spec, draws, flexible, spread.firmness, spread.limit)
        drawn: list[tuple[int, DrawnLine]] = []
        for issue, position in spec.positions.items():
            column = talks.issues.index(issue)
            here = f"{path}.{issue}"
            ideal = draws.number(f"{here}.ideal", position.ideal, spread.ideal)
            self.ideal[:, column] = ideal
            wide = spread.salience * position.salience.median
            salience[:, column] = draws.number(f"{here}.salience", position.salience, wide)
            self.softening[:, column] = draws.number(f"{here}.softening", position.softening)
            curvature[column] = position.curvature
            put_off = talks.spec.issues[issue].deferred
            if position.deferred is not None and put_off is not None:
                worth = draws.number(f"{here}.deferred", position.deferred)
                self.deferrals.append(Deferral(column, put_off, worth))
            upward = position.upward
            if position.limits is not None:
                drawn += [
                    (column, lines.of_bound(here, end, bound))
                    for end, bound in enumerate(position.limits)
                    if bound is not None
                ]
            elif line := lines.between(here, position):
                drawn.append((column, line))
            far[:, column] = 1.0 if upward else 0.0
            for n, rule in enumerate(position.conditional):
                there = f"{here}.conditional.{n}"
                point = lines.number(f"{there}.limit", rule.limit, upward)
                bounds = draws.bounds(f"{there}.when", rule.when, talks.issues)
                self.rules.append(Rule(self.index, column, point, upward, bounds))
        for column, line in drawn:
            (high if line.upward else low)[:, column] = line.at
            (said_high if line.upward else said_low)[:, column] = line.said
            if line.stated is not None:
                (self.stated_high if line.upward else self.stated_low)[:, column] = line.stated
        # a draw in which nothing matters: everything matters alike
        salience[salience.sum(axis=1) <= 0.0] = 1.0
        self.salience = salience
        # rounded, so that saliences in another unit give the same bits and break no tie otherwise
        self.weight = np.round(normalised(salience), 12)
        self.slope = self.weight / span(self.ideal)
        self.curvature = curvature if (curvature != 1.0).any() else None
        self.low_at_start = np.minimum(low, self.ideal)
        self.high_at_start = np.maximum(high, self.ideal)
        self.said_low = np.minimum(said_low, self.ideal)
        self.said_high = np.maximum(said_high, self.ideal)
        #: whether a line may be only said, so that others reckon with it and it does not bind
        self.bluffs = not all(line.sure for _, line in drawn)
        self.low, self.high, self.far = self.low_at_start, self.high_at_start, far
        #: red lines, and as loose as conditions make these
        self._loosest = ((low[:0], high[:0]),) * 2
        #: issues on which its red line gives way
        self.gives_way = np.flatnonzero(self.softening.any(axis=0)).tolist()

    def loss(self, x: Array, worlds: Some = ALL) -> Array:
        """Utility lost per issue against the ideal, same shape as ``x`` (worlds, issues)."""
        if self.curvature is None:
            lost = self.slope[worlds] * np.abs(x - self.ideal[worlds])
        else:
            lost = self.weight[worlds] * losses(x, self.ideal[worlds], self.curvature)
        for one in self.deferrals:
            lost[:, one.column] = np.where(
                one.at(x[:, one.column]), self.lost_by(one)[worlds], lost[:, one.column]
            )
        return np.asarray(lost)

    def lost_by(self, one: Deferral) -> Array:
        """Utility lost against the ideal where an issue is put off, shape (worlds,)."""
        return self.weight[:, one.column] * (1.0 - one.worth)

    def utility(self, x: Array, worlds: Some = ALL) -> Array:
        """Utility of whole packages (worlds, issues), shape (worlds,), payments aside."""
        return 1.0 - total(self.loss(x, worlds))

    def loss_on(self, column: int, x: Array, worlds: Some = ALL) -> Array:
        """Utility lost on one issue, of which ``x`` (worlds,) is the point."""
        ideal = self.ideal[worlds, column]
        if self.curvature is None or self.curvature[column] == 1.0:
            return self.slope[worlds, column] * np.abs(x - ideal)
        return self.weight[worlds, column] * losses(x, ideal, self.curvature[column])

    def value(self, x: Array) -> Array:
        """Value of signing packages (worlds, issues) of the stage on the table; (worlds,).

        Issues not on the table are ignored: signed ones count as signed, later ones as they are
        expected without a deal.
        """
        return self.best - total(self.loss(x) * self.talks.on_table)

    def value_of(self, x: Array, table: Table) -> Array:
        """The same for packages (worlds of the table, packages, all issues)."""
        x, best = table.issues_of(x), table.rows(self.best)
        ideal, slope = table.of(self.ideal), table.of(self.slope)
        if self.curvature is None:
            lost = slope[:, None] * np.abs(x - ideal[:, None])
        else:
            loss = losses(x, ideal[:, None], self.curvature[table.issues])
            lost = table.of(self.weight)[:, None] * loss
        for one, place in self._deferrals_on(table):
            off = table.rows(self.lost_by(one))[:, None]
            lost[..., place] = np.where(one.at(x[..., place]), off, lost[..., place])
        return best[:, None] - total(lost)

    def _deferrals_on(self, table: Table) -> Iterator[tuple[Deferral, int]]:
        """What it may put off of the issues on a table, and their places there."""
        for one in self.deferrals:
            for place in np.flatnonzero(table.issues == one.column):
                yield one, int(place)

    def asked_at(self, table: Table) -> bool:
        """Whether it is asked at a stage."""
        return self._asked_at[table.stage]

    def within_limits(self, x: Array) -> Mask:
        """Whether packages (worlds, packages, issues) are ones it may sign, where talks go on."""
        out = np.zeros(x.shape[:2], dtype=bool)
        for table in self.talks.tables:
            out[table.worlds] = self.within(table.rows(x), table) & table.holds[:, None]
        return out

    def within(self, x: Array, table: Table) -> Mask:
        """Whether packages (worlds of the table, packages, all issues) are ones it may sign.

        They keep to its red lines where it consents, to the terms that the stage must have, and
        hold no options that exclude each other.
        """
        talks, on_table = self.talks, table.issues_of(x)
        low, high = self._lines(x, table)
        kept = inside(on_table, low, high) | ~self.asked[table.issues]
        for one, place in self._deferrals_on(table):
            kept[..., place] |= one.at(on_table[..., place])
        fine = kept.all(axis=2)
        for column in talks.terms_of_stage[table.stage]:
            floor, ceiling = (
                table.rows(bound[:, column])[:, None]
                for bound in (talks.terms_low, talks.terms_high)
            )
            fine &= inside(x[:, :, column], floor, ceiling)
        if self.gates.failures.any():
            fine &= self.gates.acceptable(self.index, x, table)
        if self.exclusions is not None:
            fine &= self.exclusions.allow(x, table)
        return np.asarray(fine)

    def _lines(self, x: Array, table: Table) -> tuple[Array, Array]:
        """Red lines on the issues on the table for packages, looser where a condition is met.

        ``x`` is (worlds of the table, packages, all issues); each line is
        (worlds of the table, packages or 1, issues on the table).
        """
        sides = [table.of(self.low)[:, None], table.of(self.high)[:, None]]
        if not self.rules:
            return sides[0], sides[1]
        place = {int(column): n for n, column in enumerate(table.issues)}
        for end in {rule.upward for rule in self.rules if rule.column in place}:
            shape = (*x.shape[:2], len(table.issues))
            sides[end] = np.broadcast_to(sides[end], shape).copy(order="K")
        for rule in self.rules:
            if rule.column not in place:
                continue
            met = np.ones(x.shape[:2], dtype=bool)
            for issue, at_least, at_most in rule.bounds:
                # what is not on the table counts as signed, or as expected without a deal
                there = x[:, :, issue]
                if issue not in place:
                    there = table.rows(self.rest[:, issue])[:, None]
                met &= inside(there, table.rows(at_least)[:, None], table.rows(at_most)[:, None])
            side = sides[rule.upward][:, :, place[rule.column]]
            side[:] = loosened(side, table.rows(rule.line)[:, None], rule.upward, met)
        return sides[0], sides[1]

    def cannot_sign(self, x: Array) -> Mask:
        """Issues on which a text (worlds, issues) lies beyond its red lines; same shape."""
        out = full(x.shape, False)
        for table in self.talks.tables:
            package = table.rows(x)[:, None]
            low, high = (side[:, 0] for side in self._lines(package, table))
            point = table.issues_of(package[:, 0])
            beyond = ~inside(point, low, high)
            for one, place in self._deferrals_on(table):
                beyond[:, place] &= ~one.at(point[:, place])
            table.put(out, beyond & self.consent[table.issues] & table.holds[:, None])
        return out

    def where_it_lies(self, x: Array) -> Array:
        """Packages (..., worlds, issues) with its ideal in place of what they put off."""
        if not self.deferrals:
            return x
        x = x.copy(order="K")
        for one in self.deferrals:
            point = x[..., one.column]
            x[..., one.column] = np.where(one.at(point), self.ideal[:, one.column], point)
        return x

    def limits_of_whole(self, x: Array) -> tuple[Array, Array]:
        """Red lines for whole settlements (worlds, packages, issues), looser by conditions met."""
        low, high = self.low[:, None], self.high[:, None]
        low = np.broadcast_to(low, x.shape).copy(order="K")
        high = np.broadcast_to(high, x.shape).copy(order="K")
        for rule in self.rules:
            side = (high if rule.upward else low)[..., rule.column]
            side[:] = loosened(side, rule.line[:, None], rule.upward, rule.met(x))
        return low, high

    def loosest_limits(self) -> tuple[Array, Array]:
        """Red lines as loose as any of its conditions makes them."""
        if not self.rules:
            return self.low, self.high
        of, loosest = self._loosest
        if of[0] is not self.low or of[1] is not self.high:
            loosest = self.low.copy(order="K"), self.high.copy(order="K")
            for rule in self.rules:
                side = loosest[rule.upward][:, rule.column]
                side[:] = loosened(side, rule.line, rule.upward)
            self._loosest = (self.low, self.high), loosest
        return loosest

    def _on_points(self, x: Array) -> Array:
        x = snap(x, self.ideal, self.talks.options) if self.talks.has_options else x
        return x if self.exclusions is None else self.exclusions.repaired(x, self.loss)

    def nearest_to_ideal(self) -> Array:
        """The listed points nearest to its ideal, (worlds, issues); the ideal elsewhere."""
        return snap(self.ideal.copy(order="K"), self.ideal, self.talks.options)

    def soften(self, lost: Array) -> None:
        """Let red lines give way by what the reservation value has lost, shape (worlds,)."""
        if not self.gives_way:
            return
        # a new array for each round: others may hold the old one
        low, high = self.low_at_start.copy(order="K"), self.high_at_start.copy(order="K")
        for column in self.gives_way:
            far = self.far[0, column]
            side = low if far < 0.5 else high  # only the far side gives way
            side[:, column] = softened(side[:, column], far, self.softening[:, column], lost)
        self.low, self.high = low, high
