"""Scenario files: reading, merging, and one clear sentence for every mistake."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from sim.scenario import Loaded, Scenario, ScenarioError, load_data, load_scenario, load_variant
from sim.scenario.json_schema import scenario_schema
from sim.scenario.loading import TEMPLATE, find_scenario, in_library
from sim.scenario.yaml_source import parse_yaml
from tests.conftest import SCENARIOS, TOY, put

BASE = """\
title: Two parties
issues:
  land: {title: Land, scale: {0: all to A, 1: all to B}, no_deal: 0.5}
  arms: {title: Arms, scale: {0: none, 1: full}, no_deal: 0.2}
actors:
  a:
    name: A
    positions:
      land: {ideal: 0, limit: 0.7, salience: 7, judgement: test}
      arms: {ideal: 0, salience: 3, judgement: test}
  b:
    name: B
    positions:
      land: {ideal: 1, salience: 3, judgement: test}
      arms: {ideal: 1, salience: 7, judgement: test}
war: {start_date: 2025-01-20, cost: {a: 0.02, b: 0.02}}
"""
B = "    name: B\n"
VALIDATOR = jsonschema.Draft202012Validator(scenario_schema())


def problems(tmp_path: Path, text: str, *overrides: str) -> list[str]:
    """Messages of a file's errors, without the folder."""
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, overrides)
    return [str(p).replace(f"{tmp_path}/", "") for p in caught.value.problems]


