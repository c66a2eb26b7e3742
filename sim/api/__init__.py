"""What ``import sim`` offers: scenarios, runs and studies as objects. ``docs/api.md`` shows it.

It assembles what other packages do, and is imported when one of its names is first used.
"""

from __future__ import annotations

from pathlib import Path

from sim.api.edge import at_the_edge, whole
from sim.api.runs import Explanation, Given, Run, Scenario, load, run_of
from sim.api.studies import Comparison, Solution, Sweep, compare, solve, sweep
from sim.engine import citations as rests_on
from sim.engine.citations import Citation
from sim.engine.conformance import ProtocolConformance, TacticConformance
from sim.engine.draws import CHUNK, Draws
from sim.engine.model import PeaceTalks
from sim.engine.protocols import Protocol
from sim.formulas.tactics import Parameter, Tactic, View
from sim.prose import SaidError
from sim.registry import PROTOCOLS, TACTICS
from sim.scenario import ScenarioError

__all__ = [
    "Citation",
    "Comparison",
    "Explanation",
    "Parameter",
    "Protocol",
    "ProtocolConformance",
    "Run",
    "SaidError",
    "Scenario",
    "ScenarioError",
    "Solution",
    "Sweep",
    "Tactic",
    "TacticConformance",
    "View",
    "citations",
    "compare",
    "load",
    "model",
    "open",
    "protocol",
    "solve",
    "sweep",
    "tactic",
]

protocol = PROTOCOLS.register
tactic = TACTICS.register


@at_the_edge
def open(folder: str | Path) -> Run | Sweep:
    """A saved run or sweep by its folder."""
    from sim.studies.compare.inputs import read_saved
    from sim.studies.sweep.results import STORE, read_sweep

    folder = Path(folder)
    if (folder / STORE).exists():
        return Sweep(read_sweep(folder))
    return run_of(read_saved(folder, rounds=True))


@at_the_edge
def model(given: Given, worlds: int = 100, seed: int = 1) -> PeaceTalks:
    """The Mesa model of a scenario in at most 2,000 worlds, before the first round.

    All arrays keep all worlds, those that have concluded as well.
    """
    whole(1, CHUNK, worlds=worlds)
    whole(0, seed=seed)
    draws = Draws(seed, worlds)
    found = PeaceTalks(load(given).scaled.scenario, draws, trace=True, story=True)
    found.narrowed_at = 0.0
    return found


@at_the_edge
def citations(given: Given) -> list[Citation]:
    """The sources of a scenario's protocol, tactics and methods."""
    return rests_on.citations(load(given).scaled.scenario)
