"""Scenarios side by side: what is compared with what, and the commands as typed."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import yaml

from sim.ensemble import chunks
from sim.ensemble.chunks import Call, run_chunk
from sim.ensemble.runner import run_scenario, write_results
from sim.formulas.statistics import Interval
from sim.prose import percent
from sim.report.compare_page import compare_context, overview_table
from sim.results import allowed
from sim.results.outcomes import Measure, comparable
from sim.scenario import load_scenario
from sim.studies.compare.changes import change_words
from sim.studies.compare.comparison import Comparison, ComparisonError, compare
from sim.studies.compare.differences import Difference, Pair
from sim.studies.compare.inputs import read_entries
from sim.studies.compare.shared import group_of, identities, shared_keys
from sim.studies.compare.short import short_words
from sim.studies.compare.tables import differences_csv
from sim.studies.compare.words import amounts, difference_words, each_words, spans_words, told
from sim.views.compare.differences import differences
from sim.views.compare.odds import odds
from sim.words.shares import FEW, share_of
from tests.conftest import (
    SCENARIOS,
    TOY,
    beside,
    build,
    csv_rows,
    ended,
    filed,
    lines_at,
    started,
    typed,
    works,
)

WORLDS = 60
TABLES = {"compare.json", "compare.csv", "differences.csv"}
CHARTS = {"odds", "time", "packages", "gains", "durability", "stuck", "differences"}


def write(folder: Path, name: str, **changes: Any) -> str:
    """A variant of the toy scenario as a file."""
    return str(filed(folder, {**TOY, "name": name, **changes}, name))


def with_cost(cost: float) -> dict[str, Any]:
    return {**TOY["war"], "cost": {"a": cost, "b": cost}}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A baseline, a variant in which war costs more, and one about something else."""
    parts = yaml.safe_dump({k: TOY[k] for k in ("issues", "actors", "war")})
    for old, new in (("land:", "water:"), ("arms:", "fish:"), (" a:", " c:"), (" b:", " d:")):
        parts = parts.replace(old, new)
    return [
        write(tmp_path, "baseline"),
        write(tmp_path, "costly", war=with_cost(0.06)),
        write(tmp_path, "elsewhere", **yaml.safe_load(parts)),
    ]


@pytest.fixture
def compared(files: list[str]) -> Comparison:
    return compare(files, WORLDS)


# --- differences -------------------------------------------------------------------------------


def test_differences_are_scenario_less_baseline_world_by_world(compared: Comparison) -> None:
    costly, base = compared.run("costly").ensemble, compared.base.ensemble
    one = compared.of("costly", "utility:a")
    expected = (costly.utility.sel(actor="a") - base.utility.sel(actor="a")).values
    assert one.value == pytest.approx(expected.mean())
    assert one.paired
    assert one.worlds == WORLDS
    settled = compared.of("costly", "settlement")
    share = (costly.outcome == 0).mean() - (base.outcome == 0).mean()
    assert settled.value == pytest.approx(float(share))


def test_every_interval_holds_its_difference(compared: Comparison) -> None:
    assert len(compared.differences) > 10
    for one in compared.differences:
        assert one.interval.low - 1e-9 <= one.value <= one.interval.high + 1e-9
        assert one.unpaired.low - 1e-9 <= one.value <= one.unpaired.high + 1e-9

    for known, known_enough in ((1, False), (FEW - 1, False), (FEW, True)):

        def some(run: Any, known: int = known) -> np.ndarray:
            return np.array([0.5] * known + [np.nan] * (WORLDS - known))

        few = Measure("x", "x", "utility", some)
        assert (Pair(*compared.runs[:2]).difference(few) is not None) == known_enough, (
            "of a handful none"
        )


