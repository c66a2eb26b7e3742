"""Figures by content: what they show, where it stands, and that nothing collides."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from sim.ensemble.runner import Run, run_scenario
from sim.formulas.statistics import Interval
from sim.plots import FIGURES, Drawing, drawings
from sim.plots.convergence import corners
from sim.plots.outcome import _free
from sim.plots.sheet import even_columns, grid, signed_marks
from sim.plots.style import house_style, plain, text_width, wrapped
from sim.plots.utility import utility
from sim.prose import percent as share_text
from sim.report.run_page import key_figures
from sim.results.actors import levers_summary
from sim.results.dataset import date_of
from sim.results.terms import text_counts
from sim.scenario import Loaded, load_data, load_scenario
from sim.scenario.calibration import Calibration
from sim.scenario.distributions import Number
from sim.scenario.fields import Line
from sim.scenario.judgements import Engine
from sim.scenario.schema import Source
from sim.scenario.yaml_source import parse_yaml
from sim.studies.explain.outline import outline
from sim.studies.explain.words import settling_words
from sim.views.afterwards import afterwards_view
from sim.views.colours import CROWD, OKABE_ITO, OUTCOME_COLORS, PLAN, actor_colors, ink, luminance
from sim.views.convergence import (
    RedLine,
    _each_once,
    _with_what_holds,
    convergence_view,
    deciding,
    holders,
    lines_of,
    status,
)
from sim.views.explain import explain_view
from sim.views.layout import labelled_points, nice_top, spread
from sim.views.outcome import DOTS, Base, dots, outcome_view
from sim.views.overview import hinges, sources_of
from sim.views.package import package_view
from sim.views.pressure import SELDOM, pressure_view
from sim.views.run_data import (
    band,
    colors_of,
    is_certain,
    is_crowd,
    is_settled,
    red_lines,
    signatories,
    signed_days,
)
from sim.views.utility import aims_words, utility_view
from sim.views.view import foot_line
from sim.words.shares import FEW, few_of, share_of
from sim.words.story import FIRST_MOVES, base_rate_words, events, moves_words
from tests.conftest import ROOT, SCENARIOS, conflict
from tests.pictures import faults, hidden, hues, meanings, texts

WORLDS = 40

TOY = """\
title: Toy
issues:
  truce: {title: Truce, scale: {0: "at once", 0.5: "in stages", 1: "only at the end"}, no_deal: 1}
  land:
    title: Land and water
    scale: {0: "all to the north", 0.3: "the river line, both banks in common use for trade",
            0.32: "the river line", 0.7: "the railway line", 1: "all to the south"}
    no_deal: 0.5
  money:
    title: Money
    kind: options
    scale: {0: "none", 0.4: "from $1bn to $2bn", 1: "$5bn at once and $5bn within ten years"}
    no_deal: 0.4
actors:
  north:
    name: The North
    label: North
    color: "#0072B2"
    patience: {uniform: [8, 40]}
    positions:
      truce: {ideal: 0, salience: 0.2, judgement: x}
      land: {ideal: 0, limit: LIMIT, salience: 0.5, judgement: x}
      money: {ideal: 0, salience: 0.3, judgement: x}
  south:
    name: The South
    patience: {uniform: [8, 40]}
    positions:
      truce: {ideal: 1, salience: 0.1, judgement: x}
      land:
        ideal: 1
        limit: 0.45
        salience: 0.5
        judgement: x
        conditional: [{when: {money: {at_least: 0.9}}, limit: 0.4, judgement: x}]
      money: {ideal: 1, salience: 0.4, judgement: x}
  payer:
    name: The Payer
    consent: [money]
    role: manipulator
    patience: 20
    positions: {money: {ideal: 0.2, salience: 1, judgement: x}}
    levers:
      embargo:
        title: Embargo on the South's exports by sea and by land, with a review every year
        on: south
        when: {refuses: {actor: south, times: 3}}
        effect: {cost: {south: 0.01}}
        credibility: 0.7
        delay: 2
        judgement: x
  envoy: {name: The Envoy, role: formulator, consent: none, acceptability: {north: 0.5, south: 0.5}}
war:
  start_date: 2025-01-20
  cost: {north: 0.02, south: {per_month: {normal: [0.02, 0.005]}}}
  drift: {land: {mean: 0.01, volatility: 0.01}}
agenda:
  - {name: truce, title: Truce, issues: [truce], cost_factor: 0.5, drift_factor: 0}
  - {name: settlement, title: Settlement, issues: [land, money]}
protocol: {name: shuttle}
horizon_days: 300
"""
ONE = """\
title: One issue
issues: {land: {title: Land, scale: {0: "all to A", 1: "all to B"}, no_deal: 0.5}}
actors:
  a: {name: A, patience: 3, positions: {land: {ideal: 0, salience: 1, judgement: x}}}
  b: {name: B, patience: 3, positions: {land: {ideal: 1, salience: 1, judgement: x}}}
