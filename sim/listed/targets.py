"""Time-dependent targets: Faratin, Sierra & Jennings (1998), *Robotics and Autonomous Systems* 24.

The share of the range from its reservation value to its best package that a negotiator still asks
for at time t is ``1 − t**e``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from sim.arrays import Array

EXPONENTS = {"boulware": 4.0, "linear": 1.0, "conceder": 0.25}
"""Name of a tactic → exponent: above 1 it concedes late, below 1 early."""
SLACK = 1e-4
"""A negotiator asks for so much less than its aspiration, in utility."""


def exponent_of(tactic: str | float) -> float:
    """Exponent of a named tactic, or the number itself.

    Raises
    ------
    ValueError
        If there is no such tactic, or the number is not positive.
    """
    if isinstance(tactic, str):
        if tactic not in EXPONENTS:
            names = ", ".join(EXPONENTS)
            raise ValueError(f"there is no time-based tactic '{tactic}'; choose from {names}")
        return EXPONENTS[tactic]
    if not tactic > 0:
        raise ValueError(f"the exponent of a time-based tactic is positive, found {tactic:g}")
    return float(tactic)


def times(steps: int) -> list[float]:
    """Time at each step: ``(s + 1) / (steps + 1)``, so neither 0 nor 1 is reached."""
    return [(s + 1) / (steps + 1) for s in range(steps)]


@lru_cache(maxsize=256)
def aspirations(exponents: tuple[float, ...], steps: int) -> Array:
    """``1 − t**e`` at every step, shape (negotiators, steps)."""
    # Python's power, because numpy's differs in the last bit between processors
    rows = [[1.0 - t**e for t in times(steps)] for e in exponents]
    out = np.array(rows, dtype=np.float64).reshape(len(exponents), steps)
    out.flags.writeable = False
    return out


def targets(
    low: Array,
    high: Array,
    exponents: Sequence[float],
    steps: int,
    slack: float | Sequence[float] = SLACK,
) -> Array:
    """Target utilities of every negotiator at every step.

    Parameters
    ----------
    low, high : ndarray, shape (..., negotiators)
        The larger of reserved value and worst package, and the best package.
    exponents : sequence of float
        One per negotiator.
    steps : int
        Number of steps.
    slack : float or sequence of float
        See :data:`SLACK`; one for all, or one per negotiator.

    Returns
    -------
    ndarray, shape (..., negotiators, steps)
        ``clamp(low + (high − low) · (1 − t**e) − slack, low, high)``; ``low`` where that lies
        above ``high``.
    """
    floor, ceiling = low[..., None], high[..., None]
    less = np.broadcast_to(np.asarray(slack, dtype=np.float64), len(exponents))[:, None]
    asked = (ceiling - floor) * aspirations(tuple(exponents), steps) + floor - less
    return np.asarray(np.maximum(floor, np.minimum(ceiling, asked)))
