"""Files as they lie about: what blocks nothing, what is told, and the numbers of numeric scales."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.importing import Wishes, read
from sim.scenario import ScenarioError
from sim.scenario.schema import Issue, nearest_text
from tests.conftest import works
from tests.fuzz import GENIUS, KTAB_XML, SEEDS, SPACE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "shop"
    place.mkdir()
    for name, text in SEEDS["genius"].items():
        (place / name.replace("shop.xml", "shop.XML")).write_text(text)
    (place / "._buyer.xml").write_bytes(b"\x00\x05\x16\x07")
    (place / "pareto.xml").write_text("a;b\n1;2\n")
    return place


def test_a_folder_and_a_zip_of_it(folder: Path, tmp_path: Path) -> None:
    found = read(folder, Wishes())
    assert found.raw["issues"]["price"]["options"] == ["1", "2", "3"]
    buyer = found.raw["actors"]["buyer"]
    assert buyer["positions"]["price"]["values"] == {"1": 1.0, "2": 0.5, "3": 0.0}
    assert buyer["discount"] == 0.9
    assert "tactic" not in buyer
    assert any("pareto.xml" in note for note in found.notes)
    path = tmp_path / "shop.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"shop/{file.name}")
    assert read(path, Wishes()).raw == found.raw
    (folder / "third.xml").write_text(SPACE.format(0, 0.1))
    assert len(read(folder, Wishes()).raw["actors"]) == 3
    assert list(read(folder, Wishes(profiles="seller,third")).raw["actors"]) == ["seller", "third"]


def test_expected_utility_table_and_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "emu.csv"
    path.write_text("Actor,Capability,Position,Salience\nA,1,4,40\nB,0.5,10,60\nC,1,5,50\n")
    raw = read(path, Wishes()).raw
    issue = Issue.model_validate(raw["issues"]["emu"])
    assert issue.numeric == (4, 10)
    assert nearest_text(issue, 1 / 6) == "5"
    assert raw["actors"]["a"]["positions"]["emu"]["salience"] == 0.4


def spoilt(path: Path, text: str) -> str:
    """What is said of a file."""
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        read(path if path.suffix in (".csv", ".zip") else path.parent, Wishes())
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.zip", "no zip", "is no zip archive"),
        ("k.csv", "Actor,Description,Power,Dam,Salience\n", "has a header but no actor"),
        ("emu.csv", 'Actor,Power,Position,Salience"\nA,1,4,40\n', "this column is missing"),
        ("shop.XML", GENIUS.replace("Price", "Bed & food"), "&amp;"),
        ("k.xml", KTAB_XML.replace("<dSal>80</dSal>", ""), "has 0 <dSal> for 1 dimensions"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    assert re.search(rf"{name}\b.*{said}", spoilt(tmp_path / name, text))


def test_geniusweb(tmp_path: Path) -> None:
    for name, text in SEEDS["geniusweb"].items():
        (tmp_path / name).write_text(text)
    actors = read(tmp_path, Wishes()).raw["actors"]
    # 0.7 of a half for the road that is shut, and nothing for no days
    assert [actors[k]["reservation"] for k in "ab"] == pytest.approx([0.35, 0.35])
    roads = [actors[k]["positions"]["road"]["values"] for k in "ab"]
    assert roads == [{"open": 1.0, "shut": 0.5}, {"open": 0.2, "shut": 0.5}]


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


def test_ktab_in_xml(tmp_path: Path) -> None:
    path = tmp_path / "k.xml"
    path.write_text(KTAB_XML)
    actors = read(path, Wishes()).raw["actors"]
    assert [actors[k]["power"] for k in "ab"] == [10, 5]
    assert [actors[k]["positions"]["dam"]["ideal"] for k in "ab"] == [0.2, 0.9]
    assert actors["b"]["positions"]["dam"]["salience"] == 0.8


def test_real_numbers_are_cut_into_points(folder: Path) -> None:
    for file in (*folder.glob("s*"), folder / "buyer.xml"):
        file.write_text(file.read_text().replace("integer", "real"))
    found = read(folder, Wishes())
    options = found.raw["issues"]["price"]["options"]
    assert [len(options), options[0], options[1], options[-1]] == [21, "1", "1.1", "3"]
    assert "Real numbers are cut into points: Price." in found.notes


def test_of_two_domains_in_a_folder_one_is_named(folder: Path) -> None:
    (folder / "house.xml").write_text(GENIUS.replace("Price", "Rent"))
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
    done = works("import", folder, "--survey")
    text = done.out
    assert "'x' is not a number (-1e+09 to 1e+09)\n" in text
    assert "1 of 2 can be read" in text
    assert "GENIUS or NegMAS domain: 1 of 1" in text
    assert "positions: 0 of 1" in text
    assert sorted(folder.rglob("*")) == before
