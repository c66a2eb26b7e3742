"""``python -m sim solve``: enumeration against optimisation, red lines, words, files."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from sim.arrays import Table
from sim.engine.central import central_space
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.formulas.bargaining.red_lines import Rule
from sim.formulas.solutions.by_enumeration import enumerated
from sim.formulas.solutions.by_optimisation import most_inside, named_points, optimised
from sim.formulas.solutions.programme import Programme
from sim.formulas.solutions.space import Space
from sim.plots.solution import solution
from sim.scenario import Scenario, load_data
from sim.scenario.loading import load_variant
from sim.studies.solve.subject import solve_scenario
from sim.studies.solve.summary import all_points, loosening, statement, trying
from sim.views.solution import solution_view
from tests.conftest import TOY, build, conflict, filed, lines_at, put, typed, works
from tests.pictures import faults, hues, meanings

NAMES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "relative_welfare")


def space(seed: int, parties: int, issues: int, grid: int | None, **more: Any) -> Space:
    """A random space; with ``grid`` points listed per issue, or continuous."""
    rng = np.random.default_rng(seed)
    shape = (parties, issues)
    weight = rng.dirichlet(np.ones(issues), size=parties)
    ideal = np.round(rng.random(shape), 1)
    given_: dict[str, Any] = {
        "parties": tuple(f"p{k}" for k in range(parties)),
        "issues": tuple(f"i{i}" for i in range(issues)),
        "ideal": ideal,
        "weight": weight,
        "curvature": np.ones(shape),
        "low": np.zeros(shape),
        "high": np.ones(shape),
        "linkages": (),
        "floor": np.zeros(issues),
        "ceiling": np.ones(issues),
        "top": np.ones(parties),
        "reservation": np.full(parties, 0.3),
        "options": (None if grid is None else np.linspace(0, 1, grid),) * issues,
    }
    return Space(**(given_ | more))


def linked(line: float, least: float, most: float) -> Rule:
    """The first party's upper red line on the first issue, there if the second lies within."""
    return Rule(0, 0, np.array([line]), True, [(1, np.array([least]), np.array([most]))])


# --- optimisation against enumeration on a refined grid ------------------------------------------


@settings(max_examples=25)
@given(st.integers(0, 100_000), st.sampled_from([1.0, 2.0]), st.booleans())
def test_optima_agree_with_a_refined_grid(seed: int, curvature: float, lines: bool) -> None:
    more: dict[str, Any] = {"curvature": np.full((2, 2), curvature)}
    if lines:
        more |= {
            "high": np.array([[0.6, 1.0], [1.0, 0.7]]),
            "linkages": (linked(0.8, 0.0, 0.4),),
        }
    fine, free = enumerated(space(seed, 2, 2, 201, **more)), space(seed, 2, 2, None, **more)
    if fine.status != "zone":
        return
    programme = Programme(free)
    equal = programme.most_equal(np.ones(2))
    exact = named_points(programme, equal, most_inside(programme))
    best = np.max([p.gain for p in fine.frontier], axis=0)
    if best.min() < 0.02:
        return  # a zone as thin as the grid
    value = {
        "nash": lambda g: float(np.prod(g)),
        "egalitarian": lambda g: float(g.min()),
        "utilitarian": lambda g: float(g.sum()),
    }
    for name, score in value.items():
        here, there = score(exact[name].gain), score(fine.points[name][0].gain)
        # no worse than any grid point, no better than the grid allows
        assert here >= there - 1e-5, name
        assert here <= there + 0.02, name
    for name in NAMES:
        assert free.inside(exact[name].package[None], 1e-5).all()
        assert (exact[name].gain >= -1e-6).all()


@settings(max_examples=10)
@given(st.integers(0, 100_000), st.integers(2, 3))
def test_optimisation_over_listed_options_is_enumeration(seed: int, parties: int) -> None:
    listed = space(seed, parties, 4, 5, reservation=np.full(parties, 0.4))
    exact, programme = enumerated(listed), Programme(listed)
    equal = programme.most_equal(np.ones(parties))
    if exact.status == "no_gain":
        assert equal.surplus.min() == pytest.approx(exact.least_bad.gain.min(), abs=1e-6)
        return
    found = named_points(programme, equal, most_inside(programme))
    for name, score in {"nash": np.prod, "egalitarian": np.min, "utilitarian": np.sum}.items():
        best = exact.points[name][0].gain
        assert score(found[name].gain) == pytest.approx(score(best), abs=1e-6), name


