"""Options that exclude each other: pairs of issues of which at most one is agreed above 0.

They make the set of packages non-convex, so what is best for somebody within them is found by
dropping one of each pair (a greedy repair), which is exact where no issue stands in two pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Array, Mask

Pairs = Sequence[tuple[int, int]]


def clash(x: Array, pairs: Pairs) -> Mask:
    """Whether packages (..., issues) hold both of a pair; shape (...).

    Examples
    --------
    >>> clash(np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]), [(0, 1)])
    array([ True, False])
    """
    found = np.zeros(x.shape[:-1], dtype=bool)
    for a, b in pairs:
        found |= (x[..., a] > 0.0) & (x[..., b] > 0.0)
    return found


def without_clash(x: Array, gain: Array, pairs: Pairs) -> Array:
    """Packages in which the less valued one of every pair has been dropped.

    Parameters
    ----------
    x : ndarray, shape (worlds, issues)
        Packages; not changed in place.
    gain : ndarray, shape (worlds, issues)
        What having each issue where it is, rather than at 0, is worth; infinite: never dropped.
    pairs : sequence of (int, int)
        Issues that exclude each other; of equals the first stays.

    Examples
    --------
    >>> without_clash(np.array([[1.0, 1.0]]), np.array([[0.1, 0.3]]), [(0, 1)])
    array([[0., 1.]])
    """
    x = x.copy()
    for a, b in pairs:
        both = (x[:, a] > 0.0) & (x[:, b] > 0.0)
        first_stays = gain[:, a] >= gain[:, b] - 1e-10
        x[both & first_stays, b] = 0.0
        x[both & ~first_stays, a] = 0.0
    return x


def rivals(pairs: Pairs, issue: int) -> list[int]:
    """Issues that exclude this one."""
    return [b if a == issue else a for a, b in pairs if issue in (a, b)]
