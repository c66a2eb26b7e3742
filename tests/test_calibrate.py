"""Learning engine parameters from past talks: planted truths, closed forms, and the commands."""

from __future__ import annotations

import copy
import json
import re
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit

import sim
from sim.ensemble.runner import run_scenario
from sim.formulas.emulator import (
    Share,
    fit_share,
    normal_scores,
    quadratic,
    spread_of_difference,
    spread_of_mean,
    spread_of_share,
)
from sim.formulas.statistics import Interval
from sim.prose import percent
from sim.results.outcomes import OUTCOME_WORDS
from sim.scenario import ScenarioError
from sim.scenario.calibration import read_calibration
from sim.scenario.record import past_talks
from sim.studies.calibrate.afterwards import AfterSigning, after_signing, years_held
from sim.studies.calibrate.cases import coding_hash, load_case, load_cases
from sim.studies.calibrate.evidence import crossings, evidence, stated_lines
from sim.studies.calibrate.parameters import NAMES, PARAMETERS, design, scores
from sim.studies.calibrate.posterior import (
    CaseModel,
    Learner,
    effective_size,
    normalised_weights,
    quarter_of,
    resampled,
)
from sim.studies.calibrate.recovery import recovery
from sim.studies.calibrate.score import (
    METHODS,
    Forecast,
    gain,
    recalibrated,
    recalibration,
    reliability,
)
from sim.views.run_data import band_of_shares
from sim.words.shares import bare_odds
from sim.words.short import short_words
from sim.words.story import beside_past_words
from tests.conftest import csv_rows, filed, typed, works
from tests.past_table import ends
from tests.test_lines import TOY

ROOT = Path(__file__).resolve().parent.parent
PAST = ROOT / "scenarios" / "past"


def share(constant: float, **slopes: float) -> Share:
    """A share that hangs on some parameters, by name."""
    beta = np.zeros(quadratic(np.zeros((1, len(NAMES)))).shape[1])
    beta[0] = constant
    for name, slope in slopes.items():
        beta[1 + NAMES.index(name)] = slope
    return Share(beta)


def test_regression_finds_the_function_that_was_planted() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((40_000, 2))
    true = np.array([-0.5, 1.0, -0.8, 0.3, 0.4, 0.0])
    y = (rng.random(len(x)) < expit(quadratic(x) @ true)).astype(float)
    np.testing.assert_allclose(fit_share(x, y).coefficients, true, atol=0.06)
    always = fit_share(np.zeros((99, 1)), np.ones(99))(np.zeros((1, 1)))
    assert always == pytest.approx(99.5 / 100), "what is always so is not certain"


def test_spread_of_a_share_is_that_of_the_parameter_and_not_of_chance() -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((40_000, 6))
    tails = expit(-2.0 + 0.8 * np.array([-1.2816, 1.2816]))
    y = rng.random(len(x)) < expit(-2.0 + 0.8 * x[:, 2])
    np.testing.assert_allclose(spread_of_share(normal_scores(x), y), tails, atol=0.01)
    x = x[:4000]
    # where nothing hangs on the parameters, chance alone makes no spread worth the name
    known = normal_scores(x)
    alike = [np.diff(spread_of_share(known, rng.random(4000) < 0.1))[0] for _ in range(20)]
    assert np.median(alike) < 0.015
    assert spread_of_share(known, np.zeros(4000)) == (0.0, 0.0)


def test_ranges_of_a_share_that_only_grows_never_fall() -> None:
    """Each day's is fitted for itself, and one could lie below that of the day before."""
    days = np.array([1.0, 2.0, 3.0])
    ranges = iter([Interval(0.1, 0.3), Interval(0.05, 0.29), Interval(0.2, 0.4)])
    band = band_of_shares(np.array([1.0, 2.0, 3.0, np.nan]), days, lambda flags: next(ranges))
    assert np.transpose(band).tolist() == [[0.25, 0.1, 0.3], [0.5, 0.1, 0.3], [0.75, 0.2, 0.4]]


