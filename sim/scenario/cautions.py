"""What is no error and yet seldom meant: odd numbers, times beyond the run, leftovers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sim.scenario.distributions import Number
from sim.scenario.errors import Place
from sim.scenario.fields import every_part, sourced_parts
from sim.scenario.schema import Actor, Condition, Scenario
from sim.scenario.yaml_source import Path_

Caution = tuple[Path_, str]
"""Path of a key, and a sentence about it."""
DEAR, STEEP, FAST, NOISY, ALONE = 0.25, 0.1, 0.5, 0.25, 0.97
"""From here on: a month's cost, a month's growth, a month's drift, noise, a share of the weight."""


def cautions(scenario: Scenario) -> list[Caution]:
    """Places of a scenario that an author should look at again."""
    found = [*_war(scenario), *_times(scenario), *_weights(scenario), *_names(scenario)]
    for actor, key, lever in (
        (actor, key, lever)
        for actor, a in scenario.actors.items()
        for key, lever in a.levers.items()
    ):
        if lever.credibility.median == 0:
            said = "has credibility 0: it is never carried out, and nobody expects it"
            found.append((("actors", actor, "levers", key, "credibility"), said))
    cited = {key for _, part in sourced_parts(scenario) for key in part.source}
    unused = [key for key in scenario.sources if key not in cited]
    return found + [(("sources", key), "is cited by nothing") for key in unused]


def _war(scenario: Scenario) -> Iterator[Caution]:
    for actor, cost in scenario.war.cost.items():
        here: Path_ = ("war", "cost", actor)
        if abs(cost.per_month.median) > DEAR:
            yield (
                here,
                f"a month of war costs {cost.per_month.median:g}, where all that can be agreed is "
                "worth 1 (0.01 is 1 %): every deal is then better than none",
            )
        if cost.growth.median > STEEP:
            times = (1 + cost.growth.median) ** 12
            yield (*here, "growth"), f"makes a month of war {times:,.0f} times as dear after a year"
    for issue, drift in scenario.war.drift.items():
        if abs(drift.mean.median) > FAST:
            months = 1 / abs(drift.mean.median)
            yield (
                ("war", "drift", issue, "mean"),
                f"crosses the whole scale in {months:.1g} months of war",
            )


def _times(scenario: Scenario) -> Iterator[Caution]:
    horizon = scenario.last_day
    parties = {k: a for k, a in scenario.actors.items() if a.consents_to == "all"}

    def days(time: Number, probability: float) -> float:
        return float(scenario.in_rounds(time).quantile(probability)) * scenario.war.round_days

    patience = {key: _days_of_patience(scenario, a) for key, a in parties.items()}
    if patience and all(p > 1.5 * horizon for p in patience.values()):
        yield (
            ("horizon_days",),
            f"ends after {horizon:,} days, long before anybody's patience (the shortest: "
            f"{min(patience.values()):,.0f} days), so nobody comes near what no deal is worth",
        )
    for key, actor in scenario.actors.items():
        if actor.leave_after is not None and days(actor.leave_after, 0.05) > horizon:
            yield ("actors", key, "leave_after"), f"lies beyond the horizon of {horizon:,} days"
        if actor.noise > NOISY:
            said = f"is {actor.noise:g}, where all is worth 1: it accepts and refuses by chance"
            yield ("actors", key, "noise"), said
        for name, lever in actor.levers.items():
            if days(lever.delay, 0.05) > horizon:
                where = ("actors", key, "levers", name, "delay")
                yield where, f"lies beyond the horizon of {horizon:,} days: it takes no effect"


def _days_of_patience(scenario: Scenario, actor: Actor) -> float:
    return scenario.in_turns(actor.patience).median * scenario.turn_days


def _weights(scenario: Scenario) -> Iterator[Caution]:
    for key, actor in scenario.actors.items():
        weights = {issue: p.salience.median for issue, p in actor.positions.items()}
        total = sum(weights.values())
        for issue, weight in weights.items():
            if len(weights) > 2 and weight > ALONE * total:
                said = f"is {weight / total:.1%} of all weight: the other issues hardly count"
                yield ("actors", key, "positions", issue, "salience"), said


def _names(scenario: Scenario) -> Iterator[Caution]:
    """What a reader of charts and tables could not tell apart."""
    groups: dict[str, dict[str, str]] = {
        "actors": {key: actor.short for key, actor in scenario.actors.items()},
        "issues": {key: issue.title for key, issue in scenario.issues.items()},
    }
    for group, names in groups.items():
        for name, times in Counter(names.values()).items():
            if times > 1:
                keys = [key for key in names if names[key] == name]
                yield (group, keys[1]), f"is called '{name}' like {keys[0]}: give it another label"


def counted_in_rounds(scenario: Scenario) -> list[Path_]:
    """Paths of the times that are plain numbers, and so hang on the length of a round."""
    found = []
    for path, part in every_part(scenario):
        if isinstance(part, Number) and part.unit == "rounds":
            found.append(path)
        elif isinstance(part, Condition) and part.round is not None:
            found.append((*path, "round"))
    return found


def note_on_rounds(round_days: float, found: list[tuple[Place, str]]) -> list[str]:
    """A sentence for each file that counts times in rounds, with the places."""
    notes = []
    for file in dict.fromkeys(place.file for place, _ in found):
        here = [(place.line, key) for place, key in found if place.file == file]
        where = ", ".join(f"{key} (line {line})" if line else key for line, key in sorted(here))
        notes.append(
            f"{file}: note: plain numbers count rounds (war.round_days: {round_days:g}) and mean "
            f"another time with others: {where}; durations such as 26w do not"
        )
    return notes
