"""``python -m sim check``."""

from __future__ import annotations

from sim.commands.errors import load_or_fail
from sim.commands.options import ScenarioArgument, SetOption


def check(file: ScenarioArgument, set_: SetOption = None) -> None:
    """Validate a scenario file; every error with its line and a suggestion."""
    loaded = load_or_fail(file, tuple(set_ or ()))
    from sim.scenario import Loaded

    if not isinstance(loaded, Loaded):
        listed, steps = loaded.content.scenario, loaded.content.protocol.steps
        print(
            f"{file}: OK. {len(listed.issues)} issues with listed options, "
            f"{listed.packages:,} packages, {len(listed.negotiators)} actors, {steps} rounds."
        )
        return
    scenario = loaded.scenario
    judged = sum(
        position.judgement is not None
        for actor in scenario.actors.values()
        for position in actor.positions.values()
    )
    positions = sum(len(actor.positions) for actor in scenario.actors.values())
    print(
        f"{file}: OK. {len(scenario.issues)} issues, {len(scenario.actors)} actors, "
        f"{positions} positions ({judged} with a judgement), {len(scenario.stages)} stage(s), "
        f"{scenario.rounds} rounds of {scenario.war.round_days} days."
    )
