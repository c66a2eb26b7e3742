"""A measure over one or two varied parameters, averaged over the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.results.outcomes import Measure
from sim.scenario.durations import is_duration
from sim.scenario.errors import file_error
from sim.studies.sweep.estimates import Estimate, contrast, estimate
from sim.studies.sweep.parameters import Parameter
from sim.studies.sweep.results import SweepResults

POINTS_PER_BIN = 8
"""Sobol' points that a bin should have, about."""
MOST_BINS = 8


@dataclass(frozen=True)
class Axis:
    """A parameter along a side of the chart.

    Attributes
    ----------
    labels : list of str
        Of its values, or of bins of a continuous range.
    centres : ndarray or None
        The values as numbers; None for words.
    edges : ndarray or None
        Of the bins of a continuous range.
    words : sequence of str
        Texts of the scale for the values; empty where they lie on none.
    """

    parameter: Parameter
    labels: list[str]
    centres: Array | None
    edges: Array | None = None
    words: Sequence[str] = ()

    def told(self, n: int) -> str:
        """A value in the words of its scale, where it lies on one."""
        return f"{self.labels[n]} (“{self.words[n]}”)" if self.words else self.labels[n]

    def __len__(self) -> int:
        return len(self.labels)

    def place(self, value: float | str | None) -> float | None:
        """Where a value lies, counted in columns from 0; None where it lies outside."""
        if isinstance(value, str):
            return float(self.labels.index(value)) if value in self.labels else None
        if value is None or self.centres is None:
            return None
        at = self.edges if self.edges is not None else self.centres
        if not at[0] - 1e-12 <= value <= at[-1] + 1e-12:
            return None
        columns = np.arange(len(at)) - (0.5 if self.edges is not None else 0.0)
        return float(np.interp(value, at, columns))


@dataclass(frozen=True)
class Surface:
    """The estimates, by row and column.

    Attributes
    ----------
    found : dict
        (row, column) → estimate; nothing where no cell has a value.
    cells : ndarray of int, shape (y, x)
        Cells of the sweep that each mean rests on; one row without a second parameter.
    most : list of (int, int)
        Where it is greatest: there, and wherever it is not told apart from that, be it by sampling
        or by what past talks allow.
    clear : bool
        Whether the greatest and the least are told apart.
    averaged : list of Parameter
        The other parameters, over which the means are taken.
    fixed : dict of str to str
        Title → value of those that are held.
    """

    measure: Measure
    x: Axis
    y: Axis | None
    found: dict[tuple[int, int], Estimate]
    cells: NDArray[np.int64]
    most: list[tuple[int, int]]
    clear: bool
    averaged: list[Parameter]
    fixed: dict[str, str]

    @cached_property
    def mean(self) -> Array:
        """Shape (y, x), NaN where there is none."""
        out = np.full(self.cells.shape, np.nan)
        for at, one in self.found.items():
            out[at] = one.mean
        return out

    def spans(self, row: int, sampling: bool = False) -> Array:
        """Ends of the intervals that matter, or of those of sampling beside them, shape (2, x).

        NaN where there is none, or it is not worth drawing.
        """
        out = np.full((2, len(self.x)), np.nan)
        for (at, column), one in self.found.items():
            shown = one.sampling if sampling else None if one.few and one.allowed else one.span
            if at == row and shown is not None:
                out[:, column] = shown
        return out


def surface(
    results: SweepResults,
    of: str = "settlement",
    x: str | None = None,
    y: str | None = None,
    at: Sequence[str] = (),
) -> Surface:
    """Average a measure over all but one or two parameters.

    Parameters
    ----------
    results : SweepResults
        A sweep.
    of : str
        Key of a measure.
    x, y : str, optional
        Paths of parameters; by default the first two that are not held.
    at : sequence of str
        ``PATH=VALUE``: parameters held at one of their values.

    Raises
    ------
    ScenarioError
        Where something is not in the sweep.
    """
    measure = results.measure(of)
    held = _held(results, at)
    x_parameter, y_parameter = _sides(results, x, y, held)
    bins = _bins(results, 1 if y_parameter is None else 2)
    columns, x_axis = _along(results, x_parameter, bins)
    rows, y_axis = (
        (np.zeros_like(columns), None)
        if y_parameter is None
        else _along(results, y_parameter, bins)
    )
    mask = np.ones(len(columns), dtype=bool)
    for parameter, value in held.items():
        number = results.header.parameters.index(parameter)
        mask &= np.array([labels[number] == value for labels in results.labels])
    values = results.values(measure)
    shape = (1 if y_axis is None else len(y_axis), len(x_axis))
    cells = np.zeros(shape, dtype=np.int64)
    inside = {at: mask & (rows == at[0]) & (columns == at[1]) for at in np.ndindex(shape)}
    found: dict[tuple[int, int], Estimate] = {}
    for at, there in inside.items():
        cells[at] = int((~np.isnan(values[there])).any(axis=1).sum())
        one = estimate(results, measure, values, there)
        if one is not None:
            found[at] = one

    def behind(at: tuple[int, int]) -> bool:
        gap = contrast(results, measure, values, inside[ranked[0]], inside[at])
        return gap is not None and gap.visible

    ranked = sorted(found, key=lambda at: -found[at].mean)
    most = [at for n, at in enumerate(ranked) if n == 0 or not behind(at)]
    clear = bool(ranked) and ranked[-1] not in most
    shown = (x_parameter, y_parameter, *held)
    averaged = [p for p in results.header.parameters if p not in shown]
    fixed = {p.title: label for p, label in held.items()}
    return Surface(measure, x_axis, y_axis, found, cells, most, clear, averaged, fixed)


