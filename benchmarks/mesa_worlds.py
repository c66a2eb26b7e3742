"""An ensemble against one ordinary Mesa model per world.

What is fair about it: the model is the same class with one world in its arrays, so rules, numbers and
draws are the same, and every world has the outcome that it has in the ensemble, which is checked. It
is run as Mesa's documentation has it: ``mesa.batch_run`` makes a model per world, steps it until it
stops running, and gathers what a data collector reports. The engine's side is charged with building
its table of outcomes, too. Both run in one process with the garbage collector off.
"""  # noqa: E501 - the first sentence is not broken

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import xarray as xr

from benchmarks.engine import ensemble, look
from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import SEED, Setting
from benchmarks.timing import Unavailable, in_turn, ratios, seconds
from sim.engine.draws import CHUNK, Draws
from sim.engine.model import PeaceTalks
from sim.results.dataset import outcome_codes
from sim.scenario import Scenario

CHEAPER = 100.0
"""Times that a world of the ensemble is to be cheaper than a model of its own."""


class OneWorld(PeaceTalks):
    """One world as a Mesa model of its own.

    Parameters
    ----------
    spec : Scenario
    world : int
        It is the first world of this chunk: world ``world * CHUNK`` of an ensemble.
    ended : list
        Takes the last reports of the model when it stops. Rows of ``batch_run`` are of the last
        step, of the one before or of the first, depending on Mesa's version.
    rng
        Newer Mesa passes one; not used, since the draws belong to the world.
    """

    def __init__(
        self, spec: Scenario, world: int, ended: list[dict[str, Any]], rng: Any = None
    ) -> None:
        super().__init__(spec, Draws(SEED, 1, world))
        self.world, self.ended = world, ended
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "outcome": lambda model: int(outcome_codes(model)[0]),
                "signed": lambda model: int(model.talks.stage[0]),
                "concluded_round": lambda model: int(model.talks.concluded_round[0]),
                "agreed": lambda model: model.talks.agreed[0].copy(),
            }
        )

    def step(self) -> None:
        """One round; after the last one the model stops running."""
        super().step()
        if not self.goes_on or self.talks.round >= self.spec.rounds:
            self.finish()
            self.running = False
        self.datacollector.collect(self)
        if not self.running:
            reports = self.datacollector.model_vars
            self.ended.append({"world": self.world} | {k: v[-1] for k, v in reports.items()})


def one_by_one(scenario: Scenario, worlds: int) -> list[dict[str, Any]]:
    """Each world a model, by ``mesa.batch_run``; how each ended."""
    ended: list[dict[str, Any]] = []
    mesa.batch_run(
        OneWorld,
        parameters={"spec": [scenario], "world": range(worlds), "ended": [ended]},
        number_processes=1,
        max_steps=scenario.rounds,
        display_progress=False,
    )
    return ended


def same(alone: list[dict[str, Any]], data: xr.Dataset, round_days: int) -> int:
    """How many models ended as their worlds did in an ensemble; the others are not in it."""
    equal = 0
    for row in alone:
        if row["world"] * CHUNK >= data.sizes["world"]:
            continue
        there = data.isel(world=row["world"] * CHUNK)
        day = row["concluded_round"] * round_days if row["concluded_round"] >= 0 else np.nan
        equal += (
            row["outcome"] == int(there.outcome)
            and row["signed"] == int(there.stages_signed)
            and np.allclose(row["agreed"], there.agreed.values, atol=1e-9, equal_nan=True)
            and np.array_equal(day, float(there.concluded_day), equal_nan=True)
        )
    return equal


def measure(setting: Setting, findings: Findings) -> None:
    """Both in turn, and whether the worlds are the same."""
    scenario, work = setting.loaded.scenario, setting.work
    if not hasattr(mesa, "batch_run"):
        raise Unavailable(f"Mesa {mesa.__version__} has no batch_run.")
    kept: dict[str, Any] = {}
    like = look(scenario)

    def alone() -> float:
        return seconds(lambda: kept.update(alone=one_by_one(scenario, work.alone))) / work.alone

    def at_once() -> float:
        taken = seconds(lambda: kept.update(data=ensemble(scenario, work.ensemble, like)))
        return taken / work.ensemble

    one, many = in_turn([alone, at_once], work.repeats, setting.say)
    compared = min(work.alone, -(-work.ensemble // CHUNK))
    equal = same(kept["alone"], kept["data"], scenario.war.round_days)
    findings.figures += [
        Figure("one Mesa model per world, mesa.batch_run", tuple(1e3 * t for t in one), "ms/world"),
        Figure(f"{work.ensemble:,} worlds at once", tuple(1e3 * t for t in many), "ms/world"),
        Figure(
            "times cheaper per world",
            ratios(one, many),
            "×",
            Requirement("at least", CHEAPER, applies=work.ensemble >= 10_000),
        ),
        Figure(
            f"same outcome in both, of {compared:,} worlds",
            (equal,),
            "",
            Requirement("at least", compared),
        ),
    ]
