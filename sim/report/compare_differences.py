"""Differences of scenarios to the baseline, world by world."""

from __future__ import annotations

from typing import Any

from sim.report.chart import DARK, Chart, figure, hover, numbers, scatter
from sim.report.compare_common import scenario_rows
from sim.views.compare.differences import Contrast, DifferencesView, MeasureColumn


def difference_charts(view: DifferencesView | None) -> list[Chart]:
    """Per measure, a row per scenario: the difference to the baseline with its interval."""
    return [_difference(column) for column in view.columns] if view else []


def _difference(column: MeasureColumn) -> Chart:
    contrasts = column.every
    ends = [0.0, *(end for one in contrasts for end in one.interval)]
    room = max(0.08 * (max(ends) - min(ends)), 1e-6)
    drawn = figure(
        [t for place, one in enumerate(contrasts) for t in _contrast(column, one, place)],
        32 * len(contrasts) + 62,
        xaxis={
            "range": [min(ends) - room, max(ends) + room],
            "zeroline": True,
            "zerolinecolor": DARK,
            "nticks": 5,
            "title": {"text": column.unit, "font": {"size": 12}},
        },
        yaxis=scenario_rows([one.row for one in contrasts]),
        margin={"l": 116, "r": 14, "b": 46},
    )
    words = [one.words for one in contrasts]
    key = f"difference-{column.key.replace('.', '-')}"
    return Chart(key, column.title, " ".join(words), drawn, details=words)


def _contrast(column: MeasureColumn, one: Contrast, place: int) -> list[Any]:
    marker = {"size": 9, "color": one.color, "line": {"color": "#fff", "width": 1}}
    says = hover(f"{one.row.title}: {column.noun}", one.words)
    return [
        scatter(x=numbers(one.interval), y=[place, place], mode="lines", hoverinfo="skip",
                line={"color": one.color, "width": 2.4}),
        scatter(x=numbers([one.value]), y=[place], mode="markers", marker=marker,
                hovertext=[says], hoverinfo="text"),
    ]  # fmt: skip
