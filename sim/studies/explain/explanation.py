"""An explanation: what decides a scenario, what must be true, what binds, what would change it."""

from __future__ import annotations

from dataclasses import replace

import xarray as xr

from sim.ensemble.chunks import Failure, Task, chunk_tasks, run_tasks
from sim.ensemble.executors import Executor
from sim.ensemble.runner import Run, RunError
from sim.formulas.statistics import wilson
from sim.results.asked import asked_measures
from sim.results.dataset import Arrays, ChunkResult, build_dataset
from sim.results.outcomes import OUTCOMES, ends_in
from sim.scenario.errors import ScenarioError
from sim.scenario.loading import Loaded
from sim.scenario.schema import Scenario
from sim.studies.advise.judging import scores_of, shares_gap
from sim.studies.advise.mediation import MEDIATOR, switches
from sim.studies.causes import cause_lines, true_causes
from sim.studies.explain.changes import STEPS, Progress, searched
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
    """
    data, moves = run.ensemble, all_moves(loaded)
    base = searched(loaded, moves, data, executor, seed, actor, progress, goal)
    progress("fresh worlds", 4, STEPS)
    worlds = min(data.sizes["world"], JUDGED)
    cells = [one.scenario for one in (loaded, *base.changed)]
    tasks = [task for cell in range(len(cells)) for task in chunk_tasks(worlds, cell=cell)]
    found = _run(cells, seed + FRESH, tasks, executor)
    alone = without_mediators(loaded) if actor is None else None
    many = chunk_tasks(min(worlds, UNMEDIATED))
    unmediated = None if alone is None else _run([alone.scenario], seed, many, executor)[0]
    fresh = build_dataset({0: found[0]}, data, data.attrs)
    progress("what must be true", 5, STEPS)
    before = float(ends_in("settlement")(fresh).mean())
    changes = []
    for n, change in enumerate(base.changes, 1):
        hits = float((found[n].outcomes["outcome"] == OUTCOMES.index("settlement")).sum())
        sure = wilson(hits, worlds)
        allowed = settled_span(by_world(found[n].outcomes))
        changes.append(
            replace(change, confirmed=hits / worlds, confirmed_interval=sure, before=before,
                    fresh_worlds=worlds, confirmed_allowed=allowed)
        )  # fmt: skip
    causes = true_causes(
        loaded.scenario, seed, data.world.values, data.stuck_reason.values, RERUN, executor
    )
    return replace(
        outline(run, fresh),
        searched=True,
        failed=base.failed,
        counted=base.counted,
        everything=base.everything,
        obstacles=base.obstacles,
        together=base.together,
        reasons=base.reasons,
        changes=changes,
        alone=base.alone,
        alone_by=base.alone_by,
        mediator=[]
        if unmediated is None
        else added(loaded.scenario, seed, data, by_world(unmediated.outcomes)),
        unreached=[] if causes is None else cause_lines(causes),
    )


def without_mediators(loaded: Loaded) -> Loaded | None:
    """The scenario without those who mediate and need not sign; None where there are none."""
    changes = {k: v for key, _, one in switches(loaded) if key == MEDIATOR for k, v in one.items()}
    try:
        return loaded.with_(changes) if changes else None
    except ScenarioError:  # something hangs on them
        return None


def by_world(outcomes: Arrays) -> xr.Dataset:
    """What is one number a world, whatever stages or levers the scenario has."""
    return xr.Dataset({k: ("world", v) for k, v in outcomes.items() if v.ndim == 1})


def _run(
    cells: list[Scenario], seed: int, tasks: list[Task], executor: Executor
) -> dict[int, ChunkResult]:
    """The worlds of every cell, of one chunk each."""
    found = {}
    for task, result in run_tasks(cells, seed, tasks, executor):
        if isinstance(result, Failure):
            raise RunError([result])
        found[task.cell] = result
    return found


def added(scenario: Scenario, seed: int, data: xr.Dataset, alone: xr.Dataset) -> list[Added]:
    """What they add to the first stage, if there is one before the whole, and to settlements."""
    first = [one for one in asked_measures(scenario) if one.key == "first_stage"]
    kinds = [(one.title, one.values) for one in first if len(scenario.stages) > 1]
    many = alone.sizes["world"]
    there = data.world.values[data.world.values < many]  # with gaps where worlds failed
    both, less = data.sel(world=there), alone.isel(world=there)
    found, scores = [], scores_of(scenario.engine, seed, many)
    for title, values in (*kinds, ("Worlds with a settlement", ends_in("settlement"))):
        gap = shares_gap(title, values(both), values(less), scores[there])
        share = float(values(both).mean())
        found.append(
            Added(title, share, share - gap.value, gap.value, gap.interval, gap.allowed, len(there))
        )
    return found
