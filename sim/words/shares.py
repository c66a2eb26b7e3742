"""Shares of worlds as words: of few worlds never without how many they are."""

from __future__ import annotations

from collections.abc import Sequence

from sim.formulas.statistics import Interval
from sim.prose import percent, span_words
from sim.results.allowed import RANGE, SAMPLING
from sim.results.summary import Summary

FEW = 20
"""Worlds below which a share says less than their count: one more would move it by 5 % or more."""

NOT_APART = (
    "differences whose 95 % sampling interval, or whose range over what past talks allow "
    "(10–90 %), holds 0"
)
"""What a tie is."""


WORLD = "A world is one run with one value of each uncertain number"


def world_words(allowed: bool) -> str:
    """What a world is, and what stands in brackets after shares."""
    over = "the range over all settings of the model that fit past talks, 10–90 %"
    brackets = over if allowed else f"{SAMPLING}s"
    return f"({WORLD}; in brackets: {brackets}.)"


def share_of(share: float, worlds: int, interval: Interval | None = None) -> str:
    """A share of so many worlds; of few as a count.

    Examples
    --------
    >>> share_of(0.58, 200), share_of(7 / 12, 12)
    ('58 %', '7 of 12')
    """
    if worlds < FEW:
        return f"{round(share * worlds)} of {worlds}"
    return percent(share, interval)


def few_of(share: float, worlds: int) -> str:
    """The same, a count also where it is a share of few worlds among many.

    Examples
    --------
    >>> few_of(0.58, 200), few_of(0.01, 200), few_of(7 / 12, 12), few_of(0.0, 200)
    ('58 %', '2 of 200', '7 of 12', '0 %')
    """
    return bare_odds(share, worlds) if worlds >= FEW else share_of(share, worlds)


def count_of(share: float, worlds: int) -> str:
    """The same where a heading has said of how many: ``7`` of few, else the share.

    Examples
    --------
    >>> count_of(0.58, 200), count_of(7 / 12, 12)
    ('58 %', '7')
    """
    return share_of(share, worlds).partition(" of ")[0]


def failed_share(share: float, summary: Summary) -> str:
    """A share of the worlds of a run that have no settlement."""
    return share_of(share, failed_worlds(summary))


def failed_worlds(summary: Summary) -> int:
    """How many worlds of a run have no settlement."""
    return round((1.0 - summary.outcomes["settlement"]) * summary.worlds)


def span_of(shares: Sequence[tuple[float, int]]) -> str:
    """From the least to the greatest of shares, each of so many worlds.

    With the counts where any rests on few worlds.

    Examples
    --------
    >>> span_of([(0.25, 200), (0.3, 200)]), span_of([(0.02, 200), (0.3, 200)])
    ('in 25–30 % of worlds', 'in 2–30 % of worlds (4–60 of them)')
    """
    found = sorted((share, round(share * of)) for share, of in shares)
    (low, fewest), (high, most) = found[0], found[-1]
    least, greatest = percent(low), percent(high)
    text = least if least == greatest else f"{least.removesuffix(' %')}–{greatest}"
    few = f"{fewest}–{most}" if most > fewest else f"{most}"
    return f"in {text} of worlds" + (f" ({few} of them)" if fewest < FEW else "")


def odds_words(share: float | None, worlds: int, interval: Sequence[float] | None = None) -> str:
    """A share with its interval, or the number of worlds where they are few.

    Examples
    --------
    >>> odds_words(0.002, 1000, [0.0, 0.01]), odds_words(0.0, 1000, [0.0, 0.004])
    ('2 of 1,000 worlds', '0 % (0–0.4 %)')
    >>> odds_words(0.053, 1000, [0.01, 0.11])
    '5.3 % (1–11 %)'
    """
    number, beside = odds_parts(share, worlds, interval)
    if share and is_few(share, worlds):
        return f"{number} {beside} world{'' if worlds == 1 else 's'}"
    return f"{number} ({beside})" if beside else number


def in_worlds(share: float | None, worlds: int, interval: Sequence[float] | None = None) -> str:
    """The same with what it is a share of.

    Examples
    --------
    >>> in_worlds(0.053, 1000, [0.01, 0.11]), in_worlds(0.002, 1000)
    ('5.3 % of the worlds (1–11 %)', '2 of 1,000 worlds')
    """
    text = odds_words(share, worlds, interval)
    return text if text.endswith(("world", "worlds")) else text.replace("%", "% of the worlds", 1)


def odds_parts(
    share: float | None, worlds: int, interval: Sequence[float] | None = None
) -> tuple[str, str]:
    """The number of :func:`odds_words`, and what stands beside or below it."""
    if share and is_few(share, worlds):
        return f"{round(share * worlds)}", f"of {worlds:,}"
    return percent(share, interval), "" if share is None else span_words(interval)


def bare_odds(share: float | None, worlds: int, interval: Sequence[float] | None = None) -> str:
    """The number of :func:`odds_words` alone, of few worlds with how many there are.

    Examples
    --------
    >>> bare_odds(0.053, 1000, [0.01, 0.11]), bare_odds(0.002, 1000), bare_odds(None, 10)
    ('5.3 %', '2 of 1,000', '—')
    """
    number, beside = odds_parts(share, worlds, interval)
    return f"{number} {beside}" if beside.startswith("of ") else number


def ranges_words(sampled: Sequence[Interval], counts: bool) -> str:
    """What the ranges of a table's shares are, from the sampling errors of those that have both.

    ``counts`` says whether any of them is told as one.

    Examples
    --------
    >>> ranges_words([], True), ranges_words([], False)
    ('Ranges: 95 % interval. Shares of fewer than 20 worlds are counts.', 'Ranges: 95 % interval.')
    """
    text = f"Ranges: {RANGE if sampled else SAMPLING}"
    if sampled:
        widest = max((span.high - span.low) / 2 for span in sampled)
        text += f"; the {SAMPLING} of sampling is {100 * widest:.1f} points either way at the most"
    return f"{text}." + f" Shares of fewer than {FEW} worlds are counts." * counts


def is_few(share: float, worlds: int) -> bool:
    """Whether a share is one of fewer worlds than :data:`FEW`, in an ensemble that has more.

    A small ensemble is told by its intervals, which are wide.
    """
    return round(share * worlds) < FEW <= worlds
