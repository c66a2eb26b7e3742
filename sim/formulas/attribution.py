"""Which inputs an outcome depends on, from worlds that have been run anyway.

The index is PAWN (Pianosi & Wagener 2015, *Environmental Modelling & Software* 67:1–11; from given
data: 2018, 108:197–207): the worlds are cut into slices by one input, and each slice's distribution
of the outcome is compared with that of all worlds by the Kolmogorov–Smirnov statistic. It needs no
design, no continuity and no monotone effect. It is never 0 in a sample: what chance alone brings
is found by permuting the outcomes, and the largest index over all inputs is what an input has to
exceed (max-T, Westfall & Young 1993, *Resampling-Based Multiple Testing*).

Inputs that are drawn together, as by a common factor, all go with the outcome where one of them
matters. What an input is drawn together with can be held fixed: the share of a slice is then that
of a linear regression on the slices and on these, with squares and cubes (by parts, after Frisch &
Waugh 1933, *Econometrica* 1(4), doi:10.2307/1907330).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array

from sim.arrays import Array, Mask

SLICES, CUTS = 10, 9
"""Slices of an input, and points at which distributions are compared."""
ENOUGH = 10
"""Worlds for each number that a regression finds; with fewer it has fewer terms, or none."""
WIDTH = 1.96
"""Half of a 95 % interval, in standard errors."""
APART = 0.9
"""Share of an input's variance above which it can't be told apart from what is held fixed."""


class Slices(NamedTuple):
    """Worlds by slices of all inputs, laid end to end.

    Attributes
    ----------
    mean : sparse array, shape (slices, worlds)
        A row is the mean over the worlds of a slice.
    size : ndarray, shape (slices,)
        How many worlds are in it.
    owner : ndarray, shape (slices,)
        The input that a slice belongs to.
    inputs : int
        How many there are, also those without a slice: of an input that never varies.
    held, leaning : ndarray, shape (terms, worlds); sparse array, shape (slices, terms)
        Gives the slopes of what is held fixed; by how much a slice has more of it than all worlds.
    """

    mean: Any
    size: Array
    owner: NDArray[np.intp]
    inputs: int
    held: Array
    leaning: Any

    def means(self, values: Array) -> Array:
        """Mean of values (worlds, n) in each slice, (slices, n), what is held fixed being alike."""
        return np.asarray(self.mean @ values - self.leaning @ (self.held @ values))


class Index(NamedTuple):
    """PAWN indices of all inputs, (inputs,) each, and what chance alone brings.

    Attributes
    ----------
    value : ndarray
        Mean over the slices, weighted by their worlds; 0 no dependence.
    low, high : ndarray
        95 % bootstrap percentiles, less the bias that the bootstrap finds (basic percentile).
    threshold : float
        The 95th percentile of the largest index over all inputs when outcomes are permuted.
    """

    value: Array
    low: Array
    high: Array
    threshold: float


def slice_codes(x: NDArray[Any]) -> NDArray[np.intp]:
    """The slice of every world by one input, shape (worlds,); −1 where it is NaN.

    Up to ten different values are a slice each, as of an input that is yes or no; more are cut
    at quantiles into equal parts.

    Examples
    --------
    >>> slice_codes(np.array([0.0, 1.0, 0.0, np.nan]))
    array([ 0,  1,  0, -1])
    """
    known = np.isfinite(x)
    codes = np.full(len(x), -1, dtype=np.intp)
    values = np.unique(x[known])
    if len(values) > SLICES:
        values = np.unique(np.quantile(x[known], np.arange(SLICES) / SLICES))
    codes[known] = np.searchsorted(values, x[known], side="right") - 1
    return codes


def sliced(inputs: NDArray[Any], beside: Sequence[Array] = ()) -> Slices:
    """Cut worlds by every input.

    Parameters
    ----------
    inputs : ndarray, shape (worlds, inputs)
    beside : sequence of ndarray, shape (worlds, n), optional
        Of each input what it is drawn together with, to be held fixed; of none where it is left
        out.
    """
    rows, worlds, owner, sizes, start = [], [], [], [], 0
    held, leaning = [np.zeros((0, len(inputs)))], []
    for number, column in enumerate(inputs.T):
        codes = slice_codes(column)
        known = np.flatnonzero(codes >= 0)
        found, codes = np.unique(codes[known], return_inverse=True)
        if len(found) < 2:
            continue
        size = np.bincount(codes).astype(np.float64)
        of = beside[number] if beside else np.zeros((len(inputs), 0))
        terms, slopes = _fit(of[known], codes, size)
        held.append(np.zeros((len(slopes), len(inputs))))
        held[-1][:, known] = slopes
        leaning.append(_by_slice(terms, codes, size))
        rows.append(start + codes)
        worlds.append(known)
        sizes.append(size)
        owner += [number] * len(found)
        start += len(found)
    size = np.concatenate([np.zeros(0), *sizes])
    row, column = (np.concatenate([np.zeros(0, dtype=np.intp), *a]) for a in (rows, worlds))
    return Slices(
        csr_array((1.0 / size[row], (row, column)), shape=(start, len(inputs))),
        size,
        np.array(owner, dtype=np.intp),
        inputs.shape[1],
        np.concatenate(held),
        block_diag([*leaning, np.zeros((0, 0))], format="csr"),
    )


def _fit(beside: Array, codes: NDArray[np.intp], size: Array) -> tuple[Array, Array]:
    """What is held fixed of one input, (worlds, terms), and what gives its slopes, transposed."""
    terms = _terms(beside, codes, len(codes) // ENOUGH - len(size))
    within = terms - _by_slice(terms, codes, size)[codes]
    return terms, np.linalg.pinv(within.T @ within, hermitian=True) @ within.T


def _by_slice(terms: Array, codes: NDArray[np.intp], size: Array) -> Array:
    """Means of terms (worlds, n) in each slice, (slices, n)."""
    summed = np.array([np.bincount(codes, term) for term in terms.T]).reshape(-1, len(size)).T
    return np.asarray(summed / size[:, None])


def _without(beside: Array, x: NDArray[Any], under: Array) -> Array:
    """Outcomes (worlds, points) less what comes of what is held fixed."""
    codes = slice_codes(x)
    known = np.flatnonzero(codes >= 0)
    _, codes = np.unique(codes[known], return_inverse=True)
    terms, slopes = _fit(beside[known], codes, np.bincount(codes).astype(np.float64))
    out = under.copy()
    out[known] -= terms @ (slopes @ under[known])
    return out


def _terms(beside: Array, x: NDArray[Any], most: int) -> Array:
    """What is held fixed about its means: numbers (worlds, n), of one or two their powers.

    No more terms than ``most``; none of numbers that never vary, or that say what ``x`` (worlds,)
    is.
    """
    varying = beside[:, np.ptp(beside, axis=0) > 0.0]
    scaled = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    count = scaled.shape[1]
    powers = 3 if count <= 2 and 3 * count <= most else 1
    if not count or count * powers > most:
        return scaled[:, :0]
    terms = np.concatenate([scaled**n for n in range(1, powers + 1)], axis=1)
    terms -= terms.mean(axis=0)
    apart = x - x.mean()
    left = apart - terms @ np.linalg.lstsq(terms, apart, rcond=None)[0]
    return terms if left @ left > (1.0 - APART) * (apart @ apart) else terms[:, :0]


def below(outcome: Array) -> Array:
    """Whether outcomes lie at or below the points of comparison, shape (worlds, points).

    One point for an outcome that is yes or no; else quantiles.
    """
    points = np.unique(np.quantile(outcome, np.arange(1, CUTS + 1) / (CUTS + 1)))
    points = points[points < outcome.max()]
    if not len(points):
        points = np.array([outcome.min()])
    return (outcome[:, None] <= points).astype(np.float64)


def pawn(slices: Slices, under: Array, weight: Array | None = None) -> Array:
    """PAWN indices, shape (inputs, samples).

    Parameters
    ----------
    under : ndarray, shape (worlds, points) or (worlds, points, samples)
        As :func:`below` gives it; of several samples, such as permuted ones.
    weight : ndarray, shape (worlds, samples), optional
        How often each world stands in each sample.
    """
    worlds, points = under.shape[:2]
    full = under[..., None] if under.ndim == 2 else under
    if weight is None:
        weight = np.ones((worlds, 1))
    flat = (full * weight[:, None, :]).reshape(worlds, -1)
    samples = flat.shape[1] // points
    total = slices.means(flat).reshape(-1, points, samples)
    share = total / np.maximum(slices.means(weight), 1e-12)[:, None, :]
    overall = flat.sum(axis=0).reshape(points, samples) / weight.sum(axis=0)
    distance = np.abs(share - overall).max(axis=1)  # Kolmogorov–Smirnov
    number = slices.size[:, None] * (slices.mean @ weight)  # slices, samples
    summed, sizes = np.zeros((2, slices.inputs, samples))
    np.add.at(summed, slices.owner, distance * number)
    np.add.at(sizes, slices.owner, np.broadcast_to(number, distance.shape))
    return summed / np.maximum(sizes, 1e-12)


def chance_level(
    slices: Slices, outcome: Array, permutations: int = 200, seed: int = 0, level: float = 0.95
) -> float:
    """What the largest of all indices exceeds in 5 % of permutations of the outcomes."""
    rng, under, largest = np.random.default_rng(seed), below(outcome), []
    batch = max(1, int(2e7 // max(under.size, 1)))
    for start in range(0, permutations, batch):
        orders = [rng.permutation(len(outcome)) for _ in range(min(batch, permutations - start))]
        permuted = np.stack([under[order] for order in orders], axis=2)
        largest.append(pawn(slices, permuted).max(axis=0, initial=0.0))
    return float(np.quantile(np.concatenate(largest), level))


def attribution(
    inputs: NDArray[Any],
    outcome: Array,
    resamples: int = 200,
    seed: int = 0,
    beside: Sequence[Array] = (),
) -> Index:
    """PAWN indices of given data, with bootstrap intervals of those above the level of chance.

    The bootstrap adds noise to noise: the mean of its indices exceeds the index by about what the
    sample's own exceeds the truth, so intervals are the basic ones, 2·index − percentile (Davison
    & Hinkley 1997, *Bootstrap Methods and their Application*, § 5.2.1).

    Parameters
    ----------
    inputs : ndarray, shape (worlds, inputs)
        Numbers; NaN where a world has none.
    outcome : ndarray, shape (worlds,)
        No NaN.
    resamples : int
        Of the bootstrap; with 0 there are no intervals.
    beside : sequence of ndarray, shape (worlds, n), optional
        Of each input what is to be held fixed; see :func:`sliced`.
    """
    slices, under = sliced(inputs, beside), below(outcome)
    value = pawn(slices, under)[:, 0]
    threshold = chance_level(slices, outcome, seed=seed)
    low, high = value.copy(), value.copy()
    above = np.flatnonzero(value > threshold)
    if len(above) and resamples:
        rng, worlds = np.random.default_rng([seed, 1]), len(outcome)
        weight = rng.multinomial(worlds, np.full(worlds, 1 / worlds), size=resamples).T
        for n in above:
            rest = _without(beside[int(n)], inputs[:, n], under) if beside else under
            drawn = pawn(sliced(inputs[:, [n]]), rest, weight.astype(np.float64))[0]
            ends = 2 * value[n] - np.quantile(drawn, (0.975, 0.025))
            low[n], high[n] = np.clip(ends, 0.0, 1.0)
    return Index(value, low, high, threshold)


class Ends(NamedTuple):
    """Mean outcome in the worlds where an input is low, and where it is high.

    Attributes
    ----------
    low, high : float
        Of its lowest and highest third; of one value or the rest where there are few values.
    margin : float
        Half of the wider of their two 95 % intervals, from the residuals of the regressions; where
        a part has one outcome only, what 3 of its worlds would make (the rule of three: Hanley &
        Lippman-Hand 1983, *JAMA* 249(13), doi:10.1001/jama.1983.03330370053031).
    held : bool
        Whether anything is held fixed.
    """

    low: float
    high: float
    margin: float
    held: bool = False


def thirds(x: NDArray[Any]) -> tuple[Mask, Mask]:
    """The worlds with the lowest and those with the highest third of an input.

    Of an input with few values one value, and the rest: never a world in both.

    Examples
    --------
    >>> [part.tolist() for part in thirds(np.array([0.0, 0.0, 0.0, 1.0]))]
    [[True, True, True, False], [False, False, False, True]]
    """
    at, to = np.nanquantile(x, (1 / 3, 2 / 3))
    if at < to:
        return x <= at, x >= to
    return (x < at, x >= at) if at > np.nanmin(x) else (x <= at, x > at)


def ends(x: NDArray[Any], outcome: Array, beside: Array | None = None) -> Ends:
    """Mean outcome in the lowest and the highest third of the worlds by one input.

    ``beside`` (worlds, n) is what is to be held fixed: each third has a regression of its own, told
    for what all worlds have of it on average (Lin 2013, *Annals of Applied Statistics* 7(1),
    doi:10.1214/12-AOAS583).

    Examples
    --------
    >>> x, outcome = np.repeat([0.0, 1.0], 100), np.tile([0.0, 1.0, 1.0, 1.0], 50)
    >>> [round(float(number), 2) for number in ends(x, outcome)]
    [0.75, 0.75, 0.09, 0.0]
    """
    known = np.isfinite(x)
    x, outcome = x[known], outcome[known]
    parts = thirds(x)
    terms = np.zeros((len(x), 0))
    if beside is not None:
        terms = _terms(beside[known], x, min(int(part.sum()) for part in parts) // ENOUGH - 1)
    widest = float(np.ptp(outcome))
    means, margins = [], []
    for part in parts:
        mean, own = outcome[part].mean(), terms[part].mean(axis=0)
        apart, size = terms[part] - own, int(part.sum())
        moved = own @ np.linalg.pinv(apart, rcond=1e-10)
        left = outcome[part] - mean
        at = mean - moved @ left
        slopes = np.linalg.lstsq(apart, left, rcond=1e-10)[0]
        left -= apart @ slopes
        variance = left @ left / max(size - 1 - len(own), 1) * (1 / size + moved @ moved)
        variance += (terms @ slopes).var() / len(terms)  # of the average of what is held
        means.append(float(np.clip(at, outcome.min(), outcome.max())))
        margins.append(WIDTH * float(variance) ** 0.5 or min(3 / size, 1.0) * widest)
    low, high = means
    return Ends(low, high, max(margins), terms.shape[1] > 0)