def test_spread_of_a_difference_is_that_of_the_worlds_that_differ() -> None:
    """Alike in most worlds; what differs hangs on one parameter, and never turns around."""
    rng = np.random.default_rng(5)
    x = rng.standard_normal((40_000, 3))
    known = normal_scores(x)
    tails = expit(-2.0 + 0.8 * np.array([-1.2816, 1.2816]))
    more = rng.random(len(x)) < expit(-2.0 + 0.8 * x[:, 1])
    np.testing.assert_allclose(spread_of_difference(known, 1.0 * more), tails, atol=0.01)
    np.testing.assert_allclose(spread_of_difference(known, -1.0 * more), -tails[::-1], atol=0.01)
    # of many scenarios at once little is left to chance, in few worlds too
    p = expit(-2.0 + 0.3 * x[:400, 1])
    first, second = (rng.binomial(40, p) / 40 for _ in range(2))
    tails = expit(-2.0 + 0.3 * np.array([-1.2816, 1.2816]))
    for found in (spread_of_share(known[:400], first), spread_of_difference(known[:400], second)):
        np.testing.assert_allclose(found, tails, atol=0.015)
    # a mean: the slope times the tails, what noise adds taken out
    y = 2.0 + 0.5 * x[:, 0] + rng.standard_normal(len(x))
    np.testing.assert_allclose(spread_of_mean(known, y), 2.0 + 0.64 * np.array([-1, 1]), atol=0.03)
    # parameters that go together in all rows of a calibration say no more than one of them
    twice = np.column_stack([known, known[:, 0]])
    np.testing.assert_allclose(spread_of_mean(twice, y), spread_of_mean(known, y), atol=1e-3)


def test_design_follows_the_priors() -> None:
    x = scores({name: design().column(name) for name in NAMES})
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=0.01)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=0.02)
    np.testing.assert_allclose(np.corrcoef(x.T) - np.eye(len(NAMES)), 0, atol=0.05)


def test_chances_of_the_quarters_sum_to_one() -> None:
    model = CaseModel(share(0.3, tempo=1.0), (share(-1.0), share(0.0), share(0.5)), share(0.0))
    x = np.random.default_rng(2).standard_normal((50, len(NAMES)))
    np.testing.assert_allclose(model.quarter_odds(x).sum(axis=1), 1.0)
    assert quarter_of(np.array([0.1, 0.25, 0.3, 1.0])).tolist() == [0, 0, 1, 3]


def test_weights_and_resampling_keep_to_closed_forms() -> None:
    assert effective_size(np.full(8, 1 / 8)) == pytest.approx(8)
    assert effective_size(np.array([1.0, 0.0])) == pytest.approx(1)
    weights = normalised_weights(np.log([1.0, 3.0]) - 1000)
    np.testing.assert_allclose(weights, [0.25, 0.75])
    sample = resampled(np.array([[0.0], [1.0]]), weights, 8)
    assert sample.sum() == 6


def test_only_what_ends_hang_on_can_be_known() -> None:
    rng = np.random.default_rng(3)
    even = (share(0.0),) * 3, share(0.0)
    models = {
        f"case{n}": CaseModel(share(rng.normal(), believed_binds=-2.5), *even) for n in range(30)
    }
    found = recovery(Learner([SimpleNamespace(name=n) for n in models], models), repeats=150)  # type: ignore[misc]
    explained = {r.name: r.explained for r in found}
    assert explained.pop("believed_binds") > 0.5
    assert max(explained.values()) < 0.1
    assert 0.65 < next(r.covered for r in found if r.name == "believed_binds") < 0.95


