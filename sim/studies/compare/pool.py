"""Many runs at once: one forked process per scenario, at most so many at a time."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess

from sim.commands.run import may_fork
from sim.ensemble.runner import Progress, Run, run_scenario
from sim.scenario import Loaded

Report = Callable[[float], None]
"""Told how many runs are done, with fractions for those under way."""


def run_each(
    scenarios: Sequence[Loaded],
    worlds: int,
    seed: int,
    overrides: tuple[str, ...],
    jobs: int,
    report: Report = lambda done: None,
) -> Iterator[tuple[int, Run | str]]:
    """Run scenarios, and yield each with its number as soon as it is finished.

    The draws of a run depend on nothing but its seed, so results do not depend on ``jobs``.

    Parameters
    ----------
    scenarios : sequence of Loaded
        Checked scenarios.
    worlds, seed, overrides
        As for :func:`~sim.ensemble.runner.run_scenario`.
    jobs : int
        How many processes; with 1, or where forking is not safe, all is done in this one.
    report : callable, optional
        Told how far the work is.

    Yields
    ------
    (int, Run or str)
        Place in ``scenarios``, and the run, or the error that ended it.
    """
    if jobs == 1 or len(scenarios) < 2 or not may_fork():
        for number, loaded in enumerate(scenarios):
            progress = _throttled(lambda share, n=number: report(n + share))  # type: ignore[misc]
            yield number, _run(loaded, worlds, seed, overrides, progress)
            report(number + 1)
        return
    yield from _forked(scenarios, worlds, seed, overrides, jobs, report)


def _run(
    loaded: Loaded,
    worlds: int,
    seed: int,
    overrides: tuple[str, ...],
    progress: Progress,
) -> Run | str:
    try:
        return run_scenario(loaded, worlds, seed, overrides, progress, traced=0)
    except Exception as error:
        # one scenario that fails must not lose the others
        return f"{loaded.files[-1]}: the run failed with {type(error).__name__}: {error}"


def _throttled(report: Report, every: float = 0.1) -> Progress:
    """Progress of a run as a share of it, at most so often."""
    last = time.monotonic()

    def progress(what: str, done: float, total: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= every:
            last = now
            report(done / max(total, 1) if what == "worlds" else 1.0)

    return progress


def _forked(
    scenarios: Sequence[Loaded],
    worlds: int,
    seed: int,
    overrides: tuple[str, ...],
    jobs: int,
    report: Report,
) -> Iterator[tuple[int, Run | str]]:
    context = multiprocessing.get_context("fork")
    waiting = list(range(len(scenarios)))
    under_way: dict[Connection, tuple[int, ForkProcess]] = {}
    shares = [0.0] * len(scenarios)
    try:
        while waiting or under_way:
            while waiting and len(under_way) < jobs:
                number = waiting.pop(0)
                receiver, sender = context.Pipe(duplex=False)
                arguments = (scenarios[number], worlds, seed, overrides, sender)
                process = context.Process(target=_work, args=arguments, daemon=True)
                process.start()
                sender.close()
                under_way[receiver] = (number, process)
            for ready in wait(list(under_way)):
                assert isinstance(ready, Connection)
                number, process = under_way[ready]
                try:
                    message = ready.recv()
                except EOFError:
                    process.join()
                    code = process.exitcode
                    message = f"{scenarios[number].files[-1]}: its process ended with code {code}"
                if isinstance(message, float):
                    shares[number] = message
                else:
                    shares[number] = 1.0
                    del under_way[ready]
                    ready.close()
                    process.join()
                    yield number, message
                report(sum(shares))
    finally:
        for process in (p for _, p in under_way.values()):
            process.terminate()
            process.join()


def _work(
    loaded: Loaded, worlds: int, seed: int, overrides: tuple[str, ...], sender: Connection
) -> None:
    # Ctrl-C is for the main process, which ends this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sender.send(_run(loaded, worlds, seed, overrides, _throttled(sender.send)))
    sender.close()