def scenario_of(tmp_path: Path, text: str, *overrides: str) -> Scenario:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path, overrides).scenario


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("salience: 7, j", "salence: 7, j", 9, "unknown key (did you mean 'salience'?)"),
        ("      arms: {ideal: 0,", "      armz: {ideal: 0,", 10, "'armz' (did you mean 'arms'?)"),
        ("ideal: 0, limit: 0.7", "ideal: 0, limit: 1.7", 9, "1.7 is outside 0 to 1"),
        ("limit: 0.7", "limit: .nan", 9, "not a finite number"),
        ("limit: 0.7", "limit: .inf", 9, "not a finite number"),
        ("limit: 0.7", "limit: high", 9, "'high' is not a number"),
        ("limit: 0.7", "limit: 0,7", 9, "decimals are written with a point"),
        ("limit: 0.7", "limit: 0.7, as it says", 9, "with a comma in it needs quotation marks"),
        ("ideal: 0, limit: 0.7", "ideal: 0.3, limit: 0.1", 9, "wrong side of the ideal"),
        ("limit: 0.7", "limit: {normal: [0.4]}", 9, "written {normal: [mean, standard deviation]}"),
        ("limit: 0.7", "limit: {gauss: [0.4, 0.1]}", 9, "a distribution is one of"),
        ("limit: 0.7", "limit: {uniform: [0.6, 0.4]}", 9, "rising order"),
        ("limit: 0.7", "limit: {triangular: [0.2, 0.6, 1.4]}", 9, "1.4 is outside 0 to 1"),
        ("limit: 0.7", "limits: [0.2, 0.7]", 9, "not between 0.2 and 0.7"),
        (", judgement: test}\n  b:", "}\n  b:", 10, "neither a source nor a judgement"),
        ("judgement: test}\n  b:", "source: NYT}\n  b:", 10, "there is no source 'NYT'"),
        ("scale: {0: none, 1: full}", "scale: {0: none, 2: full}", 4, "2 lies outside the scale"),
        ("scale: {0: none, 1: full}", "scale: {0: none}", 4, "needs at least 2"),
        ("cost: {a: 0.02, b: 0.02}", "cost: {a: 0.02, c: 0.02}", 16, "there is no actor 'c'"),
        ("2025-01-20", "soon", 16, "wants a date such as 2025-01-20"),
        ("2025-01-20", "2025-13-40", 16, "2025-13-40 is not a date"),
        (B, "", 11, "actors.b.name: is missing"),
        (B, f"{B}    tactic: {{name: boulwar}}\n", 13, "no tactic 'boulwar'; choose from boulware"),
        (B, f"{B}    tactic: {{name: linear, speed: 2}}\n", 13, "has no parameter 'speed'"),
        (B, f"{B}    tactic: {{name: boulware, beta: 7}}\n", 13, "from 0.01 to 1"),
        (B, f"{B}    name: C\n", 13, "'name' stands twice (first on line 12)"),
        (B, f"{B}    patience: -3\n", 13, "-3 is below 0"),
        (B, f"{B}    color: red\n", 13, "write it as '#1f77b4'"),
        ("title: Two", "horizon_days: 0\ntitle: Two", 1, "0 is outside 1 to 3660"),
        ("title: Two", "protocol: {name: shutle}\ntitle: Two", 1, "no protocol 'shutle'"),
        ("title: Two", "agenda: [{name: one, issues: [land]}]\ntitle: Two", 1, "leaves out arms"),
        ("title: Two", "agenda: [{name: x, issues: [land, arms, land]}]\ntitle: Two", 1, "already"),
        ("title: Two", "spread: {limits: 0.1}\ntitle: Two", 1, "did you mean 'limit'?"),
    ],
)
def test_each_mistake_gets_its_line_and_a_sentence(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    assert old in BASE
    found = problems(tmp_path, BASE.replace(old, new, 1))
    assert any(f.startswith(f"case.yaml:{line}: ") and says in f for f in found), found


def test_all_errors_at_once(tmp_path: Path) -> None:
    text = BASE.replace("salience: 7, j", "salence: 7, j").replace("limit: 0.7", "limit: 7")
    text = text.replace("land: {ideal: 1", "lamd: {ideal: 1").replace("2025-01-20", "soon")
    assert len(problems(tmp_path, text)) >= 5
    text = BASE.replace("salience: 7", "salience: 0").replace("salience: 3", "salience: 0")
    found = problems(tmp_path, text)
    assert sum("every salience is zero" in f for f in found) == 2


BOMB = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
BOMB += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1, 2", "is not valid YAML"),
        ("\tx: 1", "is not valid YAML"),
        ("just words", "holds 'just words', not keys and values"),
        ("", "is empty"),
        ("- a\n- b", "holds a list"),
        ("a: 1\na: 2", "the key 'a' stands twice (first on line 1)"),
        ("a: !!python/object:os.system x", "is not allowed here"),
        ("a: !!int abc", "the tag !!int is not allowed here"),
        ("a: !!float x", "the tag !!float is not allowed here"),
        ("a: !!set {b, c}", "the tag !!set is not allowed here"),
        ("a: &a [*a]", "nested more than 60 levels deep"),
        ("a: *b", "undefined alias"),
        ("? [a, b]\n: 1", "a key must be a plain word"),
        ("[" * 300_000, "exceeded maximum nesting depth"),
        ("a: " + "[" * 100 + "]" * 100, "nested more than"),
        ("\n".join(BOMB), "expands to more than 200,000 values through its aliases"),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_not_a_scenario(tmp_path: Path, text: str, says: str) -> None:
    assert says in "\n".join(problems(tmp_path, text))


def test_huge_binary_missing_and_folder(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(50_000_000)
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "kellogg.yaml").write_text(BASE)
    for name, says in [
        ("huge.yaml", "has 50,000,000 bytes, and at most 1,000,000 are read"),
        ("binary.yaml", "is not text in UTF-8"),
        ("kelog.yaml", "there is no such file (did you mean"),
        ("kellogg.yml", "there is no such file (did you mean"),
        ("a.**", "there is no such file"),
        ("", "is a folder"),
    ]:
        with pytest.raises(ScenarioError, match=says.replace("(", r"\(")):
            load_scenario(tmp_path / name)


def test_extends_merges_and_null_removes(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE)
    child = tmp_path / "child.yaml"
    child.write_text(
        "extends: base.yaml\ntitle: Child\n"
        "actors: {a: {positions: {land: {limit: null, salience: {uniform: [1, 2]}}}}}\n"
    )
    scenario = load_scenario(child).scenario
    land = scenario.actors["a"].positions["land"]
    assert (scenario.name, scenario.title, land.limit) == ("child", "Child", None)
    assert land.ideal.median == 0
    assert land.salience.values == (1, 2)
    assert scenario.actors["b"].positions["land"].ideal.median == 1


def test_errors_name_the_file_that_was_extended(tmp_path: Path) -> None:
    """A percentage on a scale is one error with the fix."""
    (tmp_path / "base.yaml").write_text(BASE.replace("limit: 0.7", "limit: 40"))
    found = problems(tmp_path, "extends: base.yaml\ntitle: Child\n")
    said = "actors.a.positions.land.limit: 40 is outside 0 to 1 (is 40 % meant? write 0.4)"
    assert found == [f"base.yaml:9: {said}"]


def test_extends_in_a_circle_and_into_nothing(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("extends: case.yaml\n")
    (found,) = problems(tmp_path, "extends: other.yaml\n")
    assert "extends goes in a circle: case.yaml → other.yaml → case.yaml" in found
    (found,) = problems(tmp_path, "title: x\nextends: othr.yaml\n")
    assert found.startswith("case.yaml:2: extends a file that does not exist: othr.yaml (did you")


@pytest.mark.parametrize("name", ["dayton", "dayton.yaml"])
def test_a_shipped_scenario_is_extended_from_any_folder(tmp_path: Path, name: str) -> None:
    mine = scenario_of(tmp_path, f"extends: {name}\n")
    assert mine.actors == load_scenario("dayton").scenario.actors
    (tmp_path / "dayton.yaml").write_text(BASE)  # what stands beside it goes first
    if name.endswith("yaml"):
        assert set(scenario_of(tmp_path, f"extends: {name}\n").issues) == {"land", "arms"}


def test_set_changes_one_assumption_and_reaches_stages_by_name_and_number(tmp_path: Path) -> None:
    changes = ["actors.a.tactic.name=linear", "war.cost.a={normal: [0.03, 0.01]}"]
    changed = scenario_of(tmp_path, BASE, *changes, "horizon_days=100")
    assert changed.actors["a"].tactic.name == "linear"
    assert changed.war.cost["a"].per_month.values == (0.03, 0.01)
    assert changed.horizon_days == 100
    text = "agenda: [{name: truce, issues: [land]}, {name: rest, issues: [arms]}]\n" + BASE
    for key in ("agenda.truce.cost_factor", "agenda.0.cost_factor"):
        assert scenario_of(tmp_path, text, f"{key}=0.4").agenda[0].cost_factor.median == 0.4
    (found,) = problems(tmp_path, text, "agenda.peace.cost_factor=0.4")
    assert "no such element (write agenda.truce or agenda.rest)" in found
    assert "agenda: wants a list, found keys" in problems(tmp_path, BASE, "agenda.²=3")[0]
    # no point of a scale is meant as per cent of it where it is hardly beyond its end
    (found,) = problems(tmp_path, BASE, "actors.a.positions.land.ideal=1.5")
    assert found.endswith("1.5 is outside 0 to 1")
    # a condition that is left without the line that it loosens
    rule = "actors.a.positions.land.conditional=[{limit: 0.5, when: {arms: {at_most: 0.3}}}]"
    (found,) = problems(tmp_path, BASE, rule, "actors.a.positions.land.limit=")
    assert "conditional[0].limit: is not loosening any line (give the strict line" in found
    # an empty value removes, from lists too
    assert "leaves out land" in problems(tmp_path, text, "agenda.truce=")[0]


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("actors.c.patience=3", "actors.c: there is no such key (there is: a, b)"),
        ("actors.a.patiance=3", "unknown key (did you mean 'patience'?)"),
        ("actors.a.tactik.name=linear", "actors.a.tactik: there is no such key"),
        ("actors.a.tactic.name=linea", "there is no tactic 'linea'"),
        ("horizon_days", "is not of the form key.path=value"),
        ("horizon_days=[1", "is not valid YAML"),
        ("title.x=1", "is a value and has no keys below it"),
        ("war.cost.a=3%%", "'3%%' is not a number (write 0.03)"),
        ("war.cost.a='0.03'", "(write 0.03 without quotation marks)"),
        ("horizon_days=true", "true is not a number (write one such as 0.4)"),
        ("war.cost.a={normall: [1, 2], growth: 0}", "unknown key (did you mean 'normal'?)"),
        ("protocol=shuttle", "found 'shuttle' (write {name: shuttle})"),
        ("sources.XX=a book", "found 'a book' (its keys: title, date, url)"),
        ("actors.a.consent=no", "must be 'all', 'asked' or 'none', or wants a list, found 'no'"),
        ("issues.arms.scale={0: a, 50: b}", "(is 50 % meant? write 0.5)"),
        ("issues=", "is missing (Name → issue: what is negotiated)"),
        ("start=2025-12-01", "start: unknown key (did you mean 'war.start_date'?)"),
        ("start=2025-02-30", "start: unknown key (did you mean 'war.start_date'?)"),
        ("round_days=1", "round_days: unknown key (did you mean 'war.round_days'?)"),
        ("horizon=30", "horizon: unknown key (did you mean 'horizon_days'?)"),
        ("war.start_date=2025-02-30", "war.start_date: 2025-02-30 is not a date"),
        ("actors.a.role=mediator", "tables texts is a formulator, who only hosts a facilitator"),
        ("actors.a.role=[x]", "or 'facilitator', found a list"),
        ("actors.a.tactic.name=[x]", "wants a text, found a list"),
        ("agenda=[{issues: [land, arms]}]", "agenda[0].name: is missing"),
        ("agenda=[{name: x, issues: [[land], arms]}]", "issues[0]: wants a text, found a list"),
        ("issues=3", "wants keys and values below it, found 3"),
        ("actors=[1, 2]", "wants keys and values below it, found a list"),
        ("war=", "war: is missing (What goes on without a deal)"),
    ],
)
def test_set_mistakes_name_the_option(tmp_path: Path, override: str, says: str) -> None:
    """What else names what is set, such as the stage of a lever, breaks on none of them."""
    lever = "{title: Press, on: a, when: {signed: settlement}, effect: {payment: {b: 0.1}}}"
    found = problems(tmp_path, BASE.replace(B, f"{B}    levers: {{press: {lever}}}\n"), override)
    assert any(f.startswith(f"--set {override}: ") and says in f for f in found), found


