"""Arrays in memory: the world is the first axis of every index and the fastest one in memory.

Work along issues or parties then runs over whole columns of worlds, several times faster than over
rows of a dozen numbers. NumPy keeps the layout through arithmetic, comparisons and ``where``; it
loses it in ``stack``, ``copy()`` and indexing with a list of worlds, so those are here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Some = NDArray[np.intp] | slice
"""A choice of worlds."""
ALL = slice(None)


def full(shape: tuple[int, ...], value: Any) -> NDArray[Any]:
    """An array (worlds, ...) of one value."""
    return np.full(shape, value, order="F")


def columns(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays (worlds,) side by side, shape (worlds, n)."""
    return np.stack(arrays).T


def side_by_side(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays (worlds, ...) along a new second axis, shape (worlds, n, ...)."""
    return np.stack([a.T for a in arrays], axis=-2).T


def stacked(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays (worlds, m) along a new first axis, shape (n, worlds, m)."""
    return np.stack([a.T for a in arrays]).transpose(0, 2, 1)


def rows(array: NDArray[Any], worlds: NDArray[np.intp]) -> NDArray[Any]:
    """Some worlds of an array (worlds, ...)."""
    return np.take(array.T, worlds, axis=-1).T


def total(x: NDArray[Any]) -> NDArray[Any]:
    """Sum over the last axis, from the first to the last.

    In an order that does not hang on the layout, as NumPy's does, so that a world's bits are the
    same however many others there are.
    """
    out = np.zeros_like(x, shape=x.shape[:-1])
    for n in range(x.shape[-1]):
        out += x[..., n]
    return out


class Table(NamedTuple):
    """Worlds in which the same stage is on the table, and its issues.

    Attributes
    ----------
    worlds : ndarray of int, or slice
        The worlds; ``slice(None)`` for all of them, which copies nothing.
    issues : ndarray of int
        Columns of the issues.
    stage : int
    holds : ndarray of bool, shape (worlds of the table,)
        Worlds that are really at this stage: where most are, all are computed.
    """

    worlds: NDArray[np.intp] | slice
    issues: NDArray[np.intp]
    stage: int
    holds: NDArray[np.bool_]

    def rows(self, array: NDArray[Any]) -> NDArray[Any]:
        """The worlds of an array (worlds, ...), all other axes kept."""
        return array if isinstance(self.worlds, slice) else rows(array, self.worlds)

    def of(self, array: NDArray[Any]) -> NDArray[Any]:
        """The worlds and issues of an array (worlds, ..., issues)."""
        return self.rows(self.issues_of(array))

    def issues_of(self, array: NDArray[Any]) -> NDArray[Any]:
        """The issues of an array (..., issues), worlds already chosen."""
        return array if len(self.issues) == array.shape[-1] else array.T[self.issues].T

    def of_stack(self, array: NDArray[Any]) -> NDArray[Any]:
        """The worlds and issues of an array (n, worlds, issues)."""
        everywhere = isinstance(self.worlds, slice)
        if everywhere and len(self.issues) == array.shape[-1]:
            return array
        part = array.transpose(0, 2, 1)[:, self.issues]
        return (part if everywhere else part[:, :, self.worlds]).transpose(0, 2, 1)

    def put(self, array: NDArray[Any], values: NDArray[Any]) -> None:
        """Write ``values`` (worlds of the table, issues) into an array (worlds, issues).

        Only where the table holds: elsewhere these issues may be those of a later stage.
        """
        if isinstance(self.worlds, slice):
            array.T[self.issues] = np.where(self.holds, values.T, array.T[self.issues])
        else:
            array.T[np.ix_(self.issues, self.worlds)] = values.T

    def among(self, some: NDArray[np.intp]) -> Table:
        """The table in some of its worlds, given by their places among them."""
        worlds = some if isinstance(self.worlds, slice) else self.worlds[some]
        return self._replace(worlds=worlds, holds=self.holds[some])


EVERYWHERE = Table(ALL, np.arange(0), -1, np.ones(0, dtype=bool))
"""All worlds, and no issue in particular."""
