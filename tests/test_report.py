"""Reports as a reader meets them: opened in a browser, wide, narrow, printed, and attacked."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.cli import main
from sim.ensemble.runner import Run, run_scenario
from sim.report import compare_report, run_report
from sim.report.chart import lines, script_json
from sim.report.judgements import judgements, positions_words
from sim.report.run_page import run_context
from sim.report.sources import web_link
from sim.report.words import number_words
from sim.scenario import load_scenario
from sim.scenario.distributions import Number
from sim.studies.compare.comparison import Comparison, compare
from tests.browser import Browser
from tests.conftest import ROOT, SCENARIOS, TOY

ATTACK = "</script><img src=x onerror=\"document.title='owned'\"><b>bold</b> %{x} &amp; {{ 7*7 }}"
OPEN_ALL = "document.querySelectorAll('details').forEach(function (d) { d.open = true; })"
PAGES = ("kellogg", "settled", "hostile", "compared")


def settled_scenario() -> dict[str, Any]:
    """Two parties that agree at once, with gates, durability, a plan and levers."""
    data = copy.deepcopy(TOY)
    data |= {"name": "settled", "title": "A quick peace", "question": "Will they sign?"}
    data["summary"] = "Two parties whose red lines leave room."
    data["sources"] = {
        "LETTER": {"title": "A letter", "date": "2024-11", "url": "https://example.org/letter"},
        "TALK": {"title": "A talk", "url": "javascript:alert(1)"},
    }
    for actor in data["actors"].values():
        actor["tactic"] = {"name": "conceder"}
        for position in actor["positions"].values():
            position["source"] = ["LETTER", "TALK"]
            position.pop("limit", None)
    data["actors"]["b"]["levers"] = {
        "aid": {
            "title": "Aid for a signature",
            "on": "a",
            "kind": "promise",
            "when": {"signed": "settlement"},
            "effect": {"payment": {"a": 0.05}},
            "judgement": "An example.",
        }
    }
    data["plan"] = {"land": 0.5}
    data["ratification"] = {
        "assembly": {
            "title": "Assembly of A",
            "of": "a",
            "positions": {"land": {"ideal": 0.2, "salience": 1}},
            "threshold": {"uniform": [0.1, 0.9]},
            "judgement": "Nothing is known of its members.",
        }
    }
    data["durability"] = {
        "years": 6,
        "shift": {"land": 0.4},
        "deterrence": {"arms": {"on": ["a", "b"], "at": {0: 0.02, 1: 0.0}, "judgement": "Weak."}},
    }
    return data


def hostile_scenario() -> dict[str, Any]:
    """Every text of a scenario tries to become markup, script or a template."""
    data = settled_scenario()
    data |= {"name": "hostile", "title": ATTACK, "question": ATTACK, "summary": ATTACK}
    data["sources"]["LETTER"]["title"] = ATTACK
    data["sources"]["LETTER"]["url"] = 'https://example.org/"><img src=x onerror=alert(1)>'
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
    path = folder / f"{data['name']}.yaml"
    path.write_text(yaml.safe_dump(data))
    return run_scenario(load_scenario(path), worlds)


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
def comparison(folder: Path, settled: Run) -> Comparison:
    other = settled_scenario() | {"name": "firm", "title": "The same with red lines"}
    for actor, limit in (("a", 0.4), ("b", 0.6)):
        other["actors"][actor]["positions"]["land"]["limit"] = limit
    path = folder / "firm.yaml"
    path.write_text(yaml.safe_dump(other))
    return compare([str(folder / "settled.yaml"), str(path)], worlds=60)


@pytest.fixture(scope="session")
def pages(folder: Path, settled: Run, hostile: Run, comparison: Comparison) -> dict[str, Path]:
    """Name of a page → its file."""
    kellogg = run_scenario(load_scenario(SCENARIOS / "kellogg.yaml"), 60)
    for name, run in (("kellogg", kellogg), ("settled", settled), ("hostile", hostile)):
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
        """Array.from(document.querySelectorAll(".plot")).map(function (div) {
          var svg = div.querySelector("svg.main-svg"), box = svg && svg.getBoundingClientRect();
          return {id: div.id, drawn: !!svg && box.width > 100 && box.height > 50,
                  traces: div.querySelectorAll(
                    ".scatterlayer .trace, .barlayer .trace, .heatmaplayer .hm").length};
        })"""
    )
    assert len(charts) >= 6
    assert [c["id"] for c in charts if not c["drawn"] or not c["traces"]] == []
    for event in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
        assert view.browser.heard(event) == []


def test_nothing_is_fetched(view: View) -> None:
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
    if view.name == "hostile":
        return  # its names are longer than any chart is wide
    cut = view.browser.evaluate(
        """Array.from(document.querySelectorAll(".plot")).flatMap(function (div) {
          var frame = div.getBoundingClientRect();
          return Array.from(div.querySelectorAll("svg text")).filter(function (text) {
            var box = text.getBoundingClientRect();
            return box.width > 0 && (box.left < frame.left - 1.5 || box.right > frame.right + 1.5);
          }).map(function (text) { return div.id + ": " + text.textContent; });
        })"""
    )
    assert cut == []


POINTED_AT = {
    "kellogg": ("convergence-territory", "odds", "levers"),
    "settled": ("durability", "package"),
    "hostile": ("convergence-land",),
    "compared": ("stuck", "odds"),
}


def test_pointing_at_a_mark_says_what_it_is(view: View) -> None:
    for chart in POINTED_AT[view.name]:
        said = pointed_at(view.browser, chart)
        assert said is not None, chart
        assert len(said["text"]) > 10
        assert said["left"] >= -0.5
        assert said["right"] <= view.width + 0.5


def pointed_at(browser: Browser, chart: str) -> dict[str, Any] | None:
    """The hover label over the middle of a chart's first trace that has labels."""
    place = browser.evaluate(
        f"""(function () {{
          var div = document.getElementById("chart-{chart}");
          div.scrollIntoView({{block: "center"}});
          var layer = div.querySelector(".nsewdrag").getBoundingClientRect();
          var trace = div.data.filter(function (t) {{ return t.hovertext; }})[0];
          var x = div._fullLayout.xaxis, y = div._fullLayout.yaxis, n = 0;
          var at = trace.type === "heatmap" ? [trace.x[0], trace.y[0]]
            : trace.type === "bar" ? [trace.x.indexOf(Math.max.apply(null, trace.x))] : null;
          if (at && at.length === 1) {{ n = at[0]; at = [trace.x[n] / 2, trace.y[n]]; }}
          if (!at) {{ n = Math.floor(trace.x.length / 2); at = [trace.x[n], trace.y[n]]; }}
          return {{x: layer.left + x.d2p(at[0]), y: layer.top + y.d2p(at[1])}};
        }})()"""
    )
    browser.move(place["x"] - 40, place["y"] - 30)
    browser.move(place["x"], place["y"])
    said = browser.evaluate(
        f"""new Promise(function (done) {{
          var div = document.getElementById("chart-{chart}");
          (function look(left) {{
            var label = div.querySelector(".hoverlayer .hovertext");
            if (label) {{
              var box = label.getBoundingClientRect();
              done({{text: label.textContent, left: box.left, right: box.right}});
            }} else if (left) {{ setTimeout(look, 30, left - 1); }} else {{ done(null); }}
          }})(100);
        }})"""
    )
    label: dict[str, Any] | None = said
    return label


