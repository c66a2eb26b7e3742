"""What a checked scenario holds, and what its author cannot see in it, in sentences."""

from __future__ import annotations

import numpy as np

from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.prose import counted, signed
from sim.scenario import Loaded, LoadedDiscrete, Scenario
from sim.scenario.fields import Wish, every_part
from sim.scenario.issues import nearest_text
from sim.scenario.schema import Position


def contents(loaded: Loaded | LoadedDiscrete) -> str:
    """How many issues, actors, positions and rounds there are."""
    if isinstance(loaded, LoadedDiscrete):
        listed, steps = loaded.content.scenario, loaded.content.protocol.steps
        return (
            f"{len(listed.issues)} issues with listed options, {listed.packages:,} packages, "
            f"{len(listed.negotiators)} actors, {steps} rounds."
        )
    scenario = loaded.scenario
    wishes = [part for _, part in every_part(scenario) if isinstance(part, Wish)]
    positions = [wish for wish in wishes if isinstance(wish, Position)]
    judged = sum(any(note.judgement for note in position.notes) for position in positions)
    around = [[end for end in p.limits if end] for p in positions if p.limits is not None]
    lines = sum(map(len, around)) + sum(len(wish.lines) for wish in wishes)
    stated = sum(line.stated for wish in wishes for line in wish.lines)
    both = sum(len(ends) == 2 for ends in around)
    days = scenario.war.round_days
    on_both = f", {both} position{'s' * (both > 1)} with one on both sides" if both else ""
    return (
        f"{counted(len(scenario.issues), 'issue')}, {counted(len(scenario.actors), 'actor')}, "
        f"{counted(len(positions), 'position')} "
        f"({judged} with a judgement), {counted(lines, 'red line')} ({stated} stated, "
        f"{lines - stated} believed){on_both}, {len(scenario.stages)} stage(s), "
        f"{scenario.rounds} rounds of {days:g} day{'' if days == 1 else 's'}."
    )


def standing(scenario: Scenario) -> list[str]:
    """What no deal is worth, what gates ask for, and what red lines leave, all at the medians.

    Whether or not these lines bind in that world.
    """
    model = PeaceTalks(scenario, Draws(0, 1, central=True))
    parties = model.signatories
    names = {party.key: scenario.actors[party.key].short for party in parties}
    worth = [signed(f"{names[p.key]} {100 * p.reservation[0]:.1f}") for p in parties]
    about = "on day 0, of 100 that a side wants"
    if scenario.war.cost:
        about = scenario.war.told(f"{about}, less the cost of war")
    said = [f"No deal is worth ({about}): {', '.join(worth)}."]
    now = model.war.no_deal[:, None, :]
    said += [
        f"{gate.spec.title} asks for {100 * gate.threshold[0]:.1f} of 100 that it wants; as things "
        f"stand it has {100 * gate.utility(now)[0, 0]:.1f}."
        for gate in model.ratification.gates
    ]
    return [*said, *_rooms(scenario, model)]


def _rooms(scenario: Scenario, model: PeaceTalks) -> list[str]:
    """What red lines leave on each issue."""
    parties, talks = model.signatories, model.talks
    names = [scenario.actors[p.key].short for p in parties] + ["its stage"]
    low = [np.where(p.consent, p.said_low[0], 0.0) for p in parties] + [talks.terms_low[0]]
    high = [np.where(p.consent, p.said_high[0], 1.0) for p in parties] + [talks.terms_high[0]]
    free, rooms = [], []
    for issue, least, most in zip(
        scenario.issues.values(), zip(*low, strict=True), zip(*high, strict=True), strict=True
    ):
        if max(least) == 0.0 and min(most) == 1.0:
            free.append(issue.title)
        elif max(least) <= min(most):
            ends = {at: nearest_text(issue, at) for at in (max(least), min(most))}
            told = [f"{at:.2f} “{text}”" for at, text in ends.items()]
            if len(set(ends.values())) == 1:
                told = [*(f"{at:.2f}" for at in list(ends)[:-1]), told[-1]]
            rooms.append(f"  {issue.title}: {' to '.join(told)}")
        else:
            up, down = (names[int(k)] for k in (np.argmax(least), np.argmin(most)))
            stage = f"; its stage from {least[-1]:.2f}" if 0.0 < least[-1] < max(least) else ""
            stage += f"; its stage up to {most[-1]:.2f}" if min(most) < most[-1] < 1.0 else ""
            digits = 2 if max(least) - min(most) >= 0.01 else 3
            rooms.append(
                f"  {issue.title}: none ({up} from {max(least):.{digits}f}, {down} up to "
                f"{min(most):.{digits}f}{stage})"
            )
    if free:
        rooms.append(f"  all of the scale: {'; '.join(free)}")
    about = "Red lines, stated and believed, leave if all bind and no condition moves them:"
    return [about, *rooms]


def lines_left_out(scenario: Scenario, lines: int, free: int) -> str:
    """How many red lines do not bind in the central world, and why; nothing where all do."""
    if not free:
        return ""
    draws = Draws(0, 1, central=True)
    wishes = [wish for actor in scenario.actors.values() for wish in actor.positions.values()]
    given = [line for wish in wishes for line in wish.line]
    own = ", where the file says nothing else" * any(line.binds is not None for line in given)
    stated, believed = (
        float(draws.judged(scenario.engine, f"{kind}_binds")[0]) for kind in ("stated", "believed")
    )
    return (
        f"{free} of {counted(lines, 'red line')} of those who must consent (both sides of an issue "
        f"counted) {'does' if free == 1 else 'do'} not bind in it "
        "and are left out: in a world a stated one "
        f"binds with probability {stated:.2f}, a believed one with {believed:.2f}{own}."
    )