def test_gain_is_paired_and_reliability_is_isotonic() -> None:
    model, other = np.array([0.1, 0.4, np.nan, 0.2]), np.array([0.2, 0.5, 0.1, 0.3])
    found = gain(model, other)
    assert (found.cases, found.mean) == (3, pytest.approx(0.1))
    assert found.low == pytest.approx(0.1)
    odds = np.array([0.9, 0.1, 0.5, 0.6])
    shown = reliability(list("abcd"), odds, np.array([True, False, True, False]))
    assert shown.names == ("b", "c", "d", "a")
    np.testing.assert_allclose(shown.share, [0, 0.5, 0.5, 1])


def test_odds_that_are_shifted_are_shifted_back() -> None:
    """Exactly half of what is said comes true; and three cases move the odds little."""
    odds, happened = np.full(4000, 0.5), np.arange(4000) % 4 == 0
    shift = recalibration(odds, happened)
    assert recalibrated(0.5, shift) == pytest.approx(0.25, abs=0.005)
    few = recalibration(odds[:3], np.zeros(3, dtype=bool))
    assert 0.3 < recalibrated(0.5, few) < 0.5
    said = Forecast(np.array([0.1, 0.2, 0.0, 0.1, 0.6])).at_odds(0.8)
    np.testing.assert_allclose(said.quarters, [0.2, 0.4, 0.0, 0.2, 0.2], atol=1e-9)


def test_how_long_deals_held_is_scored_by_closed_forms() -> None:
    held = np.array([[True, True, True], [False, False, False]])
    model = np.array([[1.0, 1.0, 1.0], [0.5, 0.4, 0.2]])
    after = AfterSigning(["a", "b"], held, model, np.array([0.8, 0.7, 0.6]), [])
    ours, record = after.brier()
    np.testing.assert_allclose(ours, [0, (0.25 + 0.16 + 0.04) / 3])
    np.testing.assert_allclose(record, [(0.04 + 0.09 + 0.16) / 3, (0.64 + 0.49 + 0.36) / 3])
    ours, record = after.log(0.01)
    np.testing.assert_allclose(ours, -np.log([1.0, 0.5]), atol=1e-12)
    np.testing.assert_allclose(record, -np.log([0.6, 0.2]))


def test_a_text_crosses_a_stated_line_where_it_lies_beyond_it(tmp_path: Path) -> None:
    outcome = SIGNED | {"held": {"until": "2027-06-01"}, "lines": {"north": {"border": "crossed"}}}
    line = {"at": 0.6, "stated": True, "source": "SPEECH"}
    case = load_case(toy_case(tmp_path, "one", outcome, north=line))
    assert stated_lines(case) == [("north", "border", "crossed")]
    assert years_held(case) == pytest.approx(2.0, abs=0.01)
    agreed = xr.DataArray([[0.7], [0.59], [0.5], [np.nan]], dims=["world", "issue"])
    data = xr.Dataset({"agreed": agreed}, coords={"issue": ["border"]})
    np.testing.assert_array_equal(crossings(case, data)[:, 0], [0, 0, 1, np.nan])
    soft = {"durability.years": 10, "engine.stated_binds": 0.5, "engine.believed_binds": 0.2}
    one = evidence(case, run_scenario(case.loaded.with_(soft), 300, 1))
    alike = np.full(300, 1 / 300)
    after = after_signing([case], {"one": one}, {"one": alike})
    assert after.held.tolist() == [[True, False, False]]
    assert after.model[0, 0] == pytest.approx((one.held[one.signed] >= 1).mean())
    assert 0 < after.lines[0][4] == pytest.approx(np.nanmean(one.crossed[:, 0]))


def toy_case(folder: Path, name: str, outcome: Any, north: Any = None) -> Path:
    """A case in a folder."""
    data = copy.deepcopy(TOY) | {"name": name, "horizon_days": 280}
    line = {"at": {"triangular": [0.3, 0.45, 0.6]}, "judgement": "Example."}
    for actor, own in (("north", north), ("south", None)):
        data["actors"][actor]["positions"]["border"]["line"] = own or line
    return filed(folder, data if outcome is None else data | {"outcome": outcome}, name)


