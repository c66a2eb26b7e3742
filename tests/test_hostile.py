"""Kinds of faults that hostile files, mistakes and full disks once brought to light."""

from __future__ import annotations

import copy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.scenario import ScenarioError
from sim.scenario.loading import load_any, load_data, load_variant
from tests.conftest import ROOT, ended, put, started, typed
from tests.fuzz import LISTED, RICH, saved


def at(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a dotted path."""
    changed = copy.deepcopy(data)
    put(changed, path, value)
    return changed


POLLS = [
    {"terms": {"land": x}, "favour": 1.0 - x, "against": 0.5, "judgement": "x"} for x in (0, 1)
]
RULE = {"limit": 0.9, "when": {"arms": {"at_most": 0.4}}, "judgement": "x"}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("war.start_date", "9999-06-01", "lies after the year 9000"),
        ("war.cost.a", 1e300, "1e+300 is outside -100 to 100: no package is worth more than 1"),
        ("war.cost.a", {"per_month": 0.1, "growth": 9}, "9 is outside -1 to 0.5: at 0.5 a month"),
        ("war.cost.a", {"normal": [0, 1e308]}, "a standard deviation of 1e+308 is wider than"),
        ("actors.a.patience", "1000000y", "a hundred years of days"),
        ("actors.a.noise", 1e300, "must be at most 10, found 1e+300 (Scale of a random"),
        ("actors.a.positions.land.salience", {"choice": {1: 1e308, 2: 1e308}}, "choice is written"),
        ("actors.a.positions.land.salience", 10**400, "is not a finite number"),
        ("ratification.parliament.polls", POLLS, "must be above 0, found 0.0 (Share in favour"),
        ("horizon_days", 10**400, "is not a finite number"),
        ("sources.S.url", "javascript:alert(1)", "is not a link to a page"),
        ("sources.S.url", "https://x.org/ y", "is not a link to a page"),
        ("title", "\x1b[31mred", "holds a control character"),
        ("issues.land.title", "x" * 501, "has more than 500 characters"),
        ("war.round_days", 0.25, "the horizon of 1,000 days holds 4,000 rounds; at most 1,500 are"),
        ("protocol.turn", "0.25d", "holds 4,000 turns; at most 1,500 are"),
        ("actors.a.positions.land.conditional", [RULE] * 11, "has more than 10 entries"),
        ("ask", [{"by": "99999y", "text": "?"}], "lies more than a hundred years ahead"),
    ],
)  # fmt: skip
def test_what_no_scenario_means_is_refused_with_the_reason(
    path: str, value: Any, said: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_data(at(RICH | {"horizon_days": 1000}, path, value))
    assert said in str(caught.value)


def test_very_many_cannot_bargain_but_decide_and_suggestions_do_not_grow_with_them() -> None:
    data = copy.deepcopy(RICH)
    data["actors"] |= {f"x{n}": data["actors"]["b"] for n in range(60)}
    with pytest.raises(ScenarioError, match="62 of them sign, and 'shuttle' takes at most 40"):
        load_data(data)
    assert load_data(data | {"protocol": {"name": "median"}})
    data = copy.deepcopy(RICH)
    many = {f"{n:04}" + "x" * 50: {"ideal": 0, "salience": 1} for n in range(3000)}
    data["actors"]["a"]["positions"] |= {f"a{key}": p for key, p in many.items()}
    data["issues"] |= {f"b{key}": data["issues"]["arms"] for key in list(many)[:100]}
    with pytest.raises(ScenarioError) as caught:
        load_data(data)
    assert len(str(caught.value)) < 1_000_000
    assert str(caught.value).endswith("\nand 5,001 more")


@pytest.mark.parametrize("key", ["strategy", "strategy.name"])
def test_a_strategy_takes_the_place_of_a_tactic(tmp_path: Path, key: str) -> None:
    file = tmp_path / "wells.yaml"
    file.write_text(yaml.safe_dump(LISTED))
    loaded = load_any(file, [f"actors.west.{key}=micro"])
    assert loaded.raw["actors"]["west"]["strategy"] in ("micro", {"name": "micro"})
    assert "tactic" not in loaded.raw["actors"]["west"]


def test_a_point_of_a_scale_is_set_and_not_doubled_and_titles_stand_on_one_line() -> None:
    loaded = load_data(at(RICH, "title", "Two\n\tparties "))
    assert loaded.scenario.title == "Two parties"
    changed = load_variant(loaded, ["issues.land.scale.0=none of it"])
    assert changed.scenario.issues["land"].scale[0.0] == "none of it"
    assert len(changed.digest) == 64


CAUTIONS = {
    "war.cost.a": (20, "a month of war costs 20, where all that can be agreed is worth 1"),
    "war.drift.land": ({"mean": 2, "judgement": "x"}, "crosses the whole scale in 0.5 months"),
    "actors.a.levers.embargo.credibility": (0, "never carried out, and nobody expects it"),
    "actors.a.levers.embargo.delay": ("5y", "beyond the horizon of 140 days: it takes no effect"),
    "actors.b.label": ("A", "is called 'A' like a: give it another label"),
    "actors.a.leave_after": ("3y", "lies beyond the horizon of 140 days"),
    "actors.b.noise": (1.0, "it accepts and refuses by chance"),
}


def test_what_is_seldom_meant_gets_a_note_and_nothing_else_does() -> None:
    data = RICH | {"sources": {}}
    data = at(at(data, "actors.a.patience", "20w"), "actors.b.patience", "20w")

    def notes(data: dict[str, Any]) -> list[str]:
        return [n for n in load_data(data, "f").notes if "plain numbers count rounds" not in n]

    assert notes(data) == []
    for path, (value, said) in CAUTIONS.items():
        (note,) = notes(at(data, path, value))
        assert f"note: {path.removesuffix('.label')}" in note
        assert said in note
    short = at(data, "horizon_days", 5)
    assert "horizon_days: is less than a round, so one of 7 days" in str(notes(short))
    assert "is cited by nothing" in str(notes(data | {"sources": RICH["sources"]}))
    unwanted = data["issues"] | {"canteen": data["issues"]["land"] | {"title": "Canteen"}}
    agenda = [*data["agenda"], {"name": "canteen", "issues": ["canteen"]}]
    (note,) = notes(data | {"issues": unwanted, "agenda": agenda})
    assert "note: issues.canteen: matters to nobody who signs" in note
    slow = at(at(data, "actors.a.patience", "9y"), "actors.b.patience", "9y")
    assert "long before anybody's patience" in str(notes(slow))


def test_check_says_what_an_author_cannot_see(tmp_path: Path) -> None:
    data = copy.deepcopy(RICH)
    data["actors"]["a"]["positions"]["land"] |= {"ideal": 0, "limit": 0.4}
    data["actors"]["b"]["positions"]["land"] |= {"ideal": 1, "limit": 0.7}
    (tmp_path / "x.yaml").write_text(yaml.safe_dump(data))
    done = typed("check", tmp_path / "x.yaml")
    assert done.code == 0
    text = done.out
    assert "red lines (0 stated, " in text
    assert "No deal is worth (on day 0, of 100 that a side wants, less the cost of war)" in text
    assert "Parliament asks for 30.0; as things stand it has 55.6." in text
    assert "  Land: none (B from 0.70, A up to 0.40)\n" in text
    assert "Central world on day 0 (every uncertain number at its median)" in text
    assert "do not bind" not in text  # all bind, without a calibration
    assert ". There is no zone of possible agreement: " in text


def test_check_tells_lines_that_do_not_bind_in_the_central_world(tmp_path: Path) -> None:
    """They were left out of what red lines leave, and nothing said so."""
    data = copy.deepcopy(RICH)
    for actor, line in (("a", 0.4), ("b", 0.7)):
        data["actors"][actor]["positions"]["land"] |= {"ideal": round(line), "limit": line}
    data["engine"] = {"believed_binds": 0.3}
    data["agenda"][1]["terms"] = {"land": {"at_most": 0.6}}
    (tmp_path / "x.yaml").write_text(yaml.safe_dump(data))
    text = typed("check", tmp_path / "x.yaml").out
    assert "  Land: none (B from 0.70, A up to 0.40; its stage up to 0.60)\n" in text
    said = " (both sides of an issue counted) do not bind in it and are left out: "
    said += "in a world a stated one binds"
    assert f"{said} with probability 1.00, a believed one with 0.30. " in text
    assert said in typed("solve", tmp_path / "x.yaml", "--no-plots").out.replace("\n", "")


def test_what_is_written_over_is_told(tmp_path: Path) -> None:
    file = tmp_path / "toy.yaml"
    file.write_text(yaml.safe_dump(RICH))
    words = [str(file), "--worlds", "2", "--no-plots", "--workers", "1", "--out", str(tmp_path)]
    changed = [*words, "--set", "war.cost.a=0.0345"]
    said = []
    for given in (words, words, changed, words):
        done = typed("run", *given)
        assert done.code == 0
        said.append([e for e in done.err.splitlines() if "replaces" in e])
    assert [len(lines) for lines in said] == [0, 0, 1, 1]
    assert "of a scenario that differs; --out keeps both." in said[2][0]
    assert "a run changed by war.cost.a=0.0345; --out keeps both." in said[3][0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_output_is_one_sentence() -> None:
    words = [sys.executable, "-m", "sim", "schema"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(words, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "standard output: cannot be written: No space left on device\n"


def test_output_in_latin_1_keeps_every_word(tmp_path: Path) -> None:
    file = tmp_path / "мир.yaml"
    file.write_text(yaml.safe_dump(at(RICH, "actors.a.label", "Мир"), allow_unicode=True))
    done = ended(started("check", file, PYTHONIOENCODING="latin-1"))
    assert done.code == 0, done.err
    assert r"\u041c\u0438\u0440 " in done.out


@pytest.mark.parametrize(
    ("victim", "words"),
    [
        ("run/toy/result.nc", ["compare", "{}/run/toy", "{}/stored/toy", "--no-plots"]),
        ("run/toy/result.nc", ["solve", "{}/rich.yaml", "--run", "{}/run/toy/result.nc"]),
        ("stored/toy/ensemble.zarr/actor/0", ["compare", "{}/stored/toy", "{}/run/toy"]),
        ("sweep/results.zarr/war.cost.a/0", ["heatmap", "{}/sweep"]),
        ("sweep/results.zarr/.zmetadata", ["heatmap", "{}/sweep"]),
        ("stored/toy/ensemble.zarr/journal/store.json", ["compare", "{}/stored/toy", "{}/run/toy"]),
    ],
)
@pytest.mark.parametrize("content", [b"", b"[]", b"\x89HDF\r\n\x1a\n" + bytes(400), None])
def test_damaged_results_are_told(
    victim: str,
    words: list[str],
    content: bytes | None,
    tmp_path: Path,
) -> None:
    shutil.copytree(saved(), tmp_path / "all")
    file = tmp_path / "all" / victim
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + b"\xff" * 40 + whole[middle + 40 :])
    if content is not None:
        file.write_bytes(content)
    folder = tmp_path / "all"
    code, _, said = typed(*(w.format(folder) for w in words), "--out", tmp_path / "x.png")
    assert code == 0 or (code in (1, 2) and str(folder) in said), said
    assert "Traceback" not in said
