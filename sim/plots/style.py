"""What all figures share: matplotlib settings, colours, measured and wrapped text."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

STYLE = Path(__file__).with_name("peace.mplstyle")
GREY, DARK, PALE = "#767676", "#222222", "#c9c9c9"
SMALL = 8.8
"""Size of tick and direct labels in points; the smallest text is this size."""
_LOG = logging.getLogger("sim.plots")
_PERCENT = re.compile(r"(?<=\d) %")

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


# --- text ----------------------------------------------------------------------------------


def _font(bold: bool) -> FT2Font:
    # kept by Matplotlib, which lets it go in a fork: two processes would read one open file
    return get_font(findfont(FontProperties(family="DejaVu Sans", weight=700 if bold else 400)))


@cache
def _advance(character: str, bold: bool) -> float:
    """Width of a character as a part of the size of the font."""
    drawn = _drawable(character).strip("\n")
    if not drawn:
        return 0.0
    glyph = _font(bold).load_char(ord(drawn), LoadFlags.NO_SCALE)
    return float(glyph.horiAdvance) / _font(bold).units_per_EM


def text_width(text: str, size: float = SMALL, bold: bool = False) -> float:
    """Width of one line of text in inches.

    Remarks
    -------
    The sum of the characters' own widths and a hundredth for hinting: laying the text out gives
    the same to a pixel or two, and takes a hundred times as long.
    """
    return 1.01 * sum([_advance(character, bold) for character in text]) * size / 72.0


@cache
def _drawable(character: str) -> str:
    """The character, a space for one that controls, or a mark for one that the font lacks."""
    if character == "\n" or _font(False).get_char_index(ord(character)):
        return character
    if not character.isprintable():
        return " "
    if unicodedata.combining(character) or "\ufe00" <= character <= "\ufe0f":
        return ""
    _LOG.warning("charts have no glyph for %r, U+%04X: drawn as \N{REPLACEMENT CHARACTER}",
                 character, ord(character))  # fmt: skip
    return "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """Text that can be drawn: no control characters, and a mark for glyphs that the font lacks.

    DejaVu Sans has Latin, Greek, Cyrillic, Arabic, Armenian, Georgian and more; what it lacks is
    said once on the log.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_drawable, text))


def line_height(size: float = SMALL) -> float:
    """Distance of lines of text in inches."""
    return 1.2 * size / 72.0


def shortened(text: str, width: float, size: float = SMALL, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than so many inches."""
    text = plain(text)
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
    tied = _PERCENT.sub("\N{NO-BREAK SPACE}%", " ".join(plain(text).split()))
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


def listed(
    items: Sequence[str], width: float, separator: str = ", ", before: str = "", lines: int = 2
) -> list[str]:
    """Lines as in :func:`wrapped` with as many whole items as have room, and how many more."""
    if not items:
        return []
    for shown in range(len(items), 0, -1):
        left = [f"{len(items) - shown} more"] if shown < len(items) else []
        rows = wrapped(before + separator.join([*items[:shown], *left]), width, lines=lines + 1)
        if len(rows) <= lines:
            return rows
    return wrapped(f"{before}{len(items)}", width, lines=lines)
