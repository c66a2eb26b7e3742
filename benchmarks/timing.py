"""Clocks: a piece of work, two of them in turn, a command in a process of its own."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HEARTBEAT = 30.0
"""Seconds between signs of life while a long command runs."""

MEGABYTE = 1e6

Say = Callable[[str], None]


class Unavailable(Exception):
    """Something that a measurement needs is not there; the message says what, in a sentence."""


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call, the garbage collector off as on the command line of ``sim``."""
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        if was_on:
            gc.enable()


def in_turn(
    sides: Sequence[Callable[[], float]], repeats: int, done: Callable[[int], None] | None = None
) -> list[tuple[float, ...]]:
    """Measure several sides alternately, since machines drift.

    Every other repeat goes through the sides backwards, so that a steady drift favours none.

    Parameters
    ----------
    sides : sequence of callable
        Each measures its side once.
    repeats : int
        How often.
    done : callable, optional
        Told the number of repeats finished.

    Returns
    -------
    list of tuple of float
        Per side its values, one a repeat.
    """
    values: list[list[float]] = [[] for _ in sides]
    for repeat in range(repeats):
        order = range(len(sides))
        for side in reversed(order) if repeat % 2 else order:
            values[side].append(sides[side]())
        if done is not None:
            done(repeat + 1)
    return [tuple(v) for v in values]


def ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...]:
    """Ratio of two sides, repeat by repeat."""
    return tuple(a / b for a, b in zip(above, below, strict=True))


class Taken(NamedTuple):
    """Wall seconds of a command, and the peak memory (bytes) of its largest process."""

    seconds: float
    peak: float


def command(words: Sequence[str], still: Callable[[float], None] | None = None) -> Taken:
    """Run ``python`` with these words in a process of its own, from the project's folder.

    Parameters
    ----------
    words : sequence of str
        What follows ``python``.
    still : callable, optional
        Told the seconds passed every :data:`HEARTBEAT` while it runs.

    Raises
    ------
    Unavailable
        If the command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        result, errors = Path(folder) / "taken.json", Path(folder) / "errors.txt"
        launcher = [sys.executable, "-I", "-S", str(ROOT / "benchmarks" / "launcher.py")]
        with errors.open("wb") as file:
            process = subprocess.Popen(
                [*launcher, str(result), sys.executable, *words], cwd=ROOT, stderr=file
            )
            for passed in waiting(process):
                if still is not None:
                    still(passed)
        taken = json.loads(result.read_text()) if result.exists() else {"code": process.returncode}
        if taken["code"]:
            last = errors.read_text(errors="replace").strip().splitlines()[-1:]
            raise Unavailable(
                f"python {' '.join(words)} ended with {taken['code']}: {''.join(last)}"
            )
    return Taken(taken["seconds"], taken["peak"])


def some_times(say: Say) -> Say:
    """Says at most one line every :data:`HEARTBEAT`, and nothing before."""
    last = time.monotonic()

    def now_and_then(line: str) -> None:
        nonlocal last
        if time.monotonic() - last >= HEARTBEAT:
            last = time.monotonic()
            say(line)

    return now_and_then


def waiting(process: subprocess.Popen[bytes]) -> Iterator[float]:
    """Waits for a process; yields the seconds passed at every :data:`HEARTBEAT`."""
    start = time.monotonic()
    try:
        while True:
            try:
                process.wait(HEARTBEAT)
                return
            except subprocess.TimeoutExpired:
                yield time.monotonic() - start
    except BaseException:
        process.terminate()
        process.wait()
        raise
