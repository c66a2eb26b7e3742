"""What worlds of a case say: their engine parameters, and how they ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import sim
from sim import __version__
from sim.arrays import Array, Mask
from sim.engine.draws import Draws
from sim.ensemble.chunks import chunk_tasks
from sim.ensemble.executors import Executor
from sim.ensemble.runner import Job, Progress, Run, run_jobs
from sim.files import written_whole
from sim.results.experiments import PREFIX
from sim.scenario.calibration import Calibration
from sim.scenario.fields import Wish
from sim.scenario.outcome import Kept
from sim.scenario.schema import Engine
from sim.studies.calibrate.cases import Case

TERM_ERROR = 0.15
"""Standard deviation, on the scale, with which the terms of a text can be coded."""
QUARTERS = np.array([0.25, 0.5, 0.75, 1.0])
LOOKED_AHEAD = 10
"""Years for which the worlds say whether what was signed holds."""
CLEARLY = 0.02
"""By how much a text has to pass a stated line, on the scale, to have crossed it."""

ARRAYS = ("signed", "time", "terms", "held", "crossed")


@dataclass(frozen=True)
class Evidence:
    """The worlds of one case.

    Attributes
    ----------
    parameters : dict of str to ndarray, shape (worlds,)
        Engine parameters that each world drew.
    signed : ndarray of bool, shape (worlds,)
    time : ndarray, shape (worlds,)
        Day of the signature as a share of the horizon; NaN where none.
    terms : ndarray, shape (worlds, issues)
        What was signed, on the issues whose true terms are known.
    held : ndarray, shape (worlds,)
        Years for which what was signed holds, at most :data:`LOOKED_AHEAD`; NaN where none.
    crossed : ndarray, shape (worlds, lines)
        Whether what was signed crosses the stated lines of which the outcome tells what became
        (:func:`stated_lines`); NaN where nothing was signed on it.
    missing : float
        Mean number of issues on which red lines leave no common ground.
    ripe : float
        Mean ripeness on day 0.
    """

    parameters: dict[str, Array]
    signed: Mask
    time: Array
    terms: Array
    held: Array
    crossed: Array
    missing: float
    ripe: float


def gather(
    cases: Sequence[Case],
    table: Calibration | None,
    worlds: int,
    executor: Executor,
    progress: Progress = lambda what, done, total: None,
    kept_in: Path | None = None,
    seed: int = 1,
) -> dict[str, Evidence]:
    """Run cases in worlds that draw engine parameters from a table; None: as coded.

    What has been run before, by the hash of case, table, worlds, seed and version, is read from
    ``kept_in``; each case is kept as soon as it is there, so that a later run goes on from it.
    """
    found: dict[str, Evidence] = {}
    left: list[tuple[Case, Path | None]] = []
    for case in cases:
        path = kept_in / f"{case.name}-{_key(case, table, worlds, seed)}.npz" if kept_in else None
        if path is not None and path.exists():
            found[case.name] = _read(path)
        else:
            left.append((case, path))
    given = "none" if table is None else table.model_dump(mode="json")
    jobs = [
        Job(
            case.loaded.with_({"engine.calibration": given, "durability.years": LOOKED_AHEAD}),
            *(worlds, seed),
            traced=0,
        )
        for case, _ in left
    ]
    if jobs:
        for place, run in run_jobs(jobs, executor, progress):
            if not isinstance(run, Run):
                raise run
            case, path = left[place]
            found[case.name] = evidence(case, run)
            if path is not None:
                _write(path, found[case.name])
    return found


def evidence(case: Case, run: Run) -> Evidence:
    """What the worlds of a run say of a case."""
    data, scenario = run.ensemble, run.scenario
    day = signed_day(data, case.outcome.kind)
    names = [n for n in data.data_vars if str(n).startswith(f"{PREFIX}engine.")]
    terms = data.agreed.sel(issue=list(case.outcome.terms)).values
    return Evidence(
        {str(n).removeprefix(f"{PREFIX}engine."): data[n].values.astype(float) for n in names},
        ~np.isnan(day),
        day / scenario.horizon_days,
        np.asarray(terms, dtype=float),
        data.years_held.values.astype(float),
        crossings(case, data),
        float((data.red_line_gap.values > 0).sum(axis=1).mean()),
        float(data.ripeness_start.values.mean()),
    )


def stated_lines(case: Case) -> list[tuple[str, str, Kept]]:
    """Actor, issue and fate of the stated lines of which the outcome tells what became."""
    return [
        (actor, issue, fate)
        for actor, lines in case.outcome.lines.items()
        for issue, fate in lines.items()
        if _stated(case, actor, issue) is not None
    ]


def _stated(case: Case, actor: str, issue: str) -> tuple[Wish, int] | None:
    """A wish and the place of its stated line, where it has one."""
    wish = case.loaded.scenario.actors[actor].positions.get(issue)
    places = [n for n, line in enumerate(wish.line) if line.stated] if wish else []
    return (wish, places[0]) if wish and places else None


def crossings(case: Case, data: xr.Dataset) -> Array:
    """Whether texts cross stated lines, (worlds, lines); NaN where nothing was signed on them."""
    out = np.full((data.sizes["world"], len(stated_lines(case))), np.nan)
    for column, (actor, issue, _) in enumerate(stated_lines(case)):
        found = _stated(case, actor, issue)
        assert found is not None
        wish, place = found
        number = "" if len(wish.line) == 1 else f".{place}"
        drawn = f"{PREFIX}actors.{actor}.positions.{issue}.line{number}.at"
        at = data[drawn].values if drawn in data else wish.line[place].at.median
        beyond = (data.agreed.sel(issue=issue).values - at) * (1.0 if wish.upward else -1.0)
        out[:, column] = np.where(np.isnan(beyond), np.nan, beyond > CLEARLY)
    return out


def signed_day(data: xr.Dataset, kind: str) -> Array:
    """Day on which a world signs what is asked for, shape (worlds,); NaN for never."""
    stages = data.stage_day.values.astype(float)
    if kind == "truce":
        return stages[:, 0]
    return np.asarray(data.settled_day.values, dtype=float)


def engine_draws(engine: Engine, seed: int, worlds: int) -> dict[str, Array]:
    """What worlds of a run draw of its calibration: parameter → values, (worlds,) each."""
    chunks = [Draws(seed, task.worlds, task.chunk) for task in chunk_tasks(worlds)]
    return {
        name: np.concatenate([draws.judged(engine, name) for draws in chunks])
        for name in engine.calibration.names
    }


@cache
def engine_hash() -> str:
    """SHA-256 of the code that worlds hang on: formulas, format and engine."""
    package, code = Path(sim.__file__).parent, hashlib.sha256(__version__.encode())
    for part in ("arrays.py", "formulas", "scenario", "engine"):
        root = package / part
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            code.update(path.read_bytes())
    return code.hexdigest()


def _key(case: Case, table: Calibration | None, worlds: int, seed: int) -> str:
    parts = [case.loaded.digest, str(worlds), str(seed), engine_hash(), case.outcome.kind]
    parts.append("none" if table is None else json.dumps([table.names, table.rows]))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _write(path: Path, one: Evidence) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {f"p.{name}": values for name, values in one.parameters.items()}
    arrays |= {name: getattr(one, name) for name in ARRAYS}
    arrays["facts"] = np.array([one.missing, one.ripe])
    with written_whole(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _read(path: Path) -> Evidence:
    with np.load(path) as kept:
        parameters = {n.removeprefix("p."): kept[n] for n in kept.files if n.startswith("p.")}
        missing, ripe = kept["facts"]
        arrays = {name: kept[name] for name in ARRAYS}
        return Evidence(parameters, **arrays, missing=float(missing), ripe=float(ripe))