def test_closed_forms_of_a_pie_and_of_a_logroll() -> None:
    pie = space(0, 2, 1, None, ideal=np.array([[0.0], [1.0]]), weight=np.ones((2, 1)),
                reservation=np.array([0.2, 0.0]))  # fmt: skip
    found = optimised(pie).points
    # 0.8 to share out equally
    assert found["nash"][0].package == pytest.approx([0.4], abs=1e-4)
    assert found["egalitarian"][0].package == pytest.approx([0.4], abs=1e-6)
    # relative gains (0.8 − x) / 0.8 = x
    for name in ("kalai_smorodinsky", "kalai_smorodinsky_least_spread"):
        assert found[name][0].package == pytest.approx([0.8 / 1.8], abs=1e-6)
    assert optimised(pie).most_inside == pytest.approx([0.8, 1.0], abs=1e-6)
    assert optimised(pie).largest_gain == pytest.approx([0.8, 0.8], abs=1e-6)
    # two issues: each side gets what it cares about
    trade = space(0, 2, 2, None, ideal=np.array([[0.0, 0.0], [1.0, 1.0]]),
                  weight=np.array([[0.8, 0.2], [0.2, 0.8]]), reservation=np.zeros(2))  # fmt: skip
    found = optimised(trade).points
    for name in NAMES:
        assert found[name][0].package == pytest.approx([0, 1], abs=1e-4), name
        assert found[name][0].gain == pytest.approx([0.8, 0.8], abs=1e-4)


# --- red lines and the engine ------------------------------------------------------------------


def test_the_space_is_that_of_the_engine(kellogg: Scenario) -> None:
    model = PeaceTalks(kellogg, Draws(0, 1, central=True))
    issues = np.arange(len(model.talks.issues))
    model.talks.tables = [Table(slice(None), issues, 0, np.ones(1, dtype=bool), issues)]
    found = central_space(kellogg)
    packages = np.random.default_rng(0).random((400, len(found.issues)))
    # many on the points where conditions begin to hold
    packages = np.where(packages < 0.5, np.round(packages, 1), packages)
    utility, beyond = found.utility(packages), found.overshoot(packages)
    for k, party in enumerate(model.signatories):
        assert found.parties[k] == party.key
        worth = party.best_of_all - party.loss(packages).sum(axis=1)
        assert utility[:, k] == pytest.approx(worth, abs=1e-12)
        terms = (beyond[:, -1] <= 1e-9).all(axis=1)
        mine = (beyond[:, k] <= 1e-9).all(axis=1) & terms
        assert np.array_equal(mine, party.within_limits(packages[None])[0])


def test_red_lines_that_miss_each_other_are_named() -> None:
    subject = solve_scenario(build(lines_at(TOY, a=0.3, b=0.5)))
    analysis = subject.analysis
    assert (analysis.status, analysis.points) == ("no_ground", {})
    assert analysis.beyond.sum() == pytest.approx(0.2, abs=1e-6)
    assert "no package is inside all red lines" in statement(subject)
    assert "on Land by 0." in statement(subject)
    assert len(analysis.frontier) > 5
    near = solve_scenario(build(lines_at(TOY, a=0.498, b=0.5)))
    assert "on Land by less than 0.01" in statement(near), "no line is crossed by nothing"


def test_what_gives_way_and_what_would_have_to_is_told_with_its_set() -> None:
    """A's conditional line lets a package through that B's line bars; what is told opens it."""
    data = lines_at(TOY, a=0.3, b=0.8)
    rule = {"limit": 0.5, "when": {"arms": {"at_most": 0.4}}, "judgement": "test"}
    data["actors"]["a"]["positions"]["land"]["conditional"] = [rule]
    loaded = load_data(data)
    subject = solve_scenario(loaded.scenario)
    least = subject.analysis.least_bad
    assert subject.analysis.status == "no_ground"
    (rule,) = subject.given_way(least.package)
    assert (rule.who, rule.before, rule.after) == ("a", 0.3, 0.5)
    assert "A's red line on Land gives way from 0.30 to 0.50, since Arms" in loosening(subject)[0]
    assert rule.set in loosening(subject)[0]
    harder = solve_scenario(load_variant(loaded, [rule.set]).scenario)
    assert harder.analysis.beyond.sum() == pytest.approx(0.5, abs=1e-6)
    assert not loosening(harder)
    opened = load_variant(loaded, subject.to_move).scenario
    assert central_space(opened).inside(least.package[None]).all()
    assert "inside all of them" in trying(subject)
    assert solve_scenario(opened).analysis.status != "no_ground"
    assert not trying(solve_scenario(opened))


