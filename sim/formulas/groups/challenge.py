"""The expected-utility group decision model ("challenge").

Bueno de Mesquita (1994) in *European Community Decision Making*, as unravelled by Scholz, Calbert &
Smith (2011), ICAART 2011, pp. 18–30, doi:10.5220/0003121500180030; equation numbers are theirs.
Every round each actor weighs a challenge to every other, and how it would fare if challenged; what
it is offered moves it, all at once. The probability that a fight over the status quo is
avoided is 1, as in the published run, so equations 22–24 drop out.

Actors are on the last axis; axes before it (worlds, issues) are carried along.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np

from sim.arrays import Array
from sim.formulas.groups.averages import condorcet, weighted_mean

Reading = Literal["published", "as_printed"]
READINGS: tuple[Reading, ...] = get_args(Reading)

ROUNDS = 10
"""Rounds at the most. The equations give no end: the published case cycles for ever."""
STILL = 1e-3
"""Bargaining has ended once nobody moves further than this share of the first range."""


class Bargaining(NamedTuple):
    """What the rounds were.

    Attributes
    ----------
    positions : ndarray, shape (rounds + 1, ..., actors)
        Before the first round and after each.
    median, mean : ndarray, shape (rounds + 1, ...)
        The Condorcet winner, which is the model's forecast, and the compromise mean.
    """

    positions: Array
    median: Array
    mean: Array


def success(distance: Array, weights: Array, exponent: Array, reading: Reading) -> Array:
    """Probability that i prevails over j, equations 30 and 31, shape (..., i, j).

    Actor k votes w_k (|x_k − x_j| − |x_k − x_i|) between i and j; a vote above 0 is for i.

    Parameters
    ----------
    distance : ndarray, shape (..., actors, actors)
        Distances as shares of the range.
    weights, exponent : ndarray, shape (..., actors)
        Salience times power, and risk exponents.
    reading : str
        ``published``: distances are raised to the voter's risk exponent, and votes for i count
        against the votes over all pairs of positions; this reproduces the published table.
        ``as_printed``: linear distances, against the votes over the pair in question.
    """
    felt = distance
    if reading == "published" and (exponent != 1.0).any():
        felt = distance ** exponent[..., :, None]
    weighted = weights[..., :, None] * felt
    votes = weighted[..., :, None, :] - weighted[..., :, :, None]
    support = np.maximum(votes, 0.0).sum(axis=-3)
    if reading == "published":
        # every pair stands twice in the sum, once from either side
        cast = 2.0 * support.sum(axis=(-2, -1), keepdims=True)
    else:
        cast = support + np.swapaxes(support, -1, -2)
    return np.divide(support, cast, out=np.zeros_like(support), where=cast > 0)


def expected_utilities(
    distance: Array, salience: Array, prevails: Array, exponent: Array
) -> tuple[Array, Array]:
    """What i sees in challenging j, and in being challenged by j; each (..., i, j).

    Equations 5–7 and 15–16: success is worth 2 − 4(½ − d/2)^r, failure 2 − 4(½ + d/2)^r, things as
    they are 2 − 4·½^r. With probability 1 − s_j the other side does not resist. Both are seen
    through i's own risk exponent.
    """
    r = exponent[..., :, None]
    won = 2.0 - 4.0 * (0.5 - 0.5 * distance) ** r
    lost = 2.0 - 4.0 * (0.5 + 0.5 * distance) ** r
    gain, stake = won - (2.0 - 4.0 * 0.5**r), won - lost
    attacking = gain - salience[..., None, :] * (1.0 - prevails) * stake
    attacked = gain - salience[..., :, None] * (1.0 - np.swapaxes(prevails, -1, -2)) * stake
    return attacking, attacked


def risk_exponents(attacking: Array) -> Array:
    """Risk exponents from security, equations 32–34; from 0.5 (most secure) to 2, shape (..., i).

    Security is the sum over the others' expected utilities of challenging i at exponents of 1.
    """
    security = attacking.sum(axis=-2)
    low, high = security.min(axis=-1, keepdims=True), security.max(axis=-1, keepdims=True)
    span = high - low
    ratio = np.divide(
        2.0 * security - high - low, span, out=np.zeros_like(security), where=span > 0
    )
    return (1.0 - ratio / 3.0) / (1.0 + ratio / 3.0)


def moves(positions: Array, attacking: Array, attacked: Array) -> Array:
    """Positions after everybody has taken its best offer, equations 35–36, shape (..., actors).

    Where j's challenge is worth more than its own and both are worth something, i gives way
    wholly (confrontation); where only j's is, i goes part of the way (compromise) if j's gain
    exceeds i's loss, otherwise the whole way (compel). Of several offers confrontation comes
    first, then compromise, then compel; within a kind the nearest position, among compromises the
    lowest weighted point between the two, and of equals the lower position. The rule for
    compromises is needed for the published table; it knows up from down, so turning the scale
    round can change the result.
    """
    a, b = attacking, attacked
    x, other = positions[..., :, None], positions[..., None, :]
    size = np.abs(a)
    kind = np.full(a.shape, 3)
    kind[(b > 0) & (a < 0) & (b < size)] = 2
    kind[(b > 0) & (a < 0) & (b > size)] = 1
    kind[(b > a) & (a > 0)] = 0
    best = kind.min(axis=-1, keepdims=True)
    between = np.where(kind == 1, size * x + b * other, 0.0)
    between = np.divide(between, size + b, out=between, where=kind == 1)
    asked = np.where(kind == best, np.where(kind == 1, between, np.abs(other - x)), np.inf)
    # of offers that ask alike the one from the lower position, whoever was named first
    upward = np.argsort(positions, axis=-1, kind="stable")
    upward = np.broadcast_to(upward[..., None, :], asked.shape)
    first = np.argmin(np.take_along_axis(asked, upward, axis=-1), axis=-1)[..., None]
    chosen = np.take_along_axis(upward, first, axis=-1)
    share = np.divide(size, b, out=np.ones_like(a), where=kind == 1)
    step = np.where(kind < 3, share * (other - x), 0.0)
    return positions + np.take_along_axis(step, chosen, axis=-1)[..., 0]


def one_round(
    positions: Array, salience: Array, power: Array, reading: Reading = "published"
) -> Array:
    """Positions after one round, shape (..., actors).

    Parameters
    ----------
    positions : ndarray, shape (..., actors)
        On any scale: distances count as shares of the present range.
    salience, power : ndarray, shape (..., actors)
        Salience from 0 to 1; power in any unit.
    reading : {"published", "as_printed"}
        See :func:`success`.
    """
    distance = np.abs(positions[..., :, None] - positions[..., None, :])
    span = distance.max(axis=(-2, -1), keepdims=True)
    distance = np.divide(distance, span, out=np.zeros_like(distance), where=span > 0)
    weights = salience * power
    neutral = np.ones_like(positions)
    prevails = success(distance, weights, neutral, reading)
    attacking, _ = expected_utilities(distance, salience, prevails, neutral)
    exponent = risk_exponents(attacking)
    if reading == "published":
        prevails = success(distance, weights, exponent, reading)
    return moves(positions, *expected_utilities(distance, salience, prevails, exponent))


def challenge(
    positions: Array,
    salience: Array,
    power: Array,
    rounds: int = ROUNDS,
    reading: Reading = "published",
    still: float = STILL,
) -> Bargaining:
    """Rounds of challenges until nobody moves, or ``rounds`` of them.

    Parameters
    ----------
    positions, salience, power : ndarray, shape (..., actors)
        See :func:`one_round`.
    rounds : int
        Rounds at the most.
    reading : {"published", "as_printed"}
        See :func:`success`.
    still : float
        Where no actor moves further than this share of the range at the start, it is over.
    """
    x = np.asarray(positions, dtype=np.float64)
    enough = still * (x.max(axis=-1) - x.min(axis=-1))
    course = [x]
    going = np.ones(x.shape[:-1], dtype=bool)
    for _ in range(rounds):
        after = np.where(going[..., None], one_round(x, salience, power, reading), x)
        going &= np.abs(after - x).max(axis=-1) > enough
        x = after
        course.append(x)
        if not going.any():
            break
    course += [x] * (rounds + 1 - len(course))
    steps, weights = np.stack(course), salience * power
    return Bargaining(steps, condorcet(steps, weights), weighted_mean(steps, weights))
