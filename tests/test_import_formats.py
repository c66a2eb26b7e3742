"""Files as they lie about: what blocks nothing, what is told, and the numbers of numeric scales."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.importing import Wishes, read
from sim.scenario import ScenarioError
from sim.scenario.schema import Issue, nearest_text
from tests.conftest import typed
from tests.fuzz import KTAB, SEEDS

DOMAIN = """<negotiation_template><utility_space><objective><issue index="1" name="Price"
 type="integer" lowerbound="1" upperbound="3"/></objective></utility_space>
</negotiation_template>"""
SPACE = """<utility_space><objective><issue index="1" name="Price" type="integer" lowerbound="1"
 upperbound="3"><evaluator ftype="linear" offset="{}" slope="{}"/></issue><weight index="1"
 value="1"/></objective><discount_factor value="0.5"/><reservation value="0.1"/></utility_space>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "shop"
    place.mkdir()
    (place / "shop.XML").write_text(DOMAIN)
    (place / "buyer.xml").write_text(SPACE.format(1, -0.5))
    (place / "seller.xml").write_text(SPACE.format(0, 0.5))
    (place / "._buyer.xml").write_bytes(b"\x00\x05\x16\x07")
    (place / "pareto.xml").write_text("a;b\n1;2\n")
    return place


def test_integers_discounts_and_what_lies_beside(folder: Path) -> None:
    found = read(folder, Wishes())
    assert found.raw["issues"]["price"]["options"] == ["1", "2", "3"]
    buyer = found.raw["actors"]["buyer"]
    assert buyer["positions"]["price"]["values"] == {"1": 1.0, "2": 0.5, "3": 0.0}
    assert buyer["discount"] == 0.5
    assert "tactic" not in buyer
    assert any("pareto.xml" in note for note in found.notes)


def test_a_zip_of_the_folder_reads_alike(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"shop/{file.name}")
    assert read(path, Wishes()).raw == read(folder, Wishes()).raw


def test_an_archive_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_text("no zip")
    with pytest.raises(ScenarioError, match="is no zip archive"):
        read(path, Wishes())


def test_profiles_are_chosen(folder: Path) -> None:
    (folder / "third.xml").write_text(SPACE.format(0, 0.1))
    assert len(read(folder, Wishes()).raw["actors"]) == 3
    assert list(read(folder, Wishes(profiles="seller,third")).raw["actors"]) == ["seller", "third"]


def test_hints_at_an_ampersand_with_the_line(folder: Path) -> None:
    (folder / "shop.XML").write_text(DOMAIN.replace("Price", "Bed & food"))
    with pytest.raises(ScenarioError, match=r"shop\.XML:1: .*&amp;"):
        read(folder, Wishes())


def test_geniusweb(tmp_path: Path) -> None:
    domain = {"name": "d", "issuesValues": {"Road": {"values": ["open", "shut"]}}}
    for name, values in (("a", {"open": 1, "shut": 0}), ("b", {"open": 0.2, "shut": 1})):
        utilities = {"Road": {"DiscreteValueSetUtilities": {"valueUtilities": values}}}
        space = {"issueUtilities": utilities, "issueWeights": {"Road": 1.0}, "domain": domain,
                 "reservationBid": {"issuevalues": {"Road": "open"}}}  # fmt: skip
        (tmp_path / f"{name}.json").write_text(json.dumps({"LinearAdditiveUtilitySpace": space}))
    actors = read(tmp_path, Wishes()).raw["actors"]
    assert [actors[k]["reservation"] for k in "ab"] == [1.0, 0.2]


def test_ktab_that_ends_after_its_header(tmp_path: Path) -> None:
    path = tmp_path / "k.csv"
    path.write_text("Actor,Description,Power,Dam,Salience\n")
    with pytest.raises(ScenarioError, match="has a header but no actor"):
        read(path, Wishes())


