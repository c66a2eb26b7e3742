"""Computing only the worlds that still go on.

Worlds that have concluded no longer change, so when many have, every array of the model is cut to
the others, and at the end what came of them is written back. The rules of the talks know nothing
of this: an array has its world axis where its length is the number of worlds.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.engine.model import PeaceTalks

Index = NDArray[np.intp]
FEWEST = 100
"""Below so many worlds nothing is cut: there is little to gain, and an axis of so few could be one
of issues or drafting points."""


class Narrowed:
    """A model cut to some of its worlds until :meth:`undo`.

    Objects with the class attribute ``rests`` true are left alone: nothing uses them between the
    first round and the last.

    Parameters
    ----------
    model : PeaceTalks
        Changed in place.
    worlds : ndarray of int
        The worlds that stay.
    """

    rests: ClassVar[bool] = True

    def __init__(self, model: PeaceTalks, worlds: Index) -> None:
        self.model, self.size, self.worlds = model, model.worlds, worlds
        self.before: list[tuple[Any, dict[str, Any]]] = []
        self.seen: dict[int, tuple[Any, Any]] = {}
        self.chosen = model.draws.chosen
        model.tables = []  # made anew from stage and status
        self._cut(model)
        model.worlds = len(worlds)
        model.draws.choose(worlds)

    def undo(self) -> None:
        """Write the worlds back among the others."""
        self.model.tables = []
        for thing, attributes in self.before:
            for name, now in vars(thing).items():
                vars(thing)[name] = self._merged(attributes.get(name), now)
        self.model.worlds = self.size
        self.model.draws.chosen = self.chosen

    def _cut(self, value: Any) -> Any:
        """The value in the worlds that stay: a new one, or an object changed in place."""
        if id(value) in self.seen:
            return self.seen[id(value)][1]
        out: Any
        if isinstance(value, np.ndarray):
            out = self._cut_array(value)
        elif isinstance(value, dict):
            # a copy even of an empty one, which may be added to
            out = {key: self._cut(v) for key, v in value.items()}
        elif isinstance(value, (list, tuple)):
            out = _like(value, [self._cut(v) for v in value])
        elif is_dataclass(value) and not isinstance(value, type):
            out = replace(
                value, **{f.name: self._cut(getattr(value, f.name)) for f in fields(value)}
            )
        elif _is_ours(value):
            self.seen[id(value)] = (value, value)
            before = dict(vars(value))
            self.before.append((value, before))
            vars(value).update({name: self._cut(v) for name, v in before.items()})
            return value
        else:
            return value
        self.seen[id(value)] = (value, out)  # keeps the value alive, so that ids stay unique
        return out

    def _cut_array(self, value: NDArray[Any]) -> NDArray[Any]:
        axis = self._axis(value.shape)
        if axis is None:
            return value
        # in the order of memory, so that worlds stay next to each other there
        order = sorted(range(value.ndim), key=lambda n: -value.strides[n])
        cut = value.transpose(order).take(self.worlds, axis=order.index(axis))
        return cut.transpose(np.argsort(order))

    def _axis(self, shape: tuple[int, ...]) -> int | None:
        axes = [n for n, length in enumerate(shape) if length == self.size]
        if len(axes) > 1:
            raise ValueError(f"an array of shape {shape} has more than one axis of {self.size}")
        return axes[0] if axes else None

    def _merged(self, before: Any, now: Any) -> Any:
        """What is now in the worlds that stayed, and was before in the others."""
        if isinstance(now, np.ndarray):
            return self._merged_array(before, now)
        if isinstance(now, dict):
            old = before if isinstance(before, dict) else {}
            return {key: self._merged(old.get(key), v) for key, v in now.items()}
        if isinstance(now, (list, tuple)):
            same = isinstance(before, (list, tuple)) and len(before) == len(now)
            olds = before if same else [None] * len(now)
            return _like(now, [self._merged(old, v) for old, v in zip(olds, now, strict=True)])
        if is_dataclass(now) and not isinstance(now, type):
            return before  # rules and shifts, which do not change
        return now

    def _merged_array(self, before: Any, now: NDArray[Any]) -> NDArray[Any]:
        if isinstance(before, np.ndarray) and before.ndim == now.ndim:
            axis = self._axis(before.shape)
            if axis is None:
                return now
            out = before.astype(np.result_type(before, now), order="K", copy=True)
        else:
            axes = [n for n, length in enumerate(now.shape) if length == len(self.worlds)]
            if not axes:
                return now
            axis = axes[0]
            shape = (*now.shape[:axis], self.size, *now.shape[axis + 1 :])
            nothing = np.nan if now.dtype.kind == "f" else 0
            out = np.full(shape, nothing, dtype=now.dtype, order="F")
        out[(slice(None),) * axis + (self.worlds,)] = now
        return out


def _is_ours(value: Any) -> bool:
    kind = type(value)
    ours = kind.__module__.startswith("sim.") and not kind.__module__.startswith("sim.scenario")
    return ours and hasattr(value, "__dict__") and not getattr(kind, "rests", False)


def _like(old: Any, parts: list[Any]) -> Any:
    """A list, tuple or named tuple of new parts."""
    return type(old)(*parts) if hasattr(old, "_fields") else type(old)(parts)
