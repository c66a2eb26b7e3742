"""The main job: from a scenario to a folder of results."""

from __future__ import annotations

import csv
import json
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim import __version__
from sim.engine.draws import CHUNK
from sim.ensemble.chunks import ChunkResult, Failure, Task, central_world, chunk_tasks, run_tasks
from sim.ensemble.executors import Executor, InProcess
from sim.ensemble.store import ChunkStore
from sim.files import written_whole
from sim.formulas.statistics import quantiles
from sim.results.dataset import build_dataset, central_dataset, save_results, template
from sim.results.summary import Summary, summarise
from sim.scenario import Loaded, Scenario

IN_MEMORY = 20_000
"""Worlds up to which outcomes are kept in memory; they take some 2 KB each. More go to a store."""

Progress = Callable[[str, float, float], None]
"""Called with (what is being done, how much is done, how much there is)."""


@dataclass
class Run:
    """A finished run: the scenario, its datasets and its summary.

    Attributes
    ----------
    store : Path or None
        Where the outcomes of single worlds are, if not in memory.
    failures : list of Failure
        Chunks that have no result; their worlds are in none of the numbers.
    """

    scenario: Scenario
    ensemble: xr.Dataset
    central: xr.Dataset
    summary: Summary
    store: Path | None = None
    failures: list[Failure] = field(default_factory=list)


class RunError(Exception):
    """Nothing came of a run: one sentence, and every failure."""

    def __init__(self, failures: list[Failure]) -> None:
        super().__init__(f"No world could be run; the first failure: {failures[0]}")
        self.failures = failures
        self.add_note(failures[0].traceback)


def run_scenario(
    loaded: Loaded,
    worlds: int = 1000,
    seed: int = 1,
    overrides: tuple[str, ...] = (),
    progress: Progress = lambda what, done, total: None,
    traced: int = CHUNK,
    executor: Executor | None = None,
    store: Path | None = None,
    overwrite: bool = False,
) -> Run:
    """Central world and ensemble of a scenario.

    Parameters
    ----------
    loaded : Loaded
        A checked scenario.
    worlds, seed : int
        Size and seed of the ensemble.
    overrides : tuple of str
        What was set on the command line, for the record.
    progress : callable, optional
        Told how far the work is.
    traced : int
        Worlds whose every round is kept, in whole chunks; 0 where only outcomes are wanted.
    executor : Executor, optional
        Where chunks are run; by default in this process.
    store : Path, optional
        Stream the worlds to a Zarr store there, or go on with the one that an interrupted run of
        the same has left; by default they are kept in memory.
    overwrite : bool
        Begin anew where the store holds another run.

    Raises
    ------
    RunError
        If no chunk has a result.
    StoreError
        If the store holds something else or cannot be written.
    """
    scenario = loaded.scenario
    attributes = provenance(loaded, seed, overrides)
    world = central_world(scenario)
    central = central_dataset(world).assign_attrs(attributes)
    run = partial(run_tasks, [scenario], seed, executor=executor or InProcess())
    if store is None:
        ensemble, failures = _in_memory(
            run, chunk_tasks(worlds, traced), template(world), attributes, progress
        )
    else:
        ensemble, failures = _in_store(
            run, store, worlds, traced, template(world), attributes, progress, overwrite
        )
    progress("summarising", 0, 1)
    summary = summarise(scenario, ensemble, central)
    return Run(scenario, ensemble, central, summary, store, failures)


def _in_memory(
    run: Callable[..., Iterator[tuple[Task, ChunkResult | Failure]]],
    tasks: list[Task],
    like: xr.Dataset,
    attributes: dict[str, Any],
    progress: Progress,
) -> tuple[xr.Dataset, list[Failure]]:
    results, failures = {}, []
    for task, found in run(tasks, progress=partial(progress, "worlds")):
        if isinstance(found, Failure):
            failures.append(found)
        else:
            results[task.chunk] = found
    failures.sort()
    if not results:
        raise RunError(failures)
    return build_dataset(results, like, attributes), failures


