"""Calibration and scores of a folder of cases, and the files that come of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim import __version__
from sim.arrays import Array
from sim.ensemble.executors import Executor
from sim.ensemble.runner import Progress
from sim.scenario.calibration import Calibration
from sim.scenario.loading import shipped_scenarios
from sim.studies.calibrate.afterwards import YEARS, AfterSigning, after_signing
from sim.studies.calibrate.cases import Case, coding_hash, load_case, load_cases
from sim.studies.calibrate.evidence import gather
from sim.studies.calibrate.parameters import NAMES, PARAMETERS, design, scores
from sim.studies.calibrate.posterior import Learner, effective_size, resampled
from sim.studies.calibrate.recovery import RETURNS, Recovered, recovery
from sim.studies.calibrate.score import (
    METHODS,
    MODEL,
    SURE,
    Forecast,
    Gain,
    Reliability,
    Scores,
    forecasts,
    from_worlds,
    gain,
    reliability,
    score,
)

KINDS = ("brier", "log", "rps", "distance")
"""Scores that forecasts are given."""


@dataclass(frozen=True)
class Calibrated:
    """What was learnt.

    Attributes
    ----------
    table : Calibration
        Equally likely rows.
    recovered : list of Recovered
        Which parameters can be known from so many cases; the others keep their prior.
    effective : float
        Kish's effective number of the prior's rows that remain.
    """

    cases: list[Case]
    worlds: int
    table: Calibration
    recovered: list[Recovered]
    effective: float


def cases_of(folder: Path | None) -> list[Case]:
    """The cases of a folder; of the shipped one where none is given."""
    return load_cases(folder or shipped_scenarios() / "past")


def calibration(
    folder: Path | None,
    worlds: int,
    rows: int,
    executor: Executor,
    progress: Progress,
    kept_in: Path,
) -> Calibrated:
    """Run all cases and weigh the priors by what happened."""
    cases = cases_of(folder)
    found = gather(cases, design(), worlds, executor, progress, kept_in)
    learner = Learner.of(cases, found)
    returns = recovery(learner)
    known = tuple(r.name for r in returns if r.explained >= RETURNS)
    prior = design()
    values = np.array(prior.rows)
    weights = learner.weights(scores({name: prior.column(name) for name in NAMES}))
    sample = resampled(values, weights, rows)
    # what cannot be known from the cases is in the table as the prior has it, all but unmoved
    made_from = {
        "version": __version__,
        "worlds": str(worlds),
        "cases": str(len(cases)),
        "known": ", ".join(known),
        **{case.name: coding_hash(Path(case.loaded.files[-1])) for case in cases},
    }
    table = Calibration(
        names=NAMES,
        rows=tuple(tuple(float(f"{v:.4g}") for v in row) for row in sample),
        made_from=made_from,
    )
    return Calibrated(cases, worlds, table, returns, effective_size(weights))


def summary_of(made: Calibrated) -> list[dict[str, Any]]:
    """A row for each parameter: prior and posterior quantiles, and what returns."""
    rows = []
    for parameter, returns in zip(PARAMETERS, made.recovered, strict=True):
        column = made.table.column(parameter.name)
        rows.append(
            {
                "parameter": parameter.name,
                "title": parameter.title,
                "prior": [float(v) for v in parameter.prior.ppf([0.1, 0.5, 0.9])],
                "posterior": [float(v) for v in np.quantile(column, [0.1, 0.5, 0.9])],
                "explained": returns.explained,
                "covered_80": returns.covered,
                "reason": parameter.reason,
            }
        )
    return rows


def calibration_json(made: Calibrated) -> dict[str, Any]:
    """``parameters.json``: what the table says."""
    return {
        "cases": [case.name for case in made.cases],
        "worlds": made.worlds,
        "effective_rows": made.effective,
        "parameters": summary_of(made),
    }


@dataclass(frozen=True)
class Scored:
    """Forecasts and scores of all methods.

    Attributes
    ----------
    gains : dict of str to dict of str to Gain
        Score → other method → by how much the model is better.
    twice : dict of str to (float, float)
        Cases that were coded twice: the model's odds with each coding.
    afterwards : AfterSigning
        How long deals held, and stated lines that were crossed.
    held_better : dict of str to Gain
        Score → by how much the model knows better than the record how long deals hold.
    """

    cases: list[Case]
    worlds: int
    forecasts: dict[str, list[Forecast]]
    scores: dict[str, Scores]
    gains: dict[str, dict[str, Gain]]
    reliability: Reliability
    twice: dict[str, tuple[float, float]]
    afterwards: AfterSigning
    held_better: dict[str, Gain]


def scored(
    folder: Path | None, worlds: int, executor: Executor, progress: Progress, kept_in: Path
) -> Scored:
    """Leave each case out in turn, and score what is said of it."""
    cases = cases_of(folder)
    second = _coded_twice(folder or shipped_scenarios() / "past")
    every = [*cases, *second.values()]
    drawn = gather(every, design(), worlds, executor, progress, kept_in)
    coded = gather(cases, None, max(worlds // 10, 200), executor, progress, kept_in)
    made = forecasts(cases, drawn, coded)
    points = {method: score(cases, one) for method, one in made.items()}
    gains = {
        kind: {
            method: gain(getattr(points[MODEL], kind), getattr(points[method], kind))
            for method in METHODS
            if method != MODEL
        }
        for kind in KINDS
    }
    odds = np.array([f.odds for f in made[MODEL]])
    signed = np.array([c.signed for c in cases])
    shown = reliability([c.name for c in cases], odds, signed)
    learner, twice = Learner.of(cases, drawn), {}
    for name, other in second.items():
        one = drawn[other.name]
        weights = learner.weights(scores(one.parameters), without=name)
        at = [c.name for c in cases].index(name)
        twice[name] = (made[MODEL][at].odds, from_worlds(other, one, weights).odds)
    others = {c.name: learner.weights(scores(drawn[c.name].parameters), c.name) for c in cases}
    after = after_signing(cases, drawn, others)
    better = {"brier": gain(*after.brier()), "log": gain(*after.log(SURE))}
    return Scored(cases, worlds, made, points, gains, shown, twice, after, better)


def _coded_twice(folder: Path) -> dict[str, Case]:
    """Second codings, by the name of the case they are of."""
    first = {path.stem for path in folder.glob("*.yaml")}
    found = {}
    for path in sorted((folder / "second").glob("*.yaml")):
        if path.stem in first:
            case = load_case(path)
            name = f"{path.stem}_second"
            found[path.stem] = Case(name, case.loaded, case.outcome)
    return found


def scores_json(made: Scored) -> dict[str, Any]:
    """``scores.json``."""
    return {
        "cases": len(made.cases),
        "worlds": made.worlds,
        "scores": {
            method: {kind: _mean(getattr(one, kind)) for kind in KINDS}
            for method, one in made.scores.items()
        },
        "gain": {
            kind: {method: list(astuple(one)) for method, one in others.items()}
            for kind, others in made.gains.items()
        },
        "coded_twice": made.twice,
        "after_signing": _afterwards(made),
    }


def forecast_rows(made: Scored) -> Iterator[list[Any]]:
    """``forecasts.csv``: what each method says of each case."""
    yield ["case", "signed", *METHODS, "effective_worlds"]
    for n, case in enumerate(made.cases):
        odds = [f"{made.forecasts[m][n].odds:.4f}" for m in METHODS]
        yield [case.name, int(case.signed), *odds, f"{made.forecasts[MODEL][n].worlds:.0f}"]


def _afterwards(made: Scored) -> dict[str, Any]:
    after, better = made.afterwards, made.held_better
    return {
        "years": YEARS.tolist(),
        "record": after.record.tolist(),
        "cases": {
            name: {"held": held, "model": model}
            for name, held, model in zip(
                after.names, after.held.tolist(), after.model.tolist(), strict=True
            )
        },
        "scores": {
            kind: {
                "model": _mean(ours),
                "record": _mean(theirs),
                "gain": list(astuple(better[kind])),
            }
            for kind, (ours, theirs) in (("brier", after.brier()), ("log", after.log(SURE)))
        },
        "stated_lines": [
            dict(zip(("case", "actor", "issue", "fate", "model"), line, strict=True))
            for line in after.lines
        ],
    }


def _mean(values: Array) -> float | None:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else None
