"""What all commands do where something is wrong: one clear sentence, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

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


# Typer brings a copy of Click and exports the class of wrong values; the other errors over words
# are children of the same parent.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def usage_words(error: Any, words: Sequence[str]) -> str:
    """The sentence for what the parser raised over ``words``, of which the first is the command.

    What a release of the parser does not tell is left out.
    """
    command, param = words[0], getattr(error, "param", None)
    more = f"python -m sim {command} --help"
    if option := getattr(error, "option_name", None):
        if type(error).__name__ != "NoSuchOption":
            return f"{option}: {error.message[:1].lower()}{error.message[1:].rstrip('.')} ({more})"
        near = list(getattr(error, "possibilities", None) or [])
        fix = f"did you mean '{near[0]}'?" if near else f"{more} lists them"
        return f"{option}: {command} has no such option ({fix})"
    if param is None:  # more words than arguments
        fix = "python -m sim compare takes several files" if command == "run" else more
        extra = error.format_message().rpartition("(")[2].rstrip(")")
        return f"{extra}: is more than {command} takes ({fix})"
    name = param.opts[0] if param.param_type_name == "option" else param.metavar or param.name
    if type(error).__name__ == "MissingParameter":
        fix = f"for example: python -m sim {command} kellogg" if "FILE" in name else more
        return f"{command}: {name} is missing ({fix})"
    value, low, high = _given(param.opts, words), *(getattr(param, b, None) for b in ("min", "max"))
    return f"{name} {value}: {_wrong(value, low, high, error.message)}"


def _wrong(value: str, low: float | None, high: float | None, said: str) -> str:
    """What is wrong with a number, and which would do.

    Examples
    --------
    >>> _wrong("1e3", 1, None, "Input should be a valid integer")
    'is not a whole number (write 1000)'
    >>> _wrong("abc", 1, 65535, "Input should be a valid integer")
    'is not a whole number (write one from 1 to 65535)'
    >>> _wrong("-5", 1, None, "Input should be greater than or equal to 1")
    'is out of range (write 1 or more)'
    """
    if low is None and high is None:
        return f"{said[:1].lower()}{said[1:]}"
    allowed = f"{low:g} or more" if high is None else f"one from {low:g} to {high:g}"
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        number = float("nan")
    if "integer" not in said and not isnan(number):
        return f"is out of range (write {allowed})"
    if number.is_integer() and (low or 0) <= number <= (high or number):
        allowed = f"{number:.0f}"
    return f"is not a {'whole ' * ('integer' in said)}number (write {allowed})"


def _given(names: Sequence[str], words: Sequence[str]) -> str:
    """What was written behind an option, the last time that it stands there."""
    for n in range(len(words) - 1, 0, -1):
        name, sign, value = words[n].partition("=")
        if name in names:
            return value if sign else next(iter(words[n + 1 :]), "")
    return ""
