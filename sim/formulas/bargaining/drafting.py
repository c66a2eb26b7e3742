"""Drafting one text for all: coordinate ascent over the issues, in all worlds at once.

The welfare of a draft is a concave function of the parties' surpluses, and each surplus is a sum
over issues of concave functions. For a smooth welfare function the kinks are separable by issue,
so a draft that no single-issue change improves is a global optimum (Tseng 2001, *JOTA* 109(3),
doi:10.1023/A:1017501703105), up to the grid of drafting points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Mask
from sim.formulas.bargaining.conflicts import Pairs, rivals

Choice = NDArray[np.intp]
Welfare = Callable[[Array], Array]

FLOOR = 0.02


def nash_welfare(surplus: Array, floor: float = FLOOR) -> Array:
    """Σ_k log s_k, the logarithm of Nash's product.

    Nash (1950), The bargaining problem, *Econometrica* 18(2), doi:10.2307/1907266. The sum is
    over axis 0 (parties). Below the floor the logarithm goes on as its tangent, so that a draft
    always exists.
    """
    held = np.maximum(surplus, floor)
    # one logarithm of the product, not one of each; below the floor the tangent
    return np.asarray(np.log(held.prod(axis=0)) + (surplus - held).sum(axis=0) / floor)


def soft_minimum_step(sharpness: float, start: Array, change: Array, shares: Array) -> Choice:
    """Which share of a change has the largest soft minimum −log Σ_k exp(−β s_k)/β; (worlds,).

    It is within log(parties)/β of the smallest surplus s_k, and largest where the sum is smallest.
    ``start`` and ``change`` are (parties, worlds), ``shares`` (shares, 1).
    """
    # against the smallest of all, so that no exponential overflows
    apart = start - np.minimum(start, start + change).min(axis=0)
    spread = apart[:, None] + shares * change[:, None]
    spread *= -sharpness
    return np.asarray(np.exp(spread, out=spread).sum(axis=0).argmin(axis=0))


def coordinate_ascent(
    choice: Choice,
    loss: Array,
    gap: Array,
    extra: Array,
    welfare: Welfare,
    sweeps: int,
    pairs: Pairs = (),
) -> tuple[Choice, Array]:
    """Improve a draft issue by issue.

    Where options exclude each other (``pairs``), the draft is first improved without regard to
    that, then the one of each pair is dropped whose loss leaves more welfare, then the rest is
    improved again: a good draft, not always the best.

    Parameters
    ----------
    choice : ndarray of int, shape (issues, worlds)
        Index of the drafting point chosen on each issue; not changed in place.
    loss : ndarray, shape (issues, parties, worlds, points)
        Utility that each party loses at each drafting point.
    gap : ndarray, shape (parties, worlds)
        Surplus of each party if it lost nothing on any issue.
    extra : ndarray, shape (issues, worlds, points)
        Further terms to add to the welfare (penalties, attachment to a plan, own interests).
    welfare : callable
        From surpluses (parties, worlds, points) to welfare (worlds, points).
    sweeps : int
        Passes over all issues; fewer where a pass changes nothing.
    pairs : sequence of (int, int)
        Issues of which at most one may be above its first point, which is 0.

    Returns
    -------
    choice : ndarray of int, shape (issues, worlds)
    surplus : ndarray, shape (parties, worlds)
    """
    choice = choice.copy()
    surplus = gap.copy()
    for lost in at(loss, choice[:, None]):
        surplus -= lost
    surplus = _sweep(choice, surplus, loss, extra, welfare, sweeps, ())
    if pairs:
        surplus = _drop_rivals(choice, surplus, loss, extra, welfare, pairs)
        surplus = _sweep(choice, surplus, loss, extra, welfare, sweeps, pairs)
    return choice, surplus


def _sweep(
    choice: Choice,
    surplus: Array,
    loss: Array,
    extra: Array,
    welfare: Welfare,
    sweeps: int,
    pairs: Pairs,
) -> Array:
    """Pass over the issues, in place; the surplus then. Rivals of what is in stay out."""
    for _ in range(sweeps):
        changed = False
        for i, table in enumerate(loss):
            without = surplus + at(table, choice[i])
            score = welfare(without[..., None] - table)
            score += extra[i]
            against = rivals(pairs, i)
            if against:
                score[(choice[against] > 0).any(axis=0), 1:] = -np.inf
            best = score.argmax(axis=1)
            # stay where nothing is gained: no wandering among equals
            better = at(score, best) > at(score, choice[i]) + 1e-12
            choice[i] = np.where(better, best, choice[i])
            surplus = without - at(table, choice[i])
            changed |= bool(better.any())
        if not changed:
            break
    return surplus


def _drop_rivals(
    choice: Choice, surplus: Array, loss: Array, extra: Array, welfare: Welfare, pairs: Pairs
) -> Array:
    """Of each pair drop the one without which welfare is higher, in place; the surplus then."""
    for pair in pairs:
        both = (choice[list(pair)] > 0).all(axis=0)
        without = [surplus + at(loss[i], choice[i]) - loss[i][..., 0] for i in pair]
        scores = [
            welfare(left[..., None])[:, 0] + extra[i][:, 0] - at(extra[i], choice[i])
            for i, left in zip(pair, without, strict=True)
        ]
        drops_first = both & (scores[0] > scores[1] + 1e-12)
        for i, left, drops in zip(pair, without, (drops_first, both & ~drops_first), strict=True):
            surplus = np.where(drops, left, surplus)
            choice[i, drops] = 0
    return surplus


def at(tables: Array, point: Choice) -> Array:
    """Tables (..., points) at one point each; the shape of ``point`` broadcasts with (...)."""
    places = np.arange(tables.size // tables.shape[-1]).reshape(tables.shape[:-1])
    places *= tables.shape[-1]
    return tables.reshape(-1).take(places + point)


def max_min(
    choice: Choice,
    loss: Array,
    gap: Array,
    extra: Array,
    divisible: Mask | None = None,
    steps: int = 16,
    pairs: Pairs = (),
) -> tuple[Choice, Array]:
    """The largest surplus that all can have at once (egalitarian; Kalai 1977, *Econometrica* 45).

    Coordinate ascent finds a draft that is good for all; then Frank–Wolfe steps (1956) on ever
    sharper soft minima mix it with drafts that help those who get least. Losses are convex, so the
    mixed package gives each party at least the mixed surplus: the value returned can be reached,
    a lower bound. Against the linear programme, on random four-issue cases of two to six parties,
    it falls short by 0.015 on average, by a third of that with ideals at the ends, 0.05 at worst.

    Parameters and the first return as in :func:`coordinate_ascent`; ``divisible`` (issues,) says
    on which issues drafts may be mixed, all by default: with listed options nothing lies between.
    ``pairs`` as there; issues in pairs must not be divisible.

    Returns
    -------
    choice : ndarray of int, shape (issues, worlds)
    value : ndarray, shape (worlds,)
    """
    choice, surplus = coordinate_ascent(choice, loss, gap, extra, nash_welfare, 2, pairs)
    issues, parties, worlds, points = loss.shape
    # one product with the parties' shares scores all points of all issues; single precision is
    # enough to pick a point, and what it is worth is looked up
    prices = np.ascontiguousarray(loss.transpose(2, 1, 0, 3), dtype=np.float32)
    prices = prices.reshape(worlds, parties, -1)
    # against the least bad point, so that large penalties leave digits for small differences
    terms = extra - extra.max(axis=2, keepdims=True)
    terms = np.ascontiguousarray(terms.transpose(1, 0, 2), dtype=np.float32)
    losses = loss.reshape(-1)
    first = np.arange(issues * parties * worlds).reshape(issues, parties, worlds) * points
    shares = (np.linspace(0.0, 1.0, 17) ** 2)[:, None]
    value = surplus.min(axis=0)
    for beta in np.geomspace(30.0, 300.0, steps):
        care = np.exp(-beta * (surplus - surplus.min(axis=0)))
        care /= care.sum(axis=0)
        cost = np.matmul(care.T[:, None, :].astype(np.float32), prices)
        corner = (terms - cost.reshape(terms.shape)).argmax(axis=2).T
        if divisible is not None:
            corner = np.where(divisible[:, None], corner, choice)
        change = gap - losses.take(first + corner[:, None]).sum(axis=0) - surplus
        step = soft_minimum_step(beta, surplus, change, shares)
        surplus = surplus + shares[step, 0] * change
        value = np.maximum(value, surplus.min(axis=0))
    return choice, value
