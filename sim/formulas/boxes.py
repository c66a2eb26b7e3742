"""Rules of a few conditions under which something happens: scenario discovery on given worlds.

Two searches that err in different ways: PRIM peels a box from all worlds (Friedman & Fisher 1999,
"Bump hunting in high-dimensional data", *Statistics and Computing* 9:123–143; for scenarios Bryant
& Lempert 2010, *Technological Forecasting & Social Change* 77:34–49), a classification tree cuts
the worlds in two again and again (Breiman et al. 1984, *Classification and Regression Trees*).
Both are held to at most three inputs, so that their boxes can be said in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Mask

MOST, PEEL, SMALLEST = 3, 0.05, 0.05
"""Inputs in a rule, share of the worlds peeled at a time, share below which a box is not cut."""
ADDS = 0.05
"""Share of a rule's accuracy that each of its bounds adds at the least."""


class Condition(NamedTuple):
    """An input within bounds, both included; infinite where there is none."""

    input: int
    low: float
    high: float


Box = tuple[Condition, ...]


class Fit(NamedTuple):
    """How a rule does on some worlds.

    Attributes
    ----------
    coverage : float
        Share of all cases that lie in the box.
    density : float
        Share of the worlds in the box that are cases.
    outside : float
        Share of the other worlds that are cases.
    mass : float
        Share of the worlds that lie in the box.
    """

    coverage: float
    density: float
    outside: float
    mass: float

    @property
    def accuracy(self) -> float:
        """Weighted relative accuracy, mass · (density − share of cases overall).

        The trade-off of coverage against density (Lavrač, Flach & Zupan 1999, "Rule evaluation
        measures", *Inductive Logic Programming*); 0 for a rule that says nothing.
        """
        overall = self.mass * self.density + (1 - self.mass) * self.outside
        return self.mass * (self.density - overall)


def inside(box: Box, x: NDArray[Any]) -> Mask:
    """Worlds that meet all conditions, shape (worlds,); NaN meets none."""
    met = np.ones(len(x), dtype=bool)
    for number, low, high in box:
        met &= (x[:, number] >= low) & (x[:, number] <= high)
    return met


def fit(box: Box, x: NDArray[Any], case: Mask) -> Fit:
    """Coverage and density of a rule on worlds x (worlds, inputs)."""
    met = inside(box, x)
    cases, within = int(case.sum()), int(met.sum())
    hits = int((met & case).sum())
    rest = len(case) - within
    return Fit(
        hits / cases if cases else 0.0,
        hits / within if within else 0.0,
        (cases - hits) / rest if rest else 0.0,
        within / len(case),
    )


def prim(x: NDArray[Any], case: Mask) -> list[Box]:
    """The boxes of one peeling trajectory, from all worlds to the smallest.

    At each step the slice of about 5 % at either end of some input goes whose removal raises the
    share of cases in the box most, per world removed ("lenient" in Kwakkel & Jaxa-Rozen 2016); once
    three inputs have been cut, only these are.
    """
    kept, bounds = np.ones(len(case), dtype=bool), dict[int, tuple[float, float]]()
    boxes: list[Box] = []
    while kept.sum() > SMALLEST * len(case):
        density, best = case[kept].mean(), (0.0, -1, 0.0, 0.0)
        allowed = bounds if len(bounds) == MOST else range(x.shape[1])
        for number in allowed:
            for low, high in _peels(x[kept, number]):
                left = kept & (x[:, number] >= low) & (x[:, number] <= high)
                size = int(left.sum())
                if size < SMALLEST * len(case) or size == kept.sum():
                    continue
                gain = (case[left].mean() - density) / (kept.sum() - size)
                if gain > best[0]:
                    best = (gain, number, low, high)
        gain, number, low, high = best
        if number < 0:
            break
        kept &= (x[:, number] >= low) & (x[:, number] <= high)
        before = bounds.get(number, (-np.inf, np.inf))
        bounds[number] = (max(before[0], low), min(before[1], high))
        boxes.append(_box(bounds))
    return boxes


def _peels(values: NDArray[Any]) -> Iterator[tuple[float, float]]:
    """What is left of an input when a little of its low or of its high end goes.

    Whole values go where many worlds share one, as of an input that is yes or no.
    """
    values = np.sort(values[np.isfinite(values)])
    if not len(values) or values[0] == values[-1]:
        return
    step = max(1, int(PEEL * len(values)))
    above = values[np.searchsorted(values, values[step - 1], side="right") :]
    below = values[: np.searchsorted(values, values[-step], side="left")]
    if len(above):
        yield float(above[0]), np.inf
    if len(below):
        yield -np.inf, float(below[-1])


