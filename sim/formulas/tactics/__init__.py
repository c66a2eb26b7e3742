"""Concession tactics, one small class each, in a registry."""

from sim.formulas.tactics import reactive, time_dependent
from sim.formulas.tactics.base import TACTICS, Parameter, Tactic, View, register

__all__ = ["TACTICS", "Parameter", "Tactic", "View", "reactive", "register", "time_dependent"]
