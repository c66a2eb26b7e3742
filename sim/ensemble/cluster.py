"""Chunks on a Dask cluster: one made for the run on this machine, or one that is there."""

from __future__ import annotations

import logging
import platform
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack
from importlib import metadata
from itertools import islice
from typing import Any, TypeVar

from sim.ensemble.executors import DEATHS, Executor, ExecutorError, Lost, Report, interrupts_wait

try:
    import dask
    from distributed import Client, Future, KilledWorker, LocalCluster, wait
except ModuleNotFoundError as error:
    raise ExecutorError(
        f"--cluster needs Dask ({error.name} is not installed): "
        "in the folder of the simulator, pip install '.[cluster]'"
    ) from None

Item = TypeVar("Item")
Result = TypeVar("Result")
PATIENCE = 10.0
"""Seconds in which a scheduler must answer and have a worker."""
AHEAD = 2
"""Items per thread at the scheduler: one that runs, and the next."""

LOCAL = {
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    # Dask lets workers give memory back at once, which makes arrays that come and go expensive
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**28,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**28,
    "distributed.worker.profile.enabled": False,
    # so long after a worker's death Dask gives its place up if at that moment it is not there,
    # though it may have died again and be coming back
    "distributed.deploy.lost-worker-timeout": "365 days",
}
"""Settings of a local cluster; some are read while it works."""


class DaskCluster(Executor):
    """Runs items on a Dask cluster; a context manager.

    Dask runs the items of a worker that dies again elsewhere. An item that it gives up was perhaps
    only waiting behind another on dying workers, so it is tried once more, alone, before it is
    lost.

    Parameters
    ----------
    address : str
        Of a scheduler, or ``local`` for a cluster of this run.
    workers : int
        Processes of a local cluster, with one thread each.

    Raises
    ------
    ExecutorError
        If no scheduler answers, none of its workers can run this program, or versions differ.
    """

    aside = False

    def __init__(self, address: str, workers: int) -> None:
        self.address = address
        with ExitStack() as opened:
            opened.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")  # versions are compared below
            opened.enter_context(interrupts_wait())
            keep = ExitStack()
            opened.push(keep)
            target: Any = address
            if address == "local":
                keep.enter_context(dask.config.set(LOCAL))
                target = keep.enter_context(
                    LocalCluster(
                        n_workers=workers,
                        threads_per_worker=1,
                        memory_limit=0,
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                    )
                )
            try:
                self._client = keep.enter_context(
                    Client(target, timeout=PATIENCE, set_as_default=False)
                )
                self._client.wait_for_workers(1, timeout=PATIENCE)
            except (OSError, TimeoutError, ValueError) as error:
                raise ExecutorError(
                    f"--cluster {address}: no Dask scheduler with a worker answers there within "
                    f"{PATIENCE:.0f} seconds ({type(error).__name__})."
                ) from error
            self._check_versions()
            self._opened = keep.pop_all()
        self.workers = self._threads()

    @property
    def scheduler(self) -> str:
        """Address of the scheduler."""
        return str(self._client.scheduler.address)

    def _check_versions(self) -> None:
        here = versions()
        try:
            there = self._client.run(versions)
        except Exception as error:
            raise ExecutorError(
                f"--cluster {self.address}: its workers cannot run this program "
                f"({type(error).__name__}: {error}): install it there."
            ) from error
        for worker, found in there.items():
            differs = [f"{k} {found.get(k)}, not {v}" for k, v in here.items() if found.get(k) != v]
            if differs:
                raise ExecutorError(
                    f"--cluster {self.address}: the worker {worker} has {'; '.join(differs)}: "
                    "results would not be the same; install the same versions there."
                )

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def run(
        self, function: Callable[..., Result], items: Iterable[Item], report: Report
    ) -> Iterator[tuple[Item, Result | Lost]]:
        suspects: list[Item] = []
        yield from self._run(function, items, suspects)
        for item in suspects:
            killers: list[Item] = []
            yield from self._run(function, [item], killers)
            for lost in killers:
                yield lost, Lost(f"its worker was killed {DEATHS} times")

    def _run(
        self, function: Callable[..., Result], items: Iterable[Item], given_up: list[Item]
    ) -> Iterator[tuple[Item, Result | Lost]]:
        fresh = iter(items)
        under_way: dict[Future, Item] = {}
        finished: list[tuple[Item, Result | Lost]] = []
        try:
            while True:
                room = max(AHEAD * self._threads(), 1) - len(under_way)
                for item in islice(fresh, max(room, 0)):
                    under_way[self._client.submit(function, item, pure=False)] = item
                if finished:
                    yield from finished  # the workers are busy meanwhile
                    finished = []
                    continue  # by now there may be more to do
                if not under_way:
                    return
                for future in self._done(list(under_way)):
                    item = under_way.pop(future)
                    try:
                        finished.append((item, future.result()))
                    except KilledWorker:
                        given_up.append(item)
        except (CancelledError, OSError, TimeoutError) as error:
            raise ExecutorError(
                f"--cluster {self.address}: the cluster does not answer any more "
                f"({type(error).__name__})."
            ) from error
        finally:
            for future in under_way:
                future.cancel()

    def _done(self, futures: list[Future]) -> list[Future]:
        """Some that are done; an error where there has been no worker for a while."""
        alone = 0
        while alone < DEATHS:
            try:
                with self._client.as_current():
                    found = wait(futures, timeout=PATIENCE, return_when="FIRST_COMPLETED")
                return list(found.done)
            except TimeoutError:
                alone = 0 if self._threads() else alone + 1
        raise TimeoutError

    def __exit__(self, *_: object) -> None:
        self._opened.close()


def versions() -> dict[str, str]:
    """What must be the same wherever chunks are run."""
    packages = ("peace-negotiation-simulator", "numpy", "scipy", "mesa")
    found = {"python": platform.python_version()}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found
