"""The exchange model with equal gain: votes traded between issues, two actors at a time.

Stokman & Van Oosten (1994), "The exchange of voting positions", in Bueno de Mesquita & Stokman
(eds), *European Community Decision Making*; equal gain as in the DECIDE programs. Arrays are
(actors, issues); NaN marks an actor without a position on an issue.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Index
from sim.formulas.groups.averages import weighted_mean

LEAST = 1e-9
"""A trade that gains less than this, in salience times scale units, is none."""
FIXED, YIELDING = 0.1, 0.4
"""Shares of a move that last to the next round: of every move, and more where salience is low."""
CLOSE = 1e-9
"""Gains closer than this share of the largest tie."""


class Trade(NamedTuple):
    """``giver`` moves on ``gives`` toward ``taker``, who moves on ``returns`` in exchange."""

    giver: int
    gives: int
    taker: int
    returns: int
    gain: float
    giver_from: float
    taker_from: float
    giver_to: float
    taker_to: float


class Market:
    """One round: who can trade what, and what is left to trade.

    Parameters
    ----------
    positions, salience, power : ndarray, shape (actors, issues)
        NaN where an actor has no position on an issue.

    Attributes
    ----------
    outcome : ndarray, shape (issues,)
        The compromise mean from which the round starts; sides are taken against it.
    now : ndarray, shape (actors, issues)
        Positions after the trades made so far.
    givers, takers, gives, returns : ndarray of int, shape (trades,)
        All pairs on opposite sides of both outcomes, each caring relatively less about what it
        gives; once each, in the order of actors and issues.
    """

    def __init__(self, positions: Array, salience: Array, power: Array) -> None:
        there = ~np.isnan(positions)
        self.start = np.where(there, positions, 0.0)
        self.salience = np.where(there, salience, 0.0)
        weights = np.where(there, salience * power, 0.0)
        self.outcome = weighted_mean(self.start.T, weights.T)
        total = weights.sum(axis=0)
        self.share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
        self.now = self.start.copy()
        # an actor without weight has nothing to give
        side = np.where(weights > 0, np.sign(self.start - self.outcome), 0.0)
        opposed = side[:, None, :] * side[None, :, :] < 0
        s = self.salience
        # s_ip s_jq < s_iq s_jp: i gives p, j returns q
        cheaper = s[:, None, :, None] * s[None, :, None, :]
        cheaper = cheaper < np.swapaxes(cheaper, -1, -2) * (1.0 - CLOSE)
        possible = opposed[:, :, :, None] & opposed[:, :, None, :] & cheaper
        possible[np.tril_indices(len(s))] = False  # the same trade, told by the other side
        self.givers, self.takers, self.gives, self.returns = np.nonzero(possible)
        i, j, p, q = self.givers, self.takers, self.gives, self.returns
        issues = self.start.shape[1]
        self._supplies = i * issues + p, j * issues + q
        self._ratio = (s[i, p] + s[j, p]) / (s[i, q] + s[j, q])
        self._given = np.zeros(len(i))
        self._update(np.arange(len(i)))
        self._gain_of_one = s[i, q] * self._ratio - s[i, p]

    def _update(self, trades: Index) -> None:
        """How far trades would shift what is given, as large as they can be now.

        One of the two goes all the way to where the other stood at the start of the round; the
        other's move follows from equal gain, ΔO_q / ΔO_p = (s_ip + s_jp) / (s_iq + s_jq).
        """
        i, j = self.givers[trades], self.takers[trades]
        p, q = self.gives[trades], self.returns[trades]
        give = _left(self.start[i, p], self.start[j, p], self.now[i, p])
        back = _left(self.start[j, q], self.start[i, q], self.now[j, q])
        most_returned = self.share[j, q] * back / self._ratio[trades]
        self._given[trades] = np.minimum(self.share[i, p] * give, most_returned)

    def gains(self) -> Array:
        """What each trade would bring either side now, s_iq ΔO_q − s_ip ΔO_p; shape (trades,)."""
        return self._gain_of_one * self._given

    def trade(self, number: int) -> Trade:
        """Carry out one of the trades, as large as it can be now."""
        given, gain = float(self._given[number]), float(self.gains()[number])
        returned = given * float(self._ratio[number])
        i, j = int(self.givers[number]), int(self.takers[number])
        p, q = int(self.gives[number]), int(self.returns[number])
        before = self.now[i, p], self.now[j, q]
        self.now[i, p] += given / self.share[i, p] * np.sign(self.start[j, p] - self.start[i, p])
        self.now[j, q] += returned / self.share[j, q] * np.sign(self.start[i, q] - self.start[j, q])
        # only trades with what has just moved can have changed
        used = [supplies[number] for supplies in self._supplies]
        touched = [supplies == one for supplies in self._supplies for one in used]
        self._update(np.flatnonzero(np.logical_or.reduce(touched)))
        return Trade(i, p, j, q, gain, *before, self.now[i, p], self.now[j, q])


def _left(start: Array, end: Array, now: Array) -> Array:
    """How far an actor can still go toward the other's position; 0 if it is there or beyond."""
    return np.maximum((end - now) * np.sign(end - start), 0.0)


