"""Shares, intervals, counts and lists as words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def percent(share: float | None, interval: Sequence[float] | None = None) -> str:
    """A share as words; never a bare 0 or 100 for something rare but seen.

    With as many digits as its interval has (:func:`span_words`), where one is given.

    Examples
    --------
    >>> [percent(x) for x in (0.0, 0.0002, 0.005, 0.465, 0.955, 0.9991, 1.0)]
    ['0 %', 'under 0.1 %', '0.5 %', '47 %', '95.5 %', 'over 99.9 %', '100 %']
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
    if 10 <= value <= 90 and not _is_narrow(interval):
        return f"{math.floor(value + 0.5)} %"
    return f"{value:.1f}".removesuffix(".0") + " %"


def span_words(interval: Sequence[float] | None) -> str:
    """An interval as ``9–13 %``."""
    if interval is None:
        return ""
    low, high = (100 * x for x in interval)
    digits = 1 if _is_narrow(interval) else 0
    return f"{low:.{digits}f}–{high:.{digits}f} %"


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
    """Its first letter as a capital."""
    return text[:1].upper() + text[1:]


def possessive(name: str) -> str:
    """``Putin's``, ``United States'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def signed(number: str) -> str:
    """A formatted number with a true minus."""
    return number.replace("-", "−")
