"""Scenarios with listed options as files: format, page, run, solve, XML."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.importing import Wishes
from sim.importing.genius import read
from sim.importing.to_genius import write_genius
from sim.listed.stacked import play
from sim.plots.offers import offers
from sim.scenario import Loaded, LoadedDiscrete, ScenarioError, discrete_schema, load_any
from sim.scenario.discrete_schema import DiscreteFile
from sim.scenario.json_schema import scenario_schema
from sim.scenario.yaml_source import parse_yaml
from sim.studies.solve.session import play_session
from sim.views.offers import offers_view
from tests.conftest import ROOT, SCENARIOS, csv_rows, filed, solve, typed, works
from tests.pictures import faults

PAGE = (ROOT / "docs" / "discrete-scenarios.md").read_text(encoding="utf-8")
EXAMPLES = {
    re.match(r"# file: (\S+)\n", block)[1]: block  # type: ignore[index]
    for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
}
EXAMPLE = EXAMPLES["wells.yaml"]


@pytest.fixture
def wells(tmp_path: Path) -> Path:
    path = tmp_path / "wells.yaml"
    path.write_text(EXAMPLE)
    return path


def listed(path: Path, *overrides: str) -> LoadedDiscrete:
    return load_any(path, overrides)


# --- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["DiscreteFile", "DiscreteIssue", "DiscreteActor", "DiscretePosition",
             "DiscreteProtocol", "DiscreteStrategy"],
)  # fmt: skip
def test_tables_list_the_keys_and_their_defaults(name: str) -> None:
    model = getattr(discrete_schema, name)
    (table,) = re.findall(rf"<!-- keys of {name} -->\n\n((?:\|.*\n)+)", PAGE)
    rows = [[c.strip() for c in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    written = {cells[0].strip("`"): cells[2].strip("`") for cells in rows}
    fields = {k: f for k, f in model.model_fields.items() if k not in ("source", "judgement")}
    assert set(written) == set(fields)
    for key, field in fields.items():
        if (name, key) != ("DiscreteFile", "name"):
            assert written[key] == default(field), key


def test_commands_of_the_page_work(wells: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for line in "".join(blocks).splitlines():
        words = line.split("#")[0].split()[3:]
        words += ["--no-plots"] * (words[0] in ("run", "solve"))
        works(*words, cwd=wells.parent)


def test_the_mixed_example_runs(wells: Path) -> None:
    mixed = wells.parent / "mixed.yaml"
    mixed.write_text(EXAMPLES["mixed.yaml"])
    assert listed(mixed).content.strategies == ["micro", "zeuthen"]
    done = typed("run", str(mixed), "--json", "--no-plots", "--out", str(wells.parent))
    assert json.loads(done.out)["strategies"] == {"east": "micro", "west": "zeuthen"}


def test_json_schema_takes_the_examples_and_refuses_what_the_loader_refuses() -> None:
    done = works("schema", "--kind", "listed")
    schema = json.loads(done.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for name, block in EXAMPLES.items():
        data = json.loads(json.dumps(parse_yaml(block, name)[0], default=str))
        assert not [e.message for e in validator.iter_errors(data)], name
    for old, new in [
        ("steps: 40", "steps: 0"),
        ("weight: 0.4", "weight: -1"),
        ("weight: 0.4", "wieght: 0.4"),
        ("tactic: linear", "tactic: liner"),
        ("tactic: linear", "tactic: -1"),
        ("tactic: linear", "strategy: mikro"),
        ("tactic: linear", "strategy: {name: mikro}"),
        ("name: stacked", "name: stakced"),
    ]:
        assert old in EXAMPLE
        data = json.loads(json.dumps(parse_yaml(EXAMPLE.replace(old, new, 1), "x")[0]))
        assert not validator.is_valid(data), new


def test_schema_knows_its_kinds() -> None:
    assert json.loads(typed("schema").out) == scenario_schema()
    done = typed("schema", "--kind", "lists")
    assert (done.code, done.err) == (2, "--kind lists: choose from scales, listed\n")


# --- format --------------------------------------------------------------------------------------


def test_utilities_are_weights_times_values(wells: Path) -> None:
    scenario = listed(wells).content.scenario
    assert scenario.sizes == (3, 3)
    # shared by days, toll
    assert scenario.options(4) == ["shared by days", "toll"]
    assert scenario.utilities[4] == pytest.approx([0.7 * 0.6 + 0.3 * 0.4, 0.4 * 0.7 + 0.6 * 1])
    assert scenario.reservation.tolist() == [0.3, 0.25]
    assert isinstance(load_any(SCENARIOS / "kellogg.yaml"), Loaded), "the other kind of file"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("West: 0}", "Wset: 0}", "there is no option 'Wset' (did you mean 'West'?)"),
        ("West: 0}", "}", "has no value for West"),
        ("      road: {weight: 0.3", "      raod: {weight: 0.3", "there is no issue 'raod'"),
        ("tactic: linear", "tactic: liner", "there is no time-based tactic 'liner'"),
        ("tactic: linear", "tactic: -1", "is positive, found -1"),
        ("tactic: linear", "strategy: mikro", "must be 'time', 'micro' or 'zeuthen'"),
        ("tactic: linear", "strategy: {nam: micro}", "did you mean 'name'?"),
        ("tactic: linear", "tactic: 1\n    strategy: micro", "the strategy micro has no tactic"),
        ("steps: 40", "steps: 0", "at least 1"),
        ("toll, closed]", "toll, toll]", "the option 'toll' stands twice"),
        ("weight: 0.4", "wieght: 0.4", "did you mean 'weight'?"),
        ("weight: 0.4", "weight: -1", "at least 0"),
        ("reservation: 0.3", "reservation: much", "wants a number"),
        ("judgement: Its herds use it.", "source: HERDS", "there is no source 'HERDS'"),
    ],
)
def test_mistakes_are_told_with_place(wells: Path, old: str, new: str, words: str) -> None:
    assert old in EXAMPLE
    wells.write_text(EXAMPLE.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        load_any(wells)
    assert words in str(caught.value)
    line = EXAMPLE[: EXAMPLE.index(old)].count("\n") + 1
    assert re.search(rf"wells\.yaml:{line}\b", str(caught.value))


def test_what_cannot_be_played_is_refused(wells: Path) -> None:
    data = yaml.safe_load(EXAMPLE)
    data["actors"]["third"] = {"name": "Third", "strategy": "micro"}
    done = typed("check", filed(wells.parent, data, "wells"))
    assert done.code == 2
    assert "actors.third.strategy: micro is defined between two, and here are 3" in done.err
    data["issues"] = {f"i{n}": {"options": [f"o{m}" for m in range(150)]} for n in range(3)}
    data["actors"] = {key: {"name": key} for key in ("east", "west")}
    done = typed("run", filed(wells.parent, data, "wells"))
    assert done.code == 2
    assert "3,375,000 packages; at most 2,000,000" in done.err


# --- run and solve -------------------------------------------------------------------------------


def test_a_run_writes_what_happened(wells: Path, tmp_path: Path) -> None:
    done = works("run", str(wells), "--out", str(tmp_path))
    assert done.err == ""
    folder = tmp_path / "wells"
    names = {"summary.json", "offers.csv", "offers.png", "solution.png"}
    assert {p.name for p in folder.iterdir()} == names
    told = json.loads((folder / "summary.json").read_text())
    content = listed(wells).content
    scenario = content.scenario
    found = play([scenario], content.strategies, 40)
    assert told["outcome"] == "agreement"
    assert list(told["agreement"].values()) == scenario.options(int(found.agreement[0]))
    assert told["rounds"] == found.steps[0]
    for option in told["agreement"].values():
        assert option in done.out
    rows = csv_rows(folder / "offers.csv")
    assert rows[-1]["event"] == "ACCEPT_OFFER"
    assert int(rows[-1]["step"]) == found.step[0]
    _, points = solve(scenario.utilities, scenario.reservation)
    assert told["points"].keys() == points.keys()
    for name, packages in points.items():
        terms = [list(point["terms"].values()) for point in told["points"][name]]
        assert terms == [scenario.options(package) for package in packages], name


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if isinstance(value, BaseModel) or value in (None, {}, [], ()):
        return "–"
    return f"{value:g}" if isinstance(value, float | int) else str(value)


@pytest.mark.parametrize("name", ["micro", "zeuthen"])
def test_a_session_by_strategy(wells: Path, tmp_path: Path, name: str) -> None:
    changes = ["--set", f"actors.east.strategy={name}", "--set", f"actors.west.strategy={name}",
               "--set", "actors.west.tactic="]  # fmt: skip
    done = typed("run", str(wells), "--out", str(tmp_path), *changes)
    assert (done.code, done.err) == (0, "")
    told = json.loads((tmp_path / "wells" / "summary.json").read_text())
    assert told["outcome"] == "agreement"
    assert told["strategies"] == {"east": name, "west": name}
    if name == "zeuthen":
        assert told["agreement"] == told["points"]["nash"][0]["terms"]
    assert csv_rows(tmp_path / "wells" / "offers.csv")[-1]["event"] == "ACCEPT_OFFER"


def test_unused_options_are_told_and_a_deadline_too(wells: Path, tmp_path: Path) -> None:
    words = ("run", wells, "--out", tmp_path, "--no-plots")
    assert typed(*words, "--quiet").err == ""
    done = works(*words, "--quiet", "--worlds", "50", "--seed", "2", "--report", "--full")
    for said in ("--worlds is not used", "one session is played", "--seed is not used",
                 "--report is not used", "--full is not used"):  # fmt: skip
        assert said in done.err
    hard = [f"--set=actors.{side}.reservation={at}" for side, at in (("east", 0.95), ("west", 0.9))]
    told = json.loads(typed(*words, "--json", *hard).out)
    assert (told["outcome"], told["agreement"], told["status"]) == ("deadline", None, "no_gain")
    assert "No package beats no deal for everyone" in told["statement"]
    assert min(told["least_bad"]["gain"].values()) < 0


def test_the_chart_has_a_panel_per_actor_and_the_agreement(wells: Path) -> None:
    session = play_session(listed(wells), ())
    figure = offers(offers_view(session))
    assert faults(figure) == []
    assert len(figure.axes) == 2
    assert len({axes.get_ylim() for axes in figure.axes}) == 1, "sides are compared on one scale"
    for k, axes in enumerate(figure.axes):
        lines = {line.get_gid(): line for line in axes.lines}
        mine = [e for e in session.course if e["event"] == "OFFER" and e["who"] == k]
        drawn = np.asarray(lines[f"offers of {k}"].get_ydata())
        assert drawn == pytest.approx([100 * e["utilities"][k] for e in mine])
        worth = 100 * session.result.utilities[0, k]
        assert lines["agreement"].get_ydata()[0] == pytest.approx(worth)


# --- GENIUS XML ----------------------------------------------------------------------------------


def imported(folder: Path) -> tuple[dict[str, Any] | None, str]:
    try:
        return read(folder, Wishes()).raw, ""
    except ScenarioError as error:
        return None, str(error)


def test_export_and_import_keep_every_utility(wells: Path, tmp_path: Path) -> None:
    text = EXAMPLE.replace("values: {East: 0, shared by days: 0.7, West: 1}",
                           "values: {East: 0, shared by days: 3.5, West: 5}")  # fmt: skip
    wells.write_text(text.replace("title: Well", 'title: "Well & <spring>"'))
    content = listed(wells).content
    folder = tmp_path / "xml"
    works("export", str(wells), "--to", "negmas", "--out", str(folder))
    data, problems = imported(folder)
    assert problems == ""
    again = DiscreteFile.model_validate(data)
    assert again.scenario.utilities == pytest.approx(content.scenario.utilities, abs=1e-12)
    assert again.scenario.reservation.tolist() == content.scenario.reservation.tolist()
    assert again.issues["well_spring"].title == "Well & <spring>"
    assert listed(filed(tmp_path, data, "again"))


def test_names_stay_as_they_are_however_often_they_go_and_come(wells: Path, tmp_path: Path) -> None:
    names = {key: actor.name for key, actor in listed(wells).content.actors.items()}
    file = str(wells)
    for turn in ("one", "two"):
        for words in (["export", file, "--to", "negmas", "--out", turn], ["import", turn]):
            works(*words, cwd=tmp_path)
        file = f"{turn}.yaml"
        again = listed(tmp_path / file).content
        assert {key: actor.name for key, actor in again.actors.items()} == names
        assert again.title == listed(wells).content.title


@pytest.fixture
def domain(wells: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "domain"
    write_genius(listed(wells).content, folder)
    return folder


def change(folder: Path, file: str, old: str, new: str) -> tuple[int, int]:
    """Replace the first occurrence; row and column of the element that holds it."""
    (path,) = folder.glob(file)
    text = path.read_text()
    assert old in text
    before = text[: text.index(old)]
    path.write_text(text.replace(old, new, 1))
    start = before.rindex("<") if not old.startswith("<") else len(before)
    return text[:start].count("\n") + 1, start - text[:start].rfind("\n")


def test_every_mistake_is_told_by_row_and_column(domain: Path) -> None:
    spots = [
        change(domain, "*_1_east.xml", 'evaluation="0.6"', 'evaluation="much"'),
        change(domain, "*_1_east.xml", 'value="toll"', 'value="tool"'),
        change(domain, "*_2_west.xml", 'name="Road"', 'name="Raod"'),
        change(domain, "*_2_west.xml", 'reservation value="0.25"', 'reservation value="x"'),
        change(domain, "*_2_west.xml", '<discount_factor value="1.0"',
               '<discount_factor value="1.9"'),
    ]  # fmt: skip
    data, problems = imported(domain)
    assert data is None
    for (row, column), words in zip(
        spots, ("'much' as its evaluation", "no option 'tool'", "no issue 'Raod'", "'x'",
                "discounts by 1.9"), strict=True,
    ):  # fmt: skip
        assert re.search(rf"xml:{row}: column {column}: .*{words}", problems), problems


def test_broken_files_are_all_named(domain: Path) -> None:
    for file in sorted(domain.glob("*.xml"))[:2]:
        file.write_text(file.read_text().replace("</issue>", "", 1))
    data, problems = imported(domain)
    assert data is None
    assert problems.count("is not well-formed XML: mismatched tag") == 2
    assert len(re.findall(r"\.xml:\d+: column \d+:", problems)) == 2


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
    ],
)
def test_document_types_and_entities_are_refused(domain: Path, head: str) -> None:
    path = domain / "wells.xml"
    path.write_text(head + "\n" + path.read_text().replace("East", "&f;", 1))
    data, problems = imported(domain)
    assert data is None
    assert re.search(r"wells\.xml:1: column \d+: declares a document type", problems)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"<?xml version='1.0' encoding='zz'?><a/>"]
)
def test_files_that_are_no_xml_are_told(domain: Path, content: bytes, tmp_path: Path) -> None:
    (domain / "wells.xml").write_bytes(content)
    data, problems = imported(domain)
    assert data is None
    assert "wells.xml" in problems
    assert "there is no such file" in imported(tmp_path / "nowhere")[1]
    assert "at least 2 are needed" in imported(tmp_path)[1]


def test_evaluations_above_one_are_divided_by_the_largest(domain: Path) -> None:
    for option, value in (("open", 4), ("toll", 1), ("closed", 2)):
        (path,) = domain.glob("*_1_east.xml")
        text = re.sub(rf'(value="{option}" evaluation=)"[^"]*"', rf'\1"{value}"', path.read_text())
        path.write_text(text)
    data, _ = imported(domain)
    east = next(iter(data["actors"].values()))
    assert east["positions"]["road"]["values"] == {"open": 1.0, "toll": 0.25, "closed": 0.5}
