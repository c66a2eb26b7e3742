"""The scenario format as pydantic models. ``docs/scenario-format.md`` explains every key."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim.registry import PROTOCOLS, TACTICS
from sim.scenario.agreement import Durability, Gate
from sim.scenario.articles import Articles
from sim.scenario.calibration import Calibration, resolved, shipped
from sim.scenario.distributions import Number
from sim.scenario.fields import (
    DAY,
    Bound,
    CertainSpan,
    Deviation,
    Factor,
    Growth,
    Identifier,
    Link,
    Moment,
    Movement,
    OnScale,
    Share,
    Sourced,
    Span,
    Strict,
    Title,
    Weight,
    Wish,
    Worth,
    in_unit,
    listed,
    span,
)
from sim.scenario.outcome import Outcome
from sim.scenario.record import Talks, talks

Told = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
"""A number that is only told, with the unit of its scale."""
LAST_YEAR = 9000
"""Of day 0: dates end with the year 9999."""
MOST_STEPS = 1_500
"""Rounds, and turns of the talks, of a run."""


class Source(Strict):
    """A reference that positions cite by key."""

    title: Title = Field(description="Author, title, publication.")
    date: str | None = Field(
        default=None,
        pattern=f"^{DAY}$",
        description="Compared with `known_by` as far as it is given.",
    )
    url: Link | None = Field(default=None, description="Where to find it.")

    @field_validator("date", mode="before")
    @classmethod
    def _text(cls, raw: Any) -> Any:
        return str(raw) if isinstance(raw, date | int) else raw


class Issue(Sourced):
    """An ordered scale from 0 to 1 with texts at chosen points."""

    title: Title = Field(description="Name in charts.")
    kind: Literal["continuous", "options"] = Field(
        default="continuous",
        description="`continuous`: anything between the texts can be agreed. `options`: only the "
        "listed points, at most 21.",
    )
    scale: dict[float, Title] = Field(
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
    numeric: tuple[Told, Told] | None = Field(
        default=None,
        description="What the points 0 and 1 are in numbers. Every point is then told as its "
        "number with the unit, not as the nearest text: 0.3996 of `[0, 100]` as "
        "39.96. Importers write it where the source gives numbers only.",
    )

    @field_validator("scale")
    @classmethod
    def _within(cls, scale: dict[float, Title]) -> dict[float, str]:
        outside = [p for p in scale if not 0 <= p <= 1]
        if outside:
            raise PydanticCustomError(
                "scale", f"the point {outside[0]:g} lies outside the scale 0 to 1"
            )
        return dict(sorted(scale.items()))


def nearest_text(issue: Issue, point: float) -> str:
    """Text of the listed point nearest to a point of the scale; of a numeric one its number."""
    if issue.numeric is not None:
        low, high = issue.numeric
        return scale_number(low + point * (high - low), high - low, issue.unit)
    return issue.scale[min(issue.scale, key=lambda p: (abs(p - point), p))]


def whole(time: float, each: float) -> int:
    """How many whole spans of so many days there are in a time.

    Examples
    --------
    >>> whole(365, 7), whole(0.3, 0.1)
    (52, 3)
    """
    return math.floor(time / each + 1e-9)


def scale_number(value: float, span: float, unit: str | None) -> str:
    """A number to about a ten-thousandth of its scale, with the unit.

    Examples
    --------
    >>> scale_number(39.957, 100, "%"), scale_number(5.0, 6, "years"), scale_number(-1e-9, 1, None)
    ('39.96 %', '5 years', '0')
    """
    digits = max(0, 4 - math.ceil(math.log10(abs(span)))) if span else 0
    text = f"{round(value, min(digits, 9)) + 0.0:.{min(digits, 9)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {unit}" if unit else text


class ConditionalLimit(Sourced):
    """A different red line while other terms of the package meet a condition."""

    limit: OnScale = Field(
        description="The red line while the condition holds, on the same side as `limit`."
    )
    when: dict[Identifier, Bound] = Field(min_length=1, description="Issue → bound: all must hold.")


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
    conditional: list[ConditionalLimit] = Field(
        default=[],
        max_length=10,
        description="Looser red lines under a condition; a stricter one is an error: give the "
        "strict line as `line`.",
    )


class TacticChoice(Sourced):
    """How an actor concedes: a registered tactic and its parameters."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: str = Field(
        default="boulware", description="The tactic; the other keys are its parameters."
    )

    @field_validator("name")
    @classmethod
    def _registered(cls, name: str) -> str:
        if name not in TACTICS:
            raise PydanticCustomError(
                "tactic", f"there is no tactic '{name}'; choose from {', '.join(TACTICS)}"
            )
        return name


