"""Solutions over continuous packages: each rule as an optimum over a polyhedron of packages."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.formulas.solutions.polyhedron import CLOSE, Found, Polyhedron

CLOSE_LOGARITHM = 1e-10
"""Tangents to logarithms, whose sum has a flat maximum, are added until they miss by less."""
SHARPER = 1e3
"""Rows and objective with logarithms are multiplied by this, for the solver's tolerances."""
SMALLEST_SURPLUS = 1e-7
"""Where the smallest surplus cannot exceed this, Nash's product is taken to be zero."""


class Programme(Polyhedron):
    """The rules, each of which maximises something over the packages of a space."""

    def at_least(self, least: Array) -> list[tuple[Array, float, float]]:
        """Constraints that surpluses reach some level, shape (parties,)."""
        return [
            (self.row([(self.surplus[k], 1.0)]), float(b), np.inf)
            for k, b in enumerate(least)
            if np.isfinite(b)
        ]

    def most_of(self, weights: Array, least: Array | None = None) -> Found | None:
        """Largest weighted sum of surpluses, each at its ``least`` or above."""
        given = [] if least is None else self.at_least(least)
        return self.maximise(self.row([(self.surplus, weights)]), given)

    def most_equal(self, direction: Array, base: Array | None = None) -> Found | None:
        """Largest level t with ``surplus ≥ base + t · direction``; then the largest sum.

        The second step makes the package efficient where the first leaves a choice.
        """
        base = np.zeros(len(direction)) if base is None else base
        rows = [
            (self.row([(self.surplus[k], 1.0), (self.level, -d)]), float(base[k]), np.inf)
            for k, d in enumerate(direction)
        ]
        first = self.maximise(self.row([(self.level, 1.0)]), rows)
        if first is None:
            return None
        least = base + (first.value - CLOSE) * direction
        second = self.most_of(np.ones(len(direction)), least)
        found = first if second is None else second
        return Found(found.package, found.surplus, first.value)

    def most_product(self) -> Found | None:
        """Largest product of the surpluses, Nash's solution; all at least 0."""
        equal = self.most_equal(np.ones(len(self.surplus)))
        if equal is None or equal.value <= SMALLEST_SURPLUS:
            return equal
        for k, s in enumerate(equal.surplus):
            for point in (s, 4 * s, s / 4, 1.0):
                self._add_log(k, float(point))

        def refine(solution: Array) -> bool:
            surplus = np.maximum(solution[self.surplus], SMALLEST_SURPLUS)
            short = solution[self.logarithm] - np.log(surplus) > CLOSE_LOGARITHM
            for k in np.flatnonzero(short):
                self._add_log(int(k), float(surplus[k]))
            return bool(short.any())

        objective = self.row([(self.logarithm, SHARPER)])
        return self.maximise(objective, self.at_least(np.zeros(len(self.surplus))), refine)

    def _add_log(self, k: int, point: float) -> None:
        """``l ≤ log p + (s − p) / p``."""
        row = self.row([(self.logarithm[k], 1.0), (self.surplus[k], -1.0 / point)])
        self.add(SHARPER * row, high=float(SHARPER * (np.log(point) - 1.0)))

    def least_beyond(self) -> Found | None:
        """Least sum of scale units beyond red lines; then the largest smallest surplus."""
        objective = self.row([(self.beyond.ravel(), -1.0)])
        first = self.maximise(objective)
        if first is None:
            return None
        rows = [(objective, first.value - CLOSE, np.inf)]
        rows += [(self.row([(s, 1.0), (self.level, -1.0)]), 0.0, np.inf) for s in self.surplus]
        second = self.maximise(self.row([(self.level, 1.0)]), rows)
        found = second or first
        return Found(found.package, found.surplus, -first.value)
