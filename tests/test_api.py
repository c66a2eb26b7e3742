"""The API: its page, its notebooks and the README's script run; checks are never left out."""

from __future__ import annotations

import json
import pickle
import pkgutil
import re
import subprocess
import sys
import tokenize
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml

import sim
from sim import api
from sim.engine.state import SETTLED
from tests.conftest import ROOT, typed

DOCS = ROOT / "docs"
NOTEBOOKS = sorted(DOCS.glob("*.ipynb"))
COST = "war.cost.a"
PAGE = (DOCS / "api.md").read_text(encoding="utf-8")


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered in a test is forgotten after it."""
    for registry in (api.PROTOCOLS, api.TACTICS):
        monkeypatch.setattr(registry, "_classes", dict(registry))


def test_names_are_the_same_in_both_places_and_on_the_page() -> None:
    assert sorted({*api.__all__, "__version__"}) == sorted(sim.__all__) == sorted(dir(sim))
    assert [n for n in api.__all__ if not re.search(rf"\b{n}\b", PAGE)] == []
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        sim.lod  # noqa: B018


@pytest.mark.parametrize(
    "cls", [sim.Scenario, sim.Run, sim.Explanation, sim.Comparison, sim.Sweep, sim.Solution]
)
def test_the_page_names_every_attribute(cls: type) -> None:
    public = {n for n in [*vars(cls), *cls.__annotations__] if not n.startswith("_")}
    assert [n for n in public if not re.search(rf"`\.{n}\b", PAGE)] in ([], ["subject"])


def test_an_explanation_tells_what_the_command_tells(tmp_path: Path) -> None:
    path = ROOT / "scenarios" / "past" / "oslo_1993.yaml"
    run = sim.load(path).run(worlds=100)
    why = run.explain()
    told = typed("explain", path, "--worlds", 100, "--out", tmp_path, "--no-plots", "--full").words
    for title, lines in why.sections.items():
        assert title == "The answer" or title in told
        said = [" ".join(line.partition("python -m sim")[0].split()) for line in lines]
        assert [line for line in said if line[:50] not in told] == []
    assert str(why).count("\n\n") == len(why.sections) - 1
    (changed,) = why.changed
    assert changed.loaded.scenario != run.scenario.loaded.scenario
    assert repr(why).startswith("<Explanation of oslo_1993: ")
    assert re.search(r"; of fresh worlds \d+ % settle without it, \d+ % with it>$", repr(why))
    assert why.plot().axes
    with pytest.raises(ValueError, match="no actor 'isreal'; did you mean 'israel'"):
        run.explain(actor="isreal")


def test_import_is_lazy() -> None:
    code = "import sim, sys; print(sorted(m for m in sys.modules if m.startswith('sim.')))"
    code += "; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\nFalse\n"


def test_the_page_runs() -> None:
    """In a process of its own: with the calibration that a user has."""
    page = DOCS / "api.md"
    assert page.read_text(encoding="utf-8").count(">>> ") > 20
    done = subprocess.run(
        [sys.executable, "-m", "doctest", "-o", "ELLIPSIS", str(page)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_model_keeps_all_worlds_and_ends_as_a_run_does() -> None:
    model = sim.model("dayton", worlds=80)
    model.run_model()
    model.step()
    assert model.talks.round <= model.spec.rounds
    assert all(len(party.reservation) == 80 for party in model.signatories)
    run = sim.load("dayton").run(worlds=80, workers=1)
    settled = (model.talks.status == SETTLED).mean()
    assert settled == run.summary.outcomes["settlement"] > 0.2


def test_the_readme_script_runs_word_for_word(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"^## In Python\n\n```python\n(.*?)^```$", readme, re.M | re.S)
    assert len(script.split("\n")) <= 12
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "A settlement" in done.stdout or "No world" in done.stdout
    assert (tmp_path / "convergence.png").exists()
    assert (tmp_path / "kellogg" / "result.nc").exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("default")  # what the kernel's own packages warn of is not ours
def test_notebooks_run_and_are_kept_without_outputs(path: Path) -> None:
    notebook: Any = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}
    ).execute()
    shown = [o for cell in notebook.cells for o in cell.get("outputs", ())]
    assert any("image/png" in o.get("data", {}) for o in shown)
    assert any("text/html" in o.get("data", {}) for o in shown)


def test_a_saved_run_is_what_it_was(toy: dict[str, Any], tmp_path: Path) -> None:
    run = sim.load(toy).run(worlds=30)
    again = sim.open(run.save(tmp_path / "toy"))
    assert isinstance(again, sim.Run)
    assert again.summary == run.summary
    assert again.scenario.loaded.raw["actors"] == run.scenario.loaded.raw["actors"]
    assert again.outcomes.equals(run.outcomes)
    assert again.experiments.equals(run.experiments)
    assert json.loads((tmp_path / "toy" / "summary.json").read_text())["worlds"] == 30
    for name, one in (("now", run), ("later", again)):
        one.report(tmp_path / name)
    assert (tmp_path / "now").read_bytes() == (tmp_path / "later").read_bytes()


def test_runs_and_scenarios_are_compared(toy: dict[str, Any]) -> None:
    scenario = sim.load(toy)
    dearer = scenario.with_({"name": "dearer", "war.cost.a": 0.05})
    alone = repr(sim.compare([scenario], worlds=20, workers=1))
    assert alone.endswith("alone: name more scenarios to compare it with>")
    found = sim.compare([scenario.run(worlds=20), dearer], worlds=20, workers=1)
    assert list(found.runs) == ["toy", "dearer"]
    assert set(found.differences["scenario"]) == {"dearer"}
    alone = dearer.run(worlds=20).outcomes
    assert found.runs["dearer"].outcomes[alone.columns].equals(alone)


def test_a_sweep_is_kept_where_it_is_told(toy: dict[str, Any], tmp_path: Path) -> None:
    swept = sim.sweep(sim.load(toy), {"war.cost.a": [0.01, 0.05]}, worlds=10, folder=tmp_path)
    again = sim.open(tmp_path)
    assert isinstance(again, sim.Sweep)
    assert again.cells.equals(swept.cells)
    assert {"settlement_range_low", "settlement_range_high"} <= set(again.cells)
    assert {"range_low", "range_high", "visible"} <= set(again.effects)


def test_a_mesa_model_steps_as_a_run_does_and_progress_is_told(toy: dict[str, Any]) -> None:
    model = sim.model(sim.load(toy), worlds=20)
    model.run()
    told: list[str] = []
    run = sim.load(toy).run(worlds=20, progress=lambda what, done, total: told.append(what))
    assert "worlds" in told
    agreed = [run.outcomes[f"agreed.{issue}"] for issue in model.talks.issues]
    np.testing.assert_array_equal(model.talks.agreed, np.column_stack(agreed))
    solved = run.scenario.solve()
    assert {"nash", "kalai_smorodinsky"} <= set(solved.points["solution"])
    lever = {"title": "Bomb", "on": "nobody", "effect": {"cost": {"b": 0.1}}, "when": {"round": 1}}
    toy["actors"]["a"]["levers"] = {"bomb": lever}
    with pytest.raises(sim.ScenarioError, match="there is no actor 'nobody'"):
        sim.load(toy)  # data are checked like files


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda one: one.run(worlds=0), "worlds=0 should be a whole number of at least 1"),
        (lambda one: one.run(worlds="9"), "worlds='9' should be a whole number"),
        (lambda one: one.run(worlds=9, seed=-1), "seed=-1 should be"),
        (lambda one: one.run(worlds=9, workers=0), "workers=0 should be"),
        (lambda one: one.run(worlds=9, progress=False).explain(goal=2), "goal=2 should be a share"),
        (lambda one: sim.compare([one], worlds=1.5), "worlds=1.5 should be"),
        (lambda one: sim.compare([]), "there is nothing to compare"),
        (lambda one: sim.sweep(one, {"war.cost.a": "1x,2x"}, worlds=0), "worlds=0 should be"),
        (lambda one: sim.model(one, worlds=3000), "worlds=3000 should be .* from 1 to 2,000"),
        (lambda one: sim.load([one]), "its name, its path or its data, not list"),
        (lambda one: sim.tactic(len), "a tactic is a class"),
        (lambda one: one.with_(None), "changes=None should be a mapping such as"),
        (lambda one: one.with_({1: 2}), "changes={1: 2} should be a mapping such as"),
        (lambda one: one.run(worlds=2).plot([]), r"chart=\[\] should be the name of a chart"),
        (lambda one: one.run(worlds=2).explain(actor=[]), "should be the key of an actor"),
        (lambda one: one.run(worlds=2).explain(goal="x"), "goal='x' should be a share"),
        (lambda one: one.run(worlds=2).save(3), "folder=3 should be the path of a folder"),
        (lambda one: sim.open(None), "folder=None should be the path"),
        (lambda one: sim.compare(None), "its name, its path or its data, not NoneType"),
        (lambda one: sim.sweep([], {COST: [1, 2]}), "there is nothing to sweep"),
        (lambda one: sim.sweep(one, None), "vary=None should be a mapping"),
        (lambda one: sim.sweep(one, {COST: 0.1}), "should have a list of values"),
        (lambda one: sim.sweep(one, {COST: [1, 2]}, design=None), "design=None should be 'grid'"),
        (lambda one: sim.protocol(type("Mute", (sim.Protocol,), {})), "have the method `bargain`"),
    ],
)
def test_arguments_that_make_no_sense_get_a_sentence(call: Any, said: str, toy: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        call(sim.load(toy))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda one, path: one.run(worlds=2).save(path), "is a file, not a folder"),
        (lambda one, path: one.run(worlds=2).report(path.parent), "is a folder, not a file"),
        (lambda one, path: sim.compare([one], baseline="tou"), "^baseline tou: .*mean 'toy'"),
        (lambda one, path: sim.sweep(one, {COST: [0.1]}), r"has one value .*\(use with_ war\.cost"),
        (lambda one, path: sim.sweep(one, {"war.cost.c": [0.1]}), "there is no actor 'c'"),
        (lambda one, path: sim.sweep(one, {COST: "0:1"}), "or use design sobol:128"),
        (lambda one, path: sim.sweep(one, {COST: [1, 2]}, 2).plot("x"), "^of x: there is no such"),
    ],
)
def test_errors_are_sentences_without_options_of_the_command(
    call: Any, said: str, toy: Any, tmp_path: Path
) -> None:
    (file := tmp_path / "file.py").touch()
    with pytest.raises(sim.SaidError, match=said) as caught:
        call(sim.load(toy), file)
    assert "--" not in str(caught.value)
    assert issubclass(sim.ScenarioError, sim.SaidError)


def test_runs_of_a_comparison_say_that_they_have_no_rounds(toy: Any, tmp_path: Path) -> None:
    run = sim.compare([toy], worlds=20, workers=1).runs["toy"]
    assert run.plot("outcome")
    for needs in (
        *(lambda name=name: run.plot(name) for name in ("overview", "convergence", "utility")),
        lambda: run.save(tmp_path / "new" / "folder"),
        lambda: run.report(tmp_path / "new" / "page.html"),
    ):
        with pytest.raises(sim.SaidError, match=r"^toy: .*\.scenario\.run\(worlds=20, seed=1\)"):
            needs()
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("registries")
def test_what_fails_is_named_and_the_others_go_on(toy: dict[str, Any], tmp_path: Path) -> None:
    @sim.tactic
    class Halting(sim.Tactic):
        """Fails."""

        name, title, citation = "halting", "fails", "an example"
        parameters = {"at": sim.Parameter(0.5, 0.0, 1.0, "where")}  # noqa: RUF012

        def aspiration(self, view: sim.View) -> Any:
            if self.at > 0.1:
                raise ZeroDivisionError("not today")
            if 1 < len(view.time) < 10:
                raise ZeroDivisionError("too few")
            return np.ones(len(view.time))

    bad = {"name": "bad", "actors.a.tactic": {"name": "halting"}}
    scenario, small = sim.load(toy), {"worlds": 20, "workers": 1}
    fails = scenario.with_(bad)
    with pytest.warns(UserWarning, match="bad is left out: .*ZeroDivisionError: not today"):
        found = sim.compare([scenario, fails], **small)
    assert repr(found) == "<Comparison of toy alone; left out, as it failed: bad>"
    with pytest.raises(sim.SaidError, match=r"the baseline bad has no results: .*not today"):
        sim.compare([scenario, fails], baseline="bad", **small)
    with pytest.raises(sim.SaidError, match="not today"):
        sim.compare([fails], **small)
    with pytest.raises(sim.SaidError, match=r"No cell could be run.*not today"):
        sim.sweep(fails, {COST: [0.1, 0.2]}, **small)
    with pytest.warns(UserWarning, match=r"1 cell failed and is left out: .*at=0\.9 .*not today"):
        swept = sim.sweep(fails, {"actors.a.tactic.at": [0.1, 0.9]}, **small)
    assert repr(swept).endswith(": 2 cells, 1 of them without results>")
    saved = scenario.with_(bad | {"actors.a.tactic.at": 0.0}).run(**small).save(tmp_path)
    some = fails.with_({"name": "some", "actors.a.tactic.at": 0.0})
    with pytest.warns(UserWarning, match="some lacks 5 worlds that failed"):
        run = some.run(worlds=api.CHUNK + 5, workers=1)
    with pytest.warns(UserWarning, match="some_2 lacks 5 worlds that failed"):
        sim.compare([some, run], worlds=20, workers=1)
    api.TACTICS._classes.pop("halting")
    with pytest.raises(
        sim.SaidError, match=r"the tactic 'halting', unknown here \(import the pack"
    ):
        sim.open(saved)


def test_values_of_a_sweep_are_taken_as_python_has_them(toy: dict[str, Any]) -> None:
    def varied(path: str, values: Any) -> list[Any]:
        cells = sim.sweep(toy, {path: values}, worlds=2, workers=1).cells
        return list(cells[path])

    for values in (np.array([0.1, 0.2]), xr.DataArray([0.1, 0.2]), pd.Series([0.1, 0.2])):
        assert varied(COST, values) == [0.1, 0.2]
    assert varied(COST, [{"uniform": (0.1, 0.2)}, 0.3]) == ["{uniform: [0.1, 0.2]}", "0.3"]
    days = ["2025-09-01", "2025-09-02"]
    for dates in (days, pd.date_range(days[0], periods=2), map(date.fromisoformat, days)):
        assert varied("war.start_date", dates) == days
    assert varied("horizon_days", pd.to_timedelta([70, 80], "D")) == ["70d", "80d"]


def test_studies_are_pickled(toy: dict[str, Any]) -> None:
    swept = sim.sweep(toy, {COST: [0.1, 0.2]}, worlds=20, workers=1)
    kept, cells = pickle.dumps(swept), swept.cells
    del swept  # and its folder
    assert pickle.loads(kept).cells.equals(cells)
    for one in (sim.compare([toy], worlds=20, workers=1), sim.solve(toy)):
        again = pickle.loads(pickle.dumps(one))
        assert repr(again) == repr(one)
        assert again.plot()


def test_variants_of_one_name_are_compared_and_runs_are_pickled(toy: dict[str, Any]) -> None:
    """Data have no file by which to tell them apart; what charts have seen goes along."""
    scenario = sim.load(toy)
    dearer = scenario.with_({"war.cost.a": 0.05})
    compared = sim.compare([scenario, dearer], worlds=20, workers=1, progress=False)
    assert list(compared.runs) == ["toy", "toy_2"]
    run = compared.runs["toy_2"]
    run.plot("outcome")
    assert pickle.loads(pickle.dumps(run)).answer == run.answer


def test_listed_options_are_taken_as_data_too() -> None:
    page = (DOCS / "discrete-scenarios.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(# file: wells.yaml\n.*?)```", page, re.S)
    wells = yaml.safe_load(text)
    assert sim.solve(wells).statement.startswith("There is a zone of possible agreement")
    with pytest.raises(sim.ScenarioError, match=r"listed options.*can be solved only"):
        sim.load(wells).run(worlds=5)


# --- docs/model.md -----------------------------------------------------------------------------

MODEL = (DOCS / "model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(sim(?:\.\w+){2,})`", MODEL)))


def test_the_model_page_names_functions() -> None:
    assert len(NAMED) > 25


@pytest.mark.parametrize("name", NAMED)
def test_functions_of_the_model_page_are_there(name: str) -> None:
    assert pkgutil.resolve_name(name)


def test_the_model_page_follows_the_order_of_a_step() -> None:
    source = (ROOT / "sim" / "engine" / "model.py").read_text(encoding="utf-8")
    body = source.split("    def step(self)")[1].split("    def run(self")[0]
    words = [t.string for t in tokenize.generate_tokens(StringIO(body).readline)]
    steps = re.findall(r"^## \d+\. .*?\(`(\w+)`\)$", MODEL, re.M)
    places = [next(n for n, w in enumerate(words) if w.strip('"') == step) for step in steps]
    assert len(steps) >= 8
    assert places == sorted(places)
