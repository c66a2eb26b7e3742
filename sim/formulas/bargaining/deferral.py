"""Issues put off: left to a commission, a constitution, a later day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.arrays import Array, ByWorld, Mask


@dataclass(eq=False)
class Deferral(ByWorld):
    """What it is worth to a side that an issue is put off.

    Nobody has given anything up there, so red lines do not bar it; and what comes of it later is
    not where it lies on the scale.

    Attributes
    ----------
    column : int
        The issue.
    point : float
        The point of its scale that puts it off.
    worth : ndarray, shape (worlds,)
        1 as the side's ideal, 0 as the end that it likes least.
    """

    column: int
    point: float
    worth: Array
    axes: ClassVar[dict[str, str | None]] = {"worth": "world"}

    def at(self, x: Array) -> Mask:
        """Where points put it off."""
        return np.asarray(np.abs(x - self.point) < 1e-9)


def with_point(grid: Array, point: float | None) -> Array:
    """A grid with a point among its own, in place of the nearest one that is no end of it.

    Examples
    --------
    >>> with_point(np.linspace(0, 1, 5), 0.45)
    array([0.  , 0.25, 0.45, 0.75, 1.  ])
    """
    if point is None:
        return grid
    grid = grid.copy()
    grid[1 + np.abs(grid[1:-1] - point).argmin()] = point
    return grid


def open_to_all(
    points: Array, deferrals: Sequence[Sequence[Deferral]], consent: Sequence[Mask]
) -> Mask:
    """Points that put an issue off and are barred by nobody's red line, shape as ``points``.

    Parameters
    ----------
    points : ndarray, shape (issues, points)
    deferrals, consent : sequences of as many as there are parties
        What each says that putting off is worth; issues (issues,) that need its consent.

    Examples
    --------
    >>> points, one = np.array([[0.0, 0.5, 1.0]]), Deferral(0, 0.5, np.ones(1))
    >>> open_to_all(points, [[one], []], [np.array([True]), np.array([False])])
    array([[False,  True, False]])
    >>> open_to_all(points, [[one], []], [np.array([True]), np.array([True])]).any()
    np.False_
    """
    out = np.zeros(points.shape, dtype=bool)
    for one in (one for own in deferrals for one in own):
        said = [any(other.column == one.column for other in own) for own in deferrals]
        needed = [bool(of[one.column]) for of in consent]
        if all(s or not n for s, n in zip(said, needed, strict=True)):
            out[one.column] |= one.at(points[one.column])
    return out
