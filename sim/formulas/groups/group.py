"""What a group decision starts from: who wants what on one issue, and how much it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array

PERCENT_SPAN = 50.0
"""Positions that span less than this of 0 to 100 are taken to be in a unit of their own."""


@dataclass(frozen=True)
class Group:
    """Positions of the actors on one issue.

    Attributes
    ----------
    issue : str
    actors : tuple of str
    positions, salience, power : ndarray, shape (actors,)
        Positions on the scale from ``low`` to ``high``, salience from 0 to 1, power in any unit.
    reference : float
        What happens without a decision; NaN where that is not known.
    low, high : float
        Ends of the scale.
    """

    issue: str
    actors: tuple[str, ...]
    positions: Array
    salience: Array
    power: Array
    reference: float = np.nan
    low: float = 0.0
    high: float = 100.0

    @property
    def weights(self) -> Array:
        """Salience times power, shape (actors,)."""
        return self.salience * self.power

    @property
    def width(self) -> float:
        return self.high - self.low


def tables(groups: Sequence[Group]) -> tuple[Array, Array, Array]:
    """Positions, salience and power of several issues together, each (actors, issues).

    Positions are NaN, salience and power 0, where an actor takes no part in an issue. Actors come
    in the order in which they are first named.
    """
    names = {
        name: row for row, name in enumerate(dict.fromkeys(a for g in groups for a in g.actors))
    }
    shape = (len(names), len(groups))
    positions, salience, power = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)
    for column, group in enumerate(groups):
        rows = [names[actor] for actor in group.actors]
        positions[rows, column] = group.positions
        salience[rows, column] = group.salience
        power[rows, column] = group.power
    return positions, salience, power


def percent_scale(values: Sequence[float]) -> tuple[float, float] | None:
    """0 to 100 where numbers on one scale look like it, otherwise none."""
    inside = all(0.0 <= x <= 100.0 for x in values)
    wide = bool(values) and max(values) - min(values) >= PERCENT_SPAN
    return (0.0, 100.0) if inside and wide else None
