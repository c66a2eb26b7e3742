"""A discrete bargaining scenario: named options, additive utilities, reserved values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.formulas.solutions.enumeration import additive_utilities, options_of, package_count


@dataclass(frozen=True)
class Issue:
    """An issue and the names of its options."""

    name: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Negotiator:
    """What a negotiator wants.

    Attributes
    ----------
    weights : tuple of float
        One per issue; not normalised here.
    values : tuple of tuple of float
        Per issue the value of each option, in the order of the issue's options.
    reservation : float
        What it gets without agreement; it signs nothing that is worth less.
    """

    name: str
    weights: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    reservation: float = 0.0


@dataclass(frozen=True)
class DiscreteScenario:
    """Issues with listed options and two or more negotiators with additive utilities."""

    name: str
    issues: tuple[Issue, ...]
    negotiators: tuple[Negotiator, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of options of each issue."""
        return tuple(len(issue.options) for issue in self.issues)

    @property
    def packages(self) -> int:
        """Number of packages."""
        return package_count(self.sizes)

    @property
    def tables(self) -> list[Array]:
        """Per issue what each option adds to each utility, shape (options, negotiators)."""
        return [
            np.array([n.weights[i] * np.array(n.values[i]) for n in self.negotiators]).T
            for i in range(len(self.issues))
        ]

    @cached_property
    def utilities(self) -> Array:
        """``U_k(x) = Σ_i w_ki v_ki(x_i)`` of all packages, shape (packages, negotiators)."""
        return additive_utilities(self.tables)

    @property
    def reservation(self) -> Array:
        """Reserved values, shape (negotiators,)."""
        return np.array([n.reservation for n in self.negotiators])

    def options(self, package: int) -> list[str]:
        """A package in words: the option of each issue."""
        row = options_of(np.array([package]), self.sizes)[0]
        return [issue.options[o] for issue, o in zip(self.issues, row, strict=True)]

    def options_by_issue(self, package: int) -> dict[str, str]:
        """A package in words: issue → option."""
        names = (issue.name for issue in self.issues)
        return dict(zip(names, self.options(package), strict=True))

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> DiscreteScenario:
        """From plain data.

        ``issues`` is a list of ``{name, values: [option, …]}`` and ``negotiators`` one of
        ``{name, weights: […], values: [{option: value}, …], reserved_value}``.
        """
        issues = tuple(Issue(i["name"], tuple(map(str, i["values"]))) for i in data["issues"])
        negotiators = tuple(
            Negotiator(
                n["name"],
                tuple(map(float, n["weights"])),
                tuple(
                    tuple(float(value[o]) for o in issue.options)
                    for issue, value in zip(issues, n["values"], strict=True)
                ),
                float(n.get("reserved_value", 0.0)),
            )
            for n in data["negotiators"]
        )
        return cls(str(data.get("name", "discrete")), issues, negotiators)


def stacked_tables(scenarios: Sequence[DiscreteScenario]) -> list[Array]:
    """Tables of several scenarios of the same shape: per issue (sessions, negotiators, options)."""
    tables = [scenario.tables for scenario in scenarios]
    return [np.stack([t[i].T for t in tables]) for i in range(len(tables[0]))]