def test_what_is_set_does_not_stand_in_a_file_any_more() -> None:
    with pytest.raises(ScenarioError) as raised:
        load_scenario(SCENARIOS / "kellogg.yaml", ("war.cost.putin=abc",))
    said = "--set war.cost.putin=abc: war.cost.putin: 'abc' is not a number"
    assert str(raised.value).startswith(said), "where a file has a mapping, too"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("extends: .\n", ":1: extends a folder: . (name a file in it)"),
        ("extends: case.yaml\ntitle:\n", ":2: title: is missing (Heading of story and charts)"),
        ("extends: case.yaml\nissues: {arms: {title: Arms, or not}}\n", ":2: issues.arms.or not: "),
        ("extends: case.yaml\nwar: {<<: {round_days: 7}}\n", ":2: war.<<: is a merge key"),
        ("extends: case.yaml\n---\ntitle: x\n", "take the line `---` out"),
    ],
)
def test_mistakes_over_a_base_are_told_of_the_file_that_has_them(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "case.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "over.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "over.yaml")
    (said,) = map(str, caught.value.problems)
    assert "over.yaml" in said
    assert says in said


def test_words_that_yaml_1_1_takes_for_booleans_are_words() -> None:
    data, _ = parse_yaml("on: yes\nno: off\nn: 0123\nx: 1_000\nt: true", "text")
    assert data == {"on": "yes", "no": "off", "n": 123, "x": "1_000", "t": True}


