"""Tracks: talks about limited agreements as small scenarios of their own."""

from __future__ import annotations

from collections.abc import Iterable

from sim.registry import PROTOCOLS
from sim.scenario.schema import Actor, LimitedStage, Position, Protocol, Scenario, Stage, Track, War


def tracks_of(scenario: Scenario) -> dict[str, Track]:
    """The tracks of a scenario, with one of its own for every separable issue in none of them."""
    taken = {i for track in scenario.tracks.values() for s in track.stages for i in s.issues}
    alone = {
        key: Track(
            title=issue.title,
            stages=[LimitedStage(name=key, title=f"{issue.title}, alone", issues=[key])],
        )
        for key, issue in scenario.issues.items()
        if issue.separable and key not in taken
    }
    return {**scenario.tracks, **alone}


def limited_titles(scenario: Scenario) -> dict[str, str]:
    """Limited agreements that the scenario knows, as ``track.stage``, and their titles."""
    return {
        f"{key}.{stage.name}": stage.shown
        for key, track in tracks_of(scenario).items()
        for stage in track.stages
    }


def scenario_of(scenario: Scenario, key: str) -> Scenario:
    """The talks of a track alone: its issues, its parties, its stages, and no war of their own.

    Whoever is at the table there must sign.
    """
    track = tracks_of(scenario)[key]
    named = issues_of(track)
    actors = {}
    for name, actor in scenario.actors.items():
        if actor.role == "formulator" and (track.parties is None or name in track.parties):
            mediation = actor.mediation.model_copy(
                update={"text": {i: p for i, p in actor.mediation.text.items() if i in named}}
            )
            actors[name] = actor.model_copy(update={"mediation": mediation, "principal": None})
        elif at_table(track, name, actor, named):
            wanted = positions_in(track, name, actor, named)
            actors[name] = actor.model_copy(
                update={
                    **{"role": "party", "consent": "all", "positions": wanted},
                    "patience": track.patience,
                    **{"levers": {}, "leave_after": None},
                }
            )
    return scenario.model_copy(
        update={
            "issues": {i: track.issues.get(i) or scenario.issues[i] for i in named},
            "actors": actors,
            "agenda": [
                Stage(name=s.name, title=s.title, issues=s.issues, terms=s.terms)
                for s in track.stages
            ],
            "protocol": _protocol_of(scenario, track, actors),
            "war": War(start_date=scenario.war.start_date, round_days=scenario.war.round_days),
            "conflicts": [pair for pair in scenario.conflicts if set(pair) <= set(named)],
            **{"tracks": {}, "plan": {}, "ratification": {}, "deadline": None, "ask": []},
            **{"durability": None, "articles": None},
        }
    )


def side_by_side(scenario: Scenario) -> list[list[str]]:
    """The tracks of a scenario; neighbours whose talks can be computed as one are together.

    They have as many stages of as many issues, the same parties and protocol, and differ in
    numbers only. No two of them move the same issue of the agenda: what one signs is to be
    seen there by the next in the same round.
    """
    groups: list[list[str]] = []
    before, moved = None, set[str]()
    for key in tracks_of(scenario):
        make, moves = _make_of(scenario, key), _moved_by(scenario, key)
        if make is not None and make == before and not moves & moved:
            groups[-1].append(key)
            moved |= moves
        else:
            groups.append([key])
            before, moved = make, moves
    return groups


def _make_of(scenario: Scenario, key: str) -> object:
    """What talks have in common that can be computed as one; None where they cannot with any."""
    spec = scenario_of(scenario, key)
    wanted = {name: list(actor.positions.values()) for name, actor in spec.actors.items()}
    plain = all(
        not one.conditional
        and one.deferred is None
        and one.no_deal is None
        and one.curvature == 1.0
        and one.softening == Position.model_fields["softening"].default
        for positions in wanted.values()
        for one in positions
    )
    scales = all(issue.kind == "continuous" for issue in spec.issues.values())
    if not (plain and scales) or spec.conflicts:
        return None
    if any(actor.role != "party" for actor in spec.actors.values()):
        return None
    stages = [[(issue in s.terms) for issue in s.issues] for s in spec.stages]
    return stages, {name: len(of) for name, of in wanted.items()}, spec.protocol


def _moved_by(scenario: Scenario, key: str) -> set[str]:
    """Issues of the agenda that the agreements of a track move."""
    stages = tracks_of(scenario)[key].stages
    effects = {i for s in stages for i in (*s.effect.drift, *s.effect.no_deal)}
    return effects | {i for s in stages for i in s.issues if i in scenario.issues}


def issues_of(track: Track) -> list[str]:
    """What its stages settle, in order."""
    return [issue for stage in track.stages for issue in stage.issues]


def at_table(track: Track, name: str, actor: Actor, named: list[str]) -> bool:
    """Whether an actor must sign there: it takes part, wants something and has a say on it."""
    if track.parties is not None and name not in track.parties:
        return False
    says, wanted = actor.consents_to, positions_in(track, name, actor, named)
    if isinstance(says, list):
        return any(issue in says or issue in track.issues for issue in wanted)
    return says == "all" and bool(wanted)


def _protocol_of(scenario: Scenario, track: Track, actors: dict[str, Actor]) -> Protocol:
    """The track's protocol; offers in turn where that of the agenda cannot be a track's.

    A limited agreement is signed by all who are concerned, also where a majority binds on the
    agenda, and an envoy must be there to keep a text.
    """
    said = track.protocol or scenario.protocol
    kind = PROTOCOLS[said.name]
    envoy = any(actor.role == "formulator" for actor in actors.values())
    able = not kind.caution and (envoy or not kind.needs_envoy)
    name = said.name if able else "alternating"
    return said.model_copy(update={"name": name, "consent": "unanimity"})


def positions_in(track: Track, name: str, actor: Actor, named: list[str]) -> dict[str, Position]:
    """What an actor wants on the issues of a track, in their order."""
    own = track.positions.get(name, {})
    common = {i: p for i, p in actor.positions.items() if i not in track.issues}
    return {issue: wanted for issue in named if (wanted := own.get(issue) or common.get(issue))}


def names_of(track: Track, key: str, actors: Iterable[str]) -> dict[str, str]:
    """How the numbers of a track are called in :func:`scenario_of`, and in the scenario."""
    here = f"tracks.{key}"
    return {
        **{f"agenda.{s.name}.": f"{here}.stages.{s.name}." for s in track.stages},
        **{f"actors.{actor}.patience": f"{here}.patience" for actor in actors},
        **{f"issues.{issue}.": f"{here}.issues.{issue}." for issue in track.issues},
        **{
            f"actors.{actor}.positions.{issue}.": f"{here}.positions.{actor}.{issue}."
            for actor, wanted in track.positions.items()
            for issue in wanted
        },
    }
