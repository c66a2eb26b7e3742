"""The numbers of a sweep: one row per cell, and one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.chunks import Failure
from sim.files import csv_text, json_text
from sim.formulas.statistics import Clustered
from sim.results.outcomes import NOTE, Measure
from sim.studies.sweep.effects import Effect, mean_interval
from sim.studies.sweep.results import CHANGES, DIGEST, SweepResults

Row = dict[str, Any]
IN_MEMORY = 200_000
"""Worlds that are read at a time."""


def rows(results: SweepResults, cells: Sequence[int]) -> dict[int, Row]:
    """Cells with their values, how many worlds, and every measure with its 95 % interval.

    Gains also with their median and the 10th and 90th percentile. None where nothing is known.
    """
    nothing = {m: np.empty(0) for m in results.measures}
    begun = np.asarray(results.finished.any(axis=1))
    out = {cell: _row(results, cell, nothing) for cell in cells if not begun[cell]}
    step = max(1, IN_MEMORY // results.header.worlds)
    for start in range(0, len(results.labels), step):
        wanted = [cell for cell in cells if start <= cell < start + step and begun[cell]]
        if wanted:
            part = results.part(start, start + step)
            by_measure = {m: part.values(m) for m in part.measures}
            for cell in wanted:
                values = {m: v[cell - start] for m, v in by_measure.items()}
                out[cell] = _row(results, cell, values)
    return out


def _row(results: SweepResults, cell: int, values: Mapping[Measure, NDArray[np.float64]]) -> Row:
    paths = [p.path for p in results.header.parameters]
    out: Row = {"cell": cell, **dict(zip(paths, results.labels[cell], strict=True))}
    out["worlds"] = int(results.finished[cell].sum())
    for measure, of_worlds in values.items():
        found = Clustered.of(of_worlds[None])
        low, high = mean_interval(found, measure) if found else (None, None)
        column = measure.column
        out |= {column: found.mean if found else None, f"{column}_low": low, f"{column}_high": high}
        if measure.key.startswith("gain:"):
            known = of_worlds[~np.isnan(of_worlds)]
            spread = np.quantile(known, [0.5, 0.1, 0.9]).tolist() if len(known) else [None] * 3
            out |= {
                f"{column}_{name}": q
                for name, q in zip(("median", "p10", "p90"), spread, strict=True)
            }
    return out


def cells_csv(rows: Sequence[Row]) -> str:
    """``cells.csv``."""
    return csv_text([rows[0], *([_plain(v) for v in one.values()] for one in rows)])


def sweep_json(
    results: SweepResults, failures: Sequence[Failure], effects: Sequence[Effect]
) -> str:
    """``sweep.json``, and what ``--json`` prints: everything but the worlds themselves."""
    header = results.header
    worlds = results.finished.sum(axis=1)
    failed = {f.task.cell for f in failures}
    digests, changes = (results.data[n].values.astype(str) for n in (DIGEST, CHANGES))
    paths = [p.path for p in header.parameters]
    content = {
        "note": NOTE,
        **header.dump(),
        "cells": [
            {
                "cell": n,
                "values": dict(zip(paths, labels, strict=True)),
                "set": json.loads(changes[n]),
                "scenario_hash": digests[n],
                "worlds": int(worlds[n]),
                "state": "failed" if n in failed else _state(int(worlds[n]), header.worlds),
            }
            for n, labels in enumerate(results.labels)
        ],
        "effects": [effect_entry(effect) for effect in effects],
        "failed": [
            {
                "cell": f.task.cell,
                "values": dict(zip(paths, results.labels[f.task.cell], strict=True)),
                "chunk": f.task.chunk,
                "worlds": f.task.worlds,
                "seed": f.seed,
                "scenario": f.scenario,
                "error": f.error,
                "message": f.message,
            }
            for f in failures
        ],
    }
    return json_text(content)


def effect_entry(one: Effect) -> dict[str, Any]:
    """An effect as plain data."""
    numbers = {
        "of_low": one.of_low,
        "of_high": one.of_high,
        "difference": one.difference,
        "low": one.interval.low,
        "high": one.interval.high,
    }
    return {
        "parameter": one.parameter.path,
        "measure": one.measure.key,
        "from": one.low,
        "to": one.high,
        **{name: round(float(value), 6) + 0.0 for name, value in numbers.items()},
    }


def _state(worlds: int, wanted: int) -> str:
    return "finished" if worlds == wanted else "partial" if worlds else "waiting"


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value
