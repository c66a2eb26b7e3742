"""What a mediator decides: his text, how firmly he holds to it, the order, tracks, his levers.

A plan is a choice for each of these. Positions, lines, patience, gates and other sides' levers are
not his to decide and are the scenario's in every plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

import numpy as np

from sim.scenario.errors import ScenarioError
from sim.scenario.loading import Loaded
from sim.scenario.schema import Issue, Scenario, point_text

Plan = tuple[int, ...]
"""Number of the option taken for each decision of a :class:`Space`."""
OFF = {"fixed": 0.0}
"""A lever of this credibility is never carried out, and nobody reckons with it."""
STEPS = 20
"""Steps of a continuous scale between which a text chooses."""
FIRMNESS = (0.0, 0.3, 0.6, 0.9)
MOST_ORDERS = 24
MEDIATING = ("formulator", "manipulator")
"""Roles whose leaving ends the mediation, and not the talks."""
WHOLE = "settlement"
"""Name of the stage of a scenario without an agenda."""


@dataclass(frozen=True)
class Decision:
    """One thing to decide.

    Attributes
    ----------
    kind : str
        ``text``, ``firmness``, ``order``, ``track`` or ``lever``.
    key : str
        The issue, track or lever.
    options : tuple
        What there is to choose from: points (None is silence), shares, agendas, on or off.
    own : int
        The option that the scenario holds.
    ordered : bool
        Whether neighbouring options are alike.
    """

    kind: str
    key: str
    options: tuple[Any, ...]
    own: int
    ordered: bool = False


@dataclass(frozen=True)
class Space:
    """All decisions about one scenario."""

    loaded: Loaded
    mediator: str | None
    decisions: tuple[Decision, ...]
    _known: dict[Plan, Loaded] = field(default_factory=dict)

    @property
    def own(self) -> Plan:
        """The scenario as it is."""
        return tuple(one.own for one in self.decisions)

    def with_text(self, text: Mapping[str, float], firmness: float | None = None) -> Plan:
        """The scenario's own plan with another text, at the nearest points there are."""
        plan = list(self.own)
        for n, one in enumerate(self.decisions):
            if one.kind == "text":
                plan[n] = nearest(one.options, text.get(one.key))
            elif one.kind == "firmness" and firmness is not None:
                plan[n] = nearest(one.options, firmness)
        return tuple(plan)

    def changes(self, plan: Plan) -> dict[str, Any]:
        """What a plan changes in the scenario: dotted key → value."""
        out: dict[str, Any] = {}
        chosen = [(one, one.options[n]) for one, n in zip(self.decisions, plan, strict=True)]
        changed = [(one, now) for one, now in chosen if now != one.options[one.own]]
        if any(one.kind == "text" for one, _ in changed):
            held = self.loaded.raw["actors"][self.mediator].get("mediation", {}).get("text", {})
            said = {
                o.key: held[o.key] if point == o.options[o.own] else point
                for o, point in chosen
                if o.kind == "text" and point is not None
            }
            out[f"actors.{self.mediator}.mediation.text"] = said
            if self.loaded.scenario.plan:
                out["plan"] = None  # what is weighed as published is then the new text
        for one, option in changed:
            if one.kind == "firmness":
                out[f"actors.{self.mediator}.mediation.attachment"] = option
            elif one.kind == "order":
                out |= option
            elif one.kind == "track":
                out[f"tracks.{one.key}"] = None
            elif one.kind == "lever":
                path = lever_path(one.key)
                if path not in out:  # else it hung on a stage that there is no more
                    out[f"{path}.credibility"] = OFF
        return out

    def built(self, plan: Plan) -> Loaded:
        """The scenario of a plan; raises ScenarioError where choices do not go together."""
        if plan not in self._known:
            changes = self.changes(plan)
            self._known[plan] = self.loaded.with_(changes) if changes else self.loaded
        return self._known[plan]

    def valid(self, plan: Plan) -> bool:
        """Whether its choices go together."""
        try:
            self.built(plan)
        except ScenarioError:
            return False
        return True

    def levers_on(self, plan: Plan) -> Iterator[int]:
        """Places of the levers that a plan asks for."""
        gone = self.changes(plan)
        for place, (one, n) in enumerate(zip(self.decisions, plan, strict=True)):
            if one.kind == "lever" and one.options[n] and lever_path(one.key) not in gone:
                yield place

    def without(self, plan: Plan, place: int) -> Plan:
        """The plan with one lever off."""
        off = self.decisions[place].options.index(False)
        return (*plan[:place], off, *plan[place + 1 :])

    def words(self, plan: Plan) -> list[str]:
        """What a plan changes, one thing a line."""
        lines = []
        for one, n in zip(self.decisions, plan, strict=True):
            if n != one.own:
                lines.append(_words(one, one.options[n], one.options[one.own], self.loaded))
        return lines


