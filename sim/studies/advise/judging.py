"""Plans tried in the same worlds, and what each measure says of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.arrays import Array
from sim.engine.draws import CHUNK
from sim.ensemble.chunks import Call, Failure, chunk_tasks, run_chunk
from sim.ensemble.executors import Executor, ExecutorError, Lost
from sim.ensemble.runner import RunError
from sim.files import written_whole
from sim.formulas.emulator import normal_scores, spread_of_share
from sim.formulas.statistics import Z80, Z95, Interval, wilson
from sim.results.allowed import ToldApart, never_narrower, told_apart
from sim.results.asked import asked_measures
from sim.results.dataset import ChunkResult
from sim.results.outcomes import LASTING, Kind, ends_in
from sim.results.record import Record
from sim.scenario.loading import Loaded
from sim.scenario.schema import Engine, Scenario
from sim.scenario.tracks import limited_titles, tracks_of
from sim.studies.calibrate.evidence import engine_draws, engine_hash
from sim.studies.compare.differences import paired

KEPT = ("outcome", "first_signed_day", "settled_day", "years_held", "gain", "utility")
LIMITED = "limited_day"
MEASURES = ("signed", "ratified", "holds", "worst_off")
"""Odds that the whole is signed; that it is also ratified; that it then holds five years (or as
long as the scenario looks); and the mean gain over no deal of the side that gains least."""
FAILING = ("no_deal", "breakdown")
"""Outcomes of which more is worse."""
SIGNING = "limited:"
"""Before a limited agreement: worlds that ever sign it."""


@dataclass(frozen=True)
class Trial:
    """What became of the worlds of one plan.

    Attributes
    ----------
    actors : tuple of str
        Signatories in the order of the columns of ``gain`` and ``utility``.
    shares : mapping of str to ndarray, shape (worlds,)
        0 or 1: ``signed``, ``ratified``, ``holds``, which is 0 in all worlds where a scenario says
        nothing of what holds, :data:`FAILING`, and what the scenario is asked
        (:func:`~sim.results.asked.asked_measures`).
    gain : ndarray, shape (worlds, actors)
        Of each signatory over its own no deal; 0 without a settlement.
    utility : ndarray, shape (worlds, actors)
        What each has in the end, by the deal or by the war.
    scores : ndarray, shape (worlds, parameters)
        See :func:`scores_of`.
    """

    actors: tuple[str, ...]
    shares: Mapping[str, Array]
    gain: Array
    utility: Array
    scores: Array

    @property
    def limited(self) -> dict[str, float]:
        """Limited agreements of which there are talks, and in what share each is ever signed."""
        signs = {k: v for k, v in self.shares.items() if k.startswith(SIGNING)}
        return {key.removeprefix(SIGNING): float(v.mean()) for key, v in signs.items()}

    @property
    def worst(self) -> str:
        """The signatory that gains least on average."""
        return self.actors[int(np.argmin(self.gain.mean(axis=0)))]

    def by_world(self, measure: str) -> Array:
        """A measure in each world."""
        if measure == "worst_off":
            return np.asarray(self.gain[:, self.actors.index(self.worst)])
        return self.shares.get(measure, np.zeros(len(self.gain)))  # of what a plan has not: never

    def span(self, measure: str) -> Interval:
        """How a share differs among calibrations; its sampling error where worlds draw none."""
        flags = self.by_world(measure)
        sampled = [wilson(float(flags.sum()), len(flags), z) for z in (Z95, Z80)]
        if not self.scores.shape[1]:
            return sampled[0]
        return never_narrower(spread_of_share(self.scores, flags), sampled[1])

    @property
    def values(self) -> Array:
        """Means of the measures, in the order of :data:`MEASURES`."""
        return np.array([self.by_world(m).mean() for m in MEASURES])


@dataclass(frozen=True)
class Gap(ToldApart, Record):
    """One plan less another on a measure, in the same worlds, with both its intervals."""

    measure: str
    value: float
    interval: Interval
    allowed: Interval | None = None

    @property
    def better(self) -> bool:
        return self.visible and self.value > 0

    @property
    def worse(self) -> bool:
        return self.visible and self.value < 0

    @property
    def span(self) -> Interval:
        """The interval that matters."""
        return self.allowed or self.interval


def gap(one: Trial, two: Trial, measure: str) -> Gap:
    """The difference between two trials of the same worlds."""
    kind: Kind = "utility" if measure == "worst_off" else "share"
    return gap_of(measure, one.by_world(measure), two.by_world(measure), one.scores, kind)


def gap_of(measure: str, first: Array, second: Array, scores: Array, kind: Kind = "share") -> Gap:
    """The difference of what has a value in the same worlds, (worlds,) each.

    ``scores`` (worlds, parameters) are those of what the worlds draw of a calibration.
    """
    value = float(first.mean() - second.mean())
    return Gap(measure, value, *paired(first, second, kind, scores))


def utility_gap(one: Trial, two: Trial, actor: str) -> Gap | None:
    """What an actor has more in one; None of one that does not sign."""
    if actor not in one.actors or actor not in two.actors:
        return None
    first, second = (trial.utility[:, trial.actors.index(actor)] for trial in (one, two))
    return gap_of(f"utility:{actor}", first, second, one.scores, "utility")


def gaps(one: Trial, two: Trial) -> list[Gap]:
    """On the measures, then on whatever else one can lose by the other."""
    limited = [f"{SIGNING}{key}" for key in one.limited | two.limited]
    shares = [gap(one, two, key) for key in (*MEASURES, "first_stage", *FAILING, *limited)]
    utilities = (utility_gap(one, two, actor) for actor in one.actors)
    return [*shares, *filter(None, utilities)]


def scores_of(engine: Engine, seed: int, worlds: int) -> Array:
    """What worlds draw of a calibration, as normal scores; (worlds, parameters)."""
    drawn = told_apart(engine_draws(engine, seed, worlds))
    return normal_scores(np.array(list(drawn.values())).T) if drawn else np.zeros((worlds, 0))


@dataclass
class Judge:
    """Runs plans in the worlds of one seed; what has been run is kept.

    Attributes
    ----------
    worlds, seed : int
    executor : Executor
    folder : Path or None
        Where trials are kept, by a hash of all that they depend on.
    cpu : float
        Seconds of processor time that the worlds took, those of earlier runs left out.
    """

    worlds: int
    seed: int
    executor: Executor
    folder: Path | None = None
    cpu: float = 0.0
    kept: int = 0
    _known: dict[str, Trial] = field(default_factory=dict)
    _drawn: dict[str, Array] = field(default_factory=dict)

    def tries(
        self,
        plans: Sequence[Loaded],
        progress: Callable[[float, float], None] = lambda done, total: None,
    ) -> list[Trial]:
        """The trials of some plans.

        Raises
        ------
        ExecutorError, RunError
            If a worker was lost, or a world could not be run.
        """
        keys = [self._key(one) for one in plans]
        both = dict(zip(keys, plans, strict=True))
        left = {k: one for k, one in both.items() if not self._has(k, one.scenario)}
        calls = {
            (key, task.chunk): Call(one.scenario, self.seed, task, kept(one.scenario))
            for key, one in left.items()
            for task in chunk_tasks(self.worlds)
        }
        parts: dict[str, dict[int, ChunkResult]] = {}
        places = {id(call): place for place, call in calls.items()}
        chunks = -(-self.worlds // CHUNK)
        for done, (call, found) in enumerate(
            self.executor.run(timed_chunk, calls.values(), lambda _: None)
        ):
            if isinstance(found, Lost):
                raise ExecutorError(f"A worker was lost: {found.reason}")
            result, seconds = found
            if isinstance(result, Failure):
                raise RunError([result])
            self.cpu += seconds
            key, chunk = places[id(call)]
            parts.setdefault(key, {})[chunk] = result
            if len(parts[key]) == chunks:
                whole = [parts[key][n].outcomes for n in range(chunks)]
                scenario = left[key].scenario
                self._keep(key, trial_of(scenario, whole, self._scores(scenario)))
            progress(done + 1, len(calls))
        return [self._known[key] for key in keys]

    def _key(self, plan: Loaded) -> str:
        # the calibration is in a file of its own, of which a scenario's data hold the name only
        code = engine_hash(), Path(__file__).read_bytes()  # what worlds hang on, and what is kept
        about = (*code, plan.digest, repr(plan.scenario.engine), self.seed, self.worlds)
        return hashlib.sha256(repr(about).encode()).hexdigest()[:24]

    def _scores(self, scenario: Scenario) -> Array:
        engine = repr(scenario.engine)
        if engine not in self._drawn:
            self._drawn[engine] = scores_of(scenario.engine, self.seed, self.worlds)
        return self._drawn[engine]

    def _has(self, key: str, scenario: Scenario) -> bool:
        if key in self._known:
            return True
        path = self.folder / f"{key}.npz" if self.folder else None
        if path is None or not path.exists():
            return False
        with np.load(path) as stored:
            shares = {k: stored[k] for k in stored.files if k not in ("actors", "gain", "utility")}
            actors = tuple(map(str, stored["actors"]))
            arrays = stored["gain"], stored["utility"], self._scores(scenario)
            self._known[key] = Trial(actors, shares, *arrays)
        self.kept += 1
        return True

    def _keep(self, key: str, trial: Trial) -> None:
        self._known[key] = trial
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with (
            written_whole(self.folder / f"{key}.npz") as temporary,
            temporary.open("wb") as file,
        ):
            arrays: dict[str, Any] = {**vars(trial), **trial.shares}
            del arrays["shares"], arrays["scores"]  # these follow from the seed
            np.savez_compressed(file, **arrays)


def timed_chunk(
    call: Call, report: Callable[[float], None] = lambda worlds: None
) -> tuple[ChunkResult | Failure, float]:
    """A chunk, and the processor time that it took."""
    begun = time.process_time()
    return run_chunk(call, report), time.process_time() - begun


def kept(scenario: Scenario) -> tuple[str, ...]:
    """Outcomes that a trial is made of."""
    return (*KEPT, LIMITED) if tracks_of(scenario) else KEPT


def trial_of(
    scenario: Scenario, chunks: Sequence[dict[str, NDArray[np.generic]]], scores: Array
) -> Trial:
    """From the outcomes of chunks to what is judged."""
    whole = {name: np.concatenate([c[name] for c in chunks]) for name in kept(scenario)}
    data = xr.Dataset({k: ("world", v) for k, v in whole.items() if v.ndim == 1})
    if LIMITED in whole:
        data = data.assign({LIMITED: (("world", "limited"), whole[LIMITED])})
        data = data.assign_coords(limited=list(limited_titles(scenario)))
    settled, durable = ends_in("settlement")(data), scenario.durability
    lasts = data.years_held.values >= min(LASTING, durable.years) if durable else 0.0
    return Trial(
        tuple(k for k, a in sorted(scenario.actors.items()) if a.signs),
        {
            "signed": settled + ends_in("ratification_failed")(data),
            "ratified": settled,
            "holds": settled * lasts,
            **{kind: ends_in(kind)(data) for kind in FAILING},
            **{one.key: one.values(data) for one in asked_measures(scenario)},
        },
        np.nan_to_num(whole["gain"].astype(float)),
        whole["utility"].astype(float),
        scores,
    )
