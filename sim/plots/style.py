"""What all figures share: matplotlib settings, colours, measured and wrapped text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import matplotlib as mpl
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties

from sim.scenario.discrete_schema import DiscreteFile
from sim.scenario.schema import Actor, Scenario

STYLE = Path(__file__).with_name("peace.mplstyle")
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe & Ito (2008), *Color Universal Design*; its yellow is too pale for lines on white."""
GREY, DARK, PALE = "#767676", "#222222", "#c9c9c9"
SMALL = 8.8
"""Size of tick and direct labels in points; the smallest text is this size."""
_PERCENT = re.compile(r"(?<=\d) %")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@cache
def _settings() -> dict[Any, Any]:
    fixed = {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "datapath"}
    plain: dict[Any, Any] = {k: v for k, v in dict.items(mpl.rcParamsDefault) if k not in fixed}
    ours = mpl.rc_params_from_file(STYLE, use_default_template=False)
    settings: dict[Any, Any] = plain
    settings.update(dict.items(ours))
    return settings


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's defaults and ours within the block, whatever the user's matplotlibrc says."""
    with mpl.rc_context():
        # the values were validated when they were read; validating 300 of them again is slow
        dict.update(cast(dict[Any, Any], mpl.rcParams), _settings())
        yield


def styled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Run a function in the house style."""

    @wraps(function)
    def inside(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with house_style():
            return function(*args, **kwargs)

    return inside


# --- colours -----------------------------------------------------------------------------


def actor_colors(scenario: Scenario | DiscreteFile) -> dict[str, str]:
    """One colour per actor: the scenario's own, otherwise the next free of Okabe & Ito."""
    taken = {a.color.upper() for a in scenario.actors.values() if a.color}
    free = [c for c in OKABE_ITO if c not in taken] or list(OKABE_ITO)
    signs = {
        key: not isinstance(actor, Actor) or actor.consents_to != "none"
        for key, actor in scenario.actors.items()
    }
    colors: dict[str, str] = {}
    count = 0
    for key in sorted(scenario.actors, key=lambda k: (not signs[k], k)):
        own = scenario.actors[key].color
        colors[key] = own or free[count % len(free)]
        count += own is None
    return colors


def luminance(color: str) -> float:
    """Relative luminance of a colour (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def ink(color: str) -> tuple[float, float, float]:
    """The colour, darkened until text in it reads on white (contrast 4.5, WCAG 2.1)."""
    red, green, blue = to_rgb(color)
    while 1.05 / (luminance(mpl.colors.to_hex((red, green, blue))) + 0.05) < 4.5:
        red, green, blue = 0.95 * red, 0.95 * green, 0.95 * blue
    return red, green, blue


# --- text --------------------------------------------------------------------------------


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(8, 8, 144.0)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SMALL, bold: bool = False) -> float:
    """Width of one line of text in inches."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    width, _, _ = _renderer().get_text_width_height_descent(text, font, False)
    return float(width) / 144.0


def line_height(size: float = SMALL) -> float:
    """Distance of lines of text in inches."""
    return 1.2 * size / 72.0


def shortened(text: str, width: float, size: float = SMALL, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than so many inches."""
    if text_width(text, size, bold) <= width:
        return text
    words = text.split()
    while len(words) > 1:
        words.pop()
        short = " ".join(words).rstrip(" ,;:–-(") + "…"
        if text_width(short, size, bold) <= width:
            return short
    while text and text_width(text + "…", size, bold) > width:
        text = text[:-1]
    return text + "…"


def wrapped(
    text: str, width: float, size: float = SMALL, bold: bool = False, lines: int = 3
) -> list[str]:
    """Lines no wider than ``width`` inches, at most ``lines`` of them; the last may be cut."""
    rows: list[str] = []
    # a number stays with its per-cent sign
    tied = _PERCENT.sub("\N{NO-BREAK SPACE}%", " ".join(text.split()))
    words = [word.replace("\N{NO-BREAK SPACE}", " ") for word in tied.split(" ")]
    while words:
        if len(rows) == lines - 1:
            rows.append(shortened(" ".join(words), width, size, bold))
            break
        row = words.pop(0)
        while words and text_width(f"{row} {words[0]}", size, bold) <= width:
            row += f" {words.pop(0)}"
        rows.append(shortened(row, width, size, bold))
    return rows or [""]


def day_text(day: datetime.date, year: bool = True) -> str:
    """A date as ``3 Sep 2025``, the same in every locale."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")
