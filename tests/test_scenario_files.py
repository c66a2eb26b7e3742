"""Scenario files: reading, merging, and one clear sentence for every mistake."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from sim.scenario import ScenarioError, load_scenario
from sim.scenario.json_schema import scenario_schema
from sim.scenario.loading import TEMPLATE
from sim.scenario.yaml_source import parse_yaml
from tests.conftest import SCENARIOS, TOY

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


def problems(tmp_path: Path, text: str, *overrides: str) -> list[str]:
    """Messages of a file's errors, without the folder."""
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, overrides)
    return [str(p).replace(f"{tmp_path}/", "") for p in caught.value.problems]


def test_the_base_of_these_tests_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(BASE, encoding="utf-8")
    assert load_scenario(path).scenario.name == "case"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("salience: 7, j", "salence: 7, j", 9, "unknown key (did you mean 'salience'?)"),
        (
            "      arms: {ideal: 0,",
            "      armz: {ideal: 0,",
            10,
            "no issue 'armz' (did you mean 'arms'?)",
        ),
        ("ideal: 0, limit: 0.7", "ideal: 0, limit: 1.7", 9, "1.7 is outside 0 to 1"),
        ("limit: 0.7", "limit: .nan", 9, "not a finite number"),
        ("limit: 0.7", "limit: .inf", 9, "not a finite number"),
        ("limit: 0.7", "limit: high", 9, "'high' is not a number"),
        ("limit: 0.7", "limit: 0,7", 9, "decimals are written with a point"),
        (
            "limit: 0.7",
            "limit: 0.7, as it says",
            9,
            "unknown key (a text with a comma in it needs quotation marks)",
        ),
        ("ideal: 0, limit: 0.7", "ideal: 0.3, limit: 0.1", 9, "wrong side of the ideal"),
        (
            "limit: 0.7",
            "limit: {normal: [0.4]}",
            9,
            "normal is written {normal: [mean, standard deviation]}",
        ),
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
        ("    name: B\n", "", 11, "actors.b.name: is missing"),
        (
            "    name: B\n",
            "    name: B\n    tactic: {name: boulwar}\n",
            13,
            "no tactic 'boulwar'; choose from boulware",
        ),
        (
            "    name: B\n",
            "    name: B\n    tactic: {name: linear, speed: 2}\n",
            13,
            "has no parameter 'speed'",
        ),
        (
            "    name: B\n",
            "    name: B\n    tactic: {name: boulware, beta: 7}\n",
            13,
            "from 0.01 to 1",
        ),
        (
            "    name: B\n",
            "    name: B\n    name: C\n",
            13,
            "'name' stands twice (first on line 12)",
        ),
        ("    name: B\n", "    name: B\n    patience: -3\n", 13, "-3 is below 0"),
        ("    name: B\n", "    name: B\n    color: red\n", 13, "write it as '#1f77b4'"),
        ("title: Two", "horizon_days: 0\ntitle: Two", 1, "0 is outside 1 to 3660"),
        ("title: Two", "protocol: {name: shutle}\ntitle: Two", 1, "no protocol 'shutle'"),
        ("title: Two", "agenda: [{name: one, issues: [land]}]\ntitle: Two", 1, "leaves out arms"),
        (
            "title: Two",
            "agenda: [{name: one, issues: [land, arms, land]}]\ntitle: Two",
            1,
            "already in stage",
        ),
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


def test_zero_saliences(tmp_path: Path) -> None:
    text = BASE.replace("salience: 7", "salience: 0").replace("salience: 3", "salience: 0")
    found = problems(tmp_path, text)
    assert sum("every salience is zero" in f for f in found) == 2


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
        ("a: !!int abc", "is not allowed here"),
        ("a: *b", "undefined alias"),
        ("? [a, b]\n: 1", "a key must be a plain word"),
        ("[" * 3000, "YAML"),
        ("a: " + "[" * 100 + "]" * 100, "nested more than"),
    ],
)
def test_what_is_not_a_scenario(tmp_path: Path, text: str, says: str) -> None:
    assert says in "\n".join(problems(tmp_path, text))


def test_alias_bomb(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "through its aliases" in problems(tmp_path, "\n".join(lines))[0]


def test_huge_binary_missing_and_folder(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(50_000_000)
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "kellogg.yaml").write_text(BASE)
    for name, says in [
        ("huge.yaml", "is 50 MB; a scenario file is at most 1 MB"),
        ("binary.yaml", "is not text in UTF-8"),
        ("kelog.yaml", "there is no such file (did you mean"),
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
    (tmp_path / "base.yaml").write_text(BASE.replace("limit: 0.7", "limit: 7"))
    found = problems(tmp_path, "extends: base.yaml\ntitle: Child\n")
    assert found == [
        "base.yaml:9: actors.a.positions.land.limit: 7 is outside 0 to 1 (is 7 % meant? write 0.07)"
    ]


def test_extends_in_a_circle_and_into_nothing(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("extends: case.yaml\n")
    (found,) = problems(tmp_path, "extends: other.yaml\n")
    assert "extends goes in a circle: case.yaml → other.yaml → case.yaml" in found
    (found,) = problems(tmp_path, "title: x\nextends: othr.yaml\n")
    assert found.startswith("case.yaml:2: extends a file that does not exist: othr.yaml (did you")


@pytest.mark.parametrize("name", ["dayton", "dayton.yaml"])
def test_a_shipped_scenario_is_extended_from_any_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "dayton_mine.yaml").write_text(f"extends: {name}\n")
    mine, shipped = load_scenario(tmp_path / "dayton_mine.yaml"), load_scenario("dayton")
    assert mine.scenario.actors == shipped.scenario.actors
    (tmp_path / "dayton.yaml").write_text(BASE)  # what stands beside it goes first
    if name.endswith("yaml"):
        assert load_scenario(tmp_path / "dayton_mine.yaml").scenario.issues.keys() == {
            "land",
            "arms",
        }


def test_set_changes_one_assumption(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(BASE)
    changed = load_scenario(
        path,
        ["actors.a.tactic.name=linear", "war.cost.a={normal: [0.03, 0.01]}", "horizon_days=100"],
    )
    assert changed.scenario.actors["a"].tactic.name == "linear"
    assert changed.scenario.war.cost["a"].per_month.values == (0.03, 0.01)
    assert changed.scenario.horizon_days == 100
    assert changed.digest != load_scenario(path).digest


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
    ],
)
def test_set_mistakes_name_the_option(tmp_path: Path, override: str, says: str) -> None:
    found = problems(tmp_path, BASE, override)
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
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(json.dumps(parse_yaml(path.read_text(), path.name)[0], default=str))
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(data))
    assert not errors, [f"{e.json_path}: {e.message[:200]}" for e in errors]


