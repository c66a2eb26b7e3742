"""All packages of a discrete issue space, and what they are worth, without a Python loop over them.

Packages are numbered as by :func:`itertools.product`: the last issue varies fastest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.arrays import Array, Index, Mask


def package_count(sizes: Sequence[int]) -> int:
    """Number of packages of issues with so many options each (exact, of any size)."""
    return math.prod(sizes)


def sums_over_issues(tables: Sequence[Array]) -> Array:
    """One sum per package, of one term per issue.

    Parameters
    ----------
    tables : sequence of ndarray, shape (..., options)
        One table per issue; the leading axes are the same in all.

    Returns
    -------
    ndarray, shape (..., packages)
        The terms are added from the first issue to the last.
    """
    total = tables[0]
    for table in tables[1:]:
        total = total[..., :, None] + table[..., None, :]
        total = total.reshape(*total.shape[:-2], -1)
    return total


def additive_utilities(tables: Sequence[Array]) -> Array:
    """Utility of every package where utility is a sum over issues.

    Parameters
    ----------
    tables : sequence of ndarray, shape (options, parties)
        One table per issue: what each option adds to each party's utility, weights included.

    Returns
    -------
    ndarray, shape (packages, parties)
        Each party's column is contiguous in memory.

    Examples
    --------
    >>> additive_utilities([np.array([[0.0], [1.0]]), np.array([[0.25], [0.5]])])[:, 0]
    array([0.25, 0.5 , 1.25, 1.5 ])
    """
    return sums_over_issues([np.ascontiguousarray(table.T) for table in tables]).T


def options_of(packages: Index, sizes: Sequence[int]) -> Index:
    """Option of each issue in packages given by number: shape (packages, issues)."""
    return np.stack(np.unravel_index(packages, tuple(sizes)), axis=-1)


def combinations_where(masks: Sequence[Mask]) -> Mask:
    """Packages whose option is allowed on every issue, shape (packages,).

    ``masks`` holds one array (options,) per issue.
    """
    inside = np.ones(1, dtype=bool)
    for mask in masks:
        inside = (inside[:, None] & mask[None, :]).ravel()
    return inside
