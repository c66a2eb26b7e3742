"""The charts of a run. ``FIGURES`` names them; ``drawings`` draws some."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.ensemble.runner import Run
from sim.plots.afterwards import afterwards
from sim.plots.convergence import convergence
from sim.plots.drawing import Chart, Drawing, painted
from sim.plots.outcome import outcome
from sim.plots.overview import overview
from sim.plots.package import package
from sim.plots.pressure import pressure
from sim.plots.utility import utility
from sim.views.afterwards import afterwards_view
from sim.views.convergence import convergence_view
from sim.views.outcome import outcome_view
from sim.views.overview import overview_view
from sim.views.package import package_view
from sim.views.pressure import pressure_view
from sim.views.utility import utility_view

FIGURES: dict[str, Chart[Run, Any]] = {
    "overview": Chart(overview_view, overview),
    "convergence": Chart(convergence_view, convergence),
    "outcome": Chart(outcome_view, outcome),
    "package": Chart(package_view, package),
    "utility": Chart(utility_view, utility),
    "pressure": Chart(pressure_view, pressure),
    "afterwards": Chart(afterwards_view, afterwards),
}
"""Name of a chart → how it is drawn; some have nothing to show of some runs."""


def drawings(run: Run, names: Iterable[str] = FIGURES) -> dict[str, Drawing]:
    """Charts of a run by name, without those that have nothing to show."""
    found = {name: FIGURES[name].drawn(run) for name in names}
    return {name: drawing for name, drawing in found.items() if drawing is not None}


__all__ = ["FIGURES", "Chart", "Drawing", "drawings", "painted"]
