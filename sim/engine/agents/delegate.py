"""A signatory in the talks about limited agreements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from sim.arrays import total
from sim.engine.agents.party import Array, Mask, Party
from sim.engine.limited import Limited


class Delegate(Party):
    """A side at the table of a track: it compares a limited agreement with going on without it.

    Utilities are those of the track's issues alone, from 0 to 1. What a limited agreement spares
    the side in the war comes on top: what the side at the main table gains by the effect, as for a
    lever, in the track's unit. Terms and effects both last as long as the agreement does, so how
    long that is drops out of whether it is worth signing.

    Attributes
    ----------
    home : Party
        The same side at the main table.
    scale : ndarray, shape (worlds,)
        Utility over all issues of the settlement that a unit of the track's is worth.
    since : ndarray, shape (worlds,)
        Turn from which its patience runs: after a break talks begin anew.
    """

    axes: ClassVar[dict[str, str | None]] = dict.fromkeys(("scale", "since", "_worths"), "world")

    def weigh(self, home: Party, limited: Sequence[Sequence[Limited]]) -> None:
        """Learn what it wants elsewhere, and what the agreements bring.

        ``limited`` has them stage by stage, of every track that it talks about.
        """
        self.home, self.limited = home, limited
        self.scale = total(self.salience) / np.tile(total(home.salience), self.joined)
        self.since = np.zeros(self.talks.worlds)

    def turns_talked(self) -> Array:
        """Turns of talks since the last break, shape (worlds,)."""
        return self.talks.turn - 1.0 - self.since

    def begin_anew(self, where: Mask) -> None:
        """Its patience runs from this turn in some worlds."""
        self.since = np.where(where, self.talks.turn, self.since)

    def _value_of_refusing(self) -> tuple[Array, Array]:
        value = self.utility(self.talks.signed_or(self.war.no_deal))
        return value, value

    def _value_of_stage(self) -> Array:
        talks = self.talks
        self.rest = talks.signed_or(self.war.no_deal)
        effects = np.zeros(talks.worlds)
        self._worths = [self._worth(stage) for stage in range(talks.stages)]
        for number, worth in enumerate(self._worths):
            effects += np.where(talks.stage == number, worth, 0.0)
        return np.asarray(1.0 - total(self.loss(self.rest) * ~talks.on_table) + effects)

    def payments(self) -> Array:
        """What the effects of all that is not signed yet are worth, shape (worlds,)."""
        return np.asarray(
            sum(
                np.where(self.talks.stage <= number, worth, 0.0)
                for number, worth in enumerate(self._worths)
            )
        )

    def _worth(self, stage: int) -> Array:
        """What the effects of a stage are worth to it, shape (worlds,)."""
        of_tracks = [self.home.worth_of(one.shift, one.in_force) for one in self.limited[stage]]
        return np.concatenate(of_tracks) / self.scale

    def gain_of(self, stage: int, terms: Array) -> Array:
        """What a limited agreement on these terms (worlds, issues) brings it, shape (worlds,).

        In utility over all issues of the settlement, while it is in force.
        """
        spared = self.loss(self.war.no_deal) - self.loss(terms)
        spared = np.where(self.talks.stage_of_issue == stage, spared, 0.0)
        return np.asarray((total(spared) + self._worth(stage)) * self.scale)
