"""What all drafts of a scenario's articles come to, and what averaging hides.

The rule of the source is kept: a stakeholder's score of a draft is the unweighted mean of its
satisfaction with the articles in it, and it accepts from its threshold on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import Array, Mask
from sim.formulas.bargaining.article_drafts import (
    MOST_ARTICLES,
    TOLERANCE,
    across_red_line,
    count_drafts,
    mean_scores,
)
from sim.results.record import Record
from sim.scenario.articles import Articles
from sim.scenario.schema import Scenario

MOST_TIES = 5
"""Drafts named where several are best."""


@dataclass(frozen=True)
class Draft(Record):
    """Articles, and the mean satisfaction of each actor with them."""

    articles: list[str]
    scores: dict[str, float]


@dataclass(frozen=True)
class Preset(Draft):
    """A named draft, with who is under its threshold and whose red lines it crosses with what."""

    passes: bool
    below: list[str]
    crosses: dict[str, list[str]]


@dataclass(frozen=True)
class Best(Record):
    """Drafts of a size with the largest product of (score − threshold); the first few of them."""

    size: int
    product: float
    tied: int
    drafts: list[Draft]


@dataclass(frozen=True)
class Hidden(Record):
    """An article across an actor's red line, and the passing drafts that contain it."""

    satisfaction: float
    drafts: int
    share: float


@dataclass(frozen=True)
class Veto(Record):
    """Passing drafts that cross nobody's red line, and by actor those that do not cross its own."""

    passing: int
    share: float
    by: dict[str, int]


@dataclass(frozen=True)
class ArticlesSummary(Record):
    """What all drafts come to. ``actors`` and ``articles`` are keys of the scenario throughout.

    Attributes
    ----------
    scale : list of float
        Lowest and highest score.
    red_line : float
        The score up to which an article counts as across a red line (if it is also under the
        actor's threshold).
    satisfaction, negotiability : dict
        Actor → article → score.
    not_counted : str or None
        Why the drafts were not counted; then what follows is None or empty.
    drafts, passing : int or None
        Drafts without conflict, of at least one article; those of them accepted by all.
    turned_down, alone : dict
        Actor → drafts under its threshold; those of them that every other actor accepts.
    contains : dict
        Article → share of passing drafts that contain it.
    hides : dict
        Actor → article across its red line → how often it passes all the same.
    """

    scale: list[float]
    red_line: float
    titles: dict[str, str]
    thresholds: dict[str, float]
    satisfaction: dict[str, dict[str, float]]
    negotiability: dict[str, dict[str, float]]
    conflicts: list[list[str]]
    presets: dict[str, Preset]
    not_counted: str | None
    drafts: int | None
    passing: int | None
    passing_share: float | None
    turned_down: dict[str, int]
    alone: dict[str, int]
    contains: dict[str, float]
    best_by_size: list[Best]
    hides: dict[str, dict[str, Hidden]]
    veto: Veto | None


def articles_summary(scenario: Scenario) -> ArticlesSummary | None:
    """What all drafts of a scenario's articles come to; None where it has no such block."""
    block = scenario.articles
    if block is None:
        return None
    issues, actors = block.issues, list(block.thresholds)
    satisfaction = np.array([[block.satisfaction[a][i] for i in issues] for a in actors])
    thresholds = np.array(list(block.thresholds.values()))
    crossed = across_red_line(satisfaction, thresholds, block.lowest_scores)
    place = {issue: n for n, issue in enumerate(issues)}
    pairs = [(a, b) for a, b in scenario.conflicts if a in place and b in place]
    out: dict[str, Any] = {
        "scale": list(block.scale),
        "red_line": block.lowest_scores,
        "titles": {i: scenario.issues[i].title for i in issues},
        "thresholds": dict(block.thresholds),
        "satisfaction": {a: dict(block.satisfaction[a]) for a in actors},
        "negotiability": {a: dict(scores) for a, scores in block.negotiability.items()},
        "conflicts": [list(pair) for pair in pairs],
        "presets": {
            name: _preset(block, actors, satisfaction, crossed, chosen)
            for name, chosen in block.presets.items()
        },
        "not_counted": None,
    }
    if len(issues) > MOST_ARTICLES:
        reason = f"{len(issues)} articles make too many drafts; at most {MOST_ARTICLES} are counted"
        empty: dict[str, Any] = {key: {} for key in ("turned_down", "alone", "contains", "hides")}
        counts = dict.fromkeys(("drafts", "passing", "passing_share", "veto"))
        empty["best_by_size"] = []
        return ArticlesSummary.from_json(out | {"not_counted": reason} | counts | empty)
    found = count_drafts(
        satisfaction, thresholds, [(place[a], place[b]) for a, b in pairs], crossed
    )
    passing = max(found.passing, 1)
    hides = {
        actor: {
            issues[i]: {
                "satisfaction": float(satisfaction[k, i]),
                "drafts": int(found.holding[i]),
                "share": float(found.holding[i] / passing),
            }
            for i in np.flatnonzero(crossed[k])
        }
        for k, actor in enumerate(actors)
    }
    counted = {
        "drafts": found.conflict_free,
        "passing": found.passing,
        "passing_share": found.passing / max(found.conflict_free, 1),
        "turned_down": {a: int(n) for a, n in zip(actors, found.turned_down, strict=True)},
        "alone": {a: int(n) for a, n in zip(actors, found.alone, strict=True)},
        "contains": {i: float(n / passing) for i, n in zip(issues, found.holding, strict=True)},
        "best_by_size": [
            _best(block, actors, satisfaction, size, *found.best[size])
            for size in sorted(found.best)
        ],
        "hides": hides,
        "veto": {
            "passing": found.spared,
            "share": found.spared / passing,
            "by": {a: int(n) for a, n in zip(actors, found.spared_by, strict=True)},
        },
    }
    return ArticlesSummary.from_json(out | counted)


def _scores(
    block: Articles, actors: list[str], satisfaction: Array, chosen: list[str]
) -> dict[str, float]:
    inside = np.isin(block.issues, chosen)[None]
    return dict(zip(actors, mean_scores(satisfaction, inside)[0].tolist(), strict=True))


def _preset(
    block: Articles,
    actors: list[str],
    satisfaction: Array,
    crossed: Mask,
    chosen: list[str],
) -> dict[str, Any]:
    scores = _scores(block, actors, satisfaction, chosen)
    below = [a for a in actors if scores[a] < block.thresholds[a] - TOLERANCE]
    lines = {
        actor: [i for i, over in zip(block.issues, row, strict=True) if over and i in chosen]
        for actor, row in zip(actors, crossed, strict=True)
    }
    crosses = {actor: over for actor, over in lines.items() if over}
    return {
        "articles": list(chosen),
        "scores": scores,
        "passes": not below,
        "below": below,
        "crosses": crosses,
    }


def _best(
    block: Articles,
    actors: list[str],
    satisfaction: Array,
    size: int,
    product: float,
    drafts: list[int],
) -> dict[str, Any]:
    named = []
    for bits in sorted(drafts)[:MOST_TIES]:
        chosen = [issue for n, issue in enumerate(block.issues) if bits >> n & 1]
        scores = _scores(block, actors, satisfaction, chosen)
        named.append({"articles": chosen, "scores": scores})
    return {"size": size, "product": product, "tied": len(drafts), "drafts": named}
