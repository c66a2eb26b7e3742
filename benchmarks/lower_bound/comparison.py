"""The engine and the kernel side by side: the same outcomes, and what each of them takes."""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.lower_bound.inputs import NEVER, Inputs, inputs_of, shocks
from sim.engine.draws import CHUNK, Draws
from sim.engine.model import PeaceTalks
from sim.scenario import Scenario

TOLERANCE = 1e-6
"""By how much a number may differ from the engine's; counts and rounds may not."""
LOOSER = {"ripeness": 1e-3, "stage_ripeness": 1e-3}
"""Ripeness is a search that ends at a lower bound: where two drafts tie to the last bit (or, in the
engine, to single precision) it goes another way and ends within this."""


class Unavailable(RuntimeError):
    """Numba is not installed."""


@dataclass
class Seconds:
    """Processor seconds for one chunk of worlds.

    Attributes
    ----------
    setup : float
        Draws and arrays, the same code for both sides.
    rounds, finish : float
        All rounds, and what is measured at the end, by the engine.
    wall : float
        Wall seconds of the two together.
    kernel_rounds, kernel_finish : float
        The same by the kernel; the draws of the war's shocks, made by the engine's code, count.
    """

    setup: float
    rounds: float
    finish: float
    wall: float
    kernel_rounds: float
    kernel_finish: float

    @property
    def numpy(self) -> float:
        return self.rounds + self.finish

    @property
    def numba(self) -> float:
        return self.kernel_rounds + self.kernel_finish


@dataclass
class Comparison:
    """What the engine takes against the lower bound.

    Processor seconds per world, compilation not included; every figure is the median over chunks
    and repeats, and the ratios are medians of ratios within a chunk.

    Attributes
    ----------
    worlds, rounds : int
        Worlds played by each side in every repeat, and the rounds of the horizon.
    setup : float
        Draws and arrays, the same for both.
    numpy_rounds, numpy_finish, numba_rounds, numba_finish : float
        The rounds, and what is measured after the last of them.
    numpy, numba : float
        Both together.
    ratio, ratio_with_setup : float or None
        Time of the engine over that of the lower bound, without and with the set-up that they
        share; None where an outcome differs.
    numpy_cores : float
        Processor time over wall time of the engine's rounds; above 1 where it uses more cores.
    compile_seconds : float
        Wall seconds of compiling the kernel.
    compared, equal : int
        Different worlds compared, and those in which every outcome is the same.
    differing : dict of str to list of int
        Outcomes that differ, and in which worlds (at most 10 named).
    """

    worlds: int
    rounds: int
    setup: float
    numpy_rounds: float
    numpy_finish: float
    numba_rounds: float
    numba_finish: float
    numpy: float
    numba: float
    ratio: float | None
    ratio_with_setup: float | None
    numpy_cores: float
    compile_seconds: float
    compared: int
    equal: int
    differing: dict[str, list[int]] = field(default_factory=dict)


def measure(
    scenario: Scenario,
    worlds: int = 10_000,
    repeats: int = 1,
    seed: int = 1,
    may_differ: int = 0,
) -> Comparison:
    """Play worlds with the engine and with the kernel, chunk by chunk and in turn.

    Parameters
    ----------
    scenario : Scenario
        A checked scenario.
    worlds, repeats, seed : int
        Worlds, how often all of them are played, and the seed of their draws.
    may_differ : int
        Worlds with another outcome up to which a ratio is still given.

    Raises
    ------
    NotCovered
        Where the scenario has something that the kernel does not compute.
    Unavailable
        Where Numba is not installed.
    """
    compile_seconds = _compiled(scenario)
    times: list[tuple[int, Seconds]] = []
    found = Differences()
    for repeat in range(repeats):
        for chunk, start in enumerate(range(0, worlds, CHUNK)):
            size = min(CHUNK, worlds - start)
            first = (chunk + repeat) % 2 == 0
            seconds, model, inputs = _play_both(scenario, Draws(seed, size, chunk), first)
            times.append((size, seconds))
            if repeat == 0:
                found.add(compare_outcomes(model, inputs), start, size)
            model.release()
    same = found.compared - found.equal <= may_differ

    def each(part: Callable[[Seconds], float]) -> float:
        return statistics.median(part(seconds) / size for size, seconds in times)

    def ratio(setup: float) -> float | None:
        ratios = [(setup * s.setup + s.numpy) / (setup * s.setup + s.numba) for _, s in times]
        return statistics.median(ratios) if same else None

    return Comparison(
        worlds=worlds,
        rounds=scenario.rounds,
        setup=each(lambda s: s.setup),
        numpy_rounds=each(lambda s: s.rounds),
        numpy_finish=each(lambda s: s.finish),
        numba_rounds=each(lambda s: s.kernel_rounds),
        numba_finish=each(lambda s: s.kernel_finish),
        numpy=each(lambda s: s.numpy),
        numba=each(lambda s: s.numba),
        ratio=ratio(0.0),
        ratio_with_setup=ratio(1.0),
        numpy_cores=statistics.median(s.numpy / s.wall for _, s in times),
        compile_seconds=compile_seconds,
        compared=found.compared,
        equal=found.equal,
        differing=found.worlds,
    )


