"""What all commands do where something is wrong: one clear sentence, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sim.prose import printable

if TYPE_CHECKING:
    from sim.commands.work import Work
    from sim.scenario import Loaded

FORMATS = ("png", "svg", "pdf")


@contextmanager
def told(work: Work) -> Iterator[None]:
    """Ctrl-C and what cannot be written end the command with what is finished in a sentence.

    Errors that are sentences by themselves, :class:`~sim.prose.SaidError`, are told by
    :func:`sim.cli.main`.
    """
    try:
        yield
    except KeyboardInterrupt:
        stop(work)
    except OSError as error:
        cannot_write(
            error, work.folder, work.what_is_missing() if work.written or work.kept else ""
        )


def stop(work: Work) -> NoReturn:
    """After Ctrl-C: what is finished, and exit code 130."""
    print(f"\nStopped. {work.what_is_missing()}", file=sys.stderr)
    raise SystemExit(130) from None


def load_scaled(file: str, overrides: Sequence[str], but: str) -> Loaded:
    """A scenario with scales; of one with listed options an error that says what it has not."""
    from sim.scenario import Loaded, load_any

    loaded = load_any(file, overrides)
    if not isinstance(loaded, Loaded):
        fail(f"{file}: has listed options and {but}; `solve` says what can be agreed")
    return loaded


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What cannot be written there ends the command with a clear sentence."""
    try:
        yield
    except OSError as error:
        cannot_write(error, folder)


def known_format(name: str) -> None:
    """A format of charts that there is, or an error and exit code 2."""
    if name not in FORMATS:
        fail(f"--format {name}: choose from {', '.join(FORMATS)}")


def cannot_write(error: OSError, folder: Path, finished: str = "") -> NoReturn:
    """What could not be written (the folder, where the system names no file), and exit code 2."""
    where = error.filename2 or error.filename or folder
    said = f"{where}: cannot be written: {error.strerror} (choose a folder with --out). {finished}"
    fail(said.rstrip())


def fail(message: str) -> NoReturn:
    """One clear error and exit code 2."""
    print(printable(message), file=sys.stderr)
    raise SystemExit(2)


def say(text: str) -> None:
    """Print at once; exit code 1 where standard output takes nothing."""
    try:
        print(text, flush=True)
    except OSError as error:
        no_output(error)


def say_left_out(failed: Mapping[str, str]) -> None:
    """What could not be read and is left out, and why, on standard error."""
    for given, why in failed.items():
        print(f"{given} is left out:", *why.splitlines(), sep="\n  ", file=sys.stderr)


def no_output(error: OSError) -> NoReturn:
    """Standard output is full or closed: a sentence, unless the reader has gone, and code 1."""
    if not isinstance(error, BrokenPipeError):
        where = error.filename or "standard output"
        print(f"{where}: cannot be written: {error.strerror}", file=sys.stderr)
    with suppress(OSError, ValueError):
        # what is still buffered would fail once more when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(1) from None
