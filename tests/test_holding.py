"""How long agreements hold, base rates beside the odds, and what happened."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.accidents import Hazard, hazard
from sim.engine.draws import Draws
from sim.engine.durability import ACCIDENT
from sim.ensemble.runner import Run, run_scenario
from sim.formulas.holding import (
    Course,
    chance_of_failure,
    fit,
    predicted,
    survival,
    time_of_failure,
)
from sim.formulas.statistics import Interval
from sim.plots import FIGURES
from sim.plots.holding import holding_figure
from sim.report.run_page import run_context
from sim.results.allowed import Allowed
from sim.results.dataset import chunk_dataset
from sim.scenario import Scenario, load_scenario
from sim.scenario.loading import Loaded
from sim.scenario.record import SHIPPED, holding, talks
from sim.views.holding import holding_view
from sim.words.aftermath import durability_words
from sim.words.past import happened_words
from sim.words.short import short_words
from sim.words.story import base_rate_words, ending_words
from tests.conftest import SCENARIOS, TOY, build, conflict, simulate, typed
from tests.record_tables import DAYS, record

YEARS = np.array(DAYS) / 365.25
courses = st.builds(Course, st.floats(0.01, 0.9), st.floats(0.05, 20.0), st.floats(0.3, 3.0))


# --- formulas ----------------------------------------------------------------------------------


def test_without_lasting_ones_and_with_shape_1_it_is_the_exponential() -> None:
    course = Course(0.0, 4.0, 1.0)
    assert survival(course, YEARS) == pytest.approx(np.exp(-YEARS / 4.0))
    # no memory: the chance of the next year is that of the first
    assert chance_of_failure(course, YEARS, 1.0) == pytest.approx(1 - np.exp(-0.25))


@given(courses, st.floats(0.001, 0.999))
def test_failures_come_when_so_many_have_failed(course: Course, luck: float) -> None:
    years = time_of_failure(course, luck)
    if luck < 1.0 - course.lasting - 1e-9:
        assert 1.0 - survival(course, years) == pytest.approx(luck)
    elif luck > 1.0 - course.lasting + 1e-9:
        assert np.isinf(years)


@given(courses, st.integers(1, 60))
def test_chances_round_by_round_make_up_the_whole(course: Course, rounds: int) -> None:
    ages = np.arange(rounds) * 7 / 365.25
    kept = np.prod(1.0 - chance_of_failure(course, ages, 7 / 365.25))
    assert kept == pytest.approx(survival(course, rounds * 7 / 365.25))


def table_of(course: Course, power: float = 1.0, at_risk: float = 1e6) -> Any:
    """The life table of very many agreements that fare as a course says."""
    held = np.concatenate([[1.0], survival(course, YEARS) ** power])
    begin = np.concatenate([[0.0], YEARS[:-1]])
    risk = at_risk * held[:-1]
    return np.column_stack([begin, YEARS, risk, risk * (1 - held[1:] / held[:-1])])


@given(st.builds(Course, st.floats(0.2, 0.8), st.floats(0.2, 4.0), st.floats(0.4, 1.5)))
def test_the_fit_finds_the_course_that_made_a_large_table(course: Course) -> None:
    found = survival(Course.of(fit([table_of(course)]).mean), YEARS)
    assert found == pytest.approx(survival(course, YEARS), abs=2e-3)


def test_the_fit_finds_a_ratio_of_hazards_and_widens_with_what_hangs_together() -> None:
    course, ratio = Course(0.3, 1.0, 0.7), 0.4
    tables = [table_of(course, at_risk=5e3), table_of(course, ratio, 5e3)]
    found, wider = fit(tables), fit(tables, design_effect=4.0)
    assert np.exp(found.mean[3]) == pytest.approx(ratio, rel=0.01)
    assert wider.mean == pytest.approx(found.mean)
    spread = np.diag(wider.covariance) / np.diag(found.covariance)
    assert (spread[2:] > 3.5).all()
    assert (spread <= 4.0 + 1e-6).all()


# --- the record --------------------------------------------------------------------------------


def test_the_record_is_what_the_data_sets_say(shared: Path) -> None:
    kept = json.loads(SHIPPED.read_text(encoding="utf-8"))
    for part, entries in record(shared / "data" / "base_rates").items():
        for kind, entry in entries.items():
            for key in ("n", "groups", "failed", "shares", "table", "rates", "peacekeepers"):
                assert entry.get(key) == kept[part][kind].get(key), (kind, key)
            for key, value in entry.get("fit", {}).items():
                assert np.allclose(value, kept[part][kind]["fit"][key], atol=2e-4), kind


def test_every_fit_lies_within_the_published_intervals() -> None:
    """The likeliest course, and the mean of all that worlds draw; 67 shares in all.

    Where none had failed the record gives no interval, and the mean may lie a little lower.
    """
    view, missed = holding_view(), []
    for kind in view.kinds:
        of, base = kind.of, holding()["without_peacekeepers"].fit
        found = of.fit or base
        likeliest = survival(Course.of(found.mean[:3]), of.years)
        likeliest **= 1.0 if of.fit else np.exp(found.mean[3])
        for n, (low, high) in enumerate(of.intervals):
            inside = low <= likeliest[n] <= high
            if not inside or (of.shares[n] < 1.0 and not low <= kind.model[n] <= high):
                missed.append((kind.key, of.days[n], low, high, likeliest[n], kind.model[n]))
    assert sum(len(kind.of.days) for kind in view.kinds) == 67
    assert missed == []


def test_figures_of_the_issue() -> None:
    """59 % (39–74) between states, 65 % of all after ten years; half of the ends in 218 days."""
    states, everyone = holding()["interstate"], holding()["any"]
    assert (states.shares[-1], *states.intervals[-1]) == pytest.approx((0.59, 0.39, 0.74), abs=5e-3)
    assert everyone.shares[-1] == pytest.approx(0.65, abs=5e-3)
    within = holding()["intrastate"].fit
    held = predicted(within, np.array([218 / 365.25, 10.0]))[0]
    assert (1 - held[0]) / (1 - held[1]) == pytest.approx(0.5, abs=0.05)
    rate = talks()["mediated_war"].nearest(365)
    assert (rate.share, *rate.interval) == pytest.approx((0.43, 0.29, 0.58), abs=5e-3)


# --- in the engine -----------------------------------------------------------------------------


def settling(**durability: Any) -> dict[str, Any]:
    """A toy whose settlements nobody is ever tempted to break."""
    data = copy.deepcopy(TOY)
    data["war"]["cost"] = {"a": 0.2, "b": 0.2}
    data["durability"] = {"years": 12, "judgement": "test"} | durability
    return data


@pytest.mark.parametrize("kind", ["any", "interstate", "intrastate"])
def test_settlements_hold_as_in_the_record(kind: str) -> None:
    worlds = 2000
    model = simulate(build(settling(kind=kind)), worlds)
    held = model.recorder.years_held
    held = held[~np.isnan(held)]
    assert len(held) > 0.9 * worlds
    fitted = holding()[kind].fit
    expected = predicted(fitted, YEARS, draws=20_000)[0]
    noise = 4 * np.sqrt(expected * (1 - expected) / len(held)) + 0.005
    share = np.array([(held >= year).mean() for year in YEARS])
    assert (np.abs(share - expected) < noise).all()
    assert set(model.recorder.broken_by[model.recorder.years_held < 12]) == {ACCIDENT}


def test_peacekeepers_count_where_the_terms_bring_them() -> None:
    there, nowhere = {"land": {"at_least": 0.0}}, {"land": {"at_least": 1.0}}
    held = [
        simulate(build(settling(kind="intrastate", peacekeepers=where)), 1000).recorder.years_held
        for where in (there, nowhere, {})
    ]
    with_them, without, unknown = ((one >= 10).mean() for one in held)
    assert with_them > unknown + 0.05
    assert without < unknown
    fitted = holding()["without_peacekeepers"].fit
    ratio = np.log(with_them) / np.log(without)
    assert ratio == pytest.approx(np.exp(fitted.mean[3]), abs=0.12)


def truces(**more: Any) -> Scenario:
    """Two stages: a truce that everybody signs at once, and a settlement that nobody can."""
    ends = {
        side: {"land": {"ideal": end, "limit": end}, "arms": 0} for end, side in enumerate("ab")
    }
    agenda = [
        {"name": "truce", "issues": ["arms"], "cost_factor": 0.1},
        {"name": "rest", "issues": ["land"]},
    ]
    return build(conflict({"land": 0.5, "arms": 0.2}, ends, agenda=agenda) | more)


@pytest.mark.parametrize(
    ("durability", "kind"),
    [
        (None, "truce"),
        ({"monitoring": {"arms": {"at_most": 0.5}}}, "truce_monitored"),
        ({"monitoring": {"arms": {"at_least": 0.5}}}, "truce_unmonitored"),
    ],
)
def test_truces_break_as_in_the_record(durability: Any, kind: str) -> None:
    more = {} if durability is None else {"durability": {"judgement": "test"} | durability}
    # nobody signs a second one: the horizon ends at the first break of most
    spec = truces(horizon_days=182, **more)
    worlds = 1500
    data = chunk_dataset(simulate(spec, worlds))
    assert (data.first_signed_day.values <= 14).all()
    fitted = holding()[kind].fit
    at_risk = (182 - float(np.median(data.first_signed_day))) / 365.25
    expected = 1 - predicted(fitted, np.array([at_risk]), draws=20_000)[0][0]
    broken = float((data.truces_broken.values > 0).mean())
    assert broken == pytest.approx(expected, abs=4 * np.sqrt(0.25 / worlds))
    # and nobody is blamed for it
    assert (data.violates_count.values == 0).all()


def test_a_stage_that_changes_nothing_in_the_war_is_no_truce() -> None:
    spec = truces()
    stages = [spec.agenda[0].model_copy(update={"cost_factor": spec.agenda[1].cost_factor})]
    spec = spec.model_copy(update={"agenda": [*stages, spec.agenda[1]]})
    assert not simulate(spec).recorder.truces_broken.any()


@pytest.mark.parametrize("spec", [truces(), build(settling())], ids=["truce", "settlement"])
def test_switched_off_all_bytes_are_those_of_worlds_without_luck(
    spec: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is drawn, and what is drawn otherwise disturbs nothing else."""
    off = spec.model_copy(update={"engine": spec.engine.model_copy(update={"accidents": 0.0})})
    asked: list[str] = []
    plain = Draws._all

    def seen(self: Draws, name: str, *key: int) -> Any:
        asked.append(name)
        return plain(self, name, *key)

    monkeypatch.setattr(Draws, "_all", seen)
    without = chunk_dataset(simulate(off))
    assert not [name for name in asked if name.startswith("accidents")]
    monkeypatch.setattr(Hazard, "chance", lambda self, held, days, worlds: np.zeros(len(worlds)))
    monkeypatch.setattr(Hazard, "years", lambda self, luck: np.full(len(luck), np.inf))
    spared = chunk_dataset(simulate(spec))
    assert [name for name in asked if name.startswith("accidents")]
    for name in without.data_vars:
        assert without[name].values.tobytes() == spared[name].values.tobytes(), name


