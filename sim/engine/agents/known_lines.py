"""What the others know of an actor's red lines: what it has refused, and what it has let pass."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.arrays import Array, ByWorld, Mask
from sim.formulas.bargaining.red_lines import TOLERANCE


class KnownLines(ByWorld):
    """Bounds on an actor's red lines that follow from its answers.

    Who refuses a text says on which issues it could not sign it. That tells the others that the
    line lies short of that point, not where: they look for it a step nearer each time.

    Attributes
    ----------
    columns : ndarray of int, shape (lines,)
        Issues on which it has a line: lower ones first, then upper ones.
    sign : ndarray, shape (lines, 1)
        −1 for lower lines, +1 for upper ones. Points below are times this, so that more is
        farther from what the actor wants.
    passed : ndarray, shape (lines, worlds)
        Farthest point against which it has had no objection; at first its opening position.
    refused : ndarray, shape (lines, worlds)
        Nearest point that it could not sign; infinite where there is none.
    stated : ndarray, shape (lines, worlds)
        Line that it has stated and not passed itself; infinite where there is none.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("passed", "refused", "stated", "_thought"), "line world"),
        "_lines": None,
        "columns": "line",
        "sign": "line one",
    }

    def __init__(
        self, opening: Array, low: Array, high: Array, stated: tuple[Array, Array], consent: Mask
    ) -> None:
        lower = np.flatnonzero(((low > 0.0) | (stated[0] > 0.0)).any(axis=0) & consent)
        upper = np.flatnonzero(((high < 1.0) | (stated[1] < 1.0)).any(axis=0) & consent)
        self.lower = len(lower)
        self.columns = np.concatenate([lower, upper])
        self.sign = np.repeat([-1.0, 1.0], [len(lower), len(upper)])[:, None]
        self.passed = self.sign * opening.T[self.columns]
        self.refused = np.full(self.passed.shape, np.inf)
        #: stated lines, known from the first day; infinite where there is none
        said = np.concatenate([-stated[0].T[lower], stated[1].T[upper]])
        ends = np.repeat([0.0, 1.0], [len(lower), len(upper)])[:, None]
        self.stated = np.where(said == ends, np.inf, said)
        #: where each line is thought to be, until something new is known
        self._thought: Array | None = None
        #: the red lines that have answered last, and those of the columns
        self._lines = (low[:0], high[:0]), self.sign

    def hear(self, proposals: Array, low: Array, high: Array, where: Mask) -> None:
        """Proposals (n, worlds, issues) are answered by the red lines as they are, in some worlds.

        ``low`` and ``high`` are (worlds, issues).
        """
        if not len(self.columns):
            return
        of, lines = self._lines
        if of[0] is not low or of[1] is not high:
            lower, upper = self.columns[: self.lower], self.columns[self.lower :]
            lines = np.concatenate([-low.T[lower], high.T[upper]])
            self._lines = (low, high), lines
        self._thought = None
        points = self.sign * proposals.transpose(0, 2, 1)[:, self.columns]
        beyond = points > lines + TOLERANCE
        refused = np.where(beyond & where, points, np.inf).min(axis=0, initial=np.inf)
        passed = np.where(beyond | ~where, -np.inf, points).max(axis=0, initial=-np.inf)
        self.refused = np.minimum(self.refused, refused)
        self.passed = np.maximum(self.passed, passed)

    def offer(self, own: Array) -> None:
        """Its own offer (worlds, issues): a stated line that it has passed itself is none."""
        if np.isfinite(self.stated).any():
            point, self._thought = self.sign * own.T[self.columns], None
            self.stated = np.where(point > self.stated + TOLERANCE, np.inf, self.stated)

    def bar(self, wanted: Array, step: float) -> None:
        """Move what somebody wants (worlds, issues) to what the actor is thought able to sign."""
        if self._thought is None:
            self._thought = np.maximum(self.passed, np.minimum(self.refused - step, self.stated))
        thought = self._thought
        lower, upper = self.columns[: self.lower], self.columns[self.lower :]
        wanted.T[lower] = np.maximum(wanted.T[lower], -thought[: self.lower])
        wanted.T[upper] = np.minimum(wanted.T[upper], thought[self.lower :])
