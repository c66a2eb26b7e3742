"""Hostile input: kinds of faults that it once brought to light, and a few of every kind anew."""

from __future__ import annotations

import copy
import math
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sim.importing import Wishes, read
from sim.scenario import ScenarioError
from sim.scenario.loading import load_any, load_data, load_variant
from tests.conftest import ROOT, ended, filed, put, started, typed, works
from tests.fuzz import KINDS, LISTED, RICH, RUN, SEEDS, TALKS, Fault, command, fuzz, saved, sound


def at(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a dotted path."""
    changed = copy.deepcopy(data)
    put(changed, path, value)
    return changed


POLLS = [
    {"terms": {"land": x}, "favour": 1.0 - x, "against": 0.5, "judgement": "x"} for x in (0, 1)
]
LEVER, LINE = "actors.a.levers.embargo", "actors.b.positions.arms.line"
GATE, DEFERRED = "ratification.parliament", "actors.a.positions.land.deferred"


def polled(*texts: dict[str, float], favour: Any = 0.3) -> dict[str, Any]:
    """A gate known by polls on one or two texts, of which the second is liked better."""
    shares = [{"favour": favour, "against": 0.6}, {"favour": 0.6, "against": 0.3}]
    polls = [{"terms": terms, "judgement": "x"} | share
             for terms, share in zip(texts, shares, strict=False)]  # fmt: skip
    return RICH["ratification"]["parliament"] | {"threshold": None, "polls": polls}


SAID = {"at": 0.4, "stated": True, "source": "S"}
HELD = {"at": 0.2, "judgement": "x"}
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
        ("sources.S.url", "https:///x", "is not a link to a page"),
        ("title", "\x1b[31mred", "holds a control character"),
        ("title", None, "title: is missing"),
        ("issues.land.title", "x" * 501, "has more than 500 characters"),
        ("issues.land.deferred", 0.3, "issues.land.deferred: is no point of the scale: 0.3"),
        ("issues.land.deferred", 0.5, "lies where the issue stands without a deal"),
        ("issues.land.deferred", 1, "must be below 1, found 1"),
        (DEFERRED, 0.5, "is said of 'land', which has no point that puts it off"),
        (DEFERRED, 1.5, "1.5 is outside 0 to 1"),
        ("war.round_days", 0.25, "the horizon of 1,000 days holds 4,000 rounds; at most 1,500 are"),
        ("protocol.turn", "0.25d", "holds 4,000 turns; at most 1,500 are"),
        ("actors.a.positions.land.conditional", [RULE] * 11, "has more than 10 entries"),
        ("ask", [{"by": "99999y", "text": "?"}], "lies more than a hundred years ahead"),
        ("ask", [{"by": "2024-09-01", "text": "x"}], "ask[0].by: is not after day 0"),
        ("ask", [{"by": "26 wk", "text": "x"}], "ask[0].by: '26 wk' is neither a date"),
        ("actors.a.patience", -1, "-1 is below 0"),
        ("actors.a.patience", "26 wk", "actors.a.patience: '26 wk' is no duration; write a"),
        ("actors.a.patience", "-3d", "'-3d' is no duration"),
        ("actors.a.patience", {"uniform": ["4w", 10]}, "mixes durations and plain numbers"),
        ("actors.a.patience", {"uniform": ["9w", "4w"]}, "rising order"),
        ("actors.a.leave_after", "soon", "'soon' is no duration"),
        ("protocol.turn", {"uniform": ["1w", "2w"]}, "one duration above 0"),
        ("protocol.turn", "0d", "one duration above 0"),
        ("horizon_days", "90 days", "'90 days' is no duration"),
        ("war.round_days", 0, "war.round_days: 0 is outside 0.25 to 365"),
        ("deadline.at", "2025-01-20", "deadline.at: is not after day 0 (2025-01-20)"),
        ("deadline.at", "1040d", "is day 1040, beyond the horizon of 1000 days"),
        ("deadline.at", 30, "30 is neither a date such as 2025-04-30 nor a duration"),
        ("deadline", {"at": "30d", "known_to": ["c"]}, "there is no actor 'c'"),
        ("deadline", {"at": "30d", "after": "stopp"}, "did you mean 'stop'"),
        ("deadline", {"after": "stop"}, "deadline.at: is missing"),
        ("base_rate", "world_wars", "the record has no 'world_wars'; choose from none"),
        ("durability.kind", "civil", "durability.kind"),
        ("durability.monitoring", {"observers": {"at_most": 1}}, "there is no issue 'observers'"),
        ("durability.peacekeepers", {"arms": {"at_most": 0.5}}, "counts within states only"),
        ("engine.accidents", -1, "engine.accidents"),
        (f"{GATE}.then", "x", "there is no gate 'x'"),
        (f"{GATE}.then", "parliament", "one gate after one other"),
        (f"{GATE}.of", "c", "there is no signatory 'c'"),
        (f"{GATE}.stage", "truse", "there is no stage 'truse'"),
        (f"{GATE}.threshold", None, "says nothing about what passes"),
        (f"{GATE}.threshold", 45, "45"),
        (f"{GATE}.judgement", None, "has neither a source nor a judgement"),
        (f"{GATE}.positions.land", {"ideal": 0.2, "salience": 1, "limit": 0.1}, "the wrong side"),
        (f"{GATE}.positions.land.salience", 0, "every salience is zero"),
        (f"{GATE}.required", 0.6, "about polls only"),
        (f"{GATE}.when", {"sea": {"at_least": 0.5}}, "there is no issue 'sea'"),
        (f"{GATE}.when", {}, "names no terms"),
        (f"{GATE}.when", [{}], "names no terms"),
        (f"{GATE}.when", {"land": {}}, "sets no bound"),
        (f"{GATE}.when", {"land": {"at_least": 0.6, "at_most": 0.4}}, "is above at_most"),
        (f"{GATE}.polls", 5, "polls"),
        (f"{GATE}.polls", polled({"land": 0.5})["polls"], "stand beside `threshold`"),
        (GATE, polled({"land": 80}, {"land": 0.1}), "polls[0].terms.land"),
        (GATE, polled({"land": math.nan}, {"land": 0.1}), "must be a finite number"),
        (GATE, polled({"land": 0.5}, {"land": 0.1}, favour="0"), "favour"),
        (GATE, polled({"land": 0.5}, {"land": 0.1}, favour=0.7), "are 1.3 together"),
        (GATE, polled({"land": 0.5}, {"land": 0.5}), "worth the same"),
        (GATE, polled({"land": 0.5}), "one text only"),
        (GATE, polled({"land": 0.2}, {"land": 0.8}), "liked better the worse"),
        (GATE, polled({"arms": 0.5}, {"land": 0}), "no issue on which the gate has a position"),
        (f"{LEVER}.on", "nobody", "there is no actor 'nobody'"),
        (f"{LEVER}.when", {"signs_alone": {"actor": "z"}}, "there is no signatory 'z'"),
        (f"{LEVER}.when", {"refuses": {"actor": "c"}}, "no signatory 'c' (declared: a, b)"),
        (f"{LEVER}.when", {}, "is an empty condition"),
        (f"{LEVER}.when", {"signed": "truse"}, "there is no stage 'truse'"),
        (f"{LEVER}.when", {"pulled": "a.embarg"}, "'a.embarg' (did you mean 'a.embargo'?)"),
        (f"{LEVER}.when", {"pulled": "a.embargo"}, "waits for itself to be pulled"),
        (f"{LEVER}.effect", {"cost": {"c": 0.1}}, "there is no actor 'c'"),
        (f"{LEVER}.effect", {}, "changes nothing"),
        (f"{LEVER}.effect", {"payment": {"b": 0.1}}, "write `when: {signed: rest}`"),
        (LINE, {"at": 0.4, "stated": True}, "stated line without a source"),
        (LINE, {"at": 0.4}, "neither a source nor a judgement"),
        (LINE, [SAID, SAID], "two stated lines"),
        (LINE, [SAID, HELD | {"at": 0.7}], "stricter than the stated one"),
        (LINE, HELD | {"at": 1.4}, "1.4"),
        (LINE, HELD | {"binds": 2}, "2 is outside 0 to 1"),
        (LINE, HELD | {"at": {"triangular": [0.3, 1e300, 1.5e300]}}, "is outside 0 to 1"),
    ],
)  # fmt: skip
def test_what_no_scenario_means_is_refused_with_the_reason(
    path: str, value: Any, said: str
) -> None:
    """As data and as a change, which changes nothing; one sentence for a mistake."""
    base = load_data(RICH | {"horizon_days": 1000})
    before = copy.deepcopy(base.raw)
    with pytest.raises(ScenarioError) as caught:
        load_data(at(base.raw, path, value))
    assert said in str(caught.value)
    assert len(caught.value.problems) == (3 if value is POLLS else 1)
    with pytest.raises(
        ScenarioError, match=rf"(with_ {re.escape(path)}|scenario): .*{re.escape(said)}"
    ):
        base.with_({path: value})
    assert base.raw == before


def test_very_many_cannot_bargain_but_decide_and_suggestions_do_not_grow_with_them() -> None:
    data = copy.deepcopy(RICH)
    data["actors"] |= {f"x{n}": data["actors"]["b"] for n in range(60)}
    with pytest.raises(ScenarioError, match="62 of them sign, and 'shuttle' takes at most 40"):
        load_data(data)
    assert load_data(data | {"protocol": {"name": "median"}})
    data = copy.deepcopy(RICH)
    many = {f"{n:04}" + "x" * 50: {"ideal": 0, "salience": 1} for n in range(600)}
    data["actors"]["a"]["positions"] |= {f"a{key}": p for key, p in many.items()}
    data["issues"] |= {f"b{key}": data["issues"]["arms"] for key in list(many)[:40]}
    with pytest.raises(ScenarioError) as caught:
        load_data(data)
    assert len(str(caught.value)) < 250_000
    assert str(caught.value).endswith("\nand 201 more")


@pytest.mark.parametrize("key", ["strategy", "strategy.name"])
def test_a_strategy_takes_the_place_of_a_tactic(tmp_path: Path, key: str) -> None:
    loaded = load_any(filed(tmp_path, LISTED, "wells"), [f"actors.west.{key}=micro"])
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
    done = works("check", filed(tmp_path, data))
    text = done.out
    assert "red lines (0 stated, " in text
    assert "No deal is worth (on day 0, of 100 that a side wants, less the cost of war)" in text
    assert "Parliament asks for 30.0 of 100 that it wants; as things stand it has 55.6." in text
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
    file = filed(tmp_path, data)
    text = typed("check", file).out
    assert "  Land: none (B from 0.70, A up to 0.40; its stage up to 0.60)\n" in text
    said = " (both sides of an issue counted) do not bind in it and are left out: "
    said += "in a world a stated one binds"
    assert f"{said} with probability 1.00, a believed one with 0.30. " in text
    assert said in typed("solve", file, "--no-plots").out.replace("\n", "")


def test_what_is_written_over_is_told(tmp_path: Path) -> None:
    words = [
        str(filed(tmp_path, RICH)),
        "--worlds",
        "2",
        "--no-plots",
        "--workers",
        "1",
        "--out",
        str(tmp_path),
    ]
    changed = [*words, "--set", "war.cost.a=0.0345"]
    said = []
    for given in (words, words, changed, words):
        done = works("run", *given)
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
    file = filed(tmp_path, at(RICH, "actors.a.label", "Мир"), "мир")
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
    victim: str, words: list[str], content: bytes | None, tmp_path: Path
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


# --- made by chance: a few of every kind; ``python -m tests.fuzz`` tries thousands ---------------

EXAMPLES = {"scenarios": 25, "settings": 10, "imports": 25, "damages": 5}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_breaks(kind: str) -> None:
    assert fuzz(kind, EXAMPLES[kind]) == Counter()


@pytest.mark.parametrize("kind", SEEDS)
def test_what_is_spoilt_was_sound(kind: str, tmp_path: Path) -> None:
    for name, text in SEEDS[kind].items():
        (tmp_path / name).write_text(text)
    assert read(tmp_path if len(SEEDS[kind]) > 1 else tmp_path / name, Wishes()).raw["issues"]


@pytest.mark.parametrize("seed", [RICH, TALKS], ids=["rich", "talks"])
def test_the_scenarios_that_are_spoilt_run(seed: dict[str, Any], tmp_path: Path) -> None:
    ran = command(["run", str(filed(tmp_path, seed)), *RUN, "--out", str(tmp_path)])
    assert ran.startswith("{")
    sound(ran)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"outcomes": {"settlement": 0.5, "none": 0.4}}'])
def test_what_must_not_be_is_seen(text: str) -> None:
    with pytest.raises(Fault):
        sound(text)


def test_a_crash_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.conftest.main", lambda words: 1 / 0)
    with pytest.raises(Fault, match="ZeroDivisionError"):
        command(["check"])
