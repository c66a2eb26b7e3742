"""What each part of a mediation adds: the scenario less the same without it, in the same worlds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.ensemble.runner import Progress
from sim.formulas.statistics import Interval
from sim.prose import SaidError
from sim.registry import PROTOCOLS
from sim.results.asked import asked_measures
from sim.results.outcomes import NOTE
from sim.results.record import Record
from sim.scenario.errors import ScenarioError
from sim.scenario.loading import Loaded
from sim.scenario.overrides import without_actors
from sim.scenario.schema import Scenario
from sim.studies.advise.judging import MEASURES, Gap, Judge, Trial, gap, utility_gap
from sim.studies.advise.space import MEDIATING, OFF, lever_path, order_words, orders_of
from sim.studies.advise.words import TITLES

MEDIATOR = "mediator"
"""Key of a mediator who need not sign, as a part."""
ALONE = "alternating"
"""The protocol by which parties talk without anybody between them."""


@dataclass(frozen=True)
class Part(Record):
    """One part of a mediation, and what it adds.

    Attributes
    ----------
    key : str
        ``everything``, ``mediator``, ``text``, ``levers``, ``lever:ACTOR.NAME``, ``host:ACTOR``,
        ``order:N``, ``track:NAME``.
    what : str
        In words.
    adds : list of Gap
        With it less without it, one a measure; for an order, this one less the other.
    owner : str
        Of a lever; empty else.
    owner_adds : Gap or None
        What the owner of a lever has by it, where it signs.
    """

    key: str
    what: str
    adds: list[Gap]
    owner: str = ""
    owner_adds: Gap | None = None


@dataclass(frozen=True)
class Mediated(Record):
    """All parts of a mediation.

    Attributes
    ----------
    measures : dict
        Measure → its title: what the scenario is asked, then those of a plan.
    values, without : dict
        Measure → its mean with everything, and in talks without any mediator, where there is one.
    intervals : dict
        Of shares, :meth:`~sim.studies.advise.judging.Trial.span`.
    left_out : dict
        Part that cannot be switched off → why.
    """

    scenario: str
    title: str
    note: str
    worlds: int
    seed: int
    measures: dict[str, str]
    values: dict[str, float]
    intervals: dict[str, Interval]
    without: dict[str, float]
    parts: list[Part]
    left_out: dict[str, str]


def switches(loaded: Loaded) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every part with its words and the changes that switch it off."""
    scenario = loaded.scenario
    mediators = [k for k, a in scenario.actors.items() if a.role in MEDIATING]
    hosts = [k for k, a in scenario.actors.items() if a.role == "facilitator"]
    levers = [f"{k}.{name}" for k, a in scenario.actors.items() for name in a.levers]
    signing = {k for k, a in scenario.actors.items() if a.signs}
    off = {lever: {f"{lever_path(lever)}.credibility": OFF} for lever in levers}
    free = [m for m in mediators if m not in signing]
    for key in free:
        yield MEDIATOR, f"{scenario.actors[key].short}, the mediator", without(scenario, [key])
        if scenario.actors[key].mediation.text:
            text: dict[str, Any] = {f"actors.{key}.mediation.text": {}}
            yield "text", "the text that is tabled first", text
    for host in hosts:
        yield f"host:{host}", f"{scenario.actors[host].short} as host", without(scenario, [host])
    if len(hosts) > 1:
        yield "hosts", "all hosts", without(scenario, hosts)
    if len(levers) > 1:
        yield "levers", "all levers", {k: v for one in off.values() for k, v in one.items()}
    for lever, changes in off.items():
        owner, name = lever.split(".")
        actor = scenario.actors[owner]
        yield f"lever:{lever}", f"“{actor.levers[name].title}” ({actor.short})", changes
    _own, *other = orders_of(loaded)
    for n, order in enumerate(other, 1):
        yield f"order:{n}", f"this order, in place of {order_words(order, loaded)}", order
    for track, about in scenario.tracks.items():
        yield f"track:{track}", f"talks beside on “{about.title}”", {f"tracks.{track}": None}
    if gone := [*free, *hosts]:
        # of actors who leave the table the levers go with them
        stay = (one for lever, one in off.items() if lever.partition(".")[0] not in gone)
        everything = {k: v for one in [without(scenario, gone), *stay] for k, v in one.items()}
        yield "everything", "all of it: mediator, hosts and levers", everything


def without(scenario: Scenario, names: Sequence[str]) -> dict[str, Any]:
    """Changes that take mediators or hosts out; parties then talk without anybody between them."""
    changes = without_actors(scenario, names)
    talks = {"protocol": (scenario.protocol, None)} | {
        f"tracks.{key}.protocol": (track.protocol, track.parties)
        for key, track in scenario.tracks.items()
    }
    envoys = {k for k, a in scenario.actors.items() if a.role == "formulator"} - {*names}
    for path, (protocol, parties) in talks.items():
        there = envoys if parties is None else envoys & {*parties}
        if protocol is not None and PROTOCOLS[protocol.name].needs_envoy and not there:
            changes[f"{path}.name"] = ALONE
    return changes


def why_not(error: ScenarioError) -> str:
    """Why a scenario cannot be without something: where it says what hangs on it, and what."""
    problem = error.problems[0]
    return f"{problem.key}: {problem.message}" if problem.key else problem.message


def mediated(
    loaded: Loaded, judge: Judge, progress: Progress = lambda what, done, total: None
) -> Mediated:
    """Switch each part off, in the same worlds.

    Raises
    ------
    SaidError
        If nothing mediates, a worker was lost, or a world could not be run.
    """
    scenario = loaded.scenario
    built: list[tuple[str, str, Loaded]] = []
    left_out: dict[str, str] = {}
    for key, what, changes in switches(loaded):
        try:
            built.append((key, what, loaded.with_(changes)))
        except ScenarioError as error:
            left_out[what] = why_not(error)
    if not built and not left_out:
        raise SaidError(
            f"{scenario.name}: nothing here mediates (no mediator, host, lever, order of stages or "
            "talks beside), so nothing can be left out."
        )
    plans = [loaded, *(one for _, _, one in built)]
    base, *trials = judge.tries(plans, lambda done, total: progress("worlds", done, total))
    asked = asked_measures(scenario)
    if len(scenario.stages) == 1:  # signed, and by the days the settlement
        asked = [one for one in asked if not one.key.startswith("first_stage")]
    measures = {one.key: one.title for one in asked} | TITLES
    measures["ratified"] = "Worlds with a settlement"
    if scenario.ratification:
        measures["ratified"] += " (signed and ratified)"
    else:  # a signature is the settlement
        del measures["signed"]
    if scenario.durability is None:  # nothing is said of how long it holds
        del measures["holds"]
    parts = []
    for (key, what, _), trial in zip(built, trials, strict=True):
        owner = key.partition(":")[2].partition(".")[0] if key.startswith("lever:") else ""
        adds = [gap(base, trial, measure) for measure in measures]
        own = utility_gap(base, trial, owner) if owner else None
        parts.append(Part(key, what, adds, owner, own))
    alone = next((n for n, (key, _, _) in enumerate(built) if key == "everything"), None)
    without = None if alone is None else trials[alone]

    def means(trial: Trial) -> dict[str, float]:
        return {measure: float(trial.by_world(measure).mean()) for measure in measures}

    return Mediated(
        scenario.name, scenario.title, NOTE, judge.worlds, judge.seed, measures, means(base),
        {m: base.span(m) for m in measures if m not in MEASURES[-1:]},
        {} if without is None else means(without),
        parts, left_out,
    )  # fmt: skip
