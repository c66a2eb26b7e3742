"""What is wrong with the words of a command: one sentence with the fix."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

import typer

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
