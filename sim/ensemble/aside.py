"""Work that a forked copy of this process does while this one goes on."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sim.ensemble.executors import cores

Result = TypeVar("Result")


def may_fork() -> bool:
    """Whether a copy of this process is safe (only Linux is taken to be) and has its own core.

    Threads would be copied in mid-work.
    """
    return sys.platform == "linux" and cores() > 1 and threading.active_count() == 1


@contextmanager
def aside(work: Callable[[], Result], wanted: bool = True) -> Iterator[Callable[[], Result]]:
    """Begin some work in a copy of this process; what the block is given waits for the result.

    The work is done here, when its result is asked for, where it is not wanted otherwise, where
    :func:`may_fork` says no, and where no copy can be made, or it dies, or the work raises there:
    so what it raises is raised here, on asking.

    Parameters
    ----------
    work : callable
        Its result can be pickled; what it changes in memory is lost.
    wanted : bool
    """
    if not (wanted and may_fork()):
        yield work
        return
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(work, here, there), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # the copy never hears it
    try:
        process.start()
        started = True
    except OSError:  # no memory, or too many processes
        started = False
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    there.close()

    def result() -> Result:
        try:
            answer: Result = here.recv()
        except (EOFError, OSError):
            return work()
        return answer

    try:
        yield result
    finally:
        here.close()
        if started:
            process.terminate()
            process.join()


def _answer(work: Callable[[], Any], here: Connection, there: Connection) -> None:
    """In the copy: do the work and send what came of it, if it did; end at once when told to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that half-written files go
    here.close()  # so that a copy whose parent is gone does not wait for a reader
    with suppress(Exception):
        there.send(work())
