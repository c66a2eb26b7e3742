"""The backtest: scores by hand, the shared decisions, and what users get wrong."""

from __future__ import annotations

import json
import shutil
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.formulas.groups.distributions import Distribution, positions_held, resampled_mean
from sim.formulas.groups.fitted import ISSUES, PARAMETERS
from sim.formulas.groups.group import Group
from sim.formulas.groups.settlement import GRID, Fit, Parameters, fingerprint, settlement
from sim.plots.backtest import backtest as paint
from sim.studies.backtest.evaluate import Backtest, backtest
from sim.studies.backtest.folder import FolderError, load_folder
from sim.studies.backtest.scores import mean_interval, point_scores
from sim.views.backtest import backtest_view
from tests.conftest import csv_rows, typed

FILES = ("backtest.json", "backtest.csv", "backtest.png")
POSITIONS = """\
issue,actor,position,salience,power
tax,a,0,0.5,1
tax,b,50,0.5,2
tax,c,100,1,1
fleet,a,10,0.5,1
fleet,b,20,0.5,2
fleet,c,90,1,1
"""
OUTCOMES = "issue,outcome,reference\ntax,60,0\nfleet,40,\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "positions.csv").write_text(POSITIONS)
    (folder / "outcomes.csv").write_text(OUTCOMES)
    return folder


def group(**more: float) -> Group:
    x, s, c = np.array([0.0, 50.0, 100.0]), np.array([0.5, 0.5, 1.0]), np.array([1.0, 2.0, 1.0])
    return Group("tax", ("a", "b", "c"), x, s, c, **more)


# --- scores ---------------------------------------------------------------------------------


def test_scores_by_hand() -> None:
    """A point: its error. Uniform: ∫₀^y F² + ∫_y^1 (1 − F)² = (y³ + (1 − y)³) / 3."""
    assert Distribution(np.array([30.0]), np.array([1.0])).crps(42.0) == 12.0
    points = (np.arange(4000) + 0.5) / 4000
    uniform = Distribution.of(points, np.ones(4000))
    for y in (0.0, 0.3, 1.0):
        assert uniform.crps(y) == pytest.approx((y**3 + (1 - y) ** 3) / 3, abs=1e-3)
    assert point_scores(np.array([0.0, 10.0, 35.0])) == (15.0, 10.0, 2 / 3)


def test_quantiles_and_coverage_of_weighted_points() -> None:
    found = Distribution.of(np.array([10.0, 0.0, 20.0]), np.array([2.0, 1.0, 1.0]))
    assert [found.quantile(p) for p in (0.0, 0.25, 0.5, 0.75, 0.76, 1.0)] == [0, 0, 10, 10, 20, 20]
    assert found.covers(10.0, 0.5)
    assert not found.covers(11.0, 0.5)


def test_the_bootstrap_draws_whole_dossiers() -> None:
    """Values that cancel within every dossier have mean 0 in every draw."""
    values = np.tile([-5.0, 5.0], 6)
    assert mean_interval(values, list("aabbccddeeff"), 200, 1) == pytest.approx((0.0, 0.0))
    low, high = mean_interval(values, list("abcdefghijkl"), 200, 1) or (0, 0)
    assert low < -1 < 1 < high
    assert mean_interval(np.full(8, 3.0), list("aabbcdef"), 200, 1) == pytest.approx((3.0, 3.0))
    assert mean_interval(np.arange(8.0), list("aabbccdd"), 200, 1) is None, "too few dossiers"


# --- distributions --------------------------------------------------------------------------


def test_the_resampled_mean_is_spread_around_the_mean() -> None:
    found = resampled_mean(group(), resamples=4000)
    assert found.points @ found.chances == pytest.approx(60, abs=6)  # Σ w x / Σ w
    assert found.points.min() >= 0
    assert found.points.max() <= 100
    assert (found.points == resampled_mean(group(), resamples=4000).points).all()
    held = positions_held(group())  # positions are held by weight
    assert held.points.tolist() == [0, 50, 100]
    assert held.chances == pytest.approx([0.2, 0.4, 0.4])