SIGNED = {
    "signed": "2025-06-01",
    "terms": {"border": {"at": 0.5, "judgement": "Example."}},
    "held": {"until": "2027-06-01"},
    "judgement": "Example.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, outcome in (("one", SIGNED), ("two", {"signed": False}), ("three", SIGNED)):
        toy_case(tmp_path, name, outcome)
    return tmp_path


def test_calibrate_and_score_a_folder(folder: Path) -> None:
    out = folder / "out"
    options = ["--worlds", "400", "--out", str(out), "--workers", "1"]
    done = works("calibrate", folder, *options)
    assert "3 past negotiations, 2 of them signed" in done.out
    table = json.loads((out / "calibration.json").read_text())
    assert table["names"] == list(NAMES)
    assert len(table["rows"]) == 256
    kept = {p: p.stat().st_mtime_ns for p in (out / "worlds").iterdir()}
    assert len(kept) == 3
    done = works("score", folder, *options)
    # worlds that were run before are taken from there
    assert {p: p.stat().st_mtime_ns for p in kept} == kept
    assert "How long 2 deals held" in done.out
    scores = json.loads((out / "scores.json").read_text())
    assert list(scores["after_signing"]["cases"]) == ["one", "three"]
    assert set(scores["scores"]) == set(METHODS)
    assert (out / "reliability.png").stat().st_size > 10_000
    # and it can be used, by either option
    given, texts = str(out / "calibration.json"), []
    for option in (["--calibration", given], ["--set", f"engine.calibration={given}"]):
        words = [folder / "one.yaml", *option, "--worlds", "200", "--no-plots", "--json"]
        texts.append(typed(*words, "--out", out / "run").out)
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["allowed"] is not None


@pytest.mark.parametrize("command", ["run", "compare", "sweep", "explain", "advise", "page"])
def test_every_command_that_runs_worlds_takes_a_calibration(command: str, folder: Path) -> None:
    words = [command, folder / "one.yaml", "--calibration", folder / "nowhere.json"]
    words += ["--vary", "war.cost.north=0.5x,1x"] if command == "sweep" else []
    done = typed(*words, "--out", folder / "out")
    assert done.code != 0
    told = " ".join(done.err.split())
    assert "cannot be read as a calibration: there is no such file" in told
    assert told.startswith("--calibration ")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (None, "has no `outcome:`"),
        ({"signed": "2024-01-01"}, "before the first day"),
        ({"signed": True}, "a date or false"),
        (SIGNED | {"terms": {"border": {"at": 1.5, "judgement": "x"}}}, "1.5"),
        (SIGNED | {"terms": {"bordr": {"at": 0.5, "judgement": "x"}}}, "did you mean 'border'"),
        (SIGNED | {"kind": "truce"}, "no stage for it"),
        ({"signed": False, "held": {"until": "2026-01-01"}}, "nothing was signed"),
    ],
)
def test_bad_outcomes_are_told_with_their_line(tmp_path: Path, outcome: Any, said: str) -> None:
    path = toy_case(tmp_path, "bad", outcome)
    with pytest.raises(ScenarioError, match=said) as raised:
        load_case(path)
    assert re.search(r"bad\.yaml:\d+", str(raised.value))


@pytest.mark.parametrize("path", sorted(PAST.glob("**/*.yaml")), ids=lambda p: p.stem)
def test_past_cases_are_what_was_frozen(path: Path) -> None:
    rows = csv_rows(path.parent / "frozen.csv")
    frozen = {row["case"]: row["sha256"] for row in rows}  # the last one holds
    before, _, outcome = path.read_text(encoding="utf-8").partition("\noutcome:")
    assert outcome
    assert coding_hash(path) == frozen[path.stem] == sha256(before.strip().encode()).hexdigest()