def test_expected_utility_table_and_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "emu.csv"
    path.write_text("Actor,Capability,Position,Salience\nA,1,4,40\nB,0.5,10,60\nC,1,5,50\n")
    raw = read(path, Wishes()).raw
    issue = Issue.model_validate(raw["issues"]["emu"])
    assert issue.numeric == (4, 10)
    assert nearest_text(issue, 1 / 6) == "5"
    assert raw["actors"]["a"]["positions"]["emu"]["salience"] == 0.4


def test_a_column_spoilt_by_a_quote_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "emu.csv"
    path.write_text('Actor,Power,Position,Salience"\nA,1,4,40\nB,0.5,10,60\n')
    with pytest.raises(ScenarioError, match="salience: this column is missing"):
        read(path, Wishes())


@pytest.mark.parametrize(("suffix", "dump"), [("yml", yaml.safe_dump), ("json", json.dumps)])
def test_negmas_in_yaml_and_json(tmp_path: Path, suffix: str, dump: Callable[[Any], str]) -> None:
    for name, text in SEEDS["negmas"].items():
        path = (tmp_path / name).with_suffix(f".{suffix}")
        path.write_text(dump(yaml.safe_load(text)))
    raw = read(tmp_path, Wishes()).raw
    assert raw["issues"]["days"]["options"] == ["0", "1", "2"]
    positions = raw["actors"]["b"]["positions"]
    assert positions["road"] == {"weight": 3.0, "values": {"open": 0.2, "shut": 0.5}}
    assert positions["days"]["values"] == {"0": 0.0, "1": 0.5, "2": 1.0}
    assert raw["actors"]["b"]["reservation"] == 0.75


def test_ktab_in_xml_and_a_number_missing(tmp_path: Path) -> None:
    path = tmp_path / "k.xml"
    path.write_text(KTAB)
    actors = read(path, Wishes()).raw["actors"]
    assert [actors[k]["power"] for k in "ab"] == [10, 5]
    assert [actors[k]["positions"]["dam"]["ideal"] for k in "ab"] == [0.2, 0.9]
    assert actors["b"]["positions"]["dam"]["salience"] == 0.8
    path.write_text(KTAB.replace("<dSal>80</dSal>", ""))
    with pytest.raises(ScenarioError, match=r"xml:4: .*has 0 <dSal> for 1 dimensions"):
        read(path, Wishes())


def test_real_numbers_are_cut_into_points(folder: Path) -> None:
    for file in (*folder.glob("s*"), folder / "buyer.xml"):
        file.write_text(file.read_text().replace("integer", "real"))
    found = read(folder, Wishes())
    options = found.raw["issues"]["price"]["options"]
    assert [len(options), options[0], options[1], options[-1]] == [21, "1", "1.1", "3"]
    assert "Real numbers are cut into points: Price." in found.notes


def test_of_two_domains_in_a_folder_one_is_named(folder: Path) -> None:
    (folder / "house.xml").write_text(DOMAIN.replace("Price", "Rent"))
    (folder / "house_tenant.xml").write_text(SPACE.format(1, -0.5).replace("Price", "Rent"))
    with pytest.raises(ScenarioError, match=r"has several domain files: house\.xml, shop\.XML"):
        read(folder, Wishes())
    found = read(folder / "shop.XML", Wishes())
    assert list(found.raw["actors"]) == ["buyer", "seller"]
    assert "Left out, of another domain: house_tenant.xml." in found.notes


def test_a_survey_counts_and_writes_nothing(folder: Path) -> None:
    (folder / "bad").mkdir()
    (folder / "bad" / "positions.csv").write_text(
        "issue,actor,position,salience,power\na,b,x,1,1\n"
    )
    before = sorted(folder.rglob("*"))
    done = typed("import", folder, "--survey")
    assert done.code == 0
    text = done.out
    assert "'x' is not a number (-1e+09 to 1e+09)\n" in text
    assert "1 of 2 can be read" in text
    assert "GENIUS or NegMAS domain: 1 of 1" in text
    assert "positions: 0 of 1" in text
    assert sorted(folder.rglob("*")) == before