def exchange_round(positions: Array, salience: Array, power: Array) -> tuple[Array, list[Trade]]:
    """One round of trades, the best first; ties go to the first in the order of the arrays.

    Returns
    -------
    positions : ndarray, shape (actors, issues)
        After the trades; the compromise mean of them is the model's forecast.
    trades : list of Trade
    """
    market = Market(positions, salience, power)
    trades: list[Trade] = []
    while len(market.givers):
        gains = market.gains()
        largest = gains.max()
        if largest <= LEAST:
            break
        trades.append(market.trade(int(np.argmax(gains >= largest * (1.0 - CLOSE)))))
    return np.where(np.isnan(positions), np.nan, market.now), trades


def start_of_next(before: Array, after: Array, salience: Array) -> Array:
    """Where actors stand at the start of the next round: part of the way that they have moved.

    0.1 + 0.4 (1 − s) of it, as in the published program of the equal-gain model: the dearer an
    issue, the more of a concession made in exchange is taken back.
    """
    return before + (FIXED + YIELDING * (1.0 - salience)) * (after - before)


def starts(positions: Array, salience: Array, power: Array, rounds: int) -> Array:
    """Positions at the start of each round and after the last, shape (rounds + 1, actors, issues).

    Their compromise means are what the published program tells of each round.
    """
    course = [positions]
    for _ in range(rounds):
        after, trades = exchange_round(course[-1], salience, power)
        if not trades:
            break
        course.append(start_of_next(course[-1], after, salience))
    return np.stack(course + course[-1:] * (rounds + 1 - len(course)))


def exchange(positions: Array, salience: Array, power: Array, rounds: int | None = None) -> Array:
    """Outcomes after exchange.

    Parameters
    ----------
    positions, salience, power : ndarray, shape (actors, issues)
        NaN where an actor has no position on an issue.
    rounds : int, optional
        Absent: one round of trades, of which nothing is taken back. Otherwise the outcomes of the
        published program after so many rounds, see :func:`starts`; 0 gives the compromise means.

    Returns
    -------
    ndarray, shape (issues,)
    """
    if rounds is None:
        positions, _ = exchange_round(positions, salience, power)
    else:
        positions = starts(positions, salience, power, rounds)[-1]
    return outcomes(positions, salience, power)


def outcomes(positions: Array, salience: Array, power: Array) -> Array:
    """Compromise means, shape (issues,); NaN positions take no part."""
    there = ~np.isnan(positions)
    weights = np.where(there, salience * power, 0.0)
    return weighted_mean(np.where(there, positions, 0.0).T, weights.T)
