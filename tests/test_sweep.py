"""Sweeps: what is varied, which cells are run, how a sweep goes on, and what it says."""

from __future__ import annotations

import copy
import dataclasses
import errno
import json
import os
import re
import shlex
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import sim.commands.sweeping
import sim.engine.model
from sim.commands.sweeping import SweepJob, Swept
from sim.commands.terminal.sweep import days_apart, effect_words
from sim.engine.draws import CHUNK
from sim.ensemble.executors import InProcess
from sim.ensemble.runner import run_scenario
from sim.formulas.statistics import (
    Clustered,
    Interval,
    difference_of_clustered_means,
    difference_of_clustered_shares,
    paired_difference_of_means,
    paired_difference_of_shares,
    wilson,
)
from sim.results.outcomes import Measure, Names, measures
from sim.results.summary import Summary
from sim.scenario import ScenarioError, load_scenario
from sim.scenario.titles import title_of
from sim.scenario.yaml_source import parse_yaml
from sim.studies.compare.differences import Pair
from sim.studies.compare.tables import DIFFERENCE_COLUMNS
from sim.studies.sweep.design import points
from sim.studies.sweep.effects import Effect, effects
from sim.studies.sweep.estimates import contrast, estimate
from sim.studies.sweep.folder import GROWING, OLD
from sim.studies.sweep.parameters import Parameter
from sim.studies.sweep.plan import make_plan
from sim.studies.sweep.results import STORE, read_sweep
from sim.studies.sweep.vary import flow, parse_varies, parse_vary
from sim.views.heatmap import headline, heatmap_view
from sim.words.shares import NOT_APART
from tests.conftest import ROOT, SCENARIOS, TOY, csv_rows, ended, filed, started, tree, typed, until
from tests.test_tracks import LIMITED

KELLOGG = str(SCENARIOS / "kellogg.yaml")
CREDIBILITY = "actors.trump.levers.cut_arms.credibility"
LAND = "actors.b.positions.land.limit"
COSTS = "war.cost.a=0,0.02,0.04"
LIMITS = f"{LAND}=0.3,0.6"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A small scenario that most worlds settle within its ten rounds."""
    return str(write(tmp_path / "toy.yaml"))


def write(path: Path, **changes: Any) -> Path:
    base = json.loads(json.dumps(TOY, default=str))
    base["horizon_days"] = 70
    base["actors"]["a"]["patience"] = base["actors"]["b"]["patience"] = {"uniform": [4, 12]}
    return filed(path.parent, base | changes, path.stem)


def run(
    files: str | list[str],
    vary: list[str],
    folder: Path,
    worlds: int = 20,
    design: str = "grid",
    chart: str | None = None,
    overwrite: bool = False,
    overrides: tuple[str, ...] = (),
) -> tuple[SweepJob, Swept]:
    """A sweep in this process."""
    names = [files] if isinstance(files, str) else files
    job = SweepJob(
        make_plan(names, vary, design, worlds, 1, overrides), folder, chart, overwrite=overwrite
    )
    return job, job.run(InProcess(), lambda what, done, total: None)


def table(folder: Path) -> list[dict[str, str]]:
    return csv_rows(folder / "cells.csv")


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Cell and chunk of every task that is run."""
    seen: list[tuple[int, int]] = []
    original = sim.commands.sweeping.run_tasks

    def counted(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for task, found in original(*args, **kwargs):
            seen.append((task.cell, task.chunk))
            yield task, found

    monkeypatch.setattr(sim.commands.sweeping, "run_tasks", counted)
    return seen


@pytest.mark.parametrize(
    ("held", "values", "own", "unit"),
    [
        ("30w", "5,20,60", 30, " (in rounds of 7 days)"),
        ("30w", "5:60", 30, " (in rounds of 7 days)"),
        ("30w", "5w,60w", 210, ""),
        (30, "5w,60w", 210, ""),
        (30, "5,60", 30, " (in rounds of 7 days)"),
        (30, "1x,2x", 1, ""),
    ],
)
def test_times_of_a_scenario_are_told_as_the_values_are_counted(
    held: Any, values: str, own: float, unit: str, tmp_path: Path
) -> None:
    base = load_scenario(write(tmp_path / "toy.yaml"), [f"actors.a.patience={held}"])
    design = "sobol:8" if ":" in values else "grid"
    plan = make_plan([base], [f"actors.a.patience={values}"], design, 1, 1)
    (found,) = plan.parameters
    assert (found.own, found.title) == (pytest.approx(own), f"A's patience{unit}")
    years = base.with_({"actors.a.foresight_months": "2y"})
    (months,) = make_plan([years], ["actors.a.foresight_months=6,36"], "grid", 1, 1).parameters
    assert months.own == pytest.approx(24)


# --- what is varied -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("a.b=0:1:5", ["0", "0.25", "0.5", "0.75", "1"]),
        ("a.b=0.5x,1x,2x", ["0.5x", "1x", "2x"]),
        ("a.b=0.5x:2x:4", ["0.5x", "1x", "1.5x", "2x"]),
        ("a.b=-0.2, 0.1", ["-0.2", "0.1"]),
        ("a.b=0, 5", ["0", "5"]),
        ("protocol.name=shuttle,single_text", ["shuttle", "single_text"]),
        ("a.b=null,30", ["null", "30"]),
        ("a.b={uniform: [0.1, 0.2]},0.3", ["{uniform: [0.1, 0.2]}", "0.3"]),
        ("a.b=max,linex", ["max", "linex"]),
        ("a.b=13w:52w:4", ["13w", "26w", "39w", "52w"]),
        ("a.b=90d,1y", ["90d", "1y"]),
    ],
)
def test_values_are_read_as_typed(text: str, labels: list[str]) -> None:
    assert [s.label for s in parse_vary(text).settings] == labels


