"""Where things go on an axis, whatever draws it: places apart, labels that fit, round ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

TOPS = {0.01: 2, 0.02: 4, 0.04: 4, 0.1: 5, 0.2: 4, 0.4: 4, 0.6: 3, 0.8: 4, 1.0: 4}
"""Upper ends of an axis of shares, and into how many parts each divides roundly."""


def nice_top(highest: float) -> float:
    """A round upper end for an axis of shares that starts at 0."""
    return next((top for top in TOPS if highest <= 0.95 * top), 1.0)


def share_tick(share: float) -> str:
    """Label of a tick on an axis of shares.

    Examples
    --------
    >>> share_tick(0.25), share_tick(0.0)
    ('25 %', '0')
    """
    return f"{100 * share:.4g} %" if share else "0"


def labelled_points(
    points: Sequence[float], half: Mapping[float, float], first: Sequence[float] = ()
) -> list[float]:
    """Points of a scale whose labels fit beside each other.

    Parameters
    ----------
    points : sequence of float
        In rising order; the ends have precedence, then the points furthest from what is labelled.
    half : mapping
        Point → half the height of its label, scale units.
    first : sequence of float
        Points that come next after the ends.
    """
    kept = [points[0]]

    def keep(point: float) -> None:
        if all(abs(point - k) >= half[point] + half[k] for k in kept):
            kept.append(point)

    for point in (points[-1], *first):
        keep(point)
    waiting = set(points) - set(kept)
    while waiting:
        point = max(waiting, key=lambda p: (min(abs(p - k) for k in kept), -p))
        waiting.remove(point)
        keep(point)
    return kept


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places moved as little as possible (least squares) so that they are ``gap`` apart.

    Pool adjacent violators on the places less their rank's share; then held within the bounds.
    """
    order = np.argsort(places, kind="stable")
    blocks: list[list[float]] = []
    for rank, n in enumerate(order):
        blocks.append([float(places[n]) - rank * gap, 1.0])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (b, m), (a, k) = blocks.pop(), blocks.pop()
            blocks.append([(a * k + b * m) / (k + m), k + m])
    flat = [value for value, size in blocks for _ in range(int(size))]
    top = max(low, high - gap * (len(places) - 1))
    out = [0.0] * len(places)
    for rank, n in enumerate(order):
        out[int(n)] = min(max(flat[rank], low), top) + rank * gap
    return out


def window(points: list[float], low: float, high: float) -> tuple[float, float]:
    """The part of a scale to show: what moves and the listed points on either side."""
    below = max((p for p in points if p <= low + 1e-9), default=points[0])
    above = min((p for p in points if p >= high - 1e-9), default=points[-1])
    if below == above:
        below, above = min(low, below) - 0.1, max(high, above) + 0.1
        below = max((p for p in points if p <= below), default=points[0])
        above = min((p for p in points if p >= above), default=points[-1])
    pad = 0.08 * (above - below)
    return below - pad, above + pad
