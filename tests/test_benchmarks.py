"""The benchmarks: what they compare is the same work, and their table says what was measured."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

from benchmarks import casino, command, commands, engine, mesa_worlds, parts, sessions, timing
from benchmarks.engine import ensemble, look
from benchmarks.figures import Figure, Findings, Requirement, table
from benchmarks.generated import ROUNDS, load_generated
from benchmarks.setting import FILE, QUICK, Setting
from sim.engine.draws import CHUNK, Draws
from sim.engine.model import OPEN, PeaceTalks
from sim.scenario import load_scenario
from tests.conftest import ROOT, build, simulate

TINY = replace(
    QUICK, repeats=1, few=1, by_worlds=(1, 3), ensemble=3, alone=1, command=2, most=4, shared_out=4,
    parties=(2,), issues=(2,), generated_worlds=2, sessions=(("a", 3),), profiled=20, starts=1,
)  # fmt: skip


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    shared = ROOT.parent / "shared"
    return Setting(load_scenario(FILE), TINY, shared, tmp_path / "negmas", lambda line: None)


# --- clocks and table --------------------------------------------------------------------------


def test_sides_are_measured_in_turn_and_backwards_every_other_time() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = timing.in_turn([lambda: side("a"), lambda: side("b")], 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == [(1.0, 4.0, 5.0), (2.0, 3.0, 6.0)]
    assert timing.ratios(*found) == (1 / 2, 4 / 3, 5 / 6)


def test_memory_of_a_command_is_its_own_and_failures_are_named() -> None:
    ballast = np.ones(40_000_000)  # 320 MB here
    taken = timing.command(["-c", "x = bytearray(60_000_000)"])
    assert 60e6 < taken.peak < 200e6 < ballast.nbytes
    assert taken.seconds > 0
    with pytest.raises(timing.Unavailable, match="ended with 3: no room"):
        timing.command(["-c", "import sys; print('no room', file=sys.stderr); sys.exit(3)"])


def test_requirements_are_judged_by_the_median_and_only_where_they_apply() -> None:
    at_most = Requirement("at most", 4.0)
    assert Figure("m", (1.0, 9.0, 4.0), "s", at_most).met is True
    assert Figure("m", (4.1,), "s", at_most).met is False
    assert Figure("m", (99.0,), "×", Requirement("at least", 100.0)).met is False
    small = Figure("small", (99.0,), "×", Requirement("at least", 100.0, applies=False))
    assert small.met is None
    text = table([Findings("one", "One", [Figure("late", (5.0, 7.0, 6.0), "s", at_most), small])])
    assert re.search(r"late +6 s +5 to 7 \(of 3\) +at most 4 s +NO", text)
    assert re.search(r"small +99 × +once +at least 100 × +not judged", text)
    assert "Requirements met: 0 of 1 judged" in text


# --- the work compared is the same --------------------------------------------------------------


def test_models_of_one_world_end_as_their_worlds_in_an_ensemble(toy: dict[str, Any]) -> None:
    scenario = build(toy)
    days = scenario.war.round_days
    alone = mesa_worlds.one_by_one(scenario, 2)
    data = ensemble(scenario, CHUNK + 1, look(scenario))
    assert any(row["signed"] for row in alone)
    assert mesa_worlds.same(alone, data, days) == 2
    assert mesa_worlds.same(alone, data.isel(world=slice(CHUNK)), days) == 1
    changed = data.assign(agreed=data.agreed.fillna(0) + 0.5)
    assert mesa_worlds.same(alone, changed, days) == 0


@pytest.mark.parametrize(("parties", "issues"), [(2, 2), (8, 24), (3, 7)])
def test_generated_scenarios_bargain_to_the_end(parties: int, issues: int) -> None:
    loaded = load_generated(parties, issues)
    model = simulate(loaded.scenario, 5)
    assert len(model.signatories) == parties
    assert len(model.talks.issues) == issues
    assert model.talks.round == ROUNDS
    assert (model.talks.status == OPEN).all()
    assert loaded.digest == load_generated(parties, issues).digest
    assert loaded.digest != load_generated(parties, issues, seed=2).digest


def test_the_largest_run_is_held_against_fewer_worlds_with_a_store(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def command(words: list[str]) -> timing.Taken:
        given.append(words)
        return timing.Taken(6_000.0, 1_400e6)

    monkeypatch.setattr(commands, "command", command)
    findings = Findings("largest", "Largest")
    engine.largest(replace(setting, work=replace(TINY, most=engine.MILLION)), findings)
    assert given[0][given[0].index("--worlds") + 1] == "1000000"
    each, fewer, ratio, minutes, memory = findings.figures
    assert each.value == pytest.approx(6.0)
    assert minutes.value == pytest.approx(100.0)
    assert ratio.values == tuple(6.0 / value for value in fewer.values)
    assert ratio.met is None  # 3 worlds are no measure of 10,000
    assert (memory.value, memory.met) == (1400.0, True)


# NegMAS in a play: it says what the file beside it says, in the form of ../shared/bench
PLAYED = """
import argparse, json
parser = argparse.ArgumentParser()
for name in ("config", "scenarios", "dump", "reserve", "n-steps", "seed"):
    parser.add_argument("--" + name)
