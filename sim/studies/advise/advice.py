"""A better plan by the mediator's own means: searched, judged in other worlds, compared."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.ensemble.runner import Progress
from sim.formulas.pareto import best, fronts
from sim.formulas.statistics import Interval
from sim.prose import SaidError
from sim.results.outcomes import NOTE
from sim.results.record import Record
from sim.scenario.loading import Loaded
from sim.studies.advise.judging import MEASURES, Gap, Judge, Trial, gaps, utility_gap
from sim.studies.advise.published import Published, published
from sim.studies.advise.search import search
from sim.studies.advise.space import Plan, Space, space_of
from sim.studies.compare.contents import text_of

UNSEEN = 7919
"""Added to the seed for the worlds in which plans are judged and none was searched."""
TELLING = 2
"""Measures on which a plan has to be better than all published ones to be called better."""


@dataclass(frozen=True)
class Judged(Record):
    """A plan in the worlds that nothing was searched in.

    Attributes
    ----------
    kind : str
        ``found``; ``published``; ``text`` where only the text of a plan of another day 0 counts;
        ``variant`` of another plan in the library, shown and not counted as published.
    key : str
        Name of its file, or of the published plan.
    what : list of str
        What it changes, one thing a line; of a published plan, whether only its text counts.
    values, intervals : dict
        Measure → mean; of shares also :meth:`~sim.studies.advise.judging.Trial.span`.
    worst_off : str
        The signatory that gains least.
    gains : dict
        Signatory → mean gain.
    promised : dict
        Measure → mean in the worlds of the search; empty for published plans.
    against : dict
        Published plan → :func:`~sim.studies.advise.judging.gaps`: this one less the published one.
    better_on : list of str
        Measures on which it is better than every published plan, variants aside.
    worse_on : list of str
        Measures on which it is worse than one.
    limited : dict
        Limited agreement of which there are talks → share of worlds that ever sign it.
    """

    kind: str
    key: str
    title: str
    what: list[str]
    values: dict[str, float]
    intervals: dict[str, Interval]
    worst_off: str
    gains: dict[str, float]
    promised: dict[str, float]
    against: dict[str, list[Gap]]
    better_on: list[str]
    worse_on: list[str]
    limited: dict[str, float]

    @property
    def better(self) -> bool:
        """Better than all published plans on two measures and worse than none on any."""
        return len(self.better_on) >= TELLING and not self.worse_on


@dataclass(frozen=True)
class Dropped(Record):
    """A lever that a plan would have asked for, and by which its owner would have lost."""

    lever: str
    owner: str
    loses: Gap


@dataclass(frozen=True)
class Advice(Record):
    """What was found."""

    scenario: str
    title: str
    note: str
    worlds: int
    search_worlds: int
    seed: int
    judged_seed: int
    calibrated: bool
    tried: int
    cut_short: bool
    decisions: dict[str, int]
    plans: list[Judged]
    published: list[Judged]
    dropped: list[Dropped]
    statement: str

    @property
    def better(self) -> list[Judged]:
        return [plan for plan in self.plans if plan.better]


def advise(
    loaded: Loaded,
    others: Sequence[Loaded],
    searching: Judge,
    judging: Judge,
    size: int,
    generations: int,
    shown: int = 6,
    progress: Progress = lambda what, done, total: None,
    minutes: float = float("inf"),
) -> tuple[Advice, list[Loaded]]:
    """Search for better plans, and judge them in other worlds.

    Parameters
    ----------
    loaded : Loaded
    others : sequence of Loaded
        Published plans: see :func:`~.published.others`.
    searching, judging : Judge
        Of two seeds.
    size, generations : int
        Of the search: see :func:`~.search.search`.
    shown : int
        Plans that are judged, the least crowded of the front.
    progress : callable, optional
        Told how far the work is.
    minutes : float
        After which the search goes into no further generation; judging comes after it.

    Returns
    -------
    Advice
    list of Loaded
        The scenarios of its plans.

    Raises
    ------
    SaidError
        If there is nothing to decide, a worker was lost, or a world could not be run.
    """
    texts = {one.scenario.name: text_of(one.scenario) for one in [loaded, *others]}
    space = space_of(loaded, texts)
    if not space.decisions:
        raise SaidError(
            f"{loaded.scenario.name}: nothing here is a mediator's to decide (no text, order of "
            "stages, talks beside or lever of those that one acts for), so no plan can be sought."
        )
    known = published(space, others)
    first = [space.own, *(space.with_text(one.text, one.firmness) for one in known)]
    first += single_changes(space, "order")
    first += [space.without(space.own, place) for place in space.levers_on(space.own)]
    total, done, cut_short = float(size * (generations + 1)), 0, False
    until = time.monotonic() + 60 * minutes

    def goes_on() -> bool:
        nonlocal cut_short
        cut_short = time.monotonic() > until
        return not cut_short

    def tried(plans: Sequence[Loaded]) -> np.ndarray:
        nonlocal done
        trials = searching.tries(
            plans, lambda part, of: progress("searching", done + part * len(plans) / of, total)
        )
        done += len(plans)
        return np.array([trial.values for trial in trials])

    every, values = search(space, tried, first, size, generations, searching.seed, goes_on)
    front = np.flatnonzero(fronts(values) == 0)
    chosen = [every[front[n]] for n in best(values[front], min(shown, len(front)))]
    promised = {plan: values[every.index(plan)] for plan in chosen}
    progress("judging", 0, 1)
    chosen, dropped = asked_for(space, chosen, judging, progress)
    if not all(plan in promised for plan in chosen):
        again = searching.tries([space.built(plan) for plan in chosen])
        promised |= {plan: one.values for plan, one in zip(chosen, again, strict=True)}
    base = Published(
        loaded.scenario.name, loaded.scenario.title, texts[loaded.scenario.name], 0.0, loaded, False
    )
    known = [base, *known]
    plans = [space.built(plan) for plan in chosen]
    trials = judging.tries(
        [*plans, *(one.loaded for one in known)],
        lambda part, of: progress("judging", part, of),
    )
    found, theirs = trials[: len(plans)], trials[len(plans) :]
    references = dict(zip([one.name for one in known], theirs, strict=True))
    counted = {one.name for one in known if not one.variant}
    stand = np.flatnonzero(fronts(np.array([one.values for one in found])) == 0)
    name = loaded.scenario.name
    judged = []
    order = sorted(stand, key=lambda n: tuple(-found[n].values))
    for rank, n in enumerate(order, 1):
        plan = chosen[n]
        judged.append(
            judged_plan(
                "found",
                f"{name}_plan_{rank}",
                f"Plan {rank} for {loaded.scenario.title}",
                space.words(plan) or ["nothing: the plan as it is"],
                found[n],
                promised[plan],
                references,
                counted,
            )
        )
    shown_known = [
        judged_plan(*_about(one), trial, None, {}, set())
        for one, trial in zip(known, theirs, strict=True)
    ]
    kinds = [one.kind for one in space.decisions]
    advice = Advice(
        name, loaded.scenario.title, NOTE, judging.worlds, searching.worlds,
        searching.seed, judging.seed, bool(loaded.scenario.engine.calibration.names),
        len(every), cut_short, {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        judged, shown_known, dropped, "",
    )  # fmt: skip
    return replace(advice, statement=statement(advice)), [plans[n] for n in order]


def single_changes(space: Space, kind: str) -> list[Plan]:
    """The scenario's own plan with one decision of a kind taken otherwise."""
    own = space.own
    return [
        (*own[:n], option, *own[n + 1 :])
        for n, one in enumerate(space.decisions)
        if one.kind == kind
        for option in range(len(one.options))
        if option != one.own
    ]


