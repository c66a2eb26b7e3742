"""The engine parameters that past talks may inform, and what is thought of them before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.stats import qmc

from sim.arrays import Array
from sim.scenario.calibration import Calibration


@dataclass(frozen=True)
class Parameter:
    """One engine parameter.

    Attributes
    ----------
    name : str
        Key in ``engine``.
    title : str
    prior : scipy.stats frozen distribution
    reason : str
        Why this prior.
    """

    name: str
    title: str
    prior: Any
    reason: str

    def at(self, u: Array) -> Array:
        """Values at prior probabilities, any shape."""
        return np.asarray(self.prior.ppf(u))

    def score(self, value: Array) -> Array:
        """Values as normal scores of the prior, clipped to ±3."""
        return np.clip(stats.norm.ppf(np.clip(self.prior.cdf(value), 1e-9, 1 - 1e-9)), -3, 3)


PARAMETERS = (
    Parameter(
        "stated_binds",
        "probability that a stated line binds",
        stats.beta(4, 2),
        "of 75 lines stated before eight talks 9 were crossed and 19 in part; not all that held "
        "were put to the test",
    ),
    Parameter(
        "believed_binds",
        "probability that a believed line binds",
        stats.beta(2, 2),
        "the coder's belief; nothing is known of how often it is right",
    ),
    Parameter(
        "line_error",
        "coder's error of a believed line",
        stats.uniform(0.0, 0.2),
        "none, up to a whole mark of a scale of five",
    ),
    Parameter(
        "cost_scale",
        "factor on the costs of war",
        stats.lognorm(s=0.7),
        "costs are coded as judgements; a factor of two either way is one standard deviation",
    ),
    Parameter(
        "tempo",
        "factor on patience",
        stats.lognorm(s=0.5),
        "patience is coded from the time that talks were given; a factor of 1.6 either way",
    ),
    Parameter(
        "credence",
        "factor on the odds that a threat is carried out",
        stats.lognorm(s=0.7),
        "credibility is coded as a judgement; a factor of two on the odds either way",
    ),
)
NAMES = tuple(p.name for p in PARAMETERS)
ROWS = 4096
"""Size of the design: a power of two, as Sobol' points want."""


def design(rows: int = ROWS) -> Calibration:
    """The priors as a table: scrambled Sobol' points (Sobol' 1967), independent parameters."""
    u = qmc.Sobol(len(PARAMETERS), seed=1).random(rows)
    values = np.column_stack([p.at(u[:, n]) for n, p in enumerate(PARAMETERS)])
    table = tuple(tuple(float(f"{v:.6g}") for v in row) for row in values)
    return Calibration(names=NAMES, rows=table)


def scores(values: dict[str, Array]) -> Array:
    """Parameters as normal scores of their priors, shape (worlds, parameters).

    What a case does not draw (how much threats are believed, where there are none) is 0: nothing
    hangs on it there.
    """
    n = len(next(iter(values.values())))
    return np.column_stack(
        [p.score(values[p.name]) if p.name in values else np.zeros(n) for p in PARAMETERS]
    )
