"""Figures by content: what they show, where it stands, and that nothing collides."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.ensemble.runner import Run, run_scenario
from sim.plots import FIGURES, draw
from sim.plots.sheet import foot_line
from sim.plots.style import house_style, text_width, wrapped
from sim.prose import percent as share_text
from sim.results.dataset import date_of
from sim.scenario import load_scenario
from sim.views.colours import actor_colors, ink, luminance
from sim.views.layout import nice_top, spread
from sim.views.run_data import band, concerned, conditional_lines, red_lines

ROOT = Path(__file__).parents[1]
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
KINDS = ("toy", "never", "one", "one_round", "kellogg")
_runs: dict[str, Run] = {}


def finished(kind: str, folder: Path) -> Run:
    """A run of a kind, made once for all tests."""
    if kind not in _runs:
        text = {
            "toy": TOY.replace("LIMIT", "0.7"),
            "never": TOY.replace("LIMIT", "0.2"),
            "one": ONE,
            "one_round": TOY.replace("LIMIT", "0.7").replace("300", "7"),
        }.get(kind)
        path = ROOT / "scenarios" / "kellogg.yaml"
        if text is not None:
            path = folder / f"{kind}.yaml"
            path.write_text(text, encoding="utf-8")
        elif not path.exists():
            pytest.skip("scenarios/kellogg.yaml is not there")
        _runs[kind] = run_scenario(load_scenario(path), WORLDS)
    return _runs[kind]


@pytest.fixture(params=KINDS)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    return finished(request.param, tmp_path)


@pytest.fixture
def toy(tmp_path: Path) -> Run:
    return finished("toy", tmp_path)


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


# --- all figures ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_head_and_foot(run: Run, name: str) -> None:
    figure = FIGURES[name](run)
    assert len(words(figure, "headline")) > 10
    assert len(words(figure, "subtitle")) > 10
    foot = words(figure, "foot")
    assert foot == foot_line(run)
    assert f"given the assumptions in {run.scenario.name}.yaml; not a forecast" in foot
    assert f"{WORLDS} worlds, seed 1. Sources: in the scenario file." in foot
    assert figure.get_size_inches()[0] == 11


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off_or_overprinted(run: Run, name: str) -> None:
    figure = FIGURES[name](run)
    figure.canvas.draw()
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]
    width, height = figure.bbox.width, figure.bbox.height
    for label, box in boxes:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{label!r} leaves the figure"
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        # boxes hold the leading of a line too: a few pixels of 130 to the inch may be shared
        assert across < 2 or along < 5, f"{one!r} meets {other!r}"


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_drawn_twice_gives_the_same_bytes(toy: Run, tmp_path: Path, suffix: str) -> None:
    for name in FIGURES:
        first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
        draw(toy, name, first)
        draw(toy, name, second)
        content = first.read_bytes()
        assert content == second.read_bytes()
        assert content.startswith({".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix])
    assert sorted(p.name for p in tmp_path.glob(f"*{suffix}")) == [
        f"first{suffix}",
        f"second{suffix}",
    ]


def test_unknown_figures_and_formats_are_refused(toy: Run, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no figure 'pie'; choose from convergence"):
        draw(toy, "pie", tmp_path / "x.png")
    with pytest.raises(ValueError, match=r"cannot save a figure as 'x\.bmp'"):
        draw(toy, "outcome", tmp_path / "x.bmp")
    assert not list(tmp_path.glob("*x*"))


def test_settings_do_not_leak_and_do_not_matter(toy: Run, tmp_path: Path) -> None:
    draw(toy, "utility", tmp_path / "plain.png")
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "savefig.bbox": "tight"}):
        before = dict(mpl.rcParams)
        draw(toy, "utility", tmp_path / "odd.png")
        assert dict(mpl.rcParams) == before
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "odd.png").read_bytes()


def test_pyplot_is_not_imported() -> None:
    code = "import sys, sim.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- convergence ---------------------------------------------------------------------------


def test_convergence_shows_every_position(run: Run) -> None:
    figure = FIGURES["convergence"](run)
    limited = ["limited"] if run.summary.limited else []
    assert [a.get_gid() for a in figure.axes] == [*run.scenario.issues, *limited]
    for n, issue in enumerate(run.scenario.issues):
        axes = panel(figure, issue)
        for a, actor in enumerate(run.central.actor.values):
            drawn = lines(axes, str(actor))
            assert len(drawn) == (actor in concerned(run, issue))
            if drawn:
                np.testing.assert_array_equal(drawn[0].get_xdata(), run.central.day.values)
                np.testing.assert_array_equal(
                    drawn[0].get_ydata(), run.central.offer.values[:, a, n]
                )
                assert drawn[0].get_color() == actor_colors(run.scenario)[str(actor)]
            limits = lines(axes, f"limit:{actor}")
            expected = red_lines(run, str(actor), issue)
            assert len(limits) == len(expected)
            for line, (values, _) in zip(limits, expected, strict=True):
                np.testing.assert_array_equal(line.get_ydata(), values)


def test_convergence_ticks_are_the_scale_texts(run: Run) -> None:
    figure = FIGURES["convergence"](run)
    for issue, spec in run.scenario.issues.items():
        axes = panel(figure, issue)
        np.testing.assert_allclose(axes.get_yticks(), list(spec.scale))
        texts = [t.get_text().replace("\n", " ") for t in axes.get_yticklabels()]
        assert texts[0]
        assert texts[-1]
        for shown, text in zip(texts, spec.scale.values(), strict=True):
            assert shown in ("", text) or text.startswith(shown.rstrip("…").rstrip())


def test_convergence_names_the_lines(toy: Run) -> None:
    texts = {t.get_text() for t in panel(FIGURES["convergence"](toy), "money").texts}
    assert {"North", "The South", "The Payer"} <= texts


def test_convergence_marks_the_deal(run: Run) -> None:
    figure = FIGURES["convergence"](run)
    agreed = run.central.agreed.values
    for n, (issue, _) in enumerate(run.scenario.issues.items()):
        marks = lines(panel(figure, issue), "deal")
        assert len(marks) == (not np.isnan(agreed[n]))
        if marks:
            stage = next(k for k, s in enumerate(run.scenario.stages) if issue in s.issues)
            assert marks[0].get_xdata()[0] == run.central.stage_day.values[stage]
            assert marks[0].get_ydata()[0] == pytest.approx(agreed[n])


def test_convergence_marks_texts_at_their_stage(toy: Run) -> None:
    figure = FIGURES["convergence"](toy)
    central, days = toy.central, toy.scenario.war.round_days
    assert central.sizes["text_number"] > 0
    for stage, issue in ((0, "truce"), (1, "land")):
        mine = central.text_stage.values == stage
        marks = lines(panel(figure, issue), "text")
        assert len(marks) == mine.any()
        for line in marks:
            np.testing.assert_array_equal(line.get_xdata(), central.text_round.values[mine] * days)


def test_convergence_headlines_follow_the_run(tmp_path: Path) -> None:
    never = finished("never", tmp_path)
    assert "Settlement" not in words(FIGURES["convergence"](never), "headline")
    one = finished("one", tmp_path)
    when = date_of(one.scenario, one.summary.central.settled_day)
    headline = words(FIGURES["convergence"](one), "headline")
    assert headline.startswith("In the central world the only issue is agreed by ")
    assert headline.endswith(str(when.year))


# --- outcome -------------------------------------------------------------------------------


def test_outcome_shows_odds_and_intervals(run: Run) -> None:
    figure = FIGURES["outcome"](run)
    assert [a.get_gid() for a in figure.axes] == ["odds", "time"]
    odds = panel(figure, "odds")
    widths = [bar.get_width() for bar in odds.patches]
    np.testing.assert_allclose(widths, list(run.summary.outcomes.values()), atol=1e-6)
    spans = [tuple(line.get_xdata()) for line in odds.lines]
    np.testing.assert_allclose(spans, list(run.summary.outcomes_interval.values()), atol=1e-6)


def test_outcome_curve_is_the_share_settled(run: Run) -> None:
    figure = FIGURES["outcome"](run)
    axes = panel(figure, "time")
    curves = {"settlement": run.ensemble.settled_day.values}
    if len(run.scenario.stages) > 1:
        curves["first_stage"] = run.ensemble.first_signed_day.values
    for name, signed in curves.items():
        (line,) = lines(axes, name)
        expected = [(signed <= day).mean() for day in line.get_xdata()]
        np.testing.assert_allclose(line.get_ydata(), expected)
    assert axes.get_ylim()[0] == 0
    drawn = [line for line in axes.lines if line.get_transform() == axes.transData]
    assert axes.get_ylim()[1] >= max(np.max(line.get_ydata()) for line in drawn)
    texts = [t.get_text() for t in figure.texts]
    for day, share in run.summary.deal_by_day.items():
        assert f"{day} days" in texts
        assert share_text(share) in texts


def test_axis_of_tiny_odds_is_short() -> None:
    assert nice_top(0.0038) == 0.01
    assert nice_top(0.97) == 1.0


# --- package -------------------------------------------------------------------------------


def test_package_shows_what_was_agreed(run: Run) -> None:
    figure = FIGURES["package"](run)
    assert [a.get_gid() for a in figure.axes] == list(run.scenario.issues)
    data = run.ensemble
    settled = data.outcome.values == 0
    for n, (issue, spec) in enumerate(run.scenario.issues.items()):
        axes = panel(figure, issue)
        values = data.agreed.values[settled, n] if settled.any() else data.agreed.values[:, n]
        values = values[~np.isnan(values)]
        marks = lines(axes, "median")
        assert len(marks) == (len(values) > 0)
        if marks:
            options = spec.kind == "options"
            middle = np.quantile(values, 0.5, method="inverted_cdf" if options else "linear")
            assert marks[0].get_xdata()[0] == pytest.approx(middle)
            bars = lines(axes, "spread")
            assert len(bars) == (not options), "between options lies nothing"
            for bar in bars:
                np.testing.assert_allclose(bar.get_xdata(), np.quantile(values, [0.1, 0.9]))
        (start,) = lines(axes, "no_deal")
        assert start.get_xdata()[0] == spec.no_deal.median
        for actor in run.central.actor.values:
            ideals = lines(axes, f"ideal:{actor}")
            position = run.scenario.actors[str(actor)].positions.get(issue)
            assert len(ideals) == (position is not None)
            if position is not None:
                # side by side where several coincide, so up to a few marks away
                assert ideals[0].get_xdata()[0] == pytest.approx(position.ideal.median, abs=0.08)


def test_package_without_a_settlement_tells_why(tmp_path: Path) -> None:
    never = finished("never", tmp_path)
    assert not (never.ensemble.outcome.values == 0).any()
    figure = FIGURES["package"](never)
    headline = words(figure, "headline")
    assert headline.startswith("No settlement in any world")
    assert "Land and water" in headline
    axes = panel(figure, "land")
    (north,) = lines(axes, "limit:north")
    assert north.get_xdata()[0] == pytest.approx(0.2)
    assert [c for c in axes.collections if c.get_gid() == "gap"]
    assert any("No common ground in 100 %" in t.get_text() for t in figure.texts)
    assert conditional_lines(never, "south", "land") == [0.4]


# --- utility -------------------------------------------------------------------------------


def test_utility_shows_three_lines_a_side(run: Run) -> None:
    figure = FIGURES["utility"](run)
    assert [a.get_gid() for a in figure.axes] == [str(a) for a in run.central.actor.values]
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    for n, axes in enumerate(figure.axes):
        for name in ("value", "target", "reservation"):
            (line,) = lines(axes, name)
            np.testing.assert_array_equal(line.get_ydata(), run.central[name].values[:, n])
        settled = float(run.central.settled_day)
        deal = lines(axes, "deal")
        assert len(deal) == (not np.isnan(settled))
        if deal:
            assert deal[0].get_xdata()[0] == settled
            assert deal[0].get_ydata()[0] == pytest.approx(float(run.central.utility.values[n]))
        assert {"own position", "aims for", "without a deal"} <= {
            t.get_text().replace("\n", " ") for t in axes.texts
        }


# --- pressure ------------------------------------------------------------------------------


def test_pressure_shows_costs_drift_and_levers(run: Run) -> None:
    figure = FIGURES["pressure"](run)
    levers = run.central.sizes["lever"]
    names = [a.get_gid() for a in figure.axes]
    assert ("levers" in names) == bool(levers)
    cost = panel(figure, "cost")
    for n, actor in enumerate(run.central.actor.values):
        (line,) = lines(cost, str(actor))
        np.testing.assert_array_equal(line.get_ydata(), run.central.cost.values[:, n])
    for issue in list(run.scenario.war.drift)[:2]:
        (line,) = lines(panel(figure, f"no_deal:{issue}"), "no_deal")
        column = list(run.scenario.issues).index(issue)
        np.testing.assert_array_equal(line.get_ydata(), run.central.no_deal.values[:, column])
    if not levers:
        assert any("no levers" in t.get_text() for t in figure.texts)
        return
    axes = panel(figure, "levers")
    pulled = run.central.lever_pulled_day.values
    marks = sorted(float(line.get_xdata()[0]) for line in lines(axes, "pulled"))
    np.testing.assert_allclose(marks, np.sort(pulled[~np.isnan(pulled)]))
    for key in run.central.lever.values:
        assert len(by_gid(figure, f"lever:{key}")) == 1


# --- parts ---------------------------------------------------------------------------------


def test_band_is_the_quantile(toy: Run) -> None:
    expected = np.quantile(toy.ensemble.offer.values, [0.1, 0.5, 0.9], axis=0)
    np.testing.assert_allclose(band(toy.ensemble, "offer"), expected, atol=1e-6)
    assert band(toy.ensemble, "offer") is band(toy.ensemble, "offer")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_labels_are_spread_within_bounds(places: list[float]) -> None:
    moved = spread(places, 0.1, 0.0, 1.0)
    assert min(moved) >= 0
    assert max(moved) <= 1 + 1e-9
    ordered = np.sort(moved)
    assert (np.diff(ordered) >= 0.1 - 1e-9).all()
    np.testing.assert_array_equal(np.argsort(places, kind="stable"), np.argsort(moved))


def test_labels_that_do_not_collide_stay() -> None:
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


def test_one_color_per_actor(toy: Run) -> None:
    colors = actor_colors(toy.scenario)
    assert colors["north"] == "#0072B2"
    assert len(set(colors.values())) == len(toy.scenario.actors)
    assert ink("#000000") == "#000000"
    assert 1.05 / (luminance(ink("#F0E442")) + 0.05) >= 4.5


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


def test_afterwards_shows_the_plan_the_gates_and_the_years(tmp_path: Path) -> None:
    run = finished("kellogg", tmp_path)
    figure = FIGURES["afterwards"](run)
    marks = {line.get_gid(): line for line in panel(figure, "plan").get_lines()}
    for actor, gain in run.summary.plan.gain.items():
        assert marks[f"gain.{actor}"].get_xdata()[0] == pytest.approx(gain.median)
    gates = {line.get_gid(): line for line in panel(figure, "gates").get_lines()}
    share = run.summary.ratification["eu_council"].plan_passed
    assert gates["plan_passed.eu_council"].get_xdata()[0] == pytest.approx(share)
    (curve,) = [c for c in panel(figure, "years").get_lines() if c.get_gid() == "plan"]
    held = list(run.summary.plan.held.values())
    assert curve.get_ydata().tolist() == pytest.approx([1.0, *held])
    crossed = {t.get_gid(): t.get_text() for t in figure.texts if t.get_gid()}
    assert "Ceasefire" in crossed["crosses.putin"]


def test_afterwards_says_so_where_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    run = finished("one", tmp_path)
    assert words(FIGURES["afterwards"](run), "headline") == "What comes after the signatures"
