"""Shuttle diplomacy."""

from __future__ import annotations

import numpy as np

from sim.protocols.base import Mask, register
from sim.protocols.mediated import Mediated


@register
class Shuttle(Mediated):
    """A mediator goes between the parties and tables texts of its own.

    Each round every signatory states its position to the mediator, moving from the last text (or,
    before the first, from where the others stand). Every few rounds the mediator tables a text.
    What all accept is signed: the text first, otherwise the position with the largest product of
    surpluses.
    """

    name = "shuttle"
    title = "a mediator carries positions and tables texts"
    citation = (
        "Touval & Zartman (1985), International Mediation in Theory and Practice; the text as a "
        "Nash bargain: Nash (1950), Econometrica 18(2), doi:10.2307/1907266"
    )

    def bargain(self) -> None:
        model = self.model
        offers = {party.key: self.position_of(party) for party in model.signatories}
        for party in model.signatories:
            party.put(offers[party.key], model.talking)
        envoy = model.envoy
        if envoy is not None and envoy.tables_text_now():
            working = model.talking & envoy.active
            if working.any():
                self.put_to_all(envoy, envoy.draft(), working)
        self._sign_positions()

    def _asked(self) -> Mask:
        """Whose consent the stage needs, shape (worlds, 1, parties)."""
        model = self.model
        asked = [(model.on_table & p.consent).any(axis=1) for p in model.signatories]
        return np.stack(asked, axis=1)[:, None, :]

    def _sign_positions(self) -> None:
        """Sign a position that everybody would accept."""
        model = self.model
        parties = model.signatories
        positions = np.stack([p.offer for p in parties], axis=1)
        answers = np.stack([p.accepts(positions) for p in parties], axis=2)
        for column, party in enumerate(parties):
            answers[:, column, column] = party.stands_behind(party.offer)
        agreed = model.quorum(answers) & model.talking[:, None]
        if not agreed.any():
            return
        surplus = np.stack([p.value(positions) - p.reservation[:, None] for p in parties], axis=2)
        # those not asked at this stage, or outvoted, do not weigh in the product
        surplus = np.where(surplus > 0.0, surplus, np.where(answers & self._asked(), 0.0, 1.0))
        product = np.where(agreed, surplus.prod(axis=2), -1.0)
        best = product.argmax(axis=1)
        done = agreed.any(axis=1)
        model.sign(positions[np.arange(model.worlds), best], done)
