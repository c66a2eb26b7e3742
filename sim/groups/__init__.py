"""Models of group decisions: pure functions on arrays, and a registry of predictors."""

from sim.groups.averages import condorcet, nash_reference, weighted_mean, weighted_median
from sim.groups.challenge import challenge
from sim.groups.exchange import exchange, exchange_round
from sim.groups.group import Group, tables
from sim.groups.predictors import PREDICTORS, Predictor

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
