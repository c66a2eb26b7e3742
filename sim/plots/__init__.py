"""The figures of a run. ``FIGURES`` names them; ``draw`` writes one to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from sim.ensemble.runner import Run
from sim.files import written_whole
from sim.plots.afterwards import afterwards
from sim.plots.convergence import convergence
from sim.plots.outcome import outcome
from sim.plots.package import package
from sim.plots.pressure import pressure
from sim.plots.style import house_style
from sim.plots.utility import utility

FIGURES: dict[str, Callable[[Run], Figure]] = {
    "convergence": convergence,
    "outcome": outcome,
    "package": package,
    "utility": utility,
    "pressure": pressure,
    "afterwards": afterwards,
}
"""Name of a figure → the function that builds it from a run."""

# no dates and no versions: the same run gives the same bytes
METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
# little compression takes half the time and a few per cent more space
OPTIONS: dict[str, dict[str, Any]] = {
    ".png": {"pil_kwargs": {"compress_level": 2}},
    ".svg": {},
    ".pdf": {},
}


def draw(run: Run, name: str, path: Path) -> None:
    """Draw one figure and save it, whole or not at all, in the format that the suffix names.

    Parameters
    ----------
    run : Run
        A finished run.
    name : str
        A key of :data:`FIGURES`.
    path : Path
        Where to; the suffix is ``.png``, ``.svg`` or ``.pdf``.

    Raises
    ------
    ValueError
        If there is no such figure or format.
    """
    if name not in FIGURES:
        raise ValueError(f"there is no figure '{name}'; choose from {', '.join(FIGURES)}")
    suffix = path.suffix.lower()
    if suffix not in METADATA:
        raise ValueError(f"cannot save a figure as '{path.name}'; use {', '.join(METADATA)}")
    save(FIGURES[name](run), path)


def save(figure: Figure, path: Path) -> None:
    """Save a figure whole or not at all, with the same bytes every time."""
    suffix = path.suffix.lower()
    with house_style(), written_whole(path) as temporary:
        figure.savefig(temporary, format=suffix[1:], metadata=METADATA[suffix], **OPTIONS[suffix])


__all__ = ["FIGURES", "draw", "save"]
