"""The numbers of a sweep: one row per cell, and one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.ensemble.chunks import Failure
from sim.files import csv_cell, csv_text, json_text
from sim.formulas.statistics import Interval
from sim.results.outcomes import NOTE, Measure
from sim.studies.sweep.effects import Effect
from sim.studies.sweep.estimates import estimate
from sim.studies.sweep.results import CHANGES, DIGEST, SweepResults

Row = dict[str, Any]
ByMeasure = dict[Measure, Array | None]
"""Values by cell and world; None where nothing has been run."""
NOTHING = (None, None)
IN_MEMORY = 200_000
"""Worlds that are read at a time."""


def rows(results: SweepResults, cells: Sequence[int]) -> dict[int, Row]:
    """Cells with their values, how many worlds, and every measure with its two intervals.

    They are of sampling, 95 %, and over what past talks allow, 10 to 90 %. Gains also with their
    median and the 10th and 90th percentile. None where nothing is known.
    """
    begun = np.asarray(results.finished.any(axis=1))
    nothing: ByMeasure = dict.fromkeys(results.measures)
    out = {cell: _row(results, cell, nothing) for cell in cells if not begun[cell]}
    step = max(1, IN_MEMORY // results.header.worlds)
    for start in range(0, len(results.labels), step):
        wanted = [cell for cell in cells if start <= cell < start + step and begun[cell]]
        if wanted:
            part = results.part(start, start + step)
            by_measure: ByMeasure = {m: part.values(m) for m in part.measures}
            out |= {cell: _row(part, cell - start, by_measure) for cell in wanted}
    return out


def _row(results: SweepResults, cell: int, values: ByMeasure) -> Row:
    paths = [p.path for p in results.header.parameters]
    number = int(results.data["cell"].values[cell])
    out: Row = {"cell": number, **dict(zip(paths, results.labels[cell], strict=True))}
    out["worlds"] = int(results.finished[cell].sum())
    only = np.arange(len(results.labels)) == cell
    for measure, by_cell in values.items():
        found = None if by_cell is None else estimate(results, measure, by_cell, only)
        low, high = finite(found.interval) if found else NOTHING
        least, most = (found.allowed if found else None) or NOTHING
        column = measure.column
        out |= {column: found.mean if found else None, f"{column}_low": low, f"{column}_high": high}
        out |= {f"{column}_range_low": least, f"{column}_range_high": most}
        if measure.key.startswith("gain:"):
            of_worlds = np.empty(0) if by_cell is None else by_cell[cell]
            known = of_worlds[~np.isnan(of_worlds)]
            spread = np.quantile(known, [0.5, 0.1, 0.9]).tolist() if len(known) else [None] * 3
            out |= {
                f"{column}_{name}": q
                for name, q in zip(("median", "p10", "p90"), spread, strict=True)
            }
    return out


def cells_csv(rows: Sequence[Row]) -> str:
    """``cells.csv``."""
    return csv_text([rows[0], *(map(csv_cell, one.values()) for one in rows)])


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
    least, most = one.allowed or NOTHING
    low, high = finite(one.interval)
    numbers = {
        "of_low": one.of_low,
        "of_high": one.of_high,
        "difference": one.difference,
        "low": low,
        "high": high,
        "range_low": least,
        "range_high": most,
    }
    return {
        "parameter": one.parameter.path,
        "measure": one.measure.key,
        "from": one.low,
        "to": one.high,
        **{n: None if v is None else round(float(v), 6) + 0.0 for n, v in numbers.items()},
        "visible": one.visible,
    }


def finite(span: Interval) -> Interval | tuple[None, None]:
    """An interval; None for its ends where one world says nothing of how others would differ."""
    return span if np.isfinite(span).all() else NOTHING


def _state(worlds: int, wanted: int) -> str:
    return "finished" if worlds == wanted else "partial" if worlds else "waiting"
