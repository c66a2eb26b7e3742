"""Ripeness: the largest surplus that all who must consent could have at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Mask, blocks, stacked, total
from sim.engine.agents import Party
from sim.engine.agents.mediator import distances, drafting_points
from sim.engine.exclusions import Exclusions
from sim.engine.state import Talks
from sim.formulas.bargaining.conflicts import Pairs
from sim.formulas.bargaining.deferral import open_to_all
from sim.formulas.bargaining.drafting import max_min
from sim.formulas.bargaining.red_lines import (
    alike,
    best_linkages,
    boxes,
    distance_beyond,
    gaps,
    under_all_choices,
)

Index = NDArray[np.intp]
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
        self.points = drafting_points(talks)
        self.open = open_to_all(
            self.points, [p.deferrals for p in signatories], [p.consent for p in signatories]
        )
        self.divisible = np.array([listed is None for listed in talks.options])
        self.divisible &= ~self.open.any(axis=1)
        middle = np.mean([p.ideal for p in signatories], axis=0).T[:, :, None]
        self.choice = np.abs(self.points[:, None, :] - middle).argmin(axis=2)

    def measure(self, lines: tuple[Array, Array] | None = None) -> Array:
        """Ripeness of the whole settlement now, in utility; NaN where everything is signed.

        Shape (worlds,). Parties whose consent nothing unsettled needs do not count. ``lines`` are
        :meth:`boxes` of what is unsettled, if they are known.
        """
        return self._largest(~self.talks.is_fixed, [self._gap(p) for p in self.signatories], lines)

    def measure_stage(self, lines: tuple[Array, Array] | None = None) -> Array:
        """The same for the stage on the table alone: can all who are asked gain by signing it?"""
        gap = [p.best - p.reservation for p in self.signatories]
        return self._largest(self.talks.on_table, gap, lines)

    def _largest(
        self, issues: Mask, gaps_of: list[Array], lines: tuple[Array, Array] | None
    ) -> Array:
        asked = [(p.consent & issues).any(axis=1) for p in self.signatories]
        gap = np.where(asked, gaps_of, UNASKED)
        value = np.full(self.talks.worlds, np.nan)
        if not issues.any():
            return value
        low, high = lines or self.boxes(issues)
        for kind in alike(issues):
            columns = np.flatnonzero(issues[kind[0]])
            for worlds in blocks(kind) if len(columns) else ():
                here = np.ix_(columns, worlds)
                box = low[:, worlds][..., columns], high[:, worlds][..., columns]
                choice, value[worlds] = self._within(box, columns, worlds, gap)
                self.choice[here] = choice
            if self.rules:
                # a linkage that common ground does not need may still be worth its price
                hard = kind[value[kind] <= 0.0]
                for worlds in blocks(hard):
                    other = self._with_other_linkages(issues, columns, worlds, gap)
                    value[worlds] = np.maximum(value[worlds], other)
        return value

    def _with_other_linkages(
        self, issues: Mask, columns: Index, worlds: Index, gap: Array
    ) -> Array:
        """The largest value under any choice of linkages that leaves common ground."""
        low, high = (side[:, worlds][..., columns] for side in self.own_lines())
        rest = [p.rest for p in self.signatories]
        moved = [
            rule.moved(rest, issues).rows(worlds).among(columns.tolist())
            for rule in self.rules
            if rule.column in columns
        ]
        low, high = under_all_choices(low, high, moved)
        fits = np.flatnonzero(total(gaps(low, high)) <= 1e-9)
        best = np.full(len(worlds), -np.inf)
        for some in blocks(fits):
            here = some % len(worlds)
            box = low[:, some], high[:, some]
            np.maximum.at(best, here, self._within(box, columns, worlds[here], gap)[1])
        return best

    def _within(
        self, box: tuple[Array, Array], columns: Index, worlds: Index, gap: Array
    ) -> tuple[Index, Array]:
        """Max-min surplus inside everyone's red lines in some worlds; the draft and the value.

        The red lines are (parties, worlds chosen, issues chosen), the draft (issues chosen, worlds
        chosen), the surplus that there is to lose (parties, worlds).
        """
        here, points = np.ix_(columns, worlds), self.points[columns]
        beyond = distance_beyond(points, *box)
        beyond *= ~self.open[columns, None]
        extra = -BEYOND * beyond
        extra[extra < -1e-9 * BEYOND] -= BEYOND
        pairs: Pairs = ()
        if self.exclusions is not None:
            barred = self.exclusions.barred().T[here][..., None] & (points[:, None] > 0.0)
            extra[barred] = -BEYOND
            pairs = self.exclusions.pairs_among(columns)
        loss = distances(points[:, None], self.signatories, columns[:, None], worlds)
        for number, party in enumerate(self.signatories):
            loss[:, number] *= party.weight.T[here][..., None]
        return max_min(
            self.choice[here],
            loss,
            gap[:, worlds],
            extra,
            self.divisible[columns],
            pairs=pairs,
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

    def red_line_gaps(self, issues: Mask, lines: tuple[Array, Array] | None = None) -> Array:
        """By how much the red lines of those who must consent miss each other, per issue.

        Shape (worlds, issues), in scale units; 0 where some point is inside all of them. ``issues``
        (worlds, issues) are those to be settled together. Conditional red lines count under the
        choice of conditions that comes nearest to common ground. ``lines`` are their :meth:`boxes`.
        """
        low, high = lines or self.boxes(issues)
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
