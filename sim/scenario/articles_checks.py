"""Checks of conflicts between issues and of the scores of articles, across keys."""

from __future__ import annotations

from typing import Any

from sim.scenario.raw import Found, mapping, names, signs, unknown
from sim.scenario.yaml_source import Path_


def _pairs(raw: dict[str, Any]) -> list[tuple[int, Any, Any]]:
    """Number and members of every conflict that is a pair."""
    written = raw.get("conflicts")
    pairs = enumerate(written if isinstance(written, list) else [])
    return [(n, *pair) for n, pair in pairs if isinstance(pair, list) and len(pair) == 2]


def _conflicts(raw: dict[str, Any]) -> Found:
    """Pairs of two different issues with options, of which 0 means leaving it out."""
    issues = mapping(raw, "issues")
    seen: set[frozenset[Any]] = set()
    for n, one, other in _pairs(raw):
        where: Path_ = ("conflicts", n)
        if one == other:
            yield where, f"pairs '{one}' with itself", "name two issues"
            continue
        if frozenset((one, other)) in seen:
            yield where, f"{one} and {other} are already a pair", "keep one of the two"
        seen.add(frozenset((one, other)))
        for issue in (one, other):
            yield from unknown(where, issue, issues, "issue")
            body = mapping(issues, issue) if isinstance(issue, str) else {}
            if body and body.get("kind", "continuous") != "options":
                yield (
                    where,
                    f"'{issue}' is not an issue with options",
                    "give it `kind: options`; between the texts of others nothing is left out",
                )
            elif body and 0 not in mapping(body, "scale"):
                yield where, f"'{issue}' has no option 0", "a conflict needs a way to leave it out"
    plans: list[Path_] = [("plan",)]
    plans += [("actors", actor, "mediation", "text") for actor in mapping(raw, "actors")]
    for path in plans:
        text = mapping(raw, *path)
        for _, one, other in _pairs(raw):
            if all(isinstance(text.get(i), int | float) and text[i] > 0 for i in (one, other)):
                yield path, f"holds {one} and {other}, which exclude each other", "set one to 0"


def _articles(raw: dict[str, Any]) -> Found:
    """Scores of every signatory for every article, on the scale."""
    block = mapping(raw, "articles")
    if not block:
        return
    actors, issues = mapping(raw, "actors"), mapping(raw, "issues")
    signatories = [a for a in actors if signs(actors[a])]
    satisfaction = mapping(block, "satisfaction")
    scale = block.get("scale")
    bounds = _bounds(scale)
    if bounds is not None and bounds[0] >= bounds[1]:
        yield ("articles", "scale"), "is not in order", "write [lowest, highest]"
        bounds = None
    for part in ("thresholds", "satisfaction", "negotiability"):
        for actor in mapping(block, part):
            yield from unknown(("articles", part, actor), actor, signatories, "signatory")
    for actor in satisfaction:
        if actor not in mapping(block, "thresholds"):
            yield ("articles", "thresholds"), f"leaves out {actor}", "one for each actor scored"
    for actor, threshold in mapping(block, "thresholds").items():
        where: Path_ = ("articles", "thresholds", actor)
        if actor not in satisfaction:
            yield where, f"'{actor}' has no scores under satisfaction", ""
        yield from _on_scale(where, threshold, bounds)
    if block.get("red_line") is not None:
        yield from _on_scale(("articles", "red_line"), block["red_line"], bounds)
    articles = next((list(v) for v in satisfaction.values() if isinstance(v, dict)), [])
    for part in ("satisfaction", "negotiability"):
        for actor, scores in mapping(block, part).items():
            base: Path_ = ("articles", part, actor)
            missing = [str(i) for i in articles if i not in mapping(scores)]
            if missing and isinstance(scores, dict):
                yield base, f"leaves out {', '.join(missing)}", "score every article"
            for issue, score in mapping(scores).items():
                where = (*base, issue)
                if issue not in articles:
                    yield where, "is not scored by the first actor", "score every article"
                yield from unknown(where, issue, issues, "issue")
                yield from _on_scale(where, score, bounds)
    for issue in articles:
        body = mapping(issues, issue)
        if body and (body.get("kind") != "options" or set(mapping(body, "scale")) != {0, 1}):
            yield (
                ("issues", issue),
                "is an article, but not one that is in or out",
                "give it `kind: options` and the points 0 and 1",
            )
    yield from _presets(raw, articles)


def _presets(raw: dict[str, Any], articles: list[Any]) -> Found:
    for name, chosen in mapping(raw, "articles", "presets").items():
        where: Path_ = ("articles", "presets", name)
        listed = names(chosen)
        if not listed:
            yield where, "contains no article", "list the articles of the draft"
        for issue in dict.fromkeys(listed):
            yield from unknown(where, issue, articles, "article")
            if listed.count(issue) > 1:
                yield where, f"lists {issue} twice", ""
        for _, one, other in _pairs(raw):
            if one in listed and other in listed:
                yield where, f"holds {one} and {other}, which exclude each other", "drop one"


def _bounds(scale: Any) -> tuple[float, float] | None:
    if isinstance(scale, list) and len(scale) == 2:
        low, high = scale
        if isinstance(low, int | float) and isinstance(high, int | float):
            return low, high
    return None


def _on_scale(where: Path_, score: Any, bounds: tuple[float, float] | None) -> Found:
    if bounds is not None and isinstance(score, int | float):
        low, high = bounds
        if not low <= score <= high:
            yield where, f"{score:g} is outside the scale {low:g} to {high:g}", ""


ARTICLE_CHECKS = (_conflicts, _articles)
