"""`explain`: formulas against known answers, planted truths, and the simulator itself."""

from __future__ import annotations

import copy
import itertools
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from scipy.special import ndtr
from scipy.stats import ks_2samp, norm

from sim.ensemble.beside import Beside
from sim.ensemble.executors import InProcess, ProcessPool
from sim.ensemble.runner import Run, run_scenario
from sim.formulas.attribution import attribution, below, ends, pawn, slice_codes, sliced
from sim.formulas.boxes import best_box, fit, inside, stability, trade_off
from sim.plots.explain import explained
from sim.prose import percent
from sim.report import run_report
from sim.report.explained import put_into_report, saved_explanation
from sim.results.experiments import PREFIX
from sim.scenario import Loaded, load_data, load_scenario
from sim.scenario.distributions import parse_number
from sim.scenario.loading import load_variant
from sim.studies.advise.published import rivals
from sim.studies.explain import changes, explanation
from sim.studies.explain.changes import change_of, searched
from sim.studies.explain.explanation import explain
from sim.studies.explain.field import Field
from sim.studies.explain.findings import Explanation, Rule
from sim.studies.explain.inputs import condition_words, ends_words, input_of
from sim.studies.explain.measure import Measure
from sim.studies.explain.moves import Move, all_moves
from sim.studies.explain.outline import outline, rules, weigh
from sim.studies.explain.reasons import bundles, lattice
from sim.studies.explain.search import Smallest, smallest
from sim.studies.explain.short import short_words
from sim.studies.explain.trials import SETTLES, run_trials
from sim.studies.explain.words import (
    alone_words,
    answer_words,
    changing,
    comparing_words,
    full_words,
    mediating,
    move_words,
    ruling,
    standing,
)
from sim.studies.sweep.vary import flow
from sim.views.explain import explain_view
from sim.words.story import stuck_words
from tests.conftest import ROOT, SCENARIOS, TOY, csv_rows, typed, works

RNG = np.random.default_rng(5)
HOST = {"name": "Bern", "role": "facilitator", "acceptability": {"a": 0.5, "b": 0.5}}