@pytest.mark.parametrize("kind", ["continuous", "options"])
def test_no_package_beats_no_deal_for_all(kind: str) -> None:
    data = copy.deepcopy(TOY)
    data["war"]["cost"] = {}
    for side, mean in (("a", -0.05), ("b", 0.05)):
        put(data, f"war.beliefs.{side}.land", {"mean": mean, "sd": 0})
    data["issues"]["arms"]["no_deal"] = 0.5
    for issue in data["issues"].values():
        issue["kind"] = kind
    subject = solve_scenario(build(data))
    analysis = subject.analysis
    assert analysis.method == ("enumeration" if kind == "options" else "optimisation")
    assert analysis.status == "no_gain"
    assert analysis.least_bad.gain.min() < 0
    assert "none of them beats no deal for everyone" in statement(subject)
    assert "least_bad" in all_points(subject)
    assert len(analysis.frontier)


def test_least_red_line_crossing_is_found_and_a_conditional_line_opens_a_package() -> None:
    lines = {"high": np.array([[0.2, 1.0], [1.0, 1.0]]), "low": np.array([[0.0, 0.0], [0.6, 0.0]])}
    for grid in (11, None):
        found = (enumerated if grid else optimised)(space(3, 2, 2, grid, **lines))
        assert found.status == "no_ground"
        assert found.beyond.sum() == pytest.approx(0.4, abs=1e-6)
    lines |= {"ideal": np.array([[0.0, 0.5], [1.0, 0.5]]), "weight": np.full((2, 2), 0.5)}
    assert Programme(space(0, 2, 2, None, **lines)).most_equal(np.ones(2)) is None
    link = linked(0.65, 0.9, 1.0)
    opened = Programme(space(0, 2, 2, None, **lines, linkages=(link,))).most_equal(np.ones(2))
    assert opened.package == pytest.approx([0.6, 0.9], abs=1e-6)


# --- the command -------------------------------------------------------------------------------


def test_solve_writes_its_files_and_words(toy_file: Path, tmp_path: Path) -> None:
    done = works("solve", toy_file, "--out", tmp_path, "--set", "war.cost.a=0.03")
    assert done.err == ""
    for words in ("zone of possible agreement", "at least as good as no deal for all", "Nash",
                  "Kalai–Smorodinsky", "By optimisation",
                  "Changed: war.cost.a=0.03", "solution.json, solution.png"):  # fmt: skip
        assert words in done.words
    content = json.loads((tmp_path / "toy" / "solution.json").read_text())
    assert set(content["points"]) == {*NAMES, "kalai_smorodinsky_least_spread"}
    nash = content["points"]["nash"][0]
    assert nash["terms"]["land"]["text"] in TOY["issues"]["land"]["scale"].values()
    for party, gain in nash["gain"].items():
        worth = content["parties"][party]["reservation"] + gain
        assert nash["utility"][party] == pytest.approx(worth, abs=1e-8)


def test_deals_of_a_saved_run_are_set_beside(toy_file: Path, tmp_path: Path) -> None:
    out = ["--out", tmp_path, "--no-plots"]
    works(toy_file, "--worlds", "30", *out)
    assert "Simulated deals" in typed("solve", toy_file, *out).out
    content = json.loads((tmp_path / "toy" / "solution.json").read_text())
    assert content["deals"]["worlds"] == 30
    assert content["deals"]["same_scenario"]
    assert content["deals"]["median_room"] < 0.2
    # another scenario's deals only when asked for
    changed = ["solve", toy_file, *out, "--set", "war.cost.a=0.03"]
    assert "Simulated deals" not in typed(*changed).out
    asked = typed(*changed, "--run", tmp_path / "toy" / "result.nc")
    assert "not this one to the letter" in asked.words
    (other := tmp_path / "other.nc").write_text("no NetCDF")
    for path in (other, tmp_path / "missing.nc"):
        done = typed("solve", toy_file, *out, "--run", path)
        assert (done.code, done.out) == (2, "")
        assert str(path) in done.err
        assert "Traceback" not in done.err
    one, two = (typed("solve", toy_file, *out, "--json") for _ in range(2))
    assert one == two
    json.loads(one.out)
    assert not list((tmp_path / "toy").glob("*.png"))


