"""What a checked scenario holds, in a sentence."""

from __future__ import annotations

from sim.scenario import Loaded, LoadedDiscrete


def contents(loaded: Loaded | LoadedDiscrete) -> str:
    """How many issues, actors, positions and rounds there are."""
    if isinstance(loaded, LoadedDiscrete):
        listed, steps = loaded.content.scenario, loaded.content.protocol.steps
        return (
            f"{len(listed.issues)} issues with listed options, {listed.packages:,} packages, "
            f"{len(listed.negotiators)} actors, {steps} rounds."
        )
    scenario = loaded.scenario
    positions = [p for actor in scenario.actors.values() for p in actor.positions.values()]
    judged = sum(any(note.judgement for note in position.notes) for position in positions)
    return (
        f"{len(scenario.issues)} issues, {len(scenario.actors)} actors, {len(positions)} positions "
        f"({judged} with a judgement), {len(scenario.stages)} stage(s), {scenario.rounds} rounds "
        f"of {scenario.war.round_days:g} day{'' if scenario.war.round_days == 1 else 's'}."
    )
