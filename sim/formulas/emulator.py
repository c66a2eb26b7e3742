"""Regression of a share on parameters: a cheap stand-in for running the worlds anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Array = NDArray[np.float64]


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


def fit_share(x: Array, y: Array, ridge: float = 2.0, steps: int = 50) -> Share:
    """Logistic regression of a share on a quadratic of parameters, by penalised likelihood.

    Iteratively reweighted least squares (McCullagh & Nelder 1989, *Generalized Linear Models*,
    section 4.4) with a ridge on all but the constant (le Cessie & van Houwelingen 1992, *Applied
    Statistics* 41(1)). ``y`` may be a fraction: then it is the quasi-likelihood of Papke &
    Wooldridge 1996.

    Parameters
    ----------
    x : ndarray, shape (n, parameters)
    y : ndarray, shape (n,)
        0 to 1.
    ridge : float
        Prior precision of a coefficient; parameters are normal scores, so of order one.
    steps : int
        At most so many; it stops when nothing moves by 1e-8.
    """
    terms = quadratic(x)
    penalty = np.full(terms.shape[1], ridge)
    penalty[0] = 0.0
    n = len(y)
    mean = (y.sum() + 0.5) / (n + 1.0)
    beta = np.zeros(terms.shape[1])
    beta[0] = logit(mean)
    if not 0.0 < y.mean() < 1.0:
        return Share(beta)  # all alike: a constant half an observation from certainty
    for _ in range(steps):
        p = expit(terms @ beta)
        weight = np.maximum(p * (1.0 - p), 1e-10)
        slope = terms.T @ (y - p) - penalty * beta
        curve = (terms * weight[:, None]).T @ terms + np.diag(penalty)
        move = np.linalg.solve(curve + 1e-10 * np.eye(len(beta)), slope)
        largest = np.abs(move).max()
        beta = beta + move * min(1.0, 5.0 / largest)
        if largest < 1e-8:
            break
    return Share(beta)
