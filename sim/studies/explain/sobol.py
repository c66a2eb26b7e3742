"""Sobol' indices of groups of uncertain numbers, by a design of their own.

Groups are an actor's numbers of one sort. A design of N base worlds takes two independent sets of
draws, A and B, and for each group the draws of A with those of the group from B (Saltelli et al.
2010, *Computer Physics Communications* 181:259–270): N·(groups + 2) worlds. The indices and their
bootstrap intervals are SALib's (Herman & Usher 2017, *Journal of Open Source Software* 2(9):97).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from sim.arrays import Array
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.prose import percent
from sim.results.dataset import chunk_dataset
from sim.results.record import Record
from sim.scenario.schema import Scenario
from sim.studies.explain.inputs import input_of
from sim.studies.explain.measure import measure_of

CHANCE = "Chance during the talks"
NOTHING = 0.5
"""Half-width from which an interval of a share, which lies from 0 to 1, says nothing."""
OTHER_CHUNK = 1 << 20
"""Chunk from which the second set of draws comes: none that a run has."""
ROWS = 2000
"""Worlds in one model."""


@dataclass(frozen=True)
class GroupIndex(Record):
    """Shares of the measure's variance: by the group alone, and with all that it takes part in.

    The intervals are SALib's half-widths at 95 %.
    """

    group: str
    first: float
    first_half: float
    total: float
    total_half: float

    def __str__(self) -> str:
        told = [
            f"{percent(min(max(share, 0.0), 1.0))} {how} (±{100 * half:.0f})"
            if half < NOTHING
            else f"nothing can be said of it {how}"
            for share, half, how in (
                (self.first, self.first_half, "alone"),
                (self.total, self.total_half, "in all"),
            )
        ]
        return f"- {self.group}: {', '.join(told)}"


class DesignDraws(Draws):
    """Draws of A, of A with one group from B for each group, and of B; block after block.

    Parameters
    ----------
    seed, chunk : int
    worlds : int
        Of each block.
    groups : list of str
    group_of : callable
        The group of a stream, by its name; of the shocks of rounds it is :data:`CHANCE`.
    """

    axes = Draws.axes | {"groups": None}

    def __init__(
        self, seed: int, worlds: int, groups: list[str], group_of: Any, chunk: int = 0
    ) -> None:
        self.each, self.groups, self.group_of = worlds, groups, group_of
        super().__init__(seed, worlds * (len(groups) + 2), chunk)

    def _all(self, name: str, *key: int) -> Array:
        rows, chunk, self.drawn = self.drawn, self.chunk, self.each
        a = super()._all(name, *key)
        self.chunk = OTHER_CHUNK + chunk
        b = super()._all(name, *key)
        self.drawn, self.chunk = rows, chunk
        group = CHANCE if key else self.group_of(name)
        return np.concatenate([a, *(b if group == one else a for one in self.groups), b])


def group_indices(scenario: Scenario, data: xr.Dataset, seed: int, base: int) -> list[GroupIndex]:
    """Indices of all groups, the largest total first.

    Parameters
    ----------
    data : Dataset
        Of a run: which numbers are uncertain, and the measure to explain.
    base : int
        N, worlds in each block.
    """
    from SALib.analyze import sobol

    measure = measure_of(data, scenario)

    def group_of(name: str) -> str:
        about = input_of(name, scenario)
        who = f"{scenario.actors[about.actor].short}: " if about.actor else ""
        return f"{who}{about.theme}"

    names = [str(v).removeprefix("x.") for v in data.data_vars if str(v).startswith("x.")]
    groups = [*dict.fromkeys(map(group_of, names)), CHANCE]
    blocks, each = [], max(1, ROWS // (len(groups) + 2))
    for chunk, start in enumerate(range(0, base, each)):
        worlds = min(each, base - start)
        model = PeaceTalks(scenario, DesignDraws(seed, worlds, groups, group_of, chunk))
        model.run()
        blocks.append(measure.values(chunk_dataset(model)).reshape(len(groups) + 2, worlds))
        model.release()
    outcome = np.concatenate(blocks, axis=1)
    if np.ptp(outcome) == 0:
        return []
    problem = {"num_vars": len(groups), "names": groups, "bounds": [[0, 1]] * len(groups)}
    found = sobol.analyze(problem, outcome.T.ravel(), calc_second_order=False, seed=seed + 1)
    every = [
        GroupIndex(group, *(float(found[k][n]) for k in ("S1", "S1_conf", "ST", "ST_conf")))
        for n, group in enumerate(groups)
    ]
    return sorted(every, key=lambda one: -one.total)
