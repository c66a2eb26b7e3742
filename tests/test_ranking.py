"""Plans ranked within one war and day 0, and told in words."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.ensemble.runner import Run, run_scenario
from sim.formulas.statistics import Interval
from sim.scenario import load_data
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.contents import contents
from sim.studies.compare.ranking import best_words, distance_words, ranked
from sim.studies.compare.short import answer_words, ranking_lines
from sim.studies.compare.words import difference_words
from sim.views.compare.odds import odds as odds_view
from tests.conftest import lines_at


def _run(toy: dict[str, Any], name: str, worlds: int = 80, **limits: float) -> Run:
    return run_scenario(load_data(lines_at(toy, **limits) | {"name": name}), worlds, 1, traced=0)


def test_plans_are_ranked_and_those_that_worlds_cannot_tell_apart_are_tied(
    toy: dict[str, Any],
) -> None:
    runs = [
        _run(toy, "far", a=0.1, b=0.9),
        _run(toy, "same"),
        _run(toy, "nearer", a=0.3, b=0.7),
        _run(toy, "baseline"),
    ]
    comparison = Comparison(runs, "baseline")
    (group,) = comparison.groups
    ranks = {place.scenario: place.rank for place in group.places}
    assert ranks == {"same": 1, "baseline": 1, "nearer": 3, "far": 4}
    first, _, nearer, far = group.places
    assert first.tied == [({"same", "baseline"} - {first.scenario}).pop()]
    assert nearer.settlement == far.settlement == 0  # and still told apart
    assert nearer.ahead == {"far": "distance"}
    assert first.ahead == {"far": "settlement", "nearer": "settlement"}
    assert far.distance == pytest.approx(0.8)
    assert far.furthest == "land"
    assert distance_words(far, comparison.run("far")) == "Land: about 2 steps"
    (said,) = best_words(comparison.groups)
    assert "same" in said.partition("(day 0: ")[0]
    assert "no measure tells apart, are ahead, by settlements." in said
    (said,) = answer_words(comparison)
    assert "are, not told apart, ahead of all others;" in said
    assert " of nearer, the nearest, by +" in said
    assert said.endswith(" in settlements.")
    two = Comparison(runs[2:], "baseline")
    assert "baseline is ahead of nearer, by +" in answer_words(two)[0]
    rows = ranking_lines(two)[1:]
    assert [row.split()[:2] for row in rows] == [["1", "0"], ["0", "1"]]
    assert [row.split()[2] for row in rows] == ["baseline", "nearer"]
    tied = Comparison([runs[1], runs[3]], "baseline")
    assert answer_words(tied) == ["Nothing tells the 2 plans apart: none is ahead."]
    assert [row.split()[:2] for row in ranking_lines(tied)[1:]] == [["0", "0"]] * 2


def test_a_difference_that_calibrations_turn_around_is_a_tie(toy: dict[str, Any]) -> None:
    """Lines that the calibration leaves open: one plan is better where they bind, one where not."""
    rows = [[binds] for binds in np.linspace(0.02, 0.98, 49)]
    table = {"names": ["believed_binds"], "rows": rows}
    toy = copy.deepcopy(toy) | {"engine": {"calibration": table}}
    far, near = (
        _run(toy, name, 400, a=a, b=1 - a) for name, a in (("baseline", 0.1), ("near", 0.6))
    )
    comparison = Comparison([far, near], "baseline")
    found = comparison.of("near", "settlement")
    assert 0 < found.allowed.low < found.value < found.allowed.high
    assert found.visible
    assert not replace(found, allowed=Interval(-0.01, 0.2)).visible
    words = difference_words(replace(found, allowed=Interval(-0.01, 0.2)))
    assert "what past talks allow goes either way" in words
    words = difference_words(replace(found, allowed=Interval(-0.11, 0.003)))
    assert "(10–90 % from −11.0 to +0.3 worlds of 100)" in words, "no end is told as 0"
    # beside them one that draws no calibration is labelled; the difference still depends on it
    other = _run(toy | {"engine": {"calibration": "none"}}, "near", 400, a=0.6, b=0.4)
    mixed = Comparison([far, other], "baseline")
    loose = mixed.of("near", "settlement")
    assert loose.allowed.low < loose.value < loose.allowed.high
    assert any("near draws no calibration" in note for note in mixed.notes)
    shown = odds_view(mixed)
    assert "Not calibrated: 95 % intervals of sampling alone" in shown.subtitle
    assert [r.heading for r in shown.rows] == ["near (not calibrated)", "baseline"]
    alone = Comparison([other], "near")
    assert (alone.notes, odds_view(alone).rows[0].heading) == ([], "near (baseline)")


def test_other_wars_and_other_days_are_ranked_apart(toy: dict[str, Any]) -> None:
    later, elsewhere = copy.deepcopy(toy), copy.deepcopy(toy)
    later["war"]["start_date"] = "2025-12-20"
    for issue in elsewhere["issues"].values():
        issue["scale"] = {0: f"{issue['title']} here", 1: f"{issue['title']} there"}
    runs = [_run(elsewhere, "elsewhere", 20), _run(later, "later", 20)]
    comparison = Comparison([*runs, _run(toy, "baseline", 20, a=0.1, b=0.9)], "baseline")
    found = [[p.scenario for p in group.places] for group in comparison.groups]
    assert found == [["baseline"], ["later"], ["elsewhere"]]
    assert [run.scenario.name for run in comparison.ranked] == ["baseline", "later", "elsewhere"]
    (said,) = best_words(comparison.groups)
    assert "no other plan here has the same conflict and day 0" in said
    assert not ranked(comparison.groups)


def test_what_plans_say_is_told_in_the_words_of_the_scale(toy: dict[str, Any]) -> None:
    toy["plan"] = {"land": 0.5}
    other = copy.deepcopy(toy) | {"plan": {"land": 1.0, "arms": 0.0}}
    rows = {row.about: row.says for row in contents([_run(toy, "one", 2), _run(other, "two", 2)])}
    assert rows == {
        "Land": {"half (0.50)": ["one"], "all to B (1.00)": ["two"]},
        "Arms": {"silent": ["one"], "none (0.00)": ["two"]},
    }


def test_no_nearest_text_passes_for_a_plan_and_one_table_has_one_scale(toy: dict[str, Any]) -> None:
    toy["plan"] = {"land": 0.3}
    finer = copy.deepcopy(toy)
    finer["issues"]["land"]["scale"][0.25] = "a strip to B"
    rows = contents([_run(finer, "finer", 2), _run(toy | {"plan": {"land": 0.4}}, "coarse", 2)])
    strip = "between “a strip to B” and “half”"
    assert rows[0].says == {f"{strip} (0.30)": ["finer"], f"{strip} (0.40)": ["coarse"]}
    plan = _run(toy, "toy", 2).summary.plan
    assert plan is not None
    assert plan.points["land"].text == "between “all to A” and “half”"
    elsewhere = copy.deepcopy(finer)
    elsewhere["issues"]["land"]["scale"] = {0.0: "all to A", 0.6: "half", 1.0: "all to B"}
    elsewhere["plan"] = {"land": 0.55}
    (row,) = contents([_run(elsewhere, "elsewhere", 2), _run(toy, "coarse", 2)])
    coarse = "between “all to A” and “half”"
    assert list(row.says) == [f"{coarse} (0.55)", f"{coarse} (0.30)"], "of two scales each its own"
