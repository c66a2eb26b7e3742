"""What a command leaves in a folder, where it works, and who is told how far it is."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.files import write_text, written_whole

if TYPE_CHECKING:
    from sim.ensemble.executors import Executor
    from sim.ensemble.runner import Progress
    from sim.plots import Drawing

Content = str | Callable[[Path], object]
"""A text, or what writes a file to a path."""
Step = Callable[[Path], bool | None]
"""Writes a file to a path, and says False where there was nothing to write."""


def charts_of(charts: Iterable[str], *formats: str | None) -> list[str]:
    """Names of the files of charts; of the format None there are none."""
    return [f"{chart}.{suffix}" for chart in charts for suffix in formats if suffix]


class Work:
    """Files in one folder.

    Attributes
    ----------
    folder : Path
        Where to.
    written : list of str
        Names of the files finished so far.
    drawn : dict of str to Drawing
        Charts that this process has drawn, for the report.
    kept : Path or None
        Where what has been run is kept, from which the same command goes on after an interrupt.
    """

    def __init__(self, folder: Path, kept: str = "") -> None:
        self.folder = folder
        self.written: list[str] = []
        self.drawn: dict[str, Drawing] = {}
        self.kept = folder / kept if kept else None

    def write(self, name: str, content: Content) -> None:
        """One file, new or anew; the folder is made where there is none."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            write_text(self.folder / name, content)
        else:
            with written_whole(self.folder / name) as temporary:
                content(temporary)
        if name not in self.written:
            self.written.append(name)

    def save_drawing(self, drawing: Drawing | None, chart: str, path: Path) -> bool:
        """Write a chart and keep it; False where there was nothing to draw."""
        if drawing is None:
            return False
        drawing.save(path)
        self.drawn[chart] = drawing
        return True

    def carry_out(
        self, steps: dict[str, Step], beside: Collection[str], progress: Progress
    ) -> None:
        """Write files, some of them in another process where there is a core for it."""
        from sim.ensemble.aside import aside  # slow to import

        self.folder.mkdir(parents=True, exist_ok=True)
        away = {name: write for name, write in steps.items() if name in beside}
        begun, finished, stopped = time.time(), None, None
        try:
            with aside(partial(self._carried_out, away), wanted=bool(away)) as others:
                for name, write in steps.items():
                    if name not in away:
                        progress(name, len(self.written), len(self.names()))
                        if write(self.folder / name) is not False:
                            self.written.append(name)
                finished, stopped = others()
        finally:
            if finished is None:  # the other process is not waited for: what it has left is there
                paths = {name: self.folder / name for name in away}
                finished = [n for n, p in paths.items() if p.exists() and p.stat().st_mtime > begun]
            done = {*self.written, *finished}
            self.written = [n for n in dict.fromkeys([*self.written, *steps]) if n in done]
        if stopped is not None:
            raise stopped

    def _carried_out(self, steps: dict[str, Step]) -> tuple[list[str], OSError | None]:
        """The files that are finished, and what has stopped it."""
        finished: list[str] = []
        for name, write in steps.items():
            try:
                if write(self.folder / name) is not False:
                    finished.append(name)
            except OSError as error:
                return finished, error
        return finished, None

    def names(self) -> list[str]:
        """Files that all of it comes to, as far as that is known."""
        return self.written

    def left_over(self, known: list[str]) -> list[Path]:
        """Files of these names in the folder that were not written (yet)."""
        paths = [self.folder / name for name in known if name not in self.written]
        return [path for path in paths if path.exists()]

    def what_is_missing(self) -> str:
        """What was finished and what was not, in one sentence."""
        if self.kept is not None:
            return f"What was finished is kept in {self.kept}; the same command goes on from there."
        text = f"Finished in {self.folder}: {', '.join(self.written) or 'nothing'}"
        missing = [name for name in self.names() if name not in self.written]
        return f"{text}; missing: {', '.join(missing)}." if missing else f"{text}."


@contextmanager
def at_work(
    workers: int | None, cluster: str | None, show_progress: bool, chunks: int | None = None
) -> Iterator[tuple[Executor, Progress]]:
    """Where worlds are run (see :func:`~sim.ensemble.executors.open_executor`), and who is told."""
    from sim.ensemble.executors import open_executor  # slow to import

    with (
        progress_bar(show_progress) as progress,
        open_executor(workers, cluster, chunks) as executor,
    ):
        yield executor, progress


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


def replaced_words(folder: Path, digest: str, file: str) -> str:
    """A sentence where a folder holds the results of other assumptions, else nothing.

    Parameters
    ----------
    folder : Path
        Where results are about to be written.
    digest : str
        Hash of the scenario that is run.
    file : str
        Its file.
    """
    try:
        about = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["provenance"]
        before, changes = about["scenario_hash"], about.get("overrides") or []
        earlier = str((about.get("files") or [file])[-1])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    if before == digest:
        return ""
    if Path(earlier).name != Path(file).name:
        return (
            f"{folder}: replaces the results of {earlier}, which has the same name; another "
            "`name:` in the file, or --out, keeps both."
        )
    of = f"changed by {', '.join(map(str, changes))}" if changes else "of a scenario that differs"
    return f"{folder}: replaces the results of a run {of}; --out keeps both."
