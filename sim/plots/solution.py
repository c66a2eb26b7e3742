"""The utility space of a solved scenario: frontier, named points, simulated deals."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.formulas.solutions.analysis import Pair
from sim.plots.drawing import save
from sim.plots.sheet import MARGIN, WIDTH, Mark, Sheet
from sim.plots.style import DARK, GREY, PALE, SMALL, shortened, styled
from sim.prose import counted, listing
from sim.studies.solve.deals import Deals
from sim.studies.solve.subject import Subject
from sim.studies.solve.summary import TITLES, all_points, method, statement
from sim.views.colours import SETTLED, ink, party_colors

Array = NDArray[np.float64]

MARKERS: dict[str, tuple[str, float]] = {
    "nash": ("D", 8),
    "kalai_smorodinsky": ("s", 10.5),
    "kalai_smorodinsky_least_spread": ("v", 13),
    "egalitarian": ("^", 12),
    "utilitarian": ("o", 13),
    "relative_welfare": ("h", 17),
    "least_bad": ("*", 15),
}
"""Open marks of different forms and sizes, so that points that coincide can all be seen; without
colours, which are the sides'."""
MOST = 3
"""Most pairs of sides that are shown; the numbers of all are in ``solution.json``."""
NAMED = 6
"""Most sides whose gains the headline tells one by one."""
GUTTER, TICKS, HEAD, UNDER = 0.3, 0.62, 0.12, 0.62


@styled
def solution(subject: Subject, deals: Deals | None = None, foot: str = "") -> Figure:
    """The utility space, one panel per pair of parties.

    Parameters
    ----------
    subject : Subject
        A solved scenario.
    deals : Deals, optional
        Simulated settlements to draw on it.
    foot : str
        What the figure rests on.
    """
    pairs = shown_pairs(subject)
    columns = min(len(pairs), 3)
    rows = math.ceil(len(pairs) / columns)
    height = 5.0 if len(pairs) == 1 else 2.9
    sheet = Sheet(
        foot or subject.note,
        headline(subject),
        subtitle(subject, deals),
        rows * (HEAD + height + UNDER),
        _key(subject, deals),
    )
    cell = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
    for number, pair in enumerate(pairs):
        row, column = divmod(number, columns)
        left = MARGIN + column * (cell + GUTTER) + TICKS
        top = row * (HEAD + height + UNDER) + HEAD
        first, second = pair.parties
        axes = sheet.axes(left, top, cell - TICKS - 0.08, height, gid=f"pair {first} {second}")
        _panel(axes, subject, pair, deals, (cell - TICKS - 0.08, height))
    return sheet.figure


def shown_pairs(subject: Subject) -> list[Pair]:
    """The pairs of sides with the most to divide between them, at most three, in their order."""
    pairs = list(subject.analysis.pairs)
    reach = {id(p): float(np.ptp(p.within, axis=0).sum()) if len(p.within) else 0.0 for p in pairs}
    first = sorted(pairs, key=lambda p: -reach[id(p)])[:MOST]
    return [pair for pair in pairs if any(pair is one for one in first)]


def headline(subject: Subject) -> str:
    """The finding."""
    if subject.analysis.status != "zone":
        return statement(subject)
    point = subject.analysis.points["nash"][0]
    each = [(f"{subject.unit * g + 0.0:.0f}".replace("-0", "0"), name)
            for name, g in zip(subject.labels, point.gain, strict=True)]  # fmt: skip
    gains = listing([f"{worth} for {name}" for worth, name in each])
    if len(each) > NAMED:
        low, high = (subject.unit * f(point.gain) + 0.0 for f in (min, max))
        gains = f"from {low:.0f} to {high:.0f} for the {len(each)} sides".replace("-0 ", "0 ")
    return f"There is something to agree on: Nash's solution is worth, in points, {gains}"


def subtitle(subject: Subject, deals: Deals | None) -> str:
    """What is shown and how it was found."""
    what = {
        "zone": "packages that beat no deal for all"
        + (" and keep to all red lines" if subject.is_scale else ""),
        "no_gain": "packages inside all red lines" if subject.is_scale else "all packages",
        "no_ground": "all packages, red lines set aside",
    }[subject.analysis.status]
    scale = " (0 to 100)" if subject.unit > 1 else ""
    text = (
        f"Gain over no deal in points of utility{scale} and the Pareto frontier of {what}. "
        f"{method(subject)}"
    )
    if len(subject.labels) > 2:
        others = ", the others at no deal or better" if subject.analysis.status == "zone" else ""
        text += f" Each panel has the frontier between two sides{others}"
        left = len(subject.analysis.pairs) - len(shown_pairs(subject))
        text += f"; {counted(left, 'pair')} with less to divide left out." if left else "."
    if deals is not None and subject.is_scale:
        text += f" {len(deals.gain):,} of {deals.worlds:,} simulated worlds settle."
    return text


