"""Random draws: named streams, prefix-invariant, the same in every scenario.

Worlds come in fixed chunks. A stream is identified by (seed, chunk, name), so a number keeps its
draws when other numbers are added or actors are reordered, and world ``w`` sees the same draw in
every scenario that has a number of that name.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sim.arrays import ByWorld
from sim.scenario.distributions import Number
from sim.scenario.fields import Bound
from sim.scenario.judgements import Engine

Bounded = tuple[int, NDArray[np.float64], NDArray[np.float64]]
CHUNK = 2000
"""Worlds per chunk: fixed, so that results do not depend on how the work is split."""


class Draws(ByWorld):
    """The draws of one chunk of worlds.

    Parameters
    ----------
    seed : int
        The run's seed.
    worlds : int
        Number of worlds, those that are central among them; of a chunk at most :data:`CHUNK`.
    chunk : int
        Which chunk.
    first : int
        Number, within the chunk, of the first of them: a part of a chunk has the chunk's draws.
    central : int
        So many of the worlds, the first ones, are the central world, before those of the chunk:
        every draw is the median, every shock zero.

    Attributes
    ----------
    once : dict of str to ndarray of float32
        What was drawn once a world, of all worlds, by its path in the scenario:
        uncertain numbers, and the draws that decide something. Not shocks of rounds and years.
    """

    axes: ClassVar[dict[str, str | None]] = {
        "chosen": None,
        "once": None,
        "names": None,
    }  # it chooses its worlds itself

    def __init__(
        self, seed: int, worlds: int, chunk: int = 0, central: int = 0, first: int = 0
    ) -> None:
        self.seed, self.chunk, self.central, self.first = seed, chunk, int(central), first
        self.drawn = worlds
        self.once: dict[str, NDArray[np.float32]] = {}
        #: the worlds that are asked for; all where ``None``
        self.chosen: NDArray[np.intp] | None = None
        #: beginnings of names → what stands there in the scenario
        self.names: dict[str, str] = {}

    def renamed(self, names: Mapping[str, str]) -> Draws:
        """The same draws for a part that calls its numbers by other names than the scenario."""
        view = copy.copy(self)
        view.names = dict(names)
        return view

    def _full(self, name: str) -> str:
        """A name, or a path, as the scenario has it."""
        for begins, stands in self.names.items():
            if name.startswith(begins):
                return stands + name[len(begins) :]
        return name

    @property
    def worlds(self) -> int:
        """Number of worlds asked for; of rows, where things have been joined."""
        return self.joined * (self.drawn if self.chosen is None else len(self.chosen))

    def join(self, others: Sequence[ByWorld], same: dict[tuple[int, ...], Any]) -> None:
        """From now on each draw is given to all that has been joined: names of rounds are alike."""
        self.joined = 1 + len(others)

    def take(self, worlds: NDArray[np.intp], cut: dict[int, Any]) -> dict[str, Any]:
        before = {"chosen": self.chosen}
        self.choose(worlds[: len(worlds) // self.joined])
        return before

    def put_back(self, worlds: NDArray[np.intp], size: int, before: dict[str, Any]) -> None:
        self.chosen = before["chosen"]

    def choose(self, worlds: NDArray[np.intp]) -> None:
        """Give the draws of some of the present worlds only; theirs stay what they are."""
        self.chosen = worlds if self.chosen is None else self.chosen[worlds]

    def uniform(self, name: str, *key: int) -> NDArray[np.float64]:
        """Uniform draws in (0, 1), shape ``(worlds,)``; ``key``: of which round or year."""
        drawn = self._all(name, *key)
        return self._of_chosen(drawn) if key else self._kept(name, drawn)

    def normal(self, name: str, *key: int, path: str = "") -> NDArray[np.float64]:
        """Standard normal draws, shape ``(worlds,)``; the rest as elsewhere."""
        if key:
            return np.asarray(ndtri(self.uniform(name, *key)))
        return self._kept(path or name, ndtri(self._all(name)))

    def number(
        self, name: str, number: Number, spread: float = 0.0, path: str = "", each: float = 1.0
    ) -> NDArray[np.float64]:
        """Draws of an uncertain number, shape ``(worlds,)``.

        ``spread`` is the standard deviation that the scenario gives to plain numbers of this sort;
        ``path`` says where the number stands in the scenario, if that is not its name. Spans of
        time counted in units of ``each`` days are kept in days.
        """
        number = number.widened(spread)
        if not number.uncertain:
            return np.full(self.worlds, number.quantile(0.5))
        return self._kept(path or name, number.quantile(self._all(name)), each)

    def _all(self, name: str, *key: int) -> NDArray[np.float64]:
        """Uniform draws of all worlds."""
        own = self.drawn - self.central
        drawn = self._of_chunk(name, key, self.first + own)[self.first :] if own else np.empty(0)
        return np.concatenate([np.full(self.central, 0.5), drawn]) if self.central else drawn

    def _of_chunk(self, name: str, key: tuple[int, ...], count: int) -> NDArray[np.float64]:
        """Uniform draws of the first worlds of the chunk."""
        return _stream(self.seed, self.chunk, self._full(name), key, count)

    def _of_chosen(self, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        some = drawn if self.chosen is None else drawn[self.chosen]
        return some if self.joined == 1 else np.tile(some, self.joined)

    def _kept(
        self, path: str, drawn: NDArray[np.float64], each: float = 1.0
    ) -> NDArray[np.float64]:
        """Keep draws of all worlds; those of the chosen ones."""
        self.once[self._full(path)] = (drawn * each).astype(np.float32)
        return self._of_chosen(drawn)

    def correlated(
        self,
        name: str,
        number: Number,
        spread: float,
        common: NDArray[np.float64],
        correlation: float,
        sign: float,
        path: str = "",
    ) -> NDArray[np.float64]:
        """Draws that share a factor: a Gaussian copula (Nelsen 2006, *An Introduction to Copulas*).

        They are drawn before any world is left out.

        Parameters
        ----------
        common : ndarray, shape (worlds,)
            The factor, standard normal.
        correlation : float
            Correlation between two numbers that share the factor, in normal scores.
        sign : float
            +1 where a high factor means a high number, −1 where it means a low one.
        """
        number = number.widened(spread)
        if not number.uncertain:
            return np.full(self.worlds, number.quantile(0.5))
        own = ndtri(self._all(name))
        score = np.sqrt(correlation) * sign * common + np.sqrt(1.0 - correlation) * own
        return self._kept(path or name, number.quantile(np.clip(ndtr(score), 1e-12, 1 - 1e-12)))

    def one_of(self, name: str, values: NDArray[np.float64], path: str) -> NDArray[np.float64]:
        """One of equally likely values in each world; their median in the central one.

        Calls with the same name take the same place among their values.
        """
        place = (self._all(name) * len(values)).astype(int)
        drawn = values[np.minimum(place, len(values) - 1)]
        drawn[: self.central] = np.median(values)
        return self._kept(path, drawn)

    def judged(self, engine: Engine, name: str) -> NDArray[np.float64]:
        """An engine parameter (worlds,): as the scenario gives it, or as past talks allow.

        Where the scenario carries a calibration, a world takes one row of it for all parameters, in
        a stream of its own; the central world takes the median of each.
        """
        table = engine.calibration
        if name not in table.names:
            return np.full(self.worlds, float(getattr(engine, name)))
        return self.one_of("engine.calibration", table.column(name), f"engine.{name}")

    def happens(
        self,
        name: str,
        chance: NDArray[np.float64],
        common: NDArray[np.float64] | float = 0.0,
        correlation: float = 0.0,
        path: str = "",
    ) -> NDArray[np.bool_]:
        """Whether something of a given probability (worlds,) is so, shape ``(worlds,)``.

        Less often where the factor ``common`` (worlds,) is high; as in :meth:`correlated`.
        Nothing is drawn, nor kept, where it is certain in all worlds.
        """
        if (chance >= 1.0).all():
            return np.ones(self.worlds, dtype=bool)
        own = ndtri(self._all(name))
        score = np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own
        return self._kept(path or name, ndtr(score) < chance) > 0.0

    def bounds(self, path: str, terms: dict[str, Bound], issues: list[str]) -> list[Bounded]:
        """Conditions on a text: column, at least, at most for each issue named."""
        return [
            (
                issues.index(issue),
                np.zeros(self.worlds)
                if bound.at_least is None
                else self.number(f"{path}.{issue}.at_least", bound.at_least),
                np.ones(self.worlds)
                if bound.at_most is None
                else self.number(f"{path}.{issue}.at_most", bound.at_most),
            )
            for issue, bound in terms.items()
        ]


@lru_cache(maxsize=1000)
def _stream(
    seed: int, chunk: int, name: str, key: tuple[int, ...], count: int
) -> NDArray[np.float64]:
    """The first draws of a stream, read-only: trials of a search draw the same again and again."""
    words = np.frombuffer(hashlib.blake2b(name.encode(), digest_size=8).digest(), "<u4")
    spawn = (chunk, *(int(w) for w in words), *key)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=spawn)))
    drawn = rng.random(count).clip(1e-12, 1 - 1e-12)
    drawn.flags.writeable = False
    return drawn
