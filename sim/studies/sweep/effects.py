"""What each varied parameter does to a measure, averaged over the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Mask
from sim.formulas.statistics import Clustered
from sim.results.outcomes import Measure
from sim.studies.sweep.estimates import Contrast, contrast
from sim.studies.sweep.parameters import Parameter
from sim.studies.sweep.results import SweepResults

QUARTER = 4
"""Of a continuous range, the first and the last so-manieth part are compared."""


@dataclass(frozen=True)
class Effect(Contrast):
    """A measure at one end of a parameter less that at the other, over the same worlds.

    Attributes
    ----------
    low, high : str
        The values compared: the least and the greatest number, quarters of a range, or, of words,
        those with the least and the greatest mean.
    of_low, of_high : float
        The measure there, averaged over the other parameters.
    """

    parameter: Parameter
    measure: Measure
    low: str
    high: str
    of_low: float
    of_high: float


def told_measures(results: SweepResults) -> list[Measure]:
    """Measures whose effects are told: how it ends, stages, and how near a deal was."""
    keys = ["settlement", *(["first_stage"] if results.header.names.stages else []), "ripeness"]
    return [results.measure(key) for key in keys]


def effects(results: SweepResults, measure: Measure) -> Iterator[Effect]:
    """The effect of every parameter; none of those of which nothing has been run at an end.

    On a grid only combinations of the others count that have been run at both ends.
    """
    values = results.values(measure)
    for parameter in results.header.parameters:
        if parameter.numeric:
            found = _of_number(results, parameter, values, measure)
        else:
            found = _of_words(results, parameter, values, measure)
        if found is not None:
            yield found


def unmoved(results: SweepResults, measures: Sequence[Measure]) -> list[Parameter]:
    """Parameters of a grid that change these measures in no world of any cell."""
    if results.header.sampled:
        return []
    values = np.concatenate([results.values(m) for m in measures], axis=1)
    found: list[Parameter] = []
    if np.isnan(values).all():
        return found
    for column, parameter in enumerate(results.header.parameters):
        first: dict[tuple[str, ...], Array] = {}
        others = [labels[:column] + labels[column + 1 :] for labels in results.labels]
        if all(
            np.array_equal(first.setdefault(other, row), row, equal_nan=True)
            for other, row in zip(others, values, strict=True)
        ):
            found.append(parameter)
    return found


def _of_number(
    results: SweepResults, parameter: Parameter, values: Array, measure: Measure
) -> Effect | None:
    at = results.numbers(parameter)
    if parameter.low is not None and parameter.high is not None:
        width = (parameter.high - parameter.low) / QUARTER
        low, high = parameter.low + width, parameter.high - width
        unit = "x" if parameter.factor else ""
        return _between(
            results, parameter, measure, values, at <= low, at >= high,
            (f"up to {low:.4g}{unit}", f"from {high:.4g}{unit}"),
        )  # fmt: skip
    least, most = int(np.argmin(parameter.numbers)), int(np.argmax(parameter.numbers))
    ends = (parameter.labels[least], parameter.labels[most])
    masks = [at == parameter.numbers[n] for n in (least, most)]
    return _between(results, parameter, measure, values, masks[0], masks[1], ends)


def _of_words(
    results: SweepResults, parameter: Parameter, values: Array, measure: Measure
) -> Effect | None:
    column = results.header.parameters.index(parameter)
    at = np.array([labels[column] for labels in results.labels])
    means = {
        label: found.mean
        for label in parameter.labels
        if (found := Clustered.of(values[at == label])) is not None
    }
    if len(means) < 2:
        return None
    least, most = min(means, key=lambda k: means[k]), max(means, key=lambda k: means[k])
    if least == most:  # all alike
        least, *_, most = means
    return _between(results, parameter, measure, values, at == least, at == most, (least, most))


def _between(
    results: SweepResults,
    parameter: Parameter,
    measure: Measure,
    values: Array,
    low: Mask,
    high: Mask,
    ends: tuple[str, str],
) -> Effect | None:
    if not results.header.sampled:
        low, high = _with_partners(results, parameter, low, high)
    found = contrast(results, measure, values, high, low)
    if found is None:
        return None
    of_low, of_high = (float(np.nanmean(values[mask])) for mask in (low, high))
    return Effect(found.difference, found.interval, found.allowed, parameter, measure, *ends,
                  of_low, of_high)  # fmt: skip


def _with_partners(
    results: SweepResults, parameter: Parameter, low: Mask, high: Mask
) -> tuple[Mask, Mask]:
    """Only complete cells whose like at the other end is complete, too."""
    column = results.header.parameters.index(parameter)
    others = [labels[:column] + labels[column + 1 :] for labels in results.labels]
    complete = results.complete
    both = {o for o, there in zip(others, low & complete, strict=True) if there} & {
        o for o, there in zip(others, high & complete, strict=True) if there
    }
    paired = np.array([o in both for o in others]) & complete
    return low & paired, high & paired