def test_print_opens_everything_and_clips_nothing(view: View) -> None:
    printed = view.browser.pdf()
    assert printed.startswith(b"%PDF")
    assert len(printed) > 30_000
    during = view.browser.evaluate(
        """(function () {
          document.querySelectorAll("details").forEach(function (d) { d.open = false; });
          window.dispatchEvent(new Event("beforeprint"));
          var main = document.querySelector("main").getBoundingClientRect();
          var found = {
            closed: document.querySelectorAll("details.fold:not([open])").length,
            width: main.width,
            wide: Array.from(document.querySelectorAll(".plot svg.main-svg")).filter(function (s) {
              var box = s.getBoundingClientRect();
              return box.width < 100 || box.right > main.right + 1;
            }).length};
          window.dispatchEvent(new Event("afterprint"));
          found.after = document.querySelectorAll("details.fold[open]").length;
          return found;
        })()"""
    )
    assert during == {"closed": 0, "width": during["width"], "wide": 0, "after": 0}
    assert during["width"] <= 703  # A4 less its margins


def test_the_page_can_be_heard_and_read(view: View) -> None:
    view.browser.evaluate(OPEN_ALL)
    found = view.browser.evaluate(
        """(function () {
          function light(rgb) {
            var c = rgb.match(/[0-9.]+/g).slice(0, 3).map(function (v) {
              v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
            });
            return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
          }
          function ground(e) {
            for (; e; e = e.parentElement) {
              var color = getComputedStyle(e).backgroundColor;
              if (color !== "rgba(0, 0, 0, 0)") { return color; }
            }
            return "rgb(255, 255, 255)";
          }
          function all(selector) { return Array.from(document.querySelectorAll(selector)); }
          return {
            lang: document.documentElement.lang,
            levels: all("h1, h2, h3, h4").map(function (h) { return +h.tagName[1]; }),
            unnamed: all(".plot").filter(function (p) {
              return p.getAttribute("role") !== "img" || p.getAttribute("aria-label").length < 20;
            }).length,
            headless: all("table").filter(function (t) {
              return !t.caption || !t.querySelector("thead th[scope=col]");
            }).length,
            ids: all("[id]").map(function (e) { return e.id; }),
            links: all("a").map(function (a) { return a.getAttribute("href"); }),
            pale: all("main *").filter(function (e) {
              var text = Array.from(e.childNodes).some(function (n) {
                return n.nodeType === 3 && n.textContent.trim();
              });
              if (!text || e.closest("svg") || e.closest("script")) { return false; }
              var a = light(getComputedStyle(e).color), b = light(ground(e));
              return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
            }).map(function (e) { return e.tagName + "." + e.className; })
          };
        })()"""
    )
    assert found["lang"] == "en"
    assert found["levels"][0] == 1
    assert found["levels"].count(1) == 1
    assert all(b - a <= 1 for a, b in zip(found["levels"], found["levels"][1:], strict=False))
    assert found["unnamed"] == 0
    assert found["headless"] == 0
    assert found["pale"] == []
    ids = [i for i in found["ids"] if not re.match(r"(clip|topdefs|defs|p|legend|infolayer|g)", i)]
    assert len(ids) == len(set(ids))
    for link in found["links"]:
        if link.startswith("#"):
            assert link[1:] in found["ids"]
        else:
            assert link.startswith(("https://", "http://"))


