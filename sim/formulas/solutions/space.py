"""Packages of a scenario as a space: what each is worth to every signatory, and who bars it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Mask
from sim.formulas.bargaining.red_lines import TOLERANCE, Rule, loosened
from sim.formulas.bargaining.utility import losses

AT_ONCE = 100_000
"""Packages examined at once, which bounds the memory."""


@dataclass(frozen=True)
class Space:
    """The bargaining problem of one world over whole packages.

    Attributes
    ----------
    parties, issues : tuple of str
        Names of the signatories and of the issues.
    ideal, weight, curvature : ndarray, shape (parties, issues)
        Loss on an issue is ``weight · (distance from ideal / longest distance)^curvature``.
    low, high : ndarray, shape (parties, issues)
        Red lines; 0 and 1 where there is none or the party has no say.
    linkages : tuple of Rule
        Conditional red lines, in this one world.
    floor, ceiling : ndarray, shape (issues,)
        What a package must contain whoever signs it.
    top : ndarray, shape (parties,)
        Worth of a party's ideal package, payments on signing included.
    reservation : ndarray, shape (parties,)
        Worth of no deal.
    options : tuple of ndarray or None
        Points that can be agreed on an issue; None where everything from 0 to 1 can.
    lines, free : int
        Red lines that the parties draw, and how many of these do not bind here.
    """

    parties: tuple[str, ...]
    issues: tuple[str, ...]
    ideal: Array
    weight: Array
    curvature: Array
    low: Array
    high: Array
    linkages: tuple[Rule, ...]
    floor: Array
    ceiling: Array
    top: Array
    reservation: Array
    options: tuple[Array | None, ...]
    lines: int = 0
    free: int = 0

    @property
    def sizes(self) -> list[int] | None:
        """Number of options per issue; None where something in between can be agreed."""
        sizes = [len(points) for points in self.options if points is not None]
        return sizes if len(sizes) == len(self.options) else None

    @property
    def has_red_lines(self) -> bool:
        """Whether anything is barred: by a party's line, or by what a package must contain."""
        low, high = np.vstack([self.low, self.floor]), np.vstack([self.high, self.ceiling])
        return bool((low > 0.0).any() or (high < 1.0).any() or self.linkages)

    def loss_tables(self) -> list[Array]:
        """Losses at the options of each issue, shape (options, parties) each."""
        return [
            self.loss(points, issue)
            for issue, points in enumerate(self.options)
            if points is not None
        ]

    def loss(self, points: Array, issue: int) -> Array:
        """Losses at points of one issue, weights included, shape (points, parties)."""
        ideal, curvature = self.ideal[:, issue], self.curvature[:, issue]
        return np.asarray(self.weight[:, issue] * losses(points[:, None], ideal, curvature))

    def utility(self, packages: Array) -> Array:
        """Worth of packages (packages, issues), shape (packages, parties)."""
        lost = losses(packages[:, None, :], self.ideal, self.curvature) * self.weight
        return np.asarray(self.top - lost.sum(axis=2))

    def overshoot(self, packages: Array) -> Array:
        """Scale units by which packages lie beyond red lines: (packages, parties + 1, issues).

        The last row is what the terms of the settlement demand of everybody.
        """
        shape = (len(packages), len(self.parties) + 1, len(self.issues))
        low, high = np.empty(shape), np.empty(shape)
        low[:, :-1], high[:, :-1] = self.low, self.high
        low[:, -1], high[:, -1] = self.floor, self.ceiling
        for link in self.linkages:
            side = (high if link.upward else low)[:, link.party, link.column]
            side[:] = loosened(side, link.line, link.upward, link.met(packages[None])[0])
        x = packages[:, None, :]
        return np.asarray(np.maximum(np.maximum(x - high, low - x), 0.0))

    def inside(self, packages: Array, tolerance: float = TOLERANCE) -> Mask:
        """Whether packages keep to all red lines, shape (packages,)."""
        parts = [
            (self.overshoot(part) <= tolerance).all(axis=(1, 2)) for part in in_parts(packages)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def in_parts(packages: Array) -> Iterator[Array]:
    """Packages, so many at once."""
    for start in range(0, len(packages), AT_ONCE):
        yield packages[start : start + AT_ONCE]
