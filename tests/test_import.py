"""``python -m sim import``: tables as people write them, and every mistake with place and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.commands.importing import import_file
from sim.importing import Wishes
from sim.scenario import Scenario, ScenarioError, load_scenario
from tests.conftest import ROOT, typed

TABLE = """\
article,group,title,north_satisfaction,north_negotiability,south_satisfaction,south_negotiability,conflicts_with
1,land,Border as it is,7,5,4,6,
2,land,Border moved,2,5,9,6,3
3,arms,Demilitarised zone,8,5,6,6,2
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "talks" / "articles.csv"
    path.parent.mkdir()
    path.write_text(TABLE, encoding="utf-8")
    return path


def imported(path: Path, wishes: Wishes | None = None) -> Scenario:
    out = path.with_suffix(".yaml")
    return import_file(path, out, wishes or Wishes(), force=True).loaded.scenario


def problems(path: Path, wishes: Wishes | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        imported(path, wishes)
    assert not path.with_suffix(".yaml").exists(), "nothing half-written"
    return str(caught.value).replace(f"{path.parent}/", "")


def with_text(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


# --- the command as typed ------------------------------------------------------


def test_import_run_and_the_block_in_the_summary(table: Path, tmp_path: Path) -> None:
    done = typed("import", str(table), "--preset", "Both=1 3", "--title", "Talks", cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.err == ""
    for words in (
        "talks.yaml written",
        "5 drafts without a conflict",
        "NO SOURCE, the middle of the scale",
        "Both (under the threshold of South)",
        "What averaging hides",
        "North: 2 (2; in",
        "python -m sim talks.yaml",
    ):
        assert words in done.out
    ran = typed("talks.yaml", "--worlds", "20", "--json", "--no-plots", cwd=tmp_path)
    assert ran.code == 0, ran.err
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
    done = typed("import", str(shared / "data" / "csis" / "articles.csv"), cwd=tmp_path)
    assert done.code == 0, done.err
    for words in ("248,831 drafts", "118,136 (47 %)", "from SOURCE.md", "6.78", "1,623 of the"):
        assert words in done.out
    colors = [a.color for a in load_scenario(tmp_path / "csis.yaml").scenario.actors.values()]
    baseline = load_scenario(ROOT / "scenarios" / "baseline.yaml").scenario.actors
    assert colors == [baseline[a].color for a in ("zelenskyy", "putin", "trump", "europe")]


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
    ],
)
def test_mistakes_on_the_command_line(
    table: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    done = typed("import", *words, cwd=tmp_path)
    assert done.refused
    assert message in done.err
    assert list(tmp_path.glob("*.yaml")) == []


# --- what is read ------------------------------------------------------


def test_positions_follow_from_scores_and_thresholds(table: Path) -> None:
    scenario = imported(table, Wishes(thresholds={"north": "6", "South": "6"}))
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
    block = imported(table).articles
    assert block.thresholds == {"north": 6.5, "south": 3}
    assert block.presets == {"First": ["article_1", "article_3"], "Second one": ["article_2"]}
    asked = imported(table, Wishes(thresholds={"south": "7"}, presets={"First": "2"})).articles
    assert (asked.thresholds["south"], asked.presets["First"]) == (7, ["article_2"])
    table.with_suffix(".yaml").unlink()
    source.write_text('# Talks\n\n"Bad" = 2 3\n')
    assert problems(table).startswith("SOURCE.md:3: Bad: articles 2 and 3 exclude each other")


def test_published_thresholds_for_exactly_the_four_of_csis(tmp_path: Path) -> None:
    names = ("ukraine", "russia", "usa", "europe")
    head = ",".join(["article", "title", *(f"{n}_satisfaction" for n in names)])
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n1,One,7,8,9,10\n2,Two,1,2,3,4\n")
    block = imported(path).articles
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
    block = imported(table).articles
    assert block.satisfaction["north"] == {"article_1": 7.5, "article_2": 2, "article_3": 8}


def test_conflicts_on_one_side_are_enough_and_other_columns_are_ignored(table: Path) -> None:
    both = imported(table).conflicts
    with_text(table, "article,group", "article,remarks")
    assert imported(with_text(table, ",6,2\n", ",6,\n")).conflicts == both
    done = import_file(table, table.with_suffix(".yaml"), Wishes(), force=True)
    assert any("remarks" in note for note in done.notes)


# --- mistakes in the table ------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",7,5,4,6,", ",seven,5,4,6,", "csv:2: north_satisfaction: 'seven' is not a number"),
        (",7,5,4,6,", ",11,5,4,6,", "articles.csv:2: north_satisfaction: 11 is outside 1 to 10"),
        (",7,5,4,6,", ",nan,5,4,6,", "articles.csv:2: north_satisfaction: 'nan' is not a number"),
        (",7,5,4,6,", ",,5,4,6,", "articles.csv:2: north_satisfaction: is empty"),
        (",7,5,4,6,", ",7,0,4,6,", "articles.csv:2: north_negotiability: 0 is outside 1 to 10"),
        (",7,5,4,6,", ",7,5,4,6", "articles.csv:2: has 7 cells where the header names 8 columns"),
        ("2,land", "1,land", "articles.csv:3: article: '1' stands twice (first on line 2)"),
        ("Border moved", "Border as it is", "articles.csv:3: title: the title is that of line 2"),
        ("Border moved", "", "articles.csv:3: title: is empty"),
        (",9,6,3", ",9,6,33", "articles.csv:3: conflicts_with: there is no article '33'"),
        (",9,6,3", ",9,6,2", "articles.csv:3: conflicts_with: article 2 cannot exclude itself"),
        ("article,group", "artikel,group", "articles.csv:1: article: this column is missing"),
        ("south_satisfaction", "south_satisfacton", "did you mean 'south_satisfaction'?"),
        ("south_satisfaction", "South Side_satisfaction", "'south side' is not a plain name"),
        ("south_satisfaction", "north_satisfaction", "there are 2 columns 'north_satisfaction'"),
        ("Border moved", '"Border moved', "articles.csv:3: is not a table"),
    ],
)
def test_every_mistake_has_its_place(table: Path, old: str, new: str, message: str) -> None:
    assert message in problems(with_text(table, old, new))


def test_all_mistakes_at_once(table: Path) -> None:
    with_text(table, ",7,5,4,6,", ",seven,50,4,6,")
    said = problems(with_text(table, ",9,6,3", ",9,-6,8")).splitlines()
    places = [line.split(": ")[0] for line in said]
    assert places == [f"articles.csv:{line}" for line in (2, 2, 3, 3)]


WANTS_NOTHING = b"article,title,a_satisfaction,b_satisfaction\n1,One,5,7\n2,Two,5,3\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (TABLE.splitlines()[0].encode(), "names columns but holds no article"),
        (TABLE.replace("moved", "\u00e4").encode("latin-1"), "csv:3: is not text in UTF-8"),
        (TABLE.encode("utf-16"), "is not text in UTF-8 (save it as CSV in UTF-8)"),
        (b"just words\nand more\n", "begins with 'just words', which no known kind does"),
        (WANTS_NOTHING, "a_satisfaction: every score is a's threshold 5"),
    ],
)
def test_files_that_are_no_such_table(table: Path, data: bytes, message: str) -> None:
    table.write_bytes(data)
    wishes = Wishes(thresholds={"a": "5", "b": "5"}) if data is WANTS_NOTHING else None
    assert message in problems(table, wishes)


# --- checks of the format ------------------------------------------------------


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
    imported(table, Wishes(presets={"First": "1"}))
    path = with_text(table.with_suffix(".yaml"), old, new)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert message in str(caught.value)
