"""What came of talks of the past: the format of ``outcome:``."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator

from sim.scenario.fields import (
    ActorName,
    GateName,
    IssueName,
    OnScale,
    Sourced,
    Strict,
    Title,
    refused,
)

Kept = Literal["crossed", "part", "held"]


class SignedTerm(Sourced):
    """What a text that was signed says on one issue."""

    at: OnScale = Field(description="Where on the scale.")


class PartAgreement(Sourced):
    """An agreement on part of the issues."""

    title: Title = Field(description="What it is about.")
    on: date = Field(description="Day of the signature.")


class Held(Strict):
    """How long what was signed held."""

    until: date = Field(description="Day on which it was broken or given up.")
    reason: str | None = Field(default=None, description="Why it was broken or given up.")


class Outcome(Sourced):
    """What came of the talks within the horizon and after."""

    signed: date | Literal[False] = Field(description="Day of the signature, or false.")
    kind: Literal["settlement", "truce"] = Field(
        default="settlement",
        description="What the question asks for: all stages in force, or the first one signed.",
    )
    terms: dict[IssueName, SignedTerm] = Field(
        default={},
        description="Issue → term: what the text says; issues that it leaves open are absent.",
    )
    limited: list[PartAgreement] = Field(
        default=[], description="Agreements on part of the issues."
    )
    gates: dict[GateName, bool] = Field(default={}, description="Gate → whether it approved.")
    held: Held | Literal[True] | None = Field(
        default=None, description="How long it held; true: not broken within ten years."
    )
    lines: dict[ActorName, dict[IssueName, Kept]] = Field(
        default={}, description="Actor → issue → what became of its stated red line."
    )
    note: str | None = Field(default=None, description="What the scales cannot express.")

    @field_validator("signed", "held", mode="before")
    @classmethod
    def _no_other_truth(cls, value: Any, info: Any) -> Any:
        if value is (info.field_name == "signed"):
            other = "a date or false" if value is True else "a date, true, or nothing"
            raise refused(f"is {str(value).lower()}; give {other}")
        return value
