"""Where the talks get stuck."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.ensemble.runner import Run
from sim.prose import percent
from sim.report.chart import DARK, QUARTERS, Chart, figure, hover, lines, numbers

BLOCKS, MISSES = "#1f5a73", "#b9c7ce"


def stuck_chart(run: Run) -> Chart | None:
    """Per issue: how often it blocks where talks stopped, and how often red lines miss."""
    if run.summary.outcomes["settlement"] >= 1:
        return None
    issues = list(run.scenario.issues)
    blocks, misses = run.summary.stuck_on, run.summary.no_common_ground
    issues = [i for i in issues if blocks[i] or misses[i]]
    if not issues:
        return None
    issues.sort(key=lambda i: (-blocks[i], -misses[i], i))
    places = [lines(run.scenario.issues[i].title, 15, most=3) for i in issues]

    def bars(shares: dict[str, float], color: str, what: str) -> Any:
        says = [
            hover(run.scenario.issues[i].title, f"{what}: {percent(shares[i])}") for i in issues
        ]
        return go.Bar(y=places, x=numbers([shares[i] for i in issues]), orientation="h",
                      marker={"color": color}, hovertext=says, hoverinfo="text")  # fmt: skip

    drawn = figure(
        [
            bars(blocks, BLOCKS, "blocks the stage where talks stopped"),
            bars(misses, MISSES, "no common ground for a whole settlement"),
        ],
        46 * len(issues) + 50,
        xaxis={"range": [0, 1], **QUARTERS},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "tickfont": {"size": 12, "color": DARK},
            "ticklabelstandoff": 4,
        },
        margin={"l": 120, "r": 22},
        barmode="group",
        bargap=0.28,
    )
    words = [
        f"{run.scenario.issues[i].title}: blocks in {percent(blocks[i])} of the worlds without a "
        f"settlement; red lines miss each other for a whole settlement in {percent(misses[i])}."
        for i in issues
    ]
    return Chart("stuck", "What blocks", " ".join(words), drawn, details=words)


STUCK_KEY = [
    ("block", BLOCKS, "blocks the stage where talks stopped"),
    ("block", MISSES, "red lines leave no common ground for a whole settlement"),
]