# --- untrusted texts ------------------------------------------------------------------------


def test_hostile_texts_stay_texts(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"])
    found = browser.evaluate(
        """({title: document.title, images: document.images.length,
             heading: document.querySelector("h1").textContent,
             scripts: document.scripts.length,
             plots: document.querySelectorAll(".plot").length,
             bold: document.querySelectorAll("h1 b, h3 b, td b, dd b").length,
             chart: document.querySelector("#chart-package .ytick text").textContent})"""
    )
    assert found["title"] == ATTACK
    assert found["heading"] == ATTACK
    assert found["images"] == 0
    assert found["bold"] == 0
    assert found["scripts"] == found["plots"] + 2  # data of each chart, Plotly and ours
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


def test_json_in_the_page_cannot_end_its_element() -> None:
    assert "<" not in script_json({"text": ATTACK})
    assert ">" not in script_json([ATTACK, "\u2028"])
    assert "\u2028" not in script_json([ATTACK, "\u2028"])
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json(float("nan"))


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=1", True),
        ("http://example.org", True),
        ("HTTPS://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("https:", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_the_web_is_linked(url: str | None, safe: bool) -> None:
    assert (web_link(url) is not None) == safe


def test_text_of_charts_is_escaped_and_wrapped() -> None:
    assert lines("a <b> & c", 40) == "a &lt;b&gt; &amp; c"
    assert lines("one two three", 7) == "one two<br>three"
    assert lines("one two three four", 5, most=2) == "one<br>two…"


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
    assert "javascript:alert" not in text


def test_sections_follow_what_the_scenario_has(settled: Run, folder: Path) -> None:
    full = run_context(settled)
    assert full["plan"] is not None
    assert full["gates"] is not None
    assert full["durability_chart"] is not None
    bare = run_context(loaded_run(folder, copy.deepcopy(TOY), worlds=20))
    assert bare["plan"] is None
    assert bare["gates"] is None
    assert bare["articles"] is None
    assert not bare["looks_at_durability"]
    assert any("does not look at ratification" in line for line in bare["limits"])


def test_charts_show_the_data_of_the_run(settled: Run) -> None:
    context = run_context(settled)
    shares = context["odds"].figure.data[0].x
    kinds = [k for k in settled.summary.outcomes if k != "partial"]
    assert list(shares) == [round(settled.summary.outcomes[k], 4) for k in kinds]
    chart = next(c for c in context["convergence"] if c.key == "convergence-land")
    names = [t.name for t in chart.figure.data if t.name]
    assert names == ["A", "B"]


def test_every_judgement_is_listed(settled: Run) -> None:
    found = judgements(settled.scenario)
    assert [j.text for j in found].count("test") == 4
    places = {j.place for j in found}
    assert {"A, Land", "B, lever, “Aid for a signature”", "Gate, “Assembly of A”"} <= places
    assert positions_words(settled.scenario).startswith("4 of 4 positions rest on a judgement")


def test_numbers_in_words() -> None:
    assert number_words(Number("fixed", (0.4,))) == "0.4"
    assert number_words(Number("normal", (0.4, 0.1))) == "0.4, standard deviation 0.1"
    assert number_words(Number("uniform", (-0.1, 0.6))) == "anywhere from −0.1 to 0.6"
    assert number_words(Number("triangular", (0.2, 0.4, 0.6))) == "0.2 to 0.6, most likely 0.4"
    assert number_words(Number("choice", (0.5, 1.0), (0.25, 0.75))) == "0.5 (25 %) or 1 (75 %)"


# --- the command ----------------------------------------------------------------------------


def run_sim(*words: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--worlds", "20", "--quiet"])
    assert stopped.value.code == 0


def test_the_option_writes_the_same_bytes_again(settled: Run, folder: Path, tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        words = [str(folder / "settled.yaml"), "--worlds", "20", "--report", "--no-plots"]
        subprocess.run(
            [sys.executable, "-m", "sim", *words, "--quiet", "--out", str(out)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            timeout=120,
        )
        written.append((out / "settled" / "report.html").read_bytes())
    assert written[0] == written[1]
    run_sim(str(folder / "settled.yaml"), "--no-plots", "--out", str(tmp_path / "1"))
    assert not (tmp_path / "1" / "settled" / "report.html").exists()


def test_compare_has_the_option_too(settled: Run, folder: Path, tmp_path: Path) -> None:
    words = ["compare", str(folder / "settled.yaml"), "--report", "--no-plots", "--jobs", "1"]
    run_sim(*words, "--out", str(tmp_path))
    assert "Comparison of scenarios" in (tmp_path / "report.html").read_text("utf-8")


def test_without_the_option_nothing_is_imported_for_it(
    folder: Path, settled: Run, tmp_path: Path
) -> None:
    code = (
        "import sys; from sim.cli import app\n"
        f"app(['run', {str(folder / 'settled.yaml')!r}, '--worlds', '5', '--no-plots', '--quiet', "
        f"'--out', {str(tmp_path)!r}], standalone_mode=False)\n"
        "print([m for m in ('plotly', 'zarr', 'sim.report') if m in sys.modules])"
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
    from tests.browser import find_chromium

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no chromium on PATH"):
        find_chromium()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no chromium on PATH"):
        find_chromium()