Day = date


class EventCount(Strict):
    """An actor that did something a number of times."""

    actor: Identifier = Field(description="Who did it.")
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
    signed: Identifier | None = Field(
        default=None, description="The stage of the agenda is signed."
    )
    pulled: str | None = Field(
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

    cost: dict[Identifier, Worth] = Field(
        default={},
        description="Actor → number: added to its cost of war, utility a month; negative: relief.",
    )
    drift: dict[Identifier, Movement] = Field(
        default={},
        description="Issue → number: added to the issue's drift, scale units a month. All actors "
        "know it.",
    )
    no_deal: dict[Identifier, Movement] = Field(
        default={},
        description="Issue → number: shift of where the issue stands without a deal, scale units.",
    )


class Effect(WarEffect):
    """What a lever changes."""

    payment: dict[Identifier, Worth] = Field(
        default={},
        description="Actor → number: utility on signing the last stage, weighted with "
        "`credibility`. Its `when` is `{signed: …}` with the last stage and nothing "
        "else; counts for every actor named, `on` or not.",
    )


class Lever(Sourced):
    """A typed threat or promise; both directions of a plan are two levers."""

    title: Title = Field(description="What it is, in charts and story.")
    on: Annotated[list[Identifier], BeforeValidator(listed)] = Field(
        description="Who weighs it beforehand; `[]`: nobody foresees it. Once in effect it changes "
        "everything under `effect`, for whomever it names.",
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


class Mediation(Sourced):
    """How a formulator drafts and tables texts."""

    every: CertainSpan = Field(default=span(14), description="From one text to the next.")
    first_round: CertainSpan = Field(
        default=span(7), description="From day 0 to the end of the turn of the first text: 1w."
    )
    text: dict[Identifier, OnScale] = Field(
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


class Rate(Strict):
    """A share of what is left that goes in a span of time."""

    share: Share = Field(description="Share of the misjudgement that goes.")
    per: CertainSpan = Field(description="The span of time, such as 1w.")


def _rate(raw: Any) -> Any:
    """A share alone is one of each round."""
    if isinstance(raw, Rate) or (isinstance(raw, dict) and set(raw) & set(Rate.model_fields)):
        return raw
    return {"share": raw, "per": 1}


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
    consent: Literal["all", "asked", "none"] | list[Identifier] | None = Field(
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
    principal: Identifier | None = Field(
        default=None, description="For whom an envoy acts: its interests give `tilt` a direction."
    )
    color: str | None = Field(
        default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="Colour in charts."
    )
    positions: dict[Identifier, Position] = Field(
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
    acceptability: dict[Identifier, Share] = Field(
        default={}, description="For mediators: actor → how acceptable to it, 0 to 1."
    )
    communication: Annotated[Rate, BeforeValidator(_rate)] = Field(
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
    def consents_to(self) -> Literal["all", "asked", "none"] | list[str]:
        if self.consent is None:
            return "all" if self.role == "party" else "none"
        return self.consent


class Drift(Sourced):
    """How an issue moves by itself while the war goes on."""

    mean: Movement = Field(description="Scale units a month; negative: toward 0.")
    volatility: Deviation = Field(
        default=Number("fixed", (0.0,)),
        description="Standard deviation of one month's movement, scale units.",
    )


class Belief(Sourced):
    """What an actor thinks the drift is before it watches the front."""

    mean: Movement = Field(description="The drift that it expects, scale units a month.")
    sd: Deviation = Field(
        description="How unsure it is, scale units a month. The larger, the sooner it learns from"
        " what the front does; 0 never learns."
    )


class Cost(Sourced):
    """What a month of war costs an actor, in its own utility."""

    per_month: Worth = Field(
        description="Utility lost a month at the start. 0.01 means: to be spared a month of war "
        "it would give up 1 % of the way from its worst package to its best."
    )
    growth: Growth = Field(
        default=Number("fixed", (0.0,)),
        description="Relative growth a month, compounded: 0.02 is 2 %.",
    )


def _tidy(days: float) -> float:
    return int(days) if days.is_integer() else days


def _within_calendar(day: date) -> date:
    if day.year > LAST_YEAR:
        said = f"lies after the year {LAST_YEAR}, and the days of a run must be dates too"
        raise PydanticCustomError("number", said)  # type: ignore[arg-type]
    return day


class War(Sourced):
    """What goes on while nothing is agreed."""

    start_date: Annotated[date, AfterValidator(_within_calendar)] = Field(description="Day 0.")
    neutral: bool = Field(
        default=False,
        description="Whether results are told without the word war. Written by `status_quo:`, "
        "which may stand in place of `war:`.",
    )
    round_days: Annotated[float, in_unit("d", 0.25, 365), AfterValidator(_tidy)] = Field(
        default=7,
        description="Length of a round, the step in which the war is computed: days are told to "
        "the round, and nothing else hangs on it.",
    )
    drift: dict[Identifier, Drift] = Field(
        default={}, description="Issue → keys: how it moves by itself."
    )
    beliefs: dict[Identifier, dict[Identifier, Belief]] = Field(
        default={},
        description="Actor → issue → keys: what an actor takes the drift to be. Absent: it knows "
        "the true drift.",
    )
    cost: dict[Identifier, Cost] = Field(
        default={},
        description="Actor → cost: cost of war. Absent: none. A plain number or distribution is "
        "short for `{per_month: …}`.",
    )

    def told(self, text: str) -> str:
        """Words about it, without war where there is none."""
        if not self.neutral:
            return text
        for cost in ("cost", "Cost", "costs", "Costs"):
            text = text.replace(f"{cost} of war", f"{cost} of no deal")
        return text.replace("War: ", "Without a deal: ")

    @field_validator("cost", mode="before")
    @classmethod
    def _plain_cost(cls, raw: Any) -> Any:
        """`putin: 0.01` is short for `putin: {per_month: 0.01}`."""
        if not isinstance(raw, dict):
            return raw
        keys = set(Cost.model_fields)
        return {
            actor: cost if isinstance(cost, dict) and keys & set(cost) else {"per_month": cost}
            for actor, cost in raw.items()
        }


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

    name: str = Field(default="alternating", description="Who speaks when.")
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

    @field_validator("name")
    @classmethod
    def _registered(cls, name: str) -> str:
        if name not in PROTOCOLS:
            raise PydanticCustomError(
                "protocol", f"there is no protocol '{name}'; choose from {', '.join(PROTOCOLS)}"
            )
        return name


class LimitedEffect(WarEffect):
    """What a limited agreement changes while it is in force."""

    trust: Annotated[Rate, BeforeValidator(_rate)] = Field(
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
    positions: dict[Identifier, dict[Identifier, Position]] = Field(
        default={},
        description="Actor → issue → position: what the actors want on these; saliences in the "
        "unit of their others.",
    )
    parties: list[Identifier] | None = Field(
        default=None,
        description="Who must sign, and the envoy if one takes part; absent: all with a position "
        "and a say, and the envoy.",
    )
    protocol: Protocol | None = Field(
        default=None,
        description="As protocol; absent: that of the agenda. Always by consent of all.",
    )
    stages: list[LimitedStage] = Field(
        min_length=1, description="Limited agreements, each after the one before."
    )


class Spread(Strict):
    """Default uncertainty of every plain number of a sort (standard deviations)."""

    ideal: float = Field(
        default=0.0, ge=0, le=0.5, description="Standard deviation of ideals, scale units."
    )
    limit: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="Standard deviation of red lines, conditional ones included, scale units.",
    )
    salience: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Standard deviation of saliences, as a share of the number itself.",
    )
    cost: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Standard deviation of the cost of war `per_month`, as a share of the number.",
    )
    patience: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Standard deviation of `patience` and `leave_after`, as a share of the number.",
    )
    acceptability: float = Field(
        default=0.0, ge=0, le=0.5, description="Standard deviation of acceptabilities."
    )
    credibility: float = Field(
        default=0.0, ge=0, le=0.5, description="Standard deviation of levers' credibilities."
    )
    firmness: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="No standard deviation: how strongly the uncertain red lines of one actor go "
        "together. 0: each is drawn by itself; 1: in a world all are firm or all "
        "flexible. It counts for distributions written in place, too.",
    )


class Engine(Strict):
    """Judgements of the engine itself: no source gives them, and a scenario may vary them."""

    calibration: Annotated[Calibration, BeforeValidator(resolved)] = Field(
        default_factory=shipped,
        description="Values in each world, a row each, in place of those below that the scenario "
        "does not give. Absent: what past talks allow, as shipped; a file that "
        "`python -m sim calibrate` has written; `none`: the values below.",
    )
    stated_binds: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Probability that a stated red line binds: that the side would rather go "
        "without a deal than cross it.",
    )
    believed_binds: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Probability that a red line binds in which the coder believes.",
    )
    line_error: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="The coder's error of believed lines: standard deviation on the scale, beside "
        "the spread that the scenario gives.",
    )
    cost_scale: float = Field(default=1.0, gt=0, le=10, description="Factor on all costs of war.")
    tempo: float = Field(
        default=1.0, gt=0, le=10, description="Factor on all patience: above 1 all concede later."
    )
    credence: float = Field(
        default=1.0,
        gt=0,
        le=10,
        description="Factor on the odds (p to 1 − p) that a threat or promise is carried out, and"
        " thought to be.",
    )

    accidents: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="Factor on the hazard that truces and settlements end by accident, as they "
        "have in the past; 0: they never do.",
    )
    concession_strength: float = Field(
        default=2.0,
        ge=0,
        le=10,
        description="How far conceding on one issue only lowers the log-weight that others "
        "believe it has. 2: an issue conceded alone is thought to weigh e² times "
        "less; 0: nobody learns from concessions.",
    )
    concession_familiar: float = Field(
        default=0.25,
        gt=0,
        le=10,
        description="Scale units conceded in all after which half of that is believed: a few small "
        "steps say little.",
    )
    criticism_margin: float = Field(
        default=0.5,
        ge=0,
        le=5,
        description="One-text procedure: how much more, in logarithms, the change named first is "
        "believed to be worth than those left for later. 0 believes the order only.",
    )
    criticism_enough: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="One-text procedure: least rise of the logarithm of Nash's product for which "
        "the text is reopened. 0.01 is one per cent, below which drafting would never"
        " end.",
    )
    line_step: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="Scale units by which the others come nearer after a refusal that names an "
        "issue: they know that the line lies short of that point, and not where.",
    )
    draft_floor: float = Field(
        default=0.02,
        gt=0,
        le=0.5,
        description="Surplus below which the envoy's welfare goes on as the tangent of the "
        "logarithm, so that a text is drafted also where somebody would lose by it.",
    )
    linkages_every: int = Field(
        default=8,
        ge=1,
        le=1000,
        description="Texts between two searches for the conditional red lines to build a draft "
        "on: a mediator does not change its approach with every text.",
    )

    @model_validator(mode="after")
    def _what_is_given_counts(self) -> Engine:
        given = self.model_fields_set & set(self.calibration.names)
        if given:
            object.__setattr__(self, "calibration", self.calibration.without(given))
        return self


