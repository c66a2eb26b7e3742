"""Engine parameters in each world: as the scenario gives them, or as past talks allow."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.engine.draws import Draws
from sim.scenario.schema import Engine


def judged(draws: Draws, engine: Engine, name: str) -> Array:
    """An engine parameter in all worlds asked for, shape (worlds,).

    Where the scenario carries a calibration, a world takes one row of it for all parameters, in a
    stream of its own; the central world takes the median of each.

    Raises
    ------
    AttributeError
        If there is no such parameter.
    """
    table = engine.calibration
    if name not in table.names:
        return np.full(draws.worlds, float(getattr(engine, name)))
    return draws.one_of("engine.calibration", table.column(name), f"engine.{name}")
