"""What is no error and yet seldom meant: odd numbers, times beyond the run, leftovers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sim.scenario.checks import Check, Found, part_checks
from sim.scenario.distributions import Number
from sim.scenario.errors import Place
from sim.scenario.fields import every_part, sourced_parts
from sim.scenario.schema import Actor, Condition, Cost, Drift, Lever, Scenario
from sim.scenario.yaml_source import Path_

DEAR, STEEP, FAST, NOISY, ALONE = 0.25, 0.1, 0.5, 0.25, 0.97
"""From here on: a month's cost, a month's growth, a month's drift, noise, a share of the weight."""


def cautions(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    """Places of a scenario that an author should look at again, and a sentence about each."""
    return ((path, said) for path, said, _ in part_checks(scenario, CAUTIONS, right=True))


def _cost(whole: Scenario, cost: Cost, path: Path_) -> Found:
    if abs(cost.per_month.median) > DEAR:
        said = f"a month of war costs {cost.per_month.median:g}, where all that can be agreed is "
        yield (), f"{said}worth 1 (0.01 is 1 %): every deal is then better than none", ""
    if cost.growth.median > STEEP:
        times = (1 + cost.growth.median) ** 12
        said = f"makes a month of war {times:,.0f} times as dear after a year"
        yield ("growth",), said, ""


def _drift(whole: Scenario, drift: Drift, path: Path_) -> Found:
    if abs(drift.mean.median) > FAST:
        months = 1 / abs(drift.mean.median)
        yield ("mean",), f"crosses the whole scale in {months:.1g} months of war", ""


def _actor(whole: Scenario, actor: Actor, path: Path_) -> Found:
    if actor.leave_after is not None and _is_beyond(whole, actor.leave_after):
        yield ("leave_after",), f"lies beyond the horizon of {whole.last_day:,} days", ""
    if actor.noise > NOISY:
        said = f"is {actor.noise:g}, where all is worth 1: it accepts and refuses by chance"
        yield ("noise",), said, ""
    weights = {issue: p.salience.median for issue, p in actor.positions.items()}
    total = sum(weights.values())
    for issue, weight in weights.items():
        if len(weights) > 2 and weight > ALONE * total:
            said = f"is {weight / total:.1%} of all weight: the other issues hardly count"
            yield ("positions", issue, "salience"), said, ""


def _lever(whole: Scenario, lever: Lever, path: Path_) -> Found:
    if lever.credibility.median == 0:
        said = "has credibility 0: it is never carried out, and nobody expects it"
        yield ("credibility",), said, ""
    if _is_beyond(whole, lever.delay):
        said = f"lies beyond the horizon of {whole.last_day:,} days: it takes no effect"
        yield ("delay",), said, ""


def _is_beyond(whole: Scenario, time: Number) -> bool:
    """Whether a span of time outlasts the run nearly for sure."""
    days = float(whole.in_rounds(time).quantile(0.05)) * whole.war.round_days
    return days > whole.last_day


def _patience(whole: Scenario, _: Scenario, path: Path_) -> Found:
    parties = [actor for actor in whole.actors.values() if actor.consents_to == "all"]
    days = [whole.in_turns(actor.patience).median * whole.turn_days for actor in parties]
    if min(days) > 1.5 * whole.last_day:
        said = (
            f"ends after {whole.last_day:,} days, long before anybody's patience (the shortest: "
            f"{min(days):,.0f} days), so nobody comes near what no deal is worth"
        )
        yield ("horizon_days",), said, ""


def _horizon(whole: Scenario, _: Scenario, path: Path_) -> Found:
    if whole.horizon_days < whole.war.round_days:
        said = f"is less than a round, so one of {whole.war.round_days:g} days is computed"
        yield ("horizon_days",), f"{said}: shorten war.round_days, too", ""


def _sources(whole: Scenario, _: Scenario, path: Path_) -> Found:
    cited = {key for _, part in sourced_parts(whole) for key in part.source}
    for key in whole.sources:
        if key not in cited:
            yield ("sources", key), "is cited by nothing", ""


def _unwanted(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """Issues on which nobody whose consent is needed has a position that matters."""
    signing = [actor for actor in whole.actors.values() if actor.signs]
    for key in whole.issues:
        weights = [a.positions[key].salience.median for a in signing if key in a.positions]
        weights += [g.positions[key].salience.median for g in whole.ratification.values()
                    if key in g.positions]  # fmt: skip
        if not any(weights):
            said = "matters to nobody who signs: where it ends means nothing, so leave it out"
            yield ("issues", key), said, ""


def _names(whole: Scenario, _: Scenario, path: Path_) -> Found:
    """What a reader of charts and tables could not tell apart."""
    groups: dict[str, dict[str, str]] = {
        "actors": {key: actor.short for key, actor in whole.actors.items()},
        "issues": {key: issue.title for key, issue in whole.issues.items()},
    }
    for group, names in groups.items():
        for name, times in Counter(names.values()).items():
            if times > 1:
                keys = [key for key in names if names[key] == name]
                said = f"is called '{name}' like {keys[0]}: give it another label"
                yield (group, keys[1]), said, ""


CAUTIONS: tuple[tuple[type, Check], ...] = (
    (Cost, _cost),
    (Drift, _drift),
    (Actor, _actor),
    (Lever, _lever),
    *((Scenario, check) for check in (_horizon, _patience, _sources, _unwanted, _names)),
)


def counted_in_rounds(scenario: Scenario) -> list[Path_]:
    """Paths of the times that are plain numbers, and so hang on the length of a round."""
    found = []
    for path, part in every_part(scenario):
        if isinstance(part, Number) and part.unit == "rounds":
            found.append(path)
        elif isinstance(part, Condition) and part.round is not None:
            found.append((*path, "round"))
    return found


def note_on_rounds(length: str, found: list[tuple[Place, str]]) -> list[str]:
    """A sentence for each file that counts times in rounds, with the places."""
    notes = []
    for file in dict.fromkeys(place.file for place, _ in found):
        here = [(place.line, key) for place, key in found if place.file == file]
        where = ", ".join(f"{key} (line {line})" if line else key for line, key in sorted(here))
        notes.append(
            f"{file}: note: plain numbers count rounds ({length}) and mean "
            f"another time with others: {where}; durations such as 26w do not"
        )
    return notes
