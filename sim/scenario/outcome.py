"""What came of talks of the past: the format of ``outcome:``, and its checks."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from sim.scenario.fields import Identifier, OnScale, Sourced, Strict, Title
from sim.scenario.raw import Found, mapping, unknown
from sim.scenario.yaml_source import Path_

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
    terms: dict[Identifier, SignedTerm] = Field(
        default={},
        description="Issue → term: what the text says; issues that it leaves open are absent.",
    )
    limited: list[PartAgreement] = Field(
        default=[], description="Agreements on part of the issues."
    )
    gates: dict[Identifier, bool] = Field(default={}, description="Gate → whether it approved.")
    held: Held | Literal[True] | None = Field(
        default=None, description="How long it held; true: not broken within ten years."
    )
    lines: dict[Identifier, dict[Identifier, Kept]] = Field(
        default={}, description="Actor → issue → what became of its stated red line."
    )
    note: str | None = Field(default=None, description="What the scales cannot express.")

    @field_validator("signed", "held", mode="before")
    @classmethod
    def _no_other_truth(cls, value: Any, info: Any) -> Any:
        if value is (info.field_name == "signed"):
            other = "a date or false" if value is True else "a date, true, or nothing"
            raise PydanticCustomError("outcome", f"is {str(value).lower()}; give {other}")  # type: ignore[arg-type]
        return value


def outcome_checks(raw: dict[str, Any]) -> Found:
    """What an outcome says of issues, gates, actors and days that there are."""
    outcome = mapping(raw, "outcome")
    issues, actors = mapping(raw, "issues"), mapping(raw, "actors")
    for key, among, what in (
        ("terms", issues, "issue"),
        ("gates", mapping(raw, "ratification"), "gate"),
        ("lines", actors, "actor"),
    ):
        for name in mapping(outcome, key):
            yield from unknown(("outcome", key, name), name, among, what)
    for actor, lines in mapping(outcome, "lines").items():
        for issue in mapping(lines):
            where: Path_ = ("outcome", "lines", actor, issue)
            yield from unknown(where, issue, issues, "issue")
    start, signed = _day(mapping(raw, "war").get("start_date")), _day(outcome.get("signed"))
    if start and signed and signed < start:
        yield (
            ("outcome", "signed"),
            f"{signed} is before the first day of the talks, {start}",
            "give the day of the signature, or false",
        )
    held = _day(mapping(outcome, "held").get("until"))
    if held and not signed:
        yield ("outcome", "held"), "stands although nothing was signed", "leave it out"
    if held and signed and held < signed:
        yield ("outcome", "held", "until"), f"{held} is before the signature, {signed}", ""
    if outcome and signed is None and mapping(outcome, "terms"):
        yield ("outcome", "terms"), "stand although nothing was signed", "use `limited` or `note`"
    if outcome.get("kind") == "truce" and len(raw.get("agenda") or []) < 2:
        yield ("outcome", "kind"), "is a truce, and the agenda has no stage for it", ""


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
