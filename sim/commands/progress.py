"""A progress bar that appears only when the work takes more than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

DELAY = 1.0


@contextmanager
def progress_bar(show: bool) -> Iterator[Callable[[str, float, float], None]]:
    """A function ``progress(what, done, total)`` that draws a bar on standard error.

    Nothing is drawn in the first second, when standard error is not a terminal, or if not wanted.
    """
    if not (show and sys.stderr.isatty()):
        yield lambda what, done, total: None
        return

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # no thread of its own, so that the process may fork
    )
    begun = time.monotonic()
    task = bar.add_task("", total=1.0)
    started = False

    def progress(what: str, done: float, total: float) -> None:
        nonlocal started
        if not started and time.monotonic() - begun > DELAY:
            bar.start()
            started = True
        words = "running worlds" if what == "worlds" else what
        bar.update(task, description=words, completed=done / max(total, 1), refresh=started)

    try:
        yield progress
    finally:
        if started:
            bar.stop()