@given(
    st.floats(-100, 100).map(lambda v: round(v, 3)),
    st.floats(0.01, 50).map(lambda v: round(v, 3)),
    st.integers(2, 60),
)
def test_a_range_has_so_many_even_values_and_both_ends(
    low: float, width: float, count: int
) -> None:
    high = round(low + width, 3)
    values = [float(s.value) for s in parse_vary(f"p={low}:{high}:{count}").settings]
    assert len(values) == count
    assert (values[0], values[-1]) == pytest.approx((low, high), abs=1e-9)
    assert np.allclose(np.diff(values), (high - low) / (count - 1), atol=2e-6 * (high - low))


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text("ab: {}[],'\"\\x\n", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(plain_data)
def test_a_value_on_one_line_is_read_back_as_it_was(value: Any) -> None:
    if isinstance(value, str) and "\n" in value:
        return  # one line
    text = flow([value])
    if "\n" not in text:
        assert parse_yaml(text, "test")[0] == [value]


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ([], "nothing is varied (add --vary PATH=VALUES)"),
        (["war.cost.putin"], "is not of the form PATH=VALUES"),
        (["war.cost.putin=1"], "use --set war.cost.putin=1"),
        ([f"{CREDIBILITY}=0:1:1"], "a range has from 2 to"),
        ([f"{CREDIBILITY}=0:1:many"], "'many' is not a whole number of values"),
        ([f"{CREDIBILITY}=1:0:3"], "from the lower to the higher"),
        ([f"{CREDIBILITY}=0:1"], "a grid needs the number of values (write 0:1:5"),
        ([f"{CREDIBILITY}=0:1:3,5"], "mixes a range and a list"),
        ([f"{CREDIBILITY}=0.1,,0.2"], "a value is missing"),
        ([f"{CREDIBILITY}=0,5"], "a decimal has a point, 0.5; two values a space, 0, 5"),
        ([f"{CREDIBILITY}=0,05"], "may be the number 0.05 or two values"),
        ([f"{CREDIBILITY}=0:1e308:3"], "a range lies within"),
        ([f"{CREDIBILITY}=-1e308:1e308:3"], "a range lies within"),
        ([f"{CREDIBILITY}=0:inf:3"], "'inf' is not a number"),
        ([f"{CREDIBILITY}=!!int a,2"], "the tag !!int is not allowed here"),
        ([f"{CREDIBILITY}=0.1,0.10"], "the value 0.1 stands twice"),
        ([f"{CREDIBILITY}=nan,0.1"], "'nan'"),
        (["war.cost.putin=-1x,1x"], "the factor -1x is negative"),
        (["war.cost.putin=0.5x,1"], "mixes factors and values"),
        (["war.cost.putin=0.5x,1x", "war.cost.putin=1,2"], "war.cost.putin is varied twice"),
        (["war.cost=0.5x,1x", "war.cost.putin=1,2"], "lies within war.cost"),
        (["scenario=a,b"], "naming several files"),
        ([f"{CREDIBILITY}=0:2:3"], f"--vary {CREDIBILITY}=2: 2 is outside 0 to 1"),
        ([f"{CREDIBILITY}=1x,2x"], f"--vary {CREDIBILITY}=2x: 1.6 is outside 0 to 1"),
        (["actors.trump.levers.cut_armz.credibility=0,1"], "did you mean 'cut_arms'?"),
        (["actors.trump.levers.cut_arms.credibilty=0,1"], "did you mean 'credibility'?"),
        (["actors.trump.levers.cut_arms.credibilty=1x,2x"], "did you mean 'credibility'?"),
        (["war.cost.puttin=0.5x,1x"], "did you mean 'putin'?"),
        (["protocol.name=0.5x,1x"], "is shuttle, not a number"),
        (["actors.trump.levers.cut_arms=0.5x,1x"], "credibility, delay"),
        (["actors.putin.patience=13w:2y:4"], "the ends of a range are in different units"),
        (["actors.putin.patience=13w:26w"], "a range of durations says how many"),
        (["protocol.name=shuttle,shuttel"], "there is no protocol 'shuttel'"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_sentence_before_anything_runs(
    vary: list[str], said: str, tmp_path: Path
) -> None:
    words = [w for v in vary for w in ("--vary", v)]
    shown = typed("sweep", KELLOGG, *words, "--out", tmp_path / "out")
    assert shown.refused
    assert said in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_columns_of_the_table_can_be_told_apart_and_so_can_what_is_tied(tmp_path: Path) -> None:
    write(tmp_path / "toy.yaml")
    words = ["sweep", tmp_path / "toy.yaml", "--vary", "war.cost.a=0.01,0.02", "--vary"]
    words += ["actors.b.leave_after=90w,91w", "--worlds", "20", "--no-plots"]
    said = typed(*words, "--out", tmp_path / "out").out
    assert "\nA: A's cost of war\nB: B's time before it walks away\n" in said
    assert re.search(r"\n +A +B +Settles", said)
    assert re.search(r"=: “[\w ]+” not told apart from the first row", " ".join(said.split()))


TACTICS = ["actors.putin.tactic.name=boulware,linear", "actors.putin.tactic.beta=0.2,0.4"]


@pytest.mark.parametrize(
    ("design", "vary", "said"),
    [
        ("sobol:100", [f"{CREDIBILITY}=0:1"], "--design.*write sobol:64 or sobol:128"),
        ("sobol:many", [f"{CREDIBILITY}=0:1"], "--design.*for example sobol:128"),
        ("sobol:64", [f"{CREDIBILITY}=0.2,0.8"], "--design.*nothing is varied over a range"),
        ("lattice", [f"{CREDIBILITY}=0:1"], "--design.*grid or sobol:128"),
        ("sobol:16", [f"{CREDIBILITY}=0:1", "war.cost.putin=0.5x:2x:4"], r"write 0\.5x:2x"),
        ("grid", TACTICS, r"the cell actors\.putin\.tactic\.name=linear"),
    ],
)
def test_mistakes_in_the_design(design: str, vary: list[str], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        make_plan([KELLOGG], vary, design, 10, 1)


def test_a_single_value_hides_no_mistake_in_its_path(file: str) -> None:
    with pytest.raises(ScenarioError, match="there is no actor 'c'"):
        make_plan([file], ["war.cost.c=0.1"], "grid", 5, 1)
    with pytest.raises(ScenarioError, match=r"has one value only, .*\(use --set war\.cost\.a=0\.1"):
        make_plan([file], ["war.cost.a=0.1"], "grid", 5, 1)


def test_a_list_of_distributions_is_no_range() -> None:
    listed = "a={uniform: [1, 2]}, {uniform: [2, 3]}"
    assert len(points(parse_varies([listed, "b=0:1"]), "sobol:4", 1)) == 4


def test_what_stands_twice_is_refused(file: str) -> None:
    with pytest.raises(ScenarioError, match="is the same scenario as"):
        make_plan([KELLOGG, KELLOGG], ["war.cost.putin=0.5x,1x"], "grid", 10, 1)
    with pytest.raises(ScenarioError, match=r"war\.cost\.a is varied"):
        make_plan([file], ["war.cost.a=0.01,0.02"], "grid", 20, 1, ("war.cost.a=0.5",))
    plan = make_plan([file], ["war.cost.a=1x,2x"], "grid", 20, 1, ("war.cost.a=0.01",))
    assert plan.parameters[0].own == 1


def test_a_factor_multiplies_every_number_that_the_scenario_holds() -> None:
    plan = make_plan([KELLOGG], ["war.cost.putin=0.5x,1x,2x"], "grid", 10, 1)
    base = load_scenario(KELLOGG)
    u = np.linspace(0.05, 0.95, 7)
    held = base.scenario.war.cost["putin"].per_month.quantile(u)
    for cell, factor in enumerate((0.5, 1.0, 2.0)):
        cost = plan.scenario(cell).war.cost["putin"]
        assert cost.per_month.quantile(u) == pytest.approx(factor * held, rel=1e-9)
        assert cost.source == base.scenario.war.cost["putin"].source
    assert plan.cells[1].digest == base.digest  # times 1 is the scenario itself
    vary = ["war.cost=1x,2x", "actors.trump.levers.cut_arms.effect=0x,1x"]
    most = make_plan([KELLOGG], vary, "grid", 10, 1).scenario(2)  # 2x, 0x
    for actor, cost in base.scenario.war.cost.items():
        assert most.war.cost[actor].per_month.median == pytest.approx(2 * cost.per_month.median)
        assert most.war.cost[actor].growth == cost.growth
    effect = most.actors["trump"].levers["cut_arms"].effect
    numbers = [*effect.cost.values(), *effect.drift.values(), *effect.no_deal.values()]
    assert len(numbers) > 2
    assert [n.median for n in numbers] == [0.0] * len(numbers)


def test_what_is_given_is_certain_and_durations_are_in_order() -> None:
    plan = make_plan([KELLOGG], [f"{CREDIBILITY}=0:1:3", "horizon_days=70,140"], "grid", 10, 1)
    credibility = plan.scenario(2).actors["trump"].levers["cut_arms"].credibility
    assert plan.scenario(2).spread.credibility > 0
    assert credibility.widened(0.1).quantile([0.1, 0.9]).tolist() == [0.5, 0.5]
    assert plan.scenario(1).horizon_days == 140
    plan = make_plan([KELLOGG], ["actors.putin.patience=1y,26w"], "grid", 10, 1)
    assert plan.parameters[0].numbers == (365.25, 182.0)
    rounds = plan.scenario(1).in_rounds(plan.scenario(1).actors["putin"].patience)
    assert rounds.widened(5.0).quantile([0.1, 0.9]).tolist() == [26, 26]


def test_titles_are_those_of_the_scenario() -> None:
    scenario, truce = load_scenario(KELLOGG).scenario, "“Truce and demilitarised zone”"
    for path, title in {
        CREDIBILITY: "Credibility of “Less US arms if Kyiv refuses”",
        "war.cost.putin": "Putin's cost of war",
        "actors.putin.positions.territory.line.at": "Putin's red line on Territory",
        "actors.zelenskyy.positions.ceasefire.line.at": "Zelenskyy's red line on Ceasefire",
        "actors.putin.tactic.name": "Putin's tactic",
        "agenda.ceasefire.cost_factor": f"Share of the cost of war left after {truce}",
        "actors.switzerland.unheard_of": "Switzerland's unheard of",
        "sources": "Sources",
    }.items():
        assert title_of(path, scenario) == title


# --- designs ----------------------------------------------------------------------------------


def test_sobol_points_are_balanced_repeatable_and_grow() -> None:
    names = ["red", "green", "blue", "black"]
    varies = parse_varies(["a=2:4", "b=0.5x:2x", f"c={','.join(names)}"])
    few, many = (points(varies, f"sobol:{n}", seed=7) for n in (64, 128))
    assert many[:64] == few
    assert points(varies, "sobol:64", seed=8) != few
    a = np.array([float(p[0].value) for p in few])
    assert np.histogram(a, np.linspace(2, 4, 65))[0].max() <= 2  # one each, but for rounding
    assert all(p[1].factor and 0.5 <= p[1].value <= 2 for p in few)
    colours = [p[2].value for p in few]
    assert {name: colours.count(name) for name in colours} == dict.fromkeys(names, 16)


# --- running ----------------------------------------------------------------------------------


def test_a_cell_is_what_run_says_with_its_changes(file: str, tmp_path: Path) -> None:
    job, _ = run(file, [COSTS, LIMITS], tmp_path / "out", worlds=30)
    rows = table(tmp_path / "out")
    assert [(r["war.cost.a"], r[LAND]) for r in rows] == [
        (a, b) for a in ("0", "0.02", "0.04") for b in ("0.3", "0.6")
    ]
    results = read_sweep(tmp_path / "out")
    for cell, (one, row) in enumerate(zip(job.plan.cells, rows, strict=True)):
        alone = run_scenario(load_scenario(file, one.changes), 30, 1)
        assert one.changes == tuple(
            f"{path}={{fixed: {label}}}"
            for path, label in zip(("war.cost.a", LAND), one.labels, strict=True)
        )
        summary, gains = alone.summary, alone.ensemble.gain.median("world")
        low, high = summary.outcomes_interval["settlement"]
        for column, value in {
            "settlement": summary.outcomes["settlement"],
            "settlement_low": low,
            "settlement_high": high,
            "deal_by_day_30": summary.deal_by_day["30"],
            "gain_a_median": float(gains.sel(actor="a")),
            "gain_b_median": float(gains.sel(actor="b")),
        }.items():
            shown = float(row[column] or "nan")
            assert shown == pytest.approx(value, rel=1e-4, abs=1e-5, nan_ok=True), column
        assert np.array_equal(results.data.outcome.values[cell], alone.ensemble.outcome.values)


def test_what_is_there_is_not_run_again(
    file: str, tmp_path: Path, executed: list[tuple[int, int]]
) -> None:
    out, some = tmp_path / "out", ["war.cost.a=0.02,0.04"]
    run(file, some, out)
    before = tree(out)
    assert executed == [(0, 0), (1, 0)]
    job, _ = run(file, some, out)
    assert (len(executed), job.earlier) == (2, 2)
    assert tree(out) == before
    del executed[:]
    more = ["war.cost.a=0,0.01,0.02,0.03,0.04"]
    job, _ = run(file, more, out)
    assert executed == [(0, 0), (1, 0), (3, 0)]
    assert job.earlier == 2
    run(file, more, tmp_path / "fresh")
    assert tree(out) == tree(tmp_path / "fresh")


def test_more_worlds_keep_the_chunks_that_are_whole(
    file: str, tmp_path: Path, executed: list[tuple[int, int]]
) -> None:
    run(file, ["war.cost.a=0,0.02"], tmp_path / "out", worlds=CHUNK)
    del executed[:]
    run(file, ["war.cost.a=0,0.02"], tmp_path / "out", worlds=CHUNK + 10)
    assert executed == [(0, 1), (1, 1)]
    run(file, ["war.cost.a=0,0.02"], tmp_path / "fresh", worlds=CHUNK + 10)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")
    with pytest.raises(ScenarioError, match=f"holds {CHUNK + 10:,} worlds of each cell"):
        run(file, ["war.cost.a=0,0.02"], tmp_path / "out", worlds=500)


@pytest.mark.parametrize("after", ["first", "second"])
def test_a_growth_that_was_stopped_between_two_renamings_is_recovered(
    after: str, file: str, tmp_path: Path, executed: list[tuple[int, int]]
) -> None:
    out = tmp_path / "out"
    run(file, [COSTS], out)
    if after == "first":
        (out / STORE).rename(out / OLD)
        shutil.copytree(out / OLD, out / GROWING)
    else:
        shutil.copytree(out / STORE, out / OLD)
    del executed[:]
    run(file, [COSTS], out)
    assert executed == []
    assert sorted(p.name for p in out.iterdir()) == ["cells.csv", STORE, "sweep.json"]


def test_a_changed_scenario_is_refused_and_named(
    tmp_path: Path, executed: list[tuple[int, int]]
) -> None:
    write(tmp_path / "base.yaml")
    (tmp_path / "mine.yaml").write_text("extends: base.yaml\nname: mine\n")
    words = ["sweep", tmp_path / "mine.yaml", "--vary", COSTS, "--worlds", "10", "--no-plots"]
    words += ["--out", tmp_path / "out", "--quiet"]
    typed(*words)
    kept = tree(tmp_path / "out")
    write(tmp_path / "base.yaml", war=TOY["war"] | {"cost": {"a": 0.02, "b": 0.05}})
    del executed[:]
    done = typed(*words)
    said = done.err
    assert done.code == 2
    assert "'mine' has changed since this sweep began: war.cost.b" in said
    assert "--overwrite" in said
    assert len(said.strip().splitlines()) == 1
    assert tree(tmp_path / "out") == kept
    assert executed == []
    assert typed(*words, "--overwrite").code == 0
    assert len(executed) == 3


@pytest.mark.parametrize("whose", ["sim.ensemble.store.write_bytes", "sim.files.written_whole"])
def test_a_full_disk_says_what_is_finished(
    whose: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["sweep", file, "--vary", COSTS, "--worlds", "20", "--no-plots", "--workers", "1"]
    words += ["--out", str(tmp_path / "out")]
    with monkeypatch.context() as patched:
        patched.setattr("sim.files.written_whole", full)
        patched.setattr(whose, full)
        done = typed(*words)
    said = done.err
    assert done.code == 2
    assert "No space left on device" in said
    assert " are finished" in said
    assert "goes on from there" in said
    assert typed(*words).code == 0


def full(path: Path, *_: object) -> Any:
    """A disk without room."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def test_another_sweep_seed_or_set_is_not_mixed_in(file: str, tmp_path: Path) -> None:
    run(file, [COSTS], tmp_path / "out")
    with pytest.raises(ScenarioError, match=r"holds another sweep, over war\.cost\.a"):
        run(file, [LIMITS], tmp_path / "out")
    with pytest.raises(ScenarioError, match="1 cell that is not in this"):
        run(file, ["war.cost.a=0,0.02"], tmp_path / "out")
    with pytest.raises(ScenarioError, match=r"changed since this sweep began: actors\.a\.patience"):
        run(file, [COSTS], tmp_path / "out", overrides=("actors.a.patience=9",))
    with pytest.raises(ScenarioError, match="holds a sweep with seed 1"):
        SweepJob(make_plan([file], [COSTS], "grid", 20, 2), tmp_path / "out", None)


def test_killed_and_resumed_the_files_are_those_of_an_undisturbed_sweep(
    file: str, tmp_path: Path
) -> None:
    # the command reads no conftest
    write(Path(file), engine={"calibration": "none"})
    words = [file, "--vary", "war.cost.a=0:0.04:6", "--vary", LIMITS, "--worlds", "40"]

    words += ["--out", tmp_path / "broken"]

    def finished() -> int:
        return len(list((tmp_path / "broken" / STORE / "journal").glob("*.0.json")))

    broken = started("sweep", *words)
    until(lambda: broken.poll() is not None or finished() >= 3)
    broken.kill()
    assert ended(broken).code == -signal.SIGKILL
    left = finished()
    assert 3 <= left < 12
    said = ended(started("sweep", *words, "--workers", "2"))
    assert (said.code, said.err) == (0, "")
    assert f"12 cells (6 × 2) of 40 worlds: {left} finished earlier, {12 - left} to run" in said.out
    run(file, words[2:5:2], tmp_path / "whole", worlds=40, chart="png")
    one, two = tree(tmp_path / "whole"), tree(tmp_path / "broken")
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []
    assert "heatmap.png" in one


def test_a_cell_that_fails_is_told_and_tried_again(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = sim.engine.model.PeaceTalks

    def fragile(scenario: Any, *kept: Any) -> Any:
        if scenario.war.cost["a"].per_month.median == 0.02:
            raise ArithmeticError("no such world")
        return original(scenario, *kept)

    words = ["sweep", file, "--vary", COSTS, "--worlds", "10", "--no-plots", "--workers", "1"]
    words += ["--out", str(tmp_path / "out")]
    with monkeypatch.context() as patched:
        patched.setattr(sim.engine.model, "PeaceTalks", fragile)
        shown = typed(*words, "--json")
    assert shown.code == 1
    assert "1 cell failed and is left out: war.cost.a=0.02" in shown.err
    assert "ArithmeticError: no such world" in shown.err
    told = json.loads(shown.out)
    assert [c["state"] for c in told["cells"]] == ["finished", "failed", "finished"]
    assert told["failed"][0] | {"message": ""} == {
        "cell": 1, "values": {"war.cost.a": "0.02"}, "chunk": 0, "worlds": 10, "seed": 1,
        "scenario": "toy", "error": "ArithmeticError", "message": "",
    }  # fmt: skip
    row = table(tmp_path / "out")[1]
    assert (row["worlds"], row["settlement"]) == ("0", "")
    assert typed(*words, "--quiet").code == 0
    run(file, [COSTS], tmp_path / "fresh", worlds=10)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def test_scenarios_with_other_parties_and_issues_stand_side_by_side(
    file: str, tmp_path: Path
) -> None:
    text = yaml.safe_dump(TOY | {"name": "other", "horizon_days": 70}, sort_keys=False)
    (tmp_path / "other.yaml").write_text(text.replace(" b:", " c:").replace("arms:", "water:"))
    files = [file, str(tmp_path / "other.yaml")]
    job, _ = run(files, ["actors.a.patience=2,60"], tmp_path / "out")
    rows = table(tmp_path / "out")
    assert [r["scenario"] for r in rows] == ["toy", "toy", "other", "other"]
    own = run_scenario(load_scenario(files[1], job.plan.cells[3].changes), 20, 1).ensemble
    data = read_sweep(tmp_path / "out").data.isel(cell=3)
    assert job.plan.actors == ("a", "b", "c")
    assert np.allclose(data.utility.values[:, [0, 2]], own.utility.values, atol=1e-6)
    assert np.isnan(data.utility.values[:, 1]).all()
    keys, known = [*own.issue.values, ""], [*job.plan.issues, ""]
    stuck = [keys[code] for code in own.stuck_issue.values]
    assert [known[code] for code in data.stuck_issue.values] == stuck
    assert rows[0]["utility_c"] == "" != rows[3]["utility_c"]


def test_limited_agreements_are_counted_cell_by_cell_and_are_not_guessed_of_an_old_folder(
    file: str, tmp_path: Path
) -> None:
    other = copy.deepcopy(LIMITED) | {"horizon_days": 70}
    for side in other["tracks"]["relief"]["positions"].values():
        side["raids"]["judgement"] = "test"
    renamed = copy.deepcopy(other) | {"name": "renamed"}
    renamed["tracks"]["relief"]["stages"][0]["title"] = "Another aid"
    files = [file, *(str(filed(tmp_path, one, one["name"])) for one in (other, renamed))]
    folder, key = tmp_path / "out", "limited:relief.aid"
    run(files, [], folder)
    rows = table(folder)
    used = run_scenario(load_scenario(files[1]), 20, 1).summary.limited
    assert used is not None
    assert used["relief.aid"].ever > 0 < used["relief.raids"].ever
    for name, one in used.items():
        assert float(rows[1][f"limited_{name}"]) == one.ever
    assert [float(rows[n][f"limited_{key[8:]}"]) for n in (0, 2)] == [0, 0]
    assert float(rows[2]["limited_relief.raids"]) == used["relief.raids"].ever

    store = folder / STORE
    shutil.rmtree(store / "limited_day")
    for path in (store / ".zmetadata", store / "journal" / "store.json"):
        known = json.loads(path.read_text())
        if "metadata" in known:
            known["metadata"] = {
                k: v for k, v in known["metadata"].items() if "limited_day" not in k
            }
        else:
            known["variables"].remove("limited_day")
        path.write_text(json.dumps(known))
    old = read_sweep(folder)
    assert old.measure("limited").kind == "share"
    assert key not in [m.key for m in old.measures]
    with pytest.raises(ScenarioError, match="earlier version"):
        old.measure(key)
    with pytest.raises(ScenarioError, match="did not keep which limited agreements are signed"):
        run(files, [], folder)
    run(files, [], folder, overwrite=True)
    assert table(folder) == rows


# --- what past talks allow ---------------------------------------------------------------------

ROWS = np.random.default_rng(3).random((64, 2)).round(3).tolist()
TABLE = {"names": ["believed_binds", "cost_scale"], "rows": ROWS}


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, Swept]:
    """Two files of which one draws a calibration, at two red lines, and what was swept."""
    folder = tmp_path_factory.mktemp("calibrated")
    files = [str(write(folder / f"{name}.yaml", name=name, engine={"calibration": table}))
             for name, table in (("open", TABLE), ("walls", "none"))]  # fmt: skip
    return folder, *files, run(files, [f"{LAND}=0.6,0.75"], folder / "out", worlds=300)[1]


def test_ranges_are_those_of_runs_and_their_comparison(
    calibrated: tuple[Path, str, str, Swept],
) -> None:
    folder, file, _, swept = calibrated
    runs = [run_scenario(load_scenario(file, (f"{LAND}={{fixed: {at}}}",)), 300, 1)
            for at in (0.6, 0.75)]  # fmt: skip
    told = table(folder / "out")
    for row, alone in zip(told, runs, strict=False):
        allowed = alone.summary.allowed
        spans = {"settlement": allowed.outcomes["settlement"], "deal_by_day_30":
                 allowed.deal_by_day["30"]}  # fmt: skip
        for name, span in spans.items():
            found = [float(row[f"{name}_range_{end}"]) for end in ("low", "high")]
            assert found == pytest.approx(span, abs=1e-5)
    assert told[0]["utility_a_range_low"] < told[0]["utility_a"] < told[0]["utility_a_range_high"]
    assert [row["settlement_range_low"] for row in told[2:]] == ["", ""], "worlds that draw nothing"
    results = swept.results
    settled = results.measure("settlement")
    cells = np.eye(4, dtype=bool)
    gap = contrast(results, settled, results.values(settled), cells[1], cells[0])
    beside = Pair(runs[1], runs[0]).difference(settled)
    assert gap.allowed == pytest.approx(beside.allowed, abs=0.01)
    told_ = json.loads(swept.text)["effects"]
    assert all(e["range_low"] <= e["difference"] <= e["range_high"] for e in told_)
    # averages over both files hang on the one that draws
    first = estimate(results, settled, results.values(settled), cells[0] | cells[2])
    assert first.allowed.low <= first.mean <= first.allowed.high


def test_what_past_talks_allow_makes_ties_and_is_labelled(
    calibrated: tuple[Path, str, str, Swept],
) -> None:
    folder, *files, swept = calibrated
    said = typed("sweep", *files, "--vary", f"{LAND}=0.6,0.75", "--worlds", 300,
                 "--no-plots", "--out", folder / "out").words  # fmt: skip
    assert "Ranges: 10–90 % of what past talks allow; the 95 % interval of sampling is" in said
    assert "sampling)" in said
    assert (
        "Where worlds draw no calibration, or fewer than 200 have been run: 95 % intervals of"
        in said
    )
    assert "change (10–90 %)" in said
    assert " 95 %: " in said
    effect = swept.effects["settlement"][0]
    assert effect.sampled, "by sampling alone the files differ"
    assert not effect.visible
    assert said.count("%) =") == 2, "ties with the first"
    view = heatmap_view(swept.results)
    assert "(70–80 %, sampling), about the most in 3 of 4 places" in view.headline
    assert "range over what past talks allow (10–90 %); “sampling”: 95 % interval" in view.subtitle
    assert sum("sampling)" in line for line in view.words) == 2
    # ends of one kind: counts where one is of few worlds, and no way from a number to itself
    for means, words in (((0.08, 0.18), "from 16 to 36 of 200 worlds, no clear difference"),
                         ((0.4602, 0.4603), ": 46 % everywhere, no clear difference")):  # fmt: skip
        found = {at: dataclasses.replace(one, mean=means[n > 0], values=200)
                 for n, (at, one) in enumerate(view.shown.found.items())}  # fmt: skip
        assert words in headline(dataclasses.replace(view.shown, found=found, clear=False))
    alone = heatmap_view(swept.results, at=["scenario=walls"])
    assert "Means with their 95 % interval of sampling." in alone.subtitle


@pytest.mark.parametrize("worlds", [1, 7, 199])
def test_of_few_worlds_only_the_sampling_error_is_known(worlds: int, tmp_path: Path) -> None:
    file = write(tmp_path / "few.yaml", engine={"calibration": TABLE})
    shown = typed("sweep", file, "--vary", f"{LAND}=0.6,0.75", "--worlds", worlds,
                  "--no-plots", "--out", tmp_path / "out")  # fmt: skip
    assert "Ranges: 95 % interval." in shown.words
    assert "change (95 %)" in shown.words
    assert "10–90 %)" not in shown.words.replace(NOT_APART, "")
    assert "draw no calibration" not in shown.words
    assert "from 200 on it tells the range over what past talks allow" in shown.words
    assert "are counts" not in shown.words, "there are none"
    assert "1 worlds" not in shown.words
    assert re.search(r"^ *0\.75 ", shown.out, re.MULTILINE), "the parameter has its column"
    for row in table(tmp_path / "out"):
        assert row["settlement"] > "" == row["settlement_range_low"] == row["utility_a_range_low"]
        assert (row["utility_a_low"] == "") == (worlds == 1)
    text = (tmp_path / "out" / "sweep.json").read_text()
    assert not re.search("Infinity|NaN", text), "which JSON does not have"
    assert "inf" not in shown.out


def test_another_calibration_is_not_mixed_in(tmp_path: Path) -> None:
    file = str(write(tmp_path / "toy.yaml"))
    own, name = tmp_path / "table.json", (f"engine.calibration={tmp_path / 'table.json'}",)
    own.write_text(json.dumps(TABLE))
    run(file, [COSTS], tmp_path / "out", overrides=name)
    own.write_text(json.dumps(TABLE | {"rows": ROWS[::-1]}))
    with pytest.raises(ScenarioError, match="was begun with calibration"):
        run(file, [COSTS], tmp_path / "out", overrides=name)


# --- what it says -----------------------------------------------------------------------------


def test_effects_are_averages_of_paired_differences(file: str, tmp_path: Path) -> None:
    _, swept = run(file, [COSTS, LIMITS], tmp_path / "out", worlds=40)
    results = swept.results
    settled = results.values(results.measure("settlement")).reshape(3, 2, 40)
    cost, limit = swept.effects["settlement"]
    assert (cost.low, cost.high, limit.low, limit.high) == ("0", "0.04", "0.3", "0.6")
    assert cost.difference == pytest.approx((settled[2] - settled[0]).mean())
    assert limit.difference == pytest.approx((settled[:, 1] - settled[:, 0]).mean())
    assert cost.interval.low <= cost.difference <= cost.interval.high
    assert limit.interval.low <= limit.difference <= limit.interval.high
    told = json.loads(swept.text)["effects"]
    assert told[0]["parameter"] == "war.cost.a"
    assert told[0]["difference"] == pytest.approx(cost.difference, abs=1e-6)


def test_words_are_compared_at_their_least_and_their_most(file: str, tmp_path: Path) -> None:
    vary = ["actors.a.tactic.name=boulware,conceder,linear"]
    _, swept = run(file, vary, tmp_path / "out", worlds=40)
    results = swept.results
    days = results.measure("utility:b")
    means = dict(zip(("boulware", "conceder", "linear"), results.values(days).mean(axis=1),
                     strict=True))  # fmt: skip
    (effect,) = effects(results, days)
    assert effect.difference == pytest.approx(max(means.values()) - min(means.values()))
    assert means[effect.high] == max(means.values())
    assert effect.difference > 0


def test_what_changes_nothing_is_said_so(file: str, tmp_path: Path) -> None:
    words = ["sweep", file, "--vary", COSTS, "--no-plots"]
    never = [f"--set={LAND}=0.9", "--set=actors.a.positions.land.limit=0.3", "--worlds", 20]
    said = typed(*words, *never, "--out", tmp_path / "never").words
    for told in ("No world of any cell settles", "look at ripeness", "--of utility:a",
                 "not a forecast"):  # fmt: skip
        assert told in said
    assert said.count("python -m sim heatmap") == 2
    assert said.count("--of ripeness") == 1
    more = ["--vary", "actors.a.mediation.every=1,2", "--worlds", 10]
    said = typed(*words, *more, "--out", tmp_path / "more").words
    assert "(actors.a.mediation.every) changes none of these numbers in any world" in said
    assert "(war.cost.a) changes none" not in said


def test_the_next_steps_can_be_typed(file: str, tmp_path: Path) -> None:
    words = ["sweep", file, "--set", "horizon_days=60", "--vary", "actors.a.patience=1,null"]
    said = typed(*words, "--worlds", 50, "--out", tmp_path / "out").out.splitlines()
    steps = [shlex.split(line)[3:] for line in said if "python -m sim heatmap" in line]
    assert [step[3] for step in steps] == ["settlement", "deal_by_day:30"]
    assert [typed(*step).code for step in steps] == [0, 0]


def test_all_columns_are_documented() -> None:
    text = (ROOT / "docs" / "outputs.md").read_text()
    part = text[text.index("## A sweep") :]
    titles = {key: issue["title"] for key, issue in TOY["issues"].items()}
    for measure in measures(Names({"a": "A", "b": "B"}, titles, True, "", 5, 365, {"t.s": "T"})):
        kind, of, _ = measure.key.partition(":")
        assert f"`{kind}{of or '`'}" in part, kind
    names = {
        *DIFFERENCE_COLUMNS,
        *(f.name for f in dataclasses.fields(Summary)),
        "of_low",
        "of_high",
    }
    assert {n for n in names if f"`{n.removesuffix('_interval')}`" not in text} == set()


# --- intervals --------------------------------------------------------------------------------


def test_one_cell_has_wilsons_and_newcombes_intervals() -> None:
    rng = np.random.default_rng(3)
    one = (rng.random(200) < 0.3).astype(float)
    two = np.where(rng.random(200) < 0.1, 1 - one, one)
    first, second = Clustered.of(one[None]), Clustered.of(two[None])
    assert first.share_interval() == pytest.approx(wilson(int(one.sum()), 200), abs=1e-12)
    a, b = one > 0.5, two > 0.5
    newcombe = paired_difference_of_shares(
        int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum())
    )
    assert difference_of_clustered_shares(first, second) == pytest.approx(newcombe, abs=0.002)
    x, y = rng.normal(size=(2, 50))
    means = Clustered.of(x[None]), Clustered.of(y[None])
    assert difference_of_clustered_means(means[0], means[1]) == pytest.approx(
        paired_difference_of_means(x - y), abs=1e-12
    )


def test_the_same_worlds_in_many_cells_count_once_and_others_each() -> None:
    rng = np.random.default_rng(4)
    alike = np.repeat((rng.random((1, 200)) < 0.3).astype(float), 10, axis=0)
    apart = (rng.random((10, 200)) < 0.3).astype(float)
    same, other = Clustered.of(alike), Clustered.of(apart)
    assert same.share_interval() == pytest.approx(wilson(int(alike[0].sum()), 200), abs=1e-12)
    low, high = other.share_interval()
    narrow = wilson(int(apart.sum()), 2000)
    assert high - low == pytest.approx(narrow[1] - narrow[0], rel=0.15)
    nothing = Clustered.of(np.zeros((10, 200)))
    assert nothing.share_interval() == wilson(0, 200)


def test_intervals_over_cells_that_share_worlds_cover_95_per_cent() -> None:
    rng = np.random.default_rng(5)
    chances = np.array([0.05, 0.15, 0.3])
    hits = 0
    for _ in range(1000):
        found = Clustered.of((rng.random(120) < chances[:, None]).astype(float))
        low, high = found.share_interval()
        hits += low <= chances.mean() <= high
    assert 0.93 <= hits / 1000 <= 0.97


def test_utility_is_told_in_points_as_by_compare() -> None:
    room = Measure("ripeness", "Room for a deal", "utility", lambda data: np.zeros(1))
    assert room.unit == "points of 100"
    assert room.value_words(0.0254) == "2.5 points"
    assert room.interval_words(-0.01, 0.04) == "−1.0 to 4.0"
    north = Parameter("x", "X", ("0", "1"), (0.0, 1.0), None, None, False, None)
    gap = Effect(0.0254, Interval(0.01, 0.04), None, north, room, "0", "1", 0.0, 0.0254)
    assert effect_words(gap) == ["+2.5 (+1.0 to +4.0)"]
    near = dataclasses.replace(gap, interval=Interval(0.0029, 0.4))
    assert effect_words(near) == ["+2.5 (+0.3 to +40.0)"], "0 is left out"


def test_files_of_different_days_are_no_ranking() -> None:
    names = ("victory_plan", "european_force", "kellogg")
    plans = {name: load_scenario(name) for name in names}
    (said,) = days_apart(plans)
    assert (
        "victory_plan 20 January 2025, european_force 27 March 2025 and kellogg 20 January" in said
    )
    assert not days_apart({name: plans[name] for name in ("victory_plan", "kellogg")})
