"""A session of stacked alternating offers: who offers whom how much, round by round."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.drawing import save
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet, end_labels
from sim.plots.style import DARK, GREY, shortened, styled
from sim.studies.solve.session import Session, answer
from sim.views.colours import ink, party_colors

GUTTER, HEAD, UNDER, TICKS, RIGHT = 0.35, 0.38, 0.62, 0.42, 1.2


@styled
def offers(session: Session, foot: str = "") -> Figure:
    """One panel per actor: what every offer is worth to it, by round.

    Parameters
    ----------
    session : Session
        A session that has been played.
    foot : str
        What the figure rests on.
    """
    actors = len(session.subject.labels)
    columns = 1 if actors == 1 else 2 if actors in (2, 4) else 3
    rows = math.ceil(actors / columns)
    height = 3.4 if rows == 1 else 2.5
    scale = ", 0 to 100" if session.subject.unit > 1 else ""
    subtitle = (
        f"What each offer is worth to a side (utility{scale}), by the one who makes it. A side "
        "accepts an offer that is worth as much to it as what it asks for itself at that time."
    )
    marks = [
        Mark("own offers", "line", {"color": GREY, "linewidth": 2.2, "drawstyle": "steps-post"}),
        Mark("others' offers", "point", {"color": GREY, "marker": ".", "markersize": 6}),
        Mark("no agreement", "line", {"color": GREY, "linewidth": 1.4, "linestyle": ":"}),
    ]
    if session.agreed:
        marks.append(Mark("agreement", "point", {"marker": "D", "markersize": 6, "color": DARK}))
    text = foot or session.subject.note
    sheet = Sheet(text, answer(session), subtitle, rows * (HEAD + height + UNDER), marks)
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    colors = party_colors(session.subject.scenario, session.subject.analysis.parties)
    for k, label in enumerate(session.subject.labels):
        row, column = divmod(k, columns)
        left, top = MARGIN + column * (cell + GUTTER), row * (HEAD + height + UNDER)
        color = ink(colors[k])
        sheet.text(left, top + 0.06, shortened(label, cell, 11, True), size=11, weight="bold",
                   color=color)  # fmt: skip
        width = cell - TICKS - RIGHT
        axes = sheet.axes(left + TICKS, top + HEAD, width, height, gid=f"actor {k}")
        _panel(axes, session, k, height)
    return sheet.figure


def _panel(axes: Axes, session: Session, k: int, height: float) -> None:
    subject = session.subject
    colors = party_colors(subject.scenario, subject.analysis.parties)
    made = [e for e in session.course if e["event"] == "OFFER"]
    ends = []
    for who, label in enumerate(subject.labels):
        mine = [e for e in made if e["who"] == who]
        if not mine:
            continue
        x = np.array([e["step"] + 1 for e in mine])
        y = subject.unit * np.array([e["utilities"][k] for e in mine])
        style: dict[str, Any] = {"linestyle": "", "marker": ".", "markersize": 4, "alpha": 0.75}
        if who == k:
            style = {"linewidth": 2.2, "drawstyle": "steps-post", "zorder": 3}
        axes.plot(x, y, color=colors[who], gid=f"offers of {who}", **style)
        ends.append((float(y[-1]), label, colors[who]))
    reserve = subject.unit * float(subject.analysis.reservation[k])
    axes.axhline(reserve, color=GREY, linewidth=1.4, linestyle=":", zorder=1, gid="reservation")
    rounds = int(session.result.steps[0])
    if session.agreed:
        worth = subject.unit * float(session.result.utilities[0, k])
        axes.plot([rounds], [worth], linestyle="", marker="D", markersize=7, color=DARK,
                  markeredgecolor="white", zorder=5, clip_on=False, gid="agreement")  # fmt: skip
    values = [y for y, _, _ in ends] + [reserve]
    values += [subject.unit * e["utilities"][k] for e in made]
    low, high = min(values), max(values)
    pad = 0.05 * max(high - low, 1.0)
    axes.set_ylim(low - pad, high + pad)
    axes.set_xlim(1, max(rounds, 2))
    axes.grid(axis="y")
    axes.set_xlabel("round")
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    end_labels(axes, ends, height, RIGHT)


def draw_offers(session: Session, foot: str, path: Path) -> None:
    """Draw the figure and save it, whole or not at all, in the format that the suffix names."""
    save(offers(session, foot), path)
