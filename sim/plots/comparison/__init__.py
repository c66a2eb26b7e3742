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
from sim.views.compare import (
    differences_view,
    durability_view,
    gains_view,
    odds_view,
    packages_view,
    stuck_view,
    time_view,
)

FIGURES: dict[str, Chart[Comparison, Any]] = {
    "odds": Chart(odds_view, odds),
    "time": Chart(time_view, time),
    "packages": Chart(packages_view, packages),
    "gains": Chart(gains_view, gains),
    "durability": Chart(durability_view, durability),
    "stuck": Chart(stuck_view, stuck),
    "differences": Chart(differences_view, differences),
}
"""Name of a chart → how it is drawn; some have nothing to show of some comparisons."""


__all__ = ["FIGURES"]
