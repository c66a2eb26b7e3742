"""How long agreements hold: a share that lasts, and a Weibull course for those that do not.

Most agreements that fail do so early, and those that outlive their first years mostly stay: a
split-population model, S(t) = π + (1 − π) exp(−(t / b)^k). Boag (1949), *JRSS B* 11,
doi:10.1111/j.2517-6161.1949.tb00020.x; Schmidt & Witte (1989), *Journal of Econometrics* 40,
doi:10.1016/0304-4076(89)90034-1; Weibull (1951), *Journal of Applied Mechanics* 18,
doi:10.1115/1.4010337. A covariate raises S to a power: proportional hazards, Cox (1972), *JRSS B*
34, doi:10.1111/j.2517-6161.1972.tb00899.x. Times are years.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from sim.arrays import Array

PRIOR_MEAN = np.array([0.0, 0.0, -0.5])
PRIOR_SD = np.array([1.5, 1.5, 0.5])
"""Of the logit of π, log b and log k. The first two say next to nothing; the third says that
failures come early, as in all records but one, unless a table speaks against it."""
PRIOR_RATIO_SD = 1.0
"""Of the logarithm of a hazard ratio, around 0."""


class Course(NamedTuple):
    """How agreements of a kind fare; arrays that broadcast.

    Attributes
    ----------
    lasting : ndarray
        Share π that does not fail.
    scale : ndarray
        Years b by which 63 % of the others have failed.
    shape : ndarray
        k; below 1 the early days are the most dangerous.
    """

    lasting: Array
    scale: Array
    shape: Array

    @classmethod
    def of(cls, free: Array) -> Course:
        """From logit π, log b and log k along the last axis.

        Examples
        --------
        >>> [float(part) for part in Course.of(np.array([0.0, 0.0, 0.0]))]
        [0.5, 1.0, 1.0]
        """
        return cls(expit(free[..., 0]), np.exp(free[..., 1]), np.exp(free[..., 2]))


def survival(course: Course, years: Array | float) -> Array:
    """Share that holds so many years.

    Examples
    --------
    >>> float(survival(Course(0.5, 1.0, 1.0), np.log(2.0)).round(3))
    0.75
    """
    failed = -np.expm1(-((np.asarray(years) / course.scale) ** course.shape))
    return np.asarray(1.0 - (1.0 - course.lasting) * failed)


def time_of_failure(course: Course, luck: Array | float) -> Array:
    """Years after which an agreement fails, infinite for those that last: the inverse of S.

    Parameters
    ----------
    luck : ndarray
        Uniform in (0, 1): the share that has failed by then.

    Examples
    --------
    >>> time_of_failure(Course(0.5, 1.0, 1.0), [0.25, 0.75]).round(3)
    array([0.693,   inf])
    >>> time_of_failure(Course(1.0, 1.0, 1.0), 0.5)
    array(inf)
    """
    with np.errstate(divide="ignore"):
        share = np.asarray(luck) / (1.0 - np.asarray(course.lasting))
        cumulated = -np.log1p(-np.minimum(share, 1.0))
    return np.asarray(course.scale * cumulated ** (1.0 / course.shape))


def chance_of_failure(course: Course, age: Array | float, ahead: Array | float) -> Array:
    """Probability that what has held for ``age`` years fails within the years ``ahead``.

    Examples
    --------
    >>> chance = chance_of_failure(Course(0.0, 1.0, 1.0), 3.0, np.log(2.0))
    >>> float(chance.round(3))
    0.5
    """
    later = survival(course, np.asarray(age) + ahead)
    return np.asarray(1.0 - later / survival(course, age))


class Fit(NamedTuple):
    """Normal approximation to a posterior: of logit π, log b, log k and then log hazard ratios."""

    mean: Array
    covariance: Array


def fit(tables: Sequence[Array], design_effect: float = 1.0) -> Fit:
    """Fit a course to life tables; groups after the first have hazards in proportion to it.

    Greatest posterior density of the binomial likelihood of a life table (Cutler & Ederer 1958,
    *Journal of Chronic Diseases* 8, doi:10.1016/0021-9681(58)90126-7), and the inverse of minus its
    second derivatives there.

    Parameters
    ----------
    tables : sequence of ndarray, shape (intervals, 4)
        Years from and to, number at risk and number that failed; numbers may be effective ones,
        which reproduce a Kaplan–Meier curve.
    design_effect : float
        How many rows say as much as one independent one: it widens the covariance, and moves
        nothing.
    """
    from scipy.optimize import minimize  # not needed to draw from what was fitted

    mean = np.concatenate([PRIOR_MEAN, np.zeros(len(tables) - 1)])
    sd = np.concatenate([PRIOR_SD, np.full(len(tables) - 1, PRIOR_RATIO_SD)])

    def loss(free: Array) -> float:
        return _misfit(free, tables) + 0.5 * float(np.sum(((free - mean) / sd) ** 2))

    best = minimize(loss, mean, method="Nelder-Mead",
                    options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 20_000}).x  # fmt: skip
    bend = _second_derivatives(lambda free: _misfit(free, tables), best) / design_effect
    covariance = np.linalg.inv(bend + np.diag(sd**-2.0))
    return Fit(np.asarray(best), np.asarray(covariance, dtype=np.float64))


def _misfit(free: Array, tables: Sequence[Array]) -> float:
    """Minus the logarithm of the likelihood."""
    course, total = Course.of(free[:3]), 0.0
    for table, log_ratio in zip(tables, [0.0, *free[3:]], strict=True):
        begin, end, at_risk, failed = table.T
        kept = (survival(course, end) / survival(course, begin)) ** np.exp(log_ratio)
        kept = np.clip(kept, 1e-12, 1.0 - 1e-12)
        total -= float(np.sum(failed * np.log1p(-kept) + (at_risk - failed) * np.log(kept)))
    return total


def _second_derivatives(f: Callable[[Array], float], at: Array, step: float = 1e-3) -> Array:
    """By central differences."""
    size, steps = len(at), step * np.eye(len(at))
    out = np.empty((size, size))
    for n, a in enumerate(steps):
        for m, b in enumerate(steps):
            corners = f(at + a + b) - f(at + a - b) - f(at - a + b) + f(at - a - b)
            out[n, m] = corners / (4.0 * step * step)
    return out


def drawn(found: Fit, scores: Array) -> Array:
    """Parameters from independent standard normal scores, shape (..., parameters).

    Examples
    --------
    >>> drawn(Fit(np.zeros(2), np.diag([4.0, 1.0])), np.array([1.0, -1.0]))
    array([ 2., -1.])
    """
    return np.asarray(found.mean + scores @ np.linalg.cholesky(found.covariance).T)


def relative_hazards(ratio: Array, share: float) -> tuple[Array, Array]:
    """Hazards of those with a trait and of those without, relative to all together.

    Parameters
    ----------
    ratio : ndarray
        Hazard with over hazard without.
    share : float
        How many have the trait.

    Examples
    --------
    >>> relative_hazards(np.array([0.5]), 0.2)
    (array([0.55555556]), array([1.11111111]))
    """
    average = share * ratio + 1.0 - share
    return ratio / average, 1.0 / average


def predicted(
    found: Fit, years: Array, ratio: bool = False, draws: int = 4000
) -> tuple[Array, Array, Array]:
    """Share that holds so many years: the mean over drawn courses, and where 95 % of them lie.

    Parameters
    ----------
    ratio : bool
        Whether to raise it to the hazard ratio of the second group that was fitted.
    """
    rng = np.random.default_rng(1)
    free = drawn(found, rng.standard_normal((draws, len(found.mean))))
    held = survival(Course(*(part[:, None] for part in Course.of(free))), years)
    if ratio:
        held = held ** np.exp(free[:, 3:4])
    low, high = np.quantile(held, [0.025, 0.975], axis=0)
    return held.mean(axis=0), low, high
