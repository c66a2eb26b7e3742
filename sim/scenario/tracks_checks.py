"""Checks across keys of what is agreed apart from the rest, or not now."""

from __future__ import annotations

from typing import Any

from sim.registry import PROTOCOLS
from sim.scenario.raw import Found, mapping, median, names, signs, unknown
from sim.scenario.yaml_source import Path_


def _tracks(raw: dict[str, Any]) -> Found:
    """Tracks name what exists, settle all of theirs, and have two sides at the table."""
    taken: dict[str, Any] = {}
    for key, track in mapping(raw, "tracks").items():
        if isinstance(track, dict):
            yield from _issues(raw, key, track, taken)
            yield from _stages(raw, key, track)
            yield from _parties(raw, key, track)


def _issues(raw: dict[str, Any], key: str, track: dict[Any, Any], taken: dict[str, Any]) -> Found:
    """Every issue of the track stands in one of its stages, and in no other track."""
    common, own = mapping(raw, "issues"), mapping(track, "issues")
    for issue in own:
        if issue in common:
            yield (
                ("tracks", key, "issues", issue),
                "is the name of an issue of the agenda too",
                "name it in `stages` alone if it is that one, otherwise call it by another name",
            )
    for i, stage in enumerate(_listed(track)):
        where: Path_ = ("tracks", key, "stages", i)
        if stage.get("name") in {s.get("name") for s in _listed(track)[:i]}:
            yield (*where, "name"), f"there are two stages called '{stage['name']}'", ""
        for issue in names(stage.get("issues")):
            yield from unknown((*where, "issues"), issue, [*own, *common], "issue")
            before = taken.setdefault(issue, f"{key}.{stage.get('name')}")
            if before != f"{key}.{stage.get('name')}":
                yield (*where, "issues"), f"'{issue}' is already in '{before}'", ""
        for part in ("terms", "monitoring"):
            for issue in mapping(stage, part):
                if issue not in names(stage.get("issues")):
                    said = f"'{issue}' is not an issue of this stage"
                    yield (*where, part, issue), said, "list it under `issues`"
        if stage.get("breaks") is not None and mapping(stage, "monitoring"):
            said = "tells records of ceasefires apart, and `breaks` takes the place of the record"
            yield (*where, "monitoring"), said, "leave one of them out"
    for issue in own:
        if issue not in taken:
            yield ("tracks", key, "issues", issue), "is in no stage of the track", "name it in one"


def _stages(raw: dict[str, Any], key: str, track: dict[Any, Any]) -> Found:
    """Effects act on what is there whatever the track agrees."""
    common, actors = mapping(raw, "issues"), mapping(raw, "actors")
    for i, stage in enumerate(_listed(track)):
        where: Path_ = ("tracks", key, "stages", i, "effect")
        for actor in mapping(stage, "effect", "cost"):
            yield from unknown((*where, "cost", actor), actor, actors, "actor")
        for kind in ("drift", "no_deal"):
            for issue in mapping(stage, "effect", kind):
                if issue in mapping(track, "issues"):
                    said = "is an issue of this track, on which the stage agrees already"
                    yield (*where, kind, issue), said, "name an issue of the agenda"
                else:
                    yield from unknown((*where, kind, issue), issue, common, "issue")