@pytest.mark.parametrize(
    "path", [*sorted(SCENARIOS.rglob("*.yaml")), TEMPLATE], ids=lambda p: p.stem
)
def test_shipped_scenarios_satisfy_the_json_schema(path: Path) -> None:
    data = json.loads(json.dumps(parse_yaml(path.read_text(), path.name)[0], default=str))
    errors = list(VALIDATOR.iter_errors(data))
    assert not errors, [f"{e.json_path}: {e.message[:200]}" for e in errors]


def test_json_schema_refuses_what_the_loader_refuses() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)
    assert VALIDATOR.is_valid(json.loads(json.dumps(TOY)))
    for path, value in [
        ("actors.a.positions.land.ideal", 1.5),
        ("actors.a.positions.land.salence", 1),
        ("actors.a.tactic", {"name": "boulwar"}),
        ("actors.a.tactic", {"name": "linear", "beta": 0.2}),
        ("actors.a.tactic", {"name": "boulware", "beta": 2}),
        ("war.round_days", 0),
        ("protocol", {"name": "shutle"}),
        ("protocol", {"name": "shuttle", "rounds": 3}),
    ]:
        bad = json.loads(json.dumps(TOY))
        put(bad, path, value)
        assert not VALIDATOR.is_valid(bad), path


def test_things_that_would_do_nothing_or_fail_later_are_errors(tmp_path: Path) -> None:
    text = BASE.replace("    name: B\n", "    name: B\n    consent: [land]\n    leave_after: 3\n")
    found = "\n".join(problems(tmp_path, text))
    assert "needs at least two actors whose consent to everything is required" in found
    assert "actors.b.leave_after: does nothing" in found
    scale = ", ".join(f"{n / 30:.4f}: t{n}" for n in range(31))
    text = BASE.replace("{0: none, 1: full}", f"{{{scale}}}, kind: options")
    assert "has 31 options; at most 21" in "\n".join(problems(tmp_path, text))
    text = BASE.replace("title: Two", "protocol: {consent: 5}\ntitle: Two")
    assert "protocol.consent" in "\n".join(problems(tmp_path, text))


