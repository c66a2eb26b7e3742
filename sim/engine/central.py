"""The bargaining problem of a scenario's central world on day 0."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.agents import Party
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.formulas.solutions.space import Space
from sim.scenario.schema import Scenario


def central_space(scenario: Scenario) -> Space:
    """The whole settlement on day 0, every uncertain number at its median.

    All stages of the agenda are taken together. A signatory's reservation value is what fighting
    on is worth to it, threats included; its value of a package includes the payments it expects on
    signing. Red lines count where a signatory's consent is needed.
    """
    model = PeaceTalks(scenario, Draws(0, 1, central=True))
    parties = model.signatories
    issues = len(model.talks.issues)
    ones = np.ones(issues)
    drawn, free = lines_drawn(parties)
    return Space(
        parties=tuple(p.key for p in parties),
        issues=tuple(model.talks.issues),
        ideal=np.stack([p.ideal[0] for p in parties]),
        weight=np.stack([p.weight[0] for p in parties]),
        curvature=np.stack([ones if p.curvature is None else p.curvature for p in parties]),
        low=np.stack([np.where(p.consent, p.low[0], 0.0) for p in parties]),
        high=np.stack([np.where(p.consent, p.high[0], 1.0) for p in parties]),
        linkages=tuple(rule for p in parties for rule in p.rules if p.consent[rule.column]),
        floor=model.talks.terms_low[0],
        ceiling=model.talks.terms_high[0],
        top=np.array([p.best_of_all[0] for p in parties]),
        reservation=np.array([p.reservation[0] for p in parties]),
        options=tuple(model.talks.options),
        lines=drawn,
        free=free,
    )


def lines_drawn(parties: Sequence[Party]) -> tuple[int, int]:
    """Red lines of those who must consent in the first world, and how many do not bind there.

    On each side of an issue that line counts with which the others reckon.
    """
    drawn = free = 0
    for p in parties:
        for said, at, end in (
            (p.said_low, p.low_at_start, 0.0),
            (p.said_high, p.high_at_start, 1.0),
        ):
            there = p.consent & (said[0] != end)
            drawn += int(there.sum())
            free += int((there & (at[0] != said[0])).sum())
    return drawn, free
