"""Reports as a reader meets them: opened in a browser, wide, narrow, printed, and attacked."""

from __future__ import annotations

import copy
import dataclasses
import html
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from sim.commands.importing import import_file
from sim.ensemble.runner import Run, run_scenario
from sim.importing import Wishes
from sim.plots import drawings
from sim.report import compare_report, run_report
from sim.report.basis import assumed, stages_table
from sim.report.judgements import judgements, positions_words
from sim.report.run_page import facts, run_context
from sim.report.words import number_words
from sim.scenario import load_scenario
from sim.scenario.distributions import Number
from sim.studies.compare.comparison import Comparison, compare
from sim.views.outcome import outcome_view
from sim.words.story import answer, ending_words
from tests.browser import Browser, find_chromium
from tests.conftest import ROOT, SCENARIOS, TOY, ended, filed, lines_at, started, typed
from tests.test_import import TABLE

ATTACK = "</script><img src=x onerror=\"document.title='owned'\"><b>bold</b> %{x} &amp; {{ 7*7 }}"
OPEN_ALL = "document.querySelectorAll('details').forEach(function (d) { d.open = true; })"
PAGES = ("kellogg", "settled", "hostile", "articles", "compared")


def settled_scenario() -> dict[str, Any]:
    """Two parties that agree at once, with gates, durability, a plan and levers."""
    data = copy.deepcopy(TOY)
    data |= {"name": "settled", "title": "A quick peace", "question": "Will they sign?"}
    data["summary"] = "Two parties whose red lines leave room."
    data["sources"] = {
        "LETTER": {"title": "A letter", "date": "2024-11", "url": "https://example.org/letter"},
        "TALK": {"title": "A talk", "url": "https://example.org/talk"},
    }
    for actor in data["actors"].values():
        actor["tactic"] = {"name": "conceder"}
        for position in actor["positions"].values():
            position["source"] = ["LETTER", "TALK"]
            position.pop("limit", None)
    aid = {"title": "Aid for a signature", "on": "a", "kind": "promise", "judgement": "An example."}
    aid |= {"when": {"signed": "settlement"}, "effect": {"payment": {"a": 0.05}}}
    data["actors"]["b"]["levers"] = {"aid": aid}
    data["plan"] = {"land": 0.5}
    positions = {"land": {"ideal": 0.2, "salience": 1}}
    assembly = {"title": "Assembly of A", "of": "a", "positions": positions}
    assembly["judgement"] = "Nothing is known of its members."
    assembly["threshold"] = {"uniform": [0.1, 0.9]}
    data["ratification"] = {"assembly": assembly}
    deterrence = {"on": ["a", "b"], "at": {0: 0.02, 1: 0.0}, "judgement": "Weak."}
    data["durability"] = {"years": 6, "shift": {"land": 0.4}, "deterrence": {"arms": deterrence}}
    return data


def hostile_scenario() -> dict[str, Any]:
    """Every text of a scenario tries to become markup, script or a template."""
    data = settled_scenario()
    data |= {"name": "hostile", "title": ATTACK, "question": ATTACK, "summary": ATTACK}
    data["sources"]["LETTER"]["title"] = ATTACK
    for issue in data["issues"].values():
        issue["title"] += ATTACK
        issue["scale"] = {point: text + ATTACK for point, text in issue["scale"].items()}
    for actor in data["actors"].values():
        actor["name"] += ATTACK
        actor["label"] = actor["name"]
        for position in actor["positions"].values():
            position["judgement"] = ATTACK
    data["actors"]["b"]["levers"]["aid"]["title"] += ATTACK
    data["ratification"]["assembly"]["title"] += ATTACK
    return data


def loaded_run(folder: Path, data: dict[str, Any], worlds: int = 60) -> Run:
    return run_scenario(load_scenario(filed(folder, data, data["name"])), worlds)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="session")
def settled(folder: Path) -> Run:
    run = loaded_run(folder, settled_scenario())
    assert run.summary.outcomes["settlement"] > 0.3
    assert run.summary.durability.worlds > 10
    return run


