"""Revising one text by what is said against it, in all worlds at once.

Jointly improving steps from a single negotiating text: Raiffa (1982), *The Art and Science of
Negotiation*; with a mediator who asks for directions of improvement and picks a fair one, Ehtamo,
Verkama & Hämäläinen (1999), *IEEE Trans. SMC-C* 29(1), and for many parties Ehtamo, Kettunen &
Hämäläinen (2001), *European Journal of Operational Research* 130(1). Here a step is along one
issue, toward the ideal of whoever named it, and as far as it raises the welfare of the text.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, Index, Mask
from sim.formulas.bargaining.conflicts import Pairs
from sim.formulas.bargaining.drafting import Choice, Welfare, at


def heard(
    belief: Array, distance: Array, named: Index, unnamed: Mask, where: Mask, margin: float
) -> Array:
    """Believed log-saliences after a party has named the change that would help it most.

    Naming issue i says ``log w_i + log l_i ≥ log w_j + log l_j`` for every other change j that it
    could have named. Of all beliefs that agree by a margin, the nearest to the old one is taken: a
    passive-aggressive step (Crammer et al. 2006, *JMLR* 7), here with the closed form of a
    projection. What was expected by that margin teaches nothing, so repeating oneself does not.

    Parameters
    ----------
    belief : ndarray, shape (worlds, issues)
        Logarithms of weights; their sum does not change.
    distance : ndarray, shape (worlds, issues)
        Share of the issue's weight that the change would win back, 0 to 1.
    named : ndarray of int, shape (worlds,)
        The issue named.
    unnamed : ndarray of bool, shape (worlds, issues)
        The changes it could have named, the one it did included.
    where : ndarray of bool, shape (worlds,)
        Where something was named.
    margin : float
        How much more, in logarithms, the change is believed to be worth than those that are left.

    Examples
    --------
    >>> heard(np.zeros((1, 2)), np.ones((1, 2)), np.array([0]),
    ...       np.array([[True, True]]), np.array([True]), 0.5)
    array([[ 0.25, -0.25]])
    """
    rows = np.arange(len(named))
    with np.errstate(divide="ignore"):
        worth = belief + np.log(distance)
    own = np.where(where, worth[rows, named], 0.0)
    rivals = unnamed & where[:, None]
    rivals[rows, named] = False
    # the others come down to a common level, to which the one named goes up
    above = -np.sort(-np.where(rivals, worth + margin, -np.inf), axis=1)
    count = np.arange(2, above.shape[1] + 2)
    lowered = np.where(np.isfinite(above), above, 0.0).cumsum(axis=1)
    level = np.where(np.isfinite(above), (own[:, None] + lowered) / count, -np.inf)
    level = np.maximum(own, level.max(axis=1))
    changed = belief - np.where(rivals, np.maximum(worth + margin - level[:, None], 0.0), 0.0)
    changed[rows, named] += np.where(where, level - own, 0.0)
    return changed


def saliences(belief: Array) -> Array:
    """Weights that sum to 1 over the last axis, of believed logarithms."""
    weight = np.exp(belief - belief.max(axis=-1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))


def most_along(rise: Array, here: Array, ahead: Array, goal: Array) -> Array:
    """Most that going from one point to another can bring, by what a first step on the way does.

    A concave function rises on the whole way at most as fast as on its first part (three chords;
    Boyd & Vandenberghe 2004, *Convex Optimization*, 3.1). Losses are convex and welfare is concave
    and rising in surpluses, so it is concave along an issue.

    Examples
    --------
    >>> most_along(np.array([0.1]), np.array([0.5]), np.array([0.4]), np.array([0.0]))
    array([0.5])
    """
    return np.asarray(rise * (goal - here) / (ahead - here))


def best_steps(
    choice: Choice,
    surplus: Array,
    loss: Array,
    extra: Array,
    named: Index,
    wanted: Index,
    welfare: Welfare,
    pairs: Pairs = (),
    worlds: Index | None = None,
) -> tuple[Array, Index]:
    """How far to go along with each criticism in some worlds, and what that brings.

    Parameters
    ----------
    choice, surplus, loss, extra, welfare, pairs
        As in :func:`.drafting.coordinate_ascent`, the surplus that of the text.
    named, wanted : ndarray of int, shape (critics, worlds)
        The issue that each critic names, and the drafting point that it wants there.
    worlds : ndarray of int, optional
        The worlds to look at; all by default.

    Returns
    -------
    rise : ndarray, shape (critics, worlds looked at)
        Change of the welfare at the best point on the way to the one wanted; 0 at the text.
    point : ndarray of int, shape (critics, worlds looked at)
        That point. Where options exclude each other, raising one drops its rivals.
    """
    worlds = np.arange(choice.shape[1]) if worlds is None else worlds
    issue, goal = named[:, worlds], wanted[:, worlds]
    points, here, surplus = np.arange(loss.shape[3]), choice[issue, worlds], surplus[:, worlds]
    tables = np.stack([table[issue, worlds] for table in loss.transpose(1, 0, 2, 3)])
    left = (surplus[:, None] + at(tables, here))[..., None]
    score = extra[issue, worlds]
    score -= at(score, here)[..., None]
    if pairs:
        freed, terms = _without_rivals(choice, loss, extra, pairs)
        more = np.stack([of_one[issue, worlds] for of_one in freed.transpose(1, 0, 2)])
        left = left + np.where(points > 0, more[..., None], 0.0)
        score += np.where(points > 0, terms[issue, worlds][..., None], 0.0)
    score += welfare(left - tables)
    score -= welfare(surplus[..., None])
    low, high = np.minimum(here, goal)[..., None], np.maximum(here, goal)[..., None]
    score[(points < low) | (points > high)] = -np.inf
    best = score.argmax(axis=2)
    return at(score, best), best


def _without_rivals(choice: Choice, loss: Array, extra: Array, pairs: Pairs) -> tuple[Array, Array]:
    """What dropping an issue's rivals brings: (issues, parties, worlds), (issues, worlds)."""
    freed, terms = np.zeros(loss.shape[:3]), np.zeros(choice.shape)
    for one, other in (*pairs, *((b, a) for a, b in pairs)):
        freed[one] += at(loss[other], choice[other]) - loss[other][..., 0]
        terms[one] += extra[other][:, 0] - at(extra[other], choice[other])
    return freed, terms


