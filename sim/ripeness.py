"""Ripeness: the largest surplus that all who must consent could have at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.drafting import max_min
from sim.bargaining.red_lines import best_linkages, boxes, gaps
from sim.bargaining.utility import losses

if TYPE_CHECKING:
    from sim.agents import Party
    from sim.model import PeaceTalks

Array = NDArray[np.float64]
POINTS = 21


class Ripeness:
    """Maximises the smallest surplus over whole settlements within all red lines.

    Zartman's ripeness as an outcome: positive where a package exists that everyone prefers to
    fighting on (a zone of possible agreement), negative where the best package still leaves
    somebody worse off by so much. Where red lines miss each other it is the value of the package
    that violates them least, so it then says what the war alone would allow.
    """

    def __init__(self, model: PeaceTalks) -> None:
        rows = []
        for listed in model.options:
            grid = np.linspace(0.0, 1.0, POINTS)
            rows.append(
                grid if listed is None else np.pad(listed, (0, POINTS - len(listed)), mode="edge")
            )
        self.points = np.stack(rows)
        tables = np.stack(
            [
                p.weight[:, :, None]
                * losses(
                    self.points,
                    p.ideal[:, :, None],
                    None if p.curvature is None else p.curvature[:, None],
                )
                for p in model.signatories
            ],
            axis=1,
        )
        self.loss = tables.transpose(2, 0, 1, 3).copy()  # (issues, worlds, parties, points)
        middle = np.mean([p.ideal for p in model.signatories], axis=0).T[:, :, None]
        self.choice = np.abs(self.points[:, None, :] - middle).argmin(axis=2)

    def measure(self, model: PeaceTalks) -> Array:
        """Ripeness now, in utility, shape (worlds,); NaN where everything is signed."""
        unsettled = ~model.is_fixed
        gap = np.stack([self._gap(p, model) for p in model.signatories], axis=1)
        low, high, asked = true_boxes(model, unsettled)
        points = self.points[:, None, :]
        beyond = np.zeros((len(points), model.worlds, POINTS))
        for k in range(len(model.signatories)):
            excess = np.maximum(points - high[k].T[..., None], low[k].T[..., None] - points)
            beyond += np.where(asked[k].T[..., None], np.maximum(excess, 0.0), 0.0)
        extra = np.where(beyond > 1e-9, -10.0 - 10.0 * beyond, 0.0)
        loss = self.loss
        if not unsettled.all():
            loss = loss * unsettled.T[:, :, None, None]
        self.choice, value = max_min(self.choice, loss, gap, extra)
        return np.where(unsettled.any(axis=1), value, np.nan)

    @staticmethod
    def _gap(party: Party, model: PeaceTalks) -> Array:
        """Surplus of a party if every unsettled issue went to its ideal."""
        signed = np.where(model.is_fixed, party.loss(np.nan_to_num(model.agreed)), 0.0).sum(axis=1)
        return 1.0 - signed + party.payments() - party.reservation


def true_boxes(
    model: PeaceTalks, unsettled: NDArray[np.bool_]
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Red lines under the linkages that come nearest to common ground, and where they count.

    Three arrays of shape (parties, worlds, issues).
    """
    parties = model.signatories
    low, high = np.stack([p.low for p in parties]), np.stack([p.high for p in parties])
    asked = np.stack([p.consent & unsettled for p in parties])
    if model.rules:
        rest = np.stack([p.rest for p in parties])
        chosen = best_linkages(low, high, model.rules, asked, rest, unsettled)
        low, high = boxes(low, high, model.rules, chosen, rest, unsettled)
    return low, high, asked


def red_line_gaps(model: PeaceTalks) -> Array:
    """By how much the red lines of those who must consent miss each other, per issue.

    Shape (worlds, issues), in scale units; 0 where some point is inside all of them. Conditional
    red lines count under the choice of conditions that comes nearest to common ground.
    """
    low, high, asked = true_boxes(model, ~model.is_fixed)
    missed = gaps(low, high, asked)
    lowest = np.where(asked, low, 0.0).max(axis=0)
    highest = np.where(asked, high, 1.0).min(axis=0)
    for column, listed in enumerate(model.options):
        if listed is not None:
            above = listed >= lowest[:, column, None] - 1e-9
            none = ~(above & (listed <= highest[:, column, None] + 1e-9)).any(axis=1)
            missed[:, column] = np.where(
                none, np.maximum(missed[:, column], 1e-6), missed[:, column]
            )
    return missed