war: {start_date: 2025-01-20, cost: {a: 0.03, b: 0.03}}
"""
TEXTS = {
    "toy": TOY.replace("LIMIT", "0.7"),
    "never": TOY.replace("LIMIT", "0.2"),
    "one": ONE,
    "one_round": TOY.replace("LIMIT", "0.7").replace("300", "7"),
}
KINDS = (*TEXTS, "kellogg")


def loaded(text: str, name: str) -> Loaded:
    """A scenario as if from a file of that name."""
    return load_data(parse_yaml(text, name)[0] | {"name": name}, f"{name}.yaml")


@cache
def finished(kind: str) -> Run:
    """A run of a kind, made once for all tests."""
    one = loaded(TEXTS[kind], kind) if kind in TEXTS else load_scenario(SCENARIOS / f"{kind}.yaml")
    return run_scenario(one, WORLDS)


@pytest.fixture(params=KINDS)
def run(request: pytest.FixtureRequest) -> Run:
    return finished(request.param)


@pytest.fixture
def toy() -> Run:
    return finished("toy")


def by_gid(figure: Figure, gid: str) -> list:
    return [a for a in figure.findobj() if a.get_gid() == gid]


def words(figure: Figure, gid: str) -> str:
    (text,) = by_gid(figure, gid)
    return text.get_text().replace("\n", " ")


def panel(figure: Figure, gid: str) -> mpl.axes.Axes:
    (axes,) = [a for a in figure.axes if a.get_gid() == gid]
    return axes


def lines(axes: mpl.axes.Axes, gid: str) -> list[mpl.lines.Line2D]:
    return [line for line in axes.lines if line.get_gid() == gid]


_drawn: dict[int, dict[str, Figure]] = {}


def drawn(run: Run, name: str) -> Figure:
    return charts_of(run)[name]


def charts_of(run: Run) -> dict[str, Figure]:
    """The charts that have something to show, drawn once for all tests."""
    if id(run) not in _drawn:
        _drawn[id(run)] = {name: one.figure for name, one in drawings(run).items()}
    return _drawn[id(run)]


# --- all figures ---------------------------------------------------------------------------


def test_head_and_foot(run: Run) -> None:
    scenario = run.scenario
    ahead = scenario.has_plan or scenario.ratification or scenario.durability
    assert ahead or "afterwards" not in charts_of(run)
    for figure in charts_of(run).values():
        assert len(words(figure, "headline")) > 10
        assert words(figure, "subtitle")
        foot = words(figure, "foot")
        assert foot == foot_line(run)
        assert f"given the assumptions in {run.scenario.name}.yaml; not a forecast" in foot
        assert f"{WORLDS} worlds, seed 1. Sources: in the scenario file." in foot
        assert figure.get_size_inches()[0] == 11


def test_no_text_is_cut_off_or_overprinted_and_no_colour_has_two_meanings(run: Run) -> None:
    known = meanings([run.scenario])
    for name, figure in charts_of(run).items():
        assert faults(figure) == [], name
        assert hues(figure) <= set(known), name


@pytest.mark.parametrize(
    "scenario",
    ["camp_david", "dayton", "istanbul_2022", "points_20", "victory_plan", "past/annan_2004",
     "past/minsk_2015"],
)  # fmt: skip
def test_shipped_scenarios_have_no_collisions(scenario: str) -> None:
    test_no_text_is_cut_off_or_overprinted_and_no_colour_has_two_meanings(finished(scenario))


def test_what_it_hangs_on_is_what_explain_says_decides() -> None:
    run = run_scenario(load_scenario("dayton"), 400)
    said = [line.split(":")[0].lower() for line in hinges(run)]
    drivers = [one.title.split(":")[0].lower() for one in outline(run).drivers]
    assert said == drivers[: len(said)]
    assert len(said) == min(3, len(drivers))


def test_a_worth_below_nothing_is_drawn() -> None:
    run = finished("past/oslo_1993")
    least = []
    for axes in drawn(run, "utility").axes:
        ends = axes.get_ylim()
        lines = [
            line.get_ydata() for line in axes.lines if line.get_gid() in ("value", "reservation")
        ]
        least += [float(np.nanmin(values)) for values in lines]
        assert all(ends[0] <= np.nanmin(values) for values in lines)
    assert min(least) < 0


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_drawn_twice_gives_the_same_bytes(toy: Run, tmp_path: Path, suffix: str) -> None:
    begins = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix]
    one, two = (tmp_path / f"{name}{suffix}" for name in ("one", "two"))
    for name in set(FIGURES) - {"afterwards"}:
        drawing = Drawing(FIGURES[name].see(toy), drawn(toy, name))
        drawing.save(one)
        with mpl.rc_context({"font.size": 30, "axes.grid": True, "savefig.bbox": "tight"}):
            before = dict(mpl.rcParams)  # settings do not leak and do not matter
            drawing.save(two)
            assert dict(mpl.rcParams) == before
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes().startswith(begins)
    with pytest.raises(ValueError, match=r"cannot save a figure as 'x\.bmp'"):
        drawing.save(tmp_path / "x.bmp")
    assert {p.name for p in tmp_path.glob("*.*")} == {one.name, two.name}


def test_a_picture_in_a_file_has_a_title_and_texts_that_can_be_found(
    toy: Run, tmp_path: Path
) -> None:
    drawing = drawings(toy, ["outcome"])["outcome"]
    drawing.save(tmp_path / "one.svg")
    root = ElementTree.parse(tmp_path / "one.svg").getroot()
    title, desc, *_ = (e.text for e in root)
    assert (title, desc) == (drawing.view.headline, " ".join(drawing.view.words))
    assert root.get("role") == "img"
    assert root.get("width").endswith("pt")
    said = " ".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("text"))
    assert drawing.view.headline[:30] in said
    drawing.save(tmp_path / "one.pdf")
    known = re.search(rb"/Title \((.+?)\)\s", (tmp_path / "one.pdf").read_bytes())
    assert known
    assert known[1].decode("utf-16")[:20] == drawing.view.headline[:20]


def test_pyplot_is_not_imported() -> None:
    code = "import sys, sim.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_drawing_in_a_page_has_a_name_words_and_ids_of_its_own(toy: Run) -> None:
    for name, chart in FIGURES.items():
        drawing = chart.drawn(toy)
        if drawing is None:
            continue
        root = ElementTree.fromstring(drawing.svg(f"one-{name}"))
        assert root.get("role") == "img"
        names = {e.get("id"): e.text for e in root if e.tag.endswith(("title", "desc"))}
        assert names == {
            f"one-{name}-title": drawing.view.headline,
            f"one-{name}-desc": " ".join(drawing.view.words),
        }
        assert all(str(i).startswith(f"one-{name}-") for e in root.iter() if (i := e.get("id")))
        assert len(drawing.view.words) >= 2
        for part in root.iter():
            for value in part.attrib.values():
                assert not re.search(r"[#(]#?(?!one-)[pm][0-9a-f]{10}", value)


# --- convergence ---------------------------------------------------------------------------


def test_convergence_shows_every_position(run: Run) -> None:
    figure, view = drawn(run, "convergence"), convergence_view(run)
    large = [i for i in run.scenario.issues if i in deciding(run)]
    small = [i for i in run.scenario.issues if i not in large]
    beside = ["limited"] if any(x.spans for x in convergence_view(run).limited) else []
    assert [a.get_gid() for a in figure.axes] == [*large, *small, *beside]
    for n, issue in enumerate(run.scenario.issues):
        axes = panel(figure, issue)
        deal = next(p.deal for p in view.panels if p.key == issue)
        for a, actor in enumerate(signatories(run)):
            found = lines(axes, actor)
            assert len(found) == (actor in holders(run, issue)), "no position, no line"
            if found:
                shown = view.days <= (deal[0] if deal else np.inf)
                np.testing.assert_array_equal(found[0].get_xdata(), view.days[shown])
                offers = run.central.offer.values[: len(view.days), a, n][shown]
                # lines that coincide run side by side, a few strokes apart
                np.testing.assert_allclose(found[0].get_ydata(), offers, atol=0.12)
                assert np.ptp(found[0].get_ydata() - offers) < 1e-6
                assert found[0].get_color() == actor_colors(run.scenario)[actor]
            limits = lines(axes, f"limit:{actor}")
            barred = red_lines(run, actor, issue) if issue in large else []
            assert len(limits) >= len(barred) * (actor in holders(run, issue))


def test_single_worlds_are_those_of_the_ensemble(toy: Run) -> None:
    view = convergence_view(toy)
    offers = toy.ensemble.offer.values
    for n, shown in enumerate(view.panels):
        for stand in shown.stands:
            a = signatories(toy).index(stand.actors[0])
            np.testing.assert_array_equal(stand.worlds, offers[:20, : len(view.days), a, n])
    drawing = panel(drawn(toy, "convergence"), "land")
    (worlds,) = [c for c in drawing.collections if c.get_gid() == "worlds:north"]
    for path, world in zip(worlds.get_paths(), view.panels[1].stands[0].worlds, strict=True):
        np.testing.assert_allclose(np.interp(view.days, *path.vertices.T), world, atol=1e-3)


@given(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=2, max_size=30))
def test_lines_are_the_same_without_points_between(values: list[float]) -> None:
    x, y = np.arange(len(values), dtype=float), np.array(values)
    kept = corners(x, y)
    np.testing.assert_allclose(np.interp(x, *kept.T), y)
    assert tuple(kept[0]) == (0.0, y[0])


def test_convergence_ticks_are_the_scale_texts(toy: Run) -> None:
    figure = drawn(toy, "convergence")
    for issue in deciding(toy):
        axes, spec = panel(figure, issue), toy.scenario.issues[issue]
        ticks, points = list(axes.get_yticks()), list(spec.scale)
        assert ticks == sorted(ticks)
        assert {points[0], points[-1]} <= set(ticks) <= set(points)
        for tick, label in zip(ticks, axes.get_yticklabels(), strict=True):
            shown = label.get_text().replace("\n", " ")
            assert shown, "no tick without a text"
            assert spec.scale[tick].startswith(shown.rstrip("…").rstrip())


def test_where_most_lines_end_comes_first_among_the_texts() -> None:
    points, half = [0.0, 0.2, 0.45, 0.65, 0.85, 1.0], dict.fromkeys([0.0, 0.2, 0.85, 1.0], 0.07)
    half |= {0.45: 0.11, 0.65: 0.11}
    assert 0.65 not in labelled_points(points, half)
    assert 0.65 in labelled_points(points, half, [0.65])


def test_what_decides_is_large_and_what_blocks_comes_first() -> None:
    run = finished("kellogg")
    large, blocks = deciding(run), run.summary.stuck_on
    assert 3 <= len(large) <= 6
    assert max(blocks, key=lambda i: blocks[i]) in large
    sizes = {a.get_gid(): a.get_position().height for a in drawn(run, "convergence").axes}
    assert min(sizes[i] for i in large) > max(s for i, s in sizes.items() if i not in large)


def test_of_few_issues_too_those_that_block_come_first(toy: Run) -> None:
    first, *_, last = toy.scenario.issues
    summary = replace(toy.summary, stuck_on={last: 0.9}, no_common_ground={})
    blocked = replace(toy, summary=summary)
    assert deciding(blocked)[0] == last != first
    assert sorted(deciding(blocked)) == sorted(toy.scenario.issues)


def test_convergence_marks_the_deal_and_goes_on_after_it(run: Run) -> None:
    figure = drawn(run, "convergence")
    agreed = run.central.agreed.values
    for n, (issue, _) in enumerate(run.scenario.issues.items()):
        marks, after = (lines(panel(figure, issue), gid) for gid in ("deal", "agreed"))
        assert len(marks) == len(after) == (not np.isnan(agreed[n]))
        if marks:
            stage = next(k for k, s in enumerate(run.scenario.stages) if issue in s.issues)
            assert marks[0].get_xdata()[0] == run.central.stage_day.values[stage]
            assert marks[0].get_ydata()[0] == pytest.approx(agreed[n])
            assert after[0].get_xdata()[1] == panel(figure, issue).get_xlim()[1]


def test_convergence_marks_texts_at_their_stage(toy: Run) -> None:
    figure = drawn(toy, "convergence")
    central, days = toy.central, toy.scenario.war.round_days
    assert central.sizes["text_number"] > 0
    for stage, issue in ((0, "truce"), (1, "land")):
        mine = central.text_stage.values == stage
        marks = lines(panel(figure, issue), "text")
        assert len(marks) == mine.any()
        for line in marks:
            np.testing.assert_array_equal(line.get_xdata(), central.text_round.values[mine] * days)


def test_convergence_headlines_follow_the_run() -> None:
    never = finished("never")
    assert "Settlement" not in words(drawn(never, "convergence"), "headline")
    one = finished("one")
    when = date_of(one.scenario, one.summary.central.settled_day)
    headline = words(drawn(one, "convergence"), "headline")
    assert headline.startswith("In the central world the only issue is agreed by ")
    assert headline.endswith(str(when.year))


# --- many sides ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crowd() -> Run:
    """Thirty-four sides of which thirty stand at one place."""
    wants = [0.4] * 30 + [0.2 * n + 0.1 for n in range(4)]
    sides = {f"s{n}": {"quota": at, "levy": round(n / 33, 2)} for n, at in enumerate(wants)}
    data = conflict({"quota": 0.5, "levy": 0.5}, sides, war__cost={}, protocol__name="compromise")
    for key, actor in data["actors"].items():
        actor["name"] = f"State {key}"
    return run_scenario(load_data(data), 20)


def test_a_crowd_is_counted_where_it_stands(crowd: Run) -> None:
    shown = convergence_view(crowd).panels[0]
    assert len(shown.stands[0].actors) == 30
    assert shown.stands[0].name == "State s0 and 29 others"
    assert len(shown.stands) == 5
    drawing = panel(drawn(crowd, "package"), "strips")
    ideal = lines(drawing, "ideal:s0")[0]
    assert ideal.get_xdata()[0] == pytest.approx(0.4, abs=0.03)
    assert "30" in {t.get_text() for t in drawing.texts}
    assert set(charts_of(crowd)) == set(FIGURES) - {"afterwards", "pressure"}
    for figure in charts_of(crowd).values():
        assert faults(figure) == []
        assert figure.get_size_inches()[1] < 12
    # a colour each, or one for all
    assert is_crowd(crowd)
    assert len(set(colors_of(crowd).values())) == 1


def test_a_group_is_told_by_rounds_and_without_odds(crowd: Run) -> None:
    assert is_certain(crowd)
    for name, figure in charts_of(crowd).items():
        said = " ".join(text for text, _ in texts(figure))
        assert not re.search(r"\b(19|20)\d\d\b|days|central world|no deal is|aims for", said), name
        assert not re.search(r"\d–\d+(\.\d)? %", said), f"{name}: nothing is uncertain"
        if name != "utility":
            assert "The group decides both issues in round 1" in words(figure, "headline")
    ticks = [t.get_text() for t in panel(drawn(crowd, "outcome"), "time").get_xticklabels()]
    assert ticks[:2] == ["round 0", "1"]


@pytest.mark.parametrize("count", range(1, 14))
def test_columns_leave_few_places_empty(count: int) -> None:
    columns = even_columns(count, 4, 3)
    if count >= 3:
        assert -count % columns == min(-count % 3, -count % 4 if count > 3 else 9)
    cell, places = grid(count, columns, 0.3)
    lefts = sorted({left for left, _ in places})
    assert len(set(places)) == count
    assert lefts[-1] + cell == pytest.approx(11 - lefts[0])


# --- outcome -------------------------------------------------------------------------------


def test_outcome_shows_odds_and_intervals(run: Run) -> None:
    figure, view = drawn(run, "outcome"), outcome_view(run)
    odds = panel(figure, "odds")
    (marks,) = odds.collections
    assert len(marks.get_offsets()) == DOTS
    shares = [s for s in run.summary.outcomes.values() if s]
    counts = dots(shares)
    assert max(abs(n / DOTS - s) for n, s in zip(counts, shares, strict=True)) < 1 / DOTS
    colors = [mpl.colors.to_hex(c) for c in marks.get_facecolors()]
    for one, count in zip(view.occurring, counts, strict=True):
        assert colors.count(one.color) == count
    seen = {t.get_text() for t in figure.texts}
    assert {one.text for one in view.occurring} <= seen
    assert {one.span for one in view.occurring} <= seen
    # what does not occur is one sentence, not a row each
    never = [one for one in view.possible if not one.share]
    assert sum(one.span in text for text in seen for one in never[:1]) <= 2 + len(view.occurring)


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=5))
def test_fifty_dots_share_out(shares: list[float]) -> None:
    total = sum(shares)
    found = dots([s / total for s in shares])
    assert sum(found) == DOTS
    assert all(abs(n - DOTS * s / total) < 1 for n, s in zip(found, shares, strict=True))


def test_outcome_curve_is_the_share_settled(run: Run) -> None:
    figure, view = drawn(run, "outcome"), outcome_view(run)
    curves = {"settlement": run.ensemble.settled_day.values}
    if len(run.scenario.stages) > 1:
        curves["first_stage"] = run.ensemble.first_signed_day.values
    curves = {name: signed for name, signed in curves.items() if np.isfinite(signed).any()}
    assert [one.name for one in view.seen] == list(curves)
    if not curves:
        assert [a.get_gid() for a in figure.axes] == ["odds"]
        return
    axes = panel(figure, "time")
    for name, signed in curves.items():
        (line,) = lines(axes, name)
        expected = [(signed <= day).mean() for day in line.get_xdata()]
        np.testing.assert_allclose(line.get_ydata(), expected)
    assert axes.get_ylim()[0] == 0
    flat = [line for line in axes.lines if line.get_transform() == axes.transData]
    assert axes.get_ylim()[1] >= max(np.max(line.get_ydata()) for line in flat)
    texts = [t.get_text() for t in figure.texts]
    for day in view.known:
        assert f"{day} days" in texts


def test_shares_of_few_worlds_are_counts_in_outcome_and_overview() -> None:
    worlds = 40
    run = run_scenario(load_scenario("dayton"), worlds, 1)
    counts = [round(share * worlds) for share in run.summary.outcomes.values()]
    few = [n for n in counts if 0 < n < FEW]
    assert few
    for chart in ("outcome", "overview"):
        seen = [t.get_text() for t in drawn(run, chart).texts]
        assert seen.count(f"of {worlds}") >= len(few)
        assert {str(n) for n in few} <= set(seen)


def test_shares_of_few_worlds_are_counts_in_the_figures_of_a_report_and_in_explain() -> None:
    worlds = 40
    run = run_scenario(load_scenario("dayton"), worlds, 1)
    settled = round(run.summary.outcomes["settlement"] * worlds)
    assert 0 < settled < FEW
    values = {card["label"]: card["value"] for card in key_figures(run)}
    assert f"{settled} of {worlds}" in values.values()
    held = run.summary.durability
    assert held is not None
    assert values["Settlements that hold 10 years"].endswith(f" of {held.worlds}")
    assert explain_view(run, outline(run)).headline.startswith(f"{settled} of {worlds} worlds")
    assert settling_words(outline(run), run.scenario).endswith(
        f"{settled} of {worlds} worlds settle."
    )
    for strip in package_view(run).strips:
        assert "%" not in strip.more or strip.more.startswith(("signed in", "from", "the same"))


def test_the_overview_answers_the_question_of_the_scenario_by_its_day() -> None:
    asked = finished("kellogg")
    first = words(drawn(asked, "overview"), "headline").removesuffix(".")
    assert first == words(drawn(asked, "outcome"), "headline")
    assert first.startswith("This week? A settlement in ")
    plain = run_scenario(load_scenario("european_force"), 20)
    assert not plain.summary.asked
    said = words(drawn(plain, "overview"), "subtitle")
    assert f"{plain.scenario.question} A settlement within a week comes in " in said


def test_a_settlement_that_must_be_ratified_says_so(toy: Run) -> None:
    """What is signed and fails a vote is not counted."""
    assert outcome_view(toy).signings[0].phrase == "A settlement"
    (one, *_) = outcome_view(finished("dayton")).signings
    assert (one.label, one.phrase) == ("Settlement, also ratified", "A settlement, also ratified")


def test_the_days_asked_about_are_named(toy: Run) -> None:
    assert outcome_view(finished("kellogg")).marks == [
        (7.0, "This week?"),
        (100.0, "Within the hundred days that Kellogg named?"),
    ]
    view = outcome_view(toy)
    texts_ = ("Soon?", "Within half of the time?", "Deadline")
    marks = [(at * view.end, text) for at, text in zip((0.03, 0.5, 0.98), texts_, strict=True)]
    figure = FIGURES["outcome"].paint(replace(view, named=marks))
    named = {t.get_text().replace("\n", " ") for t in panel(figure, "time").texts}
    assert set(texts_) <= named
    assert faults(figure) == []


def test_what_a_side_has_below_zero_has_a_minus_sign(toy: Run) -> None:
    lost = toy.ensemble.reservation - 1
    lower = replace(toy, ensemble=toy.ensemble.assign(reservation=lost))
    words = " ".join(utility_view(lower).words)
    assert re.search(r", −\d+ to ", words)
    assert not re.search(r"[ ,]-\d", words)


def test_the_story_tells_moves_on_what_blocks_and_how_many_it_leaves_out() -> None:
    run = finished("kellogg")
    blocks = run.scenario.issues[run.summary.central.stuck_on or ""].title
    moves = [e for e in events(run.scenario, run.central) if e.kind == "move"]
    assert len(moves) == FIRST_MOVES
    assert any(f" on {blocks}, " in e.text for e in moves)
    few = moves_words(run.scenario, run.central)
    assert re.fullmatch(r"Of \d+ moves of positions 8 are told: those on what .*", few)


def test_a_lever_pulled_after_the_end_is_not_pulled() -> None:
    run = finished("kellogg")
    last, levers = run.scenario.last_day, run.central.sizes["lever"]
    days = np.array([[last - 1.0] * levers, [last + 7.0] * levers])
    late = xr.Dataset({"lever_pulled_day": (("world", "lever"), days),
                       "lever_effect_day": (("world", "lever"), days + 7.0)},
                      coords={"lever": run.central.lever})  # fmt: skip
    used = levers_summary(late, last).values()
    assert {(one.pulled, one.in_effect) for one in used} == {(0.5, 0.0)}
    for n, told in ((0, levers), (1, 0)):
        central = run.central.assign({str(k): v[n] for k, v in late.data_vars.items()})
        said = [e.text for e in events(run.scenario, central) if e.kind == "lever"]
        assert len(said) == told
        assert all(text.endswith(", not in effect by the end") for text in said)


def test_few_worlds_are_counted_beside_a_base_rate_too() -> None:
    summary = replace(finished("kellogg").summary, worlds=60, first_stage_ever=13 / 60)
    days = {"100": 5 / 60, "365": 9 / 60}
    told = [
        base_rate_words(
            replace(
                summary,
                base_rate=replace(summary.base_rate, days=at),
                first_stage_by_day=by_day,
            )
        )
        for at, by_day in ((100, days), (365, days), (365, days | {"365": None}))
    ]
    assert told[0].endswith("here a first stage in 5 of 60."), "by the day of the base rate"
    assert told[1].endswith("here a first stage in 9 of 60.")
    assert told[2].endswith("here a first stage within the 365 days in 13 of 60.")


def test_a_base_rate_is_marked(toy: Run) -> None:
    base = Base(100.0, 0.25, Interval(0.14, 0.4), "25 % of 40 past talks", "25 % of 40 past talks.")
    figure = FIGURES["outcome"].paint(replace(outcome_view(toy), base=base))
    (mark,) = lines(panel(figure, "time"), "base")
    assert mark.get_ydata()[0] == 0.25
    assert faults(figure) == []
    assert (nice_top(0.0038), nice_top(0.97)) == (0.01, 1.0), "the axis of tiny odds is short"


# --- package -------------------------------------------------------------------------------


def test_package_shows_what_was_agreed(run: Run) -> None:
    axes = panel(drawn(run, "package"), "strips")
    data = run.ensemble
    settled = data.outcome.values == 0
    middles = []
    for n, (issue, spec) in enumerate(run.scenario.issues.items()):
        values = data.agreed.values[settled, n] if settled.any() else data.agreed.values[:, n]
        values = values[~np.isnan(values)]
        bars = lines(axes, f"spread:{issue}")
        differ = len(values) >= FEW and np.ptp(values) > 0
        assert len(bars) == (differ and spec.kind != "options"), "between lies nothing"
        for bar in bars:
            np.testing.assert_allclose(bar.get_xdata(), np.quantile(values, [0.1, 0.9]))
        for patch in (p for p in axes.patches if p.get_gid() == f"terms:{issue}"):
            np.testing.assert_array_equal(patch.get_data().edges[[0, -1]], [0, 1])
        if len(values):
            options = spec.kind == "options"
            middles.append(np.quantile(values, 0.5, method="inverted_cdf" if options else "linear"))
    drawn_at = [x for line in lines(axes, "median") for x in line.get_xdata()]
    np.testing.assert_allclose(drawn_at, middles)
    (starts,) = lines(axes, "no_deal")
    expected = [spec.no_deal.median for spec in run.scenario.issues.values()]
    np.testing.assert_allclose(starts.get_xdata(), expected)
    for actor in signatories(run):
        held = [i for i in run.scenario.issues if actor in holders(run, i)]
        wants = [run.scenario.actors[actor].positions[i].ideal.median for i in held]
        found = [x for line in lines(axes, f"ideal:{actor}") for x in line.get_xdata()]
        # side by side where several coincide, so up to a few marks away
        np.testing.assert_allclose(found, wants, atol=0.08)


def test_package_tells_in_how_many_deals_a_text_is_the_nearest(run: Run) -> None:
    for strip in package_view(run).strips:
        if not is_settled(run).any() or len(strip.deals) < 2:
            continue
        counts = text_counts(strip.issue, strip.deals)
        deals = len(strip.deals)
        shares = [few_of(n / deals, deals) for n in sorted(counts.values())[-2:]]
        assert all(share in strip.more for share in shares) or strip.more == "in all deals"
        assert (strip.more == "in all deals") == (len(counts) == 1)


def test_package_without_a_settlement_tells_why() -> None:
    never = finished("never")
    assert not (never.ensemble.outcome.values == 0).any()
    figure = drawn(never, "package")
    headline = words(figure, "headline")
    assert headline.startswith("No settlement in any world")
    assert "Land and water" in headline
    (north,) = lines(panel(figure, "strips"), "limit:north")
    assert north.get_xdata()[0] == pytest.approx(0.2, abs=0.01)
    assert north.get_marker() == ">", "what lies above is barred"
    assert any("No common ground in 100 %" in t.get_text() for t in figure.texts)
    found = [line.at for line in lines_of(never, "south", "land") if line.conditional]
    assert found == [0.4]


def test_a_red_line_that_does_not_bind_is_shown_however_it_is_written() -> None:
    for binds, said in ((0, "red line that does not bind there"), (1, "red line at the end")):
        for line in ("limit: 0.7", "limits: [null, 0.7]"):
            text = ONE.replace("ideal: 0,", f"ideal: 0, {line},", 1)
            one = run_scenario(loaded(f"{text}engine: {{believed_binds: {binds}}}", "one"), 60)
            (found,) = lines_of(one, "a", "land")
            assert found.at == pytest.approx(0.7)
            assert (found.above, found.binds) == (True, bool(binds))
            assert f"; {said}: nothing above 0.70." in convergence_view(one).panels[0].words
            assert one.central.high.values[-1, 0, 0] == pytest.approx(0.7 if binds else 1.0)


def test_of_several_red_lines_the_one_that_holds_is_told_where_it_has_come_to() -> None:
    told = [RedLine(0.35, True), RedLine(0.55, True), RedLine(0.2, False)]
    shown = _with_what_holds(told, {True: 0.366})
    assert [(x.at, x.binds) for x in shown] == [(0.366, True), (0.55, False), (0.2, False)]
    assert [(x.at, x.binds) for x in _with_what_holds(told, {False: 0.15})][-1] == (0.15, True)
    together = [RedLine(0.6, True), RedLine(0.6000001, True, binds=False), RedLine(0.4, True)]
    assert _each_once(together) == [together[0], together[2]]


def test_sources_of_red_lines_count_among_those_that_positions_rest_on(toy: Run) -> None:
    actors = dict(toy.scenario.actors)
    for key, (own, line) in {"north": (["A"], []), "south": (["B", "C"], ["B", "C"])}.items():
        position = actors[key].positions["land"]
        given_line = Line(at=Number("fixed", (0.5,)), source=line or ["C"])
        new = position.model_copy(update={"source": own, "limit": None, "line": [given_line]})
        actors[key] = actors[key].model_copy(update={"positions": {"land": new}})
    known = {key: Source(title=key) for key in "ABC"}
    scenario = toy.scenario.model_copy(update={"actors": actors, "sources": known})
    assert sources_of(replace(toy, scenario=scenario), ["land"])[0] == "C"


def test_one_kind_of_mark_has_one_entry_of_the_key() -> None:
    told = {float(day): f"The whole settlement is signed, day {day}" for day in range(9)}
    dotted = [one for one in signed_marks(told) if one.style["linewidth"]]
    assert len(dotted) == 1
    assert dotted[0].text.startswith("; ".join(list(told.values())[:2]))
    keyed = [t.get_text() for t in by_gid(drawn(finished("never"), "convergence"), "key")]
    assert "points to what it bars" in next(one for one in keyed if "red line" in one)


def test_the_overview_has_dates_below_its_panels(toy: Run) -> None:
    for axes in drawn(toy, "overview").axes[1:]:
        assert "2025" in " ".join(label.get_text() for label in axes.get_xticklabels())


# --- utility -------------------------------------------------------------------------------


def test_utility_shows_three_lines_a_side(run: Run) -> None:
    figure = drawn(run, "utility")
    assert [a.get_gid() for a in figure.axes] == [str(a) for a in run.central.actor.values]
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    assert figure.axes[0].get_ylim()[0] == 0
    settled = float(run.central.settled_day)
    day = run.central.day.values
    still = ~(day > settled)  # who has signed the whole aims for nothing more
    for n, axes in enumerate(figure.axes):
        for name in ("value", "target", "reservation"):
            (line,) = lines(axes, name)
            told = np.where(still | (name != "target"), run.central[name].values[:, n], np.nan)
            np.testing.assert_allclose(line.get_ydata(), 100 * told)
        hopes = [c.get_paths()[0].get_extents().x1 for c in axes.collections
                 if c.get_gid() == "hope" and c.get_paths()]  # fmt: skip
        assert max(hopes, default=0) <= day[still][-1]
        (shade,) = [c for c in axes.collections if c.get_gid() == "band"]
        low, high = 100 * band(run, "target")[[0, 2], :, n]
        box = shade.get_paths()[0].get_extents()
        assert (box.y0, box.y1) == pytest.approx((low.min(), high.max()), rel=1e-5)
        deal = lines(axes, "deal")
        assert len(deal) == (not np.isnan(settled))
        if deal:
            assert deal[0].get_xdata()[0] == settled
            assert deal[0].get_ydata()[0] == pytest.approx(
                100 * float(run.central.utility.values[n])
            )
        named = {"own position", "without a deal", *(["aims for"] if still.all() else [])}
        assert named <= {t.get_text().replace("\n", " ") for t in axes.texts}


def test_an_aim_below_the_position_is_noted_whenever_it_is(toy: Run) -> None:
    view = utility_view(toy)
    first = view.panels[0]
    value, target = first.lines["value"], first.lines["target"]
    last = len(value.central)
    for places, still, noted in (([], last, False), ([2], last, True), ([-1], last, True),
                                 ([-1], last - 1, False)):  # fmt: skip
        aims = value.central.copy()
        aims[places] -= 10
        lines = first.lines | {"target": replace(target, central=aims)}
        notes = " ".join(aims_words([replace(first, lines=lines, open=still)]))
        assert (f"waits for the others to move ({first.short})" in notes) == noted


def test_what_the_deal_is_worth_beside_the_position_and_the_aim_is_told(toy: Run) -> None:
    view = utility_view(toy)
    assert view.mediated
    assert "mediator's text" in str([t.get_text() for t in utility(view).texts])
    more = toy.central.assign(utility=toy.central.utility + 0.05)
    assert not any("payments" in note for note in view.notes)
    assert "counts payments that come" in " ".join(utility_view(replace(toy, central=more)).notes)


def test_the_headline_of_utility_has_the_gains_at_signing(toy: Run) -> None:
    central = toy.central.assign(gain=("actor", [0.31, 0.2, 0.12]))
    assert toy.summary.central.outcome == "settlement"
    said = utility_view(replace(toy, central=central)).headline
    assert "worth 31 points more than no deal" in said
    assert "12 points more" in said


# --- pressure ------------------------------------------------------------------------------


def test_pressure_shows_costs_drift_and_levers(run: Run) -> None:
    figure = drawn(run, "pressure")
    cost = panel(figure, "cost")
    for n, actor in enumerate(signatories(run)):
        (line,) = lines(cost, actor)
        shown = len(line.get_xdata())
        np.testing.assert_allclose(line.get_ydata(), 100 * run.central.cost.values[:shown, n])
        (bar,) = lines(cost, f"range:{actor}")
        every = 100 * run.ensemble.cost.values[:, shown - 1, n]
        np.testing.assert_allclose(bar.get_ydata(), np.quantile(every, [0.1, 0.9]), rtol=1e-5)
    assert not cost.collections, "bands of several sides would mix"
    view = pressure_view(run)
    top = max(view.costs, key=lambda one: one.central.max())
    peaks = 100 * run.ensemble.cost.values[:, :shown, signatories(run).index(top.key)].max(axis=1)
    above = float(np.quantile(peaks, 0.9))
    if above > top.central.max():
        assert f"in one of ten worlds over {above:.1f}" in view.headline, "at any time"
    for issue in list(run.scenario.war.drift)[:2]:
        (line,) = lines(panel(figure, f"no_deal:{issue}"), "no_deal")
        column, shown = list(run.scenario.issues).index(issue), len(line.get_xdata())
        np.testing.assert_array_equal(line.get_ydata(), run.central.no_deal.values[:shown, column])
    acting = {lever.key for lever in view.levers}
    assert all(lever.shares[-1] >= SELDOM or lever.pulled is not None for lever in view.levers)
    idle = set(run.central.lever.values.tolist()) - acting
    for key in idle:
        owner, _, name = key.partition(".")
        title = run.scenario.actors[owner].levers[name].title
        assert title in words(figure, "notes"), "what never acts is a sentence, not an empty row"
    assert ("levers" in [a.get_gid() for a in figure.axes]) == bool(acting)
    for lever in view.levers:
        assert len(by_gid(figure, f"lever:{lever.key}")) == 1
        days = run.ensemble.lever_effect_day.sel(lever=lever.key).values
        assert lever.shares[-1] == np.mean(days <= view.days[-1])
    if view.end == run.central.day.values[-1] and acting:
        most = max(lever.shares[-1] for lever in view.levers)
        assert share_text(most) in view.headline
        used = run.summary.levers.values()
        assert max(use.in_effect for use in used) == pytest.approx(most, abs=1e-6)


def test_what_stands_without_a_deal_ends_with_the_signature(toy: Run) -> None:
    view, signed = pressure_view(toy), signed_days(toy)["settlement"]
    assert toy.summary.central.outcome == "settlement"
    (land,) = view.moving
    assert view.days[len(land.course.central) - 1] < signed <= view.days[len(land.course.central)]
    assert "when it was signed in the central world" in land.words
    assert sum("when all was signed; " in line for line in view.words) == len(view.costs)


def test_pressure_tells_by_what_costs_are_multiplied(toy: Run) -> None:
    assert "Costs are" not in pressure_view(toy).subtitle
    table = Calibration(names=("cost_scale",), rows=((1.0,), (1.28,), (3.0,)))
    for engine, told in (
        (Engine(calibration=table), "1.3 times the file's in the middle, as past talks suggest."),
        (Engine(cost_scale=2), "2 times the file's by the file's own engine."),
    ):
        scenario = toy.scenario.model_copy(update={"engine": engine})
        assert f"Costs are {told}" in pressure_view(replace(toy, scenario=scenario)).subtitle


@pytest.mark.parametrize("kind", ["kellogg", "dayton", "never"])
def test_no_mark_hides_another(kind: str) -> None:
    charts = charts_of(finished(kind))
    for name in set(charts) - {"convergence", "overview"}:  # where a text becomes the deal
        assert hidden(charts[name]) == [], name


# --- parts ---------------------------------------------------------------------------------


def test_band_is_the_quantile(toy: Run) -> None:
    expected = np.quantile(toy.ensemble.offer.values, [0.1, 0.5, 0.9], axis=0)
    np.testing.assert_allclose(band(toy, "offer"), expected, atol=1e-6)
    assert band(toy, "offer") is band(toy, "offer")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_labels_are_spread_within_bounds(places: list[float]) -> None:
    moved = spread(places, 0.1, 0.0, 1.0)
    assert min(moved) >= 0
    assert max(moved) <= 1 + 1e-9
    ordered = np.sort(moved)
    assert (np.diff(ordered) >= 0.1 - 1e-9).all()
    np.testing.assert_array_equal(np.argsort(places, kind="stable"), np.argsort(moved))
    assert spread([0.9, 0.1, 0.5], 0.1, 0.0, 1.0) == pytest.approx([0.9, 0.1, 0.5])
    assert spread([0.5, 0.5], 0.2, 0.0, 1.0) == pytest.approx([0.4, 0.6])


def test_wrapped_lines_fit() -> None:
    text = "Western contingent along the whole of the line, with sensors and drones"
    with house_style():
        rows = wrapped(text, 1.2, lines=6)
        assert " ".join(rows) == text
        assert all(text_width(row) <= 1.2 for row in rows)
        cut = wrapped(text, 1.2, lines=2)
        assert len(cut) == 2
        assert cut[1].endswith("…")
        assert text_width(cut[1]) <= 1.2


def test_one_color_per_actor_and_none_that_an_outcome_has(toy: Run) -> None:
    colors = actor_colors(toy.scenario)
    assert colors["north"] == "#0072B2"
    assert len(set(colors.values())) == len(toy.scenario.actors)
    assert ink("#000000") == "#000000"
    assert 1.05 / (luminance(ink("#F0E442")) + 0.05) >= 4.5
    means = [*OUTCOME_COLORS.values(), PLAN, CROWD, *OKABE_ITO]
    assert len({c.lower() for c in means}) == len(means)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.005, "0.5 %"),
        (0.0004, "under 0.1 %"),
        (0.124, "12 %"),
        (0.125, "13 %"),
        (0.03, "3 %"),
        (0.045, "4.5 %"),
        (0.999, "99.9 %"),
        (0.9996, "over 99.9 %"),
        (None, "—"),
    ],
)
def test_shares_in_words(share: float | None, text: str) -> None:
    assert share_text(share) == text


# --- after the signatures ----------------------------------------------------------------------


def test_afterwards_shows_the_plan_the_gates_and_the_years() -> None:
    run = finished("kellogg")
    figure = drawn(run, "afterwards")
    marks = {line.get_gid(): line for line in panel(figure, "worth").get_lines()}
    for actor, gain in run.summary.plan.gain.items():
        assert marks[f"gain.{actor}"].get_xdata()[0] == pytest.approx(100 * gain.median)
    gates = {line.get_gid(): line for line in panel(figure, "gates").get_lines()}
    share = run.summary.ratification["eu_council"].plan_passed
    assert gates["plan_passed.eu_council"].get_xdata()[0] == pytest.approx(share)
    crossed = {t.get_gid(): t.get_text() for t in figure.texts if t.get_gid()}
    assert "Ceasefire" in crossed["crosses.putin"]
    assert "Asked in no world: Referendum in Ukraine" in words(figure, "notes")
    assert "settlements, or texts" not in " ".join(t.get_text() for t in figure.texts)
    # curves are drawn only where they say more than a sentence
    view = afterwards_view(run)
    assert bool(view.holds) == (list(run.summary.plan.held.values())[-1] < 0.95)
    assert any("Still hold, the plan as published" in line for line in view.words)
    assert FIGURES["afterwards"](finished("one")) is None, "nothing to look at"


# --- texts as they come -------------------------------------------------------------------


def test_texts_that_cannot_be_drawn_are_replaced_without_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert plain("Мир, ειρήνη – 28 %") == "Мир, ειρήνη – 28 %"
    assert plain("a\x1b[31mb\x07c") == "a [31mb c"
    assert plain("和平") == plain("和平") == "\ufffd\ufffd"
    assert len([r for r in caplog.records if "no glyph" in r.message]) <= 2, "each once"
    text = ONE.replace("title: Land", 'title: "Land\\u4e0b 下"').replace("name: A", "name: 甲")
    for figure in charts_of(run_scenario(loaded(text, "odd"), 10)).values():
        figure.canvas.draw()  # warnings are errors
        assert "下" not in " ".join(t.get_text() for t in figure.texts)


def test_few_worlds_are_counted() -> None:
    run = run_scenario(load_scenario(SCENARIOS / "dayton.yaml"), 12)
    view, lasting = afterwards_view(run), run.summary.durability
    assert 0 < lasting.worlds < FEW
    said = [text for _, text in view.terms] + view.broken
    said += [one.last for one in view.holds if one.key == "settlements"]
    assert said
    assert all(f"of {lasting.worlds}" in text and "%" not in text for text in said)


def test_only_terms_without_which_another_share_holds_are_told() -> None:
    run = run_scenario(load_scenario(SCENARIOS / "dayton.yaml"), 40)
    lasting = run.summary.durability
    every, worlds = lasting.shares[-1], lasting.worlds
    shares = dict.fromkeys(lasting.without, every)

    def told(**other: float) -> list[tuple[str, str]]:
        known = replace(run.summary, durability=replace(lasting, without={**shares, **other}))
        return afterwards_view(replace(run, summary=known)).terms

    assert told() == [("All terms, or without any one", share_of(every, worlds))]
    first = next(iter(shares))
    assert told(**{first: every - 1e-4}) == told()  # 80 % of all, 80 % without it
    title = run.scenario.issues[first].title
    assert told(**{first: 0.1}) == [
        ("All terms", share_of(every, worlds)),
        (f"Without {title}", share_of(0.1, worlds)),
    ]


def test_what_is_agreed_between_two_texts_is_neither_of_them() -> None:
    """Half way between two sides' texts the nearest one would be one side's by chance."""
    learnt = f"engine.calibration={ROOT / 'sim' / 'scenario' / 'calibration.json'}"
    run = run_scenario(load_scenario(SCENARIOS / "past" / "minsk_2015.yaml", [learnt]), 20)
    between = 0
    for key, issue in run.scenario.issues.items():
        point = run.summary.central.agreed[key]
        if point is not None and issue.numeric is None and issue.kind != "options":
            apart = min(abs(point.point - listed) for listed in issue.scale)
            assert ("between “" in status(run, key)) == (apart > 0.005), key
            between += apart > 0.005
    assert between


def test_the_name_of_a_day_stands_where_no_curve_passes() -> None:
    def place(*shares: float) -> float:
        curve = SimpleNamespace(days=np.arange(len(shares)) * 10.0, shares=np.array(shares))
        view: Any = SimpleNamespace(seen=[SimpleNamespace(curve=curve)], end=40.0)
        return _free(view, (5.0, 25.0), 0.1, 1.0)

    assert place(0.0, 0.1, 0.2, 0.2) == 1.0
    assert place(0.99, 1.0, 1.0, 1.0) < 0.97
    # a step that rises past a place crosses it, and one before or after the text does not
    assert place(0.5, 0.5, 1.0, 1.0) < 0.49
    assert place(0.0, 0.0, 0.0, 1.0) == 1.0
