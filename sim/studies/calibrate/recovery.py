"""Which parameters can be known at all from so many cases: simulate ends, and look what returns.

Carrella 2021, "No Free Lunch when Estimating Simulation Parameters", *JASSS* 24(2)7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.studies.calibrate.parameters import NAMES, PARAMETERS, design, scores
from sim.studies.calibrate.posterior import LAPSE, Learner, normalised_weights

RETURNS = 0.1
"""Least share of the prior variance that has to be explained for a parameter to be kept."""


@dataclass(frozen=True)
class Recovered:
    """How well one parameter returns.

    Attributes
    ----------
    explained : float
        1 − mean squared error of the posterior mean / that of the prior mean, in prior normal
        scores: 0 where nothing is learnt, 1 where all is.
    covered : float
        Share of true values within the posterior's 80 % interval.
    """

    name: str
    explained: float
    covered: float


def recovery(learner: Learner, repeats: int = 300, seed: int = 1) -> list[Recovered]:
    """Draw true values from the priors, ends from the cases' functions, and learn from these.

    Terms are not simulated: they count for nothing here, which makes the answer cautious.
    """
    rng = np.random.default_rng(seed)
    table = design(1024)
    x = scores({name: table.column(name) for name in NAMES})
    chances = [learner.models[c.name].quarter_odds(x) for c in learner.cases]
    guess = np.array([0.125] * 4 + [0.5])
    if learner.counts == "signature":
        chances = [np.column_stack([1.0 - p[:, 4], p[:, 4]]) for p in chances]
        guess = np.array([0.5, 0.5])
    chances = [(1 - LAPSE) * p + LAPSE * guess for p in chances]
    truths = rng.integers(0, len(x), repeats)
    errors, covered = np.zeros((repeats, len(NAMES))), np.zeros((repeats, len(NAMES)))
    for r, true in enumerate(truths):
        log = np.zeros(len(x))
        for p in chances:
            end = rng.choice(p.shape[1], p=p[true] / p[true].sum())
            log += np.log(p[:, end])
        log[true] = -np.inf  # the truth itself is not among the candidates
        weights = normalised_weights(log)
        errors[r] = weights @ x - x[true]
        order = np.argsort(x, axis=0)
        for k in range(len(NAMES)):
            below = np.cumsum(weights[order[:, k]])
            low, high = x[order[np.searchsorted(below, [0.1, 0.9]), k], k]
            covered[r, k] = low <= x[true, k] <= high
    variance = ((x[truths] - x.mean(axis=0)) ** 2).mean(axis=0)
    explained = 1.0 - (errors**2).mean(axis=0) / variance
    return [
        Recovered(p.name, float(explained[k]), float(covered[:, k].mean()))
        for k, p in enumerate(PARAMETERS)
    ]
