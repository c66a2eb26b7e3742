"""A lower bound for the engine's time: the same arithmetic, world by world, compiled with Numba."""

from benchmarks.lower_bound.comparison import Comparison, Unavailable, compare_outcomes, measure
from benchmarks.lower_bound.inputs import NotCovered
from benchmarks.lower_bound.variant import eventful

__all__ = [
    "Comparison",
    "NotCovered",
    "Unavailable",
    "compare_outcomes",
    "eventful",
    "measure",
]
