"""Every predictor on every issue of a folder, and how it did."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from sim.arrays import Array
from sim.formulas.groups import fitted
from sim.formulas.groups.distributions import (
    Distribution,
    positions_held,
    resampled_mean,
    residual_mean,
)
from sim.formulas.groups.predictors import PREDICTORS
from sim.formulas.groups.settlement import Fit, fingerprint, settlement
from sim.formulas.statistics import Interval
from sim.prose import counted
from sim.studies.backtest.folder import Folder
from sim.studies.backtest.scores import PointScores, holm, mean_interval, mean_p_value, point_scores

YARDSTICK, SPREAD_YARDSTICK = "compromise", "compromise_resampled"
RESIDUAL_YARDSTICK = "compromise_residuals"
SPREAD_YARDSTICKS = (SPREAD_YARDSTICK, RESIDUAL_YARDSTICK)
"""What point predictions and distributions are compared with."""
COVERAGE = (0.5, 0.8)
LEAST_DOSSIERS = 20
"""With fewer dossiers parameters are not cross-validated."""

DISTRIBUTIONS: dict[str, tuple[str, str]] = {
    SPREAD_YARDSTICK: (
        "Compromise mean, actors resampled",
        "Efron (1979), Annals of Statistics 7(1), doi:10.1214/aos/1176344552",
    ),
    RESIDUAL_YARDSTICK: (
        "Compromise mean, errors of other dossiers",
        "Davison & Hinkley (1997), Bootstrap Methods and their Application, ch. 6.3",
    ),
    "positions_held": (
        "One of the positions, by salience × power",
        "Baseline: what the actors want, as a distribution",
    ),
    "settlement": (
        "Mixture: around the mean, positions held",
        "This project; five parameters fitted to decisions of the European Union",
    ),
}


@dataclass
class Scored:
    """A predictor's forecasts and scores. Errors and scores are in points of 100.

    Attributes
    ----------
    forecasts, errors : ndarray, shape (issues,)
        On the issue's own scale; absolute errors in points. NaN where it says nothing.
    distributions : list of Distribution or None
        For predictors that give one, per issue.
    crps : ndarray, shape (issues,)
    p_value : float or None
        Of a mean error equal to the compromise mean's.
    shown : bool
        Whether that difference stands after Holm's correction over all predictors.
    """

    name: str
    title: str
    citation: str
    forecasts: Array
    errors: Array
    points: PointScores
    against_mean: tuple[float, Interval | None] | None = None
    p_value: float | None = None
    shown: bool = False
    distributions: list[Distribution | None] | None = None
    crps: Array = field(default_factory=lambda: np.empty(0))
    against_spread: dict[str, tuple[float, Interval | None] | None] = field(default_factory=dict)
    coverage: dict[float, float] = field(default_factory=dict)

    @property
    def issues(self) -> int:
        return int(np.isfinite(self.errors).sum())


@dataclass(frozen=True)
class Backtest:
    """All predictors on one folder; the best first."""

    folder: Folder
    scored: list[Scored]
    seed: int
    resamples: int
    notes: list[str]

    def named(self, name: str) -> Scored:
        return next(s for s in self.scored if s.name == name)

    @property
    def subject(self) -> str:
        """``deu: 222 decided issues in 81 dossiers``."""
        text = f"{self.folder.name}: {counted(len(self.folder.groups), 'decided issue')}"
        if self.folder.has_dossiers:
            text += f" in {counted(len(set(self.folder.dossiers)), 'dossier')}"
        return text

    @property
    def units(self) -> str:
        """What is drawn anew for intervals."""
        return "whole dossiers" if self.folder.has_dossiers else "issues"


def backtest(folder: Folder, seed: int = 1, resamples: int = 10_000) -> Backtest:
    """Score every predictor against the real outcomes.

    Parameters
    ----------
    folder : Folder
    seed, resamples : int
        Of the bootstrap intervals and of the resampled compromise mean.
    """
    notes = list(folder.notes)
    widths = np.array([g.width for g in folder.groups]) / 100.0
    scored = [_points(folder, widths, name) for name in PREDICTORS if _applies(folder, name)]
    scored = [s for s in scored if s.issues]
    predictions: dict[str, list[Distribution | None]] = {
        SPREAD_YARDSTICK: [resampled_mean(g, seed) for g in folder.groups],
        RESIDUAL_YARDSTICK: _residuals(folder, notes),
        "positions_held": [positions_held(g) for g in folder.groups],
        "settlement": _settlement(folder, notes),
    }
    for name, found in predictions.items():
        if any(found):
            scored.append(_distribution(folder, widths, name, found))

    def compare(one: Array, other: Array) -> tuple[float, Interval | None] | None:
        both = np.isfinite(one) & np.isfinite(other)
        if not both.any():
            return None
        units = [d for d, there in zip(folder.dossiers, both, strict=True) if there]
        difference = (one - other)[both]
        return float(difference.mean()), mean_interval(difference, units, resamples, seed)

    yardstick = next(s for s in scored if s.name == YARDSTICK)
    spreads = [s for s in scored if s.name in SPREAD_YARDSTICKS]
    for one in scored:
        if one is not yardstick:
            one.against_mean = compare(one.errors, yardstick.errors)
        if one.distributions is not None:
            one.against_spread = {
                s.name: compare(one.crps, s.crps) for s in spreads if s is not one
            }
    _correct(folder, scored, yardstick)
    scored.sort(key=lambda s: s.points.mean)
    return Backtest(folder, scored, seed, resamples, notes)


def _correct(folder: Folder, scored: list[Scored], yardstick: Scored) -> None:
    """p-values of the differences to the yardstick, and which of them stand together."""
    for one in scored:
        both = np.isfinite(one.errors) & np.isfinite(yardstick.errors)
        if one is not yardstick and both.any():
            units = [d for d, there in zip(folder.dossiers, both, strict=True) if there]
            one.p_value = mean_p_value((one.errors - yardstick.errors)[both], units)
    tested = [one for one in scored if one.p_value is not None]
    falls = holm([one.p_value for one in tested if one.p_value is not None])
    for one, shown in zip(tested, falls, strict=True):
        one.shown = shown


def _applies(folder: Folder, name: str) -> bool:
    if name == "exchange":
        # without dossiers nobody knows which issues were on the table together
        return folder.has_dossiers
    if name == "nash_rp":
        # without any reference point it is the compromise mean by another name
        return any(np.isfinite(group.reference) for group in folder.groups)
    return True


def _points(folder: Folder, widths: Array, name: str) -> Scored:
    predictor = PREDICTORS[name]
    forecasts = np.full(len(folder.groups), np.nan)
    by_dossier = sorted(range(len(forecasts)), key=lambda n: folder.dossiers[n])
    for _, numbers in itertools.groupby(by_dossier, key=lambda n: folder.dossiers[n]):
        rows = list(numbers)
        forecasts[rows] = predictor.predict([folder.groups[n] for n in rows])
    errors = np.abs(forecasts - folder.outcomes) / widths
    return Scored(name, predictor.title, predictor.citation, forecasts, errors, _summary(errors))


def _summary(errors: Array) -> PointScores:
    known = errors[np.isfinite(errors)]
    return point_scores(known) if len(known) else PointScores(np.nan, np.nan, np.nan)


def _each(
    found: list[Distribution | None], outcomes: Array, score: Callable[[Distribution, float], float]
) -> Array:
    pairs: Iterable[tuple[Distribution | None, float]] = zip(found, outcomes, strict=True)
    return np.array([np.nan if d is None else score(d, float(y)) for d, y in pairs])


def _distribution(
    folder: Folder, widths: Array, name: str, found: list[Distribution | None]
) -> Scored:
    title, citation = DISTRIBUTIONS[name]
    outcomes = folder.outcomes
    forecasts = _each(found, outcomes, lambda d, _: d.quantile(0.5))
    errors = np.abs(forecasts - outcomes) / widths
    held = {
        share: float(np.nanmean(_each(found, outcomes, partial(Distribution.covers, share=share))))
        for share in COVERAGE
    }
    return Scored(
        name,
        title,
        citation,
        forecasts,
        errors,
        _summary(errors),
        distributions=found,
        crps=_each(found, outcomes, Distribution.crps) / widths,
        coverage=held,
    )


def _residuals(folder: Folder, notes: list[str]) -> list[Distribution | None]:
    """The compromise mean with its errors on all issues outside the dossier."""
    member = np.asarray(folder.dossiers)
    if len(set(folder.dossiers)) < LEAST_DOSSIERS:
        notes.append(f"{RESIDUAL_YARDSTICK}: too few dossiers to take errors from others.")
        return [None] * len(folder.groups)
    means = PREDICTORS[YARDSTICK].predict(folder.groups)
    widths = np.array([g.width for g in folder.groups])
    residuals = (folder.outcomes - means) / widths
    pairs = zip(folder.groups, folder.dossiers, strict=True)
    return [residual_mean(group, residuals[member != dossier]) for group, dossier in pairs]


def _settlement(folder: Folder, notes: list[str]) -> list[Distribution | None]:
    """The mixture: with the fitted parameters, but never on issues that they were fitted on."""
    groups, outcomes = folder.groups, folder.outcomes
    issues = frozenset(fitted.ISSUES.split())
    known = [fingerprint(g, y) in issues for g, y in zip(groups, outcomes, strict=True)]
    if not any(known):
        notes.append(f"settlement: parameters fitted on {fitted.FITTED_ON}, none of them here.")
        return [settlement(g, fitted.PARAMETERS) for g in groups]
    if len(set(folder.dossiers)) >= LEAST_DOSSIERS:
        notes.append(
            "settlement: its parameters come from issues of this folder, so each issue is "
            "predicted with parameters fitted without its dossier (cross-validation)."
        )
        found = Fit(groups, outcomes).best_without(folder.dossiers)
        return [settlement(g, p) for g, p in zip(groups, found, strict=True)]
    notes.append(
        f"settlement: its parameters were fitted on {sum(known)} of these issues and it says "
        "nothing on them; there are too few dossiers to cross-validate."
    )
    return [
        None if seen else settlement(g, fitted.PARAMETERS)
        for g, seen in zip(groups, known, strict=True)
    ]
