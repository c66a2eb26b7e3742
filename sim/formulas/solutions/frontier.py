"""Individual rationality and Pareto efficiency on a matrix of utilities (packages, parties)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, Index, Mask

COMPARED_AT_ONCE = 4_000_000
"""Pairs of packages compared in one array, which bounds the memory."""


def pareto_frontier(utilities: Array) -> Index:
    """Packages that no other one weakly dominates (Pareto 1906, *Manuale di economia politica*).

    A package is dominated if another is at least as good for every party and better for one. Of
    packages with the same utilities only the first is kept.

    Parameters
    ----------
    utilities : ndarray, shape (packages, parties)

    Returns
    -------
    ndarray of int, shape (efficient,)
        Row numbers by descending sum of utilities; equal sums in the order of the rows.

    Remarks
    -------
    Two parties: one sort and a running maximum, O(n log n). More: the sum of utilities sorts
    every package behind those that dominate it (Kung, Luccio & Preparata 1975, *J. ACM* 22(4)), so
    each block, once thinned by itself, is efficient and removes what it dominates from the rest.
    In the worst case that is quadratic in the size of the frontier.

    Examples
    --------
    >>> pareto_frontier(np.array([[1.0, 0.0], [0.6, 0.6], [0.5, 0.5], [0.6, 0.6]]))
    array([1, 0])
    """
    if len(utilities) == 0:
        return np.zeros(0, dtype=np.intp)
    found = _of_two(utilities) if utilities.shape[1] == 2 else _of_many(utilities)
    return np.asarray(found[np.lexsort((found, -utilities[found].sum(axis=1)))])


def _of_many(utilities: Array) -> Index:
    columns = utilities.T
    order = np.lexsort((*-columns[::-1], -utilities.sum(axis=1)))
    values = np.ascontiguousarray(columns[:, order])
    kept, block = [], 8
    while len(order):
        here = values[:, :block]
        among = _dominated(here, here, triangular=True)
        kept.append(order[:block][~among])
        rest = ~_dominated(here[:, ~among], values[:, block:])
        order, values = order[block:][rest], values[:, block:][:, rest]
        block = min(2 * block, 512)
    return np.concatenate(kept)


def _of_two(utilities: Array) -> Index:
    first, second = utilities[:, 0], utilities[:, 1]
    order = np.lexsort((-second, -first))
    best = np.maximum.accumulate(second[order])
    better = np.ones(len(order), dtype=bool)
    better[1:] = second[order][1:] > best[:-1]
    return np.asarray(order[better])


def _dominated(by: Array, values: Array, triangular: bool = False) -> Mask:
    """Which columns of ``values`` some column of ``by`` (parties, packages) equals or dominates.

    ``triangular``: only columns of a smaller number count.
    """
    out = np.zeros(values.shape[1], dtype=bool)
    if by.shape[1] == 0:
        return out
    step = max(1, COMPARED_AT_ONCE // by.shape[1])
    for start in range(0, values.shape[1], step):
        part = values[:, start : start + step]
        covered = np.ones((by.shape[1], part.shape[1]), dtype=bool)
        for k in range(len(values)):
            covered &= by[k][:, None] >= part[k]
        if triangular:
            covered &= np.arange(by.shape[1])[:, None] < np.arange(start, start + part.shape[1])
        out[start : start + step] = covered.any(axis=0)
    return out
