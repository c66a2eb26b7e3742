"""Checks of what is agreed apart from the rest."""

from __future__ import annotations

from sim.registry import PROTOCOLS
from sim.scenario.checks import Check, Found, named_before, outside_the_stage, unknown, weightless
from sim.scenario.schema import Scenario, Track
from sim.scenario.tracks import at_table, issues_of
from sim.scenario.yaml_source import Path_


def stage_checks(whole: Scenario, track: Track, path: Path_) -> Found:
    """Stages settle what there is, and all of the track's own issues."""
    for issue in track.issues:
        if issue in whole.issues:
            yield (
                ("issues", issue),
                "is the name of an issue of the agenda too",
                "name it in `stages` alone if it is that one, otherwise call it by another name",
            )
        elif issue not in issues_of(track):
            yield ("issues", issue), "is in no stage of the track", "name it in one"
    for n, stage in enumerate(track.stages):
        where: Path_ = ("stages", n)
        yield from named_before(where, stage.name, track.stages[:n])
        for i, issue in enumerate(stage.issues):
            there = [*track.issues, *whole.issues]
            yield from unknown((*where, "issues", i), issue, there, "issue")
        yield from outside_the_stage((*where, "terms"), stage.terms, stage.issues)
        yield from outside_the_stage((*where, "monitoring"), stage.monitoring, stage.issues)
        if stage.breaks is not None and stage.monitoring:
            said = "tells records of ceasefires apart, and `breaks` takes the place of the record"
            yield (*where, "monitoring"), said, "leave one of them out"
        for kind in ("drift", "no_deal"):
            for issue in getattr(stage.effect, kind):
                if issue in track.issues:
                    said = "is an issue of this track, on which the stage agrees already"
                    yield (*where, "effect", kind, issue), said, "name an issue of the agenda"


def party_checks(whole: Scenario, track: Track, path: Path_) -> Found:
    """Who is at the table can sign, and wants something there."""
    signing = [key for key, actor in whole.actors.items() if actor.signs]
    envoys = [key for key, actor in whole.actors.items() if actor.role == "formulator"]
    named = issues_of(track)
    for n, actor in enumerate(track.parties or []):
        yield from unknown(("parties", n), actor, [*signing, *envoys], "signatory")
    for actor, wanted in track.positions.items():
        where: Path_ = ("positions", actor)
        yield from weightless(where, wanted)
        if track.parties is not None and actor not in track.parties:
            yield where, "is not among the track's `parties`", "add it there, or leave it out here"
        for issue in wanted:
            if issue in whole.issues:
                fix = f"write it as actors.{actor}.positions.{issue}"
                yield (*where, issue), "is an issue of the agenda", fix
            else:
                yield from unknown((*where, issue), issue, track.issues, "issue of the track")
    for actor in signing:
        own = {*track.positions.get(actor, {}), *whole.actors[actor].positions}
        if track.parties is not None and actor in track.parties and not own & {*named}:
            yield (
                ("parties",),
                f"'{actor}' has no position on any issue of the track",
                "give it one under `positions`, or leave it out",
            )
    able = [key for key, actor in whole.actors.items() if at_table(track, key, actor, named)]
    if len(able) < 2:
        found = ", ".join(able) or "nobody"
        yield (
            (),
            f"needs two sides with a position and a say on its issues, and has {found}",
            "give them `positions`",
        )


def protocol_checks(whole: Scenario, track: Track, path: Path_) -> Found:
    """A limited agreement is signed by consent, and an envoy is there to keep a text."""
    if track.protocol is None:
        return
    kind = PROTOCOLS[track.protocol.name]
    envoys = {key for key, actor in whole.actors.items() if actor.role == "formulator"}
    if kind.caution:
        yield (
            ("protocol", "name"),
            f"'{kind.name}' binds also those who lose by it",
            "a limited agreement is signed by consent: alternating, shuttle or single_text",
        )
    if kind.needs_envoy and not (envoys if track.parties is None else envoys & {*track.parties}):
        yield (
            ("protocol", "name"),
            f"'{kind.name}' needs an envoy, and none takes part in the track",
            "add the envoy to `parties`, or choose another protocol",
        )


def once_checks(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """An issue is agreed in one track at the most, its own one included."""
    taken: dict[str, str] = {}
    for key, track in whole.tracks.items():
        for n, stage in enumerate(track.stages):
            for i, issue in enumerate(stage.issues):
                before = taken.setdefault(issue, f"{key}.{stage.name}")
                if before != f"{key}.{stage.name}":
                    where = ("tracks", key, "stages", n, "issues", i)
                    yield where, f"'{issue}' is already in '{before}'", "keep it in one of them"
    for key, issue_ in whole.issues.items():
        if issue_.separable and key in whole.tracks:
            said = "is the name of a track too, and separable issues are tracks of their own"
            yield ("issues", key, "separable"), said, "rename the track"
        elif issue_.separable and key in taken:
            said = "is said of an issue that a track settles already"
            yield ("issues", key, "separable"), said, "leave it out"


TRACK_CHECKS: tuple[tuple[type, Check], ...] = (
    *((Track, check) for check in (stage_checks, party_checks, protocol_checks)),
    (Scenario, once_checks),
)
