"""Of many packages keep the few that a negotiator could offer, so that only these are sorted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Index

BINS = 8192
WORTH_IT = 1000
"""With fewer packages sorting all of them is quicker."""


def thinned(utilities: Array, low: Array, targets: Array, near: float) -> tuple[Array, Index]:
    """Packages that can be the cheapest one to meet some target, or miss it by ``near`` at most.

    Parameters
    ----------
    utilities : ndarray, shape (sessions, negotiators, packages)
    low : ndarray, shape (sessions, negotiators)
        No target lies below.
    targets : ndarray, shape (sessions, negotiators, steps)
    near : float
        How far below a target still counts.

    Returns
    -------
    utilities : ndarray, shape (sessions, negotiators, kept)
        Of the packages kept, with −inf in front where a negotiator has fewer.
    packages : ndarray of int, same shape
        Their numbers.

    Remarks
    -------
    Utilities fall into bins of equal width, numbered by a function that never decreases. So the
    cheapest package at or above a target lies in the target's bin or in the next bin that is not
    empty. With 15,625 packages and 100 targets a few hundred packages remain, found in a sixth of
    the time that sorting takes.
    """
    sessions, negotiators, _ = utilities.shape
    kept = [
        [_kept(utilities[s, k], low[s, k], targets[s, k], near) for k in range(negotiators)]
        for s in range(sessions)
    ]
    most = max(len(row) for part in kept for row in part)
    packages = np.zeros((sessions, negotiators, most), dtype=np.intp)
    values = np.full(packages.shape, -np.inf)
    for s in range(sessions):
        for k, row in enumerate(kept[s]):
            start = most - len(row)
            packages[s, k, start:] = row
            values[s, k, start:] = utilities[s, k, row]
    return values, packages


def _kept(utility: Array, low: float, target: Array, near: float) -> Index:
    span = float(utility.max() - low)
    # bins wider than `near`, so that what nearly meets a target is in its bin or the one before
    bins = int(min(BINS, span / (2 * near)))
    if bins < 2:
        return np.arange(len(utility))
    scale = bins / span

    def number(values: Array) -> NDArray[np.int32]:
        return np.maximum((values - low) * scale, 0.0).astype(np.int32)

    of_package, of_target = number(utility), number(target)
    filled = np.full(bins + 2, bins + 1)
    filled[of_package] = of_package
    following = np.minimum.accumulate(filled[::-1])[::-1]
    wanted = np.zeros(bins + 2, dtype=bool)
    wanted[of_target] = True
    wanted[following[of_target + 1]] = True
    wanted[number(target - near)] = True
    return np.flatnonzero(wanted[of_package])
