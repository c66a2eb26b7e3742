"""The commands as a user types them."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import numpy as np
import pytest
import yaml

import sim
from sim.ensemble.store import load_results
from sim.results.outcomes import OUTCOMES
from sim.scenario.errors import Place, Problem, ScenarioError
from tests.conftest import TOY, csv_rows, ended, filed, started, typed, until, works

FILES = ["summary.json", "rounds.csv", "result.nc"]
CHARTS = ["convergence", "outcome", "package", "utility", "pressure", "afterwards", "overview"]


@pytest.fixture(scope="session")
def kellogg_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The main job as the README has it, with fewer worlds."""
    out = tmp_path_factory.mktemp("out")
    done = ended(started("scenarios/kellogg.yaml", "--full", "--worlds", "200", "--out", out))
    assert (done.code, done.err) == (0, "")
    return out / "kellogg", done.out


def test_the_main_job_writes_every_file(kellogg_run: tuple[Path, str]) -> None:
    folder, _ = kellogg_run
    names = sorted(p.name for p in folder.iterdir())
    assert names == sorted([*FILES, *(f"{c}.png" for c in CHARTS)])
    for chart in CHARTS:
        data = (folder / f"{chart}.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert len(data) > 20_000


def test_the_terminal_answers_in_plain_words(kellogg_run: tuple[Path, str]) -> None:
    _, text = kellogg_run
    for words in (
        "Could we see peace this week?",
        "of what past talks allow",
        "Settlement (all signed, votes passed)",
        "No deal (nothing in force at the end)",
        "Signed by",
        "Who conceded what",
        "What pressure was used",
        "Where it gets stuck",
        "A model's consequences, given these assumptions; not a forecast.",
    ):
        assert words in text
    assert "{" not in text


@pytest.mark.parametrize(
    "words",
    [
        ["kellogg"],
        ["dayton"],
        ["camp_david", "--set", "horizon_days=30"],
        ["points_28", *(f"--set=war.cost.{who}=0.02" for who in ("putin", "zelenskyy", "trump"))],
    ],
)
def test_the_short_answer_fits_one_screen(words: list[str], tmp_path: Path) -> None:
    done = works(*words, "--worlds", "40", "--no-plots", "--out", tmp_path)
    text = done.out
    lines = text.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    shown = " ".join(text.split())
    for needed in ("settle", "A world is one run", f"sim explain {words[0]}", "--full", "forecast"):
        assert needed in shown
    assert not re.search(r"Wilson|ripeness|\bnan\b|[{}]", shown)


def test_a_long_name_is_no_change_of_assumptions(tmp_path: Path) -> None:
    path = filed(tmp_path, TOY, f"{'long_' * 12}name")
    done = typed(path, "--worlds", "20", "--no-plots", "--out", tmp_path)
    assert f"What would change it:\n  python -m sim explain {path}\n" in done.out
    assert "mediation" not in done.out, "nobody mediates"


def test_summary_holds_what_scripts_need(kellogg_run: tuple[Path, str]) -> None:
    folder, _ = kellogg_run
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["scenario"] == "kellogg"
    assert (summary["seed"], summary["worlds"]) == (1, 200)
    assert sum(summary["outcomes"].values()) == pytest.approx(1.0, abs=1e-5)
    assert list(summary["deal_by_day"]) == ["7", "30", "100", "180", "365"]
    curve = list(summary["deal_by_day"].values())
    assert curve == sorted(curve)
    for day, (low, high) in summary["deal_by_day_interval"].items():
        assert low <= summary["deal_by_day"][day] <= high
    assert {"median", "p10", "p90", "text"} <= set(summary["package"]["territory"])
    assert {"utility", "reservation"} <= set(summary["actors"]["putin"])
    assert summary["ripeness"]["start"]["p10"] <= summary["ripeness"]["start"]["p90"]
    # what was signed and not ratified is blocked by no issue
    voted_down = summary["stuck_because"]["ratification"]
    assert sum(summary["stuck_on"].values()) + voted_down == pytest.approx(1.0, abs=1e-4)
    assert summary["provenance"]["protocol"] == "shuttle"
    assert len(summary["provenance"]["scenario_hash"]) == 64


def test_rounds_csv_is_tidy(kellogg_run: tuple[Path, str]) -> None:
    folder, _ = kellogg_run
    rows = csv_rows(folder / "rounds.csv")
    assert len(rows) == 53 * 4 * 12
    assert rows[0]["date"] == "2025-01-20"
    assert {r["actor"] for r in rows} == {"putin", "zelenskyy", "trump", "europe"}
    for row in rows[:500]:
        assert 0 <= float(row["position_p10"]) <= float(row["position_p90"]) <= 1


def test_results_are_labelled_and_can_be_read_back(kellogg_run: tuple[Path, str]) -> None:
    folder, _ = kellogg_run
    ensemble, central = load_results(folder / "result.nc")
    assert dict(ensemble.offer.sizes) == {"traced": 200, "round": 53, "actor": 4, "issue": 12}
    assert ensemble.offer.attrs["units"] == "scale, 0 to 1"
    assert ensemble.utility.dims == ("world", "actor")
    assert "world" not in central.dims
    assert ensemble.attrs["seed"] == 1
    summary = json.loads((folder / "summary.json").read_text())
    share = float((ensemble.outcome == OUTCOMES.index("no_deal")).mean())
    assert share == pytest.approx(summary["outcomes"]["no_deal"], abs=1e-6)
    assert np.isfinite(ensemble.ripeness_start).all()


def test_same_seed_same_bytes_other_seed_other_bytes(toy_file: Path, tmp_path: Path) -> None:
    texts = []
    for number, seed in enumerate(("5", "5", "6")):
        out = tmp_path / str(number)
        words = [toy_file, "--worlds", "50", "--seed", seed, "--no-plots", "--out", out]
        assert ended(started(*words)).code == 0
        texts.append((out / "toy" / "summary.json").read_bytes())
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_json_is_one_object_and_nothing_else_and_quiet_is_nothing(
    toy_file: Path, tmp_path: Path
) -> None:
    """What is set is applied and recorded."""
    words = [toy_file, "--set", "actors.a.tactic.name=hardliner", "--worlds", "20", "--no-plots"]
    assert typed(*words, "--quiet", "--out", tmp_path) == (0, "", "")
    done = typed(*words, "--json", "--out", tmp_path / "again")
    assert (done.code, done.err) == (0, "")
    assert done.out == (tmp_path / "toy" / "summary.json").read_text()
    summary = json.loads(done.out)
    assert summary["worlds"] == 20
    assert summary["outcomes"]["settlement"] == 0
    assert summary["provenance"]["overrides"] == ["actors.a.tactic.name=hardliner"]
    assert summary["provenance"]["tactics"]["a"] == "hardliner"


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
def test_other_chart_formats_and_what_an_earlier_run_left(
    toy_file: Path, tmp_path: Path, suffix: str
) -> None:
    words = [toy_file, "--worlds", "20", "--quiet", "--out", tmp_path]
    assert typed(*words, "--format", suffix).code == 0
    names = {p.name for p in (tmp_path / "toy").iterdir()}
    assert {f"{c}.{suffix}" for c in CHARTS if c != "afterwards"} <= names  # nothing to show
    (tmp_path / "toy" / "notes.txt").write_text("mine")
    assert typed(*words, "--no-plots", "--seed", "2").code == 0
    assert {p.name for p in (tmp_path / "toy").iterdir()} == {*FILES, "notes.txt"}


@pytest.mark.parametrize("days", [3, 20, 60, 200, 400])
def test_the_answer_fits_any_horizon(toy_file: Path, tmp_path: Path, days: int) -> None:
    staged = "agenda=[{name: one, issues: [arms]}, {name: two, issues: [land]}]"
    words = [toy_file, "--full", "--worlds", "20", "--no-plots", "--out", tmp_path]
    done = works(*words, "--set", f"horizon_days={days}", "--set", staged)
    last = "within a week" if days == 3 else f"within the {days} days simulated"
    for said in (f"Changed: horizon_days={days}", last, "is signed " + last):
        assert said in done.words
    assert "()" not in done.words
    short = typed(*words[:1], *words[2:], "--set", f"horizon_days={days}", "--set", staged).words
    assert ("7 days: a round, and longer than the horizon of 3" in short) == (days == 3)


def test_walking_away_is_told(toy_file: Path, tmp_path: Path) -> None:
    words = ["--set", "actors.a.tactic.name=hardliner", "--set", "actors.a.leave_after=10"]
    done = works(toy_file, "--full", *words, "--worlds", 20, "--no-plots", "--out", tmp_path)
    shown = done.words
    assert "The talks are left by A" in shown
    assert "In 100 % of the worlds a side walks away" in shown
    assert re.search(r"A: (almost nothing|\d+ % of all wishes) given up", shown)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere.yaml"], "nowhere.yaml: there is no such file"),
        (["sweep.yaml"], "sweep.yaml: there is no such file"),
        (["nowhere"], "nowhere: there is no scenario of that name"),
        (["explan", "kellogg"], "explan: there is no such command (did you mean 'explain'?)"),
        (["run", "TOY", "--set", "actors.a.tactic.name=linea"], "there is no tactic 'linea'"),
        (["TOY", "--format", "gif"], "--format gif: choose from png, svg, pdf"),
        (["overview", "kellogg"], "overview: there is no such command (python -m sim --help lists"),
        (["import", "TOY"], "toy.yaml: is not imported (a scenario is run: python -m sim "),
        (["TOY", "--worlds", "0"], "--worlds 0: is out of range (write 1 or more)\n"),
        (["TOY", "--worlds=1e3"], "--worlds 1e3: is not a whole number (write 1000)\n"),
        (["TOY", "--seed", "abc"], "--seed abc: is not a whole number (write 0 or more)\n"),
        (["TOY", "--wrolds", "5"], "--wrolds: run has no such option (did you mean '--worlds'?)\n"),
        (
            ["run", "kellogg", "TOY"],
            "toy.yaml: is more than run takes (python -m sim compare takes several files)\n",
        ),
        (["explain"], "explain: FILE is missing (for example: python -m sim explain kellogg)\n"),
        (["TOY", "--worlds", "5", "--no-plots", "--out", "TOY"], "cannot be written"),
        (["compare", "nowhere.yaml", "neither.yaml"], "neither.yaml: there is no such file"),
        (["compare", "TOY", "TOY", "--format", "gif"], "--format gif: choose from png, svg, pdf"),
        (["compare", "TOY", "TOY", "--baseline", "nobody"], "nobody: there is no such scenario"),
        (["compare", "TOY", "TOY", "--workers", "0"], "--workers"),
        (["compare", "TOY", "TOY", "--set", "actors.a.tactic.name=linea"], "no tactic 'linea'"),
        (["compare", "EMPTY"], "there is no result.nc in this folder"),
        (["compare", "BROKEN"], "cannot be read as results of a run"),
        (["compare"], "FILE"),
        (["explain", "dayton", "--actor", "nobody"], "there is no such actor"),
        (["explain", "dayton", "--design", "morris:9"], "is written sobol:N"),
        (["explain", "dayton", "--worlds", "3"], "--worlds"),
        (["advise", "istanbul_2022", "--plans", "4"], "istanbul_2022: nothing here is a"),
        (["export", "kellogg", "--to", "negmas"], "listed options"),
    ],
)
def test_bad_input_is_one_error_code_two_and_no_output(
    toy_file: Path, tmp_path: Path, words: list[str], says: str
) -> None:
    empty, broken = tmp_path / "empty", tmp_path / "broken.nc"
    empty.mkdir()
    broken.write_bytes(b"no such thing")
    stand = {"TOY": toy_file, "EMPTY": empty, "BROKEN": broken}
    given = [stand.get(word, word) for word in words]
    shown = typed(*given, *(() if "--out" in words else ("--out", tmp_path / "out")))
    assert shown.refused
    assert says in shown.err
    assert not (tmp_path / "out").exists()


