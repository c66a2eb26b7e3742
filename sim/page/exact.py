"""Exact runs for the server: the first of the stored worlds again, in processes that last."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import xarray as xr

from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.ensemble.executors import cores
from sim.page.assumptions import Keys, changed
from sim.page.data import Plan
from sim.page.outcomes import TRACED, outcomes
from sim.page.packing import Pack
from sim.results.dataset import chunk_dataset, trace_dataset
from sim.results.experiments import without_experiments
from sim.scenario import ScenarioError
from sim.scenario.loading import load_data

PAUSE = 0.2
"""Seconds between two words on how far a run is: each wakes the server and the browser, which
share the cores with the run."""
Told = Callable[[float], None]


class Cancelled(Exception):
    """The run is no longer wanted."""


class Broken(Exception):
    """A process ended before its part of the run did."""


def run_part(raw: Mapping[str, Any], seed: int, first: int, worlds: int, tell: Told) -> xr.Dataset:
    """Worlds ``first`` and following of a scenario, as ``sim run`` has them.

    ``tell`` is told after each round what share is done, and may raise :class:`Cancelled`.
    """
    scenario = load_data(raw).scenario
    traced = first < TRACED
    model = PeaceTalks(scenario, Draws(seed, worlds, first=first), ("offer",) if traced else False)
    for number in range(scenario.rounds):
        if not model.goes_on:
            break
        model.step()
        tell((number + 1) / scenario.rounds)
    model.finish()
    found = chunk_dataset(model)
    if traced:
        found["offer"] = trace_dataset(model)["offer"].isel(traced=slice(TRACED))
    model.release()
    return found


def _work(pipe: Connection) -> None:
    """A process: runs what it is sent, until it is told to end or its parent is gone."""
    told = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told
        if pipe.poll():  # the only thing said meanwhile is that it is not wanted any more
            pipe.recv()
            raise Cancelled
        if time.monotonic() - told >= PAUSE:
            told = time.monotonic()
            pipe.send(("share", share))

    while True:
        try:
            asked = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        if asked is None:
            continue
        try:
            raw, seed, first, worlds = asked
            done = run_part(raw, seed, first, worlds, tell)
            pipe.send(("done", without_experiments(done)))  # hundreds of columns that nobody needs
        except Cancelled:
            pipe.send(("cancelled", None))
        except ScenarioError as error:
            pipe.send(("error", str(error)))
        except (BrokenPipeError, KeyboardInterrupt):
            return
        except Exception as error:
            pipe.send(("error", f"{type(error).__name__}: {error}"))


class Worker:
    """A process that outlives its runs; a new one takes its place when it dies."""

    def __init__(self) -> None:
        self.stopped = False
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def run(self, asked: tuple[Any, ...], tell: Told, wanted: Callable[[], bool]) -> xr.Dataset:
        """Run a part; raises :class:`Cancelled`, :class:`Broken` or ValueError."""
        try:
            self.pipe.send(asked)
            said = True
            while True:
                if said and not wanted():
                    self.pipe.send(None)
                    said = False
                if not self.pipe.poll(0.02):
                    if not self.process.is_alive():
                        raise EOFError
                    continue
                kind, what = self.pipe.recv()
                if kind == "share":
                    tell(what)
                elif kind == "done" and said:
                    return what  # type: ignore[no-any-return]
                elif kind == "error" and said:
                    raise ValueError(what)
                else:
                    raise Cancelled
        except (EOFError, OSError):
            self.process.kill()
            self.process.join()
            if not self.stopped:
                self._start()
            raise Broken("the process that ran it has ended; move again to run it anew") from None

    def stop(self) -> None:
        """End the process."""
        self.stopped = True
        self.process.kill()
        self.process.join()


class ExactRuns:
    """Runs of changed plans, one at a time, each split over all processes.

    Parameters
    ----------
    plans : sequence of Plan
        What can be run.
    worlds : int
        Of each run; the first of the stored ones, with the same draws.
    processes : int, optional
        By default one per core.
    """

    def __init__(self, plans: Sequence[Plan], worlds: int, processes: int | None = None) -> None:
        self.plans = {plan.run.scenario.name: plan for plan in plans}
        self.worlds = min(worlds, *(plan.run.ensemble.sizes["world"] for plan in plans))
        self.workers = [Worker() for _ in range(processes or cores())]
        self._turn = threading.Lock()
        self._newest: dict[str, int] = {}
        self._known = threading.Lock()
        self.warming = threading.Thread(target=self._warm, daemon=True)
        self.warming.start()

    def _warm(self) -> None:
        """A world of the first plan in every process, so that all is loaded when somebody asks."""
        plan = next(iter(self.plans.values()))
        raw, seed = plan.loaded.raw, int(plan.run.ensemble.attrs["seed"])
        with self._turn, suppress(Broken, Cancelled, ValueError):
            self._parts(raw, seed, len(self.workers), lambda: True)

    def newest(self, visitor: str, number: int) -> None:
        """A visitor has moved: runs for its earlier moves are not wanted any more."""
        with self._known:
            self._newest.pop(visitor, None)  # the last to move stands last
            self._newest[visitor] = number
            while len(self._newest) > 1000:
                self._newest.pop(next(iter(self._newest)))

    def wanted(self, visitor: str, number: int) -> bool:
        """Whether it is the visitor's latest move."""
        return self._newest.get(visitor) == number

    def run(
        self,
        plan: str,
        changes: Mapping[Keys, float],
        wanted: Callable[[], bool],
        tell: Told = lambda share: None,
    ) -> str:
        """What the page needs of the run, packed; waits for its turn.

        Raises
        ------
        Cancelled, Broken
            If it is not wanted any more, or a process died.
        ValueError
            If the scenario does not allow the changes: in one sentence.
        """
        chosen = self.plans[plan]
        raw = changed(chosen.loaded.raw, changes)
        seed = int(chosen.run.ensemble.attrs["seed"])
        with self._in_turn(wanted):
            found = self._parts(raw, seed, self.worlds, wanted, tell)
        data = xr.concat([one.drop_vars("offer", errors="ignore") for one in found], "world")
        data["offer"] = found[0]["offer"]
        pack = Pack()
        return pack.text({"outcomes_at": outcomes(pack, chosen.run.scenario, data)}, level=1)

    @contextmanager
    def _in_turn(self, wanted: Callable[[], bool]) -> Iterator[None]:
        while not self._turn.acquire(timeout=0.02):
            if not wanted():
                raise Cancelled
        try:
            if not wanted():
                raise Cancelled
            yield
        finally:
            self._turn.release()

    def _parts(
        self,
        raw: Mapping[str, Any],
        seed: int,
        worlds: int,
        wanted: Callable[[], bool],
        tell: Told = lambda share: None,
    ) -> list[xr.Dataset]:
        """All parts at once, in order; the first thing that goes wrong is raised."""
        ends = np.linspace(0, worlds, len(self.workers) + 1).round().astype(int)
        if worlds > len(self.workers):
            ends[1:-1] = np.maximum(ends[1:-1], min(TRACED, worlds))  # positions: all in the first
        shares = [0.0] * len(self.workers)
        failed = threading.Event()

        def one(n: int) -> xr.Dataset | None:
            def told(share: float) -> None:
                shares[n] = share
                tell(sum(shares) / len(shares))

            asked = (raw, seed, int(ends[n]), int(ends[n + 1] - ends[n]))
            if not asked[3]:
                return None
            try:
                return self.workers[n].run(asked, told, lambda: wanted() and not failed.is_set())
            except Exception:
                failed.set()
                raise

        with ThreadPoolExecutor(len(self.workers)) as threads:
            parts = [threads.submit(one, n) for n in range(len(self.workers))]
        errors = [error for part in parts if (error := part.exception())]
        if errors:
            raise next((e for e in errors if not isinstance(e, Cancelled)), errors[0])
        return [found for part in parts if (found := part.result()) is not None]

    def stop(self) -> None:
        """End all processes."""
        for worker in self.workers:
            worker.stop()
