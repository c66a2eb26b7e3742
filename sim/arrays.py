"""Arrays in memory: the world is the first axis of every index and the fastest one in memory.

Work along issues or parties then runs over whole columns of worlds, several times faster than over
rows of a dozen numbers. NumPy keeps the layout through arithmetic, comparisons and ``where``; it
loses it in ``stack``, ``copy()`` and indexing with a list of worlds, so those are here.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[np.intp]
Some = Index | slice
"""A choice of worlds."""
ALL = slice(None)
FEW = 32
"""Sums up to which running sums are faster than adding term by term."""
BLOCK = 256
"""Worlds in which tables of many points are worked out at once: as many as fit in cache."""


def blocks(worlds: Index, size: int = BLOCK) -> Iterator[Index]:
    """Some worlds, a block at a time."""
    return (worlds[n : n + size] for n in range(0, len(worlds), size))


def full(shape: tuple[int, ...], value: Any) -> NDArray[Any]:
    """An array (worlds, ...) of one value."""
    return np.full(shape, value, order="F")


def columns(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays (worlds,) side by side, shape (worlds, n)."""
    return np.array(arrays).T  # faster than `stack` for a few arrays


def side_by_side(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays (worlds, ...) along a new second axis, shape (worlds, n, ...)."""
    return np.stack([a.T for a in arrays], axis=-2).T


def stacked(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays (worlds, m) along a new first axis, shape (n, worlds, m)."""
    return np.array([a.T for a in arrays]).transpose(0, 2, 1)


def rows(array: NDArray[Any], worlds: NDArray[np.intp]) -> NDArray[Any]:
    """Some worlds of an array (worlds, ...)."""
    return array.T.take(worlds, axis=-1).T


def clipped(x: Array, low: Array | float, high: Array | float) -> Array:
    """As ``numpy.clip``, which takes twice as long for the arrays of a round."""
    return np.asarray(np.minimum(np.maximum(x, low), high))


def places_in_order(keys: Array) -> Index:
    """Where in memory the entries of each column of ``keys`` (n, worlds) lie, the least first.

    Equal ones stay in their order. For ``take`` from C-contiguous arrays of the same shape.
    """
    rows = np.ascontiguousarray(keys.T)  # sorting along memory is faster
    order = np.ascontiguousarray(rows.argsort(axis=1, kind="stable").T)
    return np.asarray(order * len(rows) + np.arange(len(rows)))


def total(x: NDArray[Any]) -> NDArray[Any]:
    """Sum over the last axis, from the first to the last.

    In an order that does not hang on the layout, as NumPy's does, so that a world's bits are the
    same however many others there are.
    """
    columns = x.T
    if columns.flags.c_contiguous and columns.size > len(columns):
        return np.asarray(np.add.reduce(columns, axis=0).T)  # whole columns, one after the other
    if 0 < x.size <= FEW * x.shape[-1]:
        return np.asarray(np.add.accumulate(x, axis=-1)[..., -1] + 0.0)
    out = np.zeros_like(x, shape=x.shape[:-1])
    for n in range(x.shape[-1]):
        out += x[..., n]
    return out


class ByWorld:
    """What holds arrays by world, and says where their world axis is.

    Attributes
    ----------
    axes : dict of str to str or None
        Attribute → names of its axes, as in ``{"offer": "world issue"}``; without ``world`` among
        them it is the same in all worlds. The attribute is an array, ``None``, or lists, tuples and
        dicts of such arrays. ``None`` as axes: made anew whenever worlds have been chosen, or not
        used until all worlds are there again. A subclass adds to those of its base.
    parts : tuple of str
        Attributes that are, or are lists of, other such objects and belong to this one.
    """

    axes: ClassVar[dict[str, str | None]] = {}
    parts: ClassVar[tuple[str, ...]] = ()
    #: rows that a world has on the world axis: those of all worlds for the first thing that was
    #: joined, then for the second, …
    joined = 1

    def __init_subclass__(cls, **keys: Any) -> None:
        super().__init_subclass__(**keys)
        bases = [base for base in cls.__mro__ if issubclass(base, ByWorld)][::-1]
        cls.axes = {k: v for base in bases for k, v in vars(base).get("axes", {}).items()}
        cls.parts = tuple(dict.fromkeys(p for base in bases for p in vars(base).get("parts", ())))

    def family(self) -> list[ByWorld]:
        """This object and all that belongs to it."""
        out: list[ByWorld] = [self]
        for name in self.parts:
            part = vars(self).get(name)
            for one in part if isinstance(part, list) else [part]:
                out += one.family() if isinstance(one, ByWorld) else []
        return out

    def world_axis(self, name: str) -> int | None:
        """Which axis of an attribute's arrays is that of the worlds; None where there is none."""
        names = (self.axes[name] or "").split()
        return names.index("world") if "world" in names else None

    def take(self, worlds: NDArray[np.intp], cut: dict[int, Any]) -> dict[str, Any]:
        """Keep some worlds only; what was there before, for :meth:`put_back`.

        ``cut`` remembers arrays that are already cut, so that those shared stay shared.
        """
        before = {}
        for name, value in vars(self).items():
            axis = self.world_axis(name) if name in self.axes else None
            if axis is not None:
                before[name] = value
                vars(self)[name] = _taken(value, axis, worlds, cut)
        return before

    def put_back(self, worlds: NDArray[np.intp], size: int, before: dict[str, Any]) -> None:
        """Write what has become of the worlds that were kept back among all ``size``."""
        for name, value in vars(self).items():
            axis = self.world_axis(name) if name in self.axes else None
            if axis is not None:
                vars(self)[name] = _merged(before.get(name), value, axis, worlds, size)

    def join(self, others: Sequence[ByWorld], same: dict[tuple[int, ...], Any]) -> None:
        """Take in others of the same make: on the world axis their rows come behind its own.

        ``same`` remembers what has been joined, so that arrays that are shared stay shared.
        """
        self.joined = 1 + len(others)
        for name, value in vars(self).items():
            axis = self.world_axis(name) if name in self.axes else None
            if axis is not None:
                theirs = [vars(other)[name] for other in others]
                vars(self)[name] = _joined([value, *theirs], axis, same)

    def undeclared(self, known: Container[int]) -> list[str]:
        """Attributes that hold arrays without saying what their axes are.

        ``known`` has the ids of the objects that are seen to anyway.
        """
        named = {*self.axes, *self.parts}
        return [n for n, v in vars(self).items() if n not in named and _holds_arrays(v, known)]


def _taken(value: Any, axis: int, worlds: NDArray[np.intp], cut: dict[int, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _taken(v, axis, worlds, cut) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_taken(v, axis, worlds, cut) for v in value)
    if not isinstance(value, np.ndarray):
        return value
    if id(value) not in cut:
        # in the order of memory, so that worlds stay next to each other there
        order = sorted(range(value.ndim), key=lambda n: -value.strides[n])
        part = value.transpose(order).take(worlds, axis=order.index(axis))
        # with the old one, which stays alive so that no other gets its id
        cut[id(value)] = part.transpose(np.argsort(order)), value
    return cut[id(value)][0]


def _joined(values: list[Any], axis: int, same: dict[tuple[int, ...], Any]) -> Any:
    first = values[0]
    if isinstance(first, dict):
        return {key: _joined([v[key] for v in values], axis, same) for key in first}
    if isinstance(first, (list, tuple)):
        return type(first)(_joined(list(v), axis, same) for v in zip(*values, strict=True))
    if not isinstance(first, np.ndarray):
        return first
    ids = tuple(map(id, values))
    if ids not in same:
        same[ids] = np.concatenate(values, axis=axis), values
    return same[ids][0]


def _merged(before: Any, now: Any, axis: int, worlds: NDArray[np.intp], size: int) -> Any:
    """What is now in some worlds and was before in the others; nothing where nothing was."""
    if isinstance(now, dict):
        old = before if isinstance(before, dict) else {}
        return {key: _merged(old.get(key), v, axis, worlds, size) for key, v in now.items()}
    if isinstance(now, (list, tuple)):
        same = isinstance(before, (list, tuple)) and len(before) == len(now)
        olds = before if same else [None] * len(now)
        parts = zip(olds, now, strict=True)
        return type(now)(_merged(old, v, axis, worlds, size) for old, v in parts)
    if not isinstance(now, np.ndarray):
        return now
    if isinstance(before, np.ndarray):
        out = before.astype(np.result_type(before, now), order="K", copy=True)
    else:
        shape = (*now.shape[:axis], size, *now.shape[axis + 1 :])
        out = np.full(shape, np.nan if now.dtype.kind == "f" else 0, dtype=now.dtype, order="F")
    out[(slice(None),) * axis + (worlds,)] = now
    return out


def _holds_arrays(value: Any, known: Container[int], depth: int = 2) -> bool:
    """Whether there are arrays in a value, in its containers, or in objects in them."""
    if isinstance(value, np.ndarray):
        return True
    if isinstance(value, ByWorld):
        return id(value) not in known
    if isinstance(value, dict):
        return any(_holds_arrays(v, known, depth) for v in value.values())
    if isinstance(value, (list, tuple, set)):
        return any(_holds_arrays(v, known, depth) for v in value)
    inside = vars(value).values() if depth and hasattr(value, "__dict__") else ()
    return any(_holds_arrays(v, known, depth - 1) for v in inside)


class Table(NamedTuple):
    """Worlds in which the same stage is on the table, and its issues.

    Attributes
    ----------
    worlds : ndarray of int, or slice
        The worlds; ``slice(None)`` for all of them, which copies nothing.
    issues : ndarray of int
        Columns of the issues.
    stage : int
        −1 where the issues are not those of one.
    holds : ndarray of bool, shape (worlds of the table,)
        Worlds that are really at this stage: where most are, all are computed.
    places : ndarray of int, or slice
        The columns as a slice where they are evenly spaced, which copies nothing.
    """

    worlds: NDArray[np.intp] | slice
    issues: NDArray[np.intp]
    stage: int
    holds: NDArray[np.bool_]
    places: Index | slice

    def rows(self, array: NDArray[Any]) -> NDArray[Any]:
        """The worlds of an array (worlds, ...), all other axes kept."""
        return array if isinstance(self.worlds, slice) else rows(array, self.worlds)

    def of(self, array: NDArray[Any]) -> NDArray[Any]:
        """The worlds and issues of an array (worlds, ..., issues)."""
        return self.rows(self.issues_of(array))

    def issues_of(self, array: NDArray[Any]) -> NDArray[Any]:
        """The issues of an array (..., issues), worlds already chosen."""
        return array if len(self.issues) == array.shape[-1] else array.T[self.places].T

    def of_stack(self, array: NDArray[Any]) -> NDArray[Any]:
        """The worlds and issues of an array (n, worlds, issues)."""
        everywhere = isinstance(self.worlds, slice)
        if everywhere and len(self.issues) == array.shape[-1]:
            return array
        part = array.transpose(0, 2, 1)[:, self.places]
        return (part if everywhere else part[:, :, self.worlds]).transpose(0, 2, 1)

    def put(self, array: NDArray[Any], values: NDArray[Any]) -> None:
        """Write ``values`` (worlds of the table, issues) into an array (worlds, issues).

        Only where the table holds: elsewhere these issues may be those of a later stage.
        """
        if isinstance(self.worlds, slice):
            array.T[self.places] = np.where(self.holds, values.T, array.T[self.places])
        elif isinstance(self.places, slice):
            array.T[self.places, self.worlds] = values.T
        else:
            array.T[np.ix_(self.issues, self.worlds)] = values.T

    def among(self, some: NDArray[np.intp]) -> Table:
        """The table in some of its worlds, given by their places among them."""
        worlds = some if isinstance(self.worlds, slice) else self.worlds[some]
        return self._replace(worlds=worlds, holds=self.holds[some])


def evenly_spaced(places: Index) -> Index | slice:
    """Rising places as a slice where there is one for them."""
    if not len(places):
        return places
    steps = set(np.diff(places).tolist()) or {1}
    if len(steps) > 1:
        return places
    return slice(int(places[0]), int(places[-1]) + 1, steps.pop())


EVERYWHERE = Table(ALL, np.arange(0), -1, np.ones(0, dtype=bool), np.arange(0))
"""All worlds, and no issue in particular."""
