"""Ripeness: the largest surplus that all who must consent could have at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.arrays import ALL, Some, stacked, total
from sim.engine.agents import Party
from sim.engine.exclusions import Exclusions
from sim.engine.state import Talks
from sim.formulas.bargaining.conflicts import Pairs
from sim.formulas.bargaining.deferral import open_to_all, with_point
from sim.formulas.bargaining.drafting import max_min, prices
from sim.formulas.bargaining.red_lines import (
    alike,
    best_linkages,
    boxes,
    distance_beyond,
    gaps,
    subsets,
    with_rules,
)
from sim.formulas.bargaining.utility import losses

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[np.intp]
POINTS = 21
UNASKED = 10.0
"""Surplus of a party that is not asked: never the smallest."""
BEYOND = 1000.0
"""Penalty for a point beyond a red line: more than the tail of the welfare can outweigh."""


class Ripeness:
    """Maximises the smallest surplus over whole settlements within all red lines.

    Zartman's ripeness as an outcome: positive where a package exists that everyone prefers to
    fighting on (a zone of possible agreement), negative where the best package still leaves
    somebody worse off by so much. Where red lines miss each other it is the value of the package
    that violates them least, so it then says what the war alone would allow. Options that exclude
    each other are never both counted; among so many cases the draft found is a lower bound.
    """

    def __init__(
        self, talks: Talks, signatories: Sequence[Party], exclusions: Exclusions | None
    ) -> None:
        self.talks, self.signatories, self.exclusions = talks, signatories, exclusions
        self.rules = [rule for p in signatories for rule in p.rules]
        rows = []
        for listed, issue in zip(talks.options, talks.spec.issues.values(), strict=True):
            grid = with_point(np.linspace(0.0, 1.0, POINTS), issue.deferred)
            rows.append(
                grid if listed is None else np.pad(listed, (0, POINTS - len(listed)), mode="edge")
            )
        self.points = np.stack(rows)
        self.open = open_to_all(
            self.points, [p.deferrals for p in signatories], [p.consent for p in signatories]
        )
        self.divisible = np.array([listed is None for listed in talks.options])
        self.divisible &= ~self.open.any(axis=1)
        tables = np.stack(
            [
                p.weight[:, :, None]
                * losses(
                    self.points,
                    p.ideal[:, :, None],
                    None if p.curvature is None else p.curvature[:, None],
                )
                for p in signatories
            ],
            axis=1,
        )
        self.loss = tables.transpose(2, 0, 1, 3).copy()  # (issues, worlds, parties, points)
        for number, party in enumerate(signatories):
            for one in party.deferrals:
                off = one.at(self.points[one.column])
                self.loss[one.column, :, number, off] = party.lost_by(one)
        self.priced = prices(self.loss)
        middle = np.mean([p.ideal for p in signatories], axis=0).T[:, :, None]
        self.choice = np.abs(self.points[:, None, :] - middle).argmin(axis=2)

    def measure(self) -> Array:
        """Ripeness of the whole settlement now, in utility; NaN where everything is signed.

        Shape (worlds,). Parties whose consent nothing unsettled needs do not count.
        """
        gap = np.stack([self._gap(p) for p in self.signatories], axis=1)
        return self._largest(~self.talks.is_fixed, gap)

    def measure_stage(self) -> Array:
        """The same for the stage on the table alone: can all who are asked gain by signing it?"""
        gap = np.stack([p.best - p.reservation for p in self.signatories], axis=1)
        return self._largest(self.talks.on_table, gap)

    def _largest(self, issues: Mask, gap: Array) -> Array:
        asked = np.stack([(p.consent & issues).any(axis=1) for p in self.signatories], axis=1)
        gap = np.where(asked, gap, UNASKED)
        value = np.full(self.talks.worlds, np.nan)
        anything = issues.any(axis=1)
        worlds = ALL if anything.all() else np.flatnonzero(anything)
        if not anything.any():
            return value
        low, high = (side[:, worlds] for side in self.boxes(issues))
        self.choice[:, worlds], value[worlds] = self._within(
            (low, high), self.choice[:, worlds], issues[worlds], gap[worlds], worlds
        )
        if self.rules:
            # a linkage that common ground does not need may still be worth its price
            hard = np.flatnonzero(value <= 0.0)
            for some in alike(issues[hard]):
                these = hard[some]
                value[these] = self._with_other_linkages(issues, gap, value, these)
        return value

    def _with_other_linkages(self, issues: Mask, gap: Array, value: Array, worlds: Index) -> Array:
        best = value[worlds].copy()
        low, high = (side[:, worlds] for side in self.own_lines())
        rest = [p.rest for p in self.signatories]
        useful = [rule for rule in self.rules if issues[worlds, rule.column].any()]
        rules = [rule.moved(rest, issues).rows(worlds) for rule in useful]
        for subset in subsets(len(rules)):
            box = with_rules(low, high, [rules[n] for n in subset])
            fits = total(gaps(*box, issues[worlds])) <= 1e-9
            if fits.any():
                _, other = self._within(
                    box, self.choice[:, worlds], issues[worlds], gap[worlds], worlds
                )
                best = np.where(fits, np.maximum(best, other), best)
        return best

    def _within(
        self,
        boxes_of: tuple[Array, Array],
        choice: Index,
        issues: Mask,
        gap: Array,
        worlds: Some,
    ) -> tuple[Index, Array]:
        """Max-min surplus inside everyone's red lines in some worlds; the draft and the value."""
        beyond = distance_beyond(self.points, *boxes_of)
        beyond[self.open[:, None, :].repeat(beyond.shape[1], axis=1)] = 0.0
        extra = -BEYOND * beyond
        extra[extra < -1e-9 * BEYOND] -= BEYOND
        extra *= issues.T[..., None]
        pairs: Pairs = ()
        if self.exclusions is not None:
            barred = self.exclusions.barred()[worlds].T[..., None] & (self.points[:, None] > 0.0)
            extra[barred] = -BEYOND
            # what is not to be settled now excludes nothing
            choice = np.where(issues.T, choice, 0)
            pairs = self.exclusions.pairs
        return max_min(
            choice,
            self.loss[:, worlds],
            gap,
            extra,
            self.divisible,
            pairs=pairs,
            counted=issues.T,
            priced=self.priced[worlds],
        )

    def _gap(self, party: Party) -> Array:
        """Surplus of a party if every unsettled issue went to its ideal."""
        talks = self.talks
        signed = total(np.where(talks.is_fixed, party.loss(np.nan_to_num(talks.agreed)), 0.0))
        return 1.0 - signed + party.payments() - party.reservation

    def own_lines(self) -> tuple[Array, Array]:
        """Unconditional red lines where consent is needed, within what the stage must contain.

        Two arrays of shape (parties, worlds, issues).
        """
        low = stacked([np.where(p.consent, p.low, 0.0) for p in self.signatories])
        high = stacked([np.where(p.consent, p.high, 1.0) for p in self.signatories])
        return self._within_terms(low, high)

    def _within_terms(self, low: Array, high: Array) -> tuple[Array, Array]:
        return np.maximum(low, self.talks.terms_low), np.minimum(high, self.talks.terms_high)

    def boxes(self, issues: Mask) -> tuple[Array, Array]:
        """Red lines under the linkages that come nearest to common ground on some issues.

        Two arrays of shape (parties, worlds, issues).
        """
        low, high = self.own_lines()
        if not self.rules:
            return low, high
        rest = [p.rest for p in self.signatories]
        moved = [rule.moved(rest, issues) for rule in self.rules]
        # a rule loosens an actor's line, not what the stage must contain
        return self._within_terms(*boxes(low, high, moved, best_linkages(low, high, moved, issues)))

    def red_line_gaps(self, issues: Mask) -> Array:
        """By how much the red lines of those who must consent miss each other, per issue.

        Shape (worlds, issues), in scale units; 0 where some point is inside all of them. ``issues``
        (worlds, issues) are those to be settled together. Conditional red lines count under the
        choice of conditions that comes nearest to common ground.
        """
        low, high = self.boxes(issues)
        missed = gaps(low, high, issues)
        lowest, highest = low.max(axis=0), high.min(axis=0)
        for column, listed in enumerate(self.talks.options):
            if listed is not None:
                above = listed >= lowest[:, column, None] - 1e-9
                none = ~(above & (listed <= highest[:, column, None] + 1e-9)).any(axis=1)
                none &= issues[:, column]
                missed[:, column] = np.where(
                    none, np.maximum(missed[:, column], 1e-6), missed[:, column]
                )
        missed[:, self.open.any(axis=1)] = 0.0
        return missed