def test_like_problems_are_told_once_and_none_is_hidden() -> None:
    places = [(3, "a.t"), (3, "b.t"), (5, "c.t"), (9, "d.t"), (9, "0")]
    error = ScenarioError(
        [Problem(Place("x.yaml", line), key, "is wrong", "") for line, key in places]
    )
    assert str(error).splitlines() == [
        "x.yaml:3: a.t: is wrong; the same in lines 5, 9",
        "x.yaml:3: b.t: is wrong",
        "x.yaml:9: 0: is wrong",
    ]


def test_help_says_of_every_command_what_it_does() -> None:
    """In a line of 80 columns, none of them cut."""
    assert typed("--version").out.strip() == sim.__version__
    assert typed("-h").out == typed("--help").out
    shown = typed("--help")
    assert shown.out.count("...") == 1  # of the usage


def test_a_page_has_an_ending(toy_file: Path, tmp_path: Path) -> None:
    done = typed("page", toy_file, "--worlds", "100", "--workers", "1", "--out", tmp_path / "mine")
    assert done.out.startswith(f"{tmp_path / 'mine.html'}: ")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.html"]


def test_check_lists_every_error(toy_file: Path, tmp_path: Path) -> None:
    good = works("check", toy_file)
    assert "OK. 2 issues, 2 actors, 4 positions" in good.out
    data = yaml.safe_load(toy_file.read_text())
    data["actors"]["a"]["positions"]["land"]["salence"] = 1
    data["actors"]["b"]["positions"]["sea"] = {"ideal": 3}
    for actor in "ab":
        data["actors"][actor]["positions"]["land"]["source"] = "GONE"
    bad = filed(tmp_path, data, "bad")
    done = typed("check", bad)
    assert done.code == 2
    assert "did you mean 'salience'?" in done.err
    assert re.search(
        r"^.*:\d+: .*there is no source 'GONE'.*; the same in line \d+$", done.err, re.M
    )
    assert done.err.count("GONE") == 1
    assert "there is no issue 'sea'" in done.err
    assert all(line.startswith(str(bad)) for line in done.err.splitlines())


