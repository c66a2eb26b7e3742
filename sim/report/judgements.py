"""All judgements of a scenario, where they stand, and how much rests on them."""

from __future__ import annotations

from dataclasses import dataclass

from sim.prose import counted
from sim.scenario.fields import every_part, sourced_parts
from sim.scenario.schema import Position, Scenario
from sim.scenario.yaml_source import Path_

WORDS = {
    "positions": "",
    "levers": "lever",
    "line": "red line",
    "conditional": "conditional red line",
    "tactic": "tactic",
    "mediation": "mediation",
    "drift": "drift",
    "beliefs": "belief",
    "cost": "cost of war",
    "polls": "poll",
    "deterrence": "deterrence",
    "balance": "balance",
    "war": "war",
    "issues": "issue",
    "ratification": "gate",
    "durability": "durability",
    "actors": "",
}


@dataclass(frozen=True)
class Judgement:
    """A judgement in full, where it stands, and the sources beside it."""

    place: str
    text: str
    sources: tuple[str, ...]


def judgements(scenario: Scenario) -> list[Judgement]:
    """Every judgement of the scenario, in the order of the format."""
    return [
        Judgement(place_words(scenario, path), part.judgement, tuple(part.source))
        for path, part in sourced_parts(scenario)
        if part.judgement
    ]


def place_words(scenario: Scenario, path: Path_) -> str:
    """A place in words: ``Putin, lever “…”``.

    Examples
    --------
    >>> place_words(None, ("war",))
    'War'
    """
    if path[0] == "tracks":
        return _track_words(scenario, path)
    parts: list[str] = []
    for before, step in zip(("", *path), path, strict=False):
        if isinstance(step, int):
            if before == "agenda":
                parts.append(f"stage “{scenario.stages[step].shown}”")
            elif step:
                parts.append(str(step + 1))
        elif before in ("actors", "beliefs", "cost"):
            parts.append(scenario.actors[step].short)
        elif before == "levers":
            parts.append(f"“{scenario.actors[str(path[1])].levers[step].title}”")
        elif before == "ratification":
            parts.append(f"“{scenario.ratification[step].title}”")
        elif step in scenario.issues if scenario else False:
            parts.append(scenario.issues[step].title)
        elif step != "agenda" and (word := WORDS.get(step, step.replace("_", " "))):
            # the kind of thing is said once: "war, drift" is a drift
            parts[:] = [p for p in parts if p not in ("war", "durability")]
            parts.append(word)
    text = ", ".join(parts)
    text = scenario.war.told(text) if scenario else text
    return text[:1].upper() + text[1:]


def _track_words(scenario: Scenario, path: Path_) -> str:
    """A place in a track in words."""
    track, kind, what = scenario.tracks[str(path[1])], path[2], path[3]
    parts = [f"Track “{track.title}”"]
    if kind == "stages":
        parts.append(f"stage “{track.stages[int(what)].shown}”")
    elif kind == "issues":
        parts += ["issue", track.issues[str(what)].title]
    else:
        parts += [scenario.actors[str(what)].short, track.issues[str(path[4])].title]
        parts += [word for step in path[5:] if (word := WORDS.get(str(step), ""))]
    return ", ".join(parts)


def positions_words(scenario: Scenario) -> str:
    """How many of the positions rest on a judgement, wholly or in part."""
    positions = [part for _, part in every_part(scenario) if isinstance(part, Position)]
    judged = [p for p in positions if any(note.judgement for note in p.notes)]
    bare = sum(not any(note.source for note in p.notes) for p in judged)
    text = f"{len(judged):,} of {counted(len(positions), 'position')} rest on a judgement, "
    return text + (
        f"{bare:,} of them without a source."
        if bare
        else "all of them beside at least one source."
        if judged
        else "all on sources alone."
    )