def test_a_distribution_gives_way_to_its_long_form_and_a_tactic_to_another(tmp_path: Path) -> None:
    base = BASE.replace("cost: {a: 0.02", "cost: {a: {normal: [0.02, 0.01]}")
    base = base.replace("    name: A\n", "    name: A\n    tactic: {name: boulware, beta: 0.2}\n")
    (tmp_path / "base.yaml").write_text(base)
    child = tmp_path / "2025.yaml"
    child.write_text(
        "extends: base.yaml\nwar: {cost: {a: {per_month: 0.03, growth: 0.01}}}\n"
        "actors: {a: {tactic: {name: tit_for_tat}}}\n"
    )
    scenario = load_scenario(child).scenario
    assert scenario.name == "scenario_2025"
    assert scenario.war.cost["a"].growth.median == 0.01
    assert scenario.actors["a"].tactic.model_extra == {}
    by_option = load_scenario(child, ["actors.a.tactic.name=micro"]).scenario
    assert by_option.actors["a"].tactic.name == "micro"


def test_a_folder_of_results_does_not_hide_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "kellogg").mkdir()
    with contextlib.chdir(tmp_path):
        assert find_scenario("kellogg").name == "kellogg.yaml"


def test_a_mistyped_file_of_the_library_is_named() -> None:
    for name in ("kellog.yaml", "kellogg.yml"):
        with pytest.raises(ScenarioError, match=rf"^{name}: .*did you mean 'kellogg'"):
            find_scenario(name)


def test_a_shipped_scenario_is_known_by_its_file_or_by_the_name_that_results_keep() -> None:
    assert in_library([str(SCENARIOS / "kellogg.yaml")])
    assert in_library(["kellogg.yaml"])
    assert not in_library(["strike.yaml", "/elsewhere/kellogg.yaml"])


