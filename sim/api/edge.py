"""The edge of the API: what an argument may be, and errors in words of Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from numbers import Integral, Real
from os import PathLike
from reprlib import repr as shortly
from typing import Any, ParamSpec, TypeVar

from sim.prose import SaidError
from sim.scenario import ScenarioError
from sim.scenario.errors import Place

P = ParamSpec("P")
T = TypeVar("T")

_PATH = (str, PathLike)
WANTED: dict[str, tuple[Any, str]] = {
    "actor": (str, "the key of an actor"),
    "baseline": (str, "the name of a scenario"),
    "changes": (Mapping, "a mapping such as {'war.cost.putin': 0.03}"),
    "chart": (str, "the name of a chart"),
    "design": (str, "'grid' or such as 'sobol:128'"),
    "folder": (_PATH, "the path of a folder"),
    "goal": (Real, "a share above 0 and at most 1"),
    "of": (str, "the name of a measure"),
    "path": (_PATH, "the path of a file"),
    "vary": (Mapping, "a mapping such as {'war.cost.putin': [0.01, 0.03]}"),
    "x": (str, "the key of a varied parameter"),
    "y": (str, "the key of a varied parameter"),
}
"""Arguments by their names, which mean the same everywhere: the type, and in words."""
_IN_PYTHON = {"set": "with_", "out": "folder", "overwrite": "overwrite=True"}
_OPTION = re.compile(r"(?<![\w-])--([a-z]+)\b")
_FILES: dict[type[OSError], str] = {
    FileExistsError: "is a file, not a folder (name a folder)",
    IsADirectoryError: "is a folder, not a file (name a file in it)",
    NotADirectoryError: "lies in a file, not in a folder (name another folder)",
}


def at_the_edge(function: Callable[P, T]) -> Callable[P, T]:
    """Check arguments by their types, and tell errors in the words of Python."""
    parameters = inspect.signature(function).parameters
    wanted = parameters.keys() & WANTED
    optional = {name for name in wanted if parameters[name].default is None}

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        for name, value in {**dict(zip(parameters, args, strict=False)), **kwargs}.items():
            if name in wanted and (value is not None or name not in optional):
                _check(name, value)
        try:
            return function(*args, **kwargs)
        except SaidError as error:
            error.args = (in_python(str(error)),)
            if isinstance(error, ScenarioError):
                error.problems = [
                    replace(
                        one,
                        place=Place(in_python(one.place.file), one.place.line),
                        message=in_python(one.message),
                        fix=in_python(one.fix),
                    )
                    for one in error.problems
                ]
            raise
        except OSError as error:
            if error.filename is None:
                raise
            said = _FILES.get(type(error), f"cannot be used: {error.strerror}")
            raise SaidError(f"{error.filename2 or error.filename}: {said}") from error

    return checked


def in_python(text: str) -> str:
    """A sentence with arguments in place of the options of the command.

    Examples
    --------
    >>> in_python("--vary a=1: has one value (use --set a=1)")
    'vary a=1: has one value (use with_ a=1)'
    """
    return _OPTION.sub(lambda found: _IN_PYTHON.get(found[1], found[1]), text)


def whole(least: int, most: int | None = None, **given: Any) -> None:
    """Raise ``ValueError`` unless what is given by name is a whole number within the bounds."""
    for name, value in given.items():
        number = isinstance(value, Integral) and not isinstance(value, bool)
        if not number or value < least or (most is not None and value > most):
            bounds = f"of at least {least}" if most is None else f"from {least} to {most:,}"
            raise ValueError(f"{name}={value!r} should be a whole number {bounds}")


def _check(name: str, value: Any) -> None:
    kind, words = WANTED[name]
    keys = value if isinstance(value, Mapping) else ()
    if not isinstance(value, kind) or not all(isinstance(key, str) for key in keys):
        raise TypeError(f"{name}={shortly(value)} should be {words}")
