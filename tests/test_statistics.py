"""Intervals against the tables of the papers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.formulas.statistics import (
    difference_of_means,
    difference_of_shares,
    paired_difference_of_means,
    paired_difference_of_shares,
)

COUNT = st.integers(0, 300)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((18, 12, 2, 18), 0.0562, 0.3290),
        ((53, 0, 0, 1), -0.0729, 0.0729),
        ((0, 30, 0, 0), 0.8395, 1.0),
    ],
)
def test_paired_shares_as_in_newcombe_1998(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Method 10 in the table of Newcombe (1998), Statistics in Medicine 17:2635."""
    found = paired_difference_of_shares(*counts)
    assert found == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [((56, 48), (70, 80), 0.0524, 0.3339), ((9, 3), (10, 10), 0.1705, 0.8090)],
)
def test_independent_shares_as_in_newcombe_1998(
    successes: tuple[int, int], trials: tuple[int, int], low: float, high: float
) -> None:
    """Method 10 in the table of Newcombe (1998), Statistics in Medicine 17:873."""
    assert difference_of_shares(successes, trials) == pytest.approx((low, high), abs=1e-4)


SLEEP = (
    np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]),
    np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
)
"""Hours of sleep gained with two drugs, the data of Student (1908), *Biometrika* 6:1."""


def test_means_on_students_sleep_data() -> None:
    """The figures that textbooks and R's manual give for these data, paired and by Welch."""
    one, two = SLEEP
    paired = paired_difference_of_means(one - two)
    assert paired == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)
    assert difference_of_means(one, two) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)


@given(COUNT, COUNT, COUNT, COUNT)
def test_paired_interval_holds_the_difference_and_turns_round(
    a: int, b: int, c: int, d: int
) -> None:
    n = a + b + c + d
    low, high = paired_difference_of_shares(a, b, c, d)
    assert -1 <= low <= high <= 1
    if n:
        assert low - 1e-12 <= (b - c) / n <= high + 1e-12
        other = paired_difference_of_shares(a, c, b, d)
        assert other == pytest.approx((-high, -low), abs=1e-12)


@given(COUNT, COUNT, COUNT, COUNT)
def test_pairing_helps_only_what_goes_together(a: int, b: int, c: int, d: int) -> None:
    """Positive correlation narrows the interval, negative correlation widens it."""
    n = a + b + c + d
    paired = paired_difference_of_shares(a, b, c, d)
    plain = difference_of_shares((a + b, a + c), (n, n))
    wider = (paired.high - paired.low) - (plain.high - plain.low)
    if a * d > b * c:
        assert wider <= 1e-12
    else:
        assert wider >= -1e-12


def test_nothing_counted_says_nothing() -> None:
    assert paired_difference_of_shares(0, 0, 0, 0) == (-1.0, 1.0)
    assert difference_of_shares((0, 0), (0, 5)) == (-1.0, 1.0)


def test_equal_numbers_have_no_width() -> None:
    same = np.full(5, 0.3)
    assert difference_of_means(same, same) == (0.0, 0.0)
    assert paired_difference_of_means(same - same) == (0.0, 0.0)
