"""The page on the scenario format: its examples run; the reference is made from the schema."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from sim.cli import app
from sim.engine.model import SETTLED
from sim.engine.protocols import PROTOCOLS
from sim.formulas.tactics import TACTICS
from sim.scenario import Scenario, ScenarioError, find_scenario, load_scenario
from sim.scenario.distributions import SHAPES
from sim.scenario.json_schema import keys_of, listed_schema, scenario_schema
from sim.scenario.reference import reference
from sim.scenario.yaml_source import parse_yaml
from tests.conftest import ROOT, simulate, typed

PAGE = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def file_name(block: str) -> str | None:
    found = re.match(r"# file: (\S+)\n", block)
    return found[1] if found else None


FILES = {name: block for block in blocks("yaml") if (name := file_name(block))}
FRAGMENTS = [block for block in blocks("yaml") if not file_name(block)]
MINIMAL = next(iter(FILES))
PAGES = [ROOT / "README.md", *(ROOT / "scenarios").glob("*.md"), *(ROOT / "docs").glob("*.md")]
OWN = {*FILES, "wells.yaml", "scenario.yaml"}
"""Files that readers are to write."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the page's complete files."""
    for name, block in FILES.items():
        (tmp_path / name).write_text(block, encoding="utf-8")
    return tmp_path


# --- examples ----------------------------------------------------------------------------------


def test_every_yaml_block_is_seen() -> None:
    assert PAGE.count("```yaml") == len(FILES) + len(FRAGMENTS)
    assert len(FRAGMENTS) > 5


@pytest.mark.parametrize("name", FILES)
def test_complete_files_run(folder: Path, name: str) -> None:
    run(load_scenario(folder / name).scenario)


@pytest.mark.parametrize("block", FRAGMENTS, ids=lambda b: b.split("\n")[0].strip(":") + "-")
def test_fragments_load_over_the_minimal_scenario_and_run(folder: Path, block: str) -> None:
    path = folder / "fragment.yaml"
    path.write_text(f"extends: {MINIMAL}\n{block}", encoding="utf-8")
    run(load_scenario(path).scenario)


def run(scenario: Scenario) -> None:
    assert simulate(scenario, 5).talks.round >= 1


def commands() -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[3:] for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_commands_name_files_and_settings_that_work(folder: Path, words: list[str]) -> None:
    words = words[1:] if words[0] == "check" else words
    assert words[1::2] == ["--set"] * len(words[2::2])
    load_scenario(folder / words[0], words[2::2])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_all_pages_have_known_options(page: Path) -> None:
    """And scenarios that there are; what they do is tested by the subjects' own tests."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = re.findall(r"^python -m sim [^>\n]*", text, re.MULTILINE)
    group = typer.main.get_command(app)
    for line in lines:
        name, *words = shlex.split(line, comments=True)[3:]
        if name not in group.commands and not name.startswith("-"):
            name, words = "run", [name, *words]
        if name in group.commands:
            context = group.commands[name].make_context(name, words)
            given = context.params.get("file") or "kellogg"
            assert given in OWN or find_scenario(given).exists()


def test_the_first_example_settles_and_the_second_removes_its_red_line(folder: Path) -> None:
    first = load_scenario(folder / MINIMAL, ["horizon_days=1500"]).scenario
    assert simulate(first, 1, central=True).talks.status[0] == SETTLED
    assert first.actors["south"].positions["border"].limit
    extending = load_scenario(folder / next(n for n in FILES if n != MINIMAL)).scenario
    assert extending.actors["south"].positions["border"].limit is None


def test_the_error_message_is_the_one_printed(folder: Path) -> None:
    (shown,) = blocks("text")
    (folder / MINIMAL).write_text(FILES[MINIMAL].replace("salience", "salence", 1))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder / MINIMAL)
    assert str(caught.value).replace(f"{folder}/", "") == shown.strip()


# --- completeness ------------------------------------------------------------------------------


def test_the_reference_is_what_the_command_prints() -> None:
    """So that it names every key, tactic and protocol with its default and bounds."""
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize("schema", [scenario_schema(), listed_schema()], ids=["scales", "listed"])
def test_every_key_of_the_json_schema_says_what_it_is(schema: dict[str, Any]) -> None:
    found = list(keys_of(schema))
    assert len(found) > 30
    assert [key for key, value in found if not value.get("description")] == []


def named() -> str:
    """Everything in backticks and in YAML blocks of the page."""
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*re.findall(r"`([^`\n]+)`", prose), *blocks("yaml")])


def occurs(word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", named()) is not None


def test_the_page_explains_extends_distributions_tactics_and_protocols() -> None:
    words = ["extends", "--set", *SHAPES, *TACTICS, *PROTOCOLS]
    assert [word for word in words if not occurs(word)] == []


def test_the_page_shows_every_block_of_a_scenario() -> None:
    shown = {key for block in blocks("yaml") for key in parse_yaml(block, "page")[0]}
    assert set(Scenario.model_fields) - shown <= {"name", "summary", "question", "outcome"}


def test_the_tutorial_ends_with_a_file_that_settles(tmp_path: Path) -> None:
    path = tmp_path / "my_talks.yaml"
    done = typed("new", path)
    assert (done.code, done.out) == (0, f"Written to {path}. Next: python -m sim {path}\n")
    loaded = load_scenario(path)
    assert not loaded.notes
    assert (simulate(loaded.scenario, 100).talks.status == SETTLED).mean() > 0.9
    again = typed("new", tmp_path / "my_talks")
    assert (again.code, again.out) == (2, "")
    assert again.err == f"{path} exists already; choose another name\n"
    assert "such as my_talks" in typed("new", tmp_path / "My Talks").err
