"""What comes after the signatures: gates of ratification, and what makes an agreement hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from sim.scenario.distributions import Number
from sim.scenario.fields import (
    Bound,
    Deviation,
    Factor,
    Identifier,
    Share,
    Sourced,
    Title,
    Wish,
    Worth,
    in_unit,
    listed,
    uncertain,
)

Plain = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
"""A share or a point as a plain number: nothing uncertain, nothing in quotation marks."""

Answered = Annotated[float, Field(strict=True, gt=0, lt=1, allow_inf_nan=False)]
"""A share of answers: odds are taken of two, so none may be 0."""


class Preference(Wish):
    """What those who decide at a gate want on one issue; beyond a line every text fails."""


class Poll(Sourced):
    """A text that people were asked about, and their answers."""

    terms: dict[Identifier, Plain] = Field(
        min_length=1,
        description="Issue → point; the gate's other issues as they stand without a deal.",
    )
    favour: Answered = Field(description="Share in favour, above 0.")
    against: Answered = Field(description="Share against, above 0; the undecided are left out.")


class Gate(Sourced):
    """A body or public that must approve what has been signed (Putnam 1988)."""

    title: Title
    of: Identifier = Field(
        description="The signatory that needs the approval; after a failure it signs nothing "
        "that it knows would fail again."
    )
    stage: Identifier | None = Field(
        default=None, description="Stage whose text is voted on; absent: the last."
    )
    when: Annotated[list[dict[Identifier, Bound]], BeforeValidator(listed)] = Field(
        default=[],
        description="Terms that bring a text before it, any one of a list; absent: every text.",
    )
    positions: dict[Identifier, Preference] = Field(min_length=1)
    threshold: Annotated[Number, uncertain(-1.0, 2.0)] | None = Field(
        default=None, description="Utility that whoever decides the vote asks for."
    )
    polls: list[Poll] = Field(
        default=[], description="Instead of a threshold: texts that were polled, two at least."
    )
    required: Annotated[float, Field(strict=True, gt=0, lt=1)] = Field(
        default=0.5, description="With polls: share of the votes that is needed."
    )
    swing: Share = Field(
        default=Number("fixed", (0.05,), exact=False),
        description="With polls: standard deviation of the vote around the polls, in shares.",
    )
    days: Annotated[float, in_unit("d", 0, 3660)] = Field(
        default=0.0, description="Days, or a duration, from signing to the decision."
    )
    on_failure: Literal["back_to_table", "end_of_talks"] = "back_to_table"


class Deterrent(Sourced):
    """A term that makes breaking the agreement costly for somebody."""

    on: Annotated[list[Identifier], BeforeValidator(listed)] = Field(
        min_length=1, description="Whom it deters."
    )
    at: dict[float, Worth] = Field(
        min_length=2,
        description="Point agreed → utility that breaking then costs; straight lines between.",
    )

    @field_validator("at")
    @classmethod
    def _within(cls, at: dict[float, Number]) -> dict[float, Number]:
        outside = [p for p in at if not 0 <= p <= 1]
        if outside:
            raise PydanticCustomError(
                "scale", f"the point {outside[0]:g} lies outside the scale 0 to 1"
            )
        return dict(sorted(at.items()))


class Balance(Sourced):
    """A term that changes what renewed war would bring."""

    moves: dict[Identifier, Worth] = Field(
        min_length=1,
        description="Issue → scale units by which renewed war would end elsewhere on it, for each "
        "scale unit that the term lies above where it stood without a deal.",
    )


class Durability(Sourced):
    """How long a signed settlement holds."""

    years: int = Field(default=10, ge=1, le=50, description="Years after signing to look at.")
    kind: Literal["any", "interstate", "intrastate"] = Field(
        default="any",
        description="Whose record accidents are read from: of agreements between states, within "
        "one, or of all.",
    )
    monitoring: dict[Identifier, Bound] = Field(
        default={},
        description="Issue → where on it a truce is monitored; all must hold. Absent: not known.",
    )
    peacekeepers: dict[Identifier, Bound] = Field(
        default={},
        description="Within states: issue → where on it there are peacekeepers; all must hold. "
        "Absent: not known.",
    )
    shift: dict[Identifier, Deviation] = Field(
        default={},
        description="Issue → standard deviation of a year's change in what renewed war would "
        "bring on it, scale units.",
    )
    expected_cost: Factor = Field(
        default=Number("fixed", (1.0,)),
        description="Share of the cost of the present war that whoever breaks the agreement "
        "expects to pay; drawn anew for every side and year.",
    )
    deterrence: dict[Identifier, Deterrent] = Field(
        default={}, description="Issue → how its agreed point deters."
    )
    balance: dict[Identifier, Balance] = Field(
        default={}, description="Issue → how its agreed point changes the fortunes of war."
    )