def test_the_mixture_is_a_distribution_on_the_scale() -> None:
    found = settlement(group(reference=0.0), Parameters(0.3, 0.1, 0.7, 0.02))
    assert found.chances.sum() == pytest.approx(1)
    assert found.points[[0, -1]].tolist() == [0, 100]
    # at 0 stands half of a narrow bump for the position, and one for the reference point
    near = found.chances[found.points < 5].sum()
    assert near == pytest.approx(0.3 * 0.2 + 0.1, abs=0.03)


@given(st.floats(-50, 50), st.floats(0.1, 20))
def test_the_mixture_moves_with_the_scale(shift: float, factor: float) -> None:
    first = group()
    moved = Group(
        "tax", first.actors, shift + factor * first.positions, first.salience, first.power,
        low=shift, high=shift + 100 * factor,
    )  # fmt: skip
    one, other = settlement(first, PARAMETERS), settlement(moved, PARAMETERS)
    assert other.chances == pytest.approx(one.chances, abs=1e-9)


def decided(count: int, seed: int) -> tuple[list[Group], np.ndarray]:
    """Random decided issues; outcomes on the grid of the mixture."""
    rng = np.random.default_rng(seed)
    groups = [
        Group(str(n), tuple("abcd"), rng.integers(0, 101, 4).astype(float), *rng.random((2, 4)))
        for n in range(count)
    ]
    return groups, rng.integers(0, 101, count).astype(float)


def test_the_fit_scores_as_the_distribution_does() -> None:
    groups, outcomes = decided(5, 1)
    choices = {"held": (0.3,), "reference": (0.2,), "spread": (0.6,), "smoothing": (0.04,)}
    scores = Fit(groups, outcomes, choices).scores[0, 0] * 100
    parameters = Parameters(0.3, 0.2, 0.6, 0.04)
    direct = [settlement(g, parameters).crps(y) for g, y in zip(groups, outcomes, strict=True)]
    assert scores == pytest.approx(direct)
    assert len(GRID) == 401