def test_interrupt_leaves_whole_files_and_says_what_is_missing(
    toy_file: Path, tmp_path: Path
) -> None:
    # a file may just have been opened, which nothing can close then
    calm = "error,ignore::ResourceWarning"
    process = started(toy_file, "--worlds", "300000", "--out", tmp_path, PYTHONWARNINGS=calm)
    journal = tmp_path / "toy" / "ensemble.zarr" / "journal"
    until(lambda: list(journal.glob("0.*.json")))
    process.send_signal(signal.SIGINT)
    done = ended(process)
    assert done.code == 130
    assert "missing: summary.json" in done.err
    assert "Traceback" not in done.err
    assert "the same command goes on there" in done.err
    assert [p.name for p in (tmp_path / "toy").iterdir()] == ["ensemble.zarr"]


def test_one_world_is_run_and_drawn_whatever_the_environment_draws_with(tmp_path: Path) -> None:
    words = ["kellogg", "--worlds", "1", "--quiet", "--out", tmp_path]
    assert ended(started(*words, MPLBACKEND="module://nowhere")) == (0, "", "")
    assert (tmp_path / "kellogg" / "outcome.png").exists()
    ensemble, _ = load_results(tmp_path / "kellogg" / "result.nc")
    assert ensemble.sizes["world"] == 1
    assert "low" not in ensemble
