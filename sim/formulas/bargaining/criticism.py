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
from sim.formulas.bargaining.drafting import Choice, Welfare, entries


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


def best_steps(
    choice: Choice,
    surplus: Array,
    loss: Array,
    extra: Array,
    named: Index,
    wanted: Index,
    welfare: Welfare,
    pairs: Pairs = (),
) -> tuple[Array, Index]:
    """How far to go along with each criticism, and what that brings.

    Parameters
    ----------
    choice, surplus, loss, extra, welfare, pairs
        As in :func:`.drafting.coordinate_ascent`, the surplus that of the text.
    named, wanted : ndarray of int, shape (worlds, critics)
        The issue that each critic names, and the drafting point that it wants there.

    Returns
    -------
    rise : ndarray, shape (worlds, critics)
        Change of the welfare at the best point on the way to the one wanted; 0 at the text.
    point : ndarray of int, shape (worlds, critics)
        That point. Where options exclude each other, raising one drops its rivals.
    """
    rows = np.arange(len(surplus))
    points = np.arange(loss.shape[3])
    rise, best = np.zeros(named.shape), np.zeros(named.shape, dtype=np.intp)
    freed, terms = _without_rivals(choice, loss, extra, pairs)
    now = welfare(surplus[:, :, None])[:, 0]
    for critic, (issue, goal) in enumerate(zip(named.T, wanted.T, strict=True)):
        table, here = loss[issue, rows], choice[issue, rows]
        without = surplus + entries(table, here)
        left = np.broadcast_to(without[:, :, None], table.shape)
        score = extra[issue, rows] - entries(extra[issue, rows], here)[:, None]
        if pairs:
            left = left + np.where(points > 0, freed[issue, rows][:, :, None], 0.0)
            score = score + np.where(points > 0, terms[issue, rows][:, None], 0.0)
        score = score + welfare(left - table) - now[:, None]
        low, high = np.minimum(here, goal)[:, None], np.maximum(here, goal)[:, None]
        score = np.where((points >= low) & (points <= high), score, -np.inf)
        best[:, critic] = score.argmax(axis=1)
        rise[:, critic] = entries(score, best[:, critic])
    return rise, best


def _without_rivals(choice: Choice, loss: Array, extra: Array, pairs: Pairs) -> tuple[Array, Array]:
    """What dropping an issue's rivals brings: (issues, worlds, parties), (issues, worlds)."""
    issues, worlds = choice.shape
    freed, terms = np.zeros((issues, worlds, loss.shape[2])), np.zeros((issues, worlds))
    for one, other in (*pairs, *((b, a) for a, b in pairs)):
        freed[one] += entries(loss[other], choice[other]) - loss[other][:, :, 0]
        terms[one] += extra[other][:, 0] - entries(extra[other], choice[other])
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
    ``spoken`` (worlds, critics) says who names anything, ``enough`` the least rise of the welfare
    for which a text is reopened.

    Returns
    -------
    choice : ndarray of int, shape (issues, worlds)
        Never worse than before; not changed in place.
    changed : ndarray of bool, shape (worlds,)
    """
    choice, left = choice.copy(), spoken.copy()
    rows = np.arange(choice.shape[1])
    changed = np.zeros(len(rows), dtype=bool)
    for _ in range(spoken.shape[1]):
        surplus = gap - sum(entries(t, c) for t, c in zip(loss, choice, strict=True))
        rise, point = best_steps(choice, surplus, loss, extra, named, wanted, welfare, pairs)
        rise = np.where(left, rise, -np.inf)
        critic = rise.argmax(axis=1)
        worlds = rows[rise[rows, critic] > enough]
        if not len(worlds):
            break
        critic = critic[worlds]
        issue, index = named[worlds, critic], point[worlds, critic]
        for one, other in (*pairs, *((b, a) for a, b in pairs)):
            choice[other, worlds[(issue == one) & (index > 0)]] = 0
        choice[issue, worlds] = index
        left[worlds, critic] = False
        changed[worlds] = True
    return choice, changed