def _in_store(
    run: Callable[..., Iterator[tuple[Task, ChunkResult | Failure]]],
    path: Path,
    worlds: int,
    traced: int,
    like: xr.Dataset,
    attributes: dict[str, Any],
    progress: Progress,
    overwrite: bool,
) -> tuple[xr.Dataset, list[Failure]]:
    identity = {k: attributes[k] for k in ("scenario_hash", "seed", "overrides", "versions")}
    with ChunkStore.prepare(
        path, like, worlds, identity, attributes, traced=traced, overwrite=overwrite
    ) as store:
        tasks = store.missing()
        before = worlds - sum(task.worlds for task in tasks)
        for task, found in run(tasks, progress=lambda n, _: progress("worlds", before + n, worlds)):
            if isinstance(found, Failure):
                store.record(found)
            else:
                store.write(task, found)
        failures = store.failures()
        if len(failures) == len(store.tasks()):
            raise RunError(failures)
        return store.dataset(), failures


def provenance(loaded: Loaded, seed: int, overrides: tuple[str, ...]) -> dict[str, Any]:
    """What is needed to repeat a run; no clock times, so that repeats are identical."""
    scenario = loaded.scenario
    versions = {"sim": __version__, "python": platform.python_version()} | {
        name: metadata.version(name) for name in ("mesa", "numpy", "scipy", "xarray")
    }
    tactics = {
        key: actor.tactic.name
        for key, actor in sorted(scenario.actors.items())
        if actor.consents_to != "none"
    }
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "scenario_hash": loaded.digest,
        "scenario_json": json.dumps(loaded.raw, default=str),  # in the order of the columns
        "seed": seed,
        "protocol": scenario.protocol.name,
        "tactics": json.dumps(tactics),
        "versions": json.dumps(versions),
        "files": json.dumps([Path(f).name for f in loaded.files]),
        "overrides": json.dumps(list(overrides)),
    }


def write_summary(run: Run, path: Path) -> None:
    """``summary.json``: the same bytes for the same scenario, seed and versions."""
    with written_whole(path) as temporary:
        temporary.write_text(summary_text(run.summary.to_json()), encoding="utf-8")


def summary_text(summary: dict[str, Any]) -> str:
    return json.dumps(summary, indent=1, ensure_ascii=False) + "\n"


def write_rounds(run: Run, path: Path) -> None:
    """``rounds.csv``: one row per round, actor and issue, tidy, with the ensemble's band."""
    central, ensemble = run.central, run.ensemble
    band = quantiles(ensemble.offer.values, (0.1, 0.5, 0.9))
    dates = np.datetime_as_string(central.date.values, unit="D")
    columns = [
        "round",
        "day",
        "date",
        "actor",
        "issue",
        "position",
        "red_line_low",
        "red_line_high",
        "no_deal",
        "position_p10",
        "position_p50",
        "position_p90",
        "own_utility",
        "target",
        "reservation",
    ]
    by_issue = [central[n].values for n in ("offer", "low", "high")]
    by_actor = [central[n].values for n in ("value", "target", "reservation")]
    shape = by_issue[0].shape  # rounds, actors, issues
    table = np.stack(
        [
            *by_issue,
            np.broadcast_to(central.no_deal.values[:, None, :], shape),
            *band,
            *(np.broadcast_to(v[:, :, None], shape) for v in by_actor),
        ],
        axis=-1,
    ).reshape(-1, len(columns) - 5)
    keys = (
        (t, int(central.day.values[t]), dates[t], actor, issue)
        for t in range(shape[0])
        for actor in central.actor.values
        for issue in central.issue.values
    )
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(columns)
        for key, numbers in zip(keys, table.tolist(), strict=True):
            writer.writerow([*key, *(f"{x:.5g}" for x in numbers)])


def write_results(run: Run, path: Path) -> None:
    """``result.nc``: ensemble (or where it is) at the root, group ``central``."""
    save_results(run.ensemble, run.central, path, run.store)


def write_failures(failures: list[Failure], about: dict[str, Any], path: Path) -> None:
    """``failures.json``: what is needed to run each again, and its traceback.

    Parameters
    ----------
    about : dict
        Attributes of the run (see :func:`provenance`).
    """
    entries = [f._asdict() | {"task": f.task._asdict()} for f in failures]
    content = {k: about[k] for k in ("scenario_hash", "overrides")}
    with written_whole(path) as temporary:
        temporary.write_text(summary_text(content | {"failures": entries}), encoding="utf-8")
