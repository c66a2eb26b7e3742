"""All drafts that can be made of articles: which pass every threshold, and what averaging hides.

The rule of the source is kept: a stakeholder's score of a draft is the unweighted mean of its
satisfaction with the articles in it, and it accepts from its threshold on. Drafts are bit masks
(article i is in draft d where bit i of d is set), all of them counted, in blocks that fit in cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.articles import Articles
from sim.scenario.schema import Scenario

Array = NDArray[np.float64]
Bits = NDArray[np.int64]
MOST_ARTICLES = 24
"""More than 16 million drafts are not counted one by one."""
BLOCK = 16
"""Articles whose drafts are scored at once: 65,536 drafts a block."""
TOLERANCE = 1e-9
MOST_TIES = 5
"""Drafts named where several are best."""


@dataclass
class Drafts:
    """Counts over all drafts of at least one article without a conflict.

    Attributes
    ----------
    conflict_free, passing : int
        Drafts, and those that every stakeholder accepts.
    turned_down, alone : ndarray of int, shape (stakeholders,)
        Drafts that this stakeholder turns down, and those that no other does.
    holding : ndarray of int, shape (articles,)
        Passing drafts that contain each article.
    best : dict of int to (float, list of int)
        Size → largest product of (score − threshold), and the drafts that reach it.
    spared : int
        Passing drafts without an article across anybody's red line.
    spared_by : ndarray of int, shape (stakeholders,)
        Passing drafts without an article across this stakeholder's red line.
    """

    conflict_free: int
    passing: int
    turned_down: Bits
    alone: Bits
    holding: Bits
    spared: int
    spared_by: Bits
    best: dict[int, tuple[float, list[int]]] = field(default_factory=dict)


def mean_scores(satisfaction: Array, chosen: NDArray[np.bool_]) -> Array:
    """Unweighted mean satisfaction with the articles of drafts, the source's score.

    Parameters
    ----------
    satisfaction : ndarray, shape (stakeholders, articles)
    chosen : ndarray of bool, shape (drafts, articles)
        At least one article each.

    Returns
    -------
    ndarray, shape (drafts, stakeholders)

    Examples
    --------
    >>> mean_scores(np.array([[7.0, 3.0, 5.0]]), np.array([[True, True, False]]))
    array([[5.]])
    """
    return np.asarray(chosen @ satisfaction.T / chosen.sum(axis=1, keepdims=True))


def across_red_line(satisfaction: Array, thresholds: Array, lowest: float) -> NDArray[np.bool_]:
    """Articles that a stakeholder scores no higher than ``lowest`` and under its threshold.

    Shapes (stakeholders, articles), (stakeholders,); the first for the result.
    """
    return np.asarray((satisfaction <= lowest) & (satisfaction < thresholds[:, None]))


def count_drafts(
    satisfaction: Array,
    thresholds: Array,
    conflicts: list[tuple[int, int]],
    crossed: NDArray[np.bool_],
) -> Drafts:
    """Score every draft without a conflict.

    Parameters
    ----------
    satisfaction : ndarray, shape (stakeholders, articles)
    thresholds : ndarray, shape (stakeholders,)
    conflicts : list of (int, int)
        Articles of which only one can be in a draft.
    crossed : ndarray of bool, shape (stakeholders, articles)
        Articles across a stakeholder's red line.

    Raises
    ------
    ValueError
        For more than :data:`MOST_ARTICLES` articles.

    Remarks
    -------
    20 articles take under a second and a few MB, 24 some seconds; every further one doubles it.
    """
    parties, articles = satisfaction.shape
    if articles > MOST_ARTICLES:
        raise ValueError(f"{articles} articles make 2^{articles} drafts")
    zero = np.zeros(parties, dtype=np.int64)
    out = Drafts(0, 0, zero.copy(), zero.copy(), np.zeros(articles, dtype=np.int64), 0, zero.copy())
    vetoed = [sum(1 << int(i) for i in np.flatnonzero(row)) for row in crossed]
    surplus = satisfaction - thresholds[:, None]
    for drafts, totals in _blocks(surplus, conflicts):
        accepted = totals >= -TOLERANCE
        votes = accepted.sum(axis=0)
        out.conflict_free += len(drafts)
        out.turned_down += (~accepted).sum(axis=1)
        out.alone += (~accepted & (votes == parties - 1)).sum(axis=1)
        passes = votes == parties
        drafts, totals = drafts[passes], totals[:, passes]
        out.passing += len(drafts)
        for i in range(articles):
            out.holding[i] += int(np.count_nonzero(drafts & (1 << i)))
        spared = np.array([(drafts & veto) == 0 for veto in vetoed])
        out.spared_by += spared.sum(axis=1)
        out.spared += int(spared.all(axis=0).sum())
        _keep_best(out.best, drafts, totals)
    return out


def _blocks(surplus: Array, conflicts: list[tuple[int, int]]) -> Iterator[tuple[Bits, Array]]:
    """Drafts without conflicts, and per stakeholder the sum of (satisfaction − threshold)."""
    articles = surplus.shape[1]
    low = min(articles, BLOCK)
    inner = np.arange(1 << low, dtype=np.int64)
    sums = np.zeros((len(surplus), 1))
    for i in range(low):
        sums = np.concatenate([sums, sums + surplus[:, i, None]], axis=1)
    pairs = [(1 << a) | (1 << b) for a, b in conflicts]
    for high in range(1 << (articles - low)):
        bits = high << low
        if any(bits & pair == pair for pair in pairs):
            continue
        drafts = inner | bits
        free = drafts > 0
        for pair in pairs:
            free &= (drafts & pair) != pair
        outer = [i for i in range(low, articles) if bits >> i & 1]
        yield drafts[free], sums[:, free] + surplus[:, outer].sum(axis=1, keepdims=True)


def _keep_best(best: dict[int, tuple[float, list[int]]], drafts: Bits, totals: Array) -> None:
    """Largest product of mean surpluses by size, with ties, among passing drafts.

    The product is Nash's (1950), *Econometrica* 18(2), with the threshold as what no deal is worth.
    """
    sizes = np.bitwise_count(drafts) if hasattr(np, "bitwise_count") else _ones(drafts)
    products = np.maximum(totals / sizes, 0.0).prod(axis=0)
    for size in np.unique(sizes):
        here = sizes == size
        top = float(products[here].max())
        before, kept = best.get(int(size), (-1.0, []))
        if top < before * (1 - TOLERANCE):
            continue
        tied = drafts[here][products[here] >= top * (1 - TOLERANCE)].tolist()
        same = abs(top - before) <= TOLERANCE * max(top, 1.0)
        best[int(size)] = (max(top, before), kept + tied if same else tied)


def _ones(drafts: Bits) -> NDArray[np.int64]:
    """Number of bits set (numpy before 2.0 has no function for it)."""
    return sum(((drafts >> i) & 1 for i in range(MOST_ARTICLES)), np.zeros_like(drafts))


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