def compare_outcomes(model: PeaceTalks, inputs: Inputs) -> dict[str, NDArray[np.bool_]]:
    """Where the kernel's outcomes differ from those of the engine's finished model.

    Returns
    -------
    dict of str to ndarray of bool, shape (worlds,)
        By outcome, those without a difference included.
    """
    out = {}
    for name, theirs in _outcomes(model).items():
        ours = inputs.states[name].astype(np.float64)
        if name in ("triggered", "effective", "called"):
            ours = ours[:, : len(model.levers)]
        theirs = np.asarray(theirs, dtype=np.float64).reshape(ours.shape)
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        finite = np.isfinite(ours) & np.isfinite(theirs)
        apart = np.abs(np.where(finite, ours, 0.0) - np.where(finite, theirs, 0.0))
        same |= finite & (apart <= LOOSER.get(name, TOLERANCE))
        out[name] = ~same.reshape(model.talks.worlds, -1).all(axis=1)
    return out


class Differences:
    """Worlds in which outcomes differ, added up over chunks."""

    def __init__(self) -> None:
        self.compared = self.equal = 0
        self.worlds: dict[str, list[int]] = {}

    def add(self, differing: dict[str, NDArray[np.bool_]], start: int, size: int) -> None:
        self.compared += size
        self.equal += size - int(np.any(list(differing.values()), axis=0).sum())
        for name, where in differing.items():
            if where.any():
                before = self.worlds.get(name, [])
                found = [start + int(world) for world in np.flatnonzero(where)]
                self.worlds[name] = (before + found)[:10]


def _outcomes(model: PeaceTalks) -> dict[str, Any]:
    """What a finished model says of each world, by the names of the kernel's state."""
    record, parties, levers = model.recorder, model.signatories, model.levers
    gates = model.ratification.gates
    out: dict[str, Any] = {
        "status": model.talks.status,
        "stage": model.talks.stage,
        "signed_round": model.talks.signed_round,
        "concluded_round": model.talks.concluded_round,
        "in_force_round": model.talks.in_force_round,
        "first_signed": record.first_signed,
        "truces_broken": record.truces_broken,
        "who_left": record.who_left,
        "failures": model.ratification.failures,
        **{
            event: np.stack([counts[p.key] for p in parties], axis=1)
            for event, counts in model.talks.events.items()
        },
        "agreed": model.talks.agreed,
        "offer": record.last_offer,
        "no_deal": model.war.no_deal,
        "belief": np.stack([p.beliefs.mean for p in parties], axis=1),
        "target": np.stack([p.target for p in parties], axis=1),
        "reservation": record.reservation_at_end,
        "utility": record.utility,
        "gain": record.gain,
        "surplus_at_signing": record.surplus_at_signing,
        "ripeness": record.ripeness_at_end,
        "stage_ripeness": record.stage_ripeness_at_end,
        "gaps": record.gaps,
        "stage_gaps": record.stage_gaps,
        "apart": record.apart,
        "years_held": record.years_held,
        "broken_by": record.broken_by,
    }
    if levers:
        out["triggered"] = np.stack([np.minimum(v.triggered, NEVER) for v in levers], axis=1)
        out["effective"] = np.stack([v.effective for v in levers], axis=1)
        out["called"] = np.stack([v.called for v in levers], axis=1)
    if gates:
        out["verdict"] = np.stack([g.verdict for g in gates], axis=1)
    if model.yardsticks.durable is not None and model.yardsticks.durable.terms:
        held = [record.years_without[term] for term in model.yardsticks.durable.terms]
        out["years_without"] = np.stack(held, axis=1)
    return out


def _kernel() -> ModuleType:
    if importlib.util.find_spec("numba") is None:
        raise Unavailable("The lower bound needs Numba, which is not installed: pip install numba")
    from benchmarks.lower_bound import kernel

    return kernel


def _compiled(scenario: Scenario) -> float:
    """Compile the kernel for a scenario; wall seconds that it took."""
    kernel = _kernel()
    inputs = inputs_of(PeaceTalks(scenario, Draws(1, 2)))
    start = time.perf_counter()
    kernel.play_all(*inputs)
    kernel.measure_all(*inputs)
    return time.perf_counter() - start


def _play_both(
    scenario: Scenario, draws: Draws, engine_first: bool
) -> tuple[Seconds, PeaceTalks, Inputs]:
    """Build one chunk, then play it with both, one after the other."""
    kernel = _kernel()
    start = time.process_time()
    model = PeaceTalks(scenario, draws)
    setup = time.process_time() - start
    inputs = inputs_of(model)
    start = time.process_time()
    shocks(model)
    drawing = time.process_time() - start
    parts: dict[str, float] = {}

    def engine() -> None:
        wall, start = time.perf_counter(), time.process_time()
        for _ in range(scenario.rounds):
            if not model.goes_on:
                break
            model.step()
        parts["rounds"] = time.process_time() - start
        model.finish()
        parts["finish"] = time.process_time() - start - parts["rounds"]
        parts["wall"] = time.perf_counter() - wall

    def bound() -> None:
        start = time.process_time()
        kernel.play_all(*inputs)
        played = time.process_time()
        kernel.measure_all(*inputs)
        parts["kernel_rounds"] = played - start + drawing
        parts["kernel_finish"] = time.process_time() - played

    for side in (engine, bound) if engine_first else (bound, engine):
        side()
    return Seconds(setup, **parts), model, inputs
