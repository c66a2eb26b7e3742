"""What is solved: the analysis of a scenario, words for parties and terms, red lines around it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.arrays import Array, Index
from sim.engine.central import central_space
from sim.formulas.bargaining.red_lines import Rule
from sim.formulas.solutions.analysis import Analysis
from sim.formulas.solutions.by_enumeration import enumerated, finite_analysis
from sim.formulas.solutions.by_optimisation import optimised
from sim.formulas.solutions.enumeration import options_of, package_count
from sim.formulas.solutions.space import Space
from sim.listed.scenario import DiscreteScenario
from sim.prose import listing, possessive
from sim.results.outcomes import ALL
from sim.results.record import Record
from sim.scenario.discrete_schema import MOST_PACKAGES, DiscreteFile
from sim.scenario.schema import Scenario, nearest_text
from sim.studies.explain.moves import line_places, term_places
from sim.studies.sweep.vary import flow
from sim.words.checked import lines_left_out

BEYOND = 5e-4
"""Scale units from which a package counts as beyond a line."""


@dataclass(frozen=True)
class GivenWay(Record):
    """A conditional red line without which a package would be barred.

    Attributes
    ----------
    before, after : float
        The line as it is, and as it is while the condition is met.
    words : str
    set : str
        What takes the condition away, for ``--set``.
    """

    who: str
    issue: str
    before: float
    after: float
    words: str
    set: str


def given_way(space: Space, scenario: Scenario, package: Array) -> list[GivenWay]:
    """Conditional red lines that let a package (issues,) through."""
    found = []
    for link in space.linkages:
        before = float((space.high if link.upward else space.low)[link.party, link.column])
        beyond = (1 if link.upward else -1) * (float(package[link.column]) - before)
        if beyond > BEYOND and link.met(package[None, None]).all():
            who, issue, after = space.parties[link.party], space.issues[link.column], link.line[0]
            told = (
                f"{possessive(scenario.actors[who].short)} red line on "
                f"{scenario.issues[issue].title} gives way from {before:.2f} to {after:.2f}, "
                f"since {_condition(link, space, scenario)}"
            )
            key = f"actors.{who}.positions.{issue}.conditional=[]"
            found.append(GivenWay(who, issue, before, float(after), told, key))
    return found


def _condition(link: Rule, space: Space, scenario: Scenario) -> str:
    parts = []
    for issue, (low,), (high,) in link.bounds:
        bounds = [f"at least {low:.2f}"] if low > 0 else []
        bounds += [f"at most {high:.2f}"] if high < 1 else []
        parts.append(f"{scenario.issues[space.issues[issue]].title} is {' and '.join(bounds)}")
    return listing(parts)


def to_move(space: Space, scenario: Scenario, package: Array, beyond: Array) -> tuple[str, ...]:
    """For ``--set``: all red lines that a package crosses, moved to where it lies.

    Parameters
    ----------
    beyond : ndarray, shape (parties + 1, issues)
        Scale units by which it lies beyond each; the last row is what the stages demand.
    """
    changes: dict[str, float] = {}
    demanded = [place for stage in scenario.agenda for place in term_places(stage)]
    for party, column in zip(*np.nonzero(beyond > BEYOND), strict=True):
        issue, x = space.issues[column], float(package[column])
        if party < len(space.parties):
            who = space.parties[party]
            here = f"actors.{who}.positions.{issue}"
            lines = line_places(here, scenario.actors[who].positions[issue])
            places = [place for place in lines if ".conditional." not in place.path]
        else:
            places = [place for place in demanded if f".terms.{issue}." in place.path]
        for place in places:
            line, upward = place.number.median, place.end > place.number.median
            if (x - line if upward else line - x) > BEYOND:
                # outward, so that the package itself is inside
                changes[place.path] = (math.ceil if upward else math.floor)(1000 * x) / 1000
    return tuple(f"{path}={flow({'fixed': at})}" for path, at in changes.items())


def _nothing(package: Array) -> list[GivenWay]:
    return []


@dataclass(frozen=True)
class Subject:
    """A solved scenario.

    Attributes
    ----------
    name, title : str
        Of the scenario.
    analysis : Analysis
        What was found.
    labels, issue_titles : tuple of str
        Short names of the parties, titles of the issues.
    scenario : Scenario or DiscreteFile
        What was solved.
    words : callable
        From the number of an issue and a term of a package to the term in words.
    valuation : callable or None
        From packages (packages, issues) to gains over no deal (packages, parties).
    note : str
        What the analysis rests on, in a sentence.
    given_way : callable
        From a package (issues,) to the conditional red lines that let it through.
    to_move : tuple of str
        For ``--set``: what moves all red lines that the least bad package crosses to where it lies.
    has_red_lines : bool
        Whether anything is barred.
    """

    name: str
    title: str
    analysis: Analysis
    labels: tuple[str, ...]
    issue_titles: tuple[str, ...]
    scenario: Scenario | DiscreteFile
    words: Callable[[int, float], str]
    valuation: Callable[[Array], Array]
    note: str
    given_way: Callable[[Array], list[GivenWay]] = _nothing
    to_move: tuple[str, ...] = ()
    has_red_lines: bool = False

    @property
    def scale_words(self) -> str:
        """What points of utility are of, in brackets; empty where utilities are as written."""
        return f" ({ALL})" if self.is_scale else " (0 to 100)" if self.unit > 1 else ""

    @property
    def unit(self) -> float:
        """Factor by which utilities are told: 100 where they run from 0 to 1, else as written."""
        worth = self.analysis.cloud + self.analysis.reservation
        return 100.0 if self.is_scale or np.abs(worth).max(initial=0.0) <= 1.5 else 1.0

    @property
    def is_scale(self) -> bool:
        """Whether a term is a point on a scale."""
        return isinstance(self.scenario, Scenario)


SCALE_NOTE = (
    "Central world on day 0 (every uncertain number at its median), all issues settled at once and "
    "by everyone who must consent."
)


def scale_note(scenario: Scenario, space: Space) -> str:
    """What the analysis of a scenario with scales rests on."""
    return f"{SCALE_NOTE} {lines_left_out(scenario, space.lines, space.free)}".rstrip()


DISCRETE_NOTE = "Listed options with the values that the file gives them; nothing is uncertain."


def analyse(space: Space) -> Analysis:
    """By enumeration where packages can be listed and are not too many, else by optimisation."""
    sizes = space.sizes
    if sizes is not None and package_count(sizes) <= MOST_PACKAGES:
        return enumerated(space)
    return optimised(space)


def solve_scenario(scenario: Scenario) -> Subject:
    """Solve a scenario with scales."""
    space = central_space(scenario)
    issues, analysis = list(scenario.issues.values()), analyse(space)
    least = analysis.least_bad
    return Subject(
        name=scenario.name,
        title=scenario.title,
        analysis=analysis,
        labels=tuple(scenario.actors[p].short for p in space.parties),
        issue_titles=tuple(issue.title for issue in issues),
        scenario=scenario,
        words=partial(_text_of, scenario),
        valuation=partial(_gains, space),
        note=scale_note(scenario, space),
        given_way=partial(given_way, space, scenario),
        to_move=() if least is None else to_move(space, scenario, least.package, analysis.beyond),
        has_red_lines=space.has_red_lines,
    )


def _text_of(scenario: Scenario, number: int, point: float) -> str:
    return nearest_text(list(scenario.issues.values())[number], point)


def _gains(space: Space, packages: Array) -> Array:
    return space.utility(packages) - space.reservation


def _option_of(scenario: DiscreteScenario, number: int, option: float) -> str:
    return scenario.issues[number].options[round(option)]


def _listed_gains(scenario: DiscreteScenario, packages: Array) -> Array:
    numbers = np.ravel_multi_index(tuple(packages.astype(np.intp).T), scenario.sizes)
    return np.asarray(scenario.utilities[numbers] - scenario.reservation)


def solve_discrete(content: DiscreteFile) -> Subject:
    """Solve a scenario with listed options.

    The disagreement point of the rules is the reserved value, or the worst package where that is
    better: a side that cannot get less does not count it as a gain.
    """
    scenario = content.scenario
    sizes = scenario.sizes
    utilities, reservation = scenario.utilities, scenario.reservation
    parties = tuple(content.actors)

    def terms(numbers: Index) -> Array:
        return options_of(numbers, sizes).astype(np.float64)

    def overshoot(packages: Array) -> Array:
        return np.zeros((len(packages), len(parties) + 1, len(sizes)))

    return Subject(
        name=content.name,
        title=content.title,
        analysis=finite_analysis(
            (parties, tuple(content.issues), reservation),
            utilities - reservation,
            terms,
            np.ones(len(utilities), dtype=bool),
            overshoot,
            np.maximum(utilities.min(axis=0) - reservation, 0.0),
        ),
        labels=tuple(actor.label or actor.name for actor in content.actors.values()),
        issue_titles=tuple(issue.title or key for key, issue in content.issues.items()),
        scenario=content,
        words=partial(_option_of, scenario),
        valuation=partial(_listed_gains, scenario),
        note=DISCRETE_NOTE,
    )
