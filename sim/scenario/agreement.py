"""What comes after the signatures: gates of ratification, and what makes an agreement hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.distributions import Number
from sim.scenario.fields import (
    Bound,
    ByPoint,
    Deviation,
    Factor,
    GateName,
    Identifier,
    IssueName,
    Share,
    SignatoryName,
    Sourced,
    StageName,
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
        description="Issue → point: the text that was asked about; the gate's other issues as "
        "they stand without a deal.",
    )
    favour: Answered = Field(description="Share in favour, above 0.")
    against: Answered = Field(description="Share against, above 0. The undecided are left out.")


class Gate(Sourced):
    """A body or public that must approve what has been signed (Putnam 1988)."""

    title: Title = Field(description="What it is, in charts and story.")
    of: SignatoryName = Field(
        description="Who needs the approval. Its red lines already say what it believes it can "
        "carry; the gate is where it may be wrong."
    )
    stage: StageName | None = Field(
        default=None,
        description="Stage whose text is voted on; absent: the last, and with it the whole "
        "settlement.",
    )
    when: Annotated[list[dict[IssueName, Bound]], BeforeValidator(listed)] = Field(
        default=[],
        description="Issue → `at_least`, `at_most`: terms that bring a text before it; with a "
        "list, any one of them is enough. Absent: every text comes before it.",
    )
    positions: dict[IssueName, Preference] = Field(
        min_length=1, description="Issue → keys: what those who decide want."
    )
    threshold: Annotated[Number, uncertain(-1.0, 2.0)] | None = Field(
        default=None,
        description="Utility that whoever decides the vote (the median voter, the pivotal member)"
        " asks for.",
    )
    polls: list[Poll] = Field(
        default=[],
        description="Instead of a threshold: texts that people were asked about, two at least.",
    )
    required: Annotated[float, Field(strict=True, gt=0, lt=1)] = Field(
        default=0.5, description="With polls: share of the votes that is needed."
    )
    swing: Share = Field(
        default=Number("fixed", (0.05,), exact=False),
        description="With polls: standard deviation of the vote around what the polls say, in "
        "shares.",
    )
    days: Annotated[float, in_unit("d", 0, 3660)] = Field(
        default=0.0,
        description="From signing to the decision. Meanwhile fighting, its costs and the talks "
        "rest; patience does not. With several gates a text fails on the day of the "
        "first no.",
    )
    then: GateName | None = Field(
        default=None,
        description="Gate that decides instead where this one fails, such as a second vote; its "
        "days come after.",
    )
    on_failure: Literal["back_to_table", "end_of_talks"] = Field(
        default="back_to_table", description="What a failed text leads to."
    )


class Deterrent(Sourced):
    """A term that makes breaking the agreement costly for somebody."""

    on: Annotated[list[SignatoryName], BeforeValidator(listed)] = Field(
        min_length=1, description="Whom it deters."
    )
    at: Annotated[dict[float, Worth], ByPoint] = Field(
        min_length=2,
        description="Point → number: utility that breaking costs at this point of the issue; "
        "straight lines between, level beyond.",
    )


class Balance(Sourced):
    """A term that changes what renewed war would bring."""

    moves: dict[IssueName, Worth] = Field(
        min_length=1,
        description="Issue → number: scale units by which renewed war would end elsewhere on this"
        " issue, for each scale unit that the term lies above where it stood without "
        "a deal.",
    )


class Durability(Sourced):
    """How long a signed settlement holds."""

    years: int = Field(default=10, ge=1, le=50, description="Years after signing to look at.")
    kind: Literal["any", "interstate", "intrastate"] = Field(
        default="any",
        description="Whose record accidents are read from: agreements between states, within one,"
        " or all.",
    )
    monitoring: dict[IssueName, Bound] = Field(
        default={},
        description="Issue → `at_least`, `at_most`: where on the issues a truce is monitored; all"
        " must hold, and an issue left open does not. Absent: not known.",
    )
    peacekeepers: dict[IssueName, Bound] = Field(
        default={},
        description="Issue → `at_least`, `at_most`: with `kind: intrastate`: where there are "
        "peacekeepers. Absent: not known. Between states the record has none; use "
        "`deterrence`.",
    )
    shift: dict[IssueName, Deviation] = Field(
        default={},
        description="Issue → number ≥ 0: standard deviation of a year's change in what renewed "
        "war would bring, scale units. Changes add up (a random walk).",
    )
    expected_cost: Factor = Field(
        default=Number("fixed", (1.0,)),
        description="Share of the cost of the present war that whoever breaks the agreement "
        "expects to pay: wars are begun in the belief that they will be short (mutual"
        " optimism). Drawn anew for every side and year.",
    )
    deterrence: dict[IssueName, Deterrent] = Field(
        default={}, description="Issue → how its agreed point deters."
    )
    balance: dict[IssueName, Balance] = Field(
        default={}, description="Issue → how its agreed point changes the fortunes of war."
    )