def _held(results: SweepResults, at: Sequence[str]) -> dict[Parameter, str]:
    held: dict[Parameter, str] = {}
    for text in at:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise file_error(f"--at {text}", "is not of the form PATH=VALUE")
        parameter = results.parameter(path, "--at")
        if parameter.continuous:
            said = "is varied continuously, so hardly any point has just this value"
            raise file_error(f"--at {text}", said, "use it as --x or --y")
        known = {_same(label): label for label in parameter.labels}
        if _same(value) not in known:
            raise file_error(
                f"--at {text}", "is none of its values", "there is: " + ", ".join(parameter.labels)
            )
        held[parameter] = known[_same(value)]
    return held


def _same(label: str) -> str:
    """A label so that 0.5 and 0.50 are the same."""
    body = label.rstrip("x")
    try:
        return f"{float(body):.12g}" + ("x" if label.endswith("x") else "")
    except ValueError:
        return label


def _sides(
    results: SweepResults, x: str | None, y: str | None, held: Mapping[Parameter, str]
) -> tuple[Parameter, Parameter | None]:
    """The parameters along the sides."""
    chosen = [
        results.parameter(path, option) if path is not None else None
        for path, option in ((x, "--x"), (y, "--y"))
    ]
    for parameter, option in zip(chosen, ("--x", "--y"), strict=True):
        if parameter is not None and parameter in held:
            raise file_error(f"{option} {parameter.path}", "is held by --at", "leave one out")
    if chosen[0] is not None and chosen[0] == chosen[1]:
        raise file_error(f"--y {y}", "is on the other side already", "choose two parameters")
    free = [p for p in results.header.parameters if p not in held and p not in chosen]
    first = chosen[0] or (free.pop(0) if free else None)
    if first is None:
        raise file_error("--at", "holds all parameters, so there is nothing to draw", "free one")
    second = chosen[1] or (free.pop(0) if free and (x is None or y is None) else None)
    return first, second


def _bins(results: SweepResults, sides: int) -> int:
    """How many bins a continuous parameter is cut into."""
    points = len(results.labels) / POINTS_PER_BIN
    return int(np.clip(round(points ** (1 / sides)), 2, MOST_BINS * (3 - sides)))


def _along(
    results: SweepResults, parameter: Parameter, bins: int
) -> tuple[NDArray[np.int64], Axis]:
    """Column of every cell along a parameter, and the axis."""
    if parameter.low is not None and parameter.high is not None:
        edges = np.linspace(parameter.low, parameter.high, bins + 1)
        inside = np.searchsorted(edges, results.numbers(parameter), side="right") - 1
        unit = "x" if parameter.factor else ""
        texts = [f"{e:.3g}{unit}" for e in edges]
        labels = [f"{a}–{b}" for a, b in pairwise(texts)]
        centres = (edges[:-1] + edges[1:]) / 2
        return np.clip(inside, 0, bins - 1), Axis(parameter, labels, centres, edges)
    labels = list(parameter.labels)
    number = results.header.parameters.index(parameter)
    at = np.array([labels.index(row[number]) for row in results.labels])
    if not parameter.numeric:
        return at, Axis(parameter, labels, None)
    order = np.argsort(parameter.numbers, kind="stable")
    rank = np.argsort(order)
    unit = "x" if parameter.factor else ""
    short = [f"{number:.4g}{unit}" for number in parameter.numbers]
    plain = len(set(short)) == len(short) and not is_duration(labels[0])
    shown = short if plain else labels
    words = [parameter.words[n] for n in order] if parameter.words else []
    values = np.array(parameter.numbers)[order]
    return rank[at], Axis(parameter, [shown[n] for n in order], values, words=words)
