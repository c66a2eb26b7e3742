"""Clocks: a piece of work, two of them in turn, a command in a process of its own."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
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
    sides: Sequence[Callable[[], float]], repeats: int, said: Say | None = None
) -> list[tuple[float, ...]]:
    """Measure several sides alternately, since machines drift.

    Every other repeat goes through the sides backwards, so that a steady drift favours none.

    Parameters
    ----------
    sides : sequence of callable
        Each measures its side once.
    repeats : int
        How often.
    said : callable, optional
        Told after each repeat how many are done.

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
        if said is not None:
            said(f"{repeat + 1} of {repeats}")
    return [tuple(v) for v in values]


def ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...]:
    """Ratio of two sides, repeat by repeat."""
    return tuple(a / b for a, b in zip(above, below, strict=True))


def last_line(text: str) -> str:
    """Last line of what a program said."""
    return "".join(text.strip().splitlines()[-1:])


class Taken(NamedTuple):
    """Wall seconds of a command, and the peak memory (bytes) of its largest process."""

    seconds: float
    peak: float


def command(words: Sequence[str]) -> Taken:
    """Run ``python`` with these words in a process of its own, from the project's folder.

    Raises
    ------
    Unavailable
        If the command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "taken.json"
        launcher = [sys.executable, "-I", "-S", str(ROOT / "benchmarks" / "launcher.py")]
        done = subprocess.run(
            [*launcher, str(result), sys.executable, *words],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        taken = json.loads(result.read_text()) if result.exists() else {"code": done.returncode}
    if taken["code"]:
        raise Unavailable(
            f"python {' '.join(words)} ended with {taken['code']}: {last_line(done.stderr)}"
        )
    return Taken(taken["seconds"], taken["peak"])
