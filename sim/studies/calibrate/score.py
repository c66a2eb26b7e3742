"""How good the odds are on talks that were not used to learn them.

Each case is left out in turn: its own worlds are weighted by what the other cases allow. The same
scores are given to simpler forecasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scoringrules
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit, logit

from sim.arrays import Array, Mask
from sim.formulas.emulator import logistic
from sim.formulas.groups.averages import weighted_median
from sim.studies.calibrate.cases import Case
from sim.studies.calibrate.evidence import Evidence
from sim.studies.calibrate.parameters import scores
from sim.studies.calibrate.posterior import (
    Learner,
    effective_size,
    normalised_weights,
    quarter_of,
    quarter_signed,
    true_terms,
)

SURE = 0.01
"""No forecast is taken to be surer than this: one impossible case would decide a log score."""
MODEL = "calibrated"
METHODS = {
    MODEL: "the simulator, engine parameters learnt from the other cases",
    "… and day": "the same, where the quarter of the signature counts too",
    "… and terms": "the same, where quarter and terms count too",
    "recalibrated": "the first, its odds shifted and stretched as suits the other cases",
    "priors": "the simulator, engine parameters from their priors",
    "as coded": "the simulator, every red line binds",
    "even": "even odds: 50 %, the quarters alike",
    "base rate": "share of the other cases that were signed",
    "regression": "logistic regression on ripeness and red lines without common ground",
}


@dataclass(frozen=True)
class Forecast:
    """A forecast of one case.

    Attributes
    ----------
    quarters : ndarray, shape (5,)
        Chances of a signature in each quarter of the horizon, and of none.
    distance : float
        Root mean square distance of the median terms from the true ones; NaN if not signed, or if
        it says nothing of terms.
    worlds : float
        Effective number of worlds behind it; NaN where there are none.
    """

    quarters: Array
    distance: float = np.nan
    worlds: float = np.nan

    @property
    def odds(self) -> float:
        """Chance of a signature within the horizon, no surer than :data:`SURE`."""
        return float(np.clip(self.quarters[:4].sum(), SURE, 1.0 - SURE))

    def at_odds(self, odds: float) -> Forecast:
        """The same at other odds, spread over the quarters as before."""
        said = self.quarters[:4] + 1e-12
        return replace(self, quarters=np.array([*(odds * said / said.sum()), 1.0 - odds]))


def from_worlds(case: Case, one: Evidence, weights: Array) -> Forecast:
    """The forecast of weighted worlds, of which the weights sum to 1."""
    share = float(weights[one.signed].sum())
    by_quarter = np.bincount(
        quarter_of(one.time[one.signed]), weights=weights[one.signed], minlength=4
    )
    quarters = np.array([*by_quarter, 1.0 - share])
    distance, true = np.nan, true_terms(case)
    if case.signed and len(true) and one.signed.any():
        terms, own = one.terms[one.signed].T, weights[one.signed]
        # what a first stage leaves open weighs nothing
        median = weighted_median(np.nan_to_num(terms), own * ~np.isnan(terms))
        distance = float(np.sqrt(np.nanmean((median - true) ** 2)))
    return Forecast(quarters, distance, effective_size(weights))


def forecasts(
    cases: Sequence[Case], drawn: Mapping[str, Evidence], coded: Mapping[str, Evidence]
) -> dict[str, list[Forecast]]:
    """Forecasts of every case by every method, none of which has seen the case's end.

    Parameters
    ----------
    cases : sequence of Case
    drawn, coded : mapping of str to Evidence
        Their worlds with engine parameters from the priors, and as coded.
    """
    learner = Learner.of(cases, drawn)
    learners = {
        MODEL: learner,
        "… and day": replace(learner, counts="day"),
        "… and terms": replace(learner, counts="terms"),
    }
    signed = np.array([case.signed for case in cases])
    when = np.array([4 if (q := quarter_signed(case)) is None else q for case in cases])
    found: dict[str, list[Forecast]] = {method: [] for method in METHODS}
    without = odds_without(learner, drawn)
    features = np.array([[coded[c.name].missing, coded[c.name].ripe] for c in cases])
    for n, case in enumerate(cases):
        one, as_coded = drawn[case.name], coded[case.name]
        x = scores(one.parameters)
        for method, other in learners.items():
            found[method].append(from_worlds(case, one, other.weights(x, without=case.name)))
        others = np.arange(len(cases)) != n
        shift = recalibration(without[others, n], signed[others])
        plain = found[MODEL][-1]
        found["recalibrated"].append(plain.at_odds(recalibrated(plain.odds, shift)))
        alike = np.full(len(one.signed), 1.0 / len(one.signed))
        found["priors"].append(from_worlds(case, one, alike))
        evenly = np.full(len(as_coded.signed), 1.0 / len(as_coded.signed))
        found["as coded"].append(from_worlds(case, as_coded, evenly))
        found["even"].append(Forecast(np.array([0.125] * 4 + [0.5])))
        rate = (signed[others].sum() + 0.5) / (others.sum() + 1.0)
        # quarters of those that were signed, each a quarter of a case before any is seen
        spread = np.bincount(when[others & signed], minlength=5)[:4] + 0.25
        spread = spread / spread.sum()
        mean = mean_of_positions(case)
        true = true_terms(case)
        apart = float(np.sqrt(np.mean((mean - true) ** 2))) if case.signed and len(true) else np.nan
        found["base rate"].append(Forecast(np.array([*(rate * spread), 1.0 - rate]), apart))
        p = regression(features[others], signed[others], features[n])
        found["regression"].append(Forecast(np.array([*(p * spread), 1.0 - p])))
    return found


def odds_without(learner: Learner, drawn: Mapping[str, Evidence]) -> Array:
    """Odds of the case of each row where it and that of the column count for nothing."""
    out = np.empty((len(learner.cases),) * 2)
    for i, case in enumerate(learner.cases):
        one = drawn[case.name]
        every = learner.log_likelihoods(scores(one.parameters))
        others = every.sum(axis=0) - every[i]
        for n in range(len(out)):
            weights = normalised_weights(others - every[n] * (n != i))
            out[i, n] = weights[one.signed].sum()
    return out


RECALIBRATION_SD = 0.5
"""Prior standard deviation of shift and slope, around none and 1."""


def recalibration(odds: Array, happened: Mask) -> Array:
    """Shift a and slope b of logit p' = a + b logit p that suit what happened, shape (2,).

    Cox 1958, *Biometrika* 45(3/4), with normal priors around 0 and 1 (greatest posterior density).
    """
    x, none = logit(np.clip(odds, SURE, 1.0 - SURE)), np.array([0.0, 1.0])

    def loss(free: Array) -> float:
        eta = free[0] + free[1] * x
        misfit = np.logaddexp(0.0, np.where(happened, -eta, eta)).sum()
        return float(misfit + 0.5 * np.sum(((free - none) / RECALIBRATION_SD) ** 2))

    return np.asarray(minimize(loss, none).x)


def recalibrated(odds: float, shift: Array) -> float:
    """Odds after :func:`recalibration`.

    Examples
    --------
    >>> recalibrated(0.25, np.array([np.log(3.0), 1.0]))
    0.5
    """
    return float(expit(shift[0] + shift[1] * logit(odds)))


def mean_of_positions(case: Case) -> Array:
    """Mean of the signatories' ideals by salience, on issues with known terms (issues,)."""
    scenario, out = case.loaded.scenario, []
    for issue in case.outcome.terms:
        wishes = [
            a.positions[issue] for a in scenario.actors.values() if a.signs and issue in a.positions
        ]
        weights = [wish.salience.median for wish in wishes]
        ideals = [wish.ideal.median for wish in wishes]
        out.append(np.average(ideals, weights=weights) if sum(weights) > 0 else 0.5)
    return np.array(out)


