"""Protocols, one small class each, in a registry."""

from sim.protocols import alternating, shuttle
from sim.protocols.base import PROTOCOLS, Protocol, register

__all__ = ["PROTOCOLS", "Protocol", "alternating", "register", "shuttle"]
