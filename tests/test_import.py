"""``python -m sim import``: tables as people write them, and every mistake with place and fix.

Articles with scores, group decisions (KTAB, DECIDE, positions), and what GENIUS cannot list.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim.commands.importing import import_file
from sim.formulas.groups.exchange import exchange
from sim.importing import Wishes
from sim.importing.files import plain_key
from sim.importing.to_genius import write_genius
from sim.scenario import Scenario, ScenarioError, load_scenario
from sim.scenario.discrete_schema import DiscreteFile
from tests.conftest import ROOT, csv_rows, simulate, typed, works
from tests.test_discrete_files import EXAMPLE

TABLE = """\
article,group,title,north_satisfaction,north_negotiability,south_satisfaction,south_negotiability,conflicts_with
1,land,Border as it is,7,5,4,6,
2,land,Border moved,2,5,9,6,3
3,arms,Demilitarised zone,8,5,6,6,2
"""
KTAB = """\
Two rivers, "A made-up case, for tests", 3, 2,
Actor,Description,Power,Dam Position,Dam Salience,Toll,Sal2,
North,Up the river, 100.0, 75, 40.5, 10, 20,
South,"Down, by the sea", 50, 25, 60, 90, 40,
East,, 20.5, 0, 0.0, 50, 10
"""
DECIDE = """\
#O;Two rivers;;;;
#/;Experts asked on 3 May 2019;;;;
#A;North;Northern_states;;;
#A;South;South;a remark;;
#A;Nobody;Nobody;;;
#P;dam;height of the dam;;;
#P;toll;toll;;;
#M;dam;20;none;;
#M;dam;40;low;;
#M;dam;60;high;;
#D;North;dam;60;0.75;0.25
#D;South;dam;30;0.5;1
#D;North;toll;0;1;0.25
#D;South;toll;100;0.2;1
"""
POSITIONS = """\
issue,actor,position,salience,power
dam,North,60,0.75,0.25
dam,South,30,0.5,1
toll,North,0,1,0.25
toll,South,100,0.2,1
"""
MEANINGS = "issue,position,meaning\ndam,20,none\ndam,40,low\ndam,60,high\ntoll,0,\ntoll,100,\n"


def written(folder: Path, text: str | bytes, name: str = "rivers.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "talks").mkdir()
    return written(tmp_path / "talks", TABLE, "articles.csv")


def imported(path: Path, **wishes: Any) -> tuple[Scenario, list[str]]:
    done = import_file(path, path.with_suffix(".yaml"), Wishes(**wishes), force=True)
    return done.loaded.scenario, done.notes


def problems(path: Path, **wishes: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        imported(path, **wishes)
    assert not path.with_suffix(".yaml").exists(), "nothing half-written"
    return str(caught.value).replace(f"{path.parent}/", "")


def with_text(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    return written(path.parent, text.replace(old, new, 1), path.name)


def wants(scenario: Scenario, actor: str) -> dict[str, tuple[float, float]]:
    positions = scenario.actors[actor].positions
    return {i: (p.ideal.median, p.salience.median) for i, p in positions.items()}


def agreed(scenario: Scenario) -> list[float]:
    model = simulate(scenario, worlds=1, central=True)
    return [float(x) for x in model.talks.agreed[0]]


# --- articles with scores ---------------------------------------------------------------------


def test_import_run_and_the_block_in_the_summary(table: Path, tmp_path: Path) -> None:
    done = works("import", str(table), "--preset", "Both=1 3", "--title", "Talks", cwd=tmp_path)
    assert done.err == ""
    for words in (
        "talks.yaml written",
        "Of 5 drafts that can be made",
        "NO SOURCE, the middle of the scale",
        "Both (under the threshold of South)",
        "What averaging hides",
        "North Border moved 2 0 (0 %)",
        "python -m sim talks.yaml",
    ):
        assert words in done.words
    ran = works("talks.yaml", "--worlds", "20", "--json", "--no-plots", cwd=tmp_path)
    assert '"passing":' in ran.out
    assert typed("check", "talks.yaml", cwd=tmp_path).code == 0


def test_a_file_that_exists_is_kept_unless_forced(table: Path, tmp_path: Path) -> None:
    mine = tmp_path / "talks.yaml"
    mine.write_text("mine")
    done = typed("import", str(table), cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "talks.yaml: exists already (choose another name with --out, or replace it with --force)\n"
    )
    assert mine.read_text() == "mine"
    assert typed("import", str(table), "--force", cwd=tmp_path).code == 0
    load_scenario(mine)


def test_the_csis_table_is_imported_with_its_figures(shared: Path, tmp_path: Path) -> None:
    done = works("import", str(shared / "data" / "csis" / "articles.csv"), cwd=tmp_path)
    for words in ("248,831 drafts", "118,136 (47 %)", "from SOURCE.md", "6.78", "1,623 of them"):
        assert words in done.words
    colors = [a.color for a in load_scenario(tmp_path / "csis.yaml").scenario.actors.values()]
    baseline = load_scenario(ROOT / "scenarios" / "baseline.yaml").scenario.actors
    assert colors == [baseline[a].color for a in ("zelenskyy", "putin", "trump", "europe")]


def test_positions_follow_from_scores_and_thresholds(table: Path) -> None:
    scenario = imported(table, thresholds={"north": "6", "South": "6"})[0]
    north = scenario.actors["north"].positions
    assert [p.ideal.median for p in north.values()] == [1, 0, 1]
    assert [p.salience.median for p in north.values()] == [1, 4, 2]
    assert scenario.conflicts == [("article_2", "article_3")]
    assert all(i.kind == "options" for i in scenario.issues.values())
    assert not scenario.war.cost
    # the more negotiable the less patience: 52 rounds at the middle of the scale, 5.5
    for actor, negotiability in (("north", 5), ("south", 6)):
        patience = scenario.actors[actor].patience.median
        assert patience == pytest.approx(364 * 5.5 / negotiability, abs=0.35)


def test_source_file_states_thresholds_and_presets(table: Path) -> None:
    source = table.parent / "SOURCE.md"
    source.write_text(
        '# Talks of 2030\nThey use thresholds North 6.5, South 3.\n\nPresets: "First" = 1 3; '
        '"Second one" = 2 (3 is dropped).\n'
    )
    block = imported(table)[0].articles
    assert block.thresholds == {"north": 6.5, "south": 3}
    assert block.presets == {"First": ["article_1", "article_3"], "Second one": ["article_2"]}
    asked = imported(table, thresholds={"south": "7"}, presets={"First": "2"})[0].articles
    assert (asked.thresholds["south"], asked.presets["First"]) == (7, ["article_2"])
    table.with_suffix(".yaml").unlink()
    source.write_text('# Talks\n\n"Bad" = 2 3\n')
    assert problems(table).startswith("SOURCE.md:3: Bad: articles 2 and 3 exclude each other")


def test_published_thresholds_for_exactly_the_four_of_csis(tmp_path: Path) -> None:
    names = ("ukraine", "russia", "usa", "europe")
    head = ",".join(["article", "title", *(f"{n}_satisfaction" for n in names)])
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n1,One,7,8,9,10\n2,Two,1,2,3,4\n")
    block = imported(path)[0].articles
    assert list(block.thresholds.values()) == [5, 6.5, 3, 4]
    assert block.negotiability == {}


@pytest.mark.parametrize(("separator", "point"), [(";", ","), ("\t", ","), (";", "."), (",", ".")])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_of_spreadsheets(
    table: Path, separator: str, point: str, mark: str, end: str
) -> None:
    text = TABLE.replace(",", separator).replace(
        f"{separator}7{separator}", f"{separator}7.5{separator}", 1
    )
    text = text.replace(".", point)
    table.write_bytes((mark + text.replace("\n", end)).encode("utf-8"))
    block = imported(table)[0].articles
    assert block.satisfaction["north"] == {"article_1": 7.5, "article_2": 2, "article_3": 8}


def test_conflicts_on_one_side_are_enough_and_other_columns_are_ignored(table: Path) -> None:
    both = imported(table)[0].conflicts
    with_text(table, "article,group", "article,remarks")
    scenario, notes = imported(with_text(table, ",6,2\n", ",6,\n"))
    assert scenario.conflicts == both
    assert any("remarks" in note for note in notes)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[article_2, article_3]", "[article_2, article_9]", "there is no issue 'article_9'"),
        ("[article_2, article_3]", "[article_2, article_2]", "pairs 'article_2' with itself"),
        ("[article_2, article_3]", "[article_2]", "conflicts[0]"),
        ("scale: [1, 10]", "scale: [10, 1]", "articles.scale: is not in order"),
        ("north: 5.5", "nord: 5.5", "there is no signatory 'nord'"),
        ("north: 5.5", "north: 55", "articles.thresholds.north: 55 is outside the scale 1 to 10"),
        ("kind: options", "kind: continuous", "is an article, but not one that is in or out"),
        ("First: [article_1]", "First: [article_2, article_3]", "which exclude each other"),
        ("First: [article_1]", "First: [article_7]", "there is no article 'article_7'"),
        ("First: [article_1]", "First: []", "contains no article"),
        ("protocol:", "plan: {article_2: 1, article_3: 1}\nprotocol:", "plan: holds article_2"),
    ],
)
def test_the_format_checks_conflicts_and_articles(
    table: Path, old: str, new: str, message: str
) -> None:
    imported(table, presets={"First": "1"})
    path = with_text(table.with_suffix(".yaml"), old, new)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert message in str(caught.value)


# --- groups that decide -------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", ","])
def test_ktab(tmp_path: Path, end: str) -> None:
    scenario, _ = imported(written(tmp_path, KTAB.rstrip("\n") + end + "\n"))
    assert scenario.title == "A made-up case, for tests"
    assert [i.title for i in scenario.issues.values()] == ["Dam", "Toll"]
    assert wants(scenario, "north") == {"dam": (0.75, 0.405), "toll": (0.1, 0.2)}
    powers = {a: s.power.median for a, s in scenario.actors.items() if s.power}
    assert powers == {"north": 100, "south": 50, "east": 20.5}
    assert scenario.actors["south"].name == "Down, by the sea"
    assert scenario.actors["east"].name == "East"
    judged = scenario.actors["north"].positions["toll"].judgement
    assert judged == "rivers.csv, line 3: position 10 of 0 to 100, salience 20 of 100, power 100."
    # without its first line, with influence, and with one who cares about nothing
    text = KTAB.split("\n", 1)[1].replace("Power", "Influence").replace("0.0, 50, 10", "0, 50, 0")
    scenario, notes = imported(written(tmp_path, text))
    assert scenario.title == "rivers"
    assert wants(scenario, "south") == {"dam": (0.25, 0.6), "toll": (0.9, 0.4)}
    assert list(scenario.actors) == ["north", "south"]
    assert any("no salience on any issue" in n and "East" in n for n in notes)


def test_decide(tmp_path: Path) -> None:
    scenario, notes = imported(written(tmp_path, DECIDE))
    assert scenario.title == "Two rivers"
    assert scenario.war.start_date == date(2019, 5, 3)
    assert scenario.issues["dam"].title == "height of the dam"
    assert scenario.issues["dam"].scale == {0: "none", 0.5: "low", 1: "high"}
    assert scenario.issues["toll"].scale == {0: "0", 0.25: "25", 0.5: "50", 0.75: "75", 1: "100"}
    assert wants(scenario, "north") == {"dam": (1, 0.75), "toll": (0, 1)}
    assert wants(scenario, "south") == {"dam": (0.25, 0.5), "toll": (1, 0.2)}
    assert scenario.actors["north"].name == "Northern states"
    assert any("no position" in n and "Nobody" in n for n in notes)
    assert not scenario.war.cost
    assert not scenario.war.drift
    assert scenario.war.neutral


def test_decide_with_tabs_quotes_and_decimal_commas(tmp_path: Path) -> None:
    plain, _ = imported(written(tmp_path, DECIDE))
    rows = [line.split(";") for line in DECIDE.splitlines()]
    quoted = "\n".join("\t".join(f"'{cell}'" for cell in row) for row in rows)
    assert imported(written(tmp_path, quoted))[0].actors == plain.actors
    commas = "\r\n".join(";".join(row).replace("0.", "0,") for row in rows)
    found = imported(written(tmp_path, "\ufeff" + commas))[0]
    assert wants(found, "north") == wants(plain, "north")
    windows = imported(written(tmp_path, DECIDE.replace("none", "nobody\x92s")))[0]
    assert windows.issues["dam"].scale[0] == "nobody’s"


def test_table_of_positions_with_and_without_meanings(tmp_path: Path) -> None:
    path = written(tmp_path, POSITIONS, "positions.csv")
    bare, notes = imported(path)
    assert bare.issues["dam"].scale[1] == "100"
    assert wants(bare, "north")["dam"] == (0.6, 0.75)
    assert bare.war.start_date == date(2000, 1, 1)
    assert any("gives no day" in n for n in notes)
    written(tmp_path, MEANINGS, "scale_meaning.csv")
    written(tmp_path, "issue,full_name\ndam,Height of the dam\n", "issues.csv")
    written(tmp_path, "# Rivers, asked 27-28 Oct 2009\n", "SOURCE.md")
    full, _ = imported(path)
    assert full.issues["dam"].scale == {0: "none", 0.5: "low", 1: "high"}
    assert full.issues["dam"].title == "Height of the dam"
    assert wants(full, "south")["dam"] == (0.25, 0.5)
    assert full.war.start_date == date(2009, 10, 28)
    assert full.title == "Rivers, asked 27-28 Oct 2009"


def test_units_powers_and_names_of_their_own(tmp_path: Path) -> None:
    """Rescaled from what positions span; salience times power stays; keys are plain, once each."""
    text = "issue,actor,position,salience,power\nyears,A,4,0.5,1\nyears,B,10,1,1\nyears,C,7,1,1\n"
    scenario, notes = imported(written(tmp_path, text))
    assert [wants(scenario, a)["years"][0] for a in "abc"] == [0, 1, 0.5]
    assert scenario.issues["years"].scale[0] == "4"
    assert any("span: years 4 to 10" in n for n in notes)
    text = POSITIONS.replace("toll,South,100,0.2,1", "toll,South,100,0.2,0.4")
    scenario, notes = imported(written(tmp_path, text))
    assert scenario.actors["south"].power.median == 1
    assert wants(scenario, "south")["toll"][1] == pytest.approx(0.2 * 0.4)
    assert any("power of South differs" in n for n in notes)
    assert plain_key("2100 (é)") == "x_2100"
    text = POSITIONS.replace("North", "A&B").replace("South", "A B")
    scenario, _ = imported(written(tmp_path, text))
    assert [(k, a.short) for k, a in scenario.actors.items()] == [("a_b", "A&B"), ("a_b_2", "A B")]


def test_the_compromise_is_the_mean_by_salience_and_power_of_the_source(tmp_path: Path) -> None:
    scenario, _ = imported(written(tmp_path, DECIDE))
    dam = (1 * 0.75 * 0.25 + 0.25 * 0.5) / (0.75 * 0.25 + 0.5)
    toll = 0.2 / (1 * 0.25 + 0.2)
    assert agreed(scenario) == pytest.approx([dam, toll])


@pytest.mark.parametrize(
    ("file", "reference"),
    [
        ("cop21_decide/positions_variant_pypi.csv", "eg_cop21_nbs.csv"),
        ("copenhagen2009_decide/positions.csv", "eg_copenhagen_nbs.csv"),
    ],
)
def test_climate_summits_start_from_the_published_outcomes(
    shared: Path, tmp_path: Path, file: str, reference: str
) -> None:
    done = import_file(shared / "data" / file, tmp_path / "x.yaml", Wishes(), force=False)
    scenario = done.loaded.scenario
    rows = csv_rows(shared / "data" / "reference_runs" / reference)
    rounds = [row for row in rows if row["round"] == "0"]
    expected = {plain_key(row["issue"]): float(row["nbs"]) for row in rounds}
    found = dict(zip(scenario.issues, np.array(agreed(scenario)) * 100, strict=True))
    assert found == pytest.approx(expected, abs=1e-9)


def test_exchange_is_that_of_the_numbers_as_written(shared: Path, tmp_path: Path) -> None:
    """Relative saliences would trade differently: gains compare between actors."""
    source = shared / "data" / "cop21_decide" / "positions.csv"
    done = import_file(source, tmp_path / "x.yaml", Wishes(protocol="exchange"), force=False)
    scenario = done.loaded.scenario
    rows = csv_rows(source)
    # actors by key, as in the engine, because ties go to the first
    actors = sorted({r["actor"] for r in rows}, key=lambda a: plain_key(a))
    issues = list(dict.fromkeys(r["issue"] for r in rows))
    x = np.full((len(actors), len(issues)), np.nan)
    s, c = np.zeros(x.shape), np.zeros(x.shape)
    for r in rows:
        at = actors.index(r["actor"]), issues.index(r["issue"])
        x[at], s[at], c[at] = float(r["position"]) / 100, float(r["salience"]), float(r["power"])
    assert agreed(scenario) == pytest.approx(list(exchange(x, s, c)), abs=1e-9)
    relative = scenario.model_copy(
        update={"protocol": scenario.protocol.model_copy(update={"salience": "relative"})}
    )
    assert agreed(relative) != pytest.approx(agreed(scenario), abs=1e-3)


@pytest.mark.parametrize("text", [KTAB, DECIDE, POSITIONS], ids=["ktab", "decide", "positions"])
def test_import_then_run(tmp_path: Path, text: str) -> None:
    written(tmp_path, text)
    done = typed("import", "rivers.csv", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "rivers.yaml written" in done.out
    assert "Decided by the protocol compromise." in done.out
    ran = works("run", "rivers.yaml", "--worlds", "5", "--json", "--no-plots", cwd=tmp_path)
    found = [term["point"] for term in json.loads(ran.out)["central"]["agreed"].values()]
    made = load_scenario(tmp_path / "rivers.yaml").scenario
    assert found == pytest.approx(agreed(made), abs=1e-6)
    if text is POSITIONS:  # a folder of them, another protocol, and a title
        (tmp_path / "talks").mkdir()
        written(tmp_path / "talks", POSITIONS, "positions.csv")
        words = ["--protocol", "median", "--title", "Rivers"]
        assert typed("import", "talks", *words, cwd=tmp_path).code == 0
        made = load_scenario(tmp_path / "talks.yaml").scenario
        assert (made.protocol.name, made.title) == ("median", "Rivers")


def test_what_a_group_decides_is_told_and_no_odds(tmp_path: Path) -> None:
    written(tmp_path, POSITIONS)
    typed("import", "rivers.csv", "--out", "mean.yaml", cwd=tmp_path)
    typed("import", "rivers.csv", "--out", "middle.yaml", "--protocol", "median", cwd=tmp_path)
    again = ["--worlds", 100, "--no-plots"]
    ran = typed("run", "mean.yaml", *again, "--report", cwd=tmp_path)
    (report,) = tmp_path.glob("**/report.html")
    regions = re.findall('role="region" aria-label="([^"]*)"', report.read_text("utf-8"))
    assert len(set(regions)) == len(regions), "charts of one headline are told apart"
    assert "dam: 38.18 toll: " in ran.words
    assert "All 100 worlds decide the same." in ran.words
    assert "explain" not in ran.out
    full = typed("run", "mean.yaml", *again, "--full", cwd=tmp_path)
    assert "The group decides both issues in round 1." in full.words
    assert "What the group decides" in full.words
    assert "Round 1: Signed" in full.words
    assert "(day 7)" not in full.words, "its days are made up"
    beside = typed("compare", "mean.yaml", "middle.yaml", *again, "--report", cwd=tmp_path)
    report = tmp_path / "out" / "compare" / "report.html"
    assert report.read_text("utf-8").count("The group decides both issues in round 1.") == 4
    assert "What groups decide, all are bound by: there are no odds" in report.read_text("utf-8")
    assert "Not ranked: groups decide, and what a side has without a decision is" in beside.words
    assert "middle decides: dam: 30; toll: 0." in beside.words
    for said in (ran, full, beside):
        assert "(9" not in said.out, "a range where nothing is uncertain"
        assert "widest" not in said.out
    told = typed("explain", "mean.yaml", *again, cwd=tmp_path)
    assert told.refused
    assert "a group decides here (protocol compromise) and all are bound" in told.err
    assert typed("mediation", "mean.yaml", cwd=tmp_path).refused
    uncertain = ["--set", "actors.north.power={uniform: [0.1, 1]}"]
    words = typed("run", "mean.yaml", *again, *uncertain, cwd=tmp_path).words
    assert re.search(r"dam: 4\d(\.\d+)? \(\d+(\.\d+)? to \d+(\.\d+)?\)", words), words


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (TABLE, ",7,5,4,6,", ",seven,5,4,6,", "csv:2: north_satisfaction: 'seven' is not a number"),
        (TABLE, ",7,5,4,6,", ",11,5,4,6,", "csv:2: north_satisfaction: 11 is outside 1 to 10"),
        (TABLE, ",7,5,4,6,", ",nan,5,4,6,", "csv:2: north_satisfaction: 'nan' is not a number"),
        (TABLE, ",7,5,4,6,", ",,5,4,6,", "csv:2: north_satisfaction: is empty"),
        (TABLE, ",7,5,4,6,", ",7,0,4,6,", "csv:2: north_negotiability: 0 is outside 1 to 10"),
        (TABLE, ",7,5,4,6,", ",7,5,4,6", "csv:2: has 7 cells where the header names 8 columns"),
        (TABLE, "2,land", "1,land", "csv:3: article: '1' stands twice (first on line 2)"),
        (TABLE, "Border moved", "Border as it is", "csv:3: title: the title is that of line 2"),
        (TABLE, "Border moved", "", "csv:3: title: is empty"),
        (TABLE, ",9,6,3", ",9,6,33", "csv:3: conflicts_with: there is no article '33'"),
        (TABLE, ",9,6,3", ",9,6,2", "csv:3: conflicts_with: article 2 cannot exclude itself"),
        (TABLE, "article,group", "artikel,group", "csv:1: article: this column is missing"),
        (TABLE, "south_satisfaction", "south_satisfacton", "did you mean 'south_satisfaction'?"),
        (
            TABLE,
            "south_satisfaction",
            "South Side_satisfaction",
            "'south side' is not a plain name",
        ),
        (
            TABLE,
            "south_satisfaction",
            "north_satisfaction",
            "there are 2 columns 'north_satisfaction'",
        ),
        (TABLE, "Border moved", '"Border moved', "csv:3: is not a table"),
        (KTAB, "75, 40.5", "seventy, 40.5", "csv:3: Dam Position: 'seventy' is not a number"),
        (KTAB, "75, 40.5", "175, 40.5", "csv:3: Dam Position: 175 is outside 0 to 100"),
        (KTAB, " 100.0,", " -1,", "csv:3: power: -1 is less than 0"),
        (KTAB, " 100.0,", " 1e999,", "csv:3: power: 1e999 is too large"),
        (KTAB, "South,", "North,", "csv:4: actor: 'North' stands twice (first on line 3)"),
        (KTAB, ", 3, 2,", ", 4, 2,", "csv:1: number of actors: says '4', and the table has 3"),
        (KTAB, ", 3, 2,", ", 3,,", "csv:1: number of dimensions: says '', and the table has 2"),
        (KTAB, ",Toll,Sal2,", ",Toll,,", "csv:2: header: there are 3 columns after Actor"),
        (KTAB, "10, 20,", "10,", "csv:3: Sal2: is empty (a number, 0 to 100)"),
        (KTAB, "40.5, 10, 20,", "40.5,", "csv:3: has 6 cells where the header names 7 columns"),
        (DECIDE, "#D;North;dam", "#D;Nroth;dam", "actor 'Nroth' (did you mean 'North'?)"),
        (DECIDE, "#D;North;dam", "#D;North;lake", "there is no issue 'lake' (give it a line #P)"),
        (DECIDE, "60;0.75", "61;0.75", "csv:11: position: 61 is outside 20 to 60 (the scale of"),
        (DECIDE, "60;0.75", "60;75", "75 is outside 0 to 1 (divide percentages by 100)"),
        (DECIDE, "0.75;0.25", "0.75;", "csv:11: power: is empty"),
        (DECIDE, "#D;South;toll", "#X;South;toll", "csv:14: tag: '#X' is no tag (known: #A"),
        (DECIDE, "#P;toll;toll", "#P;dam;toll", "csv:7: issue: 'dam' stands twice"),
        (DECIDE, "#M;dam;40;low", "#M;dam;40;l;o;w", "a line #M has 3"),
        (DECIDE, "#D;South;toll", "#D;North;toll", "'North' has a position on 'toll' already"),
        (POSITIONS, "issue,actor,position", "issue,actor,positon", "position: this column is mis"),
        (POSITIONS, "toll,North", ",North", "csv:4: issue: is empty"),
        (POSITIONS, "toll,South", "toll,North", "'North' has a position on 'toll' already (line 4"),
        (POSITIONS, "0.2,1", "nan,1", "csv:5: salience: 'nan' is not a number"),
    ],
)
def test_every_mistake_has_its_place(
    tmp_path: Path, text: str, old: str, new: str, message: str
) -> None:
    assert old in text
    assert message in problems(written(tmp_path, text.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (KTAB.replace("40.5, 10, 20", "0, 10, 20").replace("60, 90", "0, 90"), "nobody on 'Dam P"),
        ("\n".join(KTAB.splitlines()[:2]) + "\n", "number of actors: says '3', and the table has"),
        ("\n".join(DECIDE.splitlines()[:10]), "has no line #D"),
        (POSITIONS.splitlines()[0] + "\n", "names columns but holds no position"),
        ("\n".join(POSITIONS.splitlines()[:2]), "everybody on 'dam' is at 60, which makes no scal"),
        ("a,b,c\n1,2,3\n", "rivers.csv:1: begins with 'a,b,c', which no known kind does (known:"),
        ("", "rivers.csv: is empty (known: DECIDE"),
        ("\n\n", "is empty"),
        (TABLE.splitlines()[0], "names columns but holds no article"),
        (TABLE.replace("moved", "\u00e4").encode("latin-1"), "csv:3: is not text in UTF-8"),
        (TABLE.encode("utf-16"), "is not text in UTF-8 (save it in UTF-8)"),
        ("just words\nand more\n", "begins with 'just words', which no known kind does"),
        (
            "article,title,a_satisfaction,b_satisfaction\n1,One,5.5,7\n2,Two,5.5,3\n",
            "a_satisfaction: every score is a's threshold 5.5",
        ),
    ],
)
def test_files_that_make_no_scenario(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert message in problems(written(tmp_path, text))


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, POSITIONS.replace("0.75", "7.5").replace(",1\n", ",-1\n"))
    written(tmp_path, MEANINGS.replace("dam,40", "dam,forty"), "scale_meaning.csv")
    told = problems(path).splitlines()
    assert [one.split(": ")[0] for one in told] == [
        "rivers.csv:2",
        "rivers.csv:3",
        "scale_meaning.csv:3",
    ]
    assert told[1].endswith("; the same in line 5")
    path = written(tmp_path, POSITIONS.replace("dam,South,30", "dam,South,10"))
    written(tmp_path, MEANINGS, "scale_meaning.csv")
    assert "rivers.csv:3: position: 10 is outside 20 to 60 (the points that" in problems(path)
    text = TABLE.replace(",7,5,4,6,", ",seven,50,4,6,").replace(",9,6,3", ",9,-6,8")
    told = problems(written(tmp_path, text)).splitlines()
    assert [one.split(": ")[0] for one in told] == [f"rivers.csv:{line}" for line in (2, 2, 3, 3)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing.csv"], "nothing.csv: there is no such file"),
        (["talks"], "talks: is a folder of no kind that can be imported"),
        (["talks/articles.csv", "--out", "x.csv"], "x.csv: is no name of a scenario file"),
        (["talks/articles.csv", "--out", "no/x.yaml"], "lies in a folder that does not exist"),
        (["talks/articles.csv", "--threshold", "north"], "--threshold: north: is not of the form"),
        (["talks/articles.csv", "--threshold", "nort=5"], "no stakeholder 'nort' (did you mean"),
        (["talks/articles.csv", "--threshold", "north=11"], "'11' is no number from 1 to 10"),
        (["talks/articles.csv", "--preset", "A=1 9"], "--preset: A: there is no article '9'"),
        (["talks/articles.csv", "--preset", "A=2 3"], "articles 2 and 3 exclude each other (drop"),
        (["talks/articles.csv", "--preset", "A=1 1"], "names article 1 twice"),
        (["rivers.csv", "--protocol", "vote"], "--protocol: vote: is no model of group decisions"),
        (["rivers.csv", "--protocol", "vote"], "choose from compromise, median, exchange, chall"),
        (["rivers.csv", "--threshold", "a=1"], "--threshold: means nothing to a file of the kind"),
        (["."], "known: DECIDE (#A;KEY;NAME); KTAB (Actor,Description,Power"),
    ],
)
def test_mistakes_on_the_command_line(
    table: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    written(tmp_path, DECIDE)
    done = typed("import", *words, cwd=tmp_path)
    assert done.refused
    assert message in done.err
    assert list(tmp_path.glob("*.yaml")) == []


def test_more_packages_than_can_be_listed_are_told_of_the_source(tmp_path: Path) -> None:
    """What only the whole scenario shows is said of the file that was given."""
    data = yaml.safe_load(EXAMPLE) | {"name": "big"}
    data["issues"] = {f"i{n}": {"options": [f"o{m}" for m in range(150)]} for n in range(3)}
    for actor in data["actors"].values():
        actor["positions"] = {}
    write_genius(DiscreteFile.model_validate(data), tmp_path / "big")
    done = typed("import", "big", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "big: issues: make 3,375,000 packages; at most 2,000,000 are listed ("
    )