@pytest.fixture(scope="session")
def hostile(folder: Path) -> Run:
    return loaded_run(folder, hostile_scenario())


@pytest.fixture(scope="session")
def articles(folder: Path) -> Run:
    """Talks made from a table of scored articles."""
    (folder / "articles.csv").write_text(TABLE, "utf-8")
    wishes = Wishes(presets={"Both": "1 3"})
    made = import_file(folder / "articles.csv", folder / "articles.yaml", wishes, force=False)
    return run_scenario(made.loaded, 60)


@pytest.fixture(scope="session")
def comparison(folder: Path, settled: Run) -> Comparison:
    other = lines_at(settled_scenario(), a=0.4, b=0.6)
    other |= {"name": "firm", "title": "The same with red lines"}
    files = [folder / "settled.yaml", filed(folder, other, "firm")]
    return compare(list(map(str, files)), worlds=60)


@pytest.fixture(scope="session")
def pages(
    folder: Path, settled: Run, hostile: Run, articles: Run, comparison: Comparison
) -> dict[str, Path]:
    """Name of a page → its file."""
    kellogg = run_scenario(load_scenario(SCENARIOS / "kellogg.yaml"), 60)
    for name, run in zip(PAGES, (kellogg, settled, hostile, articles), strict=False):
        run_report(run, folder / f"{name}.html")
    compare_report(comparison, folder / "compared.html")
    return {name: folder / f"{name}.html" for name in PAGES}


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@dataclass(frozen=True)
class View:
    """A page that is open in a window of some width."""

    browser: Browser
    name: str
    page: Path
    width: int


@pytest.fixture(
    scope="session",
    params=[(n, w) for n in PAGES for w in (1200, 390)],
    ids=lambda p: f"{p[0]}-{p[1]}",
)
def view(request: pytest.FixtureRequest, browser: Browser, pages: dict[str, Path]) -> View:
    """Each page in a wide window and on a phone; opened once for all tests."""
    name, width = request.param
    browser.events.clear()
    browser.size(width)
    browser.open(pages[name])
    return View(browser, name, pages[name], width)


# --- what a reader sees ---------------------------------------------------------------------


def test_every_chart_is_drawn_and_nothing_complains(view: View) -> None:
    charts = view.browser.evaluate(
        """Array.from(document.querySelectorAll("figure.chart")).map(function (figure) {
          var svg = figure.querySelector("svg"), box = svg.getBoundingClientRect();
          return {id: figure.id, role: svg.getAttribute("role"),
                  name: svg.querySelector("title").textContent,
                  words: svg.querySelector("desc").textContent,
                  marks: svg.querySelectorAll("path, use").length,
                  wide: box.width, box: figure.querySelector(".scroll").clientWidth};
        })"""
    )
    assert len(charts) >= 4
    for chart in charts:
        assert chart["role"] == "img"
        assert chart["marks"] > 5, chart["id"]
        assert len(chart["name"]) > 10
        assert len(chart["words"]) > 20, chart["id"]
        assert chart["wide"] >= max(chart["box"] - 1, 900), "small screens scroll, text stays large"
    for event in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
        assert view.browser.heard(event) == []


def test_pages_are_small_and_fetch_nothing(view: View) -> None:
    assert view.page.stat().st_size < 2_000_000
    asked = [e["request"]["url"] for e in view.browser.heard("Network.requestWillBeSent")]
    assert view.page.as_uri() in asked
    assert [u for u in asked if u != view.page.as_uri() and not u.startswith("data:")] == []


