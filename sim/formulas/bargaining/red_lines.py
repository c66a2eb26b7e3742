"""Red lines of several parties, some of them conditional: is there common ground, and where not.

A conditional red line ("neutrality up to 0.7 if guarantees are at most 0.3") is a choice: either
its condition is met and it loosens the line, or it does not count. It never tightens. Under a given
choice every party's red lines are a box, and common ground exists where the boxes meet, so the
search over choices is exact for as many rules as scenarios have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import ClassVar, NamedTuple

import numpy as np

from sim.arrays import Array, ByWorld, Index, Mask, Some, blocks, total

TOLERANCE = 1e-9
ALL_SUBSETS_UP_TO = 7


def inside(x: Array, at_least: Array | float, at_most: Array | float) -> Mask:
    """Whether points lie within bounds, up to the last digits; shapes broadcast."""
    return np.asarray((x >= at_least - TOLERANCE) & (x <= at_most + TOLERANCE))


def loosened(side: Array, line: Array | float, upward: bool, met: Mask | bool = True) -> Array:
    """A red line, as loose as ``line`` where that is looser and its condition is met.

    Shapes broadcast; ``upward`` says whether it is an upper one.

    Examples
    --------
    >>> loosened(np.array([0.4, 0.9, 0.4]), 0.7, True, np.array([True, True, False]))
    array([0.7, 0.9, 0.4])
    """
    return np.where(met, (np.maximum if upward else np.minimum)(side, line), side)


class Moved(NamedTuple):
    """A conditional red line as it acts on a text; attributes as in :class:`Rule`.

    ``holds`` (worlds,) is false where a condition lies on an issue that is not on the table and is
    not met there.
    """

    party: int
    column: int
    line: Array
    upward: bool
    bounds: list[tuple[int, Array, Array]]
    holds: Mask

    def among(self, columns: Sequence[int]) -> Moved:
        """The same on a choice of issues, among which ``column`` is; bounds elsewhere fall away."""
        place = {int(column): n for n, column in enumerate(columns)}
        bounds = [(place[j], least, most) for j, least, most in self.bounds if j in place]
        return self._replace(column=place[self.column], bounds=bounds)

    def misjudged(self, error: Array) -> Moved:
        """The same with an error (worlds,) in its line."""
        return self._replace(line=np.clip(self.line + error, 0.0, 1.0))

    def rows(self, worlds: Some) -> Moved:
        """The same in some of the worlds."""
        bounds = [(j, least[worlds], most[worlds]) for j, least, most in self.bounds]
        return self._replace(line=self.line[worlds], bounds=bounds, holds=self.holds[worlds])


@dataclass(eq=False)
class Rule(ByWorld):
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
    axes: ClassVar[dict[str, str | None]] = {"line": "world", "bounds": "world"}

    def moved(self, rest: Sequence[Array], on_table: Mask) -> Moved:
        """The rule as it acts on a text.

        Parameters
        ----------
        rest : sequence of ndarray, shape (worlds, issues)
            What each party expects of issues that are not on the table; a rule whose condition
            lies there holds only where that meets it.
        on_table : ndarray of bool, shape (worlds, issues)
            Issues that are being settled.
        """
        holds = np.ones(len(self.line), dtype=bool)
        for issue, at_least, at_most in self.bounds:
            expected = rest[self.party][:, issue]
            holds &= on_table[:, issue] | (expected >= at_least) & (expected <= at_most)
        return Moved(self.party, self.column, self.line, self.upward, self.bounds, holds)

    def met(self, x: Array) -> Mask:
        """Whether packages (worlds, packages, issues) meet the condition."""
        met = np.ones(x.shape[:-1], dtype=bool)
        for j, at_least, at_most in self.bounds:
            met &= inside(x[..., j], at_least[:, None], at_most[:, None])
        return met


def boxes(low: Array, high: Array, moved: Sequence[Moved], assumed: Mask) -> tuple[Array, Array]:
    """Red lines with some rules in force: their lines, and their conditions as bounds.

    Parameters
    ----------
    low, high : ndarray, shape (parties, worlds, issues)
        Unconditional red lines; 0 and 1 where the party's consent is not needed, so that there
        only the conditions of its rules count.
    moved : sequence of Moved
        Conditional ones, as they act on these issues.
    assumed : ndarray of bool, shape (worlds, rules)
        Which of them are to hold.

    Returns
    -------
    low, high : ndarray, shape (parties, worlds, issues)
    """
    in_force = [
        rule._replace(holds=rule.holds & holds)
        for rule, holds in zip(moved, assumed.T, strict=True)
        if holds.any()
    ]
    return with_rules(low, high, in_force)


def with_rules(low: Array, high: Array, rules: Sequence[Moved]) -> tuple[Array, Array]:
    """Red lines (parties, worlds, issues) with rules in force where they hold."""
    low, high = low.copy(order="K"), high.copy(order="K")
    for rule in rules:
        side = (high if rule.upward else low)[rule.party, :, rule.column]
        side[:] = loosened(side, rule.line, rule.upward, rule.holds)
    # conditions last, so that no other rule loosens what a condition demands
    for rule in rules:
        for issue, at_least, at_most in rule.bounds:
            floor, ceiling = low[rule.party, :, issue], high[rule.party, :, issue]
            floor[:] = np.where(rule.holds, np.maximum(floor, at_least), floor)
            ceiling[:] = np.where(rule.holds, np.minimum(ceiling, at_most), ceiling)
    return low, high


def distance_beyond(points: Array, low: Array, high: Array) -> Array:
    """Scale units by which points lie beyond red lines, summed over the parties.

    Parameters
    ----------
    points : ndarray, shape (issues, points), or (issues, worlds, points) with 1 for all worlds
    low, high : ndarray, shape (parties, worlds, issues)
        Red lines; 0 and 1 where a party has none.

    Returns
    -------
    ndarray, shape (issues, worlds, points)
    """
    out = np.zeros((len(points), low.shape[1], points.shape[-1]))
    for beyond, grid, floors, ceilings in zip(
        out, points, low.transpose(2, 0, 1), high.transpose(2, 0, 1), strict=True
    ):
        for floor in floors[(floors > 0.0).any(axis=1)]:
            beyond += np.maximum(floor[:, None] - grid, 0.0)
        for ceiling in ceilings[(ceilings < 1.0).any(axis=1)]:
            beyond += np.maximum(grid - ceiling[:, None], 0.0)
    return out


def gaps(low: Array, high: Array, on_table: Mask | bool = True) -> Array:
    """By how much the boxes miss each other on each issue, shape (worlds, issues).

    ``on_table`` (worlds, issues) says which issues are being settled.
    """
    return np.where(on_table, np.maximum(low.max(axis=0) - high.min(axis=0), 0.0), 0.0)


def best_linkages(low: Array, high: Array, moved: Sequence[Moved], on_table: Mask) -> Mask:
    """The choice of rules under which the boxes miss each other least, in sum over issues.

    All choices are tried for up to :data:`ALL_SUBSETS_UP_TO` rules; beyond that none, all, and
    all with one or two or all but one. Parameters as in :func:`boxes` and :func:`gaps`.

    Returns
    -------
    ndarray of bool, shape (worlds, rules)
    """
    best = np.zeros((low.shape[1], len(moved)), dtype=bool)
    for worlds in alike(on_table):
        rules = [rule.rows(worlds) for rule in moved]
        best[worlds] = _best_linkages(low[:, worlds], high[:, worlds], rules, on_table[worlds])
    return best


def alike(on_table: Mask) -> list[Index]:
    """Worlds (worlds, issues) sorted by which issues are on the table there.

    So that the rules worth trying in one world do not depend on what is talked about in others.
    """
    if (on_table == on_table[:1]).all():
        return [np.arange(len(on_table))] if len(on_table) else []
    kinds, kind = np.unique(on_table, axis=0, return_inverse=True)
    return [np.flatnonzero(kind.reshape(-1) == n) for n in range(len(kinds))]


def _best_linkages(low: Array, high: Array, moved: Sequence[Moved], on_table: Mask) -> Mask:
    """The same where the same issues are on the table in all worlds."""
    best = np.zeros((low.shape[1], len(moved)), dtype=bool)
    # a rule on an issue that is not on the table brings nothing, and only these issues can change
    on = np.asarray(on_table.any(axis=0))
    useful = [n for n, rule in enumerate(moved) if on[rule.column]]
    acted_on = {moved[n].column for n in useful}
    acted_on |= {issue for n in useful for issue, _, _ in moved[n].bounds}
    columns = [column for column in sorted(acted_on) if on[column]]
    low, high = (side.transpose(0, 2, 1)[:, columns].transpose(0, 2, 1) for side in (low, high))
    rules = [moved[n].among(columns) for n in useful]
    choices = all_choices(len(rules))
    best[:, useful] = choices[0]
    # the first choice where it leaves nothing to be missed, all of them elsewhere
    first = boxes(low, high, rules, np.broadcast_to(choices[0], (len(best), len(rules))))
    for worlds in blocks(np.flatnonzero(total(gaps(*first)) > 1e-12)):
        lines = under_all_choices(low[:, worlds], high[:, worlds], [r.rows(worlds) for r in rules])
        missed = total(gaps(*lines)).reshape(len(choices), -1)
        found = (missed <= missed.min(axis=0) + 1e-12).argmax(axis=0)
        best[worlds[:, None], useful] = choices[found]
    return best


def under_all_choices(low: Array, high: Array, moved: Sequence[Moved]) -> tuple[Array, Array]:
    """Red lines under every choice of rules, one choice after the other as more worlds.

    Parameters as in :func:`boxes`; arrays of shape (parties, choices · worlds, issues).
    """
    choices, worlds = all_choices(len(moved)), low.shape[1]
    again = np.tile(np.arange(worlds), len(choices))
    low, high = (
        side.transpose(0, 2, 1).take(again, axis=2).transpose(0, 2, 1) for side in (low, high)
    )
    return boxes(low, high, [rule.rows(again) for rule in moved], choices.repeat(worlds, axis=0))


@cache
def all_choices(count: int) -> Mask:
    """The choices of :func:`subsets`, shape (choices, rules)."""
    return np.array([[n in subset for n in range(count)] for subset in subsets(count)], dtype=bool)


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
