"""What all talks have in common: who signs, and when enough have accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array, ByWorld, Mask, columns
from sim.engine.ratification import Ratification
from sim.engine.state import Talks
from sim.engine.war import War
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.engine.agents import Formulator, Party


class Forum(ByWorld):
    """Talks among signatories: what a protocol may see and call."""

    spec: Scenario
    talks: Talks
    war: War
    signatories: list[Party]
    envoy: Formulator | None
    ratification: Ratification

    def sign(self, package: Array, where: Mask) -> None:
        """Sign the issues on the table in some worlds."""
        raise NotImplementedError

    def record_text(self, text: Array, where: Mask, accepted: dict[str, Mask]) -> None:
        """A mediator has tabled a text; nothing is kept of it unless a subclass does."""

    def record_withdrawal(self, where: Mask) -> None:
        """The envoy has given up in some worlds; as above."""

    def count(self, event: str, party: Party, where: Mask) -> None:
        """Count an event of a signatory in some worlds."""
        self.talks.count(event, party.key, where)

    def quorum(self, answers: Mask) -> Mask:
        """Whether enough signatories accept; over the last axis."""
        rule = self.spec.protocol.consent
        needed = [n for n, p in enumerate(self.signatories) if p.consent.any()]
        if len(needed) < len(self.signatories):
            answers = answers[..., needed]
        if rule == "unanimity":
            return np.asarray(answers.all(axis=-1))
        enough = np.asarray(answers.mean(axis=-1) >= rule)
        group = [self.signatories[n].spec.group for n in needed]
        for one in sorted({name for name in group if name is not None}):
            within = [n for n, name in enumerate(group) if name == one]
            enough &= answers[..., within].mean(axis=-1) >= rule
        return enough

    def consented(self, accepted: dict[str, Mask]) -> Mask:
        """Whether enough signatories have accepted, those not asked at this stage included."""
        on_table = self.talks.on_table
        answers = [accepted[p.key] | ~(on_table & p.consent).any(axis=1) for p in self.signatories]
        return self.quorum(columns(answers))
