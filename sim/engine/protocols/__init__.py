"""Protocols, one small class each, in a registry."""

from sim.engine.protocols import alternating, groups, shuttle, single_text
from sim.engine.protocols.base import PROTOCOLS, Protocol, register

__all__ = ["PROTOCOLS", "Protocol", "alternating", "groups", "register", "shuttle", "single_text"]
