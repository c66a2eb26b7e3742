"""Stacked alternating offers between time-based negotiators, many sessions at once.

Aydoğan, Festen, Hindriks & Jonker (2017), Alternating offers protocols for multilateral negotiation,
in *Modern Approaches to Agent-based Complex Automated Negotiation*. Negotiators act in a fixed
order. On its turn a negotiator accepts the standing offer or puts its own in its place; an offer that
all others accept in a row is agreed. In each step everyone acts once.

Time-based offers do not depend on what the others do, so all of them are known beforehand and so is
who would accept what: the course of a session is a chain of turns that is followed by pointer
doubling, not turn by turn.
"""  # noqa: E501 - a title is not broken

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Index, Mask
from sim.formulas.solutions.enumeration import sums_over_issues
from sim.listed.offers import NOTHING, offers
from sim.listed.scenario import DiscreteScenario, stacked_tables
from sim.listed.targets import SLACK, exponent_of, targets

Slack = float | Sequence[float]

AT_ONCE = 2_000_000
"""Utilities held in memory at once: sessions are played in batches of about this many."""


@dataclass(frozen=True)
class Sessions:
    """How sessions went.

    Attributes
    ----------
    agreement : ndarray of int, shape (sessions,)
        Number of the package agreed; −1 without agreement.
    step : ndarray of int, shape (sessions,)
        Step of the agreement, from 0; −1 without agreement.
    proposer : ndarray of int, shape (sessions,)
        Who had proposed the package agreed; −1 without agreement.
    broken : ndarray of bool, shape (sessions,)
        Ended by a negotiator to whom no package is worth its reserved value.
    utilities : ndarray, shape (sessions, negotiators)
        What the agreement is worth; NaN without one.
    steps : ndarray of int, shape (sessions,)
        Steps begun.
    """

    agreement: Index
    step: Index
    proposer: Index
    broken: Mask
    utilities: Array
    steps: Index


def play(
    scenarios: Sequence[DiscreteScenario],
    tactics: Sequence[str | float],
    steps: int,
    slack: Slack = SLACK,
) -> Sessions:
    """Play one session of each scenario; all have the same shape and the same tactics.

    Parameters
    ----------
    scenarios : sequence of DiscreteScenario
        With the same number of negotiators and of options per issue.
    tactics : sequence of str or float
        Of each negotiator: a name of :data:`~sim.listed.targets.EXPONENTS` or an exponent.
    steps : int
        Steps until the deadline.
    slack : float or sequence of float
        How much less than its aspiration a negotiator asks for.
    """
    reservation = np.stack([s.reservation for s in scenarios])
    return play_tables(stacked_tables(scenarios), reservation, tactics, steps, slack)


def play_tables(
    tables: Sequence[Array],
    reservation: Array,
    tactics: Sequence[str | float],
    steps: int,
    slack: Slack = SLACK,
) -> Sessions:
    """As :func:`play`, from arrays: per issue (sessions, negotiators, options)."""
    sessions, negotiators = reservation.shape
    packages = int(np.prod([t.shape[-1] for t in tables]))
    batch = max(1, AT_ONCE // (negotiators * packages))
    parts = [
        _play_batch(
            sums_over_issues([t[start : start + batch] for t in tables]),
            reservation[start : start + batch],
            [exponent_of(t) for t in tactics],
            steps,
            slack,
        )
        for start in range(0, sessions, batch)
    ]
    names = Sessions.__dataclass_fields__
    return Sessions(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in names})


def plans(
    utilities: Array, reservation: Array, exponents: Sequence[float], steps: int, slack: Slack
) -> tuple[Array, Index]:
    """Targets and offers of all negotiators at all steps: (sessions, negotiators, steps) each."""
    low = np.maximum(utilities.min(axis=-1), reservation)
    asked = targets(low, utilities.max(axis=-1), exponents, steps, slack)
    return asked, offers(utilities, reservation, asked)


def _play_batch(
    utilities: Array, reservation: Array, exponents: Sequence[float], steps: int, slack: Slack
) -> Sessions:
    sessions, negotiators, _ = utilities.shape
    asked, made = plans(utilities, reservation, exponents, steps, slack)
    turns = negotiators * steps
    # by turn: turn q is step q // n of negotiator q % n
    offer = made.transpose(0, 2, 1).reshape(sessions, turns)
    target = asked.transpose(0, 2, 1).reshape(sessions, turns)
    run = _acceptances(utilities, offer, target)
    stop = run == negotiators - 1
    nothing = offer == NOTHING
    end = (stop | nothing) & _offered(run, negotiators)
    q = np.where(end.any(axis=1), end.argmax(axis=1), -1)
    rows = np.arange(sessions)
    agreed = (q >= 0) & stop[rows, q] & ~nothing[rows, q]
    broken = (q >= 0) & ~agreed
    package = np.where(agreed, offer[rows, q], -1)
    last = np.where(agreed, q + negotiators - 1, np.where(broken, q, turns - 1)) // negotiators
    worth = np.where(agreed[:, None], utilities[rows, :, package], np.nan)
    return Sessions(
        agreement=package,
        step=np.where(agreed, last, -1),
        proposer=np.where(agreed, q % negotiators, -1),
        broken=broken,
        utilities=worth,
        steps=last + 1,
    )


def _acceptances(utilities: Array, offer: Index, target: Array) -> Index:
    """How many negotiators in a row would accept the offer of each turn, (sessions, turns)."""
    sessions, negotiators, _ = utilities.shape
    turns = offer.shape[1]
    rows = np.arange(sessions)[:, None]
    run = np.zeros(offer.shape, dtype=np.intp)
    going = np.ones(offer.shape, dtype=bool)
    who = np.arange(turns) % negotiators
    for j in range(1, negotiators):
        responder = (who[: turns - j] + j) % negotiators
        worth = utilities[rows, responder, offer[:, : turns - j]]
        going[:, : turns - j] &= worth >= target[:, j:]
        going[:, turns - j :] = False
        run += going
    return run


def _offered(run: Index, negotiators: int) -> Mask:
    """At which turns an offer is made, (sessions, turns): not where a standing one is accepted.

    The offer of turn q stands for ``run`` turns; the next one comes at turn ``q + 1 + run``.
    """
    sessions, turns = run.shape
    if negotiators == 2:
        return np.ones(run.shape, dtype=bool)
    # one more column where chains end
    following = np.full((sessions, turns + 1), turns)
    following[:, :turns] = np.minimum(np.arange(turns) + 1 + run, turns)
    made = np.zeros((sessions, turns + 1), dtype=bool)
    made[:, 0] = True
    reach = 1
    while reach < turns:
        # what lies `reach` offers after an offer already known to be made
        np.put_along_axis(made, np.where(made, following, turns), True, axis=1)
        following = np.take_along_axis(following, following, axis=1)
        reach *= 2
    return made[:, :turns]
