"""Offers as a walk: from where the others stand toward one's own ideal (logrolling).

Among all packages that give the walker its target, the walk ends at the one that costs the others
least, by the walker's estimate: a fractional knapsack, solved exactly by taking first what is dear
to oneself and cheap to the others (Dantzig 1957, *Operations Research* 5(2); the trade-off idea is
that of Faratin, Sierra & Jennings 2002, *Artificial Intelligence* 142(2),
doi:10.1016/S0004-3702(02)00290-4).
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, Mask, places_in_order, total
from sim.formulas.bargaining.utility import losses


def fractional_knapsack(need: Array, gain: Array, loss: Array) -> Array:
    """Cheapest shares of the segments that together gain what is needed.

    Minimises Σ f_n loss_n subject to Σ f_n gain_n ≥ need, 0 ≤ f ≤ 1. Segments that cost nothing
    or less are always taken whole.

    Parameters
    ----------
    need : ndarray, shape (worlds,)
        Utility still missing; the sum of all gains when that is less.
    gain, loss : ndarray, shape (worlds, segments)
        What a whole segment brings to oneself (≥ 0) and costs the others.

    Returns
    -------
    ndarray, shape (worlds, segments)
        Shares in [0, 1].

    Examples
    --------
    >>> fractional_knapsack(np.array([1.5]), np.array([[1.0, 1.0]]), np.array([[2.0, 1.0]]))
    array([[0.5, 1. ]])
    """
    gain, loss = np.ascontiguousarray(gain.T), loss.T  # (segments, worlds)
    free = loss <= 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        price = loss / gain  # infinite where there is nothing to gain
        np.copyto(price, -1.0, where=free)
        # equal prices stay in the order of the issues whatever the rounding of the last digit
        places = places_in_order(np.round(price, 10, out=price))
        ranked = gain.take(places)
        taken, left = np.empty_like(ranked), need
        for segment, brought in enumerate(ranked):
            np.divide(left, brought, out=taken[segment])
            left = left - brought
    np.copyto(taken, 0.0, where=ranked <= 0.0)
    shares = np.empty_like(taken)
    shares.reshape(-1)[places] = np.minimum(np.maximum(taken, 0.0, out=taken), 1.0, out=taken)
    np.copyto(shares, 1.0, where=free)
    return shares.T


def walk(
    target: Array,
    best: Array,
    ideal: Array,
    slope: Array,
    low: Array,
    high: Array,
    stands: Array,
    weights: Array,
) -> Array:
    """The offer that reaches the target at least cost to the others.

    The walker's utility is ``best − Σ_i slope_i |x_i − ideal_i|``; the others' estimated loss is
    ``Σ_o Σ_i weights_oi |x_i − stands_oi|``. On each issue the way from the remotest stand to the
    ideal is cut at the other stands; within a segment both are linear, and prices rise along the
    way, so the knapsack over all segments is exact where all others stand on one side of the ideal.
    Where they stand on both, it walks on the side of those who care more.

    Parameters
    ----------
    target, best : ndarray, shape (worlds,)
        Utility to reach, and utility at the ideal point.
    ideal, slope, low, high : ndarray, shape (worlds, issues)
        The walker's ideal, loss per unit of distance, and own red lines.
    stands, weights : ndarray, shape (others, worlds, issues)
        Where the others stand, and how much they are thought to care.

    Returns
    -------
    ndarray, shape (worlds, issues)
        The package; the ideal point where the target is out of reach.
    """
    stands = np.minimum(np.maximum(stands, low), high)
    offset = stands - ideal
    if len(stands) == 1:
        side = np.where(offset[0] >= 0.0, 1.0, -1.0)
        reach = np.abs(offset[0])
        shares = fractional_knapsack(
            target - best + total(slope * reach), slope * reach, weights[0] * reach
        )
        return ideal + side * reach * (1.0 - shares)

    # on each issue work on the side of the ideal where those who care more stand
    side = np.where((weights * np.sign(offset)).sum(axis=0) >= 0.0, 1.0, -1.0)
    others, worlds, issues = offset.shape
    # from here on (others, issues · worlds), and (issues, others, worlds)
    distance = np.maximum(offset * side, 0.0).transpose(0, 2, 1).reshape(others, -1)
    places = places_in_order(-distance)
    distance = distance.take(places)
    ranked = weights.transpose(0, 2, 1).reshape(others, -1).take(places)
    length = distance.copy()
    length[:-1] -= distance[1:]
    so_far = ranked.cumsum(axis=0)
    rate = 2.0 * so_far - so_far[-1]
    by_issue = (others, issues, worlds)
    way, rate = (a.reshape(by_issue).swapaxes(0, 1) for a in (length, rate))
    farthest = distance[0].reshape(issues, worlds).T
    need = target - best + total(slope * farthest)
    gain, loss = (
        a.reshape(issues * others, worlds).T for a in (way * slope.T[:, None], way * rate)
    )
    shares = fractional_knapsack(need, gain, loss).T.reshape(issues, others, worlds)
    walked = total((shares * way).transpose(2, 0, 1))
    return ideal + side * (farthest - walked)


def walk_within(
    target: Array,
    best: Array,
    ideal: Array,
    slope: Array,
    low: Array,
    high: Array,
    stands: Array,
    weights: Array,
    signable: Array,
) -> Array:
    """The walk that leaves what the others could not sign to the last.

    Where the target can be reached short of that, the walk ends there; elsewhere it begins there.

    Parameters
    ----------
    target, best, ideal, slope, low, high, stands, weights
        As in :func:`walk`.
    signable : ndarray, shape (worlds, issues)
        Points nearest to the ideal that all others are thought able to sign.

    Returns
    -------
    ndarray, shape (worlds, issues)
    """
    end = np.minimum(np.maximum(signable, low), high)
    least = best - total(slope * np.abs(end - ideal))
    beyond = target > least
    met = short_of(stands, ideal, end)
    return walk(
        target,
        np.where(beyond, best, least),
        np.where(beyond[:, None], ideal, end),
        slope,
        low,
        high,
        np.where(beyond[:, None], end, met),
        weights,
    )


def short_of(stands: Array, ideal: Array, end: Array) -> Array:
    """Stands (..., worlds, issues), none nearer to the ideal than where the walk is to end."""
    beyond = np.where(end < ideal, np.minimum(stands, end), stands)
    return np.where(end > ideal, np.maximum(stands, end), beyond)


def snap(x: Array, ideal: Array, points: list[Array | None]) -> Array:
    """Move issues with fixed options to the next listed point on the way to the ideal.

    Parameters
    ----------
    x, ideal : ndarray, shape (worlds, issues)
        Package and ideal point.
    points : list of ndarray or None
        Listed points of each issue in rising order, None where anything can be agreed.
    """
    for i, listed in enumerate(points):
        if listed is None:
            continue
        up = listed[np.minimum(np.searchsorted(listed, x[:, i] - 1e-9), len(listed) - 1)]
        down = listed[np.maximum(np.searchsorted(listed, x[:, i] + 1e-9, side="right") - 1, 0)]
        x[:, i] = np.where(x[:, i] >= ideal[:, i], down, up)
    return x


def reach_target(
    x: Array,
    start: Array,
    ideal: Array,
    weight: Array,
    curvature: Array,
    best: Array,
    target: Array,
) -> Array:
    """Correct a walk for curved losses: slide along its way until the target is just met.

    Bisection on the line from the package to the start of the walk where it gives more than the
    target, and from the ideal to the package where it gives less; utility is monotone on both.

    Returns
    -------
    ndarray, shape (worlds, issues)
    """

    def reaches(package: Array) -> Mask:
        loss = total(weight * losses(package, ideal, curvature))
        return np.asarray(best - loss >= target)

    enough = reaches(x)[:, None]
    good, bad = np.where(enough, x, ideal), np.where(enough, start, x)
    for _ in range(30):
        middle = 0.5 * (good + bad)
        enough = reaches(middle)[:, None]
        good, bad = np.where(enough, middle, good), np.where(enough, bad, middle)
    return good
