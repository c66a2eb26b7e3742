"""The main job: from a scenario to a folder of results."""

from __future__ import annotations

import csv
import json
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim import __version__
from sim.ensemble import Progress, central_world, run_chunks
from sim.files import written_whole
from sim.results import build_dataset, central_dataset, save_results
from sim.scenario import Loaded, Scenario
from sim.scenario.draws import CHUNK
from sim.statistics import quantiles
from sim.summary import summarise


@dataclass
class Run:
    """A finished run: the scenario, its datasets and its summary."""

    scenario: Scenario
    ensemble: xr.Dataset
    central: xr.Dataset
    summary: dict[str, Any]


def run_scenario(
    loaded: Loaded,
    worlds: int = 1000,
    seed: int = 1,
    overrides: tuple[str, ...] = (),
    progress: Progress | None = None,
    traced: int = CHUNK,
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
    """
    scenario = loaded.scenario
    attributes = provenance(loaded, seed, overrides)
    central = central_dataset(central_world(scenario)).assign_attrs(attributes)
    chunks = run_chunks(scenario, worlds, seed, traced, progress)
    ensemble = build_dataset(chunks, attributes)
    return Run(scenario, ensemble, central, summarise(scenario, ensemble, central))


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
        temporary.write_text(summary_text(run.summary), encoding="utf-8")


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
    """``result.nc``: ensemble at the root, central world in the group ``central``."""
    save_results(run.ensemble, run.central, path)
