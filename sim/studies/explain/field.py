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
from sim.studies.explain.trials import SETTLES, Ends, Toward, run_trials

Mask = NDArray[np.bool_]
Shares = dict[str, float]
"""Key of a change → the share of the way that it goes; what is not named stays as it is."""
SLACK = 0.125
"""Share of the worlds in which what is inferred of a trial may be wrong, where it matters."""
SIMPLER = 0.002
"""Utility that a change less is worth beside its price: of two that cost the same, the shorter."""


@dataclass
class Field:
    """Failed worlds of a scenario, and what may be tried in them.

    Attributes
    ----------
    loaded : Loaded
    moves : mapping of str to Move
    seed : int
    worlds : tuple of int
        Numbers of worlds of the first chunk.
    rows : int
        Worlds that have been run.
    """

    loaded: Loaded
    moves: Mapping[str, Move]
    seed: int
    worlds: tuple[int, ...]
    executor: Executor
    rows: int = 0
    _variants: dict[tuple[str, ...], Scenario] = field(default_factory=dict)
    _known: _Known = field(default_factory=lambda: _Known())

    def settled(self, trials: Sequence[Shares]) -> Mask:
        """Whether each world settles under each trial, (trials, worlds): all are run."""
        return self.ends(trials) == SETTLES

    def ends(self, trials: Sequence[Shares]) -> Ends:
        """How each world ends under each trial, (trials, worlds): all are run."""
        return self._run(trials, np.ones((len(trials), len(self.worlds)), dtype=bool))

    def likely(self, trials: Sequence[Shares], goal: float = 0.0) -> Mask:
        """The same, with what follows from earlier trials not run again.

        A world that settles under a change is taken to settle under a larger one of at least the
        same things, and one that fails to fail under a smaller one. It is not so without
        exception: an offer that comes sooner may be a worse one.

        Parameters
        ----------
        goal : float
            Trials that miss this share by more than :data:`SLACK` are not run any more: what they
            may settle besides is left out. Of those that miss it by less, nothing is inferred.
        """
        points = np.array([[shares.get(k, 0.0) for k in self.moves] for shares in trials])
        points = points.reshape(len(trials), len(self.moves))
        good, bad = self._known.about(points, len(self.worlds))
        bad &= ~good
        hopeless = 1.0 - bad.mean(axis=1) < goal - SLACK - 1e-12
        wanted = ~(good | bad) & ~hopeless[:, None]
        good |= self._run(trials, wanted) == SETTLES
        share = good.mean(axis=1)
        near = (share < goal - 1e-12) & (share >= goal - SLACK - 1e-12)
        good |= self._run(trials, bad & near[:, None]) == SETTLES
        able = ~hopeless
        self._known.add(points[able], good[able])
        return good

    def _run(self, trials: Sequence[Shares], wanted: Mask) -> Ends:
        out = np.zeros(wanted.shape, dtype=np.int8)
        self.rows += int(wanted.sum())
        by_structure: dict[tuple[str, ...], list[int]] = {}
        for number, shares in enumerate(trials):
            changed = tuple(k for k, s in sorted(shares.items()) if self.moves[k].structure and s)
            if wanted[number].any():
                by_structure.setdefault(changed, []).append(number)
        for keys, numbers in by_structure.items():
            changes = [self.toward(trials[n]) for n in numbers]
            scenario = self._variant(keys)
            out[numbers] = run_trials(
                scenario, self.seed, self.worlds, changes, self.executor, wanted[numbers]
            )
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

    def odds(self, trials: Sequence[Shares], goal: float = 0.0) -> NDArray[np.float64]:
        """Share of the worlds that settle under each trial: see :meth:`likely`."""
        return self.likely(trials, goal).mean(axis=1)

    def price(self, shares: Shares) -> float:
        """What a trial costs all who change something, in points of their own utility, summed."""
        return sum(self.moves[key].price(share) for key, share in shares.items())

    def weighed(self, shares: Shares) -> float:
        """Its price, and a little for each change: what the search makes small."""
        return self.price(shares) + SIMPLER * len(shares)


class _Known:
    """What trials have shown: points, a share for each change, and the worlds that settle there."""

    def __init__(self) -> None:
        self.points: list[NDArray[np.float64]] = []
        self.settled: list[Mask] = []

    def add(self, points: NDArray[np.float64], settled: Mask) -> None:
        self.points += list(points)
        self.settled += list(settled)

    def about(self, points: NDArray[np.float64], worlds: int) -> tuple[Mask, Mask]:
        """Where worlds settle at other points, and where they fail, by what is known."""
        good, bad = np.zeros((2, len(points), worlds), dtype=bool)
        if not self.points:
            return good, bad
        known, settled = np.array(self.points), np.array(self.settled)
        for n, point in enumerate(points):
            good[n] = settled[(known <= point + 1e-9).all(axis=1)].any(axis=0)
            bad[n] = (~settled[(known >= point - 1e-9).all(axis=1)]).any(axis=0)
        return good, bad
