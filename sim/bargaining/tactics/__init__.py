"""Concession tactics, one small class each, in a registry."""

from sim.bargaining.tactics import reactive, time_dependent
from sim.bargaining.tactics.base import TACTICS, Parameter, Tactic, View, register

__all__ = ["TACTICS", "Parameter", "Tactic", "View", "reactive", "register", "time_dependent"]
