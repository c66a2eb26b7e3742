"""What is better on several measures at once, and NSGA-II's way to keep the better half.

Deb, Pratap, Agarwal and Meyarivan (2002), "A fast and elitist multiobjective genetic algorithm:
NSGA-II", *IEEE Transactions on Evolutionary Computation* 6:182–197, doi:10.1109/4235.996017. More
is better on every measure here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array, Index, Mask


def dominates(values: ArrayLike) -> Mask:
    """Whether row ``i`` is no worse than ``j`` on all measures and better on one; (n, n).

    Examples
    --------
    >>> dominates([[1, 1], [0, 1], [2, 0]]).astype(int).tolist()
    [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    """
    rows = np.asarray(values, dtype=np.float64)
    one, two = rows[:, None, :], rows[None, :, :]
    return np.asarray((one >= two).all(axis=2) & (one > two).any(axis=2))


def fronts(values: ArrayLike) -> Index:
    """Non-domination rank of every row: 0 on the Pareto front, 1 once that is gone, …

    Examples
    --------
    >>> fronts([[2, 0], [0, 2], [1, 1], [0, 0], [1, 0]]).tolist()
    [0, 0, 0, 2, 1]
    """
    over = dominates(values)
    rank = np.full(len(over), -1, dtype=np.intp)
    level = 0
    while (left := rank < 0).any():
        rank[left & ~over[left].any(axis=0)] = level
        level += 1
    return rank


def crowding(values: ArrayLike) -> Array:
    """Crowding distance within one front: half the perimeter of the box between the neighbours.

    Infinite at the ends of every measure; a measure on which all are alike says nothing.

    Examples
    --------
    >>> crowding([[0, 4], [1, 3], [3, 1], [4, 0]]).tolist()
    [inf, 1.5, 1.5, inf]
    """
    rows = np.asarray(values, dtype=np.float64)
    out = np.zeros(len(rows))
    for column in rows.T:
        order = np.argsort(column, kind="stable")
        width = column[order[-1]] - column[order[0]]
        if width <= 0:
            continue
        out[order[[0, -1]]] = np.inf
        out[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / width
    return out


def best(values: ArrayLike, keep: int) -> Index:
    """Rows that NSGA-II keeps: front by front, of the last one those that are least crowded.

    Examples
    --------
    >>> best([[0, 0], [2, 0], [1, 1], [0, 2]], 2).tolist()
    [1, 3]
    """
    rows = np.asarray(values, dtype=np.float64)
    rank, chosen = fronts(rows), np.empty(0, dtype=np.intp)
    for level in range(rank.max(initial=-1) + 1):
        front = np.flatnonzero(rank == level)
        front = front[np.argsort(-crowding(rows[front]), kind="stable")]
        chosen = np.concatenate([chosen, front[: keep - len(chosen)]])
        if len(chosen) == keep:
            break
    return chosen