def test_first_stages_are_told_where_a_plan_has_one(
    compared: Comparison, files: list[str], tmp_path: Path
) -> None:
    """In table and chart by one name, of plans of one stage the settlement; else nowhere."""
    stages = [{"name": "truce", "issues": ["arms"]}, {"name": "rest", "issues": ["land"]}]
    two = write(tmp_path, "two", agenda=stages)
    staged = compare([*files[:2], two], WORLDS)
    for one, has_first in ((compared, False), (staged, True)):
        view = differences(one)
        assert ("First stage" in [column.title for column in view.columns]) == has_first
        assert ("First stage" in overview_table(one).head) == has_first
        assert ("first stage" in " ".join(told(one)) + view.headline) <= has_first
        screen = " ".join(line for line, _ in short_words(one, tmp_path, []))
        assert ("First stage" in screen) <= has_first
        assert {d.measure.key for d in one.differences} >= {"first_stage"}, "as data it stays"
    rows = {row[0].lines[0]: row for row in overview_table(staged).rows}
    assert rows["costly"][2] == "—", "a plan of one stage has no first one"
    assert rows["two"][2] != "—"
    view = differences(staged)
    assert view is not None
    assert "First stage: of a plan of one stage the signing of the whole" in view.subtitle


def test_what_a_plan_leaves_out_is_among_the_largest_differences(tmp_path: Path) -> None:
    """A limited agreement is the same where key and title are; without talks it is never signed."""
    hard = lines_at(TOY, a=0.1, b=0.9)["actors"]
    both, other = (
        write(tmp_path, name, actors=hard, tracks=beside(title))
        for name, title in (("both", "Swap"), ("other", "List"))
    )
    found = compare([both, other, write(tmp_path, "without", actors=hard)], WORLDS)
    signed = found.base.summary.limited["beside.swap"].ever
    assert signed > 0.5
    for name in ("without", "other"):
        one = found.of(name, "limited:beside.swap")
        assert (one.value, one.without) == (pytest.approx(-signed), name)
    one = found.of("other", "limited:beside.swap (2)")
    assert (one.value, one.without, one.measure.head) == (pytest.approx(signed), "both", "“List”")
    for kind in ("limited", "no_deal"):
        ends = [found.run(name).summary.outcomes.get(kind, 0.0) for name in ("without", "both")]
        assert found.of("without", kind).value == pytest.approx(ends[0] - ends[1])
    screen = [line for line, _ in short_words(found, tmp_path, [])]
    for said in ("“Swap” ", "No deal by the end", "no such talks in without"):
        assert any(said in line for line in screen), said
    assert max(map(len, screen)) <= 80
    assert "(no such talks in without; " in " ".join(told(found))
    drawn = differences(found)
    assert drawn is not None
    assert "limited:beside.swap" in {column.key for column in drawn.answering}
    assert "limited.beside.swap (2)" in differences_csv(found)


def test_shares_of_few_worlds_are_counts_in_every_column(files: list[str]) -> None:
    found = compare(files[:2], WORLDS)
    run = found.runs[0]
    rare = {"settlement": 0.0, "ratification_failed": 0.05}
    summary = dataclasses.replace(run.summary, outcomes=run.summary.outcomes | rare)
    found.runs[0] = dataclasses.replace(run, summary=summary)
    rows = {row[0].lines[0]: row for row in overview_table(found).rows}
    failed = rows["baseline (baseline)" if "baseline (baseline)" in rows else "baseline"][2]
    assert (failed.text, list(failed.lines)) == ("3", ["of 60"])


def test_one_plan_is_no_ranking(files: list[str], tmp_path: Path) -> None:
    later = write(tmp_path, "later", war={**TOY["war"], "start_date": "2025-02-01"})
    alone = compare_context(compare([files[0], later], 20))
    assert [table.caption for table in alone["rankings"]] == ["Not ranked"]
    assert alone["ranking_words"].startswith("Least gain: of the side that gains least")
    assert "the mean of all worlds, 0 where nothing settles" in alone["ranking_words"]
    three = compare_context(compare([*files[:2], later], 20))
    captions = [table.caption.partition(",")[0] for table in three["rankings"]]
    assert captions == ["Ranking", "Not ranked"]


