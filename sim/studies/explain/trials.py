"""Many small changes of one scenario tried in the same worlds, in one model.

A world has its numbers for itself, so that every row of a model may have other ones: the same few
worlds are laid side by side once per trial, and what a trial changes is moved in its rows only. A
row is the very world that a run of the changed scenario has (a test holds them together), at a
fraction of the time of as many runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Index, Mask
from sim.engine.draws import CHUNK, Draws
from sim.engine.state import SETTLED
from sim.ensemble.beside import Beside
from sim.ensemble.executors import Executor, ExecutorError, Lost
from sim.scenario.distributions import Number
from sim.scenario.schema import Scenario

Toward = dict[str, tuple[float, float]]
"""Path of a number → (share of the way, to where) by which it is moved."""
Changed = tuple[Scenario, Toward]
"""A scenario, and what is moved in it."""
Ends = NDArray[np.int8]
UNRATIFIED, SETTLES = 1, 2
"""How a row ends: with a text that failed a vote last, or settled; 0 otherwise."""
LEAST = 250
"""Rows that are worth a model of their own: one with few takes as long as 350 rows more."""


@dataclass(frozen=True)
class Trial:
    """Rows of one model: worlds of one chunk, each under one of some changes.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    worlds, of : tuple of int
        For each row the number of its world within the chunk, and that of its change.
    changes : tuple of mapping
        What may be moved.
    place : int
        Its place among trials, for whoever asked.
    """

    scenario: Scenario
    seed: int
    worlds: tuple[int, ...]
    of: tuple[int, ...]
    changes: tuple[Toward, ...]
    place: int = 0


class MovedDraws(Draws):
    """Draws of the rows of a trial, with numbers moved towards an end.

    Parameters
    ----------
    trial : Trial
    central : bool
        Whether all of them are the central world.
    """

    def __init__(self, trial: Trial, central: bool = False) -> None:
        self.each = np.asarray(trial.worlds, dtype=np.intp)
        many = len(self.each)
        super().__init__(trial.seed, many, 0, many if central else 0)
        paths = {path for change in trial.changes for path in change}
        of = np.asarray(trial.of, dtype=np.intp)
        self.moves = {
            path: np.array([change.get(path, (0.0, 0.0)) for change in trial.changes])[of]
            for path in paths
        }

    axes = Draws.axes | dict.fromkeys(("each", "moves"))

    def _of_chunk(self, name: str, key: tuple[int, ...], count: int) -> Array:
        # one stream for all trials, as the first of longer draws are the same
        return np.asarray(super()._of_chunk(name, key, CHUNK)[self.each])

    def number(
        self, name: str, number: Number, spread: float = 0.0, path: str = "", each: float = 1.0
    ) -> Array:
        return self._moved(path or name, number, super().number(name, number, spread, path, each))

    def correlated(
        self,
        name: str,
        number: Number,
        spread: float,
        common: Array,
        correlation: float,
        sign: float,
        path: str = "",
    ) -> Array:
        drawn = super().correlated(name, number, spread, common, correlation, sign, path)
        return self._moved(path or name, number, drawn)

    def _moved(self, path: str, number: Number, drawn: Array) -> Array:
        if path not in self.moves:
            return drawn
        share, end = self.moves[path].T
        share, end = self._of_chosen(share), self._of_chosen(end)
        return np.clip(drawn + share * (end - drawn), number.low, number.high)


def run_trial(trial: Trial, report: Any = None) -> Ends:
    """How each row ends."""
    from sim.engine.model import PeaceTalks  # with Mesa, which who only reads of trials spares

    model = PeaceTalks(trial.scenario, MovedDraws(trial), measured=False)
    model.run()
    kinds = [model.talks.status == SETTLED, model.ratification.failed_last]
    ends = np.select(kinds, [SETTLES, UNRATIFIED], 0).astype(np.int8)
    model.release()
    return ends


def central_targets(scenario: Scenario, changes: Sequence[Toward]) -> tuple[list[str], Array]:
    """What each party aims at in the central world under each change; (changes, rounds, parties).

    Their utility, mean of the rounds left to the caller.
    """
    from sim.engine.model import PeaceTalks

    many = len(changes)
    trial = Trial(scenario, 0, (0,) * many, tuple(range(many)), tuple(changes))
    model = PeaceTalks(scenario, MovedDraws(trial, central=True), trace=True)
    model.run()
    keys = [party.key for party in model.signatories]
    rounds = np.stack(model.recorder.rounds["target"], axis=1)
    model.release()
    return keys, rounds


def run_trials(
    changed: Sequence[Changed],
    seed: int,
    worlds: Sequence[int],
    executor: Executor,
    wanted: Mask | None = None,
) -> Ends:
    """How each world ends under each change; (changes, worlds), 0 where not wanted.

    Parameters
    ----------
    worlds : sequence of int
        Of the first chunk.
    wanted : ndarray of bool, shape (changes, worlds), optional
        What is to be run; by default all.

    Raises
    ------
    ExecutorError
        If a worker was lost.
    """
    parts = _Parts(changed, seed, worlds, wanted, executor.workers)
    return parts.ends(executor.run(run_trial, parts.trials, lambda done: None))


def later_trials(
    changed: Sequence[Changed], seed: int, worlds: Sequence[int], beside: Beside
) -> Callable[[], Ends]:
    """The same when there is room for it: what is returned waits for all of them."""
    parts = _Parts(changed, seed, worlds, None, 1)
    results = beside.later(run_trial, parts.trials)
    return lambda: parts.ends(zip(parts.trials, results(), strict=True))


class _Parts:
    """Rows that are wanted, as trials: few large models are cheaper than many small ones."""

    def __init__(
        self,
        changed: Sequence[Changed],
        seed: int,
        worlds: Sequence[int],
        wanted: Mask | None,
        workers: int,
    ) -> None:
        self.out = np.zeros((len(changed), len(worlds)), dtype=np.int8)
        rows = np.nonzero(np.ones_like(self.out) if wanted is None else wanted)
        of_scenario: dict[int, list[int]] = {}
        for row, n in enumerate(rows[0].tolist()):
            of_scenario.setdefault(id(changed[n][0]), []).append(row)
        self.trials: list[Trial] = []
        self.cells: list[tuple[Index, Index]] = []
        for some in of_scenario.values():
            most = min(workers // len(of_scenario), len(some) // LEAST)
            for cut in np.array_split(some, max(most, -(-len(some) // CHUNK))):
                changes, column = rows[0][cut], rows[1][cut]
                numbers, of = np.unique(changes, return_inverse=True)
                own = numbers.tolist()
                self.trials.append(
                    Trial(
                        changed[own[0]][0],
                        seed,
                        tuple(worlds[n] for n in column.tolist()),
                        tuple(of.tolist()),
                        tuple(changed[n][1] for n in own),
                        len(self.cells),
                    )
                )
                self.cells.append((changes, column))

    def ends(self, results: Iterable[tuple[Trial, Ends | Lost]]) -> Ends:
        for trial, found in results:
            if isinstance(found, Lost):
                raise ExecutorError(f"A worker was lost: {found.reason}")
            self.out[self.cells[trial.place]] = found
        return self.out
