"""Shuttle diplomacy."""

from __future__ import annotations

import numpy as np

from sim.arrays import Table, columns, rows, side_by_side, stacked
from sim.engine.protocols.base import Array, Mask, register
from sim.engine.protocols.mediated import Mediated


@register
class Shuttle(Mediated):
    """A mediator goes between the parties and tables texts of its own.

    Each turn every signatory states its position to the mediator, moving from the last text (or,
    before the first, from where the others stand). Every so often the mediator tables a text.
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
            party.put(offers[party.key], self.talks.talking)
        for party in model.signatories:
            party.hear(stacked([other.offer for other in party.others]), self.talks.talking)
        envoy = model.envoy
        if envoy is not None:
            for _ in range(envoy.texts_due()):
                working = self.talks.talking & envoy.active
                if working.any():
                    self.put_to_all(envoy, envoy.draft(), working)
        self._sign_positions()

    def _sign_positions(self) -> None:
        """Sign a position that everybody would accept."""
        model = self.model
        parties = model.signatories
        package, done = parties[0].offer.copy(order="K"), np.zeros(self.talks.worlds, dtype=bool)
        # what a party proposes itself it signs from its reservation value on
        thresholds = []
        for column, party in enumerate(parties):
            needed = [party.threshold()] * len(parties)
            needed[column] = party.reservation
            thresholds.append(columns(needed))
        for table in self.talks.tables:
            positions = side_by_side([table.rows(p.offer) for p in parties])
            enough = [
                p.gains_from(positions, table, t) for p, t in zip(parties, thresholds, strict=True)
            ]
            # red lines only where the positions are worth enough to enough of them
            some = np.flatnonzero(model.quorum(np.stack(enough, axis=2)).any(axis=1) & table.holds)
            if len(some):
                chosen = [rows(e, some) for e in enough]
                self._choose(table.among(some), rows(positions, some), chosen, package, done)
        if done.any():
            model.sign(package, done)

    def _choose(
        self, table: Table, positions: Array, enough: list[Mask], package: Array, done: Mask
    ) -> None:
        """Write the best of the positions that all accept to ``package``, and where to ``done``."""
        model, parties = self.model, self.model.signatories
        answers = np.stack(
            [e & p.may_sign(positions, table) for e, p in zip(enough, parties, strict=True)], axis=2
        )
        agreed = model.quorum(answers)
        where = agreed.any(axis=1)
        if not where.any():
            return
        surplus = np.stack(
            [p.value_of(positions, table) - table.rows(p.reservation)[:, None] for p in parties],
            axis=2,
        )
        # those not asked at this stage, or outvoted, do not weigh in the product
        asked = np.array([p.asked_at(table) for p in parties])
        surplus = np.where(surplus > 0.0, surplus, np.where(answers & asked, 0.0, 1.0))
        best = np.where(agreed, surplus.prod(axis=2), -1.0).argmax(axis=1)
        worlds = np.arange(self.talks.worlds)[table.worlds][where]
        package[worlds] = positions[np.flatnonzero(where), best[where]]
        done[worlds] = True