def test_json_schema_refuses_what_the_loader_refuses() -> None:
    validator = jsonschema.Draft202012Validator(scenario_schema())
    good = json.loads(json.dumps(TOY))
    assert validator.is_valid(good)
    for path, value in [
        (("actors", "a", "positions", "land", "ideal"), 1.5),
        (("actors", "a", "positions", "land", "salence"), 1),
        (("actors", "a", "tactic"), {"name": "boulwar"}),
        (("actors", "a", "tactic"), {"name": "linear", "beta": 0.2}),
        (("actors", "a", "tactic"), {"name": "boulware", "beta": 2}),
        (("war", "round_days"), 0),
        (("protocol",), {"name": "shutle"}),
        (("protocol",), {"name": "shuttle", "rounds": 3}),
    ]:
        bad = json.loads(json.dumps(TOY))
        node = bad
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        assert not validator.is_valid(bad), path


MORE = """\
    leave_after: 20
    levers:
      press:
        {title: Press, on: b, when: WHEN, effect: EFFECT}
"""


@pytest.mark.parametrize(
    ("when", "effect", "says"),
    [
        ("{refuses: {actor: c}}", "{cost: {b: 0.1}}", "there is no signatory 'c' (declared: a, b)"),
        ("{round: 3}", "{cost: {c: 0.1}}", "there is no actor 'c'"),
        ("{round: 3}", "{}", "changes nothing"),
        ("{}", "{cost: {b: 0.1}}", "is an empty condition"),
        ("{signed: truce}", "{cost: {b: 0.1}}", "there is no stage 'truce'"),
        (
            "{pulled: a.pres}",
            "{cost: {b: 0.1}}",
            "there is no lever 'a.pres' (did you mean 'a.press'?)",
        ),
        ("{pulled: a.press}", "{cost: {b: 0.1}}", "waits for itself to be pulled"),
        ("{round: 3}", "{payment: {b: 0.1}}", "write `when: {signed: settlement}`"),
    ],
)
def test_mistakes_in_levers(tmp_path: Path, when: str, effect: str, says: str) -> None:
    lever = MORE.replace("WHEN", when).replace("EFFECT", effect)
    found = problems(tmp_path, BASE.replace("    name: A\n", "    name: A\n" + lever))
    assert any(says in f for f in found), found


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


def test_set_reaches_stages_by_name_and_number(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    agenda = "agenda: [{name: truce, issues: [land]}, {name: rest, issues: [arms]}]\n"
    path.write_text(agenda + BASE)
    for key in ("agenda.truce.cost_factor", "agenda.0.cost_factor"):
        scenario = load_scenario(path, [f"{key}=0.4"]).scenario
        assert scenario.agenda[0].cost_factor.median == 0.4
    with pytest.raises(ScenarioError, match=r"no such element \(there is: truce, rest\)"):
        load_scenario(path, ["agenda.peace.cost_factor=0.4"])


@pytest.mark.parametrize(
    "override",
    [
        "agenda=[{issues: [land, arms]}]",
        "actors.a.role=[x]",
        "agenda=[{name: x, issues: [[land], arms]}]",
        "actors.a.tactic.name=[x]",
        "agenda.²=3",
        "issues=3",
        "actors=[1, 2]",
        "war=",
    ],
)
def test_wrong_shapes_are_errors_not_crashes(tmp_path: Path, override: str) -> None:
    lever = MORE.replace("WHEN", "{signed: settlement}").replace("EFFECT", "{payment: {b: 0.1}}")
    text = BASE.replace("    name: A\n", "    name: A\n" + lever)
    assert problems(tmp_path, text, override)


def test_set_with_an_empty_value_removes_also_from_lists(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    agenda = "agenda: [{name: one, issues: [land]}, {name: two, issues: [arms]}]\n"
    path.write_text(agenda + BASE)
    with pytest.raises(ScenarioError, match="leaves out land"):
        load_scenario(path, ["agenda.one="])


def test_a_percentage_on_a_scale_is_one_error_with_the_fix(tmp_path: Path) -> None:
    found = problems(tmp_path, BASE.replace("limit: 0.7", "limit: 40"))
    assert found == [
        "case.yaml:9: actors.a.positions.land.limit: 40 is outside 0 to 1 "
        "(is 40 % meant? write 0.4)"
    ]
