"""Who stands where on every issue, when: positions, red lines, texts, the deal."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from sim.ensemble.runner import Run
from sim.plots.sheet import (
    MARGIN,
    WIDTH,
    Mark,
    Sheet,
    date_axis,
    end_labels,
    scale_axis,
    signed_marks,
)
from sim.plots.style import DARK, GREY, SMALL, line_height, shortened, styled, text_width, wrapped
from sim.prose import percent
from sim.results.dataset import date_of
from sim.results.summary import nearest_text
from sim.views.colours import LIMITED, actor_colors, ink
from sim.views.convergence import SHADE, headline
from sim.views.limited import InForce, in_force
from sim.views.run_data import (
    agreed_day,
    band,
    concerned,
    conditional_lines,
    consents,
    day_text,
    days,
    last_day,
    red_lines,
    short,
    signatories,
    signed_days,
)

COLUMNS, GUTTER, TITLE = 3, 0.16, 10.5
PANEL_HEIGHT, HEAD, UNDER = 2.15, 0.56, 0.5
BAND, BAND_HEAD = 0.3, 0.5
LOW_PANEL = 1.2
"""Height where every issue is yes or no: two texts and the actors' names still fit."""


@styled
def convergence(run: Run) -> Figure:
    """One panel per issue: positions of the central world over the ensemble's spread.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    Figure
        Panels in the order of the scenario's issues; lines carry the actor's key as their gid.
    """
    issues = list(run.scenario.issues)
    columns = min(COLUMNS, len(issues))
    rows = math.ceil(len(issues) / columns)
    yes_or_no = all(len(spec.scale) == 2 for spec in run.scenario.issues.values())
    height = LOW_PANEL if yes_or_no and len(issues) > COLUMNS else PANEL_HEIGHT
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    titles = [wrapped(run.scenario.issues[i].title, cell, TITLE, True, lines=2) for i in issues]
    second = (max(map(len, titles)) - 1) * line_height(TITLE)
    pitch = HEAD + second + height + UNDER
    limited = in_force(run)
    body = rows * pitch + (BAND_HEAD + BAND * len(limited) + UNDER if limited else 0.0)
    sheet = Sheet(run, headline(run), _subtitle(run), body, _key(run))
    for number, issue in enumerate(issues):
        row, column = divmod(number, columns)
        left = MARGIN + column * (cell + GUTTER)
        _title(sheet, run, issue, titles[number], left, row * pitch, cell)
        _panel(sheet, run, issue, left, row * pitch + HEAD + second, cell, height)
    if limited:
        _limited(sheet, run, limited, rows * pitch)
    return sheet.figure


def _limited(sheet: Sheet, run: Run, limited: list[InForce], top: float) -> None:
    """When limited agreements are in force in the central world, one bar each."""
    sheet.text(MARGIN, top, "Limited agreements", size=TITLE, weight="bold")
    under = "Beside truce and settlement; a bar where one is in force in the central world"
    sheet.text(MARGIN, top + line_height(TITLE) + 0.015, under, color="#444444")
    names = max(text_width(one.title) for one in limited) + 0.1
    ends = [f"signed in {percent(one.ever)} of all worlds" for one in limited]
    right = max(text_width(end) for end in ends) + 0.1
    width = WIDTH - 2 * MARGIN - names - right
    height = BAND * len(limited)
    axes = sheet.axes(MARGIN + names, top + BAND_HEAD, width, height, gid="limited")
    date_axis(axes, run.scenario.war.start_date, last_day(run), width)
    places = range(len(limited))
    axes.set_ylim(len(limited) - 0.5, -0.5)
    axes.set_yticks(places, [one.title for one in limited])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    for place, one in zip(places, limited, strict=True):
        axes.broken_barh([(start, end - start) for start, end in one.spans], (place - 0.22, 0.44),
                         facecolor=LIMITED, edgecolor="white", gid=one.key)  # fmt: skip
        if not one.spans:
            axes.text(0.01, place, "not in the central world", va="center", color=GREY,
                      size=SMALL, transform=axes.get_yaxis_transform())  # fmt: skip
        axes.annotate(ends[place], (1, place), xycoords=("axes fraction", "data"), va="center",
                      xytext=(6, 0), textcoords="offset points", color=GREY)  # fmt: skip


def _subtitle(run: Run) -> str:
    return (
        "Where each side stands on each issue in the central world, in which every uncertain "
        "number is at its median. The scale runs between the two ends of the dispute."
    )


def _key(run: Run) -> list[Mark]:
    colors = actor_colors(run.scenario)
    marks = [
        Mark(short(run, a), "line", {"color": colors[a], "linewidth": 2.4}, ink(colors[a]))
        for a in signatories(run)
    ]
    marks.append(Mark("10–90 % of worlds", "band", {"facecolor": "#cccccc"}))
    lines = [
        line
        for issue in run.scenario.issues
        for actor in concerned(run, issue)
        for line in red_lines(run, actor, issue)
    ]
    if lines:
        style = {"color": GREY, "linewidth": 1.1, "linestyle": (0, (4, 2))}
        marks.append(Mark("red line, hatched on the side it bars", "line", style))
    if any(conditional_lines(run, a, i) for a in signatories(run) for i in run.scenario.issues):
        style = {"color": GREY, "linewidth": 1.2, "linestyle": (0, (1, 1.6))}
        marks.append(Mark("red line if other terms suit", "line", style))
    if run.central.sizes["text_number"]:
        marks.append(Mark("mediator's text", "point", _text_style()))
    if signed_days(run):
        marks.append(Mark("agreed", "point", _deal_style()))
    marks += signed_marks(run)
    return marks


