"""The figures of a comparison. ``FIGURES`` names them; ``draw_comparison`` writes one to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from matplotlib.figure import Figure

from sim.plots import save
from sim.plots.comparison.differences import differences
from sim.plots.comparison.durability import durability
from sim.plots.comparison.gains import gains
from sim.plots.comparison.odds import odds
from sim.plots.comparison.packages import packages
from sim.plots.comparison.stuck import stuck
from sim.plots.comparison.time import time
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

Seen = TypeVar("Seen")


def _of(
    view: Callable[[Comparison], Seen | None], draw: Callable[[Seen], Figure]
) -> Callable[[Comparison], Figure | None]:
    """From a comparison by its view to the figure; None where there is nothing to show."""

    def figure(comparison: Comparison) -> Figure | None:
        shown = view(comparison)
        return None if shown is None else draw(shown)

    return figure


FIGURES: dict[str, Callable[[Comparison], Figure | None]] = {
    "odds": _of(odds_view, odds),
    "time": _of(time_view, time),
    "packages": _of(packages_view, packages),
    "gains": _of(gains_view, gains),
    "durability": _of(durability_view, durability),
    "stuck": _of(stuck_view, stuck),
    "differences": _of(differences_view, differences),
}
"""Name of a figure → the function that builds it, or gives None where there is nothing to show."""


def draw_comparison(comparison: Comparison, name: str, path: Path) -> bool:
    """Draw one figure and save it, whole or not at all, in the format that the suffix names.

    Parameters
    ----------
    comparison : Comparison
        Finished runs.
    name : str
        A key of :data:`FIGURES`.
    path : Path
        Where to; the suffix is ``.png``, ``.svg`` or ``.pdf``.

    Returns
    -------
    bool
        False where there is nothing to show, and no file.
    """
    figure = FIGURES[name](comparison)
    if figure is not None:
        save(figure, path)
    return figure is not None


__all__ = ["FIGURES", "draw_comparison"]
