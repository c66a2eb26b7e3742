"""An explanation: what decides a scenario, what binds, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import xarray as xr

from sim.ensemble.aside import aside
from sim.ensemble.beside import Beside
from sim.ensemble.chunks import Call, Failure, chunk_tasks, run_chunk
from sim.ensemble.executors import Executor
from sim.ensemble.runner import WORTH, Progress, Run, RunError
from sim.formulas.statistics import wilson
from sim.results.asked import asked_measures
from sim.results.certain import only_decided
from sim.results.dataset import ChunkResult, build_dataset
from sim.results.outcomes import ends_in
from sim.scenario.errors import ScenarioError, file_error
from sim.scenario.loading import Loaded
from sim.scenario.schema import Scenario
from sim.studies.advise.judging import gap_of, scores_of
from sim.studies.advise.mediation import why_not, without
from sim.studies.advise.space import MEDIATING
from sim.studies.causes import cause_lines, later_causes
from sim.studies.explain.changes import STEPS, searched
from sim.studies.explain.findings import Added, Explanation
from sim.studies.explain.moves import all_moves
from sim.studies.explain.outline import outline, settled_span

FRESH, JUDGED = 7919, 2000
"""Added to the seed for the worlds of the confirmation; how many there are at the most."""
UNMEDIATED = 1000
"""Worlds of the run in which the talks are run without a mediator, too: as many as `mediation` has,
and the same, so that both tell one figure."""
RERUN = 60
"""Worlds in which a package was not reached that are run again to find why."""


def explain(
    loaded: Loaded,
    run: Run,
    executor: Executor,
    seed: int = 1,
    actor: str | None = None,
    progress: Progress = lambda what, done, total: None,
    goal: float = 0.5,
) -> Explanation:
    """Explain a finished run.

    Parameters
    ----------
    loaded : Loaded
        Its scenario.
    run : Run
        With its worlds in memory, or opened from a store.
    executor : Executor
        Where worlds are run.
    seed : int
        The run's.
    actor : str, optional
        Look for what this actor alone could change, and nothing else.
    goal : float
        Share of the worlds that fail which a change is to turn into settlements.

    Raises
    ------
    ScenarioError
        If nothing can fail: see :func:`check_applies`.
    """
    check_applies(loaded)
    data = run.ensemble
    worlds = min(data.sizes["world"], JUDGED)
    with Beside(executor) as beside:
        # what does not wait for the search is done while a step of it needs one worker only
        as_it_is = _later(loaded, seed + FRESH, worlds, 1, beside)
        unreached = later_causes(
            loaded.scenario, seed, data.world.values, data.stuck_reason.values, RERUN, beside
        )
        less, why = without_mediators(loaded) if actor is None else (None, "")
        many = min(worlds, UNMEDIATED)
        alone = None if less is None else _later(less, seed, many, 1, beside)
        changed, told = searched(
            loaded, all_moves(loaded), data, beside, seed, actor, progress, goal
        )
        progress("fresh worlds", 3, STEPS)
        then = [_later(one, seed + FRESH, worlds, executor.workers, beside) for one, _ in changed]
        now = build_dataset(as_it_is(), data, data.attrs)
        with aside(partial(outline, run, now), executor.aside) as outlined:
            confirmed = [by_world(one()) for one in then]
            found, causes = told(), unreached()
            unmediated = None if alone is None else by_world(alone())
            progress("under which conditions", 4, STEPS)
            known = replace(outlined(), **found)
    before = float(ends_in("settlement")(now).mean())
    changes = []
    for (_, change), there in zip(changed, confirmed, strict=True):
        hits, allowed = float(ends_in("settlement")(there).sum()), settled_span(there)
        sure = wilson(hits, worlds)
        changes.append(
            change(confirmed=hits / worlds, confirmed_interval=sure, before=before,
                   fresh_worlds=worlds, confirmed_allowed=allowed)
        )  # fmt: skip
    return replace(
        known,
        searched=True,
        actor=actor or "",
        changes=changes,
        unmediated=why,
        mediator=[] if unmediated is None else added(loaded.scenario, seed, data, unmediated),
        unreached=[] if causes is None else cause_lines(causes, loaded.scenario),
    )


def check_applies(loaded: Loaded) -> None:
    """An error where a group decides and all are bound, so that there is nothing to explain."""
    if only_decided(loaded.scenario):
        raise file_error(
            loaded.files[-1],
            f"a group decides here (protocol {loaded.scenario.protocol.name}) and all are bound: "
            "nothing stands in the way of a deal, so there is nothing for “explain” to find",
            "see what other positions, power or rules lead to: “run” with --set, or “compare”",
        )


def without_mediators(loaded: Loaded) -> tuple[Loaded | None, str]:
    """The scenario without those who mediate and need not sign, or why there is none."""
    actors = loaded.scenario.actors
    free = [key for key, one in actors.items() if one.role in MEDIATING and not one.signs]
    try:
        return (loaded.with_(without(loaded.scenario, free)) if free else None), ""
    except ScenarioError as error:  # something hangs on them
        return None, why_not(error)


def _later(
    one: Loaded, seed: int, worlds: int, parts: int, beside: Beside
) -> Callable[[], dict[int, ChunkResult]]:
    """Worlds of one chunk, in some parts, run beside something else: waits for them."""
    (task,) = chunk_tasks(worlds)
    parts = max(min(parts, worlds // WORTH), 1)
    cuts = task.cut(*(worlds * n // parts for n in range(1, parts)))
    results = beside.later(run_chunk, [Call(one.scenario, seed, cut) for cut in cuts])

    def found() -> dict[int, ChunkResult]:
        out = {}
        for cut, result in zip(cuts, results(), strict=True):
            if isinstance(result, Failure):
                raise RunError([result])
            out[cut.start] = result
        return out

    return found


def by_world(results: dict[int, ChunkResult]) -> xr.Dataset:
    """What is one number a world, whatever stages or levers the scenario has."""
    parts = [results[start].outcomes for start in sorted(results)]
    return xr.Dataset(
        {
            name: ("world", np.concatenate([part[name] for part in parts]))
            for name, values in parts[0].items()
            if values.ndim == 1
        }
    )


def added(scenario: Scenario, seed: int, data: xr.Dataset, alone: xr.Dataset) -> list[Added]:
    """What they add to the first stage, if there is one before the whole, and to settlements."""
    first = [one for one in asked_measures(scenario) if one.key == "first_stage"]
    kinds = [(one.title, one.values) for one in first if len(scenario.stages) > 1]
    many = alone.sizes["world"]
    there = data.world.values[data.world.values < many]  # with gaps where worlds failed
    both, less = data.sel(world=there), alone.isel(world=there)
    found, scores = [], scores_of(scenario.engine, seed, many)
    for title, values in (*kinds, ("Worlds with a settlement", ends_in("settlement"))):
        gap = gap_of(title, values(both), values(less), scores[there])
        share = float(values(both).mean())
        found.append(
            Added(title, share, share - gap.value, gap.value, gap.interval, gap.allowed, len(there))
        )
    return found
