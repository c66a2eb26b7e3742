"""What goes on while nothing is agreed."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from sim.scenario.distributions import Number
from sim.scenario.fields import (
    ActorName,
    Deviation,
    Growth,
    IssueName,
    Movement,
    Sourced,
    Worth,
    in_unit,
    refused,
)

NEUTRAL = "status_quo"
"""The key that stands for ``war`` in a file where there is none."""
LAST_YEAR = 9000
"""Of day 0: dates end with the year 9999."""


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


WITHOUT_WAR = {
    r"\bwar\.(?=[a-z])": f"{NEUTRAL}.",  # a key
    r"\b([Cc]osts?) of war\b": r"\1 of no deal",
    r"\b(months?) of war\b": r"\1 without a deal",
    r"\bwhat war (costs|would bring)\b": r"what no deal \1",
    r"\ba new war\b|\brenewed war\b": "a breach",
    r"\bfight on\b": "hold out",
    r"\bday 0 or war\b": "day 0 or dispute",
    r"\bwar and day 0\b": "dispute and day 0",
    r"^War: ": "Without a deal: ",
    r"^war$": "no deal",
    r"^(T|t)he war$": r"\1he dispute",
}
"""What words of ours say of a war, and what they say instead where there is none."""


def without_war(text: str) -> str:
    """Words of ours, such as those of titles, notes and errors, for a dispute without a war.

    Examples
    --------
    >>> without_war("war.cost.a: a month of war costs 3")
    'status_quo.cost.a: a month without a deal costs 3'
    """
    for pattern, instead in WITHOUT_WAR.items():
        text = re.sub(pattern, instead, text)
    return text


def _tidy(days: float) -> float:
    return int(days) if days.is_integer() else days


def _within_calendar(day: date) -> date:
    if day.year > LAST_YEAR:
        said = f"lies after the year {LAST_YEAR}, and the days of a run must be dates too"
        raise refused(said)
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
    drift: dict[IssueName, Drift] = Field(
        default={}, description="Issue → keys: how it moves by itself."
    )
    beliefs: dict[ActorName, dict[IssueName, Belief]] = Field(
        default={},
        description="Actor → issue → keys: what an actor takes the drift to be. Absent: it knows "
        "the true drift.",
    )
    cost: dict[ActorName, Cost] = Field(
        default={},
        description="Actor → cost: cost of war. Absent: none. A plain number or distribution is "
        "short for `{per_month: …}`.",
    )

    def told(self, text: str) -> str:
        """Words about it, without war where there is none."""
        return without_war(text) if self.neutral else text

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
