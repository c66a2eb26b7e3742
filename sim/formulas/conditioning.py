"""Answers for other assumptions from worlds that are there already, by weighting them.

An input is kept as the rank of its draw, so that it is standard normal whatever its distribution,
and is the same column in every scenario that draws the same number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.arrays import Array

Codes = NDArray[np.uint8]
NARROWEST, WIDEST = 0.3, 1.0
"""Bounds of a bandwidth, in standard deviations."""
_ROT = 0.776
"""Constant of the rule of thumb for local lines and a normal kernel."""


def rank_codes(values: NDArray[np.floating], bits: int) -> Codes:
    """Which of ``2**bits`` bins with equally many worlds each value is in, shape ``(worlds,)``.

    Examples
    --------
    >>> rank_codes(np.array([0.3, 9.0, -1.0, 0.4]), 1)
    array([0, 1, 0, 1], dtype=uint8)
    """
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return (ranks * 2**bits // len(values)).astype(np.uint8)


def normal_levels(bits: int) -> Array:
    """Mean of a standard normal number within each of ``2**bits`` bins of equal probability.

    Examples
    --------
    >>> normal_levels(1).round(4)  # the square root of 2/π
    array([-0.7979,  0.7979])
    """
    ends = ndtri(np.arange(1, 2**bits) / 2**bits)
    density = np.concatenate([[0.0], np.exp(-(ends**2) / 2) / np.sqrt(2 * np.pi), [0.0]])
    levels: Array = (density[:-1] - density[1:]) * 2**bits
    return levels


def first_order_index(codes: Codes, outcome: Array) -> float:
    """Share of an outcome's variance that one input explains alone, from given data.

    Variance of the means of classes over the variance of all (Plischke 2010, "An effective
    algorithm for computing global sensitivity indices (EASI)", *Reliability Engineering & System
    Safety* 95; the correlation ratio of Pearson 1905), corrected for what chance gives (Kelley
    1935, "An unbiased correlation ratio measure", *PNAS* 21); 0 where the outcome never varies.

    Examples
    --------
    >>> first_order_index(np.array([0, 0, 1, 1], dtype=np.uint8), np.array([0.0, 0.0, 1.0, 1.0]))
    1.0
    """
    total = float(((outcome - outcome.mean()) ** 2).sum())
    counts = np.bincount(codes)
    classes = int((counts > 0).sum())
    if total == 0 or classes < 2 or len(outcome) <= classes:
        return 0.0
    means = np.bincount(codes, outcome) / np.maximum(counts, 1)
    within = float(((outcome - means[codes]) ** 2).sum())
    return max(0.0, 1.0 - within / total * (len(outcome) - 1) / (len(outcome) - classes))


def bandwidth(score: Array, outcome: Array) -> float:
    """Bandwidth of a normal kernel around a value of one input, in standard deviations.

    The rule of thumb of Fan & Gijbels (1996, *Local Polynomial Modelling and Its Applications*,
    eq. 4.3) for local lines: a fourth-degree polynomial stands in for the curve. What bends little
    is averaged widely, within :data:`NARROWEST` and :data:`WIDEST`.
    """
    inside = np.abs(score) < 2.0
    curve = np.polynomial.Polynomial.fit(score, outcome, 4)
    variance = float(((outcome - curve(score)) ** 2).sum()) / max(len(outcome) - 5, 1)
    bend = float((curve.deriv(2)(score[inside]) ** 2).sum())
    if bend <= 0 or variance <= 0:
        return WIDEST
    return float(np.clip(_ROT * (variance * 4.0 / bend) ** 0.2, NARROWEST, WIDEST))
