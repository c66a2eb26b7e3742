"""What a time-based negotiator offers: the cheapest package that meets its target."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Index

NEAR = 1e-6
"""A package that misses the target by no more than this and is nearer to it is offered instead."""
NOTHING = -1
"""Offer of a negotiator that prefers no agreement to every package."""
BINS = 8192
WORTH_IT = 1000
"""With fewer packages sorting all of them is quicker than thinning them out."""


def offers(utilities: Array, reservation: Array, targets: Array) -> Index:
    """Offers of all negotiators at all steps of several sessions.

    Among the packages at or above its reserved value a negotiator offers the one of lowest utility
    that meets its target; of several with the same utility, the first.

    Parameters
    ----------
    utilities : ndarray, shape (sessions, negotiators, packages)
    reservation : ndarray, shape (sessions, negotiators)
    targets : ndarray, shape (sessions, negotiators, steps)

    Returns
    -------
    ndarray of int, shape (sessions, negotiators, steps)
        Numbers of packages; :data:`NOTHING` where no package is worth the reserved value.

    Remarks
    -------
    One sort per negotiator, of the packages that it could offer at all; its targets at all steps
    are then looked up at once.
    """
    every = utilities
    packages_of = None
    if utilities.shape[-1] > WORTH_IT:
        low = np.maximum(reservation, utilities.min(axis=-1))
        utilities, packages_of = thinned(utilities, low, targets, NEAR)
    sessions, negotiators, packages = utilities.shape
    order = np.argsort(utilities, axis=-1)
    ranked = np.take_along_axis(utilities, order, axis=-1)
    if packages_of is not None:
        order = np.take_along_axis(packages_of, order, axis=-1)
    rank = np.empty(targets.shape, dtype=np.intp)
    first = np.empty((sessions, negotiators, 1), dtype=np.intp)
    for s in range(sessions):
        for k in range(negotiators):
            row = ranked[s, k]
            first[s, k, 0] = row.searchsorted(reservation[s, k])
            rank[s, k] = row.searchsorted(targets[s, k])
    rank = np.minimum(np.maximum(rank, first), packages - 1)
    below = np.maximum(rank - 1, first)
    below = np.minimum(below, packages - 1)
    value = np.take_along_axis(ranked, rank, axis=-1)
    miss = targets - np.take_along_axis(ranked, below, axis=-1)
    nearer = (miss > 0) & (miss <= NEAR) & (miss < np.abs(value - targets))
    rank = np.where(nearer, below, rank)
    chosen = np.take_along_axis(order, rank, axis=-1)
    chosen = _first_of_equals(chosen, rank, ranked, every)
    return np.where(first < packages, chosen, NOTHING)


def _first_of_equals(chosen: Index, rank: Index, ranked: Array, utilities: Array) -> Index:
    """The first package of those with the same utility, whatever order the sort left them in."""
    value = np.take_along_axis(ranked, rank, axis=-1)
    last = ranked.shape[-1] - 1
    tied = np.take_along_axis(ranked, np.minimum(rank + 1, last), axis=-1) == value
    tied &= rank < last
    tied |= (rank > 0) & (np.take_along_axis(ranked, np.maximum(rank - 1, 0), axis=-1) == value)
    for s, k, t in zip(*np.nonzero(tied), strict=True):
        chosen[s, k, t] = np.flatnonzero(utilities[s, k] == value[s, k, t])[0]
    return chosen


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
