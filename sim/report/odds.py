"""How the worlds end, and how soon something is signed."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.prose import percent, span_words
from sim.report.chart import (
    DARK,
    GREY,
    Chart,
    date_axis,
    dates,
    faded,
    figure,
    hover,
    lines,
    numbers,
    scatter,
    shaded,
)
from sim.report.tables import Table
from sim.results.dataset import date_of
from sim.results.outcomes import DAYS, OUTCOME_WORDS, OUTCOMES
from sim.views.colours import FIRST, OUTCOME_COLORS, SETTLED
from sim.views.layout import nice_top, share_tick
from sim.views.run_data import band_of_shares, day_text, days, last_day, stage_title


def outcome_kinds(run: Run) -> list[str]:
    """Kinds of outcome that the scenario can have, or had."""
    shown = set(OUTCOMES)
    if len(run.scenario.stages) == 1:
        shown.discard("partial")
    if not run.scenario.ratification:
        shown.discard("ratification_failed")
    return [k for k in OUTCOMES if k in shown or run.summary.outcomes[k] > 0]


def odds_chart(run: Run) -> Chart:
    """Share of worlds by kind of outcome, with 95 % intervals."""
    shares, intervals = run.summary.outcomes, run.summary.outcomes_interval
    kinds = outcome_kinds(run)
    names = [OUTCOME_WORDS[k].label for k in kinds]
    values = [shares[k] for k in kinds]
    spans = [intervals[k] for k in kinds]
    end = nice_top(max(high for _, high in spans))
    says = [
        hover(n, f"{percent(shares[k])} of worlds",
              f"95 % interval {span_words(intervals[k])}")
        for n, k in zip(names, kinds, strict=True)
    ]  # fmt: skip
    bars = go.Bar(
        y=[lines(n, 16) for n in names], x=numbers(values), orientation="h", width=0.5,
        marker={"color": [OUTCOME_COLORS[k] for k in kinds]}, hovertext=says, hoverinfo="text",
        error_x={
            "type": "data", "symmetric": False, "color": DARK, "thickness": 1.2, "width": 4,
            "array": numbers([s[1] - v for s, v in zip(spans, values, strict=True)]),
            "arrayminus": numbers([v - s[0] for s, v in zip(spans, values, strict=True)]),
        },
    )  # fmt: skip
    labels = [
        {
            "x": high, "y": n, "xanchor": "left", "xshift": 8, "showarrow": False,
            "text": f"<b>{percent(v, [low, high])}</b><br>{span_words([low, high])}",
            "align": "left",
            "font": {"color": DARK, "size": 12},
        }
        for n, (v, (low, high)) in enumerate(zip(values, spans, strict=True))
    ]  # fmt: skip
    drawn = figure(
        [bars],
        62 * len(kinds) + 60,
        xaxis={
            "range": [0, 1.5 * end],
            "tickvals": [0, end / 2, end],
            "ticktext": [share_tick(t) for t in (0, end / 2, end)],
        },
        yaxis={"autorange": "reversed", "showgrid": False, "tickfont": {"color": DARK}},
        margin={"l": 112},
        annotations=labels,
    )
    words = [
        f"{n}: {percent(shares[k], intervals[k])} of worlds ({span_words(intervals[k])})."
        for n, k in zip(names, kinds, strict=True)
    ]
    return Chart("odds", "How the worlds end", " ".join(words), drawn)


def curves(run: Run) -> dict[str, tuple[str, str, NDArray[np.float64]]]:
    """Name → label, colour, and the day of signature by world."""
    found = {"settlement": ("A settlement", SETTLED, run.ensemble.settled_day.values)}
    if len(run.scenario.stages) > 1:
        title = f"“{stage_title(run, run.scenario.stages[0].name)}”"
        found["first_stage"] = (title, FIRST, run.ensemble.first_signed_day.values)
    return found


def time_chart(run: Run) -> Chart:
    """Share of worlds in which something has been signed by each day."""
    end = last_day(run)
    every = days(run)[days(run) <= end]
    x = dates(run, every)
    traces: list[Any] = []
    highest = 0.0
    for label, color, signed in curves(run).values():
        share, low, high = band_of_shares(signed, every)
        highest = max(highest, float(high.max()))
        traces += shaded(x, low, high, faded(color, 0.16), shape="hv")
        says = [
            hover(
                f"{label} by {day_text(date_of(run.scenario, float(day)))} (day {day:.0f})",
                f"{percent(float(s))} of worlds",
                f"95 % interval {span_words([float(a), float(b)])}",
            )
            for day, s, a, b in zip(every, share, low, high, strict=True)
        ]
        traces.append(
            scatter(x=x, y=numbers(share), mode="lines", hovertext=says, hoverinfo="text",
                       line={"color": color, "width": 2.6, "shape": "hv"}, cliponaxis=False)
        )  # fmt: skip
        marked = np.array([d for d in DAYS if d <= end], dtype=float)
        at, a, b = band_of_shares(signed, marked)
        traces.append(
            scatter(x=dates(run, marked), y=numbers(at), mode="markers", hoverinfo="text",
                       cliponaxis=False, marker={"color": color, "size": 8,
                                                 "line": {"color": "#fff", "width": 1.5}},
                       hovertext=[hover(f"{label} within {d:.0f} days",
                                        f"{percent(float(s))} of worlds",
                                        f"95 % interval {span_words([float(u), float(v)])}")
                                  for d, s, u, v in zip(marked, at, a, b, strict=True)])
        )  # fmt: skip
    top = nice_top(highest)
    ticks = [top * n / 4 for n in range(5)]
    drawn = figure(
        traces,
        310,
        xaxis=date_axis(run, end),
        yaxis={
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [share_tick(t) for t in ticks],
        },
        margin={"l": 52, "r": 18, "t": 12},
    )
    words = _time_words(run)
    return Chart("time", "How soon something is signed", " ".join(words), drawn)


def time_key(run: Run) -> list[tuple[str, str, str]]:
    """What the lines of the time chart are."""
    marks = [("line", color, label) for label, color, _ in curves(run).values()]
    return [*marks, ("band", "#cfd6da", "95 % interval"), ("ring", GREY, "days asked about")]


def _time_words(run: Run) -> list[str]:
    words = []
    for name, (label, _, _) in curves(run).items():
        shares, spans = run.summary.by_day(name)
        parts = [
            f"by day {d} in {percent(shares[d], spans[d])} of worlds ({span_words(spans[d])})"
            for d in shares
            if shares[d] is not None
        ]
        if parts:
            words.append(f"{label}: {'; '.join(parts)}.")
    return words


def days_table(run: Run) -> Table:
    """Chances by the days people ask about."""
    known = [int(d) for d, share in run.summary.deal_by_day.items() if share is not None]
    head = ["Signed by", *(f"day {d}, {day_text(date_of(run.scenario, d))}" for d in known)]
    rows = []
    for name, (label, _, _) in curves(run).items():
        shares, spans = run.summary.by_day(name)
        cells = [label]
        cells += [
            f"{percent(shares[str(d)], spans[str(d)])} ({span_words(spans[str(d)])})" for d in known
        ]
        rows.append(cells)
    return Table("Share of worlds in which it is signed by a day, with 95 % intervals", head, rows)
