"""What a command leaves in a folder: files, each whole or not at all, and what is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.progress import progress_bar
from sim.files import write_text, written_whole

if TYPE_CHECKING:
    from sim.ensemble.executors import Executor
    from sim.ensemble.runner import Progress

Content = str | Callable[[Path], object]
"""A text, or what writes a file to a path."""


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
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []

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

    def names(self) -> list[str]:
        """Files that all of it comes to, as far as that is known."""
        return self.written

    def left_over(self, known: list[str]) -> list[Path]:
        """Files of these names in the folder that were not written (yet)."""
        paths = [self.folder / name for name in known if name not in self.written]
        return [path for path in paths if path.exists()]

    def what_is_missing(self) -> str:
        """What was finished and what was not, in one sentence."""
        text = f"Finished in {self.folder}: {', '.join(self.written) or 'nothing'}"
        missing = [name for name in self.names() if name not in self.written]
        return f"{text}; missing: {', '.join(missing)}." if missing else f"{text}."


@contextmanager
def at_work(
    workers: int | None, cluster: str | None, show_progress: bool, chunks: int | None = None
) -> Iterator[tuple[Executor, Progress]]:
    """Where worlds are run (see :func:`~sim.ensemble.opening.open_executor`), and who is told."""
    from sim.ensemble.opening import open_executor  # slow to import

    with (
        progress_bar(show_progress) as progress,
        open_executor(workers, cluster, chunks) as executor,
    ):
        yield executor, progress
