"""Differences of scenarios to the baseline, world by world."""

from __future__ import annotations

from typing import Any

from sim.ensemble.runner import Run
from sim.plots.comparison.differences import SEEN, UNITS, UNSEEN, shown_measures
from sim.report.chart import DARK, Chart, figure, hover, numbers, scatter
from sim.report.compare_common import scenario_rows
from sim.results.outcomes import Measure
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.differences import Difference
from sim.studies.compare.words import difference_words, sentence


def difference_charts(comparison: Comparison) -> list[Chart]:
    """Per measure, a row per scenario: the difference to the baseline with its interval."""
    runs = [r for r in comparison.ranked if r.scenario.name != comparison.baseline]
    return [_difference(comparison, runs, m) for m in shown_measures(comparison) if runs]


def _difference(comparison: Comparison, runs: list[Run], measure: Measure) -> Chart:
    scale = 100.0 if measure.kind == "share" else 1.0
    runs = [r for r in runs if comparison.of(r.scenario.name, measure.key) is not None]
    found = [
        (row, one)
        for row, run in enumerate(runs)
        if (one := comparison.of(run.scenario.name, measure.key)) is not None
    ]
    traces: list[Any] = []
    ends = [0.0]
    for row, one in found:
        color = SEEN if one.visible else UNSEEN
        span = [scale * x for x in one.interval]
        ends += span
        marker = {"size": 9, "color": color, "line": {"color": "#fff", "width": 1}}
        traces.append(
            scatter(x=numbers(span), y=[row, row], mode="lines", hoverinfo="skip",
                    line={"color": color, "width": 2.4})
        )  # fmt: skip
        traces.append(
            scatter(x=numbers([scale * one.value]), y=[row], mode="markers", marker=marker,
                    hovertext=[_difference_hover(comparison, one)], hoverinfo="text")
        )  # fmt: skip
    room = max(0.08 * (max(ends) - min(ends)), 1e-6)
    drawn = figure(
        traces,
        32 * len(runs) + 62,
        xaxis={
            "range": [min(ends) - room, max(ends) + room],
            "zeroline": True,
            "zerolinecolor": DARK,
            "nticks": 5,
            "title": {"text": UNITS[measure.kind], "font": {"size": 12}},
        },
        yaxis=scenario_rows(runs),
        margin={"l": 116, "r": 14, "b": 46},
    )
    words = [sentence(difference_words(one)) for _, one in found]
    title = sentence(measure.noun)
    return Chart(
        f"difference-{measure.key.replace(':', '-')}", title, " ".join(words), drawn, details=words
    )


def _difference_hover(comparison: Comparison, one: Difference) -> str:
    run = comparison.run(one.scenario)
    return hover(f"{run.scenario.title}: {one.measure.noun}", sentence(difference_words(one)))
