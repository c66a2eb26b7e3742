"""Plans of one war and one day 0 ranked, with ties where worlds cannot tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import xarray as xr

from sim.arrays import Array
from sim.ensemble.runner import Run
from sim.prose import listing
from sim.results.outcomes import Kind, Measure, ends_in, has, lasting_years
from sim.results.record import Record
from sim.studies.compare.differences import Difference, Pair
from sim.studies.compare.shared import identities, scale_texts
from sim.words.shares import NOT_APART

SAME_TEXT = 0.5
"""Share of the issues of the shorter list that two scenarios of one war have in common."""
NOUNS = {
    "settlement": "settlements",
    "holds": "settlements that hold",
    "least_gain": "the gain of the side that gains least",
    "first_stage": "first stages signed",
    "distance": "how far red lines miss each other",
}
"""What decides a rank, the first that tells two plans apart; less is better of the last."""

COUNTS = (
    "Ahead, behind: of how many of these plans it is. From the others no measure tells it: "
    f"{NOT_APART}."
)
ORDER = (
    "Ordered by settlements, then those that hold, the least gain, first stages, and how far red "
    "lines miss each other. Of two plans that the first does not tell apart the next decides, and "
    "so on."
)
COLUMNS = (
    "Least gain: of the side that gains least over no deal, in points of 100, as the mean of all "
    "worlds, 0 where nothing settles. Red lines miss by: scale units over all issues at the end, "
    "the mean of all worlds. A step is the distance from one text of a scale to the next."
)


@dataclass(frozen=True)
class Place(Record):
    """A plan's place among those of its war and day 0.

    Attributes
    ----------
    rank : int
        One more than the number of plans ahead of it.
    tied : list of str
        Plans that no measure tells from it.
    ahead : dict
        Plan that it is ahead of → the measure by which, the first that tells them apart.
    distance : float
        By how many scale units red lines miss each other at the end, summed over the issues, mean
        of all worlds; 0 where a world settles.
    furthest, furthest_gap : str, float
        Issue on which they miss by most, and by how much.
    worst_off, least_gain : str, float
        The side that gains least, its mean gain over no deal; 0 in worlds without a settlement.
    settlement, holds : float
        Shares of all worlds; ``holds`` is None where the scenario says nothing of it.
    """

    scenario: str
    rank: int
    tied: list[str]
    ahead: dict[str, str]
    settlement: float
    holds: float | None
    worst_off: str
    least_gain: float
    distance: float
    furthest: str
    furthest_gap: float


@dataclass(frozen=True)
class Group(Record):
    """Scenarios that can be ranked together, and where each stands.

    Attributes
    ----------
    decided : bool
        Whether a group decides in one of them, and all are bound.
    """

    war: int
    day_0: str
    places: list[Place]
    decided: bool = False

    def standing(self, place: Place) -> tuple[str, str]:
        """Of how many plans it is ahead, and behind.

        No rank: two plans may be tied with a third and not with each other.
        """
        return f"{len(place.ahead)}", f"{place.rank - 1}"


def ranked(groups: Sequence[Group]) -> list[Group]:
    """Those of more than one plan; what a group only decides has no worth of no deal beside it."""
    return [group for group in groups if len(group.places) > 1 and not group.decided]


def groups_of(runs: Sequence[Run], baseline: str) -> list[tuple[list[Run], int]]:
    """Runs of the same war and day 0 together, and the number of the war; the baseline's first."""
    found = identities({r.scenario.name: scale_texts(r.scenario) for r in runs}, baseline)
    wars: list[set[str]] = []
    for name, own in found.items():
        linked = [w for w in wars if any(_alike(own, found[other]) for other in w)]
        wars = [w for w in wars if w not in linked] + [{name}.union(*linked)]
    where = {name: n for n, war in enumerate(wars) for name in war}
    by_key: dict[tuple[int, date], list[Run]] = {}
    for run in runs:
        key = (where[run.scenario.name], run.scenario.war.start_date)
        by_key.setdefault(key, []).append(run)
    first = where[baseline]

    def order(key: tuple[int, date]) -> tuple[bool, bool, int, date]:
        has_base = any(run.scenario.name == baseline for run in by_key[key])
        return (not has_base, key[0] != first, key[0], key[1])

    return [(by_key[key], key[0]) for key in sorted(by_key, key=order)]


def _alike(one: dict[str, str], two: dict[str, str]) -> bool:
    return len(one.keys() & two.keys()) >= SAME_TEXT * min(len(one), len(two))


def gaps(data: xr.Dataset) -> Array:
    """By how much red lines miss each other (worlds, issues); 0 where a world settles."""
    values = np.nan_to_num(data.variables["red_line_gap"].values.astype(np.float64))
    return np.where(ends_in("settlement")(data)[:, None] > 0, 0.0, values)


def gains(data: xr.Dataset) -> Array:
    """Gains over no deal (worlds, actors); 0 without a settlement."""
    return np.nan_to_num(data.variables["gain"].values.astype(np.float64))


def least_gain(data: xr.Dataset) -> Array:
    """Gain of the side that gains least on average, by world."""
    every = gains(data)
    return np.asarray(every[:, int(np.argmin(every.mean(axis=0)))])


