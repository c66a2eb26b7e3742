"""Files as they lie about: what blocks nothing, what is told, and the numbers of numeric scales."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from sim.importing import Wishes, read
from sim.scenario import ScenarioError
from sim.scenario.schema import Issue, nearest_text

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
