"""What all drafts of a scenario's articles come to, and what averaging hides.

The rule of the source is kept: a stakeholder's score of a draft is the unweighted mean of its
satisfaction with the articles in it, and it accepts from its threshold on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.formulas.bargaining.article_drafts import (
    MOST_ARTICLES,
    TOLERANCE,
    across_red_line,
    count_drafts,
    mean_scores,
)
from sim.scenario.articles import Articles
from sim.scenario.schema import Scenario

Array = NDArray[np.float64]
MOST_TIES = 5
"""Drafts named where several are best."""


def articles_summary(scenario: Scenario) -> dict[str, Any] | None:
    """What all drafts of a scenario's articles come to; None where it has no such block.

    Returns
    -------
    dict
        Plain types. ``actors`` and ``articles`` are keys of the scenario throughout.

        - ``scale``: [lowest, highest]; ``red_line``: the score up to which an article counts as
          across a red line (if it is also under the actor's threshold)
        - ``titles``: {article: title}; ``thresholds``: {actor: score}
        - ``satisfaction``, ``negotiability``: {actor: {article: score}}
        - ``conflicts``: [[article, article], …]
        - ``presets``: {name: {``articles``: […], ``scores``: {actor: mean}, ``passes``: bool,
          ``below``: [actors under their threshold], ``crosses``: {actor: [articles across its red
          line]}}}
        - ``not_counted``: why the drafts were not counted, else None; then these are None or empty:
        - ``drafts``: number without conflict, at least one article; ``passing``: accepted by all;
          ``passing_share``: part of ``drafts``
        - ``turned_down``: {actor: drafts under its threshold}; ``alone``: {actor: those of them
          that every other actor accepts}
        - ``contains``: {article: share of passing drafts that contain it}
        - ``best_by_size``: [{``size``, ``product`` of (score − threshold), ``tied``: number of
          drafts that reach it, ``drafts``: [{``articles``, ``scores``}] of the first few}]
        - ``hides``: {actor: {article across its red line: {``satisfaction``, ``drafts``: passing
          drafts that contain it, ``share`` of the passing}}}
        - ``veto``: {``passing``: drafts that pass and cross nobody's red line, ``share`` of the
          passing, ``by``: {actor: drafts that pass and do not cross its own}}
    """
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
        return out | {"not_counted": reason} | counts | empty
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
    return out | {
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


def _scores(
    block: Articles, actors: list[str], satisfaction: Array, chosen: list[str]
) -> dict[str, float]:
    inside = np.isin(block.issues, chosen)[None]
    return dict(zip(actors, mean_scores(satisfaction, inside)[0].tolist(), strict=True))


def _preset(
    block: Articles,
    actors: list[str],
    satisfaction: Array,
    crossed: NDArray[np.bool_],
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