def nearest(options: tuple[Any, ...], wanted: float | None) -> int:
    """Place of the option nearest to a number; of silence, where that is wanted.

    Examples
    --------
    >>> nearest((None, 0.0, 0.5, 1.0), 0.6), nearest((None, 0.0), None)
    (2, 0)
    """
    if wanted is None:
        return options.index(None)
    apart = [abs(x - wanted) if x is not None else np.inf for x in options]
    return int(np.argmin(apart))


def space_of(loaded: Loaded, texts: Mapping[str, Mapping[str, float]] | None = None) -> Space:
    """What there is to decide in a scenario.

    Parameters
    ----------
    loaded : Loaded
    texts : mapping, optional
        Published plans, name → issue → point: their points are among the options.
    """
    scenario = loaded.scenario
    mediator = next((k for k, a in scenario.actors.items() if a.role == "formulator"), None)
    decisions: list[Decision] = []
    if mediator is not None:
        mediation = scenario.actors[mediator].mediation
        for key, issue in scenario.issues.items():
            own = mediation.text[key].median if key in mediation.text else None
            said = [text[key] for text in (texts or {}).values() if key in text]
            points = (None, *points_of(issue, [*said, *([] if own is None else [own])]))
            decisions.append(Decision("text", key, points, points.index(own), True))
        held = mediation.attachment.median
        firm = tuple(sorted({*FIRMNESS, held}))
        decisions.append(Decision("firmness", "", firm, firm.index(held), True))
    orders = orders_of(loaded)
    if len(orders) > 1:
        decisions.append(Decision("order", "", tuple(orders), 0))
    decisions += [
        Decision("track", track, (True, False), 0)
        for track in scenario.tracks
        if _goes(loaded, {f"tracks.{track}": None})
    ]
    decisions += [
        Decision("lever", f"{owner}.{name}", (True, False), 0)
        for owner in asked(scenario)
        for name in scenario.actors[owner].levers
    ]
    return Space(loaded, mediator, tuple(decisions))


def asked(scenario: Scenario) -> list[str]:
    """Whose levers a mediation disposes of: mediators' own and their principals'."""
    mediators = {k: a for k, a in scenario.actors.items() if a.role != "party"}
    principals = {a.principal for a in mediators.values() if a.principal}
    return [key for key in scenario.actors if key in mediators or key in principals]


def points_of(issue: Issue, more: list[float]) -> tuple[float, ...]:
    """Points of a scale that a text can name."""
    if issue.kind == "options":
        return tuple(sorted(set(issue.scale)))
    return tuple(sorted({round(n / STEPS, 4) for n in range(STEPS + 1)} | {*issue.scale, *more}))


def lever_path(key: str) -> str:
    """Where a lever stands, as after ``--set``.

    Examples
    --------
    >>> lever_path("trump.cut_arms")
    'actors.trump.levers.cut_arms'
    """
    owner, name = key.split(".")
    return f"actors.{owner}.levers.{name}"


def orders_of(loaded: Loaded) -> list[dict[str, Any]]:
    """Changes that give the stages every other order, or make one of all; first none at all.

    Levers that hang on a stage fall away where there is none of its name.
    """
    agenda = loaded.raw.get("agenda")
    if not isinstance(agenda, list) or len(agenda) < 2:
        return [{}]
    others = [{"agenda": list(order)} for order in permutations(agenda)][1:MOST_ORDERS]
    one: dict[str, Any] = {"agenda": None} | {
        lever_path(f"{key}.{name}"): None
        for key, actor in loaded.scenario.actors.items()
        for name, lever in actor.levers.items()
        if any(when.signed not in (None, WHOLE) for when in lever.when)
    }
    return [{}, *(changes for changes in [*others, one] if _goes(loaded, changes))]


def _goes(loaded: Loaded, changes: dict[str, Any]) -> bool:
    try:
        loaded.with_(changes)
    except ScenarioError:
        return False
    return True


def order_words(changes: dict[str, Any], loaded: Loaded) -> str:
    """Stages in order."""
    agenda = changes["agenda"] if changes else loaded.raw["agenda"]
    if not agenda:
        return "everything at once"
    return ", then ".join(f"“{stage.get('title', stage['name'])}”" for stage in agenda)


def _words(one: Decision, now: Any, before: Any, loaded: Loaded) -> str:
    scenario = loaded.scenario
    if one.kind == "text":
        issue = scenario.issues[one.key]
        told = [
            "silent" if x is None else f"{point_text(issue, x, quoted=True)} ({x:.2f})"
            for x in (now, before)
        ]
        return f"{issue.title}: {told[0]}; was {told[1]}"
    if one.kind == "firmness":
        return f"The envoy holds to the text by {now:.2f} of 1; was {before:.2f}"
    if one.kind == "order":
        return f"Order: {order_words(now, loaded)}; was {order_words(before, loaded)}"
    if one.kind == "track":
        return f"No talks beside the main ones on “{scenario.tracks[one.key].title}”"
    owner, lever = one.key.split(".")
    actor = scenario.actors[owner]
    return f"{actor.short} is not asked for “{actor.levers[lever].title}”"