def test_the_hazard_that_others_call() -> None:
    spec, draws = build(TOY), Draws(1, 500)
    seen, unseen = (hazard(draws, spec, "limited", monitored=known) for known in (True, False))
    first, later = (unseen.chance(np.full(500, held), 7.0) for held in (0.0, 180.0))
    assert (seen.chance(np.zeros(500), 7.0) < first).mean() > 0.95
    assert (later < first).all()
    assert hazard(draws, build(TOY | {"engine": {"accidents": 0}}), "limited") is None


# --- base rates and what happened --------------------------------------------------------------


def toy_run(data: dict[str, Any], worlds: int = 200) -> Run:
    return run_scenario(Loaded(build(data), data, {}, ("toy.yaml",)), worlds, 1)


def points(figure: Any, gid: str) -> dict[str, np.ndarray]:
    """What lines of a kind show, (points, 2), by the panel that they are in."""
    return {
        str(axes.get_gid()): np.asarray(line.get_xydata())
        for axes in figure.axes
        for line in axes.lines
        if line.get_gid() == gid
    }


@pytest.fixture(scope="module")
def past() -> Run:
    data = copy.deepcopy(TOY) | {
        "horizon_days": 120,
        "actors": {key: one | {"patience": 10} for key, one in TOY["actors"].items()},
        "base_rate": "mediated_war",
        "durability": {"judgement": "test", "kind": "interstate"},
        "outcome": {
            "signed": "2025-03-01",
            "terms": {"land": {"at": 0.5, "judgement": "test"}},
            "held": {"until": "2031-05-01", "reason": "a new government"},
            "lines": {"a": {"land": "crossed"}},
            "limited": [{"title": "Prisoners", "on": "2025-02-10"}],
        },
    }
    return toy_run(data)


