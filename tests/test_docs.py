"""The page on the scenario format: its examples run, and it names every key with its default."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.engine.protocols import PROTOCOLS
from sim.formulas.tactics import TACTICS
from sim.scenario import Scenario, ScenarioError, load_scenario
from sim.scenario.distributions import SHAPES, Number
from sim.scenario.schema import Rate, Sourced
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def file_name(block: str) -> str | None:
    found = re.match(r"# file: (\S+)\n", block)
    return found[1] if found else None


FILES = {name: block for block in blocks("yaml") if (name := file_name(block))}
FRAGMENTS = [block for block in blocks("yaml") if not file_name(block)]
MINIMAL = next(iter(FILES))


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
    model = PeaceTalks(scenario, Draws(1, 5))
    model.run()
    assert model.talks.round >= 1


def commands() -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[3:] for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_commands_name_files_and_settings_that_work(folder: Path, words: list[str]) -> None:
    words = words[1:] if words[0] == "check" else words
    assert words[1::2] == ["--set"] * len(words[2::2])
    load_scenario(folder / words[0], words[2::2])


def test_null_example_removes_the_red_line(folder: Path) -> None:
    assert load_scenario(folder / MINIMAL).scenario.actors["south"].positions["border"].limit
    extending = load_scenario(folder / next(n for n in FILES if n != MINIMAL)).scenario
    assert extending.actors["south"].positions["border"].limit is None


def test_the_error_message_is_the_one_printed(folder: Path) -> None:
    (shown,) = blocks("text")
    (folder / MINIMAL).write_text(FILES[MINIMAL].replace("salience", "salence", 1))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder / MINIMAL)
    assert str(caught.value).replace(f"{folder}/", "") == shown.strip()


# --- completeness ------------------------------------------------------------------------------


def reachable(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Every model that a scenario can hold, by its name."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[Any] = [model]
    while waiting:
        node = waiting.pop()
        if isinstance(node, type) and issubclass(node, BaseModel):
            if node.__name__ not in found:
                found[node.__name__] = node
                waiting += [f.annotation for f in node.model_fields.values()]
        else:
            waiting += get_args(node)
    return found


MODELS = reachable(Scenario)
COMMON = set(Sourced.model_fields)


def key_tables() -> dict[str, dict[str, str]]:
    """Tables that a comment marks as the keys of a model: key → default as written."""
    tables = {}
    for name, table in re.findall(r"<!-- keys of (\w+) -->\n\n((?:\|.*\n)+)", PAGE):
        rows = [row.strip("|").split("|") for row in table.splitlines()[2:]]
        tables[name] = {cells[0].strip().strip("`"): cells[2].strip() for cells in rows}
    return tables


def named() -> str:
    """Everything in backticks and in YAML blocks."""
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*re.findall(r"`([^`\n]+)`", prose), *blocks("yaml")])


def occurs(word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", named()) is not None


def test_the_walk_reaches_the_nested_models() -> None:
    assert {"Scenario", "Bound", "EventCount", "Belief", "Cost", "Mediation"} <= set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_every_key_is_named(name: str) -> None:
    missing = [key for key in MODELS[name].model_fields if not occurs(key)]
    assert not missing, f"docs/scenario-format.md does not name {missing} of {name}"


@pytest.mark.parametrize("name", MODELS)
def test_tables_list_exactly_the_keys_of_their_model(name: str) -> None:
    common = COMMON if issubclass(MODELS[name], Sourced) else set()
    assert set(key_tables()[name]) == set(MODELS[name].model_fields) - common


@pytest.mark.parametrize("name", MODELS)
def test_tables_give_the_defaults(name: str) -> None:
    for key, written in key_tables()[name].items():
        if (name, key) == ("Scenario", "name"):
            assert written == "file name"
            continue
        assert written.strip("`") == default(MODELS[name].model_fields[key]), (name, key)


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default if field.default_factory is None else None
    if isinstance(value, Rate):
        value = value.share
    if isinstance(value, Number):
        value = value.median if value.unit == "" or not value.median else value.dump()
    if isinstance(value, BaseModel) or value in (None, {}, [], ()):
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def test_extends_and_the_distributions_are_named() -> None:
    assert [w for w in ["extends", "--set", *SHAPES] if not occurs(w)] == []


@pytest.mark.parametrize("name", TACTICS)
def test_tactics_stand_in_the_table_with_their_parameters(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \| (.*?) \|", PAGE, re.MULTILINE)
    parameters = TACTICS[name].parameters.items()
    listed = [f"`{k}` {p.default:g} ({p.low:g} to {p.high:g})" for k, p in parameters]
    assert row == (", ".join(listed) or "none")


@pytest.mark.parametrize("name", PROTOCOLS)
def test_protocols_stand_in_the_table(name: str) -> None:
    assert re.search(rf"^\| `{name}` \| ", PAGE, re.MULTILINE)
