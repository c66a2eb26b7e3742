"""Protocols, one small class each, in a registry."""

from sim.protocols import alternating, groups, shuttle, single_text
from sim.protocols.base import PROTOCOLS, Protocol, register

__all__ = ["PROTOCOLS", "Protocol", "alternating", "groups", "register", "shuttle", "single_text"]
