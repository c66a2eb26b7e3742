"""Many small changes of one scenario tried in the same worlds, in one model.

A world has its numbers for itself, so that every row of a model may have other ones: the same few
worlds are laid side by side once per trial, and what a trial changes is moved in its rows only. A
row is the very world that a run of the changed scenario has (a test holds them together), at a
fraction of the time of as many runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import CHUNK, Draws
from sim.engine.model import SETTLED, PeaceTalks
from sim.ensemble.executors import Executor, Lost
from sim.scenario.distributions import Number
from sim.scenario.schema import Scenario

Array = NDArray[np.float64]
Toward = dict[str, tuple[float, float]]
"""Path of a number → (share of the way, to where) by which it is moved."""


@dataclass(frozen=True)
class Trial:
    """Rows of one model: worlds of one chunk, once for each of some changes.

    Attributes
    ----------
    scenario : Scenario
    seed, chunk : int
    worlds : tuple of int
        Numbers of the worlds within the chunk.
    changes : tuple of mapping
        What is moved in each trial.
    """

    scenario: Scenario
    seed: int
    worlds: tuple[int, ...]
    changes: tuple[Toward, ...]
    chunk: int = 0
    #: the place of each trial in the whole, for whoever asked
    places: tuple[int, ...] = field(default=())


class MovedDraws(Draws):
    """Draws of some worlds, once per trial, with numbers moved towards an end.

    Parameters
    ----------
    trial : Trial
    central : bool
        As for :class:`Draws`.
    """

    def __init__(self, trial: Trial, central: bool = False) -> None:
        self.each = np.asarray(trial.worlds, dtype=np.intp)
        self.trials = len(trial.changes)
        super().__init__(trial.seed, len(self.each) * self.trials, trial.chunk, central)
        paths = {path for change in trial.changes for path in change}
        # rows of a trial lie together
        self.moves = {
            path: np.repeat(
                [change.get(path, (0.0, 0.0)) for change in trial.changes], len(self.each), axis=0
            )
            for path in paths
        }

    axes = Draws.axes | dict.fromkeys(("each", "moves"))

    def _all(self, name: str, *key: int) -> Array:
        if self.central:
            return super()._all(name, *key)
        rows, self.drawn = self.drawn, int(self.each.max()) + 1
        drawn = super()._all(name, *key)  # the first of longer draws are the same
        self.drawn = rows
        return np.tile(drawn[self.each], self.trials)

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


def run_trial(trial: Trial, report: Any = None) -> NDArray[np.bool_]:
    """Whether each world settles, and whether it ever signs a stage; (2, trials, worlds)."""
    model = PeaceTalks(trial.scenario, MovedDraws(trial))
    model.run()
    signed = np.stack([model.talks.status == SETTLED, model.recorder.first_signed >= 0])
    model.release()
    return signed.reshape(2, len(trial.changes), len(trial.worlds))


def central_targets(scenario: Scenario, changes: Sequence[Toward]) -> tuple[list[str], Array]:
    """What each party aims at in the central world under each change; (changes, rounds, parties).

    Their utility, mean of the rounds left to the caller.
    """
    trial = Trial(scenario, 0, (0,), tuple(changes))
    model = PeaceTalks(scenario, MovedDraws(trial, central=True), trace=True)
    model.run()
    keys = [party.key for party in model.signatories]
    rounds = np.stack(model.recorder.rounds["target"], axis=1)
    model.release()
    return keys, rounds


def run_trials(
    scenario: Scenario,
    seed: int,
    worlds: Sequence[int],
    changes: Sequence[Toward],
    executor: Executor,
) -> NDArray[np.bool_]:
    """As :func:`run_trial`, spread over an executor; worlds beyond the first chunk are left out.

    Raises
    ------
    RuntimeError
        If a worker was lost.
    """
    rows = max(1, len(changes))
    # few large models are cheaper than many small ones; every worker gets one
    parts = max(executor.workers, -(-rows * len(worlds) // CHUNK))
    cuts = np.array_split(np.arange(rows), min(parts, rows))
    trials = [
        Trial(scenario, seed, tuple(worlds), tuple(changes[n] for n in cut), places=tuple(cut))
        for cut in cuts
    ]
    out = np.zeros((2, len(changes), len(worlds)), dtype=bool)
    for trial, found in executor.run(run_trial, trials, lambda done: None):
        if isinstance(found, Lost):
            raise RuntimeError(f"A worker was lost: {found.reason}")
        out[:, list(trial.places)] = found
    return out
