"""Zeuthen's concessions in the monotonic concession protocol.

Zeuthen (1930), *Problems of Monopoly and Economic Warfare*; Harsanyi (1956), Approaches to the
bargaining problem before and after the theory of games, *Econometrica* 24(2), doi:10.2307/1905748;
the protocol: Rosenschein & Zlotkin (1994), *Rules of Encounter*.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def risk_limit(own: float, others: float) -> float:
    """The largest risk of conflict that a side would run rather than accept the other's offer.

    ``(own − others) / own``, both as gains over no agreement; 1 where its own offer brings nothing.
    """
    return 1.0 if own <= 0 else (own - others) / own


def zeuthen(utilities: Array, reservation: Array) -> tuple[int, list[tuple[int, int]]] | None:
    """Two sides concede in turn, always the one with the smaller risk limit, until one is content.

    A concession is the least that makes the other's risk limit no larger than its own.

    Parameters
    ----------
    utilities : ndarray, shape (packages, 2)
    reservation : ndarray, shape (2,)

    Returns
    -------
    tuple or None
        The package agreed and the pairs of offers on the way; None if no package is worth both
        reserved values.

    Remarks
    -------
    The side with the smaller risk limit is the one whose offer has the smaller product of gains
    (Harsanyi 1956), so products rise with every concession and the last one is Nash's solution.
    """
    gain = utilities - reservation
    rational = np.flatnonzero((gain >= 0).all(axis=1))
    if not len(rational):
        return None
    gain = gain[rational]
    product = gain.prod(axis=1)
    # each side begins with its best package, of several with the one that is best for the other
    offers = [int(np.lexsort((-gain[:, 1 - k], -gain[:, k]))[0]) for k in (0, 1)]
    course = [(int(rational[offers[0]]), int(rational[offers[1]]))]
    while True:
        for k in (0, 1):
            if gain[offers[1 - k], k] >= gain[offers[k], k]:
                return int(rational[offers[1 - k]]), course
        limits = [risk_limit(gain[offers[k], k], gain[offers[1 - k], k]) for k in (0, 1)]
        k = 0 if limits[0] <= limits[1] else 1
        enough = np.flatnonzero(product >= product[offers[1 - k]])
        better = enough[gain[enough, 1 - k] > gain[offers[k], 1 - k]]
        offers[k] = int(better[np.lexsort((-product[better], -gain[better, k]))[0]])
        course.append((int(rational[offers[0]]), int(rational[offers[1]])))
