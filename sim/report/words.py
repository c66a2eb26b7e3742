"""Uncertain numbers, bounds and conditions of a scenario in words."""

from __future__ import annotations

from sim.prose import listing
from sim.scenario.distributions import Number
from sim.scenario.durations import in_words
from sim.scenario.fields import Bound
from sim.scenario.schema import Condition, Effect, Issue, Scenario, Spread, point_text


def number_words(number: Number) -> str:
    """A number or distribution in words.

    Examples
    --------
    >>> number_words(Number("triangular", (0.2, 0.4, 0.6)))
    '0.2 to 0.6, most likely 0.4'
    >>> number_words(Number("choice", (0.5, 1.0), (0.25, 0.75)))
    '0.5 (25 %) or 1 (75 %)'
    """
    return _in_words(number, [f"{v:g}".replace("-", "−") for v in number.values])


def time_words(time: Number) -> str:
    """A span of time in words.

    Examples
    --------
    >>> time_words(Number("triangular", (56, 98, 182), unit="days"))
    '8 to 26, most likely 14 weeks'
    >>> time_words(Number("fixed", (3,), unit="rounds"))
    '3 rounds'
    """
    if time.unit == "rounds":
        return f"{number_words(time)} round{'' if time.values == (1,) else 's'}"
    values, unit = in_words(list(time.values))
    return f"{_in_words(time, values)} {unit.removesuffix('s') if values == ['1'] else unit}"


def _in_words(number: Number, values: list[str]) -> str:
    if number.kind == "normal":
        return f"{values[0]}, standard deviation {values[1]}"
    if number.kind == "uniform":
        return f"anywhere from {values[0]} to {values[1]}"
    if number.kind == "triangular":
        return f"{values[0]} to {values[2]}, most likely {values[1]}"
    if number.kind == "choice":
        parts = [f"{v} ({100 * w:.3g} %)" for v, w in zip(values, number.weights, strict=True)]
        return " or ".join(parts)
    return values[0]


def spread_words(spread: Spread) -> str:
    """How plain numbers vary from world to world; empty where they do not."""
    absolute = {
        "ideal": ("ideals", spread.ideal),
        "limit": ("red lines", spread.limit),
        "acceptability": ("acceptabilities", spread.acceptability),
        "credibility": ("credibilities", spread.credibility),
    }
    relative = {
        "salience": ("weights", spread.salience),
        "cost": ("costs of war", spread.cost),
        "patience": ("patience", spread.patience),
    }
    parts = [f"{name} by {value:g}" for name, value in absolute.values() if value]
    parts += [f"{name} by {100 * value:g} %" for name, value in relative.values() if value]
    if not parts:
        return ""
    text = "Numbers given without a range vary from world to world (standard deviation): "
    text += f"{listing(parts)}."
    if spread.firmness:
        text += f" The red lines of one actor go together (correlation {spread.firmness:g})."
    return text


def point_words(issue: Issue, number: Number, quoted: bool = False) -> str:
    """The text of the scale at a number's median, or both between which it lies."""
    return point_text(issue, number.median, quoted)


def bound_words(scenario: Scenario, when: dict[str, Bound]) -> str:
    """Conditions on other issues of the package."""
    parts = []
    for key, bound in when.items():
        title = scenario.issues[key].title
        if bound.at_least is not None:
            parts.append(f"{title} at {number_words(bound.at_least)} or above")
        if bound.at_most is not None:
            parts.append(f"{title} at {number_words(bound.at_most)} or below")
    return listing(parts)


def condition_words(scenario: Scenario, conditions: list[Condition]) -> str:
    """When a lever is pulled; any one of a list is enough."""
    return ", or ".join(_condition(scenario, one) for one in conditions)


def _condition(scenario: Scenario, one: Condition) -> str:
    parts = []
    acts = {
        "refuses a text": one.refuses,
        "accepts a text": one.accepts,
        "signs a text alone": one.signs_alone,
        "breaks a truce": one.violates,
    }
    for act, event in acts.items():
        if event is not None:
            times = "" if event.times == 1 else f" {event.times} times"
            parts.append(f"{scenario.actors[event.actor].short} {act}{times}")
    if one.signed is not None:
        stage = next(stage for stage in scenario.stages if stage.name == one.signed)
        parts.append(f"“{stage.shown}” is signed")
    if one.pulled is not None:
        owner, _, lever = one.pulled.partition(".")
        parts.append(f"“{scenario.actors[owner].levers[lever].title}” is in effect")
    if one.date is not None:
        parts.append(f"{one.date:%d %B %Y} has come")
    if one.not_before is not None:
        parts.append(f"{time_words(one.not_before)} have passed")
    return " and ".join(parts)


def effect_words(scenario: Scenario, effect: Effect) -> list[str]:
    """What a lever changes."""
    actors, issues = scenario.actors, scenario.issues
    out = [
        scenario.war.told(f"cost of war to {actors[a].short}: {_change(n)} a month")
        for a, n in effect.cost.items()
    ]
    out += [f"drift of {issues[i].title}: {_change(n)} a month" for i, n in effect.drift.items()]
    out += [f"{issues[i].title} without a deal: {_change(n)}" for i, n in effect.no_deal.items()]
    return out + [
        f"paid to {actors[a].short} when all is signed: {number_words(n)}"
        for a, n in effect.payment.items()
    ]


def _change(number: Number) -> str:
    words = number_words(number)
    return words if words.startswith("−") else f"+{words}"
