"""Packages that nobody signs: with options that exclude each other, or without any article."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.arrays import EVERYWHERE, Array, Mask, Table
from sim.engine.state import Talks
from sim.formulas.bargaining.conflicts import clash, rivals, without_clash

Loss = Callable[[Array], Array]
"""A party's loss per issue, packages (worlds, issues) to the same shape."""


class Exclusions:
    """A scenario's ``conflicts``, and that an agreement of ``articles`` holds one at least.

    Attributes
    ----------
    pairs : list of (int, int)
        Columns of issues of which at most one is agreed above 0, in the order of the issues.
    articles : list of int
        Columns of the articles; empty where the scenario is not made of articles.
    """

    def __init__(self, talks: Talks) -> None:
        self.talks = talks
        column = {issue: n for n, issue in enumerate(talks.issues)}
        found = {(column[a], column[b]) for a, b in talks.spec.conflicts}
        self.pairs = sorted({(min(pair), max(pair)) for pair in found})
        block = talks.spec.articles
        self.articles = [column[i] for i in block.issues] if block else []

    @classmethod
    def of(cls, talks: Talks) -> Exclusions | None:
        """None where the scenario excludes nothing, so that nothing is computed."""
        exclusions = cls(talks)
        return exclusions if exclusions.pairs or exclusions.articles else None

    def allow(self, x: Array, table: Table = EVERYWHERE) -> Mask:
        """Whether packages (worlds of the table, packages, all issues) may be signed.

        What has been signed at an earlier stage counts; later stages do not.
        """
        talks = self.talks
        signed = table.rows(np.where(talks.is_fixed, talks.agreed, 0.0))[:, None]
        there = np.where(table.rows(talks.on_table)[:, None], x, signed)
        allowed = ~clash(there, self.pairs)
        if self.articles:
            allowed &= (there[..., self.articles] > 0.0).any(axis=-1)
        return allowed

    def repaired(self, x: Array, loss: Loss) -> Array:
        """Packages (worlds, issues) without the one of each pair that a party values less."""
        return self._repaired(x, loss(np.zeros_like(x)) - loss(x))

    def repaired_text(self, x: Array, published: Mask, losses: Sequence[Loss]) -> Array:
        """The same for a text: what the published plan names stays, then what is worth most."""
        value = np.mean([loss(np.zeros_like(x)) - loss(x) for loss in losses], 0)
        return self._repaired(x, value + published)

    def _repaired(self, x: Array, gain: Array) -> Array:
        talks = self.talks
        there = np.where(talks.is_fixed, talks.agreed, x)
        return without_clash(there, np.where(talks.is_fixed, np.inf, gain), self.pairs)

    def given_up(self, nearest: Array, loss: Loss) -> Mask:
        """Options that a party does without even at its best, shape (worlds, issues).

        It would like them, but likes a rival more, or a rival has been signed. ``nearest`` are the
        listed points nearest to its ideal.
        """
        return np.asarray(self.repaired(nearest, loss) != nearest) & ~self.talks.is_fixed

    def barred(self) -> Mask:
        """Issues that what has been signed at earlier stages excludes, shape (worlds, issues)."""
        talks = self.talks
        signed = talks.is_fixed & (np.nan_to_num(talks.agreed) > 0.0)
        out = np.zeros_like(signed)
        for issue in {column for pair in self.pairs for column in pair}:
            out[:, issue] = signed[:, rivals(self.pairs, issue)].any(axis=1)
        return out & ~talks.is_fixed

    def pairs_among(self, issues: NDArray[np.intp]) -> list[tuple[int, int]]:
        """Pairs within a choice of issues, as places in that choice."""
        place = {int(column): n for n, column in enumerate(issues)}
        return [(place[a], place[b]) for a, b in self.pairs if a in place and b in place]
