"""Where chunks are run: in this process, in worker processes, or on a Dask cluster.

An executor runs a function on many items and yields each outcome when it is there. Only so many
items are under way at a time, so that memory does not grow with their number.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, NamedTuple, Self, TypeVar

from sim.prose import SaidError

Item = TypeVar("Item")
Result = TypeVar("Result")
Report = Callable[[float], None]
"""Told how far the item under way is; only where items are run one after the other."""

DEATHS = 3
"""An item under way in so many dying workers is given up."""
LIBRARIES = ("OPENBLAS", "OMP", "MKL")


class Lost(NamedTuple):
    """Instead of a result: the item was given up, and why."""

    reason: str


class ExecutorError(SaidError):
    """Workers cannot be had; one sentence for the user."""


class Executor(ABC):
    """Runs a function on items, at most a few at a time; a context manager.

    Attributes
    ----------
    workers : int
    aside : bool
        Whether another process may do something else meanwhile: see :mod:`sim.ensemble.aside`.
    """

    workers: int
    aside: bool

    @abstractmethod
    def run(
        self, function: Callable[..., Result], items: Iterable[Item], report: Report
    ) -> Iterator[tuple[Item, Result | Lost]]:
        """Each item with its result, in the order in which they are finished.

        ``function`` takes an item and, optionally, a :data:`Report`; both it and the items can be
        pickled. What it raises ends the iteration.
        """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:  # noqa: B027
        """Nothing is left to be ended."""


class InProcess(Executor):
    """One item after the other, here."""

    workers = 1

    def __init__(self, aside: bool = False) -> None:
        self.aside = aside

    def run(
        self, function: Callable[..., Result], items: Iterable[Item], report: Report
    ) -> Iterator[tuple[Item, Result | Lost]]:
        for item in items:
            yield item, function(item, report)


class _Worker(NamedTuple):
    process: BaseProcess
    connection: Connection


class ProcessPool(Executor):
    """Worker processes of this machine, each with one item at a time.

    Every worker has a pipe of its own, so a killed worker takes only its own item with it: the
    item is run again elsewhere, and given up after :data:`DEATHS` workers. Workers leave Ctrl-C
    to the main process and end with it, whatever ends it: their pipe is then closed.

    Remarks
    -------
    Workers are forked from a clean server process, or spawned where there is none. Forking this
    process would copy threads that it may have (of Zarr, for one) in mid-work.
    """

    aside = True

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._context = _context()
        self._idle: list[_Worker] = []
        self._starting: dict[Connection, _Worker] = {}
        self._busy: dict[Connection, tuple[_Worker, tuple[int, Any]]] = {}
        self._stillborn = 0

    def run(
        self, function: Callable[..., Result], items: Iterable[Item], report: Report
    ) -> Iterator[tuple[Item, Result | Lost]]:
        fresh = iter(enumerate(items))
        waiting: deque[tuple[int, Item]] = deque()
        deaths: Counter[int] = Counter()
        finished: list[tuple[Item, Result | Lost]] = []
        try:
            while True:
                free = self.workers - len(self._busy) - len(waiting)
                waiting.extend(islice(fresh, max(free, 0)))
                while waiting and self._idle:
                    self._give(self._idle.pop(), function, waiting.popleft())
                while len(self._starting) < min(len(waiting), self.workers - len(self._busy)):
                    self._start()
                if finished:
                    yield from finished  # the workers are busy meanwhile
                    finished = []
                    continue  # by now there may be more to do
                if not (self._busy or self._starting):
                    return
                for ready in wait([*self._busy, *self._starting]):
                    assert isinstance(ready, Connection)
                    if ready in self._starting:
                        self._started(ready)
                        continue
                    worker, (number, item) = self._busy.pop(ready)
                    try:
                        good, found = ready.recv()
                    except (EOFError, OSError):
                        _end(worker)
                        deaths[number] += 1
                        if deaths[number] < DEATHS:
                            waiting.append((number, item))
                        else:
                            finished.append((item, Lost(f"its worker was killed {DEATHS} times")))
                        continue
                    self._idle.append(worker)
                    if not good:
                        raise found
                    finished.append((item, found))
        finally:
            for worker in [*(w for w, _ in self._busy.values()), *self._starting.values()]:
                _end(worker)
            self._busy.clear()
            self._starting.clear()

    def _start(self) -> None:
        here, there = self._context.Pipe()
        with _one_thread_each(), _without_main(), interrupts_wait():
            process = self._context.Process(target=_serve, args=(there,), daemon=True)
            process.start()
        there.close()
        self._starting[here] = _Worker(process, here)

    def _started(self, connection: Connection) -> None:
        """A worker says that it is there, or has died before it could."""
        worker = self._starting.pop(connection)
        try:
            connection.recv()
        except (EOFError, OSError):
            _end(worker)
            self._stillborn += 1
            if self._stillborn == DEATHS:
                raise ExecutorError(
                    f"Worker processes end before they begin (exit code "
                    f"{worker.process.exitcode}): try --workers 1."
                ) from None
        else:
            self._stillborn = 0
            self._idle.append(worker)

    def _give(
        self, worker: _Worker, function: Callable[..., Any], numbered: tuple[int, Any]
    ) -> None:
        self._busy[worker.connection] = (worker, numbered)
        # where the worker has died, its closed pipe says so in the next round
        with suppress(OSError):
            worker.connection.send((function, numbered[1]))

    def __exit__(self, *_: object) -> None:
        for worker in self._idle:
            _end(worker)
        self._idle.clear()


def _context() -> Any:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["sim.ensemble.chunks", "sim.engine.model"])
    return context


def get_ready(workers: int | None) -> None:
    """Let the server of a pool that will be opened import what it needs while this one loads."""
    if workers != 1 and cores() > 1 and _context().get_start_method() == "forkserver":
        from multiprocessing import forkserver  # not there on all systems

        with _one_thread_each(), _without_main(), interrupts_wait():
            forkserver.ensure_running()


def _end(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.terminate()
    worker.process.join()


def _serve(connection: Connection) -> None:
    """A worker: says that it is there, then takes items until its pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what was imported is never looked through for cycles
    try:
        connection.send((True, None))
        while True:
            function, item = connection.recv()
            try:
                answer = (True, function(item))
            except Exception as error:
                answer = (False, error)
            connection.send(answer)
    except (EOFError, OSError):
        return  # the main process is gone, or wants no more


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started here compute with one thread: there are as many of them as cores."""
    names = [f"{library}_NUM_THREADS" for library in LIBRARIES]
    new = [name for name in names if name not in os.environ]
    os.environ.update(dict.fromkeys(new, "1"))
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]


@contextmanager
def _without_main() -> Iterator[None]:
    """Processes started here do not run the user's script again: they need nothing of it."""
    here = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = here


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Ctrl-C reaches this process afterwards, and processes started here never."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # started with the first process otherwise, when it unblocks the signal
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_executor(
    workers: int | None = None, cluster: str | None = None, chunks: int | None = None
) -> Executor:
    """The executor that is asked for on the command line.

    Parameters
    ----------
    workers : int, optional
        Processes, by default one per core; 1 is this one, unless there is a cluster.
    cluster : str, optional
        ``local`` for a Dask cluster on this machine with so many workers, or the address of a
        scheduler.
    chunks : int, optional
        Chunks there are to run: more workers would have nothing to do, and none need no cluster.

    Raises
    ------
    ExecutorError
        If the cluster cannot be had.
    """
    if chunks == 0:
        return InProcess()
    alone = workers == 1
    workers = workers or cores()
    workers = workers if chunks is None else min(workers, chunks)
    if cluster is None:
        return InProcess(aside=not alone) if workers == 1 else ProcessPool(workers)
    if cluster != "local" and "://" not in cluster:
        raise ExecutorError(
            f"--cluster {cluster}: give local, or the address of a Dask scheduler "
            "(tcp://host:8786)."
        )
    from sim.ensemble.cluster import DaskCluster

    return DaskCluster(cluster, workers)
