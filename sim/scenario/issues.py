"""Issues: ordered scales, and the words for their points."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.fields import ByPoint, OnScale, Sourced, Title

Told = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
"""A number that is only told, with the unit of its scale."""


class Issue(Sourced):
    """An ordered scale from 0 to 1 with texts at chosen points."""

    title: Title = Field(description="Name in charts.")
    kind: Literal["continuous", "options"] = Field(
        default="continuous",
        description="`continuous`: anything between the texts can be agreed. `options`: only the "
        "listed points, at most 21.",
    )
    scale: Annotated[dict[float, Title], ByPoint] = Field(
        min_length=2,
        max_length=1000,
        description="Point → text: at least two points from 0 to 1, each with its text. Distances"
        " count: half the distance is half the loss.",
    )
    no_deal: OnScale = Field(
        description="Where the issue stands at the start while nothing is agreed."
    )
    unit: Title | None = Field(
        default=None,
        description="What the scale measures; stands beside the numbers of a `numeric` scale.",
    )
    separable: bool = Field(
        default=False,
        description="Whether a part agreement on it alone may be signed, as in a track of its own.",
    )
    deferred: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        default=None,
        description="The listed point that puts the issue off: to a commission, a constitution, a "
        "later day. What that is worth to a side is `deferred` of its position.",
    )
    numeric: tuple[Told, Told] | None = Field(
        default=None,
        description="What the points 0 and 1 are in numbers. Every point is then told as its "
        "number with the unit, not as the nearest text: 0.3996 of `[0, 100]` as "
        "39.96. Importers write it where the source gives numbers only.",
    )


def nearest_text(issue: Issue, point: float) -> str:
    """Text of the listed point nearest to a point of the scale; of a numeric one its number."""
    if issue.numeric is not None:
        low, high = issue.numeric
        return scale_number(low + point * (high - low), high - low, issue.unit)
    return issue.scale[min(issue.scale, key=lambda p: (abs(p - point), p))]


ON_TEXT = 0.005
"""So near to a listed point is told as its text: two digits tell no nearer."""


def point_text(issue: Issue, point: float, quoted: bool = False) -> str:
    """What a text that somebody wrote says: where it lies between two listed points, both.

    The nearest text alone would pass for what was written. Texts stand in quotes where they are
    two, or ``quoted``.
    """
    nearest = nearest_text(issue, point)
    below = max((p for p in issue.scale if p <= point), default=None)
    above = min((p for p in issue.scale if p >= point), default=None)
    if (
        issue.kind == "options"
        or issue.numeric is not None
        or below is None
        or above is None
        or min(point - below, above - point) <= ON_TEXT
    ):
        return f"“{nearest}”" if quoted else nearest
    return f"between “{issue.scale[below]}” and “{issue.scale[above]}”"


def scale_number(value: float, span: float, unit: str | None) -> str:
    """A number to about a ten-thousandth of its scale, with the unit; a ``year`` is one, no time.

    Examples
    --------
    >>> scale_number(39.957, 100, "%"), scale_number(5.0, 6, "years"), scale_number(-1e-9, 1, None)
    ('39.96 %', '5 years', '0')
    >>> scale_number(2028, 10, "year")
    'year 2028'
    """
    digits = max(0, 4 - math.ceil(math.log10(abs(span)))) if span else 0
    text = f"{round(value, min(digits, 9)) + 0.0:.{min(digits, 9)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    words = (unit, text) if unit == "year" else (text, unit)
    return " ".join(filter(None, words))
