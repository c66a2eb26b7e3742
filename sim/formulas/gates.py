"""Answers for other assumptions from worlds that are there already.

An input is kept as the rank of its draw, so that it is standard normal whatever its distribution,
and is the same column in every scenario that draws the same number. How often something happens
that several things must allow is told by logistic regressions, multiplied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit, ndtri

from sim.arrays import Array, Index

Codes = NDArray[np.uint8]


def rank_codes(values: NDArray[np.floating], bits: int) -> Codes:
    """Which of ``2**bits`` bins with equally many worlds each value is in, shape ``(worlds,)``.

    At most 8 bits; NaN is in the last bins.

    Examples
    --------
    >>> rank_codes(np.array([0.3, 9.0, -1.0, 0.4]), 1)
    array([0, 1, 0, 1], dtype=uint8)
    """
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return (ranks * 2**bits // len(values)).astype(np.uint8)


def normal_levels(bits: int) -> Array:
    """Mean of a standard normal number within each of ``2**bits`` bins of equal probability.

    Examples
    --------
    >>> normal_levels(1).round(4)  # the square root of 2/π
    array([-0.7979,  0.7979])
    """
    ends = ndtri(np.arange(1, 2**bits) / 2**bits)
    density = np.concatenate([[0.0], np.exp(-(ends**2) / 2) / np.sqrt(2 * np.pi), [0.0]])
    levels: Array = (density[:-1] - density[1:]) * 2**bits
    return levels


BENDS = normal_levels(4)
"""Scores at which curves are told: means of 16 bins; straight lines lie between."""
EDGES = ndtri(np.arange(1, 16) / 16)
"""Where one bin ends and the next begins."""
PRIOR = 3.0
"""Precision of a coefficient per standard deviation before anything is seen."""
TIMES_ITS_ERROR = 2.0
"""Square of how many standard errors an effect must be worth to have a part."""


@dataclass(frozen=True)
class Gates:
    """The chance that all gates are open, each a logistic function of inputs of its own.

    A noisy conjunction: a text is signed where every issue allows it, and time and costs do.

    Attributes
    ----------
    constants : ndarray, shape (gates,)
    gate : ndarray of int, shape (inputs,)
        Where each input has its part.
    coefficients, errors : ndarray, shape (inputs,)
        Standard errors are those before shrinking, of an input's effect at the mean of its mates.
    pairs : sequence of (int, int)
        Columns of one gate whose product is a term as well.
    products : ndarray, shape (pairs,)
        Their coefficients.
    curves : dict
        Column → what it adds to its straight line, in logits, at :data:`BENDS`.
    """

    constants: Array
    gate: Index
    coefficients: Array
    errors: Array
    pairs: Sequence[tuple[int, int]]
    products: Array
    curves: dict[int, Array]

    def linear(self, x: Array) -> Array:
        """Linear predictors, shape (gates, worlds)."""
        terms = _with_products(x, self.pairs) * np.append(self.coefficients, self.products)
        eta = self.constants[:, None] + _by_gate(terms, self._gates)
        for n, curve in self.curves.items():
            eta[self.gate[n]] += np.interp(x[:, n], BENDS, curve)
        return eta

    @property
    def _gates(self) -> Index:
        return np.append(self.gate, [self.gate[a] for a, _ in self.pairs]).astype(int)

    def chance(self, x: Array) -> Array:
        """Of each world, shape (worlds,)."""
        return _all_open(self.linear(x))


def gated_logistic(
    x: Array,
    y: Array,
    gate: Sequence[int] | None = None,
    pairs: Sequence[tuple[int, int]] = (),
    bending: Sequence[int] = (),
) -> Gates:
    """The most likely gates for what happened in worlds, given all that was drawn there.

    Each coefficient is shrunk by 1 − :data:`TIMES_ITS_ERROR` · (its standard error / itself)², to 0
    where that is negative: the nonnegative garrote (Breiman 1995, "Better Subset Regression Using
    the Nonnegative Garrote", *Technometrics* 37(4)) as for orthogonal inputs. The hundreds of
    inputs that hardly matter bring no noise. What is left of a gate is then scaled anew.

    What misses along an input is added as a curve (an additive model: Hastie & Tibshirani 1986,
    *Statistical Science* 1(3)). One Fisher step in each of 16 bins is shrunk by 1 − (error
    variance / variance), the variance being that of all bins, as Efron & Morris 1973, *JASA*
    68(341) do with means: where they differ no more than by chance, there is no curve.

    Parameters
    ----------
    x : ndarray, shape (worlds, inputs)
        Of order one.
    y : ndarray, shape (worlds,)
        Yes or no.
    gate : sequence of int, optional
        Of each input, from 0; 0 is open or not by all that is left. By default there is one.
    pairs : sequence of (int, int)
        Inputs of which one matters more or less with the other.
    bending : sequence of int
        Standard normal inputs that may have a curve.
    """
    y, inputs = np.asarray(y, dtype=float), x.shape[1]
    own = np.zeros(inputs, dtype=int) if gate is None else np.asarray(gate)
    gates, count = np.append(own, [own[a] for a, _ in pairs]).astype(int), int(own.max()) + 1
    mean = x.mean(axis=0)
    if not 0.0 < y.mean() < 1.0:
        constants = np.full(count, 40.0)
        constants[0] = logit(np.clip(y.mean(), 1e-9, 1 - 1e-9))
        none = np.zeros(inputs)
        return Gates(constants, own, none, none, pairs, np.zeros(len(pairs)), {})
    terms = _with_products(x - mean, pairs)
    size = terms.std(axis=0) + 1e-9
    terms /= size
    columns = [np.flatnonzero(gates == k) for k in range(count)]
    parts = [np.ascontiguousarray(terms[:, own_]) for own_ in columns]

    def fit(given: Array) -> tuple[float, Array]:
        eta = given[:count, None] + [
            part @ given[count:][own_] for part, own_ in zip(parts, columns, strict=True)
        ]
        value, slope = _likelihood(eta, y)
        by = np.empty(len(gates))
        for part, own_, of in zip(parts, columns, slope, strict=True):
            by[own_] = of @ part
        tight = np.append(np.full(count, 0.05), np.full(len(gates), PRIOR))
        more = np.append(slope.sum(axis=1), by) - tight * given
        return -value + 0.5 * float(tight @ given**2), -more

    begin = np.append(np.append(1.0, np.full(count - 1, 2.0)), np.zeros(len(gates)))
    found = minimize(fit, begin, jac=True, method="L-BFGS-B", options={"maxiter": 80}).x
    beta = found[count:]
    eta = found[:count, None] + _by_gate(terms * beta, gates)
    # expected information (McCullagh & Nelder 1989, section 2.5)
    p = _all_open(eta)
    steep = np.sqrt(p / np.maximum(1.0 - p, 1e-9)) * expit(-eta)
    weighted = terms * steep.T[:, gates]
    variance = np.diag(np.linalg.inv(weighted.T @ weighted + PRIOR * np.eye(len(gates))))
    beta = beta * np.maximum(0.0, 1.0 - TIMES_ITS_ERROR * variance / np.maximum(beta**2, 1e-18))
    constants, eta = found[:count], _by_gate(terms * beta, gates)
    curves = {n: np.zeros(len(BENDS)) for n in bending}

    def scale(given: Array) -> tuple[float, Array]:
        value, slope = _likelihood(given[:count, None] + given[count:, None] * eta, y)
        tight, about = np.repeat([0.05, 1.0], count), np.repeat([0.0, 1.0], count)
        more = np.append(slope.sum(axis=1), (slope * eta).sum(axis=1)) - tight * (given - about)
        return -value + 0.5 * float(tight @ (given - about) ** 2), -more

    for _ in range(2):  # the second time each is told what the others now say
        found = np.append(constants, np.ones(count))
        found = minimize(scale, found, jac=True, method="L-BFGS-B").x
        constants, by = found[:count], found[count:]
        eta, beta = by[:, None] * eta, beta * by[gates]
        for n in bending:
            whole = constants[:, None] + eta
            step = _missed(x[:, n], y, _all_open(whole), expit(-whole[own[n]]))
            curves[n] = by[own[n]] * curves[n] + step
            eta[own[n]] += np.interp(x[:, n], BENDS, step)
    eta += constants[:, None]
    for _ in range(60):  # Newton's steps, until as many happen as did
        p = _all_open(eta)
        move = float(np.clip((y.mean() - p.mean()) / (p * expit(-eta[0])).mean(), -1.0, 1.0))
        constants[0] += move
        eta[0] += move
        if abs(move) < 1e-13:
            break
    beta = beta / size
    # products were of deviations from the mean
    coefficients, products = beta[:inputs].copy(), beta[inputs:]
    np.subtract.at(constants, gates[:inputs], coefficients * mean)
    for (a, b), by in zip(pairs, products, strict=True):
        coefficients[a] -= by * mean[b]
        coefficients[b] -= by * mean[a]
        constants[own[a]] += by * mean[a] * mean[b]
    errors = (np.sqrt(variance) / size)[:inputs]
    curves = {n: curve for n, curve in curves.items() if curve.any()}
    return Gates(constants, own, coefficients, errors, pairs, products, curves)


def _with_products(x: Array, pairs: Sequence[tuple[int, int]]) -> Array:
    return np.column_stack([x, *(x[:, a] * x[:, b] for a, b in pairs)])


def _by_gate(terms: Array, gates: Index) -> Array:
    """Sums of terms, shape (gates, worlds)."""
    return np.stack([terms[:, gates == k].sum(axis=1) for k in range(gates.max() + 1)])


def _all_open(eta: Array) -> Array:
    return np.asarray(np.exp(log_expit(eta).sum(axis=0)))


def _likelihood(eta: Array, y: Array) -> tuple[float, Array]:
    """Logarithm of the likelihood, and its slope by linear predictors, shape (gates, worlds)."""
    logs = np.minimum(log_expit(eta).sum(axis=0), -1e-12)
    closed = -np.expm1(logs)
    by = y - (1.0 - y) * np.exp(logs) / closed
    return float((y * logs + (1.0 - y) * np.log(closed)).sum()), by * expit(-eta)


def _missed(x: Array, y: Array, p: Array, shut: Array) -> Array:
    """What a gate misses in bins of an input, in logits, shrunk; shape (bins,).

    ``shut`` (worlds,) is the chance that the gate is.
    """
    bins, odds = np.digitize(x, EDGES), 1.0 / np.maximum(1.0 - p, 1e-9)
    weight = np.bincount(bins, shut**2 * p * odds, len(BENDS)) + 1e-9
    found = np.bincount(bins, (y - p) * shut * odds, len(BENDS)) / weight
    found -= np.average(found, weights=weight)
    # of so many bins, less the constant and the slope
    spread = max(0.0, float((found**2 - 1.0 / weight).mean())) * len(BENDS) / (len(BENDS) - 2)
    return np.asarray(found * spread / (spread + 1.0 / weight))
