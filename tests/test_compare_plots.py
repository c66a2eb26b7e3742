"""Figures of a comparison by their content."""

from __future__ import annotations

import copy
import itertools
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.commands.comparing import CHARTS
from sim.plots import Drawing
from sim.plots.comparison import FIGURES
from sim.plots.comparison.stuck import REST, whole_percent
from sim.results.outcomes import OUTCOMES, REASONS
from sim.studies.compare.comparison import Comparison, compare
from sim.studies.compare.inputs import named
from sim.studies.compare.words import MAIN
from sim.views.colours import ISSUES, SEEN, WHY, to_rgb
from sim.views.compare.packages import packages, terms_of
from sim.views.compare.stuck import headline, stuck
from sim.views.compare.time import signed_day
from sim.words.shares import FEW
from tests.conftest import TOY, conflict, put
from tests.pictures import faults, hues, meanings
from tests.test_compare import with_cost, write
from tests.test_plots import by_gid, lines, panel, words

DURABLE = {"years": 6, "shift": {"land": 0.12}}
STAGED = [{"name": "first", "issues": ["arms"]}, {"name": "second", "issues": ["land"]}]


def hard(limit: float) -> dict[str, Any]:
    """Actors of whom one has a red line on land, where nothing may be left to both."""
    actors = copy.deepcopy(TOY["actors"])
    put(actors, "a.positions.land.limit", limit)
    return actors


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Settlements, none, stages, a plan, durability, and a scenario about something else."""
    folder = tmp_path_factory.mktemp("scenarios")
    other = conflict({"water": 0.5}, {"c": {"water": 0}, "d": {"water": 1}})
    files = [
        write(folder, "baseline", actors=hard(0.1)),
        write(folder, "lasting", durability=DURABLE, plan={"land": 0.6, "arms": 0.4}),
        write(folder, "staged", agenda=STAGED, actors=hard(0.1), plan={"land": 0.9}),
        write(folder, "costly", war=with_cost(0.06), durability=DURABLE, horizon_days=200),
        write(folder, "elsewhere", **{k: other[k] for k in ("issues", "actors", "war")}),
    ]
    found = compare(files, 60)
    # the figures show every case
    shares = {r.scenario.name: r.summary.outcomes["settlement"] for r in found.runs}
    assert shares["baseline"] == shares["staged"] == 0
    assert shares["lasting"] > 0.5
    return found


@pytest.fixture(scope="module")
def many(compared: Comparison) -> Comparison:
    """Nineteen scenarios with long names."""
    runs = [
        named(run, f"{run.scenario.name}_as_a_variant_{n}")
        for n, run in zip(range(18), itertools.cycle(compared.runs), strict=False)
    ]
    return Comparison([compared.base, *runs], "baseline")


@pytest.fixture(params=["few", "many"])
def either(request: pytest.FixtureRequest, compared: Comparison, many: Comparison) -> Comparison:
    return compared if request.param == "few" else many


def drawn(comparison: Comparison, name: str) -> Drawing:
    return FIGURES[name].drawn(comparison)


def figure_of(comparison: Comparison, name: str) -> Figure:
    return drawn(comparison, name).figure


@pytest.mark.parametrize("name", FIGURES)
def test_head_and_foot_and_no_text_is_cut_off_or_overprinted(either: Comparison, name: str) -> None:
    figure = figure_of(either, name)
    assert len(words(figure, "headline")) > 10
    assert len(words(figure, "subtitle")) > 10
    foot = words(figure, "foot")
    assert "Model's consequences, given the assumptions in the scenario files" in foot
    assert "60 worlds each, seed 1" in foot
    assert figure.get_size_inches()[0] == 11
    assert faults(figure) == []
    assert hues(figure) <= set(meanings(either.run(n).scenario for n in either.issue_group))


def test_a_long_name_that_is_cut_leaves_what_sets_it_apart(compared: Comparison) -> None:
    base, *others = compared.runs
    name = "a_plan_whose_name_is_longer_than_all_the_room_for_names"
    figure = figure_of(Comparison([named(base, name), *others], name), "odds")
    (row,) = (text.get_text() for text in figure.texts if text.get_text().startswith("a_plan"))
    assert row.endswith(" (baseline)")
    assert "…" in row


def test_drawn_twice_gives_the_same_bytes(compared: Comparison) -> None:
    """As vectors, which hold whatever is drawn; what files add is tested with the other charts."""
    assert tuple(FIGURES) == CHARTS, "the command draws every one"
    for name in FIGURES:
        assert drawn(compared, name).svg(name) == drawn(compared, name).svg(name)


def test_odds_show_shares_and_intervals(either: Comparison) -> None:
    figure = figure_of(either, "odds")
    for axes in figure.axes:
        kind = str(axes.get_gid())
        (points,) = lines(axes, "share")
        np.testing.assert_allclose(
            points.get_xdata(), [run.summary.outcomes[kind] for run in either.ranked]
        )
        (spans,) = [c for c in axes.collections if c.get_gid() == "interval"]
        drawn = [[segment[0][0], segment[1][0]] for segment in spans.get_segments()]
        expected = [run.summary.outcomes_interval[kind] for run in either.ranked]
        np.testing.assert_allclose(drawn, expected)
        assert axes.get_xlim()[1] >= np.max(expected)
        assert axes.get_position().width * figure.get_size_inches()[0] > 0.9, "wide enough to read"
    shown = {axes.get_gid() for axes in figure.axes}
    for kind in OUTCOMES:
        seen = any(run.summary.outcomes.get(kind) for run in either.runs)
        assert (kind in shown) == (seen or kind == "settlement")
    assert len([t for t in figure.texts if t.get_gid() == "scenario"]) == len(either.runs)


def test_the_headline_tells_all_plans_also_of_different_days(
    compared: Comparison, tmp_path: Path
) -> None:
    later = {**TOY["war"], "start_date": date(2025, 3, 1)}
    files = [write(tmp_path, "early", actors=hard(0.1)), write(tmp_path, "late", war=later)]
    other = compare(files, 40)
    for name in ("odds", "time"):
        told = drawn(other, name).view.headline
        assert "least in early, most in late" in told
        assert told.endswith("; the scenarios start on different days")
        assert "different conflicts" in drawn(compared, name).view.headline
    assert "In order of settlements" not in drawn(other, "odds").view.subtitle


def test_a_key_names_only_whose_ideals_are_near(tmp_path: Path) -> None:
    near = hard(0.1)
    near["b"]["positions"]["land"] |= {"ideal": 0.6, "limit": 0.55}
    files = [write(tmp_path, name, plan={"land": 0.5}, actors=actors)
             for name, actors in (("one", near), ("two", hard(0.1)))]  # fmt: skip
    view = packages(compare(files, 10))
    assert {terms["land"].side for terms in view.terms.values()} == {"b", None}
    assert [one.side for one in view.sayings["land"]] == [None], "both say the same"
    assert not view.sides


def test_scenarios_are_in_the_order_of_settlements(either: Comparison) -> None:
    assert len(either.ranked) == len(either.runs)
    for group in either.groups:  # of one war and day 0
        runs = [either.run(place.scenario) for place in group.places]
        shares = [run.summary.outcomes["settlement"] for run in runs]
        assert shares == sorted(shares, reverse=True)


def test_curves_are_the_shares_signed_by_day(either: Comparison) -> None:
    figure = figure_of(either, "time")
    never = " ".join(t.get_text().replace("\n", " ") for t in by_gid(figure, "notes"))
    for run in either.runs:
        name = run.scenario.name
        shown = [axes for axes in figure.axes if axes.get_gid() == name]
        assert bool(shown) == bool(np.isfinite(signed_day(run, "first_stage")).any())
        if not shown:
            assert name in never, "as it can be typed"
            continue
        for what in ("settlement", "first_stage"):
            signed = signed_day(run, what)
            several = what == "settlement" or len(run.scenario.stages) > 1
            drawn = lines(shown[0], what)
            assert len(drawn) == (several and bool(np.isfinite(signed).any()))
            if drawn:
                expected = [(signed <= day).mean() for day in drawn[0].get_xdata()]
                np.testing.assert_allclose(drawn[0].get_ydata(), expected)
                assert drawn[0].get_xdata()[-1] == run.scenario.last_day


def test_packages_tell_deals_from_plans(compared: Comparison) -> None:
    figure = figure_of(compared, "packages")
    seen = {str(a.get_gid()) for a in figure.findobj() if ":" in str(a.get_gid())}
    view = packages(compared)
    assert seen == {
        f"{'agreed' if one.agreed else 'plan'}:{issue}:{n}"
        for issue, said in view.sayings.items()
        for n, one in enumerate(said)
    }
    for run in compared.runs:
        name, plan = run.scenario.name, run.summary.plan
        cells = terms_of(run, compared.issues) if name in compared.issue_group else {}
        for issue, said in view.sayings.items():
            mine = [one for one in said if name in {row.name for row in one.rows}]
            assert len(mine) == (issue in cells)
            for one in mine:
                entry = run.summary.package[issue]
                assert one.agreed == (entry.worlds > 0)
                assert one.text == (entry.text if one.agreed else plan.points[issue].text)
    assert {g.split(":")[0] for g in seen} == {"agreed", "plan"}
    assert any(t.get_style() == "italic" for t in figure.findobj(Text))
    assert "No issue in common with the others, left out: elsewhere" in words(figure, "subtitle")


def test_sides_of_one_key_and_two_names_have_one_column(tmp_path: Path) -> None:
    other = copy.deepcopy(TOY["actors"])
    other["b"] |= {"name": "Somebody else"}
    found = compare([write(tmp_path, "one"), write(tmp_path, "two", actors=other)], 40)
    assert found.actors == ["a", "b"]
    assert len({(one.scenario, one.measure.key) for one in found.differences}) == len(
        found.differences
    )
    shown = [axes.get_gid() for axes in figure_of(found, "gains").axes]
    assert [name for name in shown if name in ("a", "b")] == ["a", "b"]


def test_gains_are_medians_of_settlements_and_plans(compared: Comparison) -> None:
    figure = figure_of(compared, "gains")
    assert [a.get_gid() for a in figure.axes] == ["a", "b"]
    for actor in compared.actors:
        axes = panel(figure, actor)
        for run in compared.runs:
            name = run.scenario.name
            known, plan = actor in run.ensemble.actor.values, run.summary.plan
            for kind, there in (("gain", known), ("plan", known and plan is not None)):
                name_of = "gain" if kind == "gain" else "plan_gain"
                values = run.ensemble[name_of].sel(actor=actor).values if there else np.zeros(0)
                values = values[np.isfinite(values)]
                marks = lines(axes, f"{kind}:{name}")
                assert len(marks) == (len(values) > 0 and name in compared.actor_group)
                if marks:
                    assert marks[0].get_xdata()[0] == pytest.approx(np.median(values))
                    hollow = marks[0].get_markerfacecolor() == "white"
                    assert hollow == (kind == "plan")


def test_keys_name_only_what_is_drawn(compared: Comparison) -> None:
    def key(name: str, view: Any) -> set[str]:
        return {t.get_text() for t in by_gid(FIGURES[name].paint(view), "key")}

    seen = FIGURES["gains"].see(compared)
    deals = [replace(p, gains=[g for g in p.gains if g.kind == "gain"]) for p in seen.parties]
    assert key("gains", seen) - key("gains", replace(seen, parties=deals)) == {"plan as published"}
    seen = FIGURES["differences"].see(compared)
    clear = [replace(c, contrasts=[x for x in c.contrasts if x.color == SEEN])
             for c in seen.columns]  # fmt: skip
    assert "may be none" not in key("differences", replace(seen, columns=clear))
    seen = FIGURES["durability"].see(compared)
    brief = [replace(p, curves=[(row, replace(one, shares=one.shares[:3], spans=one.spans[:3]))
                                for row, one in p.curves]) for p in seen.panels]  # fmt: skip
    assert key("durability", seen) > {"after 1 year", "after 5 years"}
    assert "after 5 years" not in key("durability", replace(seen, panels=brief))


def test_durability_is_the_share_holding_by_year(compared: Comparison) -> None:
    figure = figure_of(compared, "durability")
    settled = panel(figure, "settled")
    for run in compared.runs:
        drawn = lines(settled, run.scenario.name)
        held = run.summary.durability
        assert len(drawn) == (held is not None and held.worlds >= FEW)
        if drawn:
            np.testing.assert_allclose(drawn[0].get_xdata(), [1.0, *held.held.values()])
    (plan,) = lines(panel(figure, "plan"), "lasting")
    expected = [1.0, *compared.run("lasting").summary.plan.held.values()]
    np.testing.assert_allclose(plan.get_xdata(), expected)


def test_of_few_settlements_it_is_told_that_they_are_too_few(tmp_path: Path) -> None:
    names = [write(tmp_path, "baseline", durability=DURABLE, actors=hard(0.1)),
             write(tmp_path, "lasting", durability=DURABLE)]  # fmt: skip
    figure = figure_of(compare(names, 30), "durability")
    (few,) = by_gid(figure, "few")
    assert few.get_text() == "no settlement"


def test_that_they_are_too_few_is_told_beside_the_lines_of_the_grid(compared: Comparison) -> None:
    run = compared.run("costly")
    few = replace(run.summary.durability, worlds=FEW - 1)
    runs = [replace(one, summary=replace(one.summary, durability=few)) if one is run else one
            for one in compared.runs]  # fmt: skip
    figure = figure_of(replace(compared, runs=runs), "durability")
    (text,) = (one for one in by_gid(figure, "few") if one.get_text().startswith(str(FEW - 1)))
    end = text.get_window_extent().transformed(text.axes.transData.inverted()).x1
    assert end < 0.5


def test_stuck_cells_are_the_shares_of_the_summary(compared: Comparison) -> None:
    figure = figure_of(compared, "stuck")
    for run in compared.runs:
        name = run.scenario.name
        failing = run.summary.outcomes["settlement"] < 1 and name in compared.issue_group
        blocking = [
            i
            for i in compared.issues
            if any(compared.run(n).summary.stuck_on[i] for n in compared.issue_group)
        ]
        assert blocking
        for key in (*blocking, *REASONS):
            known = run.summary.stuck_on.get(key) or run.summary.stuck_because.get(key)
            parts = by_gid(figure, f"{name}:{key}")
            assert len(parts) == (failing and bool(known))
            for part in parts:
                assert part.get_width() == pytest.approx(known)
    texts = " ".join(t.get_text() for t in panel(figure, "issues").texts)
    for share in compared.base.summary.stuck_on.values():
        if share > 0.1:
            assert whole_percent(share) in texts


def test_a_reason_is_told_where_it_is_the_commonest_in_most(compared: Comparison) -> None:
    runs = [compared.run(name) for name in ("baseline", "staged")]
    titles = {"land": "Land"}

    def told(*reasons: str) -> str:
        found = [
            replace(run, summary=replace(run.summary, stuck_because={reason: 1.0}))
            for run, reason in zip(runs, reasons, strict=True)
        ]
        return headline(found, [{"land": 1.0}] * 2, titles)

    assert told(REASONS[0], REASONS[1]) == "Land blocks most in all scenarios"
    assert "; the commonest reason: " in told(REASONS[1], REASONS[1])


def test_stuck_tints_are_apart_and_every_tenth_has_its_number(compared: Comparison) -> None:
    for one, other in itertools.combinations([*WHY, *ISSUES, REST], 2):
        if one not in ISSUES:
            assert math.dist(to_rgb(one), to_rgb(other)) > 20 / 255, (one, other)
    shares = {"red_lines": 0.6, "not_reached": 0.3, "ratification": 0.1, "no_surplus": 0.0}
    view = stuck(compared)
    shown = [replace(o, shares=[shares[o.key]] * len(view.rows)) for o in view.reasons]
    figure = FIGURES["stuck"].paint(replace(view, obstacles=[*view.blocking, *shown]))
    said = [t.get_text() for t in panel(figure, "reasons").texts]
    assert said.count("10") == len(view.rows), said


def test_differences_are_drawn_with_both_intervals(compared: Comparison) -> None:
    figure = figure_of(compared, "differences")
    shown = {str(a.get_gid()) for a in figure.axes}
    assert {"settlement", "ripeness"} <= shown <= {*MAIN, "no_deal"}, "what answers the question"
    for one in compared.differences:
        if one.scenario == "elsewhere" or one.measure.key not in shown:
            continue
        axes = panel(figure, one.measure.key)
        scale = 1 if one.measure.kind == "days" else 100  # points of utility, too
        told = {"value": [one.value], "interval": one.interval, "unpaired": one.unpaired}
        for kind, values in told.items():
            (line,) = lines(axes, f"{kind}:{one.scenario}")
            np.testing.assert_allclose(line.get_xdata(), [scale * v for v in values])


def test_figures_with_nothing_to_show_are_not_drawn(tmp_path: Path) -> None:
    files = [write(tmp_path, name, actors=hard(0.1)) for name in ("one", "two")]
    found = compare(files, 20)
    for name in ("packages", "gains", "durability"):
        assert FIGURES[name].drawn(found) is None
    assert "No settlement in any world" in words(figure_of(found, "odds"), "headline")
    assert "Nothing is signed" in words(figure_of(found, "time"), "headline")
    alone = compare(files[:1], 20)
    assert FIGURES["differences"](alone) is None


def test_words_name_only_what_is_drawn(tmp_path: Path) -> None:
    """No visible difference, and nobody who looks ahead for more than three years."""
    short = {"years": 3, "shift": {"land": 0.12}}
    found = compare([write(tmp_path, name, durability=short) for name in ("one", "two")], 60)
    unlike, holds = (
        " ".join(t.get_text() for t in figure_of(found, name).findobj(Text))
        for name in ("differences", "durability")
    )
    assert "leaves out 0" not in unlike
    assert "may be none" in unlike
    assert "Hollow" not in holds
    assert re.search(r"at most \d+ % after 3\s+years", holds)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.002, "<1 %"), (0.01, "1 %"), (0.495, "50 %"), (0.996, ">99 %"), (1.0, "100 %")],
)
def test_shares_that_fit_a_cell(share: float, text: str) -> None:
    assert whole_percent(share) == text