class Deadline(Sourced):
    """A day by which there is to be a settlement."""

    at: Moment = Field(description="A date, or a duration from day 0.")
    known_to: Literal["all"] | list[Identifier] = Field(
        default="all", description="Actors who know it, and run down to it; all by default."
    )
    after: Literal["stop", "go_on"] = Field(
        default="go_on", description="Whether the talks end with it."
    )


class Question(Sourced):
    """A day by which the reader wants to know what has been signed."""

    by: Moment = Field(description="A date, or a duration from day 0.")
    text: Title = Field(min_length=1, description="Its words, such as: by the 30 June deadline?")


class Scenario(Strict):
    """A whole scenario, after `extends` and `--set`."""

    name: Identifier = Field(description="Identifies the scenario; names the folder of results.")
    title: Title = Field(description="Heading of story and charts.")
    question: Title | None = Field(
        default=None, description="The question that the run answers; printed above the story."
    )
    summary: str | None = Field(
        default=None, description="What the scenario assumes, in a few sentences."
    )
    known_by: date | None = Field(
        default=None, description="A citation of a source dated after this day is an error."
    )
    sources: dict[str, Source] = Field(
        default={}, description="Key → source: what positions and other judgements cite."
    )
    issues: dict[Identifier, Issue] = Field(
        min_length=1, max_length=300, description="Name → issue: what is negotiated."
    )
    actors: dict[Identifier, Actor] = Field(
        min_length=2,
        max_length=1000,
        description="Name → actor: who negotiates, mediates or hosts.",
    )
    war: War = Field(description="What goes on without a deal.")
    agenda: list[Stage] = Field(
        default=[], description="Stages in order; absent: one stage `settlement` with all issues."
    )
    tracks: dict[Identifier, Track] = Field(
        default={}, description="Talks about limited agreements beside the agenda."
    )
    protocol: Protocol = Field(default=Protocol(), description="Who speaks when, and how often.")
    plan: dict[Identifier, OnScale] = Field(
        default={},
        description="The plan as published, issue → point, weighed as it stands; absent: the "
        "envoy's text. Issues that it leaves out stay where they are without a deal.",
    )
    ratification: dict[Identifier, Gate] = Field(
        default={}, max_length=30, description="Name → gate: who must approve what is signed."
    )
    durability: Durability | None = Field(
        default=None, description="What makes a settlement hold; absent: not looked at."
    )
    conflicts: list[tuple[Identifier, Identifier]] = Field(
        default=[],
        description="Pairs of issues with options of which at most one can be agreed above 0.",
    )
    articles: Articles | None = Field(
        default=None, description="Scores from which yes/no issues were made."
    )
    horizon_days: Annotated[float, in_unit("d", 1, 3660), AfterValidator(round)] = Field(
        default=365,
        description="Days simulated, rounded down to whole rounds. The actors do not know it: it "
        "is no deadline.",
    )
    deadline: Deadline | None = Field(
        default=None, description="A day by which there is to be a settlement."
    )
    ask: list[Question] = Field(
        default=[], description="Days by which the reader wants to know what has been signed."
    )
    spread: Spread = Field(default=Spread(), description="Default uncertainty of plain numbers.")
    engine: Engine = Field(default_factory=Engine, description="Judgements of the engine itself.")
    outcome: Outcome | None = Field(
        default=None, description="What came of talks of the past; the engine never reads it."
    )
    base_rate: str | None = Field(
        default=None,
        description="Talks of the past that the odds are told beside, or `none`; absent: mediated "
        "wars, or any day of a war where nobody mediates; none where no war goes on.",
    )

    @field_validator("base_rate")
    @classmethod
    def _in_the_record(cls, key: str | None) -> str | None:
        if key is not None and key not in ("none", *talks()):
            known = ", ".join(["none", *talks()])
            raise PydanticCustomError(
                "base_rate",
                f"the record has no '{key}'; choose from {known}",  # type: ignore[arg-type]
            )
        return key

    @property
    def counts_accidents(self) -> bool:
        """Whether agreements can end by accident."""
        table = self.engine.calibration
        return bool("accidents" in table.names or self.engine.accidents > 0)

    @property
    def comparable(self) -> Talks | None:
        """Talks of the past that the odds are told beside."""
        if self.base_rate is not None:
            return talks().get(self.base_rate)
        fought = any(c.per_month.median > 0 for c in self.war.cost.values()) or self.war.drift
        mediated = any(actor.role != "party" for actor in self.actors.values())
        if not fought:
            return None
        return talks()["mediated_war" if mediated else "any_day_of_war"]

    @model_validator(mode="after")
    def _bounded_work(self) -> Scenario:
        steps, turns = whole(self.last_day, self.war.round_days), self.last_day / self.turn_days
        if max(steps, turns) > MOST_STEPS:
            what = f"{steps:,} rounds" if steps > MOST_STEPS else f"{turns:,.0f} turns"
            said = (
                f"the horizon of {self.last_day:,} days holds {what}; at most {MOST_STEPS:,} are "
                "computed: shorten horizon_days, or lengthen war.round_days or protocol.turn"
            )
            raise PydanticCustomError("number", said)  # type: ignore[arg-type]
        return self

    @property
    def plan_issues(self) -> list[str]:
        """Issues on which the plan as published, or else the envoy's text, says something."""
        texts = [a.mediation.text for a in self.actors.values() if a.role == "formulator"]
        named = set(self.plan or {issue for text in texts for issue in text})
        return [issue for issue in self.issues if issue in named]

    @property
    def has_plan(self) -> bool:
        """Whether there is a text to be weighed as it stands."""
        return bool(self.plan_issues)

    @property
    def last_day(self) -> int:
        """Day on which the run ends: the horizon, or a deadline with which the talks stop."""
        days = max(float(self.horizon_days), self.war.round_days)
        if self.deadline is not None and self.deadline.after == "stop":
            days = min(days, self.day_of(self.deadline.at))
        return math.ceil(days)

    @property
    def rounds(self) -> int:
        """Whole rounds until the last day, at least one."""
        return max(1, whole(self.last_day, self.war.round_days))

    @property
    def deadline_round(self) -> int | None:
        """The round that ends with the deadline, or last before it."""
        if self.deadline is None:
            return None
        return max(1, whole(self.day_of(self.deadline.at), self.war.round_days))

    @property
    def turn_days(self) -> float:
        """Days from one turn of the talks to the next."""
        return self.protocol.turn.counted(1.0, self.war.round_days).median

    def in_rounds(self, time: Number) -> Number:
        """A span of time counted in rounds."""
        return time.counted(self.war.round_days, self.war.round_days)

    def in_turns(self, time: Number) -> Number:
        """A span of time counted in turns of the talks."""
        return time.counted(self.turn_days, self.war.round_days)

    def turns_by(self, round_: int) -> int:
        """Turns of the talks that are over by the end of a round."""
        return whole(round_ * self.war.round_days, self.turn_days)

    def day_of(self, moment: date | float) -> float:
        """Days from day 0 to a date, or a number of days as it is."""
        return float((moment - self.war.start_date).days) if isinstance(moment, date) else moment

    def date_of(self, moment: date | float) -> date:
        """The other way round."""
        if isinstance(moment, date):
            return moment
        return self.war.start_date + timedelta(days=round(moment))

    @property
    def stages(self) -> list[Stage]:
        """The agenda, with everything in one stage where the file gives none."""
        if self.agenda:
            return list(self.agenda)
        whole = Stage(name="settlement", title="Whole settlement", issues=list(self.issues))
        return [whole]
