"""What every agent has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.scenario.schema import Actor

if TYPE_CHECKING:
    from sim.engine.model import PeaceTalks


class Participant(mesa.Agent):
    """A Mesa agent that lives in all worlds at once: its arrays have the world as first axis."""

    model: PeaceTalks

    def __init__(self, model: PeaceTalks, key: str, spec: Actor) -> None:
        super().__init__(model)
        self.key = key
        self.spec = spec

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key})"
