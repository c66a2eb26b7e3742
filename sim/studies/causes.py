"""Why a package that suits all was not reached: found by running the same worlds on in variants.

A world that ends without a settlement although something would suit all says nothing of why. Each
cause is a but-for cause: the world is run again with the same draws and one thing changed, and
settles or not (as in a paired experiment).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Index, Mask
from sim.engine.draws import CHUNK, Draws
from sim.engine.model import PeaceTalks
from sim.ensemble.beside import Beside
from sim.formulas.statistics import Interval, wilson
from sim.prose import counted, span_words
from sim.results.dataset import stuck
from sim.results.outcomes import REASONS
from sim.scenario.distributions import Number
from sim.scenario.schema import Scenario
from sim.words.shares import share_of

Worlds = Index
LONGER = 3
"""How many times as long the talks may last, where time is tried as the cause."""

CAUSE_WORDS = {
    "time": f"with {LONGER} times as much time they settle",
    "interests": "when all know from the start what the others weigh they settle",
    "envoy": "when the envoy misjudges no red line they settle",
    "closed": "nothing of this settles them: later on nothing suits all{vote}",
    "deadlock": "nothing of this settles them, though a package still suits all: a deadlock",
}


@dataclass(frozen=True)
class Causes:
    """What would have brought a settlement in worlds in which a package was not reached.

    Attributes
    ----------
    worlds : int
        How many such worlds there are.
    rerun : ndarray of int
        Those that were run again, the first ones.
    settles : dict of str to ndarray of bool, shape (rerun,)
        Where each change alone brings a settlement: ``time`` (three times the horizon),
        ``interests`` (the others' weights known from the start), ``envoy`` (no error of the envoy;
        absent where there is none). A world may settle by several.
    open : ndarray of bool, shape (rerun,)
        Where a package that suits all is there to the end of the longer time, too.
    """

    worlds: int
    rerun: Worlds
    settles: dict[str, Mask]
    open: Mask

    @property
    def none(self) -> Mask:
        """Where none of them does, (rerun,)."""
        return ~np.any([*self.settles.values(), np.zeros(len(self.rerun), bool)], axis=0)

    @property
    def deadlock(self) -> Mask:
        """Where none does although a package that suits all stays there, (rerun,)."""
        return self.none & self.open

    def shares(self) -> dict[str, tuple[float, Interval]]:
        """Share of the worlds that each change settles, and that none does, with intervals."""
        found = {**self.settles, "closed": self.none & ~self.open, "deadlock": self.deadlock}
        of = len(self.rerun)
        return {
            key: (float(where.mean()), wilson(int(where.sum()), of)) for key, where in found.items()
        }


def later_causes(
    scenario: Scenario,
    seed: int,
    numbers: NDArray[np.integer],
    reasons: NDArray[np.integer],
    sample: int,
    beside: Beside,
) -> Callable[[], Causes | None]:
    """Run again, in variants, worlds in which a package that suits all was not reached.

    Parameters
    ----------
    scenario : Scenario
        What was run.
    seed : int
        The run's seed, so that draws are the same.
    numbers, reasons : ndarray of int, shape (worlds,)
        The worlds, which have gaps where some failed, and
        ``stuck_reason`` of the run: index into :data:`~sim.results.outcomes.REASONS`.
    sample : int
        How many at most; the first ones, which are as good as any.
    beside : Beside
        Where they are run, beside whatever else is run by then.

    Returns
    -------
    callable
        Waits for them; gives None where there is no such world.
    """
    such = np.asarray(numbers)[np.asarray(reasons) == REASONS.index("not_reached")]
    chosen = such[:sample]
    variants: dict[str, tuple[Scenario, Callable[[PeaceTalks], None]]] = {
        "time": (_longer(scenario), _nothing),
        "interests": (scenario, _reveal),
    }
    exact = _exact(scenario)
    if exact is not scenario:
        variants["envoy"] = (exact, _nothing)
    calls = [(*how, seed, chosen) for how in variants.values()]
    results = beside.later(_again, calls if len(such) else [])

    def causes() -> Causes | None:
        ends = dict(zip(variants, results(), strict=False))
        if not ends:
            return None
        settles = {key: end < 0 for key, end in ends.items()}
        return Causes(len(such), chosen, settles, ends["time"] == REASONS.index("not_reached"))

    return causes


def _again(call: tuple[Any, ...], report: Any = None) -> NDArray[np.integer]:
    return reasons_again(*call)


def reasons_again(
    scenario: Scenario, prepare: Callable[[PeaceTalks], None], seed: int, worlds: Worlds
) -> NDArray[np.integer]:
    """Why some worlds of a run do not settle if it is run again, −1 where they do; (worlds,)."""
    found = []
    for chunk, some in groupby(worlds, lambda w: int(w) // CHUNK):
        here = np.array(list(some)) % CHUNK
        model = PeaceTalks(scenario, Draws(seed, int(here.max()) + 1, chunk))
        prepare(model)
        model.compute_only(here)
        model.run()
        found.append(stuck(model)[1][here])
        model.release()
    return np.concatenate(found)


def _longer(scenario: Scenario) -> Scenario:
    """The same with more time; a deadline with which the talks stop goes later, too."""
    days = scenario.last_day * LONGER
    end = scenario.deadline
    if end is not None and end.after == "stop":
        end = end.model_copy(update={"at": float(days)})
    return scenario.model_copy(update={"horizon_days": days, "deadline": end})


def _exact(scenario: Scenario) -> Scenario:
    """The same with an envoy that misjudges no red line; itself where it has none."""
    actors = {
        key: actor.model_copy(
            update={
                "mediation": actor.mediation.model_copy(update={"error": Number("fixed", (0.0,))})
            }
        )
        for key, actor in scenario.actors.items()
        if actor.role == "formulator" and actor.mediation.error.quantile(0.999) > 0.0
    }
    if not actors:
        return scenario
    return scenario.model_copy(update={"actors": {**scenario.actors, **actors}})


def _reveal(model: PeaceTalks) -> None:
    """All know from the start how much each cares about what."""
    for party in model.signatories:
        party.be_told(np.zeros(model.talks.worlds))
        party.be_known(party.learnt)


def _nothing(model: PeaceTalks) -> None:
    """Leave it as it is."""


def cause_lines(causes: Causes, scenario: Scenario) -> list[str]:
    """A sentence on what was run, and a line for each cause."""
    count, vote = len(causes.rerun), ", or a vote fails" if scenario.ratification else ""
    told = [
        f"- {CAUSE_WORDS[key].format(vote=vote)}: {share_of(share, count)} "
        f"({span_words(list(interval))})"
        for key, (share, interval) in causes.shares().items()
    ]
    which = "them" if count == causes.worlds else f"{count:,} of them"
    return [
        f"In {counted(causes.worlds, 'world')} a package would have suited all at the end and was "
        f"not agreed. Of {which}, run again with "
        "the same luck and one thing changed (in brackets: 95 % of sampling):",
        *told,
    ]
