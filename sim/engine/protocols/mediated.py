"""What protocols with an envoy share: positions that start from its text, and answers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engine.protocols.base import Array, Mask, Protocol

if TYPE_CHECKING:
    from sim.engine.agents import Formulator, Party


class Mediated(Protocol):
    """Talks in which an envoy may put a text to all signatories."""

    def position_of(self, party: Party) -> Array:
        """A party's position (worlds, issues), walked from the envoy's text once there is one."""
        envoy = self.model.envoy
        if envoy is not None and envoy.text is not None:
            return party.propose(envoy.text[None], self.care_of_others(party)[None])
        return party.propose(*self.others_of(party))

    def put_to_all(self, envoy: Formulator, text: Array, where: Mask) -> Mask:
        """Ask all for their answer to a text; sign it where enough accept.

        Returns
        -------
        ndarray of bool, shape (worlds,)
            Where it has been signed.
        """
        model = self.model
        accepted = {}
        for party in model.signatories:
            yes = party.accepts(text[:, None, :], envoy.accepted_at[party.key])[:, 0]
            party.hear(text[None], where)
            accepted[party.key] = yes
            model.count("accepts", party, where & yes)
            model.count("refuses", party, where & ~yes)
        model.record_text(text, where, accepted)
        done = where & model.consented(accepted)
        for party in model.signatories:
            model.count("signs_alone", party, where & accepted[party.key] & ~done)
        if done.any():
            model.sign(text, done)
        return np.asarray(done)
