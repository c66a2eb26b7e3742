"""What is talked about when: stages, the protocol, tracks beside them, days to be met."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.registry import PROTOCOLS
from sim.scenario.actors import Position
from sim.scenario.distributions import Number
from sim.scenario.fields import (
    ActorName,
    Bound,
    CertainSpan,
    Identifier,
    Moment,
    PerTime,
    Rate,
    Share,
    SignatoryName,
    Sourced,
    Span,
    Strict,
    Title,
    registered,
    span,
)
from sim.scenario.issues import Issue
from sim.scenario.levers import WarEffect


class Step(Sourced):
    """Issues that are settled together, then act."""

    name: Identifier = Field(description="Used by `signed`.")
    title: Title | None = Field(default=None, description="Its name in charts; absent: `name`.")
    issues: list[Identifier] = Field(min_length=1, description="What it settles.")
    terms: dict[Identifier, Bound] = Field(
        default={},
        description="Issue → `at_most`, `at_least`: what its text must contain to be this stage "
        "at all, for example a truce now rather than later. Nobody can sign the stage"
        " without.",
    )

    @property
    def shown(self) -> str:
        """Its title, or its name in words."""
        return self.title or self.name.replace("_", " ")


class Stage(Step):
    """A part of the agenda: these issues are settled together, then act."""

    cost_factor: Share = Field(
        default=Number("fixed", (1.0,)),
        description="Share of the cost of war that remains once it is signed.",
    )
    drift_factor: Share = Field(
        default=Number("fixed", (1.0,)),
        description="Share of the drift that remains once it is signed.",
    )


class Protocol(Strict):
    """Who speaks when."""

    name: Annotated[str, registered(PROTOCOLS, "protocol")] = Field(
        default="alternating", description="Who speaks when."
    )
    turn: CertainSpan = Field(
        default=span(7),
        description="From one turn of the talks to the next. Offers, refusals, steps of reactive "
        "tactics and rounds of group decisions come with the turns, whatever "
        "`round_days` is.",
    )
    consent: Literal["unanimity"] | Annotated[float, Field(gt=0, le=1)] = Field(
        default="unanimity",
        description="The share of the signatories that must accept. With a share, signatories can"
        " be outvoted, also those with `consent: all`. Who is not asked at a stage "
        "counts as accepting.",
    )
    salience: Literal["relative", "as_written"] = Field(
        default="relative",
        description="For group decisions: relative to each actor's dearest issue, or the numbers "
        "as they stand, where these compare between actors.",
    )

    rounds: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="For `exchange` and `challenge`: rounds at the most; absent: one of exchange,"
        " of which nothing is taken back, and 10 of challenges. With `rounds` an "
        "actor keeps 0.1 + 0.4 (1 − salience) of what it moves in a round of "
        "exchange, as in the published program, whose ten rounds on two climate "
        "summits are met within 0.3 to 1.3 points on average. Challenges can go in a "
        "circle; then the count is cut there.",
    )


class LimitedEffect(WarEffect):
    """What a limited agreement changes while it is in force."""

    trust: PerTime = Field(
        default=Rate(share=Number("fixed", (0.0,)), per=span(7)),
        description="Share of what all misjudge of one another that its channel removes in a span"
        " of time, as `communication` of a host.",
    )


class LimitedStage(Step):
    """A limited agreement: it acts while it is in force, and may lapse or be broken."""

    effect: LimitedEffect = Field(
        default=LimitedEffect(), description="What it changes in the war while it is in force."
    )
    term: Span | None = Field(
        default=None, description="How long it is signed for; absent: until it is broken."
    )
    breaks: Share | None = Field(
        default=None,
        description="Probability that within a year something breaks it that nobody at the table "
        "decides; absent: as limited ceasefires of the past broke, most in their first months.",
    )
    monitoring: dict[Identifier, Bound] = Field(
        default={},
        description="Issue → `at_least`, `at_most`: where on the stage's issues it is monitored, "
        "which the record tells apart; all must hold. Absent: not known.",
    )


class Track(Strict):
    """Talks about limited agreements, held beside those about the whole settlement."""

    title: Title = Field(description="Its name.")
    issues: dict[Identifier, Issue] = Field(
        default={}, description="Name → issue: issues of this track alone."
    )
    positions: dict[SignatoryName, dict[Identifier, Position]] = Field(
        default={},
        description="Actor → issue → position: what the actors want on these; saliences in the "
        "unit of their others.",
    )
    parties: list[ActorName] | None = Field(
        default=None,
        description="Who must sign, and the envoy if one takes part; absent: all with a position "
        "and a say, and the envoy.",
    )
    protocol: Protocol | None = Field(
        default=None,
        description="As protocol; absent: that of the agenda. Always by consent of all.",
    )
    patience: Span = Field(
        default=Number("triangular", (28.0, 70.0, 182.0), low=0.0, unit="days"),
        description="How long all haggle over it, as patience of an actor, which is for the whole. "
        "Absent: a month to half a year, as such talks of the past took (four weeks over the Golan "
        "in 1974, seven over the sick prisoners in Korea in 1953, twelve over grain ships in 2022, "
        "27 over the hotline in 1963).",
    )
    stages: list[LimitedStage] = Field(
        min_length=1, description="Limited agreements, each after the one before."
    )


class Deadline(Sourced):
    """A day by which there is to be a settlement."""

    at: Moment = Field(description="A date, or a duration from day 0.")
    known_to: Literal["all"] | list[ActorName] = Field(
        default="all", description="Actors who know it, and run down to it; all by default."
    )
    after: Literal["stop", "go_on"] = Field(
        default="go_on", description="Whether the talks end with it."
    )


class Question(Sourced):
    """A day by which the reader wants to know what has been signed."""

    by: Moment = Field(description="A date, or a duration from day 0.")
    text: Title = Field(min_length=1, description="Its words, such as: by the 30 June deadline?")
