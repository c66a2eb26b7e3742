"""What a scenario rests on: its protocol, its tactics, and the methods that it makes use of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.registry import PROTOCOLS, TACTICS
from sim.scenario.schema import Scenario


class Citation(NamedTuple):
    """A source of something that a scenario makes use of.

    Attributes
    ----------
    kind : str
        ``protocol``, ``tactic``, ``method`` or ``solution``.
    title : str
        What it is, in words.
    text : str
        Where it comes from.
    """

    kind: str
    name: str
    title: str
    text: str


METHODS: dict[str, tuple[str, str, Callable[[Scenario], bool]]] = {
    "reservation_value": (
        "no deal is worth what fighting on is expected to bring",
        "Fearon (1995), International Organization 49(3), doi:10.1017/S0020818300033324",
        lambda s: bool(s.war.cost or s.war.drift),
    ),
    "learning": (
        "beliefs about others' saliences and about the war are learnt at the table and the front",
        "Slantchev (2003), American Political Science Review 97(4), doi:10.1017/S0003055403000911",
        lambda s: bool(s.war.beliefs),
    ),
    "acceptance": (
        "a package is accepted that is worth what the party would itself propose next",
        "Baarslag, Hindriks & Jonker (2014), Decision Support Systems 60",
        lambda s: not PROTOCOLS[s.protocol.name].caution,
    ),
    "ratification": (
        "what is signed is put to domestic gates",
        "Putnam (1988), International Organization 42(3), doi:10.1017/S0020818300027697",
        lambda s: bool(s.ratification),
    ),
    "durability": (
        "a settlement is broken when war becomes worth more again",
        "Fearon (1995); Powell (2006), International Organization 60(1), "
        "doi:10.1017/S0020818306060061; Fortna (2003), International Organization 57(2), "
        "doi:10.1017/S0020818303572046",
        lambda s: s.durability is not None,
    ),
}
"""Name of a method → its title, its source, and whether a scenario makes use of it."""


def citations(scenario: Scenario) -> list[Citation]:
    """The sources of all that a scenario makes use of: protocol, tactics, methods."""
    protocol = PROTOCOLS[scenario.protocol.name]
    signing = [actor for actor in scenario.actors.values() if actor.consents_to != "none"]
    tactics = [TACTICS[name] for name in sorted({actor.tactic.name for actor in signing})]
    return [
        Citation("protocol", protocol.name, protocol.title, protocol.citation),
        *(Citation("tactic", one.name, one.title, one.citation) for one in tactics),
        *(
            Citation("method", name, title, text)
            for name, (title, text, used) in METHODS.items()
            if used(scenario)
        ),
    ]
