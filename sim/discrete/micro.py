"""MiCRO, a strategy that concedes only as often as the other side does.

de Jonge (2022), An analysis of the linear bilateral ANAC domains using the MiCRO benchmark
strategy, *IJCAI 2022*, doi:10.24963/ijcai.2022/32.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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

    def accepts(self, package: int) -> bool:
        """Whether it accepts an offer, which it takes note of."""
        mine = self.next_offer()
        self.received.add(package)
        least = self.reservation if mine is None else self.utility[mine]
        return bool(self.utility[package] >= max(least, self.reservation))

    def offer(self) -> int | None:
        """Its offer."""
        package = self.next_offer()
        if package is not None and package not in self.sent:
            self.sent.append(package)
        return package


def play_micro(utilities: Array, reservation: Array, steps: int) -> tuple[int, int] | None:
    """MiCRO against MiCRO in stacked alternating offers between two.

    Parameters
    ----------
    utilities : ndarray, shape (packages, 2)
    reservation : ndarray, shape (2,)
    steps : int
        Steps until the deadline; both act in each.

    Returns
    -------
    tuple of int or None
        The package agreed and the step, from 0; None without agreement.
    """
    sides = [Micro(utilities[:, k], float(reservation[k])) for k in (0, 1)]
    standing: int | None = None
    for step in range(steps):
        for side in sides:
            if standing is not None and side.accepts(standing):
                return standing, step
            standing = side.offer()
            if standing is None:
                return None
    return None
