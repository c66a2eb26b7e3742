"""Mesa agents: parties and mediators, each living in all worlds at once."""

from sim.engine.agents.base import Participant, Setting
from sim.engine.agents.mediator import Facilitator, Formulator, Manipulator, Mediator
from sim.engine.agents.party import Party

__all__ = [
    "Facilitator",
    "Formulator",
    "Manipulator",
    "Mediator",
    "Participant",
    "Party",
    "Setting",
]