def criteria(runs: Sequence[Run]) -> list[Measure]:
    """Measures that decide a rank, in this order; more is better of all of them."""
    years = lasting_years([run.scenario for run in runs])
    says = years and all(run.scenario.durability for run in runs)

    def lasts(data: xr.Dataset) -> Array:
        return (data.years_held.values >= years) * ends_in("settlement")(data)

    values: dict[str, Callable[[xr.Dataset], Array]] = {
        "settlement": ends_in("settlement"),
        **({"holds": lasts} if says else {}),
        "least_gain": least_gain,
        "first_stage": has("first_signed_day"),
        "distance": lambda data: -gaps(data).sum(axis=1),
    }
    kinds: dict[str, Kind] = {"least_gain": "utility", "distance": "scale units"}
    return [Measure(key, NOUNS[key], kinds.get(key, "share"), of) for key, of in values.items()]


def places(runs: Sequence[Run]) -> list[Place]:
    """The plans of one group, the best first; of the same rank those with more settlements."""
    measures = criteria(runs)
    ahead: dict[str, dict[str, str]] = {run.scenario.name: {} for run in runs}
    tied: dict[str, list[str]] = {run.scenario.name: [] for run in runs}
    for n, one in enumerate(runs):
        for two in runs[n + 1 :]:
            names = one.scenario.name, two.scenario.name
            found = _told_apart(one, two, measures)
            if found is None:
                tied[names[0]].append(names[1])
                tied[names[1]].append(names[0])
            else:
                better, worse = names if found.value > 0 else names[::-1]
                ahead[better][worse] = found.measure.key
    ranks = {name: 1 + sum(name in own for own in ahead.values()) for name in ahead}

    def order(run: Run) -> tuple[float, ...]:
        means = (float(measure.values(run.ensemble).mean()) for measure in measures)
        return (ranks[run.scenario.name], *(-mean for mean in means))

    return [
        _place(run, ranks[run.scenario.name], tied, ahead, measures)
        for run in sorted(runs, key=order)
    ]


def _told_apart(one: Run, two: Run, measures: Sequence[Measure]) -> Difference | None:
    """The first difference whose interval leaves 0 out."""
    pair = Pair(one, two)
    found = map(pair.difference, measures)
    return next((gap for gap in found if gap is not None and gap.visible), None)


def _place(
    run: Run,
    rank: int,
    tied: dict[str, list[str]],
    ahead: dict[str, dict[str, str]],
    measures: Sequence[Measure],
) -> Place:
    data, name = run.ensemble, run.scenario.name
    apart, gained = gaps(data).mean(axis=0), gains(data).mean(axis=0)
    most, least = int(np.argmax(apart)), int(np.argmin(gained))
    holds = next((m for m in measures if m.key == "holds"), None)
    return Place(
        name, rank, tied[name], ahead[name],
        run.summary.outcomes["settlement"],
        float(holds.values(data).mean()) if holds else None,
        str(data.actor.values[least]), float(gained[least]),
        float(apart.sum()), str(data.issue.values[most]), float(apart[most]),
    )  # fmt: skip


def best_words(groups: Sequence[Group]) -> list[str]:
    """Which plan does best: of each war and day 0 the first, and what is not ranked at all."""
    lines = []
    for group in groups:
        names = [place.scenario for place in group.places]
        first = [place.scenario for place in group.places if place.rank == 1]
        among = f"Which does best: of {listing(names)} (day 0: {group.day_0})"
        if len(first) == len(names) > 1:
            lines.append(f"{among} no measure tells any apart.")
        elif len(names) > 1:
            tied = ", which no measure tells apart, are" if len(first) > 1 else " is"
            by = {NOUNS[key]: key for place in group.places[:1] for key in place.ahead.values()}
            lines.append(f"{among} {listing(first)}{tied} ahead, by {listing(by)}.")
    alone = [(group.day_0, group.places[0]) for group in groups if len(group.places) == 1]
    if len(groups) > 1 and alone:
        most = sorted(alone, key=lambda one: -one[1].settlement)
        told = listing(f"{place.scenario} (day 0: {day})" for day, place in most)
        own = "conflict and day 0" if len({group.war for group in groups}) > 1 else "day 0"
        lines.append(
            f"Not ranked, as no other plan here has the same {own}: {told}. "
            "They start from other situations, so that more settlements need not mean a better "
            "plan."
        )
    return lines


def distance_words(place: Place, run: Run) -> str:
    """How far red lines miss each other, in steps between the texts of the issue."""
    if place.distance < 5e-4:
        return "red lines meet on every issue"
    issue = run.scenario.issues[place.furthest]
    points = np.array(sorted(issue.scale))
    step = float(np.median(np.diff(points)))
    steps = place.furthest_gap / step
    size = (
        "less than a tenth of a step"
        if steps < 0.1
        else "about a quarter of a step"
        if steps < 0.375
        else "about half a step"
        if steps < 0.75
        else "about a step"
        if steps < 1.5
        else f"about {steps:.0f} steps"
    )
    return f"{issue.title}: {size}"
