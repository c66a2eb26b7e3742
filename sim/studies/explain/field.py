"""Failed worlds of a scenario, in which changes are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.executors import Executor
from sim.scenario.loading import Loaded
from sim.scenario.schema import Scenario
from sim.studies.explain.moves import Move
from sim.studies.explain.trials import Toward, run_trials

Shares = dict[str, float]
"""Key of a change → the share of the way that it goes; what is not named stays as it is."""
SIMPLER = 0.002
"""Utility that a change less is worth beside its price: of two that cost the same, the shorter."""


@dataclass(frozen=True)
class Field:
    """Failed worlds of a scenario, and what may be tried in them.

    Attributes
    ----------
    loaded : Loaded
    moves : mapping of str to Move
    seed : int
    worlds : tuple of int
        Numbers of worlds of the first chunk.
    """

    loaded: Loaded
    moves: Mapping[str, Move]
    seed: int
    worlds: tuple[int, ...]
    executor: Executor
    _variants: dict[tuple[str, ...], Scenario] = field(default_factory=dict)

    def settled(self, trials: Sequence[Shares]) -> NDArray[np.bool_]:
        """Whether each world settles under each trial; (trials, worlds)."""
        out = np.zeros((len(trials), len(self.worlds)), dtype=bool)
        by_structure: dict[tuple[str, ...], list[int]] = {}
        for number, shares in enumerate(trials):
            changed = tuple(k for k, s in sorted(shares.items()) if self.moves[k].structure and s)
            by_structure.setdefault(changed, []).append(number)
        for keys, numbers in by_structure.items():
            changes = [self.toward(trials[n]) for n in numbers]
            scenario = self._variant(keys)
            found = run_trials(scenario, self.seed, self.worlds, changes, self.executor)
            out[numbers] = found[0]
        return out

    def toward(self, shares: Shares) -> Toward:
        """All numbers that a trial moves."""
        return {
            path: way
            for key, share in shares.items()
            for path, way in self.moves[key].toward(share).items()
        }

    def _variant(self, keys: tuple[str, ...]) -> Scenario:
        if keys not in self._variants:
            changes = {k: v for key in keys for k, v in self.moves[key].structure}
            self._variants[keys] = self.loaded.with_(changes).scenario
        return self._variants[keys]

    def odds(self, trials: Sequence[Shares]) -> NDArray[np.float64]:
        """Share of the worlds that settle under each trial."""
        return self.settled(trials).mean(axis=1)

    def price(self, shares: Shares) -> float:
        """What a trial costs all who change something, in points of their own utility, summed."""
        return sum(self.moves[key].price(share) for key, share in shares.items())

    def weighed(self, shares: Shares) -> float:
        """Its price, and a little for each change: what the search makes small."""
        return self.price(shares) + SIMPLER * len(shares)