def test_nothing_overflows_or_is_cut(view: View) -> None:
    view.browser.evaluate(OPEN_ALL)
    assert view.browser.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    beyond = view.browser.evaluate(
        """Array.from(document.querySelectorAll("body *")).filter(function (e) {
          if (e.closest(".scroll") || e.closest("svg") || e.closest(".skip")) { return false; }
          var box = e.getBoundingClientRect();
          return box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
        }).map(function (e) { return e.tagName + "." + e.className; })"""
    )
    assert beyond == []
    if view.browser.evaluate("innerWidth >= 1100"):
        cut = """Array.from(document.querySelectorAll("header .scroll")).filter(
            e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""
        assert view.browser.evaluate(cut) == [], "the tables at the top fit a wide page"


def test_print_opens_everything_and_clips_nothing(view: View) -> None:
    assert view.browser.pdf().startswith(b"%PDF")
    view.browser.send("Emulation.setEmulatedMedia", media="print")
    view.browser.size(725, 965)  # what the margins leave of a sheet
    found = view.browser.evaluate(
        """(function () {
          function all(selector) { return Array.from(document.querySelectorAll(selector)); }
          return {
            wide: all("figure.chart svg").filter(function (svg) {
              return svg.getBoundingClientRect().right > innerWidth + 1;
            }).length,
            tall: all("figure.chart").filter(function (figure) {
              var above = figure.previousElementSibling, box = figure.getBoundingClientRect();
              var headed = above && /^H/.test(above.tagName);
              var top = (headed ? above.getBoundingClientRect() : box).top;
              return box.bottom - top > innerHeight;
            }).map(function (figure) { return figure.id; }),
            hidden: all("details.fold table").filter(function (table) {
              return !table.checkVisibility() || !table.getBoundingClientRect().height;
            }).length,
            folded: all("details.fold table").length};
        })()"""
    )
    view.browser.send("Emulation.setEmulatedMedia", media="")
    view.browser.size(view.width)
    assert found["wide"] == found["hidden"] == 0
    assert found["tall"] == [], "a sheet has room for a chart and its heading"
    assert found["folded"] > 0


def test_the_page_can_be_heard_and_read(view: View) -> None:
    view.browser.evaluate(OPEN_ALL)
    found = view.browser.evaluate(
        """(function () {
          function all(selector) { return Array.from(document.querySelectorAll(selector)); }
          return {
            lang: document.documentElement.lang,
            levels: all("h1, h2, h3, h4").map(function (h) { return +h.tagName[1]; }),
            headless: all("table").filter(function (t) {
              return !t.caption || !t.querySelector("thead th[scope=col]");
            }).length,
            ids: all("[id]").map(function (e) { return e.id; }),
            links: all("a").map(function (a) { return a.getAttribute("href"); })
          };
        })()"""
    )
    assert found["lang"] == "en"
    assert found["levels"][0] == 1
    assert found["levels"].count(1) == 1
    assert all(b - a <= 1 for a, b in zip(found["levels"], found["levels"][1:], strict=False))
    assert found["headless"] == 0
    for scheme in ("dark", "light"):
        wish = {"name": "prefers-color-scheme", "value": scheme}
        view.browser.send("Emulation.setEmulatedMedia", features=[wish])
        assert view.browser.pale("main :not(svg *)") == []
        paper = view.browser.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    assert len(found["ids"]) == len(set(found["ids"]))
    for link in found["links"]:
        if link.startswith("#"):
            assert link[1:] in found["ids"]
        else:
            assert link.startswith(("https://", "http://"))
    assert view.browser.violations() == []


# --- untrusted texts ------------------------------------------------------------------------


def test_hostile_texts_stay_texts(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"])
    found = browser.evaluate(
        """({title: document.title, images: document.images.length,
             heading: document.querySelector("h1").textContent,
             scripts: document.scripts.length,
             bold: document.querySelectorAll("h1 b, h3 b, td b, dd b").length,
             chart: document.querySelector("#package-chart svg").textContent})"""
    )
    assert found["title"] == ATTACK
    assert found["heading"] == ATTACK
    assert found["images"] == 0
    assert found["bold"] == 0
    assert found["scripts"] == 0
    assert "</scr" in found["chart"]


def test_the_policy_stops_scripts_and_connections(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["settled"])
    ran, fetched = browser.evaluate(
        """(async function () {
          var script = document.createElement("script");
          script.textContent = "window.injected = true;";
          document.body.appendChild(script);
          var fetched = true;
          try { await fetch("https://example.org/"); } catch (e) { fetched = false; }
          return [!!window.injected, fetched];
        })()"""
    )
    assert (ran, fetched) == (False, False)


# --- what it says ---------------------------------------------------------------------------


def test_the_page_says_what_the_run_says(pages: dict[str, Path], settled: Run) -> None:
    text = pages["settled"].read_text("utf-8")
    for words in (
        "A quick peace",
        "Will they sign?",
        "not a forecast",
        "Assembly of A",
        "Nothing is known of its members.",
        "Aid for a signature",
        'href="https://example.org/letter"',
        settled.summary.provenance.scenario_hash,
        "python -m sim settled.yaml --worlds 60 --seed 1",
        "What the model cannot say",
    ):
        assert words in text


def test_a_table_of_articles_is_told_in_its_report(pages: dict[str, Path]) -> None:
    text = pages["articles"].read_text("utf-8")
    for words in ("Of 5 drafts", "2 articles", "fails: below the threshold of South", "Border mov"):
        assert words in text


def test_sections_follow_what_the_scenario_has(settled: Run, folder: Path) -> None:
    full = run_context(settled)
    assert full["plan"]
    assert [t.caption[:12] for t in full["afterwards"].tables] == ["The plan as ", "Ratification"]
    bare = run_context(loaded_run(folder, copy.deepcopy(TOY), worlds=20))
    assert not bare["plan"]
    assert bare["afterwards"] is None
    assert bare["articles"] is None
    assert not bare["looks_at_durability"]
    assert any("does not look at ratification" in line for line in bare["limits"])


def test_after_the_last_stage_nothing_remains_of_the_war() -> None:
    table = stages_table(load_scenario("kellogg").scenario)
    assert table is not None
    remains = [row[2] for row in table.rows]
    assert remains[-1] == "nothing"
    assert "of the cost of war" in str(remains[0])


def given_numbers(node: Any) -> Iterator[Number]:
    if isinstance(node, Number):
        yield node
    inside = node if isinstance(node, dict) else {}
    if isinstance(node, BaseModel):
        inside = {k: v for k, v in vars(node).items() if k in node.model_fields_set}
    for part in node if isinstance(node, list) else inside.values():
        yield from given_numbers(part)


def test_every_number_of_a_scenario_is_listed() -> None:
    changes = ["deadline={at: 180d, known_to: [kellogg, putin]}", "issues.territory.deferred=0.4"]
    changes += ["actors.putin.positions.territory.deferred={uniform: [0.1, 0.2]}"]
    changes += ["actors.putin.positions.territory.line.binds=0.4", "durability.expected_cost=0.3"]
    scenario = load_scenario("kellogg", changes).scenario.model_copy(deep=True)
    numbers = list(given_numbers(scenario))
    for n, number in enumerate(numbers):  # each like no other
        object.__setattr__(number, "values", (float(f"0.1{n:04d}"),))
        object.__setattr__(number, "kind", "fixed")
        object.__setattr__(number, "unit", "rounds" if number.unit else "")
    text = str(assumed(scenario))
    assert len(numbers) > 300
    assert not [n for n, number in enumerate(numbers) if f"{number.values[0]:g}" not in text]
    assert "; known to Kellogg and Putin; the talks go on after it" in text


def test_votes_that_can_come_later_are_told(settled: Run) -> None:
    said = "Settlements count by the day they are signed; votes can come later."
    gates = {k: g.model_copy(update={"days": 30}) for k, g in settled.scenario.ratification.items()}
    later = settled.scenario.model_copy(update={"ratification": gates})
    assert said not in answer(settled.scenario, settled.summary)
    assert answer(later, settled.summary).endswith(said)
    assert said in outcome_view(replace(settled, scenario=later)).subtitle
    known = replace(settled.summary, truces_broken=0.5, first_stage_ever=1.0)
    assert "one was signed and none stands at the end" in " ".join(ending_words(later, known))


def test_a_group_is_told_without_odds_and_days(folder: Path) -> None:
    data = settled_scenario()
    for key in ("agenda", "plan", "ratification", "durability", "sources"):
        data.pop(key, None)
    data |= {"name": "group", "protocol": {"name": "compromise"}}
    data["war"] = {"start_date": "2000-01-01"}
    data["actors"] = {
        key: {"name": actor["name"], "positions": {
            issue: {"ideal": at, "salience": 1, "judgement": "x"} for issue in data["issues"]}}
        for at, (key, actor) in enumerate(list(data["actors"].items())[:2])
    }  # fmt: skip
    found = loaded_run(folder, data)
    run_report(found, folder / "group.html")
    text = re.sub(r"<svg.*?</svg>|<style.*?</style>|<[^>]*>", " ",
                  (folder / "group.html").read_text("utf-8"), flags=re.DOTALL)  # fmt: skip
    said = text.split("How to repeat it")[0]
    assert "The group decides" in said
    assert not re.search(r"2000|of worlds|past talks|past negotiations|\bdays?\b", said)


def test_charts_come_with_their_words_and_numbers(settled: Run) -> None:
    known = drawings(settled, ["outcome"])
    context = run_context(settled, known)
    ends, moves = context["outcome"], context["convergence"]
    assert ends.svg == known["outcome"].svg("chart-outcome"), "not drawn again"
    for line in ends.words:
        assert html.escape(line) in ends.svg
    assert str(ends.tables[0].rows[0][0]).startswith("Settlement")
    assert [row[1] for row in moves.tables[0].rows[:2]] == ["A", "B"]


def test_every_judgement_is_listed(settled: Run) -> None:
    found = judgements(settled.scenario)
    assert [j.text for j in found].count("test") == 4
    places = {j.place for j in found}
    assert {"A, Land", "B, lever, “Aid for a signature”", "Gate, “Assembly of A”"} <= places
    assert positions_words(settled.scenario).startswith("4 of 4 positions rest on a judgement")


def test_one_world_is_told_as_one(settled: Run) -> None:
    one = dataclasses.replace(settled, summary=dataclasses.replace(settled.summary, worlds=1))
    assert facts(one).startswith("1 world, seed")


def test_numbers_in_words() -> None:
    assert number_words(Number("fixed", (0.4,))) == "0.4"
    assert number_words(Number("normal", (0.4, 0.1))) == "0.4, standard deviation 0.1"
    assert number_words(Number("uniform", (-0.1, 0.6))) == "anywhere from −0.1 to 0.6"
    assert number_words(Number("triangular", (0.2, 0.4, 0.6))) == "0.2 to 0.6, most likely 0.4"
    assert number_words(Number("choice", (0.5, 1.0), (0.25, 0.75))) == "0.5 (25 %) or 1 (75 %)"


# --- the command ----------------------------------------------------------------------------


def test_the_option_writes_the_same_bytes_again(settled: Run, folder: Path, tmp_path: Path) -> None:
    words = [folder / "settled.yaml", "--worlds", "20", "--no-plots", "--quiet", "--out"]
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        assert ended(started(*words, out, "--report", PYTHONHASHSEED=seed)).code == 0
        written.append((out / "settled" / "report.html").read_bytes())
    assert written[0] == written[1]
    assert typed(*words, tmp_path / "1").code == 0
    assert not (tmp_path / "1" / "settled" / "report.html").exists()
    assert typed("compare", *words, tmp_path, "--report", "--jobs", "1").code == 0
    assert "Comparison of scenarios" in (tmp_path / "report.html").read_text("utf-8")


def test_without_the_option_nothing_is_imported_for_it(
    folder: Path, settled: Run, tmp_path: Path
) -> None:
    code = (
        "import sys; from sim.cli import app\n"
        f"app(['run', {str(folder / 'settled.yaml')!r}, '--worlds', '5', '--no-plots', '--quiet', "
        f"'--out', {str(tmp_path)!r}], standalone_mode=False)\n"
        "print([m for m in ('matplotlib', 'zarr', 'sim.report') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_page_that_fails_leaves_no_file(settled: Run, tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(IsADirectoryError):
        run_report(settled, tmp_path / "report.html")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_missing_browser_fails_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no chromium on PATH"):
        find_chromium()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no chromium on PATH"):
        find_chromium()
