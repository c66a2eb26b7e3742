"""What was measured, what was required of it, and both as a table or as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

WIDTH = 126
"""Columns of the table."""


@dataclass(frozen=True)
class Requirement:
    """A bound on the median of a figure.

    Attributes
    ----------
    kind : "at least" or "at most"
    bound : float
        In the figure's unit.
    applies : bool
        False where the work measured is smaller than what the requirement is about; then it is
        shown and not judged.
    """

    kind: Literal["at least", "at most"]
    bound: float
    applies: bool = True

    def met(self, value: float) -> bool | None:
        """Whether a value keeps to it; None where that is not to be judged."""
        if not self.applies:
            return None
        return value >= self.bound if self.kind == "at least" else value <= self.bound


@dataclass(frozen=True)
class Figure:
    """One line of the table: a measure, its values over the repeats, what was required."""

    measure: str
    values: tuple[float, ...]
    unit: str
    requirement: Requirement | None = None

    @property
    def value(self) -> float:
        """Median of the repeats."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        """Whether the requirement is met; None where there is none or it is not judged."""
        return None if self.requirement is None else self.requirement.met(self.value)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        required = self.requirement
        return {
            "measure": self.measure,
            "value": self.value,
            "low": min(self.values),
            "high": max(self.values),
            "values": list(self.values),
            "unit": self.unit,
            "required": None if required is None else {required.kind: required.bound},
            "met": self.met,
        }


@dataclass
class Findings:
    """What a section found.

    Attributes
    ----------
    name, title : str
        Of the section.
    figures : list of Figure
    text : str
        Shown in the table instead of the figures, such as a bar chart of them.
    notes : list of str
        Sentences: what was used, what was left out and why.
    failed : bool
        Whether the section broke off.
    """

    name: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    text: str = ""
    notes: list[str] = field(default_factory=list)
    failed: bool = False

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return vars(self) | {"figures": [f.plain() for f in self.figures]}


def number(value: float, unit: str) -> str:
    """Three significant digits, thousands with commas, and the unit."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit}".rstrip()


def table(sections: Sequence[Findings]) -> str:
    """All figures: median, lowest and highest of the repeats, requirement, met or not."""
    measure = WIDTH - 16 - 24 - 18 - 12
    head = (
        f"{'measure':<{measure}}{'median':>16}{'lowest to highest':>24}{'required':>18}{'met':>12}"
    )
    lines = [head, "-" * WIDTH]
    for section in sections:
        lines += ["", section.title]
        lines += [f"  {line}" for line in section.text.splitlines()] or [
            _row(figure, measure) for figure in section.figures
        ]
        lines += [f"  {note}" for note in section.notes]
    judged = [f.met for s in sections for f in s.figures if f.met is not None]
    later = sum(f.requirement is not None and f.met is None for s in sections for f in s.figures)
    lines += ["", f"Requirements met: {sum(judged)} of {len(judged)} judged."]
    if later:
        lines += [
            f"{later} not judged: the work measured here is smaller than what they are about."
        ]
    return "\n".join(lines)


def _row(figure: Figure, width: int) -> str:
    spread = "once"
    if len(figure.values) > 1:
        low, high = (number(v, "") for v in (min(figure.values), max(figure.values)))
        spread = f"{low} to {high} (of {len(figure.values)})"
    required, met = "", ""
    if figure.requirement is not None:
        bound = number(figure.requirement.bound, figure.unit)
        required = f"{figure.requirement.kind} {bound}"
        met = {True: "yes", False: "NO", None: "not judged"}[figure.met]
    value = number(figure.value, figure.unit)
    return f"  {figure.measure:<{width - 2}}{value:>16}{spread:>24}{required:>18}{met:>12}"