@pytest.fixture(scope="module")
def halved(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Kellogg, and Kellogg with half of Russia's costs of war."""
    cost = load_scenario(SCENARIOS / "kellogg.yaml").scenario.war.cost["putin"].per_month
    half = {cost.kind: [v / 2 for v in cost.values]} if cost.uncertain else cost.values[0] / 2
    changed = {"war": {"cost": {"putin": {"per_month": half}}}}
    head = {"extends": str(SCENARIOS / "kellogg.yaml"), "name": "halved"}
    path = filed(tmp_path_factory.mktemp("halved"), head | changed, "halved")
    return compare(["kellogg", str(path)], 300)


@pytest.mark.parametrize("measure", ["ripeness", "utility:zelenskyy"])
def test_pairing_on_common_random_numbers_halves_the_interval(
    halved: Comparison, measure: str
) -> None:
    one = halved.of("halved", measure)
    assert one.gain >= 2


def test_the_same_scenario_differs_in_nothing(files: list[str]) -> None:
    twice = compare([files[0], files[0]], WORLDS)
    assert [run.scenario.name for run in twice.runs] == ["baseline", "baseline_2"]
    for one in twice.differences:
        assert one.value == 0
        assert not one.visible


def test_other_seeds_are_not_paired_and_fewer_worlds_are_paired_on_those_shared(
    files: list[str], tmp_path: Path
) -> None:
    folders = []
    for name, seed, worlds in (("other", 9, WORLDS), ("fewer", 1, 25)):
        folder = tmp_path / name
        folder.mkdir()
        write_results(run_scenario(load_scenario(files[1]), worlds, seed), folder / "result.nc")
        folders.append(str(folder))
    found = compare([files[0], *folders], WORLDS)
    assert [run.scenario.name for run in found.runs] == ["baseline", "other", "fewer"]
    assert not any(d.paired for d in found.differences if d.scenario == "other")
    one = found.of("fewer", "utility:a")
    assert (one.paired, one.worlds) == (True, 25)
    # the first worlds of the longer run are those of the shorter one
    whole = compare(files[:2], WORLDS).run("costly").ensemble.utility.values[:25]
    np.testing.assert_array_equal(found.runs[2].ensemble.utility.values, whole)
    notes = " ".join(found.notes)
    assert "other has seed 9 and baseline has seed 1" in notes
    assert "paired on the 25 that they share" in notes


@pytest.mark.parametrize(
    ("key", "value", "interval", "words"),
    [
        ("settlement", 0.09, (0.07, 0.11),
         "kellogg settles in 9 more worlds of 100 than no_mediation (95 % interval 7 to 11)."),
        ("settlement", -0.012, (-0.02, -0.004),
         "kellogg settles in 1.2 fewer worlds of 100 than no_mediation "
         "(95 % interval 0.4 to 2.0)."),
        ("settlement", 0.0005, (-0.002, 0.003),
         "No difference visible in settlement between kellogg and no_mediation: "
         "95 % interval from −0.2 to +0.3 worlds of 100."),
        ("settled_day", -12.0, (-20.0, -4.0),
         "Where both have one, the day of settlement is 12 days earlier in kellogg than in "
         "no_mediation (95 % interval 4 to 20)."),
        ("ripeness", 0.0123, (0.010, 0.0146),
         "room for a deal at the end is 1.2 points of 100 higher in kellogg than in no_mediation "
         "(95 % interval 1.0 to 1.5)."),
    ],
)  # fmt: skip
def test_differences_in_words(
    key: str, value: float, interval: tuple[float, float], words: str
) -> None:
    measure = next(m for m in comparable([build(TOY)], ["a"]) if m.key == key)
    span = Interval(*interval)
    one = Difference("kellogg", "no_mediation", measure, value, span, span, True, 1000, 0.1, 0.1)
    assert difference_words(one) == words
    near = dataclasses.replace(
        one, allowed=Interval(-0.175, -0.0029), interval=Interval(-0.17, -0.01)
    )
    if one.measure.kind == "share":
        assert amounts(near)[1:] == ["−17.5", "−0.3"], "it leaves 0 out"
    loose = dataclasses.replace(one, paired=False)
    assert "unpaired 95 % interval" in difference_words(loose)


def test_counts_are_named_only_where_a_share_can_be_one(files: list[str]) -> None:
    found = [compare(files[:2], worlds) for worlds in (7, 30)]
    assert [spans_words(one).count("are counts") for one in found] == [0, 1]
    assert "are counts" not in odds(found[0]).subtitle
    assert "past talks" not in each_words(found[0]), "of few worlds that is not known"


@pytest.mark.parametrize(("years", "words"), [((3, 3), "3 years"), ((9, 3), "3 years"),
                                             ((9, 7), "5 years"), ((1, 1), "1 year")])  # fmt: skip
def test_lasting_is_as_long_as_both_models_follow_settlements(
    years: tuple[int, int], words: str
) -> None:
    pair = [build({**TOY, "durability": {"years": n}}) for n in years]
    lasting = next(m for m in comparable(pair, []) if m.key == "lasting")
    assert (lasting.noun, lasting.verb) == (
        f"settlements that hold {words}",
        f"settles for {words} or more",
    )
    held = xr.Dataset({"years_held": ("world", [np.nan, 0.5, float(words[0])])})
    assert lasting.values(held).tolist() == [0.0, 0.0, 1.0]
    without = [pair[0], build(TOY)]
    assert "lasting" not in {m.key for m in comparable(without, [])}


# --- what is shared ----------------------------------------------------------------------------


def test_who_signs_in_some_scenarios_only_is_compared_where_both_have_it(tmp_path: Path) -> None:
    third = {"name": "C", "positions": {"land": {"ideal": 0.5, "salience": 1, "judgement": "c"}}}
    with_c = {**TOY["actors"], "c": third}
    names = [write(tmp_path, n, actors=with_c) for n in ("one", "two")] + [write(tmp_path, "three")]
    found = compare(names, worlds=20, baseline="one")
    compared = {d.scenario for d in found.differences if d.measure.key == "utility:c"}
    assert compared == {"two"}
    assert "utility:a" in {d.measure.key for d in found.differences if d.scenario == "three"}


def test_scenarios_about_something_else_are_left_out_and_named(compared: Comparison) -> None:
    assert compared.issue_group == compared.actor_group == ["baseline", "costly"]
    assert compared.issues == ["land", "arms"]
    assert compared.actors == ["a", "b"]
    notes = " ".join(compared.notes)
    assert "elsewhere shares no issue with the others: left out of the charts packages" in notes
    assert compared.of("elsewhere", "settlement") is not None
    assert compared.of("elsewhere", "ripeness") is None


def test_what_is_shared_and_who_is_the_group() -> None:
    """The same key for another thing is not shared; the group is the baseline's or the largest."""
    texts = {"a": {"all", "none"}, "b": {"none", "half"}, "c": {"the Sinai"}}
    found = identities({name: {"land": scale} for name, scale in texts.items()}, "b")
    assert [list(found[name]) for name in "abc"] == [["land"], ["land"], ["land (2)"]]
    assert group_of({name: list(own) for name, own in found.items()}, "b") == ["a", "b"]
    keys = {"a": ["x"], "b": ["y"], "c": ["y"], "d": ["y", "z"]}
    assert group_of(keys, "c") == ["b", "c", "d"]
    assert group_of(keys, "a") == ["b", "c", "d"]
    assert shared_keys(keys, ["b", "c", "d"]) == ["y"]
    assert group_of({"a": ["x"], "b": ["y"]}, "b") == ["b"]


def test_names_are_told_apart_by_file(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, second = write(tmp_path / "one", "toy"), write(tmp_path / "two", "toy")
    soft = tmp_path / "one" / "toy_soft.yaml"
    soft.write_text("extends: toy.yaml\n", encoding="utf-8")
    entries, _ = read_entries([first, str(soft)], ())
    assert [e.name for e in entries] == ["toy", "toy_soft"]
    entries, _ = read_entries([first, second], ())
    assert [e.name for e in entries] == ["one_toy", "two_toy"]
    found = compare([first, second], 5)
    assert f"one_toy is the scenario 'toy' of {first}." in found.notes


# --- baseline ------------------------------------------------------------------------------------


def test_baseline_by_default_by_name_and_by_file(files: list[str], tmp_path: Path) -> None:
    assert compare(files[::-1][1:], 5).baseline == "baseline"
    assert compare([files[1], files[2]], 5).baseline == "costly"
    assert compare(files[:2], 5, baseline="costly").baseline == "costly"
    assert compare(files[:2], 5, baseline=files[1]).baseline == "costly"
    with pytest.raises(ComparisonError, match="did you mean 'costly'"):
        compare(files[:2], 5, baseline="costy")
    gone = str(tmp_path / "gone.yaml")  # one that fails is replaced and named
    found = compare([gone, *files[1:]], 5, baseline=gone)
    assert found.baseline == "costly"
    assert any("has no results: compared with costly instead" in note for note in found.notes)


# --- the command ---------------------------------------------------------------------------------


def test_command_writes_tables_and_charts(files: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = works("compare", *files, "--worlds", "40", "--out", out)
    names = {p.name for p in out.iterdir()}
    assert names >= TABLES
    assert names - TABLES <= {f"{chart}.png" for chart in CHARTS}
    assert {"odds.png", "time.png", "packages.png", "differences.png"} <= names
    words = typed("compare", *files, "--worlds", "40", "--full", "--no-plots", "--out", out).words
    assert "3 scenarios, compared with baseline" in words
    assert "Each 95 % interval stands by itself" in words
    assert "times narrower than between separate draws" in words
    assert "elsewhere shares no issue with the others" in words
    assert "A model's consequences, given these assumptions; not a forecast." in words
    assert shown.err == ""


@pytest.mark.parametrize(
    ("names", "most", "says"),
    [
        (
            sorted(p.stem for p in SCENARIOS.glob("*.yaml")),
            51,
            ("own day 0 or conflict;", "of day 0"),
        ),
        (["kellogg", "witkoff", "points_28"], 28, ("Not ranked: each has its own day 0, so",)),
        (["no_mediation", "kellogg"], 28, ("Nothing tells the 2 plans apart",)),
    ],
    ids=lambda value: str(len(value)) if isinstance(value, list) else "",
)
def test_what_is_printed_fits_one_screen(
    names: list[str],
    most: int,
    says: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(allowed, "ENOUGH", 20)
    few = ["--worlds", "20", "--set", "horizon_days=120", "--no-plots"]
    few += ["--calibration", str(Path("sim/scenario/calibration.json").resolve())]
    shown = typed("compare", *names, *few, "--out", ".", cwd=tmp_path)  # a short name
    assert (shown.code, shown.err) == (0, "")
    lines = shown.out.splitlines()
    assert len(lines) <= most
    assert max(map(len, lines)) <= 80
    for said in (*says, "Largest differences from", "10–90 %: over what past talks allow", "--full",
                 "compare.csv", "not a forecast"):  # fmt: skip
        assert said in shown.words
    assert "…" not in shown.out
    content = json.loads((tmp_path / "compare.json").read_text())
    ends = {(row["scenario"], row["measure"].partition(".")[0]): row["range_low"]
            for row in csv_rows(tmp_path / "compare.csv") if row["range_low"]}  # fmt: skip
    for name in content["table"]:
        assert ends[name, "first_stage"] == ends[name, "first_stage_by_day"]
    ranks = {p["scenario"]: p for group in content["ranking"] for p in group["places"]}
    for name, row in content["table"].items():
        (line,) = [one for one in lines if re.match(rf"[\d -]+ {name} .*(%| of 20) ", one)]
        place, rest = line.replace(" %", "%").replace(" of ", "of").split(name, maxsplit=1)
        settles, rest = rest.split(maxsplit=1)
        low, high = (100 * end for end in row["settlement_range"])
        told = percent(row["settlement"], row["settlement_range"])
        if 0 < row["settlement"] < 1:
            told = f"{round(20 * row['settlement'])} of 20"
        assert settles == told.replace(" ", "")
        ends_shown = rest.split()[0]
        if "of" in settles:
            assert ends_shown == "—"
        else:
            assert [float(x) for x in ends_shown.split("–")] == pytest.approx([low, high], abs=0.5)
        issue = content["scenarios"][name]["stuck_on"]
        failed = round(20 * (1 - row["settlement"]))
        assert share_of(row["stuck_on_share"], failed) in shown.words  # a long title goes on below
        assert issue[row["stuck_on"]] == max(issue.values())
        # nothing is ranked where no other has the same day 0
        alone = any([p["scenario"] for p in group["places"]] == [name]
                    for group in content["ranking"])  # fmt: skip
        own = ranks[name]
        counts = f"{len(own['ahead'])} {own['rank'] - 1}"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d" if alone else counts, " ".join(place.split()))


def test_tables_agree_with_the_summaries(files: list[str], tmp_path: Path) -> None:
    words = ["--worlds", "40", "--no-plots", "--quiet", "--out", str(tmp_path / "out")]
    assert typed("compare", *files, *words).code == 0
    content = json.loads((tmp_path / "out" / "compare.json").read_text())
    rows = csv_rows(tmp_path / "out" / "compare.csv")
    columns = ["scenario", "measure", "value", "low", "high", "range_low", "range_high"]
    assert list(rows[0]) == columns
    for name, summary in content["scenarios"].items():
        mine = {r["measure"]: r for r in rows if r["scenario"] == name}
        for kind, share in summary["outcomes"].items():
            row = mine[f"outcome.{kind}"]
            assert float(row["value"]) == pytest.approx(share, abs=1e-5)
            assert float(row["low"]) <= share + 1e-5
            assert share <= float(row["high"]) + 1e-5
    differences = csv_rows(tmp_path / "out" / "differences.csv")
    assert len(differences) == len(content["differences"])
    assert {d["scenario"] for d in differences} == {"costly", "elsewhere"}
    assert content["shared"]["issues"] == ["land", "arms"]
    assert any("stands by itself" in note for note in content["notes"])


def test_results_do_not_depend_on_the_number_of_processes(files: list[str], tmp_path: Path) -> None:
    for jobs in ("1", "3"):
        words = ["--worlds", "40", "--quiet", "--out", str(tmp_path / jobs), "--workers", jobs]
        assert ended(started("compare", *files, *words)) == (0, "", "")
    one, three = (sorted((tmp_path / jobs).iterdir()) for jobs in ("1", "3"))
    assert [p.name for p in one] == [p.name for p in three]
    for first, second in zip(one, three, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def fail_where_costly(call: Call, report: Any = None) -> Any:
    """As run_chunk, but the engine raises in one scenario."""

    def fail(worlds: float) -> None:
        if call.scenario.name == "costly":
            raise ZeroDivisionError("a fault of the engine")

    return run_chunk(call, fail)


def die_where_costly(call: Call, report: Any = None) -> Any:
    """As run_chunk, but one scenario kills its workers."""
    if call.scenario.name == "costly":
        os._exit(9)
    return run_chunk(call)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_scenario_that_fails_does_not_lose_the_others(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(chunks, "run_chunk", fail_where_costly)
    bad = tmp_path / "bad.yaml"
    bad.write_text("extends: baseline.yaml\nactors: {a: {patience: -3}}\n", encoding="utf-8")
    out = tmp_path / "out"
    words = ["--worlds", "20", "--no-plots", "--out", str(out), "--workers", str(jobs)]
    shown = typed("compare", *files, bad, *words)
    assert shown.code == 1
    assert f"{bad} is left out:" in shown.err
    assert "bad.yaml:2: actors.a.patience" in shown.err
    assert "the run failed with ZeroDivisionError: a fault of the engine" in shown.err
    assert "Traceback" not in shown.err
    content = json.loads((out / "compare.json").read_text())
    assert list(content["scenarios"]) == ["baseline", "elsewhere"]
    assert set(content["failed"]) == {files[1], str(bad)}


def test_a_process_that_dies_is_named(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "run_chunk", die_where_costly)
    found = compare(files, 10, workers=2)
    assert "WorkerLost: its worker was killed" in found.failed[files[1]]
    assert [run.scenario.name for run in found.runs] == ["baseline", "elsewhere"]


def test_scenarios_come_back_from_saved_results(kellogg: Any, tmp_path: Path) -> None:
    cost = {"a": {"choice": {0.01: 0.3, 0.05: 0.7}}, "b": 0.02}
    chosen = filed(tmp_path, {**TOY, "war": {**TOY["war"], "cost": cost}}, "x")
    for file in (chosen, SCENARIOS / "kellogg.yaml"):
        loaded = load_scenario(file)
        folder = tmp_path / file.stem
        folder.mkdir()
        write_results(run_scenario(loaded, 5), folder / "result.nc")
        entries, failed = read_entries([str(folder), str(folder / "result.nc")], ())
        assert failed == {}
        assert [one.saved.scenario for one in entries] == [loaded.scenario] * 2


def test_saved_results_cannot_be_set(files: list[str], tmp_path: Path) -> None:
    write_results(run_scenario(load_scenario(files[0]), 5), tmp_path / "result.nc")
    words = ["--set", "horizon_days=100", "--worlds", "5", "--no-plots"]
    words += ["--out", str(tmp_path / "out")]
    done = typed("compare", files[1], tmp_path / "result.nc", *words)
    assert done.code == 1
    assert "saved results cannot be changed by --set" in done.err
    assert done.out.startswith("costly alone: name more scenarios to compare it with; 5 worlds")
    content = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert content["scenarios"]["costly"]["horizon_days"] == 100


def test_json_is_one_object_and_charts_of_an_earlier_comparison_do_not_stay(
    files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = [*files[:2], "--worlds", "10"]
    assert typed("compare", *words, "--quiet", "--out", out).code == 0
    (out / "notes.txt").write_text("mine")
    shown = works("compare", *words, "--no-plots", "--json", "--out", out)
    assert {p.name for p in out.iterdir()} == {*TABLES, "notes.txt"}
    assert json.loads(shown.out)["baseline"] == "baseline"
    assert shown.out == (out / "compare.json").read_text()
    shown = typed("compare", *words, "--no-plots", "--out", out / "notes.txt" / "compare")
    assert (shown.code, shown.out) == (2, "")
    assert "cannot be written" in shown.err


def test_interrupt_keeps_what_is_finished(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*rest: Any) -> Any:
        yield 0, run_scenario(load_scenario(files[0]), 10, traced=0)
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.studies.compare.comparison.run_jobs", stopped)
    found = compare(files, 10)
    assert [run.scenario.name for run in found.runs] == ["baseline"]
    assert found.missing == ["costly", "elsewhere"]
    assert told(found) == []
    done = typed("compare", *files, "--worlds", "10", "--out", tmp_path / "out")
    assert done.code == 130
    assert "Stopped." in done.err
    assert {p.name for p in (tmp_path / "out").iterdir()} <= TABLES


def test_saved_results_are_compared_and_written_as_tables(tmp_path: Path) -> None:
    """As typed in the README: two finished runs, one of them with a changed assumption."""
    out, trial = tmp_path / "out", tmp_path / "trial"
    run = ["--worlds", "20", "--no-plots", "--quiet"]
    kellogg = str(SCENARIOS / "kellogg.yaml")
    assert typed(kellogg, *run, "--out", out).code == 0
    change = "actors.putin.patience={fixed: 20}"
    assert typed(kellogg, *run, "--set", change, "--out", trial).code == 0
    words = ["compare", str(out / "kellogg"), str(trial / "kellogg"), "--no-plots"]
    shown = works(*words, "--out", tmp_path / "both")
    assert f"Changed in trial_kellogg: {change}" in shown.words
    assert "Changed in all" not in shown.out
    content = json.loads((tmp_path / "both" / "compare.json").read_text())
    (told,) = content["differ_in"].values()
    assert told == ["actors.putin.patience: {triangular: [26w, 78w, 156w]} → {fixed: 20}"]
    assert all(one["paired"] for one in content["differences"])


def test_another_protocol_is_a_difference_between_files(tmp_path: Path) -> None:
    files = [write(tmp_path, n, protocol={"name": n}) for n in ("compromise", "median")]
    mean, middle = (run_scenario(load_scenario(file), 5) for file in files)
    assert change_words(middle, mean) == ["protocol.name: compromise → median"]