def _about(one: Published) -> tuple[str, str, str, list[str]]:
    """Kind, name, title and what of a published plan is shown."""
    kind = "variant" if one.variant else "text" if one.moved else "published"
    what = {
        "variant": "a variant built on another plan's file: not counted as published",
        "text": "its text, tabled on this day 0 in this scenario's talks",
        "published": "the scenario itself, in the same worlds",
    }[kind]
    return kind, one.name, one.title, [what]


def asked_for(
    space: Space, plans: Sequence[Plan], judge: Judge, progress: Progress
) -> tuple[list[Plan], list[Dropped]]:
    """The plans without levers by which their owners lose, as far as worlds can tell."""
    asks = [(plan, place) for plan in plans for place in space.levers_on(plan)]
    pairs = [space.built(plan) for plan in plans]
    less = [space.built(space.without(plan, place)) for plan, place in asks]
    trials = judge.tries([*pairs, *less], lambda part, of: progress("asking owners", part, of))
    with_it: dict[Plan, Trial] = dict(zip(plans, trials, strict=False))
    out, dropped = {plan: plan for plan in plans}, []
    for (plan, place), without in zip(asks, trials[len(pairs) :], strict=True):
        key = space.decisions[place].key
        owner, name = key.split(".")
        change = utility_gap(with_it[plan], without, owner)
        if change is not None and change.worse:
            out[plan] = space.without(out[plan], place)
            actor = space.loaded.scenario.actors[owner]
            dropped.append(Dropped(actor.levers[name].title, actor.short, change))
    return list(dict.fromkeys(out.values())), dropped


def judged_plan(
    kind: str,
    key: str,
    title: str,
    what: list[str],
    trial: Trial,
    promised: np.ndarray | None,
    references: dict[str, Trial],
    counted: set[str],
) -> Judged:
    """A trial as what is told of it."""
    against = {name: gaps(trial, one) for name, one in references.items()}
    judged = (against[name][: len(MEASURES)] for name in references if name in counted)
    columns = list(zip(*judged, strict=True))
    return Judged(
        kind, key, title, what,
        dict(zip(MEASURES, map(float, trial.values), strict=True)),
        {m: trial.span(m) for m in MEASURES[:-1]},
        trial.worst,
        dict(zip(trial.actors, map(float, trial.gain.mean(axis=0)), strict=True)),
        {} if promised is None else dict(zip(MEASURES, map(float, promised), strict=True)),
        against,
        [column[0].measure for column in columns if all(one.better for one in column)],
        [column[0].measure for column in columns if any(one.worse for one in column)],
        trial.limited,
    )  # fmt: skip


def statement(advice: Advice) -> str:
    """Whether a plan was found that is better than all published ones."""
    worlds = f"{advice.worlds:,} worlds in which nothing was searched"
    if not any(plan.values["signed"] for plan in [*advice.plans, *advice.published]):
        return f"No plan is signed in any of {worlds}, neither a published one nor one found."
    if better := advice.better:
        names = ", ".join(plan.key for plan in better)
        verb = "is" if len(better) == 1 else "are"
        alike = [
            name
            for name in better[0].against
            if not all(
                gap.better or gap.measure not in better[0].better_on
                for gap in better[0].against[name]
            )
        ]
        but = f" A variant of another plan does about as well: {', '.join(alike)}." if alike else ""
        return (
            f"{names} {verb} better than every published plan on at least two of the four "
            f"measures and worse on none, in {worlds}.{but}"
        )
    return (
        "No plan was found that is better than all published ones on two measures and worse on "
        f"none, in {worlds}; below is the front that was found."
    )