def test_the_base_rate_is_that_of_the_nearest_horizon(past: Run) -> None:
    base = past.summary.base_rate
    assert (base.days, base.n) == (100, 42)
    said = base_rate_words(past.summary)
    assert said == (
        "Mediated full-scale wars: agreement (a truce counts) within 100 days in 33 % (21–48 %; "
        "mean of 42 cases, International Crisis Behavior 14)."
    )
    assert run_context(past)["base_rate"] == said
    mark = points(FIGURES["outcome"](past), "base")["time"]
    assert mark[0, 0] <= 100
    assert mark[0, 1] == pytest.approx(1 / 3, abs=1e-3)


def test_base_rates_follow_from_what_a_scenario_is() -> None:
    def key(**more: Any) -> str | None:
        found = build(copy.deepcopy(TOY) | more).comparable
        return found and found.key

    host = {"name": "Host", "role": "facilitator", "acceptability": {"a": 1, "b": 1}}
    assert key() == "any_day_of_war"
    assert key(actors=TOY["actors"] | {"host": host}) == "mediated_war"
    assert key(war={"start_date": "2025-01-20"}) is None
    costly = TOY["war"] | {"neutral": True}
    assert key(war=costly) is None, "`status_quo:` says that there is no war"
    assert key(war=costly, base_rate="mediated_civil_war") == "mediated_civil_war"
    assert key(base_rate="none") is None
    assert key(base_rate="mediated_civil_war") == "mediated_civil_war"
    shipped = {p.stem: load_scenario(p).scenario.comparable for p in SCENARIOS.glob("*.yaml")}
    assert all(shipped.values())


