"""Models of group decisions: pure functions on arrays, and a registry of predictors."""

from sim.formulas.groups.averages import condorcet, nash_reference, weighted_mean, weighted_median
from sim.formulas.groups.challenge import challenge
from sim.formulas.groups.exchange import exchange, exchange_round
from sim.formulas.groups.group import Group, tables
from sim.formulas.groups.predictors import PREDICTORS, Predictor

__all__ = [
    "PREDICTORS",
    "Group",
    "Predictor",
    "challenge",
    "condorcet",
    "exchange",
    "exchange_round",
    "nash_reference",
    "tables",
    "weighted_mean",
    "weighted_median",
]