def revised(
    choice: Choice,
    loss: Array,
    gap: Array,
    extra: Array,
    named: Index,
    wanted: Index,
    spoken: Mask,
    welfare: Welfare,
    enough: float,
    pairs: Pairs = (),
) -> tuple[Choice, Mask]:
    """A text revised by criticism: the best first, then every other that still raises welfare.

    Parameters as in :func:`best_steps` and :func:`.drafting.coordinate_ascent`;
    ``spoken`` (critics, worlds) says who names anything, ``enough`` the least rise of the welfare
    for which a text is reopened.

    Returns
    -------
    choice : ndarray of int, shape (issues, worlds)
        Never worse than before; not changed in place.
    changed : ndarray of bool, shape (worlds,)
    """
    choice, left = choice.copy(), spoken.copy()
    worlds = np.flatnonzero(left.any(axis=0))
    changed = np.zeros(choice.shape[1], dtype=bool)
    for _ in range(len(spoken)):
        surplus = gap - at(loss, choice[:, None]).sum(axis=0)
        rise, point = best_steps(
            choice, surplus, loss, extra, named, wanted, welfare, pairs, worlds
        )
        rise[~left[:, worlds]] = -np.inf
        critic = rise.argmax(axis=0)
        places = np.flatnonzero(rise.max(axis=0) > enough)
        if not len(places):
            break
        # where nothing is worth it now, nothing will be
        worlds, critic = worlds[places], critic[places]
        issue, index = named[critic, worlds], point[critic, places]
        for one, other in (*pairs, *((b, a) for a, b in pairs)):
            choice[other, worlds[(issue == one) & (index > 0)]] = 0
        choice[issue, worlds] = index
        left[critic, worlds] = False
        changed[worlds] = True
    return choice, changed
