"""Articles with scores: all drafts counted, published figures, and the same rule in the engine."""

from __future__ import annotations

import copy
from itertools import chain, combinations
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.commands.importing import import_file
from sim.engine.draws import Draws
from sim.engine.model import SETTLED, PeaceTalks
from sim.formulas.bargaining.article_drafts import (
    MOST_ARTICLES,
    across_red_line,
    count_drafts,
    mean_scores,
)
from sim.formulas.bargaining.conflicts import clash, without_clash
from sim.importing import Wishes
from sim.results.articles import articles_summary
from sim.scenario import Scenario
from tests.conftest import ENVOY, build, conflict, simulate


@pytest.fixture(scope="module")
def csis(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """CSIS Futures Lab's table, whose figures stay outside the project."""
    out = tmp_path_factory.mktemp("csis") / "csis.yaml"
    table = shared / "data" / "csis" / "articles.csv"
    return import_file(table, out, Wishes(), force=False).loaded.scenario


@pytest.fixture(scope="module")
def summary(csis: Scenario) -> dict[str, Any]:
    return articles_summary(csis).to_json()


# --- published figures ------------------------------------------------------


def test_named_drafts_score_what_was_published(summary: dict[str, Any]) -> None:
    published = {
        "Balanced": (6.78, 6.89, 7.22, 7.00),
        "Pro-Russia": (5.00, 8.44, 6.78, 6.22),
        "Pro-Ukraine": (7.44, 6.00, 6.89, 7.33),
    }
    assert set(summary["presets"]) == set(published)
    for name, scores in published.items():
        found = summary["presets"][name]
        assert list(found["scores"]) == ["ukraine", "russia", "usa", "europe"]
        assert list(found["scores"].values()) == pytest.approx(scores, abs=0.005)
    assert summary["presets"]["Pro-Ukraine"]["below"] == ["russia"]
    assert summary["presets"]["Balanced"]["passes"]


def test_counts_of_drafts(summary: dict[str, Any], csis: Scenario) -> None:
    assert csis.articles.thresholds == {"ukraine": 5, "russia": 6.5, "usa": 3, "europe": 4}
    assert len(csis.conflicts) == 5
    assert (summary["drafts"], summary["passing"]) == (248_831, 118_136)
    assert summary["passing_share"] == pytest.approx(0.475, abs=0.0005)
    # recognition, limits on forces, NATO membership; the US never turns down, Europe four times
    shares = [summary["contains"][f"article_{n}"] for n in (4, 8, 6)]
    assert shares == pytest.approx([0.59, 0.44, 0.18], abs=0.005)
    assert (summary["turned_down"]["usa"], summary["turned_down"]["europe"]) == (0, 4)


# --- against brute force ------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, list[tuple[int, int]]]:
    """Satisfaction, thresholds and conflicts of a small table."""
    parties, articles = draw(st.integers(2, 4)), draw(st.integers(1, 6))
    scores = st.lists(st.integers(1, 10), min_size=articles, max_size=articles)
    satisfaction = np.array([draw(scores) for _ in range(parties)], dtype=float)
    steps = st.lists(st.integers(2, 20), min_size=parties, max_size=parties)
    thresholds = np.array(draw(steps)) / 2
    pairs = list(combinations(range(articles), 2))
    conflicts = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    return satisfaction, thresholds, conflicts


def matters(table: Any) -> bool:
    """Whether something matters to everybody; the import refuses others."""
    return not (table[0] == table[1][:, None]).all(axis=1).any()


def every_draft(articles: int, conflicts: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    drafts = chain.from_iterable(combinations(range(articles), n) for n in range(1, articles + 1))
    return [d for d in drafts if not any(a in d and b in d for a, b in conflicts)]


@settings(max_examples=60)
@given(tables())
def test_counts_and_best_drafts_are_those_of_brute_force(table: Any) -> None:
    satisfaction, thresholds, conflicts = table
    parties, articles = satisfaction.shape
    crossed = across_red_line(satisfaction, thresholds, 3.25)
    found = count_drafts(satisfaction, thresholds, conflicts, crossed)
    drafts = every_draft(articles, conflicts)
    scores = {d: np.array([np.mean([row[i] for i in d]) for row in satisfaction]) for d in drafts}
    passing = [d for d in drafts if (scores[d] >= thresholds - 1e-12).all()]
    assert (found.conflict_free, found.passing) == (len(drafts), len(passing))
    assert found.holding.tolist() == [sum(i in d for d in passing) for i in range(articles)]
    under = {d: np.flatnonzero(scores[d] < thresholds - 1e-12).tolist() for d in drafts}
    assert found.turned_down.tolist() == [
        sum(k in u for u in under.values()) for k in range(parties)
    ]
    assert found.alone.tolist() == [sum(u == [k] for u in under.values()) for k in range(parties)]
    spared = [d for d in passing if not crossed[:, list(d)].any()]
    assert found.spared == len(spared)
    assert set(found.best) == {len(d) for d in passing}
    for size, (product, best) in found.best.items():
        worth = {d: np.prod(scores[d] - thresholds) for d in passing if len(d) == size}
        assert product == pytest.approx(max(max(worth.values()), 0.0))
        wanted = [d for d, w in worth.items() if max(w, 0.0) >= product - 1e-9]
        assert sorted(best) == sorted(sum(1 << i for i in d) for d in wanted)


@settings(max_examples=60)
@given(tables())
def test_a_veto_only_takes_drafts_away(table: Any) -> None:
    satisfaction, thresholds, conflicts = table
    none = np.zeros(satisfaction.shape, dtype=bool)
    crossed = across_red_line(satisfaction, thresholds, 3.25)
    free = count_drafts(satisfaction, thresholds, conflicts, none)
    found = count_drafts(satisfaction, thresholds, conflicts, crossed)
    assert free.spared == free.passing == found.passing
    assert found.spared <= found.spared_by.min()
    assert (found.spared_by <= found.passing).all()
    for k in range(len(thresholds)):
        if not crossed[k].any():
            assert found.spared_by[k] == found.passing


def test_more_blocks_than_one_count_the_same() -> None:
    """18 articles: as many drafts as subsets, and symmetric scores make binomial counts."""
    satisfaction = np.ones((2, 18)) * [[8.0], [2.0]]
    satisfaction[1, :9] = 8.0
    nobody = np.zeros((2, 18), dtype=bool)
    found = count_drafts(satisfaction, np.array([5.0, 5.0]), [(0, 17)], nobody)
    assert found.conflict_free == 2**18 - 1 - 2**16
    # those in which the first nine are at least half of it, without the pair of 0 and 17
    half = sum(comb(9, a) * comb(9, b) for a in range(10) for b in range(a + 1)) - 1
    both = sum(comb(8, a) * comb(8, b) for a in range(9) for b in range(9) if a >= b)
    assert found.passing == half - both


def test_too_many_articles_are_not_counted() -> None:
    many = MOST_ARTICLES + 1
    data = scored([[7.0] * many, [4.0] * many], [5.0, 5.0], [])
    data["articles"]["presets"] = {"Two": ["i0", "i1"]}
    found = articles_summary(build(data))
    assert "at most 24" in found.not_counted
    assert (found.drafts, found.veto, found.best_by_size) == (None, None, [])
    assert found.presets["Two"].below == ["p1"]
    with pytest.raises(ValueError, match="articles make"):
        count_drafts(np.ones((2, many)), np.ones(2), [], np.zeros((2, many), dtype=bool))


# --- the same rule in the engine ------------------------------------------------------


def scored(satisfaction: Any, thresholds: Any, conflicts: list[tuple[int, int]]) -> dict[str, Any]:
    """A scenario as the import makes it."""
    issues = [f"i{n}" for n in range(len(satisfaction[0]))]
    known = {f"p{k}": dict(zip(issues, row, strict=True)) for k, row in enumerate(satisfaction)}
    asked = {f"p{k}": t for k, t in enumerate(thresholds)}
    sides = {
        side: {i: {"ideal": int(s > t), "salience": abs(s - t)} for i, s in known[side].items()}
        for side, t in asked.items()
    }
    article = {"kind": "options", "scale": {0: "out", 1: "in"}, "no_deal": 0}
    data = conflict(
        dict.fromkeys(issues, article),
        sides,
        cost=0,
        conflicts=[[issues[a], issues[b]] for a, b in conflicts],
        articles={"scale": [1, 10], "thresholds": asked, "satisfaction": known},
        horizon_days=210,
    )
    for actor in data["actors"].values():
        actor |= {"patience": {"uniform": [3, 20]}, "tactic": {"name": "linear"}}
    return data


@settings(max_examples=40)
@given(tables().filter(matters), st.integers(0, 1000))
def test_a_party_accepts_exactly_from_its_threshold_on(table: Any, seed: int) -> None:
    satisfaction, thresholds, _ = table
    model = PeaceTalks(build(scored(satisfaction.tolist(), thresholds.tolist(), [])), Draws(1, 1))
    drafts = np.random.default_rng(seed).random((64, satisfaction.shape[1])) < 0.5
    drafts = drafts[drafts.any(axis=1)]
    means = mean_scores(satisfaction, drafts)
    for k, party in enumerate(model.signatories):
        party.target = party.reservation
        accepts = party.accepts(drafts[None].astype(float))[0]
        np.testing.assert_array_equal(accepts, means[:, k] >= thresholds[k] - 1e-12)
        # and what it is worth above no deal is proportional to the sum over the articles
        surplus = (
            party.value_of(drafts[None].astype(float), model.talks.tables[0])[0] - party.reservation
        )
        total = np.abs(satisfaction[k] - thresholds[k]).sum()
        wanted = drafts @ (satisfaction[k] - thresholds[k])
        np.testing.assert_allclose(surplus * total, wanted, atol=1e-9)


@settings(max_examples=30)
@given(
    tables().filter(matters),
    st.integers(0, 100),
    st.sampled_from(["alternating", "shuttle", "envoy"]),
)
def test_what_is_signed_holds_no_conflict_and_passes(table: Any, seed: int, talks: str) -> None:
    satisfaction, thresholds, conflicts = table
    data = scored(satisfaction.tolist(), thresholds.tolist(), conflicts)
    if talks != "alternating":
        data["protocol"] = {"name": "shuttle"}
    if talks == "envoy":
        data["actors"]["envoy"] = ENVOY
    if len(data["issues"]) > 2 and seed % 2:
        issues = list(data["issues"])
        data["agenda"] = [
            {"name": "first", "issues": issues[:2]},
            {"name": "second", "issues": issues[2:]},
        ]
    model = simulate(build(data), worlds=20, seed=seed, trace=True)
    offers = np.stack(model.recorder.rounds["offer"])
    assert not clash(offers, conflicts).any()
    assert not clash(np.nan_to_num(model.talks.agreed), conflicts).any()
    signed = model.talks.agreed[model.talks.status == SETTLED] > 0
    if len(signed):
        assert signed.any(axis=1).all(), "an agreement of nothing"
        if "agenda" not in data:
            assert (mean_scores(satisfaction, signed) >= thresholds - 1e-9).all()
    if model.envoy is not None and model.envoy.text is not None:
        # its text on a stage that is signed, perhaps on other terms, is what it was
        assert not clash(model.talks.signed_or(model.envoy.text), conflicts).any()


@settings(max_examples=40)
@given(tables().filter(matters))
def test_ripeness_is_what_some_draft_gives_to_all(table: Any) -> None:
    satisfaction, thresholds, conflicts = table
    data = scored(satisfaction.tolist(), thresholds.tolist(), conflicts)
    model = PeaceTalks(build(data), Draws(1, 1))
    found = float(model.recorder.ripeness_at_start[0])
    surplus = satisfaction - thresholds[:, None]
    surplus /= np.abs(surplus).sum(axis=1, keepdims=True)
    drafts = every_draft(satisfaction.shape[1], conflicts)
    least = [surplus[:, list(d)].sum(axis=1).min() for d in drafts]
    assert found <= max(0.0, *least) + 1e-9
    assert min(abs(found - value) for value in [0.0, *least]) < 1e-9


def test_the_csis_table_runs_to_agreements_that_pass(csis: Scenario) -> None:
    block = csis.articles
    model = simulate(csis, worlds=40)
    signed = model.talks.agreed[model.talks.status == SETTLED] > 0
    assert len(signed)
    satisfaction = np.array([list(scores.values()) for scores in block.satisfaction.values()])
    scores = mean_scores(satisfaction, signed)
    assert (scores >= np.array(list(block.thresholds.values())) - 1e-9).all()


# --- small functions ------------------------------------------------------


@given(
    st.lists(st.lists(st.sampled_from([0.0, 1.0]), min_size=5, max_size=5), min_size=1),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=5),
)
def test_repair_only_drops_and_leaves_no_clash(rows: Any, pairs: Any) -> None:
    x, pairs = np.array(rows), [(a, b) for a, b in pairs if a != b]
    repaired = without_clash(x, np.arange(x.size).reshape(x.shape) % 3.0, pairs)
    assert not clash(repaired, pairs).any()
    assert ((repaired == x) | (repaired == 0)).all()
    clean = ~clash(x, pairs)
    np.testing.assert_array_equal(repaired[clean], x[clean])


def test_the_summary_names_what_presets_cross() -> None:
    data = scored([[9.0, 2.0, 8.0], [3.0, 9.0, 9.0]], [5.0, 6.0], [])
    data["articles"]["presets"] = {"Both": ["i0", "i1", "i2"]}
    found = articles_summary(build(data))
    assert found.presets["Both"].crosses == {"p0": ["i1"], "p1": ["i0"]}
    assert found.hides["p0"]["i1"].satisfaction == 2
    assert found.veto.passing == 1  # the third article alone
    data["articles"]["red_line"] = 1
    strict = articles_summary(build(copy.deepcopy(data)))
    assert strict.veto.passing == strict.passing
