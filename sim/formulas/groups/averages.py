"""Group decisions in one formula: means, medians, and the baselines they are compared with.

All functions take the actors on the last axis; axes before it (worlds, issues) are carried along.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array

GRID = 401
"""Points between the outermost positions among which :func:`nash_reference` looks."""
FLOOR = 1e-5
"""Smallest gain that enters the Nash product, as a share of the scale."""
TIE = 1e-12
"""Sums this close, as a share of the largest, count as equal."""


def weighted_mean(positions: Array, weights: Array) -> Array:
    """Mean of the positions, each with its weight.

    With salience times power as weights this is the *compromise model*, the best simple predictor
    of decisions in the European Union (Van den Bos 1991; Achen 2006 in Thomson et al. (eds), *The
    European Union Decides*, shows when it approximates the Nash bargain).

    Parameters
    ----------
    positions, weights : ndarray, shape (..., actors)
        Weights at least 0; an actor without weight does not count.

    Returns
    -------
    ndarray, shape (...)
        NaN where nobody has weight.
    """
    positions, weights = np.broadcast_arrays(positions, weights)
    total = np.sum(weights, axis=-1)
    some = total > 0
    return np.divide(
        np.sum(positions * weights, axis=-1), total, out=np.full(total.shape, np.nan), where=some
    )


def weighted_median(positions: Array, weights: Array) -> Array:
    """Lowest position at which half of the weight has been reached, shape (...).

    The lowest of all where nobody has weight.

    The outcome of majority voting with these weights where preferences have a single peak
    (Black 1948, *Journal of Political Economy* 56(1), doi:10.1086/256633).
    """
    positions, weights = np.broadcast_arrays(positions, weights)
    order = np.argsort(positions, axis=-1, kind="stable")
    x = np.take_along_axis(positions, order, axis=-1)
    reached = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    # half of the weight but for rounding: sums of tenths are rarely exact
    half = 0.5 * reached[..., -1:] * (1.0 - TIE)
    first = np.argmax(reached >= half, axis=-1)
    return np.take_along_axis(x, first[..., None], axis=-1)[..., 0]


def condorcet(positions: Array, weights: Array) -> Array:
    """Position that wins every pairwise vote, shape (...); the lowest of several.

    In a vote between a and b an actor puts in its weight times how much nearer one is to it than
    the other: c s (|x − b| − |x − a|). So a beats b exactly where its total weighted distance is
    smaller, and the winner is the position with the smallest one.
    """
    distance = np.abs(positions[..., :, None] - positions[..., None, :])
    loss = np.sum(weights[..., :, None] * distance, axis=-2)
    least = loss.min(axis=-1, keepdims=True)
    tied = loss <= least + TIE * loss.max(axis=-1, keepdims=True)
    return np.where(tied, positions, np.inf).min(axis=-1)


def midpoint(positions: Array) -> Array:
    """Midway between the outermost positions, shape (...)."""
    return (positions.min(axis=-1) + positions.max(axis=-1)) / 2.0


def strongest(positions: Array, weights: Array) -> Array:
    """Position of the actor with the largest weight, shape (...); of several, the first named."""
    positions, weights = np.broadcast_arrays(positions, weights)
    first = np.argmax(weights, axis=-1)
    return np.take_along_axis(positions, first[..., None], axis=-1)[..., 0]


def nash_reference(positions: Array, weights: Array, reference: float, width: float) -> float:
    """Asymmetric Nash bargain with the reference point as disagreement, on a grid.

    Maximises Π (|x_i − r| − |x_i − y|)^w_i over y (Nash 1950, *Econometrica* 18(2),
    doi:10.2307/1907266; weights: Kalai 1977, *Int. J. Game Theory* 6). An actor that wants the
    reference point has nothing to gain and does not count; one that would lose enters with a
    smallest gain instead, because otherwise most issues would have no bargain at all.

    Parameters
    ----------
    positions, weights : ndarray, shape (actors,)
    reference : float
        What happens without a decision.
    width : float
        Width of the scale, for the unit of the smallest gain.
    """
    moved = positions != reference
    if not moved.any():
        return reference
    points = np.linspace(positions.min(), positions.max(), GRID)
    x, w = positions[moved, None], weights[moved, None]
    gain = np.abs(x - reference) - np.abs(x - points)
    welfare = np.sum(w * np.log(np.maximum(gain, FLOOR * width)), axis=0)
    return float(points[np.argmax(welfare)])