def test_an_issue_has_no_say_in_its_own_parameters() -> None:
    groups, outcomes = decided(12, 2)
    dossiers = [str(n // 2) for n in range(12)]
    before = Fit(groups, outcomes).best_without(dossiers)
    outcomes[:2] = 100.0 - outcomes[:2]
    assert Fit(groups, outcomes).best_without(dossiers)[:2] == before[:2]


# --- the shared decisions -------------------------------------------------------------------


@pytest.fixture(scope="session")
def deu(shared: Path) -> Backtest:
    return backtest(load_folder(shared / "data" / "deu"), resamples=500)


def test_the_settlement_predictor_is_never_scored_on_its_own_issues(
    shared: Path, deu: Backtest, tmp_path: Path
) -> None:
    """Cross-validated on the folder it was fitted on; silent on a part too small for that."""
    assert any("cross-validated" in n or "cross-validation" in n for n in deu.notes)
    groups, outcomes = deu.folder.groups, deu.folder.outcomes
    known = {fingerprint(g, y) for g, y in zip(groups, outcomes, strict=True)}
    assert known == set(ISSUES.split())
    inside = [settlement(g, PARAMETERS).crps(y) for g, y in zip(groups, outcomes, strict=True)]
    assert deu.named("settlement").crps.mean() > np.mean(inside)
    part = tmp_path / "part"
    part.mkdir()
    for name in ("positions.csv", "outcomes.csv"):
        lines = (shared / "data" / "deu" / name).read_text().splitlines()
        chosen = [line for line in lines[1:] if line.startswith(("d00032", "d00067"))]
        (part / name).write_text("\n".join([lines[0], *chosen]) + "\n")
    result = backtest(load_folder(part), resamples=200)
    assert "settlement" not in {s.name for s in result.scored}
    assert any("nothing on them" in note for note in result.notes)


def test_spread_is_better_than_resampling_and_the_point_is_no_worse(deu: Backtest) -> None:
    """What the documentation says of the predictor of our own, with its uncertainty."""
    own = deu.named("settlement")
    assert own.against_spread["compromise_resampled"][1].high < 0
    low, high = own.against_mean[1]
    assert low < 0 < high


def test_another_scale_is_said_and_stretched(shared: Path) -> None:
    result = backtest(load_folder(shared / "data" / "ec_emissions_bdm1994"))
    assert any("run from 4 to 10" in note for note in result.notes)
    mean = result.named("compromise")
    assert mean.forecasts[0] == pytest.approx(7.39, abs=0.005)
    assert mean.points.mean == pytest.approx((8.833 - 7.38996) / 0.06, abs=0.01)


def test_two_issues_give_no_intervals(shared: Path) -> None:
    result = backtest(load_folder(shared / "data" / "ktab_china_soe"))
    assert len(result.folder.groups) == 2
    assert all(s.against_mean is None or s.against_mean[1] is None for s in result.scored)
    panels = [axes.get_gid() for axes in paint(backtest_view(result)).axes]
    assert panels == ["errors"]


@pytest.mark.parametrize("name", ["cop21_decide", "copenhagen2009_decide"])
def test_without_outcomes_there_is_nothing_to_test(shared: Path, name: str) -> None:
    with pytest.raises(FolderError, match="no outcome: nothing to test against"):
        load_folder(shared / "data" / name)


# --- what the command does ------------------------------------------------------------------


def test_the_command_writes_what_it_says(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    printed = typed("backtest", small, "--out", out, "--json", "--bootstrap", 200)
    assert (printed.code, printed.err) == (0, "")
    assert sorted(p.name for p in out.iterdir()) == sorted(FILES)
    content = json.loads(printed.out)
    assert content == json.loads((out / "backtest.json").read_text())
    # (0·.5 + 50·1 + 100·1) / 2.5 = 60 against 60; (5 + 20 + 90) / 2.5 = 46 against 40
    assert content["predictors"]["compromise"]["mae"] == pytest.approx(3.0)
    table = csv_rows(out / "backtest.csv")
    for name, scores in content["predictors"].items():
        errors = [float(r["error"]) for r in table if r["predictor"] == name]
        assert statistics.mean(errors) == pytest.approx(scores["mae"], abs=1e-4)
        assert len(errors) == scores["issues"]
    held = next(r for r in table if r["predictor"] == "positions_held" and r["issue"] == "tax")
    ends = [held[k] for k in ("low_50", "high_50", "low_80", "high_80")]
    assert ends == ["50", "100", "0", "100"]
    # the same bytes for the same seed, and a table on the terminal
    text = typed("backtest", small, "--out", tmp_path / "two", "--bootstrap", 200).out
    assert all((tmp_path / "two" / n).read_bytes() == (out / n).read_bytes() for n in FILES)
    assert "small: 2 decided issues" in text
    assert "compromise" in text
    assert "Too few issues to say which predictor is better." in text


def test_semicolons_and_decimal_commas(small: Path) -> None:
    plain = load_folder(small)
    for name in ("positions.csv", "outcomes.csv"):
        text = (small / name).read_text().replace(",", ";").replace(".", ",")
        (small / name).write_text(text.replace("tax;b;50", "tax;b;50,25"))
    found = load_folder(small)
    assert found.groups[0].positions.tolist() == [0, 50.25, 100]
    assert (found.groups[0].salience == plain.groups[0].salience).all()
    assert found.outcomes.tolist() == plain.outcomes.tolist()


def test_every_mistake_at_once_and_nothing_written(small: Path, tmp_path: Path) -> None:
    (small / "positions.csv").write_text(
        POSITIONS.replace("tax,b,50", "tax,b,fifty")
        .replace("tax,c,100,1,1", "tax,a,100,70,-1")
        .replace("fleet,c,90,1,1", "fleet,c,90,1")
    )
    (small / "outcomes.csv").write_text("issue,outcome\ntax,60\ntax,nan\nroads,5\n")
    out = tmp_path / "out"
    printed = typed("backtest", small, "--out", out)
    assert (printed.code, printed.out) == (2, "")
    lines = [line.removeprefix(f"{small}/") for line in printed.err.splitlines()]
    assert lines == [
        "outcomes.csv:3: issue: 'tax' stands twice",
        "outcomes.csv:3: outcome: 'nan' is not a number (-1e+09 to 1e+09)",
        "positions.csv:3: position: 'fifty' is not a number (-1e+09 to 1e+09)",
        "positions.csv:4: actor: 'a' has a position on 'tax' already",
        "positions.csv:4: power: -1 is less than 0",
        "positions.csv:4: salience: 70 is outside 0 to 1 (divide percentages by 100)",
        "positions.csv:7: has 4 cells where the header names 5 columns "
        "(a text that holds the separator needs quotes)",
    ]
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"positions.csv": None}, "there is no such file"),
        ({"positions.csv": POSITIONS.replace("salience,", "weight,")}, "this column is missing"),
        ({"positions.csv": "issue,actor,position,salience,power\n"}, "has no rows"),
        ({"positions.csv": POSITIONS.replace("0.5", "0").replace(",1,1", ",0,1")}, "nobody on"),
        ({"outcomes.csv": "issue,outcome\ntax,\n"}, "nothing to test against"),
        ({"outcomes.csv": "issue,outcome\nroads,3\n"}, "'roads' has no positions"),
        ({"issues.csv": "issue,dossier\ntax,D1\n"}, "'fleet' of outcomes.csv is missing"),
    ],
)
def test_mistakes_in_files(small: Path, change: dict[str, str | None], message: str) -> None:
    for name, text in change.items():
        if text is None:
            (small / name).unlink()
        else:
            (small / name).write_text(text)
    with pytest.raises(FolderError, match=message):
        load_folder(small)
    with pytest.raises(FolderError, match="is no folder"):
        load_folder(small / "nowhere")


