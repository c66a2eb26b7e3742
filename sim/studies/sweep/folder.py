"""The store of a sweep: begun, gone on with, grown, or refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.arrays import Array
from sim.engine.draws import CHUNK, Draws
from sim.ensemble.chunks import Task
from sim.ensemble.runner import provenance
from sim.ensemble.store import ChunkStore, StoreError
from sim.prose import counted
from sim.results.dataset import ChunkResult, chunk_dataset
from sim.results.experiments import flags
from sim.results.outcomes import LIMITED_DAY
from sim.scenario.errors import file_error
from sim.studies.calibrate.evidence import engine_draws
from sim.studies.compare.changes import differing
from sim.studies.sweep.plan import Cell, Plan
from sim.studies.sweep.results import CHANGES, DIGEST, DRAWN, PLACE, STORE, Header

GROWING, OLD = f"{STORE}.growing", f"{STORE}.old"
AGAIN = "--overwrite runs all of it again; or choose another --out"
KEEP = (
    "outcome",
    "settled_day",
    "first_signed_day",
    "concluded_day",
    "stages_signed",
    "truces_broken",
    "years_held",
    "utility",
    "gain",
    "reservation_end",
    "ripeness_start",
    "ripeness_end",
    "stuck_issue",
    "stuck_reason",
    LIMITED_DAY,
)
"""Variables of the dataset of a run that a sweep keeps, those that there are."""
SHOWN = 3
"""Differences of a scenario that are named."""


def open_store(plan: Plan, folder: Path, overwrite: bool = False) -> ChunkStore:
    """The store to write to: new, as it was left, or with the finished cells of a smaller sweep.

    Parameters
    ----------
    plan : Plan
        What is to be run.
    folder : Path
        The folder of the sweep.
    overwrite : bool
        Begin anew whatever is there.

    Raises
    ------
    ScenarioError
        If the folder holds a sweep that this one does not go on with.
    StoreError
        If it cannot be written.
    """
    path = folder / STORE
    _recover(folder)
    if overwrite or not path.exists():
        return _prepared(plan, path, overwrite)
    there = ChunkStore(path)
    data = there.dataset()
    _check(plan, data, path)
    hashes = [cell.digest for cell in plan.cells]
    old = [str(h) for h in data[DIGEST].values]
    if old == hashes and there.header["worlds"] == plan.worlds:
        return _prepared(plan, path)
    _grow(plan, there, old, folder)
    return _prepared(plan, path)


def _prepared(plan: Plan, path: Path, overwrite: bool = False) -> ChunkStore:
    header = Header.of(plan, versions(plan))
    coordinates = {p.path: ("cell", [c.labels[n] for c in plan.cells])
                   for n, p in enumerate(plan.parameters)}  # fmt: skip
    coordinates |= {
        "cell": ("cell", np.arange(len(plan.cells))),  # type: ignore[dict-item]
        DIGEST: ("cell", [c.digest for c in plan.cells]),
        CHANGES: ("cell", [json.dumps(c.changes, ensure_ascii=False) for c in plan.cells]),
        **_calibrations(plan),
    }
    texts = {name: loaded.raw for name, loaded in plan.scenarios.items()}
    return ChunkStore.prepare(
        path,
        _like(plan),
        plan.worlds,
        {"seed": plan.seed, "cells_hash": _digest(plan)},
        {
            "sweep": json.dumps(header.dump(), ensure_ascii=False),
            "scenario_json": json.dumps(texts, default=str, ensure_ascii=False),
        },
        xr.Dataset(coords=coordinates),
        overwrite=overwrite,
    )


def _calibrations(plan: Plan) -> dict[str, Any]:
    """Coordinates: what worlds draw of what past talks allow, and which of the draws a cell has.

    Cells share draws but where a file, or what is varied, sets the engine's parameters.
    """
    kinds: dict[tuple[str, ...], int] = {}
    place = []
    for cell in plan.cells:
        own = (cell.scenario, *(c for c in cell.changes if c.startswith("engine.")))
        place.append(kinds.setdefault(own, len(kinds)))
    found = [_drawn(plan, place.index(n)) for n in range(len(kinds))]
    names = sorted({name for drawn in found for name in drawn})
    values = np.full((len(found), len(names), plan.worlds), np.nan, dtype=np.float32)
    for n, drawn in enumerate(found):
        for name, of_worlds in drawn.items():
            values[n, names.index(name)] = of_worlds
    texts = np.array(names, dtype=str if names else "<U1")
    return {
        PLACE: ("cell", place),
        "engine_parameter": ("engine_parameter", texts),
        DRAWN: (("draw", "engine_parameter", "world"), values),
    }


def _drawn(plan: Plan, cell: int) -> dict[str, Array]:
    """Engine parameters that the worlds of a cell draw and use, by name."""
    from sim.engine.model import PeaceTalks

    scenario = plan.scenario(cell)
    used = PeaceTalks(scenario, Draws(plan.seed, 1)).draws.once
    drawn = engine_draws(scenario.engine, plan.seed, plan.worlds)
    return {name: values for name, values in drawn.items() if f"engine.{name}" in used}


def _digest(plan: Plan) -> str:
    """Hash of all cells in their order."""
    text = " ".join(cell.digest for cell in plan.cells)
    return hashlib.sha256(text.encode()).hexdigest()


def versions(plan: Plan) -> dict[str, str]:
    """Of this program and of the libraries that its numbers depend on, and the calibration."""
    first = next(iter(plan.scenarios.values()))
    found: dict[str, str] = json.loads(provenance(first, plan.seed, plan.overrides)["versions"])
    # it is in a file of its own, of which a scenario's data hold the name only
    tables = [one.scenario.engine.calibration for one in plan.scenarios.values()]
    text = " ".join(table.model_dump_json() for table in tables)
    return found | {"calibration": hashlib.sha256(text.encode()).hexdigest()[:12]}


def _like(plan: Plan) -> xr.Dataset:
    """One world of the variables kept, with the signatories and issues of all cells."""
    from sim.engine.model import PeaceTalks

    model = PeaceTalks(plan.scenario(0), Draws(plan.seed, 1))
    model.finish()
    data = chunk_dataset(model)
    data = data[[name for name in KEEP if name in data]]
    arrays = {str(name): v.values for name, v in data.data_vars.items()}
    wide = aligned(ChunkResult(arrays, {}), plan.cells[0], plan).outcomes
    kinds = {str(n): (v.dims, v.attrs) for n, v in data.data_vars.items()}
    kinds["stuck_issue"] = (*kinds["stuck_issue"][:1], flags(plan.issues))
    kinds.setdefault(LIMITED_DAY, (("world", "limited"), {}))
    variables = {name: (kinds[name][0], values, kinds[name][1]) for name, values in wide.items()}
    coordinates = {"actor": list(plan.actors), "issue": list(plan.issues)}
    if plan.limited:
        coordinates["limited"] = list(plan.limited)
    return xr.Dataset(variables, coords=coordinates)


def aligned(result: ChunkResult, cell: Cell, plan: Plan) -> ChunkResult:
    """A chunk with the columns of all cells: NaN for signatories and talks that its scenario lacks.

    A limited agreement of another title is another one.
    """
    outcomes = dict(result.outcomes)
    days = outcomes.pop(LIMITED_DAY, np.empty((len(outcomes["outcome"]), 0)))
    if plan.limited:
        same = [plan.limited.get(key) == title for key, title in cell.limited.items()]
        own = [key for key, alike in zip(cell.limited, same, strict=True) if alike]
        outcomes[LIMITED_DAY] = _widened(days[:, same], own, tuple(plan.limited))
    for name, values in outcomes.items():
        if name == "stuck_issue":
            # −1 is the last of them, and stays what it is
            codes = np.array([plan.issues.index(key) for key in cell.issues] + [-1])
            outcomes[name] = codes[values]
        elif values.ndim == 2 and name != LIMITED_DAY:
            outcomes[name] = _widened(values, cell.actors, plan.actors)
    return ChunkResult(outcomes, {})


def _widened(values: NDArray[Any], own: Sequence[str], every: Sequence[str]) -> NDArray[Any]:
    """Columns by key among those of all cells, NaN in the others."""
    wide = np.full((len(values), len(every)), np.nan)
    wide[:, [every.index(key) for key in own]] = values
    return wide


# --- what is there already ----------------------------------------------------------------


def _check(plan: Plan, data: xr.Dataset, path: Path) -> None:
    """Refuse to go on where finished cells would not be those of this sweep."""
    there = Header.load(json.loads(data.attrs["sweep"]))
    before = {s.name: s.digest for s in there.scenarios}
    now = {name: loaded.digest for name, loaded in plan.scenarios.items()}
    for name in sorted(set(before) & set(now)):
        if before[name] != now[name]:
            raw = json.loads(data.attrs["scenario_json"])[name]
            what = _what_differs(raw, plan.scenarios[name].raw)
            raise file_error(
                path.parent, f"the scenario '{name}' has changed since this sweep began: {what}",
                AGAIN,
            )  # fmt: skip
    if there.seed != plan.seed:
        raise file_error(path.parent, f"holds a sweep with seed {there.seed}", AGAIN)
    mine = versions(plan)
    for name in ("sim", "mesa", "numpy", "scipy", "calibration"):
        # sweeps of earlier versions do not say which calibration
        if there.versions.get(name, mine[name] if name == "calibration" else None) != mine[name]:
            said = f"was begun with {name} {there.versions.get(name)}, and this is {mine[name]}"
            raise file_error(path.parent, said, AGAIN)
    if plan.limited and LIMITED_DAY not in data:
        said = "was begun by a version that did not keep which limited agreements are signed"
        raise file_error(path.parent, said, AGAIN)
    wanted = {cell.digest for cell in plan.cells}
    dropped = [h for h in data[DIGEST].values if str(h) not in wanted]
    if dropped or [p.path for p in there.parameters] != [p.path for p in plan.parameters]:
        varied = ", ".join(p.path for p in there.parameters)
        cells = "1 cell that is" if len(dropped) == 1 else f"{len(dropped):,} cells that are"
        raise file_error(
            path.parent, f"holds another sweep, over {varied}, with {cells} not in this", AGAIN
        )
    if there.worlds > plan.worlds:
        said = f"holds {counted(there.worlds, 'world')} of each cell, not {plan.worlds:,}"
        raise file_error(path.parent, said, AGAIN)


def _what_differs(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    now = json.loads(json.dumps(now, default=str))
    keys = [key for key, _, _ in differing(before, now, unsaid=())]
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more


def _grow(plan: Plan, there: ChunkStore, hashes: list[str], folder: Path) -> None:
    """A store of the larger sweep with the finished chunks of the smaller one, in its place."""
    place = {h: n for n, h in enumerate(hashes)}
    finished, data = there.finished(), there.dataset()
    with _prepared(plan, folder / GROWING) as store:
        for task in store.missing():
            cell = place.get(plan.cells[task.cell].digest)
            if cell is not None and finished[cell, _worlds(task)].sum() == task.worlds:
                part = data.isel(cell=cell, world=_worlds(task))
                arrays = {name: part[name].values for name in KEEP if name in part}
                store.write(task, ChunkResult(arrays, {}))
    there.close()
    try:
        there.path.rename(folder / OLD)
        (folder / GROWING).rename(there.path)
    except OSError as error:
        raise StoreError(f"{there.path}: cannot be replaced: {error.strerror}.") from error
    shutil.rmtree(folder / OLD)


def _worlds(task: Task) -> slice:
    return slice(task.chunk * CHUNK, task.chunk * CHUNK + task.worlds)


def _recover(folder: Path) -> None:
    """Tidy up after a growth that was stopped: the store before it, or the one after it, counts."""
    if (folder / OLD).exists():
        if (folder / STORE).exists():
            shutil.rmtree(folder / OLD)
        else:
            (folder / OLD).rename(folder / STORE)
    shutil.rmtree(folder / GROWING, ignore_errors=True)
