"""Whom several scenarios suit, and how long their agreements would hold."""

from __future__ import annotations

from typing import Any

from sim.prose import counted, percent, span_words
from sim.report.chart import DARK, QUARTERS, Chart, faded, figure, hover, numbers, scatter, shaded
from sim.report.compare_common import ROW, scenario_rows
from sim.views.compare.durability import DurabilityView, Holding, HoldingPanel
from sim.views.compare.gains import Gain, GainsView, PartyGains


def gains_charts(view: GainsView | None) -> list[Chart]:
    """Per party, a row per scenario: gain where settled, and that of the plan as published."""
    return [_party(view, party) for party in view.parties] if view else []


def _party(view: GainsView, party: PartyGains) -> Chart:
    drawn = figure(
        [trace for gain in party.gains for trace in _gain(party, gain)],
        ROW * len(view.rows) + 62,
        xaxis={
            "range": [100 * e for e in view.ends],
            "zeroline": True,
            "zerolinecolor": DARK,
            "nticks": 6,
            "title": {"text": "points of utility against no deal", "font": {"size": 12}},
        },
        yaxis=scenario_rows(view.rows),
        margin={"l": 116, "r": 14, "b": 46},
    )
    words = party.words
    return Chart(f"gain-{party.actor}", party.label, " ".join(words), drawn, details=words)


def _gain(party: PartyGains, gain: Gain) -> list[Any]:
    settled, color = gain.kind == "gain", party.color
    shift, symbol, fill = (-0.13, "circle", color) if settled else (0.13, "diamond", "#ffffff")
    y = gain.place + shift
    says = hover(f"{party.label}, {gain.row.title}", f"{gain.what}: {gain.text}")
    return [
        scatter(x=numbers([100 * gain.low, 100 * gain.high]), y=[y, y], mode="lines",
                hoverinfo="skip", line={"color": color, "width": 2.5}),
        scatter(x=numbers([100 * gain.middle]), y=[y], mode="markers", hoverinfo="text",
                hovertext=[says],
                marker={"symbol": symbol, "size": 10, "color": fill,
                        "line": {"color": color, "width": 1.8}}),
    ]  # fmt: skip


def durability_charts(view: DurabilityView | None) -> list[Chart]:
    """Share that holds by year: of settlements, and of the plans as published."""
    return [_holds(panel) for panel in view.panels] if view else []


def _holds(panel: HoldingPanel) -> Chart:
    drawn = figure(
        [trace for curve in panel.curves for trace in _curve(curve)],
        290,
        xaxis={
            "range": [0, panel.longest],
            "nticks": 7,
            "title": {"text": "years after signing", "font": {"size": 12}},
        },
        yaxis={"range": [-0.02, 1.04], **QUARTERS},
        margin={"l": 52, "r": 18, "b": 48},
    )
    words = [curve.words for curve in panel.curves]
    key = {"settled": "durability"}.get(panel.name, panel.name)
    return Chart(f"holds-{key}", panel.short_title, " ".join(words), drawn, details=words)


def _curve(curve: Holding) -> list[Any]:
    color, held, spans, title = curve.color, curve.held, curve.spans, curve.row.title
    x = list(range(len(held) + 1))
    band = []
    if spans and curve.named:
        band = shaded(x, [1, *(s[0] for s in spans)], [1, *(s[1] for s in spans)],
                      faded(color, 0.1))  # fmt: skip
    says = [
        hover(f"{title}, after {counted(n + 1, 'year')}", f"{percent(h)} hold",
              f"95 % interval {span_words(spans[n])}" if spans else "")
        for n, h in enumerate(held)
    ]  # fmt: skip
    line = {"color": color, "width": 2.2, "dash": "solid" if spans else "dash"}
    return [*band, scatter(x=x, y=numbers([1, *held]), mode="lines+markers", hoverinfo="text",
                           hovertext=[hover(title, "signed"), *says], cliponaxis=False,
                           marker={"size": 5, "color": color}, line=line)]  # fmt: skip
