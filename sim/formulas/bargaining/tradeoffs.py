"""Packages of equal worth: the one nearest to what the others offer."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, places_in_order, total


def nearest(
    target: Array, best: Array, ideal: Array, slope: Array, low: Array, high: Array, offered: Array
) -> Array:
    """The package worth the target, or more, that is nearest to another one.

    The trade-off of Faratin, Sierra & Jennings (2002, *Artificial Intelligence* 142(2),
    doi:10.1016/S0004-3702(02)00290-4): of all packages of equal worth, the one most like what was
    offered. It is the projection on what one can accept. Sides at their reservation values that
    answer each other so come to a package in the zone of agreement wherever there is one, knowing
    nothing of each other's utility (Zheng, Dai, Sycara & Chakraborty 2016, *INFORMS Journal on
    Computing* 28(4), doi:10.1287/ijoc.2016.0701).

    On each issue the way goes from what was offered toward the ideal, the farther the dearer the
    issue is: ``x_i = ideal_i ± min(max(d_i − λ slope_i, 0), reach_i)``, with ``d_i`` the distance
    offered, ``reach_i`` that of the red line, and the least λ ≥ 0 that reaches the target. Losses
    are piecewise linear in λ, so it is found in one sort.

    Parameters
    ----------
    target, best : ndarray, shape (worlds,)
        Utility to reach, and utility at the ideal point.
    ideal, slope, low, high, offered : ndarray, shape (worlds, issues)
        Ideal, loss per unit of distance, own red lines, and the package to come near.

    Returns
    -------
    ndarray, shape (worlds, issues)
        The ideal point where the target is out of reach.

    Examples
    --------
    >>> zero, one = np.zeros((1, 2)), np.ones((1, 2))
    >>> nearest(np.ones(1), np.ones(1) * 2, zero, np.array([[1.0, 2.0]]), zero, one, one)
    array([[0.6, 0.2]])
    """
    above, distance = offered >= ideal, np.abs(offered - ideal)
    reach = np.where(above, high - ideal, ideal - low)
    held = np.minimum(distance, reach)
    steep, square = np.maximum(slope, 1e-12).T, slope.T**2
    breaks = np.concatenate([(distance - held).T / steep, distance.T / steep])
    change = np.concatenate([square, -square])  # both (2 issues, worlds)
    places = places_in_order(breaks)
    breaks, rate = breaks.take(places), change.take(places).cumsum(axis=0)
    spared = np.zeros_like(breaks)
    (rate[:-1] * (breaks[1:] - breaks[:-1])).cumsum(axis=0, out=spared[1:])
    need = np.maximum(target - best + total(slope * held), 0.0)
    worlds = np.arange(len(slope))
    at = np.maximum((spared < need).sum(axis=0) - 1, 0) * len(worlds) + worlds
    pace = rate.take(at)
    more = np.divide(need - spared.take(at), pace, out=np.zeros_like(pace), where=pace > 1e-15)
    toll = np.where(need > 0.0, breaks.take(at) + more, 0.0)[:, None]
    way = np.minimum(np.maximum(distance - toll * slope, 0.0), reach)
    return np.where(above, ideal + way, ideal - way)
