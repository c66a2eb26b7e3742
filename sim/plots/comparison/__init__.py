"""The charts of a comparison; ``FIGURES`` names them."""

from __future__ import annotations

from typing import Any

from sim.plots.comparison.differences import differences
from sim.plots.comparison.durability import durability
from sim.plots.comparison.gains import gains
from sim.plots.comparison.odds import odds
from sim.plots.comparison.packages import packages
from sim.plots.comparison.stuck import stuck
from sim.plots.comparison.time import time
from sim.plots.drawing import Chart
from sim.studies.compare.comparison import Comparison
from sim.views import compare as views

FIGURES: dict[str, Chart[Comparison, Any]] = {
    "odds": Chart(views.odds.odds, odds),
    "time": Chart(views.time.time, time),
    "packages": Chart(views.packages.packages, packages),
    "gains": Chart(views.gains.gains, gains),
    "durability": Chart(views.durability.durability, durability),
    "stuck": Chart(views.stuck.stuck, stuck),
    "differences": Chart(views.differences.differences, differences),
}
"""Name of a chart → how it is drawn; some have nothing to show of some comparisons."""


__all__ = ["FIGURES"]