# --- as data, and changed without their files ----------------------------------------------------


KELLOGG = SCENARIOS / "kellogg.yaml"
CHANGES = {
    "actors.putin.positions.ceasefire.line.at": {"normal": [0.6, 0.1]},
    "actors.trump.levers.cut_arms.credibility": 0.9,
    "actors.zelenskyy.tactic.name": "linear",
    "war.cost.putin": {"fixed": 0.02},
    "horizon_days": 90,
    "agenda.0.cost_factor": 0.4,
    "spread.firmness": None,
}


@pytest.fixture(scope="module")
def kellogg() -> Loaded:
    return load_scenario(KELLOGG)


def test_data_that_extend_a_file_are_named_in_errors_and_take_keys_away() -> None:
    data: dict[str, Any] = {"extends": "kellogg", "title": "Mine", "ask": None}
    assert "ask" in load_scenario(KELLOGG).raw
    assert "ask" not in load_data(data).raw
    assert load_data(data, "mine").with_({"name": None}).scenario.name == "mine"  # its file's
    with pytest.raises(ScenarioError, match=r"^mine: war\.cost\.putin: 'much' is not a number"):
        load_data(data | {"war": {"cost": {"putin": "much"}}}, "mine")


def test_data_are_checked_like_a_file(kellogg: Loaded) -> None:
    data = copy.deepcopy(kellogg.raw)
    found = load_data(data, "kellogg")
    assert found == Loaded(kellogg.scenario, kellogg.raw, found.places, ("kellogg",))
    # as results keep their scenario: keys of a scale and days are text
    kept = json.loads(json.dumps(data, default=str))
    assert load_data(kept).scenario == kellogg.scenario
    based = load_data({"extends": str(KELLOGG), "title": "Short", "horizon_days": 30}, "short")
    assert (based.scenario.horizon_days, based.scenario.name) == (30, "short")
    data["actors"]["trump"]["levers"]["cut_arms"]["on"] = "nobody"
    data |= {"horizon_days": 0, "known_by": "2001-01-01"}
    with pytest.raises(ScenarioError) as caught:
        load_data(data, "mine")
    said = str(caught.value)
    assert "mine: actors.trump.levers.cut_arms.on: there is no actor 'nobody'" in said
    assert "mine: horizon_days: " in said
    assert "after known_by 2001-01-01" in said
    with pytest.raises(ScenarioError, match="holds a list, not keys"):
        load_data([], "mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["kellogg", "dayton", "points_28"])
def test_what_did_not_change_need_not_be_checked_again(name: str) -> None:
    base = load_scenario(SCENARIOS / f"{name}.yaml")
    before = copy.deepcopy(base.raw)
    actor = next(iter(base.raw["actors"]))
    changes = {f"actors.{actor}.patience": np.float64(30.0), "horizon_days": np.int64(120)}
    changed = base.with_(changes)
    assert changed.scenario.actors[actor].patience.median == 30.0
    assert changed.scenario == load_data(changed.raw).scenario
    assert base.raw == before
    assert base.digest != changed.digest
    assert changed.with_({"horizon_days": 121}).scenario.actors == changed.scenario.actors


def test_the_same_as_data_and_as_typed(kellogg: Loaded) -> None:
    words = {key: "" if value is None else json.dumps(value) for key, value in CHANGES.items()}
    typed = [f"{key}={word}" for key, word in words.items()]
    changed = kellogg.with_(CHANGES)
    assert changed.raw == load_scenario(KELLOGG, typed).raw == load_variant(kellogg, typed).raw
    assert changed.scenario == load_scenario(KELLOGG, typed).scenario
    for path, said in (("actors.puttin.patience", "did you mean 'putin'"), ("title.x", "no keys")):
        with pytest.raises(ScenarioError, match=f"with_ {path}: .*{said}"):
            kellogg.with_({path: 1})
