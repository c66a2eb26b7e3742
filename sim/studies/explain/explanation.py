"""An explanation: what decides a scenario, what must be true, what binds, what would change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.ensemble.executors import Executor
from sim.ensemble.runner import Job, Run, run_jobs
from sim.formulas.attribution import attribution, ends
from sim.formulas.boxes import Box, best_box, fit, stability, trade_off
from sim.formulas.statistics import Interval, wilson
from sim.results.experiments import PREFIX, ROLE
from sim.results.outcomes import ends_in
from sim.results.record import Record
from sim.scenario.loading import Loaded, load_variant
from sim.scenario.schema import Scenario
from sim.studies.causes import cause_lines, true_causes
from sim.studies.explain.field import Field, Shares
from sim.studies.explain.inputs import condition_words, input_of, value_words
from sim.studies.explain.measure import Measure, measure_of
from sim.studies.explain.moves import Move, all_moves
from sim.studies.explain.reasons import Lattice, bundles, lattice
from sim.studies.explain.search import Smallest, smallest, trimmed, tuned
from sim.studies.explain.words import bundle_words, move_words
from sim.studies.sweep.vary import flow

Progress = Callable[[str, float, float], None]
RULED = 15
"""Drivers among which rules are sought, the strongest."""
FEW, SOME, MANY = 24, 40, 120
"""Failed worlds in which sets of obstacles are tried, lines are trimmed, the last step is set."""
PROMISE = 500
"""Worlds of all sorts, in none of which anything was searched, that say what a change brings."""
SURE, NEEDED = 100, 0.03
"""Other failed worlds in which what was found is counted, and the least share worth telling."""
RERUN = 60
"""Worlds in which a package was not reached that are run again to find why."""
UNSEEN, FRESH = 6101, 7919
"""Added to the seed for the worlds of the promise, and for those of the confirmation."""


@dataclass(frozen=True)
class Driver(Record):
    """An uncertain number that the outcome depends on more than chance would have it.

    Attributes
    ----------
    index, low, high : float
        PAWN index with its 95 % interval.
    when_low, when_high : float
        Mean of the measure where the number is in its lowest, and its highest third.
    low_words, high_words : str
        Where those thirds end and begin.
    """

    path: str
    title: str
    actor: str
    theme: str
    index: float
    low: float
    high: float
    when_low: float
    when_high: float
    low_words: str
    high_words: str


@dataclass(frozen=True)
class Fitted(Record):
    """How a rule does in some worlds: see :class:`sim.formulas.boxes.Fit`."""

    coverage: float
    density: float
    outside: float
    mass: float
    worlds: int


@dataclass(frozen=True)
class Rule(Record):
    """Conditions under which cases are more frequent.

    Attributes
    ----------
    conditions : list of str
        In words.
    stability : list of float
        Share of bootstraps whose best rule restricts the same number, for each condition.
    fitted, fresh : Fitted
        In the worlds that it was found in, and in others.
    """

    conditions: list[str]
    stability: list[float]
    fitted: Fitted
    fresh: Fitted


@dataclass(frozen=True)
class Obstacle(Record):
    """Something, or two or three things together, whose removal brings deals.

    Attributes
    ----------
    what : list of str
        In words.
    keys : list of str
    settle : float
        Share of the failed worlds that settle without them.
    parts : float
        The largest such share of any set within it.
    needed : float
        Share in which all of them have to go: no part would do.
    """

    what: list[str]
    keys: list[str]
    settle: float
    parts: float
    needed: float


@dataclass(frozen=True)
class Change(Record):
    """The smallest change found, all together or one actor's own.

    Attributes
    ----------
    who : str
        Key of the actor; empty for all.
    what : list of str
        The changes in words.
    set : list of str
        The same for ``--set``.
    price : dict
        Actor → utility of its own that it gives up, at the most.
    goal, most : float
        Shares of the failed worlds that were sought, and that anything brings.
    promised : float
        Share of all worlds that settle, by the search; with its interval.
    confirmed : float
        The same in fresh worlds, with its interval.
    before : float
        The share that settles there as things are.
    """

    who: str
    what: list[str]
    set: list[str]
    price: dict[str, float]
    goal: float
    most: float
    promised: float
    promised_interval: Interval
    confirmed: float
    confirmed_interval: Interval
    before: float
    fresh_worlds: int


@dataclass(frozen=True)
class Reasons(Record):
    """One failed world: sets that would each bring a deal, those that take least first."""

    world: int
    sets: list[list[str]]


@dataclass(frozen=True)
class Explanation(Record):
    """All of it.

    Attributes
    ----------
    settled : float
        Share of the worlds that settle.
    measure, why_measure : str
        What drivers and rules are about, and why it is not the odds.
    chance : float
        Index that the largest of all numbers reaches by chance.
    failed : int
        Failed worlds in which obstacles were tried.
    everything : float
        Share of them that settle once everything is removed.
    alone : dict
        Actor → the most of them that any one, two or three things of its own bring.
    unreached : list of str
        What would have brought a settlement where a package that suits all was not reached.
    """

    scenario: str
    title: str
    worlds: int
    seed: int
    settled: float
    settled_interval: Interval
    measure_key: str
    measure: str
    case: str
    why_measure: str
    chance: float
    inputs: int
    drivers: list[Driver]
    rule: Rule | None
    trade_off: list[Rule]
    failed: int
    everything: float
    obstacles: list[Obstacle]
    together: list[Obstacle]
    reasons: list[Reasons]
    changes: list[Change]
    alone: dict[str, float]
    unreached: list[str]


def explain(
    loaded: Loaded,
    run: Run,
    executor: Executor,
    seed: int = 1,
    actor: str | None = None,
    progress: Progress = lambda what, done, total: None,
    goal: float = 0.5,
) -> Explanation:
    """Explain a finished run.

    Parameters
    ----------
    loaded : Loaded
        Its scenario.
    run : Run
        With its worlds in memory, or opened from a store.
    executor : Executor
        Where worlds are run.
    seed : int
        The run's.
    actor : str, optional
        Look for what this actor alone could change, and nothing else.
    goal : float
        Share of the worlds that fail which a change is to turn into settlements.
    """
    scenario, data = loaded.scenario, run.ensemble
    measure = measure_of(data, scenario)
    progress("what decides it", 0, 6)
    paths, table = experiments_array(data)
    outcome = measure.values(data)
    index = attribution(table, outcome)
    order = [n for n in np.argsort(-index.value) if index.value[n] > index.threshold]
    drivers = []
    for n in order:
        about, means = input_of(paths[n], scenario), ends(table[:, n], outcome)
        thirds = np.nanquantile(table[:, n], (1 / 3, 2 / 3))
        drivers.append(
            Driver(
                paths[n],
                about.title,
                about.actor,
                about.theme,
                float(index.value[n]),
                float(index.low[n]),
                float(index.high[n]),
                means.low,
                means.high,
                *(value_words(paths[n], float(x), scenario) for x in thirds),
            )
        )
    moves = all_moves(loaded)
    base = smallest_changes(loaded, moves, data, executor, seed, actor, progress, goal)
    progress("fresh worlds", 4, 6)
    chosen = [loaded, *(one.changed for one in base.changes)]
    worlds = data.sizes["world"]
    fresh: dict[int, xr.Dataset] = {}
    jobs = [Job(one, min(worlds, 2000), seed + FRESH, traced=0) for one in chosen]
    for place, done in run_jobs(jobs, executor):
        if isinstance(done, Exception):
            raise done
        fresh[place] = done.ensemble
    progress("what must be true", 5, 6)
    few = order[:RULED]
    rule, front = _rules(paths, table, few, measure, data, fresh[0], scenario)
    settled = ends_in("settlement")
    before = float(settled(fresh[0]).mean())
    changes = []
    for n, one in enumerate(base.changes):
        values = settled(fresh[n + 1])
        share = float(values.mean())
        changes.append(
            replace(
                one.change,
                confirmed=share,
                confirmed_interval=wilson(float(values.sum()), len(values)),
                before=before,
                fresh_worlds=len(values),
            )
        )
    now = settled(data)
    causes = true_causes(scenario, seed, data.stuck_reason.values, RERUN)
    return Explanation(
        scenario.name, scenario.title, worlds, seed,
        float(now.mean()), wilson(float(now.sum()), worlds),
        measure.key, measure.title, measure.case, measure.reason,
        index.threshold, len(paths), drivers, rule, front,
        base.failed, base.everything, base.obstacles, base.together, base.reasons, changes,
        base.alone, [] if causes is None else cause_lines(causes),
    )  # fmt: skip


def experiments_array(data: xr.Dataset) -> tuple[list[str], NDArray[np.float64]]:
    """Paths of all that was drawn, and its values (worlds, inputs)."""
    found = data.filter_by_attrs(role=ROLE).data_vars
    paths = [str(name).removeprefix(PREFIX) for name in found]
    columns = [np.asarray(v.values, dtype=np.float64) for v in found.values()]
    return paths, np.stack(columns, axis=1) if columns else np.zeros((data.sizes["world"], 0))


def _rules(
    paths: list[str],
    table: NDArray[np.float64],
    few: Sequence[int],
    measure: Measure,
    data: xr.Dataset,
    fresh: xr.Dataset,
    scenario: Scenario,
) -> tuple[Rule | None, list[Rule]]:
    """The best rule among the strongest drivers, and what can be had for less coverage or more."""
    case = measure.cases(data)
    if not few or case.all() or not case.any():
        return None, []
    names = [paths[n] for n in few]
    x = table[:, few]
    other_paths, other = experiments_array(fresh)
    y = other[:, [other_paths.index(name) for name in names]]
    other_case = measure.cases(fresh)

    def told(box: Box, resamples: int = 0) -> Rule:
        again = stability(x, case, box, resamples) if resamples else {}
        return Rule(
            [condition_words(names[c.input], c.low, c.high, scenario) for c in box],
            [again.get(c.input, float("nan")) for c in box] if resamples else [],
            Fitted(*fit(box, x, case), worlds=len(case)),
            Fitted(*fit(box, y, other_case), worlds=len(other_case)),
        )

    best = best_box(x, case)
    if not best:
        return None, []
    front = trade_off(x, case)
    # a handful, evenly along the front
    places = sorted({round(p) for p in np.linspace(0, len(front) - 1, min(5, len(front)))})
    return told(best, 20), [told(front[p]) for p in places]


@dataclass(frozen=True)
class _Found:
    change: Change
    changed: Loaded


@dataclass(frozen=True)
class _Base:
    failed: int
    everything: float
    obstacles: list[Obstacle]
    together: list[Obstacle]
    reasons: list[Reasons]
    changes: list[_Found]
    alone: dict[str, float]


def smallest_changes(
    loaded: Loaded,
    moves: list[Move],
    data: xr.Dataset,
    executor: Executor,
    seed: int,
    actor: str | None,
    progress: Progress,
    goal: float,
) -> _Base:
    """What stands in the way, and the smallest changes; before they are tried on fresh worlds."""
    scenario = loaded.scenario
    if actor is not None:
        moves = [move for move in moves if move.actor == actor]
    settled = ends_in("settlement")(data)
    numbers = np.asarray(data["world"].values if "world" in data.coords else range(len(settled)))
    failed = [int(w) for w, s in zip(numbers, settled, strict=True) if not s and w < 2000]
    if not failed or not moves:
        return _Base(0, 0.0, [], [], [], [], {})
    whole = bundles(moves)
    parts = {key: [m.key for m in moves if key in bundles([m])] for key in whole}
    few = Field(loaded, whole, seed, tuple(failed[:FEW]), executor)
    progress("what stands in the way", 1, 6)
    found = lattice(few)
    more = Field(loaded, whole, seed, tuple(failed[FEW:][:SURE] or failed), executor)
    obstacles, together = _obstacles(found, more, scenario)
    reasons = _reasons(found, few, scenario)
    progress("the smallest change", 2, 6)
    singles = {move.key: move for move in moves}
    rest = failed[FEW:] or failed
    some = Field(loaded, singles, seed, tuple(rest[:SOME]), executor)
    many = Field(loaded, singles, seed, tuple((rest[SOME:] or rest)[:MANY]), executor)
    others = Field(loaded, singles, seed + UNSEEN, tuple(range(PROMISE)), executor)
    changes: list[_Found] = []
    alone = {}
    for owner in dict.fromkeys(move.actor for move in moves):
        own = [k for k in found.settled if all(whole[one].actor == owner for one in k)]
        alone[owner] = max(map(found.odds, own), default=0.0)
    least = smallest(few, found, list(whole), goal)
    if least.shares:
        least = tuned(many, trimmed(some, least, parts))
        changes.append(_found(loaded, others, least, actor or "", scenario))
    return _Base(
        len(few.worlds), float(found.everything.mean()), obstacles, together, reasons,
        changes, alone,
    )  # fmt: skip


def _found(loaded: Loaded, field: Field, least: Smallest, owner: str, scenario: Scenario) -> _Found:
    shares = {k: least.shares[k] for k in field.moves if k in least.shares}
    set_ = [
        f"{key}={flow(value)}"
        for move, part in shares.items()
        for key, value in field.moves[move].changes(part).items()
    ]
    hits = float(field.settled([shares])[0].sum())
    change = Change(
        owner,
        [move_words(field.moves[key], part, scenario) for key, part in shares.items()],
        set_,
        prices(field, shares),
        least.goal,
        least.most,
        hits / PROMISE,
        wilson(hits, PROMISE),
        float("nan"),
        Interval(0.0, 1.0),
        float("nan"),
        0,
    )
    return _Found(change, load_variant(loaded, set_))


def prices(field: Field, shares: Shares) -> dict[str, float]:
    """What each actor that changes something gives up, in its own utility."""
    out: dict[str, float] = {}
    for key, share in shares.items():
        move = field.moves[key]
        out[move.actor] = out.get(move.actor, 0.0) + move.price(share)
    return out


def _obstacles(
    found: Lattice, field: Field, scenario: Scenario
) -> tuple[list[Obstacle], list[Obstacle]]:
    """Single things, and sets that bind together, those that matter most first.

    Which they are is found in a few worlds; how much they matter is counted in others.
    """
    single = sorted((k for k in found.settled if len(k) == 1), key=lambda k: -found.odds(k))
    sets = [*(k for k in single if found.odds(k) > 0), *found.bound_together()[:6]]
    within = [part for k in sets for n in range(1, len(k)) for part in combinations(k, n)]
    tried = list(dict.fromkeys([*sets, *within]))
    settled = field.settled([dict.fromkeys(keys, 1.0) for keys in tried])
    again = Lattice(dict(zip(tried, settled, strict=True)), found.everything)
    minimal = again.minimal()

    def told(keys: tuple[str, ...]) -> Obstacle:
        inner = [again.odds(k) for k in tried if set(k) < set(keys)]
        needed = float(minimal[keys].mean()) if keys in minimal else 0.0
        words = [bundle_words(field.moves[k], scenario) for k in keys]
        return Obstacle(words, list(keys), again.odds(keys), max(inner, default=0.0), needed)

    alone = sorted((told(k) for k in sets if len(k) == 1), key=lambda one: -one.settle)
    together = sorted((told(k) for k in sets if len(k) > 1), key=lambda one: -one.needed)
    return alone, [one for one in together if one.needed >= NEEDED]


def _reasons(found: Lattice, field: Field, scenario: Scenario) -> list[Reasons]:
    """For each failed world the sets that would do, fewest things first, then the cheapest."""
    minimal = found.minimal()
    order = sorted(minimal, key=lambda k: (len(k), field.price(dict.fromkeys(k, 1.0))))
    return [
        Reasons(
            world,
            [
                [bundle_words(field.moves[k], scenario) for k in keys]
                for keys in order
                if minimal[keys][n]
            ],
        )
        for n, world in enumerate(field.worlds)
    ]
