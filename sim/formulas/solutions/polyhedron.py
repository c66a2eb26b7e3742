"""Packages of a space as a polyhedron, for linear and mixed-integer programmes.

Losses are convex and piecewise linear or curved, so surpluses are concave and every rule used here
maximises a concave function. Curved losses and the logarithm of Nash's product are replaced by
tangents, and tangents are added where the solution lies until they touch (Kelley 1960, The
cutting-plane method, *J. SIAM* 8(4), doi:10.1137/0108053). Conditional red lines and listed
options are binary variables; on a scale from 0 to 1 their big-M constraints are tight. Optima are
global, up to the tolerances of the solver (HiGHS).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from sim.arrays import Array, Index
from sim.formulas.solutions.space import Space

CLOSE = 1e-7
"""Tangents are added until they miss by less; the solver's own tolerance is of this size."""
ROUNDS = 200
FIRST_TANGENTS = 9


@dataclass(frozen=True)
class Found:
    """An optimum: the package (issues,), the surpluses (parties,) and the value maximised."""

    package: Array
    surplus: Array
    value: float


@contextmanager
def silent() -> Iterator[None]:
    """Keep HiGHS from writing debugging lines on standard output, which it does unasked."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class Polyhedron:
    """The packages of a space as a polyhedron, to maximise something over.

    Parameters
    ----------
    space : Space
        The bargaining problem.
    red_lines : bool
        Whether packages must keep to the red lines; otherwise going beyond them is counted.
    """

    def __init__(self, space: Space, red_lines: bool = True) -> None:
        self.space = space
        parties, issues = space.weight.shape
        self._next = 0
        self.package = self._columns(issues)
        self.lost = self._columns(parties * issues).reshape(parties, issues)
        self.surplus = self._columns(parties)
        self.level = self._columns(1)
        self.logarithm = self._columns(parties)
        self.chosen = [self._columns(0 if o is None else len(o)) for o in space.options]
        self.linked = self._columns(len(space.linkages))
        self.beyond = self._columns(0 if red_lines else (parties + 1) * issues)
        self.beyond = self.beyond.reshape(-1, issues)
        self.rows: list[Array] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._bound_columns()
        self._value_packages()
        self._draw_red_lines()

    # --- building ----------------------------------------------------------------------------

    def _columns(self, count: int) -> Index:
        self._next += count
        return np.arange(self._next - count, self._next)

    def row(self, terms: Sequence[tuple[Any, Any]]) -> Array:
        """A row of coefficients from pairs of columns and coefficients."""
        row = np.zeros(self._next)
        for columns, coefficients in terms:
            np.add.at(row, columns, coefficients)
        return row

    def add(self, row: Array, low: float = -np.inf, high: float = np.inf) -> None:
        """One more constraint."""
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def _bound_columns(self) -> None:
        self.least, self.most = np.zeros(self._next), np.ones(self._next)
        free = np.concatenate([self.surplus, self.level, self.logarithm])
        self.least[free], self.most[free] = -np.inf, np.inf
        self.integer = np.zeros(self._next)
        for columns in (*self.chosen, self.linked):
            self.integer[columns] = 1

    def _value_packages(self) -> None:
        space = self.space
        for k in range(len(space.parties)):
            possible = space.top[k] - space.reservation[k]
            row = self.row([(self.surplus[k], 1.0), (self.lost[k], 1.0)])
            self.add(row, possible, possible)
        for i, points in enumerate(space.options):
            if points is not None:
                table = space.loss(points, i)
                self.add(self.row([(self.chosen[i], 1.0)]), 1.0, 1.0)
                self.add(self.row([(self.package[i], -1.0), (self.chosen[i], points)]), 0.0, 0.0)
                for k in range(len(space.parties)):
                    row = self.row([(self.lost[k, i], -1.0), (self.chosen[i], table[:, k])])
                    self.add(row, 0.0, 0.0)
            else:
                for k in range(len(space.parties)):
                    self._bound_loss(k, i)

    def _bound_loss(self, k: int, i: int) -> None:
        """Tangents below the loss on both sides of the ideal."""
        ideal = self.space.ideal[k, i]
        if self.space.weight[k, i] <= 0:
            return
        curved = self.space.curvature[k, i] != 1.0
        for end in (0.0, 1.0):
            if abs(end - ideal) > CLOSE:
                for share in np.linspace(0, 1, FIRST_TANGENTS)[1:] if curved else [1.0]:
                    self._add_tangent(k, i, ideal + share * (end - ideal))

    def _add_tangent(self, k: int, i: int, point: float) -> None:
        space = self.space
        ideal, curvature = space.ideal[k, i], space.curvature[k, i]
        span = max(ideal, 1 - ideal)
        distance = abs(point - ideal) / span
        loss = space.weight[k, i] * distance**curvature
        slope = space.weight[k, i] * curvature * distance ** (curvature - 1) / span
        slope *= 1.0 if point > ideal else -1.0
        row = self.row([(self.lost[k, i], 1.0), (self.package[i], -slope)])
        self.add(row, low=loss - slope * point)

    def _draw_red_lines(self) -> None:
        space = self.space
        low, high = np.vstack([space.low, space.floor]), np.vstack([space.high, space.ceiling])
        for k, i in zip(*np.nonzero(high < 1.0), strict=True):
            self._limit(int(k), int(i), float(high[k, i]), upward=True)
        for k, i in zip(*np.nonzero(low > 0.0), strict=True):
            self._limit(int(k), int(i), float(low[k, i]), upward=False)
        for column, link in zip(self.linked, space.linkages, strict=True):
            for issue, (at_least,), (at_most,) in link.bounds:
                self.add(self.row([(self.package[issue], 1.0), (column, -at_least)]), low=0.0)
                row = self.row([(self.package[issue], 1.0), (column, 1.0 - at_most)])
                self.add(row, high=1.0)

    def _limit(self, k: int, i: int, line: float, upward: bool) -> None:
        """A red line, moved by whichever of its linkages is in force (at most one need be)."""
        terms: list[tuple[Any, Any]] = [(self.package[i], 1.0)]
        sign = 1.0 if upward else -1.0
        for column, link in zip(self.linked, self.space.linkages, strict=True):
            if (link.party, link.column, link.upward) == (k, i, upward):
                terms.append((column, -sign * max(sign * (link.line[0] - line), 0.0)))
        if len(terms) > 2:
            self.add(self.row([(c, 1.0) for c, _ in terms[1:]]), high=1.0)
        if self.beyond.size:
            terms.append((self.beyond[k, i], -sign))
        if upward:
            self.add(self.row(terms), high=line)
        else:
            self.add(self.row(terms), low=line)

    # --- solving -----------------------------------------------------------------------------

    def maximise(
        self,
        objective: Array,
        constraints: Sequence[tuple[Array, float, float]] = (),
        refine: Callable[[Array], bool] | None = None,
    ) -> Found | None:
        """The package with the highest value of a linear objective, None where there is none.

        Parameters
        ----------
        objective : ndarray
            As :meth:`row` makes it.
        constraints : sequence of (ndarray, float, float)
            Further rows with their lower and upper ends.
        refine : callable, optional
            Given a solution, adds constraints that it violates and says whether it did.
        """
        everything = (objective, constraints)
        best: Array | None = None
        for _ in range(ROUNDS):
            solution = self._solve(*everything, self.least, self.most)
            if solution is None:
                break
            if best is not None and objective @ solution <= objective @ best + CLOSE:
                break
            known = len(self.rows)
            # the choices of the mixed-integer solution, then an exact linear programme
            least, most = self._with_choices_of(solution)
            for _ in range(ROUNDS):
                again = self._solve(*everything, least, most)
                if again is None:
                    break
                solution = again
                touched = self._touch(solution)
                if not (refine(solution) if refine else False) and not touched:
                    break
            if best is None or objective @ solution > objective @ best:
                best = solution
            if not self.integer.any() or len(self.rows) == known:
                break
        if best is None:
            return None
        package = np.clip(best[self.package], 0.0, 1.0)
        for i, points in enumerate(self.space.options):
            if points is not None:
                package[i] = points[np.abs(points - package[i]).argmin()]
        surplus = self.space.utility(package[None])[0] - self.space.reservation
        return Found(package, surplus, float(objective @ best))

    def _solve(
        self,
        objective: Array,
        constraints: Sequence[tuple[Array, float, float]],
        least: Array,
        most: Array,
    ) -> Array | None:
        rows = [*self.rows, *(row for row, _, _ in constraints)]
        low = [*self.low, *(end for _, end, _ in constraints)]
        high = [*self.high, *(end for _, _, end in constraints)]
        with silent():
            result = milp(
                -objective,
                integrality=np.where(least < most, self.integer, 0),
                bounds=Bounds(least, most),
                constraints=LinearConstraint(np.array(rows), low, high),
                options={"mip_rel_gap": 0.0},
            )
        return None if result.x is None else np.asarray(result.x)

    def _with_choices_of(self, solution: Array) -> tuple[Array, Array]:
        """Bounds that hold every binary variable where a solution has it."""
        least, most = self.least.copy(), self.most.copy()
        chosen = self.integer > 0
        least[chosen] = most[chosen] = np.round(solution[chosen])
        return least, most

    def _touch(self, solution: Array) -> bool:
        """Add tangents where curved losses lie above those there are."""
        space, package = self.space, solution[self.package]
        added = False
        for k, i in zip(*np.nonzero(space.curvature != 1.0), strict=True):
            if space.options[i] is None and space.weight[k, i] > 0:
                true = float(space.loss(package[i : i + 1], int(i))[0, k])
                if true - solution[self.lost[k, i]] > CLOSE:
                    self._add_tangent(int(k), int(i), float(package[i]))
                    added = True
        return added