def regression(x: Array, y: Mask, new: Array, ridge: float = 1.0) -> float:
    """Logistic regression with a ridge on standardised features: odds of one more case."""
    mean, sd = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    terms = np.column_stack([np.ones(len(x)), (x - mean) / sd])
    beta, _ = logistic(terms, y.astype(float), ridge)
    return float(expit(np.array([1.0, *((new - mean) / sd)]) @ beta))


@dataclass(frozen=True)
class Scores:
    """Scores of one method over all cases; lower is better.

    Attributes
    ----------
    brier, log, rps : ndarray, shape (cases,)
        Brier score and negative logarithm of what was said of a signature within the horizon;
        ranked probability score of the quarter. Gneiting & Raftery 2007, *JASA* 102(477).
    distance : ndarray, shape (cases,)
        Of terms; NaN where not signed.
    """

    brier: Array
    log: Array
    rps: Array
    distance: Array


def score(cases: Sequence[Case], made: Sequence[Forecast]) -> Scores:
    """Score forecasts of cases."""
    happened = np.array([float(c.signed) for c in cases])
    odds = np.array([f.odds for f in made])
    when = np.array([5 if (q := quarter_signed(c)) is None else q + 1 for c in cases])
    chances = np.array([f.quarters for f in made])
    return Scores(
        np.asarray(scoringrules.brier_score(happened, odds)),
        -np.log(np.where(happened > 0, odds, 1.0 - odds)),
        np.asarray(scoringrules.rps_score(when, chances)),
        np.array([f.distance for f in made]),
    )


@dataclass(frozen=True)
class Gain:
    """By how much the model's mean score is lower than another method's; above 0 is better."""

    mean: float
    low: float
    high: float
    cases: int


def gain(model: Array, other: Array, draws: int = 10_000, seed: int = 1) -> Gain:
    """Mean difference over cases with its 95 % interval: paired bootstrap (Efron 1979)."""
    difference = (other - model)[~np.isnan(other - model)]
    if not len(difference):
        return Gain(np.nan, np.nan, np.nan, 0)
    rng = np.random.default_rng(seed)
    means = difference[rng.integers(0, len(difference), (draws, len(difference)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Gain(float(difference.mean()), float(low), float(high), len(difference))


@dataclass(frozen=True)
class Reliability:
    """What happened, as a rising function of what was said.

    Isotonic regression of outcomes on odds (Dimitriadis, Gneiting & Jordan 2021, *PNAS* 118(8)).

    Attributes
    ----------
    odds, share, low, high : ndarray, shape (cases,)
        Odds in rising order, the fitted share, and the band (90 %) within which it would lie if the
        odds were right.
    signed : ndarray of bool, shape (cases,)
    names : tuple of str
    """

    odds: Array
    share: Array
    low: Array
    high: Array
    signed: Mask
    names: tuple[str, ...]


def reliability(
    names: Sequence[str], odds: Array, signed: Mask, draws: int = 2000, seed: int = 1
) -> Reliability:
    """Fit the function and its consistency band, by outcomes drawn as the odds say."""
    order = np.argsort(odds, kind="stable")
    p, happened = odds[order], signed[order]
    rng = np.random.default_rng(seed)
    fits = [isotonic_regression((rng.random(len(p)) < p).astype(float)).x for _ in range(draws)]
    low, high = np.quantile(fits, [0.05, 0.95], axis=0)
    share = isotonic_regression(happened.astype(float)).x
    return Reliability(p, share, low, high, happened, tuple(names[n] for n in order))
