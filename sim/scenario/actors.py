"""Who negotiates, mediates or hosts, what they want and how they talk."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from sim.registry import TACTICS
from sim.scenario.distributions import Number
from sim.scenario.fields import (
    ActorName,
    Bound,
    CertainSpan,
    Factor,
    Identifier,
    IssueName,
    OnScale,
    PerTime,
    Rate,
    Share,
    Sourced,
    Span,
    Title,
    Weight,
    Wish,
    in_unit,
    registered,
    span,
)
from sim.scenario.levers import Lever


class ConditionalLimit(Sourced):
    """A different red line while other terms of the package meet a condition."""

    limit: OnScale = Field(
        description="The red line while the condition holds, on the same side as `limit`."
    )
    when: dict[IssueName, Bound] = Field(min_length=1, description="Issue → bound: all must hold.")


class Position(Wish):
    """What an actor wants on one issue."""

    limits: tuple[OnScale | None, OnScale | None] | None = Field(
        default=None,
        description="Red lines on both sides, instead of `line`; `null` leaves a side open.",
    )
    no_deal: OnScale | None = Field(
        default=None,
        description="Where the issue stands for this actor while nothing is agreed, if elsewhere "
        "than for the others.",
    )
    softening: Factor = Field(
        default=Number("fixed", (0.0,)),
        description="Scale units by which the red line moves toward the far end per unit of "
        "utility that fighting on has lost since the start, threats included. It "
        "moves back if fighting on gains, but not beyond where it started.",
    )
    curvature: float = Field(
        default=1.0,
        ge=1,
        le=4,
        description="Exponent of the loss with distance. 1: every step away from the ideal costs "
        "the same; 2: the second half of the way costs three times the first.",
    )
    deferred: Share | None = Field(
        default=None,
        description="What it is worth to it if the issue is put off, 1 as its ideal, 0 as the end "
        "that it likes least; no red line bars that. Absent: as the point lies on the scale.",
    )
    conditional: list[ConditionalLimit] = Field(
        default=[],
        max_length=10,
        description="Looser red lines under a condition; a stricter one is an error: give the "
        "strict line as `line`.",
    )


class TacticChoice(Sourced):
    """How an actor concedes: a registered tactic and its parameters."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: Annotated[str, registered(TACTICS, "tactic")] = Field(
        default="boulware", description="The tactic; the other keys are its parameters."
    )


class Mediation(Sourced):
    """How a formulator drafts and tables texts."""

    every: CertainSpan = Field(default=span(14), description="From one text to the next.")
    first_round: CertainSpan = Field(
        default=span(7), description="From day 0 to the end of the turn of the first text: 1w."
    )
    text: dict[IssueName, OnScale] = Field(
        default={},
        description="Issue → number, 0 to 1: the plan as published, tabled first and unchanged. "
        "Issues it leaves out start midway between the positions.",
    )
    attachment: Share = Field(
        default=Number("fixed", (0.0,)),
        description="How strongly later texts hold on to the plan; 0: not at all.",
    )
    tilt: Share = Field(
        default=Number("fixed", (0.0,)),
        description="Weight of the interests of the `principal` in the draft. The principal must "
        "be a signatory.",
    )
    error: Share = Field(
        default=Number("fixed", (0.1,)),
        description="Standard deviation of its first guesses of red lines, scale units. Hosts' "
        "messages and refusals shrink it, and criticism under `single_text`.",
    )
    drafts: int = Field(
        default=23,
        ge=1,
        le=10_000,
        description="Under `single_text`: drafts after which the text is put to all as it is, and"
        " so again after each refusal. The first text counts.",
    )
    drafts_per_round: int = Field(
        default=1, ge=1, le=10, description="Under `single_text`: drafts each time that one is due."
    )
    final_offers: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Under `single_text`: texts put to all and refused after which it gives up. "
        "Absent: it goes on.",
    )


class Actor(Sourced):
    """A party, mediator or host."""

    name: Title = Field(description="Full name.")
    label: Title | None = Field(default=None, description="Short name for charts; absent: `name`.")
    role: Literal["party", "manipulator", "formulator", "facilitator"] = Field(
        default="party",
        description="What the actor does in the talks. party: it negotiates; manipulator: a "
        "mediator with interests and leverage of its own; formulator: an envoy that "
        "drafts and tables texts; facilitator: a host that carries messages.",
    )
    consent: Literal["all", "asked", "none"] | list[IssueName] | None = Field(
        default=None,
        description="Whose signature is needed. all: nothing is agreed without it; a list: only "
        "with it on these issues; none. Absent: all for a party, none for other "
        "roles.",
    )
    group: Identifier | None = Field(
        default=None,
        description="Community or bloc, where `protocol.consent` is a share: it is then needed in "
        "each group as well as among all.",
    )
    principal: ActorName | None = Field(
        default=None, description="For whom an envoy acts: its interests give `tilt` a direction."
    )
    color: str | None = Field(
        default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="Colour in charts."
    )
    positions: dict[IssueName, Position] = Field(
        default={}, description="Issue → position: what it wants."
    )
    power: Weight | None = Field(
        default=None,
        description="How much it counts in the models of group decisions, in any unit; absent: 1."
        " Other protocols do not use it.",
    )
    tactic: TacticChoice = Field(
        default=TacticChoice(), description="How it concedes; absent: `boulware`."
    )
    patience: Span = Field(
        default=span(364),
        description="Time, such as 26w, until time-dependent tactics have come down to what "
        "fighting on is worth. At least a turn.",
    )
    leave_after: Span | None = Field(
        default=None, description="Time, such as 26w, after which it walks away; absent: never."
    )
    foresight_months: Annotated[float, in_unit("mo", 0.01, 1200)] = Field(
        default=12.0,
        description="How far ahead it weighs the war: months, or a duration such as 1y.",
    )
    noise: float = Field(
        default=0.0,
        ge=0,
        le=10,
        description="Scale of a random (logistic) error in what it asks for when it answers a "
        "proposal, in utility. It never signs less than fighting on is worth.",
    )
    acceptability: dict[ActorName, Share] = Field(
        default={}, description="For mediators: actor → how acceptable to it, 0 to 1."
    )
    communication: PerTime = Field(
        default=Rate(share=Number("fixed", (0.0,)), per=span(7)),
        description="For hosts: share of others' misjudgement removed in a span of time, at best: "
        "{share: 0.05, per: 1w}.",
    )
    mediation: Mediation = Field(
        default=Mediation(), description="How an envoy drafts and tables texts."
    )
    levers: dict[Identifier, Lever] = Field(
        default={}, max_length=100, description="Name → lever: its threats and promises."
    )

    @property
    def short(self) -> str:
        return self.label or self.name

    @property
    def signs(self) -> bool:
        """Whether its consent is needed for something."""
        return self.consents_to != "none"

    def signs_on(self, issue: str) -> bool:
        """Whether an issue of the agenda needs its signature."""
        scope = self.consents_to
        return scope == "all" or (isinstance(scope, list) and issue in scope)

    @property
    def consents_to(self) -> Literal["all", "asked", "none"] | list[str]:
        if self.consent is None:
            return "all" if self.role == "party" else "none"
        return self.consent
