"""From the worlds of all cases to the engine parameters that they allow.

For every case the likelihood of what happened is a function of the parameters, read from its
worlds by regression (:mod:`sim.formulas.emulator`): signed or not, and on request the quarter of
the time given in which it was signed, and how near its terms came to the true ones. A small lapse
rate (Wichmann & Hill 2001, "The psychometric function I", *Perception & Psychophysics* 63(8)) keeps
one case that the model cannot explain from deciding all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.formulas.emulator import Share, fit_share
from sim.studies.calibrate.cases import Case
from sim.studies.calibrate.evidence import QUARTERS, TERM_ERROR, Evidence
from sim.studies.calibrate.parameters import scores

Counts = Literal["signature", "day", "terms"]
COUNTS: Counts = "signature"
"""What of an end counts by default."""
LAPSE = 0.05
ENOUGH = 100
"""Signed worlds from which a regression within them is made; below that their mean is taken."""


@dataclass(frozen=True)
class CaseModel:
    """How a case ends, as functions of the parameters.

    Attributes
    ----------
    odds : Share
        Of a signature within the horizon.
    quarters : tuple of Share
        Of a signature in a quarter, given that it comes in that or a later one: discrete-time
        hazards (Allison 1982, *Sociological Methodology* 13), for the first three.
    near : Share
        Mean of exp(−d²/2σ²) where a text is signed; d is the root mean square distance of its
        terms from the true ones, σ :data:`~.evidence.TERM_ERROR`.
    mean_near : float
        Its mean over the priors.
    """

    odds: Share
    quarters: tuple[Share, ...]
    near: Share
    mean_near: float = 1.0

    def quarter_odds(self, x: Array) -> Array:
        """Shares of signatures by quarter, and of none; shape (n, 5)."""
        left, out = self.odds(x), []
        given = np.ones(len(x))
        for hazard in self.quarters:
            h = hazard(x)
            out.append(left * given * h)
            given = given * (1.0 - h)
        return np.column_stack([*out, left * given, 1.0 - left])

    def likelihood(self, x: Array, quarter: int | None, counts: Counts) -> Array:
        """Likelihood of what happened at parameters (n, parameters); shape (n,).

        Parameters
        ----------
        quarter : int or None
            Quarter of the horizon in which it was signed; None: not signed.
        counts : str
            Whether it was signed only, also the quarter, or also how near the terms come. These
            count relative to their mean, so that a lapse means the same with and without.
        """
        shares = self.quarter_odds(x)
        if quarter is None or counts == "signature":
            none = shares[:, 4]
            return (1.0 - LAPSE) * (none if quarter is None else 1.0 - none) + LAPSE * 0.5
        found = shares[:, quarter]
        if counts == "terms":
            found = found * self.near(x) / self.mean_near
        return (1.0 - LAPSE) * found + LAPSE * 0.125


def quarter_of(time: Array) -> NDArray[np.int64]:
    """Quarter of the horizon, 0 to 3, of a share of it."""
    return np.minimum(np.searchsorted(QUARTERS, time), 3)


def case_model(one: Evidence, true_terms: Array) -> CaseModel:
    """Fit a case's functions to its worlds."""
    x = scores(one.parameters)
    odds = fit_share(x, one.signed.astype(float))
    signed = one.signed
    quarter = quarter_of(one.time[signed])
    hazards = []
    for q in range(3):
        at_risk = quarter >= q
        hazards.append(_fit(x[signed][at_risk], (quarter[at_risk] == q).astype(float)))
    near = np.ones(int(signed.sum()))
    if len(true_terms) and len(near):
        distance2 = (
            np.nanmean((one.terms[signed] - true_terms) ** 2, axis=1) if signed.any() else near
        )
        near = np.exp(-0.5 * np.nan_to_num(distance2, nan=1.0) / TERM_ERROR**2)
    nearness = _fit(x[signed], near)
    return CaseModel(odds, tuple(hazards), nearness, float(nearness(x).mean()))


def _fit(x: Array, y: Array) -> Share:
    if len(y) >= ENOUGH:
        return fit_share(x, y)
    beta = np.zeros(1 + x.shape[1] + x.shape[1] * (x.shape[1] + 1) // 2)
    mean = (y.sum() + 0.5) / (len(y) + 1.0)
    beta[0] = np.log(mean / (1.0 - mean))
    return Share(beta)


def true_terms(case: Case) -> Array:
    """The terms as signed, shape (issues with known terms,)."""
    return np.array([term.at.median for term in case.outcome.terms.values()])


def quarter_signed(case: Case) -> int | None:
    """The quarter of the horizon in which a case was signed."""
    if case.day is None:
        return None
    return int(quarter_of(np.array([case.day / case.loaded.scenario.horizon_days]))[0])


@dataclass(frozen=True)
class Learner:
    """All cases' functions."""

    cases: Sequence[Case]
    models: Mapping[str, CaseModel]
    counts: Counts = COUNTS

    @classmethod
    def of(
        cls, cases: Sequence[Case], found: Mapping[str, Evidence], counts: Counts = COUNTS
    ) -> Learner:
        """Fit them."""
        models = {c.name: case_model(found[c.name], true_terms(c)) for c in cases}
        return cls(cases, models, counts)

    def log_likelihoods(self, x: Array) -> Array:
        """Of each case at parameters (n, parameters); shape (cases, n)."""
        return np.log(
            [self.models[c.name].likelihood(x, quarter_signed(c), self.counts) for c in self.cases]
        )

    def weights(self, x: Array, without: str | None = None) -> Array:
        """Posterior weights of prior draws (n, parameters), one case left out; sum to 1, (n,)."""
        every = self.log_likelihoods(x)
        kept = [n for n, c in enumerate(self.cases) if c.name != without]
        return normalised_weights(every[kept].sum(axis=0))


def normalised_weights(log_weights: Array) -> Array:
    """Importance weights from their logarithms, summing to 1."""
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def effective_size(weights: Array) -> float:
    """Kish's effective sample size, (Σw)² / Σw² (Kish 1965, *Survey Sampling*)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def resampled(values: Array, weights: Array, rows: int) -> Array:
    """Rows of a table by weight: systematic resampling (Kitagawa 1996, *JCGS* 5(1))."""
    places = (np.arange(rows) + 0.5) / rows
    return values[np.minimum(np.searchsorted(np.cumsum(weights), places), len(values) - 1)]
