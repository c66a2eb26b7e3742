"""Chunks give the same results wherever and in whatever order they are run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from sim.engine.draws import CHUNK
from sim.ensemble import chunks as ensemble
from sim.ensemble import runner
from sim.ensemble.aside import aside
from sim.ensemble.beside import Beside
from sim.ensemble.chunks import Call, Failure, Task, chunk_tasks, run_chunk, run_tasks
from sim.ensemble.cluster import DaskCluster
from sim.ensemble.executors import (
    DEATHS,
    Executor,
    ExecutorError,
    InProcess,
    Lost,
    ProcessPool,
    cores,
    open_executor,
)
from sim.results.dataset import ChunkResult, build_dataset
from sim.scenario import Scenario, load_scenario
from sim.scenario.loading import load_data
from tests.conftest import SCENARIOS, TOY, build, central_template, filed, typed, until

SHORT = TOY | {"horizon_days": 28}
WORLDS = 2 * CHUNK + 300


@pytest.fixture(scope="module")
def dask() -> Iterator[DaskCluster]:
    """One cluster for all tests here; a worker that is killed is replaced."""
    with DaskCluster("local", 2) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return build(SHORT)


def results_of(
    scenario: Scenario, executor: Executor, worlds: int = WORLDS, **more: Any
) -> dict[int, ChunkResult]:
    found = dict(run_tasks([scenario], 7, chunk_tasks(worlds, CHUNK), executor, **more))
    assert all(isinstance(result, ChunkResult) for result in found.values())
    return {task.start: result for task, result in found.items()}


def dataset_of(scenario: Scenario, executor: Executor) -> xr.Dataset:
    like = central_template(scenario)
    return build_dataset(results_of(scenario, executor), like, {"seed": 7})


def test_tasks_cover_all_worlds_in_fixed_chunks() -> None:
    tasks = chunk_tasks(WORLDS, traced=CHUNK + 1, cell=3)
    assert tasks == [Task(3, 0, CHUNK, True), Task(3, 1, CHUNK, True), Task(3, 2, 300, False)]
    assert chunk_tasks(CHUNK) == [Task(0, 0, CHUNK, False)]


@pytest.mark.parametrize("where", ["pool of 2", "pool of 3", "dask"])
def test_results_do_not_depend_on_the_processes(
    scenario: Scenario, where: str, request: pytest.FixtureRequest
) -> None:
    executor = request.getfixturevalue("dask") if where == "dask" else ProcessPool(int(where[-1]))
    with nullcontext() if where == "dask" else executor:
        found = dataset_of(scenario, executor)
    xr.testing.assert_identical(found, dataset_of(scenario, InProcess()))
    # worlds and rounds are numbered as they were run, and each chunk draws worlds of its own
    assert found.world.values.tolist() == list(range(WORLDS))
    assert dict(found.offer.sizes) == {"traced": CHUNK, "round": 5, "actor": 2, "issue": 2}
    assert not np.array_equal(found.utility.values[:300], found.utility.values[CHUNK:][:300])


def test_results_do_not_depend_on_a_part_run_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    job = runner.Job(load_data(SHORT), 2 * runner.WORTH + 1)
    whole = runner.run_job(job)
    monkeypatch.setattr(runner, "may_fork", lambda: True)
    parted = runner.run_job(job, InProcess(aside=True))
    for part in ("ensemble", "central"):
        xr.testing.assert_identical(getattr(parted, part), getattr(whole, part))
    assert parted.summary == whole.summary
    monkeypatch.setattr(runner, "run_chunk", lambda call: call.failed("Fault", "of the engine"))
    with pytest.raises(runner.RunError, match=r"\(worlds 200–400\): Fault: of the engine"):
        runner.run_job(job, InProcess(aside=True))


@pytest.mark.parametrize("name", ["kellogg", "dayton"])
def test_no_world_hangs_on_which_others_are_computed_with_it(name: str) -> None:
    """The central one neither."""
    scenario = load_scenario(SCENARIOS / f"{name}.yaml").scenario

    def run(**task: Any) -> ChunkResult:
        found = run_chunk(Call(scenario, 1, Task(0, 0, trace=True, **task)))
        return found

    many, few, alone = (
        run(worlds=30, central=True),
        run(worlds=5, first=9),
        run(worlds=0, central=True),
    )
    for kind in ("outcomes", "trace"):
        part = getattr(few, kind)
        assert all(v.flags.f_contiguous for v in getattr(many, kind).values())
        assert {n: v[9:14].tobytes() for n, v in getattr(many, kind).items()} == {
            n: v.tobytes() for n, v in part.items()
        }
    assert many.central
    assert alone.central
    xr.testing.assert_identical(many.central.dataset(), alone.central.dataset())


def test_the_central_world_is_run_by_itself_where_the_first_chunk_has_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = runner.Job(load_data(SHORT), CHUNK + 3, traced=0)
    whole, run_all = runner.run_job(job), ensemble.run_chunk
    monkeypatch.setattr(
        ensemble,
        "run_chunk",
        lambda call, report: run_all(call) if call.task.chunk else call.failed("Fault", "one"),
    )
    run = runner.run_job(job)
    assert [f.task for f in run.failures] == [Task(0, 0, CHUNK, False)]
    xr.testing.assert_identical(run.central, whole.central)
    xr.testing.assert_identical(run.ensemble.outcome, whole.ensemble.outcome[CHUNK:])
    with pytest.raises(runner.RunError, match="rounds are kept could be run"):
        runner.run_job(replace(job, traced=1))


def test_only_what_is_wanted_is_kept_and_fewer_worlds_are_the_first_of_more(
    scenario: Scenario,
) -> None:
    keep = ("outcome", "utility")
    long, short = (
        results_of(scenario, InProcess(), worlds, keep=keep) for worlds in (WORLDS, CHUNK + 50)
    )
    assert {name for r in long.values() for name in r.outcomes} == set(keep)
    for start, part in short.items():
        for name, values in part.outcomes.items():
            assert np.array_equal(values, long[start].outcomes[name][: len(values)]), name


def test_cells_are_scenarios_of_their_own_asked_for_when_due(scenario: Scenario) -> None:
    other = build(SHORT | {"horizon_days": 7})
    asked = []

    def cell(number: int) -> Scenario:
        asked.append(number)
        return [scenario, other][number]

    tasks = [*chunk_tasks(CHUNK + 100, cell=0), *chunk_tasks(CHUNK + 100, cell=1)]
    found = {t: r for t, r in run_tasks(cell, 1, tasks, InProcess()) if isinstance(r, ChunkResult)}
    assert asked == [0, 1]
    alone = dict(run_tasks([other], 1, chunk_tasks(CHUNK + 100), InProcess()))
    for task, result in alone.items():
        same = found[task._replace(cell=1)].outcomes
        assert all(same[n].tobytes() == v.tobytes() for n, v in result.outcomes.items())


def test_progress_reaches_the_end_and_never_goes_back(scenario: Scenario) -> None:
    for executor in (InProcess(), ProcessPool(2)):
        said: list[float] = []

        def progress(done: float, total: float, said: list[float] = said) -> None:
            assert total == WORLDS
            said.append(done)

        with executor:
            results_of(scenario, executor, progress=progress)
        assert said == sorted(said)
        assert said[-1] == WORLDS


def test_no_more_items_are_taken_than_can_be_worked_on() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for n in range(40):
            taken += 1
            yield n

    done = 0
    with ProcessPool(2) as pool:
        for _ in pool.run(double, items(), nothing):
            done += 1
            assert taken <= done + 2 * pool.workers
    assert done == 40


@pytest.mark.parametrize("where", ["here", "pool", "dask"])
def test_what_is_for_later_is_done_beside_what_is_asked_now(
    where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    flag = tmp_path / "go_on"
    if where != "pool":
        flag.touch()
    with ExitStack() as opened:
        executor = request.getfixturevalue("dask") if where == "dask" else InProcess()
        if where == "pool":
            executor = opened.enter_context(ProcessPool(2))
        beside = opened.enter_context(Beside(executor))
        assert [two for _, two in beside.run(double, range(2), nothing)] == [0, 2]
        later, other = (beside.later(double, some) for some in (range(5, 9), range(9, 12)))
        waited = beside.later(wait_for, [flag])
        for n in range(4):
            assert [two for _, two in beside.run(double, [n], nothing)] == [2 * n]
        assert other() == [18, 20, 22]
        assert later() == [10, 12, 14, 16]
        if where == "pool":  # asked while one worker waits, done by the other
            assert beside.workers == 1
            assert [two for _, two in beside.run(double, range(3), nothing)] == [0, 2, 4]
            assert beside.workers == 1
            flag.touch()
        assert waited() == [None]
        assert beside.workers == executor.workers


# what workers run: functions that they can import


def double(item: int, report: Callable[[float], None] | None = None) -> int:
    return 2 * item


def wait_for(flag: Path) -> None:
    until(flag.exists)


def die_on_three(item: int) -> int:
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def raise_on_three(item: int) -> int:
    if item == 3:
        raise ZeroDivisionError("three")
    return item


def die_once(
    flag: Path, call: Call, report: Callable[[float], None] = lambda worlds: None
) -> ChunkResult | Failure:
    """As run_chunk, but the first worker that sees the file is killed within chunk 1."""

    def killed(worlds: float) -> None:
        if call.task.chunk == 1 and flag.exists():
            flag.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    return run_chunk(call, killed)


def fail_in_chunk_1(
    call: Call, report: Callable[[float], None] = lambda worlds: None
) -> ChunkResult | Failure:
    """As run_chunk, but the engine raises within chunk 1."""

    def fail(worlds: float) -> None:
        report(worlds)
        if call.task.chunk == 1:
            raise FloatingPointError("a fault of the engine")

    return run_chunk(call, fail)


def nothing(share: float) -> None:
    pass


# faults


@pytest.mark.parametrize("where", ["pool", "dask"])
def test_a_killed_workers_item_is_run_again_and_given_up_if_it_kills_all(
    scenario: Scenario,
    dask: DaskCluster,
    where: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flag = tmp_path / "flag"
    flag.touch()
    with ProcessPool(2) as pool:
        executor = dask if where == "dask" else pool
        with monkeypatch.context() as patched:
            patched.setattr(ensemble, "run_chunk", partial(die_once, flag))
            disturbed = dataset_of(scenario, executor)
        assert not flag.exists()
        xr.testing.assert_identical(disturbed, dataset_of(scenario, InProcess()))
        found = dict(executor.run(die_on_three, range(8), nothing))
        lost = found.pop(3)
        assert isinstance(lost, Lost)
        assert f"killed {DEATHS} times" in lost.reason
        assert found == {n: n for n in range(8) if n != 3}
        with pytest.raises(ZeroDivisionError, match="three"):
            list(executor.run(raise_on_three, range(8), nothing))
        assert dict(executor.run(double, [1], nothing)) == {1: 2}  # it can still be used


@pytest.mark.parametrize("workers", [1, 2])
def test_a_chunk_that_raises_is_a_failure_and_the_others_go_on(
    scenario: Scenario, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ensemble, "run_chunk", fail_in_chunk_1)
    with open_executor(workers) as executor:
        found = dict(run_tasks([scenario], 7, chunk_tasks(WORLDS), executor))
    (failure,) = (f for f in found.values() if isinstance(f, Failure))
    assert failure.task == Task(0, 1, CHUNK, False)
    assert (failure.seed, failure.scenario) == (7, "toy")
    assert (failure.error, failure.message) == ("FloatingPointError", "a fault of the engine")
    assert "in fail" in failure.traceback
    assert f"chunk 1 (worlds {CHUNK:,}–{2 * CHUNK - 1:,})" in str(failure)
    assert sorted(t.chunk for t, r in found.items() if isinstance(r, ChunkResult)) == [0, 2]


def test_a_pool_that_is_left_early_ends_its_workers() -> None:
    before = multiprocessing.active_children()  # those of the cluster
    with ProcessPool(2) as pool:
        for _ in pool.run(double, range(10), nothing):
            break
    assert set(multiprocessing.active_children()) <= set(before)


def test_a_cluster_that_cannot_be_had_is_one_sentence(
    dask: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr("sim.ensemble.cluster.PATIENCE", 0.5)
    assert told(tmp_path, address).startswith(f"--cluster {address}: no Dask scheduler")
    assert "give local, or the address" in told(tmp_path, "nonsense")
    monkeypatch.setattr("sim.ensemble.cluster.platform.python_version", lambda: "3.0.0")
    with pytest.raises(ExecutorError, match=r"not 3\.0\.0: results would not be the same"):
        DaskCluster(dask.scheduler, 1)
    monkeypatch.delitem(sys.modules, "sim.ensemble.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install '.[cluster]'" in told(tmp_path, "local")


def told(folder: Path, cluster: str) -> str:
    """What the command line says with a cluster that cannot be had: one line."""
    done = typed(filed(folder, SHORT), "--cluster", cluster, "--out", folder, "--no-plots")
    assert (done.code, done.err.count("\n")) == (2, 1)
    return done.err


def test_work_aside_is_done_by_a_copy_and_here_where_that_dies() -> None:
    here = os.getpid()
    with aside(os.getpid) as copied, aside(os.getpid, wanted=False) as own:
        alone = threading.active_count() == 1  # Dask may have left some
        assert (copied() != here) == (sys.platform == "linux" and cores() > 1 and alone)
        assert own() == here
    with aside(lambda: "here" if os.getpid() == here else os._exit(1)) as dying:
        assert dying() == "here"
    with aside(lambda: 1 // 0) as failing, pytest.raises(ZeroDivisionError):
        failing()
