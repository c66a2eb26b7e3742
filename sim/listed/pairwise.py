"""Strategies that watch the other side and are defined between two: MiCRO and Zeuthen's.

MiCRO concedes only as often as the other side does: de Jonge (2022), An analysis of the linear
bilateral ANAC domains using the MiCRO benchmark strategy, *IJCAI 2022*, doi:10.24963/ijcai.2022/32.

Zeuthen's concessions are those of the monotonic concession protocol: Zeuthen (1930), *Problems of
Monopoly and Economic Warfare*; Harsanyi (1956), Approaches to the bargaining problem before and
after the theory of games, *Econometrica* 24(2), doi:10.2307/1905748; the protocol: Rosenschein &
Zlotkin (1994), *Rules of Encounter*.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.arrays import Array
from sim.listed.offers import NOTHING


@dataclass
class Micro:
    """A negotiator that goes down its ranking one package at a time.

    It makes a new offer, the best package not offered yet, if it has made no more distinct offers
    than the other; otherwise it repeats its last one. It accepts what is at least as good as what
    it would offer now. It stops at its reserved value.

    Attributes
    ----------
    utility : ndarray, shape (packages,)
        What each package is worth to it.
    reservation : float
        What no agreement is worth to it.
    """

    utility: Array
    reservation: float = 0.0
    sent: list[int] = field(default_factory=list)
    received: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        ranked = np.argsort(-self.utility, kind="stable")
        self.ranking = [int(p) for p in ranked if self.utility[p] >= self.reservation]

    def next_offer(self) -> int | None:
        """What it would offer now; None if no package is worth its reserved value."""
        made = len(self.sent)
        if made <= len(self.received) and made < len(self.ranking):
            return self.ranking[made]
        return self.sent[-1] if self.sent else None

    def accepts(self, package: int, step: int) -> bool:
        """Whether it accepts an offer, which it takes note of."""
        self.received.add(package)
        mine = self.next_offer()
        least = self.reservation if mine is None else self.utility[mine]
        return bool(self.utility[package] >= max(least, self.reservation))

    def offer(self, step: int) -> int:
        """Its offer; nothing if no package is worth its reserved value."""
        package = self.next_offer()
        if package is None:
            return NOTHING
        if not self.sent or package != self.sent[-1]:
            self.sent.append(package)
        return package


def risk_limit(own: float, others: float) -> float:
    """The largest risk of conflict that a side would run rather than accept the other's offer.

    ``(own − others) / own``, both as gains over no agreement; 1 where its own offer brings nothing.
    """
    return 1.0 if own <= 0 else (own - others) / own


def first_offer(gain: Array, k: int) -> int:
    """The best package for side k, of several the one that is best for the other."""
    return int(np.lexsort((-gain[:, 1 - k], -gain[:, k]))[0])


def concession(gain: Array, k: int, mine: int, product: float) -> int:
    """What side k offers instead of ``mine``: the best for it of what is enough.

    Enough is what is better for the other than ``mine`` and has a product of gains of at least
    ``product``, that of the other's offer; then the other's risk limit is no larger than its own.
    ``mine`` itself where nothing is. Gains over no agreement, shape (packages, 2).
    """
    products = gain.prod(axis=1)
    enough = np.flatnonzero(products >= product)
    better = enough[gain[enough, 1 - k] > gain[mine, 1 - k]]
    if not len(better):
        return mine
    return int(better[np.lexsort((-products[better], -gain[better, k]))[0]])


class Zeuthen:
    """Side ``k`` of two in alternating offers, with what it knows: everybody's utilities.

    On its turn it concedes if its risk limit is no larger than the other's, by the least that
    makes the other's no larger than its own, and otherwise repeats its offer. It accepts what is as
    good for it as its standing offer, or just what it would concede. Deadlines mean nothing to it.

    Parameters
    ----------
    utilities : ndarray, shape (packages, 2)
    reservation : ndarray, shape (2,)
    k : int
    """

    def __init__(self, utilities: Array, reservation: Array, k: int) -> None:
        self.k = k
        self.gain = utilities - reservation
        self.rational = np.flatnonzero((self.gain >= 0).all(axis=1))
        self.mine: int | None = None
        self.theirs: int | None = None

    def _next(self) -> int:
        """What it would offer now."""
        gain, k = self.gain[self.rational], self.k
        if not len(self.rational):
            return NOTHING
        if self.mine is None:
            return int(self.rational[first_offer(gain, k)])
        if self.theirs is None:
            return self.mine
        own, other = self.gain[self.mine], self.gain[self.theirs]
        if risk_limit(own[k], other[k]) > risk_limit(other[1 - k], own[1 - k]):
            return self.mine
        at = int(np.searchsorted(self.rational, self.mine))
        return int(self.rational[concession(gain, k, at, float(other.prod()))])

    def accepts(self, package: int, step: int) -> bool:
        self.theirs = package
        worth = self.gain[package, self.k]
        following = self._next()
        standing = following if self.mine is None else self.mine
        enough = standing != NOTHING and worth >= self.gain[standing, self.k]
        return bool(worth >= 0 and (enough or package == following))

    def offer(self, step: int) -> int:
        following = self._next()
        self.mine = None if following == NOTHING else following
        return following
