"""The worlds of a sweep, as they are read back for tables and charts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from pydantic import TypeAdapter

from sim.arrays import Array, Mask
from sim.ensemble.store import FINISHED, ChunkStore, StoreError
from sim.formulas.emulator import normal_scores
from sim.prose import did_you_mean
from sim.results.allowed import ENOUGH
from sim.results.outcomes import LIMITED_DAY, Measure, Names, measures
from sim.scenario.durations import days_in, is_duration
from sim.scenario.errors import file_error
from sim.studies.sweep.parameters import Parameter
from sim.studies.sweep.plan import Plan

STORE = "results.zarr"
DIGEST, CHANGES = "scenario_hash", "changes"
"""Coordinates along the cells: hash of the cell's scenario, and what it changes in the file."""

DRAWN, PLACE = "engine_drawn", "engine_draw"
"""Coordinates: engine parameters by world, and which of these draws a cell has."""


@dataclass(frozen=True)
class ScenarioFile:
    """A file of a sweep: name, title, name of the file, and hash of its merged content."""

    name: str
    title: str
    file: str
    digest: str


@dataclass(frozen=True)
class Header:
    """What a sweep is of, without its numbers."""

    scenarios: tuple[ScenarioFile, ...]
    overrides: tuple[str, ...]
    design: str
    seed: int
    worlds: int
    parameters: tuple[Parameter, ...]
    names: Names
    versions: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan, versions: Mapping[str, str]) -> Header:
        scenarios = tuple(
            ScenarioFile(name, one.scenario.title, Path(one.files[-1]).name, one.digest)
            for name, one in plan.scenarios.items()
        )
        return cls(
            scenarios, plan.overrides, plan.design, plan.seed, plan.worlds,
            tuple(plan.parameters), plan.names, versions,
        )  # fmt: skip

    def dump(self) -> dict[str, Any]:
        """As plain data for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        if not self.names.limited:
            del plain["names"]["limited"]
        return plain

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Header:
        """Back from plain data."""
        header: Header = TypeAdapter(cls).validate_python(raw)
        return header

    @property
    def sampled(self) -> bool:
        """Whether the cells are points of a random design."""
        return self.design != "grid"


@dataclass(frozen=True)
class SweepResults:
    """A sweep with what has been run of it.

    Attributes
    ----------
    header : Header
        What it is of.
    data : Dataset
        Dims ``cell``, ``world``, ``actor``; read from disk when asked.
    finished : ndarray of bool, shape (cells, worlds)
        Which worlds have been run.
    folder : Path
        Where it lies.
    """

    header: Header
    data: xr.Dataset
    finished: Mask
    folder: Path

    @cached_property
    def labels(self) -> list[tuple[str, ...]]:
        """Values of the parameters by cell, as typed."""
        columns = [self.data[p.path].values.astype(str) for p in self.header.parameters]
        return [tuple(str(v) for v in row) for row in zip(*columns, strict=True)]

    def numbers(self, parameter: Parameter) -> Array:
        """Values of a numeric parameter by cell, durations in days."""
        texts = self.data[parameter.path].values.astype(str)
        return np.array([days_in(t) if is_duration(t) else float(t.rstrip("x")) for t in texts])

    @cached_property
    def measures(self) -> list[Measure]:
        """Those of which the folder holds the numbers: of earlier versions not all."""
        known = LIMITED_DAY in self.data
        return [m for m in measures(self.header.names) if known or m.agreement is None]

    def measure(self, key: str) -> Measure:
        """A measure by its key; :class:`ScenarioError` where there is none."""
        known = {m.key: m for m in self.measures}
        lost = {m.key for m in measures(self.header.names)} - known.keys()
        if key in lost:
            said = "an earlier version made this folder and did not keep it"
            raise file_error(f"--of {key}", said, "sweep again with --overwrite")
        if key not in known:
            kinds = list(
                dict.fromkeys(k if ":" not in k else k.split(":")[0] + ":…" for k in known)
            )
            fix = did_you_mean(key, known) or "there is: " + ", ".join(kinds)
            raise file_error(f"--of {key}", "there is no such measure here", fix)
        return known[key]

    def parameter(self, path: str, option: str) -> Parameter:
        """A varied parameter by its path, or by the end of it where that is enough."""
        all_ = self.header.parameters
        found = [p for p in all_ if p.path == path] or [
            p for p in all_ if p.path.endswith(f".{path}")
        ]
        if len(found) != 1:
            said = "is not varied in this sweep" if not found else "may be several"
            fix = did_you_mean(path, [p.path for p in all_], "there is")
            raise file_error(f"{option} {path}", said, fix)
        return found[0]

    def values(self, measure: Measure) -> Array:
        """A measure by cell and world; NaN where a world has no value or was not run."""
        return np.where(self.finished, measure.values(self.data), np.nan)

    @cached_property
    def _drawn(self) -> Array:
        """Engine parameters that worlds draw (draws, parameters, worlds); NaN: not drawn."""
        if DRAWN not in self.data.coords:
            return np.empty((1, 0, self.finished.shape[1]))
        return np.asarray(self.data[DRAWN].values, dtype=np.float64)

    @cached_property
    def _scores(self) -> dict[tuple[int, ...], Array]:
        return {}

    def scores(self, cells: Mask) -> Array:
        """What the worlds of some cells draw of what past talks allow, as normal scores.

        Shape (worlds, parameters); a parameter that these cells draw differently is left out, and
        each where the worlds are too few to tell.
        """
        if self.finished[cells].any(axis=0).sum() < ENOUGH:
            return np.empty((self.finished.shape[1], 0))
        place = self.data[PLACE].values[cells] if PLACE in self.data.coords else [0]
        kinds = tuple(np.unique(place).tolist())
        if kinds not in self._scores:
            drawn = self._drawn[list(kinds)]
            low, high = np.fmin.reduce(drawn), np.fmax.reduce(drawn)
            self._scores[kinds] = normal_scores(high[(low == high).all(axis=1)].T)
        return self._scores[kinds]

    @property
    def calibrated(self) -> bool:
        """Whether ranges over what past talks allow are known of any cell."""
        return self.drawing and self.header.worlds >= ENOUGH

    @property
    def drawing(self) -> bool:
        """Whether the worlds of any cell draw what past talks allow."""
        return bool(self._drawn.shape[1])

    def part(self, start: int, stop: int) -> SweepResults:
        """Some cells, read into memory."""
        some = slice(start, stop)
        data = self.data.isel(cell=some).load()
        return SweepResults(self.header, data, self.finished[some], self.folder)

    @property
    def complete(self) -> Mask:
        """Cells of which all worlds have been run."""
        return np.asarray(self.finished.all(axis=1))


def read_sweep(folder: Path) -> SweepResults:
    """The sweep in a folder.

    Raises
    ------
    ScenarioError
        If there is none, or it cannot be read.
    """
    path = folder if folder.name == STORE else folder / STORE
    if not path.exists():
        raise file_error(folder, "there is no sweep in this folder", f"{STORE} is missing")
    try:
        return results_of(ChunkStore(path), path.parent)
    except (StoreError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise file_error(path, f"cannot be read as a sweep: {error}", "sweep again") from error


def results_of(store: ChunkStore, folder: Path) -> SweepResults:
    """What is in a store."""
    data = store.dataset()
    header = Header.load(json.loads(data.attrs["sweep"]))
    results = SweepResults(header, data.drop_vars(FINISHED), store.finished(), folder)
    for parameter in header.parameters:
        if parameter.numeric:
            results.numbers(parameter)  # a damaged label is found here
    return results
