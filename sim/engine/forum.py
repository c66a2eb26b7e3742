"""What all talks have in common: who signs, and when enough have accepted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.arrays import ByWorld, columns
from sim.engine.agents import Party
from sim.engine.state import Talks
from sim.scenario.schema import Scenario

Mask = NDArray[np.bool_]


class Forum(ByWorld):
    """Talks among signatories.

    Attributes
    ----------
    spec : Scenario
    talks : Talks
    signatories : list of Party
    """

    spec: Scenario
    talks: Talks
    signatories: list[Party]

    def count(self, event: str, party: Party, where: Mask) -> None:
        """Count an event of a signatory in some worlds."""
        self.talks.count(event, party.key, where)

    def quorum(self, answers: Mask) -> Mask:
        """Whether enough signatories accept; over the last axis."""
        rule = self.spec.protocol.consent
        if rule == "unanimity":
            return np.asarray(answers.all(axis=-1))
        return np.asarray(answers.mean(axis=-1) >= rule)

    def consented(self, accepted: dict[str, Mask]) -> Mask:
        """Whether enough signatories have accepted, those not asked at this stage included."""
        on_table = self.talks.on_table
        answers = [accepted[p.key] | ~(on_table & p.consent).any(axis=1) for p in self.signatories]
        return self.quorum(columns(answers))
