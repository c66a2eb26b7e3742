"""Stacked alternating offers turn by turn, for strategies that watch what the others do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sim.listed.offers import NOTHING, Array, Index

OFFER, ACCEPT, REJECT = "OFFER", "ACCEPT_OFFER", "REJECT_OFFER"


class Side(Protocol):
    """How one negotiator acts."""

    def accepts(self, package: int, step: int) -> bool:
        """Whether it accepts the standing offer, which it may take note of."""

    def offer(self, step: int) -> int:
        """The package that it offers; :data:`NOTHING` ends the talks."""


@dataclass(frozen=True)
class TimeBased:
    """A side whose targets and offers are known for all steps beforehand.

    Attributes
    ----------
    utility : ndarray, shape (packages,)
    targets, offers : ndarray, shape (steps,)
    """

    utility: Array
    targets: Array
    offers: Index

    def accepts(self, package: int, step: int) -> bool:
        return bool(self.utility[package] >= self.targets[step])

    def offer(self, step: int) -> int:
        return int(self.offers[step])


def turns(sides: Sequence[Side], steps: int) -> Iterator[tuple[int, int, str, int]]:
    """Step, side, what it does, and the package, in order.

    Each side acts once in each step: it accepts the standing offer or rejects it and makes its own.
    Ends when all others have accepted an offer in a row, when a side has nothing to offer, or
    after the last step.
    """
    standing, accepted = NOTHING, 0
    for step in range(steps):
        for who, side in enumerate(sides):
            if standing != NOTHING:
                if side.accepts(standing, step):
                    yield step, who, ACCEPT, standing
                    accepted += 1
                    if accepted == len(sides):
                        return
                    continue
                yield step, who, REJECT, standing
            standing, accepted = side.offer(step), 1
            if standing == NOTHING:
                return
            yield step, who, OFFER, standing
