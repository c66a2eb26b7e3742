"""Alternating offers over a pie that shrinks: Rubinstein (1982), *Econometrica* 50(1),
doi:10.2307/1912531."""

from __future__ import annotations


def stationary_shares(first: float, second: float) -> tuple[float, float]:
    """Shares in the only subgame-perfect equilibrium without a last period.

    Parameters
    ----------
    first, second : float
        Discount factors per period, in [0, 1), of the side that proposes first and of the other.

    Examples
    --------
    >>> stationary_shares(0.5, 0.5)
    (0.6666666666666666, 0.33333333333333337)
    """
    share = (1.0 - second) / (1.0 - first * second)
    return share, 1.0 - share


def backward_induction(first: float, second: float, periods: int) -> tuple[float, float]:
    """Shares where the sides propose in turn for so many periods, and get nothing thereafter.

    In each period the proposer leaves the other just what waiting would be worth to it. Parameters
    as in :func:`stationary_shares`, to which the shares converge at the rate √(δ₁δ₂).
    """
    proposer = 1.0  # share of whoever proposes in the last period
    for period in range(periods - 2, -1, -1):
        # the responder of this period proposes in the next
        waiting = second if period % 2 == 0 else first
        proposer = 1.0 - waiting * proposer
    return proposer, 1.0 - proposer
