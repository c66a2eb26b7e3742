"""Point predictions of group decisions, in a registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.formulas.groups import averages
from sim.formulas.groups.challenge import Reading, challenge
from sim.formulas.groups.exchange import exchange
from sim.formulas.groups.group import Group, tables

Predict = Callable[[Sequence[Group]], Array]

BLACK = "Black (1948), Journal of Political Economy 56(1), doi:10.1086/256633"
BUENO_DE_MESQUITA = (
    "Bueno de Mesquita (1994) in European Community Decision Making, as in Scholz, Calbert & Smith "
    "(2011), doi:10.5220/0003121500180030"
)
BASELINE = "Baseline, as in Achen (2006) in Thomson et al. (eds), The European Union Decides"


@dataclass(frozen=True)
class Predictor:
    """A model of group decisions.

    Attributes
    ----------
    predict : callable
        From the issues decided together to a decision on each, shape (issues,); NaN where the
        model says nothing.
    """

    name: str
    title: str
    citation: str
    predict: Predict


PREDICTORS: dict[str, Predictor] = {}


def _register(name: str, title: str, citation: str, predict: Predict) -> None:
    PREDICTORS[name] = Predictor(name, title, citation, predict)


def _each(rule: Callable[[Group], Array | float]) -> Predict:
    """A model that takes every issue by itself."""
    return lambda groups: np.array([float(rule(group)) for group in groups])


def _nash(group: Group) -> float:
    if np.isnan(group.reference):
        return float(averages.weighted_mean(group.positions, group.weights))
    return averages.nash_reference(group.positions, group.weights, group.reference, group.width)


def _challenge(reading: Reading, mean: bool = False) -> Predict:
    def last(group: Group) -> float:
        course = challenge(group.positions, group.salience, group.power, reading=reading)
        return float((course.mean if mean else course.median)[-1])

    return _each(last)


_register(
    "compromise",
    "Mean, weighted by salience × power",
    "Van den Bos (1991); Achen (2006) in Thomson et al. (eds), The European Union Decides",
    _each(lambda g: averages.weighted_mean(g.positions, g.weights)),
)
_register(
    "salience_mean",
    "Mean, weighted by salience",
    BASELINE,
    _each(lambda g: averages.weighted_mean(g.positions, g.salience)),
)
_register(
    "power_mean",
    "Mean, weighted by power",
    BASELINE,
    _each(lambda g: averages.weighted_mean(g.positions, g.power)),
)
_register("mean", "Mean of the positions", BASELINE, _each(lambda g: g.positions.mean()))
_register(
    "weighted_median",
    "Median, weighted by salience × power",
    BLACK,
    _each(lambda g: averages.weighted_median(g.positions, g.weights)),
)
_register(
    "condorcet",
    "Winner of all pairwise votes",
    BUENO_DE_MESQUITA,
    _each(lambda g: averages.condorcet(g.positions, g.weights)),
)
_register("median", "Median of the positions", BLACK, _each(lambda g: np.median(g.positions)))
_register(
    "midpoint",
    "Midway between the extremes",
    BASELINE,
    _each(lambda g: averages.midpoint(g.positions)),
)
_register(
    "strongest",
    "Position of the strongest actor",
    BASELINE,
    _each(lambda g: averages.strongest(g.positions, g.weights)),
)
_register(
    "nash_rp",
    "Nash bargain over the reference point",
    "Nash (1950), Econometrica 18(2), doi:10.2307/1907266; where no reference point is known, the "
    "compromise mean",
    _each(_nash),
)
_register(
    "reference_point",
    "Nothing is decided: the reference point",
    BASELINE,
    _each(lambda g: g.reference),
)
_register("challenge", "Expected utility: median voter", BUENO_DE_MESQUITA, _challenge("published"))
_register(
    "challenge_mean",
    "Expected utility: compromise mean at the end",
    BUENO_DE_MESQUITA,
    _challenge("published", mean=True),
)
_register(
    "challenge_as_printed",
    "Expected utility, as printed: median voter",
    BUENO_DE_MESQUITA,
    _challenge("as_printed"),
)
_register(
    "exchange",
    "Exchange of votes at equal gain, one round",
    "Stokman & Van Oosten (1994) in European Community Decision Making",
    lambda groups: exchange(*tables(groups)),
)
