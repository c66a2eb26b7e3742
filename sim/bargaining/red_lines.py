"""Red lines of several parties, some of them conditional: is there common ground, and where not.

A conditional red line ("neutrality up to 0.7 if guarantees are at most 0.3") is a choice: either
its condition is met and it loosens the line, or it does not count. It never tightens. Under a given
choice every party's red lines are a box, and common ground exists where the boxes meet, so the
search over choices is exact for as many rules as scenarios have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
TOLERANCE = 1e-9
ALL_SUBSETS_UP_TO = 7


@dataclass(frozen=True)
class Rule:
    """A conditional red line in all worlds.

    Attributes
    ----------
    party : int
        Whose it is, as an index.
    column : int
        The issue whose red line it moves.
    line : ndarray, shape (worlds,)
        Where to, while the condition is met.
    upward : bool
        Whether the red line is an upper one.
    bounds : list of (int, ndarray, ndarray)
        The condition: issue, at least, at most; arrays (worlds,).
    """

    party: int
    column: int
    line: Array
    upward: bool
    bounds: list[tuple[int, Array, Array]]

    def at(self, worlds: NDArray[np.intp]) -> Rule:
        """The rule in some of the worlds."""
        bounds = [(j, least[worlds], most[worlds]) for j, least, most in self.bounds]
        return Rule(self.party, self.column, self.line[worlds], self.upward, bounds)

    def met(self, x: Array) -> Mask:
        """Whether packages (worlds, packages, issues) meet the condition."""
        met = np.ones(x.shape[:-1], dtype=bool)
        for j, at_least, at_most in self.bounds:
            met &= x[..., j] >= at_least[:, None] - TOLERANCE
            met &= x[..., j] <= at_most[:, None] + TOLERANCE
        return met


def boxes(
    low: Array,
    high: Array,
    rules: Sequence[Rule],
    assumed: Mask,
    rest: Array,
    on_table: Mask,
    error: Array | None = None,
) -> tuple[Array, Array]:
    """Red lines with some rules in force: their lines, and their conditions as bounds.

    Parameters
    ----------
    low, high : ndarray, shape (parties, worlds, issues)
        Unconditional red lines; 0 and 1 where the party's consent is not needed, so that there
        only the conditions of its rules count.
    rules : sequence of Rule
        Conditional ones.
    assumed : ndarray of bool, shape (worlds, rules)
        Which of them are to hold.
    rest : ndarray, shape (parties, worlds, issues)
        What each party expects of issues that are not on the table; a rule whose condition lies
        there holds only where that meets it.
    on_table : ndarray of bool, shape (worlds, issues)
        Issues that are being settled.
    error : ndarray, shape (parties, worlds, issues), optional
        Misjudgement of red lines, added to the rules' lines.

    Returns
    -------
    low, high : ndarray, shape (parties, worlds, issues)
    """
    low, high = low.copy(order="K"), high.copy(order="K")
    in_force = []
    for number, rule in enumerate(rules):
        holds = assumed[:, number]
        if not holds.any():
            continue
        k = rule.party
        for issue, at_least, at_most in rule.bounds:
            expected = rest[k, :, issue]
            settled = (expected >= at_least) & (expected <= at_most)
            holds = holds & (on_table[:, issue] | settled)
        line = rule.line
        if error is not None:
            line = np.clip(line + error[k, :, rule.column], 0.0, 1.0)
        side, looser = (high, np.maximum) if rule.upward else (low, np.minimum)
        before = side[k, :, rule.column]
        side[k, :, rule.column] = np.where(holds, looser(before, line), before)
        in_force.append((rule, holds))
    # conditions last, so that no other rule loosens what a condition demands
    for rule, holds in in_force:
        k = rule.party
        for issue, at_least, at_most in rule.bounds:
            floor, ceiling = low[k, :, issue], high[k, :, issue]
            low[k, :, issue] = np.where(holds, np.maximum(floor, at_least), floor)
            high[k, :, issue] = np.where(holds, np.minimum(ceiling, at_most), ceiling)
    return low, high


def gaps(low: Array, high: Array, on_table: Mask) -> Array:
    """By how much the boxes miss each other on each issue, shape (worlds, issues).

    ``on_table`` (worlds, issues) says which issues are being settled.
    """
    return np.where(on_table, np.maximum(low.max(axis=0) - high.min(axis=0), 0.0), 0.0)


def best_linkages(
    low: Array,
    high: Array,
    rules: Sequence[Rule],
    rest: Array,
    on_table: Mask,
    error: Array | None = None,
) -> Mask:
    """The choice of rules under which the boxes miss each other least, in sum over issues.

    All choices are tried for up to :data:`ALL_SUBSETS_UP_TO` rules; beyond that none, all, and
    all with one or two or all but one. Parameters as in :func:`boxes` and :func:`gaps`.

    Returns
    -------
    ndarray of bool, shape (worlds, rules)
    """
    worlds = low.shape[1]
    best = np.zeros((worlds, len(rules)), dtype=bool)
    least = np.full(worlds, np.inf)
    for subset in subsets(len(rules)):
        assumed = np.zeros(len(rules), dtype=bool)
        assumed[list(subset)] = True
        choice = np.broadcast_to(assumed, best.shape)
        box = boxes(low, high, rules, choice, rest, on_table, error)
        missed = gaps(*box, on_table).sum(axis=1)
        better = missed < least - 1e-12
        best[better], least[better] = assumed, missed[better]
        if not least.any():
            break
    return best


def subsets(count: int) -> Iterator[tuple[int, ...]]:
    """Choices of rules to try, as in :func:`best_linkages`."""
    if count <= ALL_SUBSETS_UP_TO:
        sizes = range(count + 1)
    else:
        yield tuple(range(count))
        sizes = range(3)
    for size in sizes:
        yield from combinations(range(count), size)
    if count > ALL_SUBSETS_UP_TO:
        yield from combinations(range(count), count - 1)
