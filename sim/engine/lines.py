"""Red lines as drawn: where they are said or thought to lie, and whether they bind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Mask
from sim.engine.draws import Draws
from sim.scenario.distributions import Number
from sim.scenario.fields import Line, Wish
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class DrawnLine:
    """A side's red lines on one side of an issue, in all worlds; (worlds,) each.

    Attributes
    ----------
    upward : bool
        Whether they bar what lies above.
    at : ndarray
        Where the side really signs nothing beyond: the first line that binds, the end of the
        scale where none does.
    said : ndarray
        The line that others reckon with as long as nothing speaks against it.
    stated : ndarray or None
        The line that all know of, whether it binds or not.
    sure : bool
        Whether all of it binds for certain, in whatever world.
    """

    upward: bool
    at: Array
    said: Array
    stated: Array | None
    sure: bool


@dataclass(frozen=True)
class LineDraws:
    """Draws of the red lines of one actor or body, which share a factor.

    Attributes
    ----------
    flexible : ndarray, shape (worlds,), or None
        The factor, standard normal: high where the actor is flexible.
    firmness : float
        Correlation among its lines, in normal scores.
    """

    scenario: Scenario
    draws: Draws
    flexible: Array | None = None
    firmness: float = 0.0
    spread: float = 0.0

    def number(self, name: str, number: Number, upward: bool, path: str = "") -> Array:
        """Where a line lies, shape (worlds,)."""
        if self.flexible is None:
            return self.draws.number(name, number, self.spread, path)
        common = self.flexible, self.firmness, 1.0 if upward else -1.0
        return self.draws.correlated(name, number, self.spread, *common, path)

    def between(self, here: str, wish: Wish) -> DrawnLine | None:
        """The lines on the far side of an ideal; none where there are none."""
        if not wish.lines:
            return None
        upward = wish.upward
        free = 1.0 if upward else 0.0
        at: Array | None = None
        said: Array | None = None
        stated: Array | None = None
        sure = True
        for n, line in enumerate(reversed(wish.lines)):
            place = self._place(here, wish, len(wish.lines) - 1 - n)
            # the believed line keeps its draws when a stated one is put beside it
            stream = f"{here}.limit" if n == 0 else f"{here}.line.{line.kind}"
            point = self._misjudged(stream, line, self.number(stream, line.at, upward, place[0]))
            binds, certain = self._binds(f"{stream}.binds", line, place[1])
            sure = sure and certain
            at = np.where(binds, point, free if at is None else at)
            said = point
            stated = point if line.stated else stated
        assert at is not None
        assert said is not None
        return DrawnLine(upward, at, said, stated, sure)

    def of_bound(self, here: str, end: int, bound: Number) -> DrawnLine:
        """One of two lines around an ideal, ``limits``; the coder believes in it."""
        name = f"{here}.limits.{('low', 'high')[end]}"
        line = Line(at=bound)
        point = self.number(name, bound, end == 1, f"{here}.limits.{end}")
        point = self._misjudged(name, line, point)
        binds, sure = self._binds(f"{name}.binds", line, f"{here}.limits.{end}.binds")
        return DrawnLine(end == 1, np.where(binds, point, float(end)), point, None, sure)

    def _place(self, here: str, wish: Wish, n: int) -> tuple[str, str]:
        """Paths in the scenario of where a line lies and of whether it binds."""
        if wish.limit is not None:
            return f"{here}.limit", f"{here}.limit.binds"
        number = "" if len(wish.line) == 1 else f".{wish.line.index(wish.lines[n])}"
        return f"{here}.line{number}.at", f"{here}.line{number}.binds"

    def _binds(self, name: str, line: Line, path: str) -> tuple[Mask, bool]:
        """Where a line binds, and whether it is certain to."""
        if line.binds is None:
            chance = self.draws.judged(self.scenario.engine, f"{line.kind}_binds")
        else:
            chance = self.draws.number(f"{name}.chance", line.binds)
        common = 0.0 if self.flexible is None else self.flexible
        binds = self.draws.happens(name, chance, common, self.firmness, path)
        return binds, bool((chance >= 1.0).all())

    def _misjudged(self, name: str, line: Line, point: Array) -> Array:
        """With the coder's error, if the line is the coder's belief."""
        error = self.draws.judged(self.scenario.engine, "line_error")
        if line.stated or not np.any(error > 0.0):
            return point
        return np.clip(point + error * self.draws.normal(f"{name}.error"), 0.0, 1.0)
