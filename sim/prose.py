"""Shares, intervals, counts and lists as words."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class SaidError(Exception):
    """What a user can mend: its text is the sentence that says what is wrong, where, and how."""


WIDTH = 80
"""Signs of a line on the terminal."""
HARD = "\N{NO-BREAK SPACE}%"


def percent(share: float | None, interval: Sequence[float] | None = None) -> str:
    """A share as words; never a bare 0 or 100 for something rare but seen.

    With as many digits as its interval has (:func:`span_words`), where one is given.

    Examples
    --------
    >>> [percent(x) for x in (0.0, 0.0002, 0.005, 0.465, 0.955, 0.9991, 1.0)]
    ['0 %', 'under 0.1 %', '0.5 %', '47 %', '96 %', 'over 99.9 %', '100 %']
    >>> percent(0.1644, [0.160, 0.169])
    '16.4 %'
    """
    if share is None:
        return "—"
    value = 100 * share
    if 0 < value < 0.1:
        return "under 0.1 %"
    if 99.9 < value < 100:
        return "over 99.9 %"
    if 10 <= value < 99 and not _is_narrow(interval):
        return f"{math.floor(value + 0.5)} %"
    return f"{value:.1f}".removesuffix(".0") + " %"


def span_words(interval: Sequence[float] | None) -> str:
    """An interval as ``9–13 %``, a narrow one with a digit more: ``0–1.1 %``.

    Examples
    --------
    >>> span_words([0.09, 0.126]), span_words([0.0, 0.011]), span_words([0.989, 1.0])
    ('9–13 %', '0–1.1 %', '98.9–100 %')
    """
    if interval is None:
        return ""
    digits = 1 if _is_narrow(interval) else 0
    low, high = (f"{100 * x:.{0 if round(x, 9) in (0, 1) else digits}f}" for x in interval)
    return f"{low}–{high} %"


def _is_narrow(interval: Sequence[float] | None) -> bool:
    return interval is not None and 100 * (interval[1] - interval[0]) < 3


def counted(number: int, noun: str) -> str:
    """``1 issue``, ``2 issues``, ``1,000 worlds``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listing(items: Iterable[str]) -> str:
    """``a, b and c``."""
    *first, last = [*items] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def sentence(text: str) -> str:
    """Its first letter as a capital; not that of a name with an underscore, which can be typed.

    Examples
    --------
    >>> sentence("kellogg settles"), sentence("points_20 settles")
    ('Kellogg settles', 'points_20 settles')
    """
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def clause(text: str) -> str:
    """A sentence that begins with no name, as it goes on after a colon."""
    return text[:1].lower() + text[1:]


def possessive(name: str) -> str:
    """``Putin's``, ``United States'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def signed(number: str) -> str:
    """A formatted number with a true minus."""
    return number.replace("-", "−")


def by_how_much(value: float, digits: int = 1) -> str:
    """A difference with its sign; none of what rounds to 0.

    Examples
    --------
    >>> [by_how_much(x) for x in (4.2, -3.0, -0.04, 0.0)]
    ['+4.2', '−3.0', '0.0', '0.0']
    """
    number = f"{value:+.{digits}f}"
    return signed(number if float(number) else number[1:])


def digits_of(numbers: Iterable[float], least: int, most: int = 3) -> int:
    """Digits after the point with which no number that is not 0 reads as 0; ``most`` at the most.

    Examples
    --------
    >>> digits_of([-17.5, -0.29], 0), digits_of([-17.5, 0.0], 0), digits_of([0.00001], 1)
    (1, 0, 3)
    """
    known = [x for x in numbers if abs(x) > 1e-9]  # less is rounding
    while least < most and any(round(x, least) == 0 for x in known):
        least += 1
    return least


def wrapped(text: str, indent: str = "", width: int = WIDTH) -> list[str]:
    """A paragraph in lines of so many signs, none of which begins with a percent sign."""
    lines = textwrap.wrap(
        text.replace(" %", HARD),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return [line.replace(HARD, " %") for line in lines]


def hanging(text: str) -> list[str]:
    """The same with all lines but the first a little to the right."""
    first, *others = wrapped(text, "  ") or [""]
    return [first.lstrip(), *others]


def did_you_mean(word: object, among: Iterable[object], otherwise: str = "") -> str:
    """The nearest of some names as a question; else what there is, after the word ``otherwise``.

    Compared are names of ordinary length, and not too many: the work grows with both.

    Examples
    --------
    >>> did_you_mean("puttin", ["putin", "trump"])
    "did you mean 'putin'?"
    >>> did_you_mean("x", ["putin", "trump"], "declared"), did_you_mean("x", [], "declared")
    ('declared: putin, trump', '')
    """
    names = [str(name) for name in among]
    short = [name for name in names if len(name) <= 60][:1000] if len(str(word)) <= 60 else []
    near = get_close_matches(str(word), short, 1, 0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    return f"{otherwise}: {', '.join(names[:20])}{more}" if otherwise and names else ""


def one_line(text: str) -> str:
    """With single spaces for line ends, tabs and runs of spaces."""
    return " ".join(text.split())


def printable(text: str) -> str:
    r"""Text without what a terminal obeys or a font cannot draw: control characters are escaped.

    Examples
    --------
    >>> printable("\x1b[31mred\x1b[0m, two\nlines")
    '\\x1b[31mred\\x1b[0m, two\nlines'
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def has_control(text: str) -> bool:
    """Whether there is something in a text that :func:`printable` escapes."""
    return _CONTROL.search(text) is not None


_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters but tabs and line ends, embedded directions of writing, lone surrogates."""
