"""What every agent has."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import mesa

from sim.arrays import ByWorld
from sim.engine.exclusions import Exclusions
from sim.engine.levers import ActiveLever
from sim.engine.ratification import Ratification
from sim.engine.state import Talks
from sim.engine.war import War
from sim.scenario.schema import Actor


class Setting(NamedTuple):
    """What agents at one table have before them."""

    talks: Talks
    war: War
    levers: list[ActiveLever]
    gates: Ratification
    exclusions: Exclusions | None


class Participant(mesa.Agent, ByWorld):
    """A Mesa agent that lives in all worlds at once: its arrays have the world as first axis."""

    axes: ClassVar[dict[str, str | None]] = {"model": None, "spec": None}

    def __init__(self, model: mesa.Model, talks: Talks, key: str, spec: Actor) -> None:
        super().__init__(model)
        self.talks, self.key, self.spec = talks, key, spec

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key})"
