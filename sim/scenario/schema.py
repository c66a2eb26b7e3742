"""The scenario format as pydantic models. ``docs/scenario-format.md`` explains every key."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from sim.scenario.actors import Actor, Mediation, Position
from sim.scenario.agenda import (
    Deadline,
    LimitedStage,
    Protocol,
    Question,
    Stage,
    Track,
)
from sim.scenario.agreement import Durability, Gate
from sim.scenario.articles import Articles
from sim.scenario.distributions import Number
from sim.scenario.durations import whole
from sim.scenario.fields import (
    Identifier,
    IssueName,
    OnScale,
    Source,
    Strict,
    Title,
    in_unit,
    refused,
)
from sim.scenario.issues import Issue, nearest_text, point_text
from sim.scenario.judgements import Engine, Spread
from sim.scenario.levers import Condition, Effect, EventCount, Lever, WarEffect
from sim.scenario.outcome import Outcome
from sim.scenario.record import Talks, talks
from sim.scenario.war import Cost, Drift, War

__all__ = [
    "Actor",
    "Condition",
    "Cost",
    "Drift",
    "Effect",
    "Engine",
    "EventCount",
    "Issue",
    "Lever",
    "LimitedStage",
    "Mediation",
    "Position",
    "Protocol",
    "Scenario",
    "Source",
    "Spread",
    "Stage",
    "Track",
    "War",
    "WarEffect",
    "nearest_text",
    "point_text",
    "whole",
]

MOST_STEPS = 1_500
"""Rounds, and turns of the talks, of a run."""


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
    plan: dict[IssueName, OnScale] = Field(
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
    conflicts: list[tuple[IssueName, IssueName]] = Field(
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
            raise refused(f"the record has no '{key}'; choose from {known}")
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
        costs = any(c.per_month.median > 0 for c in self.war.cost.values())
        fought = not self.war.neutral and (costs or self.war.drift)
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
            raise refused(said)
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
