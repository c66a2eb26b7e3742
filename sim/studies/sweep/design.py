"""Which combinations of values are run: all of them, or Sobol' points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from sim.scenario.errors import file_error
from sim.studies.sweep.vary import Setting, Vary, split, within

Point = tuple[Setting, ...]
"""One value per varied parameter."""
MOST = 100_000
"""Most cells of a sweep."""


def points(varies: Sequence[Vary], design: str, seed: int) -> list[Point]:
    """The combinations that a design asks for.

    Parameters
    ----------
    varies : sequence of Vary
        What is varied.
    design : str
        ``grid`` or ``sobol:N``.
    seed : int
        Scrambles Sobol' points.

    Raises
    ------
    ScenarioError
        Where the design is none, or does not fit what is varied.
    """
    kind, _, size = design.partition(":")
    if kind == "grid" and not size:
        return grid(varies)
    if kind == "sobol":
        return sobol(varies, _size(design, size), seed)
    raise file_error(f"--design {design}", "there is no such design", "grid or sobol:128")


def grid(varies: Sequence[Vary]) -> list[Point]:
    """All combinations; the last parameter changes fastest."""
    for vary in varies:
        if vary.continuous:
            ends = vary.text.partition("=")[2]
            raise file_error(
                f"--vary {vary.text}",
                "a grid needs the number of values",
                f"write {ends}:5, or use --design sobol:128",
            )
    count = math.prod(len(v.settings) for v in varies)
    if count > MOST:
        raise file_error("--vary", f"makes {count:,} cells, more than {MOST:,}", "vary less")
    return list(itertools.product(*(v.settings for v in varies)))


def sobol(varies: Sequence[Vary], count: int, seed: int) -> list[Point]:
    """Scrambled Sobol' points (Sobol' 1967; scrambling of Matoušek 1998, as SciPy has it).

    A list is cut into equal parts of the unit interval. The first points of a longer sequence are
    those of a shorter one with the same seed.
    """
    if not any(v.continuous for v in varies):
        raise file_error(
            f"--design sobol:{count}",
            "nothing is varied over a range",
            "write one as PATH=0:1, or leave --design out and get all combinations",
        )
    for vary in varies:
        fields = split(vary.text.partition("=")[2], ":")
        if len(vary.settings) > 1 and len(fields) == 3:
            ends = ":".join(fields[:2])
            raise file_error(
                f"--vary {vary.text}", "the number of values is for grids", f"write {ends}"
            )
    from scipy.stats import qmc

    engine = qmc.Sobol(len(varies), scramble=True, seed=np.random.default_rng(seed))
    unit = engine.random_base2(count.bit_length() - 1)
    return [tuple(_at(v, u) for v, u in zip(varies, row, strict=True)) for row in unit.tolist()]


def _at(vary: Vary, u: float) -> Setting:
    """The value of a parameter at a place of the unit interval."""
    if not vary.continuous:
        return vary.settings[int(u * len(vary.settings))]
    value = vary.low + (vary.high - vary.low) * u
    return Setting(within(value, vary.low, vary.high), vary.factor)


def _size(design: str, text: str) -> int:
    place = f"--design {design}"
    if not text.isdecimal() or int(text) < 2:
        raise file_error(place, "wants a number of points", "for example sobol:128")
    count = int(text)
    if count > MOST:
        raise file_error(place, f"asks for more than {MOST:,} cells")
    if count & (count - 1):
        below = 1 << (count.bit_length() - 1)
        raise file_error(
            place,
            "Sobol' points are balanced only where their number is a power of two",
            f"write sobol:{below} or sobol:{2 * below}",
        )
    return count