def _parties(raw: dict[str, Any], key: str, track: dict[Any, Any]) -> Found:
    """Who is at the table can sign, and wants something there."""
    actors = mapping(raw, "actors")
    signing = [a for a, spec in actors.items() if signs(spec)]
    envoys = [a for a, spec in actors.items() if mapping(spec).get("role") == "formulator"]
    own = mapping(track, "issues")
    common = {i for stage in _listed(track) for i in names(stage.get("issues")) if i not in own}
    said = track.get("parties")
    for actor in names(said):
        yield from unknown(("tracks", key, "parties"), actor, [*signing, *envoys], "signatory")
    for actor, wanted in mapping(track, "positions").items():
        where: Path_ = ("tracks", key, "positions", actor)
        yield from unknown(where, actor, signing, "signatory")
        if said is not None and actor not in names(said):
            yield where, "is not among the track's `parties`", "add it there, or leave it out here"
        for issue in mapping(wanted):
            if issue in mapping(raw, "issues"):
                fix = f"write it as actors.{actor}.positions.{issue}"
                yield (*where, issue), "is an issue of the agenda", fix
            else:
                yield from unknown((*where, issue), issue, own, "issue of the track")
    there = [a for a in signing if said is None or a in names(said)]
    for actor in there:
        wants = {*mapping(track, "positions", actor), *mapping(actors, actor, "positions")}
        if said is not None and not wants & {*own, *common}:
            yield (
                ("tracks", key, "parties"),
                f"'{actor}' has no position on any issue of the track",
                "give it one under `positions`, or leave it out",
            )
    able = [a for a in there if _wants(raw, a, own, common, track)]
    if len(able) < 2:
        found = ", ".join(able) or "nobody"
        yield (
            ("tracks", key),
            f"needs two sides with a position and a say on its issues, and has {found}",
            "give them `positions`",
        )
    name = mapping(track, "protocol").get("name")
    kind = PROTOCOLS.get(name) if isinstance(name, str) else None
    if kind is not None and kind.caution:
        yield (
            ("tracks", key, "protocol", "name"),
            f"'{name}' binds also those who lose by it",
            "a limited agreement is signed by consent: alternating, shuttle or single_text",
        )
    there = [envoy for envoy in envoys if said is None or envoy in names(said)]
    if kind is not None and kind.needs_envoy and not there:
        yield (
            ("tracks", key, "protocol", "name"),
            f"'{name}' needs an envoy, and none takes part in the track",
            "add the envoy to `parties`, or choose another protocol",
        )


def _wants(
    raw: dict[str, Any], actor: str, own: dict[Any, Any], common: set[Any], track: dict[Any, Any]
) -> bool:
    """Whether an actor wants something in the track and must be asked."""
    spec = mapping(raw, "actors", actor)
    elsewhere = common & set(mapping(spec, "positions"))
    wanted = {*mapping(track, "positions", actor), *elsewhere}
    consent = spec.get("consent", "all")
    return bool(wanted if consent == "all" else wanted & {*own, *names(consent)})


def _separable(raw: dict[str, Any]) -> Found:
    """An issue that can be agreed alone stands in no track besides."""
    named = {
        issue
        for track in mapping(raw, "tracks").values()
        for stage in _listed(track)
        for issue in names(stage.get("issues"))
    }
    for issue, spec in mapping(raw, "issues").items():
        if mapping(spec).get("separable") is True and issue in mapping(raw, "tracks"):
            said = "is the name of a track too, and separable issues are tracks of their own"
            yield ("issues", issue, "separable"), said, "rename the track"
        elif mapping(spec).get("separable") is True and issue in named:
            said = "is said of an issue that a track settles already"
            yield ("issues", issue, "separable"), said, "leave it out"


def _deferred(raw: dict[str, Any]) -> Found:
    """What puts an issue off is a listed point, elsewhere than no deal, and said where used."""
    issues = mapping(raw, "issues")
    for issue, spec in issues.items():
        at = mapping(spec).get("deferred")
        if not isinstance(at, int | float):
            continue
        if at not in mapping(spec, "scale"):
            said = f"is no point of the scale: {at:g}"
            yield ("issues", issue, "deferred"), said, "give that point a text under `scale`"
        if median(mapping(spec).get("no_deal")) == at:
            said = "lies where the issue stands without a deal, where nobody has put it off"
            yield ("issues", issue, "deferred"), said, "choose another point of the scale for it"
    for actor, spec in mapping(raw, "actors").items():
        for issue, wish in mapping(spec, "positions").items():
            written = mapping(wish).get("deferred") is not None
            if written and mapping(issues, issue).get("deferred") is None:
                said = f"is said of '{issue}', which has no point that puts it off"
                fix = f"give `issues.{issue}.deferred`, a point of its scale"
                yield ("actors", actor, "positions", issue, "deferred"), said, fix


def _listed(track: Any) -> list[dict[Any, Any]]:
    stages = track.get("stages") if isinstance(track, dict) else None
    return [s for s in stages if isinstance(s, dict)] if isinstance(stages, list) else []


TRACK_CHECKS = (_tracks, _separable, _deferred)
