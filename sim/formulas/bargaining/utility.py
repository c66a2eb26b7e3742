"""Preferences: single-peaked, additive over issues."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, total


def normalised(salience: Array) -> Array:
    """Weights that sum to 1 over the last axis."""
    return salience / total(salience)[..., None]


def span(ideal: Array) -> Array:
    """Longest distance from the ideal to an end of the scale [0, 1]."""
    return np.maximum(ideal, 1.0 - ideal)


def losses(x: Array, ideal: Array, curvature: Array | None = None) -> Array:
    """Loss per issue, 0 at the ideal and 1 at the far end of the scale.

    ``loss = (|x − ideal| / span)^curvature``, the single-peaked loss of spatial voting (Enelow &
    Hinich 1984); curvature 1 is the city-block loss. Shapes broadcast; ``None`` is linear.

    Examples
    --------
    >>> losses(np.array([0.5]), np.array([0.0]), np.array([2.0]))
    array([0.25])
    """
    distance = np.abs(x - ideal) / span(ideal)
    return distance if curvature is None else distance**curvature


def utility(x: Array, ideal: Array, weight: Array, curvature: Array | None = None) -> Array:
    """U(x) = Σ_i w_i (1 − loss_i(x_i)), over the last axis.

    Parameters
    ----------
    x, ideal, weight : ndarray, shape (..., issues)
        Package, ideal points and weights that sum to 1; shapes broadcast.
    curvature : ndarray, optional
        Exponent of the loss.

    Returns
    -------
    ndarray, shape (...)
        1 at the ideal point, 0 at the far end of every scale.
    """
    return np.sum(weight * (1.0 - losses(x, ideal, curvature)), axis=-1)


def reservation_value(no_deal_utility: Array, cost: Array, months: float) -> Array:
    """R = U(what no deal leads to) − cost · months: the value of fighting on.

    The cost of war is the bargaining range's source in Fearon (1995), Rationalist explanations
    for war, *International Organization* 49(3), doi:10.1017/S0020818300033324.
    """
    return no_deal_utility - cost * months


def softened(limit: Array, far: Array | float, softening: Array, lost: Array) -> Array:
    """A red line, moved towards ``far`` by ``softening`` per unit of reservation value lost.

    Parameters
    ----------
    limit, far, softening : ndarray, shape (worlds,)
        The red line, the end of the scale it gives way to, scale units per unit of utility;
        shapes broadcast.
    lost : ndarray, shape (worlds,)
        How far the reservation value has fallen since the start; gains do not harden.
    """
    move = softening * np.maximum(lost, 0.0)
    return np.where(far > limit, np.minimum(limit + move, far), np.maximum(limit - move, far))