def _text_style() -> dict[str, Any]:
    return {"marker": "o", "markersize": 3, "markerfacecolor": "white", "color": "#333333",
            "markeredgewidth": 0.8}  # fmt: skip


def _deal_style() -> dict[str, Any]:
    return {"marker": "D", "markersize": 7, "color": DARK, "markeredgecolor": "white",
            "markeredgewidth": 1}  # fmt: skip


def _title(
    sheet: Sheet, run: Run, issue: str, title: list[str], left: float, top: float, cell: float
) -> None:
    """Title of a panel, and under it what became of the issue."""
    for line in title:
        sheet.text(left, top, line, size=TITLE, weight="bold")
        top += line_height(TITLE)
    sheet.text(left, top + 0.015, _status(run, issue, cell), color="#444444")


def _panel(
    sheet: Sheet, run: Run, issue: str, left: float, top: float, cell: float, height: float
) -> None:
    spec = run.scenario.issues[issue]
    colors, actors = actor_colors(run.scenario), concerned(run, issue)
    names = max((text_width(short(run, a)) for a in actors), default=0.0)
    right = min(names + 0.18, 0.3 * cell)
    ticks = min(1.22, 0.38 * cell)
    width = cell - ticks - right - 0.08
    axes = sheet.axes(left + ticks + 0.08, top, width, height, gid=issue)
    axes.set_ylim(-0.06, 1.06)
    date_axis(axes, run.scenario.war.start_date, last_day(run), width)
    scale_axis(axes, spec, height, ticks)
    axes.grid(axis="y")
    _lines(axes, run, issue, actors, colors)
    _deal(axes, run, issue)
    position = list(run.scenario.issues).index(issue)
    keys = signatories(run)
    shown = int((days(run) <= last_day(run)).sum()) - 1
    ends = [
        (float(run.central.offer.values[shown, keys.index(a), position]), short(run, a), colors[a])
        for a in actors
    ]
    end_labels(axes, ends, height, right)


def _status(run: Run, issue: str, width: float) -> str:
    """What became of the issue in the central world, in one line."""
    point = run.summary.central.agreed[issue]
    day = agreed_day(run, issue)
    if point is None or day is None:
        miss = float(run.central.red_line_gap.values[list(run.scenario.issues).index(issue)])
        return "Not agreed: red lines and conditions miss each other" if miss > 0 else "Not agreed"
    when = day_text(date_of(run.scenario, day), year=False)
    return shortened(f"◆ {when}: {nearest_text(run.scenario.issues[issue], point.point)}", width)


def _lines(axes: Axes, run: Run, issue: str, actors: list[str], colors: dict[str, str]) -> None:
    keys, x = signatories(run), days(run)
    i = list(run.scenario.issues).index(issue)
    low, _, high = band(run.ensemble, "offer")
    offer = run.central.offer.values
    for actor in actors:
        a = keys.index(actor)
        axes.fill_between(x, low[:, a, i], high[:, a, i], color=colors[actor], alpha=0.14, zorder=1)
        for line, above in red_lines(run, actor, issue):
            edge = line + (SHADE if above else -SHADE)
            axes.fill_between(x, line, edge, facecolor="none", edgecolor=colors[actor],
                              hatch="//////", zorder=1.5)  # fmt: skip
            axes.plot(x, line, color=colors[actor], linewidth=1.1, linestyle=(0, (4, 2)),
                      zorder=2, gid=f"limit:{actor}")  # fmt: skip
        for limit in conditional_lines(run, actor, issue):
            axes.axhline(limit, color=colors[actor], linewidth=1.2, linestyle=(0, (1, 1.6)))
    for order, actor in enumerate(actors):
        # lines that coincide run side by side, a stroke apart
        shift = (order - (len(actors) - 1) / 2) * 1.7 / 72
        transform = axes.transData + ScaledTranslation(0, shift, axes.figure.dpi_scale_trans)
        says = consents(run, actor, issue)
        axes.plot(x, offer[:, keys.index(actor), i], color=colors[actor], zorder=3, gid=actor,
                  linewidth=2.0 if says else 1.3, transform=transform)  # fmt: skip


def _deal(axes: Axes, run: Run, issue: str) -> None:
    """Texts tabled, stages signed and what was agreed."""
    central, stages = run.central, run.scenario.stages
    i = list(run.scenario.issues).index(issue)
    stage = next(n for n, s in enumerate(stages) if issue in s.issues)
    on_table = central.text_stage.values == stage
    if on_table.any():
        tabled = central.text_round.values[on_table] * run.scenario.war.round_days
        axes.plot(tabled, central.text.values[on_table, i], linestyle="", zorder=2.8, gid="text",
                  **_text_style())  # fmt: skip
    for when in sorted(set(signed_days(run).values())):
        axes.axvline(when, color=DARK, linewidth=1, linestyle=":", zorder=2.5, gid="stage")
    day, point = agreed_day(run, issue), float(central.agreed.values[i])
    if day is not None and not math.isnan(point):
        axes.plot([day], [point], linestyle="", zorder=4, gid="deal", clip_on=False,
                  **_deal_style())  # fmt: skip
