"""Keeps what happened: an observer that the model calls and that never changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.published_plan import Weighed
from sim.engine.ripeness import Ripeness, red_line_gaps

if TYPE_CHECKING:
    from sim.engine.agents import Party
    from sim.engine.model import PeaceTalks

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
BY_ROUND = ("offer", "value", "target", "reservation", "cost", "no_deal")
STORY = ("low", "high", "ripeness", "stages_done", "belief")


class Recorder:
    """Rounds as lists of arrays while the model runs, arrays afterwards.

    Attributes
    ----------
    rounds : dict of str to list of ndarray
        With a trace: per round, position (worlds, parties, issues), value of it, target for the
        whole, reservation value and cost (worlds, parties), no-deal package (worlds, issues). With
        one world also red lines, beliefs and ripeness: the story of the central world.
    texts : list of dict
        One entry per text tabled: round, package, stage, who accepted. Central world only.
    history : list of (int, str, str)
        Round, kind (signed, broken, ratified, rejected, left, withdrawn) and what or who.
        Central world only.
    """

    def __init__(self, model: PeaceTalks, trace: bool) -> None:
        self.trace, self.story = trace, trace and model.worlds == 1
        kinds = (*BY_ROUND, *STORY) if self.story else BY_ROUND if trace else ()
        self.rounds: dict[str, list[NDArray[Any]]] = {kind: [] for kind in kinds}
        self.texts: list[dict[str, Any]] = []
        self.history: list[tuple[int, str, str]] = []
        self.truces_broken = np.zeros(model.worlds, dtype=np.int64)
        self.first_signed = np.full(model.worlds, -1, dtype=np.int64)
        self.left_by: dict[str, Mask] = {}
        signatories = len(model.signatories)
        self.surplus_at_signing = np.full((model.worlds, model.stages, signatories), np.inf)
        self.value_at_signing, self.gain = np.full((2, model.worlds, signatories), np.nan)
        self.ripeness = Ripeness(model)

    def start(self, model: PeaceTalks) -> None:
        """State before the first round."""
        self.ripeness_at_start = self.ripeness.measure(model)
        self.first_offer = np.stack([p.offer for p in model.signatories], axis=1)
        self.reservation_at_start = np.stack([p.reservation for p in model.signatories], axis=1)
        self.plan = Weighed(model) if model.spec.has_plan else None
        self.record(model)

    def record(self, model: PeaceTalks) -> None:
        """State at the end of a round."""
        if not self.trace:
            return
        parties = model.signatories
        keep = self.rounds
        keep["offer"].append(np.stack([p.offer for p in parties], axis=1).astype(np.float32))
        keep["value"].append(np.stack([p.utility(p.offer) for p in parties], axis=1))
        keep["target"].append(np.stack([p.target_of_all for p in parties], axis=1))
        keep["reservation"].append(np.stack([p.reservation for p in parties], axis=1))
        costs = [model.war.cost_now(p.key) * model.cost_factor for p in parties]
        keep["cost"].append(np.stack(costs, axis=1))
        keep["no_deal"].append(np.where(model.is_fixed, model.agreed, model.war.no_deal))
        if self.story:
            keep["low"].append(np.stack([p.low for p in parties], axis=1))
            keep["high"].append(np.stack([p.high for p in parties], axis=1))
            keep["belief"].append(np.stack([p.beliefs.mean for p in parties], axis=1))
            keep["stages_done"].append(model.stage.copy())
            keep["ripeness"].append(self.ripeness.measure(model))

    def finish(self, model: PeaceTalks) -> None:
        """State after the last round."""
        self.ripeness_at_end = self.ripeness.measure(model)
        self.stage_ripeness_at_end = self.ripeness.measure_stage(model)
        self.gaps = red_line_gaps(model, ~model.is_fixed)
        self.stage_gaps = red_line_gaps(model, model.on_table)
        parties = model.signatories
        reservation = np.stack([p.reservation for p in parties], axis=1)
        self.reservation_at_end = reservation
        settled = (model.stage == model.stages)[:, None]
        # a payment was expected at its credibility; in the end it was made or not
        luck = np.zeros_like(reservation)
        for lever in model.levers:
            for column, party in enumerate(parties):
                amount = lever.shift.payment.get(party.key)
                if amount is not None:
                    luck[:, column] += (lever.in_effect - lever.credibility) * amount
        self.utility = np.where(settled, self.value_at_signing + luck, reservation)
        nobody = np.zeros(model.worlds, dtype=bool)
        self.who_left = np.stack([self.left_by.get(p.key, nobody) for p in parties], axis=1)
        self._look_ahead(model, settled)
        self.last_offer = np.stack([p.offer for p in parties], axis=1)
        # how far apart positions are on each issue, weighed by those who hold them
        middle = self.last_offer.mean(axis=1)
        apart = np.sum([p.loss(middle) - p.loss(p.offer) for p in parties], axis=0)
        self.apart = np.maximum(apart, 0.0)

    def _look_ahead(self, model: PeaceTalks, settled: Mask) -> None:
        """How long settlements hold, and how long without each of their terms."""
        self.gain = np.where(settled, self.gain, np.nan)
        package = np.where(settled, model.agreed, np.nan)
        self.years_held = np.full(model.worlds, np.nan)
        self.broken_by = np.full(model.worlds, -1)
        self.years_without: dict[str, Array] = {}
        if model.durable is not None:
            self.years_held, self.broken_by = model.durable.holds(package)
            self.years_without = {
                term: model.durable.holds(package, without=term).years
                if settled.any()
                else np.full(model.worlds, np.nan)
                for term in model.durable.terms
            }

    def text_tabled(
        self, model: PeaceTalks, text: Array, where: Mask, accepted: dict[str, Mask]
    ) -> None:
        if self.story:
            self.texts.append(
                {
                    "round": model.round,
                    "text": text[0].copy(),
                    "stage": int(model.stage[0]),
                    "accepted": {key: bool(yes[0]) for key, yes in accepted.items()},
                }
            )

    def signed(self, model: PeaceTalks, where: Mask) -> None:
        """Called while a package is being signed, before the stage moves on."""
        worlds = np.flatnonzero(where)
        for column, party in enumerate(model.signatories):
            value = party.value(party.offer)
            asked = (model.on_table & party.consent).any(axis=1)
            surplus = np.where(asked, value - party.reservation, np.inf)
            self.surplus_at_signing[worlds, model.stage[worlds], column] = surplus[worlds]
            self.value_at_signing[worlds, column] = value[worlds]
            self.gain[worlds, column] = (value - party.reservation)[worlds]
        if self.story:
            self.history.append((model.round, "signed", model.stage_names[int(model.stage[0])]))
        new = where & (self.first_signed < 0)
        self.first_signed[new] = model.round

    def truce_broken(self, model: PeaceTalks, where: Mask, by: list[str]) -> None:
        """A truce has ended; ``by`` names those who broke one in some world this round."""
        self.truces_broken += where
        self.surplus_at_signing[where] = np.inf
        self.value_at_signing[where] = np.nan
        if self.story:
            self.history.append((model.round, "broken", " ".join(by)))

    def voted(self, model: PeaceTalks, passed: Mask, failed: Mask) -> None:
        """Votes on a signed text have been taken; where it failed its stage is not yet open."""
        worlds = np.flatnonzero(failed)
        self.surplus_at_signing[worlds, model.stage[worlds] - 1] = np.inf
        self.value_at_signing[worlds] = np.nan
        if self.story:
            votes = model.ratification
            against = " ".join(g.key for g in votes.gates if g.refuses[0])
            entry = ("rejected", against) if failed.any() else ("ratified", "")
            self.history.append((int(votes.due[0]), *entry))

    def left(self, model: PeaceTalks, party: Party, where: Mask) -> None:
        """A party has walked away."""
        self.left_by[party.key] = self.left_by.get(party.key, np.zeros_like(where)) | where
        if self.story:
            self.history.append((model.round, "left", party.key))

    def withdrawn(self, model: PeaceTalks, envoy: str) -> None:
        """The envoy has stopped, in the central world."""
        if self.story:
            self.history.append((model.round, "withdrawn", envoy))