def tree(x: NDArray[Any], case: Mask, depth: int = MOST, cuts: int = 19) -> list[Box]:
    """The leaves of a tree that splits by Gini's impurity at quantiles."""
    leaves: list[Box] = []

    def grow(kept: Mask, bounds: dict[int, tuple[float, float]], left: int) -> None:
        split = _split(x, case, kept, cuts) if left else None
        if split is None:
            if bounds:
                leaves.append(_box(bounds))
            return
        number, at = split
        low, high = bounds.get(number, (-np.inf, np.inf))
        lower = x[:, number] <= at
        after = x[kept & ~lower, number].min()
        grow(kept & lower, bounds | {number: (low, min(high, at))}, left - 1)
        grow(kept & ~lower, bounds | {number: (max(low, float(after)), high)}, left - 1)

    grow(np.isfinite(x).all(axis=1), {}, depth)
    return leaves


def _split(x: NDArray[Any], case: Mask, kept: Mask, cuts: int) -> tuple[int, float] | None:
    """Input and point of the split that leaves least impurity; None where none is worth it."""
    values, cases = x[kept], case[kept].astype(np.float64)
    worlds, least = len(values), SMALLEST * len(case)
    if not values.size:
        return None
    at = np.quantile(values, np.arange(1, cuts + 1) / (cuts + 1), axis=0).T
    lower = values[:, :, None] <= at
    size, hits = lower.sum(axis=0), np.tensordot(cases, lower, 1)
    rest = worlds - size
    with np.errstate(invalid="ignore"):
        p, q = hits / size, (cases.sum() - hits) / rest
        impurity = size * p * (1 - p) + rest * q * (1 - q)
    impurity[(size < least) | (rest < least)] = np.inf
    number, cut = np.unravel_index(impurity.argmin(), impurity.shape)
    if impurity[number, cut] >= worlds * cases.mean() * (1 - cases.mean()) - 1e-9:
        return None
    return int(number), float(at[number, cut])


def _box(bounds: dict[int, tuple[float, float]]) -> Box:
    return tuple(Condition(n, *ends) for n, ends in sorted(bounds.items()))


def best_box(x: NDArray[Any], case: Mask) -> Box:
    """The box of both searches with the greatest weighted relative accuracy; empty if none has any.

    Bounds that hardly add to it are left out, the one that adds least first.
    """

    def accuracy(box: Box) -> float:
        return fit(box, x, case).accuracy

    best = max([*prim(x, case), *tree(x, case)], key=accuracy, default=())
    while shorter := max(_one_bound_less(best), key=accuracy, default=()):
        if accuracy(shorter) < (1.0 - ADDS) * accuracy(best):
            break
        best = shorter
    return best if accuracy(best) > 0 else ()


def _one_bound_less(box: Box) -> Iterator[Box]:
    """The box without each of its bounds; not without the last."""
    for n, (number, low, high) in enumerate(box):
        rest = box[:n], box[n + 1 :]
        if np.isfinite(low) and np.isfinite(high):
            for one in (Condition(number, -np.inf, high), Condition(number, low, np.inf)):
                yield (*rest[0], one, *rest[1])
        elif len(box) > 1:
            yield (*rest[0], *rest[1])


def trade_off(x: NDArray[Any], case: Mask) -> list[Box]:
    """Boxes that no other beats in both coverage and density, from the widest to the densest."""
    found = {box: fit(box, x, case) for box in (*prim(x, case), *tree(x, case))}
    order = sorted(found, key=lambda box: (-found[box].coverage, -found[box].density))
    front: list[Box] = []
    for box in order:
        if not front or found[box].density > found[front[-1]].density:
            front.append(box)
    return front


def stability(
    x: NDArray[Any], case: Mask, box: Box, resamples: int = 50, seed: int = 0
) -> dict[int, float]:
    """How often the best box of resampled worlds restricts each input of a box, by input."""
    rng, again = np.random.default_rng(seed), dict.fromkeys((c.input for c in box), 0)
    for _ in range(resamples):
        drawn = rng.integers(len(case), size=len(case))
        if case[drawn].any():
            for condition in best_box(x[drawn], case[drawn]):
                if condition.input in again:
                    again[condition.input] += 1
    return {number: count / resamples for number, count in again.items()}
