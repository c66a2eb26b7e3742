"""The format of scenarios with listed options and values: ``docs/discrete-scenarios.md``.

A root model of its own beside :class:`~sim.scenario.schema.Scenario`: there is no scale, no war and
no uncertainty here, only packages and what they are worth.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from sim.listed.scenario import DiscreteScenario, Negotiator
from sim.listed.scenario import Issue as NamedIssue
from sim.listed.strategies import PAIRWISE, Strategy
from sim.listed.targets import SLACK, exponent_of
from sim.prose import one_line
from sim.scenario.checks import Check, Found, unknown
from sim.scenario.fields import Identifier, IssueName, Sourced, Strict, Title, refused
from sim.scenario.schema import Source
from sim.scenario.yaml_source import Path_

MOST_PACKAGES = 2_000_000


def _word(raw: Any) -> Any:
    """Options may be written as numbers or dates; they are names all the same."""
    return raw if raw is None or isinstance(raw, dict | list) else one_line(str(raw))


OptionName = Annotated[str, BeforeValidator(_word)]
Importance = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Value = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
"""What an option is worth, or no agreement, in units of the file's own."""


class DiscreteIssue(Sourced):
    """An issue of which one of the listed options is agreed."""

    title: Title | None = Field(default=None, description="Name in charts; absent: the key.")
    options: list[OptionName] = Field(min_length=1, description="What can be agreed, by name.")


class DiscretePosition(Sourced):
    """What the options of an issue are worth to an actor."""

    weight: Importance = Field(description="Factor of the values; used as it is written.")
    values: dict[OptionName, Value] = Field(description="Option → its value.")


class DiscreteStrategy(Strict):
    """What an actor goes by."""

    name: Literal["time", "micro", "zeuthen"] = Field(
        default="time",
        description="time: concedes with time, as its tactic says; micro: as often as the other "
        "side does; zeuthen: where it would lose more by a breakdown. The last two between two.",
    )


def _named(raw: Any) -> Any:
    """``micro`` is short for ``{name: micro}``."""
    return {"name": raw} if isinstance(raw, str) else raw


class DiscreteActor(Sourced):
    """A negotiator."""

    name: Title = Field(description="Full name.")
    label: Title | None = Field(default=None, description="Short name for charts.")
    color: str | None = Field(
        default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="Colour in charts."
    )
    strategy: Annotated[DiscreteStrategy, BeforeValidator(_named)] = Field(
        default=DiscreteStrategy(), description="What it goes by."
    )
    tactic: str | Value = Field(
        default="boulware",
        description="Of the strategy time: boulware, linear, conceder, or the exponent of time.",
    )
    reservation: Value = Field(default=0.0, description="Utility of no agreement.")
    discount: float = Field(
        default=1.0, gt=0, le=1, description="Factor by which a whole session makes utility less."
    )
    positions: dict[IssueName, DiscretePosition] = Field(
        default={}, description="Issue → what its options are worth."
    )

    @field_validator("tactic")
    @classmethod
    def _known(cls, tactic: str | float) -> str | float:
        try:
            exponent_of(tactic)
        except ValueError as error:
            raise refused(str(error)) from None
        return tactic


class DiscreteProtocol(Strict):
    """Who speaks when, and for how long."""

    name: Literal["stacked"] = Field(
        default="stacked", description="Stacked alternating offers in the order of the file."
    )
    steps: int = Field(default=100, ge=1, le=100_000, description="Rounds until the deadline.")
    slack: float = Field(
        default=SLACK, ge=0, le=1, description="Utility by which a target is missed unpunished."
    )


class DiscreteFile(Strict):
    """A scenario with listed options."""

    name: Identifier = Field(description="Identifies the scenario; names the folder of results.")
    title: Title = Field(description="Heading of story and charts.")
    question: Title | None = Field(default=None, description="The question that the run answers.")
    summary: str | None = Field(default=None, description="What the scenario assumes.")
    known_by: date | None = Field(
        default=None, description="A citation of a source dated after this day is an error."
    )
    sources: dict[str, Source] = Field(default={}, description="Key → source.")
    issues: dict[Identifier, DiscreteIssue] = Field(
        min_length=1, description="Name → issue: what is negotiated."
    )
    actors: dict[Identifier, DiscreteActor] = Field(
        min_length=2, description="Name → actor: who negotiates, in the order of their turns."
    )
    protocol: DiscreteProtocol = Field(
        default=DiscreteProtocol(), description="Who speaks when, and when it ends."
    )

    @property
    def scenario(self) -> DiscreteScenario:
        """The bargaining scenario, actors in the order of the file."""
        issues = tuple(NamedIssue(key, tuple(i.options)) for key, i in self.issues.items())
        negotiators = []
        for key, actor in self.actors.items():
            positions = [actor.positions.get(issue.name) for issue in issues]
            weights = tuple(0.0 if p is None else p.weight for p in positions)
            values = tuple(
                tuple(0.0 if p is None else p.values[o] for o in issue.options)
                for issue, p in zip(issues, positions, strict=True)
            )
            negotiators.append(Negotiator(key, weights, values, actor.reservation))
        return DiscreteScenario(self.name, issues, tuple(negotiators))

    @property
    def strategies(self) -> list[Strategy]:
        """Strategies of the actors in their order; of the time-based ones their tactics."""
        return [
            actor.tactic if actor.strategy.name == "time" else actor.strategy.name
            for actor in self.actors.values()
        ]


def is_discrete(raw: dict[str, Any]) -> bool:
    """Whether merged data are a scenario of this format: the protocol or an issue says so."""
    protocol, issues = raw.get("protocol"), raw.get("issues")
    if isinstance(protocol, dict) and protocol.get("name") == "stacked":
        return True
    bodies = issues.values() if isinstance(issues, dict) else ()
    return any(isinstance(body, dict) and "options" in body for body in bodies)


def _options(whole: DiscreteFile, issue: DiscreteIssue, path: Path_) -> Found:
    for n, name in enumerate(issue.options):
        if name in issue.options[:n]:
            yield ("options", n), f"the option '{name}' stands twice", "name each option once"


def _packages(whole: DiscreteFile, _: DiscreteFile, path: Path_) -> Found:
    packages = math.prod(max(len(issue.options), 1) for issue in whole.issues.values())
    if packages > MOST_PACKAGES:
        said = f"make {packages:,} packages; at most {MOST_PACKAGES:,} are listed"
        yield ("issues",), said, "leave out issues or options"


def _strategy(whole: DiscreteFile, actor: DiscreteActor, path: Path_) -> Found:
    strategy = actor.strategy.name
    if strategy in PAIRWISE and len(whole.actors) != 2:
        said = f"{strategy} is defined between two, and here are {len(whole.actors)}"
        yield ("strategy",), said, "leave it out, or leave out actors"
    if strategy in PAIRWISE and "tactic" in actor.model_fields_set:
        said = f"the strategy {strategy} has no tactic"
        yield ("tactic",), said, "leave out one of the two"


def _values(whole: DiscreteFile, position: DiscretePosition, path: Path_) -> Found:
    """A value for each option, and for nothing else."""
    known = whole.issues[path[-1]].options
    for name in position.values:
        yield from unknown(("values", name), name, known, "option")
    missing = [name for name in known if name not in position.values]
    if missing:
        yield ("values",), f"has no value for {', '.join(missing)}", "give each option its value"


DISCRETE_CHECKS: tuple[tuple[type, Check], ...] = (
    (DiscreteIssue, _options),
    (DiscreteFile, _packages),
    (DiscreteActor, _strategy),
    (DiscretePosition, _values),
)