def ishigami(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Ishigami & Homma (1990), with a = 7 and b = 0.1."""
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def test_pawn_is_the_mean_of_kolmogorov_smirnov_statistics() -> None:
    x = RNG.uniform(size=(400, 1))
    y = (x[:, 0] + RNG.uniform(size=400) > 1).astype(float)
    codes = slice_codes(x[:, 0])
    expected = np.mean([ks_2samp(y[codes == c], y).statistic for c in range(10)])
    assert pawn(sliced(x), below(y))[0, 0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("share", [False, True])
def test_ishigami_drivers_are_found_and_noise_is_not(share: bool) -> None:
    x = RNG.uniform(-np.pi, np.pi, (4000, 60))
    y = ishigami(x)
    x[:, 10] = x[:, 10] > 2  # yes or no
    x[:, 11] = 1.0  # never varies
    x[:300, 12] = np.nan
    found = attribution(x, (y > 6).astype(float) if share else y, resamples=50)
    assert list(np.flatnonzero(found.value > found.threshold)) == [0, 1, 2]
    assert found.value[11] == 0.0
    assert (found.low <= found.value + 1e-12)[:3].all()
    assert (found.value <= found.high + 1e-12)[:3].all()


def test_what_an_input_is_drawn_together_with_is_held_fixed() -> None:
    """A common factor does all; with it held fixed its companions do nothing, as they do not."""
    rng = np.random.default_rng(3)
    factor = rng.normal(size=3000)
    x = np.stack([factor, *(factor + rng.normal(size=(4, 3000)))], axis=1)
    x[:, 4] = x[:, 4] > 0
    y = (factor + 0.8 * x[:, 4] + rng.normal(size=3000) > 0.4).astype(float)
    nothing, of_factor = np.zeros((3000, 0)), factor[:, None]
    beside = [nothing, *4 * [of_factor]]
    plain, fixed = attribution(x, y, 0), attribution(x, y, 0, beside=beside)
    assert list(np.flatnonzero(plain.value > plain.threshold)) == [0, 1, 2, 3, 4]
    assert list(np.flatnonzero(fixed.value > fixed.threshold)) == [0, 4]
    for n in (1, 2, 3):
        raw, held = ends(x[:, n], y), ends(x[:, n], y, of_factor)
        assert raw.high - raw.low > 0.3
        assert abs(held.high - held.low) < 0.12
    # what comes of setting it, by its closed form: P(N(0, 2) > 0.4 − 0.8 x)
    truth = ndtr((np.array([0.0, 0.8]) - 0.4) / np.sqrt(2.0))
    assert ends(x[:, 4], y, of_factor)[:2] == pytest.approx(tuple(truth), abs=0.04)
    assert ends(x[:, 4], y).high > truth[1] + 0.1
    # never beyond what can be, nor a negative zero
    rare = ends(x[:, 1], (factor > 2.5).astype(float), of_factor)
    assert not np.signbit(rare[:2]).any()
    # nothing to hold, or too few worlds to: as it was
    few = ends(x[:9, 4], y[:9], x[:9, :4])
    assert few == ends(x[:9, 4], y[:9]) == ends(x[:9, 4], y[:9], np.ones((9, 2)))


def test_what_cannot_be_held_fixed_is_not() -> None:
    """Not in one third alone, nor what says all that the input does; shares stay steady."""
    rng = np.random.default_rng(5)
    settings_ = rng.normal(size=(1000, 7)) ** 3  # skewed, as the engine's are
    rare = (rng.uniform(size=1000) > 0.93).astype(float)
    y = (rng.uniform(size=1000) < 0.4).astype(float)
    assert ends(rare, y, settings_) == ends(rare, y), "some 70 worlds for 7 slopes and a level"
    x = rng.normal(size=1000)
    assert ends(x, y, (x > 0)[:, None] * 1.0).low == pytest.approx(ends(x, y).low, abs=0.1)
    assert ends(x, y, x[:, None] + 1e-6) == ends(x, y)
    # so an input that hardly differs from what is held does not raise what chance reaches
    alone = attribution(np.stack([x, settings_[:, 0]], axis=1), y, 0)
    held = [x[:, None] + 0.01 * rng.normal(size=(1000, 1)), np.zeros((1000, 0))]
    beside = attribution(np.stack([x, settings_[:, 0]], axis=1), y, 0, beside=held)
    assert beside.threshold < 1.2 * alone.threshold
    # over samples the shares vary hardly more than what is counted
    told, raw = [], []
    for _ in range(30):
        of = rng.normal(size=(300, 5)) ** 3
        x = of[:, 0] + rng.normal(size=300)
        y = (x + rng.normal(size=300) > 0).astype(float)
        told.append(ends(x, y, of)[:2])
        raw.append(ends(x, y)[:2])
    assert (np.std(told, axis=0) < 2 * np.std(raw, axis=0) + 0.01).all()


def test_the_margin_of_an_end_covers_its_mean_in_about_95_of_100_samples() -> None:
    """Of a third of N(0, 1), whose means are ∓3 φ(Φ⁻¹(1/3)), with more of something else."""
    rng, inside, wide = np.random.default_rng(8), [], []
    truth = 3 * norm.pdf(norm.ppf(1 / 3))
    for _ in range(400):
        x, of, noise = rng.normal(size=(3, 300))
        y = x + 3 * of + noise
        low, high, margin, _ = ends(x, y, of[:, None])
        inside += [abs(low + truth) <= margin, abs(high - truth) <= margin]
        wide.append(ends(x, y).margin / margin)
    assert 0.91 < np.mean(inside) < 0.98, "a little less than 0.95: the cuts are drawn, too"
    assert np.mean(wide) > 1.4
    # of one outcome only: the rule of three
    assert ends(np.arange(300.0), (np.arange(300) >= 200) * 1.0)[:3] == (0.0, 1.0, 0.03)


def test_intervals_of_an_index_are_those_of_what_is_left() -> None:
    """What is held fixed explains most; the interval is no wider for it, and within 0 and 1."""
    rng = np.random.default_rng(8)
    factor = rng.normal(size=600)
    x = np.stack([rng.normal(size=600)], axis=1)
    y = ((x[:, 0] > 0) + 2.5 * factor + 0.1 * rng.normal(size=600) > 0.5).astype(float)
    plain, fixed = attribution(x, y), attribution(x, y, beside=[factor[:, None]])
    assert fixed.value[0] > fixed.threshold
    assert fixed.high[0] - fixed.low[0] < plain.high[0] - plain.low[0]
    assert 0.0 <= fixed.low[0] <= fixed.value[0] <= fixed.high[0] <= 1.0


def test_a_red_line_decides_as_much_as_setting_it_does() -> None:
    """Lines of one side share its flexibility; their share is near to that of exact runs."""
    path = "actors.milosevic.positions.crimes.line.binds"
    learnt = f"engine.calibration={ROOT / 'sim' / 'scenario' / 'calibration.json'}"

    def dayton(*changes: str) -> Run:
        return run_scenario(load_scenario("dayton", [learnt, *changes]), 1000)

    known = weigh(dayton(), 0)
    number = known.paths.index(path)
    exact = [dayton(f"{path}={value}").summary.outcomes["settlement"] for value in (0, 1)]
    told, raw = known.ends(number), ends(known.table[:, number], known.outcome)
    assert told[:2] == pytest.approx(tuple(exact), abs=0.06)
    assert told.held
    assert raw.low - raw.high > exact[0] - exact[1] + 0.15
    named = [known.paths[n] for n in known.order]
    assert named[0] == "actors.milosevic.flexibility"
    assert len([n for n in named if n.startswith("actors.milosevic.positions")]) < 5


def test_a_planted_rule_is_found() -> None:
    rng = np.random.default_rng(5)  # its own: others draw from RNG in whatever order
    x = rng.uniform(size=(3000, 10))
    x[:, 5] = x[:, 5] > 0.5
    odds = np.where((x[:, 0] > 0.6) & (x[:, 5] > 0) & (x[:, 2] < 0.7), 0.8, 0.1)
    case = rng.uniform(size=3000) < odds
    box = best_box(x[:1500], case[:1500])
    bounds = {c.input: (c.low, c.high) for c in box}
    assert set(bounds) == {0, 2, 5}
    assert bounds[0][0] == pytest.approx(0.6, abs=0.08)
    assert bounds[2][1] == pytest.approx(0.7, abs=0.08)
    assert bounds[5][0] == 1.0
    fresh = fit(box, x[1500:], case[1500:])
    assert fresh.density == pytest.approx(0.8, abs=0.1)
    assert fresh.outside == pytest.approx(0.1, abs=0.05)
    front = [fit(one, x, case) for one in trade_off(x, case)]
    assert all(
        a.coverage >= b.coverage and a.density < b.density for a, b in itertools.pairwise(front)
    )
    assert min(stability(x[:1500], case[:1500], box, 5).values()) >= 0.8


def test_bounds_that_exclude_almost_nothing_are_not_told() -> None:
    rng = np.random.default_rng(11)
    x = rng.uniform(size=(1000, 4))
    case = rng.uniform(size=1000) < np.where(x[:, 0] > 0.7, 0.6, 0.02)
    case[x[:, 0] > 0.985] = False
    case[x[:, 1] < 0.04] = False
    ((number, low, high),) = best_box(x, case)
    assert (number, high) == (0, np.inf)
    assert low == pytest.approx(0.7, abs=0.05)


def test_a_rule_is_found_again_and_rests_on_more_than_a_handful() -> None:
    rng = np.random.default_rng(12)
    names = [f"actors.a.positions.land.{what}" for what in ("ideal", "salience")]

    def worlds(count: int, odds: float) -> xr.Dataset:
        x = rng.uniform(size=(2, count))
        settled = rng.uniform(size=count) < np.where(x[0] > 0.6, odds, 0.01)
        columns = {f"{PREFIX}{name}": ("world", one) for name, one in zip(names, x, strict=True)}
        return xr.Dataset({"outcome": ("world", np.where(settled, 0, 5)), **columns})

    measure = Measure("settlement", "Worlds with a settlement", "a settlement")

    def found(data: xr.Dataset, fresh: xr.Dataset) -> Rule | None:
        return rules(names, measure, data, fresh, planted("line").scenario)[0]

    likely, other = worlds(400, 0.5), worlds(400, 0.5)
    rule = found(likely, other)
    assert rule is not None
    assert len(rule.conditions) == 1
    assert rule.stability[0] > 0.9
    assert found(likely, worlds(400, 0.01)) is None, "fresh worlds do not show it"
    few = likely.isel(world=slice(0, 60))
    assert 5 < (few.outcome == 0).sum() < 20
    assert found(few, other) is None


def test_nothing_is_found_where_nothing_is() -> None:
    assert best_box(np.ones((100, 3)), np.arange(100) < 30) == ()
    unknown = np.full((9, 1), np.nan)
    assert best_box(unknown, np.ones(9, bool)) == ()
    box = best_box(RNG.uniform(size=(50, 1)), np.arange(50) < 9)
    assert not inside(box, unknown).any()
    # of independent data sets one in twenty shows something; of 40 hardly more than six
    found = [attribution(RNG.normal(size=(200, 20)), RNG.normal(size=200), 2) for _ in range(40)]
    assert sum((one.value > one.threshold).any() for one in found) <= 6


@pytest.mark.parametrize("name", ["kellogg", "dayton"])
def test_a_trial_is_the_run_of_the_changed_scenario(name: str) -> None:
    """World by world, whatever else is tried beside it."""
    loaded = load_scenario(SCENARIOS / f"{name}.yaml")
    moves = bundles(all_moves(loaded))
    kinds = ("lines", "patience", "stay", "levers", "draft", "terms")
    chosen = [move for move in moves.values() if move.kind in kinds][:6]
    trials = [(loaded.scenario, toward) for toward in ({}, *(m.toward(0.6) for m in chosen))]
    worlds = (3, 8, 21, 30)
    found = run_trials(trials, 4, worlds, InProcess())
    for n, move in enumerate([None, *chosen]):
        set_ = [] if move is None else [f"{k}={flow(v)}" for k, v in move.changes(0.6).items()]
        ensemble = run_scenario(load_variant(loaded, set_), 31, 4, traced=0).ensemble
        assert ((found[n] == SETTLES) == (ensemble.outcome.values[list(worlds)] == 0)).all()


def planted(kind: str) -> Loaded:
    """Scenarios whose obstacle is known, from the toy in which nearly all settle.

    ``line``: A's line on land is drawn on both sides of what B can sign. ``patience``: B never
    moves, and A comes down to B's terms within the horizon or not. ``both``: A never does in time,
    and B's terms lie beyond its line on land as well.
    """
    data = copy.deepcopy(TOY) | {"name": kind}
    a, b = data["actors"]["a"], data["actors"]["b"]
    if kind == "line":
        a["positions"]["land"]["limit"] = {"uniform": [0.0, 0.6]}
        return load_data(data)
    data["horizon_days"] = 120
    data["war"]["cost"]["a"] = 0.05
    a["tactic"] = {"name": "boulware", "beta": 0.3}
    a["patience"] = {"uniform": [5, 80]} if kind == "patience" else {"uniform": [150, 250]}
    b["tactic"] = {"name": "hardliner"}
    b["positions"]["land"] |= {"ideal": 0.6, "limit": 0.2}
    b["positions"]["arms"]["ideal"] = 0.7
    if kind == "both":
        a["positions"]["land"]["limit"] = {"uniform": [0.4, 0.55]}
    return load_data(data)


def explained_(loaded: Loaded, worlds: int = 400) -> tuple[Run, Explanation]:
    run = run_scenario(loaded, worlds, 1, traced=0)
    return run, explain(loaded, run, InProcess())


@pytest.fixture(scope="module")
def of_line() -> tuple[Run, Explanation]:
    return explained_(planted("line"))


def test_two_workers_find_the_same(of_line: tuple[Run, Explanation]) -> None:
    run, found = of_line
    with ProcessPool(2) as pool:
        same = explain(planted("line"), run, pool)
    assert json.dumps(same.to_json()) == json.dumps(found.to_json())


def test_a_planted_line_is_told_and_what_opens_it_costs_little(
    of_line: tuple[Run, Explanation],
) -> None:
    _, found = of_line
    assert found.measure_key == "settlement"
    assert found.drivers[0].path == "actors.a.positions.land.limit"
    assert found.drivers[0].when_high > found.drivers[0].when_low + 0.5
    assert "A's red line on Land is no harder than" in found.rule.conditions[0]
    assert found.rule.fresh.density > found.rule.fresh.outside + 0.5
    best = max(found.obstacles, key=lambda one: one.settle)
    assert best.keys in (["lines:a"], ["lines:b"])  # either closes the gap
    assert best.settle > 0.9
    (change,) = found.changes
    assert change.confirmed > change.before + 0.15
    assert 0 < sum(change.price.values()) < 0.2
    assert all("=" in one for one in change.set)


def test_where_every_world_settles_nothing_stands_in_the_way(
    of_line: tuple[Run, Explanation],
) -> None:
    run, found = of_line
    all_settle = replace(found, settled=1.0, failed=0, obstacles=[], together=[], changes=[])
    lines = short_words(all_settle, run.scenario, Path("out"), [])
    assert ("What stands in the way: nothing: every world settles.", False) in lines


def test_a_change_that_falls_short_of_what_was_asked_says_so(
    of_line: tuple[Run, Explanation],
) -> None:
    run, found = of_line
    (change,) = found.changes
    short = " ".join(changing(replace(change, asked=0.95), run.scenario))
    assert "that anything tried brings there; 95 % asked for) of 24 worlds." in short
    assert "Sought" not in " ".join(changing(replace(change, asked=0.05), run.scenario))
    assert mediating(found, run.scenario, "again") == ["Nobody mediates."]
    hosted = load_data(TOY | {"actors": TOY["actors"] | {"h": HOST}}).scenario
    nobody, host, more = mediating(found, hosted, "again")
    assert (nobody, host[:11]) == ("Nobody mediates.", "Host: Bern.")
    assert more == "What comes of hosts is told by: again"
    kellogg = load_scenario("kellogg").scenario
    told = mediating(found.outlined, kellogg, "again")
    assert told[0] == "“explain” counts what Kellogg adds."
    assert told[1].startswith("Trump must sign as well")
    assert "of hosts, levers, the first text and the order is told by: again" in told[-1]
    assert "extends: mine.yaml" in comparing_words("mine.yaml", [])[0]
    assert comparing_words("kellogg", rivals(kellogg))[0].endswith(
        "compare kellogg baseline ceasefire_first comprehensive_first kellogg_no_levers "
        "max_pressure no_mediation oil_relief putin_terms serbian_host swiss_host victory_plan"
    )
    assert not rivals(load_scenario("dayton").scenario)
    assert "`" not in " ".join(answer_words(replace(found, settled_first=0.9), run.scenario))
    alone = " ".join(alone_words(found, run.scenario, "again"))
    assert "without A's red lines (the cheapest change of its own: again --actor a)" in alone


@pytest.mark.parametrize(("lowest", "failed"), [(0.28, 11), (0.26, 34)])
def test_of_few_failed_worlds_counts_are_told_and_agree(lowest: float, failed: int) -> None:
    """All of them are counted, and what a side could alone is no less than one thing of its own."""
    data = copy.deepcopy(TOY)
    data["actors"]["a"]["positions"]["land"]["limit"] = {"uniform": [lowest, 0.8]}
    run, found = explained_(load_data(data))
    assert int((run.ensemble.outcome.values != 0).sum()) == found.counted == failed
    for one in found.obstacles:
        owners = {key.partition(":")[2] or "talks" for key in one.keys}
        assert found.alone[owners.pop()] >= one.settle
    told = [
        *(line for line, _ in full_words(found, run.scenario, "toy.yaml", [])),
        *explain_view(run, found).words,
        explain_view(run, found).headline,
        *(line for line, _ in short_words(found, run.scenario, Path("out"), [])),
    ]
    assert ("in 11 of 11" in " ".join(stuck_words(run.scenario, run.summary))) == (failed == 11)
    of_failed = " ".join(text for text in told if "A's red lines" in text)
    assert ("11 of 11" in of_failed) == (failed == 11)
    assert ("100 %" in of_failed) == (failed == 34)
    # which failed worlds these are, and whose things, is said wherever shares of them are
    for one, which in (
        (replace(found, actor="a"), f"the {failed} worlds without a settlement"),
        (replace(found, actor="a", counted=9), f"9 of the {failed} worlds without a settlement"),
    ):
        (panel,) = (p for p in explain_view(run, one).panels if p.key == "obstacles")
        lines = (line for line, _ in short_words(one, run.scenario, Path("out"), []))
        whole = (line for line, _ in full_words(one, run.scenario, "toy.yaml", []))
        told = [" ".join(map(str.strip, text)) for text in (lines, whole)]
        for text in (panel.title, *told):
            assert "What stands in the way, of A's own" in text
            assert which in text


def test_a_change_of_the_stages_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has other stages, and so arrays of other shapes, than the run."""
    loaded = load_scenario("kellogg")
    run = run_scenario(loaded, 40, 1, traced=0)
    moves = {move.key: move for move in all_moves(loaded)}
    field = Field(loaded, moves, 1, (0, 1), Beside(InProcess()))
    change = change_of(field, Smallest({"order": 1.0}, 1.0, 0.5, 24), "", 0.5)
    assert change.keywords["what"][0] == "the order of the stages: everything at once instead"
    found = [(load_variant(loaded, change.keywords["set"]), change)], dict
    monkeypatch.setattr(explanation, "searched", lambda *_: found)
    (told,) = explain(loaded, run, InProcess()).changes
    assert told.fresh_worlds == 40


@pytest.mark.parametrize("name", ["kellogg", "points_28", "annan_2004", "sinai_1975"])
def test_prose_and_set_name_the_same_numbers(name: str) -> None:
    """A clause for each ``--set``, of every kind of change, with the medians before and after."""
    (file,) = SCENARIOS.rglob(f"{name}.yaml")
    loaded = load_scenario(file)
    scenario, last = loaded.scenario, loaded.scenario.horizon_days
    for move, share in itertools.product(all_moves(loaded), (0.0, 0.3, 0.65, 1.0)):
        told, sets = move_words(move, share, scenario), move.changes(share)
        assert len(told) == len(sets)
        for words, (path, value) in zip(told, sets.items(), strict=True):
            if path in dict(move.structure):
                new = (
                    "instead" if path == "agenda" else "dropped" if move.kind == "deadline" else ""
                )
                assert (new or "without") in words
                continue
            place = next(one for one in move.places if one.path == path)
            before = place.number.median * (place.days or 1.0)
            after = parse_number(value, spans=bool(place.days)).median
            if share == 1.0 and move.kind == "stay":
                assert words.endswith("to the end")
                assert after >= last
                continue
            points = f"({before:.2f} to {after:.2f})", f"({before:.3f} to {after:.3f})"
            demands, surer = f"{after:.2f} instead", f"({percent(before)} to {percent(after)})"
            days = f"{after:.0f} day{'s' * (round(after) != 1)} instead of {before:.0f}"
            is_said = [days] if place.days else [*points, demands, surer]
            assert any(one in words for one in is_said), (words, value)
    if name == "kellogg":
        moves = {move.key: move for move in all_moves(loaded)}
        told = move_words(moves["line:putin:guarantees"], 0.3, scenario)
        assert "conditional red line" in " ".join(told)


LAND = ("lines:a", "line:a:land")


class Planted(Field):
    """Of the toy: worlds that settle where A gives way on land far enough, of which few do.

    One in ``each`` does, and of those that come first any number in ``lucky``; where it ``needs``
    more, A gives way in that as well.
    """

    each, lucky = 11, range(0)
    needs: tuple[str, ...] = ()

    def _run(self, trials: Any, wanted: Any) -> Any:
        far = [
            min(max(one.get(k, 0.0) for k in keys) for keys in (LAND, *((n,) for n in self.needs)))
            for one in trials
        ]
        worlds = np.asarray(self.worlds)
        able = np.where(worlds < 24, np.isin(worlds, self.lucky), worlds % self.each == 0)
        return SETTLES * ((np.array(far) > 0.4)[:, None] & able & wanted)

    def later(self, trials: Any) -> Any:
        return lambda: self.run(trials)


def of_planted(monkeypatch: pytest.MonkeyPatch, actor: str | None, **how: Any) -> Any:
    """What is found where no world of the toy settles as it is: a change or none, and the rest."""
    kind = type("Kind", (Planted,), how)
    monkeypatch.setattr(changes, "Field", kind)
    loaded = planted("line").with_({"actors.a.leave_after": "20d"})
    data = xr.Dataset({"outcome": ("world", np.full(1000, 5))})
    tell: Any = lambda *_: None  # noqa: E731
    beside = Beside(InProcess())
    changed, told = searched(loaded, all_moves(loaded), data, beside, 1, actor, tell, 0.5)
    return [change.keywords for _, change in changed], told()


@pytest.mark.parametrize("each", [11, 19, 50])
def test_what_one_could_alone_is_found_where_it_is_offered(
    monkeypatch: pytest.MonkeyPatch, of_line: tuple[Run, Explanation], each: int
) -> None:
    """Also where none of the few worlds shows it; else it is refused, with no contradiction."""
    run, found = of_line
    _, told = of_planted(monkeypatch, None, each=each)
    own, of_a = of_planted(monkeypatch, "a", each=each)
    assert told["alone"]["a"] == of_a["alone"]["a"] == pytest.approx(1 / each, abs=0.01)
    assert bool(own) == (told["alone"]["a"] >= 0.05)
    there = replace(found, changes=found.changes if own else [], actor="a", **of_a)
    whole = full_words(there, run.scenario, "toy.yaml", [])
    screens = whole, short_words(there, run.scenario, Path("out"), [])
    for lines in screens:
        text = " ".join(line.strip() for line, _ in lines)
        refused = "othing tried settles 5 % of 100 of the" in text
        assert refused == (not own)
        assert ("no one thing, and no set" in text.lower()) == (not own)
    _, of_b = of_planted(monkeypatch, "b", each=each)
    assert of_b["alone"] == {"b": told["alone"]["b"]} == {"b": 0.0}


def test_what_is_sought_is_no_luck_of_a_few_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a quarter of the first settles and a tenth of the others, a tenth is the most."""
    (change,), told = of_planted(monkeypatch, None, lucky=range(6), each=10)
    assert told["alone"]["a"] == change["most"] == pytest.approx(0.1, abs=0.01)
    assert change["goal"] == pytest.approx(0.8 * change["most"])
    assert (change["sought"], change["asked"]) == (100, 0.5)
    (path,) = (one.partition("=")[0] for one in change["set"])
    assert path == "actors.a.positions.land.limit"
    three, _ = of_planted(monkeypatch, "a", needs=("patience:a", "stay:a"))
    assert len(three) == 1, "three things of one side are counted though no two bring anything"
    (change,), _ = of_planted(monkeypatch, None, lucky=range(20), each=1)
    assert (change["sought"], change["goal"]) == (24, 0.5)


def test_who_stays_stays_to_the_end() -> None:
    """Staying to the end is what is told and what is set, though a part of the way would do."""
    data = copy.deepcopy(TOY) | {"name": "stay", "horizon_days": 300}
    for actor in "ab":
        data["actors"][actor]["patience"] = "20w"
    data["actors"]["a"]["leave_after"] = {"uniform": ["5d", "15d"]}
    _, found = explained_(load_data(data), 200)
    (change,) = found.changes
    assert change.what == ["A staying at the table to the end"]
    after = load_variant(load_data(data), change.set).scenario.actors["a"].leave_after
    assert after.median >= 300
    assert change.confirmed > change.before + 0.8


def test_the_ends_of_a_number_read_differently() -> None:
    """Also where one text of a scale is nearest to both; a softer red line is called so."""
    scenario = load_scenario("kellogg").scenario
    for path in ("actors.putin.positions.neutrality.line.at", "issues.neutrality.no_deal"):
        low, high = ends_words(path, 0.62, 0.63, scenario)
        assert low != high
        assert "nearest to both" in high
    soft, hard = ends_words("tracks.black_sea.positions.putin.shipping.line.at", 0.3, 0.5, scenario)
    assert soft.startswith("where it is softer, at 0.30")
    assert hard.startswith("where it is harder, at 0.50")
    assert input_of("engine.tempo", scenario).title == "Everyone's patience"
    assert ends_words("engine.tempo", 0.749, 0.988, scenario)[0].endswith(
        "0.75 times what is assumed"
    )
    said = condition_words("engine.tempo", float("-inf"), 0.984, scenario)
    assert said == "everyone's patience is at most 0.98 times what is assumed"
    assert (
        ends_words("engine.believed_binds", 0.29, 0.44, scenario)[0] == "where it is at most 29 %"
    )


def test_the_chart_shows_what_is_explained(of_line: tuple[Run, Explanation]) -> None:
    run, found = of_line
    figure = explained(explain_view(run, found))
    panels = {axes.get_gid(): axes for axes in figure.axes}
    assert set(panels) == {"drivers", "rule", "obstacles", "changes"}
    bars = [bar.get_width() for bar in panels["drivers"].patches]
    assert bars == pytest.approx([one.index for one in found.drivers[:12]])
    widths = [bar.get_width() for bar in panels["rule"].patches]
    assert widths == pytest.approx([found.rule.fresh.density, found.rule.fresh.outside])
    texts = " ".join(" ".join(t.get_text().split()) for t in figure.texts)
    assert "A's red line on Land" in texts
    view = explain_view(run, found)
    drawn = [bar.get_facecolor() for axes in panels.values() for bar in axes.patches]
    assert {color.lower() for color in view.owners} == set(map(to_hex, drawn))
    assert panels["drivers"].get_xlim()[1] < 2 * max(one.high for one in found.drivers)
    either = replace(found.drivers[0], path="actors.a.positions.land.binds")
    (bar,) = explain_view(run, replace(found, drivers=[either])).drivers
    assert re.fullmatch(r"no .+ → yes .+", bar.direction)


def section_of(path: Path) -> str:
    return path.read_text("utf-8").partition('<section id="why"')[2].partition("</section>")[0]


def test_the_first_section_of_a_report_is_why(
    of_line: tuple[Run, Explanation], tmp_path: Path
) -> None:
    """An outline from the worlds alone; what was searched, once it has been, in either order."""
    found, page = of_line[1], tmp_path / "report.html"
    run = run_scenario(planted("line"), 400, 1)
    run_report(run, page)
    text = page.read_text("utf-8")
    assert text.index('<section id="why"') == text.index("<section")
    assert "Under which conditions" in section_of(page)
    assert "python -m sim explain" in section_of(page)
    assert "cheapest change found" not in section_of(page)
    risky = replace(found, measure="<script>")
    (tmp_path / "explain.json").write_text(json.dumps(risky.rounded().to_json()))
    assert put_into_report(run, page)
    later = page.read_text("utf-8")
    assert "cheapest change found" in section_of(page)
    assert "<script>" not in later
    assert "&lt;script&gt;" in section_of(page)
    run_report(run, page)
    assert page.read_text("utf-8") == later
    # of what one actor could change the outline is that of all, and the page tells it as such
    (tmp_path / "explain.json").unlink()
    own = replace(found, actor="a", changes=[replace(found.changes[0], who="a")])
    (tmp_path / "explain_a.json").write_text(json.dumps(own.to_json()))
    there = saved_explanation(run, tmp_path)
    assert (there.rule, there.searched, len(there.changes)) == (found.rule, False, 1)
    assert "seeks it in these, too" in " ".join(ruling(outline(run)))
    assert "seeks it in these, too" not in " ".join(ruling(found))
    assert "“explain” seeks in all" in " ".join(ruling(replace(outline(run), rule=None)))
    assert "“explain” in all" not in " ".join(ruling(replace(found, rule=None)))
    other = replace(found, identity="0" * 24)
    (tmp_path / "explain.json").write_text(json.dumps(other.to_json()))
    assert not saved_explanation(run, tmp_path).searched


def failed_field(loaded: Loaded, worlds: int = 40) -> Field:
    ensemble = run_scenario(loaded, 200, 1, traced=0).ensemble
    failed = np.flatnonzero(ensemble.outcome.values != 0)[:worlds]
    moves = bundles(all_moves(loaded))
    return Field(loaded, moves, 1, tuple(int(w) for w in failed), Beside(InProcess()))


def test_planted_patience_is_told_and_two_that_only_bind_together() -> None:
    found = lattice(failed_field(planted("patience")))
    best = max((k for k in found.settled if len(k) == 1), key=found.odds)
    assert best == ("patience:a",)
    found = lattice(failed_field(planted("both")))
    together = found.bound_together()
    assert set(together[0]) == {"lines:a", "patience:a"}
    assert found.odds(together[0]) > 0.8
    assert max(found.odds((key,)) for key in together[0]) < 0.2


def test_a_deadline_that_stops_the_talks_is_told() -> None:
    data = copy.deepcopy(TOY) | {"name": "late", "horizon_days": 300}
    data["deadline"] = {"at": "2w", "known_to": [], "after": "stop"}
    for actor in "ab":
        data["actors"][actor]["patience"] = "20w"
    run, found = explained_(load_data(data), 200)
    (dropped,) = (one for one in found.obstacles if one.keys == ["deadline"])
    assert dropped.settle > 0.9
    (change,) = found.changes
    assert change.set == ["deadline=null"]
    assert change.price == {"talks": 0.0}
    assert "without the deadline" in " ".join(standing(found, run.scenario))


def test_what_is_not_run_again_is_hardly_ever_wrong() -> None:
    """Sets of Kellogg's obstacles: what follows from other trials, beside all of them run."""
    field = failed_field(load_scenario("kellogg"), 12)
    found = lattice(field)
    tried = [k for k in found.settled if len(k) == 2]
    every = field.settled([dict.fromkeys(keys, 1.0) for keys in tried])
    wrong = every != np.array([found.settled[k] for k in tried])
    assert wrong.mean() < 0.02
    assert wrong.size > field.rows - wrong.size  # far fewer were run than there are sets


@pytest.mark.parametrize("kind", ["line", "both"])
def test_the_smallest_change_is_within_a_step_of_an_exhaustive_search(kind: str) -> None:
    """All combinations of all bundles on the same grid, in the same worlds."""
    field = failed_field(planted(kind), 24)
    found = lattice(field)
    least = smallest(field, found, list(field.moves))
    assert field.open([least.shares], least.goal)[0] >= least.goal
    grid = [0.0, 0.25, 0.5, 0.75, 1.0]
    keys = [k for k, move in field.moves.items() if move.kind in ("lines", "patience")]
    cells = [
        {k: s for k, s in zip(keys, shares, strict=True) if s > 0}
        for shares in np.array(np.meshgrid(*[grid] * len(keys))).reshape(len(keys), -1).T.tolist()
    ]
    cheap = [c for c in cells if field.weighed(c) < field.weighed(least.shares) / 1.05]
    assert cheap
    assert (field.likely(cheap).mean(axis=1) < least.goal).all()


class Drawn(Field):
    """Worlds that settle once enough is changed, a few of them not where it goes all the way."""

    def planted(self, rng: np.random.Generator, odd: int) -> Drawn:
        self.weights = rng.uniform(0.0, 1.0, (len(self.worlds), len(self.moves)))
        self.enough = rng.uniform(0.2, 1.6, len(self.worlds))
        self.odd = np.arange(len(self.worlds)) < odd
        return self

    def _run(self, trials: Any, wanted: Any) -> Any:
        x = np.array([[shares.get(k, 0.0) for k in self.moves] for shares in trials])
        self.rows += int(wanted.sum())
        done = x @ self.weights.T >= self.enough
        return SETTLES * (done & wanted & ~(self.odd & (x >= 1.0).any(axis=1)[:, None]))


@pytest.mark.parametrize("seed", range(8))
def test_a_larger_change_that_does_harm_does_not_hide_a_smaller_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    keys = [f"lines:{name}" for name in "abcd"]
    prices = np.cumsum(rng.uniform(0.02, 0.3, (4, 4)), axis=1)
    moves = {
        k: Move(k, k[-1], prices=(0.0, *map(float, p))) for k, p in zip(keys, prices, strict=True)
    }
    loaded: Any = None
    field = Drawn(loaded, moves, 1, tuple(range(24)), Beside(InProcess())).planted(rng, odd=3)
    least = smallest(field, lattice(field), keys)
    cells = [
        {k: s for k, s in zip(keys, cell, strict=True) if s > 0}
        for cell in itertools.product([0.0, 0.25, 0.5, 0.75, 1.0], repeat=4)
    ]
    able = [c for c in cells if 0 < len(c) < 4 and field.settled([c]).mean() >= least.goal]
    assert field.weighed(least.shares) <= 1.05 * min(map(field.weighed, able))


def test_the_command_writes_what_it_says(tmp_path: Path) -> None:
    """And what it tells to run is run as it stands, and brings what it says."""
    words = ["explain", "dayton", "--worlds", "300", "--actor", "milosevic", "--workers", "1"]
    done = works(*words, "--no-plots", "--out", tmp_path)
    printed = (tmp_path / "dayton" / "explain_milosevic.txt").read_text()
    assert len(done.out.splitlines()) <= 30
    assert max(map(len, done.out.splitlines())) <= 80
    for head in ("What decides it", "Under which conditions", "What stands in the way", "--set"):
        assert head in done.words
        assert head in printed
    saved = json.loads((tmp_path / "dayton" / "explain_milosevic.json").read_text())
    assert set(saved["changes"][0]["price"]) == {"milosevic"}
    assert 0 <= saved["changes"][0]["confirmed"] <= 1
    rows = csv_rows(tmp_path / "dayton" / "reasons_milosevic.csv")
    assert f"{percent(saved['settled'])} of 300 worlds settle" in done.words
    assert {int(row["things"]) for row in rows if row["things"]} <= {1, 2, 3}
    assert len({row["world"] for row in rows}) == saved["failed"]
    command = printed[printed.index("python -m sim run dayton") :].partition("\n\n")[0]
    words = shlex.split(command.replace("\\\n", ""))
    assert words.count("--set") == len(saved["changes"][0]["set"])
    more = ["--seed", "3", "--worlds", "300", "--no-plots", "--quiet", "--out", str(tmp_path)]
    assert typed(*words[3:], *more).code == 0
    summary = json.loads((tmp_path / "dayton" / "summary.json").read_text())
    low, high = saved["changes"][0]["confirmed_interval"]
    assert low - 0.06 < summary["outcomes"]["settlement"] < high + 0.06


def test_pawn_is_that_of_the_library_where_it_can_be_used() -> None:
    """SALib cuts at quantiles, and takes the mean: the same for continuous inputs without ties."""
    salib = pytest.importorskip("SALib.analyze.pawn", reason="SALib is not installed")
    rng = np.random.default_rng(2)
    x = rng.uniform(-np.pi, np.pi, (2000, 6))
    y = (ishigami(x) > 3).astype(float)
    problem = {"num_vars": 6, "names": list("abcdef"), "bounds": [[-np.pi, np.pi]] * 6}
    theirs = salib.analyze(problem, x, y, S=10, seed=1)["mean"]
    assert pawn(sliced(x), below(y))[:, 0] == pytest.approx(theirs, abs=0.01)


def test_group_indices_sum_what_an_additive_measure_has() -> None:
    sobol = pytest.importorskip("SALib.analyze.sobol", reason="SALib is not installed")
    assert sobol
    from sim.studies.explain.sobol import CHANCE, GroupIndex, group_indices

    said = GroupIndex("B", 0.3, 0.05, 1.7, 3.11)
    assert str(said) == "- B: 30 % alone (±5), nothing can be said of it in all"
    loaded = planted("line")
    data: xr.Dataset = run_scenario(loaded, 300, 1, traced=0).ensemble
    found = {one.group: one for one in group_indices(loaded.scenario, data, 1, 256)}
    assert next(iter(found)) == "A: red lines"
    assert found["A: red lines"].total > 0.6
    assert found[CHANCE].total < 0.4
