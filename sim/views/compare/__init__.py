"""What the charts of a comparison show, one view per chart."""

from sim.views.compare.differences import differences as differences_view
from sim.views.compare.durability import durability as durability_view
from sim.views.compare.gains import gains as gains_view
from sim.views.compare.odds import odds as odds_view
from sim.views.compare.packages import packages as packages_view
from sim.views.compare.stuck import stuck as stuck_view
from sim.views.compare.time import time as time_view

__all__ = [
    "differences_view",
    "durability_view",
    "gains_view",
    "odds_view",
    "packages_view",
    "stuck_view",
    "time_view",
]
