"""A settlement predictor that gives a distribution, with few parameters.

The outcome lies somewhere around the compromise mean, or on a position that somebody holds, or on
the reference point: a mixture of three, each cut off at the ends of the scale. How wide the first
is follows from how far the positions lie apart. ``benchmarks/settlement.py`` fits
the parameters and writes ``sim/formulas/groups/fitted.py``.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import betainc

from sim.arrays import Array, Mask
from sim.formulas.groups.averages import weighted_mean
from sim.formulas.groups.distributions import Distribution
from sim.formulas.groups.group import Group

GRID = np.linspace(0.0, 1.0, 401)
"""Points of the scale on which a prediction can lie."""
LEAST_SPREAD = 0.01
"""Smallest standard deviation around the mean, where all want nearly the same."""


class Parameters(NamedTuple):
    """What is fitted.

    Attributes
    ----------
    held : float
        Probability that the outcome is a position held, each by salience × power.
    reference : float
        Probability of the reference point, where one is known; the rest is the mean's.
    spread : float
        Standard deviation around the compromise mean, in weighted standard deviations of the
        positions.
    smoothing : float
        Standard deviation around a position held or the reference point, as a share of the scale.
    tails : float
        1 leaves the mixture F as it is; below 1 its tails get more, as I(F; tails, tails).
    """

    held: float
    reference: float
    spread: float
    smoothing: float
    tails: float = 1.0


TAILS = tuple(float(x) for x in np.round(np.arange(20, 5, -1) / 20, 2))
"""Values of ``tails``; the largest is taken with which central intervals hold what they promise."""
PROMISE = 0.8
"""Probability of these intervals."""
CHOICES: dict[str, tuple[float, ...]] = {
    "held": tuple(float(x) for x in np.arange(21) / 20),
    "reference": (0.0, 0.05, 0.1, 0.2, 0.3),
    "spread": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5),
    "smoothing": (0.01, 0.02, 0.04, 0.08, 0.12),
}
"""Values among which :func:`fit` chooses."""


def _bumps(centres: Array | float, widths: float) -> Array:
    """Normal densities on the grid, cut off at its ends; shape (..., grid), sums of 1."""
    distance = (GRID - np.asarray(centres)[..., None]) / widths
    # shifted so that the nearest point of the grid has density 1: no sum is ever 0
    exponent = -0.5 * distance**2
    density = np.exp(exponent - exponent.max(axis=-1, keepdims=True))
    return np.asarray(density / density.sum(axis=-1, keepdims=True))


def components(group: Group, spread: float, smoothing: float) -> Array:
    """Chances of the mean, the positions held and the reference point; shape (3, grid).

    Where no reference point is known, the mean stands in for it.
    """
    x, w = (group.positions - group.low) / group.width, group.weights / group.weights.sum()
    centre = weighted_mean(x, w)
    dispersion = np.sqrt(weighted_mean((x - centre) ** 2, w))
    mean = _bumps(centre, max(spread * float(dispersion), LEAST_SPREAD))
    held = w @ _bumps(x, smoothing)
    reference = mean
    if not np.isnan(group.reference):
        reference = _bumps((group.reference - group.low) / group.width, smoothing)
    return np.stack([mean, held, reference])


def settlement(group: Group, parameters: Parameters) -> Distribution:
    """Where the decision will lie, on the group's scale.

    The mixture is recalibrated with the beta function (Ranjan & Gneiting 2010, *Journal of the
    Royal Statistical Society B* 72(1), doi:10.1111/j.1467-9868.2009.00726.x).
    """
    held, reference, spread, smoothing, tails = parameters
    shares = np.array([1.0 - held - reference, held, reference])
    chances = shares @ components(group, spread, smoothing)
    if tails != 1.0:
        reached = np.minimum(np.cumsum(chances), 1.0)
        chances = np.diff(betainc(tails, tails, reached), prepend=0.0)
    return Distribution(group.low + group.width * GRID, chances)


# --- fitting ---------------------------------------------------------------------------------


def _losses(groups: Sequence[Group], outcomes: Array, spread: float, smoothing: float) -> Array:
    """Matrices G with CRPS = s' G s for shares s of the components; shape (issues, 3, 3).

    The score is the integral of (F − step)², and F − step is linear in shares that add up to 1.
    """
    matrices = np.empty((len(groups), 3, 3))
    for row, (group, outcome) in enumerate(zip(groups, outcomes, strict=True)):
        step = (outcome - group.low) / group.width <= GRID + 1e-9
        miss = np.cumsum(components(group, spread, smoothing), axis=1) - step
        matrices[row] = miss[:, :-1] @ miss[:, :-1].T / (len(GRID) - 1)
    return matrices


class Fit:
    """Scores of every choice of parameters on some decided issues, from which to pick the best.

    Parameters
    ----------
    groups : sequence of Group
    outcomes : ndarray, shape (issues,)
        On the scales of the groups.
    choices : dict
        Values to choose among, as :data:`CHOICES`.
    """

    def __init__(
        self,
        groups: Sequence[Group],
        outcomes: Array,
        choices: dict[str, tuple[float, ...]] = CHOICES,
    ) -> None:
        self.groups, self.outcomes = groups, outcomes
        self._held: dict[Parameters, Mask] = {}
        others = itertools.product(choices["held"], choices["reference"])
        self.shares = np.array([(1.0 - sum(o), *o) for o in others if sum(o) <= 1.0 + 1e-9])
        self.widths = list(itertools.product(choices["spread"], choices["smoothing"]))
        losses = np.stack([_losses(groups, outcomes, *pair) for pair in self.widths])
        #: CRPS as a share of the scale; shape (widths, shares, issues)
        self.scores = np.einsum("sc,wicd,sd->wsi", self.shares, losses, self.shares, optimize=True)

    def best(self) -> Parameters:
        """The choice with the least mean CRPS, of several the first, widened until it is honest."""
        everything = np.ones(len(self.groups), dtype=bool)
        return self._honest(self._least(self.scores.sum(axis=2)), everything)

    def best_without(self, dossiers: Sequence[str]) -> list[Parameters]:
        """For every issue the best choice on all issues outside its dossier.

        One dossier is left out at a time, so nothing depends on how folds are drawn.
        """
        total, member = self.scores.sum(axis=2), np.asarray(dossiers)
        found = {}
        for name in dict.fromkeys(dossiers):
            own = member == name
            best = self._least(total - self.scores[:, :, own].sum(axis=2))
            found[name] = self._honest(best, ~own)
        return [found[name] for name in dossiers]

    def _honest(self, best: Parameters, which: Mask) -> Parameters:
        """With tails as heavy as the intervals need to hold what they promise.

        The least CRPS alone leaves them too narrow: outcomes far from everybody are rare and cost
        little.
        """
        if best not in self._held:
            self._held[best] = np.array(
                [
                    [
                        settlement(g, best._replace(tails=tails)).covers(float(y), PROMISE)
                        for g, y in zip(self.groups, self.outcomes, strict=True)
                    ]
                    for tails in TAILS
                ]
            )
        enough = self._held[best][:, which].mean(axis=1) >= PROMISE
        return best._replace(tails=TAILS[int(enough.argmax()) if enough.any() else -1])

    def _least(self, score: Array) -> Parameters:
        width, share = np.unravel_index(int(np.argmin(score)), score.shape)
        _, held, reference = map(float, self.shares[share])
        return Parameters(held, reference, *self.widths[width])


def fingerprint(group: Group, outcome: float) -> str:
    """Eight characters that tell an issue by its numbers, whatever it is called."""
    columns = (group.positions, group.salience, group.power)
    rows = sorted(zip(*(c.tolist() for c in columns), strict=True))
    return hashlib.sha256(repr((rows, float(outcome))).encode()).hexdigest()[:8]