given = parser.parse_args()
results = json.load(open("played.json"))[: int(given.scenarios)]
summary = {"sessions": len(results), "wall_s": 0.5}
json.dump({"summary": summary, "results": results}, open(given.dump, "w"))
"""


def test_every_session_is_compared(
    setting: Setting, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sessions.case(shared / "bench", "a", 3)
    found = one.play()
    results: list[dict[str, Any]] = [
        {"agreement": one.scenarios[n].options(int(p)) if p >= 0 else None, "step": int(s)}
        for n, (p, s) in enumerate(zip(found.agreement, found.steps, strict=True))
    ]
    assert any(row["agreement"] for row in results)
    bench = tmp_path / "bench"
    bench.mkdir()
    shutil.copyfile(shared / "bench" / sessions.GENERATOR, bench / sessions.GENERATOR)
    (bench / sessions.PROGRAM).write_text(PLAYED.replace("played.json", str(bench / "played.json")))
    monkeypatch.setattr(sessions, "environment", lambda folder, say: Path(sys.executable))

    def equal() -> Figure:
        (bench / "played.json").write_text(json.dumps(results))
        findings = Findings("negmas", "NegMAS")
        sessions.negmas(replace(setting, shared=tmp_path), findings)
        assert findings.figures[0].values == (6.0,)
        return findings.figures[-1]

    assert equal().met is True
    results[1]["step"] += 1
    assert equal().met is False
    assert equal().value == 2


def test_negmas_that_is_not_there_is_not_taken_for_installed(tmp_path: Path) -> None:
    assert not sessions.installed(tmp_path / "bin" / "python")
    assert not sessions.installed(Path(sys.executable))  # NegMAS is no dependency of the project


# --- where the time goes ------------------------------------------------------------------------


def frame_in(module: str, function: str) -> FrameType:
    """A frame like those of a function of the package; its caller is this function."""
    code = f"import sys\ndef {function}():\n    return sys._getframe()\n"
    names: dict[str, object] = {}
    file = parts.PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    exec(compile(code, str(file), "exec"), names)
    frame: FrameType = names[function]()  # type: ignore[operator]
    return frame


def test_samples_count_for_the_part_that_asked() -> None:
    for (module, function), part in {
        ("engine.war", "advance"): "war",
        ("engine.protocols.shuttle", "bargain"): parts.PARTS["engine.protocols"],
        ("engine.model", "__init__"): parts.SET_UP,
        ("engine.model", "step"): parts.ROUND,
    }.items():
        assert parts.part_of(frame_in(module, function)) == part
    assert parts.part_of(sys._getframe()) == parts.ELSEWHERE
    for module in parts.PARTS:  # they are modules of the package
        path = parts.PACKAGE.joinpath(*module.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file(), module


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "QUICK", TINY)


def test_the_command_prints_a_table_and_writes_json(
    quick: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    only = ["startup", "engine", "parties", "protocols", "profile", "mesa", "processes"]
    assert command.main(["--quick", "--only", *only, "--json", str(file)]) == 0
    out, err = capsys.readouterr()
    content = json.loads(file.read_text())
    assert content["quick"] is True
    assert out.startswith(f"{content['machine']['processor']}, ")
    assert {"processor", "cores", "python", "numpy", "mesa"} <= set(content["machine"])
    assert [s["name"] for s in content["sections"]] == [s for s in command.SECTIONS if s in only]
    for section in content["sections"]:
        assert section["title"] in out
        assert section["figures"], section["name"]
        assert f"{section['name']}: begun" in err
        for figure in section["figures"]:
            assert f"  {figure['measure']} " in out
            assert figure["low"] <= figure["value"] <= figure["high"]
            assert all(value > 0 for value in figure["values"])
    assert "at least 100 ×" in out
    assert "not judged" in out


def test_what_is_missing_or_breaks_off_is_said_and_the_rest_goes_on(
    quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(setting: Setting, findings: Findings) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setitem(command.SECTIONS, "engine", ("Engine", breaks))
    only = ["negmas", "sessions", "engine", "startup"]
    assert command.main(["--quick", "--only", *only, "--shared", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out.count(f"Not measured: {tmp_path}/bench/scen.py is not there") == 2
    assert "Broke off: ZeroDivisionError: by hand" in out
    assert "python -m sim --help" in out


def test_mistaken_options_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--only", "speed"], ["--worlds-max", "0"], ["--json", "nowhere/x.json"]):
        with pytest.raises(SystemExit) as stopped:
            command.main(words)
        assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "invalid choice: 'speed'" in said
    assert "--worlds-max: must be 1 or more" in said
    assert "there is no folder nowhere" in said


def test_the_page_names_every_section_and_option() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for name in command.SECTIONS:
        assert f"`{name}`" in page, name
    options = {o for a in command.parser()._actions for o in a.option_strings if o.startswith("--")}
    for option in options - {"--help"}:
        assert option in page, option


# --- the engine in place of humans who divide food, water and firewood (CaSiNo) ------------------

HUMAN_JOINT, HUMAN_EFFICIENT = 0.964, 0.67
"""Share of the best joint points where people agreed, and of efficient deals."""
CONCEDING = [name for name in casino.TACTICS if name != "hardliner"]


@pytest.fixture(scope="session")
def people(shared: Path) -> casino.Dialogues:
    return casino.load(shared / "data" / "casino")


def test_the_humans_are_as_good_as_published(people: casino.Dialogues) -> None:
    assert len(people.deal) == 502
    agreed = casino.scored(*(part[people.deal] for part in people))
    assert agreed.joint == pytest.approx(HUMAN_JOINT, abs=0.001)
    assert agreed.efficient == pytest.approx(HUMAN_EFFICIENT, abs=0.005)


def test_scores_by_hand() -> None:
    """Opposite orders of value: 3 · (5 + 5) + 3 · 4 = 42 is the best together."""
    values = np.array([[[5.0, 4, 3], [3, 4, 5]]] * 3)
    points = np.array([[21.0, 21], [18, 18], [5, 5]])
    result = casino.scored(values, points, np.array([True, True, False]))
    assert result.deals == pytest.approx(2 / 3)
    assert result.joint == pytest.approx((42 + 36 + 10) / 42 / 3)
    assert result.efficient == pytest.approx(1 / 2)


def test_no_deal_is_worth_the_points_of_walking_away() -> None:
    model = PeaceTalks(casino.scenario("linear", "linear"), Draws(1, 1))
    for party in model.signatories:
        assert party.reservation * 36 == pytest.approx(5)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(CONCEDING, repeat=2)))
def test_talking_parties_do_as_well_as_people(
    people: casino.Dialogues, first: str, second: str
) -> None:
    """Every pair of tactics that concede, on every tenth dialogue and its own humans."""
    part = casino.Dialogues(*(column[::10] for column in people))
    result = casino.play(part.values, first, second, casino.COMMUNICATION)
    assert result.deals == 1
    assert result.joint >= HUMAN_JOINT
    assert result.efficient >= HUMAN_EFFICIENT


def test_two_who_never_concede_never_agree(people: casino.Dialogues) -> None:
    assert casino.play(people.values[:5], "hardliner", "hardliner").deals == 0