def _key(subject: Subject, deals: Deals | None) -> list[Mark]:
    marks = [
        Mark(TITLES[name], "point", _open(name) | {"markersize": min(_size(name), 11)})
        for name in all_points(subject)
    ]
    marks.append(Mark("Pareto frontier", "line", {"color": DARK, "linewidth": 1.8}))
    if subject.is_scale and subject.analysis.status != "no_ground":
        marks.append(
            Mark("red lines set aside", "line",
                 {"color": GREY, "linewidth": 1.2, "linestyle": (0, (3, 2))})
        )  # fmt: skip
    if len(subject.analysis.cloud):
        marks.append(Mark("packages", "point", {"marker": ".", "markersize": 6, "color": PALE}))
    marks.append(Mark("no deal", "point", {"marker": "+", "markersize": 10, "color": DARK}))
    if deals is not None and len(deals.gain):
        what = "simulated deal" if subject.is_scale else "agreement of the session"
        marks.append(Mark(what, "point", {"marker": "o", "markersize": 5, "color": SETTLED}))
    return marks


def _size(name: str) -> float:
    return MARKERS[name][1]


def _open(name: str) -> dict[str, Any]:
    marker, size = MARKERS[name]
    filled = name in ("nash", "least_bad")
    return {
        "marker": marker,
        "markersize": size,
        "markerfacecolor": DARK if filled else "none",
        "markeredgecolor": "white" if filled else DARK,
        "markeredgewidth": 0.8 if filled else 1.5,
    }


def _panel(
    axes: Axes, subject: Subject, pair: Pair, deals: Deals | None, size: tuple[float, float]
) -> None:
    colors = party_colors(subject.scenario, subject.analysis.parties)
    first, second = pair.parties
    both = [first, second]
    cloud = subject.analysis.cloud[:, both] * subject.unit
    size_ = 2.5 if len(cloud) > 500 else 6
    axes.plot(cloud[:, 0], cloud[:, 1], ".", color=PALE, markersize=size_, zorder=1,
              gid="packages", rasterized=True)  # fmt: skip
    if subject.is_scale and subject.analysis.status != "no_ground":
        axes.plot(*(pair.free * subject.unit).T, color=GREY, linewidth=1.2, zorder=2, gid="free",
                  linestyle=(0, (3, 2)))  # fmt: skip
    lone: dict[str, Any] = {"marker": "."} if subject.analysis.method == "enumeration" else {}
    axes.plot(
        *(pair.within * subject.unit).T, color=DARK, linewidth=1.8, zorder=3, gid="frontier", **lone
    )
    if deals is not None and len(deals.gain):
        gain = deals.gain[:, both] * subject.unit
        axes.plot(gain[:, 0], gain[:, 1], "o", color=SETTLED, zorder=4,
                  markersize=4 if subject.is_scale else 7, alpha=0.5 if subject.is_scale else 1,
                  markeredgewidth=0, gid="deals")  # fmt: skip
    axes.plot(
        [0], [0], "+", color=DARK, markersize=10, markeredgewidth=1.5, zorder=5, gid="no deal"
    )
    for name, found in all_points(subject).items():
        gain = np.array([p.gain[both] for p in found]) * subject.unit
        layer = 8 if name in ("nash", "least_bad") else 7
        axes.plot(gain[:, 0], gain[:, 1], linestyle="", zorder=layer, gid=name, **_open(name))
    _frame(axes, pair, subject, deals)
    for axis, party, room in ((axes.xaxis, first, size[0]), (axes.yaxis, second, size[1])):
        label = shortened(subject.labels[party], room, SMALL + 1, True)
        axis.set_label_text(label, size=SMALL + 1, weight="bold", color=ink(colors[party]))


def _frame(axes: Axes, pair: Pair, subject: Subject, deals: Deals | None) -> None:
    """Room for everything that matters: frontier, points, deals and no deal; lines at no deal."""
    both = list(pair.parties)
    parts = [np.zeros((1, 2)), pair.within * subject.unit]
    parts += [
        np.array([p.gain[both] for p in f]) * subject.unit for f in all_points(subject).values()
    ]
    if deals is not None:
        parts.append(deals.gain[:, both] * subject.unit)
    every = np.vstack(parts)
    low, high = every.min(axis=0), every.max(axis=0)
    pad = 0.09 * np.maximum(high - low, 4.0)
    axes.set_xlim(low[0] - pad[0], high[0] + pad[0])
    axes.set_ylim(low[1] - pad[1], high[1] + pad[1])
    for line in (axes.axhline, axes.axvline):
        line(0, color="#999999", linewidth=0.8, zorder=0.5)
    axes.axvspan(0, axes.get_xlim()[1], ymin=_height_of_zero(axes), color="#f3f3f3", zorder=0,
                 gid="better for both")  # fmt: skip
    axes.tick_params(length=3)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(_ticks())


def _height_of_zero(axes: Axes) -> float:
    low, high = axes.get_ylim()
    return min(max(-low / (high - low), 0.0), 1.0)


def _ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(6, steps=[1, 2, 5, 10])


def draw_solution(subject: Subject, deals: Deals | None, foot: str, path: Path) -> None:
    """Draw the figure and save it, whole or not at all, in the format that the suffix names."""
    save(solution(subject, deals, foot), path)
