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


def rank_codes(values: NDArray[np.floating], bits: int) -> Codes:
    """Which of ``2**bits`` bins with equally many worlds each value is in, shape ``(worlds,)``.

    At most 8 bits; NaN is in the last bins.

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
