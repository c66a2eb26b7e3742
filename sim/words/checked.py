"""What a checked scenario holds, and what its author cannot see in it, in sentences."""

from __future__ import annotations

import numpy as np

from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.prose import counted, signed
from sim.scenario import Loaded, LoadedDiscrete, Scenario


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
    wishes = [
        *positions,
        *(p for g in scenario.ratification.values() for p in g.positions.values()),
    ]
    lines = [line for wish in wishes for line in wish.lines]
    stated = sum(line.stated for line in lines)
    both = sum(p.limits is not None for p in positions)
    days = scenario.war.round_days
    on_both = f", {both} on both sides" if both else ""
    return (
        f"{len(scenario.issues)} issues, {len(scenario.actors)} actors, {len(positions)} positions "
        f"({judged} with a judgement), {counted(len(lines), 'red line')} ({stated} stated, "
        f"{len(lines) - stated} believed){on_both}, {len(scenario.stages)} stage(s), "
        f"{scenario.rounds} rounds of {days:g} day{'' if days == 1 else 's'}."
    )


def standing(scenario: Scenario) -> list[str]:
    """What no deal is worth, what gates ask for, and what red lines leave, all at the medians."""
    model = PeaceTalks(scenario, Draws(0, 1, central=True))
    parties = model.signatories
    names = {party.key: scenario.actors[party.key].short for party in parties}
    worth = [signed(f"{names[p.key]} {100 * p.reservation[0]:.1f}") for p in parties]
    about = scenario.war.told("on day 0, of 100 that a side wants, less the cost of war")
    said = [f"No deal is worth ({about}): {', '.join(worth)}."]
    now = model.war.no_deal[:, None, :]
    said += [
        f"{gate.spec.title} asks for {100 * gate.threshold[0]:.1f}; as things stand it has "
        f"{100 * gate.utility(now)[0, 0]:.1f}."
        for gate in model.ratification.gates
    ]
    low = np.stack([np.where(p.consent, p.low[0], 0.0) for p in parties])
    high = np.stack([np.where(p.consent, p.high[0], 1.0) for p in parties])
    rooms = []
    for column, issue in enumerate(scenario.issues.values()):
        least, most = low[:, column], high[:, column]
        if least.max() <= most.min():
            rooms.append(f"{issue.title} {least.max():.2f} to {most.min():.2f}")
            continue
        up, down = (names[parties[int(k)].key] for k in (least.argmax(), most.argmin()))
        rooms.append(
            f"{issue.title} none ({up} from {least.max():.2f}, {down} up to {most.min():.2f})"
        )
    moved = any((p.low != p.low_at_start).any() or (p.high != p.high_at_start).any()
                for p in parties)  # fmt: skip
    threats = ", already softened by threats" if moved else ""
    said.append(
        f"Red lines leave on day 0{threats}, where no condition moves them: {'; '.join(rooms)}."
    )
    return said
