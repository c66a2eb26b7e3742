"""Spans of time as scenario files write them: ``26w``, ``90d``, ``6mo``, ``1y``; days inside."""

from __future__ import annotations

import math
import re
from typing import Any

DAYS_IN = {"d": 1.0, "w": 7.0, "mo": 365.25 / 12, "y": 365.25}
"""Days in each unit; a month is a twelfth of a year."""
HOW = "write a number and d, w, mo or y without a space, such as 26w"
DURATION = r"^([0-9]+(?:\.[0-9]+)?)(d|w|mo|y)$"
_SPAN = re.compile(DURATION)


def days_in(text: str) -> float:
    """Days in a duration.

    Examples
    --------
    >>> days_in("26w"), days_in("1.5d"), days_in("12mo") == days_in("1y")
    (182.0, 1.5, True)

    Raises
    ------
    ValueError
        With one sentence that says how to write it.
    """
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is no duration; {HOW}")
    return float(found[1]) * DAYS_IN[found[2]]


def is_duration(raw: Any) -> bool:
    """Whether something is written as a duration.

    Examples
    --------
    >>> is_duration("26w"), is_duration("26 wk"), is_duration(26)
    (True, False, False)
    """
    return isinstance(raw, str) and _SPAN.fullmatch(raw) is not None


def written(days: float) -> str:
    """Days as a duration, in the largest unit of which it is a whole number.

    Examples
    --------
    >>> written(182.0), written(10.0), written(365.25), written(182.625), written(1.5)
    ('26w', '10d', '1y', '6mo', '1.5d')
    """
    return f"{_count(days, _unit([days])):.12g}{_unit([days])}"


def in_words(days: list[float]) -> tuple[list[str], str]:
    """Several durations as numbers of one unit, and the name of that unit.

    Examples
    --------
    >>> in_words([56.0, 98.0, 182.0]), in_words([1.0, 14.0])
    ((['8', '14', '26'], 'weeks'), (['1', '14'], 'days'))
    """
    unit = _unit(days)
    name = {"d": "days", "w": "weeks", "mo": "months", "y": "years"}[unit]
    return [f"{_count(d, unit):g}" for d in days], name


def _count(days: float, unit: str) -> float:
    return days / DAYS_IN[unit]


def _unit(days: list[float]) -> str:
    """The largest unit of which all are whole numbers; days where there is none."""
    for unit in ("y", "mo", "w"):
        counts = [_count(d, unit) for d in days]
        if any(counts) and all(abs(c - round(c)) < 1e-9 for c in counts):
            return unit
    return "d"


def whole(time: float, each: float) -> int:
    """How many whole spans of so many days there are in a time.

    Examples
    --------
    >>> whole(365, 7), whole(0.3, 0.1)
    (52, 3)
    """
    return math.floor(time / each + 1e-9)
