"""Solution concepts of bargaining theory, as pure functions on arrays."""

from sim.formulas.solutions.enumeration import additive_utilities, options_of, package_count
from sim.formulas.solutions.finite import Solution, Zone, solve
from sim.formulas.solutions.frontier import pareto_frontier, rational
from sim.formulas.solutions.points import RULES, Problem

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
