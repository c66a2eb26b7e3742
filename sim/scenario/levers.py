"""Threats and promises: what they wait for, and what they change."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.distributions import Number
from sim.scenario.fields import (
    ActorName,
    IssueName,
    LeverName,
    Movement,
    Share,
    SignatoryName,
    Sourced,
    Span,
    StageName,
    Strict,
    Title,
    Worth,
    listed,
    span,
)

Day = date


class EventCount(Strict):
    """An actor that did something a number of times."""

    actor: SignatoryName = Field(description="Who did it.")
    times: int = Field(default=1, ge=1, le=10_000, description="How often, at least.")


class Condition(Strict):
    """What has to have happened before a lever is pulled; all keys given must hold."""

    refuses: EventCount | None = Field(
        default=None,
        description="The actor has refused a proposal or text so many times since the start.",
    )
    accepts: EventCount | None = Field(
        default=None,
        description="The actor has accepted a proposal or text so many times since the start.",
    )
    signs_alone: EventCount | None = Field(
        default=None,
        description="The actor has accepted a mediator's text so many times that was not signed "
        "for want of others.",
    )
    violates: EventCount | None = Field(
        default=None, description="The actor has broken a truce so many times since the start."
    )
    signed: StageName | None = Field(default=None, description="The stage of the agenda is signed.")
    pulled: LeverName | None = Field(
        default=None,
        description="Another lever is in effect. Levers must not wait for each other in a circle.",
    )
    after: Span | None = Field(
        default=None, description="Not before so long a time from day 0, such as 12w."
    )
    round: int | None = Field(
        default=None,
        ge=0,
        le=100_000,
        description="Not before this round; `after` says it as a duration.",
    )

    date: Day | None = Field(
        default=None, description="Not before this day, for what comes on a known date."
    )

    @property
    def not_before(self) -> Number | None:
        """Time from day 0 before which it does not hold."""
        if self.round is None:
            return self.after
        return Number("fixed", (float(self.round),), unit="rounds")


class WarEffect(Strict):
    """What changes the war, all of it things that exist in the model."""

    cost: dict[ActorName, Worth] = Field(
        default={},
        description="Actor → number: added to its cost of war, utility a month; negative: relief.",
    )
    drift: dict[IssueName, Movement] = Field(
        default={},
        description="Issue → number: added to the issue's drift, scale units a month. All actors "
        "know it.",
    )
    no_deal: dict[IssueName, Movement] = Field(
        default={},
        description="Issue → number: shift of where the issue stands without a deal, scale units.",
    )


class Effect(WarEffect):
    """What a lever changes."""

    payment: dict[ActorName, Worth] = Field(
        default={},
        description="Actor → number: utility on signing the last stage, weighted with "
        "`credibility`. Its `when` is `{signed: …}` with the last stage and nothing "
        "else; counts for every actor named, `on` or not.",
    )


class Lever(Sourced):
    """A typed threat or promise; both directions of a plan are two levers."""

    title: Title = Field(description="What it is, in charts and story.")
    on: Annotated[list[ActorName], BeforeValidator(listed)] = Field(
        description="Who weighs it beforehand; `[]`: nobody foresees it. Once in effect it changes "
        "everything under `effect`, for whomever it names."
    )
    kind: Literal["threat", "promise"] = Field(
        default="threat",
        description="A word for the charts; how it acts follows from `when` and `effect`.",
    )
    when: Annotated[list[Condition], BeforeValidator(listed)] = Field(
        min_length=1, description="What has to have happened; all keys of all conditions must hold."
    )
    effect: Effect = Field(description="What it changes.")
    credibility: Share = Field(
        default=Number("fixed", (0.5,), exact=False),
        description="Probability that it is carried out once its condition holds. Drawn once in "
        "each world; where it is not, the lever is shown to be a bluff.",
    )
    delay: Span = Field(default=span(0), description="From pulling it to its effect, such as 8w.")
