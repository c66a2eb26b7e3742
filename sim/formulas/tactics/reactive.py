"""Tactics that answer what the others do."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.formulas.tactics.base import Array, Parameter, Tactic, View, register
from sim.formulas.tactics.time_dependent import FARATIN


@register
class TitForTat(Tactic):
    """Gives up as much of its own utility as the others' last concession gave it."""

    name = "tit_for_tat"
    title = "concedes as the others concede"
    citation = FARATIN + " (absolute tit-for-tat, here in utility and without its random part)"
    parameters: ClassVar[dict[str, Parameter]] = {
        "opening": Parameter(
            0.05, 0.0, 1.0, "share conceded at the very start: without it nobody moves"
        ),
        "reciprocity": Parameter(1.0, 0.0, 2.0, "own concession per unit received"),
    }
    opening: float
    reciprocity: float

    def aspiration(self, view: View) -> Array:
        received = np.maximum(0.0, view.received - view.received_before)
        conceded = self.reciprocity * received / np.maximum(view.gap, 1e-12)
        return np.clip(np.minimum(view.before, 1.0 - self.opening) - conceded, 0.0, 1.0)


@register
class MiCRO(Tactic):
    """One small step per different offer of the others, no step without one."""

    name = "micro"
    title = "matches the others' steps one by one"
    citation = (
        "de Jonge (2022), An analysis of the linear bilateral ANAC domains using the MiCRO "
        "benchmark strategy, IJCAI, 223–229, doi:10.24963/ijcai.2022/32"
    )
    parameters: ClassVar[dict[str, Parameter]] = {
        "step": Parameter(0.02, 0.001, 0.5, "size of a step, share of the way to its reservation"),
    }
    looks_at_offers = False
    step: float

    def aspiration(self, view: View) -> Array:
        may_step = view.own_offers <= view.others_offers
        return np.clip(np.where(may_step, view.before - self.step, view.before), 0.0, 1.0)
