"""What each actor could change, and what that would cost it by its own lights.

A change goes a share of the way from what the scenario holds to an end: a red line to the far end
of its scale, patience to none, a promise to certain. The price is in points of the actor's own
utility (1 is all that it wants):

- a red line: utility of the package at the line, before and after, the rest equal;
- patience: how much less it asks for, mean over the horizon, in the central world;
- a lever that is carried out for sure and at once: the cost of war that this brings its owner over
  the horizon, and what it pays.

What belongs to the talks themselves (terms that a stage demands, the order, how the envoy drafts)
costs no party anything by itself, nor does staying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.formulas.bargaining.utility import losses
from sim.scenario.distributions import Number
from sim.scenario.durations import written
from sim.scenario.loading import Loaded
from sim.scenario.schema import Actor, Position, Scenario, Stage
from sim.studies.advise.space import orders_of
from sim.studies.explain.trials import Toward, central_targets

TALKS = "talks"
"""Stands for the actor where a change is nobody's own."""
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the way at which prices are worked out; between them they are interpolated."""
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Place:
    """A number that a change moves.

    Attributes
    ----------
    path : str
        As after ``--set``.
    number : Number
        What the scenario holds, with its default spread.
    end : float
        Where it goes at the most.
    days : float
        For a span of time: of how many days its unit is; else 0.
    """

    path: str
    number: Number
    end: float
    days: float = 0.0

    def at(self, share: float) -> Number:
        """What it is after a share of the way."""

        def along(value: float) -> float:
            return float(f"{value + share * (self.end - value):.4g}")

        number = self.number
        if share >= 1.0 or not number.uncertain:
            return replace(number, kind="fixed", values=(along(number.median),), weights=())
        if number.kind == "normal":
            mean, sd = number.values
            return replace(number, values=(along(mean), float(f"{sd * (1 - share):.4g}")))
        return replace(number, values=tuple(map(along, number.values)))

    def value(self, share: float) -> Any:
        """The same as plain data for ``--set``: what a default spread leaves alone."""
        number = self.at(share)
        if self.days:
            days = tuple(float(f"{v * self.days:.4g}") for v in number.values)
            number = replace(number, values=days, unit="days")
            if number.kind == "fixed":
                return {"fixed": written(days[0])}
        return {"fixed": number.values[0]} if number.kind == "fixed" else number.dump()


@dataclass(frozen=True)
class Move:
    """One thing that somebody could change.

    Attributes
    ----------
    key : str
        ``line:ACTOR:ISSUE``, ``patience:ACTOR``, ``stay:ACTOR``, ``lever:ACTOR.LEVER``,
        ``terms:STAGE``, ``draft``, ``order``, ``deadline``.
    actor : str
        Whose it is; :data:`TALKS` where it is nobody's.
    places : tuple of Place
        The numbers that it moves.
    prices : tuple of float
        What it costs at the shares in :data:`GRID`.
    structure : mapping
        Instead of numbers: keys of the scenario and what is put there; all or nothing.
    """

    key: str
    actor: str
    places: tuple[Place, ...] = ()
    prices: tuple[float, ...] = (0.0,) * len(GRID)
    structure: tuple[tuple[str, Any], ...] = ()

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def about(self) -> str:
        """The issue, lever or stage that it is about; empty where there is none."""
        return self.key.rpartition(":" if self.kind != "lever" else ".")[2]

    @property
    def whole(self) -> bool:
        """Whether it goes all the way or none: less of staying, which is free, saves nothing."""
        return bool(self.structure) or self.kind == "stay"

    def price(self, share: float) -> float:
        return float(np.interp(share, GRID, self.prices))

    def toward(self, share: float) -> Toward:
        """For :class:`~.trials.Trial`."""
        return {one.path: (share, one.end) for one in self.places} if share > 0 else {}

    def changes(self, share: float) -> dict[str, Any]:
        """For ``--set``: key → plain data."""
        if share <= 0:
            return {}
        return dict(self.structure) | {one.path: one.value(share) for one in self.places}


def all_moves(loaded: Loaded) -> list[Move]:
    """Everything that somebody could change in a scenario, signatories first."""
    scenario = loaded.scenario
    signing = [k for k, a in scenario.actors.items() if a.signs]
    moves = [move for key in signing for move in _of_party(key, scenario)]
    moves += [
        move for key, actor in scenario.actors.items() for move in _levers(key, actor, scenario)
    ]
    moves += [*_of_talks(scenario), *_order(loaded)]
    if scenario.deadline is not None:
        moves.append(Move("deadline", TALKS, structure=(("deadline", None),)))
    return _with_patience_priced(moves, scenario)


def _of_party(key: str, scenario: Scenario) -> Iterator[Move]:
    actor, spread = scenario.actors[key], scenario.spread
    weights = {i: p.salience.median for i, p in actor.positions.items()}
    total = sum(weights.values()) or 1.0
    for issue, position in actor.positions.items():
        if not actor.signs_on(issue):
            continue
        places = tuple(line_places(f"actors.{key}.positions.{issue}", position, spread.limit))
        if places:
            price = _line_price(position, places, weights[issue] / total)
            yield Move(f"line:{key}:{issue}", key, places, price)
    patience, path = scenario.in_turns(actor.patience), f"actors.{key}"
    wide = patience.widened(spread.patience * patience.median)
    yield Move(f"patience:{key}", key, (Place(f"{path}.patience", wide, 0.0, scenario.turn_days),))
    if actor.leave_after is not None:
        leave = scenario.in_rounds(actor.leave_after)
        wide, end = leave.widened(spread.patience * leave.median), float(scenario.rounds + 1)
        place = Place(f"{path}.leave_after", wide, end, scenario.war.round_days)
        yield Move(f"stay:{key}", key, (place,))


def line_places(path: str, position: Position, spread: float = 0.0) -> Iterator[Place]:
    """Every red line of a position, with the end of the scale on its far side."""
    lines: list[tuple[str, Number, float | None]] = []
    if position.limits is not None:
        lines += [
            (f"{path}.limits.{n}", line, float(n))
            for n, line in enumerate(position.limits)
            if line is not None
        ]
    if position.limit is not None:
        lines.append((f"{path}.limit", position.limit, None))
    for n, one in enumerate(position.line):
        number = "" if len(position.line) == 1 else f".{n}"
        lines.append((f"{path}.line{number}.at", one.at, None))
    lines += [
        (f"{path}.conditional.{n}.limit", rule.limit, None)
        for n, rule in enumerate(position.conditional)
    ]
    for where, line, end in lines:
        if end is None:
            end = 1.0 if position.upward else 0.0
        yield Place(where, line.widened(spread), end)


def _line_price(position: Position, places: tuple[Place, ...], weight: float) -> tuple[float, ...]:
    """Utility given up at the line that moves furthest, at the shares of the grid."""

    def lost(at: Array) -> Array:
        return losses(at, np.array(position.ideal.median), np.array(position.curvature))

    lines = np.array([place.number.median for place in places])
    ends = np.array([place.end for place in places])
    before = lost(lines)
    return tuple(
        float(weight * np.max(np.maximum(lost(lines + s * (ends - lines)) - before, 0.0)))
        for s in GRID
    )


def _levers(key: str, actor: Actor, scenario: Scenario) -> Iterator[Move]:
    """Each lever as certain and immediate."""
    months = scenario.horizon_days / DAYS_A_MONTH
    spread = scenario.spread.credibility
    for name, lever in actor.levers.items():
        path = f"actors.{key}.levers.{name}"
        belief = lever.credibility.widened(spread)
        places = [Place(f"{path}.credibility", belief, 1.0)]
        if lever.delay.median > 0:
            delay = scenario.in_rounds(lever.delay)
            places.append(Place(f"{path}.delay", delay, 0.0, scenario.war.round_days))
        cost = lever.effect.cost[key].median * months if key in lever.effect.cost else 0.0
        paid = -lever.effect.payment[key].median if key in lever.effect.payment else 0.0
        full = max(cost + paid, 0.0) * (1.0 - belief.median)
        yield Move(f"lever:{key}.{name}", key, tuple(places), tuple(full * s for s in GRID))


def term_places(stage: Stage) -> list[Place]:
    """All that a stage demands of its text, with the end of the scale where it demands nothing."""
    return [
        Place(f"agenda.{stage.name}.terms.{issue}.{side}", number, end)
        for issue, bound in stage.terms.items()
        for side, number, end in (
            ("at_least", bound.at_least, 0.0),
            ("at_most", bound.at_most, 1.0),
        )
        if number is not None
    ]


def _of_talks(scenario: Scenario) -> Iterator[Move]:
    for stage in scenario.agenda:
        if places := term_places(stage):
            yield Move(f"terms:{stage.name}", TALKS, tuple(places))
    for key, actor in scenario.actors.items():
        if actor.role == "formulator":
            mediation, path = actor.mediation, f"actors.{key}.mediation"
            held = [("attachment", mediation.attachment), ("tilt", mediation.tilt)]
            places = [Place(f"{path}.{n}", v, 0.0) for n, v in held if v.median > 0]
            if places:
                yield Move(f"draft:{key}", TALKS, tuple(places))


def _order(loaded: Loaded) -> list[Move]:
    """Everything at once; where that cannot be, the last of the other orders of the stages."""
    others = orders_of(loaded)[1:]
    return [Move("order", TALKS, structure=tuple(others[-1].items()))] if others else []


def _with_patience_priced(moves: list[Move], scenario: Scenario) -> list[Move]:
    """Patience at its price: how much less the party aims at, mean of the rounds."""
    patient = [move for move in moves if move.kind == "patience"]
    if not patient:
        return moves
    tried = [move.toward(share) for move in patient for share in GRID]
    parties, targets = central_targets(scenario, tried)
    mean = targets.mean(axis=1).reshape(len(patient), len(GRID), len(parties))
    priced: Mapping[str, Move] = {
        move.key: replace(
            move,
            prices=tuple(float(max(mean[n, 0, p] - mean[n, s, p], 0.0)) for s in range(len(GRID))),
        )
        for n, move in enumerate(patient)
        for p in [parties.index(move.actor)]
    }
    return [priced.get(move.key, move) for move in moves]
