"""MiCRO, a strategy that concedes only as often as the other side does.

de Jonge (2022), An analysis of the linear bilateral ANAC domains using the MiCRO benchmark
strategy, *IJCAI 2022*, doi:10.24963/ijcai.2022/32.
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