def test_the_figure_shows_frontier_points_and_no_deal() -> None:
    subject = solve_scenario(build(TOY))
    figure = solution(solution_view(subject))
    assert faults(figure) == []
    assert hues(figure) <= set(meanings([subject.scenario]))
    (axes,) = figure.axes
    lines = {line.get_gid(): line for line in axes.lines}
    assert {"frontier", "free", "no deal", *NAMES} <= lines.keys()
    nash = np.array([lines["nash"].get_xdata()[0], lines["nash"].get_ydata()[0]])
    assert nash == pytest.approx(subject.analysis.points["nash"][0].gain * 100)
    assert axes.get_xlabel() == "A"
    assert axes.get_ylabel() == "B"


def test_more_parties_get_a_panel_for_the_pairs_with_most_to_divide(kellogg: Scenario) -> None:
    subject = solve_scenario(kellogg)
    figure = solution(solution_view(subject))
    assert faults(figure) == []
    assert hues(figure) <= set(meanings([subject.scenario]))
    assert len(subject.analysis.pairs) == 6
    assert len(figure.axes) == 3
    assert all(any(line.get_gid() == "least_bad" for line in a.lines) for a in figure.axes)


def eight_sides(**parts: Any) -> dict[str, Any]:
    """Of eight the last two alone want something of each other; nobody has a red line."""
    sides = {f"side{n}": {"calm": 0.0, "dear": {"ideal": n // 7, "salience": 9 * (n > 5) + 0.1}}
             for n in range(8)}  # fmt: skip
    return conflict({"calm": 0.5, "dear": 0.5}, sides, **parts)


def test_of_many_the_pair_with_most_to_divide_is_found_wherever_it_stands() -> None:
    subject = solve_scenario(build(eight_sides(cost=0.2)))
    view = solution_view(subject)
    assert "pair 6 7" in [panel.key for panel in view.panels]
    assert "; 25 pairs with less to divide left out" in view.subtitle
    assert "red line" not in view.subtitle + statement(subject)
    assert all(panel.free is None for panel in view.panels), "no red lines to set aside"
    assert not any("red lines" in text.get_text() for text in solution(view).findobj(Text))


def test_a_table_of_many_sides_can_be_read(tmp_path: Path) -> None:
    data = eight_sides(cost=0.2)
    for number, actor in enumerate(data["actors"].values()):
        actor["name"] = f"Republic no. {number}"
    done = typed("solve", filed(tmp_path, data, "eight"), "--no-plots", "--out", tmp_path)
    assert "…" not in done.out
    assert "Republic no. 7  " in done.out
    assert "KS: Kalai–Smorodinsky;" in done.words


def test_relative_gains_can_be_checked_by_hand(tmp_path: Path) -> None:
    # the second side would gain 0.75 if the first could lose, and 0.63 if it may not
    worth = {
        "east": (
            0.3,
            {"East": 0.7, "shared": 0.42, "West": 0},
            {"open": 0.3, "toll": 0.12, "closed": 0},
        ),
        "west": (
            0.25,
            {"East": 0, "shared": 0.28, "West": 0.4},
            {"open": 0.48, "toll": 0.6, "closed": 0},
        ),
    }
    actors = {
        name: {
            "name": name,
            "reservation": none,
            "positions": {
                "well": {"weight": 1, "values": well},
                "road": {"weight": 1, "values": road},
            },
        }
        for name, (none, well, road) in worth.items()
    }
    options = zip(("well", "road"), worth["east"][1:], strict=True)
    issues = {key: {"options": list(values)} for key, values in options}
    path = filed(tmp_path, {"title": "Wells", "issues": issues, "actors": actors}, "wells")
    done = typed("solve", path, "--no-plots", "--out", tmp_path)
    rows = {r[:24].strip(): r.split()[-2:] for r in done.out.splitlines()}
    assert rows["Largest possible gain"] == ["70.0", "63.0"]
    assert rows["Largest, others aside"] == ["70.0", "75.0"]
    # 70 / 70 + 23 / 75 is more than 42 / 70 + 51 / 75; by the row above it would be less
    assert rows["Relative welfare"] == ["70.0", "23.0"]
    assert "KS, LS and RW take gains as shares of the largest inside all red lines" in done.words
    zone = json.loads((tmp_path / "wells" / "solution.json").read_text())["zone"]
    assert zone["most_inside_red_lines"] == {"east": 0.7, "west": 0.75}


def test_where_nobody_gains_no_zone_is_claimed() -> None:
    data = conflict({"land": 0.5}, {"a": {"land": 0}, "b": {"land": 1}}, cost=0)
    subject = solve_scenario(build(data))
    assert statement(subject).startswith("There is nothing to gain: no package is")
    said = solution_view(subject).headline
    assert said == statement(subject).replace("There", "In the central world on day 0 there", 1)