def test_what_happened_is_told_and_marked(past: Run) -> None:
    said = " ".join(happened_words(past.scenario, past.summary))
    for part in (
        "In truth signed on 1 March 2025 (day 40). The worlds have a settlement by day 120 in",
        "Land: signed “half” (0.5)",
        "Signed on part of it, 10 February 2025: Prisoners.",
        "It held until 1 May 2031: a new government.",
        "Of 1 stated line: A on Land crossed.",
    ):
        assert part in said
    assert run_context(past)["happened"] == happened_words(past.scenario, past.summary)
    # one kind of range for one number, and a range beside how many hold
    allowed = Allowed({}, {"120": Interval(0.11, 0.99)}, {}, {}, None, None)
    known = replace(past.summary, allowed=allowed)
    assert happened_words(past.scenario, known)[1].endswith("(11–99 %).")
    lines = " ".join(short_words(past.scenario, past.summary, Path("out"), "past"))
    assert re.search(r"\d % \(\d+–\d+ %\) of settlements hold 5 years", lines)
    marks = points(FIGURES["convergence"](past), "real")
    assert {issue: mark.tolist() for issue, mark in marks.items()} == {"land": [[40.0, 0.5]]}


def test_worlds_that_a_side_leaves_and_that_count_otherwise_are_told(past: Run) -> None:
    outcomes = past.summary.outcomes | {"breakdown": 0.3}
    known = replace(past.summary, walked_away=0.31, outcomes=outcomes, worlds=100)
    said = " ".join(ending_words(past.scenario, known))
    assert "walks away from the talks" in said
    assert "(1 of 100 count above by what was signed, not as a breakdown)." in said
    known = replace(known, walked_away=0.3)
    assert "count above" not in " ".join(ending_words(past.scenario, known))


@pytest.mark.parametrize("name", ["sinai_1975", "moscow_1940"])
def test_past_cases_show_what_was_signed_and_when(name: str) -> None:
    run = run_scenario(load_scenario(SCENARIOS / "past" / f"{name}.yaml"), 20, 1)
    outcome = run.scenario.outcome
    assert outcome.signed
    day = (outcome.signed - run.scenario.war.start_date).days
    marks = points(FIGURES["convergence"](run), "real")
    assert {issue: mark.tolist() for issue, mark in marks.items()} == {
        issue: [[day, term.at.median]] for issue, term in outcome.terms.items()
    }
    said = " ".join(run_context(run)["happened"])
    assert f"(day {day})" in said
    assert all(f"{run.scenario.issues[issue].title}: signed" in said for issue in outcome.terms)


def test_the_record_stands_beside_how_long_settlements_hold(past: Run) -> None:
    said = " ".join(durability_words(past.scenario, past.summary))
    assert "of 32 agreements between states in 11 conflicts" in said
    assert "10 years 59 % (39–74 %)" in said
    assert past.summary.durability.by_accident
    shown = points(FIGURES["afterwards"](past), "record")["years"]
    assert shown[-1] == pytest.approx((10, holding()["interstate"].shares[-1]))
    # nothing signed is told, too, and of what days: the horizon ends where a later text may come
    none = toy_run(TOY | {"outcome": {"signed": False}}, 20)
    assert happened_words(none.scenario, none.summary)[0].endswith(
        f"no settlement was signed in these {none.summary.horizon_days} days."
    )
    assert FIGURES["convergence"](none) is not None


def test_the_chart_and_the_command_tell_record_and_model(tmp_path: Path) -> None:
    panels = points(holding_figure(holding_view()), "record")
    assert list(panels) == list(holding())
    for key, found in holding().items():
        assert panels[key][:, 1] == pytest.approx(found.shares)
    said = typed("record", "--out", tmp_path / "record.svg").words
    assert "59 % (39–74 %)" in said
    assert "43 % (29–58 %)" in said
    assert (tmp_path / "record.svg").stat().st_size > 10_000
