"""What the others know of an actor's red lines: what it has refused, and what it has let pass."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import ByWorld, full

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class KnownLines(ByWorld):
    """Bounds on an actor's red lines that follow from its answers.

    Who refuses a text says on which issues it could not sign it. That tells the others that the
    line lies short of that point, not where: they look for it a step nearer each time.

    Attributes
    ----------
    passed_low, passed_high : ndarray, shape (worlds, issues)
        Outermost points against which it has had no objection; at first its opening position.
    refused_low, refused_high : ndarray, shape (worlds, issues)
        Innermost points that it could not sign; infinite where there are none.
    """

    axes: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("passed_low", "passed_high", "refused_low", "refused_high"), "world issue"
    )

    def __init__(self, opening: Array) -> None:
        self.passed_low = self.passed_high = opening
        self.refused_low = full(opening.shape, -np.inf)
        self.refused_high = full(opening.shape, np.inf)

    def hear(self, proposals: Array, low: Array, high: Array, where: Mask) -> None:
        """Proposals (n, worlds, issues) are answered by the red lines as they are, in some worlds.

        ``low`` and ``high`` are (worlds, issues).
        """
        there = where[:, None]
        above, below = proposals > high, proposals < low
        refused = np.where(above & there, proposals, np.inf).min(axis=0)
        self.refused_high = np.minimum(self.refused_high, refused)
        refused = np.where(below & there, proposals, -np.inf).max(axis=0)
        self.refused_low = np.maximum(self.refused_low, refused)
        passed = np.where(above | ~there, -np.inf, proposals).max(axis=0)
        self.passed_high = np.maximum(self.passed_high, passed)
        passed = np.where(below | ~there, np.inf, proposals).min(axis=0)
        self.passed_low = np.minimum(self.passed_low, passed)

    def nearest(self, point: Array, step: float) -> Array:
        """The points nearest to ``point`` (worlds, issues) that it is thought able to sign."""
        low = np.minimum(self.passed_low, self.refused_low + step)
        high = np.maximum(self.passed_high, self.refused_high - step)
        return np.minimum(np.maximum(point, low), high)
