"""Regression of a share on parameters: a cheap stand-in for running the worlds anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from sim.arrays import Array, Mask

CENTRAL = 0.8
"""Share of the worlds, around the middle, whose values a spread covers."""
RIDGE = 2.0
"""Prior precision of a coefficient; parameters are normal scores, so of order one."""


def quadratic(x: Array) -> Array:
    """Terms of a second-order response surface: 1, x, x² and products; shape (n, terms).

    Box & Wilson 1951, "On the Experimental Attainment of Optimum Conditions", *J. Royal
    Statistical Society B* 13(1).

    Examples
    --------
    >>> quadratic(np.array([[2.0, 3.0]]))
    array([[1., 2., 3., 4., 6., 9.]])
    """
    n, p = x.shape
    pairs = [x[:, i] * x[:, j] for i in range(p) for j in range(i, p)]
    return np.column_stack([np.ones(n), x, *pairs])


@dataclass(frozen=True)
class Share:
    """A share in (0, 1) as a logistic function of parameters.

    Attributes
    ----------
    coefficients : ndarray, shape (terms,)
    """

    coefficients: Array

    def __call__(self, x: Array) -> Array:
        """The share at parameters (n, parameters), shape (n,)."""
        return np.asarray(expit(quadratic(x) @ self.coefficients))


def spread_of_share(scores: Array, y: Array) -> tuple[float, float]:
    """How far a share differs among the values of parameters that worlds drew.

    The share is a logistic function of the parameters; what the spread of its fitted values owes to
    sampling alone is taken out: the deviations are shrunk by 1 − (error variance / variance), as
    Efron & Morris 1973, *JASA* 68(341) do with means.

    Parameters
    ----------
    scores : ndarray, shape (worlds, parameters)
        See :func:`normal_scores`.
    y : ndarray of bool or float, shape (worlds,)
        What a world ends as; a fraction is that of several scenarios.

    Returns
    -------
    low, high : float
        Between which the values of 80 per cent of the worlds lie.
    """
    return _tails(_fitted_share(scores, y))


def spread_of_difference(scores: Array, y: Array) -> tuple[float, float]:
    """The same of a difference of two shares in the same worlds: of what is so in one of them only.

    Parameters
    ----------
    scores : ndarray, shape (worlds, parameters)
    y : ndarray, shape (worlds,)
        1 where it is so in the first only, −1 in the second only, 0 in both or neither; between
        them for shares over several scenarios each.
    """
    more, fewer = (_fitted_share(scores, np.maximum(sign * y, 0.0)) for sign in (1.0, -1.0))
    return _tails(more - fewer)


def spread_of_mean(scores: Array, y: Array) -> tuple[float, float]:
    """The same of a mean, as of a difference within each world: linear in the scores."""
    terms = np.column_stack([np.ones(len(y)), scores])
    if len(y) <= terms.shape[1]:
        return float(y.mean()), float(y.mean())
    # parameters that always go together, as in a calibration of few rows, share what they do
    curve = np.linalg.pinv(terms.T @ terms, hermitian=True)
    beta = curve @ terms.T @ y
    rest = y - terms @ beta
    noise = rest @ rest / (len(y) - len(beta))
    return _tails(y.mean() + _without_noise(scores, beta, noise * curve))


def _tails(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, [0.5 - CENTRAL / 2, 0.5 + CENTRAL / 2])
    return float(low), float(high)


def _fitted_share(scores: Array, happens: Array | Mask) -> Array:
    """The share at the parameters of each world (n,), its spread freed of noise, its mean kept.

    Fractions vary less than yes and no: the errors are those of their own dispersion (Pearson's;
    McCullagh & Nelder 1989, section 4.5).
    """
    y = np.asarray(happens, dtype=float)
    share = float(y.mean())
    if not scores.size or not 0.0 < share < 1.0:
        return np.full(len(y), share)
    terms = np.column_stack([np.ones(len(y)), scores])
    beta, covariance = logistic(terms, y, 1.0)
    if ((y > 0.0) & (y < 1.0)).any():
        p = expit(terms @ beta)
        covariance = covariance * float(((y - p) ** 2 / (p * (1.0 - p))).mean())
    eta = _without_noise(scores, beta, covariance)
    return np.asarray(expit(constant_for(eta, share) + eta))


def _without_noise(scores: Array, beta: Array, covariance: Array) -> Array:
    """Fitted deviations from the mean, shrunk by what their spread owes to sampling (n,)."""
    eta = scores @ beta[1:]
    errors = ((scores @ covariance[1:, 1:]) * scores).sum(axis=1).mean()
    kept = np.sqrt(max(0.0, 1.0 - errors / max(eta.var(), 1e-12)))
    return np.asarray(kept * (eta - eta.mean()))


def constant_for(eta: Array, share: float) -> float:
    """What is to be added to linear predictors so that their mean over worlds is a share."""
    middle = float(logit(share))
    for _ in range(50):  # Newton's steps
        p = expit(eta + middle)
        step = float((share - p.mean()) / (p * (1.0 - p)).mean())
        middle += step
        if abs(step) < 1e-14:
            break
    return middle


def normal_scores(x: Array) -> Array:
    """Normal scores of ranks, (rank − ½) / n, of each column that varies; shape (n, columns).

    Hazen's plotting positions (1914, *Transactions ASCE* 77); ties get their mean rank.
    """
    columns = []
    for values in x.T:
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        rank = np.cumsum(count) - (count - 1) / 2.0
        columns += [ndtri((rank[place] - 0.5) / len(values))] if len(count) > 1 else []
    return np.reshape(columns, (len(columns), len(x))).T


def fit_share(x: Array, y: Array) -> Share:
    """Logistic regression of a share on a quadratic of parameters: :func:`logistic`.

    ``y`` may be a fraction: then it is the quasi-likelihood of Papke & Wooldridge 1996.

    Parameters
    ----------
    x : ndarray, shape (n, parameters)
    y : ndarray, shape (n,)
        0 to 1.
    """
    return Share(logistic(quadratic(x), y, RIDGE)[0])


def logistic(terms: Array, y: Array, ridge: float) -> tuple[Array, Array]:
    """Penalised logistic regression: coefficients (terms,) and their covariance (terms, terms).

    Iteratively reweighted least squares (McCullagh & Nelder 1989, *Generalized Linear Models*,
    section 4.4) with a ridge on all but the first term, the constant (le Cessie & van Houwelingen
    1992, *Applied Statistics* 41(1)). It stops when nothing moves by 1e-8, or after 50 steps.

    Parameters
    ----------
    terms : ndarray, shape (n, terms)
    y : ndarray of float, shape (n,)
        0 to 1.
    ridge : float
        Prior precision of a coefficient.
    """
    penalty = np.full(terms.shape[1], ridge)
    penalty[0] = 0.0
    beta = np.zeros(terms.shape[1])
    beta[0] = logit((y.sum() + 0.5) / (len(y) + 1.0))
    if not 0.0 < y.mean() < 1.0:
        # all alike: a constant half an observation from certainty
        return beta, np.zeros((len(beta), len(beta)))
    small = 1e-10 * np.eye(len(beta))
    curve = small
    for _ in range(50):
        p = expit(terms @ beta)
        weight = np.maximum(p * (1.0 - p), 1e-10)
        slope = terms.T @ (y - p) - penalty * beta
        curve = (terms * weight[:, None]).T @ terms + np.diag(penalty) + small
        move = np.linalg.solve(curve, slope)
        largest = np.abs(move).max()
        if largest < 1e-8:
            break
        beta = np.asarray(beta + move * min(1.0, 5.0 / largest))
    return beta, np.asarray(np.linalg.inv(curve))