def test_dossiers_let_votes_be_exchanged(small: Path) -> None:
    with pytest.raises(FolderError, match="lower --min-actors"):
        load_folder(small, min_actors=4)
    without = {s.name for s in backtest(load_folder(small)).scored}
    (small / "issues.csv").write_text("issue,dossier\ntax,D1\nfleet,D1\n")
    with_dossiers = backtest(load_folder(small))
    assert "exchange" not in without
    assert with_dossiers.named("exchange").issues == 2


def test_the_figure_shows_every_predictor(deu: Backtest) -> None:
    figure = paint(backtest_view(deu))
    errors, coverage = figure.axes
    labels = [t.get_text() for t in errors.get_yticklabels()]
    assert labels == [s.title for s in deu.scored]
    assert {t.get_text() for t in errors.texts} >= {f"{deu.named('compromise').points.mean:.1f}"}
    assert len(coverage.texts) == 4
    assert coverage.get_gid() == "coverage"


def test_a_copy_of_the_folder_scores_alike(shared: Path, deu: Backtest, tmp_path: Path) -> None:
    """Another name and another order of rows change nothing."""
    copy = tmp_path / "another"
    shutil.copytree(shared / "data" / "deu", copy)
    for name in ("positions.csv", "outcomes.csv"):
        head, *lines = (copy / name).read_text().splitlines()
        (copy / name).write_text("\n".join([head, *reversed(lines)]) + "\n")
    result = backtest(load_folder(copy), resamples=200)
    for name in ("compromise", "weighted_median", "challenge", "settlement"):
        assert result.named(name).points.mean == pytest.approx(deu.named(name).points.mean)
