"""Protocols and tactics by name: those that come with the package, and other packages' own.

A package offers its own through an entry point, which is loaded on the first look-up::

    [project.entry-points."sim.protocols"]
    raffle = "peace_raffle:Raffle"

In a script or notebook the decorator is enough: ``@sim.registry.PROTOCOLS.register``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from inspect import isabstract
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type[Any])
NEEDED = ("name", "title", "citation")


class Registry(Mapping[str, Any]):
    """Classes by their names, read-only but for :meth:`register`.

    Parameters
    ----------
    kind : str
        What its classes are, for error messages.
    builtin : str
        The module whose import registers those that come with the package.
    group : str
        The group of entry points by which other packages bring theirs.
    method : str
        What a class of them does, without which it is none.
    """

    def __init__(self, kind: str, builtin: str, group: str, method: str) -> None:
        self.kind, self.builtin, self.group, self.method = kind, builtin, group, method
        self._classes: dict[str, Any] = {}
        self._complete = False

    def register(self, cls: Class) -> Class:
        """Class decorator: makes a class usable by its name in scenario files.

        A class that is defined again, as when a notebook cell runs twice, takes the place of its
        former self; another class of the same name is an error.
        """
        if not isinstance(cls, type):
            raise TypeError(f"a {self.kind} is a class, not {cls!r}")
        base = self.kind.capitalize()
        derived = base in {one.__name__ for one in cls.__mro__[1:]}
        if not derived or not hasattr(cls, self.method) or isabstract(cls):
            raise TypeError(
                f"the {self.kind} {cls.__qualname__} should derive from sim.{base} and have the "
                f"method `{self.method}`"
            )
        for attribute in NEEDED:
            value = getattr(cls, attribute, None)
            if not isinstance(value, str) or not value.strip():
                raise TypeError(f"the {self.kind} {cls.__qualname__} needs a text as `{attribute}`")
        for name, one in getattr(cls, "parameters", {}).items():
            if not hasattr(one, "default"):
                raise TypeError(
                    f"the {self.kind} {cls.__qualname__} needs a sim.Parameter as "
                    f"`parameters['{name}']`, not {one!r}"
                )
        before = self._classes.get(cls.name)
        if before is not None and _origin(before) != _origin(cls):
            raise ValueError(f"there is already a {self.kind} '{cls.name}': {_origin(before)}")
        self._classes[cls.name] = cls
        return cls

    def found_elsewhere(self, name: str) -> bool:
        """Whether another process finds it, too: it is part of the package or an entry point."""
        home = self[name].__module__.partition(".")[0]
        others = {entry.module.partition(".")[0] for entry in entry_points(group=self.group)}
        return home in {"sim", *others}

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Any]:
        if not self._complete:
            # at once, as what is imported may itself look something up
            self._complete = True
            try:
                import_module(self.builtin)
                for entry in entry_points(group=self.group):
                    self._bring(entry)
            except BaseException:
                self._complete = False
                raise
        return self._classes

    def _bring(self, entry: EntryPoint) -> None:
        """Register another package's own; where it cannot be had, the rest goes on without it."""
        try:
            self.register(entry.load())
        except Exception as error:
            warnings.warn(
                f"the {self.kind} '{entry.name}' of {entry.value} is left out: {error} (mend that "
                "package, or uninstall it)",
                stacklevel=2,
            )


def _origin(cls: type[Any]) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


PROTOCOLS = Registry("protocol", "sim.engine.protocols", "sim.protocols", "bargain")
TACTICS = Registry("tactic", "sim.formulas.tactics", "sim.tactics", "aspiration")
