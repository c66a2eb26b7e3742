"""Failed worlds of a scenario, in which changes are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.arrays import Array, Mask
from sim.ensemble.beside import Beside
from sim.scenario.loading import Loaded
from sim.scenario.schema import Scenario
from sim.studies.explain.moves import Move
from sim.studies.explain.trials import (
    SETTLES,
    Changed,
    Ends,
    Toward,
    later_trials,
    run_trials,
)

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
    executor: Beside
    rows: int = 0
    _variants: dict[tuple[str, ...], Scenario] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = _Known(len(self.moves), len(self.worlds))

    def settled(self, trials: Sequence[Shares]) -> Mask:
        """Whether each world settles under each trial, (trials, worlds): all are run."""
        return self.run(trials) == SETTLES

    def run(self, trials: Sequence[Shares], wanted: Mask | None = None) -> Ends:
        """How worlds end under trials, (trials, worlds), 0 where they are not wanted."""
        if wanted is None:
            wanted = np.ones((len(trials), len(self.worlds)), dtype=bool)
        self.rows += int(wanted.sum())
        ends = self._run(trials, wanted)
        some = wanted.any(axis=1)
        self._known.add(self.points(trials)[some], (ends == SETTLES)[some], wanted[some])
        return ends

    def later(self, trials: Sequence[Shares]) -> Callable[[], Ends]:
        """How all worlds end under trials, run beside whatever else is run by then."""
        changed = [self.changed(one) for one in trials]
        ends = later_trials(changed, self.seed, self.worlds, self.executor)

        def told() -> Ends:
            found = ends()
            self._known.add(self.points(trials), found == SETTLES, np.ones_like(found, dtype=bool))
            return found

        return told

    def _run(self, trials: Sequence[Shares], wanted: Mask) -> Ends:
        changed = [self.changed(one) for one in trials]
        return run_trials(changed, self.seed, self.worlds, self.executor, wanted)

    def open(
        self, trials: Sequence[Shares], goal: float, slack: float = SLACK
    ) -> tuple[Array, Mask]:
        """What is known of trials by those that were run, and what is to be run to know enough.

        A world that settles under a change is taken to settle under a larger one of at least the
        same things, and one that fails to fail under a smaller one. It is not so without
        exception: an offer that comes sooner may be a worse one. So where a trial reaches the goal
        by what is inferred, or would miss it by no more than ``slack``, that is run as well.

        Returns
        -------
        share : ndarray, shape (trials,)
            That settles as far as is known.
        wanted : ndarray of bool, shape (trials, worlds)
            Nothing for trials that reach the goal, or miss it by more.
        """
        good, bad, ran = self._known.about(self.points(trials))
        share, most = good.mean(axis=1), 1.0 - bad.mean(axis=1)
        wanted: Mask = ~(good | bad)
        inferred = ~wanted.any(axis=1)
        wanted[inferred] = (bad & ~ran)[inferred]
        wanted[share >= goal - 1e-12] = (good & ~ran)[share >= goal - 1e-12]
        sure = (good & ran).mean(axis=1) if slack else share
        wanted[(sure >= goal - 1e-12) | (most < goal - slack - 1e-12)] = False
        return share, wanted

    def likely(self, trials: Sequence[Shares]) -> Mask:
        """Whether each world settles under each trial: what follows from others is not run."""
        points = self.points(trials)
        good, bad, _ = self._known.about(points)
        return good | (self.run(trials, ~(good | bad)) == SETTLES)

    def points(self, trials: Sequence[Shares]) -> Array:
        """The share of each change in each trial; (trials, changes)."""
        points = np.array([[shares.get(k, 0.0) for k in self.moves] for shares in trials])
        return points.reshape(len(trials), len(self.moves))

    def changed(self, shares: Shares) -> Changed:
        """The scenario of a trial, and all numbers that it moves."""
        structure = tuple(k for k, s in sorted(shares.items()) if self.moves[k].structure and s)
        return self._variant(structure), self.toward(shares)

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

    def price(self, shares: Shares) -> float:
        """What a trial costs all who change something, in points of their own utility, summed."""
        return sum(self.moves[key].price(share) for key, share in shares.items())

    def weighed(self, shares: Shares) -> float:
        """Its price, and a little for each change: what the search makes small."""
        return self.price(shares) + SIMPLER * len(shares)


class _Known:
    """What trials have shown.

    Attributes
    ----------
    points : ndarray, shape (trials, changes)
    settled, failed : ndarray of bool, shape (trials, worlds)
        What was run.
    """

    def __init__(self, changes: int, worlds: int) -> None:
        self.points = np.zeros((0, changes))
        self.settled = self.failed = np.zeros((0, worlds), dtype=bool)

    def add(self, points: Array, settled: Mask, ran: Mask) -> None:
        self.points = np.concatenate([self.points, points])
        self.settled = np.concatenate([self.settled, settled & ran])
        self.failed = np.concatenate([self.failed, ~settled & ran])

    def about(self, points: Array) -> tuple[Mask, Mask, Mask]:
        """Where worlds settle at other points, where they fail, and where they were run there."""
        smaller, larger = within(points, self.points), within(self.points, points).T
        good, bad = larger @ self.settled, smaller @ self.failed
        done, missed = ((smaller & larger) @ of for of in (self.settled, self.failed))
        good = good & ~missed | done
        return good, bad & ~good, done | missed


def within(points: Array, others: Array) -> Mask:
    """Whether nothing in a trial goes further than in another; (points, others)."""
    out = np.ones((len(points), len(others)), dtype=bool)
    for one, other in zip(points.T, others.T, strict=True):
        out &= one[:, None] <= other + 1e-9
    return out
