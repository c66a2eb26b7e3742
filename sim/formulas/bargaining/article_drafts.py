"""All drafts that can be made of articles, scored by means and counted.

A draft is a bit mask: article i is in draft d where bit i of d is set. All are counted, in blocks
that fit in cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Mask

Bits = NDArray[np.int64]
MOST_ARTICLES = 24
"""More than 16 million drafts are not counted one by one."""
BLOCK = 16
"""Articles whose drafts are scored at once: 65,536 drafts a block."""
TOLERANCE = 1e-9


@dataclass
class Drafts:
    """Counts over all drafts of at least one article without a conflict.

    Attributes
    ----------
    conflict_free, passing : int
        Drafts, and those that every stakeholder accepts.
    turned_down, alone : ndarray of int, shape (stakeholders,)
        Drafts that this stakeholder turns down, and those that no other does.
    holding : ndarray of int, shape (articles,)
        Passing drafts that contain each article.
    best : dict of int to (float, list of int)
        Size → largest product of (score − threshold), and the drafts that reach it.
    spared : int
        Passing drafts without an article across anybody's red line.
    spared_by : ndarray of int, shape (stakeholders,)
        Passing drafts without an article across this stakeholder's red line.
    """

    conflict_free: int
    passing: int
    turned_down: Bits
    alone: Bits
    holding: Bits
    spared: int
    spared_by: Bits
    best: dict[int, tuple[float, list[int]]] = field(default_factory=dict)


def mean_scores(satisfaction: Array, chosen: Mask) -> Array:
    """Unweighted mean satisfaction with the articles of drafts, the source's score.

    Parameters
    ----------
    satisfaction : ndarray, shape (stakeholders, articles)
    chosen : ndarray of bool, shape (drafts, articles)
        At least one article each.

    Returns
    -------
    ndarray, shape (drafts, stakeholders)

    Examples
    --------
    >>> mean_scores(np.array([[7.0, 3.0, 5.0]]), np.array([[True, True, False]]))
    array([[5.]])
    """
    return np.asarray(chosen @ satisfaction.T / chosen.sum(axis=1, keepdims=True))


def across_red_line(satisfaction: Array, thresholds: Array, lowest: float) -> Mask:
    """Articles that a stakeholder scores no higher than ``lowest`` and under its threshold.

    Shapes (stakeholders, articles), (stakeholders,); the first for the result.
    """
    return np.asarray((satisfaction <= lowest) & (satisfaction < thresholds[:, None]))


def count_drafts(
    satisfaction: Array,
    thresholds: Array,
    conflicts: list[tuple[int, int]],
    crossed: Mask,
) -> Drafts:
    """Score every draft without a conflict.

    Parameters
    ----------
    satisfaction : ndarray, shape (stakeholders, articles)
    thresholds : ndarray, shape (stakeholders,)
    conflicts : list of (int, int)
        Articles of which only one can be in a draft.
    crossed : ndarray of bool, shape (stakeholders, articles)
        Articles across a stakeholder's red line.

    Raises
    ------
    ValueError
        For more than :data:`MOST_ARTICLES` articles.

    Remarks
    -------
    20 articles take under a second and a few MB, 24 some seconds; every further one doubles it.
    """
    parties, articles = satisfaction.shape
    if articles > MOST_ARTICLES:
        raise ValueError(f"{articles} articles make 2^{articles} drafts")
    zero = np.zeros(parties, dtype=np.int64)
    out = Drafts(0, 0, zero.copy(), zero.copy(), np.zeros(articles, dtype=np.int64), 0, zero.copy())
    vetoed = [sum(1 << int(i) for i in np.flatnonzero(row)) for row in crossed]
    surplus = satisfaction - thresholds[:, None]
    each = np.ones((1, articles))  # counts the articles of a draft as the others are summed
    for drafts, totals in _blocks(np.concatenate([surplus, each]), conflicts):
        totals, sizes = totals[:-1], totals[-1]
        accepted = totals >= -TOLERANCE
        votes = accepted.sum(axis=0)
        out.conflict_free += len(drafts)
        out.turned_down += (~accepted).sum(axis=1)
        out.alone += (~accepted & (votes == parties - 1)).sum(axis=1)
        passes = votes == parties
        drafts, totals, sizes = drafts[passes], totals[:, passes], sizes[passes]
        out.passing += len(drafts)
        for i in range(articles):
            out.holding[i] += int(np.count_nonzero(drafts & (1 << i)))
        spared = np.array([(drafts & veto) == 0 for veto in vetoed])
        out.spared_by += spared.sum(axis=1)
        out.spared += int(spared.all(axis=0).sum())
        _keep_best(out.best, drafts, totals, sizes)
    return out


def _blocks(surplus: Array, conflicts: list[tuple[int, int]]) -> Iterator[tuple[Bits, Array]]:
    """Drafts without conflicts, and per stakeholder the sum of (satisfaction − threshold)."""
    articles = surplus.shape[1]
    low = min(articles, BLOCK)
    inner = np.arange(1 << low, dtype=np.int64)
    sums = np.zeros((len(surplus), 1))
    for i in range(low):
        sums = np.concatenate([sums, sums + surplus[:, i, None]], axis=1)
    pairs = [(1 << a) | (1 << b) for a, b in conflicts]
    for high in range(1 << (articles - low)):
        bits = high << low
        if any(bits & pair == pair for pair in pairs):
            continue
        drafts = inner | bits
        free = drafts > 0
        for pair in pairs:
            free &= (drafts & pair) != pair
        outer = [i for i in range(low, articles) if bits >> i & 1]
        yield drafts[free], sums[:, free] + surplus[:, outer].sum(axis=1, keepdims=True)


def _keep_best(
    best: dict[int, tuple[float, list[int]]], drafts: Bits, totals: Array, sizes: Array
) -> None:
    """Largest product of mean surpluses by size, with ties, among passing drafts.

    The product is Nash's (1950), *Econometrica* 18(2), with the threshold as what no deal is worth.
    """
    products = np.maximum(totals / sizes, 0.0).prod(axis=0)
    for size in np.unique(sizes):
        here = sizes == size
        top = float(products[here].max())
        before, kept = best.get(int(size), (-1.0, []))
        if top < before * (1 - TOLERANCE):
            continue
        tied = drafts[here][products[here] >= top * (1 - TOLERANCE)].tolist()
        same = abs(top - before) <= TOLERANCE * max(top, 1.0)
        best[int(size)] = (max(top, before), kept + tied if same else tied)