def test_past_talks_end_in_the_model_as_the_shipped_table_says() -> None:
    known = past_talks()
    assert {k: v.coding for k, v in known.items()} == {
        path.stem: coding_hash(path) for path in PAST.glob("*.yaml")
    }
    cases = {case.name: case.signed for case in load_cases(PAST)}
    assert cases == {name: talks.signed for name, talks in known.items()}
    shipped = str(ROOT / "sim" / "scenario" / "calibration.json")
    for name in ("doha_2018", "ohrid_2001", "portsmouth_1905"):
        path = PAST / f"{name}.yaml"
        run = sim.load(path).with_({"engine.calibration": shipped}).run(worlds=200, seed=2)
        for key, share in ends(run.summary).items():
            told = getattr(known[name], key)
            # 200 worlds against 2,000 others: five standard errors
            assert abs(share - told) <= 5 * (max(told * (1 - told), 0.005) / 180) ** 0.5, key


def _beside(one: sim.Scenario) -> str:
    run = one.run(worlds=50)
    return beside_past_words(run.scenario.loaded.scenario, run.summary)


def test_a_run_is_told_beside_past_talks_where_settings_are_alike() -> None:
    one = sim.load(PAST / "oslo_1993.yaml")
    assert _beside(one) == "", "as coded: other settings"
    alike = one.with_({"engine.calibration": str(ROOT / "sim" / "scenario" / "calibration.json")})
    assert _beside(alike.with_({"engine.tempo": 1.0})) == "", "one of them given"
    said, summary = _beside(alike), alike.run(worlds=50).summary
    others = [talks for name, talks in past_talks().items() if name != "oslo_1993"]
    assert f"{len(others)} past talks" in said
    assert f"of which {sum(talks.signed for talks in others)} were signed" in said
    there = percent(float(np.mean([talks.barred for talks in others])))
    here = (1 - summary.outcomes["settlement"]) * summary.stuck_because["red_lines"]
    assert f"in {there} of worlds there and in {bare_odds(here, summary.worlds)} here" in said
    first = short_words(alike.loaded.scenario, summary, Path("out"), "oslo_1993")
    assert "On past talks the model is not shown to beat it." in " ".join(first)


def test_what_is_shipped_was_learnt_from_the_cases_as_they_are() -> None:
    table = read_calibration(ROOT / "sim" / "scenario" / "calibration.json")
    assert table.names == NAMES
    codings = {path.stem: coding_hash(path) for path in PAST.glob("*.yaml")}
    assert {k: v for k, v in table.made_from.items() if len(v) == 64} == codings
    for parameter in PARAMETERS:
        place = parameter.prior.cdf(table.column(parameter.name))
        assert 0 < place.min() < place.max() < 1


@pytest.mark.parametrize("name", ["camp_david", "ceasefire_first"])
def test_the_first_screen_always_says_how_worlds_end(name: str) -> None:
    learnt = {"engine.calibration": str(ROOT / "sim" / "scenario" / "calibration.json")}
    one = sim.load(name).with_(learnt).run(worlds=60)
    folder = Path("a") / ("long" * 18)
    lines = short_words(one.scenario.loaded.scenario, one.summary, folder, name)
    assert len(lines) <= 25
    told = " ".join(lines).partition("How worlds end")[2]
    kinds = [kind for kind, share in one.summary.outcomes.items() if share]
    assert all(OUTCOME_WORDS[kind].label.lower() in told for kind in kinds)


def test_ranges_of_what_holds_only_fall_from_year_to_year() -> None:
    learnt = {"engine.calibration": str(ROOT / "sim" / "scenario" / "calibration.json")}
    for seed in (1, 2, 3):
        run = sim.load("dayton").with_(learnt).run(worlds=300, seed=seed)
        durability = run.summary.durability
        assert durability is not None
        assert list(durability.allowed) == list(durability.held)
        ends = np.array([list(one) for one in durability.allowed.values()])
        assert (np.diff(ends, axis=0) <= 0).all()
