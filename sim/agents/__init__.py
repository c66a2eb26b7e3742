"""Mesa agents: parties and mediators, each living in all worlds at once."""

from sim.agents.base import Participant
from sim.agents.mediator import Facilitator, Formulator, Manipulator, Mediator
from sim.agents.party import Party

__all__ = ["Facilitator", "Formulator", "Manipulator", "Mediator", "Participant", "Party"]
