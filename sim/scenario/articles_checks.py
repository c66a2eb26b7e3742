"""Checks of conflicts between issues and of the scores of articles."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.articles import Articles
from sim.scenario.checks import Check, Found, unknown
from sim.scenario.schema import Scenario
from sim.scenario.yaml_source import Path_


def conflict_checks(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """Pairs of two different issues with options, of which 0 means leaving it out."""
    seen: set[frozenset[str]] = set()
    for n, (one, other) in enumerate(whole.conflicts):
        where: Path_ = ("conflicts", n)
        if one == other:
            yield where, f"pairs '{one}' with itself", "name two issues"
            continue
        if frozenset((one, other)) in seen:
            yield where, f"{one} and {other} are already a pair", "keep one of the two"
        seen.add(frozenset((one, other)))
        for key in (one, other):
            issue = whole.issues.get(key)
            if issue is not None and issue.kind != "options":
                yield (
                    where,
                    f"'{key}' is not an issue with options",
                    "give it `kind: options`; between the texts of others nothing is left out",
                )
            elif issue is not None and 0 not in issue.scale:
                yield where, f"'{key}' has no option 0", "a conflict needs a way to leave it out"


def article_checks(whole: Scenario, block: Articles, path: Path_) -> Found:
    """Scores of every signatory for every article, on the scale."""
    low, high = block.scale
    if low >= high:
        yield ("scale",), "is not in order", "write [lowest, highest]"
        return

    def outside(where: Path_, score: float) -> Found:
        if not low <= score <= high:
            said = f"{score:g} is outside the scale {low:g} to {high:g}"
            yield where, said, "correct it, or widen `scale`"

    for actor in block.satisfaction:
        if actor not in block.thresholds:
            yield ("thresholds",), f"leaves out {actor}", "one for each actor scored"
    for actor, threshold in block.thresholds.items():
        if actor not in block.satisfaction:
            said = f"'{actor}' has no scores under satisfaction"
            yield ("thresholds", actor), said, "score every article, or leave it out here"
        yield from outside(("thresholds", actor), threshold)
    if block.red_line is not None:
        yield from outside(("red_line",), block.red_line)
    for part, scored in (
        ("satisfaction", block.satisfaction),
        ("negotiability", block.negotiability),
    ):
        for actor, scores in scored.items():
            missing = [issue for issue in block.issues if issue not in scores]
            if missing:
                yield (part, actor), f"leaves out {', '.join(missing)}", "score every article"
            for issue, score in scores.items():
                where = (part, actor, issue)
                if issue not in block.issues:
                    yield where, "is not scored by the first actor", "score every article"
                yield from outside(where, score)
    for name, chosen in block.presets.items():
        yield from _preset(whole, ("presets", name), chosen, block.issues)


def _preset(whole: Scenario, where: Path_, chosen: list[str], articles: list[str]) -> Found:
    if not chosen:
        yield where, "contains no article", "list the articles of the draft"
    for issue in dict.fromkeys(chosen):
        yield from unknown(where, issue, articles, "article")
        if chosen.count(issue) > 1:
            yield where, f"lists {issue} twice", "list it once"
    for one, other in whole.conflicts:
        if one in chosen and other in chosen:
            yield where, f"holds {one} and {other}, which exclude each other", "drop one"


def in_or_out(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """Articles are issues with the options 0 and 1."""
    articles: Iterable[str] = whole.articles.issues if whole.articles else ()
    for key in articles:
        issue = whole.issues.get(key)
        if issue is not None and (issue.kind != "options" or set(issue.scale) != {0, 1}):
            yield (
                ("issues", key),
                "is an article, but not one that is in or out",
                "give it `kind: options` and the points 0 and 1",
            )


ARTICLE_CHECKS: tuple[tuple[type, Check], ...] = (
    (Scenario, conflict_checks),
    (Articles, article_checks),
    (Scenario, in_or_out),
)
