"""Solution concepts of bargaining theory, as pure functions on arrays."""

from sim.solutions.enumeration import additive_utilities, options_of, package_count
from sim.solutions.finite import Solution, Zone, solve
from sim.solutions.frontier import pareto_frontier, rational
from sim.solutions.points import RULES, Problem

__all__ = [
    "RULES",
    "Problem",
    "Solution",
    "Zone",
    "additive_utilities",
    "options_of",
    "package_count",
    "pareto_frontier",
    "rational",
    "solve",
]
